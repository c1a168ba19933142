//! Owns the live visitors of all sites: who gives a sign of life is here, who does not for five minutes is gone. It does not
//! count: [`super::site`] does.

use std::sync::{Arc, Mutex, PoisonError};

use dashmap::DashMap;
use tokio::sync::watch;

use super::{
    site::{Minute, SitePresence, Spot},
    snapshot::{self, LiveSession, LiveSnapshot},
};
use crate::model::{Agent, EnrichedEvent, Pathname, Place, SessionId, SessionStamp, SiteId, VisitorId};

/// A visitor is here for this long after their last sign of life.
pub const PRESENCE_MS: i64 = 5 * 60 * 1000;
/// When the last tab says goodbye, the visitor stays this long: between two pages of a site every tab is closed.
pub const GOODBYE_MS: i64 = 1500;
/// Most live visitors of one site; who comes later is not shown until somebody leaves.
pub(super) const MOST_VISITORS: usize = 200_000;
/// Pages before the current one that are remembered of a visitor.
pub const TRAIL: usize = 4;
/// Age of a snapshot that is still good, for any number of readers.
const SNAPSHOT_MS: i64 = 200;

/// Somebody who was here before a restart.
#[derive(Debug, Clone)]
pub struct RestoredPresence {
    pub site: SiteId,
    pub session: Arc<SessionStamp>,
    pub last_at_ms: i64,
    pub path: Pathname,
    /// The pages before it, the last one first.
    pub before: Vec<Pathname>,
    pub pageviews: u32,
    pub place: Arc<Place>,
    pub agent: Arc<Agent>,
}

/// One site's live visitors, and what its readers share.
struct Held {
    site: SitePresence,
    cached: Option<(i64, Arc<LiveSnapshot>)>,
    /// Counts the changes; event streams wait on it.
    version: watch::Sender<u64>,
}

impl Default for Held {
    fn default() -> Self {
        Self { site: SitePresence::default(), cached: None, version: watch::Sender::new(0) }
    }
}

impl Held {
    fn advance(&mut self, now_ms: i64) {
        if self.site.advance(now_ms) {
            self.changed();
        }
    }

    fn changed(&mut self) {
        self.cached = None;
        // Waking costs as much as the rest of a note: it is left out while nobody listens.
        if self.version.receiver_count() > 0 {
            self.version.send_modify(|version| *version += 1);
        }
    }
}

/// The live visitors of all sites. Sites do not wait for each other: each has a lock of its own.
#[derive(Default)]
pub struct Presence {
    sites: DashMap<SiteId, Arc<Mutex<Held>>>,
}

impl Presence {
    /// Takes an accepted event as a sign of life, or of leaving.
    pub fn note(&self, event: &EnrichedEvent, now_ms: i64) {
        self.note_all(std::slice::from_ref(event), now_ms);
    }

    /// The same of the events of a beacon: the site is looked up and locked once.
    pub fn note_all(&self, events: &[EnrichedEvent], now_ms: i64) {
        for run in events.chunk_by(|one, next| one.site_id == next.site_id) {
            self.with_site(run[0].site_id, |held| {
                for event in run {
                    held.site.note(event, now_ms);
                }
                held.changed();
            });
        }
    }

    /// Returns who is here. Cheap: a snapshot serves all readers for a fifth of a second.
    #[must_use]
    pub fn snapshot(&self, site: SiteId, now_ms: i64) -> Arc<LiveSnapshot> {
        self.with_site(site, |held| {
            held.advance(now_ms);
            if let Some((at_ms, snapshot)) = &held.cached
                && (0..SNAPSHOT_MS).contains(&(now_ms - at_ms))
            {
                return snapshot.clone();
            }
            let snapshot = Arc::new(snapshot::of(&held.site, now_ms));
            held.cached = Some((now_ms, snapshot.clone()));
            snapshot
        })
    }

    /// Returns the number of visitors who are here.
    #[must_use]
    pub fn count(&self, site: SiteId, now_ms: i64) -> u64 {
        self.with_site(site, |held| {
            held.advance(now_ms);
            held.site.len() as u64
        })
    }

    /// Returns how many visitors look at each of some pages.
    #[must_use]
    pub fn on_pages(&self, site: SiteId, pages: &[Pathname], now_ms: i64) -> Vec<u64> {
        self.with_site(site, |held| {
            held.advance(now_ms);
            pages.iter().map(|page| held.site.pages.here(page)).collect()
        })
    }

    /// Calls with each place where somebody is, and how many are there.
    pub(super) fn each_spot(&self, site: SiteId, now_ms: i64, mut work: impl FnMut(&Spot, u64)) {
        self.with_site(site, |held| {
            held.advance(now_ms);
            for (spot, visitors) in held.site.spots.all_here() {
                work(spot, visitors);
            }
        });
    }

    /// Returns the visitors that are wanted, who came last first, at most `most`, and how many there are of them.
    #[must_use]
    pub fn visitors(
        &self,
        site: SiteId,
        most: usize,
        now_ms: i64,
        is_wanted: impl Fn(&LiveSession) -> bool,
    ) -> (Vec<LiveSession>, u64) {
        self.with_site(site, |held| {
            held.advance(now_ms);
            let mut found = Vec::new();
            let mut wanted = 0;
            for session in snapshot::sessions(&held.site).filter(is_wanted) {
                wanted += 1;
                if found.len() < most {
                    found.push(session);
                }
            }
            (found, wanted)
        })
    }

    /// Returns a channel that changes whenever the site's presence does.
    #[must_use]
    pub fn watch(&self, site: SiteId) -> watch::Receiver<u64> {
        self.with_site(site, |held| held.version.subscribe())
    }

    /// Forgets who is gone by `now_ms`, wakes the readers of their sites, and returns the minutes that have ended. Called every
    /// second; of each site only those are looked at whose time has come.
    pub fn sweep(&self, now_ms: i64) -> Vec<(SiteId, Minute)> {
        self.of_each(|held| {
            held.advance(now_ms);
            held.site.ended_minute(now_ms)
        })
    }

    /// Returns the minute that has begun, so far: what would be lost when the service stops.
    #[must_use]
    pub fn begun_minutes(&self) -> Vec<(SiteId, Minute)> {
        self.of_each(|held| held.site.begun_minute())
    }

    /// Puts back who was here before a restart.
    pub fn restore(&self, visitors: impl IntoIterator<Item = RestoredPresence>) {
        let mut visitors: Vec<_> = visitors.into_iter().collect();
        // Who came first is put back first.
        visitors.sort_by_key(|visitor| visitor.session.started_at_ms);
        for visitor in visitors {
            self.with_site(visitor.site, |held| {
                held.site.restore(&visitor);
                held.changed();
            });
        }
    }

    /// Notes the first visit of a visitor on a day, as it was before a restart.
    pub fn was_here(&self, site: SiteId, visitor: VisitorId, day: u16, session: SessionId) {
        self.with_site(site, |held| held.site.was_here(visitor, day, session));
    }

    /// Returns the number of visitors of all sites, expired ones not yet swept included.
    #[must_use]
    pub fn len(&self) -> usize {
        self.handles().iter().map(|(_, held)| lock(held).site.len()).sum()
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn of_each<T>(&self, mut work: impl FnMut(&mut Held) -> Option<T>) -> Vec<(SiteId, T)> {
        self.handles().iter().filter_map(|(site, held)| Some((*site, work(&mut lock(held))?))).collect()
    }

    /// The handles are taken first: a site's lock is never held together with the map's.
    fn handles(&self) -> Vec<(SiteId, Arc<Mutex<Held>>)> {
        self.sites.iter().map(|entry| (*entry.key(), entry.value().clone())).collect()
    }

    fn with_site<T>(&self, site: SiteId, work: impl FnOnce(&mut Held) -> T) -> T {
        let handle = match self.sites.get(&site) {
            Some(handle) => handle.clone(),
            None => self.sites.entry(site).or_default().clone(),
        };
        work(&mut lock(&handle))
    }
}

fn lock(held: &Mutex<Held>) -> std::sync::MutexGuard<'_, Held> {
    held.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{live::fixture::an_event, model::Fact};

    const SITE: SiteId = SiteId::new(1);

    #[test]
    fn a_visitor_is_here_for_five_minutes_after_the_last_sign_of_life() {
        let presence = Presence::default();
        presence.note(&an_event(1, 1, "/", Fact::Pageview), 0);
        assert_eq!(presence.count(SITE, PRESENCE_MS - 1), 1);
        presence.note(&an_event(1, 1, "/", Fact::Engagement { engaged_ms: 1, scroll_depth: 0 }), 60_000);
        assert_eq!(presence.count(SITE, PRESENCE_MS + 59_000), 1);
        assert_eq!(presence.count(SITE, PRESENCE_MS + 60_000), 0);
    }

    #[test]
    fn a_clock_that_is_set_back_holds_nobody_for_a_day() {
        let presence = Presence::default();
        let day_ms = 24 * 60 * 60 * 1000;
        presence.note(&an_event(1, 1, "/", Fact::Pageview), day_ms);
        presence.note(&an_event(2, 2, "/", Fact::Pageview), day_ms);
        assert_eq!(presence.count(SITE, day_ms - 2_000), 2, "two seconds are nothing");
        presence.note(&an_event(1, 1, "/", Fact::Engagement { engaged_ms: 1, scroll_depth: 0 }), 0);
        assert_eq!(presence.count(SITE, 1_000), 1, "who gave a sign of life since is here");
        presence.sweep(1_000);
        assert_eq!(presence.len(), 1);
        assert_eq!(presence.count(SITE, PRESENCE_MS), 0);
    }

    #[test]
    fn the_last_tab_that_closes_ends_a_visit() {
        let presence = Presence::default();
        presence.note(&an_event(1, 1, "/a", Fact::Pageview), 0);
        presence.note(&an_event(1, 2, "/b", Fact::Pageview), 0);
        presence.note(&an_event(1, 1, "/a", Fact::Leave), 1_000);
        assert_eq!(presence.count(SITE, 60_000), 1, "one tab is still open");
        presence.note(&an_event(1, 2, "/b", Fact::Leave), 60_000);
        assert_eq!(presence.count(SITE, 60_000 + GOODBYE_MS), 0);
    }

    #[test]
    fn walking_to_the_next_page_does_not_end_a_visit() {
        let presence = Presence::default();
        presence.note(&an_event(1, 1, "/a", Fact::Pageview), 0);
        presence.note(&an_event(1, 1, "/a", Fact::Leave), 1_000);
        presence.note(&an_event(1, 2, "/b", Fact::Pageview), 1_400);
        let snapshot = presence.snapshot(SITE, 60_000);
        assert_eq!(snapshot.visitors, 1);
        assert_eq!(snapshot.pages[0].path, "/b");
    }

    #[test]
    fn counts_are_by_page_country_and_device() {
        let presence = Presence::default();
        for session in 0..3 {
            presence.note(&an_event(session, session, if session == 0 { "/a" } else { "/b" }, Fact::Pageview), 0);
        }
        let snapshot = presence.snapshot(SITE, 1_000);
        let pages: Vec<_> = snapshot.pages.iter().map(|page| (page.path.as_str(), page.visitors)).collect();
        assert_eq!(pages, [("/b", 2), ("/a", 1)]);
        assert_eq!(snapshot.countries[0].country, "BG");
        assert_eq!(snapshot.devices[0].visitors, 3);
        assert_eq!(snapshot.views_last_minute, 3);
        assert_eq!(presence.snapshot(SITE, 61_000).views_last_minute, 0);
    }

    #[test]
    fn a_second_visit_of_a_day_is_known_as_one() {
        let presence = Presence::default();
        let visit = |visitor: u64, session: u64, day: u16| EnrichedEvent {
            visitor: VisitorId::new(visitor),
            local_day: day,
            ..an_event(session, session, "/", Fact::Pageview)
        };
        let returning = || presence.snapshot(SITE, 1).sessions[0].returning;
        presence.was_here(SITE, VisitorId::new(9), 20_000, SessionId::new(90));
        for (visitor, session, day, expected) in [
            (1, 10, 20_000, Some(false)),
            (1, 11, 20_000, Some(true)),
            (2, 20, 20_000, Some(false)),
            // From before a restart.
            (9, 91, 20_000, Some(true)),
            // Their id is another one on the next day, and of the day before nothing is known any more.
            (3, 30, 20_001, Some(false)),
            (1, 12, 20_000, None),
        ] {
            presence.note(&visit(visitor, session, day), 0);
            assert_eq!(returning(), expected, "{visitor} {session}");
        }
        presence.note(&visit(3, 30, 20_001), 0);
        assert_eq!(presence.snapshot(SITE, 1).sessions[1].returning, Some(false), "the same visit is no second one");
    }

    #[test]
    fn readers_are_woken_when_somebody_comes_and_when_somebody_fades() {
        let presence = Presence::default();
        let mut watch = presence.watch(SITE);
        presence.note(&an_event(1, 1, "/", Fact::Pageview), 0);
        assert!(watch.has_changed().unwrap());
        watch.mark_unchanged();
        presence.sweep(PRESENCE_MS - 1);
        assert!(!watch.has_changed().unwrap());
        presence.sweep(PRESENCE_MS);
        assert!(watch.has_changed().unwrap());
    }
}
