//! Owns the step from the coarse grid to pixels: a quadratic B-spline, rounded to a byte.
//! It does not know what the levels mean.

use super::{Canvas, Field};

/// Writes a field of levels (0.0 to 255.0) into the canvas's plane of heat.
///
/// A quadratic spline and not a bilinear one: the maxima of a bilinear surface can only lie on grid points,
/// which would move a spot by up to half a cell; and its creases are visible as a raster of diamonds.
pub fn write_levels(field: &Field, canvas: &mut Canvas) {
    match field.cell() {
        1 => write::<1>(field, canvas),
        2 => write::<2>(field, canvas),
        4 => write::<4>(field, canvas),
        8 => write::<8>(field, canvas),
        _ => write::<16>(field, canvas),
    }
}

fn write<const CELL: usize>(field: &Field, canvas: &mut Canvas) {
    let weights: [[f32; 3]; CELL] = std::array::from_fn(|phase| spline((phase as f32 + 0.5) / CELL as f32 - 0.5));
    let [before, middle, after] = [0, 1, 2].map(|tap| weights.map(|weights| weights[tap]));
    let columns = (canvas.width() as usize).div_ceil(CELL);
    let mut cells = vec![0.0f32; columns + 2];
    let mut pixels = vec![0u8; columns * CELL];
    let width = canvas.width() as usize;

    for (y, line) in canvas.levels_mut().chunks_exact_mut(width).enumerate() {
        let row = (y / CELL) as isize;
        let [above, here, below] = [row - 1, row, row + 1].map(|row| field.row_with_neighbours(row));
        let [up, level, down] = weights[y % CELL];
        let mut highest = 0.0f32;
        for (cell, ((a, b), c)) in cells.iter_mut().zip(above.iter().zip(here).zip(below)) {
            *cell = a * up + b * level + c * down;
            highest = highest.max(*cell);
        }
        if highest < 0.5 {
            continue; // the canvas starts cold
        }
        let (blocks, _) = pixels.as_chunks_mut::<CELL>();
        for (block, around) in blocks.iter_mut().zip(cells.windows(3)) {
            let levels: [f32; CELL] = std::array::from_fn(|phase| {
                around[0] * before[phase] + around[1] * middle[phase] + around[2] * after[phase]
            });
            *block = levels.map(to_byte);
        }
        line.copy_from_slice(&pixels[..width]);
    }
}

/// Returns the weights of the cells before, here and after, for a place `offset` cells off the centre (±½).
fn spline(offset: f32) -> [f32; 3] {
    [0.5 * (0.5 - offset) * (0.5 - offset), 0.75 - offset * offset, 0.5 * (0.5 + offset) * (0.5 + offset)]
}

/// Rounds to the nearest whole number. TRICKY: adding 2²³ leaves the integer in the low bits of the float, which
/// the compiler turns into vector code; `as u8` saturates lane by lane and took three times as long.
fn to_byte(level: f32) -> u8 {
    (level + 8_388_608.0).to_bits() as u8
}
