//! Owns the doors of those who were invited to a site: what an invitation is for, and accepting it. Tokens come in bodies, never in
//! addresses, for addresses are logged.

use actix_web::{FromRequest, HttpRequest, HttpResponse, Responder, dev::Payload, http::header};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::json;

use super::{
    Shared, State,
    auth::{Caller, refuse_cross_site},
    client,
    error::ApiError,
    extractors::JsonObject,
    openapi::{Description, Operation, schema},
    people::role_schema,
    sessions::{SIGNED_IN, example, signed_in, throttled},
};
use crate::{
    control::{ControlError, EmailAddress, Password},
    model::SiteId,
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TokenBody {
    token: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AcceptBody {
    token: String,
    /// Of the account that is to be made; without it, whoever is signed in accepts.
    account: Option<Account>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Account {
    email: String,
    password: String,
}

/// `POST /api/v1/invitation`: what the invitation of a token is for. It stays open.
pub async fn show(request: HttpRequest, body: JsonObject<TokenBody>, state: State) -> Result<impl Responder, ApiError> {
    refuse_cross_site(&request)?;
    let invitation =
        counted(&request, &state, &body.token, state.control.invitation(&body.token, Timestamp::now())).await?;
    let answer = json!({
        "site": site_name(&state, invitation.site)?,
        "role": invitation.role,
        "email": invitation.email,
        "expires_at": invitation.expires_at,
    });
    Ok(HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-store")).json(answer))
}

/// `POST /api/v1/invitation/accept`: makes whoever is signed in a member, or a new account, which is signed in at once.
pub async fn accept(
    request: HttpRequest,
    body: JsonObject<AcceptBody>,
    state: State,
) -> Result<impl Responder, ApiError> {
    refuse_cross_site(&request)?;
    let now = Timestamp::now();
    let AcceptBody { token, account } = body.into_inner();
    let Some(account) = account else {
        let caller = Caller::from_request(&request, &mut Payload::None).await?;
        let user = caller.person()?;
        let accepted = counted(&request, &state, &token, state.control.accept_invitation(&token, user, now)).await?;
        return Ok(HttpResponse::Ok().json(json!({"site": site_name(&state, accepted.site)?})));
    };
    let email =
        EmailAddress::parse(&account.email).map_err(|error| ApiError::invalid("/account/email", error.to_string()))?;
    let password = Password::parse(&account.password)
        .map_err(|error| ApiError::invalid("/account/password", error.to_string()))?;
    let accepted = state.control.accept_as_new_user(&token, &email, &password, now);
    let (user, _) = counted(&request, &state, &token, accepted).await?;
    signed_in(&request, &state, &user, now, HttpResponse::Created()).await
}

/// Does something with a token, if the address has not failed too often; what fails for the token's or the account's sake counts.
async fn counted<T>(
    request: &HttpRequest,
    shared: &Shared,
    token: &str,
    work: impl Future<Output = Result<T, ControlError>>,
) -> Result<T, ApiError> {
    let address = client::address(request, shared);
    throttled(shared, token, address)?;
    let done = work.await;
    if let Err(ControlError::InvitationNotFound | ControlError::InvitedSomebodyElse | ControlError::UserExists) = done {
        shared.throttle.failed(token, address, shared.ingest.clock.now_ms());
    }
    Ok(done?)
}

/// The invitation goes with its site, so this fails only while the site is being removed.
fn site_name(shared: &Shared, site: SiteId) -> Result<String, ApiError> {
    let sites = shared.sites.current();
    let known = sites.snapshot.iter().find(|known| known.site.id == site).ok_or(ControlError::InvitationNotFound)?;
    Ok(known.site.name.as_str().to_owned())
}

pub fn describe(api: &mut Description) {
    let token = || ("token", json!({ "type": "string", "description": "What stands after the # of the link." }));
    let show = Operation::post("/api/v1/invitation", "What an invitation is for").open();
    let show = show.about("It stays open. The token comes in the body, so that it stands in no log.");
    let show = show.body(schema::object(&[token()]), &json!({ "token": "of the link" }));
    let invitation = schema::object(&[
        ("site", schema::text()),
        ("role", role_schema()),
        ("email", schema::text_or_null()),
        ("expires_at", schema::moment()),
    ]);
    let shown =
        json!({ "site": "demo.example", "role": "viewer", "email": null, "expires_at": "2026-06-22T12:00:00Z" });
    let show = show.answer(200, "The site, and what the invited will be there.", invitation, &shown);
    api.add(show.fails(&[403, 404, 429]));

    let password = json!({ "type": "string", "format": "password" });
    let account = schema::object(&[("email", schema::text()), ("password", password)]);
    let body = schema::with_optional(schema::object(&[token()]), &[("account", schema::or_null(account))]);
    let accept = Operation::post("/api/v1/invitation/accept", "Accept an invitation").open();
    let accept = accept.about(
        "With an account, that account is made and signed in; without one, whoever is signed in accepts. The link \
        is used up by it. Who is more at the site already stays what they are.",
    );
    let asked =
        json!({ "token": "of the link", "account": { "email": "bob@x.example", "password": "correct horse battery" } });
    let site = schema::object(&[("site", schema::text())]);
    let accept = accept.body(body, &asked).answer(200, "The site.", site, &json!({ "site": "demo.example" }));
    let accept = accept.answer(201, "The new user; a cookie is set.", schema::reference(SIGNED_IN), &example());
    api.add(accept.fails(&[401, 403, 404, 409, 429]));
}
