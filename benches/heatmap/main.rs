//! Measures heat maps: points in memory to the bytes of a PNG beside other renderers in the same run, then the service
//! from the request to the last byte, and what two hundred renders at once do to ingest.
//!
//! `make bench-heatmap`, which first installs the others. It starts its own processes, ends them, and is bounded in time.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a bench talks to the person at the terminal")]
#![expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "counts of a bounded run, far below 2^52"
)]

mod drawing;
mod points;
mod rivals;
mod service;

#[path = "../load/generator.rs"]
#[expect(dead_code, reason = "the load bench uses the rest")]
mod generator;
#[path = "../inputs/mod.rs"]
mod inputs;
#[path = "../load/server.rs"]
#[expect(dead_code, reason = "the load bench uses the rest")]
mod server;

use std::{
    error::Error,
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
};

use clap::Parser;
use tikv_jemallocator::Jemalloc;

use crate::{
    drawing::{Measured, Spot},
    rivals::Rival,
};

/// As in the service: an allocator that keeps what was just freed.
#[global_allocator]
static ALLOCATOR: Jemalloc = Jemalloc;

const COUNTS: [(&str, u32); 3] = [("10 k", 10_000), ("1 M", 1_000_000), ("10 M", 10_000_000)];

#[derive(Parser)]
struct Args {
    /// Rounds of each renderer; the fastest counts
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=200))]
    rounds: u32,
    /// Only these parts: draw, rivals, service
    #[arg(long, value_delimiter = ',')]
    only: Vec<String>,
    /// Cargo says this to every bench
    #[arg(long, hide = true)]
    bench: bool,
}

impl Args {
    fn wants(&self, part: &str) -> bool {
        self.only.is_empty() || self.only.iter().any(|wanted| wanted == part)
    }
}

/// One line of the table: a result for every count of points.
struct Line {
    name: String,
    results: Vec<Result<Measured, String>>,
}

fn main() -> Result<(), Box<dyn Error>> {
    let args = Args::parse();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/bench");
    fs::create_dir_all(&folder)?;
    let mut page = String::new();
    if args.wants("draw") || args.wants("rivals") {
        page.push_str(&table(&renderers(&args, &folder)?)?);
    }
    if args.wants("service") {
        page.push_str(&service::measure(&folder)?);
    }
    println!("{page}");
    fs::write(folder.join("heatmap.md"), page)?;
    Ok(())
}

/// Draws the same points with every renderer.
fn renderers(args: &Args, folder: &Path) -> Result<Vec<Line>, Box<dyn Error>> {
    let mut cells = Line { name: "**Heatline**, from cells of 8 px".to_owned(), results: Vec::new() };
    let mut raw = Line { name: "**Heatline**, from single points".to_owned(), results: Vec::new() };
    let mut others = Rival::ALL.map(|rival| Line { name: rival.name().to_owned(), results: Vec::new() });
    let blocks = points::page();
    for (label, count) in COUNTS {
        let all = points::points(count);
        let (measured, png) = drawing::measure(args.rounds, &blocks, &drawing::gathered(&all).iter().copied())?;
        cells.results.push(Ok(measured));
        fs::write(folder.join(format!("points-{count}.png")), png)?;
        let singly = all.iter().map(|&(x, y)| -> Spot { (x, y, 1.0) });
        raw.results.push(Ok(drawing::measure(args.rounds, &blocks, &singly)?.0));
        eprintln!("{label} points: {:.1} ms", measured.ms);
        if args.wants("rivals") {
            let file = written(folder, count, &all)?;
            drop(all);
            for (line, rival) in others.iter_mut().zip(Rival::ALL) {
                let result = rival.run(&file, args.rounds);
                eprintln!("{label} points, {}: {result:?}", rival.name());
                line.results.push(result);
            }
            fs::remove_file(file)?;
        }
    }
    Ok([cells, raw].into_iter().chain(others).filter(|line| !line.results.is_empty()).collect())
}

/// Writes the points for other programs: two 32-bit floats each.
fn written(folder: &Path, count: u32, points: &[(f32, f32)]) -> Result<PathBuf, Box<dyn Error>> {
    let bytes: Vec<u8> = points.iter().flat_map(|(x, y)| [x.to_le_bytes(), y.to_le_bytes()]).flatten().collect();
    let file = folder.join(format!("points-{count}.f32"));
    fs::write(&file, bytes)?;
    Ok(file)
}

fn table(lines: &[Line]) -> Result<String, std::fmt::Error> {
    let mut page = String::from(
        "Points in memory to a PNG of 1280×8000, milliseconds (kilobytes); peak memory at 1 M points.\n\n",
    );
    let labels: Vec<&str> = COUNTS.iter().map(|(label, _)| *label).collect();
    writeln!(page, "| renderer | {} | peak MiB |\n|---|---|---|---|---|", labels.join(" | "))?;
    for Line { name, results } in lines {
        write!(page, "| {name} |")?;
        for result in results {
            match result {
                Ok(Measured { ms, bytes, .. }) if *ms < 1000.0 => write!(page, " {ms:.1} ({}) |", bytes / 1000)?,
                Ok(Measured { ms, bytes, .. }) => write!(page, " {ms:.0} ({}) |", bytes / 1000)?,
                Err(why) => write!(page, " {why} |")?,
            }
        }
        match results.get(1) {
            Some(Ok(Measured { peak_mib, .. })) => writeln!(page, " {peak_mib:.0} |")?,
            Some(Err(_)) | None => writeln!(page, " – |")?,
        }
    }
    page.push('\n');
    Ok(page)
}
