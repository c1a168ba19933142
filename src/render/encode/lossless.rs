//! Owns the lossless WebP (VP8L) of a picture with a table of colours. It does not colour.
//!
//! The crate `image-webp` writes true colour only, four bytes a pixel and no larger code than runs. Ours writes the table and
//! the indices: a quarter of the memory, and less than half of the bytes of a PNG.

use super::{
    EncodeError, MOST_WEBP_SIDE,
    bits::{Bits, Code, MOST_BITS},
};
use crate::render::{
    Canvas,
    palette::{Ramp, Rgba},
    quantise::{self, Finished, Indexed, TrueColour},
};

/// Below this the decoder packs several pixels into one, which we do not write: the table is filled up.
const LEAST_COLOURS: usize = 17;

/// Log2 of the side of the blocks that share a predictor.
const BLOCK_BITS: u32 = 5;

/// Longest run of one code.
const MOST_RUN: usize = 4096;
/// Shorter runs are written as pixels.
const LEAST_RUN: usize = 4;

/// Symbols of the code for green: 256 values and 24 classes of lengths.
const GREEN_SYMBOLS: usize = 256 + 24;
const DISTANCE_SYMBOLS: usize = 40;
/// What the code for distances calls the pixel to the left.
const DISTANCE_LEFT: usize = 2 - 1;

/// How the lengths of a code are themselves coded: in this order.
const LENGTH_ORDER: [usize; 19] = [17, 18, 0, 1, 2, 3, 4, 5, 16, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15];

pub fn encode(canvas: Canvas, ramp: &Ramp) -> Result<Vec<u8>, EncodeError> {
    let (width, height) = (canvas.width(), canvas.height());
    if width.max(height) > MOST_WEBP_SIDE {
        return Err(EncodeError::TooLongForWebp { width, height });
    }
    match quantise::colour(canvas, ramp) {
        Finished::Indexed(picture) => Ok(indexed(picture)),
        Finished::TrueColour(picture) => true_colour(&picture),
    }
}

fn true_colour(picture: &TrueColour) -> Result<Vec<u8>, EncodeError> {
    let mut pixels = vec![[0; 3]; picture.width as usize * picture.height as usize];
    for (y, line) in pixels.chunks_exact_mut(picture.width as usize).enumerate() {
        picture.write_row(y, line);
    }
    let mut bytes = Vec::new();
    let encoder = image_webp::WebPEncoder::new(&mut bytes);
    encoder.encode(pixels.as_flattened(), picture.width, picture.height, image_webp::ColorType::Rgb8)?;
    Ok(bytes)
}

fn indexed(picture: Indexed) -> Vec<u8> {
    let Indexed { width, height, mut colours, mut pixels } = picture;
    colours.resize(colours.len().max(LEAST_COLOURS), Rgba::default());
    let mut bits = Bits::default();
    bits.put(0x2f, 8);
    bits.put(width - 1, 14);
    bits.put(height - 1, 14);
    bits.put(u32::from(colours.iter().any(|colour| colour.alpha < 255)), 1);
    bits.put(0, 3);

    bits.put(0b111, 3); // a transform follows: a table of colours
    bits.put(colours.len() as u32 - 1, 8);
    put_table(&mut bits, &colours);

    let blocks = predict(&mut pixels, width as usize);
    bits.put(0b001, 3); // a transform follows: predictors
    bits.put(BLOCK_BITS - 2, 3);
    let green = |value: u8| [value, 0, 0, 255];
    put_pixels(&mut bits, blocks.into_iter().map(green), false);

    bits.put(0, 1); // no more transforms
    let green = |value: u8| [value, 0, 0, 0];
    put_pixels(&mut bits, pixels.into_iter().map(green), true);
    container(&bits.finish())
}

/// Wraps the picture in its file.
fn container(data: &[u8]) -> Vec<u8> {
    let padded = data.len().next_multiple_of(2);
    let mut file = Vec::with_capacity(20 + padded);
    file.extend_from_slice(b"RIFF");
    file.extend_from_slice(&(padded as u32 + 12).to_le_bytes());
    file.extend_from_slice(b"WEBPVP8L");
    file.extend_from_slice(&(data.len() as u32).to_le_bytes());
    file.extend_from_slice(data);
    file.resize(20 + padded, 0);
    file
}

/// Writes the table: a picture of one line, each colour as the difference to the one before.
fn put_table(bits: &mut Bits, colours: &[Rgba]) {
    let mut before = [0u8; 4];
    let steps: Vec<[u8; 4]> = colours
        .iter()
        .map(|colour| {
            let parts = [colour.green, colour.red, colour.blue, colour.alpha];
            let step = [0, 1, 2, 3].map(|at| parts[at].wrapping_sub(before[at]));
            before = parts;
            step
        })
        .collect();
    put_pixels(bits, steps.into_iter(), false);
}

/// How a pixel is guessed from those before it.
#[derive(Clone, Copy)]
enum Predictor {
    Left,
    Above,
    Mean,
    Nearer,
    Plane,
}

impl Predictor {
    const ALL: [Self; 5] = [Self::Above, Self::Left, Self::Plane, Self::Nearer, Self::Mean];

    /// Returns what the format calls it.
    const fn number(self) -> u8 {
        match self {
            Self::Left => 1,
            Self::Above => 2,
            Self::Mean => 7,
            Self::Nearer => 11,
            Self::Plane => 12,
        }
    }

    fn guess(self, left: u8, above: u8, corner: u8) -> u8 {
        match self {
            Self::Left => left,
            Self::Above => above,
            Self::Mean => u8::midpoint(left, above),
            Self::Nearer => {
                if above.abs_diff(corner) < left.abs_diff(corner) {
                    left
                } else {
                    above
                }
            }
            Self::Plane => (i16::from(left) + i16::from(above) - i16::from(corner)).clamp(0, 255) as u8,
        }
    }
}

/// Replaces the pixels by the differences to their guesses; returns the predictor of every block.
fn predict(pixels: &mut [u8], width: usize) -> Vec<u8> {
    let side = 1usize << BLOCK_BITS;
    let cost = difference_costs();
    let mut predictors = Vec::new();
    // The line above the current strip, as it was; above the picture there is nothing to guess from but the left.
    let mut above: Option<Vec<u8>> = None;
    for strip in pixels.chunks_mut(width * side) {
        let last = strip[strip.len() - width..].to_vec();
        let rows: Vec<&[u8]> = strip.chunks_exact(width).collect();
        let mut differences = vec![0u8; strip.len()];
        for start in (0..width).step_by(side) {
            let block = start..(start + side).min(width);
            let line_above = |row: usize| if row > 0 { Some(rows[row - 1]) } else { above.as_deref() };
            let repeats = (0..rows.len())
                .all(|row| line_above(row).is_some_and(|above| above[block.clone()] == rows[row][block.clone()]));
            let best = if repeats {
                Predictor::Above
            } else {
                let total = |predictor: Predictor| -> u32 {
                    let costs = (0..rows.len()).map(|row| {
                        let differences = block.clone().map(|x| difference(rows[row], line_above(row), x, predictor));
                        differences.map(|step| cost[usize::from(step)]).sum::<u32>()
                    });
                    costs.sum()
                };
                Predictor::ALL.into_iter().min_by_key(|&predictor| total(predictor)).unwrap_or(Predictor::Above)
            };
            predictors.push(best.number());
            for (row, line) in differences.chunks_exact_mut(width).enumerate() {
                for x in block.clone() {
                    line[x] = difference(rows[row], line_above(row), x, best);
                }
            }
        }
        strip.copy_from_slice(&differences);
        above = Some(last);
    }
    predictors
}

/// Returns the difference of a pixel to its guess. At the left and upper edge the format itself says what is guessed.
fn difference(line: &[u8], above: Option<&[u8]>, x: usize, predictor: Predictor) -> u8 {
    let guess = match (x.checked_sub(1), above) {
        (None, None) => 0,
        (Some(before), None) => line[before],
        (None, Some(above)) => above[x],
        (Some(before), Some(above)) => predictor.guess(line[before], above[x], above[before]),
    };
    line[x].wrapping_sub(guess)
}

/// Returns about how many bits each difference takes.
fn difference_costs() -> [u32; 256] {
    std::array::from_fn(|step| {
        let size = step.min(256 - step) as u32;
        if size == 0 { 0 } else { 4 + 2 * size.ilog2() }
    })
}

/// A pixel or a run of pixels like the one before.
enum Token {
    Pixel([u8; 4]),
    Run(usize),
}

/// Cuts pixels (green, red, blue, alpha) into tokens.
fn tokens(pixels: impl Iterator<Item = [u8; 4]>) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut before: Option<[u8; 4]> = None;
    let mut run = 0;
    let end_run = |tokens: &mut Vec<Token>, before: Option<[u8; 4]>, run: &mut usize| {
        if let Some(before) = before {
            if *run >= LEAST_RUN {
                tokens.push(Token::Run(*run));
            } else {
                tokens.extend((0..*run).map(|_| Token::Pixel(before)));
            }
        }
        *run = 0;
    };
    for pixel in pixels {
        if before == Some(pixel) && run < MOST_RUN {
            run += 1;
            continue;
        }
        end_run(&mut tokens, before, &mut run);
        if before == Some(pixel) {
            run = 1;
        } else {
            tokens.push(Token::Pixel(pixel));
            before = Some(pixel);
        }
    }
    end_run(&mut tokens, before, &mut run);
    tokens
}

/// Returns the class of a length, and the value and number of the bits that follow it.
fn length_class(length: usize) -> (usize, u32, u32) {
    let value = length as u32 - 1;
    if value < 4 {
        return (value as usize, 0, 0);
    }
    let high = value.ilog2();
    let second = value >> (high - 1) & 1;
    let extra = high - 1;
    ((2 * high + second) as usize, value & ((1 << extra) - 1), extra)
}

/// Writes a picture: the codes of its parts, then its pixels. Only the main one (`is_main`) says that it has one set of codes.
fn put_pixels(bits: &mut Bits, pixels: impl Iterator<Item = [u8; 4]>, is_main: bool) {
    bits.put(0, if is_main { 2 } else { 1 }); // no cache of colours
    let tokens = tokens(pixels);
    let mut counts = [vec![0u32; GREEN_SYMBOLS], vec![0; 256], vec![0; 256], vec![0; 256], vec![0; DISTANCE_SYMBOLS]];
    for token in &tokens {
        match token {
            Token::Pixel(parts) => {
                for (counts, &part) in counts.iter_mut().zip(parts) {
                    counts[usize::from(part)] += 1;
                }
            }
            &Token::Run(length) => {
                counts[0][256 + length_class(length).0] += 1;
                counts[4][DISTANCE_LEFT] += 1;
            }
        }
    }
    let codes = counts.map(|counts| PartCode::put(bits, &counts));
    for token in &tokens {
        match token {
            Token::Pixel(parts) => {
                for (code, &part) in codes.iter().zip(parts) {
                    code.put_symbol(bits, usize::from(part));
                }
            }
            &Token::Run(length) => {
                let (class, value, extra) = length_class(length);
                codes[0].put_symbol(bits, 256 + class);
                bits.put(value, extra);
                codes[4].put_symbol(bits, DISTANCE_LEFT);
            }
        }
    }
}

/// The code of one part of the pixels; none where the part is the same in all of them, which then takes no bits.
struct PartCode(Option<Code>);

impl PartCode {
    /// Makes the code for these counts and writes it down.
    fn put(bits: &mut Bits, counts: &[u32]) -> Self {
        let mut in_use = (0..counts.len()).filter(|&symbol| counts[symbol] > 0);
        let (first, second) = (in_use.next().unwrap_or_default(), in_use.next());
        if second.is_none() && first < 256 {
            bits.put(0b1, 1); // named
            bits.put(0b0, 1); // one symbol
            bits.put(0b1, 1); // of eight bits
            bits.put(first as u32, 8);
            return Self(None);
        }
        let code = Code::of(counts, MOST_BITS);
        put_lengths(bits, &code.lengths);
        Self(Some(code))
    }

    fn put_symbol(&self, bits: &mut Bits, symbol: usize) {
        if let Some(code) = &self.0 {
            code.put(bits, symbol);
        }
    }
}

/// Writes the lengths of a code, themselves coded: runs of zeros are short.
fn put_lengths(bits: &mut Bits, lengths: &[u8]) {
    let mut symbols: Vec<(usize, u32, u32)> = Vec::new();
    let mut at = 0;
    while at < lengths.len() {
        let zeros = lengths[at..].iter().take_while(|length| **length == 0).count().min(138);
        match zeros {
            0..=2 => symbols.push((usize::from(lengths[at]), 0, 0)),
            3..=10 => symbols.push((17, zeros as u32 - 3, 3)),
            _ => symbols.push((18, zeros as u32 - 11, 7)),
        }
        at += if zeros < 3 { 1 } else { zeros };
    }
    let mut counts = [0u32; 19];
    for (symbol, ..) in &symbols {
        counts[*symbol] += 1;
    }
    let code = Code::of(&counts, 7);
    bits.put(0, 1); // not named one by one
    bits.put(LENGTH_ORDER.len() as u32 - 4, 4);
    for symbol in LENGTH_ORDER {
        bits.put(u32::from(code.lengths[symbol]), 3);
    }
    bits.put(0, 1); // as many as there are symbols
    for (symbol, value, extra) in symbols {
        code.put(bits, symbol);
        bits.put(value, extra);
    }
}
