//! `kill -9` of the service and of its engine at any moment, and a polite end with a backlog.

use std::{
    process::Stdio,
    time::{Duration, Instant},
};

use rand::Rng;
use rustix::process::Signal;

use crate::{
    helpers::{
        PATIENCE, SITE, Service,
        command::{heatline, run},
        eventually, process,
    },
    load::{Fate, Ledger},
    oracle::assert_exactly_once,
    rig::{drained, folder, freeze_engine, kill_all, kill_if_there, random, rounds, some_ms, tell},
};

/// How long a stop may take when ClickHouse does not answer: five seconds for open requests, five for the backlog, ten for
/// the engine; they are not all needed at once.
const LONGEST_STOP: Duration = Duration::from_secs(17);
/// By this time a segment is sealed and on its way.
const A_BATCH: Duration = Duration::from_millis(400);
/// After so many kills the service itself is started anew: its engine would only come back after ever longer pauses.
const ENGINE_KILLS_OF_A_SERVICE: u32 = 3;

#[tokio::test]
async fn a_service_killed_at_any_moment_loses_nothing_and_doubles_nothing() {
    let (mut random, rounds) = (random(), rounds(5, 100));
    let (_folder, data_dir) = folder();
    let ledger = Ledger::default();
    Service::start_with_site(&data_dir).await.stop().await;
    for round in 1..=rounds {
        // Sometimes it does not even get to listen: recovery is cut off as well.
        if random.random_ratio(1, 4) {
            let mut starting = heatline(&data_dir).arg("serve").stdout(Stdio::null()).spawn().unwrap();
            tokio::time::sleep(some_ms(&mut random, 20..900)).await;
            starting.kill().await.unwrap();
        }
        let service = Service::start(&data_dir).await;
        ledger.send_until(&service, tokio::time::sleep(some_ms(&mut random, 50..500))).await;
        let waiting = service.metrics().await.value("spool_waiting_bytes");
        service.kill().await;
        tell(round, rounds, &format!("{} accepted, {waiting} bytes waited", ledger.count(Fate::Accepted)));
        if round % 20 == 0 {
            let service = Service::start(&data_dir).await;
            drained(&service).await;
            assert_exactly_once(&ledger, &data_dir, &format!("after {round} kills")).await;
            service.kill().await;
        }
    }
    let service = Service::start(&data_dir).await;
    drained(&service).await;
    assert_eq!(service.metrics().await.value("spool_damaged_records_total"), 0);
    assert_exactly_once(&ledger, &data_dir, "after all kills of the service").await;
    assert!(ledger.count(Fate::Accepted) > 20 * rounds as usize, "the service was under load");
    service.stop().await;
}

#[tokio::test]
async fn an_engine_killed_at_any_moment_costs_nothing() {
    let (mut random, rounds) = (random(), rounds(6, 50));
    let (_folder, data_dir) = folder();
    let ledger = Ledger::default();
    let mut service = Service::start_with_site(&data_dir).await;
    for round in 1..=rounds {
        let before = service.engine_pid().await;
        // Every other time it is killed while it stores a batch: stopped until one has come, it goes on for a moment.
        let is_aimed = round % 2 == 0;
        let (pause, moment) = (some_ms(&mut random, 20..900), some_ms(&mut random, 0..40));
        ledger
            .send_until(&service, async {
                tokio::time::sleep(pause).await;
                if is_aimed {
                    process::signal(before, Signal::STOP);
                    tokio::time::sleep(A_BATCH).await;
                    process::signal(before, Signal::CONT);
                    tokio::time::sleep(moment).await;
                }
                process::kill(before);
                let other = async || process::engine_of(service.pid).filter(|&pid| pid != before);
                eventually("another engine", Duration::from_secs(12), other).await;
            })
            .await;
        let metrics = service.metrics().await;
        let (retries, found) = (metrics.value("ship_retries_total"), metrics.value("ship_found_rows_total"));
        tell(round, rounds, &format!("{retries} inserts were sent again, {found} rows were there already"));
        if round % ENGINE_KILLS_OF_A_SERVICE == 0 || round == rounds {
            drained(&service).await;
            assert_exactly_once(&ledger, &data_dir, &format!("after {round} kills of the engine")).await;
            service.stop().await;
            service = Service::start(&data_dir).await;
        }
    }
    assert_eq!(ledger.count(Fate::Refused), 0, "the spool takes what the engine cannot");
    service.stop().await;
}

/// Others try to serve from the folder of a service under load, and after it was killed with a backlog two start at once.
#[tokio::test]
async fn of_two_services_on_one_spool_one_is_refused_and_nothing_is_lost() {
    let (_folder, data_dir) = folder();
    let ledger = Ledger::default();
    let service = Service::start_with_site(&data_dir).await;
    freeze_engine(&service).await;
    let others = async {
        for _ in 0..3 {
            let said = run(&data_dir, "serve").await;
            assert!(said.failed().contains("another heatline works in the data folder"), "{said:?}");
            assert_eq!(said.out, "", "it has not begun");
        }
    };
    ledger.send_until(&service, others).await;
    assert!(service.metrics().await.value("spool_waiting_bytes") > 0, "there is a spool to spoil");
    kill_all(service).await;

    let mut other = heatline(&data_dir).arg("serve").stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let starting = other.id().unwrap();
    eventually("the other one is at work", PATIENCE, async || process::engine_of(starting)).await;
    assert!(run(&data_dir, "serve").await.failed().contains("another heatline works"), "also while it starts");
    other.kill().await.unwrap();
    let service = Service::start(&data_dir).await;
    ledger.send_accepted(&service, 20).await;
    drained(&service).await;
    assert_exactly_once(&ledger, &data_dir, "after others wanted the folder").await;
    assert_eq!(ledger.count(Fate::Refused), 0);
    service.stop().await;
}

#[tokio::test]
async fn a_service_asked_to_stop_with_a_backlog_and_no_engine_ends_in_time_and_ships_later() {
    let (_folder, data_dir) = folder();
    let ledger = Ledger::default();
    let service = Service::start_with_site(&data_dir).await;
    ledger.send_accepted(&service, 50).await;
    let engine = freeze_engine(&service).await;
    ledger.send_accepted(&service, 300).await;
    assert!(service.metrics().await.value("spool_waiting_bytes") > 0, "there is a backlog");
    let start = Instant::now();
    process::signal(service.pid, Signal::TERM);
    assert!(service.wait().await.success(), "it stops as if nothing were wrong");
    let took = start.elapsed();
    eprintln!("stopped after {took:?}");
    assert!(took < LONGEST_STOP, "it took {took:?}");
    kill_if_there(engine);
    let service = Service::start(&data_dir).await;
    drained(&service).await;
    assert_exactly_once(&ledger, &data_dir, "after the next start").await;
    assert_eq!(service.sites().await[0]["domain"], SITE);
    service.stop().await;
}
