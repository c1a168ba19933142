//! Owns the doors to the segments of a site.

use actix_web::{HttpResponse, Responder, http::header, web};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    State,
    auth::Caller,
    error::ApiError,
    extractors::JsonObject,
    openapi::{Description, Operation, schema},
    reader::Reader,
};
use crate::{
    control::SegmentPatch,
    model::{Segment, SegmentId},
    named,
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AddBody {
    name: String,
    filters: Value,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChangeBody {
    name: Option<String>,
    filters: Option<Value>,
}

/// `GET /api/v1/sites/{site}/segments`: by name.
pub async fn list(site: web::Path<String>, reader: Reader, state: State) -> Result<impl Responder, ApiError> {
    let site = reader.site_to_look_at(&state, &site).await?;
    let segments = state.control.segments(site.site.id).await?;
    let segments = segments.iter().map(shown).collect::<Result<Vec<Value>, _>>()?;
    Ok(HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-store")).json(json!({"segments": segments})))
}

/// `POST /api/v1/sites/{site}/segments`
pub async fn add(
    site: web::Path<String>,
    caller: Caller,
    body: JsonObject<AddBody>,
    state: State,
) -> Result<impl Responder, ApiError> {
    let site = caller.site_to_change(&state, &site).await?;
    let filters = named::segment_filters(&body.filters.to_string())?;
    let segment = state.control.add_segment(site.site.id, &body.name, &filters).await?;
    Ok(HttpResponse::Created().json(shown(&segment)?))
}

/// `GET /api/v1/sites/{site}/segments/{id}`
pub async fn show(path: web::Path<(String, String)>, reader: Reader, state: State) -> Result<impl Responder, ApiError> {
    let (site, id) = path.into_inner();
    let site = reader.site_to_look_at(&state, &site).await?;
    let segment = state.control.segment(site.site.id, parse_id(&id)?).await?;
    Ok(HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-store")).json(shown(&segment)?))
}

/// `PATCH /api/v1/sites/{site}/segments/{id}`: what is not given stays.
pub async fn change(
    path: web::Path<(String, String)>,
    caller: Caller,
    body: JsonObject<ChangeBody>,
    state: State,
) -> Result<impl Responder, ApiError> {
    let (site, id) = path.into_inner();
    let site = caller.site_to_change(&state, &site).await?;
    let ChangeBody { name, filters } = body.into_inner();
    let filters = filters.map(|filters| named::segment_filters(&filters.to_string())).transpose()?;
    let patch = SegmentPatch { name, filters };
    let segment = state.control.change_segment(site.site.id, parse_id(&id)?, &patch).await?;
    Ok(HttpResponse::Ok().json(shown(&segment)?))
}

/// `DELETE /api/v1/sites/{site}/segments/{id}`
pub async fn remove(
    path: web::Path<(String, String)>,
    caller: Caller,
    state: State,
) -> Result<impl Responder, ApiError> {
    let (site, id) = path.into_inner();
    let site = caller.site_to_change(&state, &site).await?;
    state.control.remove_segment(site.site.id, parse_id(&id)?).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Reads the number of a segment; what is none names no segment.
fn parse_id(text: &str) -> Result<SegmentId, ApiError> {
    text.parse().map(SegmentId::new).map_err(|_no_number| ApiError::SegmentNotFound)
}

fn shown(segment: &Segment) -> Result<Value, ApiError> {
    let damaged =
        |error| ApiError::Internal(format!("the filters of segment {} are damaged: {error}", segment.id.get()));
    named::segment_json(segment).map_err(damaged)
}

pub fn describe(api: &mut Description) {
    let filters = || json!({ "type": "array", "items": schema::reference("Filter"), "minItems": 1 });
    api.schema("Segment", schema::object(&[("id", schema::count()), ("name", schema::text()), ("filters", filters())]));
    let segment = || schema::reference("Segment");
    let example = json!({ "id": 1, "name": "From Bulgaria", "filters": [["is", "visit:country", ["BG"]]] });
    let list = Operation::get("/api/v1/sites/{site}/segments", "List segments").scope(&["sites", "stats"]).shared();
    let segments = schema::object(&[("segments", schema::list(segment()))]);
    api.add(list.answer(200, "The segments by name.", segments, &json!({ "segments": [example] })));
    let body = schema::object(&[("name", schema::text()), ("filters", filters())]);
    let post = Operation::post("/api/v1/sites/{site}/segments", "Add a segment").scope(&["sites"]);
    let post = post.body(body, &json!({ "name": "From Bulgaria", "filters": [["is", "visit:country", ["BG"]]] }));
    api.add(post.answer(201, "The segment.", segment(), &example).fails(&[409]));
    let get =
        Operation::get("/api/v1/sites/{site}/segments/{id}", "Show a segment").scope(&["sites", "stats"]).shared();
    api.add(get.answer(200, "The segment.", segment(), &example));
    let body = schema::optional(&[("name", schema::text_or_null()), ("filters", schema::or_null(filters()))]);
    let patch = Operation::patch("/api/v1/sites/{site}/segments/{id}", "Change a segment").scope(&["sites"]);
    let patch = patch.about("What is not given stays.").body(body, &json!({ "name": "Bulgaria" }));
    api.add(patch.answer(200, "The segment.", segment(), &example).fails(&[409]));
    let delete = Operation::delete("/api/v1/sites/{site}/segments/{id}", "Remove a segment").scope(&["sites"]);
    api.add(delete.empty(204, "It is gone."));
}
