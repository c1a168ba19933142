//! Owns Plausible's export: a zip file with a table (CSV) for each of its reports, whose rows are sums of days. What a row of a
//! table says, [`super::plausible_row`] reads; how they are counted, `docs/import-export.md` tells.
//!
//! Like any import it is made of chunks that are there once. A chunk is named by the content of the whole file, its table and its
//! place. A day of a report that another file has brought is left out, so that exports that overlap are not counted twice.

use std::{collections::HashSet, fs::File};

use jiff::Timestamp;

use super::{
    csv,
    import::{CHUNK_BYTES, CHUNK_LINES, ImportError, ImportReport, Target},
    lines::Lines,
    once,
    plausible_row::Columns,
    zip::{Packed, Zip},
};
use crate::store::{
    Client, StoreError,
    imported::{self, ImportedBlock, ImportedReport, ImportedRow, Origin},
};

/// How a zip file begins.
pub const START: &[u8] = b"PK\x03\x04";
/// How the name of a table begins.
const PREFIX: &str = "imported_";
/// Most lines of all tables together.
const MOST_LINES: u64 = 20_000_000;

/// What all chunks of a file have in common.
struct Import<'a> {
    client: &'a Client,
    target: &'a Target<'a>,
    id: u64,
    /// What other files have brought.
    others: HashSet<(String, u16)>,
    began_ms: i64,
}

/// Imports a file, and tells after each chunk how far it is.
pub async fn import(
    client: &Client,
    target: &Target<'_>,
    file: File,
    mut progress: impl FnMut(&ImportReport),
) -> Result<ImportReport, ImportError> {
    let zip = Zip::open(file)?;
    let tables = tables(&zip)?;
    let id = import_id(&tables);
    let others = imported::days_of_others(client, target.site.id.get(), id).await?;
    let began_ms = Timestamp::now().as_millisecond();
    let import = Import { client, target, id, others: others.into_iter().collect(), began_ms };
    let mut report = ImportReport::default();
    let mut lines = 0;
    for (table, packed) in tables {
        let before = report.bytes;
        read_table(&import, &zip, table, packed, &mut lines, &mut report, &mut progress).await?;
        report.bytes = before + packed.bytes;
        progress(&report);
    }
    Ok(report)
}

/// Returns the tables that are in a file, each once.
fn tables(zip: &Zip) -> Result<Vec<(ImportedReport, &Packed)>, ImportError> {
    let mut tables: Vec<(ImportedReport, &Packed)> = Vec::new();
    for packed in &zip.files {
        let Some(table) = table_of(&packed.name) else { continue };
        if tables.iter().any(|(found, _)| *found == table) {
            return Err(ImportError::Zip(format!("it has {PREFIX}{} twice", table.as_str())));
        }
        tables.push((table, packed));
    }
    if tables.is_empty() {
        return Err(ImportError::Zip(
            "it has none of the tables of Plausible's export, like imported_visitors.csv".into(),
        ));
    }
    tables.sort_unstable_by_key(|(table, _)| *table);
    Ok(tables)
}

/// Returns the report of a name like `imported_pages_20230209_20240123.csv`; the days may be left out.
fn table_of(name: &str) -> Option<ImportedReport> {
    let name = name.strip_prefix(PREFIX)?.strip_suffix(".csv")?;
    let is_day = |text: &str| text.len() == 8 && text.bytes().all(|byte| byte.is_ascii_digit());
    let undated = match name.rsplitn(3, '_').collect::<Vec<_>>()[..] {
        [last, first, name] if is_day(last) && is_day(first) => name,
        _ => name,
    };
    ImportedReport::ALL.into_iter().find(|report| report.as_str() == undated)
}

/// Names a file by what is in it.
fn import_id(tables: &[(ImportedReport, &Packed)]) -> u64 {
    let mut hash = blake3::Hasher::new();
    for (table, packed) in tables {
        hash.update(table.as_str().as_bytes()).update(&packed.crc32.to_be_bytes()).update(&packed.bytes.to_be_bytes());
    }
    first_bytes(&hash)
}

fn first_bytes(hash: &blake3::Hasher) -> u64 {
    let mut first = [0; 8];
    first.copy_from_slice(&hash.finalize().as_bytes()[..8]);
    u64::from_be_bytes(first)
}

async fn read_table(
    import: &Import<'_>,
    zip: &Zip,
    table: ImportedReport,
    packed: &Packed,
    all_lines: &mut u64,
    report: &mut ImportReport,
    progress: &mut impl FnMut(&ImportReport),
) -> Result<(), ImportError> {
    let before = report.bytes;
    let mut lines = Lines::of(zip.read(packed)?)?;
    let Some(head) = lines.next(csv::is_open)? else { return Ok(()) };
    let columns = Columns::read(table, head).map_err(|why| ImportError::Zip(format!("{}: {why}", packed.name)))?;
    let mut chunk = Chunk::default();
    while let Some(line) = lines.next(csv::is_open)? {
        if line.is_empty() {
            continue;
        }
        let (bytes, row) = (line.len(), columns.row(line, import.target));
        *all_lines += 1;
        if *all_lines > MOST_LINES {
            return Err(ImportError::Zip(format!("it has more than {MOST_LINES} lines")));
        }
        match row {
            Ok((day, _)) if import.others.contains(&(table.as_str().to_owned(), day)) => report.known += 1,
            Ok((_, row)) => chunk.rows.push(row),
            Err(why) => report.reject(&format!("{} line {}: {why}", packed.name, lines.number())),
        }
        chunk.lines += 1;
        chunk.bytes += bytes;
        if chunk.lines >= CHUNK_LINES || chunk.bytes >= CHUNK_BYTES {
            let next = Chunk { number: chunk.number + 1, ..Chunk::default() };
            store(import, table, std::mem::replace(&mut chunk, next), report).await?;
            report.bytes = before + lines.bytes();
            progress(report);
        }
    }
    Ok(store(import, table, chunk, report).await?)
}

/// Some lines of a table.
#[derive(Default)]
struct Chunk {
    number: u64,
    rows: Vec<ImportedRow>,
    lines: usize,
    bytes: usize,
}

/// Stores the rows of a chunk, unless they are there.
async fn store(
    import: &Import<'_>,
    report: ImportedReport,
    chunk: Chunk,
    told: &mut ImportReport,
) -> Result<(), StoreError> {
    if chunk.rows.is_empty() {
        return Ok(());
    }
    let mut name = blake3::Hasher::new();
    name.update(&import.id.to_be_bytes()).update(report.as_str().as_bytes()).update(&chunk.number.to_be_bytes());
    let site_id = import.target.site.id.get();
    let mut block = ImportedBlock::new(Origin { site_id, report, import_id: import.id, batch: first_bytes(&name) });
    for row in &chunk.rows {
        block.add(row, import.began_ms)?;
    }
    drop(chunk);
    if block.is_there(import.client).await? {
        told.known += block.rows;
        return Ok(());
    }
    // Files of two sites may be the same.
    let token = format!("{}-{site_id}", block.token());
    let is_there = async || block.is_there(import.client).await;
    once::insert(&token, is_there, async |token, query_id| block.insert(import.client, token, query_id).await).await?;
    told.stored += block.rows;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_is_known_by_its_name() {
        for (name, table) in [
            ("imported_visitors_20230209_20240123.csv", Some(ImportedReport::Visitors)),
            ("imported_operating_systems_20230209_20240123.csv", Some(ImportedReport::OperatingSystems)),
            ("imported_entry_pages.csv", Some(ImportedReport::EntryPages)),
            ("imported_pages_2023_20240123.csv", None),
            ("imported_funnels_20230209_20240123.csv", None),
            ("visitors.csv", None),
            ("imported_visitors_20230209_20240123.txt", None),
            ("imported_.csv", None),
            ("", None),
        ] {
            assert_eq!(table_of(name), table, "{name:?}");
        }
    }
}
