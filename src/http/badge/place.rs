//! Owns the finding of the site that a public counter is of. A site whose owner shows no badges is as good as none.

use std::sync::Arc;

use actix_web::{HttpRequest, http::header};
use url::Url;

use super::State;
use crate::{
    control::snapshot::SiteWithSalts,
    http::error::ApiError,
    model::{Hostname, Pathname, SiteName},
};

/// Returns the site of a name.
pub fn public_site(state: &State, name: &str) -> Result<Arc<SiteWithSalts>, ApiError> {
    let name = SiteName::parse(name).map_err(|_not_a_name| ApiError::SiteNotFound)?;
    let site = state.sites.current().snapshot.get(&name).cloned().ok_or(ApiError::SiteNotFound)?;
    if site.site.settings.public_badge { Ok(site) } else { Err(ApiError::SiteNotFound) }
}

/// Returns the site that a host belongs to: by its name, or by the hosts in its settings. The one that was added first, where
/// several know the host.
pub fn site_of_host(state: &State, host: &str) -> Result<Arc<SiteWithSalts>, ApiError> {
    let host = Hostname::parse(host).map_err(|_not_a_host| ApiError::SiteNotFound)?;
    let current = state.sites.current();
    let is_its = |site: &SiteWithSalts| {
        let settings = &site.site.settings;
        let named = site.site.name.as_str();
        let bare = host.as_str().strip_prefix("www.").unwrap_or(host.as_str());
        settings.public_badge
            && (bare == named || settings.hostnames.iter().any(|known| known == bare || known == host.as_str()))
    };
    let found = current.snapshot.iter().filter(|site| is_its(site)).min_by_key(|site| site.site.id.get()).cloned();
    found.ok_or(ApiError::SiteNotFound)
}

/// Returns the site that is named, else that of the page from which the request comes, else the only one that shows badges.
/// So a service of one site needs no name in its addresses.
pub fn site_or_only(request: &HttpRequest, state: &State, named: Option<&str>) -> Result<Arc<SiteWithSalts>, ApiError> {
    if let Some(name) = named {
        return public_site(state, name);
    }
    let page = page(request);
    if let Some(site) = page.as_ref().and_then(|page| site_of_host(state, page.host_str()?).ok()) {
        return Ok(site);
    }
    let current = state.sites.current();
    let mut shown = current.snapshot.iter().filter(|site| site.site.settings.public_badge);
    match (shown.next(), shown.next()) {
        (Some(only), None) => Ok(Arc::clone(only)),
        _ => Err(ApiError::SiteNotFound),
    }
}

/// Returns the page that shows the counter, as far as the browser tells.
pub fn page(request: &HttpRequest) -> Option<Url> {
    let referrer = request.headers().get(header::REFERER)?.to_str().ok().filter(|text| text.len() <= 4096)?;
    Url::parse(referrer).ok().filter(|url| matches!(url.scheme(), "http" | "https"))
}

/// Returns the path of a page as it is counted.
pub fn path_of(url: &Url) -> Option<Pathname> {
    path(url.path())
}

/// Reads a path that may be escaped and may lack its slash.
pub fn path(text: &str) -> Option<Pathname> {
    let url =
        Url::parse("http://host/").and_then(|base| base.join(&format!("/{}", text.trim_start_matches('/')))).ok()?;
    crate::enrich::page_url::PageUrl::parse(url.as_str(), false).ok().map(|page| page.pathname)
}
