//! Measures what a heat map costs: points in memory to PNG bytes, 1280×8000 pixels.
//! The baseline is the plain way with the same code: a field of full resolution.

#![expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::print_stdout,
    reason = "a bench: small numbers, and sizes that are worth reading beside the times"
)]

#[path = "heatmap/points.rs"]
mod points;

use std::{hint::black_box, time::Duration};

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use heatline::render::{
    Canvas, Field, Normalise, Palette, Scale,
    canvas::wireframe::{self, Block},
    encode,
    palette::Cover,
};

use points::{HEIGHT, WIDTH, page, points};

const SIGMA: f32 = 12.0;

fn draw(mut field: Field, points: &[(f32, f32)], page: Option<&[Block]>) -> Vec<u8> {
    let mut canvas = Canvas::new(WIDTH, HEIGHT);
    if let Some(blocks) = page {
        wireframe::draw(&mut canvas, blocks, 1.0);
    }
    for &(x, y) in points {
        field.add(x, y, 1.0);
    }
    field.blur();
    let scale = Scale::of(&field, Normalise::P99, 10_000);
    field.draw(&scale, &mut canvas);
    encode::png(canvas, &Palette::Heat.ramp(Cover::Density)).expect("writing to memory cannot fail")
}

fn png(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("render");
    group.throughput(Throughput::Elements(u64::from(WIDTH * HEIGHT)));
    let page = page();
    for (size, count) in [("10k", 10_000), ("1m", 1_000_000)] {
        let points = points(count);
        let coarse = || Field::new(WIDTH, HEIGHT, SIGMA);
        println!(
            "{size}: {} bytes, over a layout {}",
            draw(coarse(), &points, None).len(),
            draw(coarse(), &points, Some(&page)).len()
        );
        group.bench_function(format!("png/{size}"), |b| b.iter(|| black_box(draw(coarse(), &points, None))));
        group.bench_function(format!("png_over_layout/{size}"), |b| {
            b.iter(|| black_box(draw(coarse(), &points, Some(&page))));
        });
        group.bench_function(format!("png_full_resolution/{size}"), |b| {
            b.iter(|| black_box(draw(Field::with_cell(WIDTH, HEIGHT, SIGMA, 1), &points, None)));
        });
    }
    group.finish();
}

criterion_group! {
    name = benches;
    config = Criterion::default().sample_size(20).warm_up_time(Duration::from_secs(1)).measurement_time(Duration::from_secs(4));
    targets = png
}
criterion_main!(benches);
