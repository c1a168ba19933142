//! Owns the live visitors: who they are, which page they look at, when they are gone.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use dashmap::DashMap;
use smallvec::SmallVec;
use tokio::sync::watch;

use super::snapshot::{self, LiveSnapshot};
use crate::model::{
    Agent, EnrichedEvent, Fact, Pathname, Place, SessionId, SessionStamp, SiteId, ViewId, id_hash::RandomIds,
};

/// A visitor is here for this long after their last sign of life.
pub const PRESENCE_MS: i64 = 5 * 60 * 1000;
/// When the last tab says goodbye, the visitor stays this long: between two pages of a site every tab is closed.
pub const GOODBYE_MS: i64 = 1500;
/// Most live visitors of one site; who comes later is not shown until somebody leaves.
const MOST_VISITORS: usize = 200_000;
/// Most open views that are remembered of one visitor.
const MOST_VIEWS: usize = 32;
/// Age of a snapshot that is still good, for any number of readers.
const SNAPSHOT_MS: i64 = 200;

/// Somebody who is here. Keyed by session, so that midnight does not make two of one.
#[derive(Debug, Clone)]
pub(super) struct LiveVisitor {
    pub session: Arc<SessionStamp>,
    pub expires_ms: i64,
    pub path: Pathname,
    pub pageviews: u32,
    pub place: Arc<Place>,
    pub agent: Arc<Agent>,
    /// Nearly everybody has one.
    open_views: SmallVec<[ViewId; 1]>,
}

/// Somebody who was here before a restart.
#[derive(Debug, Clone)]
pub struct RestoredPresence {
    pub site: SiteId,
    pub session: Arc<SessionStamp>,
    pub last_at_ms: i64,
    pub path: Pathname,
    pub pageviews: u32,
    pub place: Arc<Place>,
    pub agent: Arc<Agent>,
}

/// One site's live visitors.
pub(super) struct SitePresence {
    pub visitors: HashMap<SessionId, LiveVisitor, RandomIds>,
    /// Pageviews by second of the last minute; index is the second modulo 60.
    views: [(i64, u32); 60],
    cached: Option<(i64, Arc<LiveSnapshot>)>,
    /// Counts the changes; SSE streams wait on it.
    version: watch::Sender<u64>,
}

/// The live visitors of all sites.
#[derive(Default)]
pub struct Presence {
    sites: DashMap<SiteId, Arc<Mutex<SitePresence>>>,
}

impl Presence {
    /// Takes an accepted event as a sign of life, or of leaving.
    pub fn note(&self, event: &EnrichedEvent, now_ms: i64) {
        self.note_all(std::slice::from_ref(event), now_ms);
    }

    /// The same of the events of a beacon: the site is looked up and locked once.
    pub fn note_all(&self, events: &[EnrichedEvent], now_ms: i64) {
        for run in events.chunk_by(|one, next| one.site_id == next.site_id) {
            self.with_site(run[0].site_id, |site| {
                for event in run {
                    site.note(event, now_ms);
                }
                site.changed();
            });
        }
    }

    /// Returns who is here. Cheap: a snapshot serves all readers for a fifth of a second.
    #[must_use]
    pub fn snapshot(&self, site: SiteId, now_ms: i64) -> Arc<LiveSnapshot> {
        self.with_site(site, |site| {
            if let Some((at_ms, snapshot)) = &site.cached
                && (0..SNAPSHOT_MS).contains(&(now_ms - at_ms))
            {
                return snapshot.clone();
            }
            let snapshot = Arc::new(snapshot::of(site, now_ms));
            site.cached = Some((now_ms, snapshot.clone()));
            snapshot
        })
    }

    /// Returns the number of visitors who are here.
    #[must_use]
    pub fn count(&self, site: SiteId, now_ms: i64) -> u64 {
        self.snapshot(site, now_ms).visitors
    }

    /// Calls `each` with the place of everybody who is here, under the lock of the site.
    pub(super) fn each_place(&self, site: SiteId, now_ms: i64, mut each: impl FnMut(&Place)) {
        self.with_site(site, |site| {
            for visitor in site.visitors.values().filter(|visitor| visitor.is_here(now_ms)) {
                each(&visitor.place);
            }
        });
    }

    /// Returns a channel that changes whenever the site's presence does.
    #[must_use]
    pub fn watch(&self, site: SiteId) -> watch::Receiver<u64> {
        self.with_site(site, |site| site.version.subscribe())
    }

    /// Forgets who is gone by `now_ms` and wakes the readers of their sites. Called every second.
    pub fn sweep(&self, now_ms: i64) {
        // The handles are taken first: a site's lock is never held together with the map's.
        let sites: Vec<_> = self.sites.iter().map(|entry| entry.value().clone()).collect();
        for site in sites {
            let mut site = lock(&site);
            let before = site.visitors.len();
            site.visitors.retain(|_, visitor| visitor.is_here(now_ms));
            if site.visitors.len() != before {
                site.changed();
            }
        }
    }

    /// Puts back who was here before a restart.
    pub fn restore(&self, visitors: impl IntoIterator<Item = RestoredPresence>) {
        for visitor in visitors {
            self.with_site(visitor.site, |site| {
                let live = LiveVisitor {
                    session: visitor.session,
                    expires_ms: visitor.last_at_ms + PRESENCE_MS,
                    path: visitor.path,
                    pageviews: visitor.pageviews,
                    place: visitor.place,
                    agent: visitor.agent,
                    open_views: SmallVec::new(),
                };
                site.visitors.insert(live.session.id, live);
            });
        }
    }

    /// Returns the number of visitors of all sites, expired ones not yet swept included.
    #[must_use]
    pub fn len(&self) -> usize {
        let sites: Vec<_> = self.sites.iter().map(|entry| entry.value().clone()).collect();
        sites.iter().map(|site| lock(site).visitors.len()).sum()
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn with_site<T>(&self, site: SiteId, work: impl FnOnce(&mut SitePresence) -> T) -> T {
        let handle = match self.sites.get(&site) {
            Some(handle) => handle.clone(),
            None => self.sites.entry(site).or_default().clone(),
        };
        work(&mut lock(&handle))
    }
}

fn lock(site: &Mutex<SitePresence>) -> std::sync::MutexGuard<'_, SitePresence> {
    site.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Default for SitePresence {
    fn default() -> Self {
        Self { visitors: HashMap::default(), views: [(0, 0); 60], cached: None, version: watch::Sender::new(0) }
    }
}

impl SitePresence {
    fn note(&mut self, event: &EnrichedEvent, now_ms: i64) {
        let view = event.page.view;
        match event.fact {
            Fact::Leave => self.leave(event.session.id, view, now_ms),
            Fact::Pageview => {
                self.count_view(now_ms);
                self.arrive(event, now_ms);
            }
            Fact::Custom { .. }
            | Fact::Engagement { .. }
            | Fact::Click(_)
            | Fact::Move(_)
            | Fact::Scroll(_)
            | Fact::Layout(_)
            | Fact::Vitals(_) => self.stay(event, now_ms),
        }
    }

    fn arrive(&mut self, event: &EnrichedEvent, now_ms: i64) {
        if self.visitors.len() >= MOST_VISITORS && !self.visitors.contains_key(&event.session.id) {
            return;
        }
        let visitor = self.visitors.entry(event.session.id).or_insert_with(|| LiveVisitor::new(event));
        visitor.path = event.page.pathname.clone();
        visitor.pageviews += 1;
        visitor.expires_ms = now_ms + PRESENCE_MS;
        if visitor.open_views.len() < MOST_VIEWS && !visitor.open_views.contains(&event.page.view) {
            visitor.open_views.push(event.page.view);
        }
    }

    /// A sign of life that is no pageview. Reports that trail behind a goodbye do not bring anybody back:
    /// a closing tab sends its last engagement and its goodbye in one beacon.
    fn stay(&mut self, event: &EnrichedEvent, now_ms: i64) {
        match self.visitors.get_mut(&event.session.id) {
            Some(visitor) => visitor.expires_ms = now_ms + PRESENCE_MS,
            None => {
                if self.visitors.len() < MOST_VISITORS {
                    let mut visitor = LiveVisitor::new(event);
                    visitor.expires_ms = now_ms + PRESENCE_MS;
                    visitor.open_views.push(event.page.view);
                    self.visitors.insert(event.session.id, visitor);
                }
            }
        }
    }

    fn leave(&mut self, session: SessionId, view: ViewId, now_ms: i64) {
        if let Some(visitor) = self.visitors.get_mut(&session) {
            visitor.open_views.retain(|open| *open != view);
            if visitor.open_views.is_empty() {
                visitor.expires_ms = visitor.expires_ms.min(now_ms + GOODBYE_MS);
            }
        }
    }

    fn count_view(&mut self, now_ms: i64) {
        let second = now_ms.div_euclid(1000);
        let slot = &mut self.views[usize::try_from(second.rem_euclid(60)).unwrap_or(0)];
        if slot.0 != second {
            *slot = (second, 0);
        }
        slot.1 += 1;
    }

    pub(super) fn views_last_minute(&self, now_ms: i64) -> u64 {
        let now = now_ms.div_euclid(1000);
        self.views
            .iter()
            .filter(|(second, _)| (0..60).contains(&(now - second)))
            .map(|(_, views)| u64::from(*views))
            .sum()
    }

    fn changed(&mut self) {
        self.cached = None;
        // Waking costs as much as the rest of a note: it is left out while nobody listens.
        if self.version.receiver_count() > 0 {
            self.version.send_modify(|version| *version += 1);
        }
    }
}

impl LiveVisitor {
    /// Tells whether the visitor is still here. Nobody is for longer than twice the time: the clock was set back then, and
    /// would hold them for as long as it was ahead.
    pub(super) const fn is_here(&self, now_ms: i64) -> bool {
        now_ms < self.expires_ms && self.expires_ms <= now_ms + 2 * PRESENCE_MS
    }

    fn new(event: &EnrichedEvent) -> Self {
        Self {
            session: event.session.clone(),
            expires_ms: 0,
            path: event.page.pathname.clone(),
            pageviews: 0,
            place: event.place.clone(),
            agent: event.agent.clone(),
            open_views: SmallVec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Acquisition, Attribution, Hostname, Landing, PageView, SiteName, Size, VisitorId};

    const SITE: SiteId = SiteId::new(1);

    fn an_event(session: u64, view: u64, path: &str, fact: Fact) -> EnrichedEvent {
        let hostname = Hostname::parse("demo.example").unwrap();
        let pathname = Pathname::parse(path).unwrap();
        EnrichedEvent {
            page: Arc::new(PageView {
                site: SiteName::parse("demo.example").unwrap(),
                view: ViewId::new(view),
                hostname: hostname.clone(),
                pathname: pathname.clone(),
                attribution: Attribution::default(),
                viewport: Size::default(),
                document: Size::default(),
            }),
            at_ms: 0,
            fact,
            site_id: SITE,
            local_day: 0,
            visitor: VisitorId::new(session),
            session: Arc::new(SessionStamp {
                id: SessionId::new(session),
                started_at_ms: 0,
                entry_pathname: pathname,
                landing: Arc::new(Landing { hostname, acquisition: Acquisition::default() }),
            }),
            place: Arc::new(Place { country: "BG".into(), ..Place::default() }),
            agent: Arc::default(),
        }
    }

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
