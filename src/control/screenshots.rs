//! Owns the index of screenshots: which pages of a site have one, at which width, in which file. It does not own the files.

use jiff::Timestamp;
use sqlx::{AnyConnection, Row, any::AnyRow};

use super::{database::Control, error::ControlError, memberships::site_exists, rows};
use crate::model::{Pathname, SiteId};

/// One screenshot of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Screenshot {
    pub path: Pathname,
    /// Of the page, CSS pixels.
    pub width: u32,
    pub height: u32,
    pub size_bytes: u32,
    /// Name in the folder of the site.
    pub file: String,
    pub uploaded_at: Timestamp,
}

/// How much of them a site may have.
#[derive(Debug, Clone, Copy)]
pub struct ScreenshotQuota {
    pub count: u32,
    pub size_bytes: u64,
}

impl Control {
    /// Notes a screenshot, in place of the one that the page may have at this width, which is returned.
    pub async fn keep_screenshot(
        &self,
        site: SiteId,
        screenshot: &Screenshot,
        quota: ScreenshotQuota,
    ) -> Result<Option<Screenshot>, ControlError> {
        let mut change = self.change().await?;
        if !site_exists(&mut change, site).await? {
            return Err(ControlError::SiteNotFound);
        }
        let replaced = take(&mut change, site, &screenshot.path, screenshot.width).await?;
        let (count, size_bytes) = totals(&mut change, site).await?;
        if count >= quota.count || size_bytes + u64::from(screenshot.size_bytes) > quota.size_bytes {
            return Err(ControlError::TooManyScreenshots { quota });
        }
        sqlx::query(
            "INSERT INTO screenshots (site_id, path, width, height, size_bytes, file, uploaded_at_ms) \
             VALUES ($1, $2, $3, $4, $5, $6, $7)",
        )
        .bind(i64::from(site.get()))
        .bind(screenshot.path.as_str())
        .bind(i64::from(screenshot.width))
        .bind(i64::from(screenshot.height))
        .bind(i64::from(screenshot.size_bytes))
        .bind(screenshot.file.as_str())
        .bind(screenshot.uploaded_at.as_millisecond())
        .execute(&mut *change)
        .await?;
        change.commit().await?;
        Ok(replaced)
    }

    /// Returns the screenshots of a site or of one page of it, by path and width.
    pub async fn screenshots(&self, site: SiteId, path: Option<&Pathname>) -> Result<Vec<Screenshot>, ControlError> {
        let rows = sqlx::query(
            "SELECT path, width, height, size_bytes, file, uploaded_at_ms FROM screenshots \
             WHERE site_id = $1 AND ($2 = '' OR path = $2)",
        )
        .bind(i64::from(site.get()))
        .bind(path.map_or("", Pathname::as_str))
        .fetch_all(&self.pool)
        .await?;
        let mut found = rows.iter().map(from_row).collect::<Result<Vec<_>, _>>()?;
        // Not in SQL, for each database has an order of its own.
        found.sort_by(|a, b| a.path.cmp(&b.path).then(a.width.cmp(&b.width)));
        Ok(found)
    }

    /// Forgets the screenshot of a page at a width, and returns it if there was one.
    pub async fn forget_screenshot(
        &self,
        site: SiteId,
        path: &Pathname,
        width: u32,
    ) -> Result<Option<Screenshot>, ControlError> {
        let mut change = self.change().await?;
        let removed = take(&mut change, site, path, width).await?;
        if removed.is_some() {
            change.commit().await?;
        }
        Ok(removed)
    }
}

async fn take(
    change: &mut AnyConnection,
    site: SiteId,
    path: &Pathname,
    width: u32,
) -> Result<Option<Screenshot>, ControlError> {
    let row = sqlx::query(
        "DELETE FROM screenshots WHERE site_id = $1 AND path = $2 AND width = $3 \
         RETURNING path, width, height, size_bytes, file, uploaded_at_ms",
    )
    .bind(i64::from(site.get()))
    .bind(path.as_str())
    .bind(i64::from(width))
    .fetch_optional(change)
    .await?;
    row.as_ref().map(from_row).transpose()
}

/// Returns how many a site has, and their bytes.
async fn totals(change: &mut AnyConnection, site: SiteId) -> Result<(u32, u64), ControlError> {
    // TRICKY: PostgreSQL's sum of integers is no integer.
    let row = sqlx::query(
        "SELECT count(*) AS files, coalesce(CAST(sum(size_bytes) AS BIGINT), 0) AS size_bytes \
         FROM screenshots WHERE site_id = $1",
    )
    .bind(i64::from(site.get()))
    .fetch_one(change)
    .await?;
    Ok((rows::number(&row, "files")?, row.try_get::<i64, _>("size_bytes")?.cast_unsigned()))
}

fn from_row(row: &AnyRow) -> Result<Screenshot, ControlError> {
    let path = Pathname::parse(&rows::text(row, "path")?);
    Ok(Screenshot {
        path: path.or(Err(ControlError::Unreadable { what: "path" }))?,
        width: rows::number(row, "width")?,
        height: rows::number(row, "height")?,
        size_bytes: rows::number(row, "size_bytes")?,
        file: rows::text(row, "file")?,
        uploaded_at: rows::time(row, "uploaded_at_ms")?,
    })
}

#[cfg(test)]
mod tests {
    use super::super::testing::{NOW, TestDatabase, a_site};
    use super::*;

    const QUOTA: ScreenshotQuota = ScreenshotQuota { count: 3, size_bytes: 1000 };

    fn path(text: &str) -> Pathname {
        Pathname::parse(text).unwrap()
    }

    fn a_screenshot(at: &str, width: u32, size_bytes: u32) -> Screenshot {
        let file = format!("{width}-{size_bytes}.png");
        Screenshot { path: path(at), width, height: 2000, size_bytes, file, uploaded_at: NOW }
    }

    #[tokio::test]
    async fn a_screenshot_is_kept_found_replaced_and_forgotten() {
        let database = TestDatabase::new().await;
        let control = database.open().await;
        let (site, other) = (a_site(&control, "u.example").await.id, a_site(&control, "v.example").await.id);
        let (phone, desktop, home) =
            (a_screenshot("/цени", 390, 10), a_screenshot("/цени", 1280, 20), a_screenshot("/", 1280, 30));
        for one in [&desktop, &home, &phone] {
            assert_eq!(control.keep_screenshot(site, one, QUOTA).await.unwrap(), None);
        }
        assert_eq!(control.screenshots(site, None).await.unwrap(), [home.clone(), phone.clone(), desktop.clone()]);
        assert_eq!(control.screenshots(site, Some(&path("/цени"))).await.unwrap(), [phone.clone(), desktop.clone()]);
        assert_eq!(control.screenshots(other, None).await.unwrap(), []);

        let newer = a_screenshot("/цени", 390, 40);
        assert_eq!(control.keep_screenshot(site, &newer, QUOTA).await.unwrap(), Some(phone), "full, and replaced");
        assert_eq!(control.forget_screenshot(site, &path("/цени"), 390).await.unwrap(), Some(newer));
        assert_eq!(control.forget_screenshot(site, &path("/цени"), 390).await.unwrap(), None);
        assert_eq!(control.forget_screenshot(other, &path("/"), 1280).await.unwrap(), None);
        assert_eq!(database.open().await.screenshots(site, None).await.unwrap(), [home, desktop]);
    }

    #[tokio::test]
    async fn a_site_may_have_so_many_and_no_more() {
        let database = TestDatabase::new().await;
        let control = database.open().await;
        let (site, other) = (a_site(&control, "u.example").await.id, a_site(&control, "v.example").await.id);
        for width in [390, 768, 1280] {
            control.keep_screenshot(site, &a_screenshot("/", width, 300), QUOTA).await.unwrap();
        }
        for (one, why) in [(a_screenshot("/", 1440, 1), "a fourth"), (a_screenshot("/", 390, 401), "too many bytes")] {
            let refused = control.keep_screenshot(site, &one, QUOTA).await;
            assert!(matches!(refused, Err(ControlError::TooManyScreenshots { .. })), "{why}: {refused:?}");
        }
        assert_eq!(control.screenshots(site, None).await.unwrap().len(), 3, "a refused one takes nothing away");
        control.keep_screenshot(site, &a_screenshot("/", 390, 400), QUOTA).await.unwrap();
        control.keep_screenshot(other, &a_screenshot("/", 390, 1000), QUOTA).await.unwrap();
    }

    #[tokio::test]
    async fn screenshots_go_with_their_site() {
        let database = TestDatabase::new().await;
        let control = database.open().await;
        let site = a_site(&control, "u.example").await.id;
        control.keep_screenshot(site, &a_screenshot("/", 390, 1), QUOTA).await.unwrap();
        control.remove_site(site).await.unwrap();
        assert_eq!(control.screenshots(site, None).await.unwrap(), []);
        let nowhere = control.keep_screenshot(site, &a_screenshot("/", 390, 1), QUOTA).await;
        assert!(matches!(nowhere, Err(ControlError::SiteNotFound)), "{nowhere:?}");
    }
}
