//! Owns the question for a page's clicks or rests of the pointer, gathered as finely as a picture can show them.

use super::{Kind, Scope, Table, bind, condition, of_kind};
use crate::{
    heatmap::{layout::PageLayout, params::MapRequest},
    store::statement::Statement,
};

/// Most elements whose grid is adapted to their size; the largest ones come first.
const MOST_GRIDS: usize = 2_000;

/// Cells across an element unless its size asks for another number.
const USUAL_STEPS: u64 = 32;

/// Most cells across an element: a page of 30 000 pixels at the smallest radius.
const MOST_STEPS: f32 = 4096.0;

/// What tells the frames of a moving map apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Moments {
    /// Starts of stretches of time (s since the Unix epoch), and the frame that each belongs to.
    OfDay { starts: Vec<u64>, frames: Vec<u64> },
    /// Starts of stretches since the page was loaded (ms).
    SinceLoad { starts: Vec<u64> },
}

/// The clicks or rests, gathered in cells of every element: as fine as the picture can show, and no finer, so that the number
/// of rows depends on the page and not on the number of clicks. A cell tells the mean place of its clicks, and their number or the
/// milliseconds of rest; with `moments` first of all the frame.
///
/// Where the layout has all elements, their number and the place inside their boxes are all that is asked for, which the
/// projection `cells` knows. Else elements may have to be placed by their share of the page, which only the rows
/// know, and which is comparable only among screens that see the same page.
pub fn spots(request: &MapRequest, scope: &Scope, layout: &PageLayout, moments: Option<&Moments>) -> Statement {
    let table = if request.kind == Kind::Move { Table::Moves } else { Table::Clicks };
    let condition = condition(request, scope, table);
    let (of_kind, weight) = match table {
        Table::Moves => ("1".to_owned(), "sum(rest_ms)"),
        Table::Clicks | Table::Events | Table::Scrolls => (of_kind(request.kind), "count()"),
    };
    let (shares, screen) = if layout.is_complete() {
        ("toUInt8(0), toFloat32(0), toFloat32(0)", "")
    } else {
        ("fixed, toFloat32(sum(share_x) / count()), toFloat32(sum(down) / count())", ", fixed, screen")
    };
    let (frame, since) = match moments {
        None => ("toUInt8(0)", ""),
        // Hours before the first that is told apart are left out: they would count as that one.
        Some(Moments::OfDay { .. }) => (
            "toUInt8(transform(roundDown(toUnixTimestamp(at), {starts:Array(UInt32)}), {starts:Array(UInt32)}, {frames:Array(UInt8)}, 0))",
            "\n    AND toUnixTimestamp(at) >= arrayElement({starts:Array(UInt32)}, 1)",
        ),
        Some(Moments::SinceLoad { .. }) => {
            ("toUInt8(indexOf({starts:Array(UInt32)}, roundDown(since_load_ms, {starts:Array(UInt32)})) - 1)", "")
        }
    };
    let group = if moments.is_some() { "frame, " } else { "" };
    let sql = format!(
        "SELECT {frame} AS frame, state = 0 AS base, element_id, toFloat32(sum(fraction_x) / count() / 65535),
    toFloat32(sum(fraction_y) / count() / 65535), {shares}, toUInt64({weight})
FROM {}
WHERE {condition}
    AND {of_kind}{since}
GROUP BY {group}base, element_id{screen},
    intDiv(cell_x * transform(element_id, {{elements:Array(UInt64)}}, {{steps_x:Array(UInt64)}}, {USUAL_STEPS}), 65536) AS column,
    intDiv(cell_y * transform(element_id, {{elements:Array(UInt64)}}, {{steps_y:Array(UInt64)}}, {USUAL_STEPS}), 65536) AS row
ORDER BY {group}base, element_id{screen}, column, row",
        table.name(),
    );
    let grids = grids(request, layout);
    let statement = bind(Statement::new(sql), request, scope, table)
        .bind("elements", grids.elements)
        .bind("steps_x", grids.across)
        .bind("steps_y", grids.down);
    match moments {
        None => statement,
        Some(Moments::OfDay { starts, frames }) => {
            statement.bind("starts", starts.clone()).bind("frames", frames.clone())
        }
        Some(Moments::SinceLoad { starts }) => statement.bind("starts", starts.clone()),
    }
}

/// The number of cells across and down, of the elements of the layout.
#[derive(Default)]
struct Grids {
    elements: Vec<u64>,
    across: Vec<u64>,
    down: Vec<u64>,
}

/// Cells are half a radius wide, one standard deviation of the spot: laid out in this distance, spots add up to a
/// surface that is even to one part in 10⁸.
fn grids(request: &MapRequest, layout: &PageLayout) -> Grids {
    let cell = request.radius as f32 / 2.0;
    let steps = |side: f32| (side / cell).ceil().clamp(1.0, MOST_STEPS) as u64;
    let mut large: Vec<_> = layout.with_ids().collect();
    large.sort_by(|(a_id, a), (b_id, b)| (b.width * b.height).total_cmp(&(a.width * a.height)).then(a_id.cmp(b_id)));
    large.truncate(MOST_GRIDS);
    let mut grids = Grids::default();
    for (id, b) in large {
        grids.elements.push(id);
        grids.across.push(steps(b.width));
        grids.down.push(steps(b.height));
    }
    // TRICKY: `transform` refuses empty arrays. No element has the number 0 but by a chance of 1 to 10¹⁹.
    if grids.elements.is_empty() {
        grids = Grids { elements: vec![0], across: vec![USUAL_STEPS], down: vec![USUAL_STEPS] };
    }
    grids
}
