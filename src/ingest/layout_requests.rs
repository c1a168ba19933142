//! Owns the decision which views are asked for a layout sample: enough to know a page, few enough not to burden anyone.

use std::hash::{BuildHasher, RandomState};

use dashmap::DashMap;

use crate::model::{Pathname, SiteId};

/// Samples of a page and width that are asked for before the page counts as known …
const FIRST_SAMPLES: u32 = 8;
/// … and how often a known page is looked at again.
const REFRESH_MS: i64 = 60 * 60 * 1000;
/// Most pages that are remembered; when full, all are forgotten and asked again.
const MOST_PAGES: usize = 100_000;
/// Widths in one class differ by at most this many pixels: layouts seldom change within it.
const CLASS_PIXELS: u32 = 64;

#[derive(Default)]
struct Seen {
    samples: u32,
    last_at_ms: i64,
}

/// What is known of the layouts of recent pages. In memory: after a restart pages are asked again.
#[derive(Default)]
pub struct LayoutRequests {
    seen: DashMap<u64, Seen>,
    hasher: RandomState,
}

impl LayoutRequests {
    /// Tells whether a view of this page at this width should send a sample.
    pub fn wants(&self, site: SiteId, path: &Pathname, width: u32, now_ms: i64) -> bool {
        match self.seen.get(&self.key(site, path, width)) {
            Some(seen) => seen.samples < FIRST_SAMPLES || now_ms - seen.last_at_ms >= REFRESH_MS,
            None => true,
        }
    }

    /// Notes a sample that came in.
    pub fn received(&self, site: SiteId, path: &Pathname, width: u32, now_ms: i64) {
        if self.seen.len() >= MOST_PAGES {
            self.seen.clear();
        }
        let mut seen = self.seen.entry(self.key(site, path, width)).or_default();
        seen.samples += 1;
        seen.last_at_ms = now_ms;
    }

    fn key(&self, site: SiteId, path: &Pathname, width: u32) -> u64 {
        self.hasher.hash_one((site, path, width / CLASS_PIXELS))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn asks_until_a_page_is_known_and_again_after_an_hour() {
        let requests = LayoutRequests::default();
        let (site, path) = (SiteId::new(1), Pathname::parse("/").unwrap());
        for _ in 0..FIRST_SAMPLES {
            assert!(requests.wants(site, &path, 1280, 0));
            requests.received(site, &path, 1280, 0);
        }
        assert!(!requests.wants(site, &path, 1280, 1));
        assert!(requests.wants(site, &path, 390, 1), "another width is another layout");
        assert!(requests.wants(site, &path, 1280, REFRESH_MS));
    }
}
