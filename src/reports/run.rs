//! Owns asking the store: the statements of a report, one after the other. It composes no SQL.

use jiff::Timestamp;

use super::{
    date_range::DateRange,
    error::QueryErrors,
    query::RawQuery,
    response::{Report, ShapeError, respond},
    sql,
};
use crate::{
    model::{Site, SiteId},
    store::{Client, StoreError},
};

/// Why there is no report.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    #[error(transparent)]
    Query(#[from] QueryErrors),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("the store answered in another shape than was asked for: {0}")]
    Shape(#[from] ShapeError),
}

/// Answers a question about a site.
pub async fn run(client: &Client, site: &Site, query: RawQuery, now: Timestamp) -> Result<Report, RunError> {
    let first_day = first_day(client, site.id, &query.date_range).await?;
    let query = query.resolve(&site.time_zone, now, first_day)?;
    let statements = sql::statements(&query, site.id);
    let rows = client.select_json(&statements.rows).await?;
    let total = match &statements.total {
        Some(total) => client.select_json(total).await?.first().and_then(|row| row.first()?.as_u64()),
        None => None,
    };
    Ok(respond(&query, rows, total)?)
}

/// Returns the first local day with data, in days since the Unix epoch, if the range wants to know it.
pub async fn first_day(client: &Client, site: SiteId, range: &DateRange) -> Result<Option<u16>, StoreError> {
    if !range.needs_first_day() {
        return Ok(None);
    }
    let rows = client.select_json(&sql::first_day(site)).await?;
    let day = rows.first().and_then(|row| row.first()?.as_u64());
    Ok(day.and_then(|day| u16::try_from(day).ok()))
}
