//! Owns the bytes of a PNG. It does not know what is in the picture.

use std::io::Write;

use super::{Canvas, palette::Ramp, quantise};

/// Size of a chunk of picture data.
const IDAT_BYTES: usize = 1 << 16;

/// Why a picture could not be encoded.
#[derive(Debug, thiserror::Error)]
pub enum EncodeError {
    #[error("the picture could not be encoded: {0}")]
    Png(#[from] png::EncodingError),
    #[error("the picture could not be encoded: {0}")]
    Write(#[from] std::io::Error),
}

/// Colours a canvas and returns it as a PNG with a table of colours.
///
/// `Fast` codes little else than runs of equal rows and small differences, so every row gets the filter that leaves more
/// zeros: `Up` for gradients and for what repeats from row to row, `Sub` where a box or a line of text begins.
pub fn png(canvas: Canvas, ramp: &Ramp) -> Result<Vec<u8>, EncodeError> {
    let picture = quantise::colour(canvas, ramp);
    let mut bytes = Vec::with_capacity(picture.pixels.len() / 16);
    let mut encoder = png::Encoder::new(&mut bytes, picture.width, picture.height);
    encoder.set_color(png::ColorType::Indexed);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_compression(png::Compression::Fast);
    encoder.set_palette(picture.colours.iter().flat_map(|c| [c.red, c.green, c.blue]).collect::<Vec<u8>>());
    if picture.colours.iter().any(|colour| colour.alpha < 255) {
        encoder.set_trns(picture.colours.iter().map(|colour| colour.alpha).collect::<Vec<u8>>());
    }
    let mut writer = encoder.write_header()?;
    let mut stream = writer.stream_writer_with_size(IDAT_BYTES)?;
    let mut above: &[u8] = &vec![0; picture.width as usize];
    for line in picture.pixels.chunks_exact(picture.width as usize) {
        stream.set_filter(best_filter(above, line));
        stream.write_all(line)?;
        above = line;
    }
    stream.finish()?;
    writer.finish()?;
    Ok(bytes)
}

fn best_filter(above: &[u8], line: &[u8]) -> png::Filter {
    let steps_down = steps(above, line);
    if steps_down > 0 && steps(line, &line[1..]) < steps_down { png::Filter::Sub } else { png::Filter::Up }
}

/// Returns the number of pixels that differ from their neighbour.
fn steps(before: &[u8], line: &[u8]) -> u32 {
    // Blocks of 255, so that the compiler counts in bytes, sixteen at once.
    let blocks = before.chunks(255).zip(line.chunks(255));
    blocks.map(|(a, b)| u32::from(a.iter().zip(b).map(|(a, b)| u8::from(a != b)).sum::<u8>())).sum()
}
