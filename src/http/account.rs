//! Owns the doors to one's own account: choices, password, and the browsers that are signed in.

use actix_web::{HttpRequest, HttpResponse, Responder, http::header, web};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::json;

use super::{
    Shared, State,
    auth::{Caller, session_cookie},
    client,
    error::ApiError,
    extractors::JsonObject,
    openapi::{Description, Operation, schema},
    people::role_schema,
    sessions::{preferences_schema, roles, signed_in, throttled},
};
use crate::control::{ControlError, Language, Password, Preferences, Theme, TimeFormat, User};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChangeBody {
    language: Option<String>,
    theme: Option<String>,
    time_format: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PasswordBody {
    old_password: String,
    password: String,
}

/// `GET /api/v1/account`: who one is, what one has chosen, and one's sites.
pub async fn show(caller: Caller, state: State) -> Result<impl Responder, ApiError> {
    respond(&state, caller.person()?).await
}

/// `PATCH /api/v1/account`: changes the choices that are given.
pub async fn change(caller: Caller, body: JsonObject<ChangeBody>, state: State) -> Result<impl Responder, ApiError> {
    let user = caller.person()?;
    let chosen = Preferences {
        language: body.language.as_deref().map(Language::parse).transpose()?,
        theme: body.theme.as_deref().map(Theme::parse).transpose()?,
        time_format: body.time_format.as_deref().map(TimeFormat::parse).transpose()?,
    };
    state.control.set_preferences(user.id, chosen).await?;
    respond(&state, user).await
}

async fn respond(shared: &Shared, user: &User) -> Result<HttpResponse, ApiError> {
    let Preferences { language, theme, time_format } = shared.control.preferences(user.id).await?;
    let sites = roles(shared, user).await?.into_iter();
    let sites: Vec<_> = sites.map(|(domain, role)| json!({"domain": domain, "role": role})).collect();
    let answer = json!({
        "id": user.id,
        "email": user.email,
        "admin": user.admin,
        "created_at": user.created_at,
        "language": language,
        "theme": theme,
        "time_format": time_format,
        "sites": sites,
    });
    Ok(HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-store")).json(answer))
}

/// `PUT /api/v1/account/password`: a new password for who knows the old one. All sessions end; the one that asks is replaced by a new one.
pub async fn change_password(
    request: HttpRequest,
    caller: Caller,
    body: JsonObject<PasswordBody>,
    state: State,
) -> Result<impl Responder, ApiError> {
    let user = caller.person()?;
    let address = client::address(&request, &state);
    // Counted with failed sign-ins: whoever has found an open browser shall not guess faster than a stranger.
    throttled(&state, user.email.as_str(), address)?;
    let new = Password::parse(&body.password).map_err(ControlError::from)?;
    let user = match state.control.change_password(user, &body.old_password, &new).await {
        Err(error @ ControlError::WrongPassword) => {
            state.throttle.failed(user.email.as_str(), address, state.ingest.clock.now_ms());
            return Err(error.into());
        }
        other => other?,
    };
    signed_in(&request, &state, &user, Timestamp::now(), HttpResponse::Ok()).await
}

/// `GET /api/v1/account/sessions`: the browsers that are signed in, the last used first.
pub async fn sessions(request: HttpRequest, caller: Caller, state: State) -> Result<impl Responder, ApiError> {
    let user = caller.person()?;
    let sessions = state.control.sessions(user.id, &token(&request)?, Timestamp::now()).await?;
    let answer = json!({"sessions": sessions});
    Ok(HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-store")).json(answer))
}

/// `DELETE /api/v1/account/sessions/{session}`: signs one browser out.
pub async fn end_session(session: web::Path<String>, caller: Caller, state: State) -> Result<impl Responder, ApiError> {
    state.control.end_session(caller.person()?.id, &session).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// `DELETE /api/v1/account/sessions`: signs all other browsers out.
pub async fn end_other_sessions(
    request: HttpRequest,
    caller: Caller,
    state: State,
) -> Result<impl Responder, ApiError> {
    let user = caller.person()?;
    state.control.end_other_sessions(user.id, &token(&request)?).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Returns the token of the session that asks.
fn token(request: &HttpRequest) -> Result<String, ApiError> {
    session_cookie(request).map(|cookie| cookie.value().to_owned()).ok_or(ApiError::NotSignedIn)
}

pub fn describe(api: &mut Description) {
    api.tag("Account", "Oneself: choices, password, signed-in browsers. No key opens these routes.");
    let [language, theme, time_format] = preferences_schema();
    let site = schema::object(&[("domain", schema::text()), ("role", role_schema())]);
    let account = schema::object(&[
        ("id", schema::count()),
        ("email", schema::text()),
        ("admin", schema::flag()),
        ("created_at", schema::moment()),
        language.clone(),
        theme.clone(),
        time_format.clone(),
        ("sites", schema::list(site)),
    ]);
    api.schema("Account", account);
    let account = || schema::reference("Account");
    let example = json!({
        "id": 2, "email": "ann@x.example", "admin": false, "created_at": "2026-06-15T12:00:00Z", "language": "bg", "theme": "dark",
        "time_format": "24", "sites": [{ "domain": "demo.example", "role": "owner" }],
    });
    let get = Operation::get("/api/v1/account", "Show one's account").session();
    let get = get.about(
        "What was never chosen is `null`: the browser's own holds. Administrators own every site; none is listed.",
    );
    api.add(get.answer(200, "The account.", account(), &example));
    let patch = Operation::patch("/api/v1/account", "Change one's choices").session();
    let patch = patch.about("What is not given stays.").body(
        schema::optional(&[language, theme, time_format]),
        &json!({ "language": "bg", "theme": "dark", "time_format": "24" }),
    );
    api.add(patch.answer(200, "The account.", account(), &example));

    let password = || json!({ "type": "string", "format": "password" });
    let put = Operation::put("/api/v1/account/password", "Change one's password").session();
    let put = put.about("All sessions end, and this browser gets a new one.").body(
        schema::object(&[("old_password", password()), ("password", password())]),
        &json!({ "old_password": "correct horse battery", "password": "staple after staple" }),
    );
    let put = put.answer(
        200,
        "The user; a cookie is set.",
        schema::reference(super::sessions::SIGNED_IN),
        &super::sessions::example(),
    );
    api.add(put.fails(&[403, 404, 429]));

    let session = schema::object(&[
        ("id", schema::text()),
        ("browser", schema::text()),
        ("os", schema::text()),
        ("created_at", schema::moment()),
        ("last_seen_at", schema::moment()),
        ("current", schema::flag()),
    ]);
    let name = "kYDaQ4w0Zx1bN7fT";
    let example = json!({ "sessions": [{
        "id": name, "browser": "Firefox", "os": "Linux", "created_at": "2026-06-15T12:00:00Z", "last_seen_at": "2026-06-16T08:30:00Z",
        "current": true,
    }] });
    let list = Operation::get("/api/v1/account/sessions", "List the browsers that are signed in").session();
    let list = list.about("Of a browser only its name and that of its system are known. No address is kept.");
    let sessions = schema::object(&[("sessions", schema::list(session))]);
    api.add(list.answer(200, "The sessions, the last used first.", sessions, &example));
    let one = Operation::delete("/api/v1/account/sessions/{session}", "Sign a browser out").session();
    api.add(one.empty(204, "It is signed out."));
    let others = Operation::delete("/api/v1/account/sessions", "Sign all other browsers out").session();
    api.add(others.empty(204, "Only this one is signed in."));
}
