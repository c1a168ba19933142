//! Owns session state: which session a visitor is in. In memory, bounded, rebuilt from ClickHouse at start.

use std::{sync::Arc, time::Duration};

use dashmap::{DashMap, Entry as Slot};
use rand::Rng;

use crate::model::{Landing, Pathname, SessionId, SessionStamp, SiteId, VisitorId, id_hash::RandomIds};

/// A session ends after this long without an event.
pub const SESSION_GAP: Duration = Duration::from_mins(30);

const GAP_MS: i64 = 30 * 60 * 1000;
/// Most sessions that are held. Beyond it new visitors get a session for each beacon: visits are then
/// counted too high, and memory stays bounded.
const MOST_SESSIONS: usize = 1_000_000;

/// Who asks for a session.
#[derive(Debug, Clone, Copy)]
pub struct SessionKey {
    pub site: SiteId,
    pub visitor: VisitorId,
    /// The same visitor under the salt of the day before, while that salt exists: a session goes on over midnight.
    pub yesterday: Option<VisitorId>,
}

/// What a new session starts with.
#[derive(Debug, Clone)]
pub struct Entry {
    pub pathname: Pathname,
    pub landing: Arc<Landing>,
}

/// A session as ClickHouse remembers it.
#[derive(Debug, Clone)]
pub struct RestoredSession {
    pub site: SiteId,
    pub visitor: VisitorId,
    pub stamp: Arc<SessionStamp>,
    pub last_at_ms: i64,
}

struct State {
    stamp: Arc<SessionStamp>,
    last_at_ms: i64,
}

/// The open sessions of all sites.
pub struct Sessions {
    open: DashMap<(SiteId, VisitorId), State, RandomIds>,
    naming: Naming,
    most: usize,
}

/// Where the ids of new sessions come from.
#[derive(Clone, Copy)]
enum Naming {
    Random,
    /// From site, visitor and start, so that the same events make the same session again.
    Derived,
}

impl Default for Sessions {
    fn default() -> Self {
        Self { open: DashMap::default(), naming: Naming::Random, most: MOST_SESSIONS }
    }
}

impl Sessions {
    /// Makes the sessions of events that come long after they happened: of each visitor the one that was touched last.
    #[must_use]
    pub fn of_the_past(most: usize) -> Self {
        Self { open: DashMap::default(), naming: Naming::Derived, most }
    }

    /// Returns the session that an event at `at_ms` belongs to, and keeps it open.
    /// `entry` is asked only when a session starts.
    pub fn touch(&self, key: SessionKey, at_ms: i64, entry: impl FnOnce() -> Entry) -> Arc<SessionStamp> {
        self.touch_or_carry(key, at_ms, || None, entry)
    }

    /// The same, where a session that is known elsewhere may go on here.
    pub fn touch_or_carry(
        &self,
        key: SessionKey,
        at_ms: i64,
        elsewhere: impl FnOnce() -> Option<Arc<SessionStamp>>,
        entry: impl FnOnce() -> Entry,
    ) -> Arc<SessionStamp> {
        let today = (key.site, key.visitor);
        if let Some(stamp) = self.resume(today, at_ms) {
            return stamp;
        }
        // A session of the day before goes on under the visitor's id of today.
        let yesterday = key.yesterday.map(|visitor| (key.site, visitor));
        let carried = yesterday.and_then(|yesterday| self.resume(yesterday, at_ms));
        let carried = carried.or_else(elsewhere);
        let stamp =
            self.begin(today, at_ms, || carried.unwrap_or_else(|| Arc::new(self.new_session(today, entry(), at_ms))));
        // Only now, so that a beacon that comes at the same time finds the session under one id or the other,
        // and only if it found room under the id of today.
        if let Some(yesterday) = yesterday.filter(|_| self.open.contains_key(&today)) {
            self.open.remove_if(&yesterday, |_, state| state.stamp.id == stamp.id);
        }
        stamp
    }

    /// Returns the session that an event at `at_ms` belongs to, if there is one, and keeps it open.
    pub fn find(&self, key: SessionKey, at_ms: i64) -> Option<Arc<SessionStamp>> {
        let yesterday = key.yesterday.map(|visitor| (key.site, visitor));
        self.resume((key.site, key.visitor), at_ms).or_else(|| self.resume(yesterday?, at_ms))
    }

    /// Makes room for so many sessions, if need be by forgetting those that there are: they may go on as others.
    pub fn make_room(&self, sessions: usize) {
        if self.open.len() + sessions > self.most {
            self.open.clear();
        }
    }

    /// Puts back what was open before a restart.
    pub fn restore(&self, sessions: impl IntoIterator<Item = RestoredSession>) {
        for session in sessions.into_iter().take(MOST_SESSIONS) {
            let state = State { stamp: session.stamp, last_at_ms: session.last_at_ms };
            self.open.insert((session.site, session.visitor), state);
        }
    }

    /// Forgets the sessions that have ended by `now_ms`.
    pub fn sweep(&self, now_ms: i64) {
        // Also those of a clock that was set back since, which nobody can resume for as long as it was ahead.
        self.open.retain(|_, state| is_within(state, now_ms));
    }

    /// Returns how many sessions are held.
    #[must_use]
    pub fn len(&self) -> usize {
        self.open.len()
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.open.is_empty()
    }

    fn resume(&self, key: (SiteId, VisitorId), at_ms: i64) -> Option<Arc<SessionStamp>> {
        let mut state = self.open.get_mut(&key)?;
        if !is_within(&state, at_ms) {
            return None;
        }
        state.last_at_ms = state.last_at_ms.max(at_ms);
        Some(state.stamp.clone())
    }

    /// Opens a session, unless another beacon of the visitor has done so in the meantime.
    fn begin(
        &self,
        key: (SiteId, VisitorId),
        at_ms: i64,
        stamp: impl FnOnce() -> Arc<SessionStamp>,
    ) -> Arc<SessionStamp> {
        // TRICKY: counting locks the whole map, so it is done before a slot of it is held.
        let has_room = self.open.len() < self.most;
        match self.open.entry(key) {
            Slot::Occupied(mut slot) if is_within(slot.get(), at_ms) => {
                let state = slot.get_mut();
                state.last_at_ms = state.last_at_ms.max(at_ms);
                state.stamp.clone()
            }
            slot => {
                let stamp = stamp();
                if has_room || matches!(slot, Slot::Occupied(_)) {
                    slot.insert(State { stamp: stamp.clone(), last_at_ms: at_ms });
                }
                stamp
            }
        }
    }

    fn new_session(&self, (site, visitor): (SiteId, VisitorId), entry: Entry, at_ms: i64) -> SessionStamp {
        let id = match self.naming {
            Naming::Random => rand::rng().random_range(1..=u64::MAX),
            Naming::Derived => derived_id(site, visitor, at_ms),
        };
        SessionStamp {
            id: SessionId::new(id),
            started_at_ms: at_ms,
            entry_pathname: entry.pathname,
            landing: entry.landing,
        }
    }
}

/// Returns the id of a session that is made of what it is.
pub fn derived_id(site: SiteId, visitor: VisitorId, at_ms: i64) -> u64 {
    let mut input = Vec::from(*b"session ");
    input.extend_from_slice(&site.get().to_be_bytes());
    input.extend_from_slice(&visitor.get().to_be_bytes());
    input.extend_from_slice(&at_ms.to_be_bytes());
    let mut first = [0; 8];
    first.copy_from_slice(&blake3::hash(&input).as_bytes()[..8]);
    u64::from_be_bytes(first).max(1)
}

/// Events may arrive out of order: one that is older than the session's last is still of the session.
fn is_within(state: &State, at_ms: i64) -> bool {
    at_ms - state.last_at_ms <= GAP_MS && state.stamp.started_at_ms - at_ms <= GAP_MS
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Acquisition, Hostname};

    const MINUTE_MS: i64 = 60_000;

    fn key(visitor: u64, yesterday: Option<u64>) -> SessionKey {
        SessionKey { site: SiteId::new(1), visitor: VisitorId::new(visitor), yesterday: yesterday.map(VisitorId::new) }
    }

    fn entry() -> Entry {
        Entry {
            pathname: Pathname::parse("/").unwrap(),
            landing: Arc::new(Landing {
                hostname: Hostname::parse("demo.example").unwrap(),
                acquisition: Acquisition::default(),
            }),
        }
    }

    #[test]
    fn thirty_minutes_of_silence_end_a_session() {
        let sessions = Sessions::default();
        let first = sessions.touch(key(7, None), 0, entry);
        let second = sessions.touch(key(7, None), 30 * MINUTE_MS, entry);
        let third = sessions.touch(key(7, None), 60 * MINUTE_MS + 1, entry);
        assert_eq!(first.id, second.id);
        assert_ne!(second.id, third.id);
    }

    #[test]
    fn a_session_goes_on_over_midnight_under_the_new_visitor() {
        let sessions = Sessions::default();
        let evening = sessions.touch(key(7, None), 0, entry);
        let night = sessions.touch(key(8, Some(7)), 2 * MINUTE_MS, entry);
        let later = sessions.touch(key(8, Some(7)), 4 * MINUTE_MS, entry);
        assert_eq!(evening.id, night.id);
        assert_eq!(night.id, later.id);
        assert_eq!(sessions.len(), 1);
    }

    #[test]
    fn a_late_event_does_not_shorten_a_session() {
        let sessions = Sessions::default();
        let first = sessions.touch(key(7, None), 10 * MINUTE_MS, entry);
        let late = sessions.touch(key(7, None), 9 * MINUTE_MS, entry);
        let next = sessions.touch(key(7, None), 40 * MINUTE_MS, entry);
        assert_eq!(first.id, late.id);
        assert_eq!(first.id, next.id);
    }

    #[test]
    fn beacons_that_come_at_once_share_a_session() {
        let sessions = Sessions::default();
        for visitor in 1..=500 {
            // Every other visitor comes over midnight.
            let yesterday = (visitor % 2 == 0).then_some(1000 + visitor);
            let before = yesterday.map(|yesterday| sessions.touch(key(yesterday, None), 0, entry).id);
            let start = std::sync::Barrier::new(2);
            let come = || {
                start.wait();
                sessions.touch(key(visitor, yesterday), MINUTE_MS, entry).id
            };
            let (one, other) = std::thread::scope(|scope| {
                let other = scope.spawn(come);
                (come(), other.join().unwrap())
            });
            assert_eq!(one, other, "visitor {visitor}");
            assert!(before.is_none_or(|before| before == one), "visitor {visitor} over midnight");
        }
        assert_eq!(sessions.len(), 500);
    }

    #[test]
    fn sessions_of_the_past_have_the_same_ids_again() {
        let ids = || {
            let past = Sessions::of_the_past(10);
            [(7, 0), (7, 20), (7, 51), (8, 0)]
                .map(|(visitor, at)| past.touch(key(visitor, None), at * MINUTE_MS, entry).id)
        };
        let first = ids();
        assert_eq!(first, ids());
        assert_eq!(first[0], first[1]);
        assert!(first[1] != first[2] && first[0] != first[3], "{first:?}");
    }

    #[test]
    fn a_session_of_the_past_goes_on_now() {
        let (past, now) = (Sessions::of_the_past(10), Sessions::default());
        let before = past.touch(key(7, None), 0, entry);
        let after = now.touch_or_carry(key(7, None), 20 * MINUTE_MS, || past.find(key(7, None), 20 * MINUTE_MS), entry);
        assert_eq!(before.id, after.id);
        assert_eq!(now.touch(key(7, None), 45 * MINUTE_MS, entry).id, before.id);
        past.make_room(9);
        assert_eq!(past.len(), 1);
        past.make_room(10);
        assert!(past.is_empty());
    }

    #[test]
    fn two_sites_never_share_a_session() {
        let sessions = Sessions::default();
        let here = sessions.touch(key(7, None), 0, entry);
        let there = sessions.touch(SessionKey { site: SiteId::new(2), ..key(7, None) }, 0, entry);
        assert_ne!(here.id, there.id);
    }

    #[test]
    fn a_restored_session_goes_on() {
        let before = Sessions::default();
        let stamp = before.touch(key(7, None), 0, entry);
        let after = Sessions::default();
        after.restore([RestoredSession {
            site: SiteId::new(1),
            visitor: VisitorId::new(7),
            stamp: stamp.clone(),
            last_at_ms: 0,
        }]);
        assert_eq!(after.touch(key(7, None), MINUTE_MS, entry).id, stamp.id);
    }

    #[test]
    fn a_clock_that_is_set_back_a_day_holds_no_session_for_a_day() {
        let sessions = Sessions::default();
        let ahead = sessions.touch(key(7, None), 1440 * MINUTE_MS, entry);
        sessions.touch(key(8, None), 1440 * MINUTE_MS, entry);
        let now = sessions.touch(key(7, None), 0, entry);
        assert_ne!(ahead.id, now.id, "it would begin tomorrow");
        assert_eq!(sessions.touch(key(7, None), MINUTE_MS, entry).id, now.id);
        sessions.sweep(MINUTE_MS);
        assert_eq!(sessions.len(), 1, "the other one is gone");
    }

    #[test]
    fn ended_sessions_are_swept() {
        let sessions = Sessions::default();
        sessions.touch(key(7, None), 0, entry);
        sessions.sweep(30 * MINUTE_MS);
        assert_eq!(sessions.len(), 1);
        sessions.sweep(30 * MINUTE_MS + 1);
        assert!(sessions.is_empty());
    }
}
