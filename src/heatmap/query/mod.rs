//! Owns the SQL of heat maps: what is selected, in which columns. Values are server-side parameters only.
//! It neither runs a statement nor reads its rows; readers name the same columns in the same order.

mod clicks;
mod pages;

use super::{
    layout::PageLayout,
    params::{Kind, MapRequest},
};
use crate::{model::SiteId, store::statement::Statement};

pub use pages::pages;

/// Most layout samples that a page is put together from, complete ones and dialogs each.
const MOST_SAMPLES: u32 = 32;

/// The rows that a question is about: one site, whole local days and, within them, a span of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scope {
    pub site_id: SiteId,
    /// First and last local day of the site, both included, in days since the Unix epoch.
    pub from_day: u16,
    pub to_day: u16,
    /// From this moment on, in milliseconds since the Unix epoch.
    pub from_ms: i64,
    /// Up to this moment, not included.
    pub to_ms: i64,
}

/// What is asked first, all at once. What is asked then depends on the layout: see [`content`].
#[derive(Debug, Clone, PartialEq)]
pub struct Statements {
    /// [`super::layout::read_samples`] reads it.
    pub layouts: Statement,
    /// One row, one column: the number of pageviews.
    pub views: Statement,
    /// [`super::layout::PageSize::read`] reads it.
    pub sizes: Statement,
}

const IN_SCOPE: &str = "site_id = {site_id:UInt32}
    AND day BETWEEN toDate({from_day:UInt16}) AND toDate({to_day:UInt16})
    AND at >= fromUnixTimestamp64Milli({from_ms:Int64}, 'UTC') AND at < fromUnixTimestamp64Milli({to_ms:Int64}, 'UTC')";

/// How near a viewport is to the asked width: 0 means practically equal, 3 another layout.
const NEARNESS: &str = "multiIf(
        abs(toInt32(viewport_width) - {width:Int32}) * 40 <= {width:Int32}, 0,
        abs(toInt32(viewport_width) - {width:Int32}) * 10 <= {width:Int32}, 1,
        abs(toInt32(viewport_width) - {width:Int32}) * 4 <= {width:Int32}, 2, 3)";

/// Returns what is asked first for a map.
pub fn statements(request: &MapRequest, scope: &Scope) -> Statements {
    Statements { layouts: layouts(request, scope), views: views(request, scope), sizes: sizes(request, scope) }
}

/// Returns what is asked when the layout is known: the clicks, or how far was scrolled.
pub fn content(request: &MapRequest, scope: &Scope, layout: &PageLayout) -> Statement {
    match request.kind {
        Kind::Click => clicks::clicks(request, scope, layout),
        Kind::Scroll => reach(request, scope),
    }
}

/// The recent samples whose viewport is near the asked width. Nearer ones first, but what differs by a scroll bar
/// counts as equal, for the newer layout is the truer one. Not bound to the range: today's page is drawn.
fn layouts(request: &MapRequest, scope: &Scope) -> Statement {
    let sql = format!(
        "SELECT viewport_width, viewport_height, document_width, document_height, complete,
    boxes.element, boxes.tag, boxes.role, boxes.x, boxes.y, boxes.width, boxes.height, boxes.flags
FROM layouts
WHERE site_id = {{site_id:UInt32}} AND pathname = {{path:String}}
ORDER BY {NEARNESS} AS nearness, if(nearness = 3, abs(toInt32(viewport_width) - {{width:Int32}}), 0), at DESC, view_id
LIMIT {MOST_SAMPLES} BY complete"
    );
    Statement::new(sql)
        .bind("site_id", scope.site_id.get())
        .bind("path", request.path.as_str())
        .bind("width", i64::from(request.width))
}

fn views(request: &MapRequest, scope: &Scope) -> Statement {
    let condition = condition(request);
    let sql = format!("SELECT count() FROM events WHERE {condition} AND kind = 'pageview'");
    bind(Statement::new(sql), request, scope)
}

/// Page height and viewport height, of the views that are nearest to the asked width.
fn sizes(request: &MapRequest, scope: &Scope) -> Statement {
    let condition = condition(request);
    let sql = format!(
        "SELECT quantileExact(document_height), quantileExact(viewport_height)
FROM (
    SELECT viewport_width, viewport_height, document_height FROM clicks WHERE {condition}
    UNION ALL
    SELECT viewport_width, viewport_height, document_height FROM scrolls WHERE {condition}
)
GROUP BY {NEARNESS} AS nearness ORDER BY nearness LIMIT 1"
    );
    bind(Statement::new(sql), request, scope).bind("width", i64::from(request.width))
}

/// Of every view the hundredth of the page that it reached, counted.
fn reach(request: &MapRequest, scope: &Scope) -> Statement {
    let condition = condition(request);
    let sql = format!(
        "SELECT reached, count()
FROM (
    SELECT toUInt8(least(100, ceil(100 * max(depth_px) / greatest(max(document_height), 1)))) AS reached
    FROM scrolls WHERE {condition}
    GROUP BY view_id
)
GROUP BY reached ORDER BY reached"
    );
    bind(Statement::new(sql), request, scope)
}

/// The rows of the page that the request asks for.
fn condition(request: &MapRequest) -> String {
    let mut condition = format!("{IN_SCOPE}\n    AND pathname = {{path:String}}");
    if request.widths.is_some() {
        condition.push_str("\n    AND viewport_width BETWEEN {narrowest:UInt16} AND {widest:UInt16}");
    }
    if request.device.is_some() {
        condition.push_str("\n    AND device = {device:String}");
    }
    condition
}

fn bind(statement: Statement, request: &MapRequest, scope: &Scope) -> Statement {
    let mut statement = bind_scope(statement, scope).bind("path", request.path.as_str());
    if let Some(widths) = &request.widths {
        statement = statement.bind("narrowest", *widths.start()).bind("widest", *widths.end());
    }
    if let Some(device) = request.device {
        statement = statement.bind("device", device.as_str());
    }
    statement
}

fn bind_scope(statement: Statement, scope: &Scope) -> Statement {
    statement
        .bind("site_id", scope.site_id.get())
        .bind("from_day", scope.from_day)
        .bind("to_day", scope.to_day)
        .bind("from_ms", scope.from_ms)
        .bind("to_ms", scope.to_ms)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::{
        heatmap::{
            fixture::{a_page, a_request},
            layout::PageSize,
        },
        model::Device,
        store::statement::Param,
    };

    const SCOPE: Scope = Scope {
        site_id: SiteId::new(7),
        from_day: 20_000,
        to_day: 20_029,
        from_ms: 1_728_000_000_000,
        to_ms: 1_730_592_000_000,
    };

    /// The names between `{` and `:` in the text.
    fn asked(sql: &str) -> BTreeSet<&str> {
        sql.split('{').skip(1).filter_map(|rest| rest.split_once(':')).map(|(name, _)| name).collect()
    }

    fn all(request: &MapRequest) -> Vec<Statement> {
        let layout = PageLayout::merge(&[a_page()], PageSize::default(), request.width);
        let Statements { layouts, views, sizes } = statements(request, &SCOPE);
        vec![layouts, views, sizes, content(request, &SCOPE, &layout), pages(&SCOPE)]
    }

    #[test]
    fn binds_every_parameter_it_names_and_no_other() {
        let plain = a_request();
        let narrow = MapRequest { widths: Some(320..=480), device: Some(Device::Mobile), ..a_request() };
        for request in [plain.clone(), narrow.clone(), MapRequest { kind: Kind::Scroll, ..plain }, narrow] {
            for statement in all(&request) {
                let bound: BTreeSet<&str> = statement.params.iter().map(|(name, _)| name.as_str()).collect();
                assert_eq!(asked(&statement.sql), bound, "{}", statement.sql);
            }
        }
    }

    #[test]
    fn never_puts_a_value_into_the_text() {
        let path = crate::model::Pathname::parse("/'; DROP TABLE clicks --").unwrap();
        for statement in all(&MapRequest { path, device: Some(Device::Tablet), ..a_request() }) {
            assert!(!statement.sql.contains("DROP") && !statement.sql.contains("tablet"), "{}", statement.sql);
        }
    }

    #[test]
    fn asks_for_cells_as_fine_as_the_picture_and_no_finer() {
        let layout = PageLayout::merge(&[a_page()], PageSize::default(), 1280);
        let statement = content(&a_request(), &SCOPE, &layout);
        let param =
            |name: &str| statement.params.iter().find(|(n, _)| n == name).map(|(_, value)| value.clone()).unwrap();
        let (Param::TextList(elements), Param::U64List(across), Param::U64List(down)) =
            (param("elements"), param("steps_x"), param("steps_y"))
        else {
            panic!("lists are asked for");
        };
        // A standard deviation of 12 px: the body of 1280×2960 px in 107×247 cells.
        assert_eq!((elements[0].as_str(), across[0], down[0]), ("body", 107, 247));
        assert!(!elements.contains(&"a#buy".to_owned()), "small elements have the usual grid");
        assert!(elements.len() == across.len() && across.len() == down.len());
    }
}
