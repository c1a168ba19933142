//! Bytes of a browser: a beacon is read or refused, whatever they are; what is read keeps its limits.
#![no_main]

use heatline::ingest::{beacon, limits};

libfuzzer_sys::fuzz_target!(|body: &[u8]| {
    if let Ok(beacon) = beacon::parse(body, 1_700_000_000_000) {
        assert!((1..=limits::EVENTS).contains(&beacon.facts.len()));
        assert!(beacon.facts.iter().all(|fact| fact.at_ms <= 1_700_000_000_000));
        assert!(beacon.page.pathname.as_str().starts_with('/'));
    }
});
