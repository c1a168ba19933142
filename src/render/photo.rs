//! Owns the picture of a page that heat is laid over: opaque, in true colour. It does not decode files.

/// A picture of three bytes a pixel: red, green, blue, row by row.
#[derive(Clone)]
pub struct Photo {
    width: u32,
    height: u32,
    rgb: Vec<u8>,
}

impl Photo {
    /// Makes a photo; none where it is empty or has another number of bytes than three a pixel.
    pub fn new(width: u32, height: u32, rgb: Vec<u8>) -> Option<Self> {
        let bytes = u128::from(width) * u128::from(height) * 3;
        (bytes > 0 && rgb.len() as u128 == bytes).then_some(Self { width, height, rgb })
    }

    pub const fn width(&self) -> u32 {
        self.width
    }

    pub const fn height(&self) -> u32 {
        self.height
    }

    /// Returns the bytes, three a pixel.
    pub fn rgb(&self) -> &[u8] {
        &self.rgb
    }

    /// Returns a row of pixels; empty below the last one.
    pub fn row(&self, y: usize) -> &[[u8; 3]] {
        let bytes = self.width as usize * 3;
        self.rgb.get(y * bytes..(y + 1) * bytes).unwrap_or_default().as_chunks().0
    }

    /// Returns the photo at another size: every pixel is the mean of the area that it covers of the old ones, so that
    /// letters stay letters when a page gets smaller.
    #[must_use]
    pub fn resized(self, width: u32, height: u32) -> Self {
        let (width, height) = (width.max(1), height.max(1));
        if (width, height) == (self.width, self.height) {
            return self;
        }
        let columns = shares(self.width, width);
        let rows = shares(self.height, height);
        let mut rgb = Vec::with_capacity(width as usize * height as usize * 3);
        // One line of the result, from whole rows of the old one: the sums go down first, then across.
        let mut sums = vec![[0.0f32; 3]; self.width as usize];
        for row in &rows {
            sums.fill([0.0; 3]);
            for (y, weight) in row.pixels() {
                for (sum, pixel) in sums.iter_mut().zip(self.row(y)) {
                    for (sum, &part) in sum.iter_mut().zip(pixel) {
                        *sum += f32::from(part) * weight;
                    }
                }
            }
            for column in &columns {
                let mut mean = [0.0f32; 3];
                for (x, weight) in column.pixels() {
                    for (mean, sum) in mean.iter_mut().zip(sums[x]) {
                        *mean += sum * weight;
                    }
                }
                rgb.extend(mean.map(|part| (part + 0.5) as u8));
            }
        }
        Self { width, height, rgb }
    }
}

/// The old pixels that one new pixel covers along an axis: the first and last in part.
struct Share {
    start: usize,
    length: usize,
    first: f32,
    last: f32,
    whole: f32,
}

impl Share {
    fn pixels(&self) -> impl Iterator<Item = (usize, f32)> {
        (0..self.length).map(|at| {
            let part = if at == 0 {
                self.first
            } else if at + 1 == self.length {
                self.last
            } else {
                self.whole
            };
            (self.start + at, part)
        })
    }
}

fn shares(from: u32, to: u32) -> Vec<Share> {
    let step = f64::from(from) / f64::from(to);
    let share = |at: u32| {
        let (start, end) = (f64::from(at) * step, (f64::from(at) + 1.0) * step);
        let first = (start.floor() as usize).min(from as usize - 1);
        // A hair's breadth of the next pixel is rounding of the division.
        let after = ((end - 1e-6).ceil() as usize).clamp(first + 1, from as usize);
        let length = after - first;
        if length == 1 {
            return Share { start: first, length, first: 1.0, last: 0.0, whole: 0.0 };
        }
        let (head, tail) = (first as f64 + 1.0 - start, end - (after as f64 - 1.0));
        let part = |length: f64| (length / step) as f32;
        Share { start: first, length, first: part(head), last: part(tail), whole: part(1.0) }
    };
    (0..to).map(share).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stripes(width: u32, height: u32) -> Photo {
        let rgb = (0..width * height)
            .flat_map(|at| [if (at % width).is_multiple_of(2) { 0 } else { 200 }, (at / width) as u8, 7]);
        Photo::new(width, height, rgb.collect()).unwrap()
    }

    #[test]
    fn refuses_what_is_no_picture() {
        for (width, height, bytes) in [(2, 2, 11), (2, 2, 13), (0, 5, 0), (u32::MAX, u32::MAX, 3)] {
            assert!(Photo::new(width, height, vec![0; bytes]).is_none(), "{width}×{height} of {bytes} bytes");
        }
    }

    #[test]
    fn halving_takes_the_mean_of_four() {
        let photo = stripes(8, 8).resized(4, 4);
        assert_eq!((photo.width(), photo.height()), (4, 4));
        assert!(photo.row(0).iter().all(|pixel| *pixel == [100, 1, 7]), "{:?}", photo.row(0));
        assert_eq!(photo.row(3)[2], [100, 7, 7]);
        assert_eq!(photo.row(4), [[0u8; 3]; 0]);
    }

    #[test]
    fn any_size_keeps_an_even_colour() {
        for (width, height) in [(1, 1), (3, 5), (7, 9), (13, 17), (64, 3), (101, 100)] {
            let even = Photo::new(13, 17, [9, 120, 250].repeat(13 * 17)).unwrap().resized(width, height);
            assert_eq!(even.rgb().len() as u32, width * height * 3);
            assert!((0..height as usize).all(|y| even.row(y).iter().all(|p| *p == [9, 120, 250])), "{width}×{height}");
        }
    }
}
