//! Owns our own wire format, version 1 (`docs/tracker.md`): bytes to a [`Beacon`], every value within its limits.

use std::borrow::Cow;

use serde::Deserialize;

use super::{
    limits::{self, at_most, short},
    raw_event::{
        RawBox, RawClick, RawCustom, RawEngagement, RawEvent, RawFact, RawLandmark, RawLayout, RawMove, RawScroll,
    },
    rejection::Rejection,
    revenue,
};
use crate::{
    enrich::page_url::{PageUrl, clean_referrer},
    model::{
        Beacon, Click, ClickFlags, ElementKey, Fact, Layout, LayoutBox, LayoutFlags, Move, PageView, Scroll, SiteName,
        Size, Spot, TimedFact, ViewId, click::SCROLL_BANDS,
    },
};

#[derive(Deserialize)]
struct RawBeacon<'a> {
    v: u32,
    #[serde(borrow)]
    site: Cow<'a, str>,
    #[serde(borrow)]
    view: Cow<'a, str>,
    #[serde(default)]
    n: Option<u32>,
    #[serde(borrow)]
    url: Cow<'a, str>,
    #[serde(borrow, default)]
    referrer: Cow<'a, str>,
    viewport: [u32; 2],
    document: [u32; 2],
    #[serde(default)]
    hash: bool,
    #[serde(borrow)]
    events: Vec<RawEvent<'a>>,
}

const FORMAT_VERSION: u32 = 1;
const TAG_BYTES: usize = 40;

/// Reads a beacon. Anything wrong refuses it whole, so that a retry can never count twice.
pub fn parse(body: &[u8], received_at_ms: i64) -> Result<Beacon, Rejection> {
    let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
    if body.is_empty() {
        return Err(Rejection::Empty);
    }
    let raw: RawBeacon<'_> = serde_json::from_slice(body)?;
    if raw.v != FORMAT_VERSION {
        return Err(Rejection::value("/v", format!("it is {}, this server reads version {FORMAT_VERSION}", raw.v)));
    }
    match raw.events.len() {
        0 => return Err(Rejection::value("/events", "it is empty")),
        found if found > limits::EVENTS => return Err(Rejection::TooManyEvents { found, limit: limits::EVENTS }),
        _ => {}
    }
    let page = page_view(&raw)?;
    let facts = raw
        .events
        .into_iter()
        .enumerate()
        .map(|(index, event)| {
            let at_ms = limits::dated(received_at_ms, event.ago);
            let fact = fact(event.fact, &page).map_err(|rejection| rejection.within(&format!("/events/{index}")))?;
            Ok(TimedFact { at_ms, fact })
        })
        .collect::<Result<Vec<_>, Rejection>>()?;
    Ok(Beacon { page, batch: raw.n, facts })
}

fn page_view(raw: &RawBeacon<'_>) -> Result<PageView, Rejection> {
    let site = SiteName::parse(&raw.site).map_err(|error| Rejection::value("/site", error.to_string()))?;
    let view = view_id(&raw.view)?;
    let url = short(&raw.url, limits::URL_BYTES, "/url")?;
    let url = PageUrl::parse(url, raw.hash).map_err(|error| Rejection::value("/url", error.to_string()))?;
    let mut attribution = url.attribution;
    attribution.referrer = clean_referrer(short(&raw.referrer, limits::URL_BYTES, "/referrer")?);
    Ok(PageView {
        site,
        view,
        hostname: url.hostname,
        pathname: url.pathname,
        attribution,
        viewport: viewport(raw.viewport)?,
        document: size(raw.document, ["/document/0", "/document/1"])?,
    })
}

fn view_id(text: &str) -> Result<ViewId, Rejection> {
    let wrong = || Rejection::value("/view", "it is not 16 hexadecimal digits");
    if text.len() != 16 || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Err(wrong());
    }
    u64::from_str_radix(text, 16).map(ViewId::new).map_err(|_not_a_number| wrong())
}

/// A window that was only just opened has no size yet, and is 0 by 0.
fn viewport([width, height]: [u32; 2]) -> Result<Size, Rejection> {
    Ok(Size {
        width: at_most(width, limits::VIEWPORT_PIXELS, "/viewport/0")?,
        height: at_most(height, limits::VIEWPORT_PIXELS, "/viewport/1")?,
    })
}

/// Checks a size that may be a whole page's.
fn size([width, height]: [u32; 2], pointers: [&str; 2]) -> Result<Size, Rejection> {
    Ok(Size {
        width: at_most(width, limits::PAGE_PIXELS, pointers[0])?,
        height: at_most(height, limits::PAGE_PIXELS, pointers[1])?,
    })
}

/// Checks a fact. The pointers of its rejections begin at the event: most events have none, so none is written out
/// beforehand.
fn fact(raw: RawFact<'_>, page: &PageView) -> Result<Fact, Rejection> {
    Ok(match raw {
        RawFact::Pageview => Fact::Pageview,
        RawFact::Leave => Fact::Leave,
        RawFact::Event(RawCustom { name, props, revenue, .. }) => Fact::Custom {
            name: limits::event_name(&name, "/name")?,
            props: limits::props(props, "/props")?,
            revenue: revenue.as_ref().and_then(revenue::read),
        },
        RawFact::Engagement(RawEngagement { engaged, depth, .. }) => Fact::Engagement {
            engaged_ms: at_most(engaged, limits::REPORT_MS, "/engaged")?,
            scroll_depth: percent(depth, "/depth")?,
        },
        RawFact::Click(RawClick { element, fraction, at, container, since, size, state, flags, .. }) => {
            Fact::Click(Click {
                spot: spot(RawSpot { element: &element, fraction, at, size, state, flags }, page)?,
                container_scroll_x: at_most(container[0], limits::PAGE_PIXELS, "/container/0")?,
                container_scroll_y: at_most(container[1], limits::PAGE_PIXELS, "/container/1")?,
                since_load_ms: since,
            })
        }
        RawFact::Move(RawMove { element, fraction, at, rest, size, state, flags, .. }) => Fact::Move(Move {
            spot: spot(RawSpot { element: &element, fraction, at, size, state, flags }, page)?,
            rest_ms: at_most(rest, limits::REPORT_MS, "/rest")?,
        }),
        RawFact::Scroll(RawScroll { depth, exposure, landmarks, .. }) => {
            if !exposure.is_empty() && exposure.len() != SCROLL_BANDS {
                let detail = format!("it has {} bands, expected none or {SCROLL_BANDS}", exposure.len());
                return Err(Rejection::value("/exposure", detail));
            }
            for &ms in &exposure {
                at_most(ms, limits::REPORT_MS, "/exposure")?;
            }
            Fact::Scroll(Scroll {
                depth_px: at_most(depth, limits::PAGE_PIXELS, "/depth")?,
                exposure_ms: exposure,
                landmarks: self::landmarks(landmarks)?,
            })
        }
        RawFact::Layout(RawLayout { complete, state, boxes, .. }) => Fact::Layout(Layout {
            viewport: page.viewport,
            document: page.document,
            complete,
            state,
            boxes: layout_boxes(boxes)?,
        }),
    })
}

/// The members that clicks and moves have in common.
#[derive(Clone, Copy)]
struct RawSpot<'a> {
    element: &'a str,
    fraction: [u16; 2],
    at: [u32; 2],
    size: [u32; 2],
    state: u32,
    flags: u16,
}

fn spot(raw: RawSpot<'_>, page: &PageView) -> Result<Spot, Rejection> {
    let flags = ClickFlags::from_bits(raw.flags);
    // A page may shrink between the click and the sending: what lies beyond its end is put on its edge.
    let edge = if flags.contains(ClickFlags::FIXED) { page.viewport } else { page.document };
    Ok(Spot {
        element: element_key(raw.element, "/element")?,
        fraction_x: raw.fraction[0],
        fraction_y: raw.fraction[1],
        x: at_most(raw.at[0], limits::PAGE_PIXELS, "/at/0")?.min(edge.width),
        y: at_most(raw.at[1], limits::PAGE_PIXELS, "/at/1")?.min(edge.height),
        box_size: size(raw.size, ["/size/0", "/size/1"])?,
        state: raw.state,
        flags,
    })
}

fn landmarks(raw: Vec<RawLandmark<'_>>) -> Result<Vec<(ElementKey, u32)>, Rejection> {
    if raw.len() > limits::LANDMARKS {
        let detail = format!("it has {} landmarks, at most {} are allowed", raw.len(), limits::LANDMARKS);
        return Err(Rejection::value("/landmarks", detail));
    }
    let landmarks = raw.into_iter().enumerate();
    landmarks
        .map(|(index, RawLandmark(element, visible_ms))| {
            let pair = element_key(&element, "/0")
                .and_then(|element| Ok((element, at_most(visible_ms, limits::REPORT_MS, "/1")?)));
            pair.map_err(|rejection| rejection.within(&format!("/landmarks/{index}")))
        })
        .collect()
}

fn percent(value: u8, pointer: &str) -> Result<u8, Rejection> {
    if value > 100 {
        return Err(Rejection::value(pointer, format!("it is {value}, expected 0 to 100")));
    }
    Ok(value)
}

fn element_key(text: &str, pointer: &str) -> Result<ElementKey, Rejection> {
    ElementKey::parse(text).map_err(|error| Rejection::value(pointer, error.to_string()))
}

fn layout_boxes(raw: Vec<RawBox<'_>>) -> Result<Vec<LayoutBox>, Rejection> {
    if raw.len() > limits::BOXES {
        let detail = format!("it has {} boxes, at most {} are allowed", raw.len(), limits::BOXES);
        return Err(Rejection::value("/boxes", detail));
    }
    let boxes = raw.into_iter().enumerate();
    boxes
        .map(|(index, raw)| layout_box(raw).map_err(|rejection| rejection.within(&format!("/boxes/{index}"))))
        .collect()
}

/// Checks a box. Its rejections point at the box as a whole.
fn layout_box(RawBox(element, tag, role, x, y, width, height, flags): RawBox<'_>) -> Result<LayoutBox, Rejection> {
    const WHOLE: &str = "";
    let limit = limits::PAGE_PIXELS;
    if x.unsigned_abs() > limit || y.unsigned_abs() > limit {
        return Err(Rejection::value(WHOLE, format!("its position is beyond {limit} pixels")));
    }
    Ok(LayoutBox {
        element: element_key(&element, WHOLE)?,
        tag: short(&tag, TAG_BYTES, WHOLE)?.to_ascii_lowercase(),
        role: short(&role, TAG_BYTES, WHOLE)?.to_ascii_lowercase(),
        x,
        y,
        width: at_most(width, limit, WHOLE)?,
        height: at_most(height, limit, WHOLE)?,
        flags: LayoutFlags::from_bits(flags),
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;
    use crate::model::Revenue;

    const NOW_MS: i64 = 1_700_000_000_000;

    fn a_beacon(events: &Value) -> Value {
        json!({
            "v": 1, "site": "demo.example", "view": "9f86d081884c7d65",
            "url": "https://demo.example/a?utm_source=news&secret=1", "referrer": "https://www.google.com/search?q=x",
            "viewport": [1280, 720], "document": [1280, 5000], "events": events,
        })
    }

    fn read(value: &Value) -> Result<Beacon, Rejection> {
        parse(value.to_string().as_bytes(), NOW_MS)
    }

    #[test]
    fn reads_every_kind_of_fact() {
        let beacon = read(&a_beacon(&json!([
            {"type": "pageview", "ago": 12},
            {"type": "engagement", "ago": 0, "engaged": 11800, "depth": 63},
            {"type": "event", "ago": 0, "name": "signup", "props": {"plan": "pro"}},
            {"type": "click", "ago": 5, "element": "#buy", "fraction": [32767, 65535], "at": [412, 903], "since": 5321, "flags": 3},
            {"type": "scroll", "ago": 0, "depth": 1840, "exposure": vec![0; 100]},
            {"type": "layout", "ago": 0, "complete": true, "boxes": [["#buy", "A", "button", 1, -2, 3, 4, 2]]},
            {"type": "move", "ago": 9, "element": "main", "fraction": [1, 2], "at": [3, 4], "size": [5, 6], "rest": 700, "state": 8},
            {"type": "leave", "ago": 0},
        ])))
        .unwrap();
        assert_eq!(beacon.facts.len(), 8);
        assert_eq!(beacon.facts[0].at_ms, NOW_MS - 12);
        assert_eq!(beacon.page.pathname.as_str(), "/a");
        assert_eq!(beacon.page.attribution.utm_source, "news");
        let Fact::Click(click) = &beacon.facts[3].fact else { panic!("not a click") };
        assert_eq!((click.spot.x, click.spot.y), (412, 720), "a fixed click lies within the viewport");
        let Fact::Layout(layout) = &beacon.facts[5].fact else { panic!("not a layout") };
        assert_eq!((layout.boxes[0].tag.as_str(), layout.state), ("a", 0));
        let Fact::Move(rest) = &beacon.facts[6].fact else { panic!("not a move") };
        assert_eq!((rest.rest_ms, rest.spot.state, rest.spot.box_size), (700, 8, Size { width: 5, height: 6 }));
    }

    #[test]
    fn an_event_brings_money_where_it_can_be_read() {
        for (revenue, expected) in [
            (json!({"currency": "EUR", "amount": 13.5}), Revenue::parse("EUR", "13.5")),
            (json!({"currency": "euro", "amount": 13.5}), None),
            (json!(null), None),
        ] {
            let events = json!([{"type": "event", "name": "buy", "revenue": revenue}]);
            let beacon = read(&a_beacon(&events)).unwrap();
            let Fact::Custom { revenue: read, .. } = &beacon.facts[0].fact else { panic!("not a custom event") };
            assert_eq!(*read, expected, "{revenue}");
        }
    }

    #[test]
    fn reads_the_box_and_the_state_of_a_click_where_they_are_told() {
        let click = |members: &str| {
            let mut event: Value = json!({"type": "click", "element": "#buy", "fraction": [1, 2], "at": [3, 4]});
            event.as_object_mut().unwrap().extend(serde_json::from_str::<serde_json::Map<_, _>>(members).unwrap());
            let mut beacon = read(&a_beacon(&json!([event]))).unwrap();
            let Fact::Click(click) = beacon.facts.remove(0).fact else { panic!("not a click") };
            click.spot
        };
        let plain = click("{}");
        assert_eq!((plain.box_size, plain.state, plain.flags.bits()), (Size::default(), 0, 0));
        let told = click(r#"{"size": [10000000, 48], "state": 4294967295, "flags": 136}"#);
        assert_eq!((told.box_size, told.state), (Size { width: 10_000_000, height: 48 }, u32::MAX));
        assert!(told.flags.contains(ClickFlags::FOLLOW_UP) && told.flags.contains(ClickFlags::RAGE));
        assert_eq!(click(r#"{"flags": 65535}"#).flags.bits(), 255, "bits of a newer tracker are left out");
    }

    #[test]
    fn reads_landmarks_up_to_their_number() {
        let pairs: Vec<Value> = (0..40).map(|n| json!([format!("section.s{n}"), n])).collect();
        let beacon = read(&a_beacon(&json!([{"type": "scroll", "depth": 1, "landmarks": pairs}]))).unwrap();
        let Fact::Scroll(scroll) = &beacon.facts[0].fact else { panic!("not scrolling") };
        assert_eq!(scroll.landmarks.len(), 40);
        assert_eq!((scroll.landmarks[39].0.as_str(), scroll.landmarks[39].1), ("section.s39", 39));
    }

    #[test]
    fn refuses_what_is_out_of_range_and_says_where() {
        let cases: &[(&str, Value, &str)] = &[
            ("depth over 100", json!([{"type": "engagement", "engaged": 1, "depth": 101}]), "/events/0/depth"),
            ("an empty name", json!([{"type": "event", "name": " "}]), "/events/0/name"),
            (
                "a position beyond any page",
                json!([{"type": "click", "element": "a", "fraction": [0, 0], "at": [0, 4_000_000_000_u32]}]),
                "/events/0/at/1",
            ),
            (
                "a key of 201 bytes",
                json!([{"type": "click", "element": "x".repeat(201), "fraction": [0, 0], "at": [0, 0]}]),
                "/events/0/element",
            ),
            ("99 bands", json!([{"type": "scroll", "depth": 1, "exposure": vec![0; 99]}]), "/events/0/exposure"),
            (
                "a landmark of the second pair without a key",
                json!([{"type": "scroll", "depth": 1, "landmarks": [["a", 1], ["", 1]]}]),
                "/events/0/landmarks/1/0",
            ),
            (
                "a rest of more than a day",
                json!([{"type": "move", "element": "a", "fraction": [0, 0], "at": [0, 0], "rest": 86_400_001}]),
                "/events/0/rest",
            ),
            ("no events", json!([]), "/events"),
        ];
        for (what, events, pointer) in cases {
            match read(&a_beacon(events)) {
                Err(Rejection::Value { pointer: found, .. }) => assert_eq!(&found, pointer, "{what}"),
                other => panic!("{what}: {other:?}"),
            }
        }
    }

    #[test]
    fn reads_an_event_whatever_the_order_of_its_members() {
        let mut plain: Value = a_beacon(&json!([]));
        plain["events"] = Value::String("EVENTS".to_owned());
        let with = |events: &str| parse(plain.to_string().replace("\"EVENTS\"", events).as_bytes(), NOW_MS);
        let expected =
            with(r##"[{"type":"click","ago":5,"element":"#a","fraction":[1,2],"at":[3,4],"x":[]}]"##).unwrap();
        assert_eq!(expected.facts[0].at_ms, NOW_MS - 5);
        for events in [
            r##"[{"ago":5,"type":"click","element":"#a","fraction":[1,2],"at":[3,4]}]"##,
            r##"[{"element":"#a","fraction":[1,2],"type":"click","at":[3,4],"ago":5}]"##,
            r#"[{"type":"click","element":"\u0023a","fraction":[1,2],"at":[3,4],"depth":"of another kind","ago":5}]"#,
            r##"[{"depth":{"of":"another kind"},"ago":5,"element":"#a","fraction":[1,2],"at":[3,4],"type":"click"}]"##,
        ] {
            assert_eq!(with(events).unwrap(), expected, "{events}");
        }
        for (events, complaint) in [
            ("[{}]", "missing field `type`"),
            (r#"[{"element":"a"}]"#, "missing field `type`"),
            (r#"[{"type":"dance"}]"#, "unknown variant `dance`"),
            (r#"[{"depth":1,"type":"dance"}]"#, "unknown variant `dance`"),
            (r#"[{"type":"engagement","engaged":1}]"#, "missing field `depth`"),
            (r#"[{"engaged":1,"type":"engagement"}]"#, "missing field `depth`"),
            (r#"[{"type":"engagement","engaged":1,"depth":300}]"#, "invalid value: integer `300`, expected u8"),
            (r#"[{"engaged":1,"depth":300,"type":"engagement"}]"#, "invalid value: integer `300`, expected u8"),
            (r#"["pageview"]"#, "expected an event"),
        ] {
            match with(events) {
                Err(Rejection::Malformed { detail }) => assert!(detail.contains(complaint), "{events}: {detail}"),
                other => panic!("{events}: {other:?}"),
            }
        }
    }

    #[test]
    fn refuses_a_beacon_with_101_events() {
        let events: Vec<Value> = (0..101).map(|_| json!({"type": "pageview"})).collect();
        assert_eq!(read(&a_beacon(&json!(events))), Err(Rejection::TooManyEvents { found: 101, limit: 100 }));
    }

    proptest! {
        #[test]
        fn never_panics_on_bytes(bytes in proptest::collection::vec(any::<u8>(), 0..512)) {
            let _ = parse(&bytes, NOW_MS);
        }

        #[test]
        fn never_panics_on_any_numbers(engaged in any::<i64>(), depth in any::<i16>(), ago in any::<u64>(), x in any::<f64>()) {
            let _ = read(&a_beacon(&json!([
                {"type": "engagement", "ago": ago, "engaged": engaged, "depth": depth},
                {"type": "click", "element": "a", "fraction": [engaged, depth], "at": [x, ago]},
            ])));
        }
    }
}
