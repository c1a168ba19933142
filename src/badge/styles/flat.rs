//! Owns the flat badge: a label at the left, a value on color at the right.

use super::{circle, rect};
use crate::{
    badge::{
        color::Color,
        content::Badge,
        sketch::{Ink, Shape, Sketch, Text, place},
    },
    render::typeset::Faces,
};

const HEIGHT: f32 = 20.0;
const FONT_SIZE: f32 = 11.0;
/// Between the text and the ends of its half.
const PADDING: f32 = 7.0;
const DOT_RADIUS: f32 = 3.0;
/// Between the dot and the text.
const DOT_GAP: f32 = 5.0;
const BASELINE: f32 = 14.0;
const LABEL_GROUND: Color = Color::rgb(0x42, 0x4a, 0x53);
/// White text on dark colors, this on light ones.
const DARK_TEXT: Color = Color::rgb(0x1f, 0x23, 0x28);
const WHITE: Color = Color::rgb(0xff, 0xff, 0xff);
const BLACK: Color = Color::rgb(0, 0, 0);

pub fn sketch(badge: &Badge, faces: &Faces) -> Sketch {
    let mut grounds = Vec::new();
    let mut texts = Vec::new();
    let mut width = 0.0;
    if !badge.label.is_empty() {
        width += half(&mut grounds, &mut texts, (width, &badge.label, LABEL_GROUND, badge.dot), faces);
    }
    width += half(&mut grounds, &mut texts, (width, &badge.value, badge.color, None), faces);
    let mut shapes = grounds;
    shapes.push(Shape::Shade { place: place(0.0, 0.0, width, HEIGHT), strength: 0.09 });
    shapes.append(&mut texts);
    Sketch { width, height: HEIGHT, corner: 4.0, shapes, title: badge.title(), lang: badge.params.lang.as_str() }
}

/// Lays out one text on its ground, with a soft edge below the text, which keeps it readable on any color. Returns the width.
fn half(
    grounds: &mut Vec<Shape>,
    texts: &mut Vec<Shape>,
    (left, text, ground, dot): (f32, &str, Color, Option<Color>),
    faces: &Faces,
) -> f32 {
    let mut start = left + PADDING;
    if let Some(color) = dot {
        texts.push(circle((start + DOT_RADIUS, HEIGHT / 2.0), DOT_RADIUS, color));
        start += DOT_RADIUS * 2.0 + DOT_GAP;
    }
    let (ink, edge) = if ground.is_light() { (DARK_TEXT, WHITE) } else { (WHITE, BLACK) };
    let edge = Ink { color: edge, opacity: 0.25 };
    let mut main = Text::at_left(start, BASELINE, FONT_SIZE, text, ink, faces);
    // Whole pixels, for half ones are drawn as a seam.
    let width = (start + main.width + PADDING - left).ceil();
    main.middle = start + (left + width - PADDING - start) / 2.0;
    let shadow = Text { baseline: BASELINE + 1.0, ink: edge, is_shadow: true, text: main.text.clone(), ..main };
    texts.extend([Shape::Text(shadow), Shape::Text(main)]);
    grounds.push(rect(place(left, 0.0, width, HEIGHT), 0.0, ground));
    width
}
