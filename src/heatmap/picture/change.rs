//! Owns the picture of a comparison: where it is clicked more or less than before, as far as that is no chance.

use super::figures::counted;
use crate::{
    heatmap::difference::{CELL, Difference, FALSE_DISCOVERIES},
    render::{Rect, Surface, cells, legend::Legend, palette::difference_level},
};

impl Difference {
    /// Draws the squares that changed; returns what the legend says.
    pub(super) fn draw(&self, surface: &mut dyn Surface, pixels: f32) -> Legend {
        let side = CELL.cast_signed();
        let changed: Vec<(Rect, u8)> = self
            .changed()
            .map(|cell| {
                let place = Rect::new(cell.x.cast_signed(), cell.y.cast_signed(), side, side);
                (place, difference_level(cell.strength(self.views)))
            })
            .collect();
        let is_empty = changed.is_empty();
        cells::draw(surface, changed, pixels);
        let [views, other_views] = self.views;
        let mut notes = vec![
            format!("{} · {}", counted(self.clicks[0], "click"), counted(views, "view")),
            format!("against {} · {}", counted(self.clicks[1], "click"), counted(other_views, "view")),
        ];
        if is_empty {
            notes.push("no change beyond chance".to_owned());
        } else {
            notes.push(format!("only changes beyond chance ({:.0} % false)", FALSE_DISCOVERIES * 100.0));
        }
        Legend {
            title: "Clicks per view, compared".to_owned(),
            ticks: vec![
                (-1.0, "÷4".to_owned()),
                (-0.5, "÷2".to_owned()),
                (0.0, "same".to_owned()),
                (0.5, "×2".to_owned()),
                (1.0, "×4".to_owned()),
            ],
            notes,
        }
    }
}
