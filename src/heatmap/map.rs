//! Owns one heat map: what was asked, the page, and what visitors did there.
//! It is made of answered rows, without a store and without a clock.

use super::{
    error::HeatmapError,
    layout::{PageLayout, PageSize, read_samples},
    params::{Kind, MapRequest},
    projection::{self, Projection},
    rows::{Columns, Row},
    scroll::ScrollMap,
};

/// The page as the first answers tell it.
#[derive(Debug, Clone, Default)]
pub struct Page {
    pub layout: PageLayout,
    /// Pageviews in the range, of the devices and widths asked for.
    pub views: u64,
}

/// The answers to [`super::Statements`].
#[derive(Debug, Clone, Default)]
pub struct FirstAnswers {
    pub layouts: Vec<Row>,
    pub views: Vec<Row>,
    pub sizes: Vec<Row>,
}

/// A heat map, ready to be drawn or told in numbers.
#[derive(Debug, Clone)]
pub struct HeatMap {
    pub request: MapRequest,
    pub layout: PageLayout,
    pub views: u64,
    pub content: Content,
}

/// What a map shows.
#[derive(Debug, Clone)]
pub enum Content {
    Clicks(Projection),
    Scroll(ScrollMap),
}

impl Page {
    /// Merges the first answers. Takes some milliseconds: not for an async thread.
    pub fn read(request: &MapRequest, answers: &FirstAnswers) -> Result<Self, HeatmapError> {
        let samples = read_samples(&answers.layouts)?;
        let layout = PageLayout::merge(&samples, PageSize::read(&answers.sizes)?, request.width);
        let views = answers.views.first().map_or(Ok(0), |row| Columns::new("views", row).count(0))?;
        Ok(Self { layout, views })
    }
}

impl HeatMap {
    /// Puts the map together from the page and the answer to `query::content`.
    /// Takes time in proportion to the rows: not for an async thread.
    pub fn assemble(request: MapRequest, page: Page, rows: &[Row]) -> Result<Self, HeatmapError> {
        let Page { layout, views } = page;
        let (content, empty) = match request.kind {
            Kind::Click => {
                let clicks = Projection::of(&projection::read_spots(rows)?, &layout);
                let empty = views == 0 && clicks.points.is_empty();
                (Content::Clicks(clicks), empty)
            }
            Kind::Scroll => {
                let scroll = ScrollMap::read(rows, &layout)?;
                let empty = scroll.measured == 0;
                (Content::Scroll(scroll), empty)
            }
        };
        if empty {
            return Err(HeatmapError::NoData);
        }
        Ok(Self { request, layout, views, content })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::heatmap::fixture::{a_page, a_request, answers};

    fn assemble(request: MapRequest, views: u64, rows: &[Row]) -> Result<HeatMap, HeatmapError> {
        let page = Page::read(&request, &answers(&[a_page()], views))?;
        HeatMap::assemble(request, page, rows)
    }

    #[test]
    fn a_page_without_visitors_has_no_map() {
        assert!(matches!(assemble(a_request(), 0, &[]), Err(HeatmapError::NoData)));
        let scroll = MapRequest { kind: Kind::Scroll, ..a_request() };
        assert!(matches!(assemble(scroll, 9, &[]), Err(HeatmapError::NoData)));
    }

    #[test]
    fn a_page_that_nobody_clicked_has_an_empty_map() {
        assert!(assemble(a_request(), 1, &[]).unwrap().png().is_ok());
    }

    #[test]
    fn refuses_a_picture_that_is_too_large() {
        let request = MapRequest { width: 3840, scale: 2.0, ..a_request() };
        let map = assemble(request, 1, &[]).unwrap();
        assert!(matches!(map.png(), Err(HeatmapError::TooLarge { width: 7680, height: 5920, .. })));
    }
}
