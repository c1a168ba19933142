//! Owns the decision which views are asked for a layout sample: enough to know a page, few enough not to burden anyone.

use std::hash::{BuildHasher, RandomState};

use dashmap::DashMap;
use smallvec::SmallVec;

use crate::model::{Pathname, SiteId};

/// Samples of a page and width that are asked for before the page counts as known …
const FIRST_SAMPLES: u32 = 8;
/// … how often a known page is looked at again …
const REFRESH_MS: i64 = 60 * 60 * 1000;
/// … and how many samples more are asked for in that time where the page has a height that is not known: there may be a banner on top
/// since this morning, or another design.
const SAMPLES_OF_CHANGES: u32 = 12;
/// After so many samples of it a height is known: most of the newest samples have it.
const SAMPLES_OF_A_HEIGHT: u32 = 3;
/// Heights that are remembered of a page, for many are as high as the window; the one that came first makes room.
const MOST_HEIGHTS: usize = 8;
/// A page that differs by no more than this is the same: a line of text more or less.
const SAME_HEIGHT_PIXELS: u32 = 24;
/// Most pages that are remembered; when full, all are forgotten and asked again.
const MOST_PAGES: usize = 100_000;
/// Widths in one class differ by at most this many pixels: layouts seldom change within it.
const CLASS_PIXELS: u32 = 64;

#[derive(Default)]
struct Seen {
    samples: u32,
    /// Samples of a height that was not known, since the page was last looked at as a matter of course.
    changes: u32,
    last_at_ms: i64,
    /// Heights of the page in CSS pixels, and how many samples have them.
    heights: SmallVec<[(u32, u32); 2]>,
}

impl Seen {
    fn knows(&self, height: u32) -> bool {
        let same = |&&(known, _): &&(u32, u32)| known.abs_diff(height) <= SAME_HEIGHT_PIXELS;
        self.heights.iter().find(same).is_some_and(|&(_, samples)| samples >= SAMPLES_OF_A_HEIGHT)
    }

    fn note(&mut self, height: u32) {
        let same = |known: &&mut (u32, u32)| known.0.abs_diff(height) <= SAME_HEIGHT_PIXELS;
        if let Some((_, samples)) = self.heights.iter_mut().find(same) {
            *samples += 1;
            return;
        }
        if self.heights.len() == MOST_HEIGHTS {
            self.heights.remove(0);
        }
        self.heights.push((height, 1));
    }
}

/// A page as one view shows it.
#[derive(Debug, Clone, Copy)]
pub struct Look<'a> {
    pub site: SiteId,
    pub path: &'a Pathname,
    /// Width of the viewport, in CSS pixels.
    pub width: u32,
    /// Height of the page, in CSS pixels.
    pub height: u32,
    /// The dialog, menu or banner that is open; 0 for the page by itself.
    pub state: u32,
}

/// What is known of the layouts of recent pages. In memory: after a restart pages are asked again.
#[derive(Default)]
pub struct LayoutRequests {
    seen: DashMap<u64, Seen>,
    hasher: RandomState,
}

impl LayoutRequests {
    /// Tells whether a view of this page at this width should send a sample.
    pub fn wants(&self, look: Look<'_>, now_ms: i64) -> bool {
        let Some(seen) = self.seen.get(&self.key(look)) else { return true };
        if seen.samples < FIRST_SAMPLES || now_ms - seen.last_at_ms >= REFRESH_MS {
            return true;
        }
        // Of a state only its own elements are known, and they have no height of a page.
        look.state == 0 && seen.changes < SAMPLES_OF_CHANGES && !seen.knows(look.height)
    }

    /// Notes a sample that came in.
    pub fn received(&self, look: Look<'_>, now_ms: i64) {
        if self.seen.len() >= MOST_PAGES {
            self.seen.clear();
        }
        let mut seen = self.seen.entry(self.key(look)).or_default();
        if seen.samples < FIRST_SAMPLES {
            seen.samples += 1;
            seen.last_at_ms = now_ms;
        } else if now_ms - seen.last_at_ms >= REFRESH_MS {
            seen.changes = 0;
            seen.last_at_ms = now_ms;
        } else if !seen.knows(look.height) {
            seen.changes += 1;
        }
        seen.note(look.height);
    }

    fn key(&self, look: Look<'_>) -> u64 {
        self.hasher.hash_one((look.site, look.path, look.width / CLASS_PIXELS, look.state))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn look(path: &Pathname) -> Look<'_> {
        Look { site: SiteId::new(1), path, width: 1280, height: 3000, state: 0 }
    }

    fn known() -> (LayoutRequests, Pathname) {
        let (requests, path) = (LayoutRequests::default(), Pathname::parse("/").unwrap());
        for _ in 0..FIRST_SAMPLES {
            assert!(requests.wants(look(&path), 0));
            requests.received(look(&path), 0);
        }
        (requests, path)
    }

    #[test]
    fn asks_until_a_page_is_known_and_again_after_an_hour() {
        let (requests, path) = known();
        assert!(!requests.wants(look(&path), 1));
        assert!(requests.wants(Look { width: 390, ..look(&path) }, 1), "another width is another layout");
        assert!(requests.wants(Look { state: 17, ..look(&path) }, 1), "a dialog has its own elements");
        assert!(requests.wants(look(&path), REFRESH_MS));
    }

    #[test]
    fn asks_at_once_where_a_page_is_higher_than_it_was() {
        let (requests, path) = known();
        let with_banner = Look { height: 3120, ..look(&path) };
        let mut asked = 0;
        for _ in 0..50 {
            if requests.wants(with_banner, 1) {
                requests.received(with_banner, 1);
                asked += 1;
            }
        }
        assert_eq!(asked, SAMPLES_OF_A_HEIGHT);
        assert!(!requests.wants(Look { height: 3130, ..with_banner }, 1), "a line of text");
    }

    #[test]
    fn a_page_that_is_as_high_as_the_window_is_known_with_every_window_and_a_banner_is_seen() {
        let (requests, path) = known();
        let asked = |heights: [u32; 3]| {
            let looks = heights.into_iter().cycle().take(99).map(|height| Look { height, ..look(&path) });
            looks.filter(|&look| requests.wants(look, 1)).map(|look| requests.received(look, 1)).count()
        };
        assert_eq!(asked([3000, 3100, 3200]), 6, "3 000 is known");
        assert_eq!(asked([3000, 3100, 3200]), 0);
        assert_eq!(asked([3150, 3250, 3350]), 6, "and no more in this hour");
    }

    #[test]
    fn a_page_whose_height_is_never_the_same_is_not_asked_without_end() {
        let (requests, path) = known();
        let heights = (0..1000).map(|at| Look { height: 3000 + 100 * (at % 37), ..look(&path) });
        let asked = heights.filter(|&look| requests.wants(look, 1)).map(|look| requests.received(look, 1)).count();
        assert_eq!(asked, SAMPLES_OF_CHANGES as usize);
    }
}
