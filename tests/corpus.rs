//! The corpus of each fuzz target, through what the target asserts.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test says by panicking what is wrong")]

use std::{fs, panic::catch_unwind, path::Path};

#[path = "../fuzz/src/lib.rs"]
mod fuzz;

/// Below this a corpus is not what `make fuzz` has found.
const LEAST_FILES: usize = 20;

fn replay(target: &str, check: fn(&[u8])) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus").join(target);
    let files: Vec<_> = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert!(files.len() >= LEAST_FILES, "{} has {} files", folder.display(), files.len());
    for file in files {
        let bytes = fs::read(&file).unwrap();
        assert!(catch_unwind(|| check(&bytes)).is_ok(), "see above what is wrong with {}", file.display());
    }
}

#[test]
fn beacons_are_read_or_refused() {
    replay("beacon", fuzz::beacon);
}

#[test]
fn events_of_plausible_are_read_or_refused() {
    replay("plausible", fuzz::plausible);
}

#[test]
fn headers_decide_no_more_than_they_may() {
    replay("headers", fuzz::headers);
}

#[test]
fn every_byte_of_a_segment_is_accounted_for() {
    replay("segment", fuzz::segment);
}
