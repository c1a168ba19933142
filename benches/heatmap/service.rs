//! Owns what is asked of the whole service: how long a picture takes from the request to its last byte, drawn anew and kept,
//! with a million and ten million clicks of one page in ClickHouse, and what many such requests at once do to ingest.

use std::{
    error::Error,
    fmt::Write as _,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use heatline::store::{Client, Statement, engine::config::read_endpoint};
use jiff::{ToSpan as _, Zoned, civil::Date};

use crate::{
    generator::{self, Plan, Requests, Until},
    inputs,
    server::Service,
};

const CLICKS: &str = include_str!("../heatmap_clicks.sql");
const LAYOUTS: &str = include_str!("../heatmap_layouts.sql");
/// One in ten views has a click, as far as the number of views goes.
const VIEWS: &str = "INSERT INTO events (site_id, day, at, kind, view_id, pathname, device, viewport_width)
SELECT {site_id:UInt32}, {from:Date} + number % {days:UInt64}, toDateTime64({from:Date} + number % {days:UInt64}, 3, 'UTC'),
    'pageview', cityHash64(number, {seed:UInt64}), {path:String}, 'desktop', 1440
FROM numbers({first:UInt64}, {part:UInt64})";

/// Pages, each with so many clicks in the last 30 days.
const PAGES: [(&str, &str, u64); 2] = [("/million", "1 M", 1_000_000), ("/ten", "10 M", 10_000_000)];
const DAYS: u64 = 30;
/// Clicks that are written at once.
const PART: u64 = 100_000;

/// Pictures of each page that are drawn anew, each with another radius, which no kept picture has.
const COLD: u32 = 15;
const FIRST_RADIUS: u32 = 20;
const KEPT: u32 = 50;

/// Requests for pictures that are under way at the same time; who is sent away comes back when told to.
const PARALLEL: usize = 200;
/// Beacons a second while they are, and without them.
const BEACONS_PER_SECOND: f64 = 2_000.0;
const CONNECTIONS: usize = 64;
const LOAD: Duration = Duration::from_secs(10);

/// Starts the release binary and measures; returns a page of tables.
pub fn measure(folder: &Path) -> Result<String, Box<dyn Error>> {
    let service = Service::start(&folder.join("heatline.log"))?;
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    runtime.block_on(fill(&service))?;
    let mut page = String::from("From the request to the last byte, one page, 30 days, milliseconds.\n\n");
    writeln!(
        page,
        "| clicks | drawn anew, median | slowest of {COLD} | kept, median | PNG kB |\n|---|---|---|---|---|"
    )?;
    for (path, label, _) in PAGES {
        let asked = Asked::new(&service, path);
        let (mut cold, bytes) = runtime.block_on(asked.each_radius())?;
        let mut kept = runtime.block_on(asked.again())?;
        let slowest = cold.iter().copied().fold(0.0, f64::max);
        writeln!(
            page,
            "| {label} | {:.0} | {slowest:.0} | {:.2} | {} |",
            median(&mut cold),
            median(&mut kept),
            bytes / 1000
        )?;
    }
    page.push_str(&ingest_beside(&service, &runtime)?);
    Ok(page)
}

/// Puts clicks, layouts and views into ClickHouse, past the service.
async fn fill(service: &Service) -> Result<(), Box<dyn Error>> {
    let endpoint = read_endpoint(&service.folder().join("engine")).ok_or("the engine has no endpoint")?;
    let client = Client::new(endpoint);
    let from = first_day()?.to_string();
    for (seed, (path, label, clicks)) in (1u64..).zip(PAGES) {
        let started = Instant::now();
        // In parts, for the engine of a small machine has little memory.
        let parts = |sql, count: u64| (0..count).step_by(PART as usize).map(move |first| (sql, first));
        for (sql, first) in parts(CLICKS, clicks).chain(parts(VIEWS, clicks / 10)).chain([(LAYOUTS, 0)]) {
            // The comments before a statement have braces too.
            let sql: String =
                sql.lines().filter(|line| !line.trim_start().starts_with("--")).collect::<Vec<_>>().join("\n");
            let values: [(&str, heatline::store::statement::Param); 8] = [
                ("site_id", 1u32.into()),
                ("path", path.into()),
                ("from", from.as_str().into()),
                ("days", DAYS.into()),
                ("seed", seed.into()),
                ("clicks", clicks.into()),
                ("first", first.into()),
                ("part", PART.into()),
            ];
            let mut statement = Statement::new(&sql);
            for (name, value) in values.into_iter().filter(|(name, _)| sql.contains(&format!("{{{name}:"))) {
                statement.params.push((name.to_owned(), value));
            }
            client.execute(&statement).await?;
        }
        eprintln!("{label} clicks are in ClickHouse after {:.1} s", started.elapsed().as_secs_f64());
    }
    // What comes in over 30 days has been merged long since.
    let started = Instant::now();
    for table in ["clicks", "events"] {
        client.execute(&Statement::new(format!("OPTIMIZE TABLE {table} FINAL"))).await?;
    }
    eprintln!("they are merged after {:.1} s", started.elapsed().as_secs_f64());
    Ok(())
}

/// The day 30 days ago, today included.
fn first_day() -> Result<Date, Box<dyn Error>> {
    Ok(Zoned::now().date().checked_sub((DAYS.cast_signed() - 1).days())?)
}

/// A picture that is asked for.
struct Asked {
    client: reqwest::Client,
    url: String,
    key: String,
}

impl Asked {
    fn new(service: &Service, path: &str) -> Self {
        let (address, site) = (service.server.address, inputs::SITE);
        Self {
            client: reqwest::Client::new(),
            url: format!("http://{address}/api/v1/sites/{site}/heatmap.png?path={path}&width=1280&date_range=30d"),
            key: service.key.clone(),
        }
    }

    /// Returns the status, the bytes and the milliseconds until the last of them, and the seconds after which to come back.
    async fn with_radius(&self, radius: u32) -> reqwest::Result<(u16, usize, f64, u64)> {
        let start = Instant::now();
        let answer = self.client.get(format!("{}&radius={radius}", self.url)).bearer_auth(&self.key).send().await?;
        let status = answer.status().as_u16();
        let back = answer.headers().get("retry-after").and_then(|value| value.to_str().ok()?.parse().ok()).unwrap_or(1);
        let bytes = answer.bytes().await?.len();
        Ok((status, bytes, start.elapsed().as_secs_f64() * 1000.0, back))
    }

    async fn drawn(&self, radius: u32) -> Result<(usize, f64), Box<dyn Error>> {
        let (status, bytes, ms, _) = self.with_radius(radius).await?;
        if status != 200 {
            return Err(format!("{} answers {status}", self.url).into());
        }
        Ok((bytes, ms))
    }

    /// Asks for pictures that were never drawn; the first one, which warms ClickHouse up, does not count.
    async fn each_radius(&self) -> Result<(Vec<f64>, usize), Box<dyn Error>> {
        self.drawn(FIRST_RADIUS - 1).await?;
        let (mut times, mut size) = (Vec::new(), 0);
        for radius in FIRST_RADIUS..FIRST_RADIUS + COLD {
            let (bytes, ms) = self.drawn(radius).await?;
            times.push(ms);
            size = size.max(bytes);
        }
        Ok((times, size))
    }

    /// Asks for one that was just drawn.
    async fn again(&self) -> Result<Vec<f64>, Box<dyn Error>> {
        self.drawn(FIRST_RADIUS).await?;
        let mut times = Vec::new();
        for _ in 0..KEPT {
            times.push(self.drawn(FIRST_RADIUS).await?.1);
        }
        Ok(times)
    }
}

/// Measures ingest alone, then while [`PARALLEL`] requests for pictures that are not kept are always under way.
fn ingest_beside(service: &Service, runtime: &tokio::runtime::Runtime) -> Result<String, Box<dyn Error>> {
    let beacons = Requests::new(0..inputs::VISITORS, 1, 1);
    let plan = |length| Plan { connections: CONNECTIONS, until: Until::After(length), rate: Some(BEACONS_PER_SECOND) };
    let address = service.server.address;
    generator::run(address, &beacons, plan(Duration::from_secs(2)))?;
    let mut alone = generator::run(address, &beacons, plan(LOAD))?;

    let stop = Arc::new(AtomicBool::new(false));
    let counts = Arc::new([const { AtomicU64::new(0) }; 3]);
    for number in 0..PARALLEL {
        let asked = Asked::new(service, PAGES[0].0);
        let (stop, counts) = (Arc::clone(&stop), Arc::clone(&counts));
        runtime.spawn(async move {
            let mut radius = 4 + number as u32 % 120;
            while !stop.load(Ordering::Relaxed) {
                let answer = asked.with_radius(radius).await;
                let (fate, pause) = match answer {
                    Ok((200, ..)) => (0, 0),
                    Ok((503, _, _, back)) => (1, back),
                    Ok(_) | Err(_) => (2, 1),
                };
                counts[fate].fetch_add(1, Ordering::Relaxed);
                tokio::time::sleep(Duration::from_secs(pause)).await;
                radius = 4 + (radius + 7) % 120;
            }
        });
    }
    thread::sleep(Duration::from_secs(1));
    let mut beside = generator::run(address, &beacons, plan(LOAD))?;
    stop.store(true, Ordering::Relaxed);

    let (p99_alone, p99_beside) = (alone.latency_ms(0.99), beside.latency_ms(0.99));
    let [drawn, refused, failed] = [0, 1, 2].map(|fate| counts[fate].load(Ordering::Relaxed));
    let mut page = format!(
        "\nIngest at {BEACONS_PER_SECOND} beacons a second, alone and beside {PARALLEL} requests for pictures.\n\n"
    );
    writeln!(page, "| | accepted | 503 | p50 ms | p99 ms |\n|---|---|---|---|---|")?;
    for (name, tally, p99) in [("alone", &mut alone, p99_alone), ("beside", &mut beside, p99_beside)] {
        let p50 = tally.latency_ms(0.5);
        writeln!(page, "| {name} | {} | {} | {p50:.1} | {p99:.1} |", tally.accepted, tally.unavailable)?;
    }
    writeln!(
        page,
        "\np99 × {:.2}; {drawn} pictures answered, {refused} sent away with 503, {failed} failed",
        p99_beside / p99_alone
    )?;
    Ok(page)
}

fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or_default()
}
