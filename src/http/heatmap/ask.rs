//! Owns who may see a map: a user or a key, who has a signed or a shared link, or the overlay with its token. It reads the parameters and
//! makes nothing.

use std::sync::Arc;

use actix_web::{FromRequest, HttpRequest};
use jiff::{SignedDuration, Timestamp};

use super::{DEFAULT_RANGE, Document};
use crate::{
    control::snapshot::SiteWithSalts,
    enrich::canonical_path,
    heatmap::MapRequest,
    http::{
        Shared,
        error::ApiError,
        links::{self, Pairs, Query},
        reader::{Part, Reader},
        reports,
    },
};

/// The page, whose spelling is brought to the stored one.
const PATH: &str = "path";
/// The parameter that holds the overlay's token.
const TOKEN: &str = "token";

/// By what right a request came in.
#[derive(Debug, Clone, Copy)]
pub enum Access {
    Caller,
    /// A shared link to the dashboard.
    Shared,
    /// The overlay on the owner's own page.
    Token,
    /// How long the link is still open.
    Link {
        left: SignedDuration,
    },
}

impl Access {
    pub const fn of(reader: &Reader) -> Self {
        match reader {
            Reader::Caller(_) => Self::Caller,
            Reader::Link(_) => Self::Shared,
        }
    }
}

/// A request that may be answered.
pub struct Asked {
    pub site: Arc<SiteWithSalts>,
    pub pairs: Pairs,
    pub access: Access,
}

/// Who asks is let in by a link or a token, or as a user or key.
pub async fn asked(request: &HttpRequest, site: &str, document: Document, shared: &Shared) -> Result<Asked, ApiError> {
    let Query { mut pairs, link } = Query::read(request.query_string())?;
    if let Some(link) = link {
        let (site, left) = links::open(shared, site, document.name(), &pairs, &link, Timestamp::now()).await?;
        return Ok(Asked { site, pairs, access: Access::Link { left } });
    }
    if document == Document::Json
        && let Some(at) = pairs.iter().position(|(name, _)| name == TOKEN)
    {
        let (_, token) = pairs.remove(at);
        let site = links::open_by_token(shared, site, &token, Timestamp::now()).await?;
        return Ok(Asked { site, pairs, access: Access::Token });
    }
    let reader = Reader::extract(request).await?;
    let site = reader.site(shared, site, Part::HeatMaps).await?;
    Ok(Asked { site, pairs, access: Access::of(&reader) })
}

/// Tells whether the request comes from a page that is not ours.
pub fn has_token(request: &HttpRequest) -> bool {
    let names = url::form_urlencoded::parse(request.query_string().as_bytes());
    names.take(40).any(|(name, _)| name == TOKEN)
}

/// Reads the parameters: what map, and of which days.
pub fn parameters_of(mut pairs: Pairs) -> Result<(MapRequest, String), ApiError> {
    let range = match pairs.iter().position(|(name, _)| name == reports::DATE_RANGE) {
        Some(place) => pairs.remove(place).1,
        None => DEFAULT_RANGE.to_owned(),
    };
    // A path is found however it is escaped, as it would be counted.
    for (name, value) in &mut pairs {
        if name == PATH {
            *value = canonical_path(value).map_err(|error| ApiError::invalid(PATH, error.to_string()))?.into_string();
        }
    }
    Ok((MapRequest::parse(&pairs)?, range))
}
