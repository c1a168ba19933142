//! Clicks on a page as they are made: the stream that the map's parameters select.

use std::time::Duration;

use serde_json::{Value, json};

use crate::helpers::{Beacon, SITE, TestApp, a_beacon, a_visitor, beacon::SAFARI_ON_IPHONE};

const PATIENCE: Duration = Duration::from_secs(5);
const QUIET: Duration = Duration::from_millis(700);
const FOLLOW_UP: u16 = 128;

fn on_page(beacon: Beacon) -> Beacon {
    beacon.path("/shop").sizes([1280, 720], [1280, 3000])
}

fn click(element: &str, flags: u16) -> Value {
    json!({
        "type": "click", "element": element, "fraction": [32_768, 32_768], "at": [900, 325], "size": [200, 50],
        "since": 4_000, "flags": flags,
    })
}

async fn start_with_page() -> TestApp {
    let app = TestApp::start().await;
    let boxes = json!([["body", "body", "", 0, 0, 1280, 3000, 0], ["#buy", "a", "button", 800, 300, 200, 50, 2]]);
    let view = on_page(a_beacon()).event(json!({"type": "pageview"}));
    app.accepted(&view.event(json!({"type": "layout", "complete": true, "boxes": boxes}))).await;
    app.flushed().await;
    app
}

fn stream_of(query: &str) -> String {
    format!("/api/v1/sites/{SITE}/heatmap/stream?{query}")
}

#[tokio::test]
async fn clicks_come_as_cells_where_the_map_would_draw_them() {
    let app = start_with_page().await;
    let mut stream = app.stream(&stream_of("path=/shop&width=1280"), &app.key).await;
    let page = stream.next(PATIENCE).await.unwrap();
    let told = (page.event.as_str(), page.id, page.data);
    assert_eq!(told, ("page", 0, json!({"width": 1280, "height": 3000, "fold": 720})));

    // Two clicks on the button, one on what the page no longer has; what is told again is no click.
    let clicks = [click("#buy", 0), click("#buy", FOLLOW_UP | 16), click("#gone", 0), click("#buy", 0)];
    app.accepted(&on_page(a_beacon()).events(clicks)).await;
    let message = stream.next(Duration::from_secs(1)).await.expect("clicks within a second");
    let told = (message.event.as_str(), message.id, message.data);
    assert_eq!(told, ("clicks", 1, json!({"clicks": 3, "gone": 1, "missed": 0, "cells": [[900, 325, 2]]})));

    app.accepted(&a_beacon().path("/other").event(click("#buy", 0))).await;
    assert!(stream.next(QUIET).await.is_none(), "another page's clicks are no news");
    app.add_site("other.example").await;
    app.accepted(&on_page(a_beacon()).site("other.example").event(click("#buy", 0))).await;
    assert!(stream.next(QUIET).await.is_none(), "nor are another site's");
    drop(stream);
    app.stop().await;
}

#[tokio::test]
async fn the_parameters_of_the_map_select_clicks() {
    let app = start_with_page().await;
    let open = async |query: &str| {
        let mut stream = app.stream(&stream_of(query), &app.key).await;
        assert_eq!(stream.next(PATIENCE).await.unwrap().event, "page", "{query}");
        stream
    };
    let hearing =
        ["path_pattern=/sh*", "path=/shop&device=desktop", "path=/shop&widths=1200-1300", "path=/shop&state=7"];
    let deaf = ["path_pattern=/x*", "path=/shop&device=mobile", "path=/shop&widths=300-400", "path=/shop&state=8"];
    let mut in_state = click("#buy", 0);
    in_state["state"] = 7.into();
    for query in hearing {
        let mut stream = open(query).await;
        app.accepted(&on_page(a_beacon()).event(in_state.clone())).await;
        let message = stream.next(PATIENCE).await.unwrap_or_else(|| panic!("{query} hears nothing"));
        assert_eq!(message.data["clicks"], 1, "{query}");
    }
    for query in deaf {
        let mut stream = open(query).await;
        app.accepted(&on_page(a_beacon()).event(in_state.clone())).await;
        assert!(stream.next(QUIET).await.is_none(), "{query}");
    }
    let mut phones = open("path=/shop&device=mobile").await;
    let phone = a_visitor().user_agent(SAFARI_ON_IPHONE);
    app.accepted(&on_page(a_beacon()).from(phone).event(click("#buy", 0))).await;
    assert_eq!(phones.next(PATIENCE).await.unwrap().data["cells"], json!([[900, 325, 1]]));
    drop(phones);
    app.stop().await;
}

#[tokio::test]
async fn what_the_stream_cannot_tell_is_refused() {
    let app = start_with_page().await;
    for (query, name) in [
        ("path=/shop&kind=scroll", "kind"),
        (r#"path=/shop&filters=[["is","visit:country",["BG"]]]"#, "filters"),
        ("path=/shop&compare=previous_period", "filters"),
        ("width=1280", "path"),
        ("path=/shop&colour=red", "colour"),
    ] {
        let problem = app.get(&stream_of(query)).key(&app.key).send().await.problem(400, "invalid", query);
        assert_eq!(problem["errors"][0]["pointer"], name, "{query}: {problem}");
    }
    app.stop().await;
}
