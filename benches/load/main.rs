//! Measures the service under load: beacons over loopback, in turns with a bare actix-web handler on the same cores.
//!
//! `make bench-ingest`, or `cargo bench --bench load -- --seconds 60` for the record. It starts its own processes, ends
//! them, and is bounded in time.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a bench talks to the person at the terminal")]
#![expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "counts of a bounded run, far below 2^52"
)]

mod bare;
mod contest;
mod generator;
#[path = "../inputs/mod.rs"]
mod inputs;
mod process;
mod questions;
mod report;
#[expect(dead_code, reason = "the bench of the live view changes settings of the site")]
mod server;

use std::{error::Error, fs, path::Path, time::Duration};

use clap::Parser;

use crate::{
    contest::{Bench, Live},
    generator::{Plan, Requests, Until},
    report::Results,
    server::Service,
};

const WARM_UP: Duration = Duration::from_secs(1);
/// Connections of many browsers, and of a few servers or proxies.
const MANY: usize = 512;
const FEW: usize = 32;
/// Events of a large beacon.
const BATCH: u32 = 25;
/// Visitors who are there at the same time when memory is measured.
const LIVE_VISITORS: u32 = 100_000;

#[derive(Parser)]
struct Args {
    /// Seconds of sustained load with large beacons
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u64).range(1..=300))]
    seconds: u64,
    /// Rounds of single events for each server
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u64).range(1..=20))]
    rounds: u64,
    /// Seconds of one such round
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u64).range(1..=60))]
    round_seconds: u64,
    /// Only these scenarios: many, few, batch, half, live
    #[arg(long, value_delimiter = ',')]
    only: Vec<String>,
    /// Be the bare server; this program starts itself so
    #[arg(long, hide = true)]
    bare: bool,
    /// Cargo says this to every bench
    #[arg(long, hide = true)]
    bench: bool,
}

impl Args {
    fn wants(&self, scenario: &str) -> bool {
        self.only.is_empty() || self.only.iter().any(|wanted| wanted == scenario)
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let args = Args::parse();
    if args.bare {
        return Ok(bare::serve()?);
    }
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/bench");
    fs::create_dir_all(&folder)?;
    let log = folder.join("heatline.log");
    let mut results = Results::default();
    let loaded = load(&args, Bench::start(&log)?, &mut results)?;
    let live = if args.wants("live") { Some(live(&mut Service::start(&log)?, &log)?) } else { None };
    let text = report::page(&results, live.as_ref(), loaded);
    println!("{text}");
    fs::write(folder.join("ingest.md"), text)?;
    if loaded.found != loaded.accepted {
        return Err(format!("{} events were accepted and {} are there", loaded.accepted, loaded.found).into());
    }
    Ok(())
}

/// How many events were answered with 202, and how many rows are there.
#[derive(Debug, Clone, Copy)]
struct Loaded {
    accepted: u64,
    found: u64,
}

/// Runs all scenarios that compare rates, against one service.
fn load(args: &Args, mut bench: Bench, results: &mut Results) -> Result<Loaded, Box<dyn Error>> {
    let singles = Requests::new(0..inputs::VISITORS, 2, 1);
    let batches = Requests::new(0..inputs::VISITORS, 1, BATCH);
    let plan = |connections, length| Plan { connections, until: Until::After(length), rate: None };
    let round = Duration::from_secs(args.round_seconds);
    let sustained = Duration::from_secs(args.seconds);
    bench.contest("", &singles, plan(MANY, WARM_UP), 1)?;

    if args.wants("many") {
        results.many =
            Some(bench.contest("single events, 512 connections", &singles, plan(MANY, round), args.rounds)?);
    }
    if args.wants("few") {
        results.few = Some(bench.contest("single events, 32 connections", &singles, plan(FEW, round), args.rounds)?);
    }
    if args.wants("batch") || args.wants("half") {
        let contest = bench.contest("beacons of 25 events", &batches, plan(MANY, sustained), 1)?;
        let full_rate = contest.heatline[0].requests_per_second;
        results.batch = Some(contest);
        if args.wants("half") {
            let half = Plan { rate: Some(full_rate / 2.0), ..plan(MANY, round) };
            results.half = Some(bench.alone("beacons of 25 events, half of that rate", &batches, half)?);
        }
    }
    Ok(Loaded { accepted: bench.accepted_events, found: bench.rows_found()? })
}

/// Measures what a service holds in memory while many visitors are there, and how soon it knows them after a restart.
fn live(service: &mut Service, log: &Path) -> Result<Live, Box<dyn Error>> {
    let arrivals = Requests::new(0..LIVE_VISITORS, 1, 1);
    contest::live(service, log, &arrivals, Plan { connections: FEW, until: Until::Once, rate: None })
}
