//! Owns the PNG: its chunks, and which filter a line gets. It does not colour.

use std::{io::Write, ops::Range};

use super::{EncodeError, deflate, repeats::Grain};
use crate::render::{
    Canvas,
    palette::Ramp,
    quantise::{self, Finished, Indexed, TrueColour},
    strips,
};

/// Lines that are compressed together: enough to learn from, and few enough to share the work evenly.
const STRIP_LINES: usize = 400;

/// Of so many lines one is looked at to know what the picture is like.
const LOOKED_AT: usize = 16;

/// Begins the stream: Deflate with the largest window, made fast.
const ZLIB_HEAD: [u8; 2] = [0x78, 0x01];

/// Size of a chunk of picture data.
const IDAT_BYTES: usize = 1 << 16;

pub fn encode(canvas: Canvas, ramp: &Ramp) -> Result<Vec<u8>, EncodeError> {
    match quantise::colour(canvas, ramp) {
        Finished::Indexed(picture) => indexed(&picture),
        Finished::TrueColour(picture) => true_colour(&picture),
    }
}

fn indexed(picture: &Indexed) -> Result<Vec<u8>, EncodeError> {
    let mut bytes = Vec::with_capacity(picture.pixels.len() / 24);
    let mut encoder = png::Encoder::new(&mut bytes, picture.width, picture.height);
    encoder.set_color(png::ColorType::Indexed);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_palette(picture.colours.iter().flat_map(|c| [c.red, c.green, c.blue]).collect::<Vec<u8>>());
    if picture.colours.iter().any(|colour| colour.alpha < 255) {
        encoder.set_trns(picture.colours.iter().map(|colour| colour.alpha).collect::<Vec<u8>>());
    }
    let mut writer = encoder.write_header()?;
    let (width, height) = (picture.width as usize, picture.height as usize);
    // The number of the filter stands before each line, so that pairs begin at the second byte.
    let grain = if is_paired(&picture.pixels, width) { Grain::Pairs { from: 1 } } else { Grain::Bytes };
    let strips = strips::each(height.div_ceil(STRIP_LINES), |number| {
        let first = number * STRIP_LINES;
        let lines = filtered(&picture.pixels, width, first..(first + STRIP_LINES).min(height));
        (deflate::compressed(&lines, grain), simd_adler32::adler32(&lines.as_slice()), lines.len())
    });
    let mut check_sum = 1;
    for (number, (mut data, sum, length)) in strips.into_iter().enumerate() {
        check_sum = deflate::adler32_joined(check_sum, sum, length);
        if number == 0 {
            data.splice(0..0, ZLIB_HEAD);
        }
        writer.write_chunk(png::chunk::IDAT, &data)?;
    }
    let mut end = deflate::LAST_BLOCK.to_vec();
    end.extend(check_sum.to_be_bytes());
    writer.write_chunk(png::chunk::IDAT, &end)?;
    writer.finish()?;
    Ok(bytes)
}

/// Tells whether pixels come in pairs, as heat does that is smooth enough to be drawn so: where a line changes, it seldom changes
/// within a pair.
fn is_paired(pixels: &[u8], width: usize) -> bool {
    let (mut changes, mut within) = (0, 0);
    for line in pixels.chunks_exact(width.max(1)).step_by(LOOKED_AT) {
        let (pairs, _) = line.as_chunks::<2>();
        within += pairs.iter().filter(|[left, right]| left != right).count();
        changes += steps(line, &line[1..]) as usize;
    }
    within * 8 <= changes
}

/// Returns lines of the picture, each behind the number of its filter, as differences to the line above or to the pixel
/// before: whatever leaves more zeros. `Up` for gradients and for what repeats from line to line, `Sub` where a box or a
/// line of text begins.
fn filtered(pixels: &[u8], width: usize, lines: Range<usize>) -> Vec<u8> {
    let mut result = Vec::with_capacity(lines.len() * (width + 1));
    let nothing = vec![0; width];
    for number in lines {
        let line = &pixels[number * width..][..width];
        let above = number.checked_sub(1).map_or(&nothing[..], |number| &pixels[number * width..][..width]);
        let steps_down = steps(above, line);
        if steps_down > 0 && steps(line, &line[1..]) < steps_down {
            result.extend([png::Filter::Sub as u8, line[0]]);
            result.extend(line.iter().zip(&line[1..]).map(|(before, pixel)| pixel.wrapping_sub(*before)));
        } else {
            result.push(png::Filter::Up as u8);
            result.extend(above.iter().zip(line).map(|(above, pixel)| pixel.wrapping_sub(*above)));
        }
    }
    result
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

/// Returns the number of pixels that differ from their neighbour.
fn steps(before: &[u8], line: &[u8]) -> u32 {
    // Blocks of 255, so that the compiler counts in bytes, sixteen at once.
    let blocks = before.chunks(255).zip(line.chunks(255));
    blocks.map(|(a, b)| u32::from(a.iter().zip(b).map(|(a, b)| u8::from(a != b)).sum::<u8>())).sum()
}
