//! Owns one live visitor as presence keeps them: small, with numbers in the place of what visitors share.

use super::{counted::NONE, presence::TRAIL};
use crate::model::{SessionId, ViewId};

/// Most open views that are remembered of one visitor.
const MOST_VIEWS: usize = 32;

/// Somebody who is here. Keyed by session, so that midnight does not make two of one.
#[derive(Debug)]
pub(super) struct Visitor {
    pub session: SessionId,
    pub started_at_ms: i64,
    pub expires_ms: i64,
    pub views: Views,
    /// Numbers in the tables of the site.
    pub page: u32,
    /// The pages before it, the last one first.
    pub trail: [u32; TRAIL],
    pub country: u32,
    pub city: u32,
    pub source: u32,
    pub agent: u32,
    /// Before and after in the slot of the timer wheel.
    pub timer: [u32; 2],
    /// Who came next, and who before.
    pub arrival: [u32; 2],
    pub pageviews: u16,
    pub slot: u8,
    pub flags: u8,
}

/// The last tab said goodbye; only another pageview keeps the visitor.
pub(super) const LEAVING: u8 = 1;
/// The visitor had another visit on the same day …
pub(super) const RETURNING: u8 = 2;
/// … and this tells whether that is known.
pub(super) const KNOWN: u8 = 4;

impl Visitor {
    pub const fn has(&self, flag: u8) -> bool {
        self.flags & flag != 0
    }

    /// Returns whether they had another visit today; none where it is not known.
    pub fn returning(&self) -> Option<bool> {
        self.has(KNOWN).then(|| self.has(RETURNING))
    }

    pub fn trail(&self) -> impl Iterator<Item = u32> {
        self.trail.into_iter().take_while(|&page| page != NONE)
    }
}

/// The open views of a visitor, as the lower halves of their ids. Nearly everybody has one: the others lie elsewhere.
#[derive(Debug, Default)]
pub(super) struct Views {
    first: Option<u32>,
    #[expect(
        clippy::box_collection,
        reason = "a third of the size of a list, in the place where nearly everybody has none"
    )]
    others: Option<Box<Vec<u32>>>,
}

impl Views {
    pub fn add(&mut self, view: ViewId) {
        let (view, others) = (short(view), self.others.as_deref().map_or(&[][..], Vec::as_slice));
        if self.first == Some(view) || others.contains(&view) {
            return;
        }
        if self.first.is_none() {
            self.first = Some(view);
        } else if others.len() < MOST_VIEWS - 1 {
            self.others.get_or_insert_default().push(view);
        }
    }

    pub fn remove(&mut self, view: ViewId) {
        let view = short(view);
        if let Some(others) = &mut self.others {
            others.retain(|other| *other != view);
        }
        if self.first == Some(view) {
            self.first = self.others.as_mut().and_then(|others| others.pop());
        }
        if self.others.as_ref().is_some_and(|others| others.is_empty()) {
            self.others = None;
        }
    }

    pub const fn is_empty(&self) -> bool {
        self.first.is_none()
    }
}

/// Ids are random: that two of one visitor's few views share a half does not happen.
fn short(view: ViewId) -> u32 {
    (view.get() & u64::from(u32::MAX)) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_visitor_is_small() {
        assert!(size_of::<Visitor>() <= 96, "{}", size_of::<Visitor>());
    }

    #[test]
    fn views_are_a_set() {
        let mut views = Views::default();
        for view in [1, 2, 2, 1, 3] {
            views.add(ViewId::new(view));
        }
        for view in [1, 9, 3] {
            views.remove(ViewId::new(view));
            assert!(!views.is_empty());
        }
        views.remove(ViewId::new(2));
        assert!(views.is_empty());
        for view in 0..1000 {
            views.add(ViewId::new(view));
        }
        assert_eq!(views.others.unwrap().len(), MOST_VIEWS - 1);
    }
}
