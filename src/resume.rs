//! Owns picking up after a restart: open sessions and live visitors come back from ClickHouse, and from what waits in the
//! spool on its way there.

use std::{collections::HashMap, sync::Arc};

use jiff::Timestamp;

use crate::{
    ingest::sessions::{RestoredSession, SESSION_GAP, Sessions},
    live::{
        Presence, RestoredPresence,
        presence::{PRESENCE_MS, TRAIL},
    },
    model::{
        Acquisition, Agent, Device, Hostname, Landing, NameError, Pathname, Place, SessionId, SessionStamp, SiteId,
        VisitorId,
    },
    spool::{
        Outlet,
        record::{self, Record},
    },
    store::{
        Client, StoreError,
        recent::{RecentSession, recent_sessions},
        rows::{Detail, RowFact, RowHead},
    },
};

/// Segments that were begun this long before the time that matters hold nothing of it: none is open for so long.
const SEGMENT_LIFE_MS: i64 = 10 * 60 * 1000;

/// Restores what was open at `now`.
pub async fn resume(
    client: &Client,
    outlet: &Outlet,
    sessions: &Sessions,
    presence: &Presence,
    now: Timestamp,
) -> Result<(), StoreError> {
    let now_ms = now.as_millisecond();
    let gap_ms = i64::try_from(SESSION_GAP.as_millis()).unwrap_or(i64::MAX);
    let mut recent = recent_sessions(client, now_ms - gap_ms).await?;
    add_what_waits(&mut recent, outlet, now_ms - gap_ms);
    let open: Vec<_> = recent
        .iter()
        .filter(|session| session.last_at_ms + gap_ms > now_ms)
        .filter_map(|session| Some((session, restored(session).ok()?)))
        .collect();
    let here: Vec<_> = open
        .iter()
        .filter(|(session, _)| session.last_at_ms + PRESENCE_MS > now_ms)
        .filter_map(|(session, open)| live(session, &open.stamp).ok())
        .collect();
    tracing::info!(sessions = open.len(), visitors = here.len(), "resumed");
    presence.restore(here);
    sessions.restore(open.into_iter().map(|(_, open)| open));
    Ok(())
}

/// Adds the rows that an earlier run left in the spool. Those that ClickHouse has already are no later than what it told.
fn add_what_waits(recent: &mut Vec<RecentSession>, outlet: &Outlet, since_ms: i64) {
    let mut places: HashMap<(u32, u64), usize> =
        recent.iter().enumerate().map(|(place, session)| ((session.site_id, session.session_id), place)).collect();
    for sealed in outlet.recovered() {
        // The shipper asks until it can be read; until then its visitors are not known to be here.
        let batch = match outlet.read(&sealed) {
            Ok(batch) => batch,
            Err(error) => {
                tracing::error!(%error, batch.id = sealed.batch, "a segment cannot be read, its sessions begin anew");
                continue;
            }
        };
        if batch.header.created_at_ms < since_ms - SEGMENT_LIFE_MS {
            continue;
        }
        for payload in batch.records() {
            let Ok(Record::Rows(rows)) = record::read(payload) else { continue };
            for (head, facts) in &rows.runs {
                let place = *places.entry((head.site_id, head.session_id)).or_insert_with(|| {
                    recent.push(session_of(head));
                    recent.len() - 1
                });
                for fact in facts.iter().filter(|fact| fact.at >= since_ms) {
                    add(&mut recent[place], head, fact);
                }
            }
        }
    }
}

fn add(session: &mut RecentSession, head: &RowHead<'_>, fact: &RowFact<'_>) {
    if fact.at <= session.last_at_ms {
        return;
    }
    session.last_at_ms = fact.at;
    session.visitor_id = head.visitor_id;
    if head.pathname != session.pathname {
        let before = std::mem::replace(&mut session.pathname, head.pathname.to_owned());
        session.before.insert(0, before);
        session.before.truncate(TRAIL);
    }
    session.pageviews += u32::from(fact.detail == Detail::Pageview);
}

/// Returns a session of which no row is known yet.
fn session_of(head: &RowHead<'_>) -> RecentSession {
    RecentSession {
        site_id: head.site_id,
        session_id: head.session_id,
        visitor_id: head.visitor_id,
        started_at_ms: head.session_started_at,
        last_at_ms: i64::MIN,
        pageviews: 0,
        pathname: head.pathname.to_owned(),
        before: Vec::new(),
        entry_hostname: head.entry_hostname.to_owned(),
        entry_pathname: head.entry_pathname.to_owned(),
        referrer: head.referrer.to_owned(),
        source: head.source.to_owned(),
        channel: head.channel.to_owned(),
        utm_source: head.utm_source.to_owned(),
        utm_medium: head.utm_medium.to_owned(),
        utm_campaign: head.utm_campaign.to_owned(),
        utm_content: head.utm_content.to_owned(),
        utm_term: head.utm_term.to_owned(),
        country: head.country.to_owned(),
        region: head.region.to_owned(),
        city: head.city.to_owned(),
        latitude: head.latitude,
        longitude: head.longitude,
        browser: head.browser.to_owned(),
        browser_version: head.browser_version.to_owned(),
        os: head.os.to_owned(),
        os_version: head.os_version.to_owned(),
        device: head.device.to_owned(),
    }
}

fn restored(session: &RecentSession) -> Result<RestoredSession, NameError> {
    Ok(RestoredSession {
        site: SiteId::new(session.site_id),
        visitor: VisitorId::new(session.visitor_id),
        stamp: Arc::new(SessionStamp {
            id: SessionId::new(session.session_id),
            started_at_ms: session.started_at_ms,
            entry_pathname: Pathname::parse(&session.entry_pathname)?,
            landing: Arc::new(Landing {
                hostname: Hostname::parse(&session.entry_hostname)?,
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
            }),
        }),
        last_at_ms: session.last_at_ms,
    })
}

fn live(session: &RecentSession, stamp: &Arc<SessionStamp>) -> Result<RestoredPresence, NameError> {
    let device = Device::ALL.into_iter().find(|device| device.as_str() == session.device).unwrap_or_default();
    Ok(RestoredPresence {
        site: SiteId::new(session.site_id),
        session: Arc::clone(stamp),
        last_at_ms: session.last_at_ms,
        path: Pathname::parse(&session.pathname)?,
        before: session.before.iter().map(|path| Pathname::parse(path)).collect::<Result<_, _>>()?,
        pageviews: session.pageviews,
        place: Arc::new(Place {
            country: session.country.as_str().into(),
            region: session.region.as_str().into(),
            city: session.city.as_str().into(),
            latitude: session.latitude,
            longitude: session.longitude,
        }),
        agent: Arc::new(Agent {
            browser: session.browser.clone(),
            browser_version: session.browser_version.clone(),
            os: session.os.clone(),
            os_version: session.os_version.clone(),
            device,
        }),
    })
}
