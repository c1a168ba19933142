//! Owns who may do what: a caller is a signed-in user or an API key, and a site they may not see does not exist.

use std::{future::Future, pin::Pin, sync::Arc};

use actix_web::{
    FromRequest, HttpRequest,
    cookie::Cookie,
    dev::Payload,
    http::{Method, header},
};
use jiff::Timestamp;

use super::{Shared, State, error::ApiError};
use crate::{
    control::{KeyIdentity, Role, Scope, User, snapshot::SiteWithSalts},
    model::SiteName,
};

/// Name of the dashboard's cookie.
pub const SESSION_COOKIE: &str = "heatline_session";

/// Who sends a request. Extracting it fails with 401 for a stranger.
#[derive(Debug, Clone)]
pub enum Caller {
    User(User),
    Key(KeyIdentity),
}

impl FromRequest for Caller {
    type Error = ApiError;
    type Future = Pin<Box<dyn Future<Output = Result<Self, ApiError>>>>;

    fn from_request(request: &HttpRequest, _payload: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move { identify(&request).await })
    }
}

async fn identify(request: &HttpRequest) -> Result<Caller, ApiError> {
    let shared = shared(request)?;
    if let Some(authorization) = request.headers().get(header::AUTHORIZATION) {
        let text = authorization.to_str().map_err(|_not_text| ApiError::NotSignedIn)?;
        let (scheme, key) = text.split_once(' ').ok_or(ApiError::NotSignedIn)?;
        if !scheme.eq_ignore_ascii_case("bearer") {
            return Err(ApiError::NotSignedIn);
        }
        return Ok(Caller::Key(shared.control.authenticate_key(key.trim(), Timestamp::now()).await?));
    }
    let cookie = session_cookie(request).ok_or(ApiError::NotSignedIn)?;
    let user = shared.control.authenticate_session(cookie.value(), Timestamp::now()).await?;
    if *request.method() != Method::GET && *request.method() != Method::HEAD {
        refuse_cross_site(request)?;
    }
    Ok(Caller::User(user))
}

/// Returns the dashboard's cookie.
pub fn session_cookie(request: &HttpRequest) -> Option<Cookie<'static>> {
    request.cookie(SESSION_COOKIE)
}

/// Refuses a request that a page of another site made the browser send with our cookie.
pub fn refuse_cross_site(request: &HttpRequest) -> Result<(), ApiError> {
    let text = |name: &str| request.headers().get(name).and_then(|value| value.to_str().ok());
    if let Some(site) = text("sec-fetch-site") {
        return if matches!(site, "same-origin" | "none") { Ok(()) } else { Err(ApiError::CrossSite) };
    }
    match (text("origin"), text("host")) {
        (Some(origin), Some(host)) if origin.split("://").nth(1) == Some(host) => Ok(()),
        (Some(_), _) => Err(ApiError::CrossSite),
        // Not a browser: browsers of the last years send one or the other with every POST.
        (None, _) => Ok(()),
    }
}

impl Caller {
    /// Returns a site that the caller may read with this scope. Any other site is not there.
    pub async fn site(&self, shared: &Shared, name: &str, scope: Scope) -> Result<Arc<SiteWithSalts>, ApiError> {
        let known = self.visible_site(shared, name).await?;
        self.require(scope)?;
        Ok(known)
    }

    async fn visible_site(&self, shared: &Shared, name: &str) -> Result<Arc<SiteWithSalts>, ApiError> {
        let name = SiteName::parse(name).map_err(|_not_a_name| ApiError::SiteNotFound)?;
        let known = shared.sites.current().snapshot.get(&name).cloned().ok_or(ApiError::SiteNotFound)?;
        let visible = match self {
            Self::User(user) => shared.control.may_see(user, known.site.id).await?,
            Self::Key(key) => key.site.is_none_or(|only| only == known.site.id),
        };
        if visible { Ok(known) } else { Err(ApiError::SiteNotFound) }
    }

    /// Returns a site of which the caller decides who sees it and which keys open it: a signed-in owner. A key never does: with
    /// it one could make others that outlive it.
    pub async fn site_to_own(&self, shared: &Shared, name: &str) -> Result<(&User, Arc<SiteWithSalts>), ApiError> {
        let (user, site, role) = self.site_as_person(shared, name).await?;
        if role == Role::Owner { Ok((user, site)) } else { Err(ApiError::NotOwner) }
    }

    /// Returns a site that a signed-in user may see, and what they are to it.
    pub async fn site_as_person(
        &self,
        shared: &Shared,
        name: &str,
    ) -> Result<(&User, Arc<SiteWithSalts>, Role), ApiError> {
        let site = self.visible_site(shared, name).await?;
        let user = self.person()?;
        let role = shared.control.role(user, site.site.id).await?.ok_or(ApiError::SiteNotFound)?;
        Ok((user, site, role))
    }

    /// Returns the signed-in user; a key is none.
    pub fn person(&self) -> Result<&User, ApiError> {
        match self {
            Self::User(user) => Ok(user),
            Self::Key(_) => Err(ApiError::NeedsSession),
        }
    }

    /// Returns the signed-in user, who has to be an administrator.
    pub fn administrator(&self) -> Result<&User, ApiError> {
        let user = self.person()?;
        if user.admin { Ok(user) } else { Err(ApiError::NotAdmin) }
    }

    /// Returns a site whose settings the caller may look at: who may change them, may.
    pub async fn site_to_look_at(&self, shared: &Shared, name: &str) -> Result<Arc<SiteWithSalts>, ApiError> {
        let scope = match self {
            Self::Key(key) if key.scopes.contains(Scope::Sites) => Scope::Sites,
            Self::Key(_) | Self::User(_) => Scope::Stats,
        };
        self.site(shared, name, scope).await
    }

    /// Returns a site whose settings the caller may change.
    pub async fn site_to_change(&self, shared: &Shared, name: &str) -> Result<Arc<SiteWithSalts>, ApiError> {
        self.site_to_edit(shared, name, Scope::Sites).await
    }

    /// Returns a site of which the caller may give pictures away: a key that may read it, but no user who only looks.
    pub async fn site_to_share(&self, shared: &Shared, name: &str) -> Result<Arc<SiteWithSalts>, ApiError> {
        self.site_to_edit(shared, name, Scope::Stats).await
    }

    /// Returns a site for which the caller may send events of any time: a key for it, but no user who only looks.
    pub async fn site_to_feed(&self, shared: &Shared, name: &str) -> Result<Arc<SiteWithSalts>, ApiError> {
        self.site_to_edit(shared, name, Scope::Events).await
    }

    /// Returns a site whose data the caller may remove for good: its owner, or a key that may change it.
    pub async fn site_to_erase(&self, shared: &Shared, name: &str) -> Result<Arc<SiteWithSalts>, ApiError> {
        let site = self.site_to_change(shared, name).await?;
        if let Self::User(user) = self
            && shared.control.role(user, site.site.id).await? != Some(Role::Owner)
        {
            return Err(ApiError::NotAdmin);
        }
        Ok(site)
    }

    async fn site_to_edit(&self, shared: &Shared, name: &str, scope: Scope) -> Result<Arc<SiteWithSalts>, ApiError> {
        let site = self.site(shared, name, scope).await?;
        if let Self::User(user) = self {
            let role = shared.control.role(user, site.site.id).await?;
            if !matches!(role, Some(Role::Owner | Role::Editor)) {
                return Err(ApiError::NotAdmin);
            }
        }
        Ok(site)
    }

    /// Asks that the caller may add and remove sites: an administrator, or a key for all sites.
    pub fn require_all_sites(&self) -> Result<(), ApiError> {
        self.require(Scope::Sites)?;
        match self {
            Self::User(user) if user.admin => Ok(()),
            Self::Key(key) if key.site.is_none() => Ok(()),
            Self::User(_) | Self::Key(_) => Err(ApiError::NotAdmin),
        }
    }

    /// Asks that a key has a scope; a user's rights are by site.
    pub fn require(&self, scope: Scope) -> Result<(), ApiError> {
        match self {
            Self::Key(key) if !key.scopes.contains(scope) => Err(ApiError::MissingScope(scope.as_str())),
            Self::Key(_) | Self::User(_) => Ok(()),
        }
    }
}

fn shared(request: &HttpRequest) -> Result<&State, ApiError> {
    request.app_data::<State>().ok_or_else(|| ApiError::Internal("the shared state is not registered".to_owned()))
}
