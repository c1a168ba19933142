//! Owns the picture of elements by click rate: boxes over the page, each with its percentage.

use super::figures::{counted, percent};
use crate::{
    heatmap::{layout::PlacedBox, ledger::Entry, map::HeatMap, skeleton},
    model::LayoutFlags,
    render::{
        Surface,
        elements::{self, ElementBox},
        legend::Legend,
    },
};

/// Views that must have had an element on screen before its rate has its colour.
const LEAST_EXPOSED: u64 = 20;

/// Lowest rate that may have the full colour: on a page that nobody clicks nothing is hot.
const LEAST_FULL_RATE: f64 = 0.05;

/// Level of elements that too few views had on screen.
const PALE: u8 = 40;

/// Largest share of the page that an element may cover and still be shown: what is larger is the page itself.
const MOST_OF_PAGE: f32 = 0.12;

impl HeatMap {
    pub(super) fn draw_rates(&self, surface: &mut dyn Surface, pixels: f32) -> Legend {
        let entries = self.ledger.as_ref().map(|ledger| ledger.entries.as_slice()).unwrap_or_default();
        let mut shown: Vec<(&Entry, &PlacedBox, f64)> = entries
            .iter()
            .filter(|entry| entry.clicks > 0)
            .filter_map(|entry| Some((entry, &self.layout.boxes[self.layout.find(&entry.element)?], entry.click_rate?)))
            .filter(|(_, b, _)| self.is_part(b))
            .collect();
        shown.sort_by(|a, b| b.2.total_cmp(&a.2).then_with(|| a.0.element.cmp(&b.0.element)));
        let is_known = |entry: &Entry| entry.exposed.is_some_and(|exposed| exposed >= LEAST_EXPOSED);
        let highest = shown.iter().filter(|(entry, ..)| is_known(entry)).map(|(.., rate)| *rate).fold(0.0, f64::max);
        let full = highest.max(LEAST_FULL_RATE);
        let boxes: Vec<ElementBox> = shown
            .iter()
            .map(|(entry, b, rate)| {
                let known = is_known(entry);
                let level = if known { (255.0 * (rate / full).min(1.0).sqrt()) as u8 } else { PALE };
                let tag = if known {
                    percent(*rate)
                } else {
                    format!("{} of {}", entry.views, entry.exposed.unwrap_or_default())
                };
                ElementBox { rect: skeleton::rect(b), level, tag }
            })
            .collect();
        elements::draw(surface, &boxes, pixels);
        let mut notes = vec![format!("{} · {}", counted(boxes.len() as u64, "element"), counted(self.views, "view"))];
        if shown.iter().any(|(entry, ..)| !is_known(entry)) {
            notes.push(format!("pale: on screen in under {LEAST_EXPOSED} views"));
        }
        if let Some(least) = self.least_visitors {
            notes.push(format!("elements with under {least} visitors left out"));
        }
        let tick = |share: f64| (share.sqrt() as f32, percent(full * share));
        Legend {
            title: "Views that saw it and clicked it".to_owned(),
            ticks: [0.0, 0.1, 0.5, 1.0].map(tick).to_vec(),
            notes,
        }
    }

    /// Tells whether an element is a part of the page that a rate says something of.
    fn is_part(&self, b: &PlacedBox) -> bool {
        let page = self.layout.width as f32 * self.layout.height as f32;
        b.flags.contains(LayoutFlags::INTERACTIVE) || b.width * b.height <= page * MOST_OF_PAGE
    }
}
