//! Bad input on every public route: a problem document with the right code, nothing kept, the service unharmed.

use heatline::control::Role;
use reqwest::Method;
use serde_json::{Value, json};

use crate::helpers::{SITE, TestApp, a_beacon, a_pageview, a_visitor, api::Request};

const MALFORMED: (u16, &str) = (400, "malformed");
const INVALID: (u16, &str) = (400, "invalid");
const TOO_LARGE: (u16, &str) = (413, "too_large");
const MEDIA_TYPE: (u16, &str) = (415, "unsupported_media_type");
const NOT_FOUND: (u16, &str) = (404, "not_found");
const NO_SITE: (u16, &str) = (404, "site_not_found");

/// One bad request and how it must be refused.
struct Case {
    what: String,
    request: Request,
    refusal: (u16, &'static str),
    /// The place of the mistake, where it is a value.
    pointer: Option<String>,
}

fn case(what: impl Into<String>, request: Request, refusal: (u16, &'static str)) -> Case {
    Case { what: what.into(), request, refusal, pointer: None }
}

/// A value that is wrong at a place.
fn wrong(what: impl Into<String>, request: Request, pointer: &str) -> Case {
    Case { pointer: Some(pointer.to_owned()), ..case(what, request, INVALID) }
}

/// Sends all cases. Afterwards nothing is kept, `rejected` events are counted as refused, and the service is well.
async fn assert_all_are_refused(app: TestApp, cases: Vec<Case>, rejected: u64) {
    for Case { what, request, refusal: (status, code), pointer } in cases {
        let answer = request.send().await;
        let problem = answer.problem(status, code, &what);
        assert!(answer.body.len() < 4096, "{what}: {} bytes of problem", answer.body.len());
        if let Some(pointer) = pointer {
            assert_eq!(problem["errors"][0]["pointer"], pointer.as_str(), "{what}: {problem}");
            assert!(problem["errors"][0]["detail"].as_str().is_some_and(|detail| !detail.is_empty()), "{what}");
        }
    }
    let metrics = app.metrics().await;
    assert_eq!(metrics.events("rejected", ""), rejected, "what was refused is counted");
    assert_eq!(metrics.all_events(), rejected, "nothing met another fate");
    assert_eq!(app.live(SITE).await["visitors"], 0);
    for table in ["events", "clicks", "moves", "scrolls", "layouts"] {
        assert_eq!(app.cell(&format!("SELECT count() FROM {table}")).await, 0, "{table}");
    }
    app.get("/readyz").send().await.expect(200, "the service is well");
    app.accepted(&a_pageview("/")).await;
    app.flushed().await;
    assert_eq!(app.cell("SELECT count() FROM events").await, 1, "and counts the next visitor");
    app.stop().await;
}

/// The body of a beacon in which one thing is changed.
fn beacon(change: impl FnOnce(&mut Value)) -> String {
    let mut body = a_pageview("/").body;
    change(&mut body);
    body.to_string()
}

/// The body of a beacon whose only event is this one.
fn event(event: Value) -> String {
    a_beacon().event(event).body.to_string()
}

fn click(change: impl FnOnce(&mut Value)) -> String {
    let mut click = json!({"type": "click", "element": "#buy", "fraction": [1, 2], "at": [3, 4]});
    change(&mut click);
    event(click)
}

fn utf16(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

/// Replaces a text within bytes that are no longer text.
fn with_bytes(text: &str, from: &str, to: &[u8]) -> Vec<u8> {
    let (before, after) = text.split_once(from).unwrap();
    [before.as_bytes(), to, after.as_bytes()].concat()
}

#[tokio::test]
async fn beacons_that_cannot_be_read_are_refused() {
    let app = TestApp::start().await;
    let good = a_pageview("/").body.to_string();
    let send = |body: String| app.post("/api/beacon").visitor(&a_visitor()).text(body);
    let bytes = |body: Vec<u8>| app.post("/api/beacon").visitor(&a_visitor()).text(body);
    let typed = |kind: &str| app.post("/api/beacon").visitor(&a_visitor()).body(kind, good.clone());
    let encoded = |encoding: &str| send(good.clone()).header("content-encoding", encoding);
    let too_long = |bytes: usize| "x".repeat(bytes);
    let mut cases = vec![
        case("an empty body", send(String::new()), MALFORMED),
        case("a lone byte order mark", send("\u{feff}".to_owned()), MALFORMED),
        case("an open bracket", send("{".to_owned()), MALFORMED),
        case("a truncated beacon", send(good[..good.len() - 1].to_owned()), MALFORMED),
        case("something after the end", send(format!("{good}x")), MALFORMED),
        case("two beacons", send(format!("{good}{good}")), MALFORMED),
        case("UTF-16", bytes(utf16(&good)), MALFORMED),
        case("bytes that are no UTF-8", bytes(with_bytes(&good, "https", b"\xff\xfe")), MALFORMED),
        case("half of a surrogate pair", bytes(with_bytes(&good, "https", br"\ud800")), MALFORMED),
        case("brackets ten thousand deep", send("[".repeat(10_000)), MALFORMED),
        case("objects ten thousand deep", send(r#"{"a":"#.repeat(10_000)), MALFORMED),
        case("thousands of keys, none of ours", send(many_keys()), MALFORMED),
        case("a key that stands twice", send(good.replacen('{', r#"{"site":"a.example","#, 1)), MALFORMED),
        case("a literal that is no JSON", send(good.replace("1280,720", "NaN,720")), MALFORMED),
        case("a number without end", send(good.replace("1280,720", "1e309,720")), MALFORMED),
        case("a body of 64 KiB and a byte", send(" ".repeat(64 * 1024 + 1)), TOO_LARGE),
        case("a body of a megabyte", send(too_long(1024 * 1024)), TOO_LARGE),
        case("101 events", send(beacon(|b| b["events"] = vec![json!({"type": "pageview"}); 101].into())), TOO_LARGE),
        case("a form", typed("application/x-www-form-urlencoded"), MEDIA_TYPE),
        case("a form with parts", typed("multipart/form-data; boundary=x"), MEDIA_TYPE),
        case("HTML", typed("text/html"), MEDIA_TYPE),
        case("gzip by name", encoded("gzip"), MALFORMED),
        case("gzip twice", encoded("gzip, gzip"), MEDIA_TYPE),
        case("zstd by name", encoded("zstd"), MALFORMED),
        case("brotli by name", encoded("br"), MALFORMED),
        case("an encoding that nobody knows", encoded("compress"), MEDIA_TYPE),
    ];
    for body in ["null", "true", "42", "\"x\"", "[]", "{}", "[{}]"] {
        cases.push(case(format!("the JSON {body}"), send(body.to_owned()), MALFORMED));
    }
    let rejected = cases.len() as u64;
    assert!(rejected >= 30, "{rejected} cases");
    assert_all_are_refused(app, cases, rejected).await;
}

#[tokio::test]
async fn values_of_a_beacon_that_are_out_of_range_are_refused_by_their_place() {
    let app = TestApp::start().await;
    let send = |body: String| app.post("/api/beacon").visitor(&a_visitor()).text(body);
    let address_of = |bytes: usize| format!("https://demo.example/{}", "x".repeat(bytes));
    let mut cases = Vec::new();
    for key in ["v", "site", "view", "url", "viewport", "document", "events"] {
        let without = beacon(|b| drop(b.as_object_mut().unwrap().remove(key)));
        cases.push(case(format!("no {key}"), send(without), MALFORMED));
        cases.push(case(format!("a {key} of another kind"), send(beacon(|b| b[key] = json!({"a": 1}))), MALFORMED));
    }
    let values = [
        ("/v", "v", json!(2)),
        ("/v", "v", json!(0)),
        ("/site", "site", json!("")),
        ("/site", "site", json!("a/b")),
        ("/site", "site", json!("a\u{0}b")),
        ("/site", "site", json!("x".repeat(254))),
        ("/view", "view", json!("")),
        ("/view", "view", json!("9f86d081884c7d6")),
        ("/view", "view", json!("9f86d081884c7d650")),
        ("/view", "view", json!("+f86d081884c7d65")),
        ("/view", "view", json!("9f86d081884c7d6ю")),
        ("/url", "url", json!("")),
        ("/url", "url", json!("/relative")),
        ("/url", "url", json!("https://")),
        ("/url", "url", json!("https://a b/")),
        ("/url", "url", json!("javascript:alert(1)")),
        ("/url", "url", json!("data:text/html,<b>")),
        ("/url", "url", json!("file:///etc/passwd")),
        ("/url", "url", json!("blob:https://demo.example/9f86")),
        ("/url", "url", json!("about:blank")),
        ("/url", "url", json!(address_of(4096))),
        ("/referrer", "referrer", json!(address_of(4096))),
        ("/viewport/0", "viewport", json!([65_536, 720])),
        ("/viewport/1", "viewport", json!([1280, u32::MAX])),
        ("/document/0", "document", json!([10_000_001, 1])),
        ("/document/1", "document", json!([1, 10_000_001])),
        ("/events", "events", json!([])),
    ];
    for (pointer, key, value) in values {
        let what = format!("{key} is {}", shortened(&value));
        cases.push(wrong(what, send(beacon(|b| b[key] = value)), pointer));
    }
    let shapes = [
        ("viewport", json!([-1, 720])),
        ("viewport", json!([1280.5, 720])),
        ("viewport", json!(["1280", 720])),
        ("viewport", json!([1280])),
        ("viewport", json!([1280, 720, 1])),
        ("viewport", json!([4_294_967_296_u64, 720])),
        ("document", json!([9_007_199_254_740_993_u64, 1])),
        ("events", json!({"type": "pageview"})),
        ("events", json!(["pageview"])),
        ("events", json!([null])),
        ("events", json!([{}])),
        ("events", json!([{"type": "purchase"}])),
        ("events", json!([{"type": "Pageview"}])),
        ("events", json!([{"type": ["pageview"]}])),
        ("events", json!([{"type": "pageview", "ago": -1}])),
        ("events", json!([{"type": "pageview", "ago": "yesterday"}])),
        ("events", json!([{"type": "pageview", "ago": 1.5}])),
        ("hash", json!("yes")),
    ];
    for (key, value) in shapes {
        cases.push(case(format!("{key} is {value}"), send(beacon(|b| b[key] = value)), MALFORMED));
    }
    let mut one_bad_of_a_hundred = vec![json!({"type": "pageview"}); 99];
    one_bad_of_a_hundred.push(json!({"type": "engagement", "engaged": 1, "depth": 101}));
    let one_bad = beacon(|b| b["events"] = one_bad_of_a_hundred.into());
    cases.push(wrong("one bad event of a hundred", send(one_bad), "/events/99/depth"));
    let rejected = cases.len() as u64;
    assert!(rejected >= 60, "{rejected} cases");
    assert_all_are_refused(app, cases, rejected).await;
}

#[expect(clippy::too_many_lines, reason = "a table of cases")]
#[tokio::test]
async fn events_of_a_beacon_that_are_out_of_range_are_refused_by_their_place() {
    let app = TestApp::start().await;
    let send = |body: String| app.post("/api/beacon").visitor(&a_visitor()).text(body);
    let custom = |props: Value| event(json!({"type": "event", "name": "Buy", "props": props}));
    let layout = |boxes: Value| event(json!({"type": "layout", "complete": true, "boxes": boxes}));
    let a_box = |change: fn(&mut Value)| {
        let mut b = json!(["#buy", "a", "button", 1, 2, 3, 4, 2]);
        change(&mut b);
        json!([b])
    };
    let rest = |key: &str, value: Value| {
        let mut rest = json!({"type": "move", "element": "#buy", "fraction": [1, 2], "at": [3, 4], "rest": 500});
        rest[key] = value;
        event(rest)
    };
    let scroll = |key: &str, value: Value| {
        let mut scroll = json!({"type": "scroll", "depth": 1});
        scroll[key] = value;
        event(scroll)
    };
    let engagement = |key: &str, value: Value| {
        let mut engagement = json!({"type": "engagement", "engaged": 1, "depth": 1});
        engagement[key] = value;
        event(engagement)
    };
    let props = |count: usize| (0..count).map(|n| (n.to_string(), "x".into())).collect::<serde_json::Map<_, _>>();
    let boxes = |count: usize| vec![json!(["a", "", "", 0, 0, 1, 1, 0]); count];
    let name = |name: &str| event(json!({"type": "event", "name": name}));

    let values = [
        ("a click with no element", click(|c| c["element"] = "".into()), "element"),
        ("an element key of 201 bytes", click(|c| c["element"] = "x".repeat(201).into()), "element"),
        ("an element key of 50 KB", click(|c| c["element"] = "div>".repeat(12_500).into()), "element"),
        ("an element key with an escape", click(|c| c["element"] = "a\u{1b}[2J".into()), "element"),
        ("an element key with NUL", click(|c| c["element"] = "a\u{0}".into()), "element"),
        ("a click right of any page", click(|c| c["at"] = json!([10_000_001, 0])), "at/0"),
        ("a click below any page", click(|c| c["at"] = json!([0, u32::MAX])), "at/1"),
        ("a container scrolled too far", click(|c| c["container"] = json!([10_000_001, 0])), "container/0"),
        ("depth 101", engagement("depth", json!(101)), "depth"),
        ("a longer time than a day", engagement("engaged", json!(86_400_001)), "engaged"),
        ("scrolled below any page", scroll("depth", json!(10_000_001)), "depth"),
        ("99 bands", scroll("exposure", json!(vec![0; 99])), "exposure"),
        ("101 bands", scroll("exposure", json!(vec![0; 101])), "exposure"),
        ("a box wider than any page", click(|c| c["size"] = json!([10_000_001, 0])), "size/0"),
        ("a box higher than any page", click(|c| c["size"] = json!([0, u32::MAX])), "size/1"),
        ("a rest of more than a day", rest("rest", json!(86_400_001)), "rest"),
        ("a rest on no element", rest("element", json!("")), "element"),
        ("a rest right of any page", rest("at", json!([10_000_001, 0])), "at/0"),
        ("a rest in a box higher than any page", rest("size", json!([0, 10_000_001])), "size/1"),
        ("41 landmarks", scroll("landmarks", json!(vec![("main", 1); 41])), "landmarks"),
        ("a landmark without a key", scroll("landmarks", json!([["main", 1], ["", 1]])), "landmarks/1/0"),
        ("a landmark whose key is too long", scroll("landmarks", json!([["x".repeat(201), 1]])), "landmarks/0/0"),
        ("a landmark seen for more than a day", scroll("landmarks", json!([["main", 86_400_001]])), "landmarks/0/1"),
        ("a band seen for more than a day", scroll("exposure", json!(vec![86_400_001; 100])), "exposure"),
        ("an empty name", name(""), "name"),
        ("a name of spaces", name("  "), "name"),
        ("a name of 121 bytes", name(&"x".repeat(121)), "name"),
        ("31 properties", custom(props(31).into()), "props"),
        ("a key of 301 bytes", custom(json!({"x".repeat(301): "1"})), "props"),
        ("a value of 2001 bytes", custom(json!({"a": "x".repeat(2001)})), "props"),
        ("601 boxes", layout(boxes(601).into()), "boxes"),
        ("a box without a key", layout(a_box(|b| b[0] = "".into())), "boxes/0"),
        ("a tag of 41 bytes", layout(a_box(|b| b[1] = "x".repeat(41).into())), "boxes/0"),
        ("a role of 41 bytes", layout(a_box(|b| b[2] = "x".repeat(41).into())), "boxes/0"),
        ("a box left of any page", layout(a_box(|b| b[3] = json!(-10_000_001))), "boxes/0"),
        ("a box at the end of numbers", layout(a_box(|b| b[4] = json!(i32::MIN))), "boxes/0"),
        ("a box wider than any page", layout(a_box(|b| b[5] = json!(10_000_001))), "boxes/0"),
    ];
    let mut cases: Vec<Case> =
        values.into_iter().map(|(what, body, place)| wrong(what, send(body), &format!("/events/0/{place}"))).collect();
    let shapes = [
        ("a fraction above its range", click(|c| c["fraction"] = json!([65_536, 0]))),
        ("a fraction below its range", click(|c| c["fraction"] = json!([-1, 0]))),
        ("a fraction of a fraction", click(|c| c["fraction"] = json!([0.5, 0]))),
        ("one fraction", click(|c| c["fraction"] = json!([1]))),
        ("a click left of the page", click(|c| c["at"] = json!([-1, 0]))),
        ("a place that is text", click(|c| c["at"] = json!(["12", 0]))),
        ("a place between pixels", click(|c| c["at"] = json!([1.5, 0]))),
        ("a click without a place", click(|c| drop(c.as_object_mut().unwrap().remove("at")))),
        ("a click before the page", click(|c| c["since"] = json!(-1))),
        ("a state of 33 bits", click(|c| c["state"] = json!(4_294_967_296_u64))),
        ("a state that is text", click(|c| c["state"] = json!("menu"))),
        ("a box with one side", click(|c| c["size"] = json!([10]))),
        ("a box of negative size", click(|c| c["size"] = json!([10, -1]))),
        ("a box that is null", click(|c| c["size"] = Value::Null)),
        ("a rest without time", event(json!({"type": "move", "element": "a", "fraction": [0, 0], "at": [0, 0]}))),
        ("a rest of negative time", rest("rest", json!(-1))),
        ("a rest without a place in the element", rest("fraction", Value::Null)),
        ("landmarks that are no pairs", scroll("landmarks", json!(["main", 1]))),
        ("a landmark of three parts", scroll("landmarks", json!([["main", 1, 2]]))),
        ("a landmark seen for a negative time", scroll("landmarks", json!([["main", -1]]))),
        ("flags of 17 bits", click(|c| c["flags"] = json!(65_536))),
        ("an element key that is a number", click(|c| c["element"] = json!(7))),
        ("depth below 0", engagement("depth", json!(-1))),
        ("depth between percents", engagement("depth", json!(50.5))),
        ("depth beyond a byte", engagement("depth", json!(300))),
        ("time below 0", engagement("engaged", json!(-1))),
        ("no time", engagement("engaged", json!(null))),
        ("scrolled above the page", scroll("depth", json!(-1))),
        ("a band below 0", scroll("exposure", json!(vec![-1; 100]))),
        ("bands that are text", scroll("exposure", json!("0"))),
        ("a custom event without a name", event(json!({"type": "event"}))),
        ("a property that is a number", custom(json!({"a": 1}))),
        ("a property that is an object", custom(json!({"a": {"b": "c"}}))),
        (
            "a property nested deep",
            custom(serde_json::from_str(&format!("{}{}", "[".repeat(100), "]".repeat(100))).unwrap()),
        ),
        ("properties in a list", custom(json!(["a"]))),
        ("a box of seven parts", layout(a_box(|b| drop(b.as_array_mut().unwrap().pop())))),
        ("a box of nine parts", layout(a_box(|b| b.as_array_mut().unwrap().push(json!(1))))),
        ("a box of negative size", layout(a_box(|b| b[6] = json!(-1)))),
        ("a box that is no list", layout(json!(["#buy"]))),
        ("a layout that does not say whether it is whole", event(json!({"type": "layout", "boxes": []}))),
    ];
    cases.extend(shapes.into_iter().map(|(what, body)| case(what, send(body), MALFORMED)));
    let rejected = cases.len() as u64;
    assert_all_are_refused(app, cases, rejected).await;
}

#[tokio::test]
async fn events_of_plausible_that_are_wrong_are_refused() {
    let app = TestApp::start().await;
    let send = |body: Value| app.event_request(&a_visitor(), &body);
    let text = |body: String| app.post("/api/event").visitor(&a_visitor()).text(body);
    let with = |key: &str, value: Value| {
        let mut body = json!({"n": "Buy", "u": "https://demo.example/", "d": SITE});
        body[key] = value;
        send(body)
    };
    let long = "x".repeat(4096);
    let props = (0..31).map(|n| (n.to_string(), "x".into())).collect::<serde_json::Map<_, _>>();
    let cases = vec![
        case("an empty body", text(String::new()), MALFORMED),
        case("half a body", text(r#"{"n":"pageview""#.to_owned()), MALFORMED),
        case("null", send(Value::Null), MALFORMED),
        case("nothing in it", send(json!({})), MALFORMED),
        case("a list", send(json!([{"n": "pageview"}])), MALFORMED),
        case("no name", send(json!({"u": "https://demo.example/", "d": SITE})), MALFORMED),
        case("no site", send(json!({"n": "pageview", "u": "https://demo.example/"})), MALFORMED),
        case("no address", send(json!({"n": "pageview", "d": SITE})), MALFORMED),
        case("a name in both spellings", with("name", json!("Buy")), MALFORMED),
        case("a name that is a number", with("n", json!(1)), MALFORMED),
        case("an engaged time below 0", with("e", json!(-1)), MALFORMED),
        case("a depth that is text", with("sd", json!("half")), MALFORMED),
        case("a width that is text", with("w", json!("wide")), MALFORMED),
        case("properties in a list", with("p", json!(["a"])), MALFORMED),
        case("properties as text that is no JSON", with("p", json!("{")), MALFORMED),
        case("properties nested deep", with("p", json!("[".repeat(10_000))), MALFORMED),
        case("a body of 64 KiB and a byte", text(" ".repeat(64 * 1024 + 1)), TOO_LARGE),
        case("a form", app.post("/api/event").body("application/x-www-form-urlencoded", "n=pageview"), MEDIA_TYPE),
        case("gzip by name", text("x".to_owned()).header("content-encoding", "gzip"), MALFORMED),
        wrong("an empty name", with("n", json!("")), "/name"),
        wrong("a name of 121 bytes", with("n", json!("x".repeat(121))), "/name"),
        wrong("an empty site", with("d", json!("")), "/domain"),
        wrong("a site with a slash", with("d", json!("a/b")), "/domain"),
        wrong("a list of sites with a hole", with("d", json!("demo.example,,b.example")), "/domain"),
        wrong("eleven sites", with("d", json!([SITE; 11].join(","))), "/domain"),
        wrong("an address without a scheme", with("u", json!("demo.example/")), "/url"),
        wrong("an address that is a script", with("u", json!("javascript:alert(1)")), "/url"),
        wrong("an address that is too long", with("u", json!(format!("https://demo.example/{long}"))), "/url"),
        wrong("a referrer that is too long", with("r", json!(format!("https://demo.example/{long}"))), "/referrer"),
        wrong("31 properties", with("p", props.into()), "/props"),
        wrong("a value of 2001 bytes", with("p", json!({"a": "x".repeat(2001)})), "/props"),
    ];
    let rejected = cases.len() as u64;
    assert_all_are_refused(app, cases, rejected).await;
}

#[tokio::test]
async fn pixels_and_badges_with_wrong_parameters_are_refused() {
    let app = TestApp::start().await;
    app.change_site(SITE, json!({"public_badge": true})).await;
    let pixel = |query: &str| app.get(&format!("/pixel.gif?{query}")).visitor(&a_visitor());
    let url = "url=https%3A%2F%2Fdemo.example%2F";
    let mut cases = vec![
        case("no parameters", pixel(""), MALFORMED),
        case("no site", pixel(url), MALFORMED),
        case("no address", pixel("site=demo.example"), MALFORMED),
        case("an unknown parameter", pixel(&format!("site=demo.example&{url}&color=red")), MALFORMED),
        case("a site twice", pixel(&format!("site=demo.example&site=b.example&{url}")), MALFORMED),
        wrong("a site with a slash", pixel(&format!("site=a%2Fb&{url}")), "site"),
        wrong("an address that is a script", pixel("site=demo.example&url=javascript%3Aalert(1)"), "url"),
        wrong("an address of bytes that are no text", pixel("site=demo.example&url=%ff%fe"), "url"),
        wrong(
            "an address that is too long",
            pixel(&format!("site=demo.example&url=https://demo.example/{}", "x".repeat(4096))),
            "url",
        ),
    ];
    let rejected = cases.len() as u64;
    let badge = |query: &str| app.get(&format!("/badge/demo.example.svg?{query}"));
    for (query, pointer) in [
        ("sohw=online", "sohw"),
        ("show=everything", "show"),
        ("show=", "show"),
        ("show=online&show=today", "show"),
        ("lang=tlh", "lang"),
        ("style=plastic", "style"),
        ("color=12", "color"),
        ("color=url(x)", "color"),
        ("color=%00", "color"),
        ("label=a%00b", "label"),
        ("label=a%0Ab", "label"),
        ("label=%E2%80%AEgpj.exe", "label"),
        (&format!("label={}", "%D1%8E".repeat(61)), "label"),
    ] {
        cases.push(wrong(format!("a badge with {query}"), badge(query), pointer));
    }
    cases.push(case("a badge with a long query", badge(&format!("label={}", "x".repeat(8192))), MALFORMED));
    cases.push(case("a badge of no site", app.get("/badge/missing.example.svg"), NO_SITE));
    cases.push(case("a badge of a site with a slash", app.get("/badge/a%2Fb.svg"), NO_SITE));
    cases.push(case("a badge of bytes that are no text", app.get("/badge/%ff.svg"), NO_SITE));
    assert_all_are_refused(app, cases, rejected).await;
}

#[tokio::test]
async fn questions_without_sense_are_refused() {
    let app = TestApp::start().await;
    let ask = |change: Value| {
        let mut body = json!({"site_id": SITE, "metrics": ["visitors"], "date_range": "7d"});
        body.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        app.query_request(&body)
    };
    let raw = |kind: &str, body: String| app.post("/api/v2/query").key(&app.key).body(kind, body);
    let is = |value: &str| json!(["is", "event:page", [value]]);
    let mut deep = is("/");
    for _ in 0..50 {
        deep = json!(["not", deep]);
    }
    let mut cases = vec![
        case("an empty body", raw("application/json", String::new()), MALFORMED),
        case("half a body", raw("application/json", "{".to_owned()), MALFORMED),
        case("brackets ten thousand deep", raw("application/json", "[".repeat(10_000)), MALFORMED),
        case("a body of 256 KiB and a byte", raw("application/json", " ".repeat(256 * 1024 + 1)), TOO_LARGE),
        case("a form", raw("application/x-www-form-urlencoded", "site_id=x".to_owned()), MEDIA_TYPE),
        case("a site that is not there", ask(json!({"site_id": "missing.example"})), NO_SITE),
        wrong("null", raw("application/json", "null".to_owned()), ""),
        wrong("a list", raw("application/json", "[]".to_owned()), ""),
    ];
    let values = [
        (json!({"site_id": null}), "/site_id"),
        (json!({"site_id": "a/b"}), "/site_id"),
        (json!({"metrics": []}), "/metrics"),
        (json!({"metrics": ["users"]}), "/metrics/0"),
        (json!({"metrics": ["visitors", "visitors"]}), "/metrics/1"),
        (json!({"metrics": "visitors; DROP TABLE events"}), "/metrics"),
        (json!({"dimensions": ["site_id"]}), "/dimensions/0"),
        (json!({"dimensions": ["event:page) FROM events --"]}), "/dimensions/0"),
        (
            json!({"dimensions": ["event:page", "visit:source", "visit:city", "visit:os", "visit:browser"]}),
            "/dimensions",
        ),
        (json!({"date_range": "1w"}), "/date_range"),
        (json!({"date_range": null}), "/date_range"),
        (json!({"date_range": ["2026-03-02", "2026-03-01"]}), "/date_range"),
        (json!({"date_range": ["1976-03-01", "2026-03-01"]}), "/date_range"),
        (json!({"date_range": ["0000-00-00", "2026-03-01"]}), "/date_range"),
        (json!({"date_range": ["2026-02-30", "2026-03-01"]}), "/date_range"),
        (json!({"filters": [["matches", "event:page", ["(a+"]]]}), "/filters/0/2/0"),
        (json!({"filters": [["is", "session_id", ["1"]]]}), "/filters/0/1"),
        (json!({"filters": [["is", "event:page", []]]}), "/filters/0/2"),
        (json!({"filters": vec![is("/"); 1000]}), "/filters"),
        (json!({"filters": [["is", "event:page", ["x".repeat(2049)]]]}), "/filters/0/2/0"),
        (json!({"filters": [deep]}), "/filters/0/1/1/1/1"),
        (json!({"order_by": [["1; DROP TABLE events", "asc"]]}), "/order_by/0/0"),
        (json!({"order_by": [["visitors", "sideways"]]}), "/order_by/0/1"),
        (json!({"pagination": {"limit": 0}}), "/pagination/limit"),
        (json!({"pagination": {"limit": -1}}), "/pagination/limit"),
        (json!({"pagination": {"limit": 1_000_000_000}}), "/pagination/limit"),
        (json!({"pagination": {"offset": 1.5}}), "/pagination/offset"),
        (json!({"include": {"everything": true}}), "/include/everything"),
        (json!({"colour": "red"}), "/colour"),
    ];
    for (change, pointer) in values {
        cases.push(wrong(format!("a report with {}", shortened(&change)), ask(change), pointer));
    }
    let now = |query: &str| app.get(&format!("/api/v1/stats/realtime/visitors?{query}")).key(&app.key);
    cases.push(case("visitors of now, of no site", now(""), MALFORMED));
    cases.push(case("visitors of now, of two sites", now("site_id=demo.example&site_id=b.example"), MALFORMED));
    cases.push(case("visitors of now, of a site with a slash", now("site_id=a%2Fb"), NO_SITE));
    assert_all_are_refused(app, cases, 0).await;
}

#[tokio::test]
async fn heat_maps_out_of_bounds_are_refused() {
    let app = TestApp::start().await;
    let ask =
        |ending: &str, query: &str| app.get(&format!("/api/v1/sites/{SITE}/heatmap.{ending}?{query}")).key(&app.key);
    let many = (0..33).map(|n| format!("p{n}=x")).collect::<Vec<_>>().join("&");
    let values = [
        ("", "path"),
        ("path=", "path"),
        ("path=pricing", "path"),
        ("path=https://demo.example/", "path"),
        ("path=/&width=0", "width"),
        ("path=/&width=119", "width"),
        ("path=/&width=3841", "width"),
        ("path=/&width=99999999999", "width"),
        ("path=/&width=-1", "width"),
        ("path=/&width=1280.5", "width"),
        ("path=/&width=NaN", "width"),
        ("path=/&width=", "width"),
        ("path=/&width=390&width=1280", "width"),
        ("path=/&scale=NaN", "scale"),
        ("path=/&scale=inf", "scale"),
        ("path=/&scale=0", "scale"),
        ("path=/&scale=100", "scale"),
        ("path=/&radius=0", "radius"),
        ("path=/&radius=100000", "radius"),
        ("path=/&kind=anger", "kind"),
        ("path=/&kind=CLICK", "kind"),
        ("path=/&palette=jet", "palette"),
        ("path=/&legend=yes", "legend"),
        ("path=/&normalise=p50", "normalise"),
        ("path=/&device=phone", "device"),
        ("path=/&widths=480-320", "widths"),
        ("path=/&widths=0-99999", "widths"),
        ("path=/&format=svg", "format"),
        ("path=/&date_range=1w", "date_range"),
        ("path=/&date_range=", "date_range"),
        ("path=/&date_range=2026-03-02,2026-03-01", "date_range"),
        ("path=/&date_range=0000-00-00,2026-03-01", "date_range"),
        ("path=/&date_range=7d&date_range=30d", "date_range"),
    ];
    let mut cases: Vec<Case> = Vec::new();
    for (query, pointer) in values {
        for ending in ["png", "json"] {
            cases.push(wrong(format!("a {ending} with {query}"), ask(ending, query), pointer));
        }
    }
    cases.push(case("33 parameters", ask("png", &many), MALFORMED));
    cases.push(case("an ending that is not there", ask("bmp", "path=/"), NOT_FOUND));
    let pages = |query: &str| app.get(&format!("/api/v1/sites/{SITE}/pages?{query}")).key(&app.key);
    cases.push(wrong("pages of no range", pages("date_range=1w"), "date_range"));
    cases.push(case("pages with an unknown parameter", pages("colour=red"), MALFORMED));
    assert_all_are_refused(app, cases, 0).await;
}

#[tokio::test]
async fn wrong_sites_settings_and_passwords_are_refused() {
    let app = TestApp::start().await;
    let session = app.signed_in("ann@x.example", Some((SITE, Role::Owner))).await;
    let new = |body: Value| app.post("/api/v1/sites").key(&app.key).json(&body);
    let change = |body: Value| app.request(Method::PATCH, "/api/v1/sites/demo.example").session(&session).json(&body);
    let sign_in = |body: Value| app.post("/api/v1/session").json(&body);
    let set_up = |body: Value| app.post("/api/v1/setup").json(&body);
    let with = |settings: Value| json!({"settings": settings});
    let large = "x".repeat(256 * 1024);
    let cases = vec![
        case("a site without a name", new(json!({})), MALFORMED),
        case("a list of sites", new(json!(["a.example"])), MALFORMED),
        case("an unknown key", new(json!({"domain": "a.example", "colour": "red"})), MALFORMED),
        case("an unknown setting", new(json!({"domain": "a.example", "settings": {"colour": "red"}})), MALFORMED),
        case("a site that is there", new(json!({"domain": " DEMO.example"})), (409, "site_exists")),
        case("a body that is too large", new(json!({"domain": large})), TOO_LARGE),
        case("a body without a type", app.post("/api/v1/sites").key(&app.key).bare_body("{}"), MEDIA_TYPE),
        wrong("an empty name", new(json!({"domain": ""})), "/domain"),
        wrong("a name with a slash", new(json!({"domain": "https://a.example/"})), "/domain"),
        wrong("a name of 254 bytes", new(json!({"domain": "x".repeat(254)})), "/domain"),
        wrong(
            "a zone of no planet of ours",
            new(json!({"domain": "a.example", "timezone": "Mars/Phobos"})),
            "/timezone",
        ),
        wrong("a zone that is a path", change(json!({"timezone": "../../etc/passwd"})), "/timezone"),
        wrong("a host with a slash", change(with(json!({"hostnames": ["a.example", "b/c"]}))), "/settings/hostnames/1"),
        wrong("a path without one", change(with(json!({"excluded_paths": ["admin"]}))), "/settings/excluded_paths/0"),
        wrong("a network that is none", change(with(json!({"excluded_addresses": ["10.0.0.0/33"]}))), "/settings"),
        wrong("501 paths", change(with(json!({"excluded_paths": vec!["/a"; 501]}))), "/settings/excluded_paths"),
        wrong("a flag that is a word", change(with(json!({"public_badge": "yes"}))), "/settings"),
        wrong("a setting that is not there", change(with(json!({"colour": "red"}))), "/settings"),
        case("settings that are a list", change(with(json!([]))), MALFORMED),
        case("a key that cannot be changed", change(json!({"domain": "b.example"})), MALFORMED),
        case("a site with a slash", app.get("/api/v1/sites/a%2Fb").key(&app.key), NO_SITE),
        case("a site of bytes that are no text", app.get("/api/v1/sites/%ff").key(&app.key), NO_SITE),
        case("a site of a long name", app.get(&format!("/api/v1/sites/{}", "x".repeat(5000))).key(&app.key), NO_SITE),
        case("the live view of a path", app.get("/api/v1/sites/..%2f..%2fetc/live").key(&app.key), NO_SITE),
        case("signing in with nothing", sign_in(json!({})), MALFORMED),
        case("a password that is a number", sign_in(json!({"email": "a@b.c", "password": 1})), MALFORMED),
        case(
            "a password of a megabyte",
            sign_in(json!({"email": "a@b.c", "password": "x".repeat(1 << 20)})),
            TOO_LARGE,
        ),
        case(
            "a password of 2 KB",
            sign_in(json!({"email": "a@b.c", "password": "x".repeat(8192)})),
            (401, "wrong_credentials"),
        ),
        case(
            "an address that is none",
            sign_in(json!({"email": "' OR 1=1 --", "password": "x"})),
            (401, "wrong_credentials"),
        ),
        case(
            "an address with NUL",
            sign_in(json!({"email": "a\u{0}@b.c", "password": "x"})),
            (401, "wrong_credentials"),
        ),
        case(
            "signing in by form",
            app.post("/api/v1/session").body("application/x-www-form-urlencoded", "email=a"),
            MEDIA_TYPE,
        ),
        case("setting up with nothing", set_up(json!({})), MALFORMED),
        case(
            "setting up with more",
            set_up(json!({"token": "a", "email": "a@b.c", "password": "b", "admin": true})),
            MALFORMED,
        ),
        case(
            "setting up twice",
            set_up(json!({"token": "a", "email": "a@b.c", "password": "long enough"})),
            (409, "already_set_up"),
        ),
    ];
    assert_all_are_refused(app, cases, 0).await;
}

#[tokio::test]
async fn paths_and_methods_that_are_not_there_are_refused() {
    let app = TestApp::start().await;
    let none = (405, "method_not_allowed");
    let mut cases = Vec::new();
    for path in [
        "/api",
        "/api/v3/query",
        "/api/beacon/",
        "/api/v1/sites/",
        "/api/v1/sites/demo.example/nothing",
        "/assets/..%2f..%2fetc%2fpasswd",
        "/demo/..%2f..%2fetc%2fpasswd",
        "/badge/demo.example.exe",
        "/map/demo.example.exe",
        "/live/demo.example/nothing",
        "/index.php",
        "/.env",
        "/%00.html",
    ] {
        cases.push(case(path, app.get(path), NOT_FOUND));
    }
    for (path, wrong_ones) in [
        ("/api/beacon", &["GET", "PUT", "DELETE", "TRACE"][..]),
        ("/api/event", &["GET", "PUT", "PATCH"]),
        ("/pixel.gif", &["POST", "PUT", "DELETE"]),
        ("/js/heatline.js", &["POST"]),
        ("/badge/demo.example.svg", &["POST", "DELETE"]),
        ("/map/demo.example.png", &["POST", "DELETE"]),
        ("/live/demo.example", &["POST"]),
        ("/api/v1/setup", &["DELETE", "PUT"]),
        ("/api/v1/session", &["PUT", "PATCH"]),
        ("/api/v1/sites", &["PUT", "DELETE"]),
        ("/api/v1/sites/demo.example", &["POST", "PUT"]),
        ("/api/v1/sites/demo.example/live", &["POST"]),
        ("/api/v1/sites/demo.example/heatmap.png", &["POST"]),
        ("/api/v2/query", &["PATCH", "PUT"]),
        ("/healthz", &["POST"]),
        ("/readyz", &["DELETE"]),
        ("/", &["POST", "PUT", "TRACE"]),
        ("/login", &["POST"]),
    ] {
        for method in wrong_ones {
            cases.push(case(format!("{method} {path}"), app.request(method.parse().unwrap(), path), none));
        }
    }
    let methods = cases.iter().filter(|case| case.refusal == none).count();
    assert!(methods > 25);
    assert_all_are_refused(app, cases, 0).await;
}

#[tokio::test]
async fn a_wrong_method_is_told_the_right_ones() {
    let app = TestApp::start().await;
    let cases = [
        ("GET", "/api/beacon", "OPTIONS, POST"),
        ("PUT", "/api/v1/sites/demo.example", "DELETE, GET, HEAD, PATCH"),
        ("PUT", "/api/v2/query", "GET, HEAD, POST"),
        ("POST", "/pixel.gif", "GET, HEAD"),
        ("POST", "/", "GET, HEAD"),
    ];
    for (method, path, expected) in cases {
        let answer = app.request(method.parse().unwrap(), path).send().await;
        answer.problem(405, "method_not_allowed", path);
        let mut allowed: Vec<&str> = answer.header("allow").unwrap_or_default().split(", ").collect();
        allowed.sort_unstable();
        assert_eq!(allowed.join(", "), expected, "{path}");
    }
    app.stop().await;
}

fn many_keys() -> String {
    let keys: Vec<String> = (0..6000).map(|n| format!("\"{n}\":1")).collect();
    format!("{{{}}}", keys.join(","))
}

fn shortened(value: &Value) -> String {
    value.to_string().chars().take(80).collect()
}

#[tokio::test]
async fn a_list_is_no_body_where_an_object_is_expected() {
    let app = TestApp::start().await;
    let path = format!("/api/v1/sites/{SITE}/annotations");
    for (method, path, body) in [
        (Method::POST, path.clone(), r#"["2026-06-15","Release"]"#),
        (Method::PATCH, format!("{path}/1"), "[null,null]"),
        (Method::PATCH, format!("/api/v1/sites/{SITE}"), r#"["UTC",{}]"#),
    ] {
        let request = app.request(method, &path).key(&app.key).body("application/json", body);
        request.send().await.problem(400, "malformed", &path);
    }
    app.stop().await;
}
