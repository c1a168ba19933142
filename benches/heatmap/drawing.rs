//! Owns our own side of the comparison: points in memory to the bytes of a PNG over a layout, with legend.
//! It prints nothing.

use std::{
    collections::HashMap,
    fs, io,
    time::{Duration, Instant},
};

use heatline::render::{
    Canvas, Field, Normalise, Palette, Scale,
    canvas::wireframe::{self, Block},
    encode,
    legend::{self, Legend},
    palette::Cover,
};

use crate::points::{HEIGHT, WIDTH};

const SIGMA: f32 = 12.0;
/// Side of the cells that clicks are gathered in, as the service asks ClickHouse for them.
const CELL: f32 = 8.0;
const VIEWS: u64 = 10_000;

/// A place and how many clicks are there.
pub type Spot = (f32, f32, f32);

/// What a run of one renderer gave.
#[derive(Debug, Clone, Copy)]
pub struct Measured {
    pub ms: f64,
    pub bytes: usize,
    pub peak_mib: f64,
}

/// Returns the clicks gathered in cells, in an order that does not depend on chance.
pub fn gathered(points: &[(f32, f32)]) -> Vec<Spot> {
    let mut cells: HashMap<(i32, i32), f32> = HashMap::new();
    for (x, y) in points {
        *cells.entry(((x / CELL).floor() as i32, (y / CELL).floor() as i32)).or_default() += 1.0;
    }
    let mut cells: Vec<_> = cells.into_iter().collect();
    cells.sort_unstable_by_key(|(cell, _)| *cell);
    let middle = |cell: i32| (cell as f32 + 0.5) * CELL;
    cells.into_iter().map(|((column, row), clicks)| (middle(column), middle(row), clicks)).collect()
}

/// Draws as often as told; the fastest counts. Memory is what one picture takes on top of what was there before.
pub fn measure(
    rounds: u32,
    page: &[Block],
    spots: &(impl Iterator<Item = Spot> + Clone),
) -> io::Result<(Measured, Vec<u8>)> {
    let before = memory("VmRSS:")?;
    // Makes the peak start anew.
    fs::write("/proc/self/clear_refs", "5")?;
    let mut png = draw(page, spots.clone());
    let peak_mib = memory("VmHWM:")? - before;
    let mut fastest = Duration::MAX;
    for _ in 0..rounds {
        let start = Instant::now();
        png = draw(page, spots.clone());
        fastest = fastest.min(start.elapsed());
    }
    Ok((Measured { ms: fastest.as_secs_f64() * 1000.0, bytes: png.len(), peak_mib }, png))
}

fn draw(page: &[Block], spots: impl Iterator<Item = Spot>) -> Vec<u8> {
    let mut canvas = Canvas::new(WIDTH, HEIGHT);
    wireframe::draw(&mut canvas, page, 1.0);
    let mut field = Field::new(WIDTH, HEIGHT, SIGMA);
    for (x, y, clicks) in spots {
        field.add(x, y, clicks);
    }
    field.blur();
    let scale = Scale::of(&field, Normalise::P99, VIEWS);
    field.draw(&scale, &mut canvas);
    let legend = Legend {
        title: "Clicks per 1\u{202f}000 views".to_owned(),
        ticks: vec![(0.0, "0".to_owned()), (1.0, "99".to_owned())],
        notes: vec!["within 17 px of a spot".to_owned(), "10\u{202f}000 views".to_owned()],
    };
    legend::draw(&mut canvas, &legend, 1.0);
    encode::png(canvas, &Palette::Heat.ramp(Cover::Density)).expect("writing to memory cannot fail")
}

/// Returns a value of `/proc/self/status`, MiB.
fn memory(name: &str) -> io::Result<f64> {
    let status = fs::read_to_string("/proc/self/status")?;
    let kib = status.lines().find_map(|line| line.strip_prefix(name)?.trim().strip_suffix(" kB")?.parse::<f64>().ok());
    kib.map(|kib| kib / 1024.0).ok_or_else(|| io::Error::other(format!("no {name} in /proc")))
}
