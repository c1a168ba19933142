//! Owns events for the tests of this module.

use std::sync::Arc;

use crate::model::{
    Acquisition, Agent, Attribution, Device, EnrichedEvent, Fact, Hostname, Landing, PageView, Pathname, Place,
    SessionId, SessionStamp, SiteId, SiteName, Size, ViewId, VisitorId,
};

/// An event of a visitor of site 1, who is from Bulgaria and has a desktop.
pub fn an_event(session: u64, view: u64, path: &str, fact: Fact) -> EnrichedEvent {
    let hostname = Hostname::parse("demo.example").unwrap();
    let pathname = Pathname::parse(path).unwrap();
    EnrichedEvent {
        page: Arc::new(PageView {
            site: SiteName::parse("demo.example").unwrap(),
            view: ViewId::new(view),
            hostname: hostname.clone(),
            pathname: pathname.clone(),
            attribution: Attribution::default(),
            viewport: Size::default(),
            document: Size::default(),
        }),
        at_ms: 0,
        fact,
        site_id: SiteId::new(1),
        local_day: 0,
        visitor: VisitorId::new(session),
        session: Arc::new(SessionStamp {
            id: SessionId::new(session),
            started_at_ms: 0,
            entry_pathname: pathname,
            landing: Arc::new(Landing { hostname, acquisition: Acquisition::default() }),
        }),
        place: Arc::new(Place { country: "BG".into(), ..Place::default() }),
        agent: Arc::default(),
    }
}

/// The same from a country with a source and a device.
pub fn an_event_from(
    session: u64,
    [country, city, source]: [&str; 3],
    device: Device,
    event: EnrichedEvent,
) -> EnrichedEvent {
    let acquisition = Acquisition { source: source.to_owned(), ..Acquisition::default() };
    let landing = Landing { hostname: event.page.hostname.clone(), acquisition };
    EnrichedEvent {
        session: Arc::new(SessionStamp {
            id: SessionId::new(session),
            landing: Arc::new(landing),
            ..SessionStamp::clone(&event.session)
        }),
        place: Arc::new(Place { country: country.into(), city: city.into(), ..Place::default() }),
        agent: Arc::new(Agent { device, ..Agent::default() }),
        ..event
    }
}
