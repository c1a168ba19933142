//! Owns the few rows that badges show, asked as ordinary reports.

use jiff::Timestamp;
use serde_json::Value;

use super::{
    definitions::Definitions,
    parse,
    run::{RunError, run},
};
use crate::{model::Site, store::Client};

/// Answers a question that needs no goals and segments: of each row the dimensions and the metrics.
pub async fn rows(
    client: &Client,
    site: &Site,
    now: Timestamp,
    question: &Value,
) -> Result<Vec<(Vec<Value>, Vec<Value>)>, RunError> {
    let report = run(client, site, &Definitions::default(), parse(question)?, now).await?;
    Ok(report.results.into_iter().map(|row| (row.dimensions, row.metrics)).collect())
}
