//! Owns the timer wheel of a site: which visitors may be gone by now, without a look at all of them. It does not decide who is.

use super::{counted::NONE, visitor::Visitor};

/// Time that one slot stands for, milliseconds.
const TICK_MS: i64 = 5_000;
/// Slots. All together stand for longer than a visitor is here without a sign of life.
const SLOTS: usize = 64;
/// The same, as ticks are counted.
const TICKS: i64 = 64;

/// Visitors by the time at which they have to be looked at; a list through the visitors themselves for each slot.
///
/// A sign of life does not move a visitor: when the time has come that they were put in for, they are put in anew.
#[derive(Debug)]
pub(super) struct Wheel {
    heads: [u32; SLOTS],
    /// The tick that is looked at next. Those before it are done.
    cursor: i64,
}

impl Default for Wheel {
    fn default() -> Self {
        Self { heads: [NONE; SLOTS], cursor: i64::MIN }
    }
}

impl Wheel {
    /// Begins anew at a moment, with nobody.
    pub fn reset(&mut self, now_ms: i64) {
        *self = Self { cursor: now_ms.div_euclid(TICK_MS), ..Self::default() };
    }

    pub fn put(&mut self, visitors: &mut [Visitor], id: u32, at_ms: i64) {
        let slot = slot_of(at_ms.div_euclid(TICK_MS).max(self.cursor));
        let next = std::mem::replace(&mut self.heads[usize::from(slot)], id);
        let visitor = &mut visitors[id as usize];
        visitor.timer = [NONE, next];
        visitor.slot = slot;
        if next != NONE {
            visitors[next as usize].timer[0] = id;
        }
    }

    pub fn take_out(&mut self, visitors: &mut [Visitor], id: u32) {
        let visitor = &visitors[id as usize];
        let ([before, after], slot) = (visitor.timer, visitor.slot);
        if before == NONE {
            self.heads[usize::from(slot)] = after;
        } else {
            visitors[before as usize].timer[1] = after;
        }
        if after != NONE {
            visitors[after as usize].timer[0] = before;
        }
    }

    /// Takes out all whose time may have come by `now_ms`. The tick of now is looked at again the next time.
    pub fn due(&mut self, visitors: &[Visitor], now_ms: i64, found: &mut Vec<u32>) {
        let now = now_ms.div_euclid(TICK_MS).max(self.cursor);
        let first = self.cursor.max(now.saturating_sub(TICKS - 1));
        for tick in first..=now {
            let mut id = std::mem::replace(&mut self.heads[usize::from(slot_of(tick))], NONE);
            while id != NONE {
                found.push(id);
                id = visitors[id as usize].timer[1];
            }
        }
        self.cursor = now;
    }
}

fn slot_of(tick: i64) -> u8 {
    u8::try_from(tick.rem_euclid(TICKS)).unwrap_or_default()
}
