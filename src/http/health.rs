//! Owns the answers to load balancers and operators.

use actix_web::{HttpResponse, Responder, http::header, web};
use serde_json::json;

use super::{
    Shared, State,
    error::ApiError,
    openapi::{Description, Operation, schema},
};

/// `GET /healthz`: the process lives. Says what 202 promises here.
pub async fn healthz(state: State) -> impl Responder {
    let durability = state.ingest.spool.durability().as_str();
    HttpResponse::Ok()
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .json(json!({"status": "alive", "version": env!("CARGO_PKG_VERSION"), "durability": durability}))
}

/// Tells whether ClickHouse and the control database answer.
async fn answers(state: &Shared) -> (bool, bool) {
    let store = tokio::time::timeout(std::time::Duration::from_secs(2), state.store.version()).await;
    (matches!(store, Ok(Ok(_))), state.control.revision().await.is_ok())
}

/// `GET /api/health`: the same as Plausible tells it, for programs that watch one of its installations.
pub async fn plausible(state: State) -> impl Responder {
    let (store, control) = answers(&state).await;
    let word = |good: bool| if good { "ok" } else { "error" };
    let mut response = if store && control { HttpResponse::Ok() } else { HttpResponse::InternalServerError() };
    let parts = json!({"clickhouse": word(store), "postgres": word(control), "sites_cache": word(control)});
    response.insert_header((header::CACHE_CONTROL, "no-store")).json(parts)
}

/// `GET /readyz`: events can be taken and questions answered.
pub async fn readyz(state: State) -> Result<impl Responder, ApiError> {
    let (store, control) = answers(&state).await;
    let mut missing = Vec::new();
    if !store {
        missing.push("clickhouse");
    }
    if !control {
        missing.push("control database");
    }
    if missing.is_empty() {
        return Ok(HttpResponse::Ok()
            .insert_header((header::CACHE_CONTROL, "no-store"))
            .json(json!({"status": "ready"})));
    }
    tracing::warn!(missing = missing.join(", "), "not ready");
    Ok(HttpResponse::ServiceUnavailable()
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header((header::RETRY_AFTER, "2"))
        .content_type("application/problem+json")
        .body(
            json!({
                "type": "urn:heatline:problem:not_ready", "title": "Not ready", "status": 503,
                "detail": format!("not ready: {}", missing.join(", ")), "code": "not_ready",
            })
            .to_string(),
        ))
}

/// `GET /metrics` of the internal listener.
pub async fn metrics(shared: web::Data<Shared>) -> Result<impl Responder, ApiError> {
    let text = crate::telemetry::metrics_text(&shared.ingest).map_err(|error| ApiError::Internal(error.to_string()))?;
    Ok(HttpResponse::Ok().content_type("application/openmetrics-text; version=1.0.0; charset=utf-8").body(text))
}

pub fn describe(api: &mut Description) {
    api.tag("Operations", "For load balancers and programs.");
    let alive =
        schema::object(&[("status", schema::text()), ("version", schema::text()), ("durability", schema::text())]);
    let get = Operation::get("/healthz", "Is it alive").open();
    let example = json!({ "status": "alive", "version": "0.1.0", "durability": "fsync" });
    api.add(get.answer(200, "It is.", alive, &example));
    let get = Operation::get("/readyz", "Can it take events and answer questions").open();
    let ready = schema::object(&[("status", schema::text())]);
    api.add(get.answer(200, "It can.", ready, &json!({ "status": "ready" })));
    let get = Operation::get("/api/health", "Can it, in Plausible's words").open();
    let get = get.about("`postgres` is the control database, whichever it is. 500 where one of them is `error`.");
    let part = || schema::words(&["ok", "error"]);
    let parts = schema::object(&[("clickhouse", part()), ("postgres", part()), ("sites_cache", part())]);
    let all = json!({ "clickhouse": "ok", "postgres": "ok", "sites_cache": "ok" });
    api.add(get.answer(200, "All parts answer.", parts, &all));
}
