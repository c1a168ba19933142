//! Owns the numbers that badges show: who is here from presence, the rest from reports, asked at most every ten seconds.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use actix_web::HttpRequest;
use jiff::Timestamp;
use serde_json::Value;

use super::State;
use crate::{
    badge::{BadgeParams, Content, Show, Style, question::Part},
    control::snapshot::SiteWithSalts,
    http::error::ApiError,
    model::{Pathname, SiteId},
    reports::count,
};

/// How long a counted number serves all readers.
const COUNT_MS: i64 = 10_000;
/// Most questions whose answers are remembered.
const MOST: usize = 10_000;

/// Answers of a moment ago, by site and question.
#[derive(Default)]
pub struct Counted(Mutex<HashMap<Key, (i64, Content)>>);

/// A hash of a site and the question about it.
type Key = [u8; 32];

impl Counted {
    fn find(&self, key: &Key, now_ms: i64) -> Option<Content> {
        let answers = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (at_ms, content) = answers.get(key)?;
        (0..COUNT_MS).contains(&(now_ms - at_ms)).then(|| content.clone())
    }

    fn keep(&self, key: Key, now_ms: i64, content: Content) {
        let mut answers = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if answers.len() >= MOST {
            answers.retain(|_, (at_ms, _)| (0..COUNT_MS).contains(&(now_ms - *at_ms)));
        }
        // All of them are young: somebody asks for one page after the other. They are asked again then.
        if answers.len() >= MOST {
            answers.clear();
        }
        answers.insert(key, (now_ms, content));
    }
}

/// Returns what a badge shows.
pub async fn content(
    request: &HttpRequest,
    state: &State,
    site: &SiteWithSalts,
    params: &BadgeParams,
) -> Result<Content, ApiError> {
    let now = Timestamp::now();
    let mut content = Content::default();
    let least = u64::from(site.site.settings.public_map_min_visitors);
    let today = now.to_zoned(site.site.time_zone.clone()).date();
    for (part, question) in params.questions(&site.site.name, today) {
        let answer = answer(request, state, site, (&part, &question), now).await?;
        match part {
            Part::Number => content.number = answer.number,
            Part::Series => content.series = answer.series,
            Part::Countries => content = Content { series: content.series, ..answer },
        }
    }
    if params.show == Show::Online {
        let id = site.site.id;
        let now_ms = now.as_millisecond();
        if params.style == Style::Flags {
            let snapshot = state.presence.snapshot(id, now_ms);
            let countries = snapshot.countries.iter().map(|one| (one.country.as_str(), one.visitors, one.visitors));
            content.take_countries(countries, least);
        }
        content.number = online(state, id, params.path.as_ref(), now_ms);
    }
    Ok(content)
}

/// Returns how many visitors are on a site, or on one page of it.
pub fn online(state: &State, site: SiteId, path: Option<&Pathname>, now_ms: i64) -> u64 {
    let Some(path) = path else { return state.presence.count(site, now_ms) };
    state.presence.on_pages(site, std::slice::from_ref(path), now_ms).first().copied().unwrap_or(0)
}

/// Returns the one number that a question is about.
pub async fn number(
    request: &HttpRequest,
    state: &State,
    site: &SiteWithSalts,
    question: &Value,
) -> Result<u64, ApiError> {
    Ok(answer(request, state, site, (&Part::Number, question), Timestamp::now()).await?.number)
}

async fn answer(
    request: &HttpRequest,
    state: &State,
    site: &SiteWithSalts,
    (part, question): (&Part, &Value),
    now: Timestamp,
) -> Result<Content, ApiError> {
    let (id, now_ms) = (site.site.id, now.as_millisecond());
    let text = question.to_string();
    let least = site.site.settings.public_map_min_visitors;
    let key = *blake3::hash(format!("badge {} {part:?} {least} {text}", id.get()).as_bytes()).as_bytes();
    if let Some(content) = state.badges.counted.find(&key, now_ms) {
        return Ok(content);
    }
    state.badges.miss(request, state)?;
    // Many who ask the same at once are one question, and each site has its turn.
    let ask = async || {
        let rows = count::rows(&state.store, &site.site, now, question).await?;
        let mut content = Content::default();
        content.take(part, &rows, u64::from(least));
        serde_json::to_vec(&content).map_err(|error| ApiError::Internal(error.to_string()))
    };
    let made = state.questions.answer(id, key, || state.arrivals.of(id.get()), ask).await?;
    let content: Content =
        serde_json::from_slice(&made.bytes).map_err(|error| ApiError::Internal(error.to_string()))?;
    state.badges.counted.keep(key, now_ms, content.clone());
    Ok(content)
}
