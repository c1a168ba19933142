//! Stopping and starting again: nothing that was accepted is lost, no session is split, no folder is shared.

use std::{path::Path, time::Duration};

use serde_json::{Value, json};

use crate::helpers::{
    PATIENCE, SITE, Service, TestApp, a_pageview, a_visitor,
    app::{PASSWORD, rows},
    beacon::SAFARI_ON_IPHONE,
    command::run,
    eventually, process,
};

async fn cell(data_dir: &Path, sql: &str) -> Value {
    rows(data_dir, sql).await[0][0].clone()
}

#[tokio::test]
async fn a_service_that_is_asked_to_stop_ships_what_it_accepted() {
    let folder = tempfile::tempdir().unwrap();
    let data_dir = folder.path().join("data");
    let service = Service::start_with_site(&data_dir).await;
    let mut accepted = 0;
    let mut refused = 0;
    let mut is_asked_to_stop = false;
    // The signal comes in the middle of the stream: every 202 before, during and after it counts.
    for view in 0..400_u64 {
        let beacon = a_pageview("/").view(view + 1).from(a_visitor().number(u8::try_from(view % 200).unwrap()));
        match service.try_beacon(&beacon).await {
            Some(202) => accepted += 1,
            Some(503) | None => refused += 1,
            Some(other) => panic!("status {other}"),
        }
        // The last moment to lose something: it waits in the spool.
        if view >= 200 && !is_asked_to_stop && service.metrics().await.value("spool_waiting_bytes") > 0 {
            process::signal(service.pid, rustix::process::Signal::TERM);
            is_asked_to_stop = true;
        }
    }
    assert!(is_asked_to_stop, "nothing ever waited in the spool");
    assert!(accepted > 200 && refused > 0, "{accepted} accepted, {refused} refused");
    assert!(service.wait().await.success(), "it stops as if nothing were wrong");

    let service = Service::start(&data_dir).await;
    let stored = rows(&data_dir, "SELECT count(), uniqExact(view_id) FROM events").await;
    assert_eq!(json!(stored), json!([[accepted, accepted]]));
    service.stop().await;
}

#[tokio::test]
async fn a_stop_is_quick_with_a_dashboard_open() {
    let folder = tempfile::tempdir().unwrap();
    let service = Service::start_with_site(&folder.path().join("data")).await;
    let mut stream = service.live_stream(SITE).await;
    stream.next(PATIENCE).await.expect("the snapshot");
    let start = std::time::Instant::now();
    assert!(service.stop().await.success());
    assert!(start.elapsed() < Duration::from_secs(3), "it took {:?}", start.elapsed());
}

#[tokio::test]
async fn a_restart_splits_no_session_and_loses_no_live_visitor() {
    let folder = tempfile::tempdir().unwrap();
    let data_dir = folder.path().join("data");
    let service = Service::start_with_site(&data_dir).await;
    let american = a_visitor().address("8.8.8.8");
    let on_a_phone = a_visitor().user_agent(SAFARI_ON_IPHONE);
    let entry = a_pageview("/start?utm_campaign=spring").referrer("https://www.google.com/");
    service.accepted(&entry.from(american.clone()).ago(3000)).await;
    service.accepted(&a_pageview("/second").from(american.clone()).ago(2000)).await;
    service.accepted(&a_pageview("/other").from(on_a_phone.clone()).ago(1000)).await;
    // Somebody who was here ten minutes ago is in a session, and not here any more.
    service.accepted(&a_pageview("/gone").from(a_visitor().number(3)).ago(600_000)).await;
    service.flushed().await;
    let before = service.live(SITE).await;
    service.stop().await;

    let service = Service::start(&data_dir).await;
    let after = service.live(SITE).await;
    assert_eq!(after["visitors"], 2, "{after}");
    assert_eq!(after["pages"], json!([{"path": "/other", "visitors": 1}, {"path": "/second", "visitors": 1}]));
    assert_eq!(after["countries"], json!([{"country": "", "visitors": 1}, {"country": "US", "visitors": 1}]));
    let of = |live: &Value| {
        let sessions = live["sessions"].as_array().unwrap();
        let mut of = sessions.iter().find(|session| session["country"] == "US").unwrap().clone();
        // Whether somebody was here before is not known again.
        of.as_object_mut().unwrap().remove("returning");
        of
    };
    assert_eq!(of(&after), of(&before), "as it was, with its pages and its beginning");

    service.accepted(&a_pageview("/third").from(american)).await;
    service.accepted(&a_pageview("/other").from(on_a_phone)).await;
    service.accepted(&a_pageview("/back").from(a_visitor().number(3))).await;
    service.flushed().await;
    let sessions = "SELECT groupArray(pathname) FROM (SELECT * FROM events ORDER BY at)
                    GROUP BY session_id, visitor_id, session_started_at, entry_pathname, source, utm_campaign
                    ORDER BY entry_pathname DESC";
    let expected = json!([[["/start", "/second", "/third"]], [["/other", "/other"]], [["/gone", "/back"]]]);
    assert_eq!(json!(rows(&data_dir, sessions).await), expected);
    assert_eq!(service.live(SITE).await["visitors"], 3);
    service.stop().await;
}

#[tokio::test]
async fn two_services_never_share_a_folder() {
    let folder = tempfile::tempdir().unwrap();
    let data_dir = folder.path().join("data");
    let service = Service::start_with_site(&data_dir).await;
    let second = run(&data_dir, "serve").await;
    let line = second.failed();
    assert!(line.contains("another heatline works in the data folder") && line.contains("--data-dir"), "{line}");
    assert_eq!(second.out, "", "it has not begun");
    service.accepted(&a_pageview("/")).await;
    service.flushed().await;
    assert_eq!(cell(&data_dir, "SELECT count() FROM events").await, 1, "the first one is unharmed");
    service.stop().await;
    Service::start(&data_dir).await.stop().await;
}

#[tokio::test]
async fn a_port_that_is_taken_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap();
    for setting in ["--listen", "--internal-listen"] {
        let said = run(&folder.path().join("data"), &format!("serve {setting} {address}")).await;
        assert!(said.failed().contains(&format!("cannot listen on {address}")), "{said:?}");
    }
}

#[tokio::test]
async fn the_first_start_prints_a_link_and_no_start_after_somebody_used_it() {
    let folder = tempfile::tempdir().unwrap();
    let data_dir = folder.path().join("data");
    let link = |service: &Service| {
        let line = service.greeting.iter().find(|line| line.contains("/setup?token="))?;
        Some(line.split_whitespace().last().unwrap().to_owned())
    };
    let token = |link: &str| link.split_once("token=").unwrap().1.to_owned();
    let service = Service::start(&data_dir).await;
    let first = link(&service).expect("a link");
    assert!(first.starts_with(&format!("{}/setup?token=", service.url)), "{first}");
    assert!(!service.log().contains(&token(&first)), "the link is on the terminal, not in the log");
    service.stop().await;

    let service = Service::start(&data_dir).await;
    let second = link(&service).expect("another link, as long as nobody is there");
    assert_ne!(token(&first), token(&second));
    let body = |link: &str| json!({"token": token(link), "email": "ann@x.example", "password": PASSWORD});
    let answer = service.post("/api/v1/setup").json(&body(&first)).send().await;
    answer.problem(403, "wrong_setup_token", "the link of an earlier start");
    service.post("/api/v1/setup").json(&body(&second)).send().await.expect(201, "the link of this start");
    service.stop().await;

    let service = Service::start(&data_dir).await;
    assert_eq!(link(&service), None, "{:?}", service.greeting);
    service.sign_in("ann@x.example", PASSWORD).await.expect(200, "the user is kept");
    service.stop().await;
}

#[tokio::test]
async fn salts_outlive_a_restart() {
    // Otherwise a restart would make a new visitor of everybody.
    let folder = tempfile::tempdir().unwrap();
    let data_dir = folder.path().join("data");
    for _ in 0..2 {
        let service = Service::start(&data_dir).await;
        if service.sites().await.is_empty() {
            service.add_site(SITE).await;
        }
        service.accepted(&a_pageview("/")).await;
        service.flushed().await;
        service.stop().await;
    }
    let service = Service::start(&data_dir).await;
    assert_eq!(json!(rows(&data_dir, "SELECT count(), uniqExact(visitor_id) FROM events").await), json!([[2, 1]]));
    service.stop().await;
}

#[tokio::test]
async fn what_another_process_changes_is_seen_within_two_seconds() {
    let app = TestApp::start_empty(|_| {}).await;
    let name = heatline::model::SiteName::parse(SITE).unwrap();
    let zone = heatline::control::time_zone("UTC").unwrap();
    app.control.add_site(&name, &zone, heatline::model::SiteSettings::default(), jiff::Timestamp::now()).await.unwrap();
    eventually("the site takes events", Duration::from_secs(2), async || {
        let answer = app.beacon(&a_pageview("/")).await.expect(202, "a beacon");
        answer.header("x-heatline-dropped").is_none().then_some(())
    })
    .await;
    app.stop().await;
}
