//! Rows that ClickHouse refuses: one costs its batch nothing, and can be stored when the reason is gone.

use std::{collections::BTreeSet, path::Path, time::Duration};

use rand::Rng;
use rustix::process::Signal;
use serde_json::Value;

use crate::{
    helpers::{
        Service,
        command::run,
        eventually,
        process::{self, engine_of},
    },
    load::{Fate, Ledger},
    oracle::{Findings, assert_exactly_once, look},
    rig::{change, drained, folder, freeze_engine, kill_all, random, rounds, some_ms, tell},
};

/// How long a fresh beacon may wait behind a batch with one bad row.
const NOT_DELAYED: Duration = Duration::from_secs(4);

async fn letters(data_dir: &Path) -> Vec<Value> {
    run(data_dir, "dead-letter list --json").await.done().json().as_array().unwrap().clone()
}

#[tokio::test]
async fn a_row_that_is_refused_costs_its_batch_nothing_and_can_be_inserted_later() {
    let (_folder, data_dir) = folder();
    let ledger = Ledger::default();
    let service = Service::start_with_site(&data_dir).await;
    let bad = 300;
    change(&data_dir, &format!("ALTER TABLE events ADD CONSTRAINT no_poison CHECK view_id != {bad}")).await;
    let engine = freeze_engine(&service).await;
    // Behind the first segment, which the engine does not answer, all gather in one.
    ledger.send_accepted(&service, 600).await;
    process::signal(engine, Signal::CONT);
    let is_buried = async || (service.metrics().await.value("dead_letters_total") > 0).then_some(());
    eventually("the row is a dead letter", NOT_DELAYED, is_buried).await;
    ledger.send_accepted(&service, 1).await;
    drained(&service).await;
    let waited = service.metrics().await.value("spool_age_seconds");
    assert!(waited < NOT_DELAYED.as_secs());

    let found = letters(&data_dir).await;
    // This view has a pageview, an event and an engagement.
    assert_eq!(found.len(), 3, "the rows of one view: {found:?}");
    for letter in &found {
        assert_eq!((&letter["table"], &letter["code"]), (&"events".into(), &469.into()), "{letter}");
        assert!(letter["reason"].as_str().unwrap().contains("no_poison"), "{letter}");
        assert_eq!(letter["site"], "demo.example");
    }
    let findings = look(&ledger, &data_dir).await;
    assert_eq!(findings.changed, BTreeSet::from([bad]), "the other rows of the view are there: {findings:?}");
    assert_eq!((findings.lost.len(), findings.doubled.len()), (0, 0));

    let again = run(&data_dir, "dead-letter replay --all").await;
    assert!(again.failed().contains("3 dead letters refused again"), "{again:?}");
    assert_eq!(letters(&data_dir).await.len(), 3);
    change(&data_dir, "ALTER TABLE events DROP CONSTRAINT no_poison").await;
    let stored = run(&data_dir, "dead-letter replay --all").await.done();
    assert_eq!(stored.last_line(), "Stored 3 of 3.");
    assert_eq!(letters(&data_dir).await.len(), 0);
    assert_exactly_once(&ledger, &data_dir, "after the replay").await;
    service.stop().await;
}

/// The engine and the service are killed while a batch with many bad rows is being taken apart.
#[tokio::test]
async fn a_batch_that_is_taken_apart_survives_kills_in_the_middle() {
    let (mut random, rounds) = (random(), rounds(1, 15));
    let (_folder, data_dir) = folder();
    let ledger = Ledger::default();
    Service::start_with_site(&data_dir).await.stop().await;
    for round in 1..=rounds {
        let mut service = Service::start(&data_dir).await;
        change(&data_dir, "ALTER TABLE events ADD CONSTRAINT IF NOT EXISTS odd CHECK view_id % 17 != 3").await;
        let service_first: bool = random.random();
        let engine = freeze_engine(&service).await;
        ledger.send_accepted(&service, 300).await;
        process::signal(engine, Signal::CONT);
        // Both in each round, in any order.
        for of_the_service in [service_first, !service_first] {
            tokio::time::sleep(some_ms(&mut random, 30..600)).await;
            if of_the_service {
                kill_all(service).await;
                service = Service::start(&data_dir).await;
            } else {
                let killed = service.engine_pid().await;
                process::kill(killed);
                let other = async || engine_of(service.pid).filter(|&pid| pid != killed);
                eventually("another engine", Duration::from_secs(12), other).await;
            }
        }
        drained(&service).await;
        let findings = look(&ledger, &data_dir).await;
        let bad: BTreeSet<u64> = ledger.fates().into_keys().filter(|view| view % 17 == 3).collect();
        let harmed: BTreeSet<u64> = findings.lost.union(&findings.changed).copied().collect();
        assert!(harmed.is_subset(&bad), "round {round}: rows that are in order suffered: {findings:?}");
        assert_eq!((findings.doubled, findings.unasked), Default::default(), "round {round}");

        change(&data_dir, "ALTER TABLE events DROP CONSTRAINT odd").await;
        run(&data_dir, "dead-letter replay --all").await.done();
        assert_exactly_once(&ledger, &data_dir, &format!("round {round}, after the replay")).await;
        assert_eq!(look(&ledger, &data_dir).await, Findings::default());
        assert_eq!(ledger.count(Fate::Refused), 0);
        tell(round, rounds, "taken apart and put together");
        service.stop().await;
    }
}
