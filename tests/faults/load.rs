//! Owns the beacons that the fault tests send, and the book of what became of them. Everything in a beacon follows from the
//! number of its view, so that a row can be checked by itself.

use std::{
    collections::BTreeMap,
    sync::{
        Mutex,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use futures_util::future::join_all;
use serde_json::json;

use crate::helpers::{Api, Beacon, SITE, a_beacon, a_visitor};

/// Requests that are under way at the same time.
const SENDERS: usize = 4;
/// Pause of a sender whose request got no answer.
const TROUBLE_PAUSE: Duration = Duration::from_millis(5);
/// Pause between two beacons where few come.
const TRICKLE_PAUSE: Duration = Duration::from_millis(100);

/// What the service said to a beacon.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// No answer came: it may be kept or not.
    Unknown,
    /// 202: it must be kept.
    Accepted,
    /// 4xx or 5xx: it must not.
    Refused,
}

/// The book of all beacons.
#[derive(Default)]
pub struct Ledger {
    last_view: AtomicU64,
    fates: Mutex<BTreeMap<u64, Fate>>,
}

impl Ledger {
    /// Starts to send a beacon of a new view.
    pub fn next(&self) -> u64 {
        let view = self.last_view.fetch_add(1, Ordering::Relaxed) + 1;
        self.settle(view, Fate::Unknown);
        view
    }

    pub fn settle(&self, view: u64, fate: Fate) {
        self.fates.lock().unwrap().insert(view, fate);
    }

    pub fn fates(&self) -> BTreeMap<u64, Fate> {
        self.fates.lock().unwrap().clone()
    }

    /// Returns how many beacons met this fate.
    pub fn count(&self, fate: Fate) -> usize {
        self.fates.lock().unwrap().values().filter(|&&met| met == fate).count()
    }

    /// Sends one beacon; returns its fate.
    pub async fn send(&self, api: &Api) -> Fate {
        let view = self.next();
        let fate = match api.try_beacon(&beacon(view)).await {
            Some(202) => Fate::Accepted,
            Some(status @ (429 | 503)) => {
                assert_ne!(status, 429, "nobody is that fast");
                Fate::Refused
            }
            Some(status) => panic!("status {status} for view {view}"),
            None => Fate::Unknown,
        };
        self.settle(view, fate);
        fate
    }

    /// Sends so many beacons, all of which must be accepted.
    pub async fn send_accepted(&self, api: &Api, count: usize) {
        for _ in 0..count {
            assert_eq!(self.send(api).await, Fate::Accepted);
        }
    }

    /// Sends a few beacons a second for so long, all of which must be accepted.
    pub async fn trickle(&self, api: &Api, time: Duration) {
        let start = Instant::now();
        while start.elapsed() < time {
            self.send_accepted(api, 1).await;
            tokio::time::sleep(TRICKLE_PAUSE).await;
        }
    }

    /// Sends beacons as fast as they are answered until `until` is done, in the middle of requests.
    pub async fn send_until<T>(&self, api: &Api, until: impl Future<Output = T>) -> T {
        let sender = async || {
            loop {
                if self.send(api).await == Fate::Unknown {
                    tokio::time::sleep(TROUBLE_PAUSE).await;
                }
            }
        };
        let senders = join_all((0..SENDERS).map(|_| sender()));
        tokio::select! {
            done = until => done,
            _ = senders => unreachable!("senders have no end"),
        }
    }
}

/// Returns the beacon of a view.
pub fn beacon(view: u64) -> Beacon {
    beacon_of(SITE, view)
}

/// The same for another site.
pub fn beacon_of(site: &str, view: u64) -> Beacon {
    let mix = mix(view);
    let visitor = a_visitor().address(&format!("10.{}.{}.{}", mix % 8, mix % 251, view % 251));
    let path = path(view);
    let mut beacon = a_beacon().site(site).view(view).path(&path).from(visitor).event(json!({"type": "pageview"}));
    if has_event(view) {
        beacon = beacon.event(json!({"type": "event", "name": "mark", "props": {"mix": mix.to_string()}}));
    }
    if has_engagement(view) {
        beacon = beacon.event(json!({"type": "engagement", "engaged": mix % 10_000 + 1, "depth": mix % 101}));
    }
    if has_click(view) {
        let at = [mix % 1280, mix % 4000];
        beacon = beacon.event(json!({"type": "click", "element": "#buy", "fraction": [mix % 65536, 2], "at": at,
                                     "size": [mix % 900, 48], "state": mix % 3, "flags": mix % 256}));
    }
    if has_move(view) {
        beacon = beacon.event(json!({"type": "move", "element": "main", "fraction": [mix % 65536, 2], "at": [1, 2],
                                     "size": [mix % 900, 48], "rest": mix % 5000}));
    }
    if has_scroll(view) {
        let landmarks = [("main", mix % 1000), ("footer", mix % 7)];
        beacon = beacon.event(json!({"type": "scroll", "depth": mix % 4000, "landmarks": landmarks}));
    }
    if has_layout(view) {
        beacon = beacon.event(json!({"type": "layout", "complete": true, "boxes": [["#buy", "A", "", 1, 2, 3, 4, 0]]}));
    }
    beacon
}

/// Returns the rows that a view has in ClickHouse, each as [`ROWS_SQL`] shows it, sorted.
pub fn rows_of(view: u64) -> Vec<String> {
    let (mix, path) = (mix(view), path(view));
    let mut rows = vec![format!("pageview||{path}|0|0|{{}}")];
    if has_event(view) {
        rows.push(format!("event|mark|{path}|0|0|{{'mix':'{mix}'}}"));
    }
    if has_engagement(view) {
        rows.push(format!("engagement||{path}|{}|{}|{{}}", mix % 10_000 + 1, mix % 101));
    }
    if has_click(view) {
        // What is fixed cannot be below the viewport.
        let y = if mix % 2 == 1 { (mix % 4000).min(720) } else { mix % 4000 };
        let told = format!("{}|{}|{}", mix % 900, mix % 3, mix % 256);
        rows.push(format!("click|#buy|{path}|{}|{}|{y}|{told}", mix % 65536, mix % 1280));
    }
    if has_move(view) {
        rows.push(format!("move|main|{path}|{}|{}|{}", mix % 65536, mix % 900, mix % 5000));
    }
    if has_scroll(view) {
        rows.push(format!("scroll|{path}|{}|[('main',{}),('footer',{})]", mix % 4000, mix % 1000, mix % 7));
    }
    if has_layout(view) {
        rows.push(format!("layout|{path}|1"));
    }
    rows.sort();
    rows
}

/// Asks for every row as a text, with its view.
pub const ROWS_SQL: &str = "
    SELECT view_id, concat(toString(kind), '|', name, '|', pathname, '|', toString(engaged_ms), '|', toString(scroll_depth),
                           '|', toString(props)) FROM events
    UNION ALL SELECT view_id, concat('click|', element, '|', pathname, '|', toString(fraction_x), '|', toString(x), '|',
                                     toString(y), '|', toString(box_width), '|', toString(state), '|', toString(flags))
              FROM clicks
    UNION ALL SELECT view_id, concat('move|', element, '|', pathname, '|', toString(fraction_x), '|',
                                     toString(box_width), '|', toString(rest_ms)) FROM moves
    UNION ALL SELECT view_id, concat('scroll|', pathname, '|', toString(depth_px), '|', toString(landmarks)) FROM scrolls
    UNION ALL SELECT view_id, concat('layout|', pathname, '|', toString(length(boxes))) FROM layouts";

/// One of a few hundred: a site may not have any number of paths in a day.
fn path(view: u64) -> String {
    format!("/{}", mix(view) % 997)
}

const fn has_event(view: u64) -> bool {
    view.is_multiple_of(3)
}

const fn has_engagement(view: u64) -> bool {
    view.is_multiple_of(2)
}

const fn has_click(view: u64) -> bool {
    view.is_multiple_of(4)
}

const fn has_move(view: u64) -> bool {
    view.is_multiple_of(6)
}

const fn has_scroll(view: u64) -> bool {
    view.is_multiple_of(5)
}

const fn has_layout(view: u64) -> bool {
    view.is_multiple_of(7)
}

/// Scatters a number (the finaliser of `SplitMix64`).
const fn mix(number: u64) -> u64 {
    let number = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let number = (number ^ (number >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    number ^ (number >> 31)
}
