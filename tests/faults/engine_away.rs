//! ClickHouse that does not answer, and ClickHouse whose schema is broken: events are accepted, wait, and nothing is lost.

use std::time::Duration;

use rustix::process::Signal;

use crate::{
    helpers::{PATIENCE, Service, eventually, process},
    load::{Fate, Ledger},
    oracle::assert_exactly_once,
    rig::{change, drained, folder, freeze_engine, is_long},
};

const AWAY: Duration = Duration::from_secs(2);
/// How much longer it is away in a long run.
const LONG_AWAY: Duration = Duration::from_mins(2);

#[tokio::test]
async fn events_are_accepted_while_the_engine_answers_nothing_and_shipped_when_it_does() {
    let (_folder, data_dir) = folder();
    let ledger = Ledger::default();
    let service = Service::start_with_site(&data_dir).await;
    let waiting = async || service.metrics().await.value("spool_waiting_bytes");
    // Once it goes on where it was, once it is killed with an insert whose fate nobody knows.
    for then in [Signal::CONT, Signal::KILL] {
        let engine = freeze_engine(&service).await;
        ledger.send_until(&service, tokio::time::sleep(AWAY / 2)).await;
        let before = waiting().await;
        ledger.send_until(&service, tokio::time::sleep(AWAY / 2)).await;
        let after = waiting().await;
        assert!(after > before && before > 0, "the spool grows: {before}, {after}");
        if is_long() {
            ledger.trickle(&service, LONG_AWAY).await;
        }
        process::signal(engine, then);
        ledger.send_until(&service, tokio::time::sleep(AWAY / 4)).await;
        drained(&service).await;
        assert_exactly_once(&ledger, &data_dir, &format!("{then:?} of a stopped engine")).await;
    }
    assert_eq!(ledger.count(Fate::Refused), 0, "202 goes on");
    service.stop().await;
}

#[tokio::test]
async fn a_broken_schema_stops_shipping_loudly_and_loses_nothing() {
    let (_folder, data_dir) = folder();
    let ledger = Ledger::default();
    let service = Service::start_with_site(&data_dir).await;
    ledger.send_accepted(&service, 20).await;
    drained(&service).await;
    change(&data_dir, "RENAME TABLE events TO elsewhere").await;
    ledger.send_accepted(&service, 100).await;
    let told = async || service.log().contains("shipping has stopped").then_some(());
    eventually("the log says that shipping has stopped", PATIENCE, told).await;
    ledger.send_accepted(&service, 100).await;
    let metrics = service.metrics().await;
    assert!(metrics.value("spool_waiting_bytes") > 0, "events wait");
    assert_eq!(metrics.value("dead_letters_total"), 0, "no row is at fault");
    change(&data_dir, "RENAME TABLE elsewhere TO events").await;
    drained(&service).await;
    assert_exactly_once(&ledger, &data_dir, "after the repair").await;
    assert!(!data_dir.join("dead-letter").exists());
    service.stop().await;
}
