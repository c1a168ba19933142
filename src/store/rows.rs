//! Owns the rows of the raw tables: the column names, their order and types, and how an event becomes a row.

use clickhouse::Row;
use serde::{Deserialize, Serialize};

use crate::model::{Click, EnrichedEvent, Fact, Layout, Scroll};

const KIND_PAGEVIEW: i8 = 1;
const KIND_EVENT: i8 = 2;
const KIND_ENGAGEMENT: i8 = 3;

/// A row of `events`. Times are milliseconds since the epoch, days are days since the epoch.
#[derive(Debug, Clone, PartialEq, Row, Serialize, Deserialize)]
pub struct EventRow {
    pub site_id: u32,
    pub day: u16,
    pub at: i64,
    pub kind: i8,
    pub name: String,
    pub view_id: u64,
    pub visitor_id: u64,
    pub session_id: u64,
    pub session_started_at: i64,
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
    pub engaged_ms: u32,
    pub scroll_depth: u8,
    pub props: Vec<(String, String)>,
}

/// A row of `clicks`.
#[derive(Debug, Clone, PartialEq, Eq, Row, Serialize, Deserialize)]
pub struct ClickRow {
    pub site_id: u32,
    pub day: u16,
    pub at: i64,
    pub pathname: String,
    pub view_id: u64,
    pub visitor_id: u64,
    pub session_id: u64,
    pub element: String,
    pub fraction_x: u16,
    pub fraction_y: u16,
    pub x: u32,
    pub y: u32,
    pub container_scroll_x: u32,
    pub container_scroll_y: u32,
    pub document_width: u32,
    pub document_height: u32,
    pub viewport_width: u16,
    pub viewport_height: u16,
    pub since_load_ms: u32,
    pub flags: u16,
    pub device: String,
    pub country: String,
}

/// A row of `scrolls`.
#[derive(Debug, Clone, PartialEq, Eq, Row, Serialize, Deserialize)]
pub struct ScrollRow {
    pub site_id: u32,
    pub day: u16,
    pub at: i64,
    pub pathname: String,
    pub view_id: u64,
    pub visitor_id: u64,
    pub session_id: u64,
    pub depth_px: u32,
    pub exposure_ms: Vec<u32>,
    pub document_width: u32,
    pub document_height: u32,
    pub viewport_width: u16,
    pub viewport_height: u16,
    pub device: String,
    pub country: String,
}

/// A row of `layouts`.
#[derive(Debug, Clone, PartialEq, Eq, Row, Serialize, Deserialize)]
pub struct LayoutRow {
    pub site_id: u32,
    pub day: u16,
    pub at: i64,
    pub pathname: String,
    pub view_id: u64,
    pub viewport_width: u16,
    pub viewport_height: u16,
    pub document_width: u32,
    pub document_height: u32,
    pub complete: bool,
    pub boxes: Vec<BoxTuple>,
}

/// A box as the column keeps it: element, tag, role, x, y, width, height, flags.
pub type BoxTuple = (String, String, String, i32, i32, u32, u32, u16);

/// Rows for all tables, on their way to one insert a table.
#[derive(Debug, Clone, Default)]
pub struct RowBatch {
    pub events: Vec<EventRow>,
    pub clicks: Vec<ClickRow>,
    pub scrolls: Vec<ScrollRow>,
    pub layouts: Vec<LayoutRow>,
    size_bytes: usize,
}

impl RowBatch {
    /// Turns an event into its row. A [`Fact::Leave`] leaves no row: it only ends presence.
    pub fn add(&mut self, event: &EnrichedEvent) {
        let shared = Shared::of(event);
        match &event.fact {
            Fact::Leave => {}
            Fact::Pageview => self.add_event(event_row(event, KIND_PAGEVIEW)),
            Fact::Custom { name, props } => {
                let (name, props) = (name.clone(), props.clone().into_iter().collect());
                self.add_event(EventRow { name, props, ..event_row(event, KIND_EVENT) });
            }
            Fact::Engagement { engaged_ms, scroll_depth } => {
                let (engaged_ms, scroll_depth) = (*engaged_ms, *scroll_depth);
                self.add_event(EventRow { engaged_ms, scroll_depth, ..event_row(event, KIND_ENGAGEMENT) });
            }
            Fact::Click(click) => {
                let row = shared.click_row(event, click);
                self.size_bytes += size_of::<ClickRow>() + row.pathname.len() + row.element.len();
                self.clicks.push(row);
            }
            Fact::Scroll(scroll) => {
                let row = shared.scroll_row(event, scroll);
                self.size_bytes += size_of::<ScrollRow>() + row.pathname.len() + row.exposure_ms.len() * 4;
                self.scrolls.push(row);
            }
            Fact::Layout(layout) => {
                let row = shared.layout_row(event, layout);
                let texts: usize = row.boxes.iter().map(|b| b.0.len() + b.1.len() + b.2.len()).sum();
                self.size_bytes += size_of::<LayoutRow>() + row.boxes.len() * size_of::<BoxTuple>() + texts;
                self.layouts.push(row);
            }
        }
    }

    fn add_event(&mut self, row: EventRow) {
        self.size_bytes += size_of::<EventRow>() + row.text_bytes();
        self.events.push(row);
    }

    /// Moves all rows of `other` to the end of this batch.
    pub fn append(&mut self, mut other: Self) {
        self.events.append(&mut other.events);
        self.clicks.append(&mut other.clicks);
        self.scrolls.append(&mut other.scrolls);
        self.layouts.append(&mut other.layouts);
        self.size_bytes += other.size_bytes;
    }

    /// Returns the number of rows of all tables.
    #[must_use]
    pub fn len(&self) -> usize {
        self.events.len() + self.clicks.len() + self.scrolls.len() + self.layouts.len()
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Returns about how much memory the rows take.
    #[must_use]
    pub const fn size_bytes(&self) -> usize {
        self.size_bytes
    }
}

impl EventRow {
    fn text_bytes(&self) -> usize {
        let props: usize = self.props.iter().map(|(key, value)| key.len() + value.len() + 48).sum();
        self.pathname.len()
            + self.entry_pathname.len()
            + self.referrer.len()
            + self.hostname.len()
            + self.entry_hostname.len()
            + self.name.len()
            + self.utm_campaign.len()
            + self.utm_content.len()
            + self.utm_term.len()
            + props
    }
}

/// The columns that all tables of heat maps share.
struct Shared {
    site_id: u32,
    day: u16,
    at: i64,
    view_id: u64,
    visitor_id: u64,
    session_id: u64,
    viewport_width: u16,
    viewport_height: u16,
}

impl Shared {
    fn of(event: &EnrichedEvent) -> Self {
        Self {
            site_id: event.site_id.get(),
            day: event.local_day,
            at: event.at_ms,
            view_id: event.page.view.get(),
            visitor_id: event.visitor.get(),
            session_id: event.session.id.get(),
            viewport_width: narrow(event.page.viewport.width),
            viewport_height: narrow(event.page.viewport.height),
        }
    }

    fn click_row(self, event: &EnrichedEvent, click: &Click) -> ClickRow {
        ClickRow {
            site_id: self.site_id,
            day: self.day,
            at: self.at,
            pathname: event.page.pathname.as_str().to_owned(),
            view_id: self.view_id,
            visitor_id: self.visitor_id,
            session_id: self.session_id,
            element: click.element.as_str().to_owned(),
            fraction_x: click.fraction_x,
            fraction_y: click.fraction_y,
            x: click.x,
            y: click.y,
            container_scroll_x: click.container_scroll_x,
            container_scroll_y: click.container_scroll_y,
            document_width: event.page.document.width,
            document_height: event.page.document.height,
            viewport_width: self.viewport_width,
            viewport_height: self.viewport_height,
            since_load_ms: click.since_load_ms,
            flags: click.flags.bits(),
            device: event.agent.device.as_str().to_owned(),
            country: event.place.country.clone(),
        }
    }

    fn scroll_row(self, event: &EnrichedEvent, scroll: &Scroll) -> ScrollRow {
        ScrollRow {
            site_id: self.site_id,
            day: self.day,
            at: self.at,
            pathname: event.page.pathname.as_str().to_owned(),
            view_id: self.view_id,
            visitor_id: self.visitor_id,
            session_id: self.session_id,
            depth_px: scroll.depth_px,
            exposure_ms: scroll.exposure_ms.clone(),
            document_width: event.page.document.width,
            document_height: event.page.document.height,
            viewport_width: self.viewport_width,
            viewport_height: self.viewport_height,
            device: event.agent.device.as_str().to_owned(),
            country: event.place.country.clone(),
        }
    }

    fn layout_row(self, event: &EnrichedEvent, layout: &Layout) -> LayoutRow {
        let boxes = layout.boxes.iter().map(|b| {
            let element = b.element.as_str().to_owned();
            (element, b.tag.clone(), b.role.clone(), b.x, b.y, b.width, b.height, b.flags.bits())
        });
        LayoutRow {
            site_id: self.site_id,
            day: self.day,
            at: self.at,
            pathname: event.page.pathname.as_str().to_owned(),
            view_id: self.view_id,
            viewport_width: narrow(layout.viewport.width),
            viewport_height: narrow(layout.viewport.height),
            document_width: layout.document.width,
            document_height: layout.document.height,
            complete: layout.complete,
            boxes: boxes.collect(),
        }
    }
}

fn event_row(event: &EnrichedEvent, kind: i8) -> EventRow {
    let page = &*event.page;
    let session = &*event.session;
    let acquisition = &session.acquisition;
    EventRow {
        site_id: event.site_id.get(),
        day: event.local_day,
        at: event.at_ms,
        kind,
        name: String::new(),
        view_id: page.view.get(),
        visitor_id: event.visitor.get(),
        session_id: session.id.get(),
        session_started_at: session.started_at_ms,
        hostname: page.hostname.as_str().to_owned(),
        pathname: page.pathname.as_str().to_owned(),
        entry_hostname: session.entry_hostname.as_str().to_owned(),
        entry_pathname: session.entry_pathname.as_str().to_owned(),
        referrer: acquisition.referrer.clone(),
        source: acquisition.source.clone(),
        channel: acquisition.channel.clone(),
        utm_source: acquisition.utm_source.clone(),
        utm_medium: acquisition.utm_medium.clone(),
        utm_campaign: acquisition.utm_campaign.clone(),
        utm_content: acquisition.utm_content.clone(),
        utm_term: acquisition.utm_term.clone(),
        country: event.place.country.clone(),
        region: event.place.region.clone(),
        city: event.place.city.clone(),
        latitude: event.place.latitude,
        longitude: event.place.longitude,
        browser: event.agent.browser.clone(),
        browser_version: event.agent.browser_version.clone(),
        os: event.agent.os.clone(),
        os_version: event.agent.os_version.clone(),
        device: event.agent.device.as_str().to_owned(),
        viewport_width: narrow(page.viewport.width),
        viewport_height: narrow(page.viewport.height),
        engaged_ms: 0,
        scroll_depth: 0,
        props: Vec::new(),
    }
}

/// Viewports are limited to 16 bits when a beacon is accepted; a larger value would be cut, not wrapped.
fn narrow(pixels: u32) -> u16 {
    u16::try_from(pixels).unwrap_or(u16::MAX)
}
