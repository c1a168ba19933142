//! The description of the API: against the route table, against itself, and against what a running service answers.

use std::collections::BTreeSet;

use heatline::control::Role;
use regex::Regex;
use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    helpers::{Answer, SITE, TestApp, a_beacon, api::Request},
    screenshots::a_png,
    shared_links::{share, token_of},
};

/// What cannot be asked for as the example has it, and what is answered then.
const REFUSED: [(&str, &str, u16); 4] = [
    ("POST", "/api/v1/setup", 409),
    // Secrets and names that were never given out.
    ("POST", "/api/v1/invitation", 404),
    ("POST", "/api/v1/invitation/accept", 404),
    ("DELETE", "/api/v1/account/sessions/{session}", 404),
];
/// Answers that never end.
const ENDLESS: &str = "text/event-stream";

/// One operation of the document.
#[derive(Clone)]
struct Described {
    method: String,
    path: String,
    about: Value,
}

fn operations(document: &Value) -> Vec<Described> {
    let paths = document["paths"].as_object().unwrap().iter();
    let all = paths.flat_map(|(path, methods)| {
        methods.as_object().unwrap().iter().map(move |(method, about)| Described {
            method: method.to_uppercase(),
            path: path.clone(),
            about: about.clone(),
        })
    });
    all.collect()
}

/// Returns the routes of the table: method, path and the module of the handler.
fn table() -> BTreeSet<(String, String)> {
    let source = include_str!("../../src/http/mod.rs");
    let resources = Regex::new(r#"resource\(\s*"([^"]+)",\s*\[([^\]]+)\]"#).unwrap();
    let patterns = Regex::new(r":[^}]+\}").unwrap();
    let methods = Regex::new(r"\b(get|post|put|patch|delete|options)\(").unwrap();
    let routes = resources.captures_iter(source).flat_map(|resource| {
        let path = patterns.replace_all(&resource[1], "}").into_owned();
        let methods: Vec<String> = methods.captures_iter(&resource[2]).map(|found| found[1].to_uppercase()).collect();
        methods.into_iter().map(move |method| (method, path.clone()))
    });
    routes.collect()
}

async fn document(app: &TestApp) -> Value {
    app.get("/api/openapi.json").send().await.expect(200, "the document").json()
}

#[tokio::test]
async fn every_route_is_described_and_nothing_else_is() {
    let app = TestApp::start_empty(|_| {}).await;
    let document = document(&app).await;
    let described: BTreeSet<_> =
        operations(&document).into_iter().map(|operation| (operation.method, operation.path)).collect();
    let table = table();
    let resources = include_str!("../../src/http/mod.rs").matches("service(resource(").count();
    let paths: BTreeSet<&String> = table.iter().map(|(_, path)| path).collect();
    assert_eq!(paths.len(), resources, "the route table is not read whole");
    let missing: Vec<_> = table.difference(&described).collect();
    assert!(missing.is_empty(), "not described; add an Operation to `describe` beside the handler: {missing:?}");
    let invented: Vec<_> = described.difference(&table).collect();
    assert!(invented.is_empty(), "described, but there is no such route: {invented:?}");
    app.stop().await;
}

#[tokio::test]
async fn the_dashboards_have_the_document_of_today() {
    let app = TestApp::start_empty(|_| {}).await;
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/dashboards/openapi.json");
    let today = format!("{:#}\n", document(&app).await);
    app.stop().await;
    if std::env::var_os("HEATLINE_BLESS").is_some() {
        std::fs::write(path, today).unwrap();
        return;
    }
    let kept = std::fs::read_to_string(path).unwrap();
    assert!(
        kept == today,
        "dashboards/openapi.json is older than the API: `make bless`, then `npm run contract -w heatline-dashboards`"
    );
}

#[tokio::test]
async fn every_schema_is_one_and_every_example_meets_it() {
    let app = TestApp::start_empty(|_| {}).await;
    let document = document(&app).await;
    assert_eq!(document["openapi"], "3.1.0");
    let (mut ids, mut bodies) = (BTreeSet::new(), 0);
    for Described { method, path, about } in operations(&document) {
        let what = format!("{method} {path}");
        assert!(ids.insert(about["operationId"].as_str().unwrap().to_owned()), "{what}: the operationId is taken");
        assert!(about["summary"].as_str().is_some_and(|text| !text.is_empty()), "{what}: no summary");
        assert!(about["tags"][0].as_str().is_some_and(|tag| !tag.is_empty()), "{what}: no tag");
        let parameters = about["parameters"].as_array().cloned().unwrap_or_default();
        for parameter in parameters {
            assert!(parameter["description"].is_string(), "{what}: {parameter}");
            if parameter["required"] == true {
                assert!(!parameter["example"].is_null(), "{what}: a required parameter has no example: {parameter}");
            }
            if let Some(example) = parameter.get("example") {
                assert_meets(&document, &parameter["schema"], example, &what);
            }
        }
        let contents = about["responses"].as_object().unwrap().values().chain([&about["requestBody"]]);
        for content in contents.filter_map(|answer| answer["content"].as_object()) {
            for (kind, media) in content {
                if kind == "application/json" {
                    assert!(!media["example"].is_null(), "{what}: JSON without an example");
                }
                if let Some(example) = media.get("example") {
                    assert_meets(&document, &media["schema"], example, &what);
                    bodies += 1;
                }
            }
        }
    }
    assert!(bodies > 60, "{bodies} examples");
    app.stop().await;
}

/// Asserts that a value is of a schema of the document.
#[track_caller]
fn assert_meets(document: &Value, schema: &Value, value: &Value, what: &str) {
    let mut schema = schema.clone();
    schema["components"] = document["components"].clone();
    let schema = jsonschema::validator_for(&schema).unwrap_or_else(|error| panic!("{what}: no schema: {error}"));
    let wrong: Vec<String> =
        schema.iter_errors(value).map(|error| format!("{} at {}", error, error.instance_path())).collect();
    assert!(wrong.is_empty(), "{what}: {wrong:?} in {value}");
}

/// Returns the path of an operation with its examples in place.
fn example_path(operation: &Described) -> String {
    let mut path = operation.path.clone();
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    for parameter in operation.about["parameters"].as_array().into_iter().flatten() {
        let name = parameter["name"].as_str().unwrap();
        let Some(example) = parameter.get("example") else { continue };
        let text = example.as_str().map_or_else(|| example.to_string(), str::to_owned);
        if parameter["in"] == "path" {
            path = path.replace(&format!("{{{name}}}"), &text);
        } else {
            query.append_pair(name, &text);
        }
    }
    let query = query.finish();
    if query.is_empty() { path } else { format!("{path}?{query}") }
}

/// Starts the request of an operation as its examples have it, each with every type of body.
fn example_requests<'a>(app: &'a TestApp, operation: &'a Described) -> Vec<Request> {
    let path = example_path(operation);
    let request = || app.request(operation.method.parse::<Method>().unwrap(), &path);
    let Some(content) = operation.about["requestBody"]["content"].as_object() else {
        return vec![request()];
    };
    let bodies = content.iter().map(|(kind, media)| match kind.as_str() {
        "image/png" => request().body(kind, a_png(390, 400, [0, 90, 200])),
        "image/jpeg" | "image/webp" => request().body("image/png", a_png(390, 400, [0, 90, 200])),
        "application/x-www-form-urlencoded" => {
            let pairs = media["example"].as_object().unwrap().iter();
            let pairs = pairs.map(|(name, value)| (name, value.as_str().unwrap()));
            request().body(kind, url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish())
        }
        _ => request().body(kind, media["example"].to_string()),
    });
    bodies.collect()
}

/// Asserts that an answer is one that is described.
#[track_caller]
fn assert_described(document: &Value, operation: &Described, answer: &Answer) {
    let what = format!("{} {}", operation.method, operation.path);
    let described = &operation.about["responses"][answer.status.to_string()];
    assert!(described.is_object(), "{what}: {} is not described: {}", answer.status, answer.text());
    let Some(content) = described["content"].as_object() else {
        assert!(answer.body.is_empty(), "{what}: a body that is not described: {}", answer.text());
        return;
    };
    if answer.body.is_empty() {
        // A beacon that wants no layout.
        assert_eq!(answer.status, 202, "{what}: the body is missing");
        return;
    }
    let kind = answer.header("content-type").unwrap().split(';').next().unwrap();
    assert!(content.contains_key(kind), "{what}: the type {kind} is not described");
    if kind == "application/json" || kind.ends_with("+json") {
        assert_meets(document, &content[kind]["schema"], &answer.json(), &what);
    }
}

#[tokio::test]
async fn a_running_service_takes_every_example_and_answers_as_it_is_described() {
    let app = TestApp::start_empty(|config| config.demo = true).await;
    app.change_site(SITE, json!({"public_badge": true, "public_map": true, "public_live": true})).await;
    let mut session = app.signed_in("ann@x.example", None).await;
    // Whom the examples give another role, and remove.
    app.add_user("bob@x.example", Some((SITE, Role::Viewer))).await;
    let shared = json!({"name": "locked", "password": "correct horse battery"});
    let link = token_of(&share(&app, &shared).await);
    let click = json!({"type": "click", "element": "#buy", "fraction": [32_767, 32_767], "at": [640, 300], "since": 1000, "flags": 0});
    let view = a_beacon().event(json!({"type": "pageview"}));
    app.accepted(&view).await;
    app.accepted(&view.event(click)).await;
    app.flushed().await;
    let document = document(&app).await;
    let mut operations = operations(&document);
    // What makes things comes before what looks at them, and what removes them last, the site itself at the very end.
    operations.sort_by_key(|operation| {
        let methods = ["POST", "PUT", "PATCH", "GET", "OPTIONS", "DELETE"];
        let depth = operation.path.matches('/').count();
        (methods.iter().position(|method| *method == operation.method), usize::MAX - depth)
    });
    for operation in &operations {
        let what = format!("{} {}", operation.method, operation.path);
        let security = operation.about["security"].as_array().unwrap();
        let by_key = security.iter().any(|way| way.get("key").is_some());
        let by_link = !by_key && security.iter().any(|way| way.get("link").is_some());
        let refused =
            REFUSED.iter().find(|(method, path, _)| (*method, *path) == (&*operation.method, &*operation.path));
        for (place, request) in example_requests(&app, operation).into_iter().enumerate() {
            let request = if by_key { request.key(&app.key) } else { request };
            let request = if by_link { request.key(&link) } else { request };
            let request = if by_key || by_link || security.is_empty() { request } else { request.session(&session) };
            if operation.about["responses"]["200"]["content"].get(ENDLESS).is_some() {
                app.stream(&example_path(operation), &app.key).await;
                continue;
            }
            let answer = request.send().await;
            assert_described(&document, operation, &answer);
            match refused {
                Some((_, _, status)) => assert_eq!(answer.status, *status, "{what}"),
                // What a body of the first type has removed is gone.
                None if place > 0 && operation.method == "DELETE" => {}
                None => assert!(answer.status < 400, "{what}: {answer:?}"),
            }
            // A new password has ended the old session.
            if operation.path == "/api/v1/account/password" {
                session = answer.session();
            }
        }
    }
    app.stop().await;
}

#[tokio::test]
async fn what_needs_a_key_says_so_and_who_has_none_is_told_as_it_is_described() {
    let app = TestApp::start_empty(|_| {}).await;
    app.add_site(SITE).await;
    let document = document(&app).await;
    let few = app.add_key("events", None).await;
    for operation in operations(&document) {
        let what = format!("{} {}", operation.method, operation.path);
        let security = operation.about["security"].as_array().unwrap();
        let scopes: Vec<&str> = security.iter().filter_map(|way| way["key"][0].as_str()).collect();
        let by_key = security.iter().any(|way| way.get("key").is_some());
        for request in example_requests(&app, &operation) {
            let answer = request.send().await;
            assert_described(&document, &operation, &answer);
            assert_eq!(
                answer.status == 401 && !answer.json()["code"].as_str().unwrap().starts_with("wrong"),
                !security.is_empty(),
                "{what}: {answer:?}"
            );
        }
        if by_key && !scopes.contains(&"events") {
            for request in example_requests(&app, &operation) {
                let answer = request.key(&few).send().await;
                assert_described(&document, &operation, &answer);
                answer.problem(403, "missing_scope", &what);
            }
        }
    }
    app.stop().await;
}

#[tokio::test]
async fn the_page_of_the_document_loads_nothing_from_elsewhere() {
    let app = TestApp::start_empty(|_| {}).await;
    let page = app.get("/api/docs").send().await.expect(200, "the page");
    assert_eq!(page.header("content-type"), Some("text/html; charset=utf-8"));
    let csp = page.header("content-security-policy").unwrap();
    assert!(csp.contains("default-src 'none'") && !csp.contains("unsafe"), "{csp}");
    let sources = Regex::new(r##"(?:src|href)="([^"#]+)""##).unwrap();
    let sources: Vec<String> = sources.captures_iter(page.text()).map(|found| found[1].to_owned()).collect();
    assert!(sources.len() >= 2, "{sources:?}");
    for source in sources {
        assert!(source.starts_with('/'), "{source} is not ours");
        app.get(&source).send().await.expect(200, &source);
    }
    let etag = page.header("etag").unwrap();
    app.get("/api/docs").header("if-none-match", etag).send().await.expect(304, "the same page again");
    app.stop().await;
}
