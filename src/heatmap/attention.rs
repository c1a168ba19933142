//! Owns the attention map: how long each hundredth of the page, and each landmark, was on screen in a view.

use serde::Serialize;

use super::{
    error::HeatmapError,
    layout::PageLayout,
    ledger::rounded,
    rows::{Columns, Row},
    scroll::{BANDS, edge},
};

/// One band across the page, in CSS pixels.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Stretch {
    pub y0: u32,
    /// First pixel below the band.
    pub y1: u32,
    /// Time that the band was on screen while the visitor was there, mean of the views.
    pub seconds_per_view: f64,
}

/// A part of the page, and how long it was on screen.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Landmark {
    pub element: String,
    pub seconds_per_view: f64,
    /// Where it stands, where the layout has it.
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    pub place: Option<Place>,
}

/// A box in CSS pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Place {
    pub x: i32,
    pub y: i32,
    pub width: i32,
    pub height: i32,
}

impl Place {
    const fn of([x, y, width, height]: [i32; 4]) -> Self {
        Self { x, y, width, height }
    }
}

/// How long each part of a page was seen.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct AttentionMap {
    /// Views that told what they saw: those that the means are of.
    pub measured: u64,
    pub bands: Vec<Stretch>,
    pub landmarks: Vec<Landmark>,
}

impl AttentionMap {
    /// Reads the answers to `query::stretches` and `query::landmarks`.
    pub fn read(stretches: &[Row], landmarks: &[Row], layout: &PageLayout) -> Result<Self, HeatmapError> {
        let Some(row) = stretches.first() else { return Ok(Self::default()) };
        let columns = Columns::new("stretches", row);
        let measured = columns.count(0)?;
        let times = columns.list(1)?;
        let per_view = |ms: u64| rounded(ms as f64 / 1000.0 / measured.max(1) as f64);
        let bands = times.iter().take(BANDS).enumerate().map(|(band, ms)| Stretch {
            y0: edge(layout.height, band),
            y1: edge(layout.height, band + 1),
            seconds_per_view: per_view(ms.as_u64().unwrap_or_default()),
        });
        let landmarks = landmarks.iter().map(|row| {
            let columns = Columns::new("landmarks", row);
            let element = columns.text(0)?;
            let place = layout.find(element).map(|at| Place::of(layout.boxes[at].rounded()));
            Ok(Landmark { element: element.to_owned(), seconds_per_view: per_view(columns.count(1)?), place })
        });
        let landmarks = landmarks.collect::<Result<_, HeatmapError>>()?;
        Ok(Self { measured, bands: bands.collect(), landmarks })
    }

    /// Returns the longest time of a band.
    pub fn longest(&self) -> f64 {
        self.bands.iter().map(|band| band.seconds_per_view).fold(0.0, f64::max)
    }

    /// Returns the time at a place of the page, from 0 (its top) to 1; between the middles of two bands it changes evenly.
    pub fn seconds_at(&self, place: f32) -> f64 {
        let at = (place * self.bands.len() as f32 - 0.5).max(0.0);
        let seconds =
            |band: usize| self.bands.get(band).or(self.bands.last()).map_or(0.0, |band| band.seconds_per_view);
        let (above, below) = (seconds(at as usize), seconds(at as usize + 1));
        above + (below - above) * f64::from(at.fract())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::heatmap::{fixture::a_page, layout::PageSize};

    #[test]
    fn tells_seconds_of_a_view() {
        let layout = PageLayout::merge(&[a_page()], PageSize::default(), 1280);
        let times: Vec<u64> = (0..100).map(|band| if band < 10 { 50_000 } else { 5_000 }).collect();
        let landmarks = [vec![json!("main"), json!(20_000)], vec![json!("#gone"), json!(1_000)]];
        let map = AttentionMap::read(&[vec![json!(10), json!(times)]], &landmarks, &layout).unwrap();
        assert_eq!((map.measured, map.bands.len()), (10, 100));
        assert_eq!(map.bands[0], Stretch { y0: 0, y1: 29, seconds_per_view: 5.0 });
        assert!(
            (map.longest() - 5.0).abs() < 1e-9 && (map.seconds_at(0.1) - 2.75).abs() < 1e-3,
            "{}",
            map.seconds_at(0.1)
        );
        let main = Landmark {
            element: "main".to_owned(),
            seconds_per_view: 2.0,
            place: Some(Place::of([96, 1216, 720, 1424])),
        };
        assert_eq!(map.landmarks[0], main);
        assert_eq!(map.landmarks[1].place, None);
        assert_eq!(AttentionMap::read(&[], &[], &layout).unwrap(), AttentionMap::default());
    }
}
