//! The spool on a disk that fails, fills up and loses power: what was acknowledged is there, and each record once.

use std::{
    collections::HashSet,
    future::Future,
    pin::pin,
    sync::{Arc, Mutex},
    task::{Context, Poll, Waker},
    time::{Duration, Instant},
};

use proptest::prelude::*;
use rand::{SeedableRng, rngs::StdRng};

use super::{
    Batch, Durability, Limits, Outlet, Spool, open,
    testing::{Fault, ModelFiles, Operation},
};

const SMALL: Limits = Limits { spool_bytes: 1 << 20, segment_bytes: 700, trouble_pause: Duration::ZERO };
const PATIENCE: Duration = Duration::from_secs(10);

fn start(files: &ModelFiles, boot: u32) -> (Spool, Outlet) {
    open(Arc::new(files.clone()), Durability::Fsync, SMALL, boot).unwrap()
}

/// Waits for a future without a runtime.
fn wait<T>(future: impl Future<Output = T>) -> T {
    let mut future = pin!(future);
    let since = Instant::now();
    loop {
        if let Poll::Ready(value) = future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            return value;
        }
        assert!(since.elapsed() < PATIENCE, "it never comes");
        std::thread::sleep(Duration::from_micros(50));
    }
}

/// A record with a number in it, of a size that depends on the number.
fn a_record(number: u32) -> Vec<u8> {
    let mut record = number.to_le_bytes().to_vec();
    record.resize(4 + (number as usize * 37) % 160, 0xa5);
    record
}

fn number_of(record: &[u8]) -> u32 {
    let number = u32::from_le_bytes(*record.first_chunk().unwrap());
    assert_eq!(record, a_record(number), "a record reads as it was written");
    number
}

/// Appends records one after the other; returns the numbers of those that were acknowledged.
fn append_all(spool: &Spool, numbers: std::ops::Range<u32>) -> Vec<u32> {
    numbers.filter(|&n| spool.append(&a_record(n)).is_ok_and(|commit| wait(commit.durable()).is_ok())).collect()
}

/// Appends records in groups; returns the numbers of those that were acknowledged.
fn append_groups(spool: &Spool, count: u32, group: u32) -> Vec<u32> {
    let mut acknowledged = Vec::new();
    for first in (0..count).step_by(group as usize) {
        let commits: Vec<_> = (first..count.min(first + group)).map(|n| (n, spool.append(&a_record(n)))).collect();
        for (n, commit) in commits {
            if commit.is_ok_and(|commit| wait(commit.durable()).is_ok()) {
                acknowledged.push(n);
            }
        }
    }
    acknowledged
}

/// Returns all records that the spool of a disk has for the shipper, in order.
fn records_on(files: &ModelFiles) -> Vec<u32> {
    let (spool, outlet) = start(files, 999);
    spool.close();
    let batches: Vec<Batch> = outlet.recovered().iter().map(|sealed| outlet.read(sealed).unwrap()).collect();
    batches.iter().flat_map(Batch::records).map(number_of).collect()
}

fn assert_each_once(found: &[u32], acknowledged: &[u32], what: &str) {
    let set: HashSet<_> = found.iter().copied().collect();
    assert_eq!(set.len(), found.len(), "{what}: a record is there twice: {found:?}");
    let lost: Vec<_> = acknowledged.iter().filter(|number| !set.contains(number)).collect();
    assert!(lost.is_empty(), "{what}: acknowledged and lost: {lost:?} of {acknowledged:?}, found {found:?}");
}

#[test]
fn a_record_is_acknowledged_only_after_its_sync_and_its_folder_s() {
    let files = ModelFiles::default();
    let (spool, outlet) = start(&files, 1);
    let commit = spool.append(&a_record(1)).unwrap();
    assert_eq!(wait(commit.durable()), Ok(()));
    let operations = files.operations();
    let needed = [Operation::Create, Operation::Append, Operation::SyncFolder, Operation::Append, Operation::Sync];
    assert_eq!(operations, needed, "nothing less, in this order");
    drop(outlet);
}

#[test]
fn power_lost_at_any_operation_loses_nothing_that_was_acknowledged() {
    let whole = ModelFiles::default();
    let (spool, outlet) = start(&whole, 1);
    assert_eq!(append_all(&spool, 0..40).len(), 40);
    drop(outlet);
    let operations = whole.operations().len();
    assert!(operations > 60, "the test writes several segments: {operations}");
    for off_at in 0..operations {
        let files = ModelFiles::default();
        let off = files.clone();
        files.script(move |number, _| (number >= off_at).then_some(Fault::Io));
        let (spool, outlet) = start(&files, 1);
        let acknowledged = append_all(&spool, 0..40);
        off.power_off();
        drop(outlet);
        let found = records_on(&off.after_power_loss(None));
        assert_each_once(&found, &acknowledged, &format!("power off at operation {off_at}"));
    }
}

#[test]
fn a_sync_that_fails_once_costs_nothing() {
    for failing in 0..12 {
        let files = ModelFiles::default();
        let syncs = Arc::new(Mutex::new(0));
        files.script(move |_, operation| {
            let mut syncs = syncs.lock().unwrap();
            *syncs += usize::from(operation == Operation::Sync);
            (operation == Operation::Sync && *syncs == failing + 1).then_some(Fault::Io)
        });
        let (spool, outlet) = start(&files, 1);
        let acknowledged = append_all(&spool, 0..30);
        assert_eq!(acknowledged.len(), 30, "sync {failing}: the records went to another segment");
        assert_eq!(spool.metrics().abandoned_segments.get(), 1);
        drop(outlet);
        assert_each_once(&records_on(&files.after_kill()), &acknowledged, &format!("sync {failing} failed, killed"));
        let after = files.after_power_loss(None);
        assert_each_once(&records_on(&after), &acknowledged, &format!("sync {failing} failed, power lost"));
    }
}

#[test]
fn a_disk_that_fails_always_takes_nothing_and_says_so() {
    let files = ModelFiles::default();
    files.script(|_, operation| (operation == Operation::Sync).then_some(Fault::Io));
    let (spool, outlet) = start(&files, 1);
    assert!(append_all(&spool, 0..3).is_empty());
    assert_eq!(spool.metrics().refused_records.get(), 3);
    // It recovers without a restart.
    files.script(|_, _| None);
    assert_eq!(append_all(&spool, 3..6), [3, 4, 5]);
    drop(outlet);
    assert_eq!(records_on(&files.after_kill()), [3, 4, 5], "what was refused is not kept after all");
}

#[test]
fn a_full_disk_is_said_at_once_and_forgotten_when_there_is_room() {
    for full in [Operation::Create, Operation::Append, Operation::SyncFolder] {
        let files = ModelFiles::default();
        let (spool, outlet) = start(&files, 1);
        let mut acknowledged = append_all(&spool, 0..10);
        files.script(move |_, operation| (operation == full).then_some(Fault::Full));
        acknowledged.extend(append_all(&spool, 10..20));
        files.script(|_, _| None);
        let after = append_all(&spool, 20..30);
        assert_eq!(after.len(), 10, "{full:?}: there is room again");
        acknowledged.extend(after);
        drop(outlet);
        let found = records_on(&files.after_kill());
        assert_eq!(found, acknowledged, "{full:?}: exactly what was acknowledged");
    }
}

#[test]
fn more_than_the_limit_is_refused_until_something_is_shipped() {
    let files = ModelFiles::default();
    let limits = Limits { spool_bytes: 2_000, ..SMALL };
    let (spool, mut outlet) = open(Arc::new(files.clone()), Durability::Fsync, limits, 1).unwrap();
    let acknowledged = append_all(&spool, 0..100);
    assert!((5..40).contains(&acknowledged.len()), "{acknowledged:?}");
    let held: usize = acknowledged.iter().map(|&n| a_record(n).len()).sum();
    assert!(held < 2_000);
    let oldest = wait(outlet.next(Duration::ZERO)).unwrap();
    outlet.done(&oldest).unwrap();
    assert!(!append_all(&spool, 100..110).is_empty(), "there is room again");
}

#[test]
fn a_segment_damaged_or_cut_gives_up_no_more_than_what_was_hit() {
    let files = ModelFiles::default();
    let (spool, outlet) = start(&files, 1);
    let acknowledged = append_all(&spool, 0..30);
    drop(outlet);
    let names = super::files::Files::list(&files).unwrap();
    assert!(names.len() > 2);
    let hit = files.after_kill();
    hit.change(&names[1], |content| {
        let middle = content.len() / 2;
        content[middle] ^= 4;
    });
    let found = records_on(&hit);
    assert_eq!(found.len(), acknowledged.len() - 1, "one record is lost: {found:?}");

    let last = names.last().unwrap();
    let length = super::files::Files::length(&files, last).unwrap();
    for cut in 0..length {
        let files = files.after_kill();
        files.change(last, |content| content.truncate(usize::try_from(cut).unwrap()));
        let found = records_on(&files);
        assert_eq!(found, acknowledged[..found.len()], "cut at {cut}: a beginning of all");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    /// Any sectors that were not synced may be on the disk or not, in any order; recovery may be cut off as well.
    #[test]
    fn power_lost_with_any_sectors_written_loses_nothing(
        count in 1_u32..60,
        group in 1_u32..12,
        faults in proptest::collection::btree_map(0_usize..120, prop_oneof![Just(Fault::Io), Just(Fault::Full)], 0..5),
        off_at in 0_usize..160,
        seed: [u8; 32],
    ) {
        let mut random = StdRng::from_seed(seed);
        let files = ModelFiles::default();
        files.script(move |number, operation| {
            let fault = (number >= off_at).then_some(Fault::Io).or_else(|| faults.get(&number).copied());
            // Only a sync can say that it failed and have worked.
            fault.filter(|_| operation != Operation::Remove)
        });
        let (spool, outlet) = start(&files, 1);
        let acknowledged = append_groups(&spool, count, group);
        files.power_off();
        drop(outlet);
        let mut after = files.after_power_loss(Some(&mut random));
        for attempt in 0..2 {
            let found = records_on(&after);
            let set: HashSet<_> = found.iter().copied().collect();
            prop_assert_eq!(set.len(), found.len(), "twice, attempt {}", attempt);
            for number in &acknowledged {
                prop_assert!(set.contains(number), "lost {}, attempt {}", number, attempt);
            }
            after = after.after_power_loss(Some(&mut random));
        }
    }
}
