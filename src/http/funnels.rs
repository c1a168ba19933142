//! Owns the doors to funnels, retention and journeys.

use actix_web::{HttpRequest, HttpResponse, Responder, http::header, web};
use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;

use super::{
    State,
    auth::Caller,
    body::{API_BODY_BYTES, read_json_text},
    error::ApiError,
    reports::all_definitions,
};
use crate::{
    control::Scope,
    reports::{funnel, journeys, retention},
};

/// `POST /api/v1/sites/{site}/funnel`: how many go through steps in their order.
pub async fn funnel(
    request: HttpRequest,
    payload: web::Payload,
    site: web::Path<String>,
    caller: Caller,
    state: State,
) -> Result<impl Responder, ApiError> {
    let body = read(&request, payload).await?;
    let site = caller.site(&state, &site, Scope::Stats).await?;
    let asked = funnel::parse(&body)?;
    let definitions = all_definitions(&state, &site.site).await?;
    Ok(answer(&funnel::run(&state.store, &site.site, &definitions, &asked, Timestamp::now()).await?))
}

/// `POST /api/v1/sites/{site}/retention`: how many of those who came first at one time came again.
pub async fn retention(
    request: HttpRequest,
    payload: web::Payload,
    site: web::Path<String>,
    caller: Caller,
    state: State,
) -> Result<impl Responder, ApiError> {
    let body = read(&request, payload).await?;
    let site = caller.site(&state, &site, Scope::Stats).await?;
    let asked = retention::parse(&body)?;
    let definitions = all_definitions(&state, &site.site).await?;
    Ok(answer(&retention::run(&state.store, &site.site, &definitions, &asked, Timestamp::now()).await?))
}

/// `POST /api/v1/sites/{site}/journeys`: which pages come before and after something.
pub async fn journeys(
    request: HttpRequest,
    payload: web::Payload,
    site: web::Path<String>,
    caller: Caller,
    state: State,
) -> Result<impl Responder, ApiError> {
    let body = read(&request, payload).await?;
    let site = caller.site(&state, &site, Scope::Stats).await?;
    let asked = journeys::parse(&body)?;
    let definitions = all_definitions(&state, &site.site).await?;
    Ok(answer(&journeys::run(&state.store, &site.site, &definitions, &asked, Timestamp::now()).await?))
}

async fn read(request: &HttpRequest, payload: web::Payload) -> Result<Value, ApiError> {
    let body = read_json_text(request, payload, API_BODY_BYTES).await?;
    serde_json::from_slice(&body).map_err(|error| ApiError::Malformed(error.to_string()))
}

fn answer(report: &impl Serialize) -> HttpResponse {
    HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-store")).json(report)
}
