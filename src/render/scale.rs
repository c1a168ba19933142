//! Owns what counts as hot: the value that gets the full colour, and how values below it are spread.
//! It does not know the colours.

use serde::{Deserialize, Serialize};

use super::Field;

/// What the hottest colour stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Normalise {
    /// The value that 99 % of the touched area stays under: one runaway spot does not make the rest pale.
    #[default]
    P99,
    /// The highest value.
    Max,
    /// A fixed share of views, so that pages and periods can be laid side by side.
    PerView,
}

impl Normalise {
    /// Returns the way that is called `word` in URLs.
    pub fn from_word(word: &str) -> Option<Self> {
        match word {
            "p99" => Some(Self::P99),
            "max" => Some(Self::Max),
            "per_view" => Some(Self::PerView),
            _ => None,
        }
    }
}

/// Fewest clicks at one spot that may have the full colour. With less data the scale ends above the data, so
/// that a single click stays pale and nobody mistakes three visitors for a pattern.
pub const LEAST_FULL: f32 = 16.0;

/// With [`Normalise::PerView`]: the full colour means that so many of the views clicked at the spot.
const FULL_SHARE_OF_VIEWS: f32 = 0.05;

/// Values below this are no part of the touched area: they are the outermost skirt of a single click.
const TOUCHED: f32 = 0.05;

/// Where on the colour scale the full value lies; what is above it shares the rest, so that spots above
/// the percentile still have distinguishable peaks.
const KNEE: f32 = 0.92;

/// Where on the square root the colour scale begins, as a share of the full value.
const TOE: f32 = 0.02;

/// What would lie this low on the scale is left white: less than 1.5 % of the full value. Clicks that fell just anywhere
/// would tint the whole of a busy page, and be a third of the bytes of its picture.
const FLOOR: f32 = 0.05;

/// Turns a density into a level from 0 (nothing) to 255 (hottest).
///
/// # Guarantees
///
/// * Monotone: more never looks like less, so the local maxima of the picture are those of the density.
/// * Only `+ − × ÷ √`, which IEEE 754 defines to the bit: the same picture on every machine.
#[derive(Debug, Clone, Copy)]
pub struct Scale {
    full: f32,
    highest: f32,
    held_back: bool,
}

impl Scale {
    /// Finds the scale for a blurred field of a page with `views` views.
    pub fn of(field: &Field, normalise: Normalise, views: u64) -> Self {
        let (percentile, highest) = survey(field);
        let wanted = match normalise {
            Normalise::P99 => percentile,
            Normalise::Max => highest,
            Normalise::PerView => views as f32 * FULL_SHARE_OF_VIEWS,
        };
        let full = wanted.max(LEAST_FULL);
        Self { full, highest: highest.max(full), held_back: wanted < LEAST_FULL }
    }

    /// Returns the value, in clicks at one spot, that has the full colour.
    pub const fn full(&self) -> f32 {
        self.full
    }

    /// Returns the value of the hottest spot, or the full value where that is higher.
    pub const fn highest(&self) -> f32 {
        self.highest
    }

    /// Returns true where there was so little data that the colours were held back.
    pub const fn held_back(&self) -> bool {
        self.held_back
    }

    /// Returns the place of a value on the colour scale, from 0 to 1. The square root makes room for the low values, among
    /// which most of a page lies; it starts at `TOE`, for at 0 it is so steep that spots would get endless skirts, and what
    /// is still below `FLOOR` is nothing.
    pub fn position(&self, value: f32) -> f32 {
        if value > self.full {
            return (KNEE + (1.0 - KNEE) * ((value - self.full) / (self.highest - self.full))).min(1.0);
        }
        let knee = if self.highest > self.full { KNEE } else { 1.0 };
        let foot = TOE.sqrt();
        let root = ((value.max(0.0) / self.full + TOE).sqrt() - foot) / ((1.0 + TOE).sqrt() - foot);
        knee * ((root - FLOOR) / (1.0 - FLOOR)).max(0.0)
    }

    /// Returns the level of a value, from 0.0 to 255.0; not yet rounded, for it is still to be enlarged.
    pub fn level(&self, value: f32) -> f32 {
        255.0 * self.position(value)
    }
}

/// Returns the 99th percentile of the touched area and the highest value.
///
/// A histogram over the upper bits of the floats: they sort like the values, to within 0.4 %, in one pass.
fn survey(field: &Field) -> (f32, f32) {
    let mut counts = vec![0u32; 1 << 16];
    let mut highest = 0.0f32;
    let mut touched = 0u64;
    for &value in field.visible_rows().flatten() {
        if value >= TOUCHED {
            counts[(value.to_bits() >> 15) as usize] += 1;
            touched += 1;
            highest = highest.max(value);
        }
    }
    let above = touched / 100;
    let mut passed = 0u64;
    for (bits, &count) in counts.iter().enumerate().rev() {
        passed += u64::from(count);
        if count > 0 && passed > above {
            let upper_edge = f32::from_bits(((bits as u32 + 1) << 15) - 1);
            return (upper_edge.min(highest), highest);
        }
    }
    (0.0, highest)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn field_of(points: &[(f32, f32, f32)]) -> Field {
        let mut field = Field::new(1000, 1000, 12.0);
        for &(x, y, weight) in points {
            field.add(x, y, weight);
        }
        field.blur();
        field
    }

    #[test]
    fn a_single_click_stays_pale() {
        for how in [Normalise::P99, Normalise::Max, Normalise::PerView] {
            let scale = Scale::of(&field_of(&[(500.0, 500.0, 1.0)]), how, 1);
            assert!(scale.held_back(), "{how:?}");
            assert!(scale.position(1.0) < 0.3, "{how:?}: {}", scale.position(1.0));
        }
    }

    #[test]
    fn one_runaway_spot_does_not_make_the_rest_pale() {
        let mut points: Vec<_> =
            (0..400u16).map(|i| (f32::from(i % 20) * 50.0 + 25.0, f32::from(i / 20) * 50.0 + 25.0, 40.0)).collect();
        points.push((500.0, 500.0, 1e6));
        let field = field_of(&points);
        let robust = Scale::of(&field, Normalise::P99, 1000);
        assert!(robust.position(40.0) > 0.02);
        assert!(robust.position(40.0) > 3.0 * Scale::of(&field, Normalise::Max, 1000).position(40.0));
        assert!(robust.position(1e6) > robust.position(1e5), "peaks above the percentile stay distinguishable");
    }

    #[test]
    fn per_view_means_the_same_on_every_page() {
        let scale = Scale::of(&field_of(&[(500.0, 500.0, 3.0)]), Normalise::PerView, 10_000);
        assert!((scale.full() - 500.0).abs() < f32::EPSILON);
    }

    #[test]
    fn levels_rise_with_values() {
        let scale = Scale::of(&field_of(&[(500.0, 500.0, 300.0), (100.0, 100.0, 20.0)]), Normalise::P99, 1);
        let levels: Vec<f32> = (0..4000u16).map(|i| scale.level(f32::from(i) * 0.1)).collect();
        assert!(levels.windows(2).all(|pair| pair[0] <= pair[1]));
        assert!(levels[0].abs() < f32::EPSILON && levels[3999] <= 255.0);
    }
}
