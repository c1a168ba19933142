//! Owns opening a picture that a stranger sent: what it may be, and what opening it may cost. It does not know what it is for.

use std::{io::Cursor, ops::RangeInclusive};

use image::{DynamicImage, ImageDecoder, ImageError, ImageFormat, ImageReader, Limits};

use super::Picture;

/// Largest file.
pub const MOST_BYTES: usize = 10 * 1024 * 1024;
/// Sides of a picture. Twice those of a page, or more: screens have more than one pixel for each of CSS.
const WIDTHS: RangeInclusive<u32> = 120..=7680;
const HEIGHTS: RangeInclusive<u32> = 1..=60_000;
/// Largest picture.
pub const MOST_PIXELS: u32 = 40_000_000;
/// Most memory of a decoder, its result included: 40 megapixels of four bytes are 160 MB.
const DECODER_BYTES: u64 = 256 * 1024 * 1024;
/// Most memory for what stands before the pixels, such as a colour profile, which is unpacked though nobody wants it.
const HEAD_BYTES: u64 = 4 * 1024 * 1024;
/// Most passes over a progressive JPEG. Encoders make a dozen; each costs a walk over all blocks, and few bytes.
const MOST_SCANS: usize = 100;

/// Why bytes are no picture for us.
#[derive(Debug, thiserror::Error)]
pub enum PictureError {
    #[error("it has more than {MOST_BYTES} bytes")]
    TooManyBytes,
    #[error("it is neither PNG nor JPEG nor WebP")]
    UnknownFormat,
    #[error("it has {width} × {height} pixels, expected {} to {} by at most {}, and at most {MOST_PIXELS} in all",
        WIDTHS.start(), WIDTHS.end(), HEIGHTS.end())]
    Sides { width: u32, height: u32 },
    #[error("opening it takes more memory than it may")]
    Memory,
    #[error("it is a JPEG of more than {MOST_SCANS} scans")]
    TooManyScans,
    #[error("it is damaged: {0}")]
    Damaged(String),
}

/// Decodes a picture. What is transparent becomes white, as a browser shows it; of several frames the first one counts; colour
/// profiles, positions and all other texts are left behind.
///
/// # Guarantees
///
/// The sides are checked before anything is decoded, and a decoder takes at most 256 MiB.
pub fn decode(bytes: &[u8]) -> Result<Picture, PictureError> {
    if bytes.len() > MOST_BYTES {
        return Err(PictureError::TooManyBytes);
    }
    let mut reader = ImageReader::new(Cursor::new(bytes))
        .with_guessed_format()
        .map_err(|error| PictureError::Damaged(error.to_string()))?;
    match reader.format() {
        Some(ImageFormat::Jpeg) if scans(bytes) > MOST_SCANS => return Err(PictureError::TooManyScans),
        Some(ImageFormat::Png | ImageFormat::Jpeg | ImageFormat::WebP) => {}
        _ => return Err(PictureError::UnknownFormat),
    }
    let mut limits = Limits::default();
    limits.max_alloc = Some(HEAD_BYTES);
    reader.limits(limits.clone());
    let mut decoder = reader.into_decoder()?;
    let (width, height) = decoder.dimensions();
    let pixels = u64::from(width) * u64::from(height);
    if !WIDTHS.contains(&width) || !HEIGHTS.contains(&height) || pixels > u64::from(MOST_PIXELS) {
        return Err(PictureError::Sides { width, height });
    }
    limits.max_alloc = Some(DECODER_BYTES);
    limits.reserve(decoder.total_bytes())?;
    decoder.set_limits(limits)?;
    Ok(on_white(DynamicImage::from_decoder(decoder)?))
}

/// Returns how many scans a JPEG has, at most. Within a scan the marker of another cannot stand.
fn scans(bytes: &[u8]) -> usize {
    bytes.windows(2).filter(|pair| *pair == [0xff, 0xda]).count()
}

fn on_white(image: DynamicImage) -> Picture {
    let (width, height) = (image.width(), image.height());
    if !image.color().has_alpha() {
        return Picture::new(width, height, image.into_rgb8().into_raw());
    }
    // In place: a second copy would be 120 MB.
    let mut bytes = image.into_rgba8().into_raw();
    let pixels = bytes.len() / 4;
    for pixel in 0..pixels {
        let alpha = u32::from(bytes[4 * pixel + 3]);
        for channel in 0..3 {
            let over_white = u32::from(bytes[4 * pixel + channel]) * alpha + 255 * (255 - alpha);
            bytes[3 * pixel + channel] = u8::try_from((over_white + 127) / 255).unwrap_or(u8::MAX);
        }
    }
    bytes.truncate(3 * pixels);
    bytes.shrink_to_fit();
    Picture::new(width, height, bytes)
}

impl From<ImageError> for PictureError {
    fn from(error: ImageError) -> Self {
        match error {
            ImageError::Limits(_) => Self::Memory,
            ImageError::Unsupported(_) => Self::UnknownFormat,
            other => Self::Damaged(other.to_string()),
        }
    }
}

#[cfg(test)]
mod tests;
