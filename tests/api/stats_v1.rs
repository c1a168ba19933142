//! Plausible's Stats API v1: every example of its documentation on the small data set, and its mistakes.

use serde_json::{Value, json};

use crate::{
    helpers::{SITE, TestApp, a_beacon, a_visitor},
    reports::{numbers, start_with_data},
};

const TWO_DAYS: &str = "period=custom&date=2026-03-10,2026-03-11";
/// The documentation asks for six months; these end with the data.
const SIX_MONTHS: &str = "period=6mo&date=2026-03-11";

async fn stats(app: &TestApp, report: &str, query: &str) -> Value {
    let path = format!("/api/v1/stats/{report}?site_id={SITE}&{query}");
    numbers(&app.get(&path).key(&app.key).send().await.expect(200, &path).json()["results"])
}

async fn add_goals(app: &TestApp) {
    for goal in [json!({"event_name": "signup"}), json!({"page_path": "/docs"})] {
        let request = app.post(&format!("/api/v1/sites/{SITE}/goals")).key(&app.key).json(&goal);
        request.send().await.expect(201, "a goal");
    }
}

#[tokio::test]
async fn every_example_of_the_documentation_is_answered() {
    let app = start_with_data().await;
    add_goals(&app).await;
    let months = |metric: [u32; 6]| -> Value {
        let dates = ["2025-10-01", "2025-11-01", "2025-12-01", "2026-01-01", "2026-02-01", "2026-03-01"];
        dates.iter().zip(metric).map(|(date, visitors)| json!({"date": date, "visitors": visitors})).collect()
    };
    let rows = |label: &str, pairs: &[(&str, u32)]| -> Value {
        pairs.iter().map(|(name, visitors)| json!({label: name, "visitors": visitors})).collect()
    };
    let cases = [
        (
            "aggregate",
            format!("{SIX_MONTHS}&metrics=visitors,pageviews,bounce_rate,visit_duration"),
            json!({"bounce_rate": {"value": 50}, "pageviews": {"value": 7}, "visit_duration": {"value": 315},
                   "visitors": {"value": 6}}),
        ),
        ("aggregate", TWO_DAYS.to_owned(), json!({"visitors": {"value": 5}})),
        (
            "aggregate",
            format!("{TWO_DAYS}&metrics=visits,events,views_per_visit&with_imported=true"),
            json!({"visits": {"value": 5}, "events": {"value": 8}, "views_per_visit": {"value": 1.2}}),
        ),
        (
            "aggregate",
            "period=day&date=2026-03-11&metrics=visitors,pageviews,bounce_rate&compare=previous_period".to_owned(),
            json!({"visitors": {"value": 2, "change": -33}, "pageviews": {"value": 1, "change": -80},
                   "bounce_rate": {"value": 50, "change": -25}}),
        ),
        ("timeseries", SIX_MONTHS.to_owned(), months([0, 0, 0, 0, 0, 6])),
        ("timeseries", format!("{SIX_MONTHS}&filters=visit:source%3D%3DGoogle"), months([0, 0, 0, 0, 0, 1])),
        (
            "timeseries",
            "period=custom&date=2026-03-09,2026-03-12&metrics=pageviews,visits&interval=date".to_owned(),
            json!([
                {"date": "2026-03-09", "pageviews": 1, "visits": 1}, {"date": "2026-03-10", "pageviews": 5, "visits": 4},
                {"date": "2026-03-11", "pageviews": 1, "visits": 2}, {"date": "2026-03-12", "pageviews": 0, "visits": 0},
            ]),
        ),
        (
            "breakdown",
            format!("{TWO_DAYS}&property=visit:source&metrics=visitors,bounce_rate&limit=5"),
            json!([
                {"source": "Direct / None", "visitors": 2, "bounce_rate": 50},
                {"source": "Twitter", "visitors": 2, "bounce_rate": 0},
                {"source": "Google", "visitors": 1, "bounce_rate": 50},
            ]),
        ),
        (
            "breakdown",
            format!("{TWO_DAYS}&property=event:page&limit=5"),
            rows("page", &[("/", 3), ("/docs", 2), ("/блог/пост", 1)]),
        ),
        ("breakdown", format!("{TWO_DAYS}&property=event:page&limit=1&page=2"), rows("page", &[("/docs", 2)])),
        ("aggregate", format!("{TWO_DAYS}&filters=event:page%3D%3D%2Fdocs"), json!({"visitors": {"value": 2}})),
        ("aggregate", format!("{TWO_DAYS}&filters=event:page==/d*"), json!({"visitors": {"value": 2}})),
        ("aggregate", format!("{TWO_DAYS}&filters=event:page~oc"), json!({"visitors": {"value": 2}})),
        ("aggregate", format!("{TWO_DAYS}&filters=event:page!=/docs"), json!({"visitors": {"value": 4}})),
        (
            "aggregate",
            format!("{TWO_DAYS}&filters=visit:country==DE|US;event:page==/docs"),
            json!({"visitors": {"value": 1}}),
        ),
        (
            "breakdown",
            format!("{TWO_DAYS}&property=visit:country"),
            rows("country", &[("BG", 3), ("DE", 1), ("US", 1)]),
        ),
        ("breakdown", format!("{TWO_DAYS}&property=visit:utm_medium"), rows("utm_medium", &[("email", 2)])),
        (
            "aggregate",
            format!("{TWO_DAYS}&metrics=visitors,conversion_rate&filters=event:goal==Visit%20/docs"),
            json!({"visitors": {"value": 2}, "conversion_rate": {"value": 40}}),
        ),
        (
            "breakdown",
            format!("{TWO_DAYS}&property=event:goal&metrics=visitors,events,conversion_rate"),
            json!([
                {"goal": "Visit /docs", "visitors": 2, "events": 2, "conversion_rate": 40},
                {"goal": "signup", "visitors": 1, "events": 1, "conversion_rate": 20},
            ]),
        ),
        (
            "breakdown",
            format!("{TWO_DAYS}&property=visit:source&metrics=visitors,conversion_rate&filters=event:goal==signup"),
            json!([{"source": "Google", "visitors": 1, "conversion_rate": 100}]),
        ),
    ];
    for (report, query, expected) in cases {
        assert_eq!(stats(&app, report, &query).await, numbers(&expected), "{report} {query}");
    }
    let hours = stats(&app, "timeseries", "period=day&date=2026-03-10").await;
    assert_eq!(hours.as_array().unwrap().len(), 24);
    for (hour, visitors) in [(0, 0.0), (10, 2.0), (15, 1.0), (23, 1.0)] {
        let expected = json!({"date": format!("2026-03-10 {hour:02}:00:00"), "visitors": visitors});
        assert_eq!(hours[hour], expected, "{hour}");
    }
    app.stop().await;
}

#[tokio::test]
async fn downloads_are_broken_down_by_their_method_and_thirty_days_are_the_default() {
    let app = TestApp::start().await;
    let goal = json!({"event_name": "Download"});
    app.post(&format!("/api/v1/sites/{SITE}/goals")).key(&app.key).json(&goal).send().await.expect(201, "a goal");
    for (address, method) in [("8.8.8.8", "HTTP"), ("8.8.4.4", "HTTP"), ("1.1.1.1", "Magnet")] {
        let event = json!({"type": "event", "name": "Download", "props": {"method": method}});
        app.accepted(&a_beacon().from(a_visitor().address(address)).event(event)).await;
    }
    app.flushed().await;
    let query = "property=event:props:method&filters=event:goal%3D%3DDownload&metrics=visitors,conversion_rate";
    // Three visitors, each of whom downloaded.
    let expected = json!([{"method": "HTTP", "visitors": 2, "conversion_rate": 66.67},
                          {"method": "Magnet", "visitors": 1, "conversion_rate": 33.33}]);
    assert_eq!(stats(&app, "breakdown", query).await, numbers(&expected));
    let days = stats(&app, "timeseries", "").await;
    assert_eq!((days.as_array().unwrap().len(), &days[29]["visitors"]), (30, &json!(3.0)));
    app.stop().await;
}

#[tokio::test]
async fn a_wrong_parameter_is_refused_with_a_sentence() {
    let app = TestApp::start().await;
    for (report, query, pointer) in [
        ("aggregate", format!("site_id={SITE}&period=fortnight"), "/period"),
        ("aggregate", format!("site_id={SITE}&metrics=users"), "/metrics"),
        ("aggregate", format!("site_id={SITE}&metrics=time_on_page"), "/metrics"),
        ("aggregate", format!("site_id={SITE}&filters=event:goal==Nothing"), "/filters"),
        ("aggregate", "period=day".to_owned(), "/site_id"),
        ("timeseries", format!("site_id={SITE}&interval=year"), "/interval"),
        ("breakdown", format!("site_id={SITE}&limit=2000"), "/property"),
    ] {
        let answer = app.get(&format!("/api/v1/stats/{report}?{query}")).key(&app.key).send().await;
        let problem = answer.problem(400, "invalid", &query);
        assert_eq!(problem["errors"][0]["pointer"], pointer, "{query}");
        assert!(problem["errors"][0]["detail"].as_str().is_some_and(|detail| detail.ends_with('.')), "{problem}");
    }
    app.stop().await;
}
