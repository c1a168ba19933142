//! Estimates of visitors and visits, where they are asked for: close enough, and said; exact numbers where they are not.

use heatline::store::{Client, Statement, engine::config::read_endpoint};
use serde_json::{Value, json};

use crate::helpers::{SITE, TestApp};

/// Five times what is told as the standard error: of a million such estimates one is off by more.
const MOST_ERROR: f64 = 5.0 * 0.003;

/// A site with 300 000 visitors of 240 000 visits on three pages.
async fn a_large_site() -> TestApp {
    let app = TestApp::start().await;
    let client = Client::new(read_endpoint(&app.config.data_dir.join("engine")).unwrap());
    let site = app.site_id(SITE).await.get();
    let sql = format!(
        "INSERT INTO events (site_id, day, at, kind, view_id, visitor_id, session_id, session_started_at, hostname, pathname)
         SELECT {site}, toDate('2026-03-10'), toDateTime64('2026-03-10 12:00:00', 3, 'UTC'), 'pageview', number,
                sipHash64('visitor', number % 300000), sipHash64('visit', number % 240000),
                toDateTime64('2026-03-10 12:00:00', 3, 'UTC'), 'demo.example', ['/a', '/b', '/c'][1 + number % 3]
         FROM numbers(400000)"
    );
    client.execute(&Statement::new(sql)).await.unwrap();
    app
}

fn numbers(answer: &Value) -> Vec<f64> {
    let rows = answer["results"].as_array().unwrap().iter();
    rows.flat_map(|row| row["metrics"].as_array().unwrap().iter().map(|value| value.as_f64().unwrap())).collect()
}

#[tokio::test]
async fn visitors_are_estimated_where_that_is_asked_for_and_exact_where_not() {
    let app = a_large_site().await;
    for (question, exact) in [
        (json!({"metrics": ["visitors", "visits", "pageviews"]}), vec![300_000.0, 240_000.0, 400_000.0]),
        // 400 000 views in turn on three pages; the number of a visitor and of a visit says on which.
        (
            json!({"metrics": ["visitors", "percentage"], "dimensions": ["event:page"], "order_by": [["event:page", "asc"]]}),
            vec![100_000.0, 33.33, 100_000.0, 33.33, 100_000.0, 33.33],
        ),
        (json!({"metrics": ["visitors"], "filters": [["is", "event:page", ["/a", "/b"]]]}), vec![200_000.0]),
    ] {
        let mut question = question;
        question["site_id"] = json!(SITE);
        question["date_range"] = json!(["2026-03-10", "2026-03-10"]);
        let answer = app.query(&question).await;
        assert_eq!(numbers(&answer), exact, "{question}");
        assert_eq!((answer["meta"].get("approximate"), answer["query"].get("approximate")), (None, None), "{question}");

        question["approximate"] = json!(true);
        let estimate = app.query(&question).await;
        assert_eq!(
            (&estimate["meta"]["approximate"], &estimate["meta"]["standard_error"]),
            (&json!(true), &json!(0.003))
        );
        assert_eq!(estimate["query"]["approximate"], true);
        let shape = |answer: &Value| -> Vec<Value> {
            answer["results"].as_array().unwrap().iter().map(|row| row["dimensions"].clone()).collect()
        };
        assert_eq!(shape(&estimate), shape(&answer), "{question}");
        let estimate = numbers(&estimate);
        assert_eq!(estimate.len(), exact.len(), "{question}");
        assert_ne!(estimate, exact, "{question}: an estimate is none if it is exact");
        for (estimate, exact) in estimate.iter().zip(&exact) {
            assert!((estimate - exact).abs() <= exact * 2.0 * MOST_ERROR, "{question}: {estimate} for {exact}");
        }
    }
    let nothing_to_estimate = json!({"site_id": SITE, "metrics": ["pageviews"], "date_range": ["2026-03-10", "2026-03-10"], "approximate": true});
    let answer = app.query(&nothing_to_estimate).await;
    assert_eq!(
        (&answer["results"][0]["metrics"], &answer["meta"]),
        (&json!([400_000]), &json!({"approximate": false}))
    );
    app.stop().await;
}
