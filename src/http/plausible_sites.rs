//! Owns the part of Plausible's Sites API that speaks of goals, properties and shared links: their paths, parameters and shapes.
//! The site is a parameter here, in the query string or in the body.

use actix_web::{HttpRequest, HttpResponse, Responder, http::header, web};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::{
    State,
    auth::Caller,
    client,
    error::ApiError,
    goals::{custom_props, parse_currency, parse_id},
    openapi::{Description, Operation, schema},
    params::Params,
    shared_links,
};
use crate::{
    control::{NewGoal, NewSharedLink},
    model::{Goal, GoalTarget},
    named,
};

/// How many goals an answer has, and may have.
const USUAL_LIMIT: usize = 100;
const MOST_LIMIT: usize = 1000;

/// `GET /api/v1/sites/goals`: newest first.
pub async fn goals(
    request: HttpRequest,
    payload: web::Payload,
    caller: Caller,
    state: State,
) -> Result<impl Responder, ApiError> {
    let params = Params::read(&request, payload).await?;
    let site = caller.site_to_look_at(&state, &params.required("site_id")?).await?;
    let goals = state.control.goals(site.site.id).await?;
    let answer = page_of(goals, &Page::read(&params)?);
    Ok(HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-store")).json(answer))
}

/// `PUT /api/v1/sites/goals`: finds or makes a goal.
pub async fn keep_goal(
    request: HttpRequest,
    payload: web::Payload,
    caller: Caller,
    state: State,
) -> Result<impl Responder, ApiError> {
    let params = Params::read(&request, payload).await?;
    let site = caller.site_to_change(&state, &params.required("site_id")?).await?;
    let kept = state.control.keep_goal(site.site.id, &new_goal(&params)?).await?;
    let mut shown = shown(&kept.goal);
    shown["domain"] = json!(site.site.name);
    Ok(HttpResponse::Ok().json(shown))
}

/// `DELETE /api/v1/sites/goals/{goal_id}`
pub async fn remove_goal(
    request: HttpRequest,
    id: web::Path<String>,
    payload: web::Payload,
    caller: Caller,
    state: State,
) -> Result<impl Responder, ApiError> {
    let params = Params::read(&request, payload).await?;
    let site = caller.site_to_change(&state, &params.required("site_id")?).await?;
    state.control.remove_goal(site.site.id, parse_id(&id)?).await?;
    Ok(HttpResponse::Ok().json(json!({"deleted": true})))
}

/// `GET /api/v1/sites/custom-props`
pub async fn props(
    request: HttpRequest,
    payload: web::Payload,
    caller: Caller,
    state: State,
) -> Result<impl Responder, ApiError> {
    let params = Params::read(&request, payload).await?;
    let site = caller.site_to_look_at(&state, &params.required("site_id")?).await?;
    let props = state.control.props(site.site.id).await?;
    let props: Vec<Value> = props.into_iter().map(|property| json!({"property": property})).collect();
    let answer = json!({"custom_properties": props});
    Ok(HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-store")).json(answer))
}

/// `PUT /api/v1/sites/custom-props`: puts a property on the list, where it may be already.
pub async fn add_prop(
    request: HttpRequest,
    payload: web::Payload,
    caller: Caller,
    state: State,
) -> Result<impl Responder, ApiError> {
    let params = Params::read(&request, payload).await?;
    let site = caller.site_to_change(&state, &params.required("site_id")?).await?;
    state.control.add_props(site.site.id, &[params.required("property")?]).await?;
    Ok(HttpResponse::Ok().json(json!({"created": true})))
}

/// `DELETE /api/v1/sites/custom-props/{property}`: afterwards it is not on the list, whether it was or not.
pub async fn remove_prop(
    request: HttpRequest,
    property: web::Path<String>,
    payload: web::Payload,
    caller: Caller,
    state: State,
) -> Result<impl Responder, ApiError> {
    let params = Params::read(&request, payload).await?;
    let site = caller.site_to_change(&state, &params.required("site_id")?).await?;
    state.control.remove_prop(site.site.id, &property).await?;
    Ok(HttpResponse::Ok().json(json!({"deleted": true})))
}

/// `PUT /api/v1/sites/shared-links`: finds or makes a shared link. It shows what Plausible's do: reports and counts.
pub async fn keep_shared_link(
    request: HttpRequest,
    payload: web::Payload,
    caller: Caller,
    state: State,
) -> Result<impl Responder, ApiError> {
    let params = Params::read(&request, payload).await?;
    let site = caller.site_to_change(&state, &params.required("site_id")?).await?;
    let base = client::base_url(&request, &state)?;
    let new = NewSharedLink { name: params.required("name")?, ..NewSharedLink::default() };
    let (link, _is_new) = state.control.keep_shared_link(site.site.id, &new, Timestamp::now()).await?;
    let url = shared_links::plausible_url(&base, site.site.name.as_str(), &link);
    let answer = json!({"name": link.name, "url": url});
    Ok(HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-store")).json(answer))
}

/// Reads a goal. `scroll_threshold` and `currency` are as Plausible's own pages have them; -1 means no threshold.
fn new_goal(params: &Params) -> Result<NewGoal, ApiError> {
    const THRESHOLD: &str = "scroll_threshold";
    let props = params.texts("custom_props")?;
    let threshold = params.text(THRESHOLD)?.filter(|text| text.trim() != "-1");
    let threshold =
        threshold.map(|text| text.trim().parse().map_err(|_no_number| not_a_number(THRESHOLD))).transpose()?;
    let target = match params.required("goal_type")?.as_str() {
        "event" => named::goal_target(Some(&params.required("event_name")?), None, threshold, props)?,
        "page" => {
            let path = params.required("page_path")?;
            // As Plausible does.
            let path = if path.trim().starts_with('/') { path } else { format!("/{}", path.trim()) };
            named::goal_target(None, Some(&path), threshold, props)?
        }
        other => return Err(ApiError::invalid("/goal_type", format!("it is {other:?}, expected event or page"))),
    };
    let currency = params.text("currency")?.as_deref().map(parse_currency).transpose()?;
    Ok(NewGoal { target, name: params.text("display_name")?, currency })
}

/// Which goals of the list are asked for. A cursor is the number of a goal.
struct Page {
    limit: usize,
    after: Option<u32>,
    before: Option<u32>,
}

impl Page {
    fn read(params: &Params) -> Result<Self, ApiError> {
        let limit = params.text("limit")?.map_or(Ok(USUAL_LIMIT), |text| text.parse()).ok();
        let limit = limit.filter(|limit| (1..=MOST_LIMIT).contains(limit));
        let limit =
            limit.ok_or_else(|| ApiError::invalid("/limit", format!("a number from 1 to {MOST_LIMIT} is expected")))?;
        let cursor = |name: &str| -> Result<Option<u32>, ApiError> {
            params.text(name)?.map(|text| text.parse().map_err(|_no_number| not_a_number(name))).transpose()
        };
        Ok(Self { limit, after: cursor("after")?, before: cursor("before")? })
    }
}

fn not_a_number(name: &str) -> ApiError {
    ApiError::invalid(format!("/{name}"), "a number is expected here")
}

/// Returns the goals of a page, newest first, and where the next and the previous page are.
fn page_of(mut goals: Vec<Goal>, page: &Page) -> Value {
    let is_within = |id: u32| page.after.is_none_or(|after| id < after) && page.before.is_none_or(|before| id > before);
    goals.sort_unstable_by_key(|goal| std::cmp::Reverse(goal.id));
    let ids: Vec<u32> = goals.iter().map(|goal| goal.id.get()).collect();
    goals.retain(|goal| is_within(goal.id.get()));
    if page.before.is_some() {
        goals.drain(..goals.len().saturating_sub(page.limit));
    }
    goals.truncate(page.limit);
    let (first, last) = (goals.first().map(|goal| goal.id.get()), goals.last().map(|goal| goal.id.get()));
    let before = first.filter(|&first| ids.iter().any(|&id| id > first));
    let after = last.filter(|&last| ids.iter().any(|&id| id < last));
    let text = |cursor: Option<u32>| cursor.map(|id| id.to_string());
    let meta = json!({"after": text(after), "before": text(before), "limit": page.limit});
    json!({"goals": goals.iter().map(shown).collect::<Vec<_>>(), "meta": meta})
}

/// A goal as Plausible shows it; one of scrolling is a goal of a page there.
fn shown(goal: &Goal) -> Value {
    let (goal_type, event_name, page_path, threshold) = match &goal.target {
        GoalTarget::Event { name, .. } => ("event", Some(name), None, None),
        GoalTarget::Page { pattern } => ("page", None, Some(pattern), None),
        GoalTarget::Scroll { pattern, percent } => ("page", None, Some(pattern), Some(percent)),
    };
    let mut shown = json!({
        "id": goal.id,
        "goal_type": goal_type,
        "display_name": goal.name,
        "event_name": event_name,
        "page_path": page_path,
        "custom_props": goal.target.props(),
    });
    if let Some(percent) = threshold {
        shown["scroll_threshold"] = json!(percent);
    }
    shown
}

pub fn describe(api: &mut Description) {
    /// As Plausible's clients send them.
    const FORMS: [&str; 2] = ["application/json", "application/x-www-form-urlencoded"];
    api.tag(
        "Plausible's Sites API",
        "Goals, properties and shared links as Plausible's clients ask for them: the site is a parameter.",
    );
    // A form has nothing but texts; in JSON a number will do, too.
    let value = || json!({ "type": ["string", "number"] });
    let site = || ("site_id", value());
    let goal = schema::object(&[
        ("id", schema::count()),
        ("goal_type", schema::words(&["event", "page"])),
        ("display_name", schema::text()),
        ("event_name", schema::text_or_null()),
        ("page_path", schema::text_or_null()),
        ("custom_props", custom_props()),
    ]);
    let goal = schema::with_optional(goal, &[("scroll_threshold", schema::count()), ("domain", schema::text())]);
    api.schema("PlausibleGoal", goal);
    let goal = || schema::reference("PlausibleGoal");
    let example = json!({
        "id": 1, "goal_type": "event", "display_name": "Signup", "event_name": "Signup", "page_path": null, "custom_props": {},
    });
    let list = Operation::get("/api/v1/sites/goals", "List goals").scope(&["sites", "stats"]);
    let list = list.needs("site_id", "The site's name.", schema::text(), &json!("demo.example"));
    let list = list.query("limit", "Most goals; 100 if it is not said.", schema::whole(1, MOST_LIMIT as u64));
    let number = || schema::whole(0, u32::MAX.into());
    let list = list.query("after", "`meta.after` of the page before.", number());
    let list = list.query("before", "`meta.before` of the page after.", number());
    let meta = [("after", schema::text_or_null()), ("before", schema::text_or_null()), ("limit", schema::count())];
    let goals = schema::object(&[("goals", schema::list(goal())), ("meta", schema::object(&meta))]);
    let page = json!({ "goals": [example], "meta": { "after": null, "before": null, "limit": 100 } });
    api.add(list.answer(200, "The goals, newest first.", goals, &page).fails(&[404, 408, 413, 415]));

    let body = schema::with_optional(
        schema::object(&[site(), ("goal_type", schema::words(&["event", "page"]))]),
        &[
            ("event_name", json!({ "description": "A text, where `goal_type` is `event`." })),
            ("page_path", json!({ "description": "A text, where `goal_type` is `page`." })),
            ("display_name", schema::or_null(value())),
            ("scroll_threshold", schema::or_null(value())),
            ("custom_props", custom_props()),
            ("currency", schema::or_null(value())),
        ],
    );
    let body = loose(body);
    let put = Operation::put("/api/v1/sites/goals", "Find or make a goal").scope(&["sites"]);
    let asked = json!({ "site_id": "demo.example", "goal_type": "event", "event_name": "Signup" });
    let put = put.body_of(&FORMS, body, Some(&asked));
    api.add(put.answer(200, "The goal.", goal(), &example).fails(&[404, 409]));

    let site_alone = || loose(schema::object(&[site()]));
    let asked = json!({ "site_id": "demo.example" });
    let deleted = || schema::object(&[("deleted", schema::flag())]);
    let delete = Operation::delete("/api/v1/sites/goals/{goal_id}", "Remove a goal").scope(&["sites"]);
    let delete = delete.body_of(&FORMS, site_alone(), Some(&asked)).example("goal_id", &json!(2));
    api.add(delete.answer(200, "It is gone.", deleted(), &json!({ "deleted": true })));

    let list = Operation::get("/api/v1/sites/custom-props", "List properties").scope(&["sites", "stats"]);
    let list = list.needs("site_id", "The site's name.", schema::text(), &json!("demo.example"));
    let property = schema::object(&[("property", schema::text())]);
    let props = schema::object(&[("custom_properties", schema::list(property))]);
    let shown = json!({ "custom_properties": [{ "property": "plan" }] });
    api.add(list.answer(200, "The properties.", props, &shown).fails(&[404, 408, 413, 415]));
    let body = loose(schema::object(&[site(), ("property", value())]));
    let put = Operation::put("/api/v1/sites/custom-props", "Put a property on the list").scope(&["sites"]);
    let put = put.body_of(&FORMS, body, Some(&json!({ "site_id": "demo.example", "property": "plan" })));
    let created = schema::object(&[("created", schema::flag())]);
    api.add(put.answer(200, "It is on the list.", created, &json!({ "created": true })).fails(&[404, 409]));
    let delete = Operation::delete("/api/v1/sites/custom-props/{property}", "Take a property off the list");
    let delete = delete.scope(&["sites"]).body_of(&FORMS, site_alone(), Some(&asked));
    api.add(delete.answer(200, "It is not on the list.", deleted(), &json!({ "deleted": true })));

    let put = Operation::put("/api/v1/sites/shared-links", "Find or make a shared link").scope(&["sites"]);
    let put = put.about("One that is made shows reports and counts, has no password and no end.");
    let body = loose(schema::object(&[site(), ("name", value())]));
    let put = put.body_of(&FORMS, body, Some(&json!({ "site_id": "demo.example", "name": "WordPress" })));
    let link = schema::object(&[("name", schema::text()), ("url", schema::text())]);
    let url = "https://stats.example.org/share/demo.example?auth=hls_1_AAAAAAAAAAAAAAAAAAAAAA";
    let put = put.answer(200, "The link.", link, &json!({ "name": "WordPress", "url": url }));
    api.add(put.fails(&[404, 409]));
}

/// A form may have more fields, which are not looked at.
fn loose(mut form: Value) -> Value {
    form["additionalProperties"] = true.into();
    form
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::GoalId;

    #[test]
    fn pages_follow_each_other_in_both_directions() {
        let goals: Vec<Goal> = [1, 3, 4, 8, 9]
            .map(|id| Goal {
                id: GoalId::new(id),
                name: format!("{}", 100 - id),
                target: GoalTarget::event(id.to_string()),
                currency: None,
            })
            .into();
        for (after, before, expected, next, previous) in [
            (None, None, vec![9, 8], Some("8"), None),
            (Some(8), None, vec![4, 3], Some("3"), Some("4")),
            (Some(3), None, vec![1], None, Some("1")),
            (None, Some(1), vec![4, 3], Some("3"), Some("4")),
            (None, Some(4), vec![9, 8], Some("8"), None),
            (Some(1), None, vec![], None, None),
        ] {
            let answer = page_of(goals.clone(), &Page { limit: 2, after, before });
            let ids: Vec<u64> =
                answer["goals"].as_array().unwrap().iter().map(|goal| goal["id"].as_u64().unwrap()).collect();
            assert_eq!(ids, expected, "{after:?} {before:?}");
            assert_eq!(answer["meta"], json!({"after": next, "before": previous, "limit": 2}), "{after:?} {before:?}");
        }
    }
}
