//! Owns one heat map: what was asked, the page, and what visitors did there.
//! It is made of answers, without a store and without a clock.

use std::collections::HashSet;

use bytes::Bytes;
use serde::Serialize;

use super::{
    attention::AttentionMap,
    difference::Difference,
    error::HeatmapError,
    exposure::Exposure,
    layout::{PageLayout, PageSize, read_ids, read_samples},
    ledger::Ledger,
    params::{Kind, MapRequest},
    projection::Projection,
    rows::{Columns, Row},
    scroll::ScrollMap,
    spot::{self, Spot},
    versions::{self, Version},
};

/// The page as the first answers tell it.
#[derive(Debug, Clone, Default)]
pub struct Page {
    pub layout: PageLayout,
    /// Pageviews in the range, of the devices and widths asked for.
    pub views: u64,
}

/// The answers that the page is made of; each is named as its question in `query`.
#[derive(Debug, Clone, Default)]
pub struct FirstAnswers {
    pub layouts: Vec<Row>,
    pub views: Vec<Row>,
    pub sizes: Vec<Row>,
}

/// The answers that depend on the kind of the map.
#[derive(Debug, Clone)]
pub enum ContentAnswers {
    Spots(Bytes),
    /// Spots of the range or segment asked for and of the other one, and views of that.
    Compared([Bytes; 2], Vec<Row>),
    Reach(Vec<Row>),
    Attention {
        stretches: Vec<Row>,
        landmarks: Vec<Row>,
    },
    /// All that is shown is in the ledger.
    Elements,
}

/// The answers that the ledger of elements is made of.
#[derive(Debug, Clone, Default)]
pub struct LedgerAnswers {
    pub elements: Vec<Row>,
    pub seen: Vec<Row>,
    pub class_layouts: Vec<Row>,
}

/// Everything but the page.
#[derive(Debug, Clone)]
pub struct Answers {
    pub content: ContentAnswers,
    pub ledger: Option<LedgerAnswers>,
    pub versions: Vec<Row>,
    pub states: Vec<Row>,
    /// Visitors of each element, one list for each of the maps that are compared.
    pub visitors: Vec<Vec<Row>>,
}

impl Answers {
    /// The least that a map needs.
    #[must_use]
    pub const fn of(content: ContentAnswers) -> Self {
        Self { content, ledger: None, versions: Vec::new(), states: Vec::new(), visitors: Vec::new() }
    }
}

/// A heat map, ready to be drawn or told in numbers.
#[derive(Debug, Clone)]
pub struct HeatMap {
    pub request: MapRequest,
    pub layout: PageLayout,
    pub views: u64,
    pub content: Content,
    /// What happened to each element, where it was asked for.
    pub ledger: Option<Ledger>,
    pub versions: Vec<Version>,
    pub states: Vec<State>,
    /// Elements that fewer visitors than this touched are not shown.
    pub least_visitors: Option<u32>,
}

/// What a map shows.
#[derive(Debug, Clone)]
pub enum Content {
    /// Clicks or rests of the pointer.
    Spots(Projection),
    /// The frames of a moving map.
    Frames(Vec<Projection>),
    /// With the map of the range or segment asked for.
    Difference(Difference, Projection),
    Scroll(ScrollMap),
    Attention(AttentionMap),
    Elements,
}

/// A state of the page in which it was clicked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct State {
    pub id: u32,
    /// The dialog, menu or banner that makes it; empty where no sample of it is known.
    pub element: String,
    pub clicks: u64,
}

impl Page {
    /// Merges the first answers. Takes some milliseconds: not for an async thread.
    pub fn read(request: &MapRequest, answers: &FirstAnswers) -> Result<Self, HeatmapError> {
        let samples = read_samples(&answers.layouts)?;
        let mut layout = PageLayout::merge(&samples, PageSize::read(&answers.sizes)?, request.width);
        layout.number(&read_ids(&answers.layouts)?);
        Ok(Self { layout, views: read_count("views", &answers.views)? })
    }
}

impl HeatMap {
    /// Puts the map together from the page and the answers; with `frames`, as a moving one of so many frames.
    /// Takes time in proportion to the rows: not for an async thread.
    pub fn assemble(
        request: MapRequest,
        page: Page,
        answers: &Answers,
        frames: Option<usize>,
        least_visitors: Option<u32>,
    ) -> Result<Self, HeatmapError> {
        let Page { layout, views } = page;
        let too_few = TooFew::read(&answers.visitors, least_visitors)?;
        let (content, is_empty) = read_content(&answers.content, &layout, views, frames, &too_few)?;
        let ledger = match &answers.ledger {
            Some(rows) => Some(read_ledger(rows, &layout, &too_few)?),
            None => None,
        };
        let mut content = content;
        if let (Some(ledger), Content::Spots(spots) | Content::Difference(_, spots)) = (&ledger, &mut content) {
            spots.gone = ledger.gone(request.kind, &layout);
        }
        if is_empty && views == 0 && ledger.as_ref().is_none_or(|ledger| ledger.entries.is_empty()) {
            return Err(HeatmapError::NoData);
        }
        let versions = versions::read(&answers.versions)?;
        let states = answers.states.iter().map(State::read).collect::<Result<_, _>>()?;
        Ok(Self { request, layout, views, content, ledger, versions, states, least_visitors })
    }
}

fn read_content(
    answers: &ContentAnswers,
    layout: &PageLayout,
    views: u64,
    frames: Option<usize>,
    too_few: &TooFew,
) -> Result<(Content, bool), HeatmapError> {
    let read = |bytes: &[u8]| -> Result<Vec<Spot>, HeatmapError> {
        let mut spots = spot::read(bytes)?;
        spots.retain(|spot| !too_few.ids.contains(&spot.element_id));
        Ok(spots)
    };
    let project = |bytes: &[u8]| Ok::<_, HeatmapError>(Projection::of(&read(bytes)?, layout));
    Ok(match (answers, frames) {
        (ContentAnswers::Spots(bytes), None) => {
            let spots = project(bytes)?;
            let is_empty = spots.total() == 0;
            (Content::Spots(spots), is_empty)
        }
        (ContentAnswers::Spots(bytes), Some(frames)) => {
            let spots = read(bytes)?;
            let of_frame = |number: usize| spots.iter().filter(move |spot| usize::from(spot.frame) == number);
            let frames = (0..frames).map(|number| Projection::of(of_frame(number), layout)).collect();
            (Content::Frames(frames), spots.is_empty())
        }
        (ContentAnswers::Compared([a, b], other_views), _) => {
            let (a, b) = (project(a)?, project(b)?);
            let views = [views, read_count("views", other_views)?];
            let difference = Difference::of([&a, &b], views, layout);
            (Content::Difference(difference, a), views == [0, 0])
        }
        (ContentAnswers::Reach(rows), _) => {
            let scroll = ScrollMap::read(rows, layout)?;
            if scroll.measured == 0 {
                return Err(HeatmapError::NoData);
            }
            (Content::Scroll(scroll), false)
        }
        (ContentAnswers::Attention { stretches, landmarks }, _) => {
            let attention = AttentionMap::read(stretches, landmarks, layout)?;
            if attention.measured == 0 {
                return Err(HeatmapError::NoData);
            }
            (Content::Attention(attention), false)
        }
        (ContentAnswers::Elements, _) => (Content::Elements, true),
    })
}

fn read_ledger(rows: &LedgerAnswers, layout: &PageLayout, too_few: &TooFew) -> Result<Ledger, HeatmapError> {
    let exposure = Exposure::read(&rows.seen, &rows.class_layouts)?;
    let mut ledger = Ledger::read(&rows.elements, &exposure, layout)?;
    ledger.keep_only(|element| !too_few.elements.contains(element));
    Ok(ledger)
}

fn read_count(answer: &'static str, rows: &[Row]) -> Result<u64, HeatmapError> {
    rows.first().map_or(Ok(0), |row| Columns::new(answer, row).count(0))
}

/// The elements that fewer visitors touched than a shared map may show.
#[derive(Default)]
struct TooFew {
    ids: HashSet<u64>,
    elements: HashSet<String>,
}

impl TooFew {
    fn read(answers: &[Vec<Row>], least: Option<u32>) -> Result<Self, HeatmapError> {
        let mut few = Self::default();
        let Some(least) = least else { return Ok(few) };
        for row in answers.iter().flatten() {
            let columns = Columns::new("visitors", row);
            if columns.count(2)? < u64::from(least) {
                few.ids.insert(columns.count(0)?);
                few.elements.insert(columns.text(1)?.to_owned());
            }
        }
        Ok(few)
    }
}

impl State {
    /// Reads a row of the answer to `query::states`.
    fn read(row: &Row) -> Result<Self, HeatmapError> {
        let columns = Columns::new("states", row);
        Ok(Self { id: columns.count(0)? as u32, element: columns.text(1)?.to_owned(), clicks: columns.count(2)? })
    }
}

impl Kind {
    /// Returns true where the map is of places that were clicked or rested on.
    #[must_use]
    pub const fn is_of_spots(self) -> bool {
        match self {
            Self::Click | Self::Rage | Self::Dead | Self::Error | Self::Move => true,
            Self::Scroll | Self::Attention | Self::Element => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::heatmap::fixture::{a_page, a_request, answers, id_of, row_binary, spot_on};

    fn assemble(request: MapRequest, views: u64, content: ContentAnswers) -> Result<HeatMap, HeatmapError> {
        let page = Page::read(&request, &answers(&[a_page()], views))?;
        HeatMap::assemble(request, page, &Answers::of(content), None, None)
    }

    fn no_spots() -> ContentAnswers {
        ContentAnswers::Spots(Bytes::new())
    }

    #[test]
    fn a_page_without_visitors_has_no_map() {
        assert!(matches!(assemble(a_request(), 0, no_spots()), Err(HeatmapError::NoData)));
        let scroll = MapRequest { kind: Kind::Scroll, ..a_request() };
        assert!(matches!(assemble(scroll, 9, ContentAnswers::Reach(Vec::new())), Err(HeatmapError::NoData)));
        let attention = MapRequest { kind: Kind::Attention, ..a_request() };
        let nothing = ContentAnswers::Attention { stretches: Vec::new(), landmarks: Vec::new() };
        assert!(matches!(assemble(attention, 9, nothing), Err(HeatmapError::NoData)));
    }

    #[test]
    fn a_page_that_nobody_clicked_has_an_empty_map() {
        assert!(assemble(a_request(), 1, no_spots()).unwrap().png(None).is_ok());
    }

    #[test]
    fn refuses_a_picture_that_is_too_large() {
        let request = MapRequest { width: 3840, scale: Some(2.0), ..a_request() };
        let map = assemble(request, 1, no_spots()).unwrap();
        assert!(matches!(map.png(None), Err(HeatmapError::TooLarge { width: 7680, height: 5920, .. })));
    }

    #[test]
    fn a_shared_map_shows_no_element_that_few_visitors_touched() {
        let spots =
            [spot_on("a#buy", (0.5, 0.5), 30), spot_on("a#tour", (0.5, 0.5), 30), spot_on("#gone", (0.5, 0.5), 3)];
        let mut all = Answers::of(ContentAnswers::Spots(row_binary(&spots).into()));
        let visitors = |element: &str, visitors: u64| vec![json!(id_of(element)), json!(element), json!(visitors)];
        all.visitors = vec![vec![visitors("a#buy", 5), visitors("a#tour", 4), visitors("#gone", 1)]];
        let shown = |least: Option<u32>| {
            let page = Page::read(&a_request(), &answers(&[a_page()], 40)).unwrap();
            let map = HeatMap::assemble(a_request(), page, &all, None, least).unwrap();
            let Content::Spots(spots) = map.content else { panic!("no spots") };
            (spots.anchored, spots.gone_clicks)
        };
        assert_eq!(shown(None), (60, 3));
        assert_eq!(shown(Some(5)), (30, 0));
    }
}
