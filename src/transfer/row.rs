//! Owns the row of an import: what one line of our own export says, checked as strictly as what browsers send, and turned
//! into the row that is stored. The numbers in it stay what they are.

use std::{collections::BTreeMap, fmt};

use jiff::{Timestamp, civil::Date};
use serde::{
    Deserialize, Deserializer,
    de::{self, Visitor},
};

use crate::{
    ingest::limits,
    model::{ElementKey, Hostname, Pathname, Revenue, Vitals, click::SCROLL_BANDS, names::printable},
    store::rows::{BoxDetail, ClickDetail, Detail, RowFact, RowHead, SpotDetail},
};

/// The first moment that a row may have: the beginning of 2000.
const EARLIEST_MS: i64 = 946_684_800_000;
const MS_PER_DAY: i64 = 86_400_000;
/// Longest text of a closed set or a name that few rows have for themselves.
const SHORT_BYTES: usize = 255;
const LONG_BYTES: usize = 4096;
const TAG_BYTES: usize = 40;
const DEVICES: [&str; 4] = ["", "desktop", "tablet", "mobile"];

/// A line of an export. Members that a table does not have stay empty.
#[derive(Debug, Clone, PartialEq, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Row {
    pub table: Kind,
    pub day: Date,
    pub at: Timestamp,
    pub kind: EventKind,
    pub name: String,
    pub view_id: Id,
    pub visitor_id: Id,
    pub session_id: Id,
    pub session_started_at: Timestamp,
    pub hostname: String,
    pub pathname: String,
    pub entry_hostname: String,
    pub entry_pathname: String,
    pub referrer: String,
    pub source: String,
    pub channel: String,
    pub utm_source: String,
    pub utm_medium: String,
    pub utm_campaign: String,
    pub utm_content: String,
    pub utm_term: String,
    pub country: String,
    pub region: String,
    pub city: String,
    pub latitude: f32,
    pub longitude: f32,
    pub browser: String,
    pub browser_version: String,
    pub os: String,
    pub os_version: String,
    pub device: String,
    pub viewport_width: u16,
    pub viewport_height: u16,
    pub document_width: u32,
    pub document_height: u32,
    pub engaged_ms: u32,
    pub scroll_depth: u8,
    pub props: BTreeMap<String, String>,
    pub revenue: String,
    pub currency: String,
    pub lcp_ms: Option<u32>,
    pub inp_ms: Option<u32>,
    pub cls_e4: Option<u32>,
    pub fcp_ms: Option<u32>,
    pub ttfb_ms: Option<u32>,
    pub element: String,
    pub fraction_x: u16,
    pub fraction_y: u16,
    pub x: u32,
    pub y: u32,
    pub box_width: u32,
    pub box_height: u32,
    pub container_scroll_x: u32,
    pub container_scroll_y: u32,
    pub since_load_ms: u32,
    pub rest_ms: u32,
    pub state: u32,
    pub flags: u16,
    pub depth_px: u32,
    pub exposure_ms: Vec<u32>,
    pub landmarks: Vec<Landmark>,
    pub complete: bool,
    pub boxes: Vec<LayoutBox>,
    /// Of the last line of an export.
    pub rows: u64,
    pub cursor: String,
}

/// Which table a row is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    #[default]
    Events,
    Clicks,
    Moves,
    Scrolls,
    Layouts,
    /// No row: the export ends here.
    End,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum EventKind {
    #[default]
    Pageview,
    Event,
    Engagement,
    Vitals,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Landmark {
    element: String,
    visible_ms: u32,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LayoutBox {
    element: String,
    tag: String,
    role: String,
    x: i32,
    y: i32,
    width: u32,
    height: u32,
    flags: u16,
}

/// A number of 64 bits: as text, or as a number by who reads and writes those whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Id(pub u64);

impl<'de> Deserialize<'de> for Id {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(IdVisitor)
    }
}

struct IdVisitor;

impl Visitor<'_> for IdVisitor {
    type Value = Id;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a whole number of 64 bits, or text of one")
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<Id, E> {
        Ok(Id(number))
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Id, E> {
        text.parse().map(Id).map_err(|_not_a_number| E::invalid_value(de::Unexpected::Str(text), &self))
    }
}

impl Row {
    /// Reads a line, and says what is wrong with it.
    pub fn read(line: &[u8], now_ms: i64) -> Result<Self, String> {
        let row: Self = serde_json::from_slice(line).map_err(|error| error.to_string())?;
        if row.table != Kind::End {
            row.check(now_ms)?;
        }
        Ok(row)
    }

    /// Returns the local day, in days since the Unix epoch.
    pub fn local_day(&self) -> u16 {
        let days = self.day.duration_since(Date::constant(1970, 1, 1)).as_hours() / 24;
        u16::try_from(days).unwrap_or_default()
    }

    fn check(&self, now_ms: i64) -> Result<(), String> {
        let at_ms = self.at.as_millisecond();
        if !(EARLIEST_MS..=now_ms + MS_PER_DAY).contains(&at_ms) {
            return Err("at is before 2000 or in the future".to_owned());
        }
        if (i64::from(self.local_day()) - at_ms.div_euclid(MS_PER_DAY)).abs() > 1 {
            return Err("day is not the day of at in any time zone".to_owned());
        }
        if self.table != Kind::Layouts && (self.visitor_id.0 == 0 || self.session_id.0 == 0) {
            return Err("visitor_id or session_id is missing".to_owned());
        }
        self.check_texts()?;
        match self.table {
            Kind::Events => self.check_event(),
            Kind::Clicks | Kind::Moves => {
                element(&self.element)?;
                at_most("x", self.x, limits::PAGE_PIXELS)?;
                at_most("y", self.y, limits::PAGE_PIXELS)?;
                at_most("rest_ms", self.rest_ms, limits::REPORT_MS)
            }
            Kind::Scrolls => self.check_scroll(),
            Kind::Layouts => self.check_layout(),
            Kind::End => Ok(()),
        }
    }

    fn check_texts(&self) -> Result<(), String> {
        let is_path = |text: &str| Pathname::parse(text).is_ok_and(|path| path.as_str() == text);
        let is_host = |text: &str| text.is_empty() || Hostname::parse(text).is_ok_and(|host| host.as_str() == text);
        if !is_path(&self.pathname) || !(self.entry_pathname.is_empty() || is_path(&self.entry_pathname)) {
            return Err("pathname or entry_pathname is no path".to_owned());
        }
        if !is_host(&self.hostname) || !is_host(&self.entry_hostname) {
            return Err("hostname or entry_hostname is no host name".to_owned());
        }
        if !DEVICES.contains(&self.device.as_str()) {
            return Err("device is none of desktop, tablet, mobile".to_owned());
        }
        let short = [
            &self.channel,
            &self.utm_source,
            &self.utm_medium,
            &self.utm_campaign,
            &self.utm_content,
            &self.utm_term,
            &self.country,
            &self.region,
            &self.city,
            &self.browser,
            &self.browser_version,
            &self.os,
            &self.os_version,
        ];
        let is_plain = |text: &str, limit: usize| text.len() <= limit && printable(text) == text;
        let long = [&self.referrer, &self.source];
        if !short.iter().all(|text| is_plain(text, SHORT_BYTES)) || !long.iter().all(|text| is_plain(text, LONG_BYTES))
        {
            return Err("a text is too long or has control characters".to_owned());
        }
        Ok(())
    }

    const fn vitals(&self) -> Vitals {
        let Self { lcp_ms, inp_ms, cls_e4, fcp_ms, ttfb_ms, .. } = *self;
        Vitals { lcp_ms, inp_ms, cls_e4, fcp_ms, ttfb_ms }
    }

    fn check_event(&self) -> Result<(), String> {
        let complaint = |rejection: crate::ingest::Rejection| rejection.to_string();
        match self.kind {
            EventKind::Event => drop(limits::event_name(&self.name, "name").map_err(complaint)?),
            EventKind::Pageview | EventKind::Engagement | EventKind::Vitals if !self.name.is_empty() => {
                return Err("name is of custom events".to_owned());
            }
            EventKind::Pageview | EventKind::Engagement | EventKind::Vitals => {}
        }
        if limits::props(self.props.clone(), "props").map_err(complaint)? != self.props {
            return Err("a property has control characters".to_owned());
        }
        let has_money = !self.currency.is_empty();
        if has_money && (self.kind != EventKind::Event || self.money().is_none()) {
            return Err("revenue or currency is wrong".to_owned());
        }
        let vitals = self.vitals();
        if self.kind != EventKind::Vitals && vitals != Vitals::default() {
            return Err("web vitals are of rows of their own".to_owned());
        }
        let times = [vitals.lcp_ms, vitals.inp_ms, vitals.fcp_ms, vitals.ttfb_ms];
        for time in times.into_iter().flatten() {
            at_most("a web vital", time, limits::VITAL_MS)?;
        }
        if vitals.cls_e4.is_some_and(|shift| f64::from(shift) > limits::LAYOUT_SHIFT * 10_000.0) {
            return Err("cls_e4 is too large".to_owned());
        }
        at_most("engaged_ms", self.engaged_ms, limits::REPORT_MS)?;
        at_most("scroll_depth", u32::from(self.scroll_depth), 100)?;
        let is_on_earth = self.latitude.abs() <= 90.0 && self.longitude.abs() <= 180.0;
        if is_on_earth { Ok(()) } else { Err("latitude or longitude is nowhere on earth".to_owned()) }
    }

    fn check_scroll(&self) -> Result<(), String> {
        if !self.exposure_ms.is_empty() && self.exposure_ms.len() != SCROLL_BANDS {
            return Err(format!("exposure_ms has neither 0 nor {SCROLL_BANDS} values"));
        }
        if self.landmarks.len() > limits::LANDMARKS {
            return Err(format!("landmarks are more than {}", limits::LANDMARKS));
        }
        at_most("depth_px", self.depth_px, limits::PAGE_PIXELS)?;
        self.exposure_ms.iter().try_for_each(|&ms| at_most("exposure_ms", ms, limits::REPORT_MS))?;
        self.landmarks.iter().try_for_each(|landmark| {
            element(&landmark.element)?;
            at_most("visible_ms", landmark.visible_ms, limits::REPORT_MS)
        })
    }

    fn check_layout(&self) -> Result<(), String> {
        if self.boxes.len() > limits::BOXES {
            return Err(format!("boxes are more than {}", limits::BOXES));
        }
        self.boxes.iter().try_for_each(|part| {
            element(&part.element)?;
            at_most("x", part.x.unsigned_abs(), limits::PAGE_PIXELS)?;
            at_most("y", part.y.unsigned_abs(), limits::PAGE_PIXELS)?;
            let is_short = part.tag.len() <= TAG_BYTES && part.role.len() <= TAG_BYTES;
            if is_short { Ok(()) } else { Err("tag or role is too long".to_owned()) }
        })
    }

    fn money(&self) -> Option<Revenue> {
        Revenue::parse(&self.currency, &self.revenue)
    }

    /// Returns what the row shares with others.
    pub fn head(&self, site_id: u32) -> RowHead<'_> {
        RowHead {
            site_id,
            day: self.local_day(),
            view_id: self.view_id.0,
            visitor_id: self.visitor_id.0,
            session_id: self.session_id.0,
            session_started_at: self.session_started_at.as_millisecond(),
            hostname: &self.hostname,
            pathname: &self.pathname,
            entry_hostname: &self.entry_hostname,
            entry_pathname: &self.entry_pathname,
            referrer: &self.referrer,
            source: &self.source,
            channel: &self.channel,
            utm_source: &self.utm_source,
            utm_medium: &self.utm_medium,
            utm_campaign: &self.utm_campaign,
            utm_content: &self.utm_content,
            utm_term: &self.utm_term,
            country: &self.country,
            region: &self.region,
            city: &self.city,
            latitude: self.latitude,
            longitude: self.longitude,
            browser: &self.browser,
            browser_version: &self.browser_version,
            os: &self.os,
            os_version: &self.os_version,
            device: &self.device,
            viewport_width: self.viewport_width,
            viewport_height: self.viewport_height,
            document_width: self.document_width,
            document_height: self.document_height,
        }
    }

    /// Returns what the row tells, none for the end of an export.
    pub fn fact(&self) -> Option<RowFact<'_>> {
        let detail = match self.table {
            Kind::Events => match self.kind {
                EventKind::Pageview => Detail::Pageview,
                EventKind::Event => Detail::Event {
                    name: &self.name,
                    props: self.props.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect(),
                    revenue: self.money(),
                },
                EventKind::Vitals => Detail::Vitals(self.vitals()),
                EventKind::Engagement => {
                    Detail::Engagement { engaged_ms: self.engaged_ms, scroll_depth: self.scroll_depth }
                }
            },
            Kind::Clicks => Detail::Click(ClickDetail {
                spot: self.spot(),
                container_scroll: [self.container_scroll_x, self.container_scroll_y],
                since_load_ms: self.since_load_ms,
            }),
            Kind::Moves => Detail::Move { spot: self.spot(), rest_ms: self.rest_ms },
            Kind::Scrolls => Detail::Scroll {
                depth_px: self.depth_px,
                exposure_ms: self.exposure_ms.clone(),
                landmarks: self.landmarks.iter().map(|mark| (mark.element.as_str(), mark.visible_ms)).collect(),
            },
            Kind::Layouts => Detail::Layout {
                complete: self.complete,
                state: self.state,
                viewport: [self.viewport_width, self.viewport_height],
                document: [self.document_width, self.document_height],
                boxes: self.boxes.iter().map(LayoutBox::detail).collect(),
            },
            Kind::End => return None,
        };
        Some(RowFact { at: self.at.as_millisecond(), detail })
    }

    fn spot(&self) -> SpotDetail<'_> {
        SpotDetail {
            element: &self.element,
            fraction: [self.fraction_x, self.fraction_y],
            at: [self.x, self.y],
            box_size: [self.box_width, self.box_height],
            state: self.state,
            flags: self.flags,
        }
    }
}

impl LayoutBox {
    fn detail(&self) -> BoxDetail<'_> {
        BoxDetail {
            element: &self.element,
            tag: &self.tag,
            role: &self.role,
            position: [self.x, self.y],
            size: [self.width, self.height],
            flags: self.flags,
        }
    }
}

fn element(key: &str) -> Result<(), String> {
    ElementKey::parse(key).map(drop).map_err(|error| format!("element: {error}"))
}

fn at_most(what: &str, value: u32, limit: u32) -> Result<(), String> {
    if value > limit { Err(format!("{what} is {value}, at most {limit} is allowed")) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;

    const NOW_MS: i64 = 1_800_000_000_000;

    fn a_row(change: &Value) -> Value {
        let mut row = json!({
            "table": "events", "day": "2026-03-05", "at": "2026-03-04T22:00:00.123Z", "kind": "event", "name": "Buy",
            "view_id": "18446744073709551615", "visitor_id": 7, "session_id": "9", "session_started_at": "2026-03-04T22:00:00Z",
            "hostname": "demo.example", "pathname": "/p", "props": {"plan": "pro"}, "revenue": "-12.345", "currency": "EUR",
        });
        row.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        row
    }

    fn read(row: &Value) -> Result<Row, String> {
        Row::read(row.to_string().as_bytes(), NOW_MS)
    }

    #[test]
    fn a_row_becomes_what_is_stored() {
        let row = read(&a_row(&json!({}))).unwrap();
        let head = row.head(3);
        assert_eq!((head.site_id, head.day, head.view_id, head.visitor_id), (3, 20_517, u64::MAX, 7));
        let fact = row.fact().unwrap();
        assert_eq!(fact.at, 1_772_661_600_123);
        let revenue = Revenue::parse("EUR", "-12.345");
        assert_eq!(fact.detail, Detail::Event { name: "Buy", props: vec![("plan", "pro")], revenue });
        assert_eq!(read(&json!({"table": "end", "rows": 5, "cursor": "x"})).unwrap().fact(), None);
    }

    #[test]
    fn web_vitals_come_as_they_went() {
        let vitals = json!({"kind": "vitals", "name": "", "revenue": "0.000", "currency": "", "props": {}, "lcp_ms": 2400, "inp_ms": null,
            "cls_e4": 0, "fcp_ms": null, "ttfb_ms": 80});
        let row = read(&a_row(&vitals)).unwrap();
        let expected = Vitals { lcp_ms: Some(2400), cls_e4: Some(0), ttfb_ms: Some(80), ..Vitals::default() };
        assert_eq!(row.fact().unwrap().detail, Detail::Vitals(expected));
        assert!(read(&a_row(&json!({"lcp_ms": 2400}))).is_err(), "they are of rows of their own");
    }

    #[test]
    fn a_hostile_row_is_refused() {
        for change in [
            json!({"kind": "vitals", "name": "", "revenue": "0", "currency": "", "lcp_ms": 4_000_000}),
            json!({"table": "outcomes"}),
            json!({"batch": 5}),
            json!({"at": "1999-01-01T00:00:00Z"}),
            json!({"at": "2126-01-01T00:00:00Z"}),
            json!({"day": "2026-03-09"}),
            json!({"view_id": "18446744073709551616"}),
            json!({"visitor_id": 0}),
            json!({"pathname": ""}),
            json!({"pathname": "p"}),
            json!({"entry_pathname": "/a\u{1b}[2J"}),
            json!({"hostname": "Demo Example"}),
            json!({"device": "fridge"}),
            json!({"country": "x".repeat(300)}),
            json!({"city": "a\u{0}b"}),
            json!({"name": ""}),
            json!({"kind": "pageview"}),
            json!({"kind": "purchase"}),
            json!({"revenue": "1e9"}),
            json!({"currency": "E"}),
            json!({"props": {"a": "x".repeat(3000)}}),
            json!({"latitude": 91}),
            json!({"scroll_depth": 101}),
            json!({"engaged_ms": 4_000_000_000_u32}),
            json!({"table": "clicks", "element": ""}),
            json!({"table": "scrolls", "exposure_ms": [1, 2]}),
            json!({"table": "layouts", "boxes": [{"element": "a"}]}),
        ] {
            assert!(read(&a_row(&change)).is_err(), "{change}");
        }
        assert!(Row::read(b"[1]", NOW_MS).is_err() && Row::read(b"{", NOW_MS).is_err());
    }

    proptest! {
        #[test]
        fn any_line_is_read_or_refused(line in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = Row::read(&line, NOW_MS);
        }
    }
}
