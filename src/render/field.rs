//! Owns the density field: additive, in `f32`, on a grid coarser than the picture.
//! It knows neither colours nor what the points mean.

use super::{Canvas, Rect, Scale, blur, upsample};

/// Smallest standard deviation of the kernel, in grid cells. Below this the grid would show through.
const SHARPEST_SIGMA_CELLS: f32 = 2.5;

/// Variance that splatting and enlarging add by themselves, in cells²: 1/6 on average for the bilinear
/// splat, 1/4 for the quadratic spline of [`super::upsample`]. The blur does that much less.
const GRID_VARIANCE_CELLS: f32 = 1.0 / 6.0 + 1.0 / 4.0;

/// Weighted points on their way to a smooth density.
///
/// # Guarantees
///
/// * Additive: a point twice as heavy, or two at one place, counts twice; nothing saturates.
/// * After [`Self::blur`] a lone point of weight 1 has the value 1 at its place, so that a value reads as
///   "so many clicks at this spot", with a Gaussian of `sigma` pixels saying what still belongs to the spot.
/// * Points near the border keep their place: the grid reaches beyond the picture, nothing is mirrored.
pub struct Field {
    cell: usize,
    sigma: f32,
    margin: usize,
    columns: usize,
    rows: usize,
    values: Vec<f32>,
}

impl Field {
    /// Makes an empty field for a picture of `width` by `height` pixels and a kernel of `sigma` pixels.
    /// The grid is as coarse as the kernel allows: a quarter of the resolution has a sixteenth of the work.
    pub fn new(width: u32, height: u32, sigma: f32) -> Self {
        let mut cell = 16;
        while cell > 1 && sigma < SHARPEST_SIGMA_CELLS * cell as f32 {
            cell /= 2;
        }
        Self::with_cell(width, height, sigma, cell)
    }

    /// Makes an empty field whose cells are `cell` pixels wide, whatever the kernel.
    pub fn with_cell(width: u32, height: u32, sigma: f32, cell: u32) -> Self {
        let cell = cell.max(1) as usize;
        let margin = (3.0 * sigma / cell as f32).ceil() as usize + 2;
        let columns = (width as usize).div_ceil(cell) + 2 * margin;
        let rows = (height as usize).div_ceil(cell) + 2 * margin;
        Self { cell, sigma, margin, columns, rows, values: vec![0.0; columns * rows] }
    }

    /// Adds a point at `x`, `y` pixels of the picture. Shared between four cells by distance, so that its place
    /// is kept to a fraction of a pixel. Points outside the picture and its margin are left out.
    pub fn add(&mut self, x: f32, y: f32, weight: f32) {
        let across = x / self.cell as f32 - 0.5 + self.margin as f32;
        let down = y / self.cell as f32 - 0.5 + self.margin as f32;
        // TRICKY: written so that NaN is refused as well.
        if !(across >= 0.0 && down >= 0.0 && across < (self.columns - 1) as f32 && down < (self.rows - 1) as f32) {
            return;
        }
        let (column, row) = (across as usize, down as usize);
        let (right, below) = (across - column as f32, down - row as f32);
        let at = row * self.columns + column;
        if let Some([first, second]) = self.values.get_mut(at..at + 2).and_then(|pair| pair.as_mut_array()) {
            *first += weight * (1.0 - below) * (1.0 - right);
            *second += weight * (1.0 - below) * right;
        }
        let at = at + self.columns;
        if let Some([first, second]) = self.values.get_mut(at..at + 2).and_then(|pair| pair.as_mut_array()) {
            *first += weight * below * (1.0 - right);
            *second += weight * below * right;
        }
    }

    /// Spreads every point into a Gaussian whose peak is the point's weight.
    pub fn blur(&mut self) {
        let sigma_cells = self.sigma / self.cell as f32;
        let variance = (sigma_cells * sigma_cells - GRID_VARIANCE_CELLS).max(0.0);
        let peak = std::f32::consts::TAU * sigma_cells * sigma_cells;
        blur::gaussian(&mut self.values, self.columns, variance, peak);
    }

    /// Returns the sum over all cells.
    pub fn total(&self) -> f64 {
        self.values.iter().map(|&value| f64::from(value)).sum()
    }

    /// Returns the cells that lie in the picture, row by row, without the margin.
    pub fn visible_rows(&self) -> impl Iterator<Item = &[f32]> {
        let inside = self.margin..self.columns - self.margin;
        self.values
            .chunks_exact(self.columns)
            .skip(self.margin)
            .take(self.rows - 2 * self.margin)
            .map(move |row| &row[inside.clone()])
    }

    /// Returns the row of cells that is `row` cells below the picture's top, with one cell more at either end;
    /// row −1 is the last of the margin above.
    pub(super) fn row_with_neighbours(&self, row: isize) -> &[f32] {
        let start = (row + self.margin as isize).clamp(0, self.rows as isize - 1) as usize * self.columns;
        &self.values[start + self.margin - 1..=start + self.columns - self.margin]
    }

    /// Draws the blurred density: its levels become the canvas's plane of heat. Uses the field up, for the levels
    /// are worked out on the grid and enlarged after, a sixteenth of the square roots.
    pub fn draw(mut self, scale: &Scale, canvas: &mut Canvas) {
        for value in &mut self.values {
            *value = scale.level(*value);
        }
        upsample::write_levels(&self, canvas);
    }

    /// Returns the levels of the blurred density at the middle of every cell, as [`Self::draw`] would show them. Uses the
    /// field up.
    pub(super) fn into_levels(mut self, scale: &Scale) -> LevelGrid {
        for value in &mut self.values {
            *value = scale.level(*value);
        }
        let Self { cell, margin, columns, rows, values, .. } = self;
        // The spline that enlarges the grid, at its own points. What lies outside is cold, so that every outline closes.
        let smooth = |before: f32, here: f32, after: f32| 0.125 * before + 0.75 * here + 0.125 * after;
        let mut across = vec![0.0; values.len()];
        for (line, smoothed) in values.chunks_exact(columns).zip(across.chunks_exact_mut(columns)) {
            for (value, around) in smoothed[1..].iter_mut().zip(line.windows(3)) {
                *value = smooth(around[0], around[1], around[2]);
            }
        }
        let mut values = values;
        values.fill(0.0);
        for row in 1..rows - 1 {
            let [above, here, below] = [row - 1, row, row + 1].map(|row| &across[row * columns..][..columns]);
            let line = &mut values[row * columns..][1..columns - 1];
            for (column, value) in line.iter_mut().enumerate() {
                *value = smooth(above[column + 1], here[column + 1], below[column + 1]);
            }
        }
        LevelGrid { cell, margin, columns, rows, values }
    }

    /// Returns the side of a cell in pixels.
    pub const fn cell(&self) -> usize {
        self.cell
    }
}

/// Levels (0.0 to 255.0) at the middles of cells, cold at the border.
pub(super) struct LevelGrid {
    pub cell: usize,
    margin: usize,
    pub columns: usize,
    pub rows: usize,
    pub values: Vec<f32>,
}

impl LevelGrid {
    /// Makes a grid of levels whose first column and row lie a cell outside the picture; they are cold.
    pub fn new(cell: usize, columns: usize, values: Vec<f32>) -> Self {
        Self { cell, margin: 1, columns, rows: values.len() / columns.max(1), values }
    }

    /// Returns the place of a point in pixels of the picture.
    pub fn place(&self, point: usize) -> (f32, f32) {
        let at = |cells: usize| (cells as f32 - self.margin as f32 + 0.5) * self.cell as f32;
        (at(point % self.columns), at(point / self.columns))
    }

    /// Returns the mean level of the cells in a rectangle of the picture.
    pub fn mean(&self, rect: Rect) -> f32 {
        let cells = |from: i32, to: i32, limit: usize| {
            let cell = |pixel: i32| (pixel.max(0) as usize / self.cell + self.margin).min(limit);
            cell(from)..cell(to)
        };
        let (columns, rows) = (cells(rect.x, rect.right(), self.columns), cells(rect.y, rect.bottom(), self.rows));
        let count = columns.len() * rows.len();
        let sum: f32 = rows.flat_map(|row| &self.values[row * self.columns..][columns.clone()]).sum();
        sum / count.max(1) as f32
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn value_at(field: &Field, x: usize, y: usize) -> f32 {
        field.row_with_neighbours((y / field.cell) as isize)[x / field.cell + 1]
    }

    #[test]
    fn a_lone_point_peaks_at_its_weight() {
        for sigma in [4.0, 8.0, 12.0, 24.0, 48.0] {
            let mut field = Field::new(400, 400, sigma);
            let centre = 200.0 + field.cell as f32 / 2.0;
            field.add(centre, centre, 7.0);
            field.blur();
            let peak = value_at(&field, 200, 200);
            assert!((peak - 7.0).abs() < 0.7, "sigma {sigma}: {peak}");
        }
    }

    #[test]
    fn refuses_points_that_are_nowhere() {
        let mut field = Field::new(100, 100, 8.0);
        for (x, y) in [(f32::NAN, 1.0), (1.0, f32::INFINITY), (-1e9, 5.0), (5.0, 1e9), (500.0, 5.0)] {
            field.add(x, y, 1.0);
        }
        assert!(field.total().abs() < f64::EPSILON);
    }

    #[test]
    fn a_huge_spot_leaves_nothing_where_nothing_is() {
        let mut field = Field::new(2000, 200, 12.0);
        field.add(100.0, 100.0, 1e7);
        field.blur();
        assert!(value_at(&field, 1500, 100).abs() < f32::EPSILON);
        assert!(field.values.iter().all(|&value| value >= 0.0));
    }

    proptest! {
        #[test]
        fn blurring_keeps_the_mass(
            points in prop::collection::vec((0.0f32..640.0, 0.0f32..480.0, 0.1f32..1000.0), 1..50),
            sigma in 2.0f32..40.0,
        ) {
            let mut field = Field::new(640, 480, sigma);
            let mut weight = 0.0;
            for &(x, y, w) in &points {
                field.add(x, y, w);
                weight += f64::from(w);
            }
            let before = field.total();
            field.blur();
            let cells = field.sigma / field.cell as f32;
            let after = field.total() / f64::from(std::f32::consts::TAU * cells * cells);
            prop_assert!((before - weight).abs() < weight * 1e-4, "splat: {before} of {weight}");
            prop_assert!((after - weight).abs() < weight * 2e-3, "blur: {after} of {weight}");
        }
    }
}
