//! Owns the rows that ClickHouse refused for what they say: kept in files with the reason, so that nothing is lost and
//! nothing waits behind them. It does not decide what is refused.
//!
//! A file per batch, `BATCH.jsonl`, readable by its owner alone, one row a line. The row itself is a record of the spool.

use std::{
    collections::HashSet,
    fs,
    io::{self, BufRead, BufReader, Write},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::{Path, PathBuf},
};

use base64::{Engine, prelude::BASE64_STANDARD};
use serde::{Deserialize, Serialize};

/// Most bytes of all dead-letter files; beyond it the shipper stops rather than to lose a row.
const MOST_BYTES: u64 = 256 * 1024 * 1024;
const ENDING: &str = "jsonl";
/// Longest text of ClickHouse that is kept.
const REASON_BYTES: usize = 500;

/// A row that was refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeadLetter {
    /// The batch it was in, sixteen hexadecimal digits.
    pub batch: String,
    pub table: String,
    /// Month of the rows that it stood among, as `toYYYYMM` gives it.
    pub month: u32,
    /// Its place among the batch's rows of that table and month.
    pub row: usize,
    pub site_id: u32,
    /// When it was refused, milliseconds since the epoch.
    pub refused_at_ms: i64,
    /// Error code of ClickHouse.
    pub code: u32,
    pub reason: String,
    /// The row as a record of the spool, base64.
    record: String,
}

impl DeadLetter {
    /// Makes a letter of a row.
    #[must_use]
    pub fn new(place: Place<'_>, refused_at_ms: i64, code: u32, reason: &str, record: &[u8]) -> Self {
        Self {
            batch: format!("{:016x}", place.batch),
            table: place.table.to_owned(),
            month: place.month,
            row: place.row,
            site_id: place.site_id,
            refused_at_ms,
            code,
            reason: crate::model::names::cut(reason, REASON_BYTES).to_owned(),
            record: BASE64_STANDARD.encode(record),
        }
    }

    /// Returns the row as a record of the spool.
    pub fn record(&self) -> io::Result<Vec<u8>> {
        BASE64_STANDARD.decode(&self.record).map_err(io::Error::other)
    }

    /// Returns the name that tells this letter from all others; also the deduplication token of its replay.
    #[must_use]
    pub fn name(&self) -> String {
        format!("{}-{}-{}-{}", self.batch, self.table, self.month, self.row)
    }
}

/// Where a row stood.
#[derive(Debug, Clone, Copy)]
pub struct Place<'a> {
    pub batch: u64,
    pub table: &'a str,
    pub month: u32,
    pub row: usize,
    pub site_id: u32,
}

/// The folder of dead letters.
#[derive(Debug, Clone)]
pub struct DeadLetters {
    folder: PathBuf,
}

impl DeadLetters {
    /// Names the folder; it is made when the first letter comes.
    #[must_use]
    pub fn new(folder: PathBuf) -> Self {
        Self { folder }
    }

    /// Keeps a letter, synced to the disk. One that is there already is not kept twice.
    pub fn keep(&self, letter: &DeadLetter) -> io::Result<()> {
        fs::DirBuilder::new().recursive(true).mode(0o700).create(&self.folder)?;
        let _lock = self.lock()?;
        if self.size_bytes()? > MOST_BYTES {
            return Err(io::Error::other(format!("there are more than {MOST_BYTES} bytes of dead letters")));
        }
        let path = self.folder.join(&letter.batch).with_extension(ENDING);
        if path.exists() && read(&path)?.iter().any(|kept| kept.name() == letter.name()) {
            return Ok(());
        }
        // A line that was cut off while it was written must not take the next one with it.
        let is_cut = fs::read(&path).is_ok_and(|text| text.last().is_some_and(|&last| last != b'\n'));
        let mut line = if is_cut { vec![b'\n'] } else { Vec::new() };
        serde_json::to_writer(&mut line, letter)?;
        line.push(b'\n');
        let mut file = fs::OpenOptions::new().create(true).append(true).mode(0o600).open(&path)?;
        file.write_all(&line)?;
        file.sync_all()?;
        fs::File::open(&self.folder)?.sync_all()
    }

    /// Keeps bytes of a segment that are no record any more, for a person to look at.
    pub fn keep_damaged(&self, batch: u64, bytes: &[u8]) -> io::Result<()> {
        fs::DirBuilder::new().recursive(true).mode(0o700).create(&self.folder)?;
        let path = self.folder.join(format!("{batch:016x}.damaged"));
        let mut file = fs::OpenOptions::new().create(true).append(true).mode(0o600).open(path)?;
        file.write_all(bytes)?;
        file.sync_all()
    }

    /// Returns all letters, oldest batch first.
    pub fn list(&self) -> io::Result<Vec<DeadLetter>> {
        let mut letters = Vec::new();
        for path in self.files()? {
            letters.extend(read(&path)?);
        }
        Ok(letters)
    }

    /// Returns the places of a batch's rows that are letters, ascending.
    pub fn rows_of(&self, batch: u64, table: &str, month: u32) -> io::Result<Vec<usize>> {
        let path = self.folder.join(format!("{batch:016x}.{ENDING}"));
        let letters = if path.exists() { read(&path)? } else { Vec::new() };
        let of_block = letters.iter().filter(|letter| letter.table == table && letter.month == month);
        let mut rows: Vec<_> = of_block.map(|letter| letter.row).collect();
        rows.sort_unstable();
        Ok(rows)
    }

    /// Removes letters by their names. Returns how many there were.
    pub fn remove(&self, names: &HashSet<String>) -> io::Result<usize> {
        if !self.folder.exists() {
            return Ok(0);
        }
        let _lock = self.lock()?;
        let mut removed = 0;
        for path in self.files()? {
            let letters = read(&path)?;
            let kept: Vec<_> = letters.iter().filter(|letter| !names.contains(&letter.name())).collect();
            if kept.len() == letters.len() {
                continue;
            }
            removed += letters.len() - kept.len();
            rewrite(&path, &kept)?;
        }
        Ok(removed)
    }

    /// Keeps others from writing until the value is dropped: the service adds letters while a command removes some.
    fn lock(&self) -> io::Result<fs::File> {
        let folder = fs::File::open(&self.folder)?;
        rustix::fs::flock(&folder, rustix::fs::FlockOperation::LockExclusive)?;
        Ok(folder)
    }

    fn size_bytes(&self) -> io::Result<u64> {
        self.files()?.iter().map(|path| Ok(fs::metadata(path)?.len())).sum()
    }

    fn files(&self) -> io::Result<Vec<PathBuf>> {
        let entries = match fs::read_dir(&self.folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(error),
        };
        let mut files = entries.map(|entry| Ok(entry?.path())).collect::<io::Result<Vec<_>>>()?;
        files.retain(|path| path.extension().is_some_and(|ending| ending == ENDING));
        files.sort();
        Ok(files)
    }
}

/// Reads a file. A last line that was cut off while it was written is left out: its row is still in the spool.
fn read(path: &Path) -> io::Result<Vec<DeadLetter>> {
    let lines = BufReader::new(fs::File::open(path)?).lines();
    let lines = lines.collect::<io::Result<Vec<_>>>()?;
    Ok(lines.iter().filter_map(|line| serde_json::from_str(line).ok()).collect())
}

/// Replaces a file whole, or removes it where nothing is left.
fn rewrite(path: &Path, letters: &[&DeadLetter]) -> io::Result<()> {
    if letters.is_empty() {
        return fs::remove_file(path);
    }
    let draft = path.with_extension("new");
    let mut file = fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&draft)?;
    for letter in letters {
        serde_json::to_writer(&mut file, letter)?;
        file.write_all(b"\n")?;
    }
    file.sync_all()?;
    fs::rename(&draft, path)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn a_letter(batch: u64, row: usize) -> DeadLetter {
        DeadLetter::new(
            Place { batch, table: "events", month: 202_611, row, site_id: 1 },
            5,
            469,
            "constraint",
            b"\x01row",
        )
    }

    #[test]
    fn letters_are_kept_once_listed_and_removed_by_name() {
        let folder = tempfile::tempdir().unwrap();
        let letters = DeadLetters::new(folder.path().join("dead-letter"));
        assert_eq!(letters.list().unwrap(), []);
        for letter in [a_letter(1, 3), a_letter(2, 0), a_letter(1, 3), a_letter(1, 4)] {
            letters.keep(&letter).unwrap();
        }
        assert_eq!(letters.list().unwrap(), [a_letter(1, 3), a_letter(1, 4), a_letter(2, 0)]);
        assert_eq!(letters.list().unwrap()[0].record().unwrap(), b"\x01row");
        assert_eq!(letters.remove(&HashSet::from([a_letter(1, 3).name(), a_letter(2, 0).name()])).unwrap(), 2);
        assert_eq!(letters.list().unwrap(), [a_letter(1, 4)]);
    }

    #[test]
    fn rows_of_two_months_are_two_letters() {
        let folder = tempfile::tempdir().unwrap();
        let letters = DeadLetters::new(folder.path().to_owned());
        let other = DeadLetter { month: 202_612, ..a_letter(1, 0) };
        letters.keep(&a_letter(1, 0)).unwrap();
        letters.keep(&other).unwrap();
        assert_eq!(letters.list().unwrap(), [a_letter(1, 0), other]);
        assert_eq!(letters.rows_of(1, "events", 202_611).unwrap(), [0]);
        assert!(letters.rows_of(2, "events", 202_611).unwrap().is_empty());
    }

    #[test]
    fn a_letter_that_comes_while_others_are_removed_is_kept() {
        const LETTERS: usize = 100;
        let folder = tempfile::tempdir().unwrap();
        // The service keeps and a command removes: two handles, as of two processes.
        let (service, command) =
            (DeadLetters::new(folder.path().to_owned()), DeadLetters::new(folder.path().to_owned()));
        let keeper = std::thread::spawn(move || (0..LETTERS).for_each(|row| service.keep(&a_letter(1, row)).unwrap()));
        let mut removed = 0;
        while removed < LETTERS {
            let names: HashSet<_> = command.list().unwrap().iter().map(DeadLetter::name).collect();
            removed += command.remove(&names).unwrap();
            // Asked first: what was kept by then is listed.
            if keeper.is_finished() && command.list().unwrap().is_empty() {
                break;
            }
        }
        keeper.join().unwrap();
        assert_eq!(removed, LETTERS, "each letter was kept until it was removed");
    }

    #[test]
    fn a_line_that_was_cut_off_is_left_out() {
        let folder = tempfile::tempdir().unwrap();
        let letters = DeadLetters::new(folder.path().to_owned());
        letters.keep(&a_letter(1, 0)).unwrap();
        let path = folder.path().join("0000000000000001.jsonl");
        let mut text = fs::read_to_string(&path).unwrap();
        text.push_str(r#"{"batch":"00000"#);
        fs::write(&path, text).unwrap();
        assert_eq!(letters.list().unwrap(), [a_letter(1, 0)]);
        letters.keep(&a_letter(1, 1)).unwrap();
        assert_eq!(letters.list().unwrap(), [a_letter(1, 0), a_letter(1, 1)]);
    }
}
