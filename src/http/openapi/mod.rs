//! Owns the description of the API: OpenAPI 3.1, put together from what stands beside each handler (`describe`), and the page
//! that shows it. `tests/api/openapi.rs` holds it against the route table and against a running service.

mod operation;
pub mod schema;

use std::sync::LazyLock;

use actix_web::{HttpRequest, HttpResponse, Responder};
use serde_json::{Map, Value, json};

pub use self::operation::Operation;
use self::schema::{PROBLEM, problem, text};
use super::{
    account, annotations, assets, badge, erase, etag, events, export, funnels, goals, health, heatmap, import, ingest,
    invitations, keys, live, map, people, plausible_sites, props, public_live, reports, screenshots, segments,
    sessions, share, shared_links, sites, stats_v1, users,
};

/// Asked again every time, and mostly answered with 304.
const CACHE: &str = "no-cache";

/// The routes and schemas that were described.
#[derive(Debug, Default)]
pub struct Description {
    tag: &'static str,
    tags: Vec<Value>,
    operations: Vec<Operation>,
    schemas: Map<String, Value>,
}

impl Description {
    /// Begins a group of routes.
    pub fn tag(&mut self, name: &'static str, about: &str) {
        self.tag = name;
        self.tags.push(json!({ "name": name, "description": about }));
    }

    pub fn add(&mut self, mut operation: Operation) {
        operation.tag = self.tag;
        self.operations.push(operation);
    }

    /// Names a schema; [`schema::reference`] speaks of it.
    pub fn schema(&mut self, name: &str, schema: Value) {
        self.schemas.insert(name.to_owned(), schema);
    }

    fn to_json(&self) -> Value {
        let mut paths = Map::new();
        for operation in &self.operations {
            let path = paths.entry(operation.path.clone()).or_insert_with(|| json!({}));
            path[operation.method.as_str().to_lowercase()] = operation.to_json();
        }
        json!({
            "openapi": "3.1.0",
            "info": {
                "title": "Heatline",
                "version": env!("CARGO_PKG_VERSION"),
                "summary": "Visitor analytics and heat maps of your own.",
                "description": "Times are RFC 3339. What fails is told by a problem document (RFC 9457). A site that the caller may \
                    not see is answered with 404, as if it were not there.",
                "license": { "name": "MIT OR Apache-2.0", "identifier": "MIT OR Apache-2.0" },
            },
            "servers": [{ "url": "/" }],
            "tags": self.tags,
            "paths": paths,
            "components": {
                "schemas": self.schemas,
                "securitySchemes": {
                    "key": {
                        "type": "http", "scheme": "bearer",
                        "description": "A key of `heatline key create`, with the scopes `stats`, `events` or `sites`.",
                    },
                    "link": {
                        "type": "http", "scheme": "bearer",
                        "description": "What opens a shared link (`auth` in its address), or the pass that `POST /api/v1/share` \
                            gives for its password. It opens one site, for reading.",
                    },
                    "session": {
                        "type": "apiKey", "in": "cookie", "name": super::auth::SESSION_COOKIE,
                        "description": "The cookie of the dashboard; `POST /api/v1/session` sets it.",
                    },
                },
            },
        })
    }
}

/// The whole document. It is the same for everybody, so it is written once.
static DOCUMENT: LazyLock<String> = LazyLock::new(|| {
    let mut api = Description::default();
    api.schema(PROBLEM, problem());
    reports::describe(&mut api);
    funnels::describe(&mut api);
    stats_v1::describe(&mut api);
    heatmap::describe(&mut api);
    screenshots::describe(&mut api);
    live::describe(&mut api);
    sites::describe(&mut api);
    goals::describe(&mut api);
    segments::describe(&mut api);
    props::describe(&mut api);
    annotations::describe(&mut api);
    shared_links::describe(&mut api);
    share::describe(&mut api);
    plausible_sites::describe(&mut api);
    people::describe(&mut api);
    invitations::describe(&mut api);
    keys::describe(&mut api);
    sessions::describe(&mut api);
    account::describe(&mut api);
    users::describe(&mut api);
    ingest::describe(&mut api);
    events::describe(&mut api);
    export::describe(&mut api);
    import::describe(&mut api);
    erase::describe(&mut api);
    badge::describe(&mut api);
    map::describe(&mut api);
    public_live::describe(&mut api);
    health::describe(&mut api);
    describe(&mut api);
    assets::describe(&mut api);
    api.to_json().to_string()
});

/// `GET /api/openapi.json`
pub async fn document(request: HttpRequest) -> impl Responder {
    etag::answer(&request, "application/json", CACHE, DOCUMENT.as_bytes().to_vec())
}

/// `GET /api/docs`: the page that shows the document.
pub async fn page(request: HttpRequest) -> HttpResponse {
    // The icon is that of the dashboard, whose name has a hash.
    let page = include_str!("viewer/index.html").replace("assets/icon.svg", &assets::icon());
    file(&request, "text/html; charset=utf-8", &page)
}

/// `GET /api/docs/viewer.js`
pub async fn script(request: HttpRequest) -> HttpResponse {
    file(&request, "text/javascript; charset=utf-8", include_str!("viewer/viewer.js"))
}

/// `GET /api/docs/viewer.css`
pub async fn style(request: HttpRequest) -> HttpResponse {
    file(&request, "text/css; charset=utf-8", include_str!("viewer/viewer.css"))
}

fn file(request: &HttpRequest, kind: &'static str, text: &str) -> HttpResponse {
    etag::answer(request, kind, CACHE, text.as_bytes().to_vec())
}

fn describe(api: &mut Description) {
    let document = json!({ "type": "object", "required": ["openapi", "paths"], "properties": { "openapi": text() } });
    let get = Operation::get("/api/openapi.json", "This document").open();
    api.add(
        get.answer(200, "OpenAPI 3.1.", document, &json!({ "openapi": "3.1.0", "paths": {} })).empty(304, "As before."),
    );
    let page = Operation::get("/api/docs", "A page that shows this document").open();
    api.add(page.file(200, "The page.", &["text/html"]).empty(304, "As before."));
    let script = Operation::get("/api/docs/viewer.js", "The script of that page").open();
    api.add(script.file(200, "The script.", &["text/javascript"]).empty(304, "As before."));
    let style = Operation::get("/api/docs/viewer.css", "The style of that page").open();
    api.add(style.file(200, "The style.", &["text/css"]).empty(304, "As before."));
}
