//! Owns the grid of countries: a flag and a number each, most first.

use super::rect;
use crate::{
    badge::{
        color::Color,
        content::Badge,
        flags,
        sketch::{Ink, Shape, Sketch, Text, place},
    },
    render::typeset::Faces,
};

const PADDING: f32 = 12.0;
const HEAD: f32 = 20.0;
const FLAG_WIDTH: f32 = 24.0;
const FLAG_HEIGHT: f32 = 16.0;
const ROW: f32 = 24.0;
/// Between a flag and its number, and between columns.
const GAP: f32 = 7.0;
const COLUMN_GAP: f32 = 16.0;
const FONT_SIZE: f32 = 11.0;
const SHADOW: Ink = Ink { color: Color::rgb(0, 0, 0), opacity: 0.16 };

pub fn sketch(badge: &Badge, faces: &Faces) -> Sketch {
    let ground = badge.params.theme.ground();
    let text = |number: u64| badge.params.lang.number(number);
    let shown: Vec<(&str, u64)> =
        badge.countries.iter().take(badge.params.limit).map(|(code, number)| (code.as_str(), *number)).collect();
    let rest = badge.others + badge.countries.iter().skip(shown.len()).map(|(_, number)| number).sum::<u64>();
    let cells = shown.len() + usize::from(rest > 0);
    let columns = badge.params.columns.min(cells).max(1);
    let rows = cells.div_ceil(columns);

    let numbers: Vec<Text> = shown
        .iter()
        .map(|(_, number)| *number)
        .chain((rest > 0).then_some(rest))
        .map(|number| Text::at_left(0.0, 0.0, FONT_SIZE, &text(number), ground.text, faces))
        .collect();
    let column = FLAG_WIDTH + GAP + numbers.iter().map(|number| number.width).fold(0.0, f32::max).ceil() + COLUMN_GAP;
    let head_text = badge.title();
    let head = Text::at_left(PADDING, PADDING + 9.5, FONT_SIZE, &head_text, ground.quiet, faces);
    let grid = column * columns as f32 - COLUMN_GAP;
    let width = (grid.max(head.width) + 2.0 * PADDING).ceil();
    let height = PADDING + HEAD + rows as f32 * ROW - (ROW - FLAG_HEIGHT) * f32::from(u8::from(rows > 0)) + PADDING
        - if rows == 0 { HEAD - 12.0 } else { 0.0 };

    let mut shapes = Vec::from(ground.card(width, height, 8.0));
    shapes.push(Shape::Text(head));
    for (index, number) in numbers.into_iter().enumerate() {
        let x = PADDING + (index % columns) as f32 * column;
        let y = PADDING + HEAD + (index / columns) as f32 * ROW;
        match shown.get(index) {
            Some((code, _)) => flag(&mut shapes, code, (x, y), badge, faces),
            None => others(&mut shapes, (x, y), ground.quiet),
        }
        let left = x + FLAG_WIDTH + GAP;
        shapes.push(Shape::Text(Text { middle: left + number.width / 2.0, baseline: y + 12.0, ..number }));
    }
    Sketch { width, height, corner: 8.0, shapes, title: spoken(badge, &shown), lang: badge.params.lang.as_str() }
}

/// Returns the words for those who hear the badge.
fn spoken(badge: &Badge, shown: &[(&str, u64)]) -> String {
    let countries: Vec<String> =
        shown.iter().map(|(code, number)| format!("{code} {}", badge.params.lang.number(*number))).collect();
    if countries.is_empty() { badge.title() } else { format!("{} ({})", badge.title(), countries.join(", ")) }
}

/// Draws a flag; a country that has none here is its code.
fn flag(shapes: &mut Vec<Shape>, code: &str, (x, y): (f32, f32), badge: &Badge, faces: &Faces) {
    let frame = place(x - 0.5, y - 0.5, FLAG_WIDTH + 1.0, FLAG_HEIGHT + 1.0);
    shapes.push(rect(frame, 1.0, SHADOW));
    let before = shapes.len();
    let unit = FLAG_WIDTH / flags::WIDTH;
    shapes.extend(flags::pieces(code).map(|(color, outline)| Shape::Art { outline, x, y, unit, ink: color.into() }));
    if shapes.len() == before {
        let ground = badge.params.theme.ground();
        shapes.push(rect(place(x, y, FLAG_WIDTH, FLAG_HEIGHT), 0.0, ground.edge));
        let middle = x + FLAG_WIDTH / 2.0;
        shapes.push(Shape::Text(Text::centred(middle, y + 12.0, 10.0, code, ground.text, faces)));
    }
}

/// Draws three dots, for all other countries together.
fn others(shapes: &mut Vec<Shape>, (x, y): (f32, f32), color: Color) {
    for dot in 0..3_u8 {
        let middle = (x + 6.0 + 6.0 * f32::from(dot), y + FLAG_HEIGHT / 2.0);
        shapes.push(super::circle(middle, 1.7, color));
    }
}
