//! Owns signing in and out, and the first user.

use actix_web::{
    HttpRequest, HttpResponse, Responder,
    cookie::{Cookie, SameSite, time::Duration},
    http::header,
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{
    Shared, State,
    auth::{Caller, SESSION_COOKIE, refuse_cross_site, session_cookie},
    client,
    error::ApiError,
    extractors::JsonObject,
    openapi::{Description, Operation, schema},
};
use crate::control::{ControlError, EmailAddress, Password, SESSION_LIFETIME, User};

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

#[derive(Serialize)]
struct UserResponse {
    email: String,
    admin: bool,
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
pub async fn who_am_i(caller: Caller) -> Result<impl Responder, ApiError> {
    match caller {
        Caller::User(user) => Ok(HttpResponse::Ok()
            .insert_header((header::CACHE_CONTROL, "no-store"))
            .json(json!({"user": shown(&user)}))),
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

fn throttled(shared: &Shared, account: &str, address: std::net::IpAddr) -> Result<(), ApiError> {
    shared
        .throttle
        .check(account, address, shared.ingest.clock.now_ms())
        .map_err(|retry_after_seconds| ApiError::TooManyAttempts { retry_after_seconds })
}

async fn signed_in(
    request: &HttpRequest,
    shared: &Shared,
    user: &User,
    now: Timestamp,
    mut response: actix_web::HttpResponseBuilder,
) -> Result<HttpResponse, ApiError> {
    let token = shared.control.create_session(user, now).await?;
    let cookie = cookie(token.reveal().to_owned(), client::is_secure(request, shared));
    Ok(response.cookie(cookie).insert_header((header::CACHE_CONTROL, "no-store")).json(json!({"user": shown(user)})))
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

fn shown(user: &User) -> UserResponse {
    UserResponse { email: user.email.as_str().to_owned(), admin: user.admin }
}

pub fn describe(api: &mut Description) {
    api.tag("Sessions", "Who is signed in to the dashboard.");
    let user = schema::object(&[("email", schema::text()), ("admin", schema::flag())]);
    let user = || schema::object(&[("user", user.clone())]);
    let example = json!({ "user": { "email": "ann@x.example", "admin": true } });
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
