//! Owns the wire format of events that servers send (`docs/import-export.md`): a list or lines of JSON objects. Each row is
//! read for itself, so that a wrong one costs no other. It does not decide whose an event is.

use std::{collections::BTreeMap, fmt, net::IpAddr};

use jiff::Timestamp;
use serde::de::{Deserializer, SeqAccess, Visitor};
use serde_json::{Map, Value};

use super::{
    limits::{self, short},
    rejection::Rejection,
    revenue,
};
use crate::{
    enrich::page_url::{PageUrl, clean_referrer},
    model::{Fact, names::cut},
};

/// Most events in one request.
pub const ROWS: usize = 5000;
/// Most complaints in one answer.
pub const SHOWN_ERRORS: usize = 100;
/// The first moment that an event may have: the beginning of 2000. Nobody measured visitors before.
const EARLIEST_MS: i64 = 946_684_800_000;
/// How far ahead of ours a sender's clock may be. What is ahead counts as now.
const AHEAD_MS: i64 = 5 * 60 * 1000;
const USER_AGENT_BYTES: usize = 1024;
const VISITOR_BYTES: usize = 500;
const ID_BYTES: usize = 200;
const PAGEVIEW: &str = "pageview";
/// Names that mean something else than a custom event in other formats.
const RESERVED: [&str; 1] = ["engagement"];

/// An event as a server tells it, every value within its limits.
#[derive(Debug, Clone, PartialEq)]
pub struct ServerEvent {
    pub at_ms: i64,
    pub url: PageUrl,
    pub fact: Fact,
    pub address: Option<IpAddr>,
    /// Empty where it is not told.
    pub user_agent: String,
    /// The sender's own name of the visitor.
    pub visitor: Option<String>,
    /// The sender's own name of the event: it counts once under it.
    pub id: Option<String>,
}

/// What is wrong with a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowError {
    /// Counted from 0, empty lines left out.
    pub row: usize,
    /// JSON pointer into the row.
    pub pointer: String,
    pub detail: String,
}

/// The rows of a request.
#[derive(Debug, Default)]
pub struct ServerEvents {
    pub events: Vec<ServerEvent>,
    /// How many rows are wrong.
    pub rejected: usize,
    /// What is wrong with the first of them.
    pub errors: Vec<RowError>,
}

/// Reads a list, or lines where the body begins with something else than `[`.
pub fn parse(body: &[u8], received_at_ms: i64) -> Result<ServerEvents, Rejection> {
    let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body).trim_ascii();
    let mut rows = Rows { received_at_ms, count: 0, read: ServerEvents::default() };
    if body.starts_with(b"[") {
        let mut json = serde_json::Deserializer::from_slice(body);
        json.deserialize_seq(&mut rows)?;
        json.end()?;
    } else {
        for line in body.split(|&byte| byte == b'\n').map(<[u8]>::trim_ascii).filter(|line| !line.is_empty()) {
            rows.add(serde_json::from_slice(line).map_err(|error| Rejection::value("", error.to_string())));
        }
    }
    match rows.count {
        0 => Err(Rejection::Empty),
        found if found > ROWS => Err(Rejection::TooManyEvents { found, limit: ROWS }),
        _ => Ok(rows.read),
    }
}

/// Takes rows one by one: what they say is checked before the next one is read.
struct Rows {
    received_at_ms: i64,
    count: usize,
    read: ServerEvents,
}

impl Rows {
    fn add(&mut self, row: Result<Value, Rejection>) {
        self.count += 1;
        // They are counted on, and refused together.
        if self.count > ROWS {
            return;
        }
        match row.and_then(|row| event(&row, self.received_at_ms)) {
            Ok(event) => self.read.events.push(event),
            Err(rejection) => {
                self.read.rejected += 1;
                if self.read.errors.len() < SHOWN_ERRORS {
                    let (pointer, detail) = match rejection {
                        Rejection::Value { pointer, detail } => (pointer, detail),
                        other => (String::new(), other.to_string()),
                    };
                    self.read.errors.push(RowError { row: self.count - 1, pointer, detail });
                }
            }
        }
    }
}

impl<'de> Visitor<'de> for &mut Rows {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of events")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        while let Some(row) = list.next_element::<Value>()? {
            self.add(Ok(row));
        }
        Ok(())
    }
}

const MEMBERS: [&str; 10] =
    ["timestamp", "name", "url", "referrer", "ip", "user_agent", "props", "revenue", "visitor", "id"];

fn event(row: &Value, received_at_ms: i64) -> Result<ServerEvent, Rejection> {
    let Value::Object(row) = row else { return Err(Rejection::value("", "it is no object")) };
    if let Some(unknown) = row.keys().find(|key| !MEMBERS.contains(&key.as_str())) {
        let detail = format!("there is no such member; an event has {}", MEMBERS.join(", "));
        return Err(Rejection::value(format!("/{}", cut(unknown, 100)), detail));
    }
    let referrer = text(row, "referrer")?.map(|text| short(text, limits::URL_BYTES, "/referrer")).transpose()?;
    let mut url = page_url(required(row, "url")?)?;
    url.attribution.referrer = referrer.map(clean_referrer).unwrap_or_default();
    Ok(ServerEvent {
        at_ms: moment(required(row, "timestamp")?, received_at_ms)?,
        url,
        fact: fact(row)?,
        address: text(row, "ip")?.map(address).transpose()?,
        user_agent: cut(text(row, "user_agent")?.unwrap_or_default(), USER_AGENT_BYTES).to_owned(),
        visitor: named(row, "visitor", VISITOR_BYTES)?,
        id: named(row, "id", ID_BYTES)?,
    })
}

fn page_url(text: &str) -> Result<PageUrl, Rejection> {
    PageUrl::parse(short(text, limits::URL_BYTES, "/url")?, false)
        .map_err(|error| Rejection::value("/url", error.to_string()))
}

fn fact(row: &Map<String, Value>) -> Result<Fact, Rejection> {
    match required(row, "name")? {
        PAGEVIEW => Ok(Fact::Pageview),
        name if RESERVED.contains(&name) => Err(Rejection::value("/name", format!("{name:?} is reserved"))),
        name => Ok(Fact::Custom {
            name: limits::event_name(name, "/name")?,
            props: limits::props(props(row)?, "/props")?,
            revenue: match row.get("revenue") {
                None | Some(Value::Null) => None,
                // A server can mend what it sends: money that is wrong is said, where a browser's would be left out.
                Some(value) => Some(revenue::read(value).ok_or_else(|| {
                    let detail = "it is not like {\"currency\": \"EUR\", \"amount\": 13.5}, with an ISO 4217 code and less than 10^15";
                    Rejection::value("/revenue", detail)
                })?),
            },
        }),
    }
}

fn props(row: &Map<String, Value>) -> Result<BTreeMap<String, String>, Rejection> {
    let object = match row.get("props") {
        None | Some(Value::Null) => return Ok(BTreeMap::new()),
        Some(Value::Object(object)) => object,
        Some(_) => return Err(Rejection::value("/props", "it is no object")),
    };
    let mut props = BTreeMap::new();
    for (key, value) in object {
        let text = match value {
            Value::Null => continue,
            Value::String(text) => text.clone(),
            Value::Number(number) => number.to_string(),
            Value::Bool(truth) => truth.to_string(),
            Value::Array(_) | Value::Object(_) => {
                let pointer = format!("/props/{}", cut(&key.replace('~', "~0").replace('/', "~1"), 300));
                return Err(Rejection::value(pointer, "it is no text, number or truth value"));
            }
        };
        props.insert(key.clone(), text);
    }
    Ok(props)
}

fn moment(text: &str, received_at_ms: i64) -> Result<i64, Rejection> {
    let wrong = |detail: String| Rejection::value("/timestamp", detail);
    let at: Timestamp = short(text, 64, "/timestamp")?
        .parse()
        .map_err(|_no_time| wrong("it is no time of RFC 3339 with its zone".to_owned()))?;
    match at.as_millisecond() {
        early if early < EARLIEST_MS => Err(wrong("it is before the year 2000".to_owned())),
        late if late > received_at_ms + AHEAD_MS => Err(wrong("it is in the future".to_owned())),
        at_ms => Ok(at_ms.min(received_at_ms)),
    }
}

fn address(text: &str) -> Result<IpAddr, Rejection> {
    text.trim().parse().map_err(|_no_address| Rejection::value("/ip", "it is no IP address"))
}

/// Reads a name of the sender's own. An empty one is none.
fn named(row: &Map<String, Value>, name: &str, limit: usize) -> Result<Option<String>, Rejection> {
    let pointer = format!("/{name}");
    let text = match row.get(name) {
        Some(Value::Number(number)) => number.to_string(),
        _ => text(row, name)?.unwrap_or_default().to_owned(),
    };
    short(&text, limit, &pointer)?;
    Ok((!text.is_empty()).then_some(text))
}

fn required<'a>(row: &'a Map<String, Value>, name: &str) -> Result<&'a str, Rejection> {
    text(row, name)?.ok_or_else(|| Rejection::value(format!("/{name}"), "it is missing"))
}

fn text<'a>(row: &'a Map<String, Value>, name: &str) -> Result<Option<&'a str>, Rejection> {
    match row.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(Rejection::value(format!("/{name}"), "it is no text")),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::model::Revenue;

    const NOW_MS: i64 = 1_700_000_000_000;

    fn read(rows: &[Value]) -> ServerEvents {
        parse(json!(rows).to_string().as_bytes(), NOW_MS).unwrap()
    }

    fn a_row(change: &Value) -> Value {
        let mut row = json!({"timestamp": "2021-03-04T05:06:07.891Z", "name": "Buy", "url": "https://a.example/p"});
        row.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        row
    }

    #[test]
    fn a_list_and_lines_say_the_same() {
        let rows = [a_row(&json!({})), json!({"name": 1}), a_row(&json!({"name": "pageview"}))];
        let lines = format!("\u{feff}{}\r\n\n {} \n{}\n", rows[0], rows[1], rows[2]);
        for read in [read(&rows), parse(lines.as_bytes(), NOW_MS).unwrap()] {
            assert_eq!(read.events.len(), 2);
            assert_eq!(read.events[1].fact, Fact::Pageview);
            assert_eq!((read.rejected, read.errors[0].row, read.errors[0].pointer.as_str()), (1, 1, "/url"));
        }
        let broken = parse(b"{\"name\"\n[]", NOW_MS).unwrap();
        assert_eq!((broken.rejected, broken.errors.len()), (2, 2), "a broken line costs no other");
        assert!(matches!(parse(b"[{}, {]", NOW_MS), Err(Rejection::Malformed { .. })), "a broken list has no rows");
        assert!(matches!(parse(b"[] []", NOW_MS), Err(Rejection::Malformed { .. })));
        assert_eq!(parse(b" \n", NOW_MS).unwrap_err(), Rejection::Empty);
    }

    #[test]
    fn every_member_is_read() {
        let row = a_row(&json!({
            "referrer": "https://news.example/x?secret=1", "ip": " 192.0.2.7", "user_agent": "ua", "visitor": 17, "id": "o-1",
            "props": {"plan": "pro", "seats": 3, "trial": true, "none": null},
            "revenue": {"currency": "eur", "amount": "12.34"},
        }));
        let event = read(&[row]).events.remove(0);
        assert_eq!(event.at_ms, 1_614_834_367_891);
        assert_eq!(event.url.attribution.referrer, "https://news.example/x");
        assert_eq!(event.address, Some("192.0.2.7".parse().unwrap()));
        assert_eq!((event.visitor.as_deref(), event.id.as_deref()), (Some("17"), Some("o-1")));
        let Fact::Custom { name, props, revenue } = event.fact else { panic!("not a custom event") };
        assert_eq!((name.as_str(), revenue), ("Buy", Revenue::parse("EUR", "12.34")));
        assert_eq!(
            props.into_iter().collect::<Vec<_>>(),
            [("plan", "pro"), ("seats", "3"), ("trial", "true")].map(|(key, value)| (key.to_owned(), value.to_owned()))
        );
    }

    #[test]
    fn a_wrong_value_is_named() {
        let long = "x".repeat(600);
        let cases = [
            (json!({"timestamp": "yesterday"}), "/timestamp"),
            (json!({"timestamp": "2021-03-04T05:06:07"}), "/timestamp"),
            (json!({"timestamp": 1_614_834_367}), "/timestamp"),
            (json!({"timestamp": "1999-12-31T23:59:59Z"}), "/timestamp"),
            (json!({"timestamp": "2023-11-14T22:18:21Z"}), "/timestamp"),
            (json!({"name": ""}), "/name"),
            (json!({"name": "engagement"}), "/name"),
            (json!({"url": "/p"}), "/url"),
            (json!({"url": "javascript:alert(1)"}), "/url"),
            (json!({"ip": "1.2.3"}), "/ip"),
            (json!({"props": []}), "/props"),
            (json!({"props": {"a/b": []}}), "/props/a~1b"),
            (json!({"revenue": {"currency": "EURO", "amount": 1}}), "/revenue"),
            (json!({"visitor": long}), "/visitor"),
            (json!({"visitor": {}}), "/visitor"),
            (json!({"user_agent": 5}), "/user_agent"),
            (json!({"time": 5}), "/time"),
        ];
        for (change, pointer) in cases {
            let read = read(&[a_row(&change)]);
            assert_eq!(read.events.len(), 0, "{change}");
            assert_eq!(read.errors[0].pointer, pointer, "{change}: {}", read.errors[0].detail);
        }
        assert_eq!(read(&[json!(5)]).errors[0].pointer, "");
    }

    #[test]
    fn a_clock_that_is_a_little_ahead_counts_as_now() {
        let ahead = a_row(&json!({"timestamp": "2023-11-14T22:18:20Z"}));
        assert_eq!(read(&[ahead]).events[0].at_ms, NOW_MS);
    }

    #[test]
    fn rows_and_complaints_are_bounded() {
        let most = read(&vec![json!(0); ROWS]);
        assert_eq!((most.rejected, most.errors.len()), (ROWS, SHOWN_ERRORS));
        let more = json!(vec![0; ROWS + 1]).to_string();
        assert_eq!(
            parse(more.as_bytes(), NOW_MS).unwrap_err(),
            Rejection::TooManyEvents { found: ROWS + 1, limit: ROWS }
        );
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(body in proptest::collection::vec(any::<u8>(), 0..300)) {
            let _ = parse(&body, NOW_MS);
        }
    }
}
