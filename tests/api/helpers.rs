//! Owns how the tests start a service, speak to it and build what they send. It asserts nothing about behaviour but
//! what holds for every test: no answer is a 5xx, no event is lost by a fault of ours.

pub mod answer;
pub mod api;
pub mod app;
pub mod beacon;
pub mod command;
pub mod metrics;
pub mod process;
pub mod service;
pub mod stream;

use std::time::{Duration, Instant};

pub use answer::Answer;
pub use api::Api;
pub use app::TestApp;
pub use beacon::{Beacon, Visitor, a_beacon, a_pageview, a_visitor};
pub use service::Service;

/// The site of most tests.
pub const SITE: &str = "demo.example";

/// Names and values of headers.
pub type Headers<'a> = &'a [(&'a str, &'a str)];

/// How long the tests wait for something that comes by itself, where nothing shorter is promised.
pub const PATIENCE: Duration = Duration::from_secs(10);

const POLL_INTERVAL: Duration = Duration::from_millis(20);

/// Looks until `look` finds something, and fails when it does not within the time.
pub async fn eventually<T>(what: &str, within: Duration, look: impl AsyncFn() -> Option<T>) -> T {
    let start = Instant::now();
    loop {
        if let Some(found) = look().await {
            return found;
        }
        assert!(start.elapsed() < within, "not within {within:?}: {what}");
        tokio::time::sleep(POLL_INTERVAL).await;
    }
}

/// Returns a time zone in which it is noon, so that no test meets a midnight.
pub fn zone_at_noon() -> String {
    let offset = 12 - jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).hour();
    // The signs of these names are turned round: `Etc/GMT-3` is three hours ahead of Greenwich.
    if offset == 0 { "Etc/GMT".to_owned() } else { format!("Etc/GMT{:+}", -offset) }
}
