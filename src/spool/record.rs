//! Owns what a record of the spool says, as bytes and back: the rows of one request, or counts of ours. It keeps rows,
//! not requests: no address and no user agent is ever in it.
//!
//! Numbers are unsigned LEB128 unless a width is named; signed ones are zigzag; texts have their length before them. What
//! the rows of a view share is written once, so that a click in a batch costs about forty bytes.
//!
//! A kind of row that learns to say more gets another number; the older one is read for ever, for records wait in the spool
//! and in dead letters while the program is upgraded.

use crate::{
    model::{Currency, Revenue, Vitals},
    store::rows::{BoxDetail, ClickDetail, ConcurrencyRow, Detail, OutcomeRow, RowFact, RowHead, SpotDetail},
};

const ROWS: u8 = 1;
const OUTCOMES: u8 = 2;
const CONCURRENCY: u8 = 3;

const PAGEVIEW: u8 = 1;
/// A custom event without money.
const EVENT: u8 = 2;
const ENGAGEMENT: u8 = 3;
/// Only read: a click that tells neither the size of its box nor the state of the page.
const CLICK_1: u8 = 4;
/// Only read: scrolling without landmarks.
const SCROLL_1: u8 = 5;
/// Only read: a layout sample without state.
const LAYOUT_1: u8 = 6;
const CLICK: u8 = 7;
const SCROLL: u8 = 8;
const LAYOUT: u8 = 9;
const MOVE: u8 = 10;
/// A custom event that brought money.
const PURCHASE: u8 = 11;
const VITALS: u8 = 12;

/// A record that cannot be read though its checksum is right: it is of another version, or we wrote it wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the record cannot be read")]
pub struct Unreadable;

/// What a record says.
#[derive(Debug, Clone, PartialEq)]
pub enum Record<'a> {
    Rows(Rows<'a>),
    Outcomes(Vec<OutcomeRow<'a>>),
    Concurrency(Vec<ConcurrencyRow>),
}

/// The rows of one request, in runs that share a head.
#[derive(Debug, Clone, PartialEq)]
pub struct Rows<'a> {
    /// When the request came, milliseconds since the epoch.
    pub received_at_ms: i64,
    pub runs: Vec<(RowHead<'a>, Vec<RowFact<'a>>)>,
}

/// Writes rows.
pub struct RowsWriter {
    bytes: Vec<u8>,
    rows: u32,
}

impl RowsWriter {
    /// Starts the record of a request.
    #[must_use]
    pub fn new(received_at_ms: i64) -> Self {
        let mut bytes = Vec::with_capacity(512);
        bytes.push(ROWS);
        put_signed(&mut bytes, received_at_ms);
        Self { bytes, rows: 0 }
    }

    /// Starts the rows of another view, visitor or session.
    pub fn head(&mut self, head: &RowHead<'_>) {
        if self.rows > 0 {
            self.bytes.push(0);
        }
        put_head(&mut self.bytes, head);
    }

    /// Adds a row under the last head.
    pub fn fact(&mut self, fact: &RowFact<'_>) {
        put_fact(&mut self.bytes, fact);
        self.rows += 1;
    }

    /// Returns how many rows were added.
    #[must_use]
    pub const fn rows(&self) -> u32 {
        self.rows
    }

    /// Returns the record.
    #[must_use]
    pub fn finish(self) -> Vec<u8> {
        self.bytes
    }
}

/// Returns a record of counts.
#[must_use]
pub fn outcomes_record(outcomes: &[OutcomeRow<'_>]) -> Vec<u8> {
    let mut bytes = vec![OUTCOMES];
    put(&mut bytes, outcomes.len() as u64);
    for row in outcomes {
        put(&mut bytes, u64::from(row.site_id));
        put(&mut bytes, u64::from(row.minute));
        put_text(&mut bytes, row.outcome);
        put_text(&mut bytes, row.reason);
        put(&mut bytes, u64::from(row.events));
    }
    bytes
}

/// Returns a record of minutes.
#[must_use]
pub fn concurrency_record(minutes: &[ConcurrencyRow]) -> Vec<u8> {
    let mut bytes = vec![CONCURRENCY];
    put(&mut bytes, minutes.len() as u64);
    for row in minutes {
        put(&mut bytes, u64::from(row.site_id));
        put(&mut bytes, u64::from(row.day));
        put(&mut bytes, u64::from(row.minute));
        bytes.extend_from_slice(&row.node.to_le_bytes());
        put(&mut bytes, u64::from(row.visitors));
        put(&mut bytes, u64::from(row.peak));
    }
    bytes
}

/// Reads a record.
pub fn read(payload: &[u8]) -> Result<Record<'_>, Unreadable> {
    let mut reader = Reader { rest: payload };
    match reader.u8()? {
        ROWS => reader.rows().map(Record::Rows),
        OUTCOMES => reader.outcomes().map(Record::Outcomes),
        CONCURRENCY => reader.concurrency().map(Record::Concurrency),
        _ => Err(Unreadable),
    }
}

fn put_head(out: &mut Vec<u8>, head: &RowHead<'_>) {
    put(out, u64::from(head.site_id));
    put(out, u64::from(head.day));
    for id in [head.view_id, head.visitor_id, head.session_id] {
        out.extend_from_slice(&id.to_le_bytes());
    }
    put_signed(out, head.session_started_at);
    for text in head_texts(head) {
        put_text(out, text);
    }
    out.extend_from_slice(&head.latitude.to_le_bytes());
    out.extend_from_slice(&head.longitude.to_le_bytes());
    for pixels in
        [u32::from(head.viewport_width), u32::from(head.viewport_height), head.document_width, head.document_height]
    {
        put(out, u64::from(pixels));
    }
}

/// The texts of a head in the order in which they are written.
fn head_texts<'a>(head: &RowHead<'a>) -> [&'a str; HEAD_TEXTS] {
    [
        head.hostname,
        head.pathname,
        head.entry_hostname,
        head.entry_pathname,
        head.referrer,
        head.source,
        head.channel,
        head.utm_source,
        head.utm_medium,
        head.utm_campaign,
        head.utm_content,
        head.utm_term,
        head.country,
        head.region,
        head.city,
        head.browser,
        head.browser_version,
        head.os,
        head.os_version,
        head.device,
    ]
}

const HEAD_TEXTS: usize = 20;

fn put_fact(out: &mut Vec<u8>, fact: &RowFact<'_>) {
    let kind = match &fact.detail {
        Detail::Pageview => PAGEVIEW,
        Detail::Event { revenue: None, .. } => EVENT,
        Detail::Event { revenue: Some(_), .. } => PURCHASE,
        Detail::Engagement { .. } => ENGAGEMENT,
        Detail::Click(_) => CLICK,
        Detail::Move { .. } => MOVE,
        Detail::Scroll { .. } => SCROLL,
        Detail::Layout { .. } => LAYOUT,
        Detail::Vitals(_) => VITALS,
    };
    out.push(kind);
    put_signed(out, fact.at);
    match &fact.detail {
        Detail::Pageview => {}
        Detail::Event { name, props, revenue } => {
            put_text(out, name);
            put(out, props.len() as u64);
            for (key, value) in props {
                put_text(out, key);
                put_text(out, value);
            }
            if let Some(revenue) = revenue {
                put_signed(out, revenue.thousandths);
                put_text(out, revenue.currency.as_str());
            }
        }
        Detail::Engagement { engaged_ms, scroll_depth } => {
            put(out, u64::from(*engaged_ms));
            out.push(*scroll_depth);
        }
        Detail::Click(click) => put_click(out, click),
        Detail::Move { spot, rest_ms } => {
            put_spot(out, spot);
            put(out, u64::from(*rest_ms));
        }
        Detail::Scroll { depth_px, exposure_ms, landmarks } => {
            put(out, u64::from(*depth_px));
            put(out, exposure_ms.len() as u64);
            for &ms in exposure_ms {
                put(out, u64::from(ms));
            }
            put(out, landmarks.len() as u64);
            for (element, visible_ms) in landmarks {
                put_text(out, element);
                put(out, u64::from(*visible_ms));
            }
        }
        Detail::Layout { complete, state, viewport, document, boxes } => {
            out.push(u8::from(*complete));
            put(out, u64::from(*state));
            for &pixels in viewport {
                put(out, u64::from(pixels));
            }
            for &pixels in document {
                put(out, u64::from(pixels));
            }
            put(out, boxes.len() as u64);
            for part in boxes {
                put_box(out, part);
            }
        }
        Detail::Vitals(vitals) => put_vitals(out, *vitals),
    }
}

fn put_click(out: &mut Vec<u8>, click: &ClickDetail<'_>) {
    put_spot(out, &click.spot);
    for &pixels in &click.container_scroll {
        put(out, u64::from(pixels));
    }
    put(out, u64::from(click.since_load_ms));
}

fn put_spot(out: &mut Vec<u8>, spot: &SpotDetail<'_>) {
    put_text(out, spot.element);
    for fraction in &spot.fraction {
        out.extend_from_slice(&fraction.to_le_bytes());
    }
    for &pixels in spot.at.iter().chain(&spot.box_size) {
        put(out, u64::from(pixels));
    }
    put(out, u64::from(spot.state));
    put(out, u64::from(spot.flags));
}

fn put_box(out: &mut Vec<u8>, part: &BoxDetail<'_>) {
    for text in [part.element, part.tag, part.role] {
        put_text(out, text);
    }
    for &pixels in &part.position {
        put_signed(out, i64::from(pixels));
    }
    for &pixels in &part.size {
        put(out, u64::from(pixels));
    }
    put(out, u64::from(part.flags));
}

/// Writes each value as one more than it is, 0 where there is none.
fn put_vitals(out: &mut Vec<u8>, Vitals { lcp_ms, inp_ms, cls_e4, fcp_ms, ttfb_ms }: Vitals) {
    for vital in [lcp_ms, inp_ms, cls_e4, fcp_ms, ttfb_ms] {
        put(out, vital.map_or(0, |value| u64::from(value) + 1));
    }
}

fn put(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push(value.to_le_bytes()[0] | 0x80);
        value >>= 7;
    }
    out.push(value.to_le_bytes()[0]);
}

fn put_signed(out: &mut Vec<u8>, value: i64) {
    put(out, ((value << 1) ^ (value >> 63)).cast_unsigned());
}

fn put_text(out: &mut Vec<u8>, text: &str) {
    put(out, text.len() as u64);
    out.extend_from_slice(text.as_bytes());
}

struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    fn rows(&mut self) -> Result<Rows<'a>, Unreadable> {
        let received_at_ms = self.signed()?;
        let mut runs = Vec::new();
        while !self.rest.is_empty() {
            runs.push(self.run()?);
        }
        Ok(Rows { received_at_ms, runs })
    }

    /// Reads a head and its facts, to the end of the record or the zero before the next head.
    fn run(&mut self) -> Result<(RowHead<'a>, Vec<RowFact<'a>>), Unreadable> {
        let head = self.head()?;
        let mut facts = Vec::new();
        while !self.rest.is_empty() {
            match self.u8()? {
                0 => break,
                kind => facts.push(self.fact(kind)?),
            }
        }
        Ok((head, facts))
    }

    fn head(&mut self) -> Result<RowHead<'a>, Unreadable> {
        let (site_id, day) = (self.number()?, self.number()?);
        let [view_id, visitor_id, session_id] = [self.id()?, self.id()?, self.id()?];
        let session_started_at = self.signed()?;
        let mut texts = [""; HEAD_TEXTS];
        for text in &mut texts {
            *text = self.text()?;
        }
        let [
            hostname,
            pathname,
            entry_hostname,
            entry_pathname,
            referrer,
            source,
            channel,
            utm_source,
            utm_medium,
            utm_campaign,
            utm_content,
            utm_term,
            country,
            region,
            city,
            browser,
            browser_version,
            os,
            os_version,
            device,
        ] = texts;
        let (latitude, longitude) = (f32::from_le_bytes(self.bytes()?), f32::from_le_bytes(self.bytes()?));
        Ok(RowHead {
            site_id,
            day,
            view_id,
            visitor_id,
            session_id,
            session_started_at,
            hostname,
            pathname,
            entry_hostname,
            entry_pathname,
            referrer,
            source,
            channel,
            utm_source,
            utm_medium,
            utm_campaign,
            utm_content,
            utm_term,
            country,
            region,
            city,
            latitude,
            longitude,
            browser,
            browser_version,
            os,
            os_version,
            device,
            viewport_width: self.number()?,
            viewport_height: self.number()?,
            document_width: self.number()?,
            document_height: self.number()?,
        })
    }

    fn fact(&mut self, kind: u8) -> Result<RowFact<'a>, Unreadable> {
        let at = self.signed()?;
        let detail = match kind {
            PAGEVIEW => Detail::Pageview,
            EVENT | PURCHASE => Detail::Event {
                name: self.text()?,
                props: (0..self.count()?)
                    .map(|_| Ok((self.text()?, self.text()?)))
                    .collect::<Result<_, Unreadable>>()?,
                revenue: if kind == PURCHASE { Some(self.revenue()?) } else { None },
            },
            ENGAGEMENT => Detail::Engagement { engaged_ms: self.number()?, scroll_depth: self.u8()? },
            CLICK_1 => Detail::Click(self.click_1()?),
            CLICK => Detail::Click(ClickDetail {
                spot: self.spot()?,
                container_scroll: [self.number()?, self.number()?],
                since_load_ms: self.number()?,
            }),
            MOVE => Detail::Move { spot: self.spot()?, rest_ms: self.number()? },
            SCROLL_1 | SCROLL => Detail::Scroll {
                depth_px: self.number()?,
                exposure_ms: (0..self.count()?).map(|_| self.number()).collect::<Result<_, Unreadable>>()?,
                landmarks: if kind == SCROLL_1 { Vec::new() } else { self.landmarks()? },
            },
            LAYOUT_1 | LAYOUT => Detail::Layout {
                complete: self.u8()? != 0,
                state: if kind == LAYOUT_1 { 0 } else { self.number()? },
                viewport: [self.number()?, self.number()?],
                document: [self.number()?, self.number()?],
                boxes: (0..self.count()?).map(|_| self.layout_box()).collect::<Result<_, Unreadable>>()?,
            },
            VITALS => Detail::Vitals(Vitals {
                lcp_ms: self.vital()?,
                inp_ms: self.vital()?,
                cls_e4: self.vital()?,
                fcp_ms: self.vital()?,
                ttfb_ms: self.vital()?,
            }),
            _ => return Err(Unreadable),
        };
        Ok(RowFact { at, detail })
    }

    fn revenue(&mut self) -> Result<Revenue, Unreadable> {
        Ok(Revenue { thousandths: self.signed()?, currency: Currency::parse(self.text()?).ok_or(Unreadable)? })
    }

    /// Reads a click as it was written before it had a box and a state.
    fn click_1(&mut self) -> Result<ClickDetail<'a>, Unreadable> {
        let element = self.text()?;
        let fraction = [u16::from_le_bytes(self.bytes()?), u16::from_le_bytes(self.bytes()?)];
        let at = [self.number()?, self.number()?];
        let (container_scroll, since_load_ms) = ([self.number()?, self.number()?], self.number()?);
        let spot = SpotDetail { element, fraction, at, box_size: [0, 0], state: 0, flags: self.number()? };
        Ok(ClickDetail { spot, container_scroll, since_load_ms })
    }

    fn spot(&mut self) -> Result<SpotDetail<'a>, Unreadable> {
        Ok(SpotDetail {
            element: self.text()?,
            fraction: [u16::from_le_bytes(self.bytes()?), u16::from_le_bytes(self.bytes()?)],
            at: [self.number()?, self.number()?],
            box_size: [self.number()?, self.number()?],
            state: self.number()?,
            flags: self.number()?,
        })
    }

    fn vital(&mut self) -> Result<Option<u32>, Unreadable> {
        match self.number::<u64>()? {
            0 => Ok(None),
            above => u32::try_from(above - 1).map(Some).map_err(|_too_large| Unreadable),
        }
    }

    fn landmarks(&mut self) -> Result<Vec<(&'a str, u32)>, Unreadable> {
        (0..self.count()?).map(|_| Ok((self.text()?, self.number()?))).collect()
    }

    fn layout_box(&mut self) -> Result<BoxDetail<'a>, Unreadable> {
        Ok(BoxDetail {
            element: self.text()?,
            tag: self.text()?,
            role: self.text()?,
            position: [self.signed_pixels()?, self.signed_pixels()?],
            size: [self.number()?, self.number()?],
            flags: self.number()?,
        })
    }

    fn outcomes(&mut self) -> Result<Vec<OutcomeRow<'a>>, Unreadable> {
        (0..self.count()?)
            .map(|_| {
                Ok(OutcomeRow {
                    site_id: self.number()?,
                    minute: self.number()?,
                    outcome: self.text()?,
                    reason: self.text()?,
                    events: self.number()?,
                })
            })
            .collect()
    }

    fn concurrency(&mut self) -> Result<Vec<ConcurrencyRow>, Unreadable> {
        (0..self.count()?)
            .map(|_| {
                Ok(ConcurrencyRow {
                    site_id: self.number()?,
                    day: self.number()?,
                    minute: self.number()?,
                    node: self.id()?,
                    visitors: self.number()?,
                    peak: self.number()?,
                })
            })
            .collect()
    }

    fn u8(&mut self) -> Result<u8, Unreadable> {
        self.bytes::<1>().map(|[byte]| byte)
    }

    fn bytes<const N: usize>(&mut self) -> Result<[u8; N], Unreadable> {
        let (bytes, rest) = self.rest.split_first_chunk().ok_or(Unreadable)?;
        self.rest = rest;
        Ok(*bytes)
    }

    fn id(&mut self) -> Result<u64, Unreadable> {
        self.bytes().map(u64::from_le_bytes)
    }

    /// Reads a number that must fit its type.
    fn number<T: TryFrom<u64>>(&mut self) -> Result<T, Unreadable> {
        let mut value = 0_u64;
        for shift in (0..64).step_by(7) {
            let byte = u64::from(self.u8()?);
            value |= (byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return T::try_from(value).map_err(|_too_large| Unreadable);
            }
        }
        Err(Unreadable)
    }

    fn signed(&mut self) -> Result<i64, Unreadable> {
        let value: u64 = self.number()?;
        Ok((value >> 1).cast_signed() ^ -(value & 1).cast_signed())
    }

    fn signed_pixels(&mut self) -> Result<i32, Unreadable> {
        i32::try_from(self.signed()?).map_err(|_too_large| Unreadable)
    }

    /// Reads how many values follow. Each takes a byte at least, so that a wrong count allocates nothing.
    fn count(&mut self) -> Result<usize, Unreadable> {
        self.number().ok().filter(|&count: &usize| count <= self.rest.len()).ok_or(Unreadable)
    }

    fn text(&mut self) -> Result<&'a str, Unreadable> {
        let length = self.count()?;
        let (text, rest) = self.rest.split_at(length);
        self.rest = rest;
        str::from_utf8(text).map_err(|_not_text| Unreadable)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn a_head(pathname: &str) -> RowHead<'_> {
        RowHead {
            site_id: 7,
            day: 20_000,
            view_id: u64::MAX,
            visitor_id: 1,
            session_id: 1 << 40,
            session_started_at: -1,
            hostname: "demo.example",
            pathname,
            entry_hostname: "",
            entry_pathname: "/начало",
            referrer: "news.example/a",
            source: "News",
            channel: "Referral",
            utm_source: "s",
            utm_medium: "m",
            utm_campaign: "c",
            utm_content: "o",
            utm_term: "t",
            country: "BG",
            region: "Sofia-grad",
            city: "Sofia",
            latitude: 42.5,
            longitude: -23.25,
            browser: "Firefox",
            browser_version: "150",
            os: "Linux",
            os_version: "6",
            device: "desktop",
            viewport_width: u16::MAX,
            viewport_height: 1,
            document_width: u32::MAX,
            document_height: 0,
        }
    }

    fn every_detail<'a>() -> Vec<RowFact<'a>> {
        let boxes = vec![BoxDetail {
            element: "#buy",
            tag: "button",
            role: "",
            position: [i32::MIN, i32::MAX],
            size: [0, u32::MAX],
            flags: 127,
        }];
        let spot = SpotDetail {
            element: "nav>a",
            fraction: [0, u16::MAX],
            at: [1, u32::MAX],
            box_size: [220, u32::MAX],
            state: u32::MAX,
            flags: 3,
        };
        let details = [
            Detail::Pageview,
            Detail::Event { name: "signup", props: vec![("plan", "pro"), ("x", "")], revenue: None },
            Detail::Event { name: "buy", props: Vec::new(), revenue: Revenue::parse("EUR", "-13.5") },
            Detail::Engagement { engaged_ms: u32::MAX, scroll_depth: 100 },
            Detail::Click(ClickDetail { spot: spot.clone(), container_scroll: [300, 0], since_load_ms: 5000 }),
            Detail::Move { spot, rest_ms: 900 },
            Detail::Scroll {
                depth_px: 12_345,
                exposure_ms: (0..100).collect(),
                landmarks: vec![("main", 4000), ("footer", 0)],
            },
            Detail::Layout { complete: true, state: 7, viewport: [1280, 720], document: [1280, 5000], boxes },
            Detail::Vitals(Vitals { lcp_ms: Some(0), cls_e4: Some(u32::MAX), ttfb_ms: Some(127), ..Vitals::default() }),
        ];
        (0_i64..).zip(details).map(|(index, detail)| RowFact { at: 1_700_000_000_000 + index, detail }).collect()
    }

    #[test]
    fn every_kind_of_row_reads_as_it_was_written() {
        let (one, other) = (a_head("/a"), a_head("/б"));
        let facts = every_detail();
        let mut writer = RowsWriter::new(1_700_000_000_123);
        for head in [&one, &other] {
            writer.head(head);
            for fact in &facts {
                writer.fact(fact);
            }
        }
        assert_eq!(writer.rows(), 18);
        let bytes = writer.finish();
        let runs = vec![(one, facts.clone()), (other, facts)];
        assert_eq!(read(&bytes), Ok(Record::Rows(Rows { received_at_ms: 1_700_000_000_123, runs })));
        for cut in 0..bytes.len() {
            if let Ok(Record::Rows(rows)) = read(&bytes[..cut]) {
                assert!(rows.runs.iter().map(|(_, facts)| facts.len()).sum::<usize>() < 18, "cut at {cut}");
            }
        }
    }

    /// A spool or a dead letter may hold what the version before wrote.
    #[test]
    fn rows_of_the_older_numbers_are_read_for_ever() {
        let head = a_head("/a");
        let mut bytes = vec![ROWS, 2];
        put_head(&mut bytes, &head);
        // Click at 3 ms, "#buy", fractions 1 and 65535, at 300/2, container 0/9, 5000 ms after the load, flags 3.
        bytes.extend(b"\x04\x06\x04#buy\x01\x00\xff\xff\xac\x02\x02\x00\x09\x88\x27\x03");
        // Scrolled to 1840 at 4 ms, with two bands.
        bytes.extend(b"\x05\x08\xb0\x0e\x02\x07\x08");
        // A complete sample at 5 ms of 320 × 240 and 320 × 600, with one box at 1/-1 of 3 × 4 and flags 2.
        bytes.extend(b"\x06\x0a\x01\xc0\x02\xf0\x01\xc0\x02\xd8\x04\x01\x04#buy\x01a\x00\x02\x01\x03\x04\x02");
        let spot =
            SpotDetail { element: "#buy", fraction: [1, 65535], at: [300, 2], box_size: [0, 0], state: 0, flags: 3 };
        let boxes = vec![BoxDetail { element: "#buy", tag: "a", role: "", position: [1, -1], size: [3, 4], flags: 2 }];
        let details = [
            Detail::Click(ClickDetail { spot, container_scroll: [0, 9], since_load_ms: 5000 }),
            Detail::Scroll { depth_px: 1840, exposure_ms: vec![7, 8], landmarks: Vec::new() },
            Detail::Layout { complete: true, state: 0, viewport: [320, 240], document: [320, 600], boxes },
        ];
        let facts: Vec<_> = (3..).zip(details).map(|(at, detail)| RowFact { at, detail }).collect();
        assert_eq!(
            read(&bytes),
            Ok(Record::Rows(Rows { received_at_ms: 1, runs: vec![(head, facts.clone())] })),
            "read"
        );

        let mut writer = RowsWriter::new(1);
        writer.head(&head);
        for fact in &facts {
            writer.fact(fact);
        }
        let again = writer.finish();
        assert_ne!(again, bytes, "the newer numbers are written");
        assert_eq!(read(&again), read(&bytes), "and say the same");
    }

    #[test]
    fn counts_read_as_they_were_written() {
        let rows = vec![
            OutcomeRow { site_id: 1, minute: 28_000_000, outcome: "dropped", reason: "bot", events: 3 },
            OutcomeRow { site_id: u32::MAX, minute: 0, outcome: "accepted", reason: "", events: u32::MAX },
        ];
        assert_eq!(read(&outcomes_record(&rows)), Ok(Record::Outcomes(rows.clone())));
    }

    #[test]
    fn minutes_read_as_they_were_written() {
        let row =
            ConcurrencyRow { site_id: 1, day: 20_000, minute: 28_800_000, node: u64::MAX, visitors: 3, peak: u32::MAX };
        let rows = vec![row, ConcurrencyRow { site_id: u32::MAX, node: 0, ..row }];
        let bytes = concurrency_record(&rows);
        assert_eq!(read(&bytes), Ok(Record::Concurrency(rows)));
        for cut in 0..bytes.len() {
            assert_eq!(read(&bytes[..cut]), Err(Unreadable), "cut at {cut}");
        }
    }

    #[test]
    fn a_count_larger_than_the_record_is_refused_before_anything_is_reserved() {
        let mut bytes = vec![OUTCOMES];
        put(&mut bytes, u64::MAX);
        assert_eq!(read(&bytes), Err(Unreadable));
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(mut bytes in proptest::collection::vec(any::<u8>(), 1..400), kind in 1..=3_u8) {
            bytes[0] = kind;
            let _ = read(&bytes);
        }
    }
}
