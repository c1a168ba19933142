//! Owns the colours of heat. It does not know what is hot.

use serde::{Deserialize, Serialize};

/// A colour with straight (not premultiplied) alpha.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Rgba {
    pub red: u8,
    pub green: u8,
    pub blue: u8,
    pub alpha: u8,
}

impl Rgba {
    /// Makes an opaque colour.
    pub const fn opaque(red: u8, green: u8, blue: u8) -> Self {
        Self { red, green, blue, alpha: 255 }
    }

    /// Returns this colour laid over an opaque one.
    #[must_use]
    pub fn over(self, below: Self) -> Self {
        let alpha = u32::from(self.alpha);
        let mix =
            |top: u8, bottom: u8| ((u32::from(top) * alpha + u32::from(bottom) * (255 - alpha) + 127) / 255) as u8;
        Self::opaque(mix(self.red, below.red), mix(self.green, below.green), mix(self.blue, below.blue))
    }

    /// Returns how light the colour looks, from 0 to 255 (Rec. 709 luma).
    pub fn lightness(self) -> f32 {
        0.2126 * f32::from(self.red) + 0.7152 * f32::from(self.green) + 0.0722 * f32::from(self.blue)
    }
}

/// The colour scales on offer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Palette {
    /// Blue over green and yellow to red: what people expect of a heat map.
    #[default]
    Heat,
    /// Yellow over green to violet, ever darker: readable with every kind of colour blindness and in grey print.
    Viridis,
    /// Pale blue to navy: quiet, for pages that are colourful themselves.
    Ice,
}

/// How strongly the heat covers what is below it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cover {
    /// For spots: nothing is clear, the hottest nearly opaque.
    Density,
    /// For colours over the full width of a page, below which the page must stay readable.
    Wash,
}

/// The colour of every level.
///
/// # Guarantees
///
/// * Level 0 is clear; alpha never falls from one level to the next.
/// * For [`Palette::Viridis`] and [`Palette::Ice`], laid over white, no level is lighter than the one before.
pub struct Ramp {
    colours: [Rgba; 256],
}

/// A colour at a place on the scale, in thousandths.
type Stop = (u32, [u8; 3]);

const HEAT: &[Stop] = &[
    (0, [88, 120, 255]),
    (160, [64, 116, 246]),
    (320, [32, 186, 214]),
    (480, [72, 204, 112]),
    (620, [196, 222, 56]),
    (740, [255, 214, 40]),
    (870, [255, 138, 24]),
    (960, [240, 52, 28]),
    (1000, [200, 16, 32]),
];

const VIRIDIS: &[Stop] = &[
    (0, [246, 230, 80]),
    (150, [200, 224, 48]),
    (300, [116, 208, 84]),
    (450, [42, 176, 126]),
    (600, [32, 144, 140]),
    (740, [48, 104, 142]),
    (880, [70, 50, 126]),
    (1000, [68, 1, 84]),
];

const ICE: &[Stop] = &[
    (0, [196, 232, 255]),
    (200, [142, 208, 250]),
    (420, [76, 166, 238]),
    (640, [36, 112, 214]),
    (840, [24, 62, 160]),
    (1000, [12, 24, 92]),
];

/// Alpha at a place on the scale, in thousandths.
const DENSITY_COVER: &[(u32, u8)] = &[(0, 0), (50, 42), (160, 118), (400, 176), (700, 210), (1000, 230)];
const WASH_COVER: &[(u32, u8)] = &[(0, 0), (40, 46), (1000, 136)];

impl Palette {
    /// Returns the palette that is called `word` in URLs.
    pub fn from_word(word: &str) -> Option<Self> {
        match word {
            "heat" => Some(Self::Heat),
            "viridis" => Some(Self::Viridis),
            "ice" => Some(Self::Ice),
            _ => None,
        }
    }

    /// Returns the colours of all levels.
    pub fn ramp(self, cover: Cover) -> Ramp {
        let stops = match self {
            Self::Heat => HEAT,
            Self::Viridis => VIRIDIS,
            Self::Ice => ICE,
        };
        let covers = match cover {
            Cover::Density => DENSITY_COVER,
            Cover::Wash => WASH_COVER,
        };
        let mut colours = [Rgba::default(); 256];
        for (level, colour) in colours.iter_mut().enumerate() {
            let place = (level * 1000 / 255) as u32;
            let [red, green, blue] = [0, 1, 2].map(|i| between(stops, place, |rgb| rgb[i]));
            *colour = Rgba { red, green, blue, alpha: between(covers, place, |alpha| alpha) };
        }
        Ramp { colours }
    }
}

impl Ramp {
    /// Returns the colour of a level.
    pub const fn colour(&self, level: u8) -> Rgba {
        self.colours[level as usize]
    }
}

/// Returns the value at `place`, on a straight line between the stops around it.
fn between<T: Copy>(stops: &[(u32, T)], place: u32, part: impl Fn(T) -> u8) -> u8 {
    let Some(pair) = stops.windows(2).find(|pair| place <= pair[1].0) else { return 0 };
    let (&(start, low), &(end, high)) = (&pair[0], &pair[1]);
    let (low, high) = (u32::from(part(low)), u32::from(part(high)));
    ((low * (end - place) + high * (place - start) + (end - start) / 2) / (end - start)) as u8
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const ALL: [Palette; 3] = [Palette::Heat, Palette::Viridis, Palette::Ice];

    #[test]
    fn nothing_is_clear() {
        for palette in ALL {
            for cover in [Cover::Density, Cover::Wash] {
                assert_eq!(palette.ramp(cover).colour(0).alpha, 0, "{palette:?} {cover:?}");
            }
        }
    }

    proptest! {
        #[test]
        fn more_never_covers_less(palette in 0usize..3, wash: bool, low: u8, high: u8) {
            let ramp = ALL[palette].ramp(if wash { Cover::Wash } else { Cover::Density });
            let (low, high) = (low.min(high), low.max(high));
            prop_assert!(ramp.colour(low).alpha <= ramp.colour(high).alpha);
        }

        #[test]
        fn colour_blind_safe_palettes_darken_steadily_on_white(palette in 1usize..3, low: u8, high: u8) {
            let ramp = ALL[palette].ramp(Cover::Density);
            let on_white = |level: u8| ramp.colour(level).over(Rgba::opaque(255, 255, 255)).lightness();
            let (low, high) = (low.min(high), low.max(high));
            prop_assert!(on_white(high) <= on_white(low) + 1.0, "{} then {}", on_white(low), on_white(high));
        }
    }
}
