//! Owns the end of streams whose reader may not read any more: the key was revoked, the session has ended, the membership, the
//! shared link or the site was removed. It does not decide who may: it asks again as [`super::auth`] did when the stream was opened.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use actix_web::{HttpRequest, http::header};
use jiff::Timestamp;
use tokio::sync::watch;

use super::{
    Shared,
    auth::{Caller, session_cookie},
    error::ApiError,
    reader::{self, Part, Reader},
};
use crate::{control::snapshot::SiteWithSalts, model::SiteName};

/// What a caller showed when they opened a stream. It stays in memory for as long as the stream is open.
#[derive(Clone, PartialEq, Eq, Hash)]
enum Shown {
    Key(String),
    Session(String),
    Link(String),
}

/// What is asked again: may who showed this see that part of the site.
type Asked = (Shown, SiteName, Part);

/// Who reads streams of which sites. Many streams of one reader are asked for once.
#[derive(Default)]
pub struct Watched(Mutex<HashMap<Asked, watch::Sender<bool>>>);

/// Tells a stream, and all others, when it has to end.
pub struct Ended {
    revoked: watch::Receiver<bool>,
    stopping: watch::Receiver<bool>,
}

impl Ended {
    /// Returns when the reader may not read any more, or the service stops.
    pub async fn wait(&mut self) {
        // A channel that was closed has nobody who would look.
        tokio::select! {
            _ = self.revoked.wait_for(|&revoked| revoked) => {}
            _ = self.stopping.wait_for(|&stopping| stopping) => {}
        }
    }
}

impl Watched {
    /// Watches over who opens a stream with a request that was let in.
    pub fn watch(&self, request: &HttpRequest, site: &SiteWithSalts, part: Part) -> Result<Ended, ApiError> {
        let shared = request
            .app_data::<super::State>()
            .ok_or_else(|| ApiError::Internal("the shared state is not registered".to_owned()))?;
        let key = (shown(request)?, site.site.name.clone(), part);
        let mut all = self.lock();
        let revoked = all.entry(key).or_insert_with(|| watch::Sender::new(false)).subscribe();
        Ok(Ended { revoked, stopping: shared.stopping.subscribe() })
    }

    /// Asks again for each reader, and ends the streams of those who may not read any more. Called every second.
    pub async fn look(shared: &Shared) {
        let all: Vec<_> = {
            let mut all = shared.watched.lock();
            all.retain(|_, revoked| revoked.receiver_count() > 0);
            all.keys().cloned().collect()
        };
        for asked in all {
            if is_revoked(shared, &asked).await
                && let Some(revoked) = shared.watched.lock().remove(&asked)
            {
                revoked.send_replace(true);
            }
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<Asked, watch::Sender<bool>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn shown(request: &HttpRequest) -> Result<Shown, ApiError> {
    if let Some(link) = reader::link_shown(request) {
        return Ok(Shown::Link(link.to_owned()));
    }
    if let Some(authorization) = request.headers().get(header::AUTHORIZATION) {
        let text = authorization.to_str().map_err(|_not_text| ApiError::NotSignedIn)?;
        let (_scheme, key) = text.split_once(' ').ok_or(ApiError::NotSignedIn)?;
        return Ok(Shown::Key(key.trim().to_owned()));
    }
    Ok(Shown::Session(session_cookie(request).ok_or(ApiError::NotSignedIn)?.value().to_owned()))
}

async fn is_revoked(shared: &Shared, (shown, site, part): &Asked) -> bool {
    let (control, now) = (&shared.control, Timestamp::now());
    let reader = match shown {
        Shown::Key(key) => control.authenticate_key(key, now).await.map(|key| Reader::Caller(Caller::Key(key))),
        Shown::Session(token) => {
            control.authenticate_session(token, now).await.map(|user| Reader::Caller(Caller::User(user)))
        }
        Shown::Link(link) => control.open_shared_link(link, now).await.map(Reader::Link),
    };
    let seen: Result<Arc<SiteWithSalts>, ApiError> = match reader {
        Ok(reader) => reader.site(shared, site.as_str(), *part).await,
        Err(error) => Err(error.into()),
    };
    match seen {
        // A database that does not answer has taken nothing back.
        Ok(_) | Err(ApiError::Internal(_) | ApiError::Unavailable { .. }) => false,
        Err(_refused) => true,
    }
}
