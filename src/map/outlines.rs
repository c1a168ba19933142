//! Owns the outlines of land, countries and borders for a size of picture: as few corners as look the same. It does not colour them.
//!
//! Lines are thinned before rings are put together, so that neighbours still share their border to the point.

use std::{
    cmp::Reverse,
    collections::{BinaryHeap, HashMap},
    sync::{Arc, LazyLock, OnceLock},
};

use super::{
    clip, country,
    projection::{self, HALF_WIDTH},
    topology::{Point, Polygon, Topology, Walk, nearest},
};

/// Widths of pictures that have outlines of their own; a picture has those of the next one.
const WIDTHS: [u32; 4] = [400, 800, 1400, 2000];
/// A corner is left out where the triangle that it makes has fewer square pixels.
const CORNER_PIXELS: f64 = 0.35;
/// An island is left out below so many square pixels.
const ISLAND_PIXELS: f64 = 0.6;

/// A country below so many square pixels gets a disc, for nobody would see its colour.
const TINY_PIXELS: f64 = 12.0;

/// The outlines for one width of pictures.
pub struct Outlines {
    /// Closed rings; holes among them, so that they are to be filled by the even-odd rule.
    pub land: Vec<Vec<Point>>,
    /// Lines between countries.
    pub borders: Vec<Vec<Point>>,
    /// Rings of each country, by its code.
    pub countries: HashMap<&'static str, Vec<Vec<Point>>>,
    /// Whether a country is too small for its colour to be seen, by its code.
    pub tiny: HashMap<&'static str, bool>,
}

static TOPOLOGY: LazyLock<Topology> = LazyLock::new(Topology::read);

/// Returns the outlines for pictures of a width. They are made once.
pub fn of_width(width: u32) -> Arc<Outlines> {
    static MADE: [OnceLock<Arc<Outlines>>; WIDTHS.len()] = [const { OnceLock::new() }; WIDTHS.len()];
    let class = WIDTHS.iter().position(|&upper| width <= upper).unwrap_or(WIDTHS.len() - 1);
    Arc::clone(MADE[class].get_or_init(|| Arc::new(Outlines::new(&TOPOLOGY, f64::from(WIDTHS[class])))))
}

impl Outlines {
    fn new(world: &Topology, width: f64) -> Self {
        let scale = width / (2.0 * HALF_WIDTH);
        let thin: Vec<Vec<Point>> = world.lines.iter().map(|line| thinned(line, scale)).collect();
        let rings = |polygons: &[Polygon]| -> Vec<Vec<Point>> {
            let whole = polygons.iter().flatten().map(|walks| ring(&thin, walks));
            whole.flat_map(|ring| clip::parts(&ring)).filter(|part| area(part, scale) >= ISLAND_PIXELS).collect()
        };
        let mut countries = HashMap::new();
        for country in country::all() {
            let rings = rings(&polygons_of(world, country));
            if !rings.is_empty() {
                countries.insert(country.code, rings);
            }
        }
        let is_tiny = |code| {
            let rings = countries.get(code).map_or(&[][..], Vec::as_slice);
            rings.iter().map(|ring| area(ring, scale)).sum::<f64>() < TINY_PIXELS
        };
        let tiny = country::all().iter().map(|country| (country.code, is_tiny(country.code))).collect();
        Self { land: rings(&world.land), borders: borders(world, &thin), countries, tiny }
    }
}

/// Returns the polygons of a country: those of its number, without the parts that are countries to geo databases.
fn polygons_of(world: &Topology, country: &country::Country) -> Vec<Polygon> {
    let part = country::PARTS.iter().find(|part| part.code == country.code);
    let number = part.map_or(country.number, |part| part.of);
    let is_it = |shape: &&super::topology::Shape| match country.code {
        // The outlines have no number for it.
        "XK" => shape.name == "Kosovo",
        _ => !number.is_empty() && shape.id == number,
    };
    let polygons = world.countries.iter().filter(is_it).flat_map(|shape| &shape.polygons);
    let lies_in = |polygon: &Polygon, part: &country::Part| {
        let start =
            polygon.first().and_then(|walks| walks.first()).map(|&walk| world.lines[Topology::line_of(walk).0][0]);
        let [south, north, west, east] = part.within;
        start.is_some_and(|(longitude, latitude)| {
            let longitude = nearest(longitude + projection::CENTRAL_MERIDIAN, 0.0);
            (south..=north).contains(&latitude) && (west..=east).contains(&longitude)
        })
    };
    let wanted = |polygon: &&Polygon| match part {
        Some(part) => lies_in(polygon, part),
        None => !country::PARTS.iter().any(|part| part.of == number && lies_in(polygon, part)),
    };
    polygons.filter(wanted).cloned().collect()
}

/// Puts the lines of a ring together.
fn ring(lines: &[Vec<Point>], walks: &[Walk]) -> Vec<Point> {
    let mut ring: Vec<Point> = Vec::new();
    for &walk in walks {
        let (number, backwards) = Topology::line_of(walk);
        let line = &lines[number];
        let mut points: Vec<Point> = line.clone();
        if backwards {
            points.reverse();
        }
        let turn = match (ring.last(), points.first()) {
            (Some(before), Some(first)) => nearest(first.0, before.0) - first.0,
            _ => 0.0,
        };
        // The end of a line is the beginning of the next one.
        let skip = usize::from(!ring.is_empty());
        ring.extend(points.iter().skip(skip).map(|&(longitude, latitude)| (longitude + turn, latitude)));
    }
    ring
}

/// Returns the lines that two countries share, cut at the edges of the map.
fn borders(world: &Topology, lines: &[Vec<Point>]) -> Vec<Vec<Point>> {
    let mut uses = vec![0_u32; lines.len()];
    for walk in world.countries.iter().flat_map(|country| &country.polygons).flatten().flatten() {
        uses[Topology::line_of(*walk).0] += 1;
    }
    let shared = lines.iter().zip(uses).filter(|(_, uses)| *uses > 1);
    shared.flat_map(|(line, _)| clip::pieces(line)).collect()
}

/// Returns the area of a ring in square pixels.
fn area(ring: &[Point], scale: f64) -> f64 {
    let flat: Vec<(f64, f64)> =
        ring.iter().map(|&(longitude, latitude)| projection::project(longitude, latitude)).collect();
    let next = flat.iter().cycle().skip(1);
    let twice: f64 = flat.iter().zip(next).map(|(a, b)| a.0 * b.1 - b.0 * a.1).sum();
    twice.abs() / 2.0 * scale * scale
}

/// Returns a line without the corners that nobody would see (Visvalingam and Whyatt, "Line generalisation by repeated elimination
/// of points", 1993). Its ends stay; of a closed line so much stays that it remains a triangle.
fn thinned(line: &[Point], scale: f64) -> Vec<Point> {
    let flat: Vec<(f64, f64)> = line
        .iter()
        .map(|&(longitude, latitude)| projection::project(longitude, latitude))
        .map(|(x, y)| (x * scale, y * scale))
        .collect();
    let count = line.len();
    let is_closed = flat.first() == flat.last();
    let least = if is_closed { 4 } else { 2 };
    let triangle = |a: usize, b: usize, c: usize| {
        let ((ax, ay), (bx, by), (cx, cy)) = (flat[a], flat[b], flat[c]);
        ((bx - ax) * (cy - ay) - (cx - ax) * (by - ay)).abs() / 2.0
    };
    // Areas as bits: those of positive numbers sort as the numbers do.
    let mut queue: BinaryHeap<Reverse<(u64, usize)>> =
        (1..count.saturating_sub(1)).map(|at| Reverse((triangle(at - 1, at, at + 1).to_bits(), at))).collect();
    let mut before: Vec<usize> = (0..count).map(|at| at.saturating_sub(1)).collect();
    let mut after: Vec<usize> = (1..=count).collect();
    let mut current: Vec<u64> = vec![u64::MAX; count];
    for Reverse((bits, at)) in &queue {
        current[*at] = *bits;
    }
    let mut left = count;
    let mut is_gone = vec![false; count];
    while let Some(Reverse((bits, at))) = queue.pop() {
        if left <= least || f64::from_bits(bits) >= CORNER_PIXELS {
            break;
        }
        if is_gone[at] || current[at] != bits {
            continue;
        }
        is_gone[at] = true;
        left -= 1;
        let (west, east) = (before[at], after[at]);
        (after[west], before[east]) = (east, west);
        for neighbour in [west, east] {
            if neighbour > 0 && neighbour + 1 < count {
                // No smaller than what was just left out, so that what is seen goes last.
                let area = triangle(before[neighbour], neighbour, after[neighbour]).to_bits().max(bits);
                current[neighbour] = area;
                queue.push(Reverse((area, neighbour)));
            }
        }
    }
    line.iter().zip(is_gone).filter(|(_, is_gone)| !is_gone).map(|(point, _)| *point).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_country_with_an_outline_has_rings_or_is_tiny() {
        let outlines = of_width(2000);
        for code in ["BG", "US", "RU", "FJ", "FR", "GF", "RE", "XK", "NO", "SJ", "LU"] {
            assert!(outlines.countries.contains_key(code), "{code}");
        }
        assert!(outlines.tiny["MC"] && outlines.tiny["GI"] && !outlines.tiny["BG"]);
        let all: Vec<&Point> = outlines.countries.values().chain([&outlines.land]).flatten().flatten().collect();
        assert!(
            all.iter().all(|point| point.0.abs() <= 180.0 + 1e-9 && (clip::SOUTH..=clip::NORTH).contains(&point.1))
        );
    }

    #[test]
    fn nothing_spans_the_whole_map() {
        // What a forgotten cut looks like: a stripe from one edge to the other.
        for ring in &of_width(2000).land {
            let longest = ring.windows(2).map(|pair| (pair[0].0 - pair[1].0).abs()).fold(0.0, f64::max);
            assert!(longest < 40.0, "{longest}");
        }
    }

    #[test]
    fn small_pictures_have_fewer_corners() {
        let corners = |width| of_width(width).land.iter().map(Vec::len).sum::<usize>();
        let (small, large) = (corners(300), corners(2000));
        assert!(small * 2 < large, "{small} {large}");
        assert!(small > 1000, "{small}");
    }

    #[test]
    fn countries_keep_their_size() {
        // Equal Earth: what is drawn of a country has the share of the picture that it has of the earth, 510 million km².
        let outlines = of_width(2000);
        let scale = 1.0;
        let whole = 4.0 * std::f64::consts::PI;
        for (code, km2) in
            [("BR", 8.51e6), ("AU", 7.69e6), ("IN", 3.29e6), ("FR", 0.544e6), ("GL", 2.17e6), ("BG", 0.111e6)]
        {
            let drawn: f64 = outlines.countries[code].iter().map(|ring| area(ring, scale)).sum();
            let expected = km2 / 510.1e6 * whole;
            assert!((drawn / expected - 1.0).abs() < 0.05, "{code}: {drawn} of {expected}");
        }
    }
}
