//! Owns the ledger of a page's elements: what happened to each, and how many views had it on screen.
//! It does not know where an element is drawn.

use serde::Serialize;

use super::{
    error::HeatmapError,
    exposure::Exposure,
    layout::PageLayout,
    params::Kind,
    projection::Gone,
    rows::{Columns, Row},
};

/// What happened to one element. Rates are of views, from 0 to 1.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Entry {
    pub element: String,
    /// Lower-case tag name and ARIA role, where the layout has the element.
    pub tag: String,
    pub role: String,
    /// Views that clicked it.
    pub views: u64,
    /// Views that had it on screen; none where it is not known where it stands.
    pub exposed: Option<u64>,
    pub clicks: u64,
    /// Share of the views that had it on screen and clicked it.
    pub click_rate: Option<f64>,
    pub rage: u64,
    pub dead: u64,
    pub error: u64,
    pub visitors: u64,
    /// Milliseconds from the start of a view to its first click on the element.
    pub median_first_click_ms: Option<u64>,
}

/// The elements of a page, those with the most clicks first.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Ledger {
    pub entries: Vec<Entry>,
}

impl Ledger {
    /// Reads the answer to `query::elements`.
    pub fn read(rows: &[Row], exposure: &Exposure, layout: &PageLayout) -> Result<Self, HeatmapError> {
        let entries = rows.iter().map(|row| Entry::read(Columns::new("elements", row), exposure, layout));
        Ok(Self { entries: entries.collect::<Result<_, _>>()? })
    }

    pub fn find(&self, element: &str) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.element == element)
    }

    /// Returns the elements that the layout does not have, with their clicks of a kind.
    pub fn gone(&self, kind: Kind, layout: &PageLayout) -> Vec<Gone> {
        let of_kind = |entry: &Entry| match kind {
            Kind::Rage => entry.rage,
            Kind::Dead => entry.dead,
            Kind::Error => entry.error,
            // Rests are of another table: which elements they were on is not told.
            Kind::Move | Kind::Scroll | Kind::Attention => 0,
            Kind::Click | Kind::Element => entry.clicks,
        };
        let gone = self.entries.iter().filter(|entry| layout.find(&entry.element).is_none());
        let gone = gone.map(|entry| Gone { element: entry.element.clone(), clicks: of_kind(entry) });
        let mut gone: Vec<Gone> = gone.filter(|gone| gone.clicks > 0).collect();
        gone.sort_by(|a, b| b.clicks.cmp(&a.clicks).then_with(|| a.element.cmp(&b.element)));
        gone
    }

    /// Leaves out what too few visitors did.
    pub fn keep_only(&mut self, kept: impl Fn(&str) -> bool) {
        self.entries.retain(|entry| kept(&entry.element));
    }
}

impl Entry {
    fn read(columns: Columns<'_>, exposure: &Exposure, layout: &PageLayout) -> Result<Self, HeatmapError> {
        let element = columns.text(0)?;
        let (views, clicks) = (columns.count(1)?, columns.count(2)?);
        // Who clicked it had it on screen, whatever else is known of the view.
        let exposed = exposure.of(element).map(|exposed| exposed.max(views));
        let placed = layout.find(element).map(|at| &layout.boxes[at]);
        Ok(Self {
            element: element.to_owned(),
            tag: placed.map(|b| b.tag.clone()).unwrap_or_default(),
            role: placed.map(|b| b.role.clone()).unwrap_or_default(),
            views,
            exposed,
            clicks,
            click_rate: exposed.filter(|&exposed| exposed > 0).map(|exposed| rounded(views as f64 / exposed as f64)),
            rage: columns.count(3)?,
            dead: columns.count(4)?,
            error: columns.count(5)?,
            visitors: columns.count(6)?,
            median_first_click_ms: if clicks > 0 { Some(columns.count(7)?) } else { None },
        })
    }
}

/// Rounds a rate to a ten-thousandth of a percent: more is noise.
pub fn rounded(rate: f64) -> f64 {
    (rate * 1e6).round() / 1e6
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::heatmap::{fixture::a_page, layout::PageSize};

    #[test]
    fn a_rate_is_of_the_views_that_had_the_element_on_screen() {
        let layout = PageLayout::merge(&[a_page()], PageSize::default(), 1280);
        let bands: Vec<u64> = (0..100).map(|band| if band < 50 { 200 } else { 20 }).collect();
        let seen = vec![json!(3), json!(200), json!(bands)];
        let place =
            vec![json!(3), json!(1000), json!(["a#buy", "#end"]), json!([100, 900]), json!([50, 50]), json!([2, 0])];
        let exposure = Exposure::read(&[seen], &[place]).unwrap();
        let row = |element: &str, views: u64| {
            vec![
                json!(element),
                json!(views),
                json!(views + 1),
                json!(2),
                json!(1),
                json!(0),
                json!(views),
                json!(4100),
            ]
        };
        let ledger = Ledger::read(&[row("a#buy", 50), row("#end", 25), row("#gone", 3)], &exposure, &layout).unwrap();
        let told: Vec<_> = ledger.entries.iter().map(|entry| (entry.exposed, entry.click_rate)).collect();
        assert_eq!(told, [(Some(200), Some(0.25)), (Some(25), Some(1.0)), (None, None)]);
        let button = ledger.find("a#buy").unwrap();
        assert_eq!((button.tag.as_str(), button.rage, button.dead), ("a", 2, 1));
        assert_eq!(button.median_first_click_ms, Some(4100));
        let gone = |element: &str, clicks| Gone { element: element.to_owned(), clicks };
        assert_eq!(ledger.gone(Kind::Click, &layout), [gone("#end", 26), gone("#gone", 4)]);
        assert_eq!(ledger.gone(Kind::Rage, &layout), [gone("#end", 2), gone("#gone", 2)]);
    }
}
