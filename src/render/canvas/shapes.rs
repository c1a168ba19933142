//! Owns the shapes that drawings are made of. It does not know what they depict.

use tiny_skia::{FillRule, Mask, Path, PathBuilder, Stroke, Transform};

use super::{Canvas, Layer, Rect, Shade, Tone};

impl Canvas {
    /// Fills a rectangle.
    pub fn fill(&mut self, rect: Rect, layer: Layer, shade: Shade) {
        let (columns, rows) = self.clip(rect);
        let tone = Tone::of(layer, shade).0;
        for line in self.tone_rows(rows) {
            line[columns.clone()].fill(tone);
        }
    }

    /// Fills a rectangle with round corners. Only the corners cost more than [`Self::fill`].
    pub fn fill_round(&mut self, rect: Rect, radius: i32, layer: Layer, shade: Shade) {
        let radius = radius.min(rect.width / 2).min(rect.height / 2).max(0);
        let Rect { x, y, width, height } = rect;
        self.fill(Rect::new(x, y + radius, width, height - 2 * radius), layer, shade);
        self.fill(Rect::new(x + radius, y, width - 2 * radius, radius), layer, shade);
        self.fill(Rect::new(x + radius, rect.bottom() - radius, width - 2 * radius, radius), layer, shade);
        for down in 0..radius {
            for right in 0..radius {
                let (across, up) = (radius as f32 - right as f32 - 0.5, radius as f32 - down as f32 - 0.5);
                let inside = radius as f32 + 0.5 - (across * across + up * up).sqrt();
                let coverage = (inside.clamp(0.0, 1.0) * 255.0) as u8;
                for column in [x + right, rect.right() - 1 - right] {
                    for row in [y + down, rect.bottom() - 1 - down] {
                        self.dot(column, row, layer, shade, coverage);
                    }
                }
            }
        }
    }

    /// Fills a rectangle with round corners and gives it a border of `border` pixels.
    pub fn card(&mut self, rect: Rect, radius: i32, border: i32, layer: Layer, [edge, inside]: [Shade; 2]) {
        self.fill_round(rect, radius, layer, edge);
        self.fill_round(rect.inset(border), radius - border, layer, inside);
    }

    /// Draws a border of `border` pixels along the inside of a rectangle.
    pub fn outline(&mut self, rect: Rect, border: i32, layer: Layer, shade: Shade) {
        let Rect { x, y, width, height } = rect;
        self.fill(Rect::new(x, y, width, border), layer, shade);
        self.fill(Rect::new(x, rect.bottom() - border, width, border), layer, shade);
        self.fill(Rect::new(x, y, border, height), layer, shade);
        self.fill(Rect::new(rect.right() - border, y, border, height), layer, shade);
    }

    /// Draws a level line of dashes across the canvas; `y` is its upper edge.
    pub fn dashes(&mut self, y: i32, thickness: i32, dash: i32, layer: Layer, shade: Shade) {
        let mut x = 0;
        while x < self.width as i32 {
            self.fill(Rect::new(x, y, dash, thickness), layer, shade);
            x += dash + dash * 2 / 3;
        }
    }

    /// Draws a line of `thickness` pixels through the points.
    pub(super) fn line(&mut self, points: &[(f32, f32)], thickness: f32, layer: Layer, shade: Shade) {
        let stroke = Stroke { width: thickness, ..Stroke::default() };
        if let Some(path) = polyline(points, false).and_then(|path| path.stroke(&stroke, 1.0)) {
            self.fill_path(&path, layer, shade);
        }
    }

    /// Fills the polygon with these corners.
    pub(super) fn polygon(&mut self, corners: &[(f32, f32)], layer: Layer, shade: Shade) {
        if let Some(path) = polyline(corners, true) {
            self.fill_path(&path, layer, shade);
        }
    }

    /// Fills a disc.
    pub(super) fn disc(&mut self, x: f32, y: f32, radius: f32, layer: Layer, shade: Shade) {
        if let Some(path) = PathBuilder::from_circle(x, y, radius) {
            self.fill_path(&path, layer, shade);
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
