//! Owns the SQL of heat maps: what is selected, in which columns. Values are server-side parameters only.
//! It neither runs a statement nor reads its rows; readers name the same columns in the same order.
//!
//! A map of whole days that asks for no segment of visits and no span of widths is answered from the projections of the
//! tables (`migrations/clickhouse`), which are a fraction of the rows; everything else from the rows themselves.

mod elements;
mod exposure;
mod layouts;
mod pages;
mod spots;

use jiff::Timestamp;

use super::params::{Kind, MapRequest, PageState, Pages};
use crate::{
    model::{ClickFlags, Site, SiteId},
    reports::{Definitions, Query, QueryErrors, Range, filter::Filter, sql},
    store::statement::Statement,
};

pub use elements::{elements, states, visitors};
pub use exposure::{landmarks, reach, seen, stretches};
pub use layouts::{class_layouts, layouts, sizes, versions};
pub use pages::{PageSearch, pages};
pub use spots::{Moments, spots};

/// The rows that a question is about.
#[derive(Debug, Clone, PartialEq)]
pub struct Scope {
    pub site_id: SiteId,
    pub range: Range,
    /// The sessions that count, as [`crate::reports::sql::sessions`] asks for them; all where there is none.
    pub segment: Option<Statement>,
}

impl Scope {
    /// Returns the rows of a range of days, of the visits that meet the filters. Fails where these name a goal or a segment that
    /// the site has not got.
    pub fn of(
        site: &Site,
        range: Range,
        filters: &[Filter],
        definitions: &Definitions,
        now: Timestamp,
    ) -> Result<Self, QueryErrors> {
        if filters.is_empty() {
            return Ok(Self { site_id: site.id, range, segment: None });
        }
        let query = Query::of_segment(site, now, range, filters, definitions)?;
        Ok(Self { site_id: site.id, range, segment: Some(sql::sessions(&query, site.id)) })
    }
}

/// Which columns a table has to tell its rows apart by.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Table {
    Events,
    Clicks,
    Moves,
    Scrolls,
}

impl Table {
    const fn name(self) -> &'static str {
        match self {
            Self::Events => "events",
            Self::Clicks => "clicks",
            Self::Moves => "moves",
            Self::Scrolls => "scrolls",
        }
    }

    const fn has_state(self) -> bool {
        matches!(self, Self::Clicks | Self::Moves)
    }
}

/// The classes of width within which pages seldom change: [`screen_of`] in SQL. As the tables' own column has it.
pub(super) const SCREEN: &str =
    "multiIf(viewport_width < 480, 0, viewport_width < 768, 1, viewport_width < 1024, 2, viewport_width < 1440, 3, 4)";

/// Number of classes of width.
pub const SCREENS: usize = 5;

/// Returns the class of width that a viewport is in.
pub fn screen_of(width: u32) -> usize {
    [480, 768, 1024, 1440].into_iter().filter(|&edge| width >= edge).count()
}

/// Pageviews of the request's pages.
pub fn views(request: &MapRequest, scope: &Scope) -> Statement {
    let condition = condition(request, scope, Table::Events);
    let sql = format!("SELECT count() FROM events WHERE {condition} AND kind = 'pageview'");
    bind(Statement::new(sql), request, scope, Table::Events)
}

/// The rows that make a kind of click map. Rows that tell more of a click that was counted already are no clicks, but are
/// the only ones that say what became of it.
fn of_kind(kind: Kind) -> String {
    match flag_of(kind) {
        Some(flag) => format!("bitAnd(kind_flags, {}) != 0", flag.bits()),
        None => format!("bitAnd(kind_flags, {}) = 0", ClickFlags::FOLLOW_UP.bits()),
    }
}

const fn flag_of(kind: Kind) -> Option<ClickFlags> {
    match kind {
        Kind::Rage => Some(ClickFlags::RAGE),
        Kind::Dead => Some(ClickFlags::DEAD),
        Kind::Error => Some(ClickFlags::ERROR),
        Kind::Click | Kind::Move | Kind::Scroll | Kind::Attention | Kind::Element => None,
    }
}

/// The rows of one site within the range.
///
/// Whole days are what the rows say they are; a range of moments goes by `at`, and there `day` only spares reading.
fn in_scope(scope: &Scope) -> String {
    let days =
        "site_id = {site_id:UInt32}\n    AND day BETWEEN toDate({since_day:UInt16}) AND toDate({until_day:UInt16})";
    if scope.range.whole_days {
        return days.to_owned();
    }
    format!(
        "{days}\n    AND at >= fromUnixTimestamp64Milli({{since_ms:Int64}}, 'UTC') \
         AND at < fromUnixTimestamp64Milli({{until_ms:Int64}}, 'UTC')"
    )
}

fn bind_scope(mut statement: Statement, scope: &Scope) -> Statement {
    // A day to spare, should the site's zone have changed.
    let margin = u16::from(!scope.range.whole_days);
    statement = statement
        .bind("site_id", scope.site_id.get())
        .bind("since_day", scope.range.from_day.saturating_sub(margin))
        .bind("until_day", scope.range.to_day.saturating_add(margin));
    if !scope.range.whole_days {
        statement = statement.bind("since_ms", scope.range.from_ms).bind("until_ms", scope.range.to_ms);
    }
    statement
}

/// The rows of the request's pages.
fn of_pages(pages: &Pages) -> &'static str {
    match pages {
        Pages::One(_) => "pathname = {path:String}",
        Pages::Like(_) => "startsWith(pathname, {prefix:String}) AND match(pathname, {pattern:String})",
    }
}

fn bind_pages(statement: Statement, pages: &Pages) -> Statement {
    match pages {
        Pages::One(path) => statement.bind("path", path.as_str()),
        Pages::Like(pattern) => statement.bind("prefix", pattern.prefix()).bind("pattern", pattern.to_regex()),
    }
}

/// The rows of a table that the request asks for.
fn condition(request: &MapRequest, scope: &Scope, table: Table) -> String {
    let mut condition = format!("{}\n    AND {}", in_scope(scope), of_pages(&request.pages));
    if request.widths.is_some() {
        condition.push_str("\n    AND viewport_width BETWEEN {narrowest:UInt16} AND {widest:UInt16}");
    }
    if request.device.is_some() {
        condition.push_str("\n    AND device = {device:String}");
    }
    if table.has_state() {
        match request.state {
            PageState::Any => {}
            PageState::Base | PageState::Open(_) => condition.push_str("\n    AND state = {state:UInt32}"),
        }
    }
    if let Some(segment) = &scope.segment {
        condition.push_str("\n    AND session_id IN (");
        condition.push_str(&segment.sql);
        condition.push(')');
    }
    condition
}

fn bind(statement: Statement, request: &MapRequest, scope: &Scope, table: Table) -> Statement {
    let mut statement = bind_pages(bind_scope(statement, scope), &request.pages);
    if let Some(widths) = &request.widths {
        statement = statement.bind("narrowest", *widths.start()).bind("widest", *widths.end());
    }
    if let Some(device) = request.device {
        statement = statement.bind("device", device.as_str());
    }
    if table.has_state() {
        match request.state {
            PageState::Any => {}
            PageState::Base => statement = statement.bind("state", 0u32),
            PageState::Open(id) => statement = statement.bind("state", id),
        }
    }
    if let Some(segment) = &scope.segment {
        statement.params.extend(segment.params.iter().cloned());
    }
    statement
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::json;

    use super::*;
    use crate::{
        heatmap::{
            fixture::{a_layout, a_page, a_request, id_of},
            layout::PageLayout,
            path_pattern::PathPattern,
        },
        model::{Device, Pathname},
        reports::{DateRange, filter::Filter},
        store::statement::Param,
    };

    fn range(text: &str) -> Range {
        let now = "2026-11-23T22:10:00Z".parse().unwrap();
        DateRange::from_text(text).unwrap().resolve(&jiff::tz::TimeZone::UTC, now, None).unwrap()
    }

    fn scope(days: &str) -> Scope {
        Scope { site_id: SiteId::new(7), range: range(days), segment: None }
    }

    fn with_segment() -> Scope {
        let filters =
            Filter::parse_text(r#"[["is","visit:source",["Google"]],["is","visit:country",["BG"]]]"#).unwrap();
        let asked = json!({"site_id": "demo.example", "metrics": ["visits"], "date_range": "7d"});
        let now = "2026-11-23T22:10:00Z".parse().unwrap();
        let raw = crate::reports::RawQuery { filters, ..crate::reports::parse(&asked).unwrap() };
        let query = raw.resolve(&jiff::tz::TimeZone::UTC, now, None, &Definitions::default()).unwrap();
        Scope { segment: Some(crate::reports::sql::sessions(&query, SiteId::new(7))), ..scope("7d") }
    }

    /// The names between `{` and `:` in the text.
    fn asked(sql: &str) -> BTreeSet<&str> {
        sql.split('{').skip(1).filter_map(|rest| rest.split_once(':')).map(|(name, _)| name).collect()
    }

    fn layout() -> PageLayout {
        a_layout(&[a_page()], 1280)
    }

    fn all(request: &MapRequest, scope: &Scope) -> Vec<Statement> {
        let search = PageSearch { text: "shop".to_owned(), limit: 9 };
        let of_day = Moments::OfDay { starts: vec![1, 2], frames: vec![0, 1] };
        vec![
            layouts(request, scope),
            class_layouts(request, scope),
            versions(request, scope),
            sizes(request, scope),
            views(request, scope),
            spots(request, scope, &layout(), None),
            spots(request, scope, &layout(), Some(&of_day)),
            spots(request, scope, &layout(), Some(&Moments::SinceLoad { starts: vec![0, 1] })),
            elements(request, scope),
            visitors(request, scope),
            states(request, scope),
            reach(request, scope),
            stretches(request, scope),
            landmarks(request, scope),
            seen(request, scope),
            pages(&search, scope),
            pages(&PageSearch { text: String::new(), ..search }, scope),
        ]
    }

    fn requests() -> Vec<MapRequest> {
        let narrow = MapRequest {
            widths: Some(320..=480),
            device: Some(Device::Mobile),
            state: PageState::Open(5),
            layout_on: Some(jiff::civil::date(2026, 1, 31)),
            kind: Kind::Rage,
            ..a_request()
        };
        let like = MapRequest { pages: Pages::Like(PathPattern::parse("/shop/*").unwrap()), ..a_request() };
        vec![a_request(), narrow, like, MapRequest { kind: Kind::Move, state: PageState::Base, ..a_request() }]
    }

    #[test]
    fn binds_every_parameter_it_names_and_no_other() {
        for scope in [scope("7d"), scope("24h"), with_segment()] {
            for request in requests() {
                for statement in all(&request, &scope) {
                    let bound: BTreeSet<&str> = statement.params.iter().map(|(name, _)| name.as_str()).collect();
                    assert_eq!(asked(&statement.sql), bound, "{}", statement.sql);
                    assert_eq!(bound.len(), statement.params.len(), "twice: {}", statement.sql);
                }
            }
        }
    }

    #[test]
    fn never_puts_a_value_into_the_text() {
        let path = Pathname::parse("/'; DROP TABLE clicks --").unwrap();
        let request = MapRequest { device: Some(Device::Tablet), ..MapRequest::new(path) };
        for statement in all(&request, &with_segment()) {
            for value in ["DROP", "tablet", "Google", "BG"] {
                assert!(!statement.sql.contains(value), "{}", statement.sql);
            }
        }
    }

    #[test]
    fn a_map_of_whole_days_asks_for_nothing_that_only_single_rows_know() {
        let statement = spots(&a_request(), &scope("30d"), &layout(), None);
        for column in
            [" at ", "session_id", "visitor_id", "view_id", "viewport_width", "element,", "fixed", "share_x", "down)"]
        {
            assert!(!statement.sql.contains(column), "{column}: {}", statement.sql);
        }
    }

    #[test]
    fn asks_for_cells_as_fine_as_the_picture_and_no_finer() {
        let statement = spots(&a_request(), &scope("30d"), &layout(), None);
        let param =
            |name: &str| statement.params.iter().find(|(n, _)| n == name).map(|(_, value)| value.clone()).unwrap();
        let (Param::U64List(elements), Param::U64List(across), Param::U64List(down)) =
            (param("elements"), param("steps_x"), param("steps_y"))
        else {
            panic!("lists are asked for");
        };
        // A standard deviation of 12 px: the body of 1280×2960 px in 107×247 cells, a button of 200×56 in 17×5.
        assert_eq!((elements[0], across[0], down[0]), (id_of("body"), 107, 247));
        let button = elements.iter().position(|&element| element == id_of("a#buy")).unwrap();
        assert_eq!((across[button], down[button]), (17, 5));
        assert!(elements.len() == across.len() && across.len() == down.len());
    }

    #[test]
    fn knows_the_classes_of_width() {
        assert_eq!([320, 479, 480, 767, 768, 1024, 1439, 1440, 3840].map(screen_of), [0, 0, 1, 1, 2, 3, 3, 4, 4]);
    }
}
