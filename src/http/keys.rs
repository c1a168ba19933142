//! Owns the doors to the API keys of a site. Keys for all sites are made by the command line only.

use actix_web::{HttpResponse, Responder, http::header, web};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{
    State,
    auth::Caller,
    error::ApiError,
    extractors::JsonObject,
    openapi::{Description, Operation, schema},
};
use crate::control::{ApiKey, ControlError, EmailAddress, KeyId, KeyName, Scope, Scopes};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MakeBody {
    name: String,
    scopes: Vec<String>,
}

#[derive(Serialize)]
struct Listed {
    id: KeyId,
    name: KeyName,
    prefix: String,
    scopes: Scopes,
    created_at: Timestamp,
    last_used_at: Option<Timestamp>,
    made_by: Option<EmailAddress>,
}

/// A key in plain text, which is shown this once.
#[derive(Serialize)]
struct Made {
    #[serde(flatten)]
    listed: Listed,
    key: String,
}

impl From<ApiKey> for Listed {
    fn from(key: ApiKey) -> Self {
        let ApiKey { id, name, prefix, scopes, site: _, created_at, last_used_at, made_by } = key;
        Self { id, name, prefix, scopes, created_at, last_used_at, made_by }
    }
}

/// `GET /api/v1/sites/{site}/keys`: those that open this site only, oldest first.
pub async fn list(site: web::Path<String>, caller: Caller, state: State) -> Result<impl Responder, ApiError> {
    let (_, site) = caller.site_to_own(&state, &site).await?;
    let keys: Vec<Listed> = state.control.keys_of(site.site.id).await?.into_iter().map(Listed::from).collect();
    Ok(HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-store")).json(json!({"keys": keys})))
}

/// `POST /api/v1/sites/{site}/keys`: a key that opens this site only. It goes when who made it is no owner any more.
pub async fn make(
    site: web::Path<String>,
    caller: Caller,
    body: JsonObject<MakeBody>,
    state: State,
) -> Result<impl Responder, ApiError> {
    let (user, site) = caller.site_to_own(&state, &site).await?;
    let name = KeyName::parse(&body.name)?;
    let scopes = Scopes::parse(&body.scopes.join(",")).map_err(ControlError::from)?;
    let made = state.control.create_key(&name, scopes, Some(site.site.id), Some(user), Timestamp::now()).await?;
    let (listed, secret) = made;
    let answer = Made { listed: listed.into(), key: secret.reveal().to_owned() };
    Ok(HttpResponse::Created().insert_header((header::CACHE_CONTROL, "no-store")).json(answer))
}

/// `DELETE /api/v1/sites/{site}/keys/{id}`: it opens nothing from now on.
pub async fn revoke(
    path: web::Path<(String, String)>,
    caller: Caller,
    state: State,
) -> Result<impl Responder, ApiError> {
    let (site, id) = path.into_inner();
    let (_, site) = caller.site_to_own(&state, &site).await?;
    let id = id.parse().map(KeyId::new).map_err(|_no_number| ApiError::KeyNotFound)?;
    state.control.revoke_key_of(site.site.id, id).await?;
    Ok(HttpResponse::NoContent().finish())
}

pub fn describe(api: &mut Description) {
    api.tag(
        "Keys",
        "The API keys of a site. Owners make and revoke them, and no key does. Keys for all sites are made by `heatline key create`.",
    );
    let scopes = || schema::list(schema::words(&Scope::ALL.map(Scope::as_str)));
    let keys = [
        ("id", schema::count()),
        ("name", schema::text()),
        ("prefix", schema::text()),
        ("scopes", scopes()),
        ("created_at", schema::moment()),
        ("last_used_at", schema::or_null(schema::moment())),
        ("made_by", schema::text_or_null()),
    ];
    api.schema("Key", schema::object(&keys));
    let key = json!({
        "id": 2, "name": "ci", "prefix": "x3k7wq0z", "scopes": ["stats"], "created_at": "2026-06-15T12:00:00Z", "last_used_at": null,
        "made_by": "ann@x.example",
    });
    let list = Operation::get("/api/v1/sites/{site}/keys", "List the keys of a site").session();
    let list =
        list.about("For owners: those that open this site only. `made_by` is `null` for keys of the command line.");
    let answer = schema::object(&[("keys", schema::list(schema::reference("Key")))]);
    api.add(list.answer(200, "The keys, oldest first.", answer, &json!({ "keys": [key] })));
    let post = Operation::post("/api/v1/sites/{site}/keys", "Make a key").session();
    let post = post.about("For owners. It opens this site only, and goes when its maker is no owner any more.").body(
        schema::object(&[("name", schema::text()), ("scopes", scopes())]),
        &json!({ "name": "ci", "scopes": ["stats"] }),
    );
    let mut made = key;
    made["key"] = "hl_x3k7wq0z_…".into();
    let answer = schema::object(&[keys.as_slice(), &[("key", schema::text())]].concat());
    api.add(post.answer(201, "The key in plain text, which is shown this once.", answer, &made).fails(&[409]));
    let delete = Operation::delete("/api/v1/sites/{site}/keys/{id}", "Revoke a key").session();
    api.add(delete.example("id", &json!(2)).empty(204, "It opens nothing any more."));
}
