//! Owns the projection: clicks of all widths onto the page at one width, through the elements they hit.
//! It does not know how densities are drawn.

use serde::Serialize;

use super::{
    layout::{PageLayout, PlacedBox},
    spot::Spot,
};

/// Side of the squares that [`Projection::cells`] gathers clicks in, in CSS pixels.
pub const CELL: u32 = 4;

/// Clicks at one place of the page, in CSS pixels.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Point {
    pub x: f32,
    pub y: f32,
    pub weight: u64,
    /// Place of the element in the layout, by which the point was placed.
    pub anchor: Option<usize>,
    /// Position in the element's box, from 0 to 1.
    pub fraction: (f32, f32),
}

impl Point {
    /// Places clicks in the box of their element, which stands at `at` in the layout; `fraction` goes from 0 to 1.
    pub fn in_box(b: &PlacedBox, at: usize, fraction: (f32, f32), weight: u64) -> Self {
        let (x, y) = (b.x + fraction.0 * b.width, b.y + fraction.1 * b.height);
        Self { x, y, weight, anchor: Some(at), fraction }
    }
}

/// A clicked element that the layout does not have.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Gone {
    pub element: String,
    pub clicks: u64,
}

/// The clicks of a page, placed on its layout. Weights are clicks, or milliseconds of rest.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Projection {
    pub points: Vec<Point>,
    /// Clicks placed by their element.
    pub anchored: u64,
    /// Clicks on elements that are not known: placed by their share of the page, which is a guess.
    pub unanchored: u64,
    /// Clicks of every box of the layout, in its order.
    pub by_box: Vec<u64>,
    /// Clicks on elements that are not on the page as it is now, at this width. They are drawn nowhere: any place would be
    /// a wrong one.
    pub gone_clicks: u64,
    /// Which elements those are, where it was asked for.
    pub gone: Vec<Gone>,
}

impl Projection {
    /// Places every spot on the layout.
    ///
    /// An element that stood fixed for the visitor and does not in the layout, or the other way round, is no
    /// obstacle: only its own box counts. What stays on the screen is drawn on the first one.
    pub fn of<'a>(spots: impl IntoIterator<Item = &'a Spot>, layout: &PageLayout) -> Self {
        let mut projection = Self { by_box: vec![0; layout.boxes.len()], ..Self::default() };
        for spot in spots {
            // What is seen in some state of the page only, as the menu of a small screen, was not there where nothing was open: there the
            // element stood somewhere else.
            let is_here = |at: &usize| !spot.base || layout.boxes[*at].state == 0;
            let (x, y) = match layout.find_id(spot.element_id) {
                Some(at) if !is_here(&at) => {
                    projection.gone_clicks += spot.weight;
                    continue;
                }
                Some(at) => {
                    projection.anchored += spot.weight;
                    projection.by_box[at] += spot.weight;
                    let fraction = (spot.fraction_x, spot.fraction_y);
                    projection.points.push(Point::in_box(&layout.boxes[at], at, fraction, spot.weight));
                    continue;
                }
                None if layout.is_complete() => {
                    projection.gone_clicks += spot.weight;
                    continue;
                }
                None => {
                    projection.unanchored += spot.weight;
                    let down = if spot.fixed { spot.down } else { spot.down * layout.height as f32 };
                    (spot.share_x * layout.width as f32, down)
                }
            };
            let fraction = (spot.fraction_x, spot.fraction_y);
            projection.points.push(Point { x, y, weight: spot.weight, anchor: None, fraction });
        }
        projection
    }

    /// Returns all clicks, drawn or not.
    pub fn total(&self) -> u64 {
        self.anchored + self.unanchored + self.gone_clicks
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
                let weight: u64 = group.iter().map(|point| point.weight).sum();
                let mean = |part: fn(&Point) -> f32| {
                    let sum: f64 = group.iter().map(|point| f64::from(part(point)) * point.weight as f64).sum();
                    (sum / weight.max(1) as f64).round() as u64
                };
                [mean(|point| point.x), mean(|point| point.y), weight]
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::heatmap::{
        fixture::{PageBuilder, a_layout, a_narrow_page, a_page, spot_on},
        layout::PageSize,
    };
    use crate::model::Layout;

    fn layout(width: u32) -> PageLayout {
        a_layout(&[a_page(), a_narrow_page()], width)
    }

    fn unmeasured() -> PageLayout {
        let size = PageSize { document_height: Some(2960), viewport_height: None };
        PageLayout::merge(&[], size, 1280)
    }

    #[test]
    fn clicks_of_all_widths_land_inside_their_element() {
        // A fraction is the same whatever width it was clicked at: that is the whole point.
        for width in [1280, 390] {
            let layout = layout(width);
            for element in ["a#buy", "a#tour", "img#hero", "button#join", "a#source", "button#send"] {
                let spots = [spot_on(element, (0.02, 0.98), 3), spot_on(element, (0.98, 0.02), 3)];
                let projection = Projection::of(&spots, &layout);
                let b = &layout.boxes[layout.find(element).unwrap()];
                assert_eq!(projection.points.len(), 2);
                for point in projection.points {
                    assert!(b.x <= point.x && point.x <= b.x + b.width, "{element} at {width}: {point:?} in {b:?}");
                    assert!(b.y <= point.y && point.y <= b.y + b.height, "{element} at {width}: {point:?} in {b:?}");
                }
            }
        }
    }

    #[test]
    fn an_element_that_is_gone_is_counted_and_drawn_nowhere() {
        let layout = layout(1280);
        let spots =
            [spot_on("a#buy", (0.5, 0.5), 3), spot_on("a#gone", (0.5, 0.5), 3), spot_on("a#older", (0.1, 0.5), 4)];
        let projection = Projection::of(&spots, &layout);
        assert_eq!((projection.anchored, projection.unanchored, projection.gone_clicks), (3, 0, 7));
        assert_eq!((projection.total(), projection.points.len()), (10, 1));
        assert_eq!(projection.by_box[layout.find("a#buy").unwrap()], 3);
    }

    #[test]
    fn what_only_a_menu_shows_here_has_the_clicks_in_the_menu() {
        let menu =
            Layout { state: 7, ..PageBuilder::new(1280, 844).partial().with("a#nav", [0, 60, 1280, 40]).build() };
        let layout = a_layout(&[a_page(), menu], 1280);
        let on_the_page = spot_on("a#nav", (0.5, 0.5), 3);
        let in_the_menu = Spot { base: false, weight: 2, ..on_the_page };
        let projection = Projection::of(&[on_the_page, in_the_menu], &layout);
        assert_eq!((projection.anchored, projection.gone_clicks), (2, 3));
        assert_eq!((projection.points[0].x, projection.points[0].y), (640.0, 80.0));
    }

    #[test]
    fn where_the_page_was_never_measured_clicks_keep_their_share_of_it() {
        let layout = unmeasured();
        let on_page = Projection::of(&[spot_on("a#buy", (0.5, 0.5), 3)], &layout);
        assert_eq!((on_page.points[0].x, on_page.points[0].y, on_page.unanchored), (640.0, 1480.0, 3));
        let on_screen = Spot { fixed: true, down: 700.0, ..spot_on("a#buy", (0.5, 0.5), 3) };
        let on_screen = Projection::of(&[on_screen], &layout).points[0];
        assert_eq!((on_screen.x, on_screen.y), (640.0, 700.0));
    }

    #[test]
    fn gathers_cells_at_the_mean_place_of_their_clicks() {
        let layout = layout(1280);
        let at = |x, y, weight| Point { x, y, weight, anchor: None, fraction: (0.0, 0.0) };
        let points =
            vec![at(8.0, 8.0, 1), at(500.0, 20.0, 7), at(11.0, 10.0, 3), at(-5.0, 3.0, 1), at(5.0, 99_999.0, 1)];
        let projection = Projection { points, ..Projection::default() };
        assert_eq!(projection.cells(&layout), [[10, 10, 4], [500, 20, 7]]);
    }
}
