//! Owns the doors to the goals of a site.

use actix_web::{HttpResponse, Responder, http::header, web};
use serde::{Deserialize, Deserializer};
use serde_json::{Value, json};

use super::{State, auth::Caller, error::ApiError};
use crate::{
    control::{GoalPatch, NewGoal},
    model::{Currency, GoalId},
    named,
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeepBody {
    event_name: Option<String>,
    page_path: Option<String>,
    scroll_depth: Option<u64>,
    name: Option<String>,
    currency: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChangeBody {
    name: Option<String>,
    #[serde(default)]
    currency: NewCurrency,
}

/// What becomes of the currency of a goal.
#[derive(Default)]
enum NewCurrency {
    /// Where it is not given.
    #[default]
    Stays,
    /// For `null`.
    Goes,
    Is(String),
}

impl<'de> Deserialize<'de> for NewCurrency {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Option::deserialize(deserializer)?.map_or(Self::Goes, Self::Is))
    }
}

/// `GET /api/v1/sites/{site}/goals`: by name.
pub async fn list(site: web::Path<String>, caller: Caller, state: State) -> Result<impl Responder, ApiError> {
    let site = caller.site_to_look_at(&state, &site).await?;
    let goals: Vec<Value> = state.control.goals(site.site.id).await?.iter().map(named::goal_json).collect();
    Ok(HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-store")).json(json!({"goals": goals})))
}

/// `POST /api/v1/sites/{site}/goals`: 201 for a new goal, 200 for one that the site has already.
pub async fn keep(
    site: web::Path<String>,
    caller: Caller,
    body: web::Json<KeepBody>,
    state: State,
) -> Result<impl Responder, ApiError> {
    let site = caller.site_to_change(&state, &site).await?;
    let KeepBody { event_name, page_path, scroll_depth, name, currency } = body.into_inner();
    let target = named::goal_target(event_name.as_deref(), page_path.as_deref(), scroll_depth)?;
    let new = NewGoal { target, name, currency: currency.as_deref().map(parse_currency).transpose()? };
    let kept = state.control.keep_goal(site.site.id, &new).await?;
    let mut response = if kept.is_new { HttpResponse::Created() } else { HttpResponse::Ok() };
    Ok(response.json(named::goal_json(&kept.goal)))
}

/// `PATCH /api/v1/sites/{site}/goals/{id}`: another name or currency; what is not given stays.
pub async fn change(
    path: web::Path<(String, String)>,
    caller: Caller,
    body: web::Json<ChangeBody>,
    state: State,
) -> Result<impl Responder, ApiError> {
    let (site, id) = path.into_inner();
    let site = caller.site_to_change(&state, &site).await?;
    let ChangeBody { name, currency } = body.into_inner();
    let currency = match currency {
        NewCurrency::Stays => None,
        NewCurrency::Goes => Some(None),
        NewCurrency::Is(code) => Some(Some(parse_currency(&code)?)),
    };
    let patch = GoalPatch { name, currency };
    let goal = state.control.change_goal(site.site.id, parse_id(&id)?, &patch).await?;
    Ok(HttpResponse::Ok().json(named::goal_json(&goal)))
}

/// `DELETE /api/v1/sites/{site}/goals/{id}`
pub async fn remove(
    path: web::Path<(String, String)>,
    caller: Caller,
    state: State,
) -> Result<impl Responder, ApiError> {
    let (site, id) = path.into_inner();
    let site = caller.site_to_change(&state, &site).await?;
    state.control.remove_goal(site.site.id, parse_id(&id)?).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Reads the number of a goal; what is none names no goal.
pub fn parse_id(text: &str) -> Result<GoalId, ApiError> {
    text.parse().map(GoalId::new).map_err(|_no_number| ApiError::GoalNotFound)
}

pub fn parse_currency(code: &str) -> Result<Currency, ApiError> {
    Currency::parse(code)
        .ok_or_else(|| ApiError::invalid("/currency", "a currency is three letters of ISO 4217, like EUR"))
}
