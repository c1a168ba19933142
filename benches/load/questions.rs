//! Owns what the service is asked between rounds: whether its queue is empty, how many rows
//! ClickHouse has, how many visitors are there.

use std::{
    error::Error,
    time::{Duration, Instant},
};

use heatline::store::{Client, Statement, block::Table, engine::config::read_endpoint};

use crate::{inputs, server::Service};

/// How long the queue may take to reach ClickHouse after a round.
const DRAIN_LIMIT: Duration = Duration::from_mins(2);
const POLL_INTERVAL: Duration = Duration::from_millis(50);

/// Waits until nothing waits for ClickHouse any more.
pub async fn wait_until_drained(service: &Service) -> Result<(), Box<dyn Error>> {
    let since = Instant::now();
    while held_bytes(service).await? > 0 {
        if since.elapsed() > DRAIN_LIMIT {
            return Err("the queue does not drain".into());
        }
        tokio::time::sleep(POLL_INTERVAL).await;
    }
    Ok(())
}

async fn held_bytes(service: &Service) -> Result<u64, Box<dyn Error>> {
    let metrics =
        reqwest::get(format!("http://{}/metrics", service.internal)).await?.error_for_status()?.text().await?;
    let value = metrics.lines().find_map(|line| line.strip_prefix("heatline_spool_waiting_bytes "));
    Ok(value.ok_or("the metrics have no spool_waiting_bytes")?.trim().parse()?)
}

/// Returns how many rows ClickHouse has of what visitors did. It is asked directly, past the service.
pub async fn rows_found(service: &Service) -> Result<u64, Box<dyn Error>> {
    let endpoint = read_endpoint(&service.folder().join("engine")).ok_or("the engine has no endpoint")?;
    let tables = [Table::Events, Table::Clicks, Table::Scrolls];
    let all = tables.map(|table| format!("SELECT site_id FROM {}", table.name())).join(" UNION ALL ");
    let rows: Vec<u64> = Client::new(endpoint).select(&Statement::new(format!("SELECT count() FROM ({all})"))).await?;
    rows.first().copied().ok_or_else(|| "the engine says nothing".into())
}

/// Returns how many visitors are there now.
pub async fn live_visitors(service: &Service) -> Result<u64, Box<dyn Error>> {
    let url = format!("http://{}/api/v1/stats/realtime/visitors?site_id={}", service.server.address, inputs::SITE);
    let answer = reqwest::Client::new().get(url).bearer_auth(&service.key).send().await?.error_for_status()?;
    Ok(answer.text().await?.trim().parse()?)
}
