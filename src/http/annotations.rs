//! Owns the doors to the annotations of a site.

use std::ops::Range;

use actix_web::{HttpResponse, Responder, http::header, web};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::json;

use super::{
    Shared, State,
    auth::Caller,
    error::ApiError,
    extractors::JsonObject,
    openapi::{Description, Operation, schema},
    reader::Reader,
    reports::{DATE_RANGE, range_text, resolve_range},
};
use crate::{
    control::{AnnotationId, AnnotationPatch, HappenedAt},
    model::Site,
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ListQuery {
    date_range: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AddBody {
    at: String,
    text: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChangeBody {
    at: Option<String>,
    text: Option<String>,
}

/// `GET /api/v1/sites/{site}/annotations`: oldest first; all of them, or those of a date range.
pub async fn list(
    site: web::Path<String>,
    query: web::Query<ListQuery>,
    reader: Reader,
    state: State,
) -> Result<impl Responder, ApiError> {
    let site = reader.site_to_look_at(&state, &site).await?;
    let within = match &query.date_range {
        Some(text) => Some(period(&state, &site.site, text).await?),
        None => None,
    };
    let mut annotations = state.control.annotations(&site.site, within.as_ref()).await?;
    if let Reader::Link(_) = reader {
        // Who works for the site is nobody's business who was given a link.
        for annotation in &mut annotations {
            annotation.author = None;
        }
    }
    let answer = json!({"annotations": annotations});
    Ok(HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-store")).json(answer))
}

async fn period(shared: &Shared, site: &Site, text: &str) -> Result<Range<Timestamp>, ApiError> {
    let range = resolve_range(shared, site, text).await?;
    let moment = |ms| Timestamp::from_millisecond(ms).map_err(|error| ApiError::invalid(DATE_RANGE, error.to_string()));
    Ok(moment(range.from_ms)?..moment(range.to_ms)?)
}

/// `POST /api/v1/sites/{site}/annotations`
pub async fn add(
    site: web::Path<String>,
    caller: Caller,
    body: JsonObject<AddBody>,
    state: State,
) -> Result<impl Responder, ApiError> {
    let site = caller.site_to_change(&state, &site).await?;
    let author = match &caller {
        Caller::User(user) => Some(user.id),
        Caller::Key(_) => None,
    };
    let at = HappenedAt::parse(&body.at)?;
    let annotation = state.control.add_annotation(site.site.id, at, &body.text, author).await?;
    Ok(HttpResponse::Created().json(annotation))
}

/// `PATCH /api/v1/sites/{site}/annotations/{id}`: what is not given stays, and so does the author.
pub async fn change(
    path: web::Path<(String, String)>,
    caller: Caller,
    body: JsonObject<ChangeBody>,
    state: State,
) -> Result<impl Responder, ApiError> {
    let (site, id) = path.into_inner();
    let site = caller.site_to_change(&state, &site).await?;
    let ChangeBody { at, text } = body.into_inner();
    let patch = AnnotationPatch { at: at.as_deref().map(HappenedAt::parse).transpose()?, text };
    let annotation = state.control.change_annotation(site.site.id, parse_id(&id)?, &patch).await?;
    Ok(HttpResponse::Ok().json(annotation))
}

/// `DELETE /api/v1/sites/{site}/annotations/{id}`
pub async fn remove(
    path: web::Path<(String, String)>,
    caller: Caller,
    state: State,
) -> Result<impl Responder, ApiError> {
    let (site, id) = path.into_inner();
    let site = caller.site_to_change(&state, &site).await?;
    state.control.remove_annotation(site.site.id, parse_id(&id)?).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Reads the number of an annotation; what is none names no annotation.
fn parse_id(text: &str) -> Result<AnnotationId, ApiError> {
    text.parse().map(AnnotationId::new).map_err(|_no_number| ApiError::AnnotationNotFound)
}

pub fn describe(api: &mut Description) {
    let annotation = schema::object(&[
        ("id", schema::count()),
        ("at", schema::text()),
        ("text", schema::text()),
        ("author", json!({ "type": ["integer", "null"] })),
    ]);
    api.schema("Annotation", annotation);
    let annotation = || schema::reference("Annotation");
    let example = json!({ "id": 1, "at": "2026-06-15", "text": "New prices", "author": null });
    let list =
        Operation::get("/api/v1/sites/{site}/annotations", "List annotations").scope(&["sites", "stats"]).shared();
    let list = list.query(DATE_RANGE, "Only those of these days.", range_text());
    let annotations = schema::object(&[("annotations", schema::list(annotation()))]);
    api.add(list.answer(200, "The annotations, oldest first.", annotations, &json!({ "annotations": [example] })));
    let at = || json!({ "type": "string", "description": "A day, or a moment.", "examples": ["2026-06-15", "2026-06-15T09:30:00Z"] });
    let body = schema::object(&[("at", at()), ("text", schema::text())]);
    let post = Operation::post("/api/v1/sites/{site}/annotations", "Add an annotation").scope(&["sites"]);
    let post = post.body(body, &json!({ "at": "2026-06-15", "text": "New prices" }));
    api.add(post.answer(201, "The annotation.", annotation(), &example).fails(&[409]));
    let body = schema::optional(&[("at", schema::or_null(at())), ("text", schema::text_or_null())]);
    let patch = Operation::patch("/api/v1/sites/{site}/annotations/{id}", "Change an annotation").scope(&["sites"]);
    let patch = patch.about("What is not given stays.").body(body, &json!({ "text": "Newer prices" }));
    api.add(patch.answer(200, "The annotation.", annotation(), &example));
    let delete = Operation::delete("/api/v1/sites/{site}/annotations/{id}", "Remove an annotation").scope(&["sites"]);
    api.add(delete.empty(204, "It is gone."));
}
