//! Owns the files of screenshots: one folder a site, files that are whole or not there. It does not know which ones are named by the index.

use std::{
    collections::HashSet,
    fs, io,
    io::Write,
    os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, lchown},
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use super::{ScreenshotError, encode::Encoded};
use crate::model::{Pathname, SiteId};

const FOLDER: &str = "screenshots";
/// Ending of a file that is being written.
const DRAFT: &str = "new";
/// How old a file is that no index names before it is taken for one that never will be.
const LEFTOVER_AGE: Duration = Duration::from_hours(1);

/// The folder of all screenshots.
#[derive(Debug, Clone)]
pub struct Files {
    data_dir: Arc<Path>,
}

impl Files {
    pub fn new(data_dir: &Path) -> Self {
        Self { data_dir: data_dir.into() }
    }

    /// Writes a picture, synced to the disk, and returns the name of its file, which no other has or had.
    pub fn write(
        &self,
        site: SiteId,
        path: &Pathname,
        width: u32,
        picture: &Encoded,
    ) -> Result<String, ScreenshotError> {
        let page = &blake3::hash(path.as_str().as_bytes()).to_hex()[..16];
        let name = format!("{page}-{width}-{:08x}.{}", rand::random::<u32>(), picture.format.ending());
        let folder = self.of_site(site);
        self.write_to(&folder, &name, &picture.bytes).map_err(failed(&folder))?;
        Ok(name)
    }

    fn write_to(&self, folder: &Path, name: &str, bytes: &[u8]) -> io::Result<()> {
        fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
        let draft = folder.join(name).with_extension(DRAFT);
        let mut file = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&draft)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        for path in [&self.data_dir.join(FOLDER), folder, &draft] {
            self.give_to_the_service(path)?;
        }
        fs::rename(&draft, folder.join(name))?;
        fs::File::open(folder)?.sync_all()
    }

    /// Gives what an administrator's command has made to whom the data folder belongs to: the service has to read it.
    fn give_to_the_service(&self, path: &Path) -> io::Result<()> {
        let (owner, made) = (fs::metadata(&self.data_dir)?, fs::symlink_metadata(path)?);
        if (owner.uid(), owner.gid()) != (made.uid(), made.gid()) && made.uid() == 0 {
            lchown(path, Some(owner.uid()), Some(owner.gid()))?;
        }
        Ok(())
    }

    /// Returns the bytes of a file, if it is there.
    pub fn read(&self, site: SiteId, name: &str) -> Result<Option<Vec<u8>>, ScreenshotError> {
        let file = self.of_site(site).join(name);
        found(fs::read(&file)).map_err(failed(&file))
    }

    /// Removes a file. It may be gone.
    pub fn remove(&self, site: SiteId, name: &str) -> Result<(), ScreenshotError> {
        let file = self.of_site(site).join(name);
        found(fs::remove_file(&file)).map(drop).map_err(failed(&file))
    }

    /// Removes the files of a site.
    pub fn remove_site(&self, site: SiteId) -> Result<(), ScreenshotError> {
        let folder = self.of_site(site);
        found(fs::remove_dir_all(&folder)).map(drop).map_err(failed(&folder))
    }

    /// Returns the sites that have a folder.
    pub fn sites(&self) -> Result<Vec<SiteId>, ScreenshotError> {
        let folder = self.data_dir.join(FOLDER);
        let names = names(&folder).map_err(failed(&folder))?;
        Ok(names.iter().filter_map(|name| name.parse().ok()).map(SiteId::new).collect())
    }

    /// Removes the old files of a site that are not among the named.
    pub fn remove_leftovers(&self, site: SiteId, named: &HashSet<String>) -> Result<(), ScreenshotError> {
        let folder = self.of_site(site);
        let remove = || -> io::Result<()> {
            for name in names(&folder)?.into_iter().filter(|name| !named.contains(name)) {
                let file = folder.join(name);
                // One that is gone meanwhile, or that the clock says is of tomorrow, is none.
                let age = fs::metadata(&file).and_then(|metadata| metadata.modified()).map(|time| time.elapsed());
                if matches!(age, Ok(Ok(age)) if age > LEFTOVER_AGE) {
                    found(fs::remove_file(&file))?;
                }
            }
            Ok(())
        };
        remove().map_err(failed(&folder))
    }

    fn of_site(&self, site: SiteId) -> PathBuf {
        self.data_dir.join(FOLDER).join(site.get().to_string())
    }
}

/// Returns the names in a folder; a folder that is not there has none.
fn names(folder: &Path) -> io::Result<Vec<String>> {
    let Some(entries) = found(fs::read_dir(folder))? else { return Ok(Vec::new()) };
    entries.map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned())).collect()
}

/// Takes what is not there for nothing.
fn found<T>(result: io::Result<T>) -> io::Result<Option<T>> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

fn failed(path: &Path) -> impl Fn(io::Error) -> ScreenshotError {
    move |source| ScreenshotError::File { path: path.to_owned(), source }
}

#[cfg(test)]
mod tests {
    use std::time::SystemTime;

    use super::{super::encode::Format, *};

    const SITE: SiteId = SiteId::new(7);

    fn a_file(files: &Files, text: &str) -> String {
        let picture = Encoded { bytes: text.as_bytes().to_vec(), format: Format::Png };
        files.write(SITE, &Pathname::parse("/цени").unwrap(), 390, &picture).unwrap()
    }

    #[test]
    fn a_file_is_written_whole_read_and_removed() {
        let folder = tempfile::tempdir().unwrap();
        let files = Files::new(folder.path());
        let (one, other) = (a_file(&files, "one"), a_file(&files, "other"));
        assert_ne!(one, other, "a file is never written twice");
        assert_eq!(files.read(SITE, &one).unwrap().unwrap(), b"one");
        assert_eq!(names(&folder.path().join("screenshots/7")).unwrap().len(), 2, "no draft is left");
        files.remove(SITE, &one).unwrap();
        files.remove(SITE, &one).unwrap();
        assert_eq!(files.read(SITE, &one).unwrap(), None);
        assert_eq!(files.sites().unwrap(), [SITE]);
        files.remove_site(SITE).unwrap();
        assert_eq!(files.sites().unwrap(), []);
        files.remove_site(SITE).unwrap();
    }

    #[test]
    fn only_the_owner_reads_a_file() {
        let folder = tempfile::tempdir().unwrap();
        let files = Files::new(folder.path());
        let name = a_file(&files, "one");
        let mode = |path: &str| fs::metadata(folder.path().join("screenshots").join(path)).unwrap().mode() & 0o777;
        assert_eq!((mode("7"), mode(&format!("7/{name}"))), (0o700, 0o600));
    }

    #[test]
    fn leftovers_go_when_they_are_old_and_not_named() {
        let folder = tempfile::tempdir().unwrap();
        let files = Files::new(folder.path());
        let (named, old, young) = (a_file(&files, "named"), a_file(&files, "old"), a_file(&files, "young"));
        let long_ago = SystemTime::now() - Duration::from_hours(2);
        for name in [&named, &old] {
            let file = fs::File::options().write(true).open(folder.path().join("screenshots/7").join(name)).unwrap();
            file.set_modified(long_ago).unwrap();
        }
        files.remove_leftovers(SITE, &HashSet::from([named.clone()])).unwrap();
        let is_there = |name: &str| files.read(SITE, name).unwrap().is_some();
        assert_eq!((is_there(&named), is_there(&old), is_there(&young)), (true, false, true));
    }
}
