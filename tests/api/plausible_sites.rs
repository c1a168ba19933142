//! Plausible's Sites API: goals, properties and shared links, in the shapes of its documentation and the ways its clients send them.

use reqwest::Method;
use serde_json::{Value, json};
use tokio::process::Command;

use crate::helpers::{SITE, TestApp, api::Request};

/// The ways to send parameters.
const WAYS: [&str; 4] = ["query", "json", "form", "parts"];

/// Sends parameters in one of the ways.
fn send(app: &TestApp, way: &str, method: Method, path: &str, params: &[(&str, &str)]) -> Request {
    let form: String = params
        .iter()
        .map(|(name, value)| format!("{name}={}", value.replace('/', "%2F").replace(' ', "+")))
        .collect::<Vec<_>>()
        .join("&");
    let url = format!("/api/v1/sites/{path}");
    if way == "query" {
        return app.request(method, &format!("{url}?{form}")).key(&app.key);
    }
    let request = app.request(method, &url).key(&app.key);
    match way {
        "json" => request.json(&params.iter().map(|(name, value)| ((*name).to_owned(), Value::from(*value))).collect()),
        "form" => request.body("application/x-www-form-urlencoded", form),
        _ => {
            let part = |(name, value): &(&str, &str)| {
                format!("--cut\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
            };
            let parts: String = params.iter().map(part).collect();
            request.body("multipart/form-data; boundary=cut", format!("{parts}--cut--\r\n"))
        }
    }
}

async fn goals(app: &TestApp, query: &str) -> Value {
    let request = app.get(&format!("/api/v1/sites/goals?site_id={SITE}{query}")).key(&app.key);
    request.send().await.expect(200, "the list of goals").json()
}

#[tokio::test]
async fn a_goal_is_found_or_made_however_it_is_sent() {
    let app = TestApp::start().await;
    let params = [("site_id", SITE), ("goal_type", "page"), ("page_path", "/thank you/*")];
    let expected = json!({"domain": SITE, "id": 1, "goal_type": "page", "display_name": "Visit /thank you/*",
        "event_name": null, "page_path": "/thank you/*", "custom_props": {}});
    for way in WAYS {
        let kept = send(&app, way, Method::PUT, "goals", &params).send().await.expect(200, way).json();
        assert_eq!(kept, expected, "{way}");
    }
    for (n, way) in WAYS.into_iter().enumerate() {
        let name = format!("Sign up by {way}");
        let params = [("site_id", SITE), ("goal_type", "event"), ("event_name", name.as_str()), ("display_name", way)];
        let kept = send(&app, way, Method::PUT, "goals", &params).send().await.expect(200, way).json();
        assert_eq!(
            [&kept["event_name"], &kept["display_name"], &kept["id"]],
            [&json!(name), &json!(way), &json!(n + 2)]
        );
        let removed = send(&app, way, Method::DELETE, &format!("goals/{}", n + 2), &[("site_id", SITE)]).send().await;
        assert_eq!(removed.expect(200, way).json(), json!({"deleted": true}));
        let gone = send(&app, way, Method::DELETE, &format!("goals/{}", n + 2), &[("site_id", SITE)]).send().await;
        gone.problem(404, "goal_not_found", way);
    }
    let mut listed = expected;
    listed.as_object_mut().unwrap().remove("domain");
    let meta = json!({"after": null, "before": null, "limit": 100});
    assert_eq!(goals(&app, "").await, json!({"goals": [listed], "meta": meta}));
    app.stop().await;
}

#[tokio::test]
async fn a_shared_link_is_found_or_made_by_its_name() {
    let app = TestApp::start().await;
    let mut first = None;
    for way in WAYS {
        let params = [("site_id", SITE), ("name", "WordPress")];
        let kept = send(&app, way, Method::PUT, "shared-links", &params).send().await.expect(200, way).json();
        assert_eq!(kept["name"], "WordPress", "{way}");
        let url = kept["url"].as_str().unwrap().to_owned();
        assert!(url.starts_with(&format!("{}/share/{SITE}?auth=", app.url)), "{way}: {url}");
        assert_eq!(first.get_or_insert_with(|| url.clone()), &url, "{way}: the same link");
    }
    // As clients put it into a frame.
    let framed = format!("{}&embed=true&theme=light", first.unwrap());
    app.get(framed.strip_prefix(&app.url).unwrap()).send().await.expect(200, "the page");
    let token = framed.split("auth=").nth(1).unwrap().split('&').next().unwrap();
    app.get(&format!("/api/v1/sites/{SITE}/live")).key(token).send().await.expect(200, "what it shows");
    let maps = app.get(&format!("/api/v1/sites/{SITE}/pages")).key(token).send().await;
    maps.problem(404, "not_shared", "Plausible's links show no heat maps");

    for (what, params, pointer) in [
        ("no site", &[("name", "x")][..], "/site_id"),
        ("no name", &[("site_id", SITE)], "/name"),
        ("an empty name", &[("site_id", SITE), ("name", " ")], "/name"),
    ] {
        let problem =
            send(&app, "json", Method::PUT, "shared-links", params).send().await.problem(400, "invalid", what);
        assert_eq!(problem["errors"][0]["pointer"], pointer, "{what}: {problem}");
    }
    app.stop().await;
}

#[tokio::test]
async fn the_commands_of_the_documentation_work_as_they_stand_there() {
    let app = TestApp::start().await;
    let curl = async |method: &str, path: &str, parts: &[&str]| -> Value {
        let mut command = Command::new("curl");
        command.args(["-s", "-X", method, &format!("{}/api/v1/sites/{path}", app.url)]);
        command.args(["-H", &format!("Authorization: Bearer {}", app.key)]);
        command.args(parts.iter().flat_map(|part| ["-F", part]));
        serde_json::from_slice(&command.output().await.unwrap().stdout).unwrap()
    };
    let kept =
        curl("PUT", "goals", &["site_id=\"demo.example\"", "goal_type=\"event\"", "event_name=\"Signup\""]).await;
    let expected = json!({"domain": SITE, "id": 1, "goal_type": "event", "display_name": "Signup", "event_name": "Signup",
        "page_path": null, "custom_props": {}});
    assert_eq!(kept, expected);
    let props = "custom-props";
    assert_eq!(curl("PUT", props, &["site_id=\"demo.example\"", "property=\"plan\""]).await, json!({"created": true}));
    let listed = curl("GET", "custom-props?site_id=demo.example", &[]).await;
    assert_eq!(listed, json!({"custom_properties": [{"property": "plan"}]}));
    assert_eq!(curl("DELETE", "custom-props/plan", &["site_id=\"demo.example\""]).await, json!({"deleted": true}));
    assert_eq!(curl("DELETE", "goals/1", &["site_id=\"demo.example\""]).await, json!({"deleted": true}));
    app.stop().await;
}

#[tokio::test]
async fn goals_come_in_pages() {
    let app = TestApp::start().await;
    for n in 1..=5 {
        let name = format!("event {n}");
        let params = [("site_id", SITE), ("goal_type", "event"), ("event_name", name.as_str())];
        send(&app, "json", Method::PUT, "goals", &params).send().await.expect(200, &name);
    }
    let mut seen = Vec::new();
    let mut query = "&limit=2".to_owned();
    loop {
        let page = goals(&app, &query).await;
        seen.extend(page["goals"].as_array().unwrap().iter().map(|goal| goal["id"].as_u64().unwrap()));
        let Some(after) = page["meta"]["after"].as_str() else { break };
        query = format!("&limit=2&after={after}");
    }
    assert_eq!(seen, [5, 4, 3, 2, 1]);
    let first = goals(&app, "&limit=2&before=3").await;
    let ids: Vec<&Value> = first["goals"].as_array().unwrap().iter().map(|goal| &goal["id"]).collect();
    assert_eq!((json!(ids), &first["meta"]["before"]), (json!([5, 4]), &Value::Null));
    for wrong in ["limit=0", "limit=1001", "limit=x", "after=x", "before=-1"] {
        let request = app.get(&format!("/api/v1/sites/goals?site_id={SITE}&{wrong}")).key(&app.key);
        let problem = request.send().await.problem(400, "invalid", wrong);
        assert_eq!(problem["errors"][0]["pointer"], format!("/{}", wrong.split('=').next().unwrap()));
    }
    app.stop().await;
}

#[tokio::test]
async fn goals_are_the_same_through_both_doors() {
    let app = TestApp::start().await;
    let own = format!("/api/v1/sites/{SITE}/goals");
    let read = json!({"page_path": "/blog/*", "scroll_depth": 75});
    app.post(&own).key(&app.key).json(&read).send().await.expect(201, "a goal of our own door");
    let listed = goals(&app, "").await["goals"][0].clone();
    assert_eq!([&listed["goal_type"], &listed["scroll_threshold"]], [&json!("page"), &json!(75)]);
    let same = json!({"site_id": SITE, "goal_type": "page", "page_path": "blog/*", "scroll_threshold": 75});
    let put =
        async |body: &Value| app.request(Method::PUT, "/api/v1/sites/goals").key(&app.key).json(body).send().await;
    assert_eq!(put(&same).await.expect(200, "the same goal").json()["id"], listed["id"]);
    let visit = json!({"site_id": SITE, "goal_type": "page", "page_path": "/blog/*", "scroll_threshold": -1});
    assert_eq!(put(&visit).await.expect(200, "a visit").json()["display_name"], "Visit /blog/*");
    let paid =
        json!({"site_id": SITE, "goal_type": "event", "event_name": "Sale", "currency": "EUR", "custom_props": {}});
    put(&paid).await.expect(200, "a goal of money");
    let sizes = json!({"site_id": SITE, "goal_type": "event", "event_name": "Sale", "custom_props": {"size": "XL"}});
    let kept = put(&sizes).await.expect(200, "a goal of one value").json();
    assert_eq!([&kept["custom_props"], &kept["display_name"]], [&json!({"size": "XL"}), &json!("Sale (size: XL)")]);
    assert_eq!(put(&sizes).await.expect(200, "the same").json()["id"], kept["id"]);
    let all = app.get(&own).key(&app.key).send().await.expect(200, "our own door").json();
    let names: Vec<&Value> = all["goals"].as_array().unwrap().iter().map(|goal| &goal["name"]).collect();
    assert_eq!(names, ["Sale", "Sale (size: XL)", "Scroll 75% on /blog/*", "Visit /blog/*"]);
    assert_eq!(all["goals"][0]["currency"], "EUR");

    for (body, place) in [
        (json!({"goal_type": "event", "event_name": "a"}), "/site_id"),
        (json!({"site_id": SITE, "event_name": "a"}), "/goal_type"),
        (json!({"site_id": SITE, "goal_type": "click", "event_name": "a"}), "/goal_type"),
        (json!({"site_id": SITE, "goal_type": "event", "page_path": "/a"}), "/event_name"),
        (json!({"site_id": SITE, "goal_type": "page", "event_name": "a"}), "/page_path"),
        (json!({"site_id": SITE, "goal_type": "event", "event_name": ["a"]}), "/event_name"),
        (json!({"site_id": SITE, "goal_type": "event", "event_name": "a", "currency": "euro"}), "/currency"),
        (json!({"site_id": SITE, "goal_type": "event", "event_name": "a", "custom_props": ["plan"]}), "/custom_props"),
        (
            json!({"site_id": SITE, "goal_type": "page", "page_path": "/a", "scroll_threshold": "far"}),
            "/scroll_threshold",
        ),
    ] {
        let problem = put(&body).await.problem(400, "invalid", &body.to_string());
        assert_eq!(problem["errors"][0]["pointer"], place, "{body}: {problem}");
    }
    let taken = json!({"site_id": SITE, "goal_type": "event", "event_name": "a", "display_name": "Sale"});
    put(&taken).await.problem(409, "name_taken", "the name of another goal");
    app.stop().await;
}

#[tokio::test]
async fn properties_are_put_on_the_list_and_taken_off() {
    let app = TestApp::start().await;
    for way in WAYS {
        for _ in 0..2 {
            let put =
                send(&app, way, Method::PUT, "custom-props", &[("site_id", SITE), ("property", way)]).send().await;
            assert_eq!(put.expect(200, way).json(), json!({"created": true}));
        }
    }
    let list = async || {
        let request = app.get(&format!("/api/v1/sites/custom-props?site_id={SITE}")).key(&app.key);
        request.send().await.expect(200, "the list").json()["custom_properties"].clone()
    };
    let expected: Vec<Value> = ["form", "json", "parts", "query"].map(|name| json!({"property": name})).into();
    assert_eq!(list().await, json!(expected));
    for way in WAYS {
        for _ in 0..2 {
            let path = format!("custom-props/{way}");
            let removed = send(&app, way, Method::DELETE, &path, &[("site_id", SITE)]).send().await;
            assert_eq!(removed.expect(200, way).json(), json!({"deleted": true}));
        }
    }
    assert_eq!(list().await, json!([]));
    app.stop().await;
}

#[tokio::test]
async fn no_site_is_called_like_a_door() {
    let app = TestApp::start().await;
    let new = app.post("/api/v1/sites").key(&app.key).json(&json!({"domain": "goals"})).send().await;
    let problem = new.problem(400, "invalid", "a word of the API");
    assert_eq!(problem["errors"][0]["pointer"], "/domain");
    for (what, request) in [
        ("text", app.request(Method::PUT, "/api/v1/sites/goals").text("{}")),
        (
            "a packed body",
            app.request(Method::PUT, "/api/v1/sites/goals").json(&json!({})).header("content-encoding", "gzip"),
        ),
    ] {
        request.key(&app.key).send().await.problem(415, "unsupported_media_type", what);
    }
    let large = app.request(Method::PUT, "/api/v1/sites/goals").key(&app.key);
    large.body("application/x-www-form-urlencoded", "a".repeat(256 * 1024 + 1)).send().await.problem(
        413,
        "too_large",
        "a large form",
    );
    app.stop().await;
}
