//! Owns logs and metrics: the log's form, and the text of `/metrics`.

use std::io::IsTerminal;

use prometheus_client::{
    encoding::{EncodeLabelSet, text::encode},
    metrics::{family::Family, gauge::Gauge},
    registry::Registry,
};
use tracing_subscriber::{EnvFilter, fmt, layer::SubscriberExt, util::SubscriberInitExt};

use crate::{ingest::Ingest, model::Outcome};

/// Installs the log of this process: for people in a terminal, JSON otherwise. It goes to stderr.
pub fn install_log(filter: &str) -> Result<(), String> {
    let filter = EnvFilter::try_new(filter).map_err(|error| format!("setting log: {error}"))?;
    let registry = tracing_subscriber::registry().with(filter);
    let installed = if std::io::stderr().is_terminal() {
        registry.with(fmt::layer().with_writer(std::io::stderr).with_target(false)).try_init()
    } else {
        registry.with(fmt::layer().json().flatten_event(true).with_writer(std::io::stderr)).try_init()
    };
    installed.map_err(|error| error.to_string())
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct FateLabels {
    outcome: &'static str,
    reason: &'static str,
}

/// Returns all metrics in the OpenMetrics text format. No site, path or address is ever a label.
pub fn metrics_text(ingest: &Ingest) -> Result<String, std::fmt::Error> {
    let mut registry = Registry::with_prefix("heatline");
    let outcomes = Family::<FateLabels, Gauge>::default();
    for count in ingest.outcomes.counts() {
        let (outcome, reason) = Outcome::labels(count.outcome);
        outcomes.get_or_create(&FateLabels { outcome, reason }).set(clamp(count.events));
    }
    registry.register("events_total", "Events by outcome and drop reason since the start", outcomes);
    let figures = ingest.queue.figures();
    let single = [
        ("queue_held_bytes", "Memory of rows that wait for ClickHouse", figures.held_bytes as u64),
        ("queue_shipped_rows_total", "Rows that ClickHouse confirmed", figures.shipped_rows),
        ("queue_retries_total", "Inserts that failed and were sent again", figures.retries),
        ("queue_lost_rows_total", "Rows that ClickHouse refused for good", figures.lost_rows),
        ("sessions_open", "Sessions held in memory", ingest.sessions.len() as u64),
        ("visitors_live", "Visitors of the last five minutes, all sites", ingest.presence.len() as u64),
    ];
    for (name, help, value) in single {
        let gauge = Gauge::<i64>::default();
        gauge.set(clamp(value));
        registry.register(name, help, gauge);
    }
    let mut text = String::new();
    encode(&mut text, &registry)?;
    Ok(text)
}

fn clamp(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}
