//! A clock that is set forward and back by a day while the service runs, and while it is down: by libfaketime. What measures
//! time keeps going; what tells the date jumps. The engine reads its clock in ways that no library comes between, so it stands
//! beside the service, as an external server whose clock is right.

use std::{
    env::consts::ARCH,
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

use heatline::store::engine::config::read_endpoint;
use jiff::{SignedDuration, Timestamp, fmt::rfc2822};
use rand::Rng;
use serde_json::json;

use crate::{
    helpers::{Beacon, PATIENCE, SITE, Service, app::rows, command::heatline, eventually},
    load::{Fate, Ledger, beacon, beacon_of},
    oracle::assert_exactly_once,
    proxy::Proxy,
    rig::{drained, folder, random, rounds, tell},
};

/// A site that nobody visits but for one beacon before each step.
const QUIET_SITE: &str = "quiet.example";
/// How long events may be turned away after a step: the salts of another day are there a second later.
const SALTS_PATIENCE: Duration = Duration::from_secs(3);
/// How long a clock runs on after a step, under load.
const BETWEEN_STEPS: Duration = Duration::from_secs(3);
/// Longest time between two events of a session, and between the first of them and their beginning.
const SESSION_SECONDS: u32 = 30 * 60;

/// The clock of a service: so far ahead of the real one, or behind.
struct Clock {
    file: PathBuf,
    ahead: SignedDuration,
}

impl Clock {
    fn new(folder: &Path) -> Self {
        let mut clock = Self { file: folder.join("clock"), ahead: SignedDuration::ZERO };
        clock.set(SignedDuration::ZERO);
        clock
    }

    fn set(&mut self, ahead: SignedDuration) {
        self.ahead = ahead;
        // Put in place whole: it is read at any moment.
        let next = self.file.with_extension("next");
        fs::write(&next, format!("{:+}\n", ahead.as_secs())).unwrap();
        fs::rename(&next, &self.file).unwrap();
    }

    /// Starts a service that goes by this clock.
    async fn start(&self, data_dir: &Path, proxy: &Proxy) -> Service {
        let library = PathBuf::from(format!("/usr/lib/{ARCH}-linux-gnu/faketime/libfaketime.so.1"));
        assert!(library.exists(), "this test sets a clock with {}: run scripts/ensure-faketime", library.display());
        let mut command = heatline(data_dir);
        command
            .args(["serve", "--clickhouse-url", &proxy.url()])
            .env("LD_PRELOAD", library)
            .env("FAKETIME_TIMESTAMP_FILE", &self.file)
            .env("FAKETIME_CACHE_DURATION", "1")
            // Timeouts go by the steady clock, as on a machine whose clock is set.
            .env("FAKETIME_DONT_FAKE_MONOTONIC", "1")
            // Files keep the dates that the disk gives them.
            .env("NO_FAKE_STAT", "1");
        Service::start_by(command, data_dir).await
    }

    /// Waits until a service has seen the last step.
    async fn is_seen(&self, service: &Service) {
        eventually("the service goes by the new time", PATIENCE, async || {
            let answer = service.get("/healthz").send().await;
            let then = rfc2822::DateTimeParser::new().parse_timestamp(answer.header("date").unwrap()).unwrap();
            let now = Timestamp::now() + self.ahead;
            (then.duration_until(now).abs() < SignedDuration::from_secs(60)).then_some(())
        })
        .await;
    }
}

/// Sends the first batch of a view, which is accepted.
async fn send_first_batch(ledger: &Ledger, service: &Service) -> Beacon {
    let view = ledger.next();
    let batch = beacon(view).batch(0);
    service.accepted(&batch).await;
    ledger.settle(view, Fate::Accepted);
    batch
}

/// Sends a beacon for the quiet site, which is accepted.
async fn visit_the_quiet_site(ledger: &Ledger, service: &Service) {
    let view = ledger.next();
    service.accepted(&beacon_of(QUIET_SITE, view)).await;
    ledger.settle(view, Fate::Accepted);
}

/// Removes what libfaketime leaves of a process that was killed.
fn forget_shared_memory(pid: u32) {
    for name in [format!("faketime_shm_{pid}"), format!("sem.faketime_sem_{pid}")] {
        fs::remove_file(Path::new("/dev/shm").join(name)).unwrap();
    }
}

async fn is_ready(service: &Service) -> ! {
    loop {
        service.get("/readyz").send().await.expect(200, "it stays ready");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// Sets the clock while beacons come, and looks at all that goes by time.
async fn step(clock: &mut Clock, ahead: SignedDuration, ledger: &Ledger, service: &Service) {
    let batch = send_first_batch(ledger, service).await;
    visit_the_quiet_site(ledger, service).await;
    assert_ne!(service.live(QUIET_SITE).await["visitors"], 0);

    let steps = async {
        clock.set(ahead);
        clock.is_seen(service).await;
        tokio::time::sleep(BETWEEN_STEPS).await;
    };
    let under_load = ledger.send_until(service, steps);
    tokio::select! {
        () = under_load => {}
        () = is_ready(service) => {}
    }
    let is_accepted = async || (ledger.send(service).await == Fate::Accepted).then_some(());
    eventually("events are accepted again", SALTS_PATIENCE, is_accepted).await;
    ledger.send_accepted(service, 40).await;

    let again = service.beacon(&batch).await.expect(202, "a batch that is sent again after the step");
    assert_eq!(again.header("x-heatline-dropped"), Some("repeated"));
    assert_eq!(service.live(QUIET_SITE).await["visitors"], 0, "nobody is held until their time comes");
    visit_the_quiet_site(ledger, service).await;
    assert_eq!(service.live(QUIET_SITE).await["visitors"], 1);
}

/// Looks at what is stored.
async fn look(ledger: &Ledger, service: &Service, server: &Service, what: &str) {
    drained(service).await;
    assert_exactly_once(ledger, &server.data_dir, what).await;
    let long = format!(
        "SELECT session_id, min(at), max(at), min(session_started_at) FROM events GROUP BY session_id
         HAVING dateDiff('second', min(at), max(at)) > {SESSION_SECONDS}
             OR abs(dateDiff('second', min(session_started_at), min(at))) > {SESSION_SECONDS}"
    );
    let long = rows(&server.data_dir, &long).await;
    assert!(long.is_empty(), "{what}: no session spans a step: {long:?}");
    assert!(!service.log().contains("panicked"), "{what}: {}", service.log());
}

/// Steps between today and another day, in the direction of the sign.
async fn steps(sign: i32) {
    let (mut random, rounds) = (random(), rounds(1, 5));
    let (own_folder, data_dir) = folder();
    let (_server_folder, server_dir) = folder();
    let ledger = Ledger::default();
    let server = Service::start(&server_dir).await;
    let proxy = Proxy::start(read_endpoint(&server_dir.join("engine")).unwrap()).await;
    let mut clock = Clock::new(own_folder.path());
    let mut service = clock.start(&data_dir, &proxy).await;
    service.add_site(SITE).await;
    service.add_site(QUIET_SITE).await;
    for round in 1..=rounds {
        // It is noon at the sites: the other day in any case.
        let away = SignedDuration::from_mins(random.random_range(20 * 60..28 * 60)) * sign;
        for ahead in [away, SignedDuration::ZERO] {
            step(&mut clock, ahead, &ledger, &service).await;
            look(&ledger, &service, &server, &format!("round {round}, {ahead:#} ahead")).await;
        }
        // The same while it is down, with a backlog.
        for ahead in [away, SignedDuration::ZERO] {
            ledger.send_until(&service, tokio::time::sleep(Duration::from_millis(500))).await;
            let pid = service.pid;
            service.kill().await;
            forget_shared_memory(pid);
            clock.set(ahead);
            service = clock.start(&data_dir, &proxy).await;
            ledger.send_accepted(&service, 40).await;
            look(&ledger, &service, &server, &format!("round {round}, started {ahead:#} ahead")).await;
        }
        tell(
            round,
            rounds,
            &format!("{} accepted, {} refused", ledger.count(Fate::Accepted), ledger.count(Fate::Refused)),
        );
    }
    let days = rows(&server_dir, "SELECT uniqExact(day) FROM events").await;
    assert_eq!(json!(days), json!([[2]]), "events are of the day that the clock said");
    service.stop().await;
    server.stop().await;
}

#[tokio::test]
async fn a_clock_that_is_set_a_day_forward_and_back_costs_nothing() {
    steps(1).await;
}

#[tokio::test]
async fn a_clock_that_is_set_a_day_back_and_forward_costs_nothing() {
    steps(-1).await;
}
