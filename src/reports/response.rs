//! Owns the answer: rows of the store into the shape that the Stats API documents.
//! It computes no numbers, but for the zeros of `fill` and the changes of a comparison.

use std::collections::{BTreeMap, HashMap};

use serde::{Serialize, Serializer, ser::SerializeStruct};
use serde_json::{Map, Value};

use super::{
    compare,
    date_range::day_of_date,
    dimension::Dimension,
    filter::Filter,
    imports::SkipReason,
    metric::Metric,
    order::Direction,
    query::{Include, Pagination, Query, RowShape},
    revenue::{self, Money},
    time::{Bucket, Buckets, Key},
};
use crate::{model::Currency, store::ReadStatistics};

/// Of an estimate, relative: 1.04 / √2¹⁷, rounded up.
const STANDARD_ERROR: f64 = 0.003;

/// The answer to a query.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    pub results: Vec<Row>,
    pub meta: Meta,
    pub query: Echo,
    shape: RowShape,
}

/// The values of one group, in the order of the query.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Row {
    pub dimensions: Vec<Value>,
    pub metrics: Vec<Value>,
    /// What stood here in the earlier period.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub compare: Option<Compared>,
}

/// The earlier period's share in a row.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Compared {
    /// Those of the row, but for the label of its time.
    pub dimensions: Vec<Value>,
    pub metrics: Vec<Value>,
    /// One for each metric: in percent of the earlier value, or in points where the metric is a percentage.
    pub change: Vec<Value>,
}

/// What was asked for besides the rows.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct Meta {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub imports_included: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub imports_skip_reason: Option<&'static str>,
    /// The same as a sentence, where the question is the reason.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub imports_warning: Option<&'static str>,
    /// Where it was asked for: whether a metric was estimated …
    #[serde(skip_serializing_if = "Option::is_none")]
    pub approximate: Option<bool>,
    /// … and by how much it is usually off, as a share of the value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub standard_error: Option<f64>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub metric_warnings: BTreeMap<&'static str, Warning>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time_labels: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total_rows: Option<u64>,
    /// With `fill`: the position of the bucket that is still running, where the range has it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub present_index: Option<usize>,
    /// Where the next page begins, if there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
    /// What was read, statement by statement.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub explain: Vec<Step>,
}

/// Why a metric has no value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Warning {
    pub code: &'static str,
    pub warning: &'static str,
}

/// A statement that was run for the report.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Step {
    /// What it was run for.
    pub name: &'static str,
    #[serde(flatten)]
    pub read: ReadStatistics,
    /// Its text, with the names of values and not the values.
    pub statement: String,
}

/// The query as it was answered: every default, zone and clock put in.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Echo {
    pub site_id: String,
    pub metrics: Vec<&'static str>,
    /// First and last second, RFC 3339.
    pub date_range: [String; 2],
    pub filters: Vec<Value>,
    pub dimensions: Vec<String>,
    pub order_by: Vec<[String; 2]>,
    /// The options that were asked for.
    pub include: Map<String, Value>,
    pub pagination: Pagination,
    /// Whether time buckets without data are there, with zeros.
    pub fill: bool,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub approximate: bool,
    /// The earlier period.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub compare: Option<Value>,
}

/// Why rows are not those of the statement: a fault of ours.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ShapeError {
    #[error("a row has {found} columns, {expected} are expected")]
    Columns { found: usize, expected: usize },
    #[error("{0} is the key of no time bucket")]
    Bucket(Value),
    #[error("{0} is no whole number")]
    Number(Value),
    #[error("{0} is no text")]
    Text(Value),
    #[error("{0} is no list")]
    List(Value),
}

/// What the store answered.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Answers {
    /// Those of the page, and one more if there is another page.
    pub rows: Vec<Vec<Value>>,
    /// What the second statement counted, where there is one.
    pub total: Option<u64>,
    /// The rows of the earlier period, in any order.
    pub earlier: Option<Vec<Vec<Value>>>,
    pub steps: Vec<Step>,
}

impl Serialize for Report {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut report = serializer.serialize_struct("Report", 3)?;
        match self.shape {
            RowShape::Arrays => report.serialize_field("results", &self.results)?,
            RowShape::Objects => {
                let rows = self.results.iter().map(|row| self.query.object(row));
                report.serialize_field("results", &rows.collect::<Vec<_>>())?;
            }
        }
        report.serialize_field("meta", &self.meta)?;
        report.serialize_field("query", &self.query)?;
        report.end()
    }
}

impl Echo {
    /// Returns a row that describes itself.
    fn object(&self, row: &Row) -> Map<String, Value> {
        let mut object = self.named(&row.dimensions, &row.metrics);
        if let Some(compared) = &row.compare {
            let mut earlier = self.named(&compared.dimensions, &compared.metrics);
            let change = self.metrics.iter().map(|name| (*name).to_owned()).zip(compared.change.iter().cloned());
            earlier.insert("change".to_owned(), Value::Object(change.collect()));
            object.insert("compare".to_owned(), Value::Object(earlier));
        }
        object
    }

    fn named(&self, dimensions: &[Value], metrics: &[Value]) -> Map<String, Value> {
        let dimensions = self.dimensions.iter().cloned().zip(dimensions.iter().cloned());
        dimensions.chain(self.metrics.iter().map(|name| (*name).to_owned()).zip(metrics.iter().cloned())).collect()
    }
}

/// Puts the answer together.
pub fn respond(query: &Query, answers: Answers) -> Result<Report, ShapeError> {
    let Answers { rows, total, earlier, steps } = answers;
    let mut rows = split_rows(query, rows)?;
    let page = usize::try_from(query.pagination.limit).unwrap_or(usize::MAX);
    let has_more = !query.fill && rows.len() > page;
    if has_more {
        rows.truncate(page);
    }
    let earlier = match (&query.earlier, earlier) {
        (Some(earlier), Some(rows)) => Some(Lookup::new(query, earlier.buckets.as_ref(), split_rows(query, rows)?)?),
        _ => None,
    };
    let (mut results, total) = match &query.buckets {
        Some(buckets) if query.fill => (fill(query, buckets, rows, earlier.as_ref())?, Some(buckets.list.len() as u64)),
        Some(buckets) => (label(query, buckets, rows, earlier.as_ref())?, total),
        None => (plain(query, rows, earlier.as_ref()), total),
    };
    for row in &mut results {
        tell_changes(query, row);
    }
    let mut meta = meta(query, total);
    meta.cursor = has_more.then(|| query.digest.cursor(query.pagination.offset + query.pagination.limit));
    meta.explain = steps;
    Ok(Report { results, meta, query: echo(query), shape: query.rows })
}

fn split_rows(query: &Query, rows: Vec<Vec<Value>>) -> Result<Vec<Row>, ShapeError> {
    rows.into_iter().map(|row| split_row(query, row)).collect()
}

/// Tells dimensions and metrics apart, and money as money.
pub(super) fn split_row(query: &Query, mut dimensions: Vec<Value>) -> Result<Row, ShapeError> {
    let expected = query.dimensions.len() + query.metrics.len();
    if dimensions.len() != expected {
        return Err(ShapeError::Columns { found: dimensions.len(), expected });
    }
    let mut metrics = dimensions.split_off(query.dimensions.len());
    if let Some(currency) = currency(query, &dimensions) {
        for (metric, value) in query.metrics.iter().zip(&mut metrics) {
            if let (true, Some(thousandths)) = (metric.is_revenue(), value.as_i64()) {
                *value = revenue::told(thousandths, currency);
            }
        }
    }
    Ok(Row { dimensions, metrics, compare: None })
}

/// Returns the currency of a row's money.
fn currency(query: &Query, dimensions: &[Value]) -> Option<Currency> {
    match &query.money {
        Money::In(currency) => Some(*currency),
        Money::OfGoal(paid) => {
            let place = query.dimensions.iter().position(|dimension| *dimension == Dimension::Goal)?;
            paid.iter().find(|(name, _)| dimensions[place] == name.as_str()).map(|(_, currency)| *currency)
        }
        Money::NotAsked | Money::NoGoal | Money::Mixed => None,
    }
}

/// The rows of the earlier period by what they stand beside.
struct Lookup<'a> {
    buckets: Option<&'a Buckets>,
    /// By the texts of the dimensions, with the position of a bucket in the place of its key.
    rows: HashMap<Vec<String>, Vec<Value>>,
}

impl<'a> Lookup<'a> {
    fn new(query: &Query, buckets: Option<&'a Buckets>, rows: Vec<Row>) -> Result<Self, ShapeError> {
        let time = query.time_dimension().map(|(place, _)| place);
        let rows = rows.into_iter().map(|row| {
            let mut key: Vec<String> = row.dimensions.iter().map(ToString::to_string).collect();
            if let (Some(place), Some(buckets)) = (time, buckets) {
                key[place] = bucket_index(buckets, &row.dimensions[place])?.to_string();
            }
            Ok((key, row.metrics))
        });
        Ok(Self { buckets, rows: rows.collect::<Result<_, ShapeError>>()? })
    }

    /// Returns what stood beside a row. `bucket` is the place of the time dimension and the position of its bucket.
    fn beside(&self, query: &Query, row: &Row, bucket: Option<(usize, usize)>) -> Option<Compared> {
        let mut key: Vec<String> = row.dimensions.iter().map(ToString::to_string).collect();
        let mut dimensions = row.dimensions.clone();
        if let Some((place, position)) = bucket {
            // The earlier period can have fewer pieces: a month before, or a day on which the clock was turned.
            dimensions[place] = self.buckets?.list.get(position)?.label.clone().into();
            key[place] = position.to_string();
        }
        let metrics = self.rows.get(&key).cloned().unwrap_or_else(|| nothing(query));
        Some(Compared { dimensions, metrics, change: Vec::new() })
    }
}

/// Returns the metrics of a row that there is not.
fn nothing(query: &Query) -> Vec<Value> {
    query.metrics.iter().map(|metric| if metric.has_zero() { 0.into() } else { Value::Null }).collect()
}

fn plain(query: &Query, mut rows: Vec<Row>, earlier: Option<&Lookup<'_>>) -> Vec<Row> {
    if let Some(earlier) = earlier {
        for row in &mut rows {
            row.compare = earlier.beside(query, row, None);
        }
    }
    rows
}

/// Puts the labels of the time buckets where their keys are.
fn label(
    query: &Query,
    buckets: &Buckets,
    mut rows: Vec<Row>,
    earlier: Option<&Lookup<'_>>,
) -> Result<Vec<Row>, ShapeError> {
    let Some((place, _)) = query.time_dimension() else {
        return Ok(rows);
    };
    for row in &mut rows {
        let index = bucket_index(buckets, &row.dimensions[place])?;
        row.compare = earlier.and_then(|earlier| earlier.beside(query, row, Some((place, index))));
        row.dimensions[place] = buckets.list[index].label.clone().into();
    }
    Ok(rows)
}

/// Returns a row for every bucket, in the direction that was asked for, and of these the page.
fn fill(
    query: &Query,
    buckets: &Buckets,
    rows: Vec<Row>,
    earlier: Option<&Lookup<'_>>,
) -> Result<Vec<Row>, ShapeError> {
    let empty =
        |bucket: &Bucket| Row { dimensions: vec![bucket.label.clone().into()], metrics: nothing(query), compare: None };
    let mut filled: Vec<Row> = buckets.list.iter().map(empty).collect();
    for row in rows {
        let index = bucket_index(buckets, row.dimensions.first().unwrap_or(&Value::Null))?;
        filled[index].metrics = row.metrics;
    }
    if let Some(earlier) = earlier {
        for (index, row) in filled.iter_mut().enumerate() {
            row.compare = earlier.beside(query, row, Some((0, index)));
        }
    }
    if query.order_by.first().is_some_and(|order| order.direction == Direction::Descending) {
        filled.reverse();
    }
    let Pagination { limit, offset } = query.pagination;
    let page = filled.into_iter().zip(0..).filter(|(_, place)| (offset..offset + limit).contains(place));
    Ok(page.map(|(row, _)| row).collect())
}

fn tell_changes(query: &Query, row: &mut Row) {
    if let Some(compared) = &mut row.compare {
        let pairs = query.metrics.iter().zip(row.metrics.iter().zip(&compared.metrics));
        compared.change = pairs.map(|(metric, (now, before))| compare::change(*metric, now, before)).collect();
    }
}

pub(super) fn bucket_index(buckets: &Buckets, key: &Value) -> Result<usize, ShapeError> {
    let number = key.as_u64().and_then(|number| u32::try_from(number).ok());
    number.and_then(|number| buckets.index_of(number)).ok_or_else(|| ShapeError::Bucket(key.clone()))
}

fn meta(query: &Query, total: Option<u64>) -> Meta {
    let labels = |buckets: &Buckets| buckets.list.iter().map(|bucket| bucket.label.clone()).collect();
    let estimates = query.metrics.iter().any(|metric| metric.can_be_estimated());
    Meta {
        imports_included: query.imports.included(),
        imports_skip_reason: query.imports.skipped().map(SkipReason::code),
        imports_warning: query.imports.skipped().and_then(SkipReason::warning),
        approximate: query.approximate.then_some(estimates),
        standard_error: (query.approximate && estimates).then_some(STANDARD_ERROR),
        metric_warnings: warnings(query),
        time_labels: query.buckets.as_ref().filter(|_| query.include.time_labels).map(labels),
        total_rows: total.filter(|_| query.include.total_rows),
        present_index: query.buckets.as_ref().filter(|_| query.fill).and_then(|buckets| present_index(query, buckets)),
        cursor: None,
        explain: Vec::new(),
    }
}

fn warnings(query: &Query) -> BTreeMap<&'static str, Warning> {
    let Some((code, warning)) = query.money.warning() else {
        return BTreeMap::new();
    };
    let metrics = query.metrics.iter().filter(|metric| metric.is_revenue());
    metrics.map(|metric| (metric.as_str(), Warning { code, warning })).collect()
}

fn present_index(query: &Query, buckets: &Buckets) -> Option<usize> {
    let now_ms = query.now.as_millisecond();
    if now_ms < query.range.from_ms || now_ms >= query.range.to_ms {
        return None;
    }
    let key = match buckets.interval.key() {
        Key::Second => u32::try_from(now_ms / 1000).ok()?,
        Key::Day => day_of_date(query.zone.to_datetime(query.now).date())?.into(),
    };
    buckets.position(key)
}

fn echo(query: &Query) -> Echo {
    let Include { imports, time_labels, total_rows } = query.include;
    let options = [("imports", imports), ("time_labels", time_labels), ("total_rows", total_rows)];
    let wanted = options.into_iter().filter(|(_, wanted)| *wanted);
    Echo {
        site_id: query.site.as_str().to_owned(),
        metrics: query.metrics.iter().copied().map(Metric::as_str).collect(),
        date_range: query.range.to_texts(&query.zone),
        filters: query.asked.iter().map(Filter::to_json).collect(),
        dimensions: query.dimensions.iter().map(|dimension| dimension.as_str().to_owned()).collect(),
        order_by: query
            .order_by
            .iter()
            .map(|order| [order.by.as_str(), order.direction.as_str()].map(str::to_owned))
            .collect(),
        include: wanted.map(|(name, wanted)| (name.to_owned(), wanted.into())).collect(),
        pagination: query.pagination,
        fill: query.fill,
        approximate: query.approximate,
        compare: query.earlier.as_ref().map(|earlier| earlier.asked.to_json(&earlier.range, &query.zone)),
    }
}

#[cfg(test)]
mod tests {
    use insta::assert_json_snapshot;
    use serde_json::json;

    use super::*;
    use crate::reports::{fixture::query, imports::Imports};

    #[test]
    fn an_answer_has_the_documented_shape() {
        let query = query(&json!({
            "metrics": ["visitors", "views_per_visit"],
            "date_range": ["2026-11-21", "2026-11-22"],
            "dimensions": ["time:day", "visit:source"],
            "filters": [["contains", "event:page", ["/Docs"], { "case_sensitive": false }]],
            "include": { "time_labels": true, "total_rows": true, "imports": true },
            "pagination": { "limit": 2 }
        }));
        let query = Query { imports: Imports::Skipped(SkipReason::NoImportedData), ..query };
        let days = query.buckets.as_ref().unwrap().list.iter().map(|bucket| bucket.key).collect::<Vec<_>>();
        let rows = vec![
            vec![days[0].into(), "Google".into(), 3.into(), 1.33.into()],
            vec![days[1].into(), "Direct / None".into(), 1.into(), 1.into()],
        ];
        let report = respond(&query, Answers { rows, total: Some(7), ..Answers::default() }).unwrap();
        assert_json_snapshot!(report, @r#"
        {
          "results": [
            {
              "dimensions": [
                "2026-11-21",
                "Google"
              ],
              "metrics": [
                3,
                1.33
              ]
            },
            {
              "dimensions": [
                "2026-11-22",
                "Direct / None"
              ],
              "metrics": [
                1,
                1
              ]
            }
          ],
          "meta": {
            "imports_included": false,
            "imports_skip_reason": "no_imported_data",
            "time_labels": [
              "2026-11-21",
              "2026-11-22"
            ],
            "total_rows": 7
          },
          "query": {
            "site_id": "demo.example",
            "metrics": [
              "visitors",
              "views_per_visit"
            ],
            "date_range": [
              "2026-11-21T00:00:00+02:00",
              "2026-11-22T23:59:59+02:00"
            ],
            "filters": [
              [
                "contains",
                "event:page",
                [
                  "/Docs"
                ],
                {
                  "case_sensitive": false
                }
              ]
            ],
            "dimensions": [
              "time:day",
              "visit:source"
            ],
            "order_by": [
              [
                "time:day",
                "asc"
              ],
              [
                "visitors",
                "desc"
              ]
            ],
            "include": {
              "imports": true,
              "time_labels": true,
              "total_rows": true
            },
            "pagination": {
              "limit": 2,
              "offset": 0
            },
            "fill": false
          }
        }
        "#);
    }

    #[test]
    fn filling_gives_every_bucket_and_says_where_now_is() {
        let query = query(&json!({
            "metrics": ["visitors", "bounce_rate"],
            "date_range": "3d",
            "dimensions": ["time:day"],
            "fill": true,
            "order_by": [["time:day", "desc"]],
            "pagination": { "limit": 2 }
        }));
        let key = query.buckets.as_ref().unwrap().list[1].key;
        let report =
            respond(&query, Answers { rows: vec![vec![key.into(), 5.into(), 40.into()]], ..Answers::default() })
                .unwrap();
        assert_eq!(report.meta.present_index, Some(2));
        assert_eq!(
            serde_json::to_value(&report.results).unwrap(),
            json!([
                { "dimensions": ["2026-11-23"], "metrics": [0, 0] },
                { "dimensions": ["2026-11-22"], "metrics": [5, 40] },
            ])
        );
    }

    #[test]
    fn rows_of_another_shape_are_an_error_and_no_panic() {
        let totals = query(&json!({}));
        let error =
            respond(&totals, Answers { rows: vec![vec![1.into(), 2.into()]], ..Answers::default() }).unwrap_err();
        assert_eq!(error, ShapeError::Columns { found: 2, expected: 1 });
        let by_day = query(&json!({ "dimensions": ["time:day"], "fill": true }));
        for key in [json!(1), json!("2026-11-23"), json!(null), json!(-1), json!(u64::MAX)] {
            let error = respond(&by_day, Answers { rows: vec![vec![key.clone(), 2.into()]], ..Answers::default() })
                .unwrap_err();
            assert_eq!(error, ShapeError::Bucket(key));
        }
    }
}
