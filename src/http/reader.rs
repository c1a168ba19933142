//! Owns who may read a site without changing it: a caller, or somebody who has a shared link to it. A handler that takes a
//! [`Caller`] is closed to links; one that takes a [`Reader`] says which part of the site it shows.

use std::{future::Future, pin::Pin, sync::Arc};

use actix_web::{FromRequest, HttpRequest, dev::Payload, http::header};
use jiff::Timestamp;
use tokio::sync::OwnedSemaphorePermit;

use super::{Shared, State, auth::Caller, client, error::ApiError, public_streams::Place, push};
use crate::{
    control::{Scope, SharedLink, opens_a_shared_link, snapshot::SiteWithSalts},
    model::SiteName,
};

/// Who reads. Extracting it fails with 401 for a stranger, and as links do for who shows one that opens nothing.
#[derive(Debug, Clone)]
pub enum Reader {
    Caller(Caller),
    Link(SharedLink),
}

/// A part of a site that a link may leave out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Part {
    /// Reports and counts, of now too, and what they are asked by: goals, segments, properties, notes. Every link shows them.
    Reports,
    HeatMaps,
    /// Single visitors, and what they do.
    Visitors,
}

/// The place of one stream, as long as it lives.
pub enum StreamPlace {
    OfCaller(OwnedSemaphorePermit),
    OfLink(Place),
}

impl FromRequest for Reader {
    type Error = ApiError;
    type Future = Pin<Box<dyn Future<Output = Result<Self, ApiError>>>>;

    fn from_request(request: &HttpRequest, _payload: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move {
            let Some(shown) = link_shown(&request) else { return Caller::extract(&request).await.map(Self::Caller) };
            let state = request.app_data::<State>();
            let state = state.ok_or_else(|| ApiError::Internal("the shared state is not registered".to_owned()))?;
            Ok(Self::Link(state.control.open_shared_link(shown, Timestamp::now()).await?))
        })
    }
}

/// Returns what a request shows to be let in by a shared link. It stands where keys do: a page in a frame has no cookies.
pub fn link_shown(request: &HttpRequest) -> Option<&str> {
    let (scheme, shown) = request.headers().get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    let shown = shown.trim();
    (scheme.eq_ignore_ascii_case("bearer") && opens_a_shared_link(shown)).then_some(shown)
}

impl Reader {
    /// Returns a site of which the reader may see a part. Any other site is not there.
    pub async fn site(&self, shared: &Shared, name: &str, part: Part) -> Result<Arc<SiteWithSalts>, ApiError> {
        match self {
            Self::Caller(caller) => caller.site(shared, name, Scope::Stats).await,
            Self::Link(link) => {
                let site = site_of(shared, link).ok_or(ApiError::SiteNotFound)?;
                let asked = SiteName::parse(name).map_err(|_not_a_name| ApiError::SiteNotFound)?;
                if site.site.name != asked {
                    return Err(ApiError::SiteNotFound);
                }
                if self.sees(part) { Ok(site) } else { Err(ApiError::NotShared) }
            }
        }
    }

    /// Returns a site whose goals, segments and the like the reader may look at.
    pub async fn site_to_look_at(&self, shared: &Shared, name: &str) -> Result<Arc<SiteWithSalts>, ApiError> {
        match self {
            Self::Caller(caller) => caller.site_to_look_at(shared, name).await,
            Self::Link(_) => self.site(shared, name, Part::Reports).await,
        }
    }

    /// Tells whether the reader is shown a part of the sites that they see.
    pub const fn sees(&self, part: Part) -> bool {
        match (self, part) {
            (Self::Caller(_), _) | (_, Part::Reports) => true,
            (Self::Link(link), Part::HeatMaps) => link.shows.heatmaps,
            (Self::Link(link), Part::Visitors) => link.shows.live_feed,
        }
    }

    /// Takes the place of one stream. Links share theirs with the public pages: however many are open, the dashboards have others.
    pub fn stream_place(&self, request: &HttpRequest, state: &State) -> Result<StreamPlace, ApiError> {
        match self {
            Self::Caller(_) => push::permit(state).map(StreamPlace::OfCaller),
            Self::Link(_) => {
                let place = state.public_streams.take(client::address(request, state));
                place.map(StreamPlace::OfLink).ok_or(ApiError::Unavailable { retry_after_seconds: 30 })
            }
        }
    }
}

/// Returns the site of a link, unless it was removed a moment ago.
pub fn site_of(shared: &Shared, link: &SharedLink) -> Option<Arc<SiteWithSalts>> {
    shared.sites.current().snapshot.by_id(link.site).cloned()
}
