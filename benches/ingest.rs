//! Measures what a beacon costs between the socket and the spool: parsing, the lookups one by one, and all after
//! parsing at once. The spool is in memory and ships to nowhere, so that only our own cost counts.

mod inputs;

use std::{
    hint::black_box,
    sync::Arc,
    time::{Duration, Instant},
};

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use heatline::{
    app::open_geo,
    control::{Control, snapshot::Sites, sqlite_url},
    enrich::{Agents, PageUrl, visitor_id},
    ingest::{Enrichers, Ingest, KnownSites, Outcomes, Signals, SitesWatch, SteadyClock, Verdict, beacon, plausible},
    live::Presence,
    model::{Beacon, Sender, SiteId, SiteName, SiteSettings, ViewId},
    spool::{self, Durability, Limits, Outlet, Spool, files::MemoryFiles},
};
use jiff::{Timestamp, tz::TimeZone};

const NOW_MS: i64 = 1_750_000_000_000;
/// Events after which the spool is thrown away.
const SPOOL_EVENTS: u32 = 50_000;
/// Requests that wait for the spool at the same time.
const TOGETHER: usize = 64;

fn parse(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("ingest");
    for events in [1, 25] {
        let body = inputs::beacon(5, 0, events);
        group.throughput(Throughput::Elements(events.into()));
        group.bench_function(format!("parse_beacon/{events}"), |b| {
            b.iter(|| beacon::parse(black_box(body.as_bytes()), NOW_MS).expect("the beacon is valid"));
        });
    }
    let body = format!(
        r#"{{"n":"pageview","v":33,"u":"{}","d":"{}","r":"https://www.google.com/"}}"#,
        inputs::url(5, 0),
        inputs::SITE
    );
    group.throughput(Throughput::Elements(1));
    group.bench_function("parse_plausible/1", |b| {
        b.iter(|| plausible::parse(black_box(body.as_bytes()), ViewId::new(7), NOW_MS).expect("the event is valid"));
    });
    group.finish();
}

fn accept(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("ingest");
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime can be made");
    let (mut ingest, mut outlet) = an_ingest();
    for events in [1, 25] {
        let now_ms = Timestamp::now().as_millisecond();
        let requests: Vec<(Beacon, Sender)> = (0..SPOOL_EVENTS / events)
            .map(|number| number % inputs::VISITORS)
            .map(|visitor| (a_beacon(visitor, events, now_ms), a_sender(visitor)))
            .collect();
        group.throughput(Throughput::Elements(events.into()));
        group.bench_function(format!("accept/{events}"), |b| {
            b.iter_custom(|wanted| {
                let mut spent = Duration::ZERO;
                let mut left = usize::try_from(wanted).unwrap_or(usize::MAX);
                while left > 0 {
                    let taken: Vec<_> = requests.iter().take(left).cloned().collect();
                    left -= taken.len();
                    let began = Instant::now();
                    for requests in taken.chunks(TOGETHER) {
                        let accepted = requests.iter().map(|(beacon, sender)| {
                            ingest.accept(vec![beacon.clone()], sender, Signals::default(), now_ms)
                        });
                        for verdicts in runtime.block_on(futures_util::future::join_all(accepted)) {
                            assert!(matches!(verdicts.as_deref(), Ok([Verdict::Accepted { .. }])), "{verdicts:?}");
                        }
                    }
                    spent += began.elapsed();
                    (ingest.spool, outlet) = a_spool();
                }
                spent
            });
        });
    }
    group.finish();
}

fn a_spool() -> (Spool, Outlet) {
    let limits = Limits { spool_bytes: u64::MAX / 2, segment_bytes: 16 * 1024 * 1024, trouble_pause: Duration::ZERO };
    let files = Arc::new(MemoryFiles::default());
    spool::open(files, Durability::Memory, limits, 7).expect("memory is always there")
}

/// Ingest as the service builds it, with one site; and the end of its spool, which must live as long.
fn an_ingest() -> (Ingest, Outlet) {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let url = sqlite_url(&folder.path().join("control.db"));
    let runtime = tokio::runtime::Runtime::new().expect("a runtime can be made");
    let sites = runtime.block_on(async {
        let control = Control::open(&url).await.expect("the database can be made");
        let name = SiteName::parse(inputs::SITE).expect("the name is valid");
        let added = control.add_site(&name, &TimeZone::UTC, SiteSettings::default(), Timestamp::now()).await;
        added.expect("the site is new");
        Sites::load(&control, Timestamp::now()).await.expect("the sites can be read")
    });
    let watch = SitesWatch::default();
    watch.replace(KnownSites::new(sites));
    let (spool, outlet) = a_spool();
    let ingest = Ingest {
        clock: SteadyClock::default(),
        sites: watch,
        enrichers: Enrichers::new(open_geo(None).expect("the geo database is whole"))
            .expect("the compiled-in patterns are valid"),
        sessions: heatline::ingest::sessions::Sessions::default(),
        past: heatline::ingest::backfill::Past::default(),
        presence: Arc::new(Presence::default()),
        clicks: std::sync::Arc::default(),
        events: std::sync::Arc::default(),
        spool,
        outcomes: Outcomes::default(),
        tallies: heatline::ingest::tallies::Tallies::default(),
        rates: heatline::ingest::Rates::new(None, None),
        repeats: heatline::ingest::repeats::Repeats::default(),
        cardinality: heatline::ingest::cardinality::Cardinality::new(heatline::ingest::cardinality::Caps::default()),
        layout_requests: heatline::ingest::layout_requests::LayoutRequests::default(),
    };
    (ingest, outlet)
}

fn a_beacon(visitor: u32, events: u32, now_ms: i64) -> Beacon {
    beacon::parse(inputs::beacon(visitor, 0, events).as_bytes(), now_ms).expect("the beacon is valid")
}

fn a_sender(visitor: u32) -> Sender {
    Sender { address: inputs::address(visitor).into(), user_agent: inputs::user_agent(visitor).to_owned() }
}

fn enrich(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("enrich");
    group.throughput(Throughput::Elements(1));

    let agents = Agents::new().expect("the compiled-in patterns are valid");
    let known = inputs::user_agent(0);
    group.bench_function("user_agent/cached", |b| b.iter(|| agents.identify(black_box(known))));
    let mut build = 0_u32;
    let mut unseen = || {
        build += 1;
        known.replace("141.0.0.0", &format!("141.0.{build}.0"))
    };
    group.bench_function("user_agent/new", |b| {
        b.iter_batched(&mut unseen, |user_agent| agents.identify(&user_agent), BatchSize::SmallInput);
    });

    let (salt, site, address) = ([7; 32], SiteId::new(1), inputs::address(5).into());
    group.bench_function("visitor_id/1", |b| b.iter(|| visitor_id(&salt, site, black_box(address), known)));

    let url = inputs::url(3, 0);
    group.bench_function("page_url/1", |b| {
        b.iter(|| PageUrl::parse(black_box(&url), false).expect("the URL is valid"));
    });
    group.finish();
}

criterion_group!(benches, parse, accept, enrich);
criterion_main!(benches);
