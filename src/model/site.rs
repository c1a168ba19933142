//! Owns what is known of a site: its name, zone and the rules of its owner.

use ipnet::IpNet;
use serde::{Deserialize, Serialize};

use super::{ids::SiteId, names::SiteName};

/// A tracked property with its settings.
#[derive(Debug, Clone)]
pub struct Site {
    pub id: SiteId,
    pub name: SiteName,
    pub time_zone: jiff::tz::TimeZone,
    pub settings: SiteSettings,
}

/// The rules of a site's owner. Unknown keys are refused, so that a typing error is noticed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of the owner's, and none depends on another")]
pub struct SiteSettings {
    /// Hosts that may send events: `example.com` also allows `www.example.com`, `*.example.com` any
    /// subdomain, `*` any host. Empty: the site's own name and its subdomains.
    pub hostnames: Vec<String>,
    /// Paths not counted; `*` stands for any text.
    pub excluded_paths: Vec<String>,
    /// Addresses not counted.
    pub excluded_addresses: Vec<IpNet>,
    /// Whether badges are shown to anybody.
    pub public_badge: bool,
    /// Added to the total of the whole site on its badges: the count of an older counter. Default: 0.
    pub seed_count: u64,
    /// Whether `seed` in the address of a badge is added to its number. Default: true.
    pub seed_in_url: bool,
    /// Whether badges may count those who look at them (`count=1`). Default: false.
    pub counting_badge: bool,
    /// Whether maps of visitors are shown to anybody.
    pub public_map: bool,
    /// On public maps and the live page, places from which fewer visitors came are not shown; 1 to 1000. Default: 3. With 1
    /// everybody is shown.
    pub public_map_min_visitors: u16,
    /// Whether the live page is shown to anybody.
    pub public_live: bool,
    /// Origins whose pages may frame the live page: `https://example.com`, `https://*.example.com`. Empty: none but this service.
    pub live_frame_ancestors: Vec<String>,
    /// Whether `Sec-GPC: 1` and `DNT: 1` mean that nothing is counted.
    pub honour_privacy_signals: bool,
    /// Days that clicks, rests of the pointer, scrolling and layouts are kept, 1 to 3660. Default: 400, which covers a
    /// comparison with the year before.
    pub heatmap_retention_days: u16,
    /// Days that all else is kept, 1 to 3660: events and what is made of them, and what heat maps are made of no longer. Default: 0,
    /// until it is erased.
    pub retention_days: u16,
    /// On maps that anybody with a link sees, elements that fewer visitors clicked are not shown; 1 to 1000. Default: 5.
    pub shared_map_min_visitors: u16,
    /// Whether the live view shows single visitors, pseudonymous, to those who may read the site; where not, only counts.
    /// Default: yes.
    pub live_feed: bool,
}

impl SiteSettings {
    /// The values that `heatmap_retention_days` may have. The largest is also the limit of the table of layouts.
    pub const RETENTION_DAYS: std::ops::RangeInclusive<u16> = 1..=3660;
    /// The values that `retention_days` may have.
    pub const ALL_RETENTION_DAYS: std::ops::RangeInclusive<u16> = 0..=3660;
    /// The values that `shared_map_min_visitors` may have.
    pub const MIN_VISITORS: std::ops::RangeInclusive<u16> = 1..=1000;
    /// The values that `seed_count` may have.
    pub const SEED_COUNT: std::ops::RangeInclusive<u64> = 0..=1_000_000_000_000;
}

impl Default for SiteSettings {
    fn default() -> Self {
        Self {
            hostnames: Vec::new(),
            excluded_paths: Vec::new(),
            excluded_addresses: Vec::new(),
            public_badge: false,
            seed_count: 0,
            seed_in_url: true,
            counting_badge: false,
            public_map: false,
            public_map_min_visitors: 3,
            public_live: false,
            live_frame_ancestors: Vec::new(),
            honour_privacy_signals: false,
            heatmap_retention_days: 400,
            retention_days: 0,
            shared_map_min_visitors: 5,
            live_feed: true,
        }
    }
}

/// The key of a site's visitor hashes for one local day.
#[derive(Clone)]
pub struct DaySalt {
    /// Days since the Unix epoch, in the site's time zone.
    pub local_day: u16,
    pub key: [u8; 32],
}

impl std::fmt::Debug for DaySalt {
    /// Shows the day and never the key.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("DaySalt").field("local_day", &self.local_day).finish_non_exhaustive()
    }
}
