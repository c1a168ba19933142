//! Owns what can be drawn on: the few strokes that a page, its marks and its legend are made of. One drawing then
//! becomes pixels on a [`super::Canvas`] or shapes of an [`super::svg::Svg`]. It does not know how either looks inside.

use super::{Field, Layer, Rect, Scale, Shade};

/// Something that takes strokes. Paper lies below the heat, ink above it, in whatever order they are drawn.
pub trait Surface {
    /// Returns the whole picture as a rectangle.
    fn bounds(&self) -> Rect;

    /// Fills a rectangle.
    fn fill(&mut self, rect: Rect, layer: Layer, shade: Shade);

    /// Fills a rectangle with round corners.
    fn fill_round(&mut self, rect: Rect, radius: i32, layer: Layer, shade: Shade);

    /// Draws a border of `border` pixels along the inside of a rectangle with round corners.
    fn outline_round(&mut self, rect: Rect, radius: i32, border: i32, layer: Layer, shade: Shade);

    /// Draws a line of `thickness` pixels through the points.
    fn line(&mut self, points: &[(f32, f32)], thickness: f32, layer: Layer, shade: Shade);

    /// Fills the polygon with these corners.
    fn polygon(&mut self, corners: &[(f32, f32)], layer: Layer, shade: Shade);

    /// Fills a disc.
    fn disc(&mut self, x: f32, y: f32, radius: f32, layer: Layer, shade: Shade);

    /// Draws a line of text as ink; `x` is its left end, `baseline` where the letters stand.
    fn text(&mut self, start: (f32, f32), size_px: f32, shade: Shade, text: &str);

    /// Sets the heat of a rectangle with round corners.
    fn fill_level_round(&mut self, rect: Rect, radius: i32, level: u8);

    /// Draws a blurred density.
    fn heat(&mut self, field: Field, scale: &Scale);

    /// Shows the colour that a level has on blank paper, above everything: a piece of the legend's scale.
    fn swatch(&mut self, rect: Rect, level: u8);

    /// Returns the shade of paper at a pixel; white where there is none.
    fn paper_at(&self, x: i32, y: i32) -> Shade;

    /// Returns the mean heat of a rectangle, 0 where it is empty.
    fn mean_level(&self, rect: Rect) -> f32;

    /// Returns about which share of a rectangle, 0 to 1, is neither clear nor white.
    fn drawn_share(&self, rect: Rect) -> f32;

    /// Sets the heat of a rectangle.
    fn fill_level(&mut self, rect: Rect, level: u8) {
        self.fill_level_round(rect, 0, level);
    }

    /// Fills a rectangle with round corners and gives it a border of `border` pixels.
    fn card(&mut self, rect: Rect, radius: i32, border: i32, layer: Layer, [edge, inside]: [Shade; 2]) {
        self.fill_round(rect, radius, layer, edge);
        self.fill_round(rect.inset(border), radius - border, layer, inside);
    }

    /// Draws a border of `border` pixels along the inside of a rectangle.
    fn outline(&mut self, rect: Rect, border: i32, layer: Layer, shade: Shade) {
        self.outline_round(rect, 0, border, layer, shade);
    }

    /// Draws a level line of dashes across the picture; `y` is its upper edge.
    fn dashes(&mut self, y: i32, thickness: i32, dash: i32, layer: Layer, shade: Shade) {
        let mut x = 0;
        while x < self.bounds().width {
            self.fill(Rect::new(x, y, dash, thickness), layer, shade);
            x += dash + dash * 2 / 3;
        }
    }
}
