//! Owns the event on its way: [`Beacon`] is what the browser claims, within limits; [`EnrichedEvent`] is what we believe.

use std::{collections::BTreeMap, net::IpAddr, sync::Arc};

use serde::{Deserialize, Serialize};

use super::{
    click::{Click, Move, Scroll},
    goal::Revenue,
    ids::{SessionId, SiteId, ViewId, VisitorId},
    layout::Layout,
    names::{Hostname, Pathname, SiteName},
};

/// Width and height in CSS pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Size {
    pub width: u32,
    pub height: u32,
}

/// One message about one page view, every value within its limits.
#[derive(Debug, Clone, PartialEq)]
pub struct Beacon {
    pub page: PageView,
    /// Which batch of the view it is, where the sender counts them: the same for every try of it.
    pub batch: Option<u32>,
    pub facts: Vec<TimedFact>,
}

/// What all facts of a beacon share.
#[derive(Debug, Clone, PartialEq)]
pub struct PageView {
    pub site: SiteName,
    pub view: ViewId,
    pub hostname: Hostname,
    pub pathname: Pathname,
    pub attribution: Attribution,
    pub viewport: Size,
    pub document: Size,
}

/// A fact and when it happened, in milliseconds since the Unix epoch.
#[derive(Debug, Clone, PartialEq)]
pub struct TimedFact {
    pub at_ms: i64,
    pub fact: Fact,
}

/// Where a visitor came from, as the page's URL and referrer say it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Attribution {
    /// The referring URL, http or https, without user info, query and fragment; empty for direct visits.
    pub referrer: String,
    /// `utm_source`, or the `source` or `ref` parameter.
    pub utm_source: String,
    pub utm_medium: String,
    pub utm_campaign: String,
    pub utm_content: String,
    pub utm_term: String,
}

/// What happened.
#[derive(Debug, Clone, PartialEq)]
pub enum Fact {
    Pageview,
    Custom {
        name: String,
        props: BTreeMap<String, String>,
        revenue: Option<Revenue>,
    },
    /// Time visible and focused since the last report of the same view, and the deepest scroll in percent.
    Engagement {
        engaged_ms: u32,
        scroll_depth: u8,
    },
    Click(Click),
    Move(Move),
    Scroll(Scroll),
    Layout(Layout),
    /// How fast and how steady the page was. Tells something of a view and, like engagement, is none of its events.
    Vitals(Vitals),
    /// The view was closed or left.
    Leave,
}

/// The web vitals of one view, as far as its browser measures them: <https://web.dev/articles/vitals>.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Vitals {
    /// Largest contentful paint.
    pub lcp_ms: Option<u32>,
    /// Interaction to next paint.
    pub inp_ms: Option<u32>,
    /// Cumulative layout shift, in ten-thousandths.
    pub cls_e4: Option<u32>,
    /// First contentful paint.
    pub fcp_ms: Option<u32>,
    /// Time to first byte.
    pub ttfb_ms: Option<u32>,
}

/// Who sent a request: lives on the handler's stack only, never on a disk, in a log or in a metric.
#[derive(Debug, Clone)]
pub struct Sender {
    pub address: IpAddr,
    pub user_agent: String,
}

/// Where a visitor is; empty strings where unknown.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Place {
    /// ISO 3166-1 alpha-2.
    pub country: Arc<str>,
    /// Name of the first-level subdivision.
    pub region: Arc<str>,
    pub city: Arc<str>,
    pub latitude: f32,
    pub longitude: f32,
}

/// What a visitor browses with; empty strings where unknown.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize)]
pub struct Agent {
    pub browser: String,
    /// Major version.
    pub browser_version: String,
    pub os: String,
    pub os_version: String,
    pub device: Device,
}

/// The class of device.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Device {
    #[default]
    Desktop,
    Tablet,
    Mobile,
}

impl Device {
    /// Every class, widest screen first.
    pub const ALL: [Self; 3] = [Self::Desktop, Self::Tablet, Self::Mobile];

    /// Returns the word used in SQL and JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Desktop => "desktop",
            Self::Tablet => "tablet",
            Self::Mobile => "mobile",
        }
    }
}

/// How a session was won, resolved to names.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub struct Acquisition {
    /// Host and path of the referring page, without scheme and `www.`; empty for direct visits.
    pub referrer: String,
    /// Its name, `Google`, or the `utm_source`; empty for direct visits.
    pub source: String,
    /// One of a closed set: `Direct`, `Organic Search`, …
    pub channel: String,
    pub utm_source: String,
    pub utm_medium: String,
    pub utm_campaign: String,
    pub utm_content: String,
    pub utm_term: String,
}

/// How a session began, as far as sessions have it in common.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Landing {
    pub hostname: Hostname,
    pub acquisition: Acquisition,
}

/// What every row of a session carries, so that session metrics are computable from rows alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionStamp {
    pub id: SessionId,
    pub started_at_ms: i64,
    pub entry_pathname: Pathname,
    pub landing: Arc<Landing>,
}

/// A fact with all that lookups, identity and session add. No address and no raw user agent from here on.
#[derive(Debug, Clone, PartialEq)]
pub struct EnrichedEvent {
    pub page: Arc<PageView>,
    pub at_ms: i64,
    pub fact: Fact,
    pub site_id: SiteId,
    /// Days since the Unix epoch, in the site's time zone.
    pub local_day: u16,
    pub visitor: VisitorId,
    pub session: Arc<SessionStamp>,
    pub place: Arc<Place>,
    pub agent: Arc<Agent>,
}
