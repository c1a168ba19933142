//! Owns what goes to the terminal: lines on stdout, complaints on stderr, files where asked.

use std::{
    error::Error,
    io::{self, Write},
    path::Path,
};

use serde::Serialize;

use super::CliError;

/// Writes a line to stdout.
pub fn line(text: impl AsRef<str>) -> Result<(), CliError> {
    writeln!(io::stdout().lock(), "{}", text.as_ref())?;
    Ok(())
}

/// Writes a value as JSON to stdout.
pub fn json(value: &impl Serialize) -> Result<(), CliError> {
    let text = serde_json::to_string_pretty(value).map_err(|error| CliError::Other(error.to_string()))?;
    line(text)
}

/// Writes rows as a table with aligned columns.
pub fn table(head: &[&str], rows: &[Vec<String>]) -> Result<(), CliError> {
    let width = |column: usize| {
        let cells = rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count());
        cells.chain([head[column].chars().count()]).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..head.len()).map(width).collect();
    let render = |cells: Vec<&str>| {
        let padded = cells.iter().zip(&widths).map(|(cell, width)| format!("{cell:<width$}"));
        padded.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    };
    line(render(head.to_vec()))?;
    for row in rows {
        line(render(row.iter().map(String::as_str).collect()))?;
    }
    Ok(())
}

/// Writes a line to stderr: what goes on, for a person who waits.
pub fn progress(text: &str) {
    // Nobody is waiting when stderr is closed.
    let _ = writeln!(io::stderr().lock(), "{text}");
}

/// Writes bytes to a file, or to stdout for `-`.
pub fn file(path: &Path, bytes: &[u8]) -> Result<(), CliError> {
    if path == Path::new("-") {
        io::stdout().lock().write_all(bytes)?;
        return Ok(());
    }
    std::fs::write(path, bytes).map_err(|source| CliError::Write { path: path.display().to_string(), source })
}

/// Says in one line on stderr what went wrong, with its causes.
pub fn complain(error: &dyn Error) {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        let inner_text = inner.to_string();
        if !text.contains(&inner_text) {
            text = format!("{text}: {inner_text}");
        }
        cause = inner.source();
    }
    // Nobody is left to tell when stderr is closed.
    let _ = writeln!(io::stderr().lock(), "heatline: {}", text.replace('\n', " "));
}
