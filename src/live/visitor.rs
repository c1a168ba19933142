//! Owns one live visitor as presence keeps them: small, with numbers in the place of what visitors share.

use super::{counted::NONE, presence::TRAIL};
use crate::model::{SessionId, ViewId};

/// Most open views that are remembered of one visitor.
const MOST_VIEWS: usize = 32;

/// Somebody who is here. Keyed by session, so that midnight does not make two of one.
#[derive(Debug)]
pub(super) struct Visitor {
    pub session: SessionId,
    pub expires_ms: i64,
    /// Open views beside the first one; nearly everybody has none.
    pub others: Others,
    /// An open view, as the lower half of its id; 0 if there is none.
    pub view: u32,
    /// When the visit began, since the epoch.
    pub started_at_s: u32,
    /// Numbers in the tables of the site.
    pub page: u32,
    /// The pages before it, the last one first.
    pub trail: [u32; TRAIL],
    /// It has the country beside it.
    pub spot: u32,
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

/// Views beside the first, elsewhere: a third of the size of a list, in the place where nearly everybody has none.
type Others = Option<Box<Vec<u32>>>;

/// The open views of a visitor.
impl Visitor {
    pub fn open(&mut self, view: ViewId) {
        let (view, others) = (short(view), self.others.as_deref().map_or(&[][..], Vec::as_slice));
        if self.view == view || others.contains(&view) {
            return;
        }
        if self.view == 0 {
            self.view = view;
        } else if others.len() < MOST_VIEWS - 1 {
            self.others.get_or_insert_default().push(view);
        }
    }

    pub fn close(&mut self, view: ViewId) {
        let view = short(view);
        if let Some(others) = &mut self.others {
            others.retain(|other| *other != view);
        }
        if self.view == view {
            self.view = self.others.as_mut().and_then(|others| others.pop()).unwrap_or(0);
        }
        if self.others.as_ref().is_some_and(|others| others.is_empty()) {
            self.others = None;
        }
    }

    pub const fn has_open_views(&self) -> bool {
        self.view != 0
    }
}

/// Ids are random: that two of one visitor's few views share a half, or that one is zero, does not happen but once in thousands of
/// millions.
fn short(view: ViewId) -> u32 {
    let [a, b, c, d, ..] = view.get().to_le_bytes();
    u32::from_le_bytes([a, b, c, d]).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_visitor_is_small() {
        assert!(size_of::<Visitor>() <= 88, "{}", size_of::<Visitor>());
    }
}
