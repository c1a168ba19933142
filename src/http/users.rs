//! Owns the doors to all users, for administrators.

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
use crate::control::{ControlError, EmailAddress, Password, User, UserId};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AddBody {
    email: String,
    admin: bool,
}

#[derive(Serialize)]
struct Listed {
    id: UserId,
    email: EmailAddress,
    admin: bool,
    created_at: Timestamp,
}

/// A user with the password that was made for them, which is shown this once.
#[derive(Serialize)]
struct Added {
    #[serde(flatten)]
    listed: Listed,
    password: String,
}

impl From<User> for Listed {
    fn from(user: User) -> Self {
        Self { id: user.id, email: user.email, admin: user.admin, created_at: user.created_at }
    }
}

/// `GET /api/v1/users`
pub async fn list(caller: Caller, state: State) -> Result<impl Responder, ApiError> {
    caller.administrator()?;
    let users: Vec<Listed> = state.control.users().await?.into_iter().map(Listed::from).collect();
    Ok(HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-store")).json(json!({"users": users})))
}

/// `POST /api/v1/users`: adds a user with a password that is made and shown this once.
pub async fn add(caller: Caller, body: JsonObject<AddBody>, state: State) -> Result<impl Responder, ApiError> {
    caller.administrator()?;
    let email = EmailAddress::parse(&body.email).map_err(ControlError::from)?;
    let password = Password::random();
    let user = state.control.add_user(&email, &password, body.admin, Timestamp::now()).await?;
    let answer = Added { listed: user.into(), password: password.reveal().to_owned() };
    Ok(HttpResponse::Created().insert_header((header::CACHE_CONTROL, "no-store")).json(answer))
}

/// `DELETE /api/v1/users/{id}`: anybody but oneself, so that an administrator is left.
pub async fn remove(id: web::Path<String>, caller: Caller, state: State) -> Result<impl Responder, ApiError> {
    let administrator = caller.administrator()?;
    let id = id.parse().map(UserId::new).map_err(|_no_number| ApiError::UserNotFound)?;
    if id == administrator.id {
        return Err(ApiError::RemovesSelf);
    }
    state.control.remove_user(id).await?;
    Ok(HttpResponse::NoContent().finish())
}

pub fn describe(api: &mut Description) {
    api.tag("Users", "Everybody with an account, for administrators. No key opens these routes.");
    let keys = [
        ("id", schema::count()),
        ("email", schema::text()),
        ("admin", schema::flag()),
        ("created_at", schema::moment()),
    ];
    let user = json!({ "id": 3, "email": "new@x.example", "admin": false, "created_at": "2026-06-15T12:00:00Z" });
    let list = Operation::get("/api/v1/users", "List all users").session();
    let answer = schema::object(&[("users", schema::list(schema::object(&keys)))]);
    api.add(list.answer(200, "The users, by e-mail address.", answer, &json!({ "users": [user] })));
    let post = Operation::post("/api/v1/users", "Add a user").session();
    let post = post.about("A password is made for them. Who shall see one site is better invited to it.").body(
        schema::object(&[("email", schema::text()), ("admin", schema::flag())]),
        &json!({ "email": "new@x.example", "admin": false }),
    );
    let mut added = user;
    added["password"] = "x3k7w-q0zab-7m2np-4r5st".into();
    let answer = schema::object(&[keys.as_slice(), &[("password", schema::text())]].concat());
    api.add(post.answer(201, "The user with their password, which is shown this once.", answer, &added).fails(&[409]));
    let delete = Operation::delete("/api/v1/users/{id}", "Remove a user").session();
    let delete =
        delete.about("Their sessions, roles, keys and invitations go with them. Nobody can remove themselves.");
    api.add(delete.example("id", &json!(2)).empty(204, "They are gone.").fails(&[409]));
}
