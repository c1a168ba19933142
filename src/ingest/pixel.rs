//! Owns the pixel's wire format: a pageview told by query parameters, for places without scripts.

use super::{
    limits::{self, short},
    rejection::Rejection,
};
use crate::{
    enrich::page_url::{PageUrl, clean_referrer},
    model::{Beacon, Fact, PageView, SiteName, Size, TimedFact, ViewId},
};

/// A transparent picture of one pixel: `GIF89a`, 43 bytes.
pub const GIF: &[u8] = b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff!\xf9\x04\x01\x00\x00\x00\x00,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;";

/// The parameters of the pixel's URL.
#[derive(Debug, Clone, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PixelQuery {
    pub site: String,
    pub url: String,
    #[serde(default)]
    pub referrer: String,
}

/// Turns the parameters into a beacon with one pageview.
pub fn parse(query: &PixelQuery, view: ViewId, received_at_ms: i64) -> Result<Beacon, Rejection> {
    let site = SiteName::parse(&query.site).map_err(|error| Rejection::value("site", error.to_string()))?;
    let url = short(&query.url, limits::URL_BYTES, "url")?;
    let url = PageUrl::parse(url, false).map_err(|error| Rejection::value("url", error.to_string()))?;
    let mut attribution = url.attribution;
    attribution.referrer = clean_referrer(short(&query.referrer, limits::URL_BYTES, "referrer")?);
    Ok(Beacon {
        page: PageView {
            site,
            view,
            hostname: url.hostname,
            pathname: url.pathname,
            attribution,
            viewport: Size::default(),
            document: Size::default(),
        },
        batch: None,
        facts: vec![TimedFact { at_ms: received_at_ms, fact: Fact::Pageview }],
    })
}
