//! Owns squares of heat: a map whose cells are told apart and not smoothed. It does not know what was counted.

use super::{Rect, Surface};

/// Draws cells, in CSS pixels, each with its level: squares with round corners and a gap between them, so that nobody
/// takes them for a smooth density.
pub fn draw(surface: &mut dyn Surface, cells: impl IntoIterator<Item = (Rect, u8)>, scale: f32) {
    for (cell, level) in cells {
        let square = cell.scaled(scale);
        let gap = i32::from(square.width.min(square.height) >= 8);
        let square = square.inset(gap);
        surface.fill_level_round(square, square.width.min(square.height) / 4, level);
    }
}
