//! Owns where things lie on a picture: from degrees to pixels. It does not draw.

use super::{
    clip::{NORTH, SOUTH},
    projection::{self, HALF_WIDTH, from_centre},
};

/// Height of the strip for words below the map, as a multiple of the size of its letters.
const STRIP: f32 = 2.3;
/// Above the northernmost land there is a little sea, as a share of the width.
const MARGIN: f32 = 0.012;
/// The smallest and largest letters, in pixels, and the width of a picture that has letters of one pixel.
const SMALLEST_LETTERS: f32 = 8.5;
const LARGEST_LETTERS: f32 = 18.0;
const WIDTH_PER_LETTER: f32 = 58.0;

/// The measures of a picture.
#[derive(Debug, Clone, Copy)]
pub struct Sheet {
    pub width: u32,
    pub height: u32,
    /// Where the map ends and the strip of words begins.
    pub map_height: f32,
    /// Size of letters in pixels.
    pub letters: f32,
    /// Pixels for one unit of the projection.
    scale: f64,
    top: f64,
    margin: f32,
}

impl Sheet {
    /// Makes the sheet of a width in pixels, with a strip for words or without.
    pub fn new(width: u32, has_words: bool) -> Self {
        let scale = f64::from(width) / (2.0 * HALF_WIDTH);
        let (top, bottom) = (projection::project(0.0, NORTH).1, projection::project(0.0, SOUTH).1);
        let margin = width as f32 * MARGIN;
        let map_height = margin + ((top - bottom) * scale) as f32;
        let letters = (width as f32 / WIDTH_PER_LETTER).clamp(SMALLEST_LETTERS, LARGEST_LETTERS);
        let strip = if has_words { letters * STRIP } else { 0.0 };
        Self { width, height: (map_height + strip).round() as u32, map_height, letters, scale, top, margin }
    }

    /// Returns the pixel of a place on the earth. What lies beyond the picture's north or south is moved to its edge.
    pub fn place(&self, latitude: f32, longitude: f32) -> (f32, f32) {
        self.point((from_centre(longitude.into()), f64::from(latitude).clamp(SOUTH, NORTH)))
    }

    /// Returns the pixel of a point that counts from the central meridian.
    pub fn point(&self, (longitude, latitude): (f64, f64)) -> (f32, f32) {
        let (x, y) = projection::project(longitude, latitude);
        (((x + HALF_WIDTH) * self.scale) as f32, self.margin + ((self.top - y) * self.scale) as f32)
    }

    /// Returns which point of the earth lies at a pixel, or nothing beyond the map's edge.
    pub fn point_at(&self, x: f32, y: f32) -> Option<(f64, f64)> {
        projection::unproject(
            f64::from(x) / self.scale - HALF_WIDTH,
            self.top - f64::from(y - self.margin) / self.scale,
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_found_again() {
        let sheet = Sheet::new(1200, true);
        let (x, y) = sheet.place(42.7, 23.3);
        assert!((600.0..700.0).contains(&x) && y < sheet.map_height / 2.0, "{x} {y}");
        let (longitude, latitude) = sheet.point_at(x, y).unwrap();
        assert!((longitude - 12.3).abs() < 0.01 && (latitude - 42.7).abs() < 0.01);
        assert!(sheet.point_at(1.0, 1.0).is_none(), "the corner is not on the earth");
    }

    #[test]
    fn the_poles_are_at_the_edges() {
        let sheet = Sheet::new(600, false);
        assert!((sheet.place(90.0, 0.0).1 - 600.0 * MARGIN).abs() < 0.1);
        assert!((sheet.place(-90.0, 0.0).1 - sheet.map_height).abs() < 0.1);
        assert_eq!(sheet.height, sheet.map_height.round() as u32);
    }
}
