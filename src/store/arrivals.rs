//! Owns the knowledge that rows of a site have come into ClickHouse, so that what was made from the rows before is known to be
//! old. It does not know what was made, and nothing of what other services bring.

use std::{
    fs, io,
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

/// Sites share counters when there are more of them: then a picture is made anew once too often.
const COUNTERS: usize = 1024;
/// A file that commands replace when they have brought or erased rows beside the service.
const FILE: &str = "arrivals";

/// A count of arrivals for each site. Clones share it.
#[derive(Clone)]
pub struct Arrivals {
    counters: Arc<[AtomicU64]>,
    /// What commands replace.
    file: Option<Arc<Path>>,
}

impl Default for Arrivals {
    fn default() -> Self {
        Self { counters: (0..COUNTERS).map(|_| AtomicU64::new(0)).collect(), file: None }
    }
}

impl Arrivals {
    /// Makes counts that take notice of commands on the same data folder, too.
    #[must_use]
    pub fn beside_commands(data_dir: &Path) -> Self {
        Self { file: Some(data_dir.join(FILE).into()), ..Self::default() }
    }

    /// Notes that rows of a site have arrived.
    pub fn note(&self, site_id: u32) {
        self.counter(site_id).fetch_add(1, Ordering::Release);
    }

    /// Returns a number that is another one when rows of the site have arrived since.
    #[must_use]
    pub fn of(&self, site_id: u32) -> u64 {
        self.counter(site_id).load(Ordering::Acquire).wrapping_add(self.of_commands())
    }

    /// Returns a number that is another one when a command has replaced the file since. Commands are few: that it is another one
    /// for every site does no harm.
    fn of_commands(&self) -> u64 {
        let file = self.file.as_ref().and_then(|path| fs::metadata(path).ok());
        file.map_or(0, |file| {
            file.ino().rotate_left(32) ^ file.mtime().unsigned_abs() ^ file.mtime_nsec().unsigned_abs()
        })
    }

    fn counter(&self, site_id: u32) -> &AtomicU64 {
        &self.counters[site_id as usize % COUNTERS]
    }
}

/// Tells the service on a data folder, if there is one, that a command has brought or erased rows.
pub fn note_of_command(data_dir: &Path) -> io::Result<()> {
    if !data_dir.is_dir() {
        return Ok(());
    }
    let draft: PathBuf = data_dir.join(format!("{FILE}.{}", std::process::id()));
    fs::write(&draft, b"")?;
    fs::rename(&draft, data_dir.join(FILE))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_site_knows_of_its_own_rows() {
        let arrivals = Arrivals::default();
        let shared = arrivals.clone();
        shared.note(7);
        assert_eq!((arrivals.of(7), arrivals.of(8)), (1, 0));
    }

    #[test]
    fn a_command_beside_the_service_is_noticed() {
        let folder = tempfile::tempdir().unwrap();
        let arrivals = Arrivals::beside_commands(folder.path());
        let mut seen = vec![arrivals.of(7)];
        for _ in 0..3 {
            note_of_command(folder.path()).unwrap();
            assert!(!seen.contains(&arrivals.of(7)));
            assert_eq!(arrivals.of(7), arrivals.of(7));
            seen.push(arrivals.of(7));
            std::thread::sleep(std::time::Duration::from_millis(20));
        }
        note_of_command(&folder.path().join("nowhere")).unwrap();
    }
}
