//! Owns the table: rounds in, markdown out.

use std::fmt::Write as _;

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
    pub resident_mib: f64,
    /// The same of the engine; none for the bare server.
    pub engine: Option<Engine>,
}

pub struct Engine {
    pub cpu_seconds: f64,
    pub resident_mib: f64,
}

/// Rounds of the same requests, taken in turns.
pub struct Contest {
    pub events: u32,
    pub bare: Vec<Round>,
    pub heatline: Vec<Round>,
}

const HEAD: &str = "\
| server | events a request | requests/s | events/s | of bare | p50 ms | p99 ms | 503 | other | CPU s per 1 M events | engine CPU s per 1 M | MiB | engine MiB |
|---|---|---|---|---|---|---|---|---|---|---|---|---|
";

/// Returns the table as markdown. Rates, shares and latencies are medians of the rounds.
pub fn table(contests: &[Contest]) -> String {
    let mut text = HEAD.to_owned();
    for contest in contests {
        let pairs = contest.heatline.iter().zip(&contest.bare);
        let share = median(pairs.map(|(ours, bare)| ours.requests_per_second / bare.requests_per_second));
        text.push_str(&line("bare actix-web", contest.events, &contest.bare, 1.0));
        text.push_str(&line("heatline", contest.events, &contest.heatline, share));
    }
    text
}

fn line(server: &str, events: u32, rounds: &[Round], share: f64) -> String {
    let rate = median(rounds.iter().map(|round| round.requests_per_second));
    let millions = sum(rounds, |round| round.accepted as f64) * f64::from(events) / 1e6;
    let cpu = sum(rounds, |round| round.cpu_seconds) / millions;
    let engine: Option<Vec<&Engine>> = rounds.iter().map(|round| round.engine.as_ref()).collect();
    let (engine_cpu, engine_mib) = match engine.as_deref() {
        Some([first @ .., last]) => {
            let cpu: f64 = first.iter().chain([last]).map(|engine| engine.cpu_seconds).sum();
            (format!("{:.1}", cpu / millions), format!("{:.0}", last.resident_mib))
        }
        Some([]) | None => ("–".to_owned(), "–".to_owned()),
    };
    let mut text = String::new();
    writeln!(
        text,
        "| {server} | {events} | {rate:.0} | {:.0} | {share:.2} | {:.2} | {:.2} | {} | {} | {cpu:.1} | {engine_cpu} | {:.0} | {engine_mib} |",
        rate * f64::from(events),
        median(rounds.iter().map(|round| round.p50_ms)),
        median(rounds.iter().map(|round| round.p99_ms)),
        rounds.iter().map(|round| round.unavailable).sum::<u64>(),
        rounds.iter().map(|round| round.other).sum::<u64>(),
        rounds.last().map_or(0.0, |round| round.resident_mib),
    )
    .expect("writing to memory cannot fail");
    text
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
