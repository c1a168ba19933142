//! Owns the doors to the list of properties that a site's owner wants to see in reports.

use actix_web::{HttpResponse, Responder, http::header, web};
use serde::Deserialize;
use serde_json::json;

use super::{
    State,
    auth::Caller,
    error::ApiError,
    extractors::JsonObject,
    openapi::{Description, Operation, schema},
    reader::Reader,
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReplaceBody {
    props: Vec<String>,
}

/// `GET /api/v1/sites/{site}/props`
pub async fn list(site: web::Path<String>, reader: Reader, state: State) -> Result<impl Responder, ApiError> {
    let site = reader.site_to_look_at(&state, &site).await?;
    let props = state.control.props(site.site.id).await?;
    Ok(HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-store")).json(json!({"props": props})))
}

/// `PUT /api/v1/sites/{site}/props`: replaces the list.
pub async fn replace(
    site: web::Path<String>,
    caller: Caller,
    body: JsonObject<ReplaceBody>,
    state: State,
) -> Result<impl Responder, ApiError> {
    let site = caller.site_to_change(&state, &site).await?;
    let props = state.control.set_props(site.site.id, &body.props).await?;
    Ok(HttpResponse::Ok().json(json!({"props": props})))
}

/// `DELETE /api/v1/sites/{site}/props/{prop}`: afterwards it is not on the list, whether it was or not.
pub async fn remove(
    path: web::Path<(String, String)>,
    caller: Caller,
    state: State,
) -> Result<impl Responder, ApiError> {
    let (site, prop) = path.into_inner();
    let site = caller.site_to_change(&state, &site).await?;
    state.control.remove_prop(site.site.id, &prop).await?;
    Ok(HttpResponse::NoContent().finish())
}

pub fn describe(api: &mut Description) {
    let props = || schema::object(&[("props", schema::list(schema::text()))]);
    let example = json!({ "props": ["author", "plan"] });
    let list = Operation::get("/api/v1/sites/{site}/props", "List properties").scope(&["sites", "stats"]).shared();
    api.add(list.answer(200, "The list.", props(), &example));
    let put = Operation::put("/api/v1/sites/{site}/props", "Replace the list of properties").scope(&["sites"]);
    api.add(put.body(props(), &example).answer(200, "The list.", props(), &example).fails(&[409]));
    let delete =
        Operation::delete("/api/v1/sites/{site}/props/{prop}", "Take a property off the list").scope(&["sites"]);
    api.add(delete.empty(204, "It is not on the list, whether it was or not."));
}
