//! Owns the flags of countries: filled outlines in a grid of 480 × 320. `README.md` tells where they come from.

use std::{collections::HashMap, sync::LazyLock};

use super::color::Color;

/// Width of the grid.
pub const WIDTH: f32 = 480.0;

/// One line a country: its code, then for each piece six hexadecimal digits and an outline.
static FLAGS: LazyLock<HashMap<&'static str, &'static str>> =
    LazyLock::new(|| include_str!("flags.tsv").lines().filter_map(|line| line.split_once('\t')).collect());

/// Returns the pieces of a flag, those below first; none where the country is unknown.
pub fn pieces(code: &str) -> impl Iterator<Item = (Color, &'static str)> {
    FLAGS.get(code).into_iter().flat_map(|pieces| pieces.split('\t')).filter_map(|piece| {
        let (color, outline) = piece.split_once(' ')?;
        Some((Color::parse(color).ok()?, outline))
    })
}

/// Returns the codes of all countries.
#[cfg(test)]
pub fn codes() -> Vec<&'static str> {
    FLAGS.keys().copied().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_country_has_a_flag() {
        for code in crate::badge::flags::codes() {
            assert!(pieces(code).count() >= 1, "{code}");
        }
        assert_eq!(FLAGS.len(), 250);
        assert_eq!(pieces("XX").count(), 0);
        let bulgaria: Vec<Color> = pieces("BG").map(|(color, _)| color).collect();
        assert!(bulgaria.contains(&Color::parse("d62612").unwrap()), "{bulgaria:?}");
    }
}
