//! Owns the stream of clicks on a page as they are made, placed on its layout as the map would place them.

use std::time::Duration;

use actix_web::{HttpRequest, Responder, web};
use regex::Regex;
use serde_json::{Value, json};
use tokio::time::Instant;

use super::{Permission, ask::Access, make::Making};
use crate::{
    heatmap::{
        MapRequest, Page,
        layout::PageLayout,
        params::{Kind, PageState, Pages},
        projection::{Point, Projection},
    },
    http::{
        State,
        auth::Caller,
        error::ApiError,
        links,
        push::{self, Gathered, HEARTBEAT, HERE, Heard, PUSH_INTERVAL, message},
    },
    live::LiveClick,
};

/// The page may change while somebody watches; it is looked at again after this long, as soon as there is a click.
const LAYOUT_AGE: Duration = Duration::from_mins(1);

/// The clicks of one beacon come one after the other.
const GATHERING: Duration = Duration::from_millis(20);

/// `GET /api/v1/sites/{site}/heatmap/stream`: the size of the page, then the clicks on it as they come.
///
/// A slow reader gets clicks gathered, and is told of how many it missed.
pub async fn stream(
    request: HttpRequest,
    site: web::Path<String>,
    caller: Caller,
    state: State,
) -> Result<impl Responder, ApiError> {
    let site = caller.site(&state, &site, Permission::Stats).await?;
    let pairs = links::Query::read(request.query_string())?.pairs;
    let making = Making::prepare(&state, &site, pairs, &Access::Caller).await?;
    let wanted = Wanted::of(making.request())?;
    let permit = push::permit(&state)?;
    let mut page = making.page().await?;
    let mut ended = state.watched.watch(&request, &site)?;
    let mut clicks = state.clicks.watch(site.site.id);
    let messages = async_stream::stream! {
        let _permit = permit;
        let mut id = 0_u64;
        let mut read_at = Instant::now();
        yield Ok::<_, ApiError>(message("page", id, &sides(&page)));
        let mut heartbeat_at = Instant::now() + HEARTBEAT;
        loop {
            let heard = tokio::select! {
                heard = push::hear(&mut clicks, heartbeat_at, GATHERING, |click| wanted.has(click)) => heard,
                () = ended.wait() => break,
            };
            let gathered = match heard {
                Heard::Gathered(gathered) if gathered.is_empty() => continue,
                Heard::Gathered(gathered) => gathered,
                Heard::Quiet => {
                    heartbeat_at = Instant::now() + HEARTBEAT;
                    yield Ok(HERE);
                    continue;
                }
                Heard::Over => break,
            };
            if read_at.elapsed() >= LAYOUT_AGE {
                read_at = Instant::now();
                match making.page().await {
                    Ok(now) if sides(&now) != sides(&page) => {
                        page = now;
                        id += 1;
                        yield Ok(message("page", id, &sides(&page)));
                    }
                    Ok(now) => page = now,
                    // The layout of a minute ago is better than none.
                    Err(error) => tracing::warn!(%error, "the layout of a watched page cannot be read"),
                }
            }
            heartbeat_at = Instant::now() + HEARTBEAT;
            id += 1;
            yield Ok(message("clicks", id, &placed(&gathered, &page.layout)));
            tokio::time::sleep(PUSH_INTERVAL).await;
        }
    };
    Ok(push::answer(messages))
}

fn sides(page: &Page) -> Value {
    let PageLayout { width, height, fold, .. } = page.layout;
    json!({"width": width, "height": height, "fold": fold})
}

/// Which clicks are asked for.
struct Wanted {
    request: MapRequest,
    pattern: Option<Regex>,
}

impl Wanted {
    fn of(request: &MapRequest) -> Result<Self, ApiError> {
        if request.kind != Kind::Click {
            return Err(ApiError::invalid("kind", "the stream is of clicks"));
        }
        if !request.filters.is_empty() || request.compare.is_some() {
            return Err(ApiError::invalid("filters", "the stream is of all visits; take device, widths and state"));
        }
        let pattern = match &request.pages {
            Pages::One(_) => None,
            Pages::Like(pattern) => {
                let regex = Regex::new(&pattern.to_regex());
                Some(regex.map_err(|error| ApiError::invalid("path_pattern", error.to_string()))?)
            }
        };
        Ok(Self { request: request.clone(), pattern })
    }

    fn has(&self, click: &LiveClick) -> bool {
        let MapRequest { pages, widths, device, state, .. } = &self.request;
        let is_of_page = match (pages, &self.pattern) {
            (_, Some(pattern)) => pattern.is_match(click.path.as_str()),
            (Pages::One(path), None) => *path == click.path,
            (Pages::Like(_), None) => false,
        };
        let is_of_state = match state {
            PageState::Any => true,
            PageState::Base => click.state == 0,
            PageState::Open(open) => click.state == *open,
        };
        let is_of_width = |widths: &std::ops::RangeInclusive<u16>| {
            (u32::from(*widths.start())..=u32::from(*widths.end())).contains(&click.width)
        };
        is_of_page
            && is_of_state
            && widths.as_ref().is_none_or(is_of_width)
            && device.is_none_or(|device| device == click.device)
    }
}

/// Returns the message: cells `[x, y, clicks]` in CSS pixels of the page, and how many clicks are on elements that it does not have.
fn placed(gathered: &Gathered<LiveClick>, layout: &PageLayout) -> Value {
    let clicks = &gathered.all;
    let points: Vec<Point> = clicks
        .iter()
        .filter_map(|click| {
            let at = layout.find(click.element.as_str())?;
            Some(Point::in_box(&layout.boxes[at], at, click.fraction, 1))
        })
        .collect();
    let gone = clicks.len() - points.len();
    let cells = Projection { points, ..Projection::default() }.cells(layout);
    json!({"clicks": clicks.len(), "gone": gone, "missed": gathered.missed, "cells": cells})
}
