//! Owns the bytes of a finished picture, in the formats that browsers show. It does not know what is in the picture.

mod animation;
mod bits;
mod deflate;
mod lossless;
mod portable;
mod repeats;
#[cfg(test)]
mod tests;

use super::{Canvas, palette::Ramp};

pub use animation::{MOST_FRAMES, MOST_GIF_PIXELS, MOST_GIF_SIDE, gif_scale};

/// Longest side of a WebP; the format has 14 bits for it.
pub const MOST_WEBP_SIDE: u32 = 1 << 14;

/// Why a picture could not be encoded.
#[derive(Debug, thiserror::Error)]
pub enum EncodeError {
    #[error("the picture could not be encoded: {0}")]
    Png(#[from] png::EncodingError),
    #[error("the picture could not be encoded: {0}")]
    Webp(#[from] image_webp::EncodingError),
    #[error("the picture could not be encoded: {0}")]
    Gif(#[from] gif::EncodingError),
    #[error("a WebP has at most {MOST_WEBP_SIDE} pixels a side, this picture would have {width} × {height}")]
    TooLongForWebp { width: u32, height: u32 },
    #[error("an animation has at most {MOST_FRAMES} frames of one size, {MOST_GIF_PIXELS} pixels together")]
    TooMuchForGif,
    #[error("the picture has no pixels, or more than memory holds")]
    NoPicture,
}

/// Colours a canvas and returns it as a PNG: with a table of at most 256 colours, or over a photo in true colour.
pub fn png(canvas: Canvas, ramp: &Ramp) -> Result<Vec<u8>, EncodeError> {
    portable::encode(canvas, ramp)
}

/// Returns pixels of four bytes (red, green, blue, alpha, not multiplied) as a PNG; for small pictures.
pub fn rgba(width: u32, height: u32, pixels: &[u8]) -> Result<Vec<u8>, EncodeError> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, width, height);
    encoder.set_color(png::ColorType::Rgba);
    encoder.set_depth(png::BitDepth::Eight);
    let mut writer = encoder.write_header()?;
    writer.write_image_data(pixels)?;
    writer.finish()?;
    Ok(bytes)
}

/// Colours a canvas and returns it as a WebP without loss.
pub fn webp(canvas: Canvas, ramp: &Ramp) -> Result<Vec<u8>, EncodeError> {
    lossless::encode(canvas, ramp)
}

/// Colours canvases of one size and returns them as a GIF that repeats for ever, each shown for `delay_ms`.
///
/// Two canvases are in memory at a time, if the caller makes them as they are asked for. GIF knows no half-clear pixels:
/// what is clear becomes paper. A photo loses its colours, so that the 256 of a GIF are left to the heat.
pub fn gif(frames: impl IntoIterator<Item = Canvas>, ramp: &Ramp, delay_ms: u32) -> Result<Vec<u8>, EncodeError> {
    animation::encode(frames.into_iter(), ramp, delay_ms)
}
