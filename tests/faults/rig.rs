//! Owns what every fault test needs: a seed, a number of rounds, a service to start and a way to its engine.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use heatline::store::{Client, Statement, engine::config::read_endpoint};
use rand::{Rng, SeedableRng, rngs::StdRng};
use rustix::process::Signal;
use tempfile::TempDir;

use crate::helpers::{
    Service, eventually,
    process::{self, ended, engine_of},
};

/// How long a backlog may take to reach ClickHouse: the longest pause between two tries, and a little more.
pub const DRAIN_PATIENCE: Duration = Duration::from_secs(30);
/// How often a long run says how far it is.
const TOLD_ROUNDS: u32 = 10;

/// A folder for the data of a test.
pub fn folder() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let data_dir = folder.path().join("data");
    (folder, data_dir)
}

/// Returns the randomness of a test, and says how to repeat it.
pub fn random() -> StdRng {
    let seed = match std::env::var("HEATLINE_TEST_SEED") {
        Ok(text) => text.parse().unwrap(),
        Err(_unset) => rand::rng().random(),
    };
    eprintln!("HEATLINE_TEST_SEED={seed}");
    StdRng::seed_from_u64(seed)
}

/// Returns the rounds of a test: `few`, or the share `per_cent` of what `make faults` asks for.
pub fn rounds(few: u32, per_cent: u32) -> u32 {
    match std::env::var("HEATLINE_TEST_FAULT_ROUNDS") {
        Ok(text) => (text.parse::<u32>().unwrap() * per_cent / 100).max(few),
        Err(_unset) => few,
    }
}

/// Tells whether this is `make faults`, where a fault may take minutes.
pub fn is_long() -> bool {
    std::env::var_os("HEATLINE_TEST_FAULT_ROUNDS").is_some()
}

/// Says how far a long run is.
pub fn tell(round: u32, rounds: u32, what: &str) {
    if round.is_multiple_of(TOLD_ROUNDS) {
        eprintln!("round {round} of {rounds}: {what}");
    }
}

/// Returns a random time of so many milliseconds.
pub fn some_ms(random: &mut StdRng, range: std::ops::Range<u64>) -> Duration {
    Duration::from_millis(random.random_range(range))
}

/// Waits until everything that was accepted is in ClickHouse or a dead letter.
pub async fn drained(service: &Service) {
    let empty = async || (service.metrics().await.value("spool_waiting_bytes") == 0).then_some(());
    eventually("the spool is empty", DRAIN_PATIENCE, empty).await;
}

/// Stops the engine where it is: it takes connections and answers nothing.
pub async fn freeze_engine(service: &Service) -> u32 {
    let pid = service.engine_pid().await;
    process::signal(pid, Signal::STOP);
    pid
}

/// Ends a service and its engine with no chance to say anything, also an engine that is stopped.
pub async fn kill_all(service: Service) {
    let engine = engine_of(service.pid);
    service.kill().await;
    if let Some(engine) = engine {
        kill_if_there(engine);
        ended(engine, Duration::from_secs(5)).await;
    }
}

/// Kills a process that may be gone by now.
pub fn kill_if_there(pid: u32) {
    if process::is_alive(pid) {
        // It may end between the look and the signal.
        let pid = rustix::process::Pid::from_raw(i32::try_from(pid).unwrap()).unwrap();
        let _ = rustix::process::kill_process(pid, Signal::KILL);
    }
}

/// Changes something in ClickHouse behind the service's back.
pub async fn change(data_dir: &Path, sql: &str) {
    let client = Client::new(read_endpoint(&data_dir.join("engine")).unwrap());
    client.execute(&Statement::new(sql)).await.unwrap_or_else(|error| panic!("{sql}: {error}"));
}

/// Returns the segments of a spool, oldest first.
pub fn segments(data_dir: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(data_dir.join("spool")).unwrap();
    let mut paths: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|ending| ending == "segment"));
    paths.sort();
    paths
}
