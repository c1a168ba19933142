//! Owns the page: rounds in, markdown out, with what we aim at beside what was measured.

use std::fmt::Write as _;

use crate::{
    Loaded,
    contest::{Contest, EngineRound, Live, Restart, Round},
    process::Resident,
};

/// What the scenarios gave; none for those that were not asked for.
#[derive(Default)]
pub struct Results {
    pub many: Option<Contest>,
    pub few: Option<Contest>,
    pub batch: Option<Contest>,
    pub half: Option<Contest>,
}

const HEAD: &str = "\
| load | server | requests/s | events/s | of bare | p50 ms | p99 ms | 503 | other | CPU s per 1 M requests | of bare | per 1 M events | engine CPU s per 1 M rows | MiB (own) | engine MiB (own) | in ClickHouse after |
|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|
";
const IN_MEMORY: &str = "writing to memory cannot fail";
const BYTES_PER_MIB: f64 = 1_048_576.0;

/// Returns the whole page as markdown. Rates, shares and latencies are medians of the rounds.
pub fn page(results: &Results, live: Option<&Live>, loaded: Loaded) -> String {
    let contests = [&results.many, &results.few, &results.batch, &results.half];
    let mut text = HEAD.to_owned();
    for contest in contests.into_iter().flatten() {
        if !contest.bare.is_empty() {
            text.push_str(&line(contest, "bare", &contest.bare));
        }
        text.push_str(&line(contest, "heatline", &contest.heatline));
    }
    let Loaded { accepted, found } = loaded;
    let equal = if accepted == found { "equal" } else { "NOT EQUAL" };
    writeln!(text, "\nEvents accepted with 202: {accepted}; rows in ClickHouse: {found}: {equal}.").expect(IN_MEMORY);
    if let Some(Live { visitors, service, service_before, engine, restart }) = live {
        let mib = |resident: &Resident| format!("{:.0} MiB (own {:.0})", resident.all_mib, resident.anonymous_mib);
        let (now, before, engine) = (mib(service), mib(service_before), mib(engine));
        writeln!(text, "{visitors} live visitors: service {now}, before them {before}; engine {engine}.")
            .expect(IN_MEMORY);
        let Restart { listens_seconds, right_seconds } = restart;
        writeln!(text, "Started again: it listens after {listens_seconds:.1} s and knows all of them after {right_seconds:.1} s.")
            .expect(IN_MEMORY);
    }
    text + &targets(results, live)
}

fn line(contest: &Contest, server: &str, rounds: &[Round]) -> String {
    let events = f64::from(contest.events);
    let rate = median(rounds.iter().map(|round| round.requests_per_second));
    let cpu = cpu_per_million(rounds);
    let last = rounds.last();
    let (engine_cpu, engine_mib, drained) = match last.and_then(|round| round.engine.as_ref()) {
        Some(engine) => (
            format!("{:.1}", engine_cpu_per_million_rows(contest)),
            format!("{:.0} ({:.0})", engine.resident.all_mib, engine.resident.anonymous_mib),
            format!("{:.1} s", engine.drain_seconds),
        ),
        None => ("–".to_owned(), "–".to_owned(), "–".to_owned()),
    };
    let is_bare = server == "bare";
    let share = |value: Option<f64>| value.filter(|_| !is_bare).map_or("–".to_owned(), |value| format!("{value:.2}"));
    let resident = last.map(|round| round.resident).unwrap_or_default();
    format!(
        "| {} | {server} | {rate:.0} | {:.0} | {} | {:.2} | {:.2} | {} | {} | {cpu:.1} | {} | {:.2} | {engine_cpu} | {:.0} ({:.0}) | {engine_mib} | {drained} |\n",
        contest.name,
        rate * events,
        share(share_of_bare(contest)),
        median(rounds.iter().map(|round| round.p50_ms)),
        median(rounds.iter().map(|round| round.p99_ms)),
        rounds.iter().map(|round| round.unavailable).sum::<u64>(),
        rounds.iter().map(|round| round.other).sum::<u64>(),
        share(cpu_of_bare(contest)),
        cpu / events,
        resident.all_mib,
        resident.anonymous_mib,
    )
}

/// Returns what we aim at, what came, and whether it is enough.
fn targets(results: &Results, live: Option<&Live>) -> String {
    let mut text = "\n| we aim at | measured | met |\n|---|---|---|\n".to_owned();
    let mut row = |aim: &str, measured: Option<f64>, decimals: usize, is_met: &dyn Fn(f64) -> bool| {
        let Some(measured) = measured else { return };
        let met = if is_met(measured) { "yes" } else { "no" };
        writeln!(text, "| {aim} | {measured:.decimals$} | {met} |").expect(IN_MEMORY);
    };
    let Results { many, few, batch, half } = results;
    let first = |contest: &Option<Contest>, value: fn(&Round) -> f64| contest.as_ref().map(|c| value(&c.heatline[0]));
    row("single events, 512 connections: ≥ 0.60 of bare", many.as_ref().and_then(share_of_bare), 2, &|x| x >= 0.6);
    row("single events, 32 connections: ≥ 0.30 of bare", few.as_ref().and_then(share_of_bare), 2, &|x| x >= 0.3);
    row("single events: CPU of the service ≤ 2.0 × bare", many.as_ref().and_then(cpu_of_bare), 2, &|x| x <= 2.0);
    let events = batch.as_ref().map(|c| c.heatline[0].requests_per_second * f64::from(c.events));
    row("beacons of 25: ≥ 200 000 events/s", events, 0, &|x| x >= 200_000.0);
    row(
        "beacons of 25: engine ≤ 5 s of CPU per 1 M rows",
        batch.as_ref().map(engine_cpu_per_million_rows),
        1,
        &|x| x <= 5.0,
    );
    let drained = |round: &Round| round.engine.as_ref().map_or(f64::NAN, |engine| engine.drain_seconds);
    row("beacons of 25: all in ClickHouse ≤ 5 s after the end", first(batch, drained), 1, &|x| x <= 5.0);
    row("half of that rate: p99 ≤ 15 ms", first(half, |round| round.p99_ms), 1, &|x| x <= 15.0);
    let megabytes = live.map(|live| live.service.all_mib * BYTES_PER_MIB / 1e6);
    row("100 000 live visitors: service ≤ 150 MB", megabytes, 0, &|x| x <= 150.0);
    let right = live.map(|live| live.restart.right_seconds);
    row("the same: all known ≤ 2 s after a start", right, 1, &|x| x <= 2.0);
    text
}

/// Returns the share of the bare server's requests a second, of the same rounds.
fn share_of_bare(contest: &Contest) -> Option<f64> {
    let pairs = contest.heatline.iter().zip(&contest.bare);
    let shares = pairs.map(|(ours, bare)| ours.requests_per_second / bare.requests_per_second);
    (!contest.bare.is_empty()).then(|| median(shares))
}

/// Returns how many times the bare server's CPU time a request costs.
fn cpu_of_bare(contest: &Contest) -> Option<f64> {
    (!contest.bare.is_empty()).then(|| cpu_per_million(&contest.heatline) / cpu_per_million(&contest.bare))
}

fn cpu_per_million(rounds: &[Round]) -> f64 {
    sum(rounds, |round| round.cpu_seconds) / (sum(rounds, |round| round.accepted as f64) / 1e6)
}

fn engine_cpu_per_million_rows(contest: &Contest) -> f64 {
    let cpu = |engine: &EngineRound| engine.cpu_seconds;
    let rows = sum(&contest.heatline, |round| round.accepted as f64) * f64::from(contest.events);
    sum(&contest.heatline, |round| round.engine.as_ref().map_or(0.0, cpu)) / (rows / 1e6)
}

fn sum(rounds: &[Round], value: impl Fn(&Round) -> f64) -> f64 {
    rounds.iter().map(value).sum()
}

/// Returns the upper median; zero of nothing.
fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or_default()
}
