//! Owns the cutting of rings at the edges of the map: the meridian opposite the middle, and the parallels where the picture ends.
//! It does not know what a ring is of.

use super::topology::{Point, nearest};

/// The latitudes between which the picture lies. What is farther south is Antarctica, farther north is ice.
pub const SOUTH: f64 = -58.0;
pub const NORTH: f64 = 84.0;

/// An edge along the meridian of the cut is curved: a corner every so many degrees.
const STEP: f64 = 2.0;

/// Returns the parts of a ring that are on the map. The ring's longitudes go on beyond ±180°; its end is its beginning.
pub fn parts(ring: &[Point]) -> Vec<Vec<Point>> {
    let whole = around_pole(ring);
    let (mut west, mut east) = (f64::MAX, f64::MIN);
    for &(longitude, _) in &whole {
        west = west.min(longitude);
        east = east.max(longitude);
    }
    let mut parts = Vec::new();
    for turn in [-360.0, 0.0, 360.0] {
        if west + turn >= 180.0 || east + turn <= -180.0 {
            continue;
        }
        let mut part: Vec<Point> = whole.iter().map(|&(longitude, latitude)| (longitude + turn, latitude)).collect();
        // Sutherland and Hodgman: one straight edge after the other.
        for edge in [Edge::West, Edge::East, Edge::South, Edge::North] {
            part = cut(&part, edge);
        }
        if part.len() >= 3 {
            parts.push(curved(&part));
        }
    }
    parts
}

/// Closes a ring that goes round a pole, as that of Antarctica does, over the pole.
fn around_pole(ring: &[Point]) -> Vec<Point> {
    let (Some(&first), Some(&last)) = (ring.first(), ring.last()) else { return Vec::new() };
    let mut whole = ring.to_vec();
    if (last.0 - first.0).abs() > 180.0 {
        let pole = 90.0_f64.copysign(ring.iter().map(|point| point.1).sum());
        whole.push((last.0, pole));
        whole.push((first.0, pole));
    }
    whole
}

#[derive(Clone, Copy)]
enum Edge {
    West,
    East,
    South,
    North,
}

impl Edge {
    /// How far inside a point is; negative outside.
    fn inside(self, (longitude, latitude): Point) -> f64 {
        match self {
            Self::West => longitude + 180.0,
            Self::East => 180.0 - longitude,
            Self::South => latitude - SOUTH,
            Self::North => NORTH - latitude,
        }
    }
}

fn cut(ring: &[Point], edge: Edge) -> Vec<Point> {
    if ring.iter().all(|&point| edge.inside(point) >= 0.0) {
        return ring.to_vec();
    }
    let mut part = Vec::with_capacity(ring.len());
    let Some(mut before) = ring.last().copied() else { return part };
    for &point in ring {
        let (depth, depth_before) = (edge.inside(point), edge.inside(before));
        if (depth < 0.0) != (depth_before < 0.0) {
            let share = depth_before / (depth_before - depth);
            part.push((before.0 + (point.0 - before.0) * share, before.1 + (point.1 - before.1) * share));
        }
        if depth >= 0.0 {
            part.push(point);
        }
        before = point;
    }
    part
}

fn curved(ring: &[Point]) -> Vec<Point> {
    let mut curved = Vec::with_capacity(ring.len());
    let Some(mut before) = ring.last().copied() else { return curved };
    for &point in ring {
        let along_cut = before.0.abs() >= 180.0 && (before.0 - point.0).abs() < 1e-9;
        if along_cut {
            let steps = ((point.1 - before.1).abs() / STEP) as u32;
            curved.extend((1..=steps).map(|step| {
                let share = f64::from(step) / f64::from(steps + 1);
                (point.0, before.1 + (point.1 - before.1) * share)
            }));
        }
        curved.push(point);
        before = point;
    }
    curved
}

/// Returns the pieces of a line that are on the map. Its longitudes go on beyond ±180°.
pub fn pieces(line: &[Point]) -> Vec<Vec<Point>> {
    let mut pieces = Vec::new();
    let mut piece: Vec<Point> = Vec::new();
    for &(longitude, latitude) in line {
        let here = (nearest(longitude, 0.0), latitude);
        let is_on_map = (SOUTH..=NORTH).contains(&latitude);
        let jumps = piece.last().is_some_and(|before| (before.0 - here.0).abs() > 180.0);
        if !is_on_map || jumps {
            pieces.push(std::mem::take(&mut piece));
        }
        if is_on_map {
            piece.push(here);
        }
    }
    pieces.push(piece);
    pieces.retain(|piece| piece.len() >= 2);
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Twice the area on a plane of degrees.
    fn area(ring: &[Point]) -> f64 {
        let next = ring.iter().cycle().skip(1);
        ring.iter().zip(next).map(|(a, b)| a.0 * b.1 - b.0 * a.1).sum::<f64>().abs()
    }

    #[test]
    fn a_ring_over_the_cut_becomes_two() {
        let square = [(175.0, 0.0), (190.0, 0.0), (190.0, 10.0), (175.0, 10.0), (175.0, 0.0)];
        let parts = parts(&square);
        assert_eq!(parts.len(), 2);
        let mut areas: Vec<f64> = parts.iter().map(|part| area(part) / 2.0).collect();
        areas.sort_by(f64::total_cmp);
        assert!((areas[0] - 50.0).abs() < 1e-9 && (areas[1] - 100.0).abs() < 1e-9, "{areas:?}");
        assert!(parts.iter().flatten().all(|point| point.0.abs() <= 180.0));
        let edges = parts.iter().flatten().filter(|point| point.0.abs() >= 180.0).count();
        assert!(edges > 8, "the edge along the cut has corners to be curved: {edges}");
    }

    #[test]
    fn a_ring_round_the_pole_reaches_the_pole() {
        let ring: Vec<Point> = (0..=36).map(|step| (-180.0 + f64::from(step) * 10.0 + 5.0, 70.0)).collect();
        let parts = parts(&ring);
        let total: f64 = parts.iter().map(|part| area(part) / 2.0).sum();
        assert!((total - 360.0 * (NORTH - 70.0)).abs() < 1e-6, "{total}");
    }

    #[test]
    fn what_lies_beyond_the_picture_is_left_out() {
        assert!(parts(&[(0.0, -70.0), (10.0, -70.0), (10.0, -60.0), (0.0, -70.0)]).is_empty());
        assert!(parts(&[]).is_empty());
        let cut = parts(&[(0.0, -70.0), (10.0, -70.0), (10.0, -48.0), (0.0, -48.0), (0.0, -70.0)]);
        assert!((area(&cut[0]) / 2.0 - 100.0).abs() < 1e-9);
    }

    #[test]
    fn a_line_over_the_cut_is_cut() {
        let pieces = pieces(&[(170.0, 0.0), (179.0, 1.0), (181.0, 2.0), (190.0, 3.0), (200.0, -70.0)]);
        assert_eq!(pieces, [vec![(170.0, 0.0), (179.0, 1.0)], vec![(-179.0, 2.0), (-170.0, 3.0)]]);
    }
}
