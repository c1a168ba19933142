//! Owns the question for a page's clicks, gathered as finely as a picture can show them.

use super::{Scope, bind, condition};
use crate::{
    heatmap::{layout::PageLayout, params::MapRequest},
    store::statement::Statement,
};

/// Most elements whose grid is adapted to their size; the largest ones come first.
const MOST_FINE_GRIDS: usize = 200;

/// Cells across an element unless its size asks for another number.
const USUAL_STEPS: u64 = 32;

/// Most cells across an element: a page of 30 000 pixels at the smallest radius.
const MOST_STEPS: f32 = 4096.0;

/// The clicks, gathered in cells of every element: as fine as the picture can show, and no finer, so that the number of
/// rows depends on the page and not on the number of clicks. A cell tells the mean place of its clicks.
///
/// The class of width is in the key for elements that are not in the layout: their page position is comparable only among
/// screens that see the same page.
pub(super) fn clicks(request: &MapRequest, scope: &Scope, layout: &PageLayout) -> Statement {
    let condition = condition(request);
    let sql = format!(
        "SELECT element, bitTest(flags, 0) AS fixed, avg(fraction_x) / 65535, avg(fraction_y) / 65535,
    avg(x / greatest(if(fixed, viewport_width, document_width), 1)),
    avg(if(fixed, y, y / greatest(document_height, 1))),
    count()
FROM clicks
WHERE {condition}
GROUP BY element, fixed,
    multiIf(viewport_width < 480, 0, viewport_width < 768, 1, viewport_width < 1024, 2, viewport_width < 1440, 3, 4) AS screen,
    intDiv(fraction_x * transform(element, {{elements:Array(String)}}, {{steps_x:Array(UInt64)}}, {USUAL_STEPS}), 65536) AS column,
    intDiv(fraction_y * transform(element, {{elements:Array(String)}}, {{steps_y:Array(UInt64)}}, {USUAL_STEPS}), 65536) AS row
ORDER BY element, fixed, screen, column, row"
    );
    let grid = fine_grids(request, layout);
    bind(Statement::new(sql), request, scope)
        .bind("elements", grid.elements)
        .bind("steps_x", grid.across)
        .bind("steps_y", grid.down)
}

/// The number of cells across and down, of the elements that need other than the usual number.
#[derive(Default)]
struct Grids {
    elements: Vec<String>,
    across: Vec<u64>,
    down: Vec<u64>,
}

/// Cells are half a radius wide, one standard deviation of the spot: laid out in this distance, spots add up to a
/// surface that is even to one part in 10⁸.
fn fine_grids(request: &MapRequest, layout: &PageLayout) -> Grids {
    let cell = request.radius as f32 / 2.0;
    let steps = |side: f32| (side / cell).ceil().clamp(1.0, MOST_STEPS) as u64;
    let mut large: Vec<_> = layout.boxes.iter().filter(|b| steps(b.width.max(b.height)) > USUAL_STEPS).collect();
    large.sort_by(|a, b| (b.width * b.height).total_cmp(&(a.width * a.height)).then(a.element.cmp(&b.element)));
    large.truncate(MOST_FINE_GRIDS);
    let mut grids = Grids::default();
    for b in large {
        grids.elements.push(b.element.clone());
        grids.across.push(steps(b.width));
        grids.down.push(steps(b.height));
    }
    // TRICKY: `transform` refuses empty arrays. No element has an empty key.
    if grids.elements.is_empty() {
        grids = Grids { elements: vec![String::new()], across: vec![USUAL_STEPS], down: vec![USUAL_STEPS] };
    }
    grids
}
