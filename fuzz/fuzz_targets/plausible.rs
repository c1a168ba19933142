//! Bytes of a Plausible tracker or server: events are read or refused, whatever they are.
#![no_main]

use heatline::{ingest::plausible, model::ViewId};

libfuzzer_sys::fuzz_target!(|body: &[u8]| {
    if let Ok(beacons) = plausible::parse(body, ViewId::new(7), 1_700_000_000_000) {
        assert!(beacons.iter().all(|beacon| beacon.facts.len() == 1));
    }
});
