//! Owns the answer: rows of the store into the shape that the Stats API documents.
//! It computes no numbers, but for the zeros of `fill`.

use serde::Serialize;
use serde_json::{Map, Value};

use super::{
    date_range::day_of_date,
    filter::Filter,
    order::Direction,
    query::{Include, Pagination, Query},
    time::{Bucket, Buckets, Key},
};

/// The answer to a query.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Report {
    pub results: Vec<Row>,
    pub meta: Meta,
    pub query: Echo,
}

/// The values of one group, in the order of the query.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Row {
    pub dimensions: Vec<Value>,
    pub metrics: Vec<Value>,
}

/// What was asked for besides the rows.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct Meta {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub imports_included: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub imports_skip_reason: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time_labels: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total_rows: Option<u64>,
    /// With `fill`: the position of the bucket that is still running, where the range has it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub present_index: Option<usize>,
}

/// The query as it was answered: every default, zone and clock put in.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Echo {
    pub site_id: String,
    pub metrics: Vec<&'static str>,
    /// First and last second, RFC 3339.
    pub date_range: [String; 2],
    pub filters: Vec<Value>,
    pub dimensions: Vec<&'static str>,
    pub order_by: Vec<[&'static str; 2]>,
    /// The options that were asked for.
    pub include: Map<String, Value>,
    pub pagination: Pagination,
    /// Whether time buckets without data are there, with zeros.
    pub fill: bool,
}

/// Why rows are not those of the statement: a fault of ours.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ShapeError {
    #[error("a row has {found} columns, {expected} are expected")]
    Columns { found: usize, expected: usize },
    #[error("{0} is the key of no time bucket")]
    Bucket(Value),
}

/// Puts the answer together. `total` is what the second statement counted, where there is one.
pub fn respond(query: &Query, rows: Vec<Vec<Value>>, total: Option<u64>) -> Result<Report, ShapeError> {
    let rows = rows.into_iter().map(|row| split_row(query, row)).collect::<Result<Vec<Row>, ShapeError>>()?;
    let (results, total) = match &query.buckets {
        Some(buckets) if query.fill => (fill(query, buckets, rows)?, Some(buckets.list.len() as u64)),
        Some(buckets) => (label(query, buckets, rows)?, total),
        None => (rows, total),
    };
    Ok(Report { results, meta: meta(query, total), query: echo(query) })
}

fn split_row(query: &Query, mut dimensions: Vec<Value>) -> Result<Row, ShapeError> {
    let expected = query.dimensions.len() + query.metrics.len();
    if dimensions.len() != expected {
        return Err(ShapeError::Columns { found: dimensions.len(), expected });
    }
    let metrics = dimensions.split_off(query.dimensions.len());
    Ok(Row { dimensions, metrics })
}

/// Puts the labels of the time buckets where their keys are.
fn label(query: &Query, buckets: &Buckets, mut rows: Vec<Row>) -> Result<Vec<Row>, ShapeError> {
    let Some((place, _)) = query.time_dimension() else {
        return Ok(rows);
    };
    for row in &mut rows {
        let index = bucket_index(buckets, &row.dimensions[place])?;
        row.dimensions[place] = buckets.list[index].label.clone().into();
    }
    Ok(rows)
}

/// Returns a row for every bucket, in the direction that was asked for, and of these the page.
fn fill(query: &Query, buckets: &Buckets, rows: Vec<Row>) -> Result<Vec<Row>, ShapeError> {
    let empty = |bucket: &Bucket| Row {
        dimensions: vec![bucket.label.clone().into()],
        metrics: vec![0.into(); query.metrics.len()],
    };
    let mut filled: Vec<Row> = buckets.list.iter().map(empty).collect();
    for row in rows {
        let index = bucket_index(buckets, row.dimensions.first().unwrap_or(&Value::Null))?;
        filled[index].metrics = row.metrics;
    }
    if query.order_by.first().is_some_and(|order| order.direction == Direction::Descending) {
        filled.reverse();
    }
    let Pagination { limit, offset } = query.pagination;
    let page = filled.into_iter().zip(0..).filter(|(_, place)| (offset..offset + limit).contains(place));
    Ok(page.map(|(row, _)| row).collect())
}

fn bucket_index(buckets: &Buckets, key: &Value) -> Result<usize, ShapeError> {
    let number = key.as_u64().and_then(|number| u32::try_from(number).ok());
    number.and_then(|number| buckets.index_of(number)).ok_or_else(|| ShapeError::Bucket(key.clone()))
}

fn meta(query: &Query, total: Option<u64>) -> Meta {
    let labels = |buckets: &Buckets| buckets.list.iter().map(|bucket| bucket.label.clone()).collect();
    let imports = query.include.imports;
    Meta {
        imports_included: imports.then_some(false),
        imports_skip_reason: imports.then_some("no_imported_data"),
        time_labels: query.buckets.as_ref().filter(|_| query.include.time_labels).map(labels),
        total_rows: total.filter(|_| query.include.total_rows),
        present_index: query.buckets.as_ref().filter(|_| query.fill).and_then(|buckets| present_index(query, buckets)),
    }
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
        metrics: query.metrics.iter().map(|metric| metric.as_str()).collect(),
        date_range: query.range.to_texts(&query.zone),
        filters: query.filters.iter().map(Filter::to_json).collect(),
        dimensions: query.dimensions.iter().map(|dimension| dimension.as_str()).collect(),
        order_by: query.order_by.iter().map(|order| [order.by.as_str(), order.direction.as_str()]).collect(),
        include: wanted.map(|(name, wanted)| (name.to_owned(), wanted.into())).collect(),
        pagination: query.pagination,
        fill: query.fill,
    }
}

#[cfg(test)]
mod tests {
    use insta::assert_json_snapshot;
    use serde_json::json;

    use super::*;
    use crate::reports::fixture::query;

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
        let days = query.buckets.as_ref().unwrap().list.iter().map(|bucket| bucket.key).collect::<Vec<_>>();
        let rows = vec![
            vec![days[0].into(), "Google".into(), 3.into(), 1.33.into()],
            vec![days[1].into(), "Direct / None".into(), 1.into(), 1.into()],
        ];
        let report = respond(&query, rows, Some(7)).unwrap();
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
        let report = respond(&query, vec![vec![key.into(), 5.into(), 40.into()]], None).unwrap();
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
        let error = respond(&totals, vec![vec![1.into(), 2.into()]], None).unwrap_err();
        assert_eq!(error, ShapeError::Columns { found: 2, expected: 1 });
        let by_day = query(&json!({ "dimensions": ["time:day"], "fill": true }));
        for key in [json!(1), json!("2026-11-23"), json!(null), json!(-1), json!(u64::MAX)] {
            let error = respond(&by_day, vec![vec![key.clone(), 2.into()]], None).unwrap_err();
            assert_eq!(error, ShapeError::Bucket(key));
        }
    }
}
