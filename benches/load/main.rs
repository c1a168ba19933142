//! Measures the service under load: beacons over loopback, in turns with a bare actix-web handler on the same cores.
//!
//! `cargo bench --bench load -- --seconds 5 --rounds 3`. It starts its own processes, ends them, and is bounded in time.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a bench talks to the person at the terminal")]
#![expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "counts of a bounded run, far below 2^52"
)]

mod bare;
mod generator;
#[path = "../inputs/mod.rs"]
mod inputs;
mod process;
mod questions;
mod report;
mod server;

use std::{error::Error, fs, path::Path, sync::Arc, time::Duration};

use clap::Parser;

use crate::{
    generator::Requests,
    report::{Contest, Engine, Round},
    server::{Server, Service},
};

/// Time for the engine to merge what a round brought; counted as work for it.
const SETTLE: Duration = Duration::from_secs(2);
const WARM_UP: Duration = Duration::from_secs(1);

#[derive(Parser)]
struct Args {
    /// Seconds of one round
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u64).range(1..=60))]
    seconds: u64,
    /// Rounds of single events for each server; batches get one
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u64).range(1..=20))]
    rounds: u64,
    /// Connections that send at the same time
    #[arg(long, default_value_t = 64)]
    connections: usize,
    /// Be the bare server; this program starts itself so
    #[arg(long, hide = true)]
    bare: bool,
    /// Cargo says this to every bench
    #[arg(long, hide = true)]
    bench: bool,
}

fn main() -> Result<(), Box<dyn Error>> {
    let args = Args::parse();
    if args.bare {
        return Ok(bare::serve()?);
    }
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/bench");
    fs::create_dir_all(&folder)?;
    let mut bench = Bench::start(&args, &folder)?;
    let singles = Requests::new(2, 1);
    let batches = Requests::new(1, 50);
    bench.warm_up(&singles)?;
    let contests = [bench.contest(&singles, args.rounds)?, bench.contest(&batches, 1)?];

    let found = bench.runtime.block_on(questions::events_found(&bench.service))?;
    let text = format!(
        "{}\nEvents accepted with 202: {}; found in ClickHouse after the queue was empty: {found}.\n",
        report::table(&contests),
        bench.accepted_events
    );
    println!("{text}");
    fs::write(folder.join("load.md"), text)?;
    if found != bench.accepted_events {
        return Err(format!("{} events were accepted and {found} are there", bench.accepted_events).into());
    }
    Ok(())
}

/// Both servers and the count of what the service has promised to keep.
struct Bench {
    bare: Server,
    service: Service,
    engine_pid: u32,
    runtime: tokio::runtime::Runtime,
    connections: usize,
    length: Duration,
    accepted_events: u64,
}

impl Bench {
    fn start(args: &Args, folder: &Path) -> Result<Self, Box<dyn Error>> {
        let service = Service::start(&folder.join("heatline.log"))?;
        Ok(Self {
            bare: Server::bare()?,
            engine_pid: process::child_of(service.server.pid())?,
            service,
            runtime: tokio::runtime::Builder::new_current_thread().enable_all().build()?,
            connections: args.connections,
            length: Duration::from_secs(args.seconds),
            accepted_events: 0,
        })
    }

    fn warm_up(&mut self, requests: &Arc<Requests>) -> Result<(), Box<dyn Error>> {
        let length = std::mem::replace(&mut self.length, WARM_UP);
        self.contest(requests, 1)?;
        self.length = length;
        Ok(())
    }

    fn contest(&mut self, requests: &Arc<Requests>, rounds: u64) -> Result<Contest, Box<dyn Error>> {
        let mut contest = Contest { events: requests.events, bare: Vec::new(), heatline: Vec::new() };
        for round in 1..=rounds {
            contest.bare.push(self.bare_round(requests)?);
            contest.heatline.push(self.heatline_round(requests)?);
            eprintln!("{} events a request, round {round} of {rounds} done", requests.events);
        }
        Ok(contest)
    }

    fn bare_round(&self, requests: &Arc<Requests>) -> Result<Round, Box<dyn Error>> {
        let pid = self.bare.pid();
        let cpu_before = process::cpu_seconds(pid)?;
        let tally = generator::run(self.bare.address, requests, self.connections, self.length)?;
        let mut round = Round::of(tally);
        round.cpu_seconds = process::cpu_seconds(pid)? - cpu_before;
        round.resident_mib = process::resident_mib(pid)?;
        Ok(round)
    }

    /// Ends when everything is in ClickHouse, so that the next round has the cores for itself.
    fn heatline_round(&mut self, requests: &Arc<Requests>) -> Result<Round, Box<dyn Error>> {
        let (pid, engine_pid) = (self.service.server.pid(), self.engine_pid);
        let (cpu_before, engine_before) = (process::cpu_seconds(pid)?, process::cpu_seconds(engine_pid)?);
        let tally = generator::run(self.service.server.address, requests, self.connections, self.length)?;
        let mut round = Round::of(tally);
        self.accepted_events += round.accepted * u64::from(requests.events);
        round.resident_mib = process::resident_mib(pid)?;
        self.runtime.block_on(async {
            questions::wait_until_drained(&self.service).await?;
            tokio::time::sleep(SETTLE).await;
            Ok::<_, Box<dyn Error>>(())
        })?;
        round.cpu_seconds = process::cpu_seconds(pid)? - cpu_before;
        round.engine = Some(Engine {
            cpu_seconds: process::cpu_seconds(engine_pid)? - engine_before,
            resident_mib: process::resident_mib(engine_pid)?,
        });
        Ok(round)
    }
}

impl Round {
    fn of(mut tally: generator::Tally) -> Self {
        Self {
            accepted: tally.accepted,
            unavailable: tally.unavailable,
            other: tally.other,
            requests_per_second: tally.accepted as f64 / tally.seconds,
            p50_ms: tally.latency_ms(0.5),
            p99_ms: tally.latency_ms(0.99),
            cpu_seconds: 0.0,
            resident_mib: 0.0,
            engine: None,
        }
    }
}
