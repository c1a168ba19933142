//! Owns the projection: clicks of all widths onto the page at one width, through the elements they hit.
//! It does not know how densities are drawn.

use super::{
    error::HeatmapError,
    layout::PageLayout,
    rows::{Columns, Row},
};

/// Side of the squares that [`Projection::cells`] gathers clicks in, in CSS pixels.
pub const CELL: u32 = 4;

/// Clicks at nearly one place of one element, as `query::content` selects them.
#[derive(Debug, Clone, PartialEq)]
pub struct Spot<'a> {
    pub element: &'a str,
    /// The element stayed on the screen while the page scrolled.
    pub fixed: bool,
    /// Mean position in the element's box, from 0 to 1.
    pub fraction_x: f32,
    pub fraction_y: f32,
    /// Mean position across the document, from 0 to 1; across the viewport where fixed.
    pub share_x: f32,
    /// Mean position down the document, from 0 to 1; in CSS pixels of the viewport where fixed.
    pub down: f32,
    pub clicks: u64,
}

/// Clicks at one place of the page, in CSS pixels.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Point {
    pub x: f32,
    pub y: f32,
    pub clicks: u64,
}

/// The clicks of a page, placed on its layout.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Projection {
    pub points: Vec<Point>,
    /// Clicks placed by their element.
    pub anchored: u64,
    /// Clicks on elements that the layout does not have: placed by their share of the page, which is a guess.
    pub unanchored: u64,
    /// Clicks of every box of the layout, in its order.
    pub by_box: Vec<u64>,
}

/// Reads the answer to `query::content` for clicks.
pub fn read_spots(rows: &[Row]) -> Result<Vec<Spot<'_>>, HeatmapError> {
    rows.iter()
        .map(|row| {
            let columns = Columns::new("clicks", row);
            Ok(Spot {
                element: columns.text(0)?,
                fixed: columns.flag(1)?,
                fraction_x: columns.number(2)?,
                fraction_y: columns.number(3)?,
                share_x: columns.number(4)?,
                down: columns.number(5)?,
                clicks: columns.count(6)?,
            })
        })
        .collect()
}

impl Projection {
    /// Places every spot on the layout.
    ///
    /// An element that stood fixed for the visitor and does not in the layout, or the other way round, is no
    /// obstacle: only its own box counts. What stays on the screen is drawn on the first one.
    pub fn of(spots: &[Spot<'_>], layout: &PageLayout) -> Self {
        let mut projection = Self { by_box: vec![0; layout.boxes.len()], ..Self::default() };
        for spot in spots {
            let (x, y) = if let Some(at) = layout.find(spot.element) {
                let b = &layout.boxes[at];
                projection.anchored += spot.clicks;
                projection.by_box[at] += spot.clicks;
                (b.x + spot.fraction_x * b.width, b.y + spot.fraction_y * b.height)
            } else {
                projection.unanchored += spot.clicks;
                let down = if spot.fixed { spot.down } else { spot.down * layout.height as f32 };
                (spot.share_x * layout.width as f32, down)
            };
            projection.points.push(Point { x, y, clicks: spot.clicks });
        }
        projection
    }

    /// Returns the clicks gathered in squares of [`CELL`] pixels, as `[x, y, clicks]` from top to bottom; `x, y` is the
    /// mean place of the square's clicks. Clicks outside the page are left out.
    pub fn cells(&self, layout: &PageLayout) -> Vec<[u64; 3]> {
        let inside = |point: &&Point| {
            (0.0..layout.width as f32).contains(&point.x) && (0.0..layout.height as f32).contains(&point.y)
        };
        let square = |point: &Point| (point.y as u32 / CELL, point.x as u32 / CELL);
        let mut points: Vec<&Point> = self.points.iter().filter(inside).collect();
        points.sort_by_key(|point| square(point));
        points
            .chunk_by(|a, b| square(a) == square(b))
            .map(|group| {
                let clicks: u64 = group.iter().map(|point| point.clicks).sum();
                let mean = |part: fn(&Point) -> f32| {
                    let sum: f64 = group.iter().map(|point| f64::from(part(point)) * point.clicks as f64).sum();
                    (sum / clicks.max(1) as f64).round() as u64
                };
                [mean(|point| point.x), mean(|point| point.y), clicks]
            })
            .collect()
    }
}
