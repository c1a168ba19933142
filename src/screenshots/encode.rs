//! Owns how a screenshot is kept: as PNG, or as JPEG where that saves much.

use image::{
    ExtendedColorType, ImageEncoder,
    codecs::{
        jpeg::JpegEncoder,
        png::{CompressionType, FilterType, PngEncoder},
    },
};

use super::{Picture, ScreenshotError};

/// High: it lies under a drawing, and text must be sharp.
const JPEG_QUALITY: u8 = 88;
/// How many times smaller a JPEG must be to be worth its loss. Pages of text and areas are small as PNG; photographs are not.
const WORTH_LOSS: usize = 3;
/// A PNG up to this size is never worth a loss.
const SMALL_BYTES: usize = 256 * 1024;

/// The form of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    Png,
    Jpeg,
}

impl Format {
    /// Returns the form of a file of ours by its name.
    pub fn of(file: &str) -> Self {
        if file.ends_with(Self::Jpeg.ending()) { Self::Jpeg } else { Self::Png }
    }

    pub const fn ending(self) -> &'static str {
        match self {
            Self::Png => "png",
            Self::Jpeg => "jpg",
        }
    }

    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
        }
    }
}

/// A picture as it is kept.
pub struct Encoded {
    pub bytes: Vec<u8>,
    pub format: Format,
}

/// Encodes a picture anew, without loss unless that is very dear.
pub fn encode(picture: &Picture) -> Result<Encoded, ScreenshotError> {
    let mut png = Vec::new();
    let encoder = PngEncoder::new_with_quality(&mut png, CompressionType::Default, FilterType::Adaptive);
    write(encoder, picture)?;
    if png.len() > SMALL_BYTES {
        let mut jpeg = Vec::new();
        write(JpegEncoder::new_with_quality(&mut jpeg, JPEG_QUALITY), picture)?;
        if jpeg.len() * WORTH_LOSS < png.len() {
            return Ok(Encoded { bytes: jpeg, format: Format::Jpeg });
        }
    }
    Ok(Encoded { bytes: png, format: Format::Png })
}

fn write(encoder: impl ImageEncoder, picture: &Picture) -> Result<(), ScreenshotError> {
    encoder
        .write_image(picture.rgb(), picture.width(), picture.height(), ExtendedColorType::Rgb8)
        .map_err(|error| ScreenshotError::Encode(error.to_string()))
}
