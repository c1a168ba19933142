//! Owns the built files inside the binary: the tracker, the dashboard, the demo site.

use std::borrow::Cow;

use actix_web::{
    HttpRequest, HttpResponse, Responder,
    http::{Method, header},
    web,
};
use rust_embed::{EmbeddedFile, RustEmbed};

use serde_json::json;

use super::{
    State,
    error::ApiError,
    etag,
    openapi::{Description, Operation},
};

#[derive(RustEmbed)]
#[folder = "tracker-js/dist"]
struct TrackerFiles;

#[derive(RustEmbed)]
#[folder = "dashboards/dist"]
struct DashboardFiles;

#[derive(RustEmbed)]
#[folder = "demo"]
#[exclude = "*.md"]
struct DemoFiles;

/// A day, and a week more while a new version is fetched behind.
const TRACKER_CACHE: &str = "public, max-age=86400, stale-while-revalidate=604800";
/// The name of a built asset has the hash of its content.
const HASHED_CACHE: &str = "public, max-age=31536000, immutable";
const REVALIDATE: &str = "no-cache";

const DEMO_CSP: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
     connect-src 'self'; form-action 'none'; base-uri 'none'";

/// `GET /js/heatline.js`, and the modules that it loads.
pub async fn tracker(request: HttpRequest, script: web::Path<String>) -> Result<impl Responder, ApiError> {
    // The compressed files beside them are no scripts.
    let name = script.strip_suffix(".js").ok_or(ApiError::NotFound)?;
    serve::<TrackerFiles>(&request, &format!("{name}.js"), TRACKER_CACHE).ok_or(ApiError::NotFound)
}

/// `GET /assets/…`: scripts and styles of the dashboard.
pub async fn dashboard_asset(request: HttpRequest, path: web::Path<String>) -> Result<impl Responder, ApiError> {
    serve::<DashboardFiles>(&request, &format!("assets/{path}"), HASHED_CACHE).ok_or(ApiError::NotFound)
}

/// Answers with the public live page.
pub fn live_page(request: &HttpRequest) -> Option<HttpResponse> {
    serve::<DashboardFiles>(request, "live.html", REVALIDATE)
}

/// Answers with the page of the dashboard, which reads the rest of the path in the browser.
pub fn dashboard_page(request: &HttpRequest) -> Option<HttpResponse> {
    serve::<DashboardFiles>(request, "index.html", REVALIDATE)
}

/// Returns the path of the dashboard's icon.
pub fn icon() -> String {
    let icon = DashboardFiles::iter().find(|file| file.starts_with("assets/icon-") && file.ends_with(".svg"));
    icon.unwrap_or_default().into_owned()
}

/// Every other path: a file of the dashboard, or the dashboard itself, which reads the path in the browser.
pub async fn dashboard(request: HttpRequest) -> Result<HttpResponse, ApiError> {
    let path = request.path().trim_start_matches('/');
    let of_services = ["api/", "badge/", "counter/", "hits/", "map/", "live/"];
    if path == "api" || of_services.iter().any(|prefix| path.starts_with(prefix)) {
        return Err(ApiError::NotFound);
    }
    if *request.method() != Method::GET && *request.method() != Method::HEAD {
        let mut response = super::error::of_status(actix_web::http::StatusCode::METHOD_NOT_ALLOWED, &request);
        response.headers_mut().insert(header::ALLOW, header::HeaderValue::from_static("GET, HEAD"));
        return Ok(response);
    }
    // `index.html` is asked for by the name of a page only; other files by their own.
    let is_file = path.rsplit('/').next().is_some_and(|name| name.contains('.')) && !path.starts_with("sites/");
    let file = if is_file && path != "index.html" { path } else { "index.html" };
    serve::<DashboardFiles>(&request, file, REVALIDATE).ok_or(ApiError::NotFound)
}

/// `GET /demo` has no place for relative links.
pub async fn demo_redirect(state: State) -> Result<impl Responder, ApiError> {
    if !state.demo {
        return Err(ApiError::NotFound);
    }
    Ok(HttpResponse::Found().insert_header((header::LOCATION, "/demo/")).finish())
}

/// `GET /demo/…`, with `--demo` only.
pub async fn demo(request: HttpRequest, path: web::Path<String>, state: State) -> Result<impl Responder, ApiError> {
    if !state.demo {
        return Err(ApiError::NotFound);
    }
    let file = match path.as_str() {
        "" => Cow::Borrowed("index.html"),
        // The single-page app reads the rest of the path in the browser.
        app if app == "app" || app.starts_with("app/") => Cow::Borrowed("app/index.html"),
        other => Cow::Borrowed(other),
    };
    let mut response = serve::<DemoFiles>(&request, &file, REVALIDATE).ok_or(ApiError::NotFound)?;
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, header::HeaderValue::from_static(DEMO_CSP));
    Ok(response)
}

/// Answers with an embedded file, in the smallest encoding that was built and is accepted.
fn serve<Files: RustEmbed>(request: &HttpRequest, path: &str, cache: &'static str) -> Option<HttpResponse> {
    let plain = Files::get(path)?;
    let (file, encoding) = smallest::<Files>(request, path).unwrap_or_else(|| (plain.clone(), None));
    let etag = strong_etag(&file);
    let known = etag::is_known(request, &etag);
    let mut response = if known { HttpResponse::NotModified() } else { HttpResponse::Ok() };
    response
        .content_type(content_type(path))
        .insert_header((header::ETAG, etag))
        .insert_header((header::CACHE_CONTROL, cache))
        .insert_header((header::VARY, "Accept-Encoding"));
    if known {
        return Some(response.finish());
    }
    if let Some(encoding) = encoding {
        response.insert_header((header::CONTENT_ENCODING, encoding));
    }
    Some(response.body(file.data))
}

fn smallest<Files: RustEmbed>(request: &HttpRequest, path: &str) -> Option<(EmbeddedFile, Option<&'static str>)> {
    let accepted = request.headers().get(header::ACCEPT_ENCODING)?.to_str().ok()?;
    let accepts = |wanted: &str| {
        accepted.split(',').any(|part| {
            let (name, quality) = part.split_once(";q=").unwrap_or((part, "1"));
            name.trim() == wanted && quality.trim().parse::<f32>().is_ok_and(|quality| quality > 0.0)
        })
    };
    [("br", "br"), ("gzip", "gz")]
        .into_iter()
        .filter(|(name, _)| accepts(name))
        .find_map(|(name, ending)| Some((Files::get(&format!("{path}.{ending}"))?, Some(name))))
}

/// Returns the tag of a file's bytes; each encoding has its own.
fn strong_etag(file: &EmbeddedFile) -> String {
    let hash = file.metadata.sha256_hash();
    format!("\"{:032x}\"", u128::from_be_bytes(hash[..16].try_into().unwrap_or_default()))
}

fn content_type(path: &str) -> &'static str {
    match path.rsplit('.').next() {
        Some("html") => "text/html; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("ico") => "image/x-icon",
        Some("json" | "webmanifest") => "application/json",
        Some("txt") => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

pub fn describe(api: &mut Description) {
    api.tag("Files", "The tracker, the dashboard and the demo site.");
    let get =
        Operation::get("/js/{script}", "The tracker").open().about("`heatline.js`, and the modules that it loads.");
    api.add(get.file(200, "The script.", &["text/javascript"]).empty(304, "As before."));
    let redirect = Operation::get("/demo", "The demo site").open().empty(302, "It is at `/demo/`.");
    api.add(redirect.fails(&[404]));
    let kinds = ["text/html", "text/css", "text/javascript", "image/svg+xml", "image/png", "application/octet-stream"];
    let demo = Operation::get("/demo/{path}", "A file of the demo site").open();
    api.add(demo.file(200, "The file.", &kinds).empty(304, "As before."));
    let asset = Operation::get("/assets/{path}", "A file of the dashboard").open();
    // The one file whose name does not change with every line of the dashboard's code.
    let icon = icon();
    let name = icon.trim_start_matches("assets/");
    api.add(asset.example("path", &json!(name)).file(200, "The file.", &kinds).empty(304, "As before."));
}
