//! Owns the rounds: both servers under the same requests in turns, and what the kernel says of their work meanwhile.

use std::{error::Error, path::Path, sync::Arc, time::Duration, time::Instant};

use crate::{
    generator::{self, Plan, Requests, Tally},
    process::{self, Resident},
    questions,
    server::{Server, Service},
};

/// Time for the engine to merge what a round brought, counted as work for it, and for allocators to give memory back.
const SETTLE: Duration = Duration::from_secs(2);
/// How long a new process may take to know its visitors; beyond that it has failed.
const RESTART_LIMIT: Duration = Duration::from_mins(1);

/// What one round of one server gave.
pub struct Round {
    pub accepted: u64,
    pub unavailable: u64,
    pub other: u64,
    pub requests_per_second: f64,
    pub p50_ms: f64,
    pub p99_ms: f64,
    /// CPU seconds of the server from the first request until its queue was empty.
    pub cpu_seconds: f64,
    pub resident: Resident,
    /// The engine behind it; none for the bare server.
    pub engine: Option<EngineRound>,
}

pub struct EngineRound {
    pub cpu_seconds: f64,
    pub resident: Resident,
    /// From the last answer until everything was in ClickHouse.
    pub drain_seconds: f64,
}

/// Rounds of the same requests, taken in turns.
pub struct Contest {
    pub name: &'static str,
    pub events: u32,
    pub bare: Vec<Round>,
    pub heatline: Vec<Round>,
}

/// What a service with many live visitors holds.
pub struct Live {
    pub visitors: u64,
    pub service: Resident,
    /// Before the first visitor came.
    pub service_before: Resident,
    pub engine: Resident,
    pub restart: Restart,
}

/// How long a start takes with many visitors in ClickHouse, from the first moment of the process.
#[derive(Debug, Clone, Copy)]
pub struct Restart {
    pub listens_seconds: f64,
    /// As many visitors are live as before.
    pub right_seconds: f64,
}

/// Both servers and the count of what the service has promised to keep.
pub struct Bench {
    bare: Server,
    service: Service,
    engine_pid: u32,
    runtime: tokio::runtime::Runtime,
    pub accepted_events: u64,
}

impl Bench {
    pub fn start(log: &Path) -> Result<Self, Box<dyn Error>> {
        let service = Service::start(log)?;
        Ok(Self {
            bare: Server::bare()?,
            engine_pid: process::child_of(service.server.pid())?,
            service,
            runtime: runtime()?,
            accepted_events: 0,
        })
    }

    /// Lets both servers take turns.
    pub fn contest(
        &mut self,
        name: &'static str,
        requests: &Arc<Requests>,
        plan: Plan,
        rounds: u64,
    ) -> Result<Contest, Box<dyn Error>> {
        let mut contest = Contest { name, events: requests.events, bare: Vec::new(), heatline: Vec::new() };
        for round in 1..=rounds {
            contest.bare.push(self.bare_round(requests, plan)?);
            contest.heatline.push(self.heatline_round(requests, plan)?);
            let shown = if name.is_empty() { "warm-up" } else { name };
            eprintln!("{shown}, round {round} of {rounds} done; {} bytes a request", requests.mean_bytes());
        }
        Ok(contest)
    }

    /// Loads the service alone.
    pub fn alone(
        &mut self,
        name: &'static str,
        requests: &Arc<Requests>,
        plan: Plan,
    ) -> Result<Contest, Box<dyn Error>> {
        let heatline = vec![self.heatline_round(requests, plan)?];
        Ok(Contest { name, events: requests.events, bare: Vec::new(), heatline })
    }

    /// Returns how many rows are in ClickHouse.
    pub fn rows_found(&self) -> Result<u64, Box<dyn Error>> {
        self.runtime.block_on(questions::rows_found(&self.service))
    }

    fn bare_round(&self, requests: &Arc<Requests>, plan: Plan) -> Result<Round, Box<dyn Error>> {
        let pid = self.bare.pid();
        let cpu_before = process::cpu_seconds(pid)?;
        let tally = generator::run(self.bare.address, requests, plan)?;
        let cpu_seconds = process::cpu_seconds(pid)? - cpu_before;
        Ok(Round::of(tally, cpu_seconds, process::resident(pid)?))
    }

    /// Ends when everything is in ClickHouse, so that the next round has the cores for itself.
    fn heatline_round(&mut self, requests: &Arc<Requests>, plan: Plan) -> Result<Round, Box<dyn Error>> {
        let (pid, engine_pid) = (self.service.server.pid(), self.engine_pid);
        let (cpu_before, engine_before) = (process::cpu_seconds(pid)?, process::cpu_seconds(engine_pid)?);
        let tally = generator::run(self.service.server.address, requests, plan)?;
        let ended = Instant::now();
        let resident = process::resident(pid)?;
        self.accepted_events += tally.accepted * u64::from(requests.events);
        self.runtime.block_on(questions::wait_until_drained(&self.service))?;
        let drain_seconds = ended.elapsed().as_secs_f64();
        std::thread::sleep(SETTLE);
        let mut round = Round::of(tally, process::cpu_seconds(pid)? - cpu_before, resident);
        round.engine = Some(EngineRound {
            cpu_seconds: process::cpu_seconds(engine_pid)? - engine_before,
            resident: process::resident(engine_pid)?,
            drain_seconds,
        });
        Ok(round)
    }
}

/// Lets visitors come, looks at the memory while all of them are there, and how soon a new process knows them.
pub fn live(service: &mut Service, log: &Path, arrivals: &Arc<Requests>, plan: Plan) -> Result<Live, Box<dyn Error>> {
    let pid = service.server.pid();
    let service_before = process::resident(pid)?;
    generator::run(service.server.address, arrivals, plan)?;
    let visitors = runtime()?.block_on(async {
        questions::wait_until_drained(service).await?;
        questions::live_visitors(service).await
    })?;
    // What the last batch took on its way to ClickHouse is given back within a second.
    std::thread::sleep(SETTLE);
    let now = process::resident(pid)?;
    let engine = process::resident(process::child_of(pid)?)?;
    let restart = restart(service, log, visitors)?;
    Ok(Live { visitors, service: now, service_before, engine, restart })
}

fn restart(service: &mut Service, log: &Path, visitors: u64) -> Result<Restart, Box<dyn Error>> {
    let listens = service.restart(log)?;
    let listened = Instant::now();
    runtime()?.block_on(async {
        while questions::live_visitors(service).await? != visitors {
            if listened.elapsed() > RESTART_LIMIT {
                return Err("the visitors did not come back".into());
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        let listens_seconds = listens.as_secs_f64();
        Ok(Restart { listens_seconds, right_seconds: listens_seconds + listened.elapsed().as_secs_f64() })
    })
}

impl Round {
    fn of(mut tally: Tally, cpu_seconds: f64, resident: Resident) -> Self {
        Self {
            accepted: tally.accepted,
            unavailable: tally.unavailable,
            other: tally.other,
            requests_per_second: tally.accepted as f64 / tally.seconds,
            p50_ms: tally.latency_ms(0.5),
            p99_ms: tally.latency_ms(0.99),
            cpu_seconds,
            resident,
            engine: None,
        }
    }
}

fn runtime() -> std::io::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_current_thread().enable_all().build()
}
