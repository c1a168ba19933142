//! What a site's owner names in advance: goals, segments, properties and annotations.

use heatline::control::Role;
use reqwest::Method;
use serde_json::{Value, json};

use crate::helpers::{Answer, SITE, TestApp};

const FOREIGN: &str = "foreign.example";

impl TestApp {
    /// Asks something of [`SITE`].
    async fn ask(&self, method: Method, what: &str, body: &Value) -> Answer {
        let request = self.request(method, &format!("/api/v1/sites/{SITE}/{what}")).key(&self.key);
        if body.is_null() { request } else { request.json(body) }.send().await
    }

    /// Makes something, and returns it.
    async fn made(&self, what: &str, body: &Value) -> Value {
        self.ask(Method::POST, what, body).await.expect(201, &format!("{what} {body}")).json()
    }

    /// Returns the list of something.
    async fn listed(&self, what: &str) -> Value {
        let answer = self.ask(Method::GET, what, &Value::Null).await.expect(200, what);
        assert_eq!(answer.header("cache-control"), Some("no-store"), "{what}");
        answer.json()[what.split('?').next().unwrap()].clone()
    }
}

fn pointer(problem: &Value) -> &str {
    problem["errors"][0]["pointer"].as_str().unwrap()
}

#[tokio::test]
async fn goals_are_kept_listed_changed_and_removed() {
    let app = TestApp::start().await;
    assert_eq!(app.listed("goals").await, json!([]));
    let purchase = app.made("goals", &json!({"event_name": "Purchase", "currency": "eur"})).await;
    let expected = json!({"id": 1, "name": "Purchase", "goal_type": "event", "event_name": "Purchase", "page_path": null,
        "scroll_depth": null, "custom_props": {}, "currency": "EUR"});
    assert_eq!(purchase, expected);
    let thanks = app.made("goals", &json!({"page_path": "/%D1%86%D0%B5%D0%BD%D0%B8/**"})).await;
    let expected = json!({"id": 2, "name": "Visit /цени/**", "goal_type": "page", "event_name": null,
        "page_path": "/цени/**", "scroll_depth": null, "custom_props": {}, "currency": null});
    assert_eq!(thanks, expected, "the path as it is stored");
    let readers = app.made("goals", &json!({"page_path": "/blog/*", "scroll_depth": 75, "name": "Readers"})).await;
    assert_eq!(
        [&readers["goal_type"], &readers["scroll_depth"], &readers["name"]],
        [&json!("scroll"), &json!(75), &json!("Readers")]
    );
    assert_eq!(app.listed("goals").await, json!([purchase, readers, thanks]));

    let again = app.ask(Method::POST, "goals", &json!({"event_name": "Purchase"})).await;
    assert_eq!(again.expect(200, "a goal that is there").json(), purchase);
    let other = app.ask(Method::POST, "goals", &json!({"event_name": "Purchase", "currency": "USD"})).await;
    let problem = other.problem(409, "other_currency", "another currency");
    assert!(problem["detail"].as_str().unwrap().contains("EUR"), "{problem}");
    let taken = app.ask(Method::POST, "goals", &json!({"event_name": "Readers"})).await;
    taken.problem(409, "name_taken", "a name of another goal");

    let changed = app.ask(Method::PATCH, "goals/1", &json!({"name": "Sale"})).await.expect(200, "a new name").json();
    assert_eq!([&changed["name"], &changed["currency"]], [&json!("Sale"), &json!("EUR")], "what is not given stays");
    let changed = app.ask(Method::PATCH, "goals/1", &json!({"currency": null})).await.expect(200, "no currency").json();
    assert_eq!([&changed["name"], &changed["currency"]], [&json!("Sale"), &Value::Null]);
    app.ask(Method::PATCH, "goals/1", &json!({"name": "Readers"})).await.problem(409, "name_taken", "a taken name");

    app.ask(Method::DELETE, "goals/1", &Value::Null).await.expect(204, "removing");
    for (method, path) in [(Method::DELETE, "goals/1"), (Method::DELETE, "goals/first"), (Method::DELETE, "goals/-1")] {
        app.ask(method, path, &Value::Null).await.problem(404, "goal_not_found", path);
    }
    app.ask(Method::PATCH, "goals/1", &json!({})).await.problem(404, "goal_not_found", "changing what is gone");
    assert_eq!(app.made("goals", &json!({"event_name": "Purchase"})).await["id"], 4, "no number comes twice");
    app.stop().await;
}

#[tokio::test]
async fn wrong_goals_are_refused_by_their_place() {
    let app = TestApp::start().await;
    let long = "ю".repeat(121);
    for (body, place) in [
        (json!({}), "/event_name"),
        (json!({"event_name": ""}), "/event_name"),
        (json!({"event_name": "pageview"}), "/event_name"),
        (json!({"event_name": "a\u{0}b"}), "/event_name"),
        (json!({"event_name": long}), "/event_name"),
        (json!({"event_name": "a", "page_path": "/a"}), "/page_path"),
        (json!({"page_path": "a"}), "/page_path"),
        (json!({"page_path": "/a?b=c"}), "/page_path"),
        (json!({"page_path": format!("/{}", "x".repeat(2048))}), "/page_path"),
        (json!({"page_path": "/a", "scroll_depth": 0}), "/scroll_depth"),
        (json!({"page_path": "/a", "scroll_depth": 101}), "/scroll_depth"),
        (json!({"event_name": "a", "scroll_depth": 50}), "/scroll_depth"),
        (json!({"event_name": "a", "custom_props": {"plan": ""}}), "/custom_props"),
        (json!({"event_name": "a", "custom_props": {"a": "1", "b": "1", "c": "1", "d": "1"}}), "/custom_props"),
        (json!({"page_path": "/a", "custom_props": {"plan": "pro"}}), "/custom_props"),
        (json!({"event_name": "a", "name": long}), "/name"),
        (json!({"event_name": "a", "name": " "}), "/name"),
        (json!({"event_name": "a", "currency": "euro"}), "/currency"),
        (json!({"page_path": "/a", "currency": "EUR"}), "/currency"),
    ] {
        let refused = app.ask(Method::POST, "goals", &body).await.problem(400, "invalid", &body.to_string());
        assert_eq!(pointer(&refused), place, "{body}: {refused}");
    }
    for body in [
        json!([]),
        json!({"event_name": 1}),
        json!({"event_name": "a", "custom_props": {"plan": 1}}),
        json!({"event_name": "a", "colour": "red"}),
    ] {
        app.ask(Method::POST, "goals", &body).await.problem(400, "malformed", &body.to_string());
    }
    assert_eq!(app.listed("goals").await, json!([]));
    for n in 0..200 {
        app.made("goals", &json!({"event_name": format!("event {n}")})).await;
    }
    let full = app.ask(Method::POST, "goals", &json!({"event_name": "one more"})).await;
    let problem = full.problem(409, "too_many", "the 201st");
    assert_eq!(problem["detail"], "a site may have 200 goals: remove some");
    app.stop().await;
}

#[tokio::test]
async fn segments_are_kept_in_one_form() {
    let app = TestApp::start().await;
    let filters = json!([["is", "visit:country", ["BG"], {"case_sensitive": true}]]);
    let made = app.made("segments", &json!({"name": "България", "filters": filters})).await;
    assert_eq!(made, json!({"id": 1, "name": "България", "filters": [["is", "visit:country", ["BG"]]]}));
    let phones = json!([["is", "visit:device", ["Mobile"]]]);
    let second = app.made("segments", &json!({"name": "Phones", "filters": phones})).await;
    assert_eq!(app.listed("segments").await, json!([second, made]));

    let path = "segments/1";
    let shown = app.ask(Method::GET, path, &Value::Null).await.expect(200, "one of them");
    assert_eq!((shown.json(), shown.header("cache-control")), (made, Some("no-store")));
    let changed = app.ask(Method::PATCH, path, &json!({"filters": phones})).await.expect(200, "other filters").json();
    assert_eq!(changed, json!({"id": 1, "name": "България", "filters": phones}));
    app.ask(Method::PATCH, path, &json!({"name": "Phones"})).await.problem(409, "name_taken", "a taken name");
    let taken = app.ask(Method::POST, "segments", &json!({"name": "Phones", "filters": phones})).await;
    taken.problem(409, "name_taken", "a taken name");

    for (filters, place) in [
        (json!([]), "/filters"),
        (json!("x"), "/filters"),
        (json!([["is", "visit:country", []]]), "/filters/0/2"),
        (json!([["is", "visit:colour", ["red"]]]), "/filters/0/1"),
    ] {
        for (method, path, body) in [
            (Method::POST, "segments", json!({"name": "x", "filters": filters})),
            (Method::PATCH, path, json!({"filters": filters})),
        ] {
            let refused = app.ask(method, path, &body).await.problem(400, "invalid", &body.to_string());
            assert_eq!(pointer(&refused), place, "{body}: {refused}");
        }
    }
    let of_segments = json!({"name": "x", "filters": [["is", "segment", [1]]]});
    app.ask(Method::POST, "segments", &of_segments).await.problem(400, "invalid", "a segment of segments");
    let large = json!({"name": "x", "filters": [["is", "event:page", vec!["x".repeat(2000); 10]]]});
    let refused = app.ask(Method::POST, "segments", &large).await.problem(400, "invalid", "20 kB of filters");
    assert_eq!(pointer(&refused), "/filters");

    app.ask(Method::DELETE, path, &Value::Null).await.expect(204, "removing");
    for method in [Method::GET, Method::DELETE] {
        app.ask(method, path, &Value::Null).await.problem(404, "segment_not_found", "what is gone");
    }
    app.ask(Method::GET, "segments/x", &Value::Null).await.problem(404, "segment_not_found", "no number");
    app.stop().await;
}

#[tokio::test]
async fn the_list_of_properties_is_replaced_as_a_whole() {
    let app = TestApp::start().await;
    let put = async |props: Value| app.ask(Method::PUT, "props", &json!({"props": props})).await;
    let kept = put(json!(["план", " author ", "a/b", "author"])).await.expect(200, "a list").json();
    assert_eq!(kept, json!({"props": ["a/b", "author", "план"]}));
    assert_eq!(put(json!(["план", "author", "a/b"])).await.expect(200, "the same again").json(), kept);
    assert_eq!(app.listed("props").await, kept["props"]);
    for gone in ["props/a%2Fb", "props/%D0%BF%D0%BB%D0%B0%D0%BD", "props/never"] {
        app.ask(Method::DELETE, gone, &Value::Null).await.expect(204, gone);
    }
    assert_eq!(app.listed("props").await, json!(["author"]));
    let shown = app.get(&format!("/api/v1/sites/{SITE}")).key(&app.key).send().await.expect(200, "the site").json();
    assert_eq!(shown["custom_properties"], json!(["author"]), "as Plausible shows a site");

    for wrong in [json!([""]), json!(["ok", "a\nb"]), json!(["x".repeat(301)])] {
        let refused = put(wrong.clone()).await.problem(400, "invalid", &wrong.to_string());
        assert_eq!(pointer(&refused), "/props");
    }
    let many: Vec<String> = (0..301).map(|n| n.to_string()).collect();
    put(json!(many)).await.problem(409, "too_many", "301 properties");
    assert_eq!(app.listed("props").await, json!(["author"]), "a refused list changes nothing");
    put(json!(many[1..])).await.expect(200, "300 properties");
    put(json!([])).await.expect(200, "none");
    assert_eq!(app.listed("props").await, json!([]));
    app.stop().await;
}

#[tokio::test]
async fn annotations_are_listed_by_period_and_know_their_author() {
    let app = TestApp::start_empty(|_| {}).await;
    app.add_site_with(SITE, "Europe/Sofia", json!({})).await;
    let release = app.made("annotations", &json!({"at": "2026-03-02T21:30:00Z", "text": "Версия 2"})).await;
    assert_eq!(release, json!({"id": 1, "at": "2026-03-02T21:30:00Z", "text": "Версия 2", "author": null}));
    let prices = app.made("annotations", &json!({"at": "2026-03-02", "text": "New prices"})).await;
    let night = app.made("annotations", &json!({"at": "2026-03-03T00:30:00+02:00", "text": "Past midnight"})).await;
    assert_eq!(night["at"], "2026-03-02T22:30:00Z");
    assert_eq!(app.listed("annotations").await, json!([prices, release, night]));
    assert_eq!(app.listed("annotations?date_range=2026-03-02,2026-03-02").await, json!([prices, release]));
    assert_eq!(app.listed("annotations?date_range=2026-03-03,2026-03-04").await, json!([night]), "the day of Sofia");
    let wrong = app.ask(Method::GET, "annotations?date_range=lately", &Value::Null).await;
    wrong.problem(400, "invalid", "a range that is none");

    let session = app.signed_in("ann@x.example", Some((SITE, Role::Editor))).await;
    let request = app.post(&format!("/api/v1/sites/{SITE}/annotations")).session(&session);
    let own = request.json(&json!({"at": "2026-03-05", "text": "by Ann"})).send().await.expect(201, "by a user").json();
    assert_eq!(own["author"], 1);
    let path = format!("annotations/{}", own["id"]);
    let moved = app.ask(Method::PATCH, &path, &json!({"at": "2026-03-01"})).await.expect(200, "another day").json();
    assert_eq!(moved, json!({"id": own["id"], "at": "2026-03-01", "text": "by Ann", "author": 1}));
    let moved = app.ask(Method::PATCH, &path, &json!({"text": "x"})).await.expect(200, "another text").json();
    assert_eq!([&moved["at"], &moved["text"]], ["2026-03-01", "x"]);

    for (body, place) in [
        (json!({"at": "2026-02-30", "text": "x"}), "/at"),
        (json!({"at": "2026-03-01T10:00", "text": "x"}), "/at"),
        (json!({"at": "9999-01-01", "text": "x"}), "/at"),
        (json!({"at": "2026-03-01", "text": ""}), "/text"),
        (json!({"at": "2026-03-01", "text": "x".repeat(501)}), "/text"),
    ] {
        for (method, path) in [(Method::POST, "annotations"), (Method::PATCH, path.as_str())] {
            let refused = app.ask(method, path, &body).await.problem(400, "invalid", &body.to_string());
            assert_eq!(pointer(&refused), place, "{body}: {refused}");
        }
    }
    app.ask(Method::DELETE, &path, &Value::Null).await.expect(204, "removing");
    app.ask(Method::DELETE, &path, &Value::Null).await.problem(404, "annotation_not_found", "what is gone");
    app.ask(Method::PATCH, &path, &json!({})).await.problem(404, "annotation_not_found", "what is gone");
    app.stop().await;
}

#[tokio::test]
async fn who_only_looks_changes_nothing() {
    let app = TestApp::start().await;
    app.made("goals", &json!({"event_name": "a"})).await;
    app.made("segments", &json!({"name": "a", "filters": [["is", "event:page", ["/"]]]})).await;
    app.made("annotations", &json!({"at": "2026-06-15", "text": "a"})).await;
    let plausible = json!({"site_id": SITE, "goal_type": "event", "event_name": "b", "property": "b"});
    let changes = [
        (Method::POST, "demo.example/goals", json!({"event_name": "b"})),
        (Method::PATCH, "demo.example/goals/1", json!({"name": "b"})),
        (Method::DELETE, "demo.example/goals/1", Value::Null),
        (Method::POST, "demo.example/segments", json!({"name": "b", "filters": [["is", "event:page", ["/"]]]})),
        (Method::PATCH, "demo.example/segments/1", json!({"name": "b"})),
        (Method::DELETE, "demo.example/segments/1", Value::Null),
        (Method::PUT, "demo.example/props", json!({"props": ["b"]})),
        (Method::DELETE, "demo.example/props/a", Value::Null),
        (Method::POST, "demo.example/annotations", json!({"at": "2026-06-15", "text": "b"})),
        (Method::PATCH, "demo.example/annotations/1", json!({"text": "b"})),
        (Method::DELETE, "demo.example/annotations/1", Value::Null),
        (Method::PUT, "goals", plausible.clone()),
        (Method::DELETE, "goals/1", plausible.clone()),
        (Method::PUT, "custom-props", plausible.clone()),
        (Method::DELETE, "custom-props/a", plausible),
    ];
    let lists = ["goals", "segments", "props", "annotations"];
    let viewer = app.signed_in("viewer@x.example", Some((SITE, Role::Viewer))).await;
    for what in lists {
        let request = app.get(&format!("/api/v1/sites/{SITE}/{what}")).session(&viewer);
        request.send().await.expect(200, &format!("a viewer sees {what}"));
    }
    let all = async || {
        [
            app.listed("goals").await,
            app.listed("segments").await,
            app.listed("props").await,
            app.listed("annotations").await,
        ]
    };
    let before = all().await;
    for (method, path, body) in &changes {
        let request = app.request(method.clone(), &format!("/api/v1/sites/{path}")).session(&viewer);
        let request = if body.is_null() { request } else { request.json(body) };
        request.send().await.problem(403, "not_admin", &format!("{method} {path}"));
    }
    assert_eq!(all().await, before);
    let editor = app.signed_in("editor@x.example", Some((SITE, Role::Editor))).await;
    let request = app.post(&format!("/api/v1/sites/{SITE}/goals")).session(&editor);
    request.json(&json!({"event_name": "b"})).send().await.expect(201, "an editor may");
    app.stop().await;
}

#[tokio::test]
async fn what_another_site_has_is_out_of_reach_by_its_number() {
    let app = TestApp::start().await;
    app.add_site(FOREIGN).await;
    for (what, body) in [
        ("goals", json!({"event_name": "a"})),
        ("segments", json!({"name": "a", "filters": [["is", "event:page", ["/"]]]})),
        ("annotations", json!({"at": "2026-06-15", "text": "a"})),
    ] {
        let request = app.post(&format!("/api/v1/sites/{FOREIGN}/{what}")).key(&app.key);
        let id = request.json(&body).send().await.expect(201, what).json()["id"].clone();
        let code = format!("{}_not_found", what.trim_end_matches('s'));
        let path = format!("{what}/{id}");
        app.ask(Method::DELETE, &path, &Value::Null).await.problem(404, &code, "by the number of another site's");
        app.ask(Method::PATCH, &path, &json!({})).await.problem(404, &code, "by the number of another site's");
        if what == "segments" {
            app.ask(Method::GET, &path, &Value::Null).await.problem(404, &code, "by the number of another site's");
        }
        let kept =
            app.get(&format!("/api/v1/sites/{FOREIGN}/{what}")).key(&app.key).send().await.expect(200, what).json();
        assert_eq!(kept[what].as_array().unwrap().len(), 1, "{what}");
    }
    app.stop().await;
}
