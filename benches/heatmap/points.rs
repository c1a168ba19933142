//! Owns what the drawing benches draw: clicks as pages get them, and a page. The same ones every time.

use heatline::render::{
    Rect,
    canvas::wireframe::{Block, Look},
};

pub const WIDTH: u32 = 1280;
pub const HEIGHT: u32 = 8000;

/// Returns clicks: most on a few hundred targets, a tenth anywhere.
pub fn points(count: u32) -> Vec<(f32, f32)> {
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

/// Returns a long page of text, pictures and links.
pub fn page() -> Vec<Block> {
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
