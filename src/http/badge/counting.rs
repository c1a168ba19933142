//! Owns the counting of those who look at a badge, for places without scripts. It does not decide what is a bot: ingest does.

use std::{
    hash::{BuildHasher, RandomState},
    sync::{Arc, Mutex, PoisonError},
};

use actix_web::{HttpRequest, http::Method};
use jiff::Timestamp;
use url::Url;

use super::State;
use crate::{
    control::snapshot::SiteWithSalts,
    http::{client, error::ApiError, ingest},
    ingest::pixel::{self, PixelQuery},
    model::{Pathname, Sender},
};

/// Looks of one sender at one page within this time are one: a proxy that asks twice, a page that has the picture twice.
const ONE_LOOK_MS: i64 = 2_000;
/// Looks that are remembered, 16 bytes each. More of them push each other out, and a second look may count.
const SLOTS: usize = 64 * 1024;

/// Who fetches pictures for people, and shows each to whoever looks. Ingest takes them for bots, which they are elsewhere.
const IMAGE_PROXIES: [&str; 4] = ["github-camo", "GoogleImageProxy", "YahooMailProxy", "gitlab-camo"];
/// What their looks are counted as, for nobody knows the browser behind.
const BEHIND_PROXY: &str = "Mozilla/5.0 (image proxy)";

/// The looks of the last seconds, as hashes under a secret of the process.
pub struct Looks {
    slots: Mutex<Box<[(u64, i64)]>>,
    hasher: RandomState,
}

impl Default for Looks {
    fn default() -> Self {
        Self { slots: Mutex::new(vec![(0, i64::MIN); SLOTS].into()), hasher: RandomState::new() }
    }
}

impl Looks {
    /// Tells whether this is another look than the one just before.
    fn is_new(&self, sender: &Sender, site: &str, path: &str, now_ms: i64) -> bool {
        let hash = self.hasher.hash_one((sender.address, &sender.user_agent, site, path));
        let index = usize::try_from(hash % SLOTS as u64).unwrap_or(0);
        let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        let (known, at_ms) = slots[index];
        if known == hash && (0..ONE_LOOK_MS).contains(&now_ms.saturating_sub(at_ms)) {
            return false;
        }
        slots[index] = (hash, now_ms);
        true
    }
}

/// Counts a look that was asked to be counted (`count=1`), or says that the owner does not want it.
pub async fn asked(
    request: &HttpRequest,
    state: &State,
    site: &Arc<SiteWithSalts>,
    path: Option<&Pathname>,
) -> Result<(), ApiError> {
    if !site.site.settings.counting_badge {
        let detail = "the owner of this site does not count by badges; `heatline site set … --counting-badge true`";
        return Err(ApiError::invalid("count", detail));
    }
    look(request, state, site, path).await;
    Ok(())
}

/// Counts a look where the owner wants it. Whatever becomes of it, the picture is shown; ingest counts what it refused.
pub async fn look(request: &HttpRequest, state: &State, site: &Arc<SiteWithSalts>, path: Option<&Pathname>) {
    if !site.site.settings.counting_badge || request.method() == Method::HEAD {
        return;
    }
    let now_ms = Timestamp::now().as_millisecond();
    let mut sender = client::sender(request, state);
    let path = path.map_or("/", Pathname::as_str);
    if !state.badges.looks.is_new(&sender, site.site.name.as_str(), path, now_ms) {
        return;
    }
    if IMAGE_PROXIES.iter().any(|proxy| sender.user_agent.contains(proxy)) {
        BEHIND_PROXY.clone_into(&mut sender.user_agent);
    }
    let query = PixelQuery { site: site.site.name.to_string(), url: page(site, path), referrer: String::new() };
    let Ok(beacon) = pixel::parse(&query, ingest::random_view(), now_ms) else { return };
    if let Err(error) = ingest::take_from(state, vec![beacon], sender, client::signals(request), now_ms).await {
        tracing::debug!(%error, "a look at a badge was not counted");
    }
}

/// Returns the address of a page, on a host that the site counts.
fn page(site: &SiteWithSalts, path: &str) -> String {
    let hosts = &site.site.settings.hostnames;
    let host = hosts.iter().find(|host| !host.contains('*')).map_or(site.site.name.as_str(), String::as_str);
    match Url::parse(&format!("https://{host}/")) {
        Ok(mut url) => {
            url.set_path(path);
            url.into()
        }
        Err(_no_host) => format!("https://site.invalid{path}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_looks_at_once_are_one_and_later_ones_count() {
        let looks = Looks::default();
        let sender = Sender { address: [192, 0, 2, 1].into(), user_agent: "a".to_owned() };
        let other = Sender { user_agent: "b".to_owned(), ..sender.clone() };
        assert!(looks.is_new(&sender, "a.example", "/", 1_000));
        assert!(!looks.is_new(&sender, "a.example", "/", 1_000 + ONE_LOOK_MS - 1));
        assert!(looks.is_new(&other, "a.example", "/", 1_100));
        assert!(looks.is_new(&sender, "a.example", "/b", 1_100));
        assert!(looks.is_new(&sender, "a.example", "/", 1_000 + ONE_LOOK_MS));
    }
}
