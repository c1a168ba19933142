//! Owns the screenshots that lie under heat maps: opening pictures of strangers within limits, keeping them as files of our own
//! making, and finding the one for a page and a width. It does not know HTTP, nor what is drawn on top.
//!
//! Nothing of the bytes that were uploaded is kept: a picture is decoded, brought to the width of its page, and encoded anew.
//! The files lie in the data folder, `screenshots/<number of the site>/`; the index is in the control database. Several
//! processes may work on both: a file is never changed, and is named by the index only when it is synced to the disk.

mod decode;
mod encode;
mod files;
mod picture;
mod scale;

use std::{
    collections::HashSet,
    io,
    ops::RangeInclusive,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use bytes::Bytes;
use jiff::Timestamp;
use tokio::sync::Semaphore;

use crate::{
    control::{Control, ControlError, Screenshot, ScreenshotQuota},
    model::{Pathname, SiteId},
};

pub use decode::{MOST_BYTES, MOST_PIXELS, PictureError};
pub use picture::Picture;

use encode::Format;
use files::Files;

/// Widths of a page, CSS pixels.
pub const WIDTHS: RangeInclusive<u32> = 120..=3840;
/// Longest page, CSS pixels; what is longer is cut off.
pub const MOST_HEIGHT: u32 = 30_000;
/// How much a site may have.
const QUOTA: ScreenshotQuota = ScreenshotQuota { count: 500, size_bytes: 256 * 1024 * 1024 };
/// How many hundredths of the width asked for a screenshot may be narrower or wider.
const NEAR_PERCENT: u32 = 10;
/// How long an upload waits for its turn: pictures are opened one at a time, for the largest takes 300 MB.
const TURN_WAIT: Duration = Duration::from_secs(5);

/// Why a screenshot is not kept or not found.
#[derive(Debug, thiserror::Error)]
pub enum ScreenshotError {
    #[error("the width is {width}, expected {} to {}", WIDTHS.start(), WIDTHS.end())]
    Width { width: u32 },
    #[error("the picture is not usable: {0}")]
    Picture(#[from] PictureError),
    #[error("the picture is {found} pixels wide, which is less than the page at {width}")]
    TooNarrow { found: u32, width: u32 },
    /// Worth trying again after a second.
    #[error("other pictures are being opened")]
    Busy,
    #[error(transparent)]
    Control(#[from] ControlError),
    #[error("cannot use {}: {source}", path.display())]
    File { path: PathBuf, source: io::Error },
    #[error("the picture cannot be encoded: {0}")]
    Encode(String),
    #[error("opening a picture was given up: {0}")]
    Stopped(String),
}

/// All screenshots of an installation. Cheap to clone.
#[derive(Clone)]
pub struct Screenshots {
    control: Control,
    files: Files,
    /// One permit for each picture that may be opened at a time.
    turns: Arc<Semaphore>,
}

/// What was kept.
#[derive(Debug)]
pub struct Kept {
    pub screenshot: Screenshot,
    /// There was none of this page and width before.
    pub is_new: bool,
}

/// A stored screenshot, read and not yet decoded.
#[derive(Debug)]
pub struct Found {
    pub screenshot: Screenshot,
    pub bytes: Vec<u8>,
}

impl Screenshots {
    #[must_use]
    pub fn new(data_dir: &Path, control: Control) -> Self {
        Self { control, files: Files::new(data_dir), turns: Arc::new(Semaphore::new(1)) }
    }

    /// Keeps a picture of a page at a width, in place of the one that may be there. The picture may be of a screen with more
    /// than one pixel for each of CSS: it is brought to the width.
    pub async fn keep(
        &self,
        site: SiteId,
        path: &Pathname,
        width: u32,
        picture: Bytes,
        now: Timestamp,
    ) -> Result<Kept, ScreenshotError> {
        if !WIDTHS.contains(&width) {
            return Err(ScreenshotError::Width { width });
        }
        let turn = tokio::time::timeout(TURN_WAIT, self.turns.acquire()).await;
        let Ok(Ok(_permit)) = turn else { return Err(ScreenshotError::Busy) };
        let (files, page) = (self.files.clone(), path.clone());
        let (file, size) = blocking(move || {
            let picture = decode::decode(&picture)?.into_page(width)?;
            let encoded = encode::encode(&picture)?;
            Ok((files.write(site, &page, width, &encoded)?, (picture.height(), encoded.bytes.len())))
        })
        .await?;
        let screenshot = Screenshot {
            path: path.clone(),
            width,
            height: size.0,
            size_bytes: u32::try_from(size.1).unwrap_or(u32::MAX),
            file,
            uploaded_at: now,
        };
        let replaced = match self.control.keep_screenshot(site, &screenshot, QUOTA).await {
            Ok(replaced) => replaced,
            Err(error) => {
                self.remove_file(site, screenshot.file).await?;
                return Err(error.into());
            }
        };
        let is_new = replaced.is_none();
        if let Some(replaced) = replaced {
            self.remove_file(site, replaced.file).await?;
        }
        self.remove_leftovers(site).await?;
        Ok(Kept { screenshot, is_new })
    }

    /// Returns the screenshot of a page at exactly this width.
    pub async fn find(&self, site: SiteId, path: &Pathname, width: u32) -> Result<Option<Found>, ScreenshotError> {
        self.read(site, path, |all| all.into_iter().find(|one| one.width == width)).await
    }

    /// Returns the screenshot of a page that is to lie under its heat map at this width: the one whose width is nearest, if it
    /// is within a tenth. [`Found::open`] then makes a picture of this width of it.
    pub async fn best_for(&self, site: SiteId, path: &Pathname, width: u32) -> Result<Option<Found>, ScreenshotError> {
        self.read(site, path, |all| nearest(all, width)).await
    }

    /// Returns the screenshots of a site, or of one page of it.
    pub async fn list(&self, site: SiteId, path: Option<&Pathname>) -> Result<Vec<Screenshot>, ScreenshotError> {
        Ok(self.control.screenshots(site, path).await?)
    }

    /// Removes the screenshot of a page at a width. Returns whether there was one.
    pub async fn remove(&self, site: SiteId, path: &Pathname, width: u32) -> Result<bool, ScreenshotError> {
        let Some(removed) = self.control.forget_screenshot(site, path, width).await? else { return Ok(false) };
        self.remove_file(site, removed.file).await?;
        Ok(true)
    }

    /// Removes the files of a site that was removed.
    pub async fn remove_site(&self, site: SiteId) -> Result<(), ScreenshotError> {
        let files = self.files.clone();
        blocking(move || files.remove_site(site)).await
    }

    /// Removes the files of all sites that are no more: another process has removed the site and could not remove the files.
    pub async fn remove_lost_sites(&self) -> Result<(), ScreenshotError> {
        let files = self.files.clone();
        // In this order: a site that is added meanwhile is among the sites.
        let with_files = blocking(move || files.sites()).await?;
        let known: HashSet<SiteId> = self.control.sites().await?.into_iter().map(|site| site.id).collect();
        for lost in with_files.into_iter().filter(|site| !known.contains(site)) {
            self.remove_site(lost).await?;
        }
        Ok(())
    }

    /// Reads the one that is chosen among those of a page. It may be replaced between a look into the index and one into
    /// the folder; then the next look finds the new one.
    async fn read(
        &self,
        site: SiteId,
        path: &Pathname,
        choose: impl Fn(Vec<Screenshot>) -> Option<Screenshot>,
    ) -> Result<Option<Found>, ScreenshotError> {
        const LOOKS: usize = 3;
        for _ in 0..LOOKS {
            let Some(screenshot) = choose(self.control.screenshots(site, Some(path)).await?) else { return Ok(None) };
            let (files, name) = (self.files.clone(), screenshot.file.clone());
            if let Some(bytes) = blocking(move || files.read(site, &name)).await? {
                return Ok(Some(Found { screenshot, bytes }));
            }
        }
        tracing::warn!(site.id = site.get(), "the file of a screenshot is not in the data folder");
        Ok(None)
    }

    async fn remove_file(&self, site: SiteId, name: String) -> Result<(), ScreenshotError> {
        let files = self.files.clone();
        blocking(move || files.remove(site, &name)).await
    }

    /// Removes files that no index names: a process ended between writing one and naming it.
    async fn remove_leftovers(&self, site: SiteId) -> Result<(), ScreenshotError> {
        let named: HashSet<String> =
            self.control.screenshots(site, None).await?.into_iter().map(|screenshot| screenshot.file).collect();
        let files = self.files.clone();
        blocking(move || files.remove_leftovers(site, &named)).await
    }
}

impl Found {
    /// Returns the media type of the bytes.
    #[must_use]
    pub fn media_type(&self) -> &'static str {
        Format::of(&self.screenshot.file).media_type()
    }

    /// Decodes the picture and brings it to a width; its height follows. Takes up to 100 ms: not for the async threads.
    pub fn open(&self, width: u32) -> Result<Picture, ScreenshotError> {
        Ok(decode::decode(&self.bytes)?.scaled_to(width))
    }
}

fn nearest(all: Vec<Screenshot>, width: u32) -> Option<Screenshot> {
    let distance = |one: &Screenshot| one.width.abs_diff(width);
    let near = all.into_iter().filter(|one| distance(one) * 100 <= width * NEAR_PERCENT);
    near.min_by_key(distance)
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, ScreenshotError> + Send + 'static,
) -> Result<T, ScreenshotError> {
    tokio::task::spawn_blocking(work).await.map_err(|error| ScreenshotError::Stopped(error.to_string()))?
}

#[cfg(test)]
mod tests {
    use super::*;

    fn widths(all: &[u32]) -> Vec<Screenshot> {
        let path = Pathname::parse("/").unwrap();
        let one = |&width: &u32| Screenshot {
            path: path.clone(),
            width,
            height: 1,
            size_bytes: 1,
            file: String::new(),
            uploaded_at: Timestamp::UNIX_EPOCH,
        };
        all.iter().map(one).collect()
    }

    #[test]
    fn the_nearest_width_lies_under_a_map_and_none_that_is_far() {
        for (stored, asked, expected) in [
            (&[390, 768, 1280][..], 1280, Some(1280)),
            (&[1264, 1300], 1280, Some(1264)),
            (&[1152], 1280, Some(1152)),
            (&[1151], 1280, None),
            (&[1408], 1280, Some(1408)),
            (&[1409], 1280, None),
            (&[360, 414], 390, Some(414)),
            (&[], 1280, None),
        ] {
            let found = nearest(widths(stored), asked).map(|one| one.width);
            assert_eq!(found, expected, "{stored:?} at {asked}");
        }
    }
}
