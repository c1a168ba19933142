//! Owns picking up after a restart: open sessions and live visitors come back from ClickHouse.

use jiff::Timestamp;

use crate::{
    ingest::sessions::{RestoredSession, SESSION_GAP, Sessions},
    live::{Presence, RestoredPresence, presence::PRESENCE_MS},
    model::{
        Acquisition, Agent, Device, Hostname, NameError, Pathname, Place, SessionId, SessionStamp, SiteId, VisitorId,
    },
    store::{
        Client, StoreError,
        recent::{RecentSession, recent_sessions},
    },
};

/// Restores what was open at `now`.
pub async fn resume(
    client: &Client,
    sessions: &Sessions,
    presence: &Presence,
    now: Timestamp,
) -> Result<(), StoreError> {
    let now_ms = now.as_millisecond();
    let gap_ms = i64::try_from(SESSION_GAP.as_millis()).unwrap_or(i64::MAX);
    let recent = recent_sessions(client, now_ms - gap_ms).await?;
    let here: Vec<_> = recent
        .iter()
        .filter(|session| session.last_at_ms + PRESENCE_MS > now_ms)
        .filter_map(|session| live(session).ok())
        .collect();
    let open: Vec<_> = recent.iter().filter_map(|session| restored(session).ok()).collect();
    tracing::info!(sessions = open.len(), visitors = here.len(), "resumed");
    presence.restore(here);
    sessions.restore(open);
    Ok(())
}

fn restored(session: &RecentSession) -> Result<RestoredSession, NameError> {
    Ok(RestoredSession {
        site: SiteId::new(session.site_id),
        visitor: VisitorId::new(session.visitor_id),
        stamp: SessionStamp {
            id: SessionId::new(session.session_id),
            started_at_ms: session.started_at_ms,
            entry_hostname: Hostname::parse(&session.entry_hostname)?,
            entry_pathname: Pathname::parse(&session.entry_pathname)?,
            acquisition: Acquisition {
                referrer: session.referrer.clone(),
                source: session.source.clone(),
                channel: session.channel.clone(),
                utm_source: session.utm_source.clone(),
                utm_medium: session.utm_medium.clone(),
                utm_campaign: session.utm_campaign.clone(),
                utm_content: session.utm_content.clone(),
                utm_term: session.utm_term.clone(),
            },
        },
        last_at_ms: session.last_at_ms,
    })
}

fn live(session: &RecentSession) -> Result<RestoredPresence, NameError> {
    let device = Device::ALL.into_iter().find(|device| device.as_str() == session.device).unwrap_or_default();
    Ok(RestoredPresence {
        site: SiteId::new(session.site_id),
        session: SessionId::new(session.session_id),
        since_ms: session.started_at_ms,
        last_at_ms: session.last_at_ms,
        path: Pathname::parse(&session.pathname)?,
        pageviews: session.pageviews,
        source: session.source.clone(),
        place: Place {
            country: session.country.clone(),
            region: session.region.clone(),
            city: session.city.clone(),
            latitude: session.latitude,
            longitude: session.longitude,
        },
        agent: Agent {
            browser: session.browser.clone(),
            browser_version: session.browser_version.clone(),
            os: session.os.clone(),
            os_version: session.os_version.clone(),
            device,
        },
    })
}
