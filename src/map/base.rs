//! Owns the empty map that the live page draws upon: land and borders without visitors, and where places are on it.

use super::{
    drawing::{self, Element, Picture},
    look::Theme,
    params::Lang,
    sheet::Sheet,
    svg,
};

/// The width of the map, in its own pixels; it scales.
pub const WIDTH: u32 = 1000;

/// Returns the height of the map.
pub fn height() -> u32 {
    Sheet::new(WIDTH, false).height
}

/// Returns the map as SVG, without a ground.
pub fn svg(theme: Theme) -> String {
    let sheet = Sheet::new(WIDTH, false);
    let mut elements: Vec<Element> = Vec::new();
    drawing::put_land(&mut elements, &sheet, theme.look());
    let description = super::caption::credits_in_full("");
    svg::write(&Picture { sheet, title: String::new(), description, lang: Lang::En, elements })
}

/// Returns the place of a spot on the map, in tenths of its pixels.
pub fn place(latitude: f32, longitude: f32) -> (i32, i32) {
    let (x, y) = Sheet::new(WIDTH, false).place(latitude, longitude);
    ((x * 10.0).round() as i32, (y * 10.0).round() as i32)
}
