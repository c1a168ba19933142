//! Owns Plausible's wire format, so that its trackers and server-side senders work by changing the host.
//!
//! Source: Plausible's events API reference; short names are those of its tracker.

use std::{borrow::Cow, collections::BTreeMap};

use serde::{Deserialize, Deserializer};
use serde_json::Value;

use super::{
    limits::{self, short},
    rejection::Rejection,
    revenue,
};
use crate::{
    enrich::page_url::{PageUrl, clean_referrer},
    model::{Beacon, Fact, PageView, Revenue, SiteName, Size, TimedFact, ViewId},
};

/// Most sites that one event may be counted for.
const SITES: usize = 10;
const PAGEVIEW: &str = "pageview";
const ENGAGEMENT: &str = "engagement";

#[derive(Deserialize)]
struct RawEvent<'a> {
    #[serde(alias = "n", borrow)]
    name: Cow<'a, str>,
    #[serde(alias = "u", borrow)]
    url: Cow<'a, str>,
    /// One site, or several with commas.
    #[serde(alias = "d", borrow)]
    domain: Cow<'a, str>,
    #[serde(alias = "r", borrow, default)]
    referrer: Option<Cow<'a, str>>,
    #[serde(alias = "p", alias = "m", alias = "meta", default, deserialize_with = "props")]
    props: BTreeMap<String, String>,
    /// An object, or JSON text of one.
    #[serde(alias = "$", default)]
    revenue: Option<Value>,
    /// Hash routing; a number or a boolean, by version.
    #[serde(alias = "h", rename = "hashMode", default)]
    hash_mode: Option<Value>,
    /// Engaged time, milliseconds.
    #[serde(default)]
    e: Option<u64>,
    /// Scroll depth, percent; 255 is Plausible's "not known".
    #[serde(default)]
    sd: Option<u64>,
    /// Viewport width of older trackers.
    #[serde(alias = "w", rename = "screen_width", default)]
    width: Option<u32>,
}

/// Reads an event and returns one beacon for each of its sites. `view` is drawn by the caller, for the format has none.
pub fn parse(body: &[u8], view: ViewId, received_at_ms: i64) -> Result<Vec<Beacon>, Rejection> {
    let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
    if body.is_empty() {
        return Err(Rejection::Empty);
    }
    let raw: RawEvent<'_> = serde_json::from_slice(body)?;
    let hash_routing = matches!(&raw.hash_mode, Some(Value::Bool(true))) || raw.hash_mode == Some(Value::from(1));
    let url = short(&raw.url, limits::URL_BYTES, "/url")?;
    let url = PageUrl::parse(url, hash_routing).map_err(|error| Rejection::value("/url", error.to_string()))?;
    let mut attribution = url.attribution;
    if let Some(referrer) = &raw.referrer {
        attribution.referrer = clean_referrer(short(referrer, limits::URL_BYTES, "/referrer")?);
    }
    let width = raw.width.unwrap_or(0).min(limits::VIEWPORT_PIXELS);
    let facts = vec![TimedFact { at_ms: received_at_ms, fact: fact(&raw)? }];
    sites(&raw.domain)?
        .into_iter()
        .map(|site| {
            let page = PageView {
                site,
                view,
                hostname: url.hostname.clone(),
                pathname: url.pathname.clone(),
                attribution: attribution.clone(),
                viewport: Size { width, height: 0 },
                document: Size::default(),
            };
            Ok(Beacon { page, batch: None, facts: facts.clone() })
        })
        .collect()
}

fn sites(domain: &str) -> Result<Vec<SiteName>, Rejection> {
    let names: Vec<&str> = domain.split(',').collect();
    if names.len() > SITES {
        return Err(Rejection::value(
            "/domain",
            format!("it names {} sites, at most {SITES} are allowed", names.len()),
        ));
    }
    names
        .into_iter()
        .map(|name| SiteName::parse(name).map_err(|error| Rejection::value("/domain", error.to_string())))
        .collect()
}

fn fact(raw: &RawEvent<'_>) -> Result<Fact, Rejection> {
    Ok(match &*raw.name {
        PAGEVIEW => Fact::Pageview,
        ENGAGEMENT => Fact::Engagement {
            engaged_ms: raw.e.and_then(|ms| u32::try_from(ms).ok()).unwrap_or(0).min(limits::REPORT_MS),
            scroll_depth: raw.sd.and_then(|depth| u8::try_from(depth).ok()).filter(|depth| *depth <= 100).unwrap_or(0),
        },
        name => Fact::Custom {
            name: limits::event_name(name, "/name")?,
            props: limits::props(raw.props.clone(), "/props")?,
            revenue: raw.revenue.as_ref().and_then(money),
        },
    })
}

/// Reads properties given as an object, or as JSON text of one (older trackers). Scalars become text,
/// lists and objects are left out, as Plausible does.
fn props<'de, D: Deserializer<'de>>(deserializer: D) -> Result<BTreeMap<String, String>, D::Error> {
    let object = match Value::deserialize(deserializer)? {
        Value::Null => return Ok(BTreeMap::new()),
        Value::String(text) => serde_json::from_str(&text).map_err(serde::de::Error::custom)?,
        Value::Object(object) => object,
        other @ (Value::Bool(_) | Value::Number(_) | Value::Array(_)) => {
            return Err(serde::de::Error::custom(format!("props is {other}, expected an object")));
        }
    };
    Ok(object.into_iter().filter_map(|(key, value)| Some((key, scalar(value)?))).collect())
}

/// Reads the money of an event. What cannot be read is left out, as Plausible does.
fn money(value: &Value) -> Option<Revenue> {
    match value {
        Value::String(text) => revenue::read(&serde_json::from_str(text).ok()?),
        other => revenue::read(other),
    }
}

fn scalar(value: Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(truth) => Some(truth.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Vec<Beacon>, Rejection> {
        parse(text.as_bytes(), ViewId::new(7), 1_700_000_000_000)
    }

    #[test]
    fn reads_the_short_names_of_the_tracker() {
        let beacons = read(
            r#"{"n":"pageview","v":27,"u":"https://a.example/p?utm_source=x","d":"a.example","r":"https://news.example/","h":1,"i":false,"$":{"currency":"USD","amount":9.5}}"#,
        )
        .unwrap();
        assert_eq!(beacons.len(), 1);
        assert_eq!(beacons[0].page.attribution.utm_source, "x");
        assert_eq!(beacons[0].facts[0].fact, Fact::Pageview);
    }

    #[test]
    fn reads_the_long_names_and_props_as_object_or_text() {
        for props in [
            r#"{"plan":"pro","seats":3,"trial":true,"list":[1]}"#,
            r#""{\"plan\":\"pro\",\"seats\":3,\"trial\":true}""#,
        ] {
            let body =
                format!(r#"{{"name":"Signup","url":"https://a.example/","domain":"a.example","props":{props}}}"#);
            let beacons = read(&body).unwrap();
            let Fact::Custom { name, props, .. } = &beacons[0].facts[0].fact else { panic!("not a custom event") };
            assert_eq!(name, "Signup");
            let expected = [("plan", "pro"), ("seats", "3"), ("trial", "true")];
            assert_eq!(props.iter().map(|(k, v)| (&**k, &**v)).collect::<Vec<_>>(), expected);
        }
    }

    #[test]
    fn reads_money_under_both_names_and_keeps_an_event_whose_money_is_wrong() {
        let cases = [
            (r#""$":{"currency":"USD","amount":"13.50"}"#, Revenue::parse("USD", "13.5")),
            (r#""revenue":{"currency":"USD","amount":13.5}"#, Revenue::parse("USD", "13.5")),
            (r#""$":"{\"currency\":\"USD\",\"amount\":13.5}""#, Revenue::parse("USD", "13.5")),
            (r#""$":{"currency":"US","amount":13.5}"#, None),
            (r#""$":"much""#, None),
            (r#""$":null"#, None),
        ];
        for (member, expected) in cases {
            let body = format!(r#"{{"n":"Buy","u":"https://a.example/","d":"a.example",{member}}}"#);
            let beacons = read(&body).unwrap();
            let Fact::Custom { revenue, .. } = &beacons[0].facts[0].fact else { panic!("not a custom event") };
            assert_eq!(*revenue, expected, "{member}");
        }
    }

    #[test]
    fn one_event_may_count_for_several_sites() {
        let beacons = read(r#"{"n":"pageview","u":"https://a.example/","d":"a.example,all.example"}"#).unwrap();
        let names: Vec<_> = beacons.iter().map(|beacon| beacon.page.site.as_str()).collect();
        assert_eq!(names, ["a.example", "all.example"]);
    }

    #[test]
    fn an_engagement_without_numbers_is_a_sign_of_life() {
        let beacons = read(r#"{"n":"engagement","sd":255,"u":"https://a.example/","d":"a.example"}"#).unwrap();
        assert_eq!(beacons[0].facts[0].fact, Fact::Engagement { engaged_ms: 0, scroll_depth: 0 });
    }
}
