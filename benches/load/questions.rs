//! Owns what the service is asked between rounds: whether its queue is empty, and how many events ClickHouse has.

use std::{
    error::Error,
    time::{Duration, Instant},
};

use serde_json::{Value, json};

use crate::{inputs, server::Service};

/// How long the queue may take to reach ClickHouse after a round.
const DRAIN_LIMIT: Duration = Duration::from_mins(2);
const POLL_INTERVAL: Duration = Duration::from_millis(100);

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

/// Returns how many events of the site a report finds.
pub async fn events_found(service: &Service) -> Result<u64, Box<dyn Error>> {
    let question = json!({"site_id": inputs::SITE, "metrics": ["events"], "date_range": "all"});
    let answer: Value = reqwest::Client::new()
        .post(format!("http://{}/api/v2/query", service.server.address))
        .bearer_auth(&service.key)
        .json(&question)
        .send()
        .await?
        .error_for_status()?
        .json()
        .await?;
    answer["results"][0]["metrics"][0].as_u64().ok_or_else(|| format!("no number in {answer}").into())
}
