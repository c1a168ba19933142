//! Owns the messages of a site's live streams: each is made once, however many read it, and a reader finds the latest. It does
//! not know who reads.

use std::time::Duration;

use dashmap::{DashMap, mapref::entry::Entry};
use jiff::Timestamp;
use rand::Rng;
use serde::Serialize;
use serde_json::json;
use tokio::sync::watch;

use crate::{
    http::{State, push::PUSH_INTERVAL},
    live::{
        LiveSession, LiveSnapshot,
        snapshot::{CityCount, CountryCount, DeviceCount, PageCount, SourceCount},
    },
    map::places::spot_of,
    model::{Pathname, SiteId},
};

use actix_web::web::Bytes;

/// Waits so long for what belongs to a change: who goes to another page ends one view and begins the next.
const GATHER: Duration = Duration::from_millis(30);
/// How often the state is looked at where nobody came and nobody left: the views of the last minute fade, and settings change.
const LOOK_AGAIN: Duration = Duration::from_secs(1);

/// What a stream tells of.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Question {
    /// The whole document.
    All,
    /// The document, for who is shown no single visitors.
    Counts,
    /// Visitors and views, and no more.
    Totals,
    /// Who is here.
    Sessions,
    /// The visitors of these pages.
    Pages(Vec<Pathname>),
}

impl Question {
    /// Tells whether single visitors are told of.
    pub const fn is_of_visitors(&self) -> bool {
        match self {
            Self::All | Self::Sessions => true,
            Self::Counts | Self::Totals | Self::Pages(_) => false,
        }
    }
}

/// The state at a moment, as the first message of a stream and as a later one.
#[derive(Debug, Clone)]
pub struct Message {
    pub id: i64,
    pub snapshot: Bytes,
    pub update: Bytes,
}

impl Message {
    fn new(id: i64, data: &str) -> Self {
        let of = |event: &str| Bytes::from(format!("event: {event}\nid: {id}\ndata: {data}\n\n"));
        Self { id, snapshot: of("snapshot"), update: of("update") }
    }
}

/// The questions that somebody reads the answers of.
#[derive(Default)]
pub struct Told(DashMap<(SiteId, Question), watch::Sender<Message>>);

impl Told {
    /// Returns the messages about a site, the latest at hand. The channel closes when the site is removed or the service stops.
    pub fn subscribe(state: &State, site: SiteId, question: Question) -> watch::Receiver<Message> {
        match state.told.0.entry((site, question)) {
            Entry::Occupied(told) => told.get().subscribe(),
            Entry::Vacant(free) => {
                let teller = Teller::new(site, free.key().1.clone());
                let data = teller.data(state);
                let first = Message::new(Timestamp::now().as_millisecond(), &data);
                let (sender, receiver) = watch::channel(first.clone());
                free.insert(sender);
                tokio::spawn(teller.tell(state.clone(), first.id, data));
                receiver
            }
        }
    }
}

/// Tells readers of one question about one site, for as long as there are any.
struct Teller {
    site: SiteId,
    question: Question,
    /// Names visits within this stream. Drawn anew for the next one, so that no two can be joined.
    key: [u8; 32],
}

impl Teller {
    fn new(site: SiteId, question: Question) -> Self {
        Self { site, question, key: rand::rng().random() }
    }

    async fn tell(self, state: State, mut id: i64, mut told: String) {
        let mut changes = state.presence.watch(self.site);
        let mut stopping = state.stopping.subscribe();
        let key = (self.site, self.question.clone());
        loop {
            let changed = async {
                let _changed_or_time = tokio::time::timeout(LOOK_AGAIN, changes.changed()).await;
                tokio::time::sleep(GATHER).await;
            };
            tokio::select! {
                () = changed => {}
                _ = stopping.wait_for(|&stopping| stopping) => break,
            }
            if state.told.0.remove_if(&key, |_, told| told.receiver_count() == 0).is_some() {
                // Who asks the same from now on has a teller of their own.
                return;
            }
            if state.sites.current().snapshot.by_id(self.site).is_none() {
                break;
            }
            let data = self.data(&state);
            if data == told {
                continue;
            }
            // The moment, in milliseconds: also after a restart no id comes twice.
            id = Timestamp::now().as_millisecond().max(id + 1);
            let message = Message::new(id, &data);
            told = data;
            // The lock of the map is held for the time of a store.
            if let Some(readers) = state.told.0.get(&key) {
                readers.send_replace(message);
            }
            tokio::time::sleep(PUSH_INTERVAL.saturating_sub(GATHER)).await;
        }
        state.told.0.remove(&key);
    }

    fn data(&self, state: &State) -> String {
        let now_ms = Timestamp::now().as_millisecond();
        if let Question::Pages(pages) = &self.question {
            let counts = state.presence.on_pages(self.site, pages, now_ms);
            let counted = pages.iter().zip(counts).map(|(path, visitors)| json!({"path": path, "visitors": visitors}));
            let visitors = state.presence.count(self.site, now_ms);
            return json!({"visitors": visitors, "pages": counted.collect::<Vec<_>>()}).to_string();
        }
        let snapshot = state.presence.snapshot(self.site, now_ms);
        let live_feed = self.question.is_of_visitors() && shows_visitors(state, self.site);
        let document = Document::new(&snapshot, live_feed, Some(&self.key));
        let written = match self.question {
            Question::Totals => {
                let LiveSnapshot { visitors, views_last_minute, .. } = &*snapshot;
                return json!({"visitors": visitors, "views_last_minute": views_last_minute}).to_string();
            }
            Question::Sessions => {
                let sessions = document.sessions;
                serde_json::to_string(
                    &json!({"live_feed": live_feed, "visitors": snapshot.visitors, "sessions": sessions}),
                )
            }
            Question::All | Question::Counts | Question::Pages(_) => serde_json::to_string(&document),
        };
        // Text and numbers: they always serialise.
        written.unwrap_or_default()
    }
}

/// Returns whether a site lets single visitors be shown.
pub fn shows_visitors(state: &State, site: SiteId) -> bool {
    state.sites.current().snapshot.by_id(site).is_some_and(|entry| entry.site.settings.live_feed)
}

/// The live document.
#[derive(Serialize)]
pub struct Document<'a> {
    visitors: u64,
    views_last_minute: u64,
    pages: &'a [PageCount],
    countries: &'a [CountryCount],
    cities: Vec<Placed<'a>>,
    sources: &'a [SourceCount],
    devices: &'a [DeviceCount],
    /// Whether the site lets single visitors be shown; where not, there are none below.
    live_feed: bool,
    sessions: Vec<Named<'a>>,
}

/// The visitors of a city, with where it is as far as anybody knows.
#[derive(Serialize)]
struct Placed<'a> {
    country: &'a str,
    city: &'a str,
    latitude: Option<f32>,
    longitude: Option<f32>,
    visitors: u64,
}

impl<'a> Placed<'a> {
    fn new(count: &'a CityCount) -> Self {
        let CityCount { country, city, visitors, .. } = count;
        let spot = spot_of(country, city, (count.latitude, count.longitude));
        let (latitude, longitude) = (spot.map(|spot| spot.0), spot.map(|spot| spot.1));
        Self { country, city, latitude, longitude, visitors: *visitors }
    }
}

/// A visitor, in a stream with the name that they have there.
#[derive(Serialize)]
struct Named<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<String>,
    #[serde(flatten)]
    session: &'a LiveSession,
}

impl<'a> Document<'a> {
    pub fn new(snapshot: &'a LiveSnapshot, live_feed: bool, key: Option<&[u8; 32]>) -> Self {
        let named = |session: &'a LiveSession| Named { id: key.map(|key| name_of(key, session)), session };
        Self {
            visitors: snapshot.visitors,
            views_last_minute: snapshot.views_last_minute,
            pages: &snapshot.pages,
            countries: &snapshot.countries,
            cities: snapshot.cities.iter().map(Placed::new).collect(),
            sources: &snapshot.sources,
            devices: &snapshot.devices,
            live_feed,
            sessions: if live_feed { snapshot.sessions.iter().map(named).collect() } else { Vec::new() },
        }
    }
}

fn name_of(key: &[u8; 32], session: &LiveSession) -> String {
    blake3::keyed_hash(key, &session.session.get().to_le_bytes()).to_hex()[..12].to_owned()
}
