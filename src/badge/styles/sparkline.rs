//! Owns the sparkline: a number and the line of how it came about.

use super::circle;
use crate::{
    badge::{
        content::Badge,
        sketch::{Ink, Shape, Sketch, Text},
    },
    render::typeset::Faces,
};

const HEIGHT: f32 = 52.0;
const PADDING: f32 = 12.0;
const VALUE_SIZE: f32 = 19.0;
const LABEL_SIZE: f32 = 10.5;
const CHART_WIDTH: f32 = 132.0;
const CHART_TOP: f32 = 12.0;
const CHART_BOTTOM: f32 = 40.0;
const GAP: f32 = 16.0;

pub fn sketch(badge: &Badge, faces: &Faces) -> Sketch {
    let ground = badge.params.theme.ground();
    let has_label = !badge.label.is_empty();
    let value =
        Text::at_left(PADDING, if has_label { 27.0 } else { 33.0 }, VALUE_SIZE, &badge.value, ground.text, faces);
    let mut texts = PADDING;
    let mut label_left = PADDING;
    let mut marks = Vec::new();
    if let Some(lamp) = badge.dot.filter(|_| has_label) {
        marks.push(circle((PADDING + 3.0, 38.2), 3.0, lamp));
        label_left += 11.0;
    }
    let label = Text::at_left(label_left, 42.0, LABEL_SIZE, &badge.label, ground.quiet, faces);
    texts += value.width.max(label.width + label_left - PADDING);
    let left = (texts + GAP).ceil();
    let width = left + CHART_WIDTH + PADDING;

    let mut shapes = Vec::from(ground.card(width, HEIGHT, 8.0));
    shapes.extend([Shape::Text(value), Shape::Text(label)]);
    shapes.append(&mut marks);
    chart(&mut shapes, badge, left);
    Sketch { width, height: HEIGHT, corner: 8.0, shapes, title: badge.title(), lang: badge.params.lang.as_str() }
}

fn chart(shapes: &mut Vec<Shape>, badge: &Badge, left: f32) {
    let ground = badge.params.theme.ground();
    let floor = vec![(left, CHART_BOTTOM + 1.0), (left + CHART_WIDTH, CHART_BOTTOM + 1.0)];
    shapes.push(Shape::Line { points: floor, thickness: 1.0, ink: ground.edge.into() });
    let Some(&last) = badge.series.last() else { return };
    let most = badge.series.iter().copied().max().unwrap_or(0).max(1) as f32;
    let step = CHART_WIDTH / (badge.series.len().max(2) - 1) as f32;
    let height = |number: u64| CHART_BOTTOM - number as f32 / most * (CHART_BOTTOM - CHART_TOP);
    let points: Vec<(f32, f32)> =
        badge.series.iter().enumerate().map(|(index, &number)| (left + index as f32 * step, height(number))).collect();
    let mut area = points.clone();
    let end = points.last().map_or(left, |(x, _)| *x);
    area.extend([(end, CHART_BOTTOM), (left, CHART_BOTTOM)]);
    shapes.push(Shape::Areas { areas: vec![area], ink: Ink { color: badge.color, opacity: 0.16 } });
    shapes.push(Shape::Line { points, thickness: 1.6, ink: badge.color.into() });
    shapes.push(circle((end, height(last)), 2.6, badge.color));
}
