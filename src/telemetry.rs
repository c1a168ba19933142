//! Owns logs and metrics: the log's form, and the text of `/metrics`.

use std::io::IsTerminal;

use prometheus_client::{
    encoding::{EncodeLabelSet, text::encode},
    metrics::{family::Family, gauge::Gauge},
    registry::Registry,
};
use tracing_subscriber::{EnvFilter, fmt, layer::SubscriberExt, util::SubscriberInitExt};

use crate::{ingest::Ingest, model::Outcome, spool::Spool};

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
    register_spool(&mut registry, &ingest.spool);
    let single = [
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

/// Registers what the spool and the shipper did. Counters get the ending `_total` from the encoder.
fn register_spool(registry: &mut Registry, spool: &Spool) {
    let metrics = spool.metrics();
    let figures = [
        ("spool_waiting_bytes", "Events on the disk that are not in ClickHouse yet, bytes", spool.waiting_bytes()),
        ("spool_segments", "Sealed segments that wait for ClickHouse", spool.waiting_segments()),
        ("spool_age_seconds", "Age of the oldest segment that waits", spool.age().as_secs()),
    ];
    for (name, help, value) in figures {
        let gauge = Gauge::<i64>::default();
        gauge.set(clamp(value));
        registry.register(name, help, gauge);
    }
    let histograms = [
        ("spool_group_records", "Records that were written together", &metrics.group_records),
        ("spool_sync_seconds", "Time of a sync of the spool", &metrics.sync_seconds),
        ("ship_seconds", "Time from the first try of a batch to its confirmation", &metrics.ship_seconds),
    ];
    for (name, help, histogram) in histograms {
        registry.register(name, help, histogram.clone());
    }
    let counters = [
        ("spool_write_errors", "Writes and syncs of the spool that failed", &metrics.write_errors),
        ("spool_abandoned_segments", "Segments that take nothing more after a failure", &metrics.abandoned_segments),
        ("spool_refused_records", "Requests answered with 503 because the disk took nothing", &metrics.refused_records),
        ("spool_damaged_records", "Acknowledged records that the disk damaged or lost", &metrics.damaged_records),
        ("shipped_batches", "Batches that ClickHouse confirmed", &metrics.shipped_batches),
        ("shipped_rows", "Rows that ClickHouse confirmed", &metrics.shipped_rows),
        ("ship_retries", "Inserts that failed and were sent again", &metrics.retries),
        ("ship_found_rows", "Rows found in ClickHouse though no confirmation had come", &metrics.found_rows),
        ("dead_letters", "Rows that ClickHouse refused for what they say", &metrics.dead_letters),
    ];
    for (name, help, counter) in counters {
        registry.register(name, help, counter.clone());
    }
}

fn clamp(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}
