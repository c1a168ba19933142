//! Owns asking the store: the statements of a report, one after the other. It composes no SQL.

use std::collections::HashSet;

use jiff::Timestamp;
use serde_json::Value;

use super::{
    date_range::DateRange,
    definitions::Definitions,
    error::{QueryError, QueryErrors},
    frozen::{self, Source},
    imports::Imports,
    query::{Query, RawQuery},
    response::{Answers, Report, ShapeError, Step, respond},
    sql::{self, Statements},
};
use crate::{
    model::{Site, SiteId},
    store::{self, Client, Statement, StoreError},
};

/// Most text of values that the earlier period is asked for by; beyond it is asked for whole.
const MAX_ONLY_BYTES: usize = 32 * 1024;

/// Why there is no report.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    #[error(transparent)]
    Query(#[from] QueryErrors),
    #[error(transparent)]
    Store(StoreError),
    #[error("the store answered in another shape than was asked for: {0}")]
    Shape(#[from] ShapeError),
}

/// What ClickHouse says of a regular expression that RE2 does not take.
const CANNOT_COMPILE_REGEXP: u32 = 427;

impl From<StoreError> for RunError {
    fn from(error: StoreError) -> Self {
        if matches!(error, StoreError::Refused { code: CANNOT_COMPILE_REGEXP, .. }) {
            let detail = "One of the regular expressions is none that RE2 takes: it looks around, refers back, or repeats \
                          something more than 1000 times.";
            return Self::Query(QueryError::new("/filters", detail).into());
        }
        Self::Store(error)
    }
}

/// Answers a question about a site.
pub async fn run(
    client: &Client,
    site: &Site,
    definitions: &Definitions,
    query: RawQuery,
    now: Timestamp,
) -> Result<Report, RunError> {
    let query = resolve(client, site, definitions, query, now).await?;
    let mut reader = Reader::new(client, query.explain);
    let statements = compose(client, site.id, &query).await?;
    let rows = reader.rows("rows", &statements.rows).await?;
    let total = match &statements.total {
        Some(total) => reader.rows("total_rows", total).await?.first().and_then(|row| row.first()?.as_u64()),
        None => None,
    };
    let earlier = match &query.earlier {
        Some(earlier) => {
            let mut earlier = query.of_earlier(earlier);
            earlier.only = values_of(&query, &rows);
            let statement = compose(client, site.id, &earlier).await?.rows;
            Some(reader.rows("compare", &statement).await?)
        }
        None => None,
    };
    Ok(respond(&query, Answers { rows, total, earlier, steps: reader.steps })?)
}

/// Composes what a question reads: frozen days where they answer it, rows where not.
async fn compose(client: &Client, site: SiteId, query: &Query) -> Result<Statements, StoreError> {
    let source = source(client, site, query).await?;
    Ok(source.map_or_else(|| sql::statements(query, site), |source| sql::from_frozen(query, site, &source)))
}

/// Returns the frozen days that a question is answered from; nothing where it is answered from rows alone.
pub(super) async fn source(client: &Client, site: SiteId, query: &Query) -> Result<Option<Source>, StoreError> {
    let Some(grouping) = frozen::grouping(query) else { return Ok(None) };
    let days = store::frozen::days(client, site.get(), query.range.from_day..=query.range.to_day).await?;
    let source = Source::of(query, grouping, days);
    Ok((!source.days.is_empty()).then_some(source))
}

/// Puts zone, clock and definitions into a question.
pub async fn resolve(
    client: &Client,
    site: &Site,
    definitions: &Definitions,
    query: RawQuery,
    now: Timestamp,
) -> Result<Query, RunError> {
    let mut first_day = first_day(client, site.id, &query.date_range).await?;
    let with_imports = query.include.imports;
    if with_imports && query.date_range.needs_first_day() {
        let imported = day_of(&client.select_json(&sql::first_imported_day(site.id)).await?);
        first_day = first_day.into_iter().chain(imported).min();
    }
    let mut query = query.resolve(&site.time_zone, now, first_day, definitions)?;
    if with_imports {
        query.imports = imports(client, site.id, &query).await?;
    }
    Ok(query)
}

/// Finds out whether imported days are counted in.
async fn imports(client: &Client, site: SiteId, query: &Query) -> Result<Imports, StoreError> {
    let mut days = Vec::new();
    for range in std::iter::once(&query.range).chain(query.earlier.as_ref().map(|earlier| &earlier.range)) {
        let rows = client.select_json(&sql::imported_days(site, range)).await?;
        let number = |row: &[Value], place: usize| row.get(place).and_then(Value::as_u64).unwrap_or_default();
        days.extend(rows.iter().map(|row| (number(row, 0), number(row, 1))));
    }
    Ok(Imports::decide(query, &days))
}

/// Returns the first local day with data, in days since the Unix epoch, if the range wants to know it.
pub async fn first_day(client: &Client, site: SiteId, range: &DateRange) -> Result<Option<u16>, StoreError> {
    if !range.needs_first_day() {
        return Ok(None);
    }
    Ok(day_of(&client.select_json(&sql::first_day(site)).await?))
}

fn day_of(rows: &[Vec<Value>]) -> Option<u16> {
    let day = rows.first().and_then(|row| row.first()?.as_u64());
    day.and_then(|day| u16::try_from(day).ok())
}

/// Asks the store, and notes what it read where that is to be told.
pub(super) struct Reader<'a> {
    client: &'a Client,
    explain: bool,
    pub(super) steps: Vec<Step>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(client: &'a Client, explain: bool) -> Self {
        Self { client, explain, steps: Vec::new() }
    }

    pub(super) async fn rows(
        &mut self,
        name: &'static str,
        statement: &Statement,
    ) -> Result<Vec<Vec<Value>>, StoreError> {
        if !self.explain {
            return self.client.select_json(statement).await;
        }
        let (rows, read) = self.client.select_json_counted(statement).await?;
        self.steps.push(Step { name, read, statement: statement.sql.clone() });
        Ok(rows)
    }
}

/// Returns the values of each dimension in the rows of a page, so that only these are compared. Time is compared by position,
/// and so are all of its buckets.
fn values_of(query: &Query, rows: &[Vec<Value>]) -> Vec<(usize, Vec<String>)> {
    let places = 0..query.dimensions.len();
    let texts = places.filter(|place| query.dimensions[*place].interval().is_none()).map(|place| {
        let values: HashSet<&str> = rows.iter().filter_map(|row| row.get(place)?.as_str()).collect();
        (place, values.into_iter().map(str::to_owned).collect::<Vec<_>>())
    });
    texts
        .filter(|(_, values)| values.iter().map(String::len).sum::<usize>() <= MAX_ONLY_BYTES && !values.is_empty())
        .collect()
}
