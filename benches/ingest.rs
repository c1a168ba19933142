//! Measures what a beacon costs between the socket and the queue: parsing and the lookups, one by one.

mod inputs;

use std::hint::black_box;

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use heatline::{
    enrich::{Agents, PageUrl, visitor_id},
    ingest::{beacon, plausible},
    model::{SiteId, ViewId},
};

const NOW_MS: i64 = 1_750_000_000_000;

fn parse(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("ingest");
    for events in [1, 50] {
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

criterion_group!(benches, parse, enrich);
criterion_main!(benches);
