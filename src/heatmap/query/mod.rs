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

use super::params::{Kind, MapRequest, PageState, Pages};
use crate::{
    model::{ClickFlags, SiteId},
    reports::Range,
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
    let days = "site_id = {site_id:UInt32}\n    AND day BETWEEN toDate({since_day:UInt16}) AND toDate({until_day:UInt16})";
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
