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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::heatmap::{
        fixture::{a_narrow_page, a_page},
        layout::PageSize,
    };

    fn spot(element: &str, fraction_x: f32, fraction_y: f32) -> Spot<'_> {
        Spot { element, fixed: false, fraction_x, fraction_y, share_x: 0.25, down: 0.5, clicks: 3 }
    }

    fn layout(width: u32) -> PageLayout {
        PageLayout::merge(&[a_page(), a_narrow_page()], PageSize::default(), width)
    }

    #[test]
    fn clicks_of_all_widths_land_inside_their_element() {
        // A fraction is the same whatever width it was clicked at: that is the whole point.
        for width in [1280, 390] {
            let layout = layout(width);
            for element in ["a#buy", "a#tour", "img#hero", "button#join", "a#source", "button#send"] {
                let projection = Projection::of(&[spot(element, 0.02, 0.98), spot(element, 0.98, 0.02)], &layout);
                let b = &layout.boxes[layout.find(element).unwrap()];
                for point in projection.points {
                    assert!(b.x <= point.x && point.x <= b.x + b.width, "{element} at {width}: {point:?} in {b:?}");
                    assert!(b.y <= point.y && point.y <= b.y + b.height, "{element} at {width}: {point:?} in {b:?}");
                }
            }
        }
    }

    #[test]
    fn counts_clicks_by_how_they_were_placed() {
        let layout = layout(1280);
        let projection = Projection::of(&[spot("a#buy", 0.5, 0.5), spot("a#gone", 0.5, 0.5)], &layout);
        assert_eq!((projection.anchored, projection.unanchored), (3, 3));
        assert_eq!(projection.by_box[layout.find("a#buy").unwrap()], 3);
        assert_eq!(projection.by_box.iter().sum::<u64>(), 3);
    }

    #[test]
    fn unknown_elements_keep_their_share_of_the_page() {
        let layout = layout(1280);
        let on_page = Projection::of(&[spot("a#gone", 0.5, 0.5)], &layout).points[0];
        assert_eq!((on_page.x, on_page.y), (320.0, 1480.0));
        let on_screen = Spot { fixed: true, down: 700.0, ..spot("a#gone", 0.5, 0.5) };
        let on_screen = Projection::of(&[on_screen], &layout).points[0];
        assert_eq!((on_screen.x, on_screen.y), (320.0, 700.0));
    }

    #[test]
    fn gathers_cells_at_the_mean_place_of_their_clicks() {
        let layout = layout(1280);
        let at = |x, y, clicks| Point { x, y, clicks };
        let points =
            vec![at(8.0, 8.0, 1), at(500.0, 20.0, 7), at(11.0, 10.0, 3), at(-5.0, 3.0, 1), at(5.0, 99_999.0, 1)];
        let projection = Projection { points, ..Projection::default() };
        assert_eq!(projection.cells(&layout), [[10, 10, 4], [500, 20, 7]]);
    }
}
