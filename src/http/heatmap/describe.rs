//! Owns what the description of the API says of heat maps.

use serde_json::{Value, json};

use crate::{
    heatmap::params::{Frames, Kind, RADII, SCALES, Underlay, WIDTHS},
    http::{
        openapi::{Description, Operation, schema},
        reports::{DATE_RANGE, range_text},
    },
};

/// Said of every map: a signature is no way to authenticate that a program could use elsewhere.
const BY_LINK: &str =
    "Whoever has a link of `POST …/heatmap/sign` (with `sig` and `expires`) sees it, too, without a key.";

pub fn describe(api: &mut Description) {
    api.tag("Heat maps", "Where visitors clicked, scrolled and looked. `docs/heatmaps.md` explains every parameter.");
    let documents = [
        ("png", "A heat map as PNG", "image/png"),
        ("webp", "A heat map as WebP", "image/webp"),
        ("svg", "A heat map as SVG", "image/svg+xml"),
        ("gif", "A heat map that moves", "image/gif"),
    ];
    for (ending, summary, kind) in documents {
        let get = Operation::get(&format!("/api/v1/sites/{{site}}/heatmap.{ending}"), summary);
        let get = with_parameters(get.scope(&["stats"]).shared().about(BY_LINK));
        api.add(get.file(200, "The picture.", &[kind]).empty(304, "As before.").fails(&[410, 422]));
    }
    api.schema("HeatMap", described_map());
    let example = json!({
        "site": "demo.example", "path": "/", "kind": "click", "width": 1280, "height": 4000, "views": 20, "clicks": 4,
        "anchored": 3, "unanchored": 1, "gone_clicks": 0, "cell": 8, "cells": [[640, 300, 3], [80, 20, 1]],
        "elements": [{
            "element": "a#buy", "tag": "a", "role": "", "clicks": 3, "x": 600, "y": 280, "width": 90, "height": 40, "fixed": false,
        }],
        "gone": [], "layout": { "samples": 1, "width": 1280, "since": "2026-11-23T17:40:00Z", "versions": [] },
        "fold": 720, "states": [],
    });
    let get = Operation::get("/api/v1/sites/{site}/heatmap.json", "The numbers of a heat map");
    let get = with_parameters(get.scope(&["stats"]).shared().about(BY_LINK));
    let get = get.answer(200, "What the picture is drawn from.", schema::reference("HeatMap"), &example);
    api.add(get.empty(304, "As before.").fails(&[410, 422]));
    let stream = Operation::get("/api/v1/sites/{site}/heatmap/stream", "Clicks as they are made").scope(&["stats"]);
    let stream = stream.about("Server-sent events: `page` with the size of the page, then `clicks`.");
    api.add(with_parameters(stream).file(200, "The events.", &["text/event-stream"]).fails(&[422]));
    describe_links(api);
    describe_elements(api);
}

fn with_parameters(operation: Operation) -> Operation {
    let filters = || json!({ "type": "string", "description": "A list of filters as JSON." });
    let wide = schema::whole((*WIDTHS.start()).into(), (*WIDTHS.end()).into());
    let words = |all: &[&str]| schema::words(all);
    operation
        .query_like("path", "The page; either this or `path_pattern`.", schema::text(), &json!("/"))
        .query("path_pattern", "Pages of one template, as if they were one: `/blog/*`.", schema::text())
        .query(DATE_RANGE, "Which days.", range_text())
        .query("kind", "What is shown.", words(&Kind::ALL.iter().map(|kind| kind.as_str()).collect::<Vec<_>>()))
        .query_like("width", "Width of the page, in CSS pixels; 1280 if it is not said.", wide, &json!(1280))
        .query(
            "widths",
            "Only views of windows so wide: `320-480`.",
            json!({ "type": "string", "pattern": "^[0-9]+-[0-9]+$" }),
        )
        .query("device", "Only views on such devices.", words(&["desktop", "tablet", "mobile"]))
        .query("filters", "Only visits that meet these.", filters())
        .query("state", "`any`, `base`, or the number of a state of the page.", schema::text())
        .query("layout", "`latest`, or the day whose layout is drawn on.", schema::text())
        .query("compare", "`previous_period`, `year_over_year`, or two days.", schema::text())
        .query("compare_filters", "The other segment of a comparison.", filters())
        .query("palette", "The colours.", words(&["heat", "viridis", "ice", "night"]))
        .query(
            "underlay",
            "What lies behind.",
            words(&Underlay::ALL.iter().map(|word| word.as_str()).collect::<Vec<_>>()),
        )
        .query("legend", "Whether there is a legend.", words(&["true", "false"]))
        .query(
            "radius",
            "Radius of a click, in CSS pixels.",
            schema::whole((*RADII.start()).into(), (*RADII.end()).into()),
        )
        .query("normalise", "What the hottest colour stands for.", words(&["p99", "max", "per_view"]))
        .query(
            "scale",
            "Picture pixels per CSS pixel.",
            json!({ "type": "number", "minimum": SCALES.start(), "maximum": SCALES.end() }),
        )
        .query(
            "frames",
            "What the frames of a moving map stand for.",
            words(&Frames::ALL.iter().map(|word| word.as_str()).collect::<Vec<_>>()),
        )
        .query("spots", "Whether elements list the places of their clicks.", words(&["true", "false"]))
}

fn described_map() -> Value {
    let number = || json!({ "type": "number" });
    let whole = || json!({ "type": "integer" });
    let gone = schema::object(&[("element", schema::text()), ("clicks", schema::count())]);
    let version = schema::object(&[("from", schema::moment()), ("to", schema::moment()), ("samples", schema::count())]);
    let since = json!({ "type": ["string", "null"], "format": "date-time" });
    let layout = schema::object(&[
        ("samples", schema::count()),
        ("width", schema::count()),
        ("since", since),
        ("versions", schema::list(version)),
    ]);
    let state = schema::object(&[("id", schema::count()), ("element", schema::text()), ("clicks", schema::count())]);
    let element = schema::object(&[
        ("element", schema::text()),
        ("tag", schema::text()),
        ("role", schema::text()),
        ("clicks", schema::count()),
        ("x", whole()),
        ("y", whole()),
        ("width", whole()),
        ("height", whole()),
        ("fixed", schema::flag()),
    ]);
    let number_or_null = || json!({ "type": ["number", "null"] });
    let element = schema::with_optional(
        element,
        &[
            ("views", schema::count()),
            ("visitors", schema::count()),
            ("exposed", number_or_null()),
            ("click_rate", number_or_null()),
            ("rage", schema::count()),
            ("dead", schema::count()),
            ("error", schema::count()),
            ("spots", schema::list(schema::list(number()))),
        ],
    );
    let counts = ["width", "height", "views", "clicks", "anchored", "unanchored", "gone_clicks", "cell", "fold"];
    let map: Vec<(&str, Value)> = counts.into_iter().map(|name| (name, schema::count())).collect();
    let rest = [
        ("site", schema::text()),
        ("path", schema::text()),
        ("kind", schema::text()),
        ("cells", schema::list(schema::list(number()))),
        ("elements", schema::list(element)),
        ("gone", schema::list(gone)),
        ("layout", layout),
        ("states", schema::list(state)),
    ];
    let map: Vec<(&str, Value)> = map.into_iter().chain(rest).collect();
    let objects = || schema::list(json!({ "type": "object" }));
    schema::with_optional(
        schema::object(&map),
        &[
            ("least_visitors", schema::count()),
            ("measured", schema::count()),
            ("bands", objects()),
            ("landmarks", objects()),
            ("compare", json!({ "type": "object" })),
        ],
    )
}

fn describe_links(api: &mut Description) {
    let values = json!({ "type": ["string", "number", "boolean", "array"] });
    let parameters = json!({ "type": "object", "additionalProperties": values });
    let body = schema::with_optional(
        schema::object(&[("parameters", parameters)]),
        &[
            ("format", schema::words(&["png", "webp", "svg", "gif", "json"])),
            ("expires_in_days", schema::whole(1, 3660)),
        ],
    );
    let link = schema::object(&[("url", schema::text()), ("expires_at", schema::moment())]);
    let example = json!({
        "url": "https://stats.example/api/v1/sites/demo.example/heatmap.png?path=%2F&expires=1797000000&sig=…",
        "expires_at": "2026-12-11T08:40:00Z",
    });
    let sign = Operation::post("/api/v1/sites/{site}/heatmap/sign", "Make a link to one map").scope(&["stats"]);
    let sign = sign.about("Whoever has the link sees this map until its end, and no other.");
    let sign = sign.body(body, &json!({ "parameters": { "path": "/", "width": 390 }, "expires_in_days": 30 }));
    api.add(sign.answer(201, "The link.", link, &example).fails(&[422]));
    let end = Operation::delete("/api/v1/sites/{site}/heatmap/sign", "End all links of a site").scope(&["sites"]);
    api.add(end.empty(204, "No link opens anything any more."));
    let body = schema::object(&[("path", schema::text())]);
    let body = schema::with_optional(body, &[("hostname", schema::text_or_null())]);
    let overlay =
        Operation::post("/api/v1/sites/{site}/heatmap/overlay", "Show maps on the page itself").scope(&["stats"]);
    let answer =
        schema::object(&[("url", schema::text()), ("token", schema::text()), ("expires_at", schema::moment())]);
    let example = json!({
        "url": "https://demo.example/#heatline-overlay=1797000000.…", "token": "1797000000.…", "expires_at": "2026-12-11T08:40:00Z",
    });
    let overlay = overlay.body(body, &json!({ "path": "/" }));
    api.add(overlay.answer(201, "The address of the page, for an hour.", answer, &example));
}

fn describe_elements(api: &mut Description) {
    let elements = schema::object(&[
        ("path", schema::text()),
        ("views", schema::count()),
        ("elements", schema::list(json!({ "type": "object", "required": ["element", "clicks"] }))),
    ]);
    let example = json!({
        "path": "/", "views": 20,
        "elements": [{ "element": "a#buy", "clicks": 3, "exposed": 12, "click_rate": 0.25, "rage": 0, "dead": 1 }],
    });
    let get =
        Operation::get("/api/v1/sites/{site}/elements", "What happened to each element").scope(&["stats"]).shared();
    let get = with_parameters(get).answer(200, "The ledger of the page's elements.", elements, &example);
    api.add(get.fails(&[422]));

    let numbers = ["views", "clicks", "rage", "dead"].map(|name| (name, schema::count()));
    let page: Vec<(&str, Value)> =
        numbers.into_iter().chain([("path", schema::text()), ("widths", schema::list(schema::count()))]).collect();
    let pages = schema::object(&[("pages", schema::list(schema::object(&page)))]);
    let get = Operation::get("/api/v1/sites/{site}/pages", "List pages that have maps").scope(&["stats"]).shared();
    let get = get.query(DATE_RANGE, "Which days.", range_text());
    let get = get.query("search", "A part of the path.", schema::text());
    let get = get.query("limit", "Most pages.", schema::whole(1, super::MOST_PAGES.into()));
    let example =
        json!({ "pages": [{ "path": "/", "views": 20, "clicks": 4, "rage": 0, "dead": 1, "widths": [390, 1280] }] });
    api.add(get.answer(200, "The pages, most viewed first.", pages, &example).fails(&[422]));
}
