//! Who may do what: the first user, sessions, keys, roles, and the sites that one may not see.

use heatline::control::{EmailAddress, Role};
use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    helpers::{Answer, Api, Headers, SITE, TestApp, a_pageview, api::Request, app::PASSWORD},
    shared_links::{share, token_of},
};

/// A site that the callers of these tests may not see, and one that is not there.
const HIDDEN: &str = "hidden.example";
const MISSING: &str = "missing.example";

/// Every route that speaks of a site: method, path, body. `{site}` stands for its name, `{id}` and the like for the number 1.
const SITE_ROUTES: [(&str, &str, &str); 71] = [
    ("GET", "/api/v1/sites/{site}", ""),
    ("PATCH", "/api/v1/sites/{site}", r#"{"settings":{}}"#),
    ("DELETE", "/api/v1/sites/{site}", ""),
    ("POST", "/api/v1/sites/{site}/events", r#"[{"timestamp":"2026-01-01T00:00Z"}]"#),
    ("GET", "/api/v1/sites/{site}/export", ""),
    ("POST", "/api/v1/sites/{site}/import", r#"{"table":"end","rows":0,"cursor":""}"#),
    ("DELETE", "/api/v1/sites/{site}/data?path=/nobody-was-here", ""),
    ("GET", "/api/v1/sites/{site}/live", ""),
    ("GET", "/api/v1/sites/{site}/live/stream", ""),
    ("GET", "/api/v1/sites/{site}/live/visitors", ""),
    ("GET", "/api/v1/sites/{site}/live/events", ""),
    ("GET", "/api/v1/sites/{site}/live/history", ""),
    ("GET", "/api/v1/sites/{site}/pages", ""),
    ("GET", "/api/v1/sites/{site}/outcomes", ""),
    ("GET", "/api/v1/sites/{site}/heatmap.png?path=/", ""),
    ("GET", "/api/v1/sites/{site}/heatmap.webp?path=/", ""),
    ("GET", "/api/v1/sites/{site}/heatmap.svg?path=/", ""),
    ("GET", "/api/v1/sites/{site}/heatmap.gif?path=/", ""),
    ("GET", "/api/v1/sites/{site}/heatmap.json?path=/", ""),
    ("GET", "/api/v1/sites/{site}/elements?path=/", ""),
    ("GET", "/api/v1/sites/{site}/heatmap/stream?path=/", ""),
    ("POST", "/api/v1/sites/{site}/heatmap/overlay", r#"{"path":"/"}"#),
    ("POST", "/api/v1/sites/{site}/heatmap/sign", r#"{"parameters":{"path":"/"}}"#),
    ("DELETE", "/api/v1/sites/{site}/heatmap/sign", ""),
    ("GET", "/api/v1/sites/{site}/screenshot?path=/&width=390", ""),
    ("PUT", "/api/v1/sites/{site}/screenshot?path=/&width=390", "no picture"),
    ("DELETE", "/api/v1/sites/{site}/screenshot?path=/&width=390", ""),
    ("GET", "/api/v1/sites/{site}/screenshots", ""),
    ("GET", "/api/v1/sites/{site}/people", ""),
    ("PATCH", "/api/v1/sites/{site}/people/{id}", r#"{"role":"viewer"}"#),
    ("DELETE", "/api/v1/sites/{site}/people/{id}", ""),
    ("POST", "/api/v1/sites/{site}/invitations", r#"{"role":"viewer"}"#),
    ("DELETE", "/api/v1/sites/{site}/invitations/{id}", ""),
    ("GET", "/api/v1/sites/{site}/keys", ""),
    ("POST", "/api/v1/sites/{site}/keys", r#"{"name":"ci","scopes":["stats"]}"#),
    ("DELETE", "/api/v1/sites/{site}/keys/{id}", ""),
    ("GET", "/api/v1/sites/{site}/goals", ""),
    ("POST", "/api/v1/sites/{site}/goals", r#"{"event_name":"Signup"}"#),
    ("PATCH", "/api/v1/sites/{site}/goals/{id}", "{}"),
    ("DELETE", "/api/v1/sites/{site}/goals/{id}", ""),
    ("GET", "/api/v1/sites/{site}/segments", ""),
    ("POST", "/api/v1/sites/{site}/segments", r#"{"name":"BG","filters":[["is","visit:country",["BG"]]]}"#),
    ("GET", "/api/v1/sites/{site}/segments/{id}", ""),
    ("PATCH", "/api/v1/sites/{site}/segments/{id}", "{}"),
    ("DELETE", "/api/v1/sites/{site}/segments/{id}", ""),
    ("GET", "/api/v1/sites/{site}/props", ""),
    ("PUT", "/api/v1/sites/{site}/props", r#"{"props":[""]}"#),
    ("DELETE", "/api/v1/sites/{site}/props/{prop}", ""),
    ("GET", "/api/v1/sites/{site}/annotations", ""),
    ("POST", "/api/v1/sites/{site}/annotations", r#"{"at":"2026-06-15","text":"Release"}"#),
    ("PATCH", "/api/v1/sites/{site}/annotations/{id}", "{}"),
    ("DELETE", "/api/v1/sites/{site}/annotations/{id}", ""),
    ("GET", "/api/v1/sites/{site}/shared-links", ""),
    ("POST", "/api/v1/sites/{site}/shared-links", r#"{"name":"one"}"#),
    ("PATCH", "/api/v1/sites/{site}/shared-links/{id}", "{}"),
    ("DELETE", "/api/v1/sites/{site}/shared-links/{id}", ""),
    ("PUT", "/api/v1/sites/shared-links", r#"{"site_id":"{site}","name":""}"#),
    ("GET", "/api/v1/sites/goals?site_id={site}", ""),
    ("PUT", "/api/v1/sites/goals", r#"{"site_id":"{site}","goal_type":"event","event_name":""}"#),
    ("DELETE", "/api/v1/sites/goals/{goal_id}", r#"{"site_id":"{site}"}"#),
    ("GET", "/api/v1/sites/custom-props?site_id={site}", ""),
    ("PUT", "/api/v1/sites/custom-props", r#"{"site_id":"{site}","property":""}"#),
    ("DELETE", "/api/v1/sites/custom-props/{property}", r#"{"site_id":"{site}"}"#),
    ("POST", "/api/v1/sites/{site}/funnel", r#"{"date_range":"7d","steps":[{"page":"/"},{"event":"Buy"}]}"#),
    ("POST", "/api/v1/sites/{site}/retention", r#"{"date_range":"7d","by":"event:props:user","interval":"day"}"#),
    ("POST", "/api/v1/sites/{site}/journeys", r#"{"date_range":"7d","page":"/"}"#),
    ("POST", "/api/v2/query", r#"{"site_id":"{site}","metrics":["visitors"],"date_range":"7d"}"#),
    ("GET", "/api/v1/stats/realtime/visitors?site_id={site}", ""),
    ("GET", "/api/v1/stats/aggregate?site_id={site}", ""),
    ("GET", "/api/v1/stats/timeseries?site_id={site}", ""),
    ("GET", "/api/v1/stats/breakdown?site_id={site}&property=event:page", ""),
];

/// The other routes that no stranger may use.
const OTHER_ROUTES: [(&str, &str, &str); 14] = [
    ("GET", "/api/v1/sites", ""),
    ("POST", "/api/v1/sites", r#"{"domain":"new.example"}"#),
    ("GET", "/api/v1/session", ""),
    ("GET", "/api/v1/account", ""),
    ("PATCH", "/api/v1/account", r#"{"theme":"dark"}"#),
    ("PUT", "/api/v1/account/password", r#"{"old_password":"correct horse battery","password":"staple after staple"}"#),
    ("GET", "/api/v1/account/sessions", ""),
    ("DELETE", "/api/v1/account/sessions", ""),
    ("DELETE", "/api/v1/account/sessions/{id}", ""),
    ("GET", "/api/v1/users", ""),
    ("POST", "/api/v1/users", r#"{"email":"new@x.example","admin":true}"#),
    ("DELETE", "/api/v1/users/{id}", ""),
    ("GET", "/api/v1/share", ""),
    ("POST", "/api/v1/share", r#"{"password":"open sesame"}"#),
];

/// Routes on which only people decide, never a key.
const OF_PEOPLE: [&str; 3] = ["/people", "/invitations", "/keys"];

/// Returns the least role with which a route of a site may be used; `None`: an administrator only.
fn least_role((method, path, _): (&str, &str, &str)) -> Option<Role> {
    const QUESTIONS: [&str; 4] = ["/funnel", "/retention", "/journeys", "/api/v2/query"];
    match method {
        "DELETE" if path == SITE_ROUTE.1 => None,
        "DELETE" if path.contains("/data?") => Some(Role::Owner),
        _ if OF_PEOPLE.iter().any(|part| path.contains(part)) => Some(Role::Owner),
        // Who has a link would keep it after their role was taken away.
        "GET" if path.contains("/shared-links") => Some(Role::Editor),
        "GET" => Some(Role::Viewer),
        "POST" if QUESTIONS.iter().any(|end| path.ends_with(end)) => Some(Role::Viewer),
        _ => Some(Role::Editor),
    }
}

/// Whether the answer of a route has no end.
fn is_endless((_, path, _): (&str, &str, &str)) -> bool {
    path.contains("/stream") || path.ends_with("/live/events")
}

fn to_route(api: &Api, (method, path, body): (&str, &str, &str), site: &str) -> Request {
    let path = ["{id}", "{goal_id}", "{prop}", "{property}"]
        .iter()
        .fold(path.to_owned(), |path, part| path.replace(part, "1"));
    let request = api.request(method.parse().unwrap(), &path.replace("{site}", site));
    if body.is_empty() { request } else { request.body("application/json", body.replace("{site}", site)) }
}

fn set_up(app: &TestApp, token: &str, email: &str) -> Request {
    app.post("/api/v1/setup").json(&json!({"token": token, "email": email, "password": PASSWORD}))
}

#[test]
fn the_routes_of_these_tests_are_all_that_speak_of_a_site() {
    let table = include_str!("../../src/http/mod.rs");
    let routes = table.split('"').filter(|text| text.starts_with("/api/v1/sites/{site}"));
    let mut found = 0;
    for route in routes {
        found += 1;
        let is_tested = SITE_ROUTES.iter().any(|(_, path, _)| path.split('?').next() == Some(route));
        assert!(is_tested, "{route} is not in the table of this test");
    }
    assert!(found > 5, "the route table is not read");
}

#[test]
fn the_other_routes_of_these_tests_are_all_that_need_somebody() {
    // Of strangers, for strangers, or of a site that is named in the body or the query: those are in the other table.
    const OPEN: [&str; 4] = ["/api/v1/setup", "/api/v1/invitation", "/api/v1/invitation/accept", "/api/v2/query/sign"];
    let table = include_str!("../../src/http/mod.rs");
    for route in table.split('"').filter(|text| text.starts_with("/api/v1/") || text.starts_with("/api/v2/")) {
        let is_tested = |routes: &[(&str, &str, &str)]| {
            routes.iter().any(|(_, path, _)| path.split('?').next() == Some(&*route.replace("{session}", "{id}")))
        };
        let is_known = OPEN.contains(&route) || is_tested(&SITE_ROUTES) || is_tested(&OTHER_ROUTES);
        assert!(is_known, "{route} is in no table of this test");
    }
}

#[tokio::test]
async fn the_link_of_the_first_start_makes_one_administrator_and_no_second() {
    let app = TestApp::start_empty(|_| {}).await;
    let needed = async || app.get("/api/v1/setup").send().await.expect(200, "whether a user is needed").json();
    assert_eq!(needed().await, json!({"needed": true}));
    let token = app.setup_token.as_ref().unwrap().reveal().to_owned();

    set_up(&app, "wrong", "ann@x.example").send().await.problem(403, "wrong_setup_token", "a guess");
    let mut weak = json!({"token": token, "email": "ann@x.example", "password": "short"});
    let answer = app.post("/api/v1/setup").json(&weak).send().await;
    assert_eq!(answer.problem(400, "invalid", "a weak password")["errors"][0]["pointer"], "/password");
    weak["password"] = PASSWORD.into();
    weak["email"] = "ann".into();
    let answer = app.post("/api/v1/setup").json(&weak).send().await;
    assert_eq!(answer.problem(400, "invalid", "no address")["errors"][0]["pointer"], "/email");
    assert_eq!(needed().await, json!({"needed": true}), "a failed try does not use the link up");

    let made = set_up(&app, &token, "Ann@X.example").send().await.expect(201, "the first user");
    assert_eq!(made.json()["user"]["email"], "ann@x.example");
    assert_eq!(made.json()["user"]["admin"], true);
    let who = app.get("/api/v1/session").session(&made.session()).send().await.expect(200, "signed in by the link");
    assert_eq!(who.json()["user"]["email"], "ann@x.example");
    assert_eq!(needed().await, json!({"needed": false}));

    set_up(&app, &token, "bob@x.example").send().await.problem(409, "already_set_up", "the link, again");
    set_up(&app, "wrong", "bob@x.example").send().await.problem(409, "already_set_up", "a guess, afterwards");
    app.sign_in("bob@x.example", PASSWORD).await.problem(401, "wrong_credentials", "nobody was added");
    app.stop().await;
}

#[tokio::test]
async fn there_is_no_default_password() {
    let app = TestApp::start_empty(|_| {}).await;
    for email in ["admin", "admin@localhost", "heatline@localhost"] {
        for password in ["", "admin", "heatline", "changeme"] {
            app.sign_in(email, password).await.problem(401, "wrong_credentials", &format!("{email} {password}"));
        }
    }
    app.stop().await;
}

#[tokio::test]
async fn signing_in_opens_a_session_and_signing_out_ends_it() {
    let app = TestApp::start().await;
    app.add_user("ann@x.example", None).await;
    let answer = app.sign_in(" ANN@x.example ", PASSWORD).await.expect(200, "signing in");
    let user =
        json!({"id": 1, "email": "ann@x.example", "admin": true, "language": null, "theme": null, "time_format": null});
    assert_eq!(answer.json(), json!({"user": user, "roles": {}}));
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    let session = answer.session();
    let who = async || app.get("/api/v1/session").session(&session).send().await;
    assert_eq!(who().await.expect(200, "who am I").json()["user"]["email"], "ann@x.example");

    let out = app.request(Method::DELETE, "/api/v1/session").session(&session).send().await.expect(204, "signing out");
    assert!(out.header("set-cookie").unwrap().starts_with("heatline_session=;"), "{out:?}");
    who().await.problem(401, "not_signed_in", "the cookie of an ended session");
    app.request(Method::DELETE, "/api/v1/session").send().await.expect(204, "signing out twice is no error");
    app.stop().await;
}

#[tokio::test]
async fn the_cookie_is_for_our_pages_and_no_script() {
    let app = TestApp::start().await;
    app.add_user("ann@x.example", None).await;
    let body = json!({"email": "ann@x.example", "password": PASSWORD});
    let sign_in = || app.post("/api/v1/session").json(&body);
    let attributes = |answer: &Answer| {
        let cookie = answer.header("set-cookie").unwrap().to_owned();
        let (value, attributes) = cookie.split_once("; ").unwrap();
        assert!(value.len() > "heatline_session=".len() + 30, "at least 180 random bits: {value}");
        let mut attributes: Vec<String> = attributes.split("; ").map(str::to_owned).collect();
        attributes.sort();
        attributes
    };
    let plain = attributes(&sign_in().send().await.expect(200, "over HTTP"));
    assert_eq!(plain, ["HttpOnly", "Max-Age=7776000", "Path=/", "SameSite=Lax"]);
    let secure = attributes(&sign_in().header("x-forwarded-proto", "https").send().await.expect(200, "over HTTPS"));
    assert_eq!(secure, ["HttpOnly", "Max-Age=7776000", "Path=/", "SameSite=Lax", "Secure"]);
    app.stop().await;
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_user_look_alike() {
    let app = TestApp::start().await;
    app.add_user("ann@x.example", None).await;
    let wrong = app.sign_in("ann@x.example", "wrong horse battery").await;
    let unknown = app.sign_in("bob@x.example", PASSWORD).await;
    wrong.problem(401, "wrong_credentials", "a wrong password");
    assert_eq!(wrong.body, unknown.body);
    assert!(wrong.header("set-cookie").is_none() && unknown.header("set-cookie").is_none());
    app.stop().await;
}

#[tokio::test]
async fn ten_wrong_passwords_lock_an_account_and_no_other() {
    let app = TestApp::start().await;
    app.add_user("ann@x.example", None).await;
    app.add_user("bob@x.example", None).await;
    for attempt in 0..10 {
        let answer = app.sign_in("ann@x.example", &format!("guess number {attempt}")).await;
        answer.problem(401, "wrong_credentials", "a guess");
    }
    let locked = app.sign_in("ann@x.example", PASSWORD).await;
    locked.problem(429, "too_many_attempts", "even the right password");
    let seconds: u32 = locked.header("retry-after").unwrap().parse().unwrap();
    assert!((1..=901).contains(&seconds), "{seconds}");
    app.sign_in("ANN@X.example ", PASSWORD).await.problem(429, "too_many_attempts", "in another spelling");
    app.sign_in("bob@x.example", PASSWORD).await.expect(200, "somebody else");
    app.stop().await;
}

#[tokio::test]
async fn wrong_set_up_links_are_counted_too() {
    let app = TestApp::start_empty(|_| {}).await;
    for _ in 0..10 {
        set_up(&app, "guess", "ann@x.example").send().await.problem(403, "wrong_setup_token", "a guess");
    }
    let token = app.setup_token.as_ref().unwrap().reveal().to_owned();
    set_up(&app, &token, "ann@x.example").send().await.problem(429, "too_many_attempts", "after ten guesses");
    app.stop().await;
}

#[tokio::test]
async fn a_page_of_another_site_cannot_use_our_cookie() {
    let app = TestApp::start().await;
    let session = app.signed_in("ann@x.example", None).await;
    let host = app.url.strip_prefix("http://").unwrap().to_owned();
    let own = format!("http://{host}");
    let change = || app.request(Method::PATCH, "/api/v1/sites/demo.example").session(&session).json(&json!({}));
    let cases: [(&str, Headers<'_>, bool); 9] = [
        ("a page of ours", &[("sec-fetch-site", "same-origin")], true),
        ("the address bar", &[("sec-fetch-site", "none")], true),
        ("another site", &[("sec-fetch-site", "cross-site")], false),
        ("a neighbour under our domain", &[("sec-fetch-site", "same-site")], false),
        ("an older browser, our page", &[("origin", &own)], true),
        ("an older browser, another site", &[("origin", "https://evil.example")], false),
        ("an older browser, a sandboxed frame", &[("origin", "null")], false),
        ("a word that wins over the other", &[("sec-fetch-site", "cross-site"), ("origin", &own)], false),
        ("no browser", &[], true),
    ];
    for (what, headers, is_allowed) in cases {
        let with =
            |request: Request| headers.iter().fold(request, |request, (name, value)| request.header(name, value));
        let answer = with(change()).send().await;
        if is_allowed {
            answer.expect(200, what);
            continue;
        }
        answer.problem(403, "cross_site", what);
        with(app.get("/api/v1/session").session(&session)).send().await.expect(200, "reading changes nothing");
        let sign_in = app.post("/api/v1/session").json(&json!({"email": "ann@x.example", "password": PASSWORD}));
        with(sign_in).send().await.problem(403, "cross_site", &format!("signing in: {what}"));
        let sign_out = with(app.request(Method::DELETE, "/api/v1/session").session(&session)).send().await;
        sign_out.problem(403, "cross_site", &format!("signing out: {what}"));
        let query = app.post("/api/v2/query").session(&session).json(&json!({}));
        with(query).send().await.problem(403, "cross_site", &format!("a report: {what}"));
    }
    let form = app.post("/api/v1/sites").session(&session).body("text/plain", r#"{"domain":"evil.example"}"#);
    form.send().await.problem(415, "unsupported_media_type", "what a form can send");
    app.stop().await;
}

#[tokio::test]
async fn a_stranger_is_asked_to_sign_in_on_every_route() {
    let app = TestApp::start().await;
    let revoked = app.add_key("stats,sites", None).await;
    let last = app.control.keys().await.unwrap().pop().unwrap();
    app.control.revoke_key(last.id).await.unwrap();
    let other = revoked.rsplit_once('_').unwrap().0;
    let forged = format!("Bearer {other}_{}", "A".repeat(43));
    let (revoked, lower) = (format!("Bearer {revoked}"), "bearer nonsense".to_owned());
    let cases = [
        ("nothing", None),
        ("an empty header", Some(("authorization", ""))),
        ("another scheme", Some(("authorization", "Basic YWRtaW46YWRtaW4="))),
        ("a scheme without a key", Some(("authorization", "Bearer"))),
        ("nonsense", Some(("authorization", lower.as_str()))),
        ("a revoked key", Some(("authorization", revoked.as_str()))),
        ("a forged key", Some(("authorization", forged.as_str()))),
        ("an unknown session", Some(("cookie", "heatline_session=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"))),
        ("an empty session", Some(("cookie", "heatline_session="))),
    ];
    for route in SITE_ROUTES.into_iter().chain(OTHER_ROUTES) {
        for (what, header) in cases {
            let request = to_route(&app, route, SITE);
            let request = match header {
                Some((name, value)) => request.header(name, value),
                None => request,
            };
            let answer = request.send().await;
            answer.problem(401, "not_signed_in", &format!("{what} on {route:?}"));
            assert_eq!(answer.header("www-authenticate"), Some("Bearer"), "{what} on {route:?}");
        }
    }
    app.stop().await;
}

/// Asks every route as somebody who may see [`SITE`] and not [`HIDDEN`]: a hidden site must look like a missing one.
async fn assert_hidden_is_missing(app: &TestApp, dress: impl Fn(Request) -> Request) {
    for route in SITE_ROUTES {
        let hidden = dress(to_route(app, route, HIDDEN)).send().await;
        let missing = dress(to_route(app, route, MISSING)).send().await;
        hidden.problem(404, "site_not_found", &format!("{route:?}"));
        assert_eq!(hidden.body, missing.body, "{route:?}: a hidden site looks like a missing one");
        let names = |answer: &Answer| {
            let mut names: Vec<String> = answer.headers.keys().map(ToString::to_string).collect();
            names.sort();
            names
        };
        assert_eq!(names(&hidden), names(&missing), "{route:?}");
    }
    let sites = dress(app.get("/api/v1/sites")).send().await.expect(200, "the list of sites").json();
    let listed: Vec<&Value> = sites["sites"].as_array().unwrap().iter().map(|site| &site["domain"]).collect();
    assert!(!listed.contains(&&json!(HIDDEN)), "{listed:?}");
}

#[tokio::test]
async fn a_site_that_one_may_not_see_is_not_there_on_any_route() {
    let app = TestApp::start().await;
    app.add_site(HIDDEN).await;
    for role in [Role::Viewer, Role::Editor, Role::Owner] {
        let session = app.signed_in(&format!("{}@x.example", role.as_str()), Some((SITE, role))).await;
        assert_hidden_is_missing(&app, |request| request.session(&session)).await;
    }
    app.add_user("nobody@x.example", Some((SITE, Role::Viewer))).await;
    let nobody = app.control.user(&EmailAddress::parse("nobody@x.example").unwrap()).await.unwrap();
    app.control.revoke(nobody.id, app.site_id(SITE).await).await.unwrap();
    let session = app.sign_in("nobody@x.example", PASSWORD).await.expect(200, "somebody of no site").session();
    assert_hidden_is_missing(&app, |request| request.session(&session)).await;
    let key = app.add_key("stats,events,sites", Some(SITE)).await;
    assert_hidden_is_missing(&app, |request| request.key(&key)).await;
    // The site is there for whom it is meant.
    app.get(&format!("/api/v1/sites/{HIDDEN}")).key(&app.key).send().await.expect(200, "an open key");
    app.stop().await;
}

#[tokio::test]
async fn a_role_opens_what_it_is_for_on_every_route() {
    let app = TestApp::start().await;
    // A number that every `{id}` of these tests means: of a member who may be removed.
    app.add_user("first@x.example", Some((SITE, Role::Viewer))).await;
    let callers = [Some(Role::Viewer), Some(Role::Editor), Some(Role::Owner), None];
    for role in callers {
        let name = role.map_or("admin", Role::as_str);
        let session = app.signed_in(&format!("{name}@x.example"), role.map(|role| (SITE, role))).await;
        // The site itself goes last.
        let (of_the_site, others): (Vec<_>, Vec<_>) =
            SITE_ROUTES.into_iter().partition(|route| (route.0, route.1) == ("DELETE", SITE_ROUTE.1));
        for route in others.into_iter().chain(of_the_site) {
            let what = format!("{name} on {route:?}");
            let request = to_route(&app, route, SITE).session(&session);
            let may = role.is_none() || least_role(route).is_some_and(|least| role >= Some(least));
            if may && is_endless(route) {
                drop(request.open().await);
                continue;
            }
            let answer = request.send().await;
            if may {
                assert_ne!(answer.status / 100, 5, "{what}: {answer:?}");
                assert!(!matches!(answer.status, 401 | 403), "{what}: {answer:?}");
                assert!(answer.status != 404 || answer.json()["code"] != "site_not_found", "{what}: {answer:?}");
            } else {
                let code = answer.json()["code"].clone();
                assert!(answer.status == 403 && (code == "not_admin" || code == "not_owner"), "{what}: {answer:?}");
            }
        }
    }
    app.stop().await;
}

#[tokio::test]
async fn only_administrators_know_all_users() {
    let app = TestApp::start().await;
    let owner = app.signed_in("owner@x.example", Some((SITE, Role::Owner))).await;
    let admin = app.signed_in("admin@x.example", None).await;
    for route in OTHER_ROUTES.into_iter().filter(|(_, path, _)| path.starts_with("/api/v1/users")) {
        to_route(&app, route, SITE).session(&owner).send().await.problem(403, "not_admin", "an owner");
        to_route(&app, route, SITE).key(&app.key).send().await.problem(403, "needs_session", "a key");
    }
    let list = async || app.get("/api/v1/users").session(&admin).send().await.expect(200, "all users").json();
    let emails = |users: &Value| {
        users["users"]
            .as_array()
            .unwrap()
            .iter()
            .map(|user| user["email"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(emails(&list().await), ["admin@x.example", "owner@x.example"]);
    let add = |email: &str| app.post("/api/v1/users").session(&admin).json(&json!({"email": email, "admin": false}));
    let added = add("New@x.example").send().await.expect(201, "a new user").json();
    add("new@x.example").send().await.problem(409, "user_exists", "twice");
    let answer = add("new").send().await;
    assert_eq!(answer.problem(400, "invalid", "no address")["errors"][0]["pointer"], "/email");
    let password = added["password"].as_str().unwrap();
    let session = app.sign_in("new@x.example", password).await.expect(200, "the made password").session();

    let remove = |id: &Value| app.request(Method::DELETE, &format!("/api/v1/users/{id}")).session(&admin).send();
    remove(&added["id"]).await.expect(204, "a user is removed");
    remove(&added["id"]).await.problem(404, "user_not_found", "again");
    remove(&json!("x")).await.problem(404, "user_not_found", "no number");
    app.get("/api/v1/session").session(&session).send().await.problem(401, "not_signed_in", "a removed user");
    let own = app.get("/api/v1/account").session(&admin).send().await.expect(200, "oneself").json();
    remove(&own["id"]).await.problem(409, "removes_self", "oneself");
    assert_eq!(emails(&list().await), ["admin@x.example", "owner@x.example"]);
    app.stop().await;
}

#[tokio::test]
async fn a_role_says_who_may_change_a_site() {
    let app = TestApp::start().await;
    let cases = [(Role::Viewer, false), (Role::Editor, true), (Role::Owner, true)];
    for (role, may_change) in cases {
        let name = role.as_str();
        let session = app.signed_in(&format!("{name}@x.example"), Some((SITE, role))).await;
        let at = |method: Method| app.request(method, "/api/v1/sites/demo.example").session(&session);
        let shown = at(Method::GET).send().await.expect(200, name).json();
        assert_eq!(shown["domain"], SITE);
        let changed = at(Method::PATCH).json(&json!({"settings": {"public_badge": true}})).send().await;
        if may_change {
            assert_eq!(changed.expect(200, name).json()["settings"]["public_badge"], true);
        } else {
            changed.problem(403, "not_admin", name);
            let shown = at(Method::GET).send().await.expect(200, name).json();
            assert_eq!(shown["settings"]["public_badge"], false, "nothing was changed");
        }
        at(Method::DELETE).send().await.problem(403, "not_admin", name);
        let new = app.post("/api/v1/sites").session(&session).json(&json!({"domain": "new.example"}));
        new.send().await.problem(403, "not_admin", name);
    }
    let session = app.signed_in("admin@x.example", None).await;
    let removed = app.request(Method::DELETE, "/api/v1/sites/demo.example").session(&session).send().await;
    assert_eq!(removed.expect(200, "an administrator").json(), json!({"deleted": true}));
    let dropped = app.beacon(&a_pageview("/")).await;
    assert_eq!(dropped.header("x-heatline-dropped"), Some("unknown_site"), "nothing of it is counted any more");
    app.stop().await;
}

#[tokio::test]
async fn a_key_opens_what_its_scopes_say() {
    let app = TestApp::start().await;
    // Without a scope that fits, what a key asks of a site it may see is refused by name.
    let needs = |route: (&str, &str, &str)| match route {
        ("PATCH" | "PUT" | "DELETE", ..) => "sites",
        (_, path, _) if path.contains("/shared-links") => "sites",
        ("POST", path, _) if NAMED.iter().any(|what| path.ends_with(what)) => "sites",
        ("POST", path, _) if path.ends_with("/events") || path.ends_with("/import") => "events",
        _ => "stats",
    };
    for scopes in ["stats", "events", "sites"] {
        let key = app.add_key(scopes, Some(SITE)).await;
        for route in SITE_ROUTES {
            if OF_PEOPLE.iter().any(|part| route.1.contains(part)) {
                let answer = to_route(&app, route, SITE).key(&key).send().await;
                answer.problem(403, "needs_session", &format!("{scopes} on {route:?}"));
                continue;
            }
            if is_endless(route) && scopes == "stats" {
                app.stream(&route.1.replace("{site}", SITE), &key).await;
                continue;
            }
            let answer = to_route(&app, route, SITE).key(&key).send().await;
            let what = format!("{scopes} on {route:?}");
            // Showing a site and what it names is open to both scopes; a key of one site may remove none.
            let shows = (route.0, route.1) == SITE_ROUTE
                || (route.0 == "GET" && NAMED.iter().any(|what| route.1.contains(what)));
            let is_open = scopes == needs(route) || (scopes == "sites" && shows);
            match (is_open, route.0) {
                (true, "DELETE") if route.1 == SITE_ROUTE.1 => drop(answer.problem(403, "not_admin", &what)),
                // As Plausible answers; and the goal is gone by then.
                (true, "DELETE") if route.1.starts_with("/api/v1/sites/custom-props/") => {
                    assert_eq!(answer.status, 200, "{what}: {answer:?}");
                }
                (true, "DELETE") if route.1.starts_with("/api/v1/sites/goals/") => {
                    answer.problem(404, "goal_not_found", &what);
                    continue;
                }
                (true, "DELETE") if route.1.contains("/data?") => assert_eq!(answer.json(), json!({"done": true})),
                (true, "DELETE") => assert_eq!(answer.status, 204, "{what}: {answer:?}"),
                (true, "PUT") => drop(answer.problem(400, "invalid", &what)),
                (true, _) => {
                    assert!(
                        matches!(answer.status, 200 | 201 | 202 | 404) && answer.text() != "",
                        "{what}: {answer:?}"
                    );
                }
                (false, _) => {
                    let problem = answer.problem(403, "missing_scope", &what);
                    assert!(problem["detail"].as_str().unwrap().contains(needs(route)), "{what}: {problem}");
                }
            }
            if is_open && answer.status == 404 {
                let code = match route.1 {
                    path if path.contains("/screenshot?") => "no_screenshot",
                    path if path.contains("/segments/") => "segment_not_found",
                    _ => "no_data",
                };
                answer.problem(404, code, &what);
            }
        }
    }
    let key = app.add_key("stats", None).await;
    let new = app.post("/api/v1/sites").key(&key).json(&json!({"domain": "new.example"}));
    new.send().await.problem(403, "missing_scope", "a key for reading");
    let key = app.add_key("sites", Some(SITE)).await;
    let new = app.post("/api/v1/sites").key(&key).json(&json!({"domain": "new.example"}));
    new.send().await.problem(403, "not_admin", "a key for one site");
    let who = app.get("/api/v1/session").key(&app.key).send().await;
    who.problem(401, "not_signed_in", "a key is no user");
    app.stop().await;
}

/// What a shared link opens: the paths that are read with GET, and questions, which are POSTs.
const SHARED: [(&str, &[&str]); 3] = [
    (
        "reports",
        &[
            "/live",
            "/live/stream",
            "/live/history",
            "/goals",
            "/segments",
            "/segments/{id}",
            "/props",
            "/annotations",
            "/funnel",
            "/retention",
            "/journeys",
            "/api/v2/query",
        ],
    ),
    (
        "heatmaps",
        &["/pages", "/heatmap.png", "/heatmap.webp", "/heatmap.svg", "/heatmap.gif", "/heatmap.json", "/elements"],
    ),
    ("live_feed", &["/live/visitors", "/live/events"]),
];

/// Returns which part of a site a route shows, if a shared link opens it.
fn shared_part((method, path, _): (&str, &str, &str)) -> Option<&'static str> {
    let path = path.split('?').next().unwrap();
    let path = path.strip_prefix("/api/v1/sites/{site}").unwrap_or(path);
    let asks = ["/funnel", "/retention", "/journeys", "/api/v2/query"].contains(&path);
    let (part, _) = SHARED.iter().find(|(_, paths)| paths.contains(&path))?;
    (method == if asks { "POST" } else { "GET" }).then_some(part)
}

#[tokio::test]
async fn a_shared_link_opens_what_it_shows_and_no_other_route() {
    let app = TestApp::start().await;
    app.add_site(HIDDEN).await;
    let opened = SITE_ROUTES.into_iter().filter(|route| shared_part(*route).is_some()).count();
    assert_eq!(opened, SHARED.iter().map(|(_, paths)| paths.len()).sum::<usize>(), "a path of this test is no route");
    for (heatmaps, live_feed) in [(false, false), (true, false), (false, true), (true, true)] {
        let body = json!({"name": format!("{heatmaps} {live_feed}"), "heatmaps": heatmaps, "live_feed": live_feed});
        let token = token_of(&share(&app, &body).await);
        for route in SITE_ROUTES {
            let what = format!("{heatmaps} {live_feed} on {route:?}");
            let shows = match shared_part(route) {
                None => {
                    for site in [SITE, HIDDEN] {
                        let answer = to_route(&app, route, site).key(&token).send().await;
                        answer.problem(401, "not_signed_in", &what);
                    }
                    continue;
                }
                Some("heatmaps") => heatmaps,
                Some("live_feed") => live_feed,
                Some(_) => true,
            };
            let hidden = to_route(&app, route, HIDDEN).key(&token).send().await;
            let missing = to_route(&app, route, MISSING).key(&token).send().await;
            hidden.problem(404, "site_not_found", &what);
            assert_eq!(hidden.body, missing.body, "{what}");
            let is_stream = route.1.ends_with("/stream") || route.1.ends_with("/live/events");
            if is_stream && shows {
                app.stream(&route.1.replace("{site}", SITE), &token).await;
                continue;
            }
            let answer = to_route(&app, route, SITE).key(&token).send().await;
            if !shows {
                answer.problem(404, "not_shared", &what);
            } else if answer.status != 200 {
                let code = if route.1.contains("/segments/") { "segment_not_found" } else { "no_data" };
                answer.problem(404, code, &what);
            }
        }
        for route in OTHER_ROUTES.into_iter().filter(|route| route.1 != "/api/v1/share") {
            to_route(&app, route, SITE).key(&token).send().await.problem(401, "not_signed_in", &format!("{route:?}"));
        }
    }
    app.stop().await;
}

/// What a site's owner names in advance.
const NAMED: [&str; 5] = ["/goals", "/segments", "/props", "/annotations", "/custom-props"];

const SITE_ROUTE: (&str, &str) = ("GET", "/api/v1/sites/{site}");

#[tokio::test]
async fn a_new_password_ends_the_sessions_of_the_old_one() {
    let app = TestApp::start().await;
    let session = app.signed_in("ann@x.example", None).await;
    let bystander = app.signed_in("bob@x.example", None).await;
    let user =
        app.control.users().await.unwrap().into_iter().find(|user| user.email.as_str() == "ann@x.example").unwrap();
    let password = heatline::control::Password::parse("another horse battery").unwrap();
    app.control.set_password(user.id, &password).await.unwrap();
    let who = async |session: &str| app.get("/api/v1/session").session(session).send().await;
    who(&session).await.problem(401, "not_signed_in", "a session of the old password");
    who(&bystander).await.expect(200, "somebody else's session");
    app.sign_in("ann@x.example", PASSWORD).await.problem(401, "wrong_credentials", "the old password");
    app.sign_in("ann@x.example", "another horse battery").await.expect(200, "the new password");
    app.stop().await;
}
