//! The live view: who is here this second, as a document and as a stream.

use std::time::{Duration, Instant};

use serde_json::json;

use crate::helpers::{PATIENCE, SITE, TestApp, a_beacon, a_pageview, a_visitor, beacon::SAFARI_ON_IPHONE, eventually};

/// A goodbye is kept this long, for between two pages every tab is closed; then a second until it is noticed.
const GOODBYE: Duration = Duration::from_millis(1500 + 1000);

#[tokio::test]
async fn the_live_view_tells_who_is_here_and_where() {
    let app = TestApp::start().await;
    app.add_site("other.example").await;
    let nobody = app.live(SITE).await;
    let expected = json!({"visitors": 0, "views_last_minute": 0, "pages": [], "countries": [], "cities": [], "sources": [],
                          "devices": [], "live_feed": true, "sessions": []});
    assert_eq!(nobody, expected);

    let american = a_visitor().address("8.8.8.8");
    app.accepted(&a_pageview("/a").referrer("https://www.google.com/").from(american.clone()).ago(1000)).await;
    app.accepted(&a_pageview("/b").from(american)).await;
    let on_a_phone = a_visitor().user_agent(SAFARI_ON_IPHONE);
    app.accepted(&a_pageview("/b").from(on_a_phone)).await;
    app.accepted(&a_pageview("/b").site("other.example").from(a_visitor().number(9))).await;

    let live = app.live(SITE).await;
    assert_eq!(live["visitors"], 2);
    assert_eq!(live["views_last_minute"], 3);
    assert_eq!(live["pages"], json!([{"path": "/b", "visitors": 2}]), "a visitor is where they looked last");
    assert_eq!(live["countries"], json!([{"country": "", "visitors": 1}, {"country": "US", "visitors": 1}]));
    let [unknown, american_city] = [0, 1].map(|index| live["cities"][index].clone());
    assert_eq!(unknown, json!({"country": "", "city": "", "latitude": null, "longitude": null, "visitors": 1}));
    let (latitude, longitude) =
        (american_city["latitude"].as_f64().unwrap(), american_city["longitude"].as_f64().unwrap());
    assert!((24.0..50.0).contains(&latitude) && (-125.0..-66.0).contains(&longitude), "{american_city}");
    assert_eq!(live["sources"], json!([{"source": "", "visitors": 1}, {"source": "Google", "visitors": 1}]));
    assert_eq!(live["devices"], json!([{"device": "desktop", "visitors": 1}, {"device": "mobile", "visitors": 1}]));
    let sessions = live["sessions"].as_array().unwrap();
    assert_eq!(sessions.len(), 2);
    let of_the_american = sessions.iter().find(|session| session["country"] == "US").unwrap();
    let shown = ["browser", "os", "device", "source", "path", "pages"].map(|name| of_the_american[name].clone());
    assert_eq!(json!(shown), json!(["Chrome", "Windows", "desktop", "Google", "/b", 2]));
    let since: jiff::Timestamp = of_the_american["since"].as_str().unwrap().parse().unwrap();
    assert!((1..60).contains(&jiff::Timestamp::now().duration_since(since).as_secs()));
    let names: Vec<&String> = of_the_american.as_object().unwrap().keys().collect();
    assert_eq!(
        names,
        ["before", "browser", "city", "country", "device", "os", "pages", "path", "returning", "since", "source"]
    );

    assert_eq!(app.realtime_visitors(SITE).await, 2);
    assert_eq!(app.realtime_visitors("other.example").await, 1);
    let sites = app.sites().await;
    let counts: Vec<_> = sites.iter().map(|site| (site["domain"].as_str().unwrap(), site["live"].as_u64())).collect();
    assert_eq!(counts, [(SITE, Some(2)), ("other.example", Some(1))]);
    app.stop().await;
}

#[tokio::test]
async fn a_visitor_leaves_when_the_last_tab_closes() {
    let app = TestApp::start().await;
    let (first_tab, second_tab) = (a_pageview("/a").view(1), a_pageview("/b").view(2));
    app.accepted(&first_tab).await;
    app.accepted(&second_tab).await;
    let leave = json!({"type": "leave"});
    app.accepted(&a_beacon().view(1).event(leave.clone())).await;
    tokio::time::sleep(GOODBYE).await;
    assert_eq!(app.live(SITE).await["visitors"], 1, "one tab is open");
    let goodbye = json!({"type": "engagement", "engaged": 2000, "depth": 10});
    app.accepted(&a_beacon().view(2).event(goodbye).event(leave)).await;
    assert_eq!(app.live(SITE).await["visitors"], 1, "the next page may come");
    eventually("nobody is here", GOODBYE, async || (app.live(SITE).await["visitors"] == 0).then_some(())).await;
    app.stop().await;
}

#[tokio::test]
async fn walking_to_the_next_page_is_no_leaving() {
    let app = TestApp::start().await;
    app.accepted(&a_pageview("/a").view(1)).await;
    app.accepted(&a_beacon().view(1).event(json!({"type": "leave"}))).await;
    app.accepted(&a_pageview("/b").view(2)).await;
    tokio::time::sleep(GOODBYE).await;
    let live = app.live(SITE).await;
    assert_eq!((&live["visitors"], &live["pages"]), (&json!(1), &json!([{"path": "/b", "visitors": 1}])));
    app.stop().await;
}

#[tokio::test]
async fn the_stream_begins_with_a_snapshot_and_tells_of_every_change() {
    let app = TestApp::start().await;
    app.add_site("other.example").await;
    app.accepted(&a_pageview("/a").view(1)).await;
    let mut stream = app.live_stream(SITE).await;
    let first = stream.next(PATIENCE).await.unwrap();
    assert_eq!(first.event, "snapshot");
    let name = first.data["sessions"][0]["id"].as_str().unwrap().to_owned();
    let mut document = first.data.clone();
    document["sessions"][0].as_object_mut().unwrap().remove("id");
    assert_eq!(document, app.live(SITE).await, "the stream says what the document says");

    app.accepted(&a_pageview("/b").from(a_visitor().number(2))).await;
    let second = stream.next(Duration::from_secs(1)).await.expect("an update within a second");
    assert_eq!((second.event.as_str(), &second.data["visitors"]), ("update", &json!(2)));
    assert!(second.id > first.id);
    let names: Vec<_> = second.data["sessions"].as_array().unwrap().iter().map(|one| one["id"].as_str()).collect();
    assert_eq!(names[1], Some(name.as_str()), "a visitor keeps the name within the stream");
    assert_ne!(names[0], names[1]);

    app.accepted(&a_pageview("/").site("other.example")).await;
    assert!(stream.next(Duration::from_millis(700)).await.is_none(), "another site's visitors are no news");

    app.accepted(&a_beacon().view(1).event(json!({"type": "leave"}))).await;
    let gone = stream.next(GOODBYE + Duration::from_secs(1)).await.expect("an update when somebody leaves");
    assert_eq!((gone.event.as_str(), &gone.data["visitors"]), ("update", &json!(1)));
    assert!(gone.id > second.id);
    drop(stream);
    // That a reader is gone is noticed when it is told something.
    for view in 10..13 {
        app.accepted(&a_pageview("/b").view(view).from(a_visitor().number(2))).await;
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    tokio::time::sleep(Duration::from_secs(2)).await;
    let mut another = app.live_stream(SITE).await;
    let shown = another.next(PATIENCE).await.unwrap();
    assert_ne!(
        shown.data["sessions"][0]["id"], gone.data["sessions"][0]["id"],
        "and no two streams can be joined by it"
    );
    drop(another);
    app.stop().await;
}

#[tokio::test]
async fn a_busy_site_is_told_at_most_four_times_a_second_and_ends_with_the_truth() {
    const VISITORS: u8 = 60;
    let app = TestApp::start().await;
    let mut stream = app.live_stream(SITE).await;
    let start = Instant::now();
    let send = async {
        for number in 0..VISITORS {
            app.accepted(&a_pageview("/").from(a_visitor().number(number))).await;
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
    };
    let read = async {
        let (mut messages, mut last) = (Vec::new(), 0);
        while messages.last() != Some(&u64::from(VISITORS)) {
            let message = stream.next(PATIENCE).await.expect("the stream tells the last state");
            assert!(message.id > last);
            last = message.id;
            messages.push(message.data["visitors"].as_u64().unwrap());
        }
        (messages, start.elapsed())
    };
    let ((), (messages, took)) = tokio::join!(send, read);
    assert!(messages.is_sorted(), "{messages:?}");
    let most = took.as_millis() / 250 + 2;
    assert!(messages.len() as u128 <= most, "{} messages in {took:?}", messages.len());
    assert!(messages.len() >= 4, "it is a stream, not a poll: {messages:?} in {took:?}");
    drop(stream);
    app.stop().await;
}
