//! A disk that changes or loses what was written, while the service is down: what was hit is lost and said, nothing else.

use std::{
    collections::BTreeSet,
    fs,
    ops::Range,
    path::{Path, PathBuf},
};

use heatline::spool::segment::{Entries, Entry, FRAME_BYTES, HEADER_BYTES, Header, boot_of};
use rand::{Rng, rngs::StdRng, seq::IndexedRandom};

use crate::{
    helpers::Service,
    load::{Fate, Ledger},
    oracle::{Findings, assert_exactly_once, look},
    rig::{drained, folder, freeze_engine, kill_all, random, rounds, segments, tell},
};

/// Returns where each record of a segment stands in its file.
fn records(file: &[u8]) -> Vec<Range<usize>> {
    let boot = boot_of(Header::read(file).unwrap().batch);
    let mut at = HEADER_BYTES;
    let mut records = Vec::new();
    for entry in Entries::new(boot, &file[HEADER_BYTES..]) {
        let Entry::Record { payload, .. } = entry else { panic!("the file is whole: {entry:?}") };
        records.push(at..at + FRAME_BYTES + payload.len());
        at += FRAME_BYTES + payload.len();
    }
    records
}

/// Starts a service on the folder, leaves a backlog in its spool and kills it. Returns the segments.
async fn leave_a_backlog(ledger: &Ledger, data_dir: &Path) -> Vec<PathBuf> {
    let service = Service::start(data_dir).await;
    freeze_engine(&service).await;
    // One segment is sealed when it is handed to the engine, which never answers; the other stays open.
    ledger.send_accepted(&service, 15).await;
    tokio::time::sleep(std::time::Duration::from_millis(400)).await;
    ledger.send_accepted(&service, 15).await;
    kill_all(service).await;
    let segments = segments(data_dir);
    assert_eq!(segments.len(), 2, "{segments:?}");
    segments
}

/// Starts a service on what the disk has made of the folder, and waits until all of it is shipped.
async fn start_and_drain(data_dir: &Path) -> Service {
    let service = Service::start(data_dir).await;
    drained(&service).await;
    service
}

/// Takes what the disk has lost out of the book, once it is known to be all that is wrong.
async fn assert_lost(ledger: &Ledger, service: &Service, lost: usize, what: &str) {
    let findings = look(ledger, &service.data_dir).await;
    assert_eq!(findings.lost.len(), lost, "{what}: {findings:?}");
    findings.lost.iter().for_each(|&view| ledger.settle(view, Fate::Refused));
    assert_eq!(Findings { lost: BTreeSet::new(), ..findings }, Findings::default(), "{what}");
    assert_exactly_once(ledger, &service.data_dir, what).await;
}

fn flip_a_bit(random: &mut StdRng, file: &mut [u8], place: Range<usize>) {
    file[random.random_range(place)] ^= 1 << random.random_range(0..8);
}

#[tokio::test]
async fn a_flipped_bit_costs_one_record_which_is_set_aside_and_counted() {
    let (mut random, rounds) = (random(), rounds(2, 25));
    let (_folder, data_dir) = folder();
    let ledger = Ledger::default();
    Service::start_with_site(&data_dir).await.stop().await;
    for round in 1..=rounds {
        let segments = leave_a_backlog(&ledger, &data_dir).await;
        let segment = segments.choose(&mut random).unwrap();
        let mut file = fs::read(segment).unwrap();
        let mut records = records(&file);
        // The last record of the last segment cannot be told from one that was cut off while it was written.
        if segment == &segments[1] {
            records.pop();
        }
        let record = records.choose(&mut random).unwrap().clone();
        flip_a_bit(&mut random, &mut file, record.clone());
        fs::write(segment, &file).unwrap();
        let what = format!("round {round}: a bit in {record:?} of {}", segment.display());
        let service = start_and_drain(&data_dir).await;
        assert_lost(&ledger, &service, 1, &what).await;
        assert_eq!(service.metrics().await.value("spool_damaged_records_total"), 1, "{what}");
        assert!(service.log().contains("damaged") || service.log().contains("missing"), "{what}: the log tells of it");
        service.stop().await;
        tell(round, rounds, &what);
    }
}

#[tokio::test]
async fn a_segment_cut_anywhere_costs_what_was_behind_the_cut() {
    let (mut random, rounds) = (random(), rounds(2, 25));
    let (_folder, data_dir) = folder();
    let ledger = Ledger::default();
    Service::start_with_site(&data_dir).await.stop().await;
    for round in 1..=rounds {
        let segments = leave_a_backlog(&ledger, &data_dir).await;
        let file = fs::read(&segments[1]).unwrap();
        let cut = random.random_range(0..file.len());
        let behind = records(&file).iter().filter(|record| record.end > cut).count();
        fs::write(&segments[1], &file[..cut]).unwrap();
        let what = format!("round {round}: cut at {cut} of {}", file.len());
        let service = start_and_drain(&data_dir).await;
        assert_lost(&ledger, &service, behind, &what).await;
        service.stop().await;
        tell(round, rounds, &what);
    }
}

#[tokio::test]
async fn a_flipped_bit_in_a_header_costs_nothing() {
    let (mut random, rounds) = (random(), rounds(1, 10));
    let (_folder, data_dir) = folder();
    let ledger = Ledger::default();
    Service::start_with_site(&data_dir).await.stop().await;
    for round in 1..=rounds {
        let segments = leave_a_backlog(&ledger, &data_dir).await;
        let segment = segments.choose(&mut random).unwrap();
        let mut file = fs::read(segment).unwrap();
        flip_a_bit(&mut random, &mut file, 0..HEADER_BYTES);
        fs::write(segment, &file).unwrap();
        let what = format!("round {round}: a bit in the header of {}", segment.display());
        let service = start_and_drain(&data_dir).await;
        assert_exactly_once(&ledger, &service.data_dir, &what).await;
        assert!(service.log().contains("a bit had flipped in the header"), "{what}: the log tells of it");
        service.stop().await;
        tell(round, rounds, &what);
    }
}

#[tokio::test]
async fn a_damaged_header_sets_its_segment_aside_and_no_other() {
    let mut random = random();
    let (_folder, data_dir) = folder();
    let ledger = Ledger::default();
    Service::start_with_site(&data_dir).await.stop().await;
    let segments = leave_a_backlog(&ledger, &data_dir).await;
    let mut file = fs::read(&segments[0]).unwrap();
    let lost = records(&file).len();
    random.fill(&mut file[8..HEADER_BYTES]);
    fs::write(&segments[0], &file).unwrap();
    let service = start_and_drain(&data_dir).await;
    assert_lost(&ledger, &service, lost, "noise in a header").await;
    assert!(service.log().contains("the header of a segment is damaged"), "the log tells of it");
    assert!(segments[0].with_extension("segment.damaged").exists(), "a person can look at it");
    service.stop().await;
}
