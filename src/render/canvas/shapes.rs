//! Owns the shapes that drawings are made of, as pixels. It does not know what they depict.

use tiny_skia::{FillRule, Mask, Path, PathBuilder, Stroke, Transform};

use super::{Canvas, Layer, Meaning, Rect, Shade, Tone};
use crate::render::{Field, Scale, Surface, text};

/// Difference to the pixel beside it, summed over the three colours, at which a photo counts as drawn on.
const PHOTO_STEP: i32 = 40;

impl Surface for Canvas {
    fn bounds(&self) -> Rect {
        Rect::new(0, 0, self.width as i32, self.height as i32)
    }

    fn fill(&mut self, rect: Rect, layer: Layer, shade: Shade) {
        let (columns, rows) = self.clip(rect);
        let tone = Tone::of(layer, shade).0;
        for line in self.tone_rows(rows) {
            line[columns.clone()].fill(tone);
        }
    }

    /// Only the corners cost more than [`Surface::fill`].
    fn fill_round(&mut self, rect: Rect, radius: i32, layer: Layer, shade: Shade) {
        let radius = limited(radius, rect);
        let Rect { x, y, width, height } = rect;
        self.fill(Rect::new(x, y + radius, width, height - 2 * radius), layer, shade);
        self.fill(Rect::new(x + radius, y, width - 2 * radius, radius), layer, shade);
        self.fill(Rect::new(x + radius, rect.bottom() - radius, width - 2 * radius, radius), layer, shade);
        for_corners(rect, radius, |pixel, reach| {
            self.dot(pixel.0, pixel.1, layer, shade, coverage(radius as f32 - reach));
        });
    }

    fn outline_round(&mut self, rect: Rect, radius: i32, border: i32, layer: Layer, shade: Shade) {
        let radius = limited(radius, rect);
        let Rect { x, y, width, height } = rect;
        self.fill(Rect::new(x + radius, y, width - 2 * radius, border), layer, shade);
        self.fill(Rect::new(x + radius, rect.bottom() - border, width - 2 * radius, border), layer, shade);
        self.fill(Rect::new(x, y + radius, border, height - 2 * radius), layer, shade);
        self.fill(Rect::new(rect.right() - border, y + radius, border, height - 2 * radius), layer, shade);
        for_corners(rect, radius, |pixel, reach| {
            let (outer, inner) = (coverage(radius as f32 - reach), coverage((radius - border) as f32 - reach));
            self.dot(pixel.0, pixel.1, layer, shade, outer - inner);
        });
    }

    fn line(&mut self, points: &[(f32, f32)], thickness: f32, layer: Layer, shade: Shade) {
        let stroke = Stroke { width: thickness, ..Stroke::default() };
        if let Some(path) = polyline(points, false).and_then(|path| path.stroke(&stroke, 1.0)) {
            self.fill_path(&path, layer, shade);
        }
    }

    fn polygon(&mut self, corners: &[(f32, f32)], layer: Layer, shade: Shade) {
        if let Some(path) = polyline(corners, true) {
            self.fill_path(&path, layer, shade);
        }
    }

    fn disc(&mut self, x: f32, y: f32, radius: f32, layer: Layer, shade: Shade) {
        if let Some(path) = PathBuilder::from_circle(x, y, radius) {
            self.fill_path(&path, layer, shade);
        }
    }

    fn text(&mut self, start: (f32, f32), size_px: f32, shade: Shade, text: &str) {
        text::rasterise(start, size_px, text, |x, y, coverage| self.dot(x, y, Layer::Ink, shade, coverage));
    }

    /// Corners have no smooth edge: half of a level is another level, with another meaning.
    fn fill_level_round(&mut self, rect: Rect, radius: i32, level: u8) {
        let radius = limited(radius, rect);
        let whole = Rect::new(rect.x, rect.y + radius, rect.width, rect.height - 2 * radius);
        self.set_levels(whole, level);
        for down in 0..radius {
            let up = radius as f32 - down as f32 - 0.5;
            let across = (radius as f32 * radius as f32 - up * up).sqrt();
            let cut = radius - across.round() as i32;
            for y in [rect.y + down, rect.bottom() - 1 - down] {
                self.set_levels(Rect::new(rect.x + cut, y, rect.width - 2 * cut, 1), level);
            }
        }
    }

    fn heat(&mut self, field: Field, scale: &Scale) {
        field.draw(scale, self);
    }

    fn swatch(&mut self, rect: Rect, level: u8) {
        self.swatches.push((rect, level));
    }

    fn paper_at(&self, x: i32, y: i32) -> Shade {
        let (columns, rows) = self.clip(Rect::new(x, y, 1, 1));
        if columns.is_empty() || rows.is_empty() {
            return Shade::WHITE;
        }
        match Tone(self.tones[rows.start * self.width as usize + columns.start]).meaning() {
            Meaning::Drawn(Layer::Paper, shade) => shade,
            Meaning::Drawn(Layer::Ink, _) | Meaning::Clear => Shade::WHITE,
        }
    }

    fn mean_level(&self, rect: Rect) -> f32 {
        let (columns, rows) = self.clip(rect);
        let lines = self.levels.chunks_exact(self.width as usize).skip(rows.start).take(rows.len());
        let sum: u64 = lines.flat_map(|line| &line[columns.clone()]).map(|&level| u64::from(level)).sum();
        sum as f32 / (columns.len() * rows.len()).max(1) as f32
    }

    fn drawn_share(&self, rect: Rect) -> f32 {
        let (columns, rows) = self.clip(rect);
        let lines = self.tones.chunks_exact(self.width as usize).skip(rows.start).take(rows.len());
        let white = Tone::of(Layer::Paper, Shade::WHITE).0;
        let drawn = lines.flat_map(|line| &line[columns.clone()]).filter(|&&tone| tone > white).count();
        let in_photo: usize = self
            .photo
            .iter()
            .map(|photo| {
                let rows = rows
                    .clone()
                    .map(|y| photo.row(y))
                    .map(|row| &row[columns.start.min(row.len())..columns.end.min(row.len())]);
                rows.map(|row| row.windows(2).filter(|pair| step(pair[0], pair[1]) > PHOTO_STEP).count()).sum::<usize>()
            })
            .sum();
        (drawn + in_photo) as f32 / (columns.len() * rows.len()).max(1) as f32
    }
}

fn step(a: [u8; 3], b: [u8; 3]) -> i32 {
    a.into_iter().zip(b).map(|(a, b)| i32::from(a.abs_diff(b))).sum()
}

fn limited(radius: i32, rect: Rect) -> i32 {
    radius.min(rect.width / 2).min(rect.height / 2).max(0)
}

/// Calls `visit` for the pixels of the four corner squares with their distance from the middle of the corner's circle.
fn for_corners(rect: Rect, radius: i32, mut visit: impl FnMut((i32, i32), f32)) {
    for down in 0..radius {
        for right in 0..radius {
            let (across, up) = (radius as f32 - right as f32 - 0.5, radius as f32 - down as f32 - 0.5);
            let reach = (across * across + up * up).sqrt();
            for column in [rect.x + right, rect.right() - 1 - right] {
                for row in [rect.y + down, rect.bottom() - 1 - down] {
                    visit((column, row), reach);
                }
            }
        }
    }
}

/// Returns how much of a pixel lies within an edge that is `inside` pixels away from its middle.
fn coverage(inside: f32) -> u8 {
    ((inside + 0.5).clamp(0.0, 1.0) * 255.0) as u8
}

impl Canvas {
    fn set_levels(&mut self, rect: Rect, level: u8) {
        let (columns, rows) = self.clip(rect);
        for line in self.levels.chunks_exact_mut(self.width as usize).skip(rows.start).take(rows.len()) {
            line[columns.clone()].fill(level);
        }
    }

    /// Fills a path with smooth edges; works on the part of the canvas that the path touches.
    fn fill_path(&mut self, path: &Path, layer: Layer, shade: Shade) {
        let bounds = path.bounds();
        let (left, top) = (bounds.left().floor() as i32, bounds.top().floor() as i32);
        let size = (bounds.right().ceil() as i32 - left, bounds.bottom().ceil() as i32 - top);
        let (columns, rows) = self.clip(Rect::new(left, top, size.0, size.1));
        let Some(mut mask) = Mask::new(columns.len() as u32, rows.len() as u32) else { return };
        let to_mask = Transform::from_translate(-(columns.start as f32), -(rows.start as f32));
        mask.fill_path(path, FillRule::Winding, true, to_mask);
        let wide = columns.len();
        for (line, covers) in self.tone_rows(rows).zip(mask.data().chunks_exact(wide)) {
            for (pixel, &coverage) in line[columns.clone()].iter_mut().zip(covers) {
                if coverage > 0 {
                    *pixel = Tone(*pixel).blend(layer, shade, coverage).0;
                }
            }
        }
    }
}

fn polyline(points: &[(f32, f32)], closed: bool) -> Option<Path> {
    let mut builder = PathBuilder::new();
    let (&(x, y), rest) = points.split_first()?;
    builder.move_to(x, y);
    for &(x, y) in rest {
        builder.line_to(x, y);
    }
    if closed {
        builder.close();
    }
    builder.finish()
}
