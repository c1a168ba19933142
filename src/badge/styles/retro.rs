//! Owns the counter of the nineties: white digits on wheels behind a grey frame.

use super::rect;
use crate::{
    badge::{
        color::Color,
        content::Badge,
        sketch::{Ink, Shape, Sketch, Text, place},
    },
    render::typeset::Faces,
};

/// Fewer digits get zeros before them, as the wheels had.
const LEAST_DIGITS: usize = 6;
const WHEEL_WIDTH: f32 = 17.0;
const WHEEL_HEIGHT: f32 = 26.0;
const WHEEL_GAP: f32 = 1.0;
const RIM: f32 = 5.0;
const DIGIT_SIZE: f32 = 19.0;
const LABEL_SIZE: f32 = 10.0;
const LABEL_HEIGHT: f32 = 15.0;

const FRAME: Color = Color::rgb(0xc0, 0xc0, 0xc0);
const LIGHT: Color = Color::rgb(0xff, 0xff, 0xff);
const DARK: Color = Color::rgb(0x80, 0x80, 0x80);
const BLACK: Color = Color::rgb(0x0a, 0x0a, 0x0a);
const LABEL: Color = Color::rgb(0x20, 0x20, 0x20);

pub fn sketch(badge: &Badge, faces: &Faces) -> Sketch {
    let digits = format!("{:0LEAST_DIGITS$}", badge.number);
    let wheels = digits.len() as f32 * (WHEEL_WIDTH + WHEEL_GAP) - WHEEL_GAP;
    let label = Text::centred(0.0, 0.0, LABEL_SIZE, &badge.label, LABEL, faces);
    let width = (wheels.max(label.width + 4.0) + 2.0 * RIM + 2.0).ceil();
    let has_label = !badge.label.is_empty();
    let height = WHEEL_HEIGHT + 2.0 * RIM + 2.0 + if has_label { LABEL_HEIGHT } else { 0.0 };

    // The frame stands out, the wheels lie deep.
    let mut shapes = Vec::new();
    let whole = place(0.0, 0.0, width, height);
    shapes.push(rect(whole, 0.0, DARK));
    shapes.push(rect(place(0.0, 0.0, width - 1.0, height - 1.0), 0.0, LIGHT));
    shapes.push(rect(whole.inset(1.0), 0.0, FRAME));
    let left = ((width - wheels) / 2.0).floor();
    let well = place(left - 1.0, RIM, wheels + 2.0, WHEEL_HEIGHT + 2.0);
    shapes.push(rect(well, 0.0, LIGHT));
    shapes.push(rect(place(well.x, well.y, well.width - 1.0, well.height - 1.0), 0.0, DARK));
    shapes.push(rect(well.inset(1.0), 0.0, Color::rgb(0x50, 0x50, 0x50)));
    for (index, digit) in digits.chars().enumerate() {
        let wheel = place(left + index as f32 * (WHEEL_WIDTH + WHEEL_GAP), RIM + 1.0, WHEEL_WIDTH, WHEEL_HEIGHT);
        shapes.push(rect(wheel, 0.0, BLACK));
        let middle = wheel.x + WHEEL_WIDTH / 2.0;
        let digit = Text::centred(middle, wheel.y + 20.0, DIGIT_SIZE, &digit.to_string(), badge.color, faces);
        shapes.push(Shape::Text(digit));
        shapes.push(Shape::Shade { place: wheel, strength: 0.3 });
        // The seam of the wheel.
        let seam = Ink { color: BLACK, opacity: 0.55 };
        shapes.push(rect(place(wheel.x, wheel.y + WHEEL_HEIGHT / 2.0, WHEEL_WIDTH, 1.0), 0.0, seam));
    }
    if has_label {
        shapes.push(Shape::Text(Text { middle: width / 2.0, baseline: height - 7.0, ..label }));
    }
    Sketch { width, height, corner: 0.0, shapes, title: badge.title(), lang: badge.params.lang.as_str() }
}
