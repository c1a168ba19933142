//! Owns the columns: rows to blocks in ClickHouse's Native format, one block for each table and month, so that an insert
//! is one part and is there whole or not at all. It does not send them.
//!
//! Format: <https://clickhouse.com/docs/interfaces/formats/Native>. Columnar input costs the engine a half to a quarter of
//! row-wise input, and we write it straight from the spool's records.

use bytes::Bytes;
use jiff::civil::Date;

use super::rows::{ClickDetail, ConcurrencyRow, Detail, OutcomeRow, RowFact, RowHead, SpotDetail};
use crate::model::{Revenue, Vitals};

/// A table that takes rows from the shipper.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Table {
    Events,
    Clicks,
    Moves,
    Scrolls,
    Layouts,
    Outcomes,
    Concurrency,
}

impl Table {
    pub const ALL: [Self; 7] =
        [Self::Events, Self::Clicks, Self::Moves, Self::Scrolls, Self::Layouts, Self::Outcomes, Self::Concurrency];

    /// Returns the name in the database.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Events => "events",
            Self::Clicks => "clicks",
            Self::Moves => "moves",
            Self::Scrolls => "scrolls",
            Self::Layouts => "layouts",
            Self::Outcomes => "outcomes",
            Self::Concurrency => "concurrency",
        }
    }

    /// Tells whether its rows are what visitors sent. Others are counts of ours.
    #[must_use]
    pub const fn is_of_facts(self) -> bool {
        !matches!(self, Self::Outcomes | Self::Concurrency)
    }

    /// Returns the table that takes the row of a fact.
    #[must_use]
    pub const fn of(detail: &Detail<'_>) -> Self {
        match detail {
            Detail::Pageview | Detail::Event { .. } | Detail::Engagement { .. } | Detail::Vitals(_) => Self::Events,
            Detail::Click(_) => Self::Clicks,
            Detail::Move { .. } => Self::Moves,
            Detail::Scroll { .. } => Self::Scrolls,
            Detail::Layout { .. } => Self::Layouts,
        }
    }

    pub(super) const fn columns(self) -> &'static [(&'static str, Kind)] {
        match self {
            Self::Events => EVENTS,
            Self::Clicks => CLICKS,
            Self::Moves => MOVES,
            Self::Scrolls => SCROLLS,
            Self::Layouts => LAYOUTS,
            Self::Outcomes => OUTCOMES,
            Self::Concurrency => CONCURRENCY,
        }
    }
}

/// The partition that a row falls into: `toYYYYMM` of its day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Month(pub u32);

impl Month {
    /// Returns the month of a day, given in days since the epoch.
    #[must_use]
    pub fn of_day(day: u16) -> Self {
        const EPOCH: Date = jiff::civil::date(1970, 1, 1);
        let date = EPOCH.saturating_add(jiff::Span::new().days(i64::from(day)));
        Self(u32::from(date.year().unsigned_abs()) * 100 + u32::from(date.month().unsigned_abs()))
    }
}

/// How a column is written, and what it is to ClickHouse.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Bool,
    U8,
    U16,
    U32,
    U64,
    /// A number that may be missing.
    MaybeU32,
    F32,
    Date,
    Minute,
    Millis,
    EventClass,
    /// Thousandths.
    Money,
    /// Text, sent as plain strings also where the column has a dictionary: the engine makes its own.
    Text,
    TextMap,
    U32List,
    Landmarks,
    Boxes,
}

impl Kind {
    const fn sql_type(self) -> &'static str {
        match self {
            Self::Bool => "Bool",
            Self::U8 => "UInt8",
            Self::U16 => "UInt16",
            Self::U32 => "UInt32",
            Self::U64 => "UInt64",
            Self::MaybeU32 => "Nullable(UInt32)",
            Self::F32 => "Float32",
            Self::Date => "Date",
            Self::Minute => "DateTime('UTC')",
            Self::Millis => "DateTime64(3, 'UTC')",
            Self::Money => "Decimal(18, 3)",
            Self::EventClass => "Enum8('pageview' = 1, 'event' = 2, 'engagement' = 3, 'vitals' = 4)",
            Self::Text => "String",
            Self::TextMap => "Map(String, String)",
            Self::U32List => "Array(UInt32)",
            Self::Landmarks => "Array(Tuple(element String, visible_ms UInt32))",
            Self::Boxes => {
                "Array(Tuple(element String, tag String, role String, x Int32, y Int32, width UInt32, height UInt32, flags UInt16))"
            }
        }
    }

    /// Returns how many streams the column consists of: offsets and values of lists are written apart, and so are what is
    /// missing and the values.
    const fn streams(self) -> usize {
        match self {
            Self::TextMap | Self::Landmarks => 3,
            Self::U32List | Self::MaybeU32 => 2,
            Self::Boxes => 9,
            Self::Bool
            | Self::U8
            | Self::U16
            | Self::U32
            | Self::U64
            | Self::F32
            | Self::Date
            | Self::Minute
            | Self::Millis
            | Self::EventClass
            | Self::Money
            | Self::Text => 1,
        }
    }
}

const KIND_PAGEVIEW: u8 = 1;
const KIND_EVENT: u8 = 2;
const KIND_ENGAGEMENT: u8 = 3;
const KIND_VITALS: u8 = 4;

/// The columns in the order in which [`Block`] writes them.
const EVENTS: &[(&str, Kind)] = &[
    ("site_id", Kind::U32),
    ("day", Kind::Date),
    ("at", Kind::Millis),
    ("kind", Kind::EventClass),
    ("name", Kind::Text),
    ("view_id", Kind::U64),
    ("visitor_id", Kind::U64),
    ("session_id", Kind::U64),
    ("session_started_at", Kind::Millis),
    ("hostname", Kind::Text),
    ("pathname", Kind::Text),
    ("entry_hostname", Kind::Text),
    ("entry_pathname", Kind::Text),
    ("referrer", Kind::Text),
    ("source", Kind::Text),
    ("channel", Kind::Text),
    ("utm_source", Kind::Text),
    ("utm_medium", Kind::Text),
    ("utm_campaign", Kind::Text),
    ("utm_content", Kind::Text),
    ("utm_term", Kind::Text),
    ("country", Kind::Text),
    ("region", Kind::Text),
    ("city", Kind::Text),
    ("latitude", Kind::F32),
    ("longitude", Kind::F32),
    ("browser", Kind::Text),
    ("browser_version", Kind::Text),
    ("os", Kind::Text),
    ("os_version", Kind::Text),
    ("device", Kind::Text),
    ("viewport_width", Kind::U16),
    ("viewport_height", Kind::U16),
    ("engaged_ms", Kind::U32),
    ("scroll_depth", Kind::U8),
    ("props", Kind::TextMap),
    ("batch", Kind::U64),
    ("revenue", Kind::Money),
    ("currency", Kind::Text),
    ("lcp_ms", Kind::MaybeU32),
    ("inp_ms", Kind::MaybeU32),
    ("cls_e4", Kind::MaybeU32),
    ("fcp_ms", Kind::MaybeU32),
    ("ttfb_ms", Kind::MaybeU32),
    ("arrived_at", Kind::Millis),
];

const CLICKS: &[(&str, Kind)] = &[
    ("site_id", Kind::U32),
    ("day", Kind::Date),
    ("at", Kind::Millis),
    ("pathname", Kind::Text),
    ("view_id", Kind::U64),
    ("visitor_id", Kind::U64),
    ("session_id", Kind::U64),
    ("element", Kind::Text),
    ("fraction_x", Kind::U16),
    ("fraction_y", Kind::U16),
    ("x", Kind::U32),
    ("y", Kind::U32),
    ("container_scroll_x", Kind::U32),
    ("container_scroll_y", Kind::U32),
    ("document_width", Kind::U32),
    ("document_height", Kind::U32),
    ("viewport_width", Kind::U16),
    ("viewport_height", Kind::U16),
    ("since_load_ms", Kind::U32),
    ("flags", Kind::U16),
    ("device", Kind::Text),
    ("country", Kind::Text),
    ("batch", Kind::U64),
    ("box_width", Kind::U32),
    ("box_height", Kind::U32),
    ("state", Kind::U32),
    ("arrived_at", Kind::Millis),
];

const MOVES: &[(&str, Kind)] = &[
    ("site_id", Kind::U32),
    ("day", Kind::Date),
    ("at", Kind::Millis),
    ("pathname", Kind::Text),
    ("view_id", Kind::U64),
    ("visitor_id", Kind::U64),
    ("session_id", Kind::U64),
    ("element", Kind::Text),
    ("fraction_x", Kind::U16),
    ("fraction_y", Kind::U16),
    ("x", Kind::U32),
    ("y", Kind::U32),
    ("box_width", Kind::U32),
    ("box_height", Kind::U32),
    ("document_width", Kind::U32),
    ("document_height", Kind::U32),
    ("viewport_width", Kind::U16),
    ("viewport_height", Kind::U16),
    ("rest_ms", Kind::U32),
    ("state", Kind::U32),
    ("flags", Kind::U16),
    ("device", Kind::Text),
    ("country", Kind::Text),
    ("batch", Kind::U64),
    ("arrived_at", Kind::Millis),
];

const SCROLLS: &[(&str, Kind)] = &[
    ("site_id", Kind::U32),
    ("day", Kind::Date),
    ("at", Kind::Millis),
    ("pathname", Kind::Text),
    ("view_id", Kind::U64),
    ("visitor_id", Kind::U64),
    ("session_id", Kind::U64),
    ("depth_px", Kind::U32),
    ("exposure_ms", Kind::U32List),
    ("document_width", Kind::U32),
    ("document_height", Kind::U32),
    ("viewport_width", Kind::U16),
    ("viewport_height", Kind::U16),
    ("device", Kind::Text),
    ("country", Kind::Text),
    ("batch", Kind::U64),
    ("landmarks", Kind::Landmarks),
    ("arrived_at", Kind::Millis),
];

const LAYOUTS: &[(&str, Kind)] = &[
    ("site_id", Kind::U32),
    ("day", Kind::Date),
    ("at", Kind::Millis),
    ("pathname", Kind::Text),
    ("view_id", Kind::U64),
    ("viewport_width", Kind::U16),
    ("viewport_height", Kind::U16),
    ("document_width", Kind::U32),
    ("document_height", Kind::U32),
    ("complete", Kind::Bool),
    ("boxes", Kind::Boxes),
    ("batch", Kind::U64),
    ("state", Kind::U32),
    ("arrived_at", Kind::Millis),
];

const OUTCOMES: &[(&str, Kind)] = &[
    ("site_id", Kind::U32),
    ("day", Kind::Date),
    ("minute", Kind::Minute),
    ("outcome", Kind::Text),
    ("reason", Kind::Text),
    ("events", Kind::U32),
    ("batch", Kind::U64),
];

const CONCURRENCY: &[(&str, Kind)] = &[
    ("site_id", Kind::U32),
    ("day", Kind::Date),
    ("minute", Kind::Minute),
    ("node", Kind::U64),
    ("visitors", Kind::U32),
    ("peak", Kind::U32),
    ("batch", Kind::U64),
];

/// A block as the body of `INSERT INTO … FORMAT Native`. Cheap to send again.
#[derive(Debug, Clone)]
pub struct NativeBlock {
    pub table: Table,
    pub month: Month,
    pub batch: u64,
    pub rows: usize,
    pub parts: Vec<Bytes>,
}

/// Rows of one table and month, as columns.
struct Block {
    table: Table,
    month: Month,
    rows: usize,
    streams: Vec<Vec<u8>>,
}

impl Block {
    fn new(table: Table, month: Month) -> Self {
        let streams = table.columns().iter().map(|(_, kind)| kind.streams()).sum();
        Self { table, month, rows: 0, streams: vec![Vec::new(); streams] }
    }

    fn into_native(self, batch: u64) -> NativeBlock {
        let columns = self.table.columns();
        let mut parts = Vec::with_capacity(columns.len() + self.streams.len());
        let mut head = Vec::new();
        put_varint(&mut head, columns.len() as u64);
        put_varint(&mut head, self.rows as u64);
        let mut streams = self.streams.into_iter();
        for (name, kind) in columns {
            put_text(&mut head, name);
            put_text(&mut head, kind.sql_type());
            parts.push(Bytes::from(std::mem::take(&mut head)));
            parts.extend(streams.by_ref().take(kind.streams()).map(Bytes::from));
        }
        NativeBlock { table: self.table, month: self.month, batch, rows: self.rows, parts }
    }

    fn row(&mut self) -> RowWriter<'_> {
        self.rows += 1;
        RowWriter { streams: self.streams.iter_mut() }
    }
}

/// Writes the values of one row, in the order of the table's columns.
struct RowWriter<'a> {
    streams: std::slice::IterMut<'a, Vec<u8>>,
}

impl RowWriter<'_> {
    fn stream(&mut self) -> &mut Vec<u8> {
        self.streams.next().expect("a row has no more values than its table has columns")
    }

    fn bytes<const N: usize>(&mut self, bytes: [u8; N]) {
        self.stream().extend_from_slice(&bytes);
    }

    fn u8(&mut self, value: u8) {
        self.stream().push(value);
    }

    fn u16(&mut self, value: u16) {
        self.bytes(value.to_le_bytes());
    }

    fn u32(&mut self, value: u32) {
        self.bytes(value.to_le_bytes());
    }

    fn u64(&mut self, value: u64) {
        self.bytes(value.to_le_bytes());
    }

    fn i64(&mut self, value: i64) {
        self.bytes(value.to_le_bytes());
    }

    fn maybe_u32(&mut self, value: Option<u32>) {
        self.u8(u8::from(value.is_none()));
        self.u32(value.unwrap_or_default());
    }

    fn f32(&mut self, value: f32) {
        self.bytes(value.to_le_bytes());
    }

    fn text(&mut self, text: &str) {
        put_text(self.stream(), text);
    }

    /// Writes where the row's part of a list ends: the number of values before it, and its own.
    fn list_end(&mut self, length: usize) {
        let offsets = self.stream();
        let before = offsets.last_chunk::<8>().map_or(0, |last| u64::from_le_bytes(*last));
        offsets.extend_from_slice(&(before + length as u64).to_le_bytes());
    }

    fn finish(mut self) {
        debug_assert!(self.streams.next().is_none(), "a row has a value for each column of its table");
    }
}

/// Blocks of one batch.
pub struct Blocks {
    batch: u64,
    arrived_at_ms: i64,
    blocks: Vec<Block>,
    /// Where the last row went: rows of one table and month mostly come in runs.
    day: u16,
    month: Month,
}

impl Blocks {
    /// Starts the blocks of a batch; every row will carry its number, and when it was begun.
    #[must_use]
    pub fn new(batch: u64, arrived_at_ms: i64) -> Self {
        Self { batch, arrived_at_ms, blocks: Vec::new(), day: 0, month: Month::of_day(0) }
    }

    /// Adds the row of a fact.
    pub fn add(&mut self, head: &RowHead<'_>, fact: &RowFact<'_>) {
        match &fact.detail {
            Detail::Pageview => self.add_event(head, fact.at, &EventValues::of_kind(KIND_PAGEVIEW)),
            Detail::Event { name, props, revenue } => {
                let values = EventValues { name, props, revenue: *revenue, ..EventValues::of_kind(KIND_EVENT) };
                self.add_event(head, fact.at, &values);
            }
            Detail::Engagement { engaged_ms, scroll_depth } => {
                let values = EventValues {
                    engaged_ms: *engaged_ms,
                    scroll_depth: *scroll_depth,
                    ..EventValues::of_kind(KIND_ENGAGEMENT)
                };
                self.add_event(head, fact.at, &values);
            }
            Detail::Click(click) => self.add_click(head, fact.at, click),
            Detail::Move { spot, rest_ms } => self.add_move(head, fact.at, spot, *rest_ms),
            Detail::Scroll { .. } => self.add_scroll(head, fact),
            Detail::Layout { .. } => self.add_layout(head, fact),
            Detail::Vitals(vitals) => {
                self.add_event(head, fact.at, &EventValues { vitals: *vitals, ..EventValues::of_kind(KIND_VITALS) });
            }
        }
    }

    fn add_event(&mut self, head: &RowHead<'_>, at: i64, values: &EventValues<'_>) {
        let (batch, arrived_at_ms) = (self.batch, self.arrived_at_ms);
        let mut row = self.block(Table::Events, head.day).row();
        row.u32(head.site_id);
        row.u16(head.day);
        row.i64(at);
        row.u8(values.kind);
        row.text(values.name);
        row.u64(head.view_id);
        row.u64(head.visitor_id);
        row.u64(head.session_id);
        row.i64(head.session_started_at);
        row.text(head.hostname);
        row.text(head.pathname);
        row.text(head.entry_hostname);
        row.text(head.entry_pathname);
        row.text(head.referrer);
        row.text(head.source);
        row.text(head.channel);
        row.text(head.utm_source);
        row.text(head.utm_medium);
        row.text(head.utm_campaign);
        row.text(head.utm_content);
        row.text(head.utm_term);
        row.text(head.country);
        row.text(head.region);
        row.text(head.city);
        row.f32(head.latitude);
        row.f32(head.longitude);
        row.text(head.browser);
        row.text(head.browser_version);
        row.text(head.os);
        row.text(head.os_version);
        row.text(head.device);
        row.u16(head.viewport_width);
        row.u16(head.viewport_height);
        row.u32(values.engaged_ms);
        row.u8(values.scroll_depth);
        row.list_end(values.props.len());
        let keys = row.stream();
        for (key, _) in values.props {
            put_text(keys, key);
        }
        let texts = row.stream();
        for (_, value) in values.props {
            put_text(texts, value);
        }
        row.u64(batch);
        row.i64(values.revenue.map_or(0, |revenue| revenue.thousandths));
        row.text(values.revenue.as_ref().map_or("", |revenue| revenue.currency.as_str()));
        let Vitals { lcp_ms, inp_ms, cls_e4, fcp_ms, ttfb_ms } = values.vitals;
        for vital in [lcp_ms, inp_ms, cls_e4, fcp_ms, ttfb_ms] {
            row.maybe_u32(vital);
        }
        row.i64(arrived_at_ms);
        row.finish();
    }

    fn add_click(&mut self, head: &RowHead<'_>, at: i64, click: &ClickDetail<'_>) {
        let (batch, arrived_at_ms) = (self.batch, self.arrived_at_ms);
        let mut row = self.block(Table::Clicks, head.day).row();
        row.u32(head.site_id);
        row.u16(head.day);
        row.i64(at);
        row.text(head.pathname);
        row.u64(head.view_id);
        row.u64(head.visitor_id);
        row.u64(head.session_id);
        let spot = &click.spot;
        row.text(spot.element);
        for &fraction in &spot.fraction {
            row.u16(fraction);
        }
        for &pixels in &spot.at {
            row.u32(pixels);
        }
        for &pixels in &click.container_scroll {
            row.u32(pixels);
        }
        row.u32(head.document_width);
        row.u32(head.document_height);
        row.u16(head.viewport_width);
        row.u16(head.viewport_height);
        row.u32(click.since_load_ms);
        row.u16(spot.flags);
        row.text(head.device);
        row.text(head.country);
        row.u64(batch);
        for &pixels in &spot.box_size {
            row.u32(pixels);
        }
        row.u32(spot.state);
        row.i64(arrived_at_ms);
        row.finish();
    }

    fn add_move(&mut self, head: &RowHead<'_>, at: i64, spot: &SpotDetail<'_>, rest_ms: u32) {
        let (batch, arrived_at_ms) = (self.batch, self.arrived_at_ms);
        let mut row = self.block(Table::Moves, head.day).row();
        row.u32(head.site_id);
        row.u16(head.day);
        row.i64(at);
        row.text(head.pathname);
        row.u64(head.view_id);
        row.u64(head.visitor_id);
        row.u64(head.session_id);
        row.text(spot.element);
        for &fraction in &spot.fraction {
            row.u16(fraction);
        }
        for &pixels in spot.at.iter().chain(&spot.box_size) {
            row.u32(pixels);
        }
        row.u32(head.document_width);
        row.u32(head.document_height);
        row.u16(head.viewport_width);
        row.u16(head.viewport_height);
        row.u32(rest_ms);
        row.u32(spot.state);
        row.u16(spot.flags);
        row.text(head.device);
        row.text(head.country);
        row.u64(batch);
        row.i64(arrived_at_ms);
        row.finish();
    }

    fn add_scroll(&mut self, head: &RowHead<'_>, fact: &RowFact<'_>) {
        let Detail::Scroll { depth_px, exposure_ms, landmarks } = &fact.detail else { return };
        let (batch, arrived_at_ms) = (self.batch, self.arrived_at_ms);
        let mut row = self.block(Table::Scrolls, head.day).row();
        row.u32(head.site_id);
        row.u16(head.day);
        row.i64(fact.at);
        row.text(head.pathname);
        row.u64(head.view_id);
        row.u64(head.visitor_id);
        row.u64(head.session_id);
        row.u32(*depth_px);
        row.list_end(exposure_ms.len());
        let values = row.stream();
        for ms in exposure_ms {
            values.extend_from_slice(&ms.to_le_bytes());
        }
        row.u32(head.document_width);
        row.u32(head.document_height);
        row.u16(head.viewport_width);
        row.u16(head.viewport_height);
        row.text(head.device);
        row.text(head.country);
        row.u64(batch);
        row.list_end(landmarks.len());
        let elements = row.stream();
        for (element, _) in landmarks {
            put_text(elements, element);
        }
        let times = row.stream();
        for (_, visible_ms) in landmarks {
            times.extend_from_slice(&visible_ms.to_le_bytes());
        }
        row.i64(arrived_at_ms);
        row.finish();
    }

    fn add_layout(&mut self, head: &RowHead<'_>, fact: &RowFact<'_>) {
        let Detail::Layout { complete, state, viewport, document, boxes } = &fact.detail else { return };
        let (batch, arrived_at_ms) = (self.batch, self.arrived_at_ms);
        let mut row = self.block(Table::Layouts, head.day).row();
        row.u32(head.site_id);
        row.u16(head.day);
        row.i64(fact.at);
        row.text(head.pathname);
        row.u64(head.view_id);
        for &pixels in viewport {
            row.u16(pixels);
        }
        for &pixels in document {
            row.u32(pixels);
        }
        row.u8(u8::from(*complete));
        row.list_end(boxes.len());
        for text in 0..3 {
            let stream = row.stream();
            for part in boxes {
                put_text(stream, [part.element, part.tag, part.role][text]);
            }
        }
        for axis in 0..2 {
            let stream = row.stream();
            for part in boxes {
                stream.extend_from_slice(&part.position[axis].to_le_bytes());
            }
        }
        for axis in 0..2 {
            let stream = row.stream();
            for part in boxes {
                stream.extend_from_slice(&part.size[axis].to_le_bytes());
            }
        }
        let flags = row.stream();
        for part in boxes {
            flags.extend_from_slice(&part.flags.to_le_bytes());
        }
        row.u64(batch);
        row.u32(*state);
        row.i64(arrived_at_ms);
        row.finish();
    }

    /// Adds a row of outcomes.
    pub fn add_outcome(&mut self, outcome: &OutcomeRow<'_>) {
        let batch = self.batch;
        let day = outcome.day();
        let mut row = self.block(Table::Outcomes, day).row();
        row.u32(outcome.site_id);
        row.u16(day);
        row.u32(outcome.minute.saturating_mul(60));
        row.text(outcome.outcome);
        row.text(outcome.reason);
        row.u32(outcome.events);
        row.u64(batch);
        row.finish();
    }

    /// Adds a minute of a site.
    pub fn add_concurrency(&mut self, minute: &ConcurrencyRow) {
        let batch = self.batch;
        let mut row = self.block(Table::Concurrency, minute.day).row();
        row.u32(minute.site_id);
        row.u16(minute.day);
        row.u32(minute.minute.saturating_mul(60));
        row.u64(minute.node);
        row.u32(minute.visitors);
        row.u32(minute.peak);
        row.u64(batch);
        row.finish();
    }

    /// Returns the finished blocks, tables in the order of [`Table::ALL`], months ascending.
    #[must_use]
    pub fn finish(mut self) -> Vec<NativeBlock> {
        self.blocks.sort_by_key(|block| (block.table, block.month));
        self.blocks.into_iter().map(|block| block.into_native(self.batch)).collect()
    }

    fn block(&mut self, table: Table, day: u16) -> &mut Block {
        if day != self.day {
            (self.day, self.month) = (day, Month::of_day(day));
        }
        let month = self.month;
        // A handful: six tables, seldom more than one month.
        let at = self.blocks.iter().position(|block| block.table == table && block.month == month);
        let at = at.unwrap_or_else(|| {
            self.blocks.push(Block::new(table, month));
            self.blocks.len() - 1
        });
        &mut self.blocks[at]
    }
}

/// What rows of `events` tell apart from their head.
struct EventValues<'a> {
    kind: u8,
    name: &'a str,
    engaged_ms: u32,
    scroll_depth: u8,
    props: &'a [(&'a str, &'a str)],
    revenue: Option<Revenue>,
    vitals: Vitals,
}

impl EventValues<'_> {
    const fn of_kind(kind: u8) -> Self {
        let vitals = Vitals { lcp_ms: None, inp_ms: None, cls_e4: None, fcp_ms: None, ttfb_ms: None };
        Self { kind, name: "", engaged_ms: 0, scroll_depth: 0, props: &[], revenue: None, vitals }
    }
}

/// Appends an unsigned LEB128 number.
fn put_varint(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push(value.to_le_bytes()[0] | 0x80);
        value >>= 7;
    }
    out.push(value.to_le_bytes()[0]);
}

fn put_text(out: &mut Vec<u8>, text: &str) {
    put_varint(out, text.len() as u64);
    out.extend_from_slice(text.as_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_are_those_of_clickhouse() {
        for (day, month) in [(0, 197_001), (30, 197_001), (31, 197_002), (20_784, 202_611), (u16::MAX, 214_906)] {
            assert_eq!(Month::of_day(day), Month(month), "day {day}");
        }
    }

    #[test]
    fn a_block_has_the_shape_of_the_native_format() {
        let mut blocks = Blocks::new(7, 0);
        blocks.add_outcome(&OutcomeRow { site_id: 3, minute: 1, outcome: "accepted", reason: "", events: 5 });
        let blocks = blocks.finish();
        assert_eq!((blocks.len(), blocks[0].table, blocks[0].rows), (1, Table::Outcomes, 1));
        let bytes = blocks[0].parts.concat();
        // Seven columns, one row; then name, type and value of each.
        assert_eq!(&bytes[..2], [7, 1]);
        assert_eq!(&bytes[2..18], b"\x07site_id\x06UInt32\x03");
        assert!(bytes.windows(22).any(|part| part == b"\x07outcome\x06String\x08accept"), "{bytes:?}");
        assert_eq!(&bytes[bytes.len() - 8..], 7_u64.to_le_bytes());
    }
}
