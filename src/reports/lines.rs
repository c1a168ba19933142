//! Owns the rows of a report as lines of text, handed on as they come: any number of them in the memory of a few.

use serde_json::{Map, Value};

use super::{
    query::{Format, Query},
    response::{bucket_index, split_row},
    run::{RunError, source},
    sql,
};
use crate::{
    model::SiteId,
    store::{Client, RowStream},
};

/// The lines of a report on their way.
pub struct Lines {
    query: Query,
    format: Format,
    rows: RowStream,
    /// The line of names, until it was taken.
    head: Option<Vec<u8>>,
}

impl Lines {
    /// Begins to ask for the rows of a question.
    pub async fn begin(client: &Client, site: SiteId, query: Query, format: Format) -> Result<Self, RunError> {
        let source = source(client, site, &query).await?;
        let statement = source
            .map_or_else(|| sql::streamed(&query, site), |source| sql::streamed_from_frozen(&query, site, &source));
        let rows = client.stream_rows(&statement)?;
        let head = (format == Format::Csv).then(|| csv_line(names(&query)));
        Ok(Self { query, format, rows, head })
    }

    /// Returns the next lines; nothing after the last. Fails where an answer that has begun does not end: what was taken is not all.
    pub async fn next(&mut self) -> Result<Option<Vec<u8>>, RunError> {
        let rows = self.rows.next().await?;
        let Some(rows) = rows else {
            return Ok(self.head.take());
        };
        let mut lines = self.head.take().unwrap_or_default();
        for row in rows {
            lines.extend(self.line(row)?);
        }
        Ok(Some(lines))
    }

    fn line(&self, row: Vec<Value>) -> Result<Vec<u8>, RunError> {
        let mut row = split_row(&self.query, row)?;
        if let (Some((place, _)), Some(buckets)) = (self.query.time_dimension(), &self.query.buckets) {
            let index = bucket_index(buckets, &row.dimensions[place])?;
            row.dimensions[place] = buckets.list[index].label.clone().into();
        }
        let values = row.dimensions.into_iter().chain(row.metrics);
        Ok(match self.format {
            Format::Csv => csv_line(values.map(|value| cell(&value))),
            Format::Json | Format::Ndjson => {
                let object: Map<String, Value> = names(&self.query).zip(values).collect();
                let mut line = Value::Object(object).to_string().into_bytes();
                line.push(b'\n');
                line
            }
        })
    }
}

fn names(query: &Query) -> impl Iterator<Item = String> {
    let dimensions = query.dimensions.iter().map(|dimension| dimension.as_str().to_owned());
    dimensions.chain(query.metrics.iter().map(|metric| metric.as_str().to_owned()))
}

/// Returns a value as a cell: of money the amount, of nothing the empty text.
fn cell(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => harmless(text),
        Value::Object(money) => money.get("value").map(ToString::to_string).unwrap_or_default(),
        other => other.to_string(),
    }
}

/// Returns a text that no spreadsheet takes for a formula. Source: OWASP, "CSV Injection".
fn harmless(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{text}") } else { text.to_owned() }
}

fn csv_line(cells: impl Iterator<Item = String>) -> Vec<u8> {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    // Nothing can go wrong: what is written to is memory.
    let _ = writer.write_record(cells);
    writer.into_inner().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_cell_is_quoted_where_it_must_be_and_never_a_formula() {
        let row = [json!("a,\"b\""), json!("=cmd|' /C calc'!A0"), json!(null), json!(1.5), json!({ "value": 9.99 })];
        let line = csv_line(row.iter().map(cell));
        assert_eq!(String::from_utf8(line).unwrap(), "\"a,\"\"b\"\"\",'=cmd|' /C calc'!A0,,1.5,9.99\r\n");
    }
}
