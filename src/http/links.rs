//! Owns signed links: a document of a site with fixed parameters, open to whoever has the link, until its end. It does not
//! know what the parameters mean.

use std::{ops::RangeInclusive, sync::Arc};

use jiff::{SignedDuration, Timestamp};
use url::form_urlencoded;

use super::{Shared, error::ApiError};
use crate::{
    control::{LinkKey, snapshot::SiteWithSalts},
    model::{SiteId, SiteName},
};

const EXPIRES: &str = "expires";
const SIGNATURE: &str = "sig";
/// Most parameters of a query string.
const MOST_PARAMETERS: usize = 32;

/// How long a link may be open: ten years are as good as for ever.
const LINK_DAYS: RangeInclusive<u32> = 1..=3660;
/// How long a link is open where nothing else is asked for.
pub const DEFAULT_LINK_DAYS: u32 = 30;

/// Returns when a link ends that is open for so many days.
pub fn ends_at(days: u32) -> Result<Timestamp, ApiError> {
    if !LINK_DAYS.contains(&days) {
        let detail = format!("it is {days}, expected {} to {}", LINK_DAYS.start(), LINK_DAYS.end());
        return Err(ApiError::invalid("/expires_in_days", detail));
    }
    Ok(in_whole_seconds(Timestamp::now() + SignedDuration::from_hours(24 * i64::from(days))))
}

/// Returns a moment as it stands in a link.
pub fn in_whole_seconds(moment: Timestamp) -> Timestamp {
    Timestamp::from_second(moment.as_second()).unwrap_or(moment)
}

/// The parameters of a request.
pub type Pairs = Vec<(String, String)>;

/// What a query string says: the parameters, and the link's end and signature where it is one.
#[derive(Debug, PartialEq, Eq)]
pub struct Query {
    pub pairs: Pairs,
    pub link: Option<Link>,
}

/// The part of a query string that opens a document to a stranger.
#[derive(Debug, PartialEq, Eq)]
pub struct Link {
    expires: String,
    signature: String,
}

impl Query {
    /// Reads a query string. A link's parts are taken out of the parameters.
    pub fn read(text: &str) -> Result<Self, ApiError> {
        let mut pairs: Pairs = form_urlencoded::parse(text.as_bytes()).into_owned().take(MOST_PARAMETERS + 1).collect();
        if pairs.len() > MOST_PARAMETERS {
            return Err(ApiError::Malformed(format!("the query string has more than {MOST_PARAMETERS} parameters")));
        }
        let Some(signature) = take(&mut pairs, SIGNATURE) else { return Ok(Self { pairs, link: None }) };
        let expires = take(&mut pairs, EXPIRES).unwrap_or_default();
        Ok(Self { pairs, link: Some(Link { expires, signature }) })
    }
}

fn take(pairs: &mut Pairs, name: &str) -> Option<String> {
    let place = pairs.iter().position(|(found, _)| found == name)?;
    Some(pairs.remove(place).1)
}

/// Returns the query string of a link to a document, with what opens it.
#[must_use]
pub fn sign(key: &LinkKey, site: SiteId, document: &str, pairs: &[(String, String)], expires: Timestamp) -> String {
    let expires = expires.as_second().to_string();
    let signature = key.sign(&parts(&site.get().to_string(), document, pairs, &expires));
    let mut text = form_urlencoded::Serializer::new(String::new());
    text.extend_pairs(pairs).append_pair(EXPIRES, &expires).append_pair(SIGNATURE, &signature);
    text.finish()
}

/// Returns the site of a link, and how long it is still open. A link that was never signed opens nothing, as if there were no
/// site; one that was and has ended says so.
pub async fn open(
    shared: &Shared,
    site: &str,
    document: &str,
    pairs: &[(String, String)],
    link: &Link,
    now: Timestamp,
) -> Result<(Arc<SiteWithSalts>, SignedDuration), ApiError> {
    let name = SiteName::parse(site).map_err(|_not_a_name| ApiError::SiteNotFound)?;
    let known = shared.sites.current().snapshot.get(&name).cloned().ok_or(ApiError::SiteNotFound)?;
    let key = shared.control.link_key(known.site.id).await?.ok_or(ApiError::SiteNotFound)?;
    let id = known.site.id.get().to_string();
    if !key.has_signed(&parts(&id, document, pairs, &link.expires), &link.signature) {
        return Err(ApiError::SiteNotFound);
    }
    let ends_at = link.expires.parse().ok().and_then(|second| Timestamp::from_second(second).ok());
    let left = ends_at.map_or(SignedDuration::ZERO, |ends_at| ends_at.duration_since(now));
    if left.is_positive() { Ok((known, left)) } else { Err(ApiError::LinkEnded) }
}

/// How the fragment begins with which a page shows its own heat map; the token follows.
pub const OVERLAY_FRAGMENT: &str = "heatline-overlay=";
/// What a token opens, in place of a document's name.
const OVERLAY: &str = "overlay";

/// Returns a token that opens the documents of all maps of a site until its end.
#[must_use]
pub fn token(key: &LinkKey, site: SiteId, expires: Timestamp) -> String {
    let expires = expires.as_second().to_string();
    let signature = key.sign(&parts(&site.get().to_string(), OVERLAY, &[], &expires));
    format!("{expires}.{signature}")
}

/// Returns the site of a token, as [`open`] does of a link.
pub async fn open_by_token(
    shared: &Shared,
    site: &str,
    token: &str,
    now: Timestamp,
) -> Result<Arc<SiteWithSalts>, ApiError> {
    let (expires, signature) = token.split_once('.').ok_or(ApiError::SiteNotFound)?;
    let link = Link { expires: expires.to_owned(), signature: signature.to_owned() };
    open(shared, site, OVERLAY, &[], &link, now).await.map(|(site, _left)| site)
}

/// What is signed. The site by its number: a site that is made anew under an old name has other links.
fn parts<'a>(site: &'a str, document: &'a str, pairs: &'a [(String, String)], expires: &'a str) -> Vec<&'a str> {
    let mut sorted: Vec<_> = pairs.iter().collect();
    sorted.sort_unstable();
    let mut parts = vec![site, document, expires];
    parts.extend(sorted.into_iter().flat_map(|(name, value)| [name.as_str(), value.as_str()]));
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_without_a_signature_is_left_as_it_is() {
        let query = Query::read("path=%2Fa%20b&expires=1").unwrap();
        assert_eq!(query.pairs, [("path".to_owned(), "/a b".to_owned()), ("expires".to_owned(), "1".to_owned())]);
        assert_eq!(query.link, None);
    }

    #[test]
    fn the_parts_of_a_link_are_no_parameters() {
        let query = Query::read("path=%2F&sig=abc&expires=17&width=390").unwrap();
        assert_eq!(query.pairs, [("path".to_owned(), "/".to_owned()), ("width".to_owned(), "390".to_owned())]);
        assert_eq!(query.link, Some(Link { expires: "17".to_owned(), signature: "abc".to_owned() }));
    }

    #[test]
    fn too_many_parameters_are_refused() {
        assert!(Query::read(&"a=1&".repeat(32)).is_ok());
        assert!(Query::read(&"a=1&".repeat(33)).is_err());
    }

    #[test]
    fn the_order_of_parameters_does_not_matter_and_everything_else_does() {
        let pairs = |pairs: &[(&str, &str)]| -> Pairs {
            pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
        };
        let (one, other) = (pairs(&[("a", "1"), ("b", "2")]), pairs(&[("b", "2"), ("a", "1")]));
        assert_eq!(parts("1", "x", &one, "9"), parts("1", "x", &other, "9"));
        assert_ne!(parts("1", "x", &one, "9"), parts("1", "x", &pairs(&[("a", "2"), ("b", "1")]), "9"));
    }
}
