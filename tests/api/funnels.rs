//! Funnels, retention and journeys over HTTP, against the real engine. The numbers were computed by hand.

use std::fmt::Write as _;

use heatline::store::{Client, Statement, engine::config::read_endpoint};
use serde_json::{Value, json};

use crate::helpers::{Answer, SITE, TestApp};

/// What is told of a visit: when, what, where, and the person that the site says it is.
type Happening<'a> = (&'a str, &'a str, &'a str, &'a str);

/// Puts visits into the site, each of one visitor. A `kind` of another name is a custom event.
async fn insert(app: &TestApp, visits: &[&[Happening<'_>]]) {
    let site = app.site_id(SITE).await.get();
    let mut sql = "INSERT INTO events SETTINGS input_format_skip_unknown_fields = 0 FORMAT JSONEachRow\n".to_owned();
    for (number, visit) in visits.iter().enumerate() {
        let mut view = 0;
        for (place, (at, what, path, person)) in visit.iter().enumerate() {
            if *what != "engagement" {
                view = place + 1;
            }
            let (kind, name) = match *what {
                "pageview" | "engagement" => (*what, ""),
                name => ("event", name),
            };
            let mut row = json!({
                "site_id": site, "day": &at[..10], "at": at, "kind": kind, "name": name, "pathname": path,
                "view_id": view, "session_id": number + 1, "visitor_id": number + 101,
                "source": if number % 2 == 0 { "Google" } else { "" }, "scroll_depth": 60,
            });
            if !person.is_empty() {
                row["props"] = json!({"user": person, "plan": "pro"});
            }
            writeln!(sql, "{row}").unwrap();
        }
    }
    let endpoint = read_endpoint(&app.config.data_dir.join("engine")).unwrap();
    Client::new(endpoint).execute(&Statement::new(sql)).await.unwrap();
}

async fn start() -> TestApp {
    let app = TestApp::start_empty(|_| {}).await;
    app.add_site_with(SITE, "UTC", json!({})).await;
    app
}

const DAY: &str = "2026-03-10";

async fn ask(app: &TestApp, door: &str, body: &Value) -> Answer {
    let mut whole = json!({"date_range": [DAY, DAY]});
    whole.as_object_mut().unwrap().extend(body.as_object().unwrap().clone());
    app.post(&format!("/api/v1/sites/{SITE}/{door}")).key(&app.key).json(&whole).send().await
}

async fn answer(app: &TestApp, door: &str, body: &Value) -> Value {
    ask(app, door, body).await.expect(200, &body.to_string()).json()
}

/// Returns how many visits came to each step, and the medians.
fn came(report: &Value) -> (Vec<u64>, Vec<Option<f64>>) {
    let steps = report["steps"].as_array().unwrap();
    (
        steps.iter().map(|step| step["visits"].as_u64().unwrap()).collect(),
        steps.iter().map(|step| step["median_seconds"].as_f64()).collect(),
    )
}

fn view<'a>(at: &'a str, path: &'a str) -> Happening<'a> {
    (at, "pageview", path, "")
}

#[tokio::test]
async fn a_funnel_tells_who_came_how_far_and_how_long_it_took() {
    let app = start().await;
    insert(
        &app,
        &[
            &[
                view("2026-03-10 10:00:00.000", "/"),
                view("2026-03-10 10:00:10.000", "/docs/a"),
                ("2026-03-10 10:01:00.500", "Buy", "/docs/a", ""),
            ],
            &[
                view("2026-03-10 11:00:00.000", "/"),
                view("2026-03-10 11:00:30.000", "/about"),
                view("2026-03-10 11:01:00.000", "/docs/b"),
            ],
            &[view("2026-03-10 12:00:00.000", "/docs/b"), view("2026-03-10 12:00:30.000", "/")],
            &[("2026-03-10 13:00:00.000", "Buy", "/", "")],
        ],
    )
    .await;
    let steps = json!([{"page": "/"}, {"page": "/docs/*", "name": "Documentation"}, {"event": "Buy"}]);
    let report = answer(&app, "funnel", &json!({"steps": steps})).await;
    let expected = json!([
        {"name": "Visit /", "visitors": 3, "visits": 3, "conversion_rate": 100.0, "step_rate": null, "dropped": null,
         "drop_rate": null, "median_seconds": null},
        {"name": "Documentation", "visitors": 2, "visits": 2, "conversion_rate": 66.67, "step_rate": 66.67, "dropped": 1,
         "drop_rate": 33.33, "median_seconds": 60.0},
        {"name": "Buy", "visitors": 1, "visits": 1, "conversion_rate": 33.33, "step_rate": 50.0, "dropped": 1,
         "drop_rate": 50.0, "median_seconds": 50.5},
    ]);
    assert_eq!(report["steps"], expected);
    let echo = json!({
        "site_id": SITE, "date_range": ["2026-03-10T00:00:00+00:00", "2026-03-10T23:59:59+00:00"], "filters": [],
        "steps": steps, "by": "visit", "window": "session", "order": "loose",
    });
    assert_eq!(report["query"], echo);
    assert_eq!(report["meta"], json!({}));

    let strict = answer(&app, "funnel", &json!({"steps": steps, "order": "strict"})).await;
    assert_eq!(came(&strict), (vec![3, 1, 1], vec![None, Some(10.0), Some(50.5)]), "`/about` came between");
    let quick = answer(&app, "funnel", &json!({"steps": steps, "window": "1m"})).await;
    assert_eq!(came(&quick).0, [3, 2, 0], "the purchase was half a second late");

    let by_source =
        answer(&app, "funnel", &json!({"steps": steps, "dimension": "visit:source", "explain": true})).await;
    let branches = by_source["breakdown"].as_array().unwrap();
    let branches: Vec<(Value, Vec<u64>)> =
        branches.iter().map(|branch| (branch["value"].clone(), came(branch).0)).collect();
    assert_eq!(branches, [(json!("Google"), vec![2, 1, 1]), (json!("Direct / None"), vec![1, 1, 0])]);
    assert_eq!(by_source["meta"]["total_rows"], 2);
    let explained: Vec<&Value> =
        by_source["meta"]["explain"].as_array().unwrap().iter().map(|step| &step["name"]).collect();
    assert_eq!(explained, ["steps"]);
    assert_eq!(by_source["steps"], report["steps"]);
    let nobody = json!({"steps": steps, "dimension": "visit:source", "date_range": ["2026-04-01", "2026-04-02"]});
    let nobody = answer(&app, "funnel", &nobody).await;
    assert_eq!(
        (came(&nobody).0, &nobody["breakdown"], &nobody["meta"]["total_rows"]),
        (vec![0; 3], &json!([]), &json!(0))
    );
    app.stop().await;
}

#[tokio::test]
async fn the_run_that_counts_is_the_longest_and_of_these_the_first_there_and_the_last_to_begin() {
    let app = start().await;
    let a = |at| view(at, "/a");
    let b = |at| view(at, "/b");
    let c = |at| view(at, "/c");
    insert(
        &app,
        &[
            // Two beginnings: the second one is nearer, and the first /b after it counts.
            &[
                a("2026-03-10 10:00:00.000"),
                a("2026-03-10 10:00:10.000"),
                b("2026-03-10 10:00:15.000"),
                b("2026-03-10 10:00:40.000"),
            ],
        ],
    )
    .await;
    let steps = json!([{"page": "/a"}, {"page": "/b"}]);
    let report = answer(&app, "funnel", &json!({"steps": steps})).await;
    assert_eq!(came(&report), (vec![1, 1], vec![None, Some(5.0)]));
    insert(
        &app,
        &[
            &[],
            // The first beginning is too long ago for /c, the second one is not, and goes further.
            &[
                a("2026-03-10 11:00:00.000"),
                b("2026-03-10 11:00:01.000"),
                a("2026-03-10 11:02:00.000"),
                b("2026-03-10 11:02:03.000"),
                c("2026-03-10 11:02:10.000"),
            ],
        ],
    )
    .await;
    let steps = json!([{"page": "/a"}, {"page": "/b"}, {"page": "/c"}]);
    let filters = json!([["is", "event:page", ["/a", "/b", "/c"]]]);
    let report = answer(&app, "funnel", &json!({"steps": steps, "window": "1m", "filters": filters})).await;
    assert_eq!(came(&report), (vec![2, 2, 1], vec![None, Some(5.0), Some(7.0)]), "of two medians the upper one");
    app.stop().await;
}

#[tokio::test]
async fn events_of_one_millisecond_have_an_order_and_no_event_is_two_steps() {
    let app = start().await;
    let at = "2026-03-10 10:00:00.000";
    insert(&app, &[&[("2026-03-10 10:00:00.000", "Buy", "/a", ""), view(at, "/a")], &[view(at, "/a")]]).await;
    let forwards =
        answer(&app, "funnel", &json!({"steps": [{"page": "/a"}, {"event": "Buy"}], "order": "strict"})).await;
    assert_eq!(came(&forwards), (vec![2, 1], vec![None, Some(0.0)]), "a page is viewed before something happens on it");
    let backwards = answer(&app, "funnel", &json!({"steps": [{"event": "Buy"}, {"page": "/a"}]})).await;
    assert_eq!(came(&backwards).0, [1, 0]);
    let twice = answer(&app, "funnel", &json!({"steps": [{"page": "/a"}, {"page": "/**"}]})).await;
    assert_eq!(came(&twice).0, [2, 0], "one view is one step");
    app.stop().await;
}

#[tokio::test]
async fn goals_of_scrolling_and_visitors_make_funnels_too() {
    let app = start().await;
    let goal = json!({"page_path": "/docs/*", "scroll_depth": 50, "name": "Read"});
    app.post(&format!("/api/v1/sites/{SITE}/goals")).key(&app.key).json(&goal).send().await.expect(201, "a goal");
    insert(
        &app,
        &[&[
            view("2026-03-10 10:00:00.000", "/docs/a"),
            ("2026-03-10 10:00:10.000", "engagement", "/docs/a", ""),
            // The same view tells it again.
            ("2026-03-10 10:00:20.000", "engagement", "/docs/a", ""),
            ("2026-03-10 10:00:30.000", "Buy", "/docs/a", ""),
        ]],
    )
    .await;
    let steps = json!([{"page": "/docs/*"}, {"goal": "Read"}, {"event": "Buy"}]);
    for by in ["visit", "visitor"] {
        let report = answer(&app, "funnel", &json!({"steps": steps, "order": "strict", "by": by})).await;
        assert_eq!(came(&report), (vec![1, 1, 1], vec![None, Some(10.0), Some(20.0)]), "{by}");
    }
    let long = answer(&app, "funnel", &json!({"steps": steps, "by": "visitor", "window": "7d"})).await;
    assert_eq!(long["meta"]["warnings"][0]["code"], "visitors_live_one_day");
    let problem = ask(&app, "funnel", &json!({"steps": [{"goal": "Read"}, {"goal": "Signup"}]})).await;
    assert_eq!(problem.problem(400, "invalid", "a goal that is not there")["errors"][0]["pointer"], "/steps/1/goal");
    app.stop().await;
}

#[tokio::test]
async fn retention_follows_the_people_that_the_site_names() {
    let app = start().await;
    let came = |at, person| (at, "pageview", "/", person);
    insert(
        &app,
        &[
            &[came("2026-03-09 10:00:00.000", "old")],
            &[
                came("2026-03-10 10:00:00.000", "ann"),
                came("2026-03-11 09:00:00.000", "ann"),
                came("2026-03-12 09:00:00.000", "ann"),
            ],
            &[
                came("2026-03-10 11:00:00.000", "bob"),
                came("2026-03-12 09:00:00.000", "bob"),
                came("2026-03-10 12:00:00.000", "old"),
            ],
            &[
                came("2026-03-11 11:00:00.000", "cleo"),
                came("2026-03-11 12:00:00.000", ""),
                came("2026-03-12 23:59:59.999", "cleo"),
            ],
            &[("2026-03-12 10:00:00.000", "Buy", "/", "bob")],
        ],
    )
    .await;
    let range = json!(["2026-03-10", "2026-03-12"]);
    let body = json!({"date_range": range, "by": "event:props:user", "interval": "day"});
    let report = answer(&app, "retention", &body).await;
    let expected = json!([
        {"label": "2026-03-10", "size": 2, "returned": [2, 1, 2], "rates": [100.0, 50.0, 100.0]},
        {"label": "2026-03-11", "size": 1, "returned": [1, 1], "rates": [100.0, 100.0]},
        {"label": "2026-03-12", "size": 0, "returned": [0], "rates": [0.0]},
    ]);
    assert_eq!(report["cohorts"], expected);
    assert_eq!(
        report["overall"],
        json!({"label": "all", "size": 3, "returned": [3, 2, 2], "rates": [100.0, 66.67, 100.0]})
    );
    let in_range =
        json!({"date_range": range, "by": "event:props:user", "interval": "day", "first_since": "range", "periods": 1});
    let report = answer(&app, "retention", &in_range).await;
    assert_eq!(report["cohorts"][0]["returned"], json!([3]), "who came before the range is new in it");
    let bought = json!({"date_range": range, "by": "event:props:user", "interval": "day",
                        "return": [["is", "event:name", ["Buy"]]]});
    let report = answer(&app, "retention", &bought).await;
    assert_eq!(report["cohorts"][0]["returned"], json!([0, 0, 1]));
    let bought_first = json!({"date_range": range, "by": "event:props:user", "interval": "week",
                              "first": [["is", "event:name", ["Buy"]]], "return": [["is", "event:name", ["pageview"]]]});
    let report = answer(&app, "retention", &bought_first).await;
    assert_eq!(report["overall"]["returned"], json!([0]), "bob was there before he bought, and not after it");
    let week = json!({"date_range": range, "by": "event:props:user", "interval": "week"});
    let report = answer(&app, "retention", &week).await;
    assert_eq!(report["cohorts"], json!([{"label": "2026-03-10", "size": 3, "returned": [3], "rates": [100.0]}]));

    let refused = ask(&app, "retention", &json!({"interval": "day"})).await;
    let problem = refused.problem(400, "invalid", "retention of visitors");
    assert_eq!(problem["errors"][0]["pointer"], "/by");
    assert!(problem["errors"][0]["detail"].as_str().unwrap().contains("one local day"), "{problem}");
    let long = json!({"date_range": ["2024-01-01", "2026-01-01"], "by": "event:props:user", "interval": "day"});
    let problem = ask(&app, "retention", &long).await.problem(400, "invalid", "two years of days");
    assert_eq!(problem["errors"][0]["pointer"], "/interval");
    app.stop().await;
}

#[tokio::test]
async fn journeys_are_a_tree_of_pages_with_exits_and_entries() {
    let app = start().await;
    insert(
        &app,
        &[
            // A reload, and a way there and back.
            &[
                view("2026-03-10 10:00:00.000", "/home"),
                view("2026-03-10 10:00:10.000", "/p"),
                view("2026-03-10 10:00:20.000", "/p"),
                view("2026-03-10 10:00:30.000", "/a"),
                view("2026-03-10 10:00:40.000", "/a"),
                view("2026-03-10 10:00:50.000", "/p"),
            ],
            &[view("2026-03-10 11:00:00.000", "/p"), view("2026-03-10 11:00:10.000", "/a")],
            &[
                view("2026-03-10 12:00:00.000", "/home"),
                view("2026-03-10 12:00:10.000", "/p"),
                view("2026-03-10 12:00:20.000", "/b"),
            ],
            &[view("2026-03-10 13:00:00.000", "/p")],
            &[view("2026-03-10 14:00:00.000", "/a")],
        ],
    )
    .await;
    let body = json!({"page": "/p", "direction": "both", "steps": 2});
    let report = answer(&app, "journeys", &body).await;
    assert_eq!(report["visits"], 4);
    let leaf = |page: &str, visits: u32, key: &str| json!({"page": page, "visits": visits, key: visits, "other": 0, "pages": []});
    assert_eq!(
        report["after"],
        json!({"exits": 1, "other": 0, "pages": [
            {"page": "/a", "visits": 2, "exits": 1, "other": 0, "pages": [leaf("/p", 1, "exits")]},
            leaf("/b", 1, "exits"),
        ]})
    );
    assert_eq!(report["before"], json!({"entries": 2, "other": 0, "pages": [leaf("/home", 2, "entries")]}));
    let short = answer(&app, "journeys", &json!({"page": "/p", "steps": 1, "limit": 1})).await;
    assert_eq!(
        short["after"],
        json!({"exits": 1, "other": 1, "pages": [{"page": "/a", "visits": 2, "exits": 1, "other": 1, "pages": []}]})
    );
    assert_eq!(short.get("before"), None, "after is what is asked for unless said otherwise");
    let of_google = json!({"page": "/p", "filters": [["is", "visit:source", ["Google"]]]});
    assert_eq!(answer(&app, "journeys", &of_google).await["visits"], 2);
    let nothing = answer(&app, "journeys", &json!({"event": "Buy", "direction": "both"})).await;
    assert_eq!(nothing["visits"], 0);
    assert_eq!(nothing["after"], json!({"exits": 0, "other": 0, "pages": []}));
    let problem = ask(&app, "journeys", &json!({"goal": "Signup"})).await.problem(400, "invalid", "no such goal");
    assert_eq!(problem["errors"][0]["pointer"], "/goal");
    app.stop().await;
}

#[tokio::test]
async fn hostile_texts_are_looked_for_and_told_as_texts() {
    let app = start().await;
    let texts = ["' OR 1=1 --", "\\", "{x:String}", "`", "</script>", "?", "%", "\u{1}", "a\tb", "$1", "(", "🎉"];
    let paths: Vec<String> = texts.iter().map(|text| format!("/{text}")).collect();
    for (number, (text, path)) in texts.iter().zip(&paths).enumerate() {
        let mut visits: Vec<&[Happening<'_>]> = vec![&[]; number];
        let visit = [
            view("2026-03-10 10:00:00.000", "/"),
            ("2026-03-10 10:00:01.000", *text, "/", *text),
            view("2026-03-10 10:00:02.000", path),
        ];
        visits.push(&visit);
        insert(&app, &visits).await;
    }
    for (text, path) in texts.iter().zip(&paths) {
        let steps = json!([{"page": "/"}, {"event": text, "props": {"user": text, "plan": "pro"}}, {"page": path, "name": "x"}]);
        let report = answer(&app, "funnel", &json!({"steps": steps})).await;
        // The mark in a path stands for anything, and so does nothing here.
        assert_eq!(came(&report).0, [12, 1, 1], "{text:?}");
        let report = answer(&app, "journeys", &json!({"event": text})).await;
        assert_eq!(report["after"]["pages"][0]["page"], json!(path), "{text:?}");
        let by = json!({"by": format!("event:props:{text}"), "interval": "day"});
        assert_eq!(answer(&app, "retention", &by).await["overall"]["size"], 0, "{text:?}");
    }
    let report = answer(&app, "retention", &json!({"by": "event:props:user", "interval": "day"})).await;
    assert_eq!(report["overall"]["size"], 12);
    app.stop().await;
}

#[tokio::test]
async fn questions_out_of_bounds_are_refused_with_every_mistake() {
    let app = start().await;
    let body = json!({"date_range": "1w", "steps": [{"page": "x"}, {"colour": "red"}], "window": "1y", "order": "any"});
    let problem = ask(&app, "funnel", &body).await.problem(400, "invalid", "five mistakes");
    let pointers: Vec<&Value> = problem["errors"].as_array().unwrap().iter().map(|error| &error["pointer"]).collect();
    assert_eq!(pointers, ["/date_range", "/steps/0/page", "/steps/1/colour", "/window", "/order"]);
    for door in ["funnel", "retention", "journeys"] {
        let post = |body: &str| {
            app.post(&format!("/api/v1/sites/{SITE}/{door}")).key(&app.key).body("application/json", body.to_owned())
        };
        post("[]").send().await.problem(400, "invalid", door);
        post("{").send().await.problem(400, "malformed", door);
        post(&" ".repeat(256 * 1024 + 1)).send().await.problem(413, "too_large", door);
        let key = app.add_key("events", None).await;
        let request = app.post(&format!("/api/v1/sites/{SITE}/{door}")).key(&key).json(&json!({}));
        request.send().await.problem(403, "missing_scope", door);
    }
    app.stop().await;
}

#[tokio::test]
async fn ten_steps_and_a_visit_of_many_events_are_answered() {
    let app = start().await;
    let site = app.site_id(SITE).await.get();
    let sql = format!(
        "INSERT INTO events (site_id, day, at, kind, pathname, view_id, session_id, visitor_id) SELECT {site}, '{DAY}', \
         addMilliseconds(toDateTime64('{DAY} 08:00:00', 3, 'UTC'), number * 100), 'pageview', concat('/', toString(number % 11)), number + 1, 1, 1 \
         FROM numbers(200000)"
    );
    let endpoint = read_endpoint(&app.config.data_dir.join("engine")).unwrap();
    Client::new(endpoint).execute(&Statement::new(sql)).await.unwrap();
    let steps: Vec<Value> = (0..10).map(|number| json!({"page": format!("/{number}")})).collect();
    for order in ["loose", "strict"] {
        let report = answer(&app, "funnel", &json!({"steps": steps, "order": order, "window": "1m"})).await;
        let (visits, medians) = came(&report);
        assert_eq!(visits, [1; 10], "{order}");
        assert!(medians[1..].iter().all(|median| *median == Some(0.1)), "{order}: {medians:?}");
    }
    let report = answer(&app, "journeys", &json!({"page": "/3", "steps": 5, "direction": "both"})).await;
    assert_eq!(report["visits"], 1);
    app.stop().await;
}
