//! Owns the scroll map: which share of views reached each hundredth of the page.
//! It does not know why the others left.

use serde::Serialize;

use super::{
    error::HeatmapError,
    layout::PageLayout,
    rows::{Columns, Row},
};

/// Number of bands a page is cut into.
pub const BANDS: usize = crate::model::click::SCROLL_BANDS;

/// One band across the page, in CSS pixels.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Band {
    pub y0: u32,
    /// First pixel below the band.
    pub y1: u32,
    /// Share of views that reached the band's lower half, from 0 to 1.
    pub share: f32,
}

/// How far a page was scrolled.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ScrollMap {
    /// Views that told how far they were scrolled: those that the shares are of.
    pub measured: u64,
    pub bands: Vec<Band>,
}

impl ScrollMap {
    /// Reads the answer to `query::content` for scrolls, and lays it on the page.
    pub fn read(rows: &[Row], layout: &PageLayout) -> Result<Self, HeatmapError> {
        // Views that ended in each hundredth; the first is for those that saw nothing.
        let mut ended = [0u64; BANDS + 1];
        for row in rows {
            let columns = Columns::new("scrolls", row);
            let reached = columns.count(0)?.min(BANDS as u64) as usize;
            ended[reached] += columns.count(1)?;
        }
        let measured: u64 = ended.iter().sum();
        let mut left = measured;
        let bands = (0..BANDS).map(|band| {
            left -= ended[band];
            Band {
                y0: edge(layout.height, band),
                y1: edge(layout.height, band + 1),
                share: left as f32 / measured.max(1) as f32,
            }
        });
        Ok(Self { measured, bands: bands.collect() })
    }

    /// Returns the share of views that reached a place of the page, from 0 (its top) to 1; between the middles of two
    /// bands it changes evenly, so that a picture has no stripes that are not in the data.
    pub fn share_at(&self, place: f32) -> f32 {
        let at = (place * self.bands.len() as f32 - 0.5).max(0.0);
        let share = |band: usize| self.bands.get(band).or(self.bands.last()).map_or(0.0, |band| band.share);
        let (above, below) = (share(at as usize), share(at as usize + 1));
        above + (below - above) * at.fract()
    }

    /// Returns the highest pixel that less than `share` of the views reached; none where more of them reached the end.
    pub fn falls_below(&self, share: f32) -> Option<u32> {
        self.bands.iter().find(|band| band.share < share).map(|band| band.y0)
    }
}

pub(super) fn edge(height: u32, band: usize) -> u32 {
    (u64::from(height) * band as u64 / BANDS as u64) as u32
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::heatmap::layout::PageSize;

    fn map(rows: &[[u64; 2]]) -> ScrollMap {
        let rows: Vec<Row> = rows.iter().map(|row| row.iter().map(|number| json!(number)).collect()).collect();
        let size = PageSize { document_height: Some(5012), viewport_height: None };
        ScrollMap::read(&rows, &PageLayout::merge(&[], size, 1280)).unwrap()
    }

    #[test]
    fn a_band_counts_the_views_that_reached_it_or_more() {
        let map = map(&[[20, 6], [50, 3], [100, 1]]);
        let percent = [0, 19, 20, 49, 50, 99].map(|band| (map.bands[band].share * 100.0).round() as u32);
        assert_eq!(percent, [100, 100, 40, 40, 10, 10]);
        assert_eq!(map.measured, 10);
    }

    #[test]
    fn bands_cover_the_page_without_gaps() {
        let map = map(&[[100, 1]]);
        assert_eq!((map.bands[0].y0, map.bands[99].y1, map.bands.len()), (0, 5012, 100));
        assert!(map.bands.windows(2).all(|pair| pair[0].y1 == pair[1].y0));
    }

    #[test]
    fn shares_change_evenly_between_bands() {
        let map = map(&[[20, 6], [50, 3], [100, 1]]);
        for (place, percent) in [(0.0, 100), (0.195, 100), (0.2, 70), (0.205, 40), (0.3, 40), (1.0, 10)] {
            assert_eq!((map.share_at(place) * 100.0).round() as u32, percent, "{place}");
        }
    }

    #[test]
    fn tells_where_a_share_of_the_views_is_lost() {
        let map = map(&[[20, 6], [50, 3], [100, 1]]);
        assert_eq!(map.falls_below(0.75), Some(1002));
        assert_eq!(map.falls_below(0.25), Some(2506));
        assert_eq!(map.falls_below(0.05), None);
    }

    #[test]
    fn a_view_that_claims_more_than_the_page_reached_its_end() {
        assert!(map(&[[250, 1]]).bands[99].share > 0.99);
    }
}
