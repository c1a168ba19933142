//! Owns the drawing of badges as PNG, in true color with transparent corners.

use tiny_skia::{
    FillRule, GradientStop, LineCap, LineJoin, LinearGradient, Mask, Paint, Path, PathBuilder, Pixmap, Point, Rect,
    Shader, SpreadMode, Stroke, Transform,
};

use super::{
    color::Color,
    sketch::{Ink, Place, Shape, Sketch, Text},
};
use crate::render::{
    EncodeError, encode,
    typeset::{Faces, Line},
};

/// How far the handles of a quarter of a circle are from its ends.
const QUARTER: f32 = 0.552_284_8;

/// Draws a picture of `scale` pixels for each of CSS.
pub fn png(sketch: &Sketch, scale: f32, faces: &Faces) -> Result<Vec<u8>, EncodeError> {
    let (width, height) = ((sketch.width * scale).ceil(), (sketch.height * scale).ceil());
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a badge is a few thousand pixels wide"
    )]
    let mut sheet = Sheet::new(width as u32, height as u32, scale).ok_or(EncodeError::NoPicture)?;
    for shape in &sketch.shapes {
        sheet.draw(shape, faces);
    }
    sheet.cut(sketch);
    encode::rgba(sheet.pixmap.width(), sheet.pixmap.height(), &straight(&sheet.pixmap))
}

struct Sheet {
    pixmap: Pixmap,
    scale: f32,
}

impl Sheet {
    fn new(width: u32, height: u32, scale: f32) -> Option<Self> {
        Some(Self { pixmap: Pixmap::new(width, height)?, scale })
    }

    fn draw(&mut self, shape: &Shape, faces: &Faces) {
        match shape {
            Shape::Rect { place, radius, ink } => self.fill(rounded(*place, *radius), &solid(*ink)),
            Shape::Shade { place, strength } => self.shade(*place, *strength),
            Shape::Circle { x, y, radius, ink } => {
                self.fill(PathBuilder::from_circle(*x, *y, *radius), &solid(*ink));
            }
            Shape::Areas { areas, ink } => {
                let mut path = PathBuilder::new();
                for area in areas {
                    trace(&mut path, area);
                    path.close();
                }
                self.fill(path.finish(), &solid(*ink));
            }
            Shape::Line { points, thickness, ink } => {
                let mut path = PathBuilder::new();
                trace(&mut path, points);
                let stroke = Stroke {
                    width: *thickness,
                    line_join: LineJoin::Round,
                    line_cap: LineCap::Round,
                    ..Stroke::default()
                };
                if let Some(path) = path.finish() {
                    self.pixmap.stroke_path(&path, &solid(*ink), &stroke, self.transform(), None);
                }
            }
            Shape::Art { outline, x, y, unit, ink } => {
                let place = self.transform().pre_translate(*x, *y).pre_scale(*unit, *unit);
                if let Some(path) = outlined(outline) {
                    self.pixmap.fill_path(&path, &solid(*ink), FillRule::Winding, place, None);
                }
            }
            Shape::Text(text) => self.text(text, faces),
        }
    }

    fn transform(&self) -> Transform {
        Transform::from_scale(self.scale, self.scale)
    }

    fn fill(&mut self, path: Option<Path>, paint: &Paint<'_>) {
        let transform = self.transform();
        if let Some(path) = path {
            self.pixmap.fill_path(&path, paint, FillRule::Winding, transform, None);
        }
    }

    fn shade(&mut self, place: Place, strength: f32) {
        let (top, bottom) = (Point::from_xy(0.0, place.y), Point::from_xy(0.0, place.y + place.height));
        let white = tiny_skia::Color::from_rgba(1.0, 1.0, 1.0, strength).unwrap_or(tiny_skia::Color::TRANSPARENT);
        let black = tiny_skia::Color::from_rgba(0.0, 0.0, 0.0, strength).unwrap_or(tiny_skia::Color::TRANSPARENT);
        let stops = vec![GradientStop::new(0.0, white), GradientStop::new(1.0, black)];
        let Some(shader) = LinearGradient::new(top, bottom, stops, SpreadMode::Pad, Transform::identity()) else {
            return;
        };
        let paint = Paint { shader, anti_alias: true, ..Paint::default() };
        self.fill(rounded(place, 0.0), &paint);
    }

    fn text(&mut self, text: &Text, faces: &Faces) {
        let line = Line::of(&text.text, text.size * self.scale, faces);
        let left = text.middle * self.scale - line.width / 2.0;
        let (width, height) = (self.pixmap.width(), self.pixmap.height());
        let pixels = self.pixmap.data_mut();
        line.rasterise((left, text.baseline * self.scale), |x, y, coverage| {
            let (Ok(x), Ok(y)) = (u32::try_from(x), u32::try_from(y)) else { return };
            if x < width && y < height {
                let at = (y as usize * width as usize + x as usize) * 4;
                blend(&mut pixels[at..at + 4], text.ink, f32::from(coverage) / 255.0);
            }
        });
    }

    /// Cuts the corners off.
    fn cut(&mut self, sketch: &Sketch) {
        if sketch.corner <= 0.0 {
            return;
        }
        let whole = Place { x: 0.0, y: 0.0, width: sketch.width, height: sketch.height };
        let Some(mut mask) = Mask::new(self.pixmap.width(), self.pixmap.height()) else { return };
        if let Some(path) = rounded(whole, sketch.corner) {
            mask.fill_path(&path, FillRule::Winding, true, self.transform());
            self.pixmap.apply_mask(&mask);
        }
    }
}

fn solid(ink: Ink) -> Paint<'static> {
    let Color { red, green, blue } = ink.color;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "opacity is 0 to 1")]
    let alpha = (ink.opacity * 255.0).round() as u8;
    let color = tiny_skia::Color::from_rgba8(red, green, blue, alpha);
    Paint { shader: Shader::SolidColor(color), anti_alias: true, ..Paint::default() }
}

/// Lays a color over a pixel whose colors are multiplied with its alpha.
fn blend(pixel: &mut [u8], ink: Ink, coverage: f32) {
    let alpha = coverage * ink.opacity;
    let Color { red, green, blue } = ink.color;
    for (under, over) in pixel.iter_mut().zip([red, green, blue, 255]) {
        let mixed = f32::from(over) * alpha + f32::from(*under) * (1.0 - alpha);
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a mean of two bytes")]
        let mixed = mixed.round() as u8;
        *under = mixed;
    }
}

fn rounded(place: Place, radius: f32) -> Option<Path> {
    let Place { x, y, width, height } = place;
    let radius = radius.min(width / 2.0).min(height / 2.0);
    if radius <= 0.0 {
        return Rect::from_xywh(x, y, width, height).map(PathBuilder::from_rect);
    }
    let (right, bottom, handle) = (x + width, y + height, radius * (1.0 - QUARTER));
    let mut path = PathBuilder::new();
    path.move_to(x + radius, y);
    path.line_to(right - radius, y);
    path.cubic_to(right - handle, y, right, y + handle, right, y + radius);
    path.line_to(right, bottom - radius);
    path.cubic_to(right, bottom - handle, right - handle, bottom, right - radius, bottom);
    path.line_to(x + radius, bottom);
    path.cubic_to(x + handle, bottom, x, bottom - handle, x, bottom - radius);
    path.line_to(x, y + radius);
    path.cubic_to(x, y + handle, x + handle, y, x + radius, y);
    path.close();
    path.finish()
}

fn trace(path: &mut PathBuilder, points: &[(f32, f32)]) {
    let Some(((x, y), rest)) = points.split_first().map(|(first, rest)| (*first, rest)) else { return };
    path.move_to(x, y);
    for (x, y) in rest {
        path.line_to(*x, *y);
    }
}

/// Reads an outline of ours: the commands M, L, Q, C and Z with whole numbers.
fn outlined(outline: &str) -> Option<Path> {
    let mut path = PathBuilder::new();
    for part in outline.split_inclusive('Z') {
        for command in commands(part.trim_end_matches('Z')) {
            let mut numbers = [0.0_f32; 6];
            for (number, text) in numbers.iter_mut().zip(command[1..].split(' ')) {
                *number = text.parse().ok()?;
            }
            let [x1, y1, x2, y2, x3, y3] = numbers;
            match command.as_bytes()[0] {
                b'M' => path.move_to(x1, y1),
                b'L' => path.line_to(x1, y1),
                b'Q' => path.quad_to(x1, y1, x2, y2),
                b'C' => path.cubic_to(x1, y1, x2, y2, x3, y3),
                _ => return None,
            }
        }
        if part.ends_with('Z') {
            path.close();
        }
    }
    path.finish()
}

/// Cuts before each letter.
fn commands(outline: &str) -> impl Iterator<Item = &str> {
    let mut rest = outline;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let end = rest[1..].find(|c: char| c.is_ascii_uppercase()).map_or(rest.len(), |at| at + 1);
        let (command, after) = rest.split_at(end);
        rest = after;
        Some(command)
    })
}

/// Returns the pixels with colors that are not multiplied with their alpha, as a PNG has them.
fn straight(pixmap: &Pixmap) -> Vec<u8> {
    pixmap
        .pixels()
        .iter()
        .flat_map(|pixel| {
            let color = pixel.demultiply();
            [color.red(), color.green(), color.blue(), color.alpha()]
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::badge::flags;

    #[test]
    fn every_flag_can_be_drawn() {
        let mut pieces = 0;
        for code in flags::codes() {
            for (_, outline) in flags::pieces(code) {
                assert!(outlined(outline).is_some(), "{code}: {outline}");
                pieces += 1;
            }
        }
        assert!(pieces > 1000, "{pieces}");
    }
}
