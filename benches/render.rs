//! Measures what a heat map costs: points in memory to PNG bytes, 1280×8000 pixels.
//! The baseline is the plain way with the same code: a field of full resolution.

#![expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::print_stdout,
    reason = "a bench: small numbers, and sizes that are worth reading beside the times"
)]

use std::{hint::black_box, time::Duration};

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use heatline::render::{
    Canvas, Field, Normalise, Palette, Rect, Scale,
    canvas::wireframe::{self, Block, Look},
    encode,
    palette::Cover,
};

const WIDTH: u32 = 1280;
const HEIGHT: u32 = 8000;
const SIGMA: f32 = 12.0;

/// Clicks as pages get them: most on a few hundred targets, some anywhere. The same ones every time.
fn points(count: u32) -> Vec<(f32, f32)> {
    let mut seed = 7u32;
    let mut next = move || {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (seed >> 8) as f32 / (1 << 24) as f32
    };
    let targets: Vec<(f32, f32)> = (0..300).map(|_| (next() * WIDTH as f32, next() * HEIGHT as f32)).collect();
    (0..count)
        .map(|_| {
            let (x, y) = targets[(next() * next() * targets.len() as f32) as usize];
            let (across, down) = (next() + next() + next() - 1.5, next() + next() + next() - 1.5);
            if next() < 0.1 {
                (next() * WIDTH as f32, next() * HEIGHT as f32)
            } else {
                (x + across * 80.0, y + down * 30.0)
            }
        })
        .collect()
}

/// A long page of text, pictures and links.
fn page() -> Vec<Block> {
    let block = |x, y, width, height, look| Block { rect: Rect::new(x, y, width, height), look, lifted: false };
    let mut blocks = vec![block(0, 0, 1280, 64, Look::Bar), block(0, 7800, 1280, 200, Look::Bar)];
    for row in 0..25 {
        let y = 100 + row * 300;
        blocks.push(block(96, y, 500, 40, Look::Heading { line_height: 36 }));
        blocks.push(block(96, y + 60, 640, 182, Look::Text));
        blocks.push(block(800, y, 384, 240, Look::Picture));
        blocks.push(block(96, y + 250, 160, 40, Look::Button));
    }
    blocks
}

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
