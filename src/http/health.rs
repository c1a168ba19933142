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

/// `GET /readyz`: events can be taken and questions answered.
pub async fn readyz(state: State) -> Result<impl Responder, ApiError> {
    let store = tokio::time::timeout(std::time::Duration::from_secs(2), state.store.version()).await;
    let control = state.control.revision().await;
    let mut missing = Vec::new();
    if !matches!(store, Ok(Ok(_))) {
        missing.push("clickhouse");
    }
    if control.is_err() {
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
}
