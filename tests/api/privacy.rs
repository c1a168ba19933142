//! What must never be kept: addresses, user agents, and what URLs say beside their path.

use std::{
    fs,
    net::{IpAddr, Ipv4Addr},
    path::{Path, PathBuf},
};

use serde_json::json;

use crate::helpers::{
    SITE, Service, Visitor, a_beacon, a_pageview,
    app::{PASSWORD, rows},
};

/// Addresses that stand nowhere else, so that what is found is what was kept.
const SENTINELS: [&str; 4] =
    ["198.51.100.213", "203.0.113.187", "192.0.2.149", "2001:db8:5e47:1e1a:5e47:1e1a:5e47:1e1a"];
/// A part of the user agent that no list of browsers knows.
const SENTINEL_BROWSER: &str = "SentinelBrowser/7.13.37-x9";
/// What URLs hold that is nobody's business.
const SENTINEL_SECRET: &str = "sentinelSecret4711";
/// What must be found, so that the search is known to work.
const MARKER: &str = "/marker-that-is-kept";

fn visitor(address: &str) -> Visitor {
    let user_agent =
        format!("Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/126.0.0.0 Safari/537.36 {SENTINEL_BROWSER}");
    Visitor { address: address.to_owned(), user_agent }
}

/// Comes through every door with every sentinel, welcome or not.
async fn visit(service: &Service, address: &str) {
    let visitor = visitor(address);
    let url = format!(
        "https://user:{SENTINEL_SECRET}@demo.example{MARKER}?email={SENTINEL_SECRET}&utm_source=news#{SENTINEL_SECRET}"
    );
    let referrer = format!("https://news.example/a?session={SENTINEL_SECRET}");
    let everything = a_beacon().url(&url).referrer(&referrer).from(visitor.clone()).events([
        json!({"type": "pageview"}),
        json!({"type": "engagement", "engaged": 5, "depth": 5}),
        json!({"type": "click", "element": "#buy", "fraction": [1, 2], "at": [3, 4]}),
        json!({"type": "move", "element": "#buy", "fraction": [1, 2], "at": [3, 4], "rest": 900}),
        json!({"type": "scroll", "depth": 9}),
        json!({"type": "layout", "complete": true, "boxes": []}),
    ]);
    service.accepted(&everything).await;
    let event = json!({"n": "pageview", "u": url, "d": SITE, "r": referrer});
    service.event_request(&visitor, &event).send().await.expect(202, "an event");
    service
        .event_request(&visitor, &event)
        .header("x-debug-request", "true")
        .send()
        .await
        .expect(200, "a debug request");
    let escaped: String = url::form_urlencoded::byte_serialize(url.as_bytes()).collect();
    service.pixel(&visitor, &format!("site={SITE}&url={escaped}")).await.expect(200, "the pixel");
    // What is dropped and what is refused must not be written down either.
    service.beacon(&everything.clone().site("unknown.example")).await.expect(202, "an unknown site");
    let mut broken = everything.body.clone();
    broken["viewport"] = json!([1280, 70_000]);
    service.post("/api/beacon").visitor(&visitor).text(broken.to_string()).send().await.expect(400, "a broken beacon");
    let half = everything.body.to_string()[..100].to_owned();
    service.post("/api/beacon").visitor(&visitor).text(half).send().await.expect(400, "half a beacon");
    let body = json!({"email": format!("{SENTINEL_SECRET}@x.example"), "password": SENTINEL_SECRET});
    service.post("/api/v1/session").visitor(&visitor).json(&body).send().await.expect(401, "a failed sign-in");
    let path = format!("/api/v1/sites?secret={SENTINEL_SECRET}");
    service.get(&path).visitor(&visitor).send().await.expect(401, "a stranger");
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.push(path);
        }
    }
    found
}

fn contains(bytes: &[u8], needle: &[u8]) -> bool {
    bytes.windows(needle.len()).any(|window| window == needle)
}

/// The texts that must be found nowhere.
fn secrets() -> Vec<&'static str> {
    [SENTINEL_BROWSER, SENTINEL_SECRET].into_iter().chain(SENTINELS).collect()
}

/// An address as its bytes, in both orders.
fn raw_forms(address: &str) -> Vec<Vec<u8>> {
    let bytes = match address.parse::<IpAddr>().unwrap() {
        IpAddr::V4(v4) => v4.octets().to_vec(),
        IpAddr::V6(v6) => v6.octets().to_vec(),
    };
    let reversed = bytes.iter().rev().copied().collect();
    vec![bytes, reversed]
}

#[tokio::test]
async fn no_address_and_no_user_agent_is_kept_anywhere() {
    let folder = tempfile::tempdir().unwrap();
    let data_dir = folder.path().join("data");
    let service = Service::start_with(&data_dir, &["--log", "info,heatline=trace"]).await;
    service.add_site(SITE).await;
    for address in SENTINELS {
        visit(&service, address).await;
    }
    service.flushed().await;

    let mut texts = vec![("the metrics".to_owned(), service.metrics().await.0)];
    texts.push(("the live view".to_owned(), service.live(SITE).await.to_string()));
    for table in ["events", "clicks", "moves", "scrolls", "layouts"] {
        let stored = rows(&data_dir, &format!("SELECT * FROM {table}")).await;
        assert!(!stored.is_empty(), "{table} has rows to look at");
        texts.push((table.to_owned(), serde_json::to_string(&stored).unwrap()));
    }
    assert!(
        texts.iter().any(|(name, text)| name == "events" && text.contains(MARKER)),
        "the search finds what is kept"
    );
    texts.push(("the log".to_owned(), service.log()));
    assert!(service.log().contains("engine ready") && service.log().contains("TRACE"), "the log is there, in full");
    for (name, text) in &texts {
        for secret in secrets() {
            assert!(!text.contains(secret), "{secret} is in {name}");
        }
    }

    // While it runs, and after it has written down the rest.
    assert_files_are_clean(&data_dir);
    service.stop().await;
    assert_files_are_clean(&data_dir);
}

fn assert_files_are_clean(data_dir: &Path) {
    let files = files(data_dir);
    assert!(files.len() > 20, "the files of both databases: {}", files.len());
    let mut raw_finds = Vec::new();
    let mut marker_is_found = false;
    for file in files {
        // A file may be merged away while we look.
        let Ok(bytes) = fs::read(&file) else { continue };
        marker_is_found |= contains(&bytes, MARKER.as_bytes());
        for secret in secrets() {
            assert!(!contains(&bytes, secret.as_bytes()), "{secret} is in {}", file.display());
        }
        for address in SENTINELS {
            raw_finds
                .extend(raw_forms(address).iter().filter(|raw| contains(&bytes, raw)).map(|_| (address, file.clone())));
        }
    }
    assert!(marker_is_found, "the search finds what is kept");
    // Four bytes of IPv4 may stand in a file by chance; two different addresses do not.
    let mut found: Vec<&str> = raw_finds.iter().map(|(address, _)| *address).collect();
    found.sort_unstable();
    found.dedup();
    let is_v4 = |address: &&&str| address.parse::<Ipv4Addr>().is_ok();
    assert!(found.iter().all(|address| is_v4(&address)) && found.len() <= 1, "raw addresses: {raw_finds:?}");
}

#[tokio::test]
async fn secrets_of_users_are_kept_as_hashes_only() {
    let folder = tempfile::tempdir().unwrap();
    let data_dir = folder.path().join("data");
    let service = Service::start_with(&data_dir, &["--log", "info,heatline=trace"]).await;
    let token = service.greeting.iter().find_map(|line| line.split_once("token=")).unwrap().1.to_owned();
    let body = json!({"token": token, "email": "ann@x.example", "password": PASSWORD});
    let session = service.post("/api/v1/setup").json(&body).send().await.expect(201, "the first user").session();
    service.get("/api/v1/session").session(&session).send().await.expect(200, "a session");
    let key = service.key.clone();
    let secret_of_key = key.rsplit('_').next().unwrap().to_owned();
    let log = service.log_file.clone();
    service.stop().await;
    let mut searched = files(&data_dir);
    searched.push(log);
    let mut user_is_found = false;
    for file in searched {
        let bytes = fs::read(&file).unwrap();
        user_is_found |= contains(&bytes, b"ann@x.example");
        for secret in [PASSWORD, &token, &session, &key, &secret_of_key] {
            assert!(!contains(&bytes, secret.as_bytes()), "a secret is in {}", file.display());
        }
    }
    assert!(user_is_found, "the search finds what is kept");
}

#[tokio::test]
async fn a_visitor_who_asks_not_to_be_counted_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let data_dir = folder.path().join("data");
    let service = Service::start(&data_dir).await;
    service.add_site_with(SITE, "UTC", json!({"honour_privacy_signals": true})).await;
    for header in ["sec-gpc", "dnt"] {
        let request = service.beacon_request(&a_pageview(MARKER)).header(header, "1");
        let answer = request.send().await.expect(202, header);
        assert_eq!(answer.header("x-heatline-dropped"), Some("privacy_signal"), "{header}");
        assert_eq!(answer.header("set-cookie"), None);
    }
    assert_eq!(service.live(SITE).await["visitors"], 0);
    assert_eq!(service.metrics().await.value("sessions_open"), 0);
    service.stop().await;
    for file in files(&data_dir) {
        assert!(!contains(&fs::read(&file).unwrap(), MARKER.as_bytes()), "{}", file.display());
    }
}
