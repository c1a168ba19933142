//! Owns the questions of an export: which days of a site have rows, and all rows of one of them, in an order that is always
//! the same. ClickHouse writes the lines; it does not own what stands around them.
//!
//! Day by day, because a question in the order of the table opens every part that it reads: the parts of one month are few.

use std::ops::RangeInclusive;

use super::{
    block::{Kind, Table},
    client::{Answer, Client},
    error::StoreError,
    statement::Statement,
};

/// How rows are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// One JSON object a line; numbers of 64 bits and decimals as text, for few readers keep them exact.
    Ndjson,
    /// RFC 4180; lists and maps as JSON.
    Csv,
}

/// Which rows of a site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    pub site_id: u32,
    /// Local days of the site, in days since the Unix epoch.
    pub days: RangeInclusive<u16>,
    /// Of batches that were begun after this, milliseconds since the epoch …
    pub after_ms: i64,
    /// … and not after this.
    pub until_ms: i64,
}

/// The tables that exports know. Outcomes and concurrency are counts of ours, not what visitors did.
pub const TABLES: [Table; 5] = [Table::Events, Table::Clicks, Table::Moves, Table::Scrolls, Table::Layouts];

const WHERE: &str = "site_id = {site_id:UInt32} AND toUInt16(day) BETWEEN {first_day:UInt16} AND {last_day:UInt16}
    AND arrived_at > fromUnixTimestamp64Milli({after_ms:Int64}, 'UTC')
    AND arrived_at <= fromUnixTimestamp64Milli({until_ms:Int64}, 'UTC')";

impl Part {
    fn bind(&self, sql: String) -> Statement {
        Statement::new(sql)
            .bind("site_id", self.site_id)
            .bind("first_day", *self.days.start())
            .bind("last_day", *self.days.end())
            .bind("after_ms", self.after_ms)
            .bind("until_ms", self.until_ms)
    }
}

/// Returns the days on which a table has rows, oldest first, with their numbers.
pub async fn days(client: &Client, table: Table, part: &Part) -> Result<Vec<(u16, u64)>, StoreError> {
    let name = table.name();
    let sql =
        format!("SELECT toUInt16(day) AS number, count() FROM {name} WHERE {WHERE} GROUP BY number ORDER BY number");
    client.select(&part.bind(sql)).await
}

/// Starts reading the rows of one day.
pub fn rows(client: &Client, table: Table, day: u16, part: &Part, form: Form) -> Result<Answer, StoreError> {
    let part = Part { days: day..=day, ..part.clone() };
    let columns: Vec<String> = exported(table).map(|(name, kind)| expression(name, kind, form)).collect();
    let (first, format) = match form {
        Form::Ndjson => (format!("'{}' AS table, ", table.name()), "JSONEachRow"),
        Form::Csv => (String::new(), "CSV"),
    };
    let sql =
        format!("SELECT {first}{} FROM {} WHERE {WHERE} ORDER BY {}", columns.join(", "), table.name(), order(table));
    client.stream(&part.bind(sql), format)
}

/// Returns the names of the columns of a table.
#[must_use]
pub fn column_names(table: Table) -> Vec<&'static str> {
    exported(table).map(|(name, _)| name).collect()
}

/// What belongs to an installation and not to a site stays out.
fn exported(table: Table) -> impl Iterator<Item = (&'static str, Kind)> {
    table.columns().iter().copied().filter(|(name, _)| !matches!(*name, "site_id" | "batch" | "arrived_at"))
}

fn expression(name: &str, kind: Kind, form: Form) -> String {
    match (form, kind) {
        // What a spreadsheet would take for a formula is text after an apostrophe.
        (Form::Csv, Kind::Text) => format!("if(match({name}, '^[-=+@\\\\t\\\\r]'), concat('''', {name}), {name})"),
        (Form::Csv, Kind::TextMap | Kind::U32List | Kind::Landmarks | Kind::Boxes) => format!("toJSONString({name})"),
        (Form::Ndjson, _)
        | (
            Form::Csv,
            Kind::Bool
            | Kind::U8
            | Kind::U16
            | Kind::U32
            | Kind::U64
            | Kind::MaybeU32
            | Kind::F32
            | Kind::Date
            | Kind::Minute
            | Kind::Millis
            | Kind::EventClass
            | Kind::Money,
        ) => name.to_owned(),
    }
}

/// The order of the table, which is read without being sorted, and what tells its neighbours apart.
const fn order(table: Table) -> &'static str {
    match table {
        Table::Events => {
            "site_id, day, visitor_id, session_id, at, view_id, kind, name, pathname, engaged_ms, toString(props)"
        }
        Table::Clicks | Table::Moves => {
            "site_id, pathname, day, viewport_width, element, at, view_id, fraction_x, fraction_y, flags, state"
        }
        Table::Scrolls => "site_id, pathname, day, view_id, at, depth_px, exposure_ms",
        Table::Layouts => "site_id, pathname, viewport_width, at, view_id, state, complete",
        Table::Outcomes => "site_id, minute, outcome, reason",
        Table::Concurrency => "site_id, minute, node",
    }
}
