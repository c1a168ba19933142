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
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
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
    /// Whether `Sec-GPC: 1` and `DNT: 1` mean that nothing is counted.
    pub honour_privacy_signals: bool,
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
