//! Owns the seven-segment display.

use super::rect;
use crate::{
    badge::{
        color::Color,
        content::Badge,
        sketch::{Ink, Shape, Sketch, Text, place},
    },
    render::typeset::Faces,
};

/// Fewer digits leave places dark.
const LEAST_DIGITS: usize = 5;
const DIGIT_WIDTH: f32 = 15.0;
const DIGIT_HEIGHT: f32 = 27.0;
const DIGIT_GAP: f32 = 5.5;
/// More between thousands.
const GROUP_GAP: f32 = 4.5;
const THICKNESS: f32 = 3.4;
/// Between two segments that meet.
const SEAM: f32 = 0.5;
const PADDING: f32 = 9.0;
/// How far the top leans to the right, for each pixel of height.
const SLANT: f32 = 0.08;
const LABEL_SIZE: f32 = 10.0;
const LABEL_HEIGHT: f32 = 15.0;

const PANEL: Color = Color::rgb(0x14, 0x12, 0x12);
const LABEL: Color = Color::rgb(0xb9, 0xb4, 0xb0);

/// Of each digit, which segments are lit: top, upper right, lower right, bottom, lower left, upper left, middle.
const LIT: [u8; 10] = [
    0b011_1111, 0b000_0110, 0b101_1011, 0b100_1111, 0b110_0110, 0b110_1101, 0b111_1101, 0b000_0111, 0b111_1111,
    0b110_1111,
];

pub fn sketch(badge: &Badge, faces: &Faces) -> Sketch {
    let digits = format!("{:>LEAST_DIGITS$}", badge.number);
    let has_label = !badge.label.is_empty();
    let top = PADDING + if has_label { LABEL_HEIGHT } else { 0.0 };
    let height = top + DIGIT_HEIGHT + PADDING;
    let (mut lit, mut dark) = (Vec::new(), Vec::new());
    let mut x = PADDING;
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 {
            x += DIGIT_GAP + if (digits.len() - index).is_multiple_of(3) { GROUP_GAP } else { 0.0 };
        }
        let segments = digit.to_digit(10).map_or(0, |digit| LIT[digit as usize]);
        for (bit, segment) in segments_at(x, top).into_iter().enumerate() {
            let list = if segments >> bit & 1 == 1 { &mut lit } else { &mut dark };
            list.push(segment);
        }
        x += DIGIT_WIDTH;
    }
    let display = x + DIGIT_HEIGHT * SLANT + PADDING;
    let label = Text::centred(0.0, PADDING + 6.5, LABEL_SIZE, &badge.label, LABEL, faces);
    let width = display.max(label.width + 2.0 * PADDING).ceil();
    // The display is at the right where the label is longer.
    shift(&mut lit, width - display);
    shift(&mut dark, width - display);

    let mut shapes = vec![rect(place(0.0, 0.0, width, height), 5.0, PANEL)];
    if has_label {
        shapes.push(Shape::Text(Text { middle: width / 2.0, ..label }));
    }
    shapes.push(Shape::Areas { areas: dark, ink: Ink { color: badge.color, opacity: 0.1 } });
    shapes.push(Shape::Areas { areas: lit, ink: badge.color.into() });
    Sketch { width, height, corner: 5.0, shapes, title: badge.title(), lang: badge.params.lang.as_str() }
}

fn shift(areas: &mut [Vec<(f32, f32)>], by: f32) {
    for (x, _) in areas.iter_mut().flatten() {
        *x += by;
    }
}

/// Returns the seven segments of a digit, in the order of [`LIT`].
fn segments_at(left: f32, top: f32) -> [Vec<(f32, f32)>; 7] {
    let half = THICKNESS / 2.0;
    let (west, east) = (half, DIGIT_WIDTH - half);
    let (north, middle, south) = (half, DIGIT_HEIGHT / 2.0, DIGIT_HEIGHT - half);
    let lean = |points: [(f32, f32); 6]| points.map(|(x, y)| (left + x + (DIGIT_HEIGHT - y) * SLANT, top + y)).to_vec();
    let level = |y: f32| {
        let (from, to) = (west + SEAM, east - SEAM);
        lean([
            (from, y),
            (from + half, y - half),
            (to - half, y - half),
            (to, y),
            (to - half, y + half),
            (from + half, y + half),
        ])
    };
    let upright = |x: f32, from: f32, to: f32| {
        let (from, to) = (from + SEAM, to - SEAM);
        lean([
            (x, from),
            (x + half, from + half),
            (x + half, to - half),
            (x, to),
            (x - half, to - half),
            (x - half, from + half),
        ])
    };
    [
        level(north),
        upright(east, north, middle),
        upright(east, middle, south),
        level(south),
        upright(west, middle, south),
        upright(west, north, middle),
        level(middle),
    ]
}
