//! Owns signing in and out, and the first user.

use std::collections::{BTreeMap, HashMap};

use actix_web::{
    HttpRequest, HttpResponse, Responder,
    cookie::{Cookie, SameSite, time::Duration},
    http::header,
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{
    Shared, State,
    auth::{Caller, SESSION_COOKIE, refuse_cross_site, session_cookie},
    client,
    error::ApiError,
    extractors::JsonObject,
    openapi::{Description, Operation, schema},
};
use crate::control::{
    ControlError, EmailAddress, Language, Password, Preferences, Role, SESSION_LIFETIME, SignedInWith, Theme,
    TimeFormat, User, UserId,
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SetUpBody {
    token: String,
    email: String,
    password: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignInBody {
    email: String,
    password: String,
}

/// Who is signed in, what they have chosen for themselves, and what they are to which site.
#[derive(Serialize)]
struct SignedIn {
    user: SignedInUser,
    /// By name of site; empty for administrators, who own every site.
    roles: BTreeMap<String, Role>,
}

#[derive(Serialize)]
struct SignedInUser {
    id: UserId,
    email: EmailAddress,
    admin: bool,
    #[serde(flatten)]
    preferences: Preferences,
}

/// `GET /api/v1/setup`: whether the first user is still to be made.
pub async fn setup_state(state: State) -> Result<impl Responder, ApiError> {
    let needed = state.control.needs_setup().await?;
    Ok(HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-store")).json(json!({"needed": needed})))
}

/// `POST /api/v1/setup`: makes the first user with the token of the printed link.
pub async fn set_up(
    request: HttpRequest,
    body: JsonObject<SetUpBody>,
    state: State,
) -> Result<impl Responder, ApiError> {
    refuse_cross_site(&request)?;
    let now = Timestamp::now();
    let address = client::address(&request, &state);
    throttled(&state, "set-up", address)?;
    let email = EmailAddress::parse(&body.email).map_err(ControlError::from)?;
    let password = Password::parse(&body.password).map_err(ControlError::from)?;
    let user = match state.control.complete_setup(&body.token, &email, &password, now).await {
        Err(error @ ControlError::WrongSetupToken) => {
            state.throttle.failed("set-up", address, state.ingest.clock.now_ms());
            return Err(error.into());
        }
        other => other?,
    };
    signed_in(&request, &state, &user, now, HttpResponse::Created()).await
}

/// `POST /api/v1/session`: signs in.
pub async fn sign_in(
    request: HttpRequest,
    body: JsonObject<SignInBody>,
    state: State,
) -> Result<impl Responder, ApiError> {
    refuse_cross_site(&request)?;
    let now = Timestamp::now();
    let address = client::address(&request, &state);
    throttled(&state, &body.email, address)?;
    let user = match state.control.verify(&body.email, &body.password).await {
        Err(error @ ControlError::WrongCredentials) => {
            state.throttle.failed(&body.email, address, state.ingest.clock.now_ms());
            return Err(error.into());
        }
        other => other?,
    };
    signed_in(&request, &state, &user, now, HttpResponse::Ok()).await
}

/// `GET /api/v1/session`: who is signed in.
pub async fn who_am_i(caller: Caller, state: State) -> Result<impl Responder, ApiError> {
    match caller {
        Caller::User(user) => {
            Ok(HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-store")).json(shown(&state, &user).await?))
        }
        Caller::Key(_) => Err(ApiError::NotSignedIn),
    }
}

/// `DELETE /api/v1/session`: signs out. Signing out twice is no error.
pub async fn sign_out(request: HttpRequest, state: State) -> Result<impl Responder, ApiError> {
    refuse_cross_site(&request)?;
    if let Some(cookie) = session_cookie(&request) {
        state.control.delete_session(cookie.value()).await?;
    }
    let mut gone = cookie(String::new(), client::is_secure(&request, &state));
    gone.make_removal();
    Ok(HttpResponse::NoContent().cookie(gone).finish())
}

/// Refuses an attempt where the account or the address has failed too often.
pub(super) fn throttled(shared: &Shared, account: &str, address: std::net::IpAddr) -> Result<(), ApiError> {
    shared
        .throttle
        .check(account, address, shared.ingest.clock.now_ms())
        .map_err(|retry_after_seconds| ApiError::TooManyAttempts { retry_after_seconds })
}

/// Begins a session: always a new one, whatever cookie the browser came with.
pub(super) async fn signed_in(
    request: &HttpRequest,
    shared: &Shared,
    user: &User,
    now: Timestamp,
    mut response: actix_web::HttpResponseBuilder,
) -> Result<HttpResponse, ApiError> {
    let agent = shared.ingest.enrichers.agents.identify(&client::sender(request, shared).user_agent).agent;
    let with = SignedInWith::new(&agent.browser, &agent.os);
    let token = shared.control.create_session(user, &with, now).await?;
    let cookie = cookie(token.reveal().to_owned(), client::is_secure(request, shared));
    let shown = shown(shared, user).await?;
    Ok(response.cookie(cookie).insert_header((header::CACHE_CONTROL, "no-store")).json(shown))
}

fn cookie(value: String, secure: bool) -> Cookie<'static> {
    Cookie::build(SESSION_COOKIE, value)
        .path("/")
        .http_only(true)
        .same_site(SameSite::Lax)
        .secure(secure)
        .max_age(Duration::seconds(SESSION_LIFETIME.as_secs()))
        .finish()
}

async fn shown(shared: &Shared, user: &User) -> Result<SignedIn, ApiError> {
    let preferences = shared.control.preferences(user.id).await?;
    let roles = roles(shared, user).await?;
    let user = SignedInUser { id: user.id, email: user.email.clone(), admin: user.admin, preferences };
    Ok(SignedIn { user, roles })
}

/// Returns what a user is to which site, by its name; nothing for administrators.
pub(super) async fn roles(shared: &Shared, user: &User) -> Result<BTreeMap<String, Role>, ApiError> {
    if user.admin {
        return Ok(BTreeMap::new());
    }
    let roles: HashMap<_, _> = shared.control.sites_of(user.id).await?.into_iter().collect();
    let sites = shared.sites.current();
    let named = sites.snapshot.iter().filter_map(|known| {
        let role = roles.get(&known.site.id)?;
        Some((known.site.name.as_str().to_owned(), *role))
    });
    Ok(named.collect())
}

/// The names of the choices, with what they may be.
pub(super) fn preferences_schema() -> [(&'static str, Value); 3] {
    let words = |all: Vec<&str>| schema::or_null(schema::words(&all));
    [
        ("language", words(Language::ALL.map(Language::as_str).to_vec())),
        ("theme", words(Theme::ALL.map(Theme::as_str).to_vec())),
        ("time_format", words(TimeFormat::ALL.map(TimeFormat::as_str).to_vec())),
    ]
}

/// Name of the schema of who is signed in.
pub(super) const SIGNED_IN: &str = "SignedIn";

pub(super) fn example() -> Value {
    json!({
        "user": { "id": 1, "email": "ann@x.example", "admin": false, "language": "en", "theme": "dark", "time_format": "24" },
        "roles": { "demo.example": "owner" },
    })
}

pub fn describe(api: &mut Description) {
    api.tag("Sessions", "Who is signed in to the dashboard.");
    let [language, theme, time_format] = preferences_schema();
    let user = schema::object(&[
        ("id", schema::count()),
        ("email", schema::text()),
        ("admin", schema::flag()),
        language,
        theme,
        time_format,
    ]);
    let roles = json!({
        "type": "object", "additionalProperties": schema::words(&Role::ALL.map(Role::as_str)),
        "description": "By name of site; empty for administrators, who own every site.",
    });
    api.schema(SIGNED_IN, schema::object(&[("user", user), ("roles", roles)]));
    let user = || schema::reference(SIGNED_IN);
    let example = example();
    let state = Operation::get("/api/v1/setup", "Is the first user still to be made").open();
    let needed = schema::object(&[("needed", schema::flag())]);
    api.add(state.answer(200, "Whether it is.", needed, &json!({ "needed": false })));
    let password = || json!({ "type": "string", "format": "password" });
    let body = schema::object(&[("token", schema::text()), ("email", schema::text()), ("password", password())]);
    let set_up = Operation::post("/api/v1/setup", "Make the first user").open();
    let set_up = set_up.about("The token is in the link that is printed at the first start. It signs in at once.");
    let asked =
        json!({ "token": "of the printed link", "email": "ann@x.example", "password": "correct horse battery" });
    let set_up = set_up.body(body, &asked).answer(201, "The user; a cookie is set.", user(), &example);
    api.add(set_up.fails(&[403, 409, 429]));
    let body = schema::object(&[("email", schema::text()), ("password", password())]);
    let sign_in = Operation::post("/api/v1/session", "Sign in").open();
    let sign_in = sign_in.body(body, &json!({ "email": "ann@x.example", "password": "correct horse battery" }));
    api.add(sign_in.answer(200, "The user; a cookie is set.", user(), &example).fails(&[401, 403, 429]));
    let who = Operation::get("/api/v1/session", "Who is signed in").session();
    api.add(who.answer(200, "The user.", user(), &example));
    let sign_out = Operation::delete("/api/v1/session", "Sign out").open().empty(204, "Nobody is signed in any more.");
    api.add(sign_out.fails(&[403]));
}
