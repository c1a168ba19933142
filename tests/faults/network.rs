//! A network between the service and ClickHouse that loses requests, answers, and the order of the two.

use std::{
    collections::BTreeMap,
    fs,
    path::PathBuf,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use heatline::{
    spool::segment::Header,
    store::{
        block::{Month, Table},
        engine::config::read_endpoint,
    },
};
use rand::{Rng, SeedableRng, rngs::StdRng};
use tempfile::TempDir;

use crate::{
    helpers::{PATIENCE, SITE, Service, command::run, eventually},
    load::{Fate, Ledger, rows_of},
    oracle::assert_exactly_once,
    proxy::{Fault, Proxy},
    rig::{DRAIN_PATIENCE, change, drained, folder, is_long, random, rounds, segments, tell},
};

/// Longest delay of an insert whose connection is gone.
const LONGEST_DELAY_MS: u64 = 1500;
/// How long the service waits for the answer to an insert (`INSERT_END_TIMEOUT` of `store::client`), and a little more.
const STALL: Duration = Duration::from_secs(5 * 60 + 30);
const SHORT_STALL: Duration = Duration::from_secs(3);
/// How long a server refuses connections in a long run.
const AWAY: Duration = Duration::from_mins(3);

/// An engine that plays an external server, and a service that reaches it through a proxy.
struct Pair {
    server: Service,
    proxy: Proxy,
    service: Service,
    data_dir: PathBuf,
    _folders: [TempDir; 2],
}

impl Pair {
    async fn start() -> Self {
        let (server_folder, server_dir) = folder();
        let (service_folder, data_dir) = folder();
        let server = Service::start(&server_dir).await;
        let proxy = Proxy::start(read_endpoint(&server_dir.join("engine")).unwrap()).await;
        let service = Service::start_with(&data_dir, &["--clickhouse-url", &proxy.url()]).await;
        service.add_site(SITE).await;
        Self { server, proxy, service, data_dir, _folders: [server_folder, service_folder] }
    }

    /// Kills the service, does something, and starts it again.
    async fn kill_and(self, work: impl AsyncFnOnce(&Service)) -> Self {
        self.service.kill().await;
        work(&self.server).await;
        let service = Service::start_with(&self.data_dir, &["--clickhouse-url", &self.proxy.url()]).await;
        Self { service, ..self }
    }

    /// Lets everything through, and looks at the books when it has come.
    async fn settle(&self, ledger: &Ledger, what: &str) {
        self.proxy.script(|| Fault::None);
        drained(&self.service).await;
        let idle = async || self.proxy.is_idle().then_some(());
        eventually("what was late has come", PATIENCE, idle).await;
        assert_exactly_once(ledger, &self.server.data_dir, what).await;
    }

    async fn stop(self) {
        self.service.stop().await;
        self.server.stop().await;
    }
}

fn some_fault(random: &mut StdRng) -> Fault {
    match random.random_range(0..8) {
        0 => Fault::Refused,
        1 => Fault::CutOff,
        2 => Fault::AnswerLost,
        3 => Fault::Late(Duration::from_millis(random.random_range(0..LONGEST_DELAY_MS))),
        _ => Fault::None,
    }
}

#[tokio::test]
async fn an_insert_is_stored_once_whatever_the_network_does_to_it() {
    let (mut random, rounds) = (random(), rounds(3, 25));
    let ledger = Ledger::default();
    let mut pair = Pair::start().await;
    let met = Arc::new(Mutex::new(BTreeMap::<String, u32>::new()));
    for round in 1..=rounds {
        let (mut own, counts) = (StdRng::from_rng(&mut random), Arc::clone(&met));
        pair.proxy.script(move || {
            let fault = some_fault(&mut own);
            let name = format!("{fault:?}").split('(').next().unwrap().to_owned();
            *counts.lock().unwrap().entry(name).or_default() += 1;
            fault
        });
        ledger.send_until(&pair.service, tokio::time::sleep(Duration::from_millis(1500))).await;
        if random.random_ratio(1, 3) {
            pair = pair.kill_and(async |_| {}).await;
        }
        pair.settle(&ledger, &format!("round {round}")).await;
        tell(round, rounds, &format!("{:?}", met.lock().unwrap()));
    }
    let met = met.lock().unwrap().clone();
    eprintln!("{met:?}");
    assert!(met.len() >= 4, "several kinds of faults: {met:?}");
    assert_eq!(ledger.count(Fate::Refused), 0);
    pair.stop().await;
}

/// Each fault by itself, so that none hides behind another.
#[tokio::test]
async fn each_fault_of_the_network_leaves_one_copy() {
    let ledger = Ledger::default();
    let pair = Pair::start().await;
    for fault in [Fault::Refused, Fault::CutOff, Fault::AnswerLost, Fault::Late(Duration::from_millis(700))] {
        // The first try for each of the five tables meets it, the second one comes through.
        let mut meets_it = false;
        pair.proxy.script(move || {
            meets_it = !meets_it;
            if meets_it { fault } else { Fault::None }
        });
        ledger.send_accepted(&pair.service, 60).await;
        drained(&pair.service).await;
        pair.settle(&ledger, &format!("{fault:?}")).await;
    }
    assert_eq!(pair.service.metrics().await.value("dead_letters_total"), 0, "no row is at fault");
    pair.stop().await;
}

/// Tells whether a row, as the book has it, is of the table `events`.
fn is_of_events(row: &str) -> bool {
    ["pageview|", "event|", "engagement|"].iter().any(|kind| row.starts_with(kind))
}

#[tokio::test]
async fn a_batch_that_is_taken_apart_is_stored_once_whatever_happens_meanwhile() {
    let (mut random, rounds) = (random(), rounds(1, 25));
    let ledger = Ledger::default();
    let mut pair = Pair::start().await;
    for round in 1..=rounds {
        change(&pair.server.data_dir, "ALTER TABLE events ADD CONSTRAINT odd CHECK view_id % 17 != 3").await;
        let before = ledger.fates().len() as u64;
        pair.proxy.script(|| Fault::Refused);
        ledger.send_accepted(&pair.service, 120).await;
        // Answers are lost, and somewhere on the way the service is killed.
        let inserts = Arc::new(AtomicU32::new(0));
        let (mut own, counted) = (StdRng::from_rng(&mut random), Arc::clone(&inserts));
        pair.proxy.script(move || {
            counted.fetch_add(1, Ordering::SeqCst);
            match own.random_range(0..8) {
                0 | 1 => Fault::AnswerLost,
                2 => Fault::Late(Duration::from_millis(own.random_range(0..300))),
                _ => Fault::None,
            }
        });
        let enough = random.random_range(5..40);
        let is_on_its_way = async || (inserts.load(Ordering::SeqCst) >= enough).then_some(());
        // Every fourth insert or so is followed by a pause, and the pauses grow.
        eventually("it is being taken apart", 2 * DRAIN_PATIENCE, is_on_its_way).await;
        pair = pair.kill_and(async |_| {}).await;
        drained(&pair.service).await;

        let refused = ledger.fates().into_keys().filter(|&view| view > before && view % 17 == 3);
        let refused: usize = refused.map(|view| rows_of(view).iter().filter(|row| is_of_events(row)).count()).sum();
        let replay = format!("dead-letter replay --all --clickhouse-url {}", pair.proxy.url());
        let listed = run(&pair.data_dir, "dead-letter list --json").await.done().json().as_array().unwrap().len();
        assert_eq!(listed, refused, "round {round}: the refused rows are letters, no others");
        pair.proxy.script(|| Fault::None);
        change(&pair.server.data_dir, "ALTER TABLE events DROP CONSTRAINT odd").await;
        run(&pair.data_dir, &replay).await.done();
        pair.settle(&ledger, &format!("round {round}, after the replay")).await;
        tell(round, rounds, &format!("killed after {enough} inserts, {listed} dead letters"));
    }
    pair.stop().await;
}

/// A server that is killed between the two notes the token of an insert and has no rows of it.
#[tokio::test]
async fn a_token_that_the_server_knows_without_its_rows_costs_nothing() {
    let ledger = Ledger::default();
    let pair = Pair::start().await;
    pair.proxy.script(|| Fault::Refused);
    ledger.send_accepted(&pair.service, 30).await;
    let data_dir = pair.data_dir.clone();
    let pair = pair.kill_and(async |server| {
        let batches = segments(&data_dir).into_iter().map(|path| Header::read(&fs::read(path).unwrap()).unwrap().batch);
        let today = u16::try_from(jiff::Timestamp::now().as_second() / 86_400).unwrap();
        for batch in batches {
            for table in Table::ALL {
                // Another row takes the place of the batch's under its token.
                let token = format!("{batch:016x}-{}-{}", table.name(), Month::of_day(today).0);
                let sql = format!(
                    "INSERT INTO {} (site_id, day) SETTINGS async_insert = 0, insert_deduplication_token = '{token}' VALUES (0, {today})",
                    table.name()
                );
                change(&server.data_dir, &sql).await;
            }
        }
    });
    let pair = pair.await;
    pair.proxy.script(|| Fault::None);
    drained(&pair.service).await;
    for table in Table::ALL {
        let sql = format!("ALTER TABLE {} DELETE WHERE site_id = 0 SETTINGS mutations_sync = 1", table.name());
        change(&pair.server.data_dir, &sql).await;
    }
    assert!(pair.service.log().contains("knows a batch that it does not have"), "the test has met the case");
    pair.settle(&ledger, "a stale token").await;
    pair.stop().await;
}

#[tokio::test]
async fn inserts_that_are_refused_for_minutes_are_stored_once_afterwards() {
    // In a long run for minutes; else for as long as a few tries take.
    let away = if is_long() { AWAY } else { SHORT_STALL };
    let ledger = Ledger::default();
    let pair = Pair::start().await;
    pair.proxy.script(|| Fault::Refused);
    ledger.send_until(&pair.service, tokio::time::sleep(Duration::from_secs(1))).await;
    ledger.trickle(&pair.service, away).await;
    let metrics = pair.service.metrics().await;
    assert!(metrics.value("spool_waiting_bytes") > 0 && metrics.value("ship_retries_total") > 0);
    pair.settle(&ledger, &format!("refused for {away:?}")).await;
    assert_eq!(ledger.count(Fate::Refused), 0, "202 goes on");
    assert_eq!(pair.service.metrics().await.value("dead_letters_total"), 0, "no row is at fault");
    pair.stop().await;
}

#[tokio::test]
async fn an_answer_that_never_comes_leaves_one_copy() {
    // In a long run until the service gives up by itself; else until the network does.
    let stall = if is_long() { STALL } else { SHORT_STALL };
    let ledger = Ledger::default();
    let pair = Pair::start().await;
    let mut left = 1;
    pair.proxy.script(move || {
        left -= 1;
        if left >= 0 { Fault::Stalled(stall) } else { Fault::None }
    });
    ledger.send_accepted(&pair.service, 60).await;
    let empty = async || (pair.service.metrics().await.value("spool_waiting_bytes") == 0).then_some(());
    eventually("the service asks and finds the rows", stall + DRAIN_PATIENCE, empty).await;
    pair.proxy.script(|| Fault::None);
    assert_exactly_once(&ledger, &pair.server.data_dir, "a stalled answer").await;
    pair.stop().await;
}
