//! Owns the door through which data of a site is removed for good.

use std::time::Duration;

use actix_web::{HttpResponse, Responder, http::header, web};
use jiff::{Timestamp, civil::Date};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{
    State,
    auth::Caller,
    error::ApiError,
    openapi::{Description, Operation, schema},
};
use crate::{
    enrich::canonical_path,
    store::erase::Erasure,
    transfer::{self, EraseError, Stage},
};

/// How long a request waits until all is gone. Then it is asked again.
const WAIT: Duration = Duration::from_secs(20);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EraseQuery {
    path: Option<String>,
    from: Option<Date>,
    to: Option<Date>,
    /// Everything: to be said, where nothing narrows it down.
    all: Option<bool>,
}

/// `DELETE /api/v1/sites/{site}/data`
pub async fn erase(
    site: web::Path<String>,
    query: web::Query<EraseQuery>,
    caller: Caller,
    state: State,
) -> Result<impl Responder, ApiError> {
    let site = caller.site_to_erase(&state, &site).await?;
    let EraseQuery { path, from, to, all } = query.into_inner();
    let is_narrow = path.is_some() || from.is_some() || to.is_some();
    if is_narrow == all.unwrap_or(false) {
        return Err(ApiError::invalid("all", "name a path or days, or say all=true and neither"));
    }
    let pathname = path.as_deref().map(canonical_path).transpose();
    let pathname = pathname.map_err(|error| ApiError::invalid("path", error.to_string()))?;
    let has_days = from.is_some() || to.is_some();
    let days = transfer::days(from, to).map_err(|detail| ApiError::invalid("from", detail))?;
    let erasure = Erasure {
        site_id: site.site.id.get(),
        days: has_days.then_some(days),
        before_ms: Timestamp::now().as_millisecond(),
        pathname: pathname.map(crate::model::Pathname::into_string),
    };
    let stage = state.eraser.erase(&erasure, WAIT).await?;
    state.arrivals.note(erasure.site_id);
    let mut response = if stage == Stage::Done { HttpResponse::Ok() } else { HttpResponse::Accepted() };
    Ok(response.insert_header((header::CACHE_CONTROL, "no-store")).json(shown(&stage)))
}

fn shown(stage: &Stage) -> Value {
    let left = match stage {
        Stage::Done => return json!({"done": true}),
        Stage::Waiting => return json!({"done": false, "waits_for": "events that are on their way to ClickHouse"}),
        Stage::Erasing(tables) => tables,
    };
    let rows = left.iter().map(|table| (table.table.to_owned(), json!(table.rows)));
    json!({"done": false, "rows_left": rows.collect::<Map<_, _>>()})
}

impl From<EraseError> for ApiError {
    fn from(error: EraseError) -> Self {
        match error {
            EraseError::Store(error) => error.into(),
            EraseError::Waiting(_) | EraseError::Failed { .. } => Self::Internal(error.to_string()),
        }
    }
}

pub fn describe(api: &mut Description) {
    let state = schema::with_optional(
        schema::object(&[("done", schema::flag())]),
        &[
            ("waits_for", schema::text()),
            ("rows_left", json!({ "type": "object", "additionalProperties": schema::count() })),
        ],
    );
    let erase = Operation::delete("/api/v1/sites/{site}/data", "Remove rows for good")
        .scope(&["sites"])
        .about("Of a path, of days, or all of them. 202 means that it goes on: ask again, which asks for nothing new.");
    let day = || json!({ "type": "string", "format": "date" });
    let erase = erase.query_like("path", "Only rows of this path.", schema::text(), &json!("/old"));
    let erase = erase.query("from", "The first local day.", day()).query("to", "The last local day.", day());
    let erase = erase.query("all", "`true`: everything.", schema::flag());
    let erase = erase.answer(200, "It is gone.", state.clone(), &json!({ "done": true }));
    let left = json!({ "done": false, "rows_left": { "events": 120 } });
    api.add(erase.answer(202, "It is on its way.", state, &left).fails(&[422, 503]));
}
