//! Shared links: the dashboard of a site for who has the link, until it ends or is removed.

use std::time::Duration;

use heatline::control::{Change, NewSharedLink, Role, SharedLinkPatch, Shows};
use jiff::{SignedDuration, Timestamp};
use reqwest::Method;
use serde_json::{Value, json};

use crate::helpers::{Answer, Api, PATIENCE, SITE, TestApp, a_pageview, api::Request};

const LINKS: &str = "/api/v1/sites/demo.example/shared-links";
const LIVE: &str = "/api/v1/sites/demo.example/live";
/// Within this time somebody sees no more of what they may not see any more.
const PROMISED: Duration = Duration::from_secs(2);
const PASSWORD: &str = "open sesame, please";

/// Makes a link; returns it as it is listed.
pub async fn share(app: &TestApp, body: &Value) -> Value {
    app.post(LINKS).key(&app.key).json(body).send().await.expect(201, "a link").json()
}

/// Returns what opens a link.
pub fn token_of(link: &Value) -> String {
    link["url"].as_str().unwrap().split_once("#auth=").unwrap().1.to_owned()
}

/// Changes a link.
async fn change(app: &TestApp, link: &Value, body: &Value) -> Answer {
    app.request(Method::PATCH, &format!("{LINKS}/{}", link["id"])).key(&app.key).json(body).send().await
}

async fn remove(app: &TestApp, link: &Value) {
    let removed = app.request(Method::DELETE, &format!("{LINKS}/{}", link["id"])).key(&app.key).send().await;
    removed.expect(204, "the end of a link");
}

fn unlock(app: &Api, token: &str, password: &str) -> Request {
    app.post("/api/v1/share").key(token).json(&json!({"password": password}))
}

async fn live(app: &TestApp, shown: &str) -> Answer {
    app.get(LIVE).key(shown).send().await
}

#[tokio::test]
async fn a_link_is_made_listed_changed_and_removed() {
    let app = TestApp::start().await;
    let body = json!({"name": " For the board ", "expires_in_days": 7, "heatmaps": true});
    let link = share(&app, &body).await;
    assert_eq!(
        (&link["name"], &link["heatmaps"], &link["live_feed"]),
        (&json!("For the board"), &json!(true), &json!(false))
    );
    assert_eq!(link["has_password"], false);
    let ends_at: Timestamp = link["expires_at"].as_str().unwrap().parse().unwrap();
    let days = ends_at.duration_since(Timestamp::now()).as_secs_f64() / 86_400.0;
    assert!((6.99..=7.0).contains(&days), "{days}");
    let token = token_of(&link);
    assert_eq!(link["url"], format!("{}/share/{SITE}#auth={token}", app.url));
    assert_eq!(link["embed_url"], format!("{}/share/{SITE}?auth={token}&embed=true", app.url));

    let other = share(&app, &json!({"name": "All"})).await;
    assert_eq!(
        (&other["expires_at"], &other["heatmaps"]),
        (&Value::Null, &json!(false)),
        "what is not said is not shown"
    );
    let listed =
        async || app.get(LINKS).key(&app.key).send().await.expect(200, "the links").json()["shared_links"].clone();
    assert_eq!(listed().await, json!([other, link]), "the address can be seen again");

    let changed =
        change(&app, &link, &json!({"name": "BG", "expires_in_days": null})).await.expect(200, "a change").json();
    let mut expected = link.clone();
    (expected["name"], expected["expires_at"]) = (json!("BG"), Value::Null);
    assert_eq!(changed, expected, "what is not named stays, and so does the address");
    live(&app, &token).await.expect(200, "the link");

    remove(&app, &link).await;
    assert_eq!(listed().await, json!([other]));
    live(&app, &token).await.problem(404, "shared_link_not_found", "a link that was removed");
    let gone = app.request(Method::DELETE, &format!("{LINKS}/{}", link["id"])).key(&app.key).send().await;
    gone.problem(404, "shared_link_not_found", "removing it again");
    app.stop().await;
}

#[tokio::test]
async fn a_link_that_is_not_in_order_is_not_made() {
    let app = TestApp::start().await;
    share(&app, &json!({"name": "one"})).await;
    for (body, pointer) in [
        (json!({"name": ""}), "/name"),
        (json!({"name": "x".repeat(121)}), "/name"),
        (json!({"name": "x", "password": "short"}), "/password"),
        (json!({"name": "x", "expires_in_days": 0}), "/expires_in_days"),
        (json!({"name": "x", "expires_in_days": 3661}), "/expires_in_days"),
    ] {
        let problem = app.post(LINKS).key(&app.key).json(&body).send().await.problem(400, "invalid", &body.to_string());
        assert_eq!(problem["errors"][0]["pointer"], pointer, "{body}: {problem}");
    }
    let unknown = json!({"name": "x", "outcomes": true});
    app.post(LINKS).key(&app.key).json(&unknown).send().await.problem(400, "malformed", "a field that is not known");
    let taken = app.post(LINKS).key(&app.key).json(&json!({"name": "one"})).send().await;
    taken.problem(409, "name_taken", "a name that another link has");
    app.stop().await;
}

#[tokio::test]
async fn who_only_looks_gives_nothing_away_and_is_shown_no_link() {
    let app = TestApp::start().await;
    let link = share(&app, &json!({"name": "one"})).await;
    let one = format!("{LINKS}/{}", link["id"]);
    for (role, may) in [(Role::Viewer, false), (Role::Editor, true), (Role::Owner, true)] {
        let name = role.as_str();
        let session = app.signed_in(&format!("{name}@x.example"), Some((SITE, role))).await;
        let requests = [
            (200, app.get(LINKS)),
            (201, app.post(LINKS).json(&json!({"name": name}))),
            (200, app.request(Method::PATCH, &one).json(&json!({"name": format!("by {name}")}))),
        ];
        for (status, request) in requests {
            let answer = request.session(&session).send().await;
            if may { drop(answer.expect(status, name)) } else { drop(answer.problem(403, "not_admin", name)) }
        }
    }
    app.stop().await;
}

#[tokio::test]
async fn a_link_opens_one_site_and_tells_what_it_shows() {
    let app = TestApp::start().await;
    app.add_site("other.example").await;
    app.request(Method::PUT, &format!("/api/v1/sites/{SITE}/props"))
        .key(&app.key)
        .json(&json!({"props": ["plan"]}))
        .send()
        .await;
    let token = token_of(&share(&app, &json!({"name": "one", "heatmaps": true, "live_feed": true})).await);
    let told = async |token: &str| app.get("/api/v1/share").key(token).send().await;
    let answer = told(&token).await.expect(200, "what it shows");
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    let mut shown = answer.json();
    assert!(shown["timezone"].as_str().is_some_and(|zone| !zone.is_empty()));
    shown["timezone"] = "UTC".into();
    let expected = json!({"needs_password": false, "domain": SITE, "timezone": "UTC", "custom_properties": ["plan"],
        "heatmaps": true, "live_feed": true, "expires_at": null});
    assert_eq!(shown, expected, "no settings, no name");
    app.change_site(SITE, json!({"live_feed": false})).await;
    assert_eq!(told(&token).await.json()["live_feed"], false, "the site's own setting stands above it");

    for (what, wrong) in [
        ("one letter less", token[..token.len() - 1].to_owned()),
        ("another number", token.replace("hls_1", "hls_2")),
        ("half of it", "hls_".to_owned()),
    ] {
        told(&wrong).await.problem(404, "shared_link_not_found", what);
        live(&app, &wrong).await.problem(404, "shared_link_not_found", what);
    }
    told("hl_abcdefgh_x").await.problem(401, "not_signed_in", "a key is no link");
    let elsewhere = app.get("/api/v1/sites/other.example/live").key(&token).send().await;
    elsewhere.problem(404, "site_not_found", "another site");
    let question = json!({"site_id": "other.example", "metrics": ["visitors"], "date_range": "7d"});
    app.post("/api/v2/query").key(&token).json(&question).send().await.problem(404, "site_not_found", "its reports");
    app.stop().await;
}

#[tokio::test]
async fn who_works_for_a_site_is_not_told() {
    let app = TestApp::start().await;
    let session = app.signed_in("editor@x.example", Some((SITE, Role::Editor))).await;
    let notes = format!("/api/v1/sites/{SITE}/annotations");
    let note = json!({"at": "2026-06-15", "text": "New prices"});
    app.post(&notes).session(&session).json(&note).send().await.expect(201, "a note");
    let token = token_of(&share(&app, &json!({"name": "one"})).await);
    let author = async |request: Request| {
        request.send().await.expect(200, "the notes").json()["annotations"][0]["author"].clone()
    };
    assert!(author(app.get(&notes).session(&session)).await.is_u64());
    assert_eq!(author(app.get(&notes).key(&token)).await, Value::Null);
    app.stop().await;
}

#[tokio::test]
async fn single_visitors_are_listed_only_where_the_link_says_so() {
    let app = TestApp::start().await;
    app.accepted(&a_pageview("/a").view(1)).await;
    let counts = token_of(&share(&app, &json!({"name": "counts"})).await);
    let all = token_of(&share(&app, &json!({"name": "all", "live_feed": true})).await);
    for (token, listed) in [(&counts, 0), (&all, 1)] {
        let document = live(&app, token).await.expect(200, "who is here").json();
        assert_eq!((&document["visitors"], &document["live_feed"]), (&json!(1), &json!(listed == 1)));
        assert_eq!(document["sessions"].as_array().unwrap().len(), listed);
        let mut stream = app.stream(&format!("{LIVE}/stream"), token).await;
        let first = stream.next(PATIENCE).await.unwrap();
        assert_eq!((&first.data["visitors"], first.data["sessions"].as_array().unwrap().len()), (&json!(1), listed));
    }
    let sessions = app.get(&format!("{LIVE}/stream?only=sessions")).key(&counts).send().await;
    sessions.problem(404, "not_shared", "visitors alone");
    app.stop().await;
}

#[tokio::test]
async fn a_password_gives_a_pass_and_guesses_are_counted() {
    let app = TestApp::start().await;
    let link = share(&app, &json!({"name": "locked", "password": PASSWORD})).await;
    let other = token_of(&share(&app, &json!({"name": "other", "password": PASSWORD})).await);
    let token = token_of(&link);
    assert_eq!(link["has_password"], true);
    let told = app.get("/api/v1/share").key(&token).send().await.expect(200, "a locked link").json();
    assert_eq!(told, json!({"needs_password": true}), "and nothing else");
    live(&app, &token).await.problem(401, "password_required", "without the password");

    let answer = unlock(&app, &token, PASSWORD).send().await.expect(200, "the password");
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    let pass = answer.json()["pass"].as_str().unwrap().to_owned();
    let until: Timestamp = answer.json()["expires_at"].as_str().unwrap().parse().unwrap();
    let hours = until.duration_since(Timestamp::now()).as_secs_f64() / 3600.0;
    assert!((11.9..=12.0).contains(&hours), "{hours}");
    live(&app, &pass).await.expect(200, "with the pass");
    let told = app.get("/api/v1/share").key(&pass).send().await.expect(200, "an open link").json();
    assert_eq!((&told["needs_password"], &told["domain"]), (&json!(false), &json!(SITE)));

    for _ in 0..10 {
        unlock(&app, &token, "a guess of it").send().await.problem(401, "wrong_link_password", "a guess");
    }
    let late = unlock(&app, &token, PASSWORD).send().await;
    late.problem(429, "too_many_attempts", "even the right one");
    assert!(late.header("retry-after").is_some());
    unlock(&app, &other, PASSWORD).send().await.expect(200, "another link");
    live(&app, &pass).await.expect(200, "who has a pass reads on");

    change(&app, &link, &json!({"password": "another sesame"})).await.expect(200, "a new password");
    live(&app, &pass).await.problem(404, "shared_link_not_found", "a pass of the old password");
    change(&app, &link, &json!({"password": null})).await.expect(200, "no password");
    live(&app, &token).await.expect(200, "the link alone");
    app.stop().await;
}

#[tokio::test]
async fn a_link_has_an_end() {
    let app = TestApp::start().await;
    let site = app.site_id(SITE).await;
    let now = Timestamp::now();
    let ended = NewSharedLink {
        name: "short".into(),
        expires_at: Some(now + SignedDuration::from_millis(1)),
        ..Default::default()
    };
    let link = app.control.add_shared_link(site, &ended, now).await.unwrap();
    tokio::time::sleep(Duration::from_millis(2)).await;
    live(&app, &link.token()).await.problem(410, "link_ended", "after its end");
    app.get("/api/v1/share").key(&link.token()).send().await.problem(410, "link_ended", "what it showed");
    unlock(&app, &link.token(), "whatever it was").send().await.problem(410, "link_ended", "its password");
    let again = SharedLinkPatch { expires_at: Change::Goes, ..Default::default() };
    app.control.change_shared_link(site, link.id, &again).await.unwrap();
    live(&app, &link.token()).await.expect(200, "it goes on");
    app.stop().await;
}

#[tokio::test]
async fn a_stream_ends_within_two_seconds_when_its_link_does() {
    let app = TestApp::start().await;
    let site = app.site_id(SITE).await;
    let made = async |name: &str| share(&app, &json!({"name": name, "live_feed": true})).await;
    let open = async |link: &Value| app.stream(&format!("{LIVE}/stream"), &token_of(link)).await;
    let (stays, removed, locked, narrowed) =
        (made("stays").await, made("removed").await, made("locked").await, made("narrowed").await);
    let soon = Some(Timestamp::now() + SignedDuration::from_secs(1));
    let shows = Shows { live_feed: true, ..Shows::default() };
    let short = NewSharedLink { name: "short".into(), expires_at: soon, shows, ..Default::default() };
    let short = app.control.add_shared_link(site, &short, Timestamp::now()).await.unwrap();
    let mut of_short = app.stream(&format!("{LIVE}/stream"), &short.token()).await;
    let mut of_stays = open(&stays).await;
    let (mut of_removed, mut of_locked, mut of_narrowed) =
        (open(&removed).await, open(&locked).await, open(&narrowed).await);
    let mut events = app.stream(&format!("{LIVE}/events"), &token_of(&narrowed)).await;
    assert!(of_short.ends(PROMISED + Duration::from_secs(1)).await, "its end has come");

    remove(&app, &removed).await;
    assert!(of_removed.ends(PROMISED).await, "the link was removed");
    change(&app, &locked, &json!({"password": PASSWORD})).await.expect(200, "a password");
    assert!(of_locked.ends(PROMISED).await, "it asks for a password now");
    change(&app, &narrowed, &json!({"live_feed": false})).await.expect(200, "counts only");
    assert!(of_narrowed.ends(PROMISED).await && events.ends(PROMISED).await, "it shows no single visitors any more");
    let counts = open(&narrowed).await.next(PATIENCE).await.unwrap();
    assert_eq!(counts.data["live_feed"], false, "who comes back is told the counts");

    of_stays.next(PATIENCE).await.unwrap();
    assert!(!of_stays.ends(Duration::from_millis(700)).await, "others read on");
    drop(of_stays);
    app.stop().await;
}

#[tokio::test]
async fn the_page_is_framed_by_those_alone_whom_the_owner_names() {
    let app = TestApp::start().await;
    app.add_site("other.example").await;
    app.change_site(SITE, json!({"live_frame_ancestors": ["https://intranet.example"]})).await;
    let link = share(&app, &json!({"name": "one"})).await;
    let locked = share(&app, &json!({"name": "locked", "password": PASSWORD})).await;
    let page = async |path: &str| app.get(path).send().await.expect(200, path);
    let ancestors = |answer: &Answer| {
        let policy = answer.header("content-security-policy").unwrap();
        assert!(policy.starts_with("default-src 'none'") && !policy.contains("unsafe"), "{policy}");
        policy.rsplit_once("frame-ancestors ").unwrap().1.to_owned()
    };
    let token = token_of(&link);
    for (path, expected) in [
        (format!("/share/{SITE}?auth={token}&embed=true"), "'self' https://intranet.example"),
        (format!("/share/{SITE}/heatmap?theme=dark&auth={token}"), "'self' https://intranet.example"),
        (format!("/share/{SITE}?auth={}", token_of(&locked)), "'self' https://intranet.example"),
        (format!("/share/{SITE}"), "'none'"),
        (format!("/share/{SITE}?auth={token}A"), "'none'"),
        (format!("/share/{SITE}?auth="), "'none'"),
        (format!("/share/other.example?auth={token}"), "'none'"),
        (format!("/share/missing.example?auth={token}"), "'none'"),
    ] {
        let answer = page(&path).await;
        assert_eq!(ancestors(&answer), expected, "{path}");
        assert_eq!(answer.header("referrer-policy"), Some("no-referrer"), "{path}");
        assert_eq!(answer.header("x-robots-tag"), Some("noindex"), "{path}");
        assert_eq!(answer.header("content-type"), Some("text/html; charset=utf-8"), "{path}");
    }
    remove(&app, &link).await;
    assert_eq!(ancestors(&page(&format!("/share/{SITE}?auth={token}")).await), "'none'", "a link that was removed");
    app.stop().await;
}
