//! Owns the description of the public counters.

use serde_json::{Value, json};

use crate::{
    badge::{
        Lang,
        label::LABEL_MAX_CHARS,
        params::{MOST_COLUMNS, MOST_COUNTRIES, MOST_SCALE, MOST_SEED, STYLES, THEMES},
        show::{METRICS, SHOWS},
    },
    http::openapi::{Description, Operation, schema},
};

pub fn describe(api: &mut Description) {
    api.tag(
        "Badges",
        "Public pictures with a number. A site has them only when its owner says so (`public_badge`). `docs/badges.md` shows them.",
    );
    badge(api);
    widget(api);
    goatcounter(api);
    busuanzi(api);
    hits(api);
}

/// The number as a document, for those who draw it themselves.
fn document() -> (Value, Value) {
    let number = |name: &'static str| (name, schema::count());
    let text = |name: &'static str| (name, schema::text());
    let required = schema::object(&[
        number("schemaVersion"),
        text("label"),
        text("message"),
        text("color"),
        text("site"),
        ("path", schema::text_or_null()),
        text("show"),
        text("metric"),
        number("value"),
        number("seed"),
    ]);
    let country = schema::object(&[text("country"), number("value")]);
    let more =
        [("series", schema::list(schema::count())), ("countries", schema::list(country)), ("others", schema::count())];
    let example = json!({
        "schemaVersion": 1, "label": "total visits", "message": "18,815", "color": "#0969da", "site": "demo.example",
        "path": null, "show": "total", "metric": "visits", "value": 18815, "seed": 0,
    });
    (schema::with_optional(required, &more), example)
}

/// Adds the answers of a counter: a document, or a picture.
fn answers(get: Operation) -> Operation {
    let (schema, example) = document();
    let get = get.answer(200, "The counter.", schema, &example);
    let get = get.or_file(200, "image/svg+xml").or_file(200, "image/png");
    get.empty(304, "As before.").fails(&[429, 503])
}

fn form() -> Value {
    schema::words(&["svg", "png", "json"])
}

fn badge(api: &mut Description) {
    let get = Operation::get("/badge/{site}.{form}", "A badge").open().path_is("form", form(), &json!("svg"));
    let get = get.about("A picture for a plain `<img>` on any page, or the same as a document. It has a tag, and is kept only for a moment.");
    let get = get.query("show", "The number: who is online, or what was counted in a period.", schema::words(&SHOWS));
    let get = get.query("metric", "What is counted in a period.", schema::words(&METRICS));
    let get = get.query("path", "One page instead of the whole site.", schema::text());
    let get = get.query("style", "How it looks.", schema::words(&STYLES));
    let get = get.query("theme", "The ground of the page, for pill, sparkline and flags.", schema::words(&THEMES));
    let label = json!({ "type": "string", "maxLength": LABEL_MAX_CHARS });
    let get = get.query("label", "The text beside the number.", label);
    let get = get.query("color", "Three or six hexadecimal digits, or a name.", schema::text());
    let get = get.query("lang", "The language of label and number.", schema::words(&Lang::tags()));
    let get = get.query("seed", "Added to a total, unless the owner forbids it.", schema::whole(0, MOST_SEED));
    let get = get.query("scale", "Pixels of a PNG for each of CSS.", schema::whole(1, MOST_SCALE));
    let get = get.query("limit", "Most countries, with flags.", schema::whole(1, MOST_COUNTRIES));
    let get = get.query("columns", "Columns of countries, with flags.", schema::whole(1, MOST_COLUMNS));
    let get = get.query("count", "With 1 the look counts as a view, where the owner wants it.", schema::whole(0, 1));
    api.add(answers(get));
}

fn widget(api: &mut Description) {
    let get = Operation::get("/live/{site}/count", "How many are here, as it changes").open();
    let get = get.about(
        "Server-sent events named `count`, at most one a second: `{\"online\": 3}`, and with `path` also `page`. \
         `/js/heatline-live.js` shows them.",
    );
    let get = get.query("path", "A page whose number is told, too.", schema::text());
    api.add(get.file(200, "The events.", &["text/event-stream"]).fails(&[503]));
}

fn goatcounter(api: &mut Description) {
    let get = Operation::get("/counter/{path}.{form}", "GoatCounter's visitor counter").open();
    let get = get.path_is("path", schema::text(), &json!("TOTAL")).path_is("form", form(), &json!("svg"));
    let get = get.about(
        "The visits of a page, or of the site as `TOTAL`. As JSON the numbers are texts, as GoatCounter's are, and numbers in \
         `value` and `value_unique`; a page that was never seen is 404 with 0. Other parameters of GoatCounter change nothing.",
    );
    let get = get.query_like(
        "site",
        "The site; without it that of the page, or the only one there is.",
        schema::text(),
        &json!("demo.example"),
    );
    let get = get.query("start", "`week`, `month`, `year` or a date.", schema::text());
    let get = get.query("end", "A date.", schema::text());
    let counts = schema::object(&[
        ("count", schema::text()),
        ("count_unique", schema::text()),
        ("value", schema::count()),
        ("value_unique", schema::count()),
    ]);
    let example =
        json!({ "count": "1\u{202f}234", "count_unique": "1\u{202f}234", "value": 1234, "value_unique": 1234 });
    let get = get.answer(200, "The counter.", counts, &example);
    let get = get.or_file(200, "image/svg+xml").or_file(200, "image/png");
    api.add(get.empty(304, "As before.").fails(&[429, 503]));
}

fn busuanzi(api: &mut Description) {
    let get = Operation::get("/busuanzi", "busuanzi's counter").open();
    let get = get.about(
        "Views and visitors of the site and of the page from which the request comes. Counts the look where the owner wants it \
         (`counting_badge`).",
    );
    let get = get.query("jsonpCallback", "The function that is called: letters, digits, _ and $.", schema::text());
    let get = get.query_like(
        "site",
        "The site; without it that of the page, or the only one there is.",
        schema::text(),
        &json!("demo.example"),
    );
    let get = get.query("url", "The page, instead of the one that the browser names.", schema::text());
    let counts = schema::object(&[
        ("site_uv", schema::count()),
        ("site_pv", schema::count()),
        ("page_pv", schema::count()),
        ("version", json!({ "type": "number" })),
    ]);
    let example = json!({ "site_uv": 12, "site_pv": 34, "page_pv": 5, "version": 2.4 });
    let get = get.answer(200, "The numbers, or a script that hands them over.", counts, &example);
    api.add(get.or_file(200, "text/javascript").fails(&[404, 429, 503]));
}

fn hits(api: &mut Description) {
    let get = Operation::get("/hits/{page}.{form}", "A hits counter as of hits.sh").open();
    let get = get.path_is("page", schema::text(), &json!("demo.example/about")).path_is("form", form(), &json!("svg"));
    let get = get.about(
        "A host or the name of a site, and a path. Counts the look where the owner wants it (`counting_badge`).",
    );
    let get = get.query("site", "The site, where the host is another's.", schema::text());
    let get = get.query("action", "`hit`, or anything else to look only.", schema::text());
    let get = get.query("view", "`total`, or `today-total`.", schema::text());
    let get = get.query("label", "The text beside the number.", schema::text());
    let get = get.query("color", "Three or six hexadecimal digits, or a name.", schema::text());
    api.add(answers(get));

    let get = Operation::get("/api/count/{action}/badge.svg", "A hits counter as of seeyoufarm").open();
    let get = get.path_is("action", schema::words(&["incr", "keep"]), &json!("keep"));
    let get = get.needs("url", "The page.", schema::text(), &json!("https://demo.example/about"));
    let get = get.query("site", "The site, where the host of the page is another's.", schema::text());
    let get = get.query("title", "The text beside the number.", schema::text());
    let get = get.query("count_bg", "The color of the number.", schema::text());
    api.add(get.file(200, "The counter.", &["image/svg+xml"]).empty(304, "As before.").fails(&[429, 503]));
}
