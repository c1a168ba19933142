//! Owns the events of the bench: one large site and many small ones, drawn by the engine itself.

use std::time::{Duration, Instant};

use heatline::{
    model::{Site, SiteId, SiteName, SiteSettings},
    reports::{self, freeze::LARGE_DAY_ROWS},
    store::{Client, Statement, StoreError, statement::Param},
};
use jiff::{Timestamp, ToSpan as _, Zoned, tz::TimeZone};

use crate::{Failure, inputs};

const EVENTS: &str = include_str!("../report_events.sql");
/// Rows of a thousand visits, on average.
const ROWS_OF_THOUSAND: u64 = 4469;
/// Visits that are written at once: the engine of a small machine has little memory.
const PART: u64 = 20_000;
/// Times that a part is tried when the engine has no memory for it beside its merges, and the pause between two.
const TRIES: u32 = 60;
const PAUSE: Duration = Duration::from_secs(2);
/// Rows of a small site.
const SMALL: u64 = 10_000;

pub const DAYS: i32 = 90;
/// The site that the bench's service has.
pub const SITE: u32 = 1;

/// What is on the disk.
pub struct Stored {
    pub rows: u64,
    pub bytes: u64,
}

/// Puts events into ClickHouse, past the service, merges them and freezes closed days.
pub async fn fill(client: &Client, events: u64, sites: u32) -> Result<Stored, Failure> {
    let started = Instant::now();
    draw(client, SITE, visits(events)).await?;
    for site in 0..sites {
        // Their owners are not asked for: that the rows are there is what counts.
        draw(client, 1000 + site, visits(SMALL)).await?;
    }
    eprintln!("the events are in ClickHouse after {:.0} s", started.elapsed().as_secs_f64());
    client.execute(&Statement::new("OPTIMIZE TABLE events FINAL")).await?;
    eprintln!("they are merged after {:.0} s", started.elapsed().as_secs_f64());
    let merged = Instant::now();
    let days = reports::freeze::freeze_all(client, &[site()?], Timestamp::now(), LARGE_DAY_ROWS).await?;
    eprintln!("{days} days are frozen after {:.0} s more", merged.elapsed().as_secs_f64());
    let sql = "SELECT sumIf(rows, table = 'events'), sum(bytes_on_disk) FROM system.parts WHERE active AND database = currentDatabase()";
    let sizes = client.select::<(u64, u64)>(&Statement::new(sql)).await?;
    let (rows, bytes) = sizes.first().copied().ok_or("no sizes")?;
    Ok(Stored { rows, bytes })
}

const fn visits(rows: u64) -> u64 {
    rows * 1000 / ROWS_OF_THOUSAND
}

/// The large site, as the service knows it.
fn site() -> Result<Site, Failure> {
    let name = SiteName::parse(inputs::SITE).map_err(|error| error.to_string())?;
    Ok(Site { id: SiteId::new(SITE), name, time_zone: TimeZone::UTC, settings: SiteSettings::default() })
}

async fn draw(client: &Client, site: u32, visits: u64) -> Result<(), Failure> {
    let from = Zoned::now().date().checked_sub((DAYS - 1).days())?.to_string();
    // The comments before a statement have braces too.
    let sql: Vec<&str> = EVENTS.lines().filter(|line| !line.trim_start().starts_with("--")).collect();
    let sql = sql.join("\n");
    for first in (0..visits).step_by(PART as usize) {
        let values: [(&str, Param); 7] = [
            ("site_id", site.into()),
            ("from", from.as_str().into()),
            ("days", (DAYS as u64).into()),
            ("seed", u64::from(site).into()),
            ("visits", visits.into()),
            ("first", first.into()),
            ("part", PART.min(visits - first).into()),
        ];
        let params = values.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        insert(client, &Statement { sql: sql.clone(), params }).await?;
    }
    Ok(())
}

/// A part is one block of each month, which the engine takes whole or not at all.
async fn insert(client: &Client, part: &Statement) -> Result<(), Failure> {
    for _ in 1..TRIES {
        match client.execute(part).await {
            Err(StoreError::Busy { .. }) => tokio::time::sleep(PAUSE).await,
            answered => return Ok(answered?),
        }
    }
    Ok(client.execute(part).await?)
}
