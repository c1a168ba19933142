//! The people of a site: members, invitations, keys, and one's own account.

use heatline::control::Role;
use reqwest::Method;
use serde_json::{Value, json};

use crate::helpers::{Answer, SITE, TestApp, Visitor, app::PASSWORD};

const OTHER: &str = "other.example";
const FIREFOX: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";

/// A path of the site.
fn at(path: &str) -> String {
    format!("/api/v1/sites/{SITE}{path}")
}

async fn invite(app: &TestApp, session: &str, body: &Value) -> Answer {
    app.post(&at("/invitations")).session(session).json(body).send().await
}

/// Makes an invitation and returns the token of its link.
async fn invited(app: &TestApp, session: &str, body: &Value) -> String {
    let made = invite(app, session, body).await.expect(201, "an invitation").json();
    made["url"].as_str().unwrap().split_once('#').unwrap().1.to_owned()
}

async fn look(app: &TestApp, token: &str) -> Answer {
    app.post("/api/v1/invitation").json(&json!({"token": token})).send().await
}

async fn accept(app: &TestApp, token: &str, session: &str) -> Answer {
    app.post("/api/v1/invitation/accept").session(session).json(&json!({"token": token})).send().await
}

async fn accept_as_new(app: &TestApp, token: &str, email: &str, password: &str) -> Answer {
    let body = json!({"token": token, "account": {"email": email, "password": password}});
    app.post("/api/v1/invitation/accept").json(&body).send().await
}

async fn people(app: &TestApp, session: &str) -> Value {
    app.get(&at("/people")).session(session).send().await.expect(200, "the people").json()
}

async fn who(app: &TestApp, session: &str) -> Answer {
    app.get("/api/v1/session").session(session).send().await
}

#[tokio::test]
async fn an_invitation_lets_a_stranger_in_once() {
    let app = TestApp::start().await;
    app.add_site(OTHER).await;
    let owner = app.signed_in("ann@x.example", Some((SITE, Role::Owner))).await;
    let made = invite(&app, &owner, &json!({"role": "editor"})).await.expect(201, "an invitation");
    assert_eq!(made.header("cache-control"), Some("no-store"));
    let made = made.json();
    let (page, token) = made["url"].as_str().unwrap().split_once('#').unwrap();
    assert_eq!(page, format!("{}/invitation", app.url), "the token is where no log sees it");

    let listed = people(&app, &owner).await;
    assert_eq!(listed["invitations"][0]["role"], "editor");
    assert!(!listed.to_string().contains(token), "the link cannot be shown again");
    assert_eq!(listed["members"], json!([{"id": 1, "email": "ann@x.example", "role": "owner", "admin": false}]));

    let shown = look(&app, token).await.expect(200, "what it is for").json();
    assert_eq!((&shown["site"], &shown["role"], &shown["email"]), (&json!(SITE), &json!("editor"), &Value::Null));
    let weak = accept_as_new(&app, token, "bob@x.example", "short").await;
    assert_eq!(weak.problem(400, "invalid", "a weak password")["errors"][0]["pointer"], "/account/password");
    let bob = accept_as_new(&app, token, "Bob@x.example", PASSWORD).await.expect(201, "a new account");
    assert_eq!(bob.json()["user"]["email"], "bob@x.example");
    assert_eq!((&bob.json()["user"]["admin"], &bob.json()["roles"]), (&json!(false), &json!({SITE: "editor"})));
    let session = bob.session();
    app.get(&at("")).session(&session).send().await.expect(200, "the site");
    let hidden = app.get(&format!("/api/v1/sites/{OTHER}")).session(&session).send().await;
    hidden.problem(404, "site_not_found", "another site");

    accept_as_new(&app, token, "eve@x.example", PASSWORD).await.problem(404, "invitation_not_found", "the link, again");
    look(&app, token).await.problem(404, "invitation_not_found", "looking at a used link");
    let users = app.control.users().await.unwrap();
    assert_eq!(users.len(), 2, "{users:?}");
    assert_eq!(people(&app, &owner).await["invitations"], json!([]));
    app.stop().await;
}

#[tokio::test]
async fn whoever_is_signed_in_accepts_as_they_are() {
    let app = TestApp::start().await;
    app.add_site(OTHER).await;
    let owner = app.signed_in("ann@x.example", Some((SITE, Role::Owner))).await;
    let bob = app.signed_in("bob@x.example", Some((OTHER, Role::Owner))).await;
    let token = invited(&app, &owner, &json!({"role": "viewer", "email": "bob@x.example", "expires_in_days": 1})).await;
    let stranger = app.post("/api/v1/invitation/accept").json(&json!({"token": token})).send().await;
    stranger.problem(401, "not_signed_in", "nobody is signed in");
    let eve = app.signed_in("eve@x.example", Some((OTHER, Role::Viewer))).await;
    accept(&app, &token, &eve).await.problem(403, "invited_somebody_else", "somebody else");
    let new = accept_as_new(&app, &token, "mallory@x.example", PASSWORD).await;
    new.problem(403, "invited_somebody_else", "a new account of another address");
    let key = app.post("/api/v1/invitation/accept").key(&app.key).json(&json!({"token": token})).send().await;
    key.problem(403, "needs_session", "a key is nobody");

    let accepted = accept(&app, &token, &bob).await.expect(200, "whom it is for");
    assert_eq!(accepted.json(), json!({"site": SITE}));
    assert!(accepted.header("set-cookie").is_none());
    assert_eq!(who(&app, &bob).await.json()["roles"], json!({OTHER: "owner", SITE: "viewer"}));

    let token = invited(&app, &owner, &json!({"role": "viewer"})).await;
    let taken = accept_as_new(&app, &token, "bob@x.example", PASSWORD).await;
    taken.problem(409, "user_exists", "an account that is there");
    app.sign_in("bob@x.example", PASSWORD).await.expect(200, "with the password that it had");
    app.stop().await;
}

#[tokio::test]
async fn guesses_at_invitations_are_counted_and_pages_of_others_are_refused() {
    let app = TestApp::start().await;
    let owner = app.signed_in("ann@x.example", Some((SITE, Role::Owner))).await;
    let token = invited(&app, &owner, &json!({"role": "viewer"})).await;
    let visitor = |address: &str| Visitor { address: address.to_owned(), user_agent: FIREFOX.to_owned() };
    let guess = |token: &str, address: &str| {
        app.post("/api/v1/invitation").visitor(&visitor(address)).json(&json!({"token": token})).send()
    };
    for attempt in 0..50 {
        guess(&format!("guess {attempt}"), "203.0.113.9").await.problem(404, "invitation_not_found", "a guess");
    }
    guess(&token, "203.0.113.9").await.problem(429, "too_many_attempts", "even the right one");
    guess(&token, "203.0.113.10").await.expect(200, "somebody else");

    for (path, body) in [
        ("/api/v1/invitation", json!({"token": token})),
        ("/api/v1/invitation/accept", json!({"token": token})),
        (
            "/api/v1/invitation/accept",
            json!({"token": token, "account": {"email": "b@x.example", "password": PASSWORD}}),
        ),
    ] {
        let foreign = app.post(path).session(&owner).header("sec-fetch-site", "cross-site").json(&body).send().await;
        foreign.problem(403, "cross_site", path);
    }
    look(&app, &token).await.expect(200, "nothing of it used the link up");
    app.stop().await;
}

#[tokio::test]
async fn invitations_are_taken_back_and_have_bounds() {
    let app = TestApp::start().await;
    app.add_site(OTHER).await;
    let owner = app.signed_in("ann@x.example", Some((SITE, Role::Owner))).await;
    let of_other = app.signed_in("bob@x.example", Some((OTHER, Role::Owner))).await;
    for (body, pointer) in [
        (json!({"role": "king"}), "/role"),
        (json!({"role": "viewer", "email": "bob"}), "/email"),
        (json!({"role": "viewer", "expires_in_days": 0}), "/expires_in_days"),
        (json!({"role": "viewer", "expires_in_days": 31}), "/expires_in_days"),
    ] {
        let refused = invite(&app, &owner, &body).await.problem(400, "invalid", &body.to_string());
        assert_eq!(refused["errors"][0]["pointer"], pointer);
    }
    let token = invited(&app, &owner, &json!({"role": "viewer"})).await;
    let id = people(&app, &owner).await["invitations"][0]["id"].clone();
    let of = |site: &str| format!("/api/v1/sites/{site}/invitations/{id}");
    let foreign = app.request(Method::DELETE, &of(OTHER)).session(&of_other).send().await;
    foreign.problem(404, "invitation_not_found", "by the owner of another site");
    let hidden = app.request(Method::DELETE, &of(SITE)).session(&of_other).send().await;
    hidden.problem(404, "site_not_found", "at a site that is not theirs");
    app.request(Method::DELETE, &of(SITE)).session(&owner).send().await.expect(204, "taken back");
    look(&app, &token).await.problem(404, "invitation_not_found", "after that");

    for _ in 0..50 {
        invited(&app, &owner, &json!({"role": "viewer"})).await;
    }
    invite(&app, &owner, &json!({"role": "viewer"})).await.problem(409, "too_many", "one more");
    app.stop().await;
}

#[tokio::test]
async fn owners_decide_on_roles_and_the_last_one_stays() {
    let app = TestApp::start().await;
    let ann = app.signed_in("ann@x.example", Some((SITE, Role::Owner))).await;
    let bob = app.signed_in("bob@x.example", Some((SITE, Role::Viewer))).await;
    let admin = app.signed_in("admin@x.example", None).await;
    let member = |id: u32| at(&format!("/people/{id}"));
    let set = |session: &str, id: u32, role: &str| {
        app.request(Method::PATCH, &member(id)).session(session).json(&json!({"role": role})).send()
    };
    let remove = |session: &str, id: u32| app.request(Method::DELETE, &member(id)).session(session).send();

    set(&ann, 1, "editor").await.problem(409, "last_owner", "lowering oneself");
    remove(&ann, 1).await.problem(409, "last_owner", "leaving");
    set(&ann, 3, "viewer").await.problem(404, "member_not_found", "who is no member");
    let king = set(&ann, 2, "king").await;
    assert_eq!(king.problem(400, "invalid", "no role")["errors"][0]["pointer"], "/role");
    set(&bob, 2, "owner").await.problem(403, "not_owner", "raising oneself");
    set(&ann, 2, "owner").await.expect(204, "a second owner");
    set(&bob, 1, "viewer").await.expect(204, "the first one lowered");
    assert_eq!(who(&app, &ann).await.json()["roles"], json!({SITE: "viewer"}));
    app.get(&at("/people")).session(&ann).send().await.problem(403, "not_owner", "a viewer does not see the people");

    remove(&ann, 2).await.problem(403, "not_owner", "a viewer removes nobody else");
    remove(&ann, 1).await.expect(204, "a member leaves");
    app.get(&at("")).session(&ann).send().await.problem(404, "site_not_found", "and sees nothing any more");
    set(&admin, 2, "viewer").await.expect(204, "an administrator lowers the last owner");
    remove(&admin, 2).await.expect(204, "and removes anybody");
    assert_eq!(people(&app, &admin).await["members"], json!([]));
    app.stop().await;
}

#[tokio::test]
async fn a_key_of_a_site_is_shown_once_and_may_no_more_than_its_maker() {
    let app = TestApp::start().await;
    app.add_site(OTHER).await;
    let ann = app.signed_in("ann@x.example", Some((SITE, Role::Owner))).await;
    let bob = app.signed_in("bob@x.example", Some((SITE, Role::Owner))).await;
    let make = |session: &str, body: Value| app.post(&at("/keys")).session(session).json(&body).send();
    for (body, pointer) in [
        (json!({"name": " ", "scopes": ["stats"]}), "/name"),
        (json!({"name": "ci", "scopes": []}), "/scopes"),
        (json!({"name": "ci", "scopes": ["all"]}), "/scopes"),
    ] {
        let refused = make(&ann, body.clone()).await.problem(400, "invalid", &body.to_string());
        assert_eq!(refused["errors"][0]["pointer"], pointer);
    }
    let made = make(&ann, json!({"name": "ci", "scopes": ["stats", "sites"]})).await.expect(201, "a key").json();
    let key = made["key"].as_str().unwrap();
    app.get(&at("")).key(key).send().await.expect(200, "its site");
    let other = app.get(&format!("/api/v1/sites/{OTHER}")).key(key).send().await;
    other.problem(404, "site_not_found", "another site");
    for (method, path) in [(Method::GET, "/keys"), (Method::GET, "/people")] {
        let answer = app.request(method, &at(path)).key(key).send().await;
        answer.problem(403, "needs_session", "a key knows neither keys nor people");
    }

    let list = async || app.get(&at("/keys")).session(&bob).send().await.expect(200, "the keys").json();
    let listed = list().await;
    let listed = &listed["keys"];
    assert_eq!(listed.as_array().unwrap().len(), 1, "keys for all sites are not listed: {listed}");
    assert_eq!((&listed[0]["name"], &listed[0]["made_by"]), (&json!("ci"), &json!("ann@x.example")));
    assert!(listed[0]["last_used_at"].is_string() && listed[0]["key"].is_null(), "{listed}");

    let all_sites = app.request(Method::DELETE, &at("/keys/1")).session(&bob).send().await;
    all_sites.problem(404, "key_not_found", "a key for all sites is none of an owner's business");
    app.get(&at("")).key(&app.key).send().await.expect(200, "it still opens");

    app.request(Method::PATCH, &at("/people/1"))
        .session(&bob)
        .json(&json!({"role": "editor"}))
        .send()
        .await
        .expect(204, "lowered");
    app.get(&at("")).key(key).send().await.problem(401, "not_signed_in", "the key of a former owner");
    let made = make(&bob, json!({"name": "ci", "scopes": ["stats"]})).await.expect(201, "a key").json();
    let path = at(&format!("/keys/{}", made["id"]));
    app.request(Method::DELETE, &path).session(&bob).send().await.expect(204, "revoked");
    app.get(&at("")).key(made["key"].as_str().unwrap()).send().await.problem(401, "not_signed_in", "a revoked key");
    app.request(Method::DELETE, &path).session(&bob).send().await.problem(404, "key_not_found", "again");
    app.stop().await;
}

#[tokio::test]
async fn what_one_chooses_is_there_after_the_next_sign_in() {
    let app = TestApp::start().await;
    let ann = app.signed_in("ann@x.example", Some((SITE, Role::Viewer))).await;
    let change = |body: Value| app.request(Method::PATCH, "/api/v1/account").session(&ann).json(&body).send();
    let shown = app.get("/api/v1/account").session(&ann).send().await.expect(200, "oneself").json();
    assert_eq!(
        (&shown["language"], &shown["theme"], &shown["time_format"]),
        (&Value::Null, &Value::Null, &Value::Null)
    );
    assert_eq!(shown["sites"], json!([{"domain": SITE, "role": "viewer"}]));
    change(json!({"language": "bg", "theme": "dark"})).await.expect(200, "a choice");
    let changed = change(json!({"time_format": "12", "theme": null})).await.expect(200, "another choice").json();
    assert_eq!((&changed["language"], &changed["theme"]), (&json!("bg"), &json!("dark")), "what is not given stays");
    for (body, pointer) in [
        (json!({"language": "tlh"}), "/language"),
        (json!({"theme": "sepia"}), "/theme"),
        (json!({"time_format": "36"}), "/time_format"),
    ] {
        let refused = change(body.clone()).await.problem(400, "invalid", &body.to_string());
        assert_eq!(refused["errors"][0]["pointer"], pointer);
    }
    change(json!({"admin": true})).await.problem(400, "malformed", "what is no choice");

    let again = app.sign_in("ann@x.example", PASSWORD).await.expect(200, "elsewhere").json();
    assert_eq!(again["user"]["language"], "bg");
    assert_eq!((&again["user"]["theme"], &again["user"]["time_format"]), (&json!("dark"), &json!("12")));
    app.stop().await;
}

#[tokio::test]
async fn a_new_password_needs_the_old_one_and_signs_all_others_out() {
    let app = TestApp::start().await;
    let ann = app.signed_in("ann@x.example", Some((SITE, Role::Viewer))).await;
    let elsewhere = app.sign_in("ann@x.example", PASSWORD).await.expect(200, "elsewhere").session();
    let change = |old: &str, new: &str| {
        let body = json!({"old_password": old, "password": new});
        app.request(Method::PUT, "/api/v1/account/password").session(&ann).json(&body).send()
    };
    change("wrong horse battery", "staple after staple").await.problem(403, "wrong_password", "a guess");
    let weak = change(PASSWORD, "short").await;
    assert_eq!(weak.problem(400, "invalid", "a weak password")["errors"][0]["pointer"], "/password");
    who(&app, &elsewhere).await.expect(200, "nothing has changed yet");

    let changed = change(PASSWORD, "staple after staple").await.expect(200, "a new password");
    who(&app, &elsewhere).await.problem(401, "not_signed_in", "the other browser");
    who(&app, &ann).await.problem(401, "not_signed_in", "the old session of this one");
    who(&app, &changed.session()).await.expect(200, "the new session of this one");
    app.sign_in("ann@x.example", PASSWORD).await.problem(401, "wrong_credentials", "the old password");
    app.sign_in("ann@x.example", "staple after staple").await.expect(200, "the new password");
    app.stop().await;
}

#[tokio::test]
async fn whoever_finds_an_open_browser_cannot_guess_the_password() {
    let app = TestApp::start().await;
    let ann = app.signed_in("ann@x.example", Some((SITE, Role::Viewer))).await;
    let change = |old: String| {
        let body = json!({"old_password": old, "password": "staple after staple"});
        app.request(Method::PUT, "/api/v1/account/password").session(&ann).json(&body).send()
    };
    for attempt in 0..10 {
        change(format!("guess number {attempt}")).await.problem(403, "wrong_password", "a guess");
    }
    change(PASSWORD.to_owned()).await.problem(429, "too_many_attempts", "even the right one");
    app.stop().await;
}

#[tokio::test]
async fn one_sees_and_ends_ones_own_sessions() {
    let app = TestApp::start().await;
    app.add_user("ann@x.example", Some((SITE, Role::Viewer))).await;
    let bob = app.signed_in("bob@x.example", Some((SITE, Role::Viewer))).await;
    let sign_in = async |user_agent: &str| {
        let body = json!({"email": "ann@x.example", "password": PASSWORD});
        let request = app.post("/api/v1/session").header("user-agent", user_agent).json(&body);
        request.send().await.expect(200, "signing in").session()
    };
    let (here, there, bare) =
        (sign_in(FIREFOX).await, sign_in(&format!("{FIREFOX} Secret/1")).await, sign_in("").await);
    let list = async |session: &str| {
        let answer = app.get("/api/v1/account/sessions").session(session).send().await.expect(200, "the sessions");
        answer.json()["sessions"].as_array().unwrap().clone()
    };
    let listed = list(&here).await;
    assert_eq!(listed.len(), 3, "{listed:?}");
    let current: Vec<_> = listed.iter().filter(|session| session["current"] == true).collect();
    assert_eq!(current.len(), 1);
    assert_eq!((&current[0]["browser"], &current[0]["os"]), (&json!("Firefox"), &json!("Linux")));
    let told = serde_json::to_string(&listed).unwrap();
    assert!(!told.contains("Secret") && !told.contains("140") && !told.contains(&here), "{told}");

    let end = |session: &str, id: &str| {
        app.request(Method::DELETE, &format!("/api/v1/account/sessions/{id}")).session(session).send()
    };
    let other = list(&there).await.into_iter().find(|session| session["current"] == true).unwrap();
    let id = other["id"].as_str().unwrap();
    end(&bob, id).await.problem(404, "session_not_found", "somebody else's");
    end(&here, id).await.expect(204, "one's own");
    who(&app, &there).await.problem(401, "not_signed_in", "the ended one");
    end(&here, id).await.problem(404, "session_not_found", "again");

    let others = app.request(Method::DELETE, "/api/v1/account/sessions").session(&here).send().await;
    others.expect(204, "all others");
    who(&app, &bare).await.problem(401, "not_signed_in", "another one");
    who(&app, &here).await.expect(200, "this one");
    who(&app, &bob).await.expect(200, "somebody else's");
    app.stop().await;
}

/// A cookie that an attacker has put into a browser is not the one with which its owner is signed in.
#[tokio::test]
async fn every_sign_in_begins_a_session_of_its_own() {
    let app = TestApp::start().await;
    let owner = app.signed_in("ann@x.example", Some((SITE, Role::Owner))).await;
    let planted = "A".repeat(43);
    let body = json!({"email": "ann@x.example", "password": PASSWORD});
    let signed_in = app.post("/api/v1/session").session(&planted).json(&body).send().await.expect(200, "signing in");
    let token = invited(&app, &owner, &json!({"role": "viewer"})).await;
    let body = json!({"token": token, "account": {"email": "bob@x.example", "password": PASSWORD}});
    let accepted =
        app.post("/api/v1/invitation/accept").session(&planted).json(&body).send().await.expect(201, "accepted");
    assert!(signed_in.session() != planted && accepted.session() != planted && accepted.session() != owner);
    who(&app, &planted).await.problem(401, "not_signed_in", "the planted one");
    app.stop().await;
}
