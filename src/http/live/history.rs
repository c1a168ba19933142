//! Owns the history of presence: how many were here at the same time, by minute, beside the week before.

use std::collections::HashMap;

use actix_web::{HttpResponse, Responder, http::header, web};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::{
    http::{
        State,
        error::ApiError,
        reader::{Part, Reader},
        reports::resolve_range,
    },
    store::concurrency::{self, Stretch},
};

const USUAL_RANGE: &str = "24h";
const MINUTES_PER_WEEK: u32 = 7 * 24 * 60;
/// Most points of an answer.
const MOST_POINTS: u32 = 1500;
/// What a point may stand for, minutes.
const STEPS: [u32; 6] = [1, 5, 15, 60, 360, 1440];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HistoryQuery {
    date_range: Option<String>,
}

/// A stretch of time.
#[derive(Serialize)]
struct Point {
    at: Timestamp,
    /// Mean over its minutes of how many were here when each ended, rounded.
    visitors: u64,
    /// Most at one moment.
    peak: u64,
    /// Most at one moment of the same stretch a week before.
    week_ago: u64,
}

/// `GET /api/v1/sites/{site}/live/history`
pub async fn history(
    site: web::Path<String>,
    query: web::Query<HistoryQuery>,
    reader: Reader,
    state: State,
) -> Result<impl Responder, ApiError> {
    let site = reader.site(&state, &site, Part::Reports).await?;
    let text = query.date_range.as_deref().unwrap_or(USUAL_RANGE);
    let range = resolve_range(&state, &site.site, text).await?;
    let now = Timestamp::now();
    // What has not happened yet is not drawn as nobody.
    let (from, to) = (minute_of(range.from_ms), minute_of(range.to_ms.min(now.as_millisecond())));
    let step = step_of(to.saturating_sub(from))?;
    let id = site.site.id.get();
    let this_minute = minute_of(now.as_millisecond());
    let found = concurrency::history(&state.store, id, from..to, step).await?;
    let before = earlier(from)..earlier(to);
    let before = concurrency::history(&state.store, id, before, step).await?;
    let same_minute = earlier(this_minute)..earlier(this_minute) + 1;
    let same_minute = concurrency::history(&state.store, id, same_minute, 1).await?;
    let most = found.iter().max_by_key(|stretch| (stretch.peak, std::cmp::Reverse(stretch.place)));
    let peak = most.map(|most| json!({"visitors": most.peak, "at": moment(most.peak_minute)}));
    let document = json!({
        "from": moment(from),
        "to": moment(to),
        "step_seconds": step * 60,
        "now": {
            "at": moment(this_minute),
            "visitors": state.presence.count(site.site.id, now.as_millisecond()),
            "week_ago": same_minute.first().map_or(0, |minute| minute.peak),
        },
        "peak": peak,
        "points": points(from..to, step, &found, &before),
    });
    Ok(HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-store")).json(document))
}

/// Returns every stretch of the range, also those with nobody.
fn points(minutes: std::ops::Range<u32>, step: u32, found: &[Stretch], before: &[Stretch]) -> Vec<Point> {
    let by_place = |stretches: &[Stretch]| stretches.iter().map(|one| (one.place, *one)).collect::<HashMap<_, _>>();
    let (found, before) = (by_place(found), by_place(before));
    let places = (minutes.end - minutes.start).div_ceil(step);
    (0..places)
        .map(|place| {
            let start = minutes.start + place * step;
            let length = u64::from(step.min(minutes.end - start));
            let stretch = found.get(&place);
            Point {
                at: moment(start),
                visitors: stretch.map_or(0, |one| (2 * one.visitor_minutes + length) / (2 * length)),
                peak: stretch.map_or(0, |one| one.peak),
                week_ago: before.get(&place).map_or(0, |one| one.peak),
            }
        })
        .collect()
}

fn step_of(minutes: u32) -> Result<u32, ApiError> {
    STEPS.into_iter().find(|step| minutes.div_ceil(*step) <= MOST_POINTS).ok_or_else(|| {
        let days = MOST_POINTS * STEPS[STEPS.len() - 1] / 1440;
        ApiError::invalid("date_range", format!("it is longer than {days} days"))
    })
}

fn earlier(minute: u32) -> u32 {
    minute.saturating_sub(MINUTES_PER_WEEK)
}

fn minute_of(ms: i64) -> u32 {
    u32::try_from(ms.div_euclid(60_000)).unwrap_or_default()
}

fn moment(minute: u32) -> Timestamp {
    Timestamp::from_second(i64::from(minute) * 60).unwrap_or(Timestamp::UNIX_EPOCH)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_has_a_point_for_each_stretch_and_not_too_many() {
        for (minutes, step) in [(0, 1), (1440, 1), (1501, 5), (7 * 1440, 15), (366 * 1440, 360), (1500 * 1440, 1440)] {
            assert_eq!(step_of(minutes).unwrap(), step, "{minutes}");
        }
        assert!(step_of(1500 * 1440 + 1).is_err());
        let one = |place, visitor_minutes, peak| Stretch { place, visitor_minutes, peak, peak_minute: 0 };
        let points = points(100..107, 5, &[one(0, 7, 4), one(1, 3, 2)], &[one(1, 1, 9)]);
        let told: Vec<_> =
            points.iter().map(|point| (point.at.as_second(), point.visitors, point.peak, point.week_ago)).collect();
        assert_eq!(told, [(6000, 1, 4, 0), (6300, 2, 2, 9)]);
    }
}
