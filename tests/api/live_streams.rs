//! What the live view pushes beside the whole document: parts of it, visitors, events; and when a stream ends.

use std::{
    io::{Read as _, Write as _},
    net::TcpStream,
    time::{Duration, Instant},
};

use heatline::control::Role;
use serde_json::{Value, json};

use crate::helpers::{
    PATIENCE, SITE, Service, TestApp, a_beacon, a_pageview, a_visitor, beacon::SAFARI_ON_IPHONE, command::run,
};

const STREAM: &str = "/api/v1/sites/demo.example/live/stream";
const EVENTS: &str = "/api/v1/sites/demo.example/live/events";
const VISITORS: &str = "/api/v1/sites/demo.example/live/visitors";
const QUIET: Duration = Duration::from_millis(700);

fn a_signup() -> Value {
    json!({"type": "event", "name": "signup"})
}

#[tokio::test]
async fn parts_of_the_document_have_streams_of_their_own() {
    let app = TestApp::start().await;
    app.accepted(&a_pageview("/a").view(1)).await;
    let mut totals = app.stream(&format!("{STREAM}?only=totals"), &app.key).await;
    let mut pages = app.stream(&format!("{STREAM}?path=/b&path=/a"), &app.key).await;
    let mut visitors = app.stream(&format!("{STREAM}?only=sessions"), &app.key).await;
    assert_eq!(totals.next(PATIENCE).await.unwrap().data, json!({"visitors": 1, "views_last_minute": 1}));
    let of = |a, b| json!({"visitors": a + b, "pages": [{"path": "/a", "visitors": a}, {"path": "/b", "visitors": b}]});
    assert_eq!(pages.next(PATIENCE).await.unwrap().data, of(1, 0));
    let listed = visitors.next(PATIENCE).await.unwrap().data;
    assert_eq!((&listed["visitors"], &listed["sessions"][0]["path"]), (&json!(1), &json!("/a")));

    app.accepted(&a_pageview("/b").from(a_visitor().number(2))).await;
    let told = totals.next(PATIENCE).await.unwrap();
    assert_eq!((told.event.as_str(), told.data), ("update", json!({"visitors": 2, "views_last_minute": 2})));
    assert_eq!(pages.next(PATIENCE).await.unwrap().data, of(1, 1));
    assert_eq!(visitors.next(PATIENCE).await.unwrap().data["sessions"].as_array().unwrap().len(), 2);

    let one = app.stream(&format!("{STREAM}?path=/a&path=/b"), &app.key).await.next(PATIENCE).await.unwrap();
    assert_eq!(one.data, of(1, 1));
    app.get(&format!("{STREAM}?only=all")).key(&app.key).send().await.problem(400, "invalid", "no such part");
    drop((totals, pages, visitors));
    app.stop().await;
}

#[tokio::test]
async fn who_comes_back_with_the_latest_message_is_told_nothing_again() {
    let app = TestApp::start().await;
    app.accepted(&a_pageview("/a").view(1)).await;
    let path = format!("{STREAM}?path=/a");
    let mut first = app.stream(&path, &app.key).await;
    let id = first.next(PATIENCE).await.unwrap().id;
    let again = async |id: u64| app.get(&path).key(&app.key).header("last-event-id", &id.to_string()).open().await;
    let mut knows = again(id).await;
    let mut is_behind = again(id - 1).await;
    assert_eq!(is_behind.next(PATIENCE).await.unwrap().event, "snapshot");
    assert!(knows.next(QUIET).await.is_none(), "it has that already");
    app.accepted(&a_pageview("/a").from(a_visitor().number(2))).await;
    let told = knows.next(PATIENCE).await.unwrap();
    assert_eq!((told.event.as_str(), &told.data["visitors"]), ("update", &json!(2)));
    let same = first.next(PATIENCE).await.unwrap();
    assert_eq!(told.id, same.id, "all readers are told the same");
    drop((first, knows, is_behind));
    app.stop().await;
}

#[tokio::test]
async fn a_stream_ends_within_two_seconds_when_its_reader_may_not_read_any_more() {
    const PROMISED: Duration = Duration::from_secs(2);
    let app = TestApp::start().await;
    app.add_site("other.example").await;
    let key = app.add_key("stats", Some(SITE)).await;
    let member = app.signed_in("member@example.org", Some((SITE, Role::Viewer))).await;
    let leaver = app.signed_in("leaver@example.org", Some((SITE, Role::Viewer))).await;
    let open = async |session: &str, path: &str| app.get(path).session(session).open().await;
    let mut stays = app.live_stream(SITE).await;
    let heat_map = format!("/api/v1/sites/{SITE}/heatmap/stream?path=/");
    let mut with_key = app.stream(STREAM, &key).await;
    let mut events = app.stream(EVENTS, &key).await;
    let mut clicks = app.stream(&heat_map, &key).await;
    let (mut of_member, mut of_leaver) = (open(&member, STREAM).await, open(&leaver, STREAM).await);
    let mut of_site = app.live_stream("other.example").await;

    let keys = app.control.keys().await.unwrap();
    let revoked = keys.iter().find(|one| key.contains(&one.prefix)).unwrap();
    app.control.revoke_key(revoked.id).await.unwrap();
    for stream in [&mut with_key, &mut events, &mut clicks] {
        assert!(stream.ends(PROMISED).await, "the key was revoked");
    }
    app.request(reqwest::Method::DELETE, "/api/v1/session").session(&leaver).send().await;
    assert!(of_leaver.ends(PROMISED).await, "the session has ended");
    let users = app.control.users().await.unwrap();
    let user = users.iter().find(|user| user.email.as_str() == "member@example.org").unwrap();
    app.control.revoke(user.id, app.site_id(SITE).await).await.unwrap();
    assert!(of_member.ends(PROMISED).await, "the membership was removed");
    let removed = app.request(reqwest::Method::DELETE, "/api/v1/sites/other.example").key(&app.key).send().await;
    removed.expect(200, "removing a site");
    assert!(of_site.ends(PROMISED).await, "the site is gone");

    stays.next(PATIENCE).await.unwrap();
    assert!(!stays.ends(QUIET).await, "others read on");
    drop(stays);
    app.stop().await;
}

#[tokio::test]
async fn visitors_are_listed_with_their_way_and_filters_select() {
    let app = TestApp::start().await;
    let american = a_visitor().address("8.8.8.8");
    for (path, ago) in [("/a", 9_000), ("/b", 8_000), ("/b", 7_000), ("/c", 6_000)] {
        app.accepted(&a_pageview(path).from(american.clone()).ago(ago)).await;
    }
    app.accepted(&a_pageview("/x").from(a_visitor().user_agent(SAFARI_ON_IPHONE))).await;

    let all: Value = app.get(VISITORS).key(&app.key).send().await.expect(200, "the visitors").json();
    assert_eq!((&all["visitors"], &all["live_feed"]), (&json!(2), &json!(true)));
    assert_eq!(all["sessions"][0]["path"], "/x", "who came last comes first");
    let filtered = format!(r#"{VISITORS}?limit=1&filters=[["is","visit:country",["US"]]]"#);
    let found: Value = app.get(&filtered).key(&app.key).send().await.expect(200, "some visitors").json();
    let one = &found["sessions"][0];
    assert_eq!((&found["visitors"], &one["path"], &one["before"]), (&json!(1), &json!("/c"), &json!(["/b", "/a"])));
    assert_eq!((&one["pages"], &one["returning"]), (&json!(4), &json!(false)));
    assert!((0..60).contains(&one["seconds"].as_i64().unwrap()), "{one}");
    for (query, name) in [("limit=0", "limit"), ("limit=501", "limit"), ("filters=[1]", "filters"), ("x=1", "x")] {
        let problem = app.get(&format!("{VISITORS}?{query}")).key(&app.key).send().await;
        assert_eq!(problem.problem(400, "invalid", query)["errors"][0]["pointer"], name, "{query}");
    }
    app.stop().await;
}

#[tokio::test]
async fn events_come_as_they_happen_and_filters_select() {
    let app = TestApp::start().await;
    app.add_site("other.example").await;
    let mut all = app.stream(EVENTS, &app.key).await;
    let filtered = format!(r#"{EVENTS}?filters=[["is","event:name",["signup"]],["contains","event:page",["/shop"]]]"#);
    let mut signups = app.stream(&filtered, &app.key).await;
    app.accepted(&a_pageview("/shop/a")).await;
    let told = all.next(PATIENCE).await.unwrap();
    let event = &told.data["events"][0];
    assert_eq!(
        (told.event.as_str(), &event["name"], &event["path"]),
        ("events", &json!("pageview"), &json!("/shop/a"))
    );
    let names: Vec<&String> = event.as_object().unwrap().keys().collect();
    assert_eq!(names, ["at", "browser", "city", "country", "device", "name", "os", "path", "source"]);
    assert!(signups.next(QUIET).await.is_none(), "a view is no sign-up");

    app.accepted(&a_beacon().path("/about").event(a_signup())).await;
    app.accepted(&a_beacon().path("/shop/b").event(a_signup())).await;
    app.accepted(&a_beacon().site("other.example").path("/shop/c").event(a_signup())).await;
    let told = signups.next(PATIENCE).await.unwrap();
    let paths: Vec<_> = told.data["events"].as_array().unwrap().iter().map(|event| event["path"].clone()).collect();
    assert_eq!((paths, &told.data["missed"]), (vec![json!("/shop/b")], &json!(0)));
    assert!(signups.next(QUIET).await.is_none());
    let wrong = format!(r#"{EVENTS}?filters=[["is","visit:exit_page",["/"]]]"#);
    app.get(&wrong).key(&app.key).send().await.problem(400, "invalid", "what is not known now");
    drop((all, signups));
    app.stop().await;
}

#[tokio::test]
async fn a_site_that_shows_no_visitors_says_so_everywhere() {
    let app = TestApp::start().await;
    app.accepted(&a_pageview("/a")).await;
    let mut stream = app.live_stream(SITE).await;
    assert_eq!(stream.next(PATIENCE).await.unwrap().data["sessions"].as_array().unwrap().len(), 1);
    let mut events = app.stream(EVENTS, &app.key).await;
    app.change_site(SITE, json!({"live_feed": false})).await;
    let told = stream.next(PATIENCE).await.unwrap().data;
    assert_eq!((&told["live_feed"], &told["sessions"], &told["visitors"]), (&json!(false), &json!([]), &json!(1)));
    let live = app.live(SITE).await;
    assert_eq!((&live["live_feed"], &live["sessions"]), (&json!(false), &json!([])));
    assert_eq!(live["pages"], json!([{"path": "/a", "visitors": 1}]), "counts stay");
    let listed: Value = app.get(VISITORS).key(&app.key).send().await.expect(200, "the visitors").json();
    assert_eq!(listed, json!({"live_feed": false, "visitors": 1, "sessions": []}));
    app.accepted(&a_pageview("/b")).await;
    assert!(events.ends(PATIENCE).await, "a stream of single visitors ends");
    app.get(EVENTS).key(&app.key).send().await.problem(409, "feed_is_off", "the events of a site that shows none");
    drop(stream);
    app.stop().await;
}

#[tokio::test]
async fn a_terminal_shows_the_same_and_its_key_goes_with_it() {
    let folder = tempfile::tempdir().unwrap();
    let data_dir = folder.path().join("data");
    let service = Service::start_with_site(&data_dir).await;
    service.accepted(&a_pageview("/a").from(a_visitor().address("8.8.8.8"))).await;
    let keys = run(&data_dir, "key list --json").await.done().json();
    let address = service.url.trim_start_matches("http://");
    let here = run(&data_dir, &format!("top --once --listen {address}")).await.done();
    let lines: Vec<&str> = here.out.lines().collect();
    assert_eq!(lines[..3], ["demo.example\t1 visitor\t1 view", "page\t1\t/a", "country\t1\tUS"], "{}", here.out);
    assert!(lines[4].starts_with("visitor\t"), "{}", here.out);
    assert_eq!(run(&data_dir, "key list --json").await.done().json(), keys, "its key is no more");

    let elsewhere = folder.path().join("elsewhere");
    let ask = async |key: &str| {
        run(&elsewhere, &format!("top --once --site {SITE} --server {} --key {key}", service.url)).await
    };
    assert_eq!(ask(&service.key).await.done().out.lines().next(), Some(lines[0]));
    assert!(ask("hl_wrong").await.failed().contains("refuses (401)"));
    service.stop().await;
}

/// Opens a stream and reads nothing of it.
fn open_and_never_read(service: &Service, path: &str) -> TcpStream {
    let address = service.url.trim_start_matches("http://");
    let mut socket = TcpStream::connect(address).unwrap();
    let key = &service.key;
    write!(socket, "GET {path} HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {key}\r\n\r\n").unwrap();
    socket
}

fn resident_bytes(pid: u32) -> u64 {
    let text = std::fs::read_to_string(format!("/proc/{pid}/statm")).unwrap();
    text.split(' ').nth(1).unwrap().parse::<u64>().unwrap() * 4096
}

/// A document of some 10 kB four times a second is 40 kB a second for each connection: what is queued for those who do not read
/// would be 96 MB after the time that this takes.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn readers_that_never_read_take_no_memory_and_hold_nobody_up() {
    const STALLED: usize = 300;
    const ROUNDS: u8 = 32;
    let folder = tempfile::tempdir().unwrap();
    let service = Service::start_with_site(&folder.path().join("data")).await;
    for number in 0..50 {
        service.accepted(&a_pageview(&format!("/{number}/{}", "x".repeat(100))).from(a_visitor().number(number))).await;
    }
    let stalled: Vec<TcpStream> = (0..STALLED).map(|_| open_and_never_read(&service, STREAM)).collect();
    // One that reads a little and stops in the middle of a message.
    let mut slow = open_and_never_read(&service, STREAM);
    slow.read_exact(&mut [0; 700]).unwrap();
    let mut reader = service.live_stream(SITE).await;
    reader.next(PATIENCE).await.unwrap();
    tokio::time::sleep(Duration::from_secs(1)).await;
    let before = resident_bytes(service.pid);
    let mut slowest = Duration::ZERO;
    for round in 0..ROUNDS {
        let start = Instant::now();
        service.accepted(&a_pageview(&format!("/new/{round}")).from(a_visitor().number(100 + round))).await;
        let expected = 51 + u64::from(round);
        while reader.next(PATIENCE).await.expect("others are told").data["visitors"] != expected {}
        slowest = slowest.max(start.elapsed());
        tokio::time::sleep(Duration::from_millis(250)).await;
    }
    let grown = resident_bytes(service.pid).saturating_sub(before);
    assert!(grown < 30_000_000, "{STALLED} readers that never read took {grown} bytes");
    assert!(slowest < Duration::from_secs(2), "another reader waited {slowest:?}");
    drop((stalled, slow, reader));
    assert!(service.stop().await.success());
}
