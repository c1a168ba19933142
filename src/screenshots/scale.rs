//! Owns the weights by which one side of a picture is made longer or shorter.
#![expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "sides are at most 60 000, which f64 holds exactly; results are clamped first"
)]

/// The weights along one side: every pixel of the result is a weighted mean of neighbours.
pub struct Axis {
    /// For each pixel of the result the first of its neighbours, and where its weights begin and end.
    spans: Vec<(u32, usize, usize)>,
    weights: Vec<f32>,
}

impl Axis {
    /// Shorter: a pixel is the mean of what it covers. Longer: it lies between its two neighbours.
    pub fn new(from: u32, to: u32) -> Self {
        let mut axis = Self { spans: Vec::with_capacity(to as usize), weights: Vec::new() };
        let step = f64::from(from) / f64::from(to);
        for pixel in 0..to {
            if step > 1.0 {
                let (start, end) = (f64::from(pixel) * step, (f64::from(pixel) + 1.0) * step);
                let first = start as u32;
                let last = (end.ceil() as u32).min(from).max(first + 1);
                let covered = |at: u32| (end.min(f64::from(at) + 1.0) - start.max(f64::from(at))).max(0.0) / step;
                axis.push(first, (first..last).map(covered));
            } else {
                let middle = ((f64::from(pixel) + 0.5) * step - 0.5).clamp(0.0, f64::from(from) - 1.0);
                let first = (middle as u32).min(from.saturating_sub(2));
                let share = middle - f64::from(first);
                let both = [1.0 - share, share];
                axis.push(first, both.into_iter().take(from as usize));
            }
        }
        axis
    }

    fn push(&mut self, first: u32, weights: impl Iterator<Item = f64>) {
        let start = self.weights.len();
        self.weights.extend(weights.map(|weight| weight as f32));
        self.spans.push((first, start, self.weights.len()));
    }

    /// Returns the first neighbour of a pixel of the result, and the weights of it and those after it.
    pub fn at(&self, pixel: u32) -> (u32, &[f32]) {
        let (first, start, end) = self.spans[pixel as usize];
        (first, &self.weights[start..end])
    }

    /// Returns a row of three channels, made longer or shorter.
    pub fn apply(&self, row: &[f32]) -> Vec<u8> {
        let mut result = Vec::with_capacity(3 * self.spans.len());
        for &(first, start, end) in &self.spans {
            let mut sums = [0.5_f32; 3];
            for (pixel, weight) in row[3 * first as usize..].chunks_exact(3).zip(&self.weights[start..end]) {
                for (sum, value) in sums.iter_mut().zip(pixel) {
                    *sum += weight * value;
                }
            }
            result.extend(sums.map(|sum| sum.clamp(0.0, 255.0) as u8));
        }
        result
    }
}
