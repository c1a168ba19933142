//! Owns the addresses of other counters, so that a page that showed one of them shows ours when its host is changed. Each file is
//! one of them; all are as public as badges are, and no more.

pub mod busuanzi;
pub mod goatcounter;
pub mod hits;

use std::collections::HashMap;

use actix_web::HttpRequest;

use super::{State, counted, query};
use crate::{
    badge::{BadgeParams, Metric, Period, Show},
    control::snapshot::SiteWithSalts,
    http::error::ApiError,
    model::Pathname,
};

/// Most parameters that are read; their services had a dozen.
const MOST_PARAMETERS: usize = 32;

/// Returns the parameters of a request; those that we do not know change nothing, for pages send what their service knew.
pub(super) fn parameters(request: &HttpRequest) -> Result<HashMap<String, String>, ApiError> {
    let pairs = url::form_urlencoded::parse(query(request)?.as_bytes()).take(MOST_PARAMETERS);
    Ok(pairs.map(|(name, value)| (name.into_owned(), value.into_owned())).collect())
}

/// Counts one number, with the owner's seed where it is the whole of a site.
async fn number(
    request: &HttpRequest,
    state: &State,
    site: &SiteWithSalts,
    (period, metric): (Period, Metric),
    path: Option<&Pathname>,
) -> Result<u64, ApiError> {
    let params = BadgeParams { show: Show::Counted(period), metric, path: path.cloned(), ..BadgeParams::default() };
    let counted = counted::content(request, state, site, &params).await?.number;
    let seed = if period == Period::All && path.is_none() { site.site.settings.seed_count } else { 0 };
    Ok(counted.saturating_add(seed))
}
