//! Measures what a map of visitors costs: counted places in memory to the bytes of a file, 800 pixels wide, 3000 cities.

#![expect(clippy::print_stdout, reason = "a bench: sizes are worth reading beside the times")]

use std::{hint::black_box, time::Duration};

use criterion::{Criterion, criterion_group, criterion_main};
use heatline::{
    map::{Crowd, MapParams, Shown, Style, VisitorMap},
    model::CountedPlace,
};

const CITIES: u16 = 3000;
const WIDTH: u32 = 800;

/// Cities all over the world; a few have most of the visitors.
fn places() -> Vec<CountedPlace> {
    let mut seed = 7_u32;
    let mut next = move |limit: f32| {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        f32::from(u16::try_from(seed >> 16).unwrap_or_default()) / 65_536.0 * limit
    };
    (0..CITIES)
        .map(|number| CountedPlace {
            country: ["US", "DE", "IN", "BR", "JP", "BG"][usize::from(number % 6)].to_owned(),
            region: String::new(),
            city: format!("City {number}"),
            latitude: next(125.0) - 50.0,
            longitude: next(360.0) - 180.0,
            visitors: 1 + 100_000 / u64::from(number + 1),
        })
        .collect()
}

fn map(criterion: &mut Criterion) {
    let places = places();
    let mut group = criterion.benchmark_group("map");
    for (style, word) in [Style::Dots, Style::Heat, Style::Countries].into_iter().zip(Style::WORDS) {
        let draw = || {
            let shown = Shown::of(&places, &Crowd::default(), 1);
            VisitorMap {
                params: MapParams { style, width: WIDTH, ..MapParams::default() },
                shown,
                geo: "DB-IP".to_owned(),
            }
        };
        let png = || draw().png().expect("writing to memory cannot fail");
        println!("{word}: SVG {} bytes, PNG {} bytes", draw().svg().len(), png().len());
        group.bench_function(format!("svg/{word}"), |b| b.iter(|| black_box(draw().svg())));
        group.bench_function(format!("png/{word}"), |b| b.iter(|| black_box(png())));
    }
    group.finish();
}

criterion_group! {
    name = benches;
    config = Criterion::default().sample_size(20).warm_up_time(Duration::from_secs(1)).measurement_time(Duration::from_secs(3));
    targets = map
}
criterion_main!(benches);
