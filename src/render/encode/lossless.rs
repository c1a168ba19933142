//! Owns the lossless WebP (VP8L) of a picture with a table of colours. It does not colour.
//!
//! The crate `image-webp` writes true colour only, from four bytes a pixel, and knows only runs. Ours writes the table and the
//! indices: a quarter of the memory, and about as many bytes as our PNG, up to a fifth less where little is hot.

use std::collections::HashMap;

use super::{
    EncodeError, MOST_WEBP_SIDE,
    bits::{Bits, Code, MOST_BITS, with_runs_of_zeros},
    repeats::{self, Grain, Limits, Token},
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

const LIMITS: Limits = Limits { window: 1 << 16, longest: 4096 };

/// Symbols of the code for green: 256 values and 24 classes of lengths.
const GREEN_SYMBOLS: usize = 256 + 24;
const DISTANCE_SYMBOLS: usize = 40;
/// Distances that have names of their own, 1 and up: so many pixels to the left and lines above.
const NEAR: [(i32, i32); 34] = [
    (0, 1),
    (1, 0),
    (1, 1),
    (-1, 1),
    (0, 2),
    (2, 0),
    (1, 2),
    (-1, 2),
    (2, 1),
    (-2, 1),
    (2, 2),
    (-2, 2),
    (0, 3),
    (3, 0),
    (1, 3),
    (-1, 3),
    (3, 1),
    (-3, 1),
    (2, 3),
    (-2, 3),
    (3, 2),
    (-3, 2),
    (0, 4),
    (4, 0),
    (1, 4),
    (-1, 4),
    (4, 1),
    (-4, 1),
    (3, 3),
    (-3, 3),
    (2, 4),
    (-2, 4),
    (4, 2),
    (-4, 2),
];
/// The format has as many names for near distances; the rest follow.
const NAMES: u32 = 120;

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
    bits.put(0, 1); // no cache of colours
    put_greens(&mut bits, &blocks, width.div_ceil(1 << BLOCK_BITS), 255);

    bits.put(0, 1); // no more transforms
    bits.put(0b00, 2); // no cache of colours, one set of codes
    put_greens(&mut bits, &pixels, width, 0);
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
    let steps = colours.iter().map(|colour| {
        let parts = [colour.green, colour.red, colour.blue, colour.alpha];
        let step = [0, 1, 2, 3].map(|at| parts[at].wrapping_sub(before[at]));
        before = parts;
        step
    });
    let steps: Vec<[u8; 4]> = steps.collect();
    bits.put(0, 1); // no cache of colours
    let code = |bits: &mut Bits, part: usize| {
        let mut counts = [0u32; GREEN_SYMBOLS];
        for step in &steps {
            counts[usize::from(step[part])] += 1;
        }
        PartCode::put(bits, if part == 0 { &counts } else { &counts[..256] })
    };
    let codes = [0, 1, 2, 3].map(|part| code(bits, part));
    PartCode::put(bits, &[0; DISTANCE_SYMBOLS]);
    for step in &steps {
        codes.iter().zip(step).for_each(|(code, &part)| code.put_symbol(bits, usize::from(part)));
    }
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

/// Returns the class of a length or the name of a distance, and the value and number of the bits that follow it.
fn class(number: u32) -> (usize, u32, u32) {
    let value = number - 1;
    if value < 4 {
        return (value as usize, 0, 0);
    }
    let high = value.ilog2();
    let second = value >> (high - 1) & 1;
    let extra = high - 1;
    ((2 * high + second) as usize, value & ((1 << extra) - 1), extra)
}

/// Returns the name of every near distance in a picture of this width.
fn near_names(width: u32) -> HashMap<u32, u32> {
    let mut names = HashMap::new();
    for (&(left, up), name) in NEAR.iter().zip(1..) {
        // In a narrow picture some distances have two names, and some are none.
        if let Ok(distance @ 1..) = u32::try_from(left + up * width as i32) {
            names.entry(distance).or_insert(name);
        }
    }
    names
}

/// Writes pixels that differ in their green only: the codes, then what they stand for.
fn put_greens(bits: &mut Bits, greens: &[u8], width: u32, alpha: u8) {
    let tokens = repeats::find(greens, LIMITS, Grain::Bytes);
    let names = near_names(width);
    let name = |distance: u32| names.get(&distance).copied().unwrap_or(distance + NAMES);
    let mut counts = vec![0u32; GREEN_SYMBOLS];
    let mut distances = [0u32; DISTANCE_SYMBOLS];
    for &token in &tokens {
        match token {
            Token::Letter(green) => counts[usize::from(green)] += 1,
            Token::Match { length, distance } => {
                counts[256 + class(u32::from(length)).0] += 1;
                distances[class(name(distance)).0] += 1;
            }
        }
    }
    let code = PartCode::put(bits, &counts);
    for same in [0, 0, alpha] {
        PartCode::put_one(bits, same);
    }
    let distances = PartCode::put(bits, &distances);
    for &token in &tokens {
        match token {
            Token::Letter(green) => code.put_symbol(bits, usize::from(green)),
            Token::Match { length, distance } => {
                let (length, value, extra) = class(u32::from(length));
                code.put_symbol(bits, 256 + length);
                bits.put(value, extra);
                let (distance, value, extra) = class(name(distance));
                distances.put_symbol(bits, distance);
                bits.put(value, extra);
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
            Self::put_one(bits, first as u8);
            return Self(None);
        }
        let code = Code::of(counts, MOST_BITS);
        put_lengths(bits, &code.lengths);
        Self(Some(code))
    }

    /// Writes a code of one symbol, which takes no bits.
    fn put_one(bits: &mut Bits, symbol: u8) {
        bits.put(0b1, 1); // named
        bits.put(0b0, 1); // one symbol
        bits.put(0b1, 1); // of eight bits
        bits.put(u32::from(symbol), 8);
    }

    fn put_symbol(&self, bits: &mut Bits, symbol: usize) {
        if let Some(code) = &self.0 {
            code.put(bits, symbol);
        }
    }
}

/// Writes the lengths of a code, themselves coded: runs of zeros are short.
fn put_lengths(bits: &mut Bits, lengths: &[u8]) {
    let symbols = with_runs_of_zeros(lengths);
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
