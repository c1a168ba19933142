//! Holds presence against a model that keeps a list and counts by walking it, under random histories.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::{
    fixture::{an_event, an_event_from},
    presence::{GOODBYE_MS, PRESENCE_MS, Presence, RestoredPresence},
};
use crate::model::{Device, EnrichedEvent, Fact, SiteId};

const SITE: SiteId = SiteId::new(1);
const PATHS: [&str; 7] = ["/", "/a", "/b", "/c", "/d", "/e", "/f"];
const PLACES: [[&str; 3]; 4] =
    [["BG", "Sofia", "Google"], ["BG", "Varna", ""], ["DE", "Berlin", "Google"], ["", "", "News"]];

#[derive(Debug, Clone)]
enum Step {
    View { session: u64, view: u64, path: usize },
    Engage { session: u64, view: u64 },
    Leave { session: u64, view: u64 },
    Restore { session: u64, path: usize, ago_ms: i64 },
    Wait(i64),
    Sweep,
}

fn a_step() -> impl Strategy<Value = Step> {
    let session = 0..12_u64;
    let view = 0..3_u64;
    prop_oneof![
        4 => (session.clone(), view.clone(), 0..PATHS.len()).prop_map(|(session, view, path)| Step::View { session, view, path }),
        3 => (session.clone(), view.clone()).prop_map(|(session, view)| Step::Engage { session, view }),
        3 => (session.clone(), view).prop_map(|(session, view)| Step::Leave { session, view }),
        1 => (session, 0..PATHS.len(), 0..400_000_i64)
            .prop_map(|(session, path, ago_ms)| Step::Restore { session, path, ago_ms }),
        3 => prop_oneof![0..3_000_i64, 0..400_000_i64, -20_000..0_i64, -5_000_000..5_000_000_i64].prop_map(Step::Wait),
        1 => Just(Step::Sweep),
    ]
}

/// A visitor as one would write them down.
#[derive(Debug, Clone)]
struct Here {
    session: u64,
    expires_ms: i64,
    views: Vec<u64>,
    leaving: bool,
    path: String,
    before: Vec<String>,
    pages: u32,
}

#[derive(Debug, Default)]
struct Model(Vec<Here>);

impl Model {
    fn forget(&mut self, now_ms: i64) {
        self.0.retain(|here| now_ms < here.expires_ms && here.expires_ms <= now_ms + 2 * PRESENCE_MS);
    }

    fn find(&mut self, session: u64, path: &str, expires_ms: i64) -> &mut Here {
        if let Some(at) = self.0.iter().position(|here| here.session == session) {
            return &mut self.0[at];
        }
        let (views, before) = (Vec::new(), Vec::new());
        self.0.push(Here { session, expires_ms, views, leaving: false, path: path.to_owned(), before, pages: 0 });
        self.0.last_mut().unwrap()
    }

    fn view(&mut self, session: u64, view: u64, path: &str, now_ms: i64) {
        let here = self.find(session, path, 0);
        if here.path != path {
            here.before.insert(0, std::mem::replace(&mut here.path, path.to_owned()));
            here.before.truncate(4);
        }
        here.pages += 1;
        if !here.views.contains(&view) {
            here.views.push(view);
        }
        here.leaving = false;
        here.expires_ms = now_ms + PRESENCE_MS;
    }

    fn engage(&mut self, session: u64, view: u64, path: &str, now_ms: i64) {
        let here = self.find(session, path, 0);
        if here.leaving {
            return;
        }
        if here.views.is_empty() {
            here.views.push(view);
        }
        here.expires_ms = now_ms + PRESENCE_MS;
    }

    fn leave(&mut self, session: u64, view: u64, now_ms: i64) {
        let Some(here) = self.0.iter_mut().find(|here| here.session == session) else { return };
        here.views.retain(|open| *open != view);
        if here.views.is_empty() {
            here.leaving = true;
            here.expires_ms = here.expires_ms.min(now_ms + GOODBYE_MS);
        }
    }

    fn counts(&self, key: impl Fn(&Here) -> String) -> Vec<(String, u64)> {
        let mut counts = BTreeMap::new();
        for here in &self.0 {
            *counts.entry(key(here)).or_default() += 1;
        }
        let mut counts: Vec<(String, u64)> = counts.into_iter().collect();
        counts.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        counts
    }
}

fn place(session: u64) -> [&'static str; 3] {
    PLACES[usize::try_from(session).unwrap() % PLACES.len()]
}

fn device(session: u64) -> Device {
    Device::ALL[usize::try_from(session).unwrap() % 3]
}

/// Every session begins at a time of its own, so that the order of those who are put back is known.
fn event(session: u64, view: u64, path: &str, fact: Fact) -> EnrichedEvent {
    an_event_from(session, place(session), device(session), an_event(session, session * 10 + view + 1, path, fact))
}

fn compare(presence: &Presence, model: &Model, now_ms: i64) {
    assert_eq!(presence.count(SITE, now_ms), model.0.len() as u64);
    // Time that passed by half a second, so that no snapshot of an earlier step is good still.
    let live = presence.snapshot(SITE, now_ms);
    assert_eq!(live.visitors, model.0.len() as u64);
    let pages: Vec<_> = live.pages.iter().map(|count| (count.path.clone(), count.visitors)).collect();
    assert_eq!(pages, model.counts(|here| here.path.clone()));
    let countries: Vec<_> = live.countries.iter().map(|count| (count.country.clone(), count.visitors)).collect();
    assert_eq!(countries, model.counts(|here| place(here.session)[0].to_owned()));
    let cities: Vec<_> =
        live.cities.iter().map(|count| (format!("{} {}", count.country, count.city), count.visitors)).collect();
    assert_eq!(cities, model.counts(|here| place(here.session)[..2].join(" ")));
    let sources: Vec<_> = live.sources.iter().map(|count| (count.source.clone(), count.visitors)).collect();
    assert_eq!(sources, model.counts(|here| place(here.session)[2].to_owned()));
    let devices: Vec<_> = live.devices.iter().map(|count| (count.device.as_str().to_owned(), count.visitors)).collect();
    assert_eq!(devices, model.counts(|here| device(here.session).as_str().to_owned()));
    let told = live.sessions.iter();
    let told: Vec<_> = told.map(|one| (one.session.get(), &one.path, &one.before, one.pages)).collect();
    let newest = model.0.iter().rev();
    let expected: Vec<_> = newest.map(|here| (here.session, &here.path, &here.before, here.pages)).collect();
    assert_eq!(told, expected);
}

fn take(presence: &Presence, model: &mut Model, step: &Step, now_ms: &mut i64) {
    match *step {
        Step::Wait(ms) => *now_ms += ms,
        _ => model.forget(*now_ms),
    }
    match *step {
        Step::View { session, view, path } => {
            presence.note(&event(session, view, PATHS[path], Fact::Pageview), *now_ms);
            model.view(session, session * 10 + view + 1, PATHS[path], *now_ms);
        }
        Step::Engage { session, view } => {
            let fact = Fact::Engagement { engaged_ms: 1, scroll_depth: 0 };
            presence.note(&event(session, view, "/", fact), *now_ms);
            model.engage(session, session * 10 + view + 1, "/", *now_ms);
        }
        Step::Leave { session, view } => {
            presence.note(&event(session, view, "/", Fact::Leave), *now_ms);
            model.leave(session, session * 10 + view + 1, *now_ms);
        }
        Step::Restore { session, path, ago_ms } => {
            // Nobody is put back while the clock is another one.
            presence.sweep(*now_ms);
            let event = event(session, 0, PATHS[path], Fact::Pageview);
            presence.restore([RestoredPresence {
                site: SITE,
                session: event.session,
                last_at_ms: *now_ms - ago_ms,
                path: event.page.pathname.clone(),
                before: vec![event.page.pathname.clone(); 2],
                pageviews: 2,
                place: event.place,
                agent: event.agent,
            }]);
            if model.0.iter().all(|here| here.session != session) {
                let here = model.find(session, PATHS[path], *now_ms - ago_ms + PRESENCE_MS);
                here.pages = 2;
                here.before = vec![PATHS[path].to_owned(); 2];
            }
        }
        Step::Sweep => {
            presence.sweep(*now_ms);
        }
        Step::Wait(_) => {}
    }
    model.forget(*now_ms);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]
    #[test]
    fn presence_is_what_a_list_would_tell(steps in proptest::collection::vec(a_step(), 1..120)) {
        let (presence, mut model, mut now_ms) = (Presence::default(), Model::default(), 1_700_000_000_000_i64);
        for step in &steps {
            take(&presence, &mut model, step, &mut now_ms);
            compare(&presence, &model, now_ms);
        }
    }
}

#[test]
fn a_full_site_takes_the_next_one_when_somebody_has_left() {
    let presence = Presence::default();
    let most = super::presence::MOST_VISITORS as u64;
    for session in 0..most + 5 {
        presence.note(&event(session, 0, "/", Fact::Pageview), 0);
    }
    assert_eq!(presence.count(SITE, 1), most);
    presence.note(&event(0, 0, "/", Fact::Leave), 10);
    presence.note(&event(most, 0, "/late", Fact::Pageview), 10 + GOODBYE_MS);
    assert_eq!(presence.count(SITE, 10 + GOODBYE_MS), most);
    assert_eq!(presence.on_pages(SITE, &[event(0, 0, "/late", Fact::Leave).page.pathname.clone()], 2000), [1]);
    assert_eq!(presence.count(SITE, PRESENCE_MS), 1);
    assert_eq!(presence.count(SITE, 10 + GOODBYE_MS + PRESENCE_MS), 0);
}
