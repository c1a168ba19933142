//! Owns the doors to the people of a site: who has which role, and the invitations that are open. It does not own the doors of those
//! who were invited.

use actix_web::{HttpRequest, HttpResponse, Responder, http::header, web};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{
    State,
    auth::Caller,
    client,
    error::ApiError,
    extractors::JsonObject,
    openapi::{Description, Operation, schema},
};
use crate::control::{
    ControlError, EmailAddress, INVITATION_DAYS, Invitation, InvitationId, MOST_INVITATION_DAYS, NewInvitation, Role,
    UserId,
};

/// The page of the dashboard at which an invitation is accepted. The token is in the fragment, which browsers keep to themselves:
/// it stands in no log and in no referrer.
const INVITATION_PAGE: &str = "invitation";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RoleBody {
    role: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InviteBody {
    role: String,
    email: Option<String>,
    expires_in_days: Option<u32>,
}

#[derive(Serialize)]
struct Member {
    id: UserId,
    email: EmailAddress,
    role: Role,
    admin: bool,
}

/// An invitation with its link, which is shown this once.
#[derive(Serialize)]
struct NewLink {
    #[serde(flatten)]
    invitation: Invitation,
    url: String,
}

/// `GET /api/v1/sites/{site}/people`: who has which role, and the invitations that are open.
pub async fn list(site: web::Path<String>, caller: Caller, state: State) -> Result<impl Responder, ApiError> {
    let (_, site) = caller.site_to_own(&state, &site).await?;
    let members = state.control.members(site.site.id).await?.into_iter();
    let members: Vec<Member> =
        members.map(|(user, role)| Member { id: user.id, email: user.email, role, admin: user.admin }).collect();
    let invitations = state.control.invitations(site.site.id, Timestamp::now()).await?;
    let answer = json!({"members": members, "invitations": invitations});
    Ok(HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-store")).json(answer))
}

/// `PATCH /api/v1/sites/{site}/people/{id}`: another role.
pub async fn change(
    path: web::Path<(String, String)>,
    caller: Caller,
    body: JsonObject<RoleBody>,
    state: State,
) -> Result<impl Responder, ApiError> {
    let (site, id) = path.into_inner();
    let (user, site) = caller.site_to_own(&state, &site).await?;
    let (id, role) = (parse_id(&id)?, parse_role(&body.role)?);
    state.control.change_member(id, site.site.id, Some(role), user.admin).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// `DELETE /api/v1/sites/{site}/people/{id}`: by an owner, or by the member, who leaves.
pub async fn remove(
    path: web::Path<(String, String)>,
    caller: Caller,
    state: State,
) -> Result<impl Responder, ApiError> {
    let (site, id) = path.into_inner();
    let (user, site, role) = caller.site_as_person(&state, &site).await?;
    let id = parse_id(&id)?;
    if role != Role::Owner && id != user.id {
        return Err(ApiError::NotOwner);
    }
    state.control.change_member(id, site.site.id, None, user.admin).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// `POST /api/v1/sites/{site}/invitations`: a link that lets one person in, shown this once.
pub async fn invite(
    request: HttpRequest,
    site: web::Path<String>,
    caller: Caller,
    body: JsonObject<InviteBody>,
    state: State,
) -> Result<impl Responder, ApiError> {
    let (user, site) = caller.site_to_own(&state, &site).await?;
    let InviteBody { role, email, expires_in_days } = body.into_inner();
    let new = NewInvitation {
        role: parse_role(&role)?,
        email: email.as_deref().map(EmailAddress::parse).transpose().map_err(ControlError::from)?,
        days: expires_in_days.unwrap_or(INVITATION_DAYS),
        inviter: Some(user.id),
    };
    let mut url = client::base_url(&request, &state)?;
    let (invitation, token) = state.control.invite(site.site.id, &new, Timestamp::now()).await?;
    // Every address of http has segments.
    if let Ok(mut path) = url.path_segments_mut() {
        path.pop_if_empty().push(INVITATION_PAGE);
    }
    url.set_fragment(Some(token.reveal()));
    let answer = NewLink { invitation, url: url.into() };
    Ok(HttpResponse::Created().insert_header((header::CACHE_CONTROL, "no-store")).json(answer))
}

/// `DELETE /api/v1/sites/{site}/invitations/{id}`: its link opens nothing from now on.
pub async fn take_back(
    path: web::Path<(String, String)>,
    caller: Caller,
    state: State,
) -> Result<impl Responder, ApiError> {
    let (site, id) = path.into_inner();
    let (_, site) = caller.site_to_own(&state, &site).await?;
    // What is no number names no invitation.
    let id = id.parse().map(InvitationId::new).map_err(|_no_number| ControlError::InvitationNotFound)?;
    state.control.revoke_invitation(site.site.id, id).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Reads the number of a user; what is none names no member.
fn parse_id(text: &str) -> Result<UserId, ApiError> {
    text.parse().map(UserId::new).map_err(|_no_number| ApiError::MemberNotFound)
}

fn parse_role(name: &str) -> Result<Role, ApiError> {
    Role::parse(name).ok_or_else(|| {
        let names = Role::ALL.map(Role::as_str).join(", ");
        ApiError::invalid("/role", format!("there is no role {name:?}, only {names}"))
    })
}

/// A role, as it stands in the document.
pub(super) fn role_schema() -> Value {
    schema::words(&Role::ALL.map(Role::as_str))
}

pub fn describe(api: &mut Description) {
    api.tag(
        "People",
        "Who may see a site: viewers its reports, editors also change its settings, owners also decide who else sees it and which \
         keys open it. Administrators own every site. No key opens these routes.",
    );
    let member = schema::object(&[
        ("id", schema::count()),
        ("email", schema::text()),
        ("role", role_schema()),
        ("admin", schema::flag()),
    ]);
    api.schema("Member", member);
    let keys = [
        ("id", schema::count()),
        ("role", role_schema()),
        ("email", schema::text_or_null()),
        ("created_at", schema::moment()),
        ("expires_at", schema::moment()),
    ];
    api.schema("Invitation", schema::object(&keys));
    let invitation = json!({
        "id": 1, "role": "viewer", "email": "bob@x.example", "created_at": "2026-06-15T12:00:00Z", "expires_at": "2026-06-22T12:00:00Z",
    });
    let people = schema::object(&[
        ("members", schema::list(schema::reference("Member"))),
        ("invitations", schema::list(schema::reference("Invitation"))),
    ]);
    let member = json!({ "id": 2, "email": "ann@x.example", "role": "owner", "admin": false });
    let list = Operation::get("/api/v1/sites/{site}/people", "List the people of a site").session();
    let list =
        list.about("For owners. Administrators see every site and are listed only where they were given a role.");
    let example = json!({ "members": [member], "invitations": [invitation] });
    api.add(list.answer(200, "Members by e-mail address, and open invitations.", people, &example));

    let member = 2;
    let patch = Operation::patch("/api/v1/sites/{site}/people/{id}", "Give a member another role").session();
    let patch = patch.about(
        "For owners. The last owner stays one, unless an administrator says otherwise. Who is no owner any more loses \
        the keys and invitations that they made for the site.",
    );
    let patch = patch
        .example("id", &json!(member))
        .body(schema::object(&[("role", role_schema())]), &json!({ "role": "editor" }));
    api.add(patch.empty(204, "They have it.").fails(&[409]));
    let delete = Operation::delete("/api/v1/sites/{site}/people/{id}", "Remove a member, or leave").session();
    let delete = delete.about("For owners, and for everybody with their own number. The last owner stays, unless an administrator says otherwise.");
    api.add(delete.example("id", &json!(member)).empty(204, "They are gone.").fails(&[409]));

    let body = schema::with_optional(
        schema::object(&[("role", role_schema())]),
        &[
            ("email", schema::text_or_null()),
            ("expires_in_days", schema::or_null(schema::whole(1, u64::from(MOST_INVITATION_DAYS)))),
        ],
    );
    let post = Operation::post("/api/v1/sites/{site}/invitations", "Invite somebody").session();
    let post = post.about("For owners. The link works once, for seven days where nothing else is said. With an address, only who has that \
        address can accept it. Heatline sends no mail: give the link to whom it is for.");
    let post = post.body(body, &json!({ "role": "viewer", "email": "bob@x.example", "expires_in_days": 7 }));
    let mut made = invitation;
    made["url"] = "https://stats.example.org/invitation#kYDa…".into();
    let link = schema::object(&[keys.as_slice(), &[("url", schema::text())]].concat());
    api.add(post.answer(201, "The invitation with its link, which is shown this once.", link, &made).fails(&[409]));
    let delete = Operation::delete("/api/v1/sites/{site}/invitations/{id}", "Take an invitation back").session();
    api.add(delete.empty(204, "Its link opens nothing any more."));
}
