//! Owns the doors to screenshots of pages: upload, show, list, remove.

use actix_web::{HttpRequest, HttpResponse, Responder, http::header, web};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    State,
    auth::Caller,
    body,
    error::ApiError,
    etag,
    openapi::{Description, Operation, schema},
};
use crate::{
    control::{Scope, Screenshot},
    enrich::canonical_path,
    model::Pathname,
    screenshots::{MOST_BYTES, PictureError, ScreenshotError, WIDTHS},
};

/// Asked again every time: the next upload changes it.
const CACHE: &str = "private, no-cache";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OneQuery {
    path: String,
    width: u32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ListQuery {
    path: Option<String>,
}

/// `PUT /api/v1/sites/{site}/screenshot`: keeps a picture of a page at a width, in place of the one that is there.
pub async fn keep(
    request: HttpRequest,
    site: web::Path<String>,
    query: web::Query<OneQuery>,
    caller: Caller,
    payload: web::Payload,
    state: State,
) -> Result<impl Responder, ApiError> {
    // First, as of every request with a body: one that is answered unread ends the connection, and says by that what it met.
    let picture = body::read_upload(&request, payload, MOST_BYTES).await?;
    let site = caller.site_to_change(&state, &site).await?;
    let (path, width) = query.parts()?;
    let kept = state.screenshots.keep(site.site.id, &path, width, picture, Timestamp::now()).await?;
    let mut response = if kept.is_new { HttpResponse::Created() } else { HttpResponse::Ok() };
    Ok(response.insert_header((header::CACHE_CONTROL, "no-store")).json(shown(&kept.screenshot)))
}

/// `GET /api/v1/sites/{site}/screenshot`
pub async fn show(
    request: HttpRequest,
    site: web::Path<String>,
    query: web::Query<OneQuery>,
    caller: Caller,
    state: State,
) -> Result<impl Responder, ApiError> {
    let site = caller.site(&state, &site, Scope::Stats).await?;
    let (path, width) = query.parts()?;
    let found = state.screenshots.find(site.site.id, &path, width).await?.ok_or(ApiError::NoScreenshot)?;
    Ok(etag::answer(&request, found.media_type(), CACHE, found.bytes))
}

/// `DELETE /api/v1/sites/{site}/screenshot`: afterwards there is none, whether there was one or not.
pub async fn remove(
    site: web::Path<String>,
    query: web::Query<OneQuery>,
    caller: Caller,
    state: State,
) -> Result<impl Responder, ApiError> {
    let site = caller.site_to_change(&state, &site).await?;
    let (path, width) = query.parts()?;
    state.screenshots.remove(site.site.id, &path, width).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// `GET /api/v1/sites/{site}/screenshots`
pub async fn list(
    site: web::Path<String>,
    query: web::Query<ListQuery>,
    caller: Caller,
    state: State,
) -> Result<impl Responder, ApiError> {
    let site = caller.site(&state, &site, Scope::Stats).await?;
    let path = query.path.as_deref().map(canonical).transpose()?;
    let found = state.screenshots.list(site.site.id, path.as_ref()).await?;
    let screenshots: Vec<Value> = found.iter().map(shown).collect();
    let answer = json!({"screenshots": screenshots});
    Ok(HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-store")).json(answer))
}

impl OneQuery {
    fn parts(&self) -> Result<(Pathname, u32), ApiError> {
        if !WIDTHS.contains(&self.width) {
            return Err(ScreenshotError::Width { width: self.width }.into());
        }
        Ok((canonical(&self.path)?, self.width))
    }
}

/// A path is found however it is escaped, as it would be counted.
fn canonical(path: &str) -> Result<Pathname, ApiError> {
    canonical_path(path).map_err(|error| ApiError::invalid("path", error.to_string()))
}

fn shown(screenshot: &Screenshot) -> Value {
    let Screenshot { path, width, height, size_bytes, uploaded_at, file: _ } = screenshot;
    json!({"path": path, "width": width, "height": height, "size_bytes": size_bytes, "uploaded_at": uploaded_at})
}

impl From<ScreenshotError> for ApiError {
    fn from(error: ScreenshotError) -> Self {
        match error {
            ScreenshotError::Width { .. } => Self::invalid("width", error.to_string()),
            ScreenshotError::Picture(PictureError::TooManyBytes) => Self::TooLarge { limit_bytes: MOST_BYTES },
            ScreenshotError::Picture(_) | ScreenshotError::TooNarrow { .. } => Self::invalid("body", error.to_string()),
            ScreenshotError::Busy => Self::Unavailable { retry_after_seconds: 1 },
            ScreenshotError::Control(error) => error.into(),
            ScreenshotError::File { .. } | ScreenshotError::Encode(_) | ScreenshotError::Stopped(_) => {
                Self::Internal(error.to_string())
            }
        }
    }
}

pub fn describe(api: &mut Description) {
    let screenshot = schema::object(&[
        ("path", schema::text()),
        ("width", schema::count()),
        ("height", schema::count()),
        ("size_bytes", schema::count()),
        ("uploaded_at", schema::moment()),
    ]);
    api.schema("Screenshot", screenshot);
    let screenshot = || schema::reference("Screenshot");
    let example = json!({ "path": "/", "width": 390, "height": 1200, "size_bytes": 40_000, "uploaded_at": "2026-11-23T17:40:00Z" });
    let of_page = |operation: Operation| {
        let width = schema::whole((*WIDTHS.start()).into(), (*WIDTHS.end()).into());
        let operation = operation.needs("path", "The path of the page.", schema::text(), &json!("/"));
        operation.needs("width", "The width of the window, in CSS pixels.", width, &json!(390))
    };
    let path = "/api/v1/sites/{site}/screenshot";
    let kinds = ["image/png", "image/jpeg", "image/webp"];
    let get = of_page(Operation::get(path, "Show a screenshot").scope(&["stats"]));
    api.add(get.file(200, "The picture.", &kinds).empty(304, "As before."));
    let put = of_page(Operation::put(path, "Keep a screenshot").scope(&["sites"]));
    let put = put.about("It lies under heat maps of the page near this width. It is decoded, and encoded anew.");
    let put = put.body_of(&kinds, json!({ "type": "string" }), None);
    let put = put.answer(200, "In place of the one before.", screenshot(), &example);
    api.add(put.answer(201, "The first of this page and width.", screenshot(), &example).fails(&[409]));
    let delete = of_page(Operation::delete(path, "Remove a screenshot").scope(&["sites"]));
    api.add(delete.empty(204, "There is none, whether there was or not."));
    let list = Operation::get("/api/v1/sites/{site}/screenshots", "List screenshots").scope(&["stats"]);
    let list = list.query("path", "Only those of this page.", schema::text());
    let all = schema::object(&[("screenshots", schema::list(screenshot()))]);
    api.add(list.answer(200, "The screenshots.", all, &json!({ "screenshots": [example] })));
}
