//! Measures the live view: a million visitors of a thousand sites in memory; ten thousand open event streams, and badges, each beside a
//! bare endpoint in the same run.
//!
//! `make bench-live`. It starts its own processes, ends them, and is bounded in time.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a bench talks to the person at the terminal")]
#![expect(clippy::cast_precision_loss, reason = "counts of a bounded run, far below 2^52")]

mod badges;
mod bare;
mod counting;
mod presence;
mod streams;

#[path = "../inputs/mod.rs"]
#[expect(dead_code, reason = "the load bench uses the rest")]
mod inputs;
#[path = "../load/process.rs"]
#[expect(dead_code, reason = "the load bench uses the rest")]
mod process;
#[path = "../load/server.rs"]
#[expect(dead_code, reason = "the load bench uses the rest")]
mod server;

use std::{error::Error, fs, path::Path};

use clap::Parser;

#[global_allocator]
static ALLOCATOR: counting::Counting = counting::Counting;

#[derive(Parser)]
struct Args {
    /// Open streams
    #[arg(long, default_value_t = 10_000, value_parser = clap::value_parser!(u32).range(1..=20_000))]
    streams: u32,
    /// Only these parts: presence, streams, badges
    #[arg(long, value_delimiter = ',')]
    only: Vec<String>,
    /// Serve the bare endpoint, until stdin closes
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
    let is_wanted = |part: &str| args.only.is_empty() || args.only.iter().any(|only| only == part);
    let mut page = String::new();
    if is_wanted("presence") {
        page.push_str(&presence::measure()?);
    }
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("bench");
    fs::create_dir_all(&folder)?;
    let log = folder.join("live.log");
    if is_wanted("streams") {
        page.push_str(&streams::measure(args.streams, &log)?);
    }
    if is_wanted("badges") {
        page.push_str(&badges::measure(&log)?);
    }
    println!("{page}");
    Ok(())
}
