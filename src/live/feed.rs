//! Owns the feed of what visitors do, for those who watch a site. Nothing is kept: who does not watch has missed it.

use std::sync::Arc;

use dashmap::DashMap;
use jiff::Timestamp;
use serde::Serialize;
use tokio::sync::broadcast::{self, Receiver, Sender};

use crate::model::{Device, EnrichedEvent, Fact, SiteId};

/// Events that a reader may fall behind; what is older it misses, and is told how many.
const BACKLOG: usize = 1024;

/// Something that a visitor did, without anything that tells who it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LiveEvent {
    pub at: Timestamp,
    /// `pageview`, or the name of a custom event.
    pub name: String,
    pub path: String,
    pub country: String,
    pub city: String,
    pub source: String,
    pub device: Device,
    pub browser: String,
    pub os: String,
}

/// The feeds of the sites that somebody watches.
#[derive(Default)]
pub struct EventFeed(DashMap<SiteId, Sender<Arc<LiveEvent>>>);

impl EventFeed {
    /// Tells of the pageviews and custom events among accepted events.
    pub fn note_all(&self, events: &[EnrichedEvent]) {
        for event in events {
            let name = match &event.fact {
                Fact::Pageview => "pageview",
                Fact::Custom { name, .. } => name,
                Fact::Engagement { .. }
                | Fact::Click(_)
                | Fact::Move(_)
                | Fact::Scroll(_)
                | Fact::Layout(_)
                | Fact::Vitals(_)
                | Fact::Leave => continue,
            };
            // Most sites nobody watches.
            let Some(feed) = self.0.get(&event.site_id) else { continue };
            let told = feed.send(Arc::new(LiveEvent {
                at: Timestamp::from_millisecond(event.at_ms).unwrap_or(Timestamp::UNIX_EPOCH),
                name: name.to_owned(),
                path: event.page.pathname.as_str().to_owned(),
                country: event.place.country.as_ref().to_owned(),
                city: event.place.city.as_ref().to_owned(),
                source: event.session.landing.acquisition.source.clone(),
                device: event.agent.device,
                browser: event.agent.browser.clone(),
                os: event.agent.os.clone(),
            }));
            drop(feed);
            if told.is_err() {
                self.0.remove_if(&event.site_id, |_, feed| feed.receiver_count() == 0);
            }
        }
    }

    /// Returns the events of a site from now on.
    pub fn watch(&self, site: SiteId) -> Receiver<Arc<LiveEvent>> {
        self.0.entry(site).or_insert_with(|| broadcast::channel(BACKLOG).0).subscribe()
    }
}
