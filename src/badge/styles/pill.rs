//! Owns the pill: a rounded chip that is at home on a web page.

use super::{circle, rect};
use crate::{
    badge::{
        color::Color,
        content::Badge,
        sketch::{Ink, Shape, Sketch, Text, place},
    },
    render::typeset::Faces,
};

const HEIGHT: f32 = 28.0;
const PADDING: f32 = 12.0;
const GAP: f32 = 8.0;
const LAMP: f32 = 4.0;
/// From the edge of the pill to its inner chip.
const RIM: f32 = 4.0;
const FONT_SIZE: f32 = 12.0;
const BASELINE: f32 = 18.4;
const DARK_TEXT: Color = Color::rgb(0x1f, 0x23, 0x28);
const WHITE: Color = Color::rgb(0xff, 0xff, 0xff);

pub fn sketch(badge: &Badge, faces: &Faces) -> Sketch {
    let ground = badge.params.theme.ground();
    let mut inside = Vec::new();
    let mut x = PADDING;
    if let Some(lamp) = badge.dot {
        let middle = (x + LAMP, HEIGHT / 2.0);
        inside.push(circle(middle, LAMP + 3.0, Ink { color: lamp, opacity: 0.25 }));
        inside.push(circle(middle, LAMP, lamp));
        x += LAMP * 2.0 + GAP;
    }
    if !badge.label.is_empty() {
        let label = Text::at_left(x, BASELINE, FONT_SIZE, &badge.label, ground.quiet, faces);
        x += label.width + GAP;
        inside.push(Shape::Text(label));
    }
    let ink = if badge.color.is_light() { DARK_TEXT } else { WHITE };
    let mut value = Text::at_left(x + GAP, BASELINE, FONT_SIZE, &badge.value, ink, faces);
    let chip = (value.width + 2.0 * GAP).max(HEIGHT - 2.0 * RIM).ceil();
    value.middle = x + chip / 2.0;
    inside.push(rect(place(x, RIM, chip, HEIGHT - 2.0 * RIM), HEIGHT / 2.0 - RIM, badge.color));
    inside.push(Shape::Text(value));

    let width = (x + chip + RIM).ceil();
    let mut shapes = Vec::from(ground.card(width, HEIGHT, HEIGHT / 2.0));
    shapes.append(&mut inside);
    let (title, lang) = (badge.title(), badge.params.lang.as_str());
    Sketch { width, height: HEIGHT, corner: HEIGHT / 2.0, shapes, title, lang }
}
