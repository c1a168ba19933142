//! Owns a decoded picture and bringing it to the width of a page.

use super::{MOST_HEIGHT, ScreenshotError, scale::Axis};

/// A picture of opaque pixels.
///
/// # Guarantees
///
/// There are exactly `3 × width × height` bytes, rows from the top, each pixel red, green, blue; neither side is zero.
#[derive(Clone, PartialEq, Eq)]
pub struct Picture {
    width: u32,
    height: u32,
    rgb: Vec<u8>,
}

impl Picture {
    pub(super) fn new(width: u32, height: u32, rgb: Vec<u8>) -> Self {
        assert!(width > 0 && height > 0, "a picture without pixels");
        assert_eq!(rgb.len(), 3 * width as usize * height as usize, "three bytes a pixel");
        Self { width, height, rgb }
    }

    #[must_use]
    pub fn width(&self) -> u32 {
        self.width
    }

    #[must_use]
    pub fn height(&self) -> u32 {
        self.height
    }

    #[must_use]
    pub fn rgb(&self) -> &[u8] {
        &self.rgb
    }

    #[must_use]
    pub fn into_rgb(self) -> Vec<u8> {
        self.rgb
    }

    /// Brings a picture of a page to the page's width. It may be a little narrower, by a scroll bar that was left out, but not so
    /// narrow that it must be of another width. A page that is too long is cut off.
    pub(super) fn into_page(self, width: u32) -> Result<Self, ScreenshotError> {
        /// Narrowest picture, in hundredths of the width.
        const LEAST_PERCENT: u32 = 90;
        if self.width * 100 < width * LEAST_PERCENT {
            return Err(ScreenshotError::TooNarrow { found: self.width, width });
        }
        let longest = u64::from(MOST_HEIGHT) * u64::from(self.width) / u64::from(width);
        Ok(self.cut_to(u32::try_from(longest).unwrap_or(u32::MAX)).scaled_to(width))
    }

    fn cut_to(mut self, height: u32) -> Self {
        self.height = self.height.min(height);
        self.rgb.truncate(3 * self.width as usize * self.height as usize);
        self
    }

    /// Brings the picture to a width; the height follows. Each pixel is the mean of what it covers, and between pixels lies
    /// what is between their colours.
    pub(super) fn scaled_to(self, width: u32) -> Self {
        if width == self.width {
            return self;
        }
        let height = u64::from(self.height) * u64::from(width) + u64::from(self.width) / 2;
        let height = u32::try_from(height / u64::from(self.width)).unwrap_or(u32::MAX).max(1);
        let (across, down) = (Axis::new(self.width, width), Axis::new(self.height, height));
        let stride = 3 * self.width as usize;
        let rows = (0..height).flat_map(|y| {
            // One row of the result at a time: a whole picture between the two directions would take 500 MB of floats.
            let (first, weights) = down.at(y);
            let mut sums = vec![0.0_f32; stride];
            for (row, &weight) in self.rgb[first as usize * stride..].chunks_exact(stride).zip(weights) {
                for (sum, &value) in sums.iter_mut().zip(row) {
                    *sum += weight * f32::from(value);
                }
            }
            across.apply(&sums)
        });
        let rgb = rows.collect();
        Self::new(width, height, rgb)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grey(width: u32, height: u32, value: impl Fn(u32, u32) -> u8) -> Picture {
        let pixels = (0..height).flat_map(|y| (0..width).map(move |x| (x, y)));
        Picture::new(width, height, pixels.flat_map(|(x, y)| [value(x, y); 3]).collect())
    }

    fn values(picture: &Picture) -> Vec<u8> {
        picture.rgb.chunks(3).map(|pixel| pixel[0]).collect()
    }

    #[test]
    fn a_pixel_is_the_mean_of_what_it_covers() {
        let halved = grey(4, 2, |x, y| u8::try_from(10 * x + 100 * y).unwrap()).scaled_to(2);
        assert_eq!((halved.width, halved.height), (2, 1));
        assert_eq!(values(&halved), [55, 75]);
        let thirds = grey(3, 1, |x, _| [0, 100, 200][x as usize]).scaled_to(2);
        assert_eq!(values(&thirds), [33, 167], "one and a half pixels each");
    }

    #[test]
    fn between_pixels_lies_what_is_between_their_colours() {
        let doubled = grey(2, 1, |x, _| [0, 200][x as usize]).scaled_to(4);
        assert_eq!((doubled.width, doubled.height), (4, 2));
        assert_eq!(values(&doubled), [0, 50, 150, 200, 0, 50, 150, 200]);
    }

    #[test]
    fn one_colour_stays_what_it_is_at_every_width() {
        for width in [1, 2, 119, 200, 390, 391, 1000] {
            let scaled = grey(390, 7, |_, _| 201).scaled_to(width);
            assert_eq!(scaled.width, width);
            assert!(values(&scaled).iter().all(|&value| value == 201), "{width}");
        }
    }

    #[test]
    fn a_picture_of_a_page_has_its_width_and_keeps_its_shape() {
        for (sides, width, expected, why) in [
            ((1280, 3000), 1280, Some((1280, 3000)), "as it is"),
            ((780, 3000), 390, Some((390, 1500)), "two pixels for one"),
            ((1264, 3000), 1280, Some((1280, 3038)), "without the scroll bar"),
            ((390, 300), 1280, None, "of another width"),
            ((120, 40_000), 120, Some((120, 30_000)), "too long"),
            ((240, 60_000), 120, Some((120, 30_000)), "just as long as may be, twice as fine"),
        ] {
            let page = grey(sides.0, sides.1, |_, _| 0).into_page(width);
            assert_eq!(page.ok().map(|page| (page.width, page.height)), expected, "{why}");
        }
    }
}
