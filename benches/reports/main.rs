//! Measures reports at size: what a dashboard asks at its first look, with a hundred million events of one site and a thousand
//! small sites beside it, and the same questions as plain SQL over the table in the same run.
//!
//! `make bench-reports`. It starts its own processes, ends them, and is bounded in time.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a bench talks to the person at the terminal")]
#![expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "counts of a bounded run, far below 2^52"
)]

mod dashboard;
mod events;

#[path = "../load/generator.rs"]
#[expect(dead_code, reason = "the load bench uses the rest")]
mod generator;
#[path = "../inputs/mod.rs"]
mod inputs;
#[path = "../load/server.rs"]
#[expect(dead_code, reason = "the load bench uses the rest")]
mod server;

use std::{error::Error, fmt::Write as _, fs, path::Path};

use clap::Parser;
use heatline::store::{Client, engine::config::read_endpoint};

use crate::{
    dashboard::{Dashboard, FILTERS, QUESTIONS, Question, median, worst_of_twenty},
    server::Service,
};

/// What can go wrong in a bench: anything.
type Failure = Box<dyn Error + Send + Sync>;

#[derive(Parser)]
struct Args {
    /// Events of the large site, in millions
    #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u64).range(1..=1000))]
    millions: u64,
    /// Small sites beside it, of ten thousand events each
    #[arg(long, default_value_t = 1000)]
    sites: u32,
    /// Times that each question is asked
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u32).range(3..=200))]
    rounds: u32,
    /// Cargo says this to every bench
    #[arg(long, hide = true)]
    bench: bool,
}

fn main() -> Result<(), Failure> {
    let args = Args::parse();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/bench");
    fs::create_dir_all(&folder)?;
    let service = Service::start(&folder.join("heatline.log")).map_err(|error| error.to_string())?;
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    let page = runtime.block_on(measure(&args, &service))?;
    let busy = dashboard::beside_ingest(&service, &runtime)?;
    let page = format!("{page}{busy}");
    println!("{page}");
    fs::write(folder.join("reports.md"), page)?;
    Ok(())
}

async fn measure(args: &Args, service: &Service) -> Result<String, Failure> {
    let endpoint = read_endpoint(&service.folder().join("engine")).ok_or("the engine has no endpoint")?;
    let client = Client::new(endpoint);
    let stored = events::fill(&client, args.millions * 1_000_000, args.sites).await?;
    let mut page = format!(
        "{} M events of one site in {} days, {} small sites; {:.1} bytes an event on the disk, projections and frozen days included.\n\n",
        args.millions,
        events::DAYS,
        args.sites,
        stored.bytes as f64 / stored.rows as f64
    );
    let dashboard = Dashboard::new(service);
    writeln!(page, "| last 30 days | median ms | p95 ms | plain SQL ms | rows read |\n|---|---|---|---|---|")?;
    for question in QUESTIONS {
        let line = ask(&dashboard, &client, question, args.rounds).await?;
        page.push_str(&line);
    }
    let mut whole = Vec::new();
    for round in 0..args.rounds {
        whole.push(dashboard.first_look(round, None).await?);
    }
    writeln!(
        page,
        "| **all of them, as a dashboard asks** | {:.0} | {:.0} | | |",
        median(&mut whole),
        worst_of_twenty(&mut whole)
    )?;
    for filter in FILTERS {
        let mut whole = Vec::new();
        for round in 0..args.rounds.min(7) {
            whole.push(dashboard.first_look(round, Some(filter)).await?);
        }
        writeln!(
            page,
            "| all, with `{filter}` | {:.0} | {:.0} | | |",
            median(&mut whole),
            worst_of_twenty(&mut whole)
        )?;
    }
    Ok(page)
}

async fn ask(dashboard: &Dashboard, client: &Client, question: &Question, rounds: u32) -> Result<String, Failure> {
    let (mut ours, mut plain) = (Vec::new(), Vec::new());
    for round in 0..rounds {
        ours.push(dashboard.ask(question, round, None).await?);
        if round < 5 {
            plain.push(question.as_plain_sql(client).await?);
        }
    }
    let read = dashboard.rows_read(question).await?;
    let name = question.name;
    eprintln!("{name}: {:.0} ms", median(&mut ours));
    let (middle, worst) = (median(&mut ours), worst_of_twenty(&mut ours));
    Ok(format!("| {name} | {middle:.0} | {worst:.0} | {:.0} | {read} |\n", median(&mut plain)))
}
