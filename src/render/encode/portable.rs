//! Owns the PNG: its chunks, and which filter a line gets. It does not colour.

use std::io::Write;

use super::EncodeError;
use crate::render::{
    Canvas,
    palette::Ramp,
    quantise::{self, Finished, Indexed, TrueColour},
};

/// Size of a chunk of picture data.
const IDAT_BYTES: usize = 1 << 16;

pub fn encode(canvas: Canvas, ramp: &Ramp) -> Result<Vec<u8>, EncodeError> {
    match quantise::colour(canvas, ramp) {
        Finished::Indexed(picture) => indexed(&picture),
        Finished::TrueColour(picture) => true_colour(&picture),
    }
}

/// `Fast` codes little else than runs of equal rows and small differences, so every row gets the filter that leaves more
/// zeros: `Up` for gradients and for what repeats from row to row, `Sub` where a box or a line of text begins.
fn indexed(picture: &Indexed) -> Result<Vec<u8>, EncodeError> {
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
        stream.write_all(line).map_err(png::EncodingError::from)?;
        above = line;
    }
    stream.finish()?;
    writer.finish()?;
    Ok(bytes)
}

/// Lines are coloured as they are written: the true colours are never all in memory.
fn true_colour(picture: &TrueColour) -> Result<Vec<u8>, EncodeError> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, picture.width, picture.height);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_compression(png::Compression::Fast);
    encoder.set_filter(png::Filter::Adaptive);
    let mut writer = encoder.write_header()?;
    let mut stream = writer.stream_writer_with_size(IDAT_BYTES)?;
    let mut line = vec![[0; 3]; picture.width as usize];
    for y in 0..picture.height as usize {
        picture.write_row(y, &mut line);
        stream.write_all(line.as_flattened()).map_err(png::EncodingError::from)?;
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
