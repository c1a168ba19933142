//! Owns the million visitors: what they take in memory, what a sign of life costs, what a snapshot and their leaving do.

use std::{
    error::Error,
    fmt::Write as _,
    hint::black_box,
    sync::Arc,
    time::{Duration, Instant},
};

use heatline::{
    live::{
        Presence,
        presence::{GOODBYE_MS, PRESENCE_MS},
    },
    model::{
        Acquisition, Agent, Attribution, Device, EnrichedEvent, Fact, Hostname, Landing, PageView, Pathname, Place,
        SessionId, SessionStamp, SiteId, SiteName, Size, ViewId, VisitorId,
    },
};

use crate::{counting::live_bytes, process::resident};

const SITES: u32 = 1_000;
const VISITORS: u64 = 1_000_000;
/// One in ten has a second tab.
const TABS: u64 = 10;
/// A first visit: two halves of ids and a byte of the table, which is half full here.
const OF_THE_DAY: f64 = 9.0 * 2048.0 / 1000.0;
const LARGE_SITE: u32 = SITES + 1;
const LARGE: u64 = 200_000;

/// What visitors of all sites have in common.
struct Shared {
    site: SiteName,
    pages: Vec<Pathname>,
    landings: Vec<Arc<Landing>>,
    places: Vec<Arc<Place>>,
    agents: Vec<Arc<Agent>>,
}

impl Shared {
    fn new() -> Result<Self, Box<dyn Error>> {
        let hostname = Hostname::parse("demo.example")?;
        let landing = |n: usize| {
            let acquisition = Acquisition { source: format!("Source {n}"), ..Acquisition::default() };
            Arc::new(Landing { hostname: hostname.clone(), acquisition })
        };
        let place = |n: usize| {
            let (country, city) = (format!("C{}", n % 40), format!("City {n}"));
            Arc::new(Place { country: country.into(), city: city.into(), ..Place::default() })
        };
        let agent = |n: usize| {
            let (browser, device) = (format!("Browser {n}"), Device::ALL[n % 3]);
            Arc::new(Agent { browser, os: "Linux".to_owned(), device, ..Agent::default() })
        };
        Ok(Self {
            site: SiteName::parse("demo.example")?,
            pages: (0..50).map(|n| Pathname::parse(&format!("/section/{n}/page"))).collect::<Result<_, _>>()?,
            landings: (0..12).map(landing).collect(),
            places: (0..200).map(place).collect(),
            agents: (0..20).map(agent).collect(),
        })
    }

    fn event(&self, site: u32, visitor: u64, view: u64, page: u64, fact: Fact) -> EnrichedEvent {
        // As ids are: random over all their bits.
        let id = visitor.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let at = |length: usize, step: u64| usize::try_from(id.rotate_left(17) / step).unwrap_or_default() % length;
        let pathname = self.pages[usize::try_from(visitor + page).unwrap_or_default() % self.pages.len()].clone();
        let landing = self.landings[at(self.landings.len(), 3)].clone();
        EnrichedEvent {
            page: Arc::new(PageView {
                site: self.site.clone(),
                view: ViewId::new(id ^ view),
                hostname: landing.hostname.clone(),
                pathname: pathname.clone(),
                attribution: Attribution::default(),
                viewport: Size::default(),
                document: Size::default(),
            }),
            at_ms: 0,
            fact,
            site_id: SiteId::new(site),
            local_day: 20_000,
            visitor: VisitorId::new(id.rotate_left(31)),
            session: Arc::new(SessionStamp {
                id: SessionId::new(id),
                started_at_ms: 0,
                entry_pathname: pathname,
                landing,
            }),
            place: self.places[at(self.places.len(), 7)].clone(),
            agent: self.agents[at(self.agents.len(), 11)].clone(),
        }
    }
}

fn site_of(visitor: u64) -> u32 {
    u32::try_from(visitor % u64::from(SITES)).unwrap_or_default()
}

/// Measures, and returns a page of tables.
pub fn measure() -> Result<String, Box<dyn Error>> {
    let shared = Shared::new()?;
    let presence = Presence::default();
    let mut page = format!(
        "{VISITORS} live visitors of {SITES} sites; one in {TABS} with two tabs, all with three pages behind them.\n\n"
    );
    writeln!(page, "| what | |\n|---|---|")?;
    let (before, resident_before) = (live_bytes(), resident(std::process::id())?.anonymous_mib);
    let mut arriving = Duration::ZERO;
    for visitor in 0..VISITORS {
        let event = shared.event(site_of(visitor), visitor, 0, 0, Fact::Pageview);
        let start = Instant::now();
        presence.note(&event, 0);
        arriving += start.elapsed();
    }
    let mut walking = Duration::ZERO;
    for page in 1..=3 {
        for visitor in 0..VISITORS {
            let view = u64::from(page == 3 && visitor % TABS == 0);
            let event = shared.event(site_of(visitor), visitor, view, page, Fact::Pageview);
            let start = Instant::now();
            presence.note(&event, 1000);
            walking += start.elapsed();
        }
    }
    let bytes = (live_bytes() - before) as f64;
    let grown = resident(std::process::id())?.anonymous_mib - resident_before;
    let more = one_more_million(&shared, &presence);
    presence.sweep(1000 + GOODBYE_MS);
    let mut staying = Duration::ZERO;
    for visitor in 0..VISITORS {
        let fact = Fact::Engagement { engaged_ms: 1000, scroll_depth: 10 };
        let event = shared.event(site_of(visitor), visitor, 0, 3, fact);
        let start = Instant::now();
        presence.note(&event, 2000);
        staying += start.elapsed();
    }
    let each = |took: Duration, times: u64| format!("{:.0} ns", took.as_nanos() as f64 / times as f64);
    writeln!(page, "| memory a visitor, everything of the sites included | {:.0} B |", bytes / VISITORS as f64)?;
    writeln!(page, "| one visitor more, without what the sites share | {more:.0} B |")?;
    writeln!(page, "| of it that they were here today | {OF_THE_DAY:.0} B |")?;
    writeln!(page, "| resident memory | {grown:.0} MiB |")?;
    writeln!(page, "| somebody comes | {} |", each(arriving, VISITORS))?;
    writeln!(page, "| somebody goes to another page | {} |", each(walking, 3 * VISITORS))?;
    writeln!(page, "| a sign of life | {} |", each(staying, VISITORS))?;
    writeln!(page, "| a snapshot of a site of 1 000 | {} |", micros(snapshot(&presence, 1)))?;
    for visitor in 0..LARGE {
        presence.note(&shared.event(LARGE_SITE, VISITORS + visitor, 0, 0, Fact::Pageview), 2000);
    }
    writeln!(page, "| a snapshot of a site of 200 000 | {} |", micros(snapshot(&presence, LARGE_SITE)))?;
    let sweep = |now_ms: i64| {
        let start = Instant::now();
        presence.sweep(now_ms);
        start.elapsed()
    };
    writeln!(page, "| the look of each second, nobody gone | {} |", micros(sweep(3000)))?;
    let gone = sweep(2000 + PRESENCE_MS);
    writeln!(page, "| all {} leave at once | {:.0} ms |", VISITORS + LARGE, gone.as_secs_f64() * 1e3)?;
    // Those of the second million have left before.
    if !presence.is_empty() {
        return Err("somebody is left".into());
    }
    writeln!(page)?;
    Ok(page)
}

/// Returns what as many visitors more take, in bytes each: strings that the sites share are there already. It does not keep them
/// apart from those who were here: the tables of both are as full.
fn one_more_million(shared: &Shared, presence: &Presence) -> f64 {
    let before = live_bytes();
    for page in 0..=3 {
        for visitor in VISITORS..2 * VISITORS {
            let view = u64::from(page == 3 && visitor % TABS == 0);
            presence.note(&shared.event(site_of(visitor), visitor, view, page, Fact::Pageview), 1000);
        }
    }
    let bytes = (live_bytes() - before) as f64 / VISITORS as f64;
    for visitor in VISITORS..2 * VISITORS {
        for view in 0..2 {
            presence.note(&shared.event(site_of(visitor), visitor, view, 3, Fact::Leave), 1000);
        }
    }
    bytes
}

/// Returns the median of some snapshots, none of which may be one that is still good.
fn snapshot(presence: &Presence, site: u32) -> Duration {
    let mut took: Vec<Duration> = (0..21)
        .map(|round| {
            let start = Instant::now();
            black_box(presence.snapshot(SiteId::new(site), 10_000 + round * 1000));
            start.elapsed()
        })
        .collect();
    took.sort_unstable();
    took[took.len() / 2]
}

fn micros(took: Duration) -> String {
    format!("{:.0} µs", took.as_secs_f64() * 1e6)
}
