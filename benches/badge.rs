//! Measures what a badge costs when nobody has asked for it before: laid out and written as SVG, or drawn as PNG.
//! What was drawn before costs a hash and a look into a table; `badge/key` is the hash.

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use heatline::{
    badge::{BadgeParams, Content, params::STYLES},
    render::typeset::Faces,
};

fn content() -> Content {
    let countries = ["BG", "US", "DE", "GB", "BR", "JP", "ZA", "SA", "KR", "ME", "NP", "XK"];
    Content {
        number: 18_815,
        series: (0..30).map(|day| 40 + day * day % 61).collect(),
        countries: countries.map(|code| (code.to_owned(), 1_000)).to_vec(),
        others: 5,
    }
}

fn badge(criterion: &mut Criterion) {
    let faces = Faces::default();
    let mut group = criterion.benchmark_group("badge");
    let labels = [("latin", "visitors"), ("arabic", "الزوار"), ("chinese", "在线访客")];
    let queries = STYLES.map(|style| (style, format!("show=total&style={style}")));
    let flat = labels.map(|(script, label)| (script, format!("show=total&label={label}")));
    for (name, query) in queries.into_iter().chain(flat) {
        let params = BadgeParams::parse(&query).expect("the queries are right");
        let badge = params.badge(content());
        group.bench_function(format!("svg/{name}"), |bencher| bencher.iter(|| black_box(badge.svg(&faces))));
        group.bench_function(format!("png/{name}"), |bencher| bencher.iter(|| black_box(badge.png(&faces))));
        group.bench_function(format!("parse/{name}"), |bencher| bencher.iter(|| black_box(BadgeParams::parse(&query))));
    }
    group.finish();
}

criterion_group!(benches, badge);
criterion_main!(benches);
