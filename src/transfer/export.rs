//! Owns an export as it goes on: table by table, day by day, a piece at a time, so that its memory does not grow with what
//! is exported. ClickHouse writes the rows; what stands around them is written here.

use std::{collections::VecDeque, io, sync::Arc};

use bytes::Bytes;
use serde_json::json;

use super::cursor::Extent;
use crate::{
    spool::{self, files::Files},
    store::{
        Client, StoreError,
        block::Table,
        client::Answer,
        export::{self, Form, Part},
    },
};

/// Tells until when everything that was accepted has arrived in ClickHouse: what arrived by then does not grow any more, so
/// that the next run goes on behind it. Rows carry when their batch was begun, and batches arrive one after the other.
#[derive(Clone)]
pub struct Settled(Arc<dyn Files>);

impl Settled {
    /// Looks at what waits for ClickHouse.
    #[must_use]
    pub fn new(waiting: Arc<dyn Files>) -> Self {
        Self(waiting)
    }

    /// Returns the moment, milliseconds since the epoch.
    pub fn until_ms(&self, now_ms: i64) -> io::Result<i64> {
        let waiting_ms = spool::waiting_since(&*self.0, now_ms)?;
        Ok(waiting_ms.map_or(now_ms, |since_ms| since_ms.min(now_ms)) - 1)
    }
}

/// What arrived after this is everything: rows from before arrivals were noted have 0.
pub const EVERYTHING: i64 = -1;

/// An export that is being read.
pub struct Export {
    client: Client,
    form: Form,
    part: Part,
    cursor: String,
    tables: VecDeque<Table>,
    /// The days of the table that is being read.
    days: VecDeque<u16>,
    reading: Option<(Table, Option<Answer>)>,
    rows: u64,
    has_ended: bool,
}

impl Export {
    /// Prepares the export of what arrived after `after_ms` and until `until_ms`, milliseconds since the epoch.
    #[must_use]
    pub fn new(client: Client, extent: &Extent, form: Form, after_ms: i64, until_ms: i64) -> Self {
        let part = Part { site_id: extent.site.get(), days: extent.days.clone(), after_ms, until_ms };
        Self {
            client,
            form,
            part,
            cursor: extent.cursor(until_ms.max(after_ms)),
            tables: extent.tables.iter().copied().collect(),
            days: VecDeque::new(),
            reading: None,
            rows: 0,
            has_ended: false,
        }
    }

    /// Returns the cursor with which the next run goes on, once this one was read to its end.
    #[must_use]
    pub fn cursor(&self) -> &str {
        &self.cursor
    }

    /// Returns how many lines of rows were given out so far.
    #[must_use]
    pub const fn rows(&self) -> u64 {
        self.rows
    }

    /// Returns the next piece, none at the end.
    pub async fn next(&mut self) -> Result<Option<Bytes>, StoreError> {
        while !self.has_ended {
            if let Some((_, Some(answer))) = &mut self.reading {
                if let Some(piece) = answer.next().await? {
                    // No value has a line break: control characters are replaced when events come in.
                    self.rows += piece.iter().filter(|&&byte| byte == b'\n').count() as u64;
                    return Ok(Some(piece));
                }
                self.reading = self.reading.take().map(|(table, _)| (table, None));
                continue;
            }
            if let Some((table, day)) = self.reading.as_ref().map(|(table, _)| *table).zip(self.days.pop_front()) {
                let answer = export::rows(&self.client, table, day, &self.part, self.form)?;
                self.reading = Some((table, Some(answer)));
                continue;
            }
            let Some(table) = self.tables.pop_front() else {
                self.has_ended = true;
                return Ok(self.last_line());
            };
            let days = export::days(&self.client, table, &self.part).await?;
            self.days = days.into_iter().map(|(day, _rows)| day).collect();
            self.reading = Some((table, None));
            if self.form == Form::Csv {
                return Ok(Some(Bytes::from(export::column_names(table).join(",") + "\n")));
            }
        }
        Ok(None)
    }

    /// Returns the line that says that the export is whole. A table of CSV has no place for one.
    fn last_line(&self) -> Option<Bytes> {
        let line = json!({"table": "end", "rows": self.rows, "cursor": self.cursor});
        (self.form == Form::Ndjson).then(|| Bytes::from(format!("{line}\n")))
    }
}
