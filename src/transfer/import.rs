//! Owns an import as it goes on: lines into chunks, each of which is stored once, however often the file is imported.
//!
//! A chunk is so many lines of the file, and what they say is its name: the number of the batch that its rows carry. Before a
//! chunk is stored, ClickHouse is asked whether it has rows of that batch. So a run that was cut off is repeated from the
//! beginning and goes on where it ended, and there is no ledger that could be lost. One chunk is in memory at a time.

use std::{
    fs::File,
    io::{Read, Seek},
};

use jiff::Timestamp;

use super::{
    csv,
    goatcounter::{self, GoatCounter},
    lines::Lines,
    once, plausible,
    row::{Kind, Row},
};
use crate::{
    enrich::{Agents, SiteRules},
    model::{Site, names::cut},
    store::{Client, StoreError, block::Blocks},
};

/// A chunk ends at so many lines …
pub(super) const CHUNK_LINES: usize = 10_000;
/// … or bytes.
pub(super) const CHUNK_BYTES: usize = 8 * 1024 * 1024;
/// Most complaints that are kept.
const MOST_COMPLAINTS: usize = 20;
/// Longest complaint.
const COMPLAINT_BYTES: usize = 200;

/// Where the rows go.
pub struct Target<'a> {
    pub site: &'a Site,
    pub import_key: [u8; 32],
    pub agents: &'a Agents,
    pub rules: SiteRules,
}

/// Why an import ended early. What was stored by then stays, and is not stored again by the next run.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    #[error("the file cannot be read: {0}")]
    File(#[from] std::io::Error),
    #[error(
        "it is neither an export of Heatline (NDJSON), nor one of GoatCounter (CSV, version 2), nor one of Plausible (zip, \
         which has to be a file)"
    )]
    Format,
    #[error("the zip file: {0}")]
    Zip(String),
    #[error("the first line: {0}")]
    Head(String),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// How far an import is.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ImportReport {
    /// Bytes of the file that were read, as they are in it; of a zip file, of what is in it.
    pub bytes: u64,
    /// Rows that were stored.
    pub stored: u64,
    /// Rows that an earlier run has stored.
    pub known: u64,
    /// Views of robots.
    pub robots: u64,
    /// Lines that are wrong.
    pub rejected: u64,
    /// What is wrong with the first of them.
    pub complaints: Vec<String>,
    /// The export tells of so many rows; none where its last line is missing, or there is none in this kind of file.
    pub promised: Option<u64>,
}

impl ImportReport {
    /// Notes a line that is wrong.
    pub(super) fn reject(&mut self, complaint: &str) {
        self.rejected += 1;
        if self.complaints.len() < MOST_COMPLAINTS {
            self.complaints.push(cut(complaint, COMPLAINT_BYTES + 100).to_owned());
        }
    }
}

/// Reads the lines of one kind of file.
enum Format {
    Ours,
    GoatCounter(Box<GoatCounter>),
}

/// Imports a file that may be of any kind, and tells after each chunk how far it is.
pub async fn import_file(
    client: &Client,
    target: &Target<'_>,
    mut file: File,
    progress: impl FnMut(&ImportReport),
) -> Result<ImportReport, ImportError> {
    let mut start = Vec::new();
    (&file).take(plausible::START.len() as u64).read_to_end(&mut start)?;
    file.rewind()?;
    if start == plausible::START {
        return plausible::import(client, target, file, progress).await;
    }
    import(client, target, file, progress).await
}

/// Imports a file of lines that is read once, from its beginning to its end.
pub async fn import(
    client: &Client,
    target: &Target<'_>,
    file: impl Read,
    mut progress: impl FnMut(&ImportReport),
) -> Result<ImportReport, ImportError> {
    let mut lines = Lines::of(file)?;
    let mut report = ImportReport::default();
    let mut chunk = Chunk::new(target);
    let mut format = None;
    while let Some(line) = lines.next(|line| matches!(format, Some(Format::GoatCounter(_))) && csv::is_open(line))? {
        if line.is_empty() {
            continue;
        }
        let line = line.to_vec();
        let Some(format) = &format else {
            let found = detect(&line)?;
            let is_head = matches!(found, Format::GoatCounter(_));
            if !is_head {
                take(&found, &line, lines.number(), target, &mut chunk, &mut report);
            }
            format = Some(found);
            continue;
        };
        take(format, &line, lines.number(), target, &mut chunk, &mut report);
        if chunk.is_full() {
            store(client, std::mem::replace(&mut chunk, Chunk::new(target)), target, &mut report).await?;
            report.bytes = lines.bytes();
            progress(&report);
        }
    }
    if format.is_none() {
        return Err(ImportError::Format);
    }
    store(client, chunk, target, &mut report).await?;
    report.bytes = lines.bytes();
    progress(&report);
    Ok(report)
}

fn detect(line: &[u8]) -> Result<Format, ImportError> {
    if line.starts_with(b"{") {
        return Ok(Format::Ours);
    }
    if line.starts_with(goatcounter::START) {
        return Ok(Format::GoatCounter(Box::new(GoatCounter::new(line).map_err(ImportError::Head)?)));
    }
    Err(ImportError::Format)
}

/// Reads a line into the chunk, or complains about it.
fn take(format: &Format, line: &[u8], number: u64, target: &Target<'_>, chunk: &mut Chunk, report: &mut ImportReport) {
    chunk.note(line);
    let row = match format {
        Format::Ours => Row::read(line, Timestamp::now().as_millisecond()).map(Some),
        Format::GoatCounter(reader) => reader.row(line, number, target),
    };
    match row {
        Ok(Some(row)) if row.table == Kind::End => report.promised = Some(report.promised.unwrap_or(0) + row.rows),
        Ok(Some(row)) => chunk.rows.push(row),
        Ok(None) => report.robots += 1,
        Err(complaint) => report.reject(&format!("line {number}: {}", cut(&complaint, COMPLAINT_BYTES))),
    }
}

/// Some lines of a file.
struct Chunk {
    rows: Vec<Row>,
    lines: usize,
    bytes: usize,
    name: blake3::Hasher,
}

impl Chunk {
    fn new(target: &Target<'_>) -> Self {
        let mut name = blake3::Hasher::new();
        name.update(b"import").update(&target.site.id.get().to_be_bytes());
        Self { rows: Vec::new(), lines: 0, bytes: 0, name }
    }

    fn note(&mut self, line: &[u8]) {
        self.name.update(&(line.len() as u64).to_be_bytes()).update(line);
        self.lines += 1;
        self.bytes += line.len();
    }

    const fn is_full(&self) -> bool {
        self.lines >= CHUNK_LINES || self.bytes >= CHUNK_BYTES
    }

    /// Returns the number that its rows carry.
    fn batch(&self) -> u64 {
        let mut first = [0; 8];
        first.copy_from_slice(&self.name.finalize().as_bytes()[..8]);
        u64::from_be_bytes(first)
    }
}

/// Stores the rows of a chunk, but for those that are there.
async fn store(
    client: &Client,
    chunk: Chunk,
    target: &Target<'_>,
    report: &mut ImportReport,
) -> Result<(), ImportError> {
    let site_id = target.site.id.get();
    let mut blocks = Blocks::new(chunk.batch(), Timestamp::now().as_millisecond());
    for row in &chunk.rows {
        if let Some(fact) = row.fact() {
            blocks.add(&row.head(site_id), &fact);
        }
    }
    drop(chunk);
    for block in blocks.finish() {
        let rows = block.rows as u64;
        if client.has_batch(site_id, &block).await? {
            report.known += rows;
        } else {
            let token = format!("import-{:016x}-{}-{}", block.batch, block.table.name(), block.month.0);
            let is_there = async || client.has_batch(site_id, &block).await;
            once::insert(&token, is_there, async |token, query_id| client.insert_block(&block, token, query_id).await)
                .await?;
            report.stored += rows;
        }
    }
    Ok(())
}
