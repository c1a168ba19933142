//! Owns the single numbers that badges show, asked as ordinary reports.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::{
    definitions::Definitions,
    parse,
    run::{RunError, run},
};
use crate::{model::Site, store::Client};

/// Returns the visitors of the site's local day.
pub async fn visitors_today(client: &Client, site: &Site, now: Timestamp) -> Result<u64, RunError> {
    single(client, site, now, "visitors", "day").await
}

/// Returns the visits since the first event.
pub async fn total_visits(client: &Client, site: &Site, now: Timestamp) -> Result<u64, RunError> {
    single(client, site, now, "visits", "all").await
}

async fn single(client: &Client, site: &Site, now: Timestamp, metric: &str, range: &str) -> Result<u64, RunError> {
    let body = json!({"site_id": site.name, "metrics": [metric], "date_range": range});
    let report = run(client, site, &Definitions::default(), parse(&body)?, now).await?;
    let value = report.results.first().and_then(|row| row.metrics.first()).and_then(Value::as_u64);
    Ok(value.unwrap_or(0))
}
