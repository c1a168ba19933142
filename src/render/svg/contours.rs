//! Owns the outlines of a density: closed lines around everything that is at least so hot, with as few corners as look the
//! same. It knows neither colours nor files.

use crate::render::field::LevelGrid;

/// A closed line, in pixels of the picture.
pub type Ring = Vec<(f32, f32)>;

/// Marks an edge that no outline crosses.
const NOWHERE: u32 = u32::MAX;

/// The edges of a square of four grid points, each owned by the point at its left or upper end.
#[derive(Clone, Copy)]
enum Side {
    Top,
    Right,
    Bottom,
    Left,
}

/// Returns the lines around all places of at least `level`, within `tolerance` pixels.
pub fn rings(grid: &LevelGrid, level: f32, tolerance: f32) -> Vec<Ring> {
    let mut next = crossings(grid, level);
    let mut rings = Vec::new();
    for start in 0..next.len() {
        let mut ring = Vec::new();
        let mut edge = start;
        // Every crossing has one before and one after it, so that a line ends where it began.
        while next[edge] != NOWHERE {
            ring.push(crossing(grid, level, edge));
            edge = std::mem::replace(&mut next[edge], NOWHERE) as usize;
        }
        let ring = simplified(&ring, tolerance);
        if ring.len() >= 3 {
            rings.push(ring);
        }
    }
    rings
}

/// Returns for every edge that an outline crosses the one it crosses next, with the hot side to its right
/// (marching squares). Edges have twice the number of their point, those that go down one more.
fn crossings(grid: &LevelGrid, level: f32) -> Vec<u32> {
    let columns = grid.columns;
    let mut next = vec![NOWHERE; 2 * grid.values.len()];
    for row in 0..grid.rows.saturating_sub(1) {
        let upper = &grid.values[row * columns..][..columns];
        let lower = &grid.values[(row + 1) * columns..][..columns];
        if upper.iter().chain(lower).all(|&value| value < level) {
            continue;
        }
        for (column, (above, below)) in upper.windows(2).zip(lower.windows(2)).enumerate() {
            let point = row * columns + column;
            let edge = |side: Side| match side {
                Side::Top => 2 * point,
                Side::Left => 2 * point + 1,
                Side::Right => 2 * (point + 1) + 1,
                Side::Bottom => 2 * (point + columns),
            };
            let mut join = |from: Side, to: Side| next[edge(from)] = edge(to) as u32;
            let hot = [above[0], above[1], below[1], below[0]].map(|value| value >= level);
            let middle_is_hot = || above[0] + above[1] + below[1] + below[0] >= 4.0 * level;
            match hot {
                [false, false, false, false] | [true, true, true, true] => {}
                [false, false, false, true] => join(Side::Left, Side::Bottom),
                [false, false, true, false] => join(Side::Bottom, Side::Right),
                [false, true, false, false] => join(Side::Right, Side::Top),
                [true, false, false, false] => join(Side::Top, Side::Left),
                [false, false, true, true] => join(Side::Left, Side::Right),
                [false, true, true, false] => join(Side::Bottom, Side::Top),
                [true, true, false, false] => join(Side::Right, Side::Left),
                [true, false, false, true] => join(Side::Top, Side::Bottom),
                [false, true, true, true] => join(Side::Left, Side::Top),
                [true, false, true, true] => join(Side::Top, Side::Right),
                [true, true, false, true] => join(Side::Right, Side::Bottom),
                [true, true, true, false] => join(Side::Bottom, Side::Left),
                [false, true, false, true] if middle_is_hot() => {
                    join(Side::Left, Side::Top);
                    join(Side::Right, Side::Bottom);
                }
                [false, true, false, true] => {
                    join(Side::Left, Side::Bottom);
                    join(Side::Right, Side::Top);
                }
                [true, false, true, false] if middle_is_hot() => {
                    join(Side::Top, Side::Right);
                    join(Side::Bottom, Side::Left);
                }
                [true, false, true, false] => {
                    join(Side::Top, Side::Left);
                    join(Side::Bottom, Side::Right);
                }
            }
        }
    }
    next
}

/// Returns where the outline crosses an edge.
fn crossing(grid: &LevelGrid, level: f32, edge: usize) -> (f32, f32) {
    let (point, goes_down) = (edge / 2, edge % 2 == 1);
    let end = if goes_down { point + grid.columns } else { point + 1 };
    let (from, to) = (grid.values[point], grid.values[end]);
    let part = (level - from) / (to - from);
    let (x, y) = grid.place(point);
    let along = part * grid.cell as f32;
    if goes_down { (x, y + along) } else { (x + along, y) }
}

/// Returns the corners that are needed for no point to lie farther than `tolerance` from the line (Douglas and Peucker);
/// none where all of it is that small.
fn simplified(ring: &[(f32, f32)], tolerance: f32) -> Ring {
    let Some(&first) = ring.first() else { return Vec::new() };
    let far = |&(x, y): &(f32, f32)| (x - first.0) * (x - first.0) + (y - first.1) * (y - first.1);
    let opposite = (0..ring.len()).max_by(|&a, &b| far(&ring[a]).total_cmp(&far(&ring[b]))).unwrap_or_default();
    let mut keep = vec![false; ring.len()];
    keep[0] = true;
    if far(&ring[opposite]) > tolerance * tolerance {
        keep[opposite] = true;
    }
    let mut parts = vec![(0, opposite), (opposite, ring.len())];
    while let Some((start, end)) = parts.pop() {
        let (from, to) = (ring[start], ring[end % ring.len()]);
        let farthest = (start + 1..end)
            .map(|at| (at, distance(ring[at], from, to)))
            .max_by(|a, b| a.1.total_cmp(&b.1))
            .filter(|(_, distance)| *distance > tolerance);
        if let Some((at, _)) = farthest {
            keep[at] = true;
            parts.extend([(start, at), (at, end)]);
        }
    }
    ring.iter().zip(keep).filter(|(_, keep)| *keep).map(|(&point, _)| point).collect()
}

/// Returns how far a point lies from the straight line between two others.
fn distance(point: (f32, f32), from: (f32, f32), to: (f32, f32)) -> f32 {
    let (along, across) = (to.0 - from.0, to.1 - from.1);
    let (x, y) = (point.0 - from.0, point.1 - from.1);
    let length = (along * along + across * across).sqrt();
    if length > 0.0 { (x * across - y * along).abs() / length } else { (x * x + y * y).sqrt() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::{Field, Normalise, Scale};

    fn grid(points: &[(f32, f32, f32)]) -> LevelGrid {
        let mut field = Field::new(400, 300, 12.0);
        for &(x, y, weight) in points {
            field.add(x, y, weight);
        }
        field.blur();
        let scale = Scale::of(&field, Normalise::Max, 1);
        field.into_levels(&scale)
    }

    fn area(ring: &Ring) -> f32 {
        let next = ring.iter().cycle().skip(1);
        ring.iter().zip(next).map(|(a, b)| a.0 * b.1 - b.0 * a.1).sum::<f32>() / 2.0
    }

    #[test]
    fn a_spot_has_one_round_outline_around_its_place() {
        let rings = rings(&grid(&[(150.0, 120.0, 500.0)]), 100.0, 0.4);
        let [ring] = &rings[..] else { panic!("{} outlines", rings.len()) };
        let far: Vec<f32> = ring.iter().map(|p| ((p.0 - 150.0).powi(2) + (p.1 - 120.0).powi(2)).sqrt()).collect();
        let (least, most) = (far.iter().copied().fold(f32::MAX, f32::min), far.iter().copied().fold(0.0, f32::max));
        assert!(most - least < 2.0 && least > 8.0, "{least} to {most}");
        assert!((8..60).contains(&ring.len()), "{} corners", ring.len());
    }

    #[test]
    fn a_hole_runs_the_other_way_around() {
        let around = (0..40u8).map(|at| {
            let angle = f32::from(at) / 40.0 * std::f32::consts::TAU;
            (200.0 + 90.0 * angle.cos(), 150.0 + 90.0 * angle.sin(), 100.0)
        });
        let rings = rings(&grid(&around.collect::<Vec<_>>()), 60.0, 0.4);
        let areas: Vec<f32> = rings.iter().map(area).collect();
        assert_eq!(areas.len(), 2, "{areas:?}");
        assert!(areas[0] > 0.0 && areas[1] < 0.0 && areas[0] > -areas[1], "{areas:?}");
    }

    #[test]
    fn what_reaches_beyond_the_picture_is_closed() {
        let rings = rings(&grid(&[(0.0, 0.0, 500.0), (400.0, 299.0, 500.0), (200.0, 0.0, 500.0)]), 20.0, 0.4);
        assert_eq!(rings.len(), 3);
        assert!(rings.iter().all(|ring| area(ring) > 100.0));
    }

    #[test]
    fn a_coarser_line_has_fewer_corners() {
        let grid = grid(&[(150.0, 120.0, 500.0), (180.0, 130.0, 300.0), (220.0, 160.0, 400.0)]);
        let corners = |tolerance| rings(&grid, 60.0, tolerance).iter().map(Vec::len).sum::<usize>();
        assert!(corners(0.2) > corners(1.0) && corners(1.0) > corners(4.0));
        assert_eq!(rings(&grid, 60.0, 500.0).len(), 0, "smaller than the tolerance");
    }
}
