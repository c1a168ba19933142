//! Owns what a row is before it is columns: the values that all rows of a view share, and what each of them tells.
//! It does not own how they are kept on the way (`spool`), nor the columns ([`super::block`]).

use crate::model::{EnrichedEvent, Fact, Landing, Revenue, Spot, Vitals};

/// What the rows of one view, visitor and session share. Borrows from the event, or from a record of the spool.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RowHead<'a> {
    pub site_id: u32,
    /// Days since the epoch, of the site.
    pub day: u16,
    pub view_id: u64,
    pub visitor_id: u64,
    pub session_id: u64,
    /// Milliseconds since the epoch.
    pub session_started_at: i64,
    pub hostname: &'a str,
    pub pathname: &'a str,
    pub entry_hostname: &'a str,
    pub entry_pathname: &'a str,
    pub referrer: &'a str,
    pub source: &'a str,
    pub channel: &'a str,
    pub utm_source: &'a str,
    pub utm_medium: &'a str,
    pub utm_campaign: &'a str,
    pub utm_content: &'a str,
    pub utm_term: &'a str,
    pub country: &'a str,
    pub region: &'a str,
    pub city: &'a str,
    pub latitude: f32,
    pub longitude: f32,
    pub browser: &'a str,
    pub browser_version: &'a str,
    pub os: &'a str,
    pub os_version: &'a str,
    pub device: &'a str,
    pub viewport_width: u16,
    pub viewport_height: u16,
    pub document_width: u32,
    pub document_height: u32,
}

/// What one row tells, and when it happened.
#[derive(Debug, Clone, PartialEq)]
pub struct RowFact<'a> {
    /// Milliseconds since the epoch.
    pub at: i64,
    pub detail: Detail<'a>,
}

/// What happened.
#[derive(Debug, Clone, PartialEq)]
pub enum Detail<'a> {
    Pageview,
    Event { name: &'a str, props: Vec<(&'a str, &'a str)>, revenue: Option<Revenue> },
    Engagement { engaged_ms: u32, scroll_depth: u8 },
    Click(ClickDetail<'a>),
    Move { spot: SpotDetail<'a>, rest_ms: u32 },
    Scroll { depth_px: u32, exposure_ms: Vec<u32>, landmarks: Vec<(&'a str, u32)> },
    Layout { complete: bool, state: u32, viewport: [u16; 2], document: [u32; 2], boxes: Vec<BoxDetail<'a>> },
    Vitals(Vitals),
}

/// A point of a page; values as [`crate::model::Spot`] has them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpotDetail<'a> {
    pub element: &'a str,
    pub fraction: [u16; 2],
    pub at: [u32; 2],
    pub box_size: [u32; 2],
    pub state: u32,
    pub flags: u16,
}

/// A click.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClickDetail<'a> {
    pub spot: SpotDetail<'a>,
    pub container_scroll: [u32; 2],
    pub since_load_ms: u32,
}

/// A box of a layout sample.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BoxDetail<'a> {
    pub element: &'a str,
    pub tag: &'a str,
    pub role: &'a str,
    pub position: [i32; 2],
    pub size: [u32; 2],
    pub flags: u16,
}

impl<'a> RowHead<'a> {
    /// Returns what the row of an event shares with the others of its view.
    #[must_use]
    pub fn of(event: &'a EnrichedEvent) -> Self {
        let page = &*event.page;
        let session = &*event.session;
        let Landing { hostname: entry_hostname, acquisition } = &*session.landing;
        Self {
            site_id: event.site_id.get(),
            day: event.local_day,
            view_id: page.view.get(),
            visitor_id: event.visitor.get(),
            session_id: session.id.get(),
            session_started_at: session.started_at_ms,
            hostname: page.hostname.as_str(),
            pathname: page.pathname.as_str(),
            entry_hostname: entry_hostname.as_str(),
            entry_pathname: session.entry_pathname.as_str(),
            referrer: &acquisition.referrer,
            source: &acquisition.source,
            channel: &acquisition.channel,
            utm_source: &acquisition.utm_source,
            utm_medium: &acquisition.utm_medium,
            utm_campaign: &acquisition.utm_campaign,
            utm_content: &acquisition.utm_content,
            utm_term: &acquisition.utm_term,
            country: &event.place.country,
            region: &event.place.region,
            city: &event.place.city,
            latitude: event.place.latitude,
            longitude: event.place.longitude,
            browser: &event.agent.browser,
            browser_version: &event.agent.browser_version,
            os: &event.agent.os,
            os_version: &event.agent.os_version,
            device: event.agent.device.as_str(),
            viewport_width: narrow(page.viewport.width),
            viewport_height: narrow(page.viewport.height),
            document_width: page.document.width,
            document_height: page.document.height,
        }
    }
}

impl<'a> RowFact<'a> {
    /// Returns the row of an event. None for [`Fact::Leave`], which only ends presence.
    #[must_use]
    pub fn of(event: &'a EnrichedEvent) -> Option<Self> {
        let detail = match &event.fact {
            Fact::Leave => return None,
            Fact::Pageview => Detail::Pageview,
            Fact::Custom { name, props, revenue } => Detail::Event {
                name,
                props: props.iter().map(|(key, value)| (&**key, &**value)).collect(),
                revenue: *revenue,
            },
            Fact::Engagement { engaged_ms, scroll_depth } => {
                Detail::Engagement { engaged_ms: *engaged_ms, scroll_depth: *scroll_depth }
            }
            Fact::Click(click) => Detail::Click(ClickDetail {
                spot: SpotDetail::of(&click.spot),
                container_scroll: [click.container_scroll_x, click.container_scroll_y],
                since_load_ms: click.since_load_ms,
            }),
            Fact::Move(rest) => Detail::Move { spot: SpotDetail::of(&rest.spot), rest_ms: rest.rest_ms },
            Fact::Scroll(scroll) => Detail::Scroll {
                depth_px: scroll.depth_px,
                exposure_ms: scroll.exposure_ms.clone(),
                landmarks: scroll.landmarks.iter().map(|(element, ms)| (element.as_str(), *ms)).collect(),
            },
            Fact::Layout(layout) => Detail::Layout {
                complete: layout.complete,
                state: layout.state,
                viewport: [narrow(layout.viewport.width), narrow(layout.viewport.height)],
                document: [layout.document.width, layout.document.height],
                boxes: layout.boxes.iter().map(BoxDetail::of).collect(),
            },
            Fact::Vitals(vitals) => Detail::Vitals(*vitals),
        };
        Some(Self { at: event.at_ms, detail })
    }
}

impl<'a> SpotDetail<'a> {
    fn of(spot: &'a Spot) -> Self {
        Self {
            element: spot.element.as_str(),
            fraction: [spot.fraction_x, spot.fraction_y],
            at: [spot.x, spot.y],
            box_size: [spot.box_size.width, spot.box_size.height],
            state: spot.state,
            flags: spot.flags.bits(),
        }
    }
}

impl<'a> BoxDetail<'a> {
    fn of(part: &'a crate::model::LayoutBox) -> Self {
        Self {
            element: part.element.as_str(),
            tag: &part.tag,
            role: &part.role,
            position: [part.x, part.y],
            size: [part.width, part.height],
            flags: part.flags.bits(),
        }
    }
}

/// How often one fate was met in one minute, by events of one site. What the view of missing hits reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OutcomeRow<'a> {
    pub site_id: u32,
    /// Minutes since the epoch, of the arrival.
    pub minute: u32,
    pub outcome: &'a str,
    pub reason: &'a str,
    pub events: u32,
}

impl OutcomeRow<'_> {
    /// Returns the day of the minute (UTC), in days since the epoch.
    #[must_use]
    pub fn day(&self) -> u16 {
        const MINUTES_PER_DAY: u32 = 24 * 60;
        u16::try_from(self.minute / MINUTES_PER_DAY).unwrap_or(u16::MAX)
    }
}

/// How many visitors were on a site in one minute, as one node counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ConcurrencyRow {
    pub site_id: u32,
    /// Of the minute, in the zone of the site; days since the epoch.
    pub day: u16,
    /// Minutes since the epoch.
    pub minute: u32,
    pub node: u64,
    /// When the minute ended.
    pub visitors: u32,
    /// Most at one moment of it.
    pub peak: u32,
}

/// Viewports are limited to 16 bits when a beacon is accepted; a larger value would be cut, not wrapped.
fn narrow(pixels: u32) -> u16 {
    u16::try_from(pixels).unwrap_or(u16::MAX)
}
