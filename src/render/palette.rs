//! Owns the colours of heat. It does not know what is hot.

use serde::{Deserialize, Serialize};

use super::Shade;

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
    /// Violet over orange to pale yellow, ever lighter: for dark pages. Its paper is dark and its ink light.
    Night,
}

/// How strongly the heat covers what is below it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cover {
    /// For spots: nothing is clear, the hottest nearly opaque.
    Density,
    /// For colours over the full width of a page, below which the page must stay readable.
    Wash,
    /// For what became less or more: levels as [`difference_level`] gives them. The same two colours with every palette.
    Difference,
}

/// The highest level that means less; those above mean more.
const MOST_LESS: u8 = 127;

/// The colour of every level.
///
/// # Guarantees
///
/// * Level 0 is clear; alpha never falls from one level to the next, or for [`Cover::Difference`] from a weak difference to
///   a strong one.
/// * For [`Palette::Viridis`] and [`Palette::Ice`], laid over white, no level is lighter than the one before, and for
///   [`Palette::Night`], laid over its paper, none is darker: to every kind of colour blindness.
pub struct Ramp {
    colours: [Rgba; 256],
    dark: bool,
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

const NIGHT: &[Stop] = &[
    (0, [92, 84, 200]),
    (200, [132, 72, 206]),
    (420, [206, 76, 170]),
    (620, [246, 112, 104]),
    (800, [255, 172, 72]),
    (920, [255, 224, 112]),
    (1000, [255, 252, 214]),
];

/// Blue and orange differ for every kind of colour blindness, red and green do not.
const LESS: &[Stop] = &[(0, [146, 197, 232]), (400, [72, 148, 214]), (750, [30, 96, 184]), (1000, [12, 48, 128])];
const MORE: &[Stop] = &[(0, [253, 208, 150]), (400, [246, 150, 60]), (750, [222, 84, 24]), (1000, [160, 30, 16])];
const LESS_ON_DARK: &[Stop] =
    &[(0, [40, 84, 140]), (400, [48, 124, 206]), (750, [84, 176, 246]), (1000, [190, 232, 255])];
const MORE_ON_DARK: &[Stop] =
    &[(0, [128, 70, 26]), (400, [204, 102, 28]), (750, [250, 146, 50]), (1000, [255, 222, 164])];

/// Alpha at a place on the scale, in thousandths.
const DENSITY_COVER: &[(u32, u8)] = &[(0, 0), (50, 42), (160, 118), (400, 176), (700, 210), (1000, 230)];
const WASH_COVER: &[(u32, u8)] = &[(0, 0), (40, 46), (1000, 136)];
const DIFFERENCE_COVER: &[(u32, u8)] = &[(0, 96), (300, 160), (1000, 220)];

/// Returns the level of a difference: −1 is the strongest decrease, 1 the strongest increase. None has the level 0,
/// which is clear, and so has what is no number.
pub fn difference_level(strength: f32) -> u8 {
    let size = strength.abs().min(1.0);
    if strength < 0.0 {
        1 + (size * f32::from(MOST_LESS - 1) + 0.5) as u8
    } else if strength > 0.0 {
        MOST_LESS + 1 + (size * f32::from(u8::MAX - MOST_LESS - 1) + 0.5) as u8
    } else {
        0
    }
}

impl Palette {
    /// Returns the palette that is called `word` in URLs.
    pub fn from_word(word: &str) -> Option<Self> {
        match word {
            "heat" => Some(Self::Heat),
            "viridis" => Some(Self::Viridis),
            "ice" => Some(Self::Ice),
            "night" => Some(Self::Night),
            _ => None,
        }
    }

    /// Returns true where paper is dark and ink light.
    pub const fn is_dark(self) -> bool {
        match self {
            Self::Heat | Self::Viridis | Self::Ice => false,
            Self::Night => true,
        }
    }

    /// Returns the colours of all levels.
    pub fn ramp(self, cover: Cover) -> Ramp {
        let dark = self.is_dark();
        let covers = match cover {
            Cover::Density => DENSITY_COVER,
            Cover::Wash => WASH_COVER,
            Cover::Difference => return Ramp { colours: difference_colours(dark), dark },
        };
        let stops = match self {
            Self::Heat => HEAT,
            Self::Viridis => VIRIDIS,
            Self::Ice => ICE,
            Self::Night => NIGHT,
        };
        let mut colours = [Rgba::default(); 256];
        for (level, colour) in colours.iter_mut().enumerate() {
            *colour = colour_at(stops, covers, (level * 1000 / 255) as u32);
        }
        Ramp { colours, dark }
    }
}

impl Ramp {
    /// Returns the colour of a level.
    pub const fn colour(&self, level: u8) -> Rgba {
        self.colours[level as usize]
    }

    /// Returns the opaque colour of a shade of the drawing.
    pub fn shade(&self, shade: Shade) -> Rgba {
        if self.dark { shade.colour_on_dark() } else { shade.colour() }
    }
}

fn difference_colours(dark: bool) -> [Rgba; 256] {
    let (less, more) = if dark { (LESS_ON_DARK, MORE_ON_DARK) } else { (LESS, MORE) };
    let mut colours = [Rgba::default(); 256];
    let (first, second) = colours.split_at_mut(usize::from(MOST_LESS) + 1);
    for (side, stops) in [(&mut first[1..], less), (second, more)] {
        let last = side.len() - 1;
        for (at, colour) in side.iter_mut().enumerate() {
            *colour = colour_at(stops, DIFFERENCE_COVER, (at * 1000 / last) as u32);
        }
    }
    colours
}

fn colour_at(stops: &[Stop], covers: &[(u32, u8)], place: u32) -> Rgba {
    let [red, green, blue] = [0, 1, 2].map(|i| between(stops, place, |rgb| rgb[i]));
    Rgba { red, green, blue, alpha: between(covers, place, |alpha| alpha) }
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

    const ALL: [Palette; 4] = [Palette::Heat, Palette::Viridis, Palette::Ice, Palette::Night];

    /// How people see who lack a kind of cone, in linear light (Machado, Oliveira and Fernandes 2009, severity 1).
    const EYES: [(&str, [[f32; 3]; 3]); 4] = [
        ("every cone", [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]),
        (
            "protanopia",
            [
                [0.152_286, 1.052_583, -0.204_868],
                [0.114_503, 0.786_281, 0.099_216],
                [-0.003_882, -0.048_116, 1.051_998],
            ],
        ),
        (
            "deuteranopia",
            [[0.367_322, 0.860_646, -0.227_968], [0.280_085, 0.672_501, 0.047_413], [-0.011_820, 0.042_940, 0.968_881]],
        ),
        (
            "tritanopia",
            [
                [1.255_528, -0.076_749, -0.178_779],
                [-0.078_411, 0.930_809, 0.147_602],
                [0.004_733, 0.691_367, 0.303_900],
            ],
        ),
    ];

    /// A colour as such eyes see it: CIE L*, a*, b*.
    fn seen(colour: Rgba, eyes: &[[f32; 3]; 3]) -> [f32; 3] {
        let linear = [colour.red, colour.green, colour.blue].map(|part| {
            let part = f32::from(part) / 255.0;
            if part <= 0.040_45 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
        });
        let sum = |weights: &[f32; 3], values: &[f32; 3]| weights.iter().zip(values).map(|(w, v)| w * v).sum::<f32>();
        let rgb = [0, 1, 2].map(|row| sum(&eyes[row], &linear).clamp(0.0, 1.0));
        let xyz = [
            sum(&[0.4124, 0.3576, 0.1805], &rgb) / 0.9505,
            sum(&[0.2126, 0.7152, 0.0722], &rgb),
            sum(&[0.0193, 0.1192, 0.9505], &rgb) / 1.089,
        ];
        let [x, y, z] = xyz.map(|part| if part > 0.008_856 { part.cbrt() } else { 7.787 * part + 16.0 / 116.0 });
        [116.0 * y - 16.0, 500.0 * (x - y), 200.0 * (y - z)]
    }

    fn distance(a: [f32; 3], b: [f32; 3]) -> f32 {
        a.iter().zip(b).map(|(a, b)| (a - b) * (a - b)).sum::<f32>().sqrt()
    }

    /// The colour of a level on the paper that the ramp is made for.
    fn on_paper(ramp: &Ramp, level: u8) -> Rgba {
        ramp.colour(level).over(ramp.shade(Shade::WHITE))
    }

    #[test]
    fn nothing_is_clear() {
        for palette in ALL {
            for cover in [Cover::Density, Cover::Wash, Cover::Difference] {
                assert_eq!(palette.ramp(cover).colour(0).alpha, 0, "{palette:?} {cover:?}");
            }
        }
    }

    #[test]
    fn a_difference_has_its_side_of_the_scale() {
        let cases = [
            (0.0, 0),
            (-0.0, 0),
            (f32::NAN, 0),
            (-1e-9, 1),
            (-1.0, 127),
            (-9.0, 127),
            (1e-9, 128),
            (1.0, 255),
            (f32::INFINITY, 255),
        ];
        for (strength, level) in cases {
            assert_eq!(difference_level(strength), level, "{strength}");
        }
    }

    /// A step of less than 1 L* is not seen.
    #[test]
    fn safe_palettes_change_their_lightness_steadily_to_all_eyes() {
        for (palette, sign) in [(Palette::Viridis, -1.0), (Palette::Ice, -1.0), (Palette::Night, 1.0)] {
            let ramp = palette.ramp(Cover::Density);
            for (name, eyes) in &EYES {
                let lightness: Vec<f32> = (0..=255).map(|level| sign * seen(on_paper(&ramp, level), eyes)[0]).collect();
                let mut highest = lightness[0];
                for (level, &light) in lightness.iter().enumerate() {
                    assert!(light > highest - 1.0, "{palette:?}, {name}: level {level} has {light} after {highest}");
                    highest = highest.max(light);
                }
                assert!(lightness[255] - lightness[0] > 60.0, "{palette:?}, {name}: {}", lightness[255] - lightness[0]);
            }
        }
    }

    #[test]
    fn all_eyes_tell_less_from_more_and_weak_from_strong() {
        for palette in [Palette::Heat, Palette::Night] {
            let ramp = palette.ramp(Cover::Difference);
            for (name, eyes) in &EYES {
                let colour = |strength: f32| seen(on_paper(&ramp, difference_level(strength)), eyes);
                let paper = seen(on_paper(&ramp, 0), eyes);
                for strength in [0.02, 0.1, 0.25, 0.5, 0.75, 1.0] {
                    let apart = distance(colour(strength), colour(-strength));
                    assert!(apart > 12.0, "{palette:?}, {name}: {apart} between less and more at {strength}");
                }
                for side in [-1.0, 1.0] {
                    let mut before = 0.0;
                    for strength in [0.02, 0.2, 0.4, 0.6, 0.8, 1.0] {
                        let contrast = (colour(side * strength)[0] - paper[0]).abs();
                        assert!(
                            contrast > before + 3.0,
                            "{palette:?}, {name}: {contrast} after {before} at {strength}"
                        );
                        before = contrast;
                    }
                }
            }
        }
    }

    proptest! {
        #[test]
        fn more_never_covers_less(palette in 0usize..4, wash: bool, low: u8, high: u8) {
            let ramp = ALL[palette].ramp(if wash { Cover::Wash } else { Cover::Density });
            let (low, high) = (low.min(high), low.max(high));
            prop_assert!(ramp.colour(low).alpha <= ramp.colour(high).alpha);
        }

        #[test]
        fn a_stronger_difference_never_covers_less(palette in 0usize..4, weak in 0.0f32..1.0, strong in 0.0f32..1.0) {
            let ramp = ALL[palette].ramp(Cover::Difference);
            let (weak, strong) = (weak.min(strong), weak.max(strong));
            for side in [-1.0, 1.0] {
                let alpha = |strength: f32| ramp.colour(difference_level(side * strength)).alpha;
                prop_assert!(alpha(weak) <= alpha(strong));
            }
        }
    }
}
