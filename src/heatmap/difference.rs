//! Owns the comparison of two maps of a page: which places and which elements are clicked more or less than before, and
//! which of that is more than chance. Both are placed on the same layout.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{
    layout::PageLayout,
    ledger::rounded,
    projection::Projection,
    significance::{false_discovery_rates, p_value},
};

/// Side of the squares that are compared, in CSS pixels: a finger's width.
pub const CELL: u32 = 24;

/// Share of false alarms that is put up with among what is called a change.
pub const FALSE_DISCOVERIES: f64 = 0.05;

/// Most squares and elements that a document tells, the surest changes first.
const MOST_TOLD: usize = 2_000;

/// Times more or less that are drawn in the full colour.
const FULL_RATIO: f64 = 4.0;

/// Two counts of views and clicks; `a` is the period asked for, `b` what it is compared with.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Counts {
    a: u64,
    b: u64,
}

/// A square of the page.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Cell {
    /// Upper left corner, in CSS pixels.
    pub x: u32,
    pub y: u32,
    pub a: u64,
    pub b: u64,
    /// Rate of `a` by that of `b`; none where `b` is 0.
    pub ratio: Option<f64>,
    pub p: f64,
    pub q: f64,
}

/// An element of the page.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ElementChange {
    pub element: String,
    pub a: u64,
    pub b: u64,
    /// Clicks per view.
    pub rate_a: f64,
    pub rate_b: f64,
    pub ratio: Option<f64>,
    /// Probability of such a difference by chance.
    pub p: f64,
    /// Smallest false discovery rate at which it counts as a change.
    pub q: f64,
    /// More than chance.
    pub changed: bool,
}

/// Two maps, compared.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Difference {
    pub views: [u64; 2],
    pub clicks: [u64; 2],
    pub cells: Vec<Cell>,
    /// The surest changes first.
    pub elements: Vec<ElementChange>,
}

impl Difference {
    /// Compares a map with another one on the same layout.
    pub fn of(maps: [&Projection; 2], views: [u64; 2], layout: &PageLayout) -> Self {
        Self {
            views,
            clicks: maps.map(Projection::total),
            cells: cells(maps, views, layout),
            elements: elements(maps, views, layout),
        }
    }

    /// Returns the squares that changed by more than chance.
    pub fn changed(&self) -> impl Iterator<Item = &Cell> {
        self.cells.iter().filter(|cell| cell.q <= FALSE_DISCOVERIES)
    }
}

impl Cell {
    /// Returns how much more or less it is: from −1 (a quarter or less) over 0 (the same) to 1 (four times or more).
    pub fn strength(&self, views: [u64; 2]) -> f32 {
        // Half a click more on either side: nothing is no infinity.
        let rate = |clicks: u64, views: u64| (clicks as f64 + 0.5) / views.max(1) as f64;
        let ratio = rate(self.a, views[0]) / rate(self.b, views[1]);
        (ratio.log2() / FULL_RATIO.log2()).clamp(-1.0, 1.0) as f32
    }
}

fn cells(maps: [&Projection; 2], views: [u64; 2], layout: &PageLayout) -> Vec<Cell> {
    let mut counts: BTreeMap<(u32, u32), Counts> = BTreeMap::new();
    for (map, is_first) in maps.into_iter().zip([true, false]) {
        for point in &map.points {
            let on_page =
                (0.0..layout.width as f32).contains(&point.x) && (0.0..layout.height as f32).contains(&point.y);
            if !on_page {
                continue;
            }
            let square = counts.entry((point.y as u32 / CELL, point.x as u32 / CELL)).or_insert(Counts { a: 0, b: 0 });
            *(if is_first { &mut square.a } else { &mut square.b }) += point.weight;
        }
    }
    let p_values: Vec<f64> = counts.values().map(|counts| counts.p_value(views)).collect();
    let rates = false_discovery_rates(&p_values);
    let squares = counts.into_iter().zip(p_values.into_iter().zip(rates));
    squares
        .map(|(((row, column), counts), (p, q))| Cell {
            x: column * CELL,
            y: row * CELL,
            a: counts.a,
            b: counts.b,
            ratio: counts.ratio(views),
            p,
            q,
        })
        .collect()
}

fn elements(maps: [&Projection; 2], views: [u64; 2], layout: &PageLayout) -> Vec<ElementChange> {
    let mut counts: BTreeMap<&str, Counts> = BTreeMap::new();
    for (map, is_first) in maps.into_iter().zip([true, false]) {
        let placed = layout.boxes.iter().zip(&map.by_box).map(|(b, &clicks)| (b.element.as_str(), clicks));
        for (element, clicks) in placed.filter(|&(_, clicks)| clicks > 0) {
            let counts = counts.entry(element).or_insert(Counts { a: 0, b: 0 });
            *(if is_first { &mut counts.a } else { &mut counts.b }) += clicks;
        }
    }
    let p_values: Vec<f64> = counts.values().map(|counts| counts.p_value(views)).collect();
    let rates = false_discovery_rates(&p_values);
    let per_view = |clicks: u64, views: u64| rounded(clicks as f64 / views.max(1) as f64);
    let mut changes: Vec<ElementChange> = counts
        .into_iter()
        .zip(p_values.into_iter().zip(rates))
        .map(|((element, counts), (p, q))| ElementChange {
            element: element.to_owned(),
            a: counts.a,
            b: counts.b,
            rate_a: per_view(counts.a, views[0]),
            rate_b: per_view(counts.b, views[1]),
            ratio: counts.ratio(views),
            p,
            q,
            changed: q <= FALSE_DISCOVERIES,
        })
        .collect();
    changes.sort_by(|x, y| x.p.total_cmp(&y.p).then_with(|| x.element.cmp(&y.element)));
    changes.truncate(MOST_TOLD);
    changes
}

impl Counts {
    fn p_value(self, [a, b]: [u64; 2]) -> f64 {
        p_value(self.a, self.b, a as f64 / (a + b).max(1) as f64)
    }

    fn ratio(self, [a, b]: [u64; 2]) -> Option<f64> {
        let (expected, found) = (self.b as f64 * a as f64, self.a as f64 * b as f64);
        (self.b > 0 && a > 0).then(|| rounded(found / expected))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::heatmap::fixture::{a_layout, a_page, spot_on};

    fn layout() -> PageLayout {
        a_layout(&[a_page()], 1280)
    }

    fn map(spots: &[(&str, u64)]) -> Projection {
        let spots: Vec<_> = spots.iter().map(|&(element, clicks)| spot_on(element, (0.5, 0.5), clicks)).collect();
        Projection::of(&spots, &layout())
    }

    #[test]
    fn tells_what_changed_from_what_is_chance() {
        let now = map(&[("a#buy", 300), ("a#tour", 52), ("a#nav0", 40)]);
        let before = map(&[("a#buy", 100), ("a#tour", 48), ("button#join", 60)]);
        let difference = Difference::of([&now, &before], [1000, 1000], &layout());
        let told: Vec<_> =
            difference.elements.iter().map(|change| (change.element.as_str(), change.changed, change.ratio)).collect();
        let expected = [
            ("a#buy", true, Some(3.0)),
            ("button#join", true, Some(0.0)),
            ("a#nav0", true, None),
            ("a#tour", false, Some(1.083_333)),
        ];
        assert_eq!(told, expected);
        let more: Vec<bool> = difference.changed().map(|cell| cell.strength([1000, 1000]) > 0.0).collect();
        assert_eq!(more, [true, false, true], "a word of the menu, the button beside it, and the one to buy with");
    }

    #[test]
    fn goes_by_rates_and_not_by_numbers() {
        let (now, before) = (map(&[("a#buy", 100)]), map(&[("a#buy", 1000)]));
        let difference = Difference::of([&now, &before], [1000, 10_000], &layout());
        assert_eq!((difference.elements[0].changed, difference.elements[0].ratio), (false, Some(1.0)));
    }

    #[test]
    fn needs_no_views() {
        let difference = Difference::of([&map(&[("a#buy", 3)]), &Projection::default()], [3, 0], &layout());
        assert!(!difference.elements[0].changed);
        assert_eq!(Difference::of([&Projection::default(), &Projection::default()], [0, 0], &layout()).cells, []);
    }
}
