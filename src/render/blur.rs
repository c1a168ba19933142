//! Owns the Gaussian: three box passes in each direction, whose widths are fractional so that the variance is exact.
//! It does not know what is blurred.

/// Lines blurred side by side. Sixteen running sums are independent, so the processor does not wait for one.
const LANES: usize = 16;

type Lanes = [f32; LANES];

/// A box filter with soft ends: `radius` whole cells to either side and a part of the next one.
#[derive(Clone, Copy)]
struct Kernel {
    radius: usize,
    end: f64,
    weight: f64,
}

impl Kernel {
    /// Makes the box of the given variance in cells², whose weights add up to 1.
    /// (Gwosdek et al., "Theoretical foundations of Gaussian convolution by extended box filtering", 2011.)
    fn new(variance: f64) -> Self {
        let radius = (((12.0 * variance + 1.0).sqrt() - 1.0) / 2.0).floor().max(0.0);
        let next = radius + 1.0;
        let end = (2.0 * radius + 1.0) * (radius * next - 3.0 * variance) / (6.0 * (variance - next * next));
        Self { radius: radius as usize, end, weight: 1.0 / (2.0 * radius + 1.0 + 2.0 * end) }
    }
}

/// Convolves the grid with a Gaussian of `variance` cells² and multiplies it by `gain`. Outside the grid is nothing.
pub fn gaussian(values: &mut [f32], columns: usize, variance: f32, gain: f32) {
    if columns == 0 || values.is_empty() {
        return;
    }
    let rows = values.len() / columns;
    let kernel = Kernel::new(f64::from(variance) / 3.0);
    let louder = Kernel { weight: kernel.weight * f64::from(gain), ..kernel };
    let mut strip = Strip::default();

    for first in (0..rows).step_by(LANES) {
        let lanes = LANES.min(rows - first);
        strip.load(columns, |at, lane| if lane < lanes { values[(first + lane) * columns + at] } else { 0.0 });
        if strip.blur([louder, kernel, kernel]) {
            for lane in 0..lanes {
                let line = &mut values[(first + lane) * columns..][..columns];
                for (value, lanes) in line.iter_mut().zip(&strip.lines) {
                    *value = lanes[lane];
                }
            }
        }
    }
    for first in (0..columns).step_by(LANES) {
        let lanes = LANES.min(columns - first);
        strip.load(rows, |at, lane| if lane < lanes { values[at * columns + first + lane] } else { 0.0 });
        if strip.blur([kernel; 3]) {
            for (row, blurred) in values.chunks_exact_mut(columns).zip(&strip.lines) {
                row[first..first + lanes].copy_from_slice(&blurred[..lanes]);
            }
        }
    }
}

/// Sixteen lines of the grid, turned so that one step along all of them is one vector.
#[derive(Default)]
struct Strip {
    lines: Vec<Lanes>,
    spare: Vec<Lanes>,
}

impl Strip {
    fn load(&mut self, length: usize, value: impl Fn(usize, usize) -> f32) {
        self.lines.clear();
        self.lines.extend((0..length).map(|at| std::array::from_fn(|lane| value(at, lane))));
        self.spare.resize(length, [0.0; LANES]);
    }

    /// Returns false where there was nothing to blur: most of a long page is empty.
    fn blur(&mut self, passes: [Kernel; 3]) -> bool {
        if self.lines.iter().flatten().all(|&value| value == 0.0) {
            return false;
        }
        for kernel in passes {
            box_pass(&self.lines, &mut self.spare, kernel);
            std::mem::swap(&mut self.lines, &mut self.spare);
        }
        true
    }
}

/// TRICKY: the running sums are `f64`. In `f32` a spot of a million clicks leaves a residue behind that is drawn
/// as a faint line to the end of the page, and that can be negative.
fn box_pass(input: &[Lanes], output: &mut [Lanes], kernel: Kernel) {
    const NOTHING: Lanes = [0.0; LANES];
    let Kernel { radius, end, weight } = kernel;
    let mut sums = [0.0f64; LANES];
    for lanes in input.iter().take(radius + 1) {
        for (sum, &value) in sums.iter_mut().zip(lanes) {
            *sum += f64::from(value);
        }
    }
    for (at, blurred) in output.iter_mut().enumerate() {
        let entering = input.get(at + radius + 1).unwrap_or(&NOTHING);
        let left = at.checked_sub(radius + 1).and_then(|before| input.get(before)).unwrap_or(&NOTHING);
        let leaving = at.checked_sub(radius).and_then(|before| input.get(before)).unwrap_or(&NOTHING);
        for lane in 0..LANES {
            let ends = f64::from(entering[lane]) + f64::from(left[lane]);
            blurred[lane] = ((sums[lane] + end * ends) * weight).max(0.0) as f32;
            sums[lane] += f64::from(entering[lane]) - f64::from(leaving[lane]);
        }
    }
}
