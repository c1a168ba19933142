//! Owns the questions for where elements stood: samples, their versions, and the size of the page.

use super::{SCREEN, Scope, Table, bind, bind_pages, condition, of_pages};
use crate::{
    heatmap::params::{MapRequest, PageState},
    model::LayoutFlags,
    store::statement::Statement,
};

/// Most layout samples that a page is put together from, complete ones and those of each state.
const MOST_SAMPLES: u32 = 32;

/// Most samples of each state of the page.
const MOST_SAMPLES_OF_A_STATE: u32 = 4;

/// Most states whose elements are known.
const MOST_STATES: u32 = 24;

/// Samples that tell where elements stand in a class of width.
const SAMPLES_OF_A_CLASS: u32 = 5;

/// Days that are looked back on for versions of the layout.
const MOST_VERSION_DAYS: u32 = 400;

/// Rows that are enough to know the usual size of a page.
const MOST_SIZES: u32 = 100_000;

/// How near a viewport is to the asked width: 0 means practically equal, 3 another layout.
const NEARNESS: &str = "multiIf(
        abs(toInt32(viewport_width) - {width:Int32}) * 40 <= {width:Int32}, 0,
        abs(toInt32(viewport_width) - {width:Int32}) * 10 <= {width:Int32}, 1,
        abs(toInt32(viewport_width) - {width:Int32}) * 4 <= {width:Int32}, 2, 3)";

/// Samples up to the day whose layout is asked for; all where today's is.
fn up_to(request: &MapRequest) -> &'static str {
    if request.layout_on.is_some() { "\n    AND day <= toDate({layout_day:UInt16})" } else { "" }
}

fn bind_layout(statement: Statement, request: &MapRequest, scope: &Scope) -> Statement {
    let statement = bind_pages(statement.bind("site_id", scope.site_id.get()), &request.pages);
    match request.layout_on {
        Some(date) => statement.bind("layout_day", crate::reports::date_range::day_of_date(date).unwrap_or_default()),
        None => statement,
    }
}

/// The recent samples whose viewport is near the asked width. Nearer ones first, but what differs by a scroll bar
/// counts as equal, for the newer layout is the truer one. Not bound to the range: today's page is drawn.
///
/// TRICKY: samples that are not complete are of one state each (a dialog, a menu); of every state some are taken.
pub fn layouts(request: &MapRequest, scope: &Scope) -> Statement {
    let (pages, up_to) = (of_pages(&request.pages), up_to(request));
    let sql = format!(
        "SELECT viewport_width, viewport_height, document_width, document_height, complete,
    boxes.element, boxes.tag, boxes.role, boxes.x, boxes.y, boxes.width, boxes.height, boxes.flags, state,
    arrayMap(element -> cityHash64(element), boxes.element)
FROM (
    SELECT * FROM (
        SELECT *, {NEARNESS} AS nearness, if(nearness = 3, abs(toInt32(viewport_width) - {{width:Int32}}), 0) AS off
        FROM layouts
        WHERE site_id = {{site_id:UInt32}} AND {pages}{up_to}
        ORDER BY nearness, off, at DESC, view_id
        LIMIT {MOST_SAMPLES_OF_A_STATE} BY if(complete, view_id, 0), if(complete, 0, state)
    )
    ORDER BY complete DESC, nearness, off, at DESC, view_id
    LIMIT {} BY complete
)
ORDER BY complete DESC, nearness, off, at DESC, view_id",
        MOST_SAMPLES.max(MOST_SAMPLES_OF_A_STATE * MOST_STATES),
    );
    bind_layout(Statement::new(sql), request, scope).bind("width", i64::from(request.width))
}

/// Of every class of width, where the elements stood lately: element, upper edge and height, whether fixed; and the height of
/// the page. For the question which views had an element on screen.
pub fn class_layouts(request: &MapRequest, scope: &Scope) -> Statement {
    let (pages, up_to) = (of_pages(&request.pages), up_to(request));
    let sql = format!(
        "SELECT {SCREEN} AS class, document_height, boxes.element, boxes.y, boxes.height, boxes.flags
FROM layouts
WHERE site_id = {{site_id:UInt32}} AND {pages}{up_to} AND complete
ORDER BY class, at DESC, view_id
LIMIT {SAMPLES_OF_A_CLASS} BY class"
    );
    bind_layout(Statement::new(sql), request, scope)
}

/// Of every day with samples near the asked width, newest first: first and last moment (ms), number of samples, and of the last one
/// the height of the page and the hashes of the elements that make a page what it is.
pub fn versions(request: &MapRequest, scope: &Scope) -> Statement {
    let pages = of_pages(&request.pages);
    let telling = LayoutFlags::LANDMARK.bits() | LayoutFlags::INTERACTIVE.bits();
    let sql = format!(
        "SELECT toUnixTimestamp64Milli(min(at)), toUnixTimestamp64Milli(max(at)), count(),
    argMax(document_height, at), argMax(keys, at)
FROM (
    SELECT at, day, document_height,
        arraySort(arrayMap(part -> cityHash64(part.1), arrayFilter(part -> bitAnd(part.8, {telling}) != 0, boxes))) AS keys
    FROM layouts
    WHERE site_id = {{site_id:UInt32}} AND {pages} AND complete AND {NEARNESS} <= 1
)
GROUP BY day ORDER BY day DESC LIMIT {MOST_VERSION_DAYS}"
    );
    bind_pages(Statement::new(sql).bind("site_id", scope.site_id.get()), &request.pages)
        .bind("width", i64::from(request.width))
}

/// Page height, and the most frequent height of the viewport, of the views that are nearest to the asked width. Some clicks are enough, for pages that nobody
/// scrolls. Of all views: whosever clicks are drawn, the page under them stands on the screen that is usual at its width.
pub fn sizes(request: &MapRequest, scope: &Scope) -> Statement {
    let scope = &Scope { segment: None, ..scope.clone() };
    let request = &MapRequest { widths: None, device: None, state: PageState::Any, ..request.clone() };
    let (of_scrolls, of_clicks) = (condition(request, scope, Table::Scrolls), condition(request, scope, Table::Clicks));
    let sql = format!(
        "SELECT quantileExact(document_height),
    sumMap([viewport_height], [toUInt64(1)]) AS heights, heights.1[indexOf(heights.2, arrayMax(heights.2))]
FROM (
    SELECT viewport_width, viewport_height, document_height FROM scrolls WHERE {of_scrolls} LIMIT {MOST_SIZES}
    UNION ALL
    SELECT viewport_width, viewport_height, document_height FROM clicks WHERE {of_clicks} LIMIT {MOST_SIZES}
)
GROUP BY {NEARNESS} AS nearness ORDER BY nearness LIMIT 1"
    );
    bind(Statement::new(sql), request, scope, Table::Clicks).bind("width", i64::from(request.width))
}
