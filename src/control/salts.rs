//! Owns the keys of visitor hashes: one for each site and local day, random, destroyed after the day.
//! It does not hash visitors: `enrich` does.
//!
//! On SQLite a destroyed salt is gone from the file and from its write-ahead log, though not from a backup that was made
//! before. On PostgreSQL it is gone when the server has vacuumed and recycled its log: exclude the table `salts`
//! from backups.

use std::collections::HashMap;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use sqlx::{AnyConnection, any::AnyRow};

use crate::model::{DaySalt, SiteId};

use super::{database::Control, error::ControlError, rows, secret};

/// Which salts a site is to have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct SaltWindow {
    pub site: SiteId,
    /// The salts of earlier local days are destroyed.
    pub oldest_kept: u16,
    /// Salts from this local day on are drawn. Never one of a day that is over: it may have been destroyed.
    pub first_drawn: u16,
    pub last_drawn: u16,
}

impl Control {
    /// Returns the salts of some local days of a site, in the order asked for. Those that do not exist yet are drawn;
    /// all processes then get the same. Ask only for days whose salt was not destroyed: it would be drawn anew.
    pub async fn day_salts(&self, site: SiteId, days: &[u16]) -> Result<Vec<DaySalt>, ControlError> {
        if let Some(salts) = self.read_salts(site, days).await? {
            return Ok(salts);
        }
        let mut change = self.change().await?;
        for &day in days {
            insert_if_absent(&mut change, site, day).await?;
        }
        change.commit().await?;
        // Without a row even now the site does not exist.
        self.read_salts(site, days).await?.ok_or(ControlError::SiteNotFound)
    }

    /// Destroys the salts of a site's local days before `day`. Returns how many there were.
    pub async fn destroy_salts_before(&self, site: SiteId, day: u16) -> Result<u64, ControlError> {
        let mut change = self.change().await?;
        let destroyed = delete_before(&mut change, site, day).await?;
        if destroyed > 0 {
            change.commit().await?;
            self.salts_were_destroyed();
        } else {
            change.rollback().await?;
        }
        self.empty_the_log().await?;
        Ok(destroyed)
    }

    /// Makes the salts be those of the windows: draws what is missing, destroys what is over, and returns all.
    /// Writes nothing when they are already.
    pub(super) async fn keep_salts(
        &self,
        windows: &[SaltWindow],
    ) -> Result<HashMap<SiteId, Vec<DaySalt>>, ControlError> {
        let mut salts = self.read_all_salts().await?;
        if !windows.iter().all(|window| is_kept(window, salts.get(&window.site))) {
            self.write_windows(windows, &salts).await?;
            salts = self.read_all_salts().await?;
        }
        self.empty_the_log().await?;
        Ok(salts)
    }

    async fn write_windows(
        &self,
        windows: &[SaltWindow],
        salts: &HashMap<SiteId, Vec<DaySalt>>,
    ) -> Result<(), ControlError> {
        let mut destroyed = 0;
        let mut change = self.change().await?;
        for window in windows.iter().filter(|window| !is_kept(window, salts.get(&window.site))) {
            destroyed += delete_before(&mut change, window.site, window.oldest_kept).await?;
            for day in window.first_drawn..=window.last_drawn {
                insert_if_absent(&mut change, window.site, day).await?;
            }
        }
        change.commit().await?;
        if destroyed > 0 {
            self.salts_were_destroyed();
            tracing::info!(salts.destroyed = destroyed, "salts of past days destroyed");
        }
        Ok(())
    }

    /// Returns none when one is missing.
    async fn read_salts(&self, site: SiteId, days: &[u16]) -> Result<Option<Vec<DaySalt>>, ControlError> {
        let rows = sqlx::query("SELECT local_day, salt FROM salts WHERE site_id = $1")
            .bind(i64::from(site.get()))
            .fetch_all(&self.pool)
            .await?;
        let known = rows.iter().map(from_row).collect::<Result<Vec<_>, _>>()?;
        Ok(days.iter().map(|&day| known.iter().find(|salt| salt.local_day == day).cloned()).collect())
    }

    async fn read_all_salts(&self) -> Result<HashMap<SiteId, Vec<DaySalt>>, ControlError> {
        let rows =
            sqlx::query("SELECT site_id, local_day, salt FROM salts ORDER BY local_day").fetch_all(&self.pool).await?;
        let mut salts: HashMap<SiteId, Vec<DaySalt>> = HashMap::new();
        for row in &rows {
            salts.entry(SiteId::new(rows::number(row, "site_id")?)).or_default().push(from_row(row)?);
        }
        Ok(salts)
    }
}

fn is_kept(window: &SaltWindow, salts: Option<&Vec<DaySalt>>) -> bool {
    let has = |day| salts.is_some_and(|salts| salts.iter().any(|salt| salt.local_day == day));
    let has_past = salts.is_some_and(|salts| salts.iter().any(|salt| salt.local_day < window.oldest_kept));
    !has_past && (window.first_drawn..=window.last_drawn).all(has)
}

/// Draws the salt of a day unless there is one, or unless the site was removed meanwhile.
async fn insert_if_absent(change: &mut AnyConnection, site: SiteId, day: u16) -> Result<(), ControlError> {
    sqlx::query(
        "INSERT INTO salts (site_id, local_day, salt) SELECT id, $1, $2 FROM sites WHERE id = $3 \
         ON CONFLICT (site_id, local_day) DO NOTHING",
    )
    .bind(i64::from(day))
    .bind(URL_SAFE_NO_PAD.encode(secret::random_bytes::<32>()))
    .bind(i64::from(site.get()))
    .execute(change)
    .await?;
    Ok(())
}

async fn delete_before(change: &mut AnyConnection, site: SiteId, day: u16) -> Result<u64, ControlError> {
    let deleted = sqlx::query("DELETE FROM salts WHERE site_id = $1 AND local_day < $2")
        .bind(i64::from(site.get()))
        .bind(i64::from(day))
        .execute(change)
        .await?;
    Ok(deleted.rows_affected())
}

fn from_row(row: &AnyRow) -> Result<DaySalt, ControlError> {
    const UNREADABLE: ControlError = ControlError::Unreadable { what: "salt" };
    let local_day = u16::try_from(rows::number(row, "local_day")?).or(Err(UNREADABLE))?;
    let bytes = URL_SAFE_NO_PAD.decode(rows::text(row, "salt")?).or(Err(UNREADABLE))?;
    Ok(DaySalt { local_day, key: bytes.try_into().or(Err(UNREADABLE))? })
}

#[cfg(test)]
mod tests {
    use super::super::testing::{TestDatabase, a_site};
    use super::*;

    fn keys(salts: &[DaySalt]) -> Vec<[u8; 32]> {
        salts.iter().map(|salt| salt.key).collect()
    }

    #[tokio::test]
    async fn a_salt_is_drawn_once_and_is_of_one_site_and_day() {
        let database = TestDatabase::new().await;
        let (one, other) = (database.open().await, database.open().await);
        let (a, b) = (a_site(&one, "a.example").await, a_site(&one, "b.example").await);
        let first = one.day_salts(a.id, &[20_002, 20_000]).await.unwrap();
        assert_eq!(first.iter().map(|salt| salt.local_day).collect::<Vec<_>>(), [20_002, 20_000]);
        assert_eq!(keys(&other.day_salts(a.id, &[20_002, 20_000]).await.unwrap()), keys(&first));

        let mut all = keys(&first);
        all.extend(keys(&other.day_salts(b.id, &[20_000, 20_001]).await.unwrap()));
        all.push([0; 32]);
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), 5, "all differ, and none is zero");
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn nodes_that_ask_at_once_agree() {
        let database = TestDatabase::new().await;
        let site = a_site(&database.open().await, "a.example").await;
        let mut nodes = Vec::new();
        for _ in 0..4 {
            let control = database.open().await;
            nodes.push(tokio::spawn(async move { control.day_salts(site.id, &[20_000, 20_001]).await.unwrap() }));
        }
        let mut answers = Vec::new();
        for node in nodes {
            answers.push(keys(&node.await.unwrap()));
        }
        answers.dedup();
        assert_eq!(answers.len(), 1);
    }

    #[tokio::test]
    async fn a_site_that_does_not_exist_has_no_salts() {
        let database = TestDatabase::new().await;
        let control = database.open().await;
        let salts = control.day_salts(SiteId::new(7), &[20_000]).await;
        assert!(matches!(salts, Err(ControlError::SiteNotFound)), "{salts:?}");
    }

    #[tokio::test]
    async fn destroying_takes_the_days_before_of_that_site_only() {
        let database = TestDatabase::new().await;
        let control = database.open().await;
        let (a, b) = (a_site(&control, "a.example").await, a_site(&control, "b.example").await);
        let days = [20_000, 20_001, 20_002];
        let (of_a, of_b) =
            (control.day_salts(a.id, &days).await.unwrap(), control.day_salts(b.id, &days).await.unwrap());
        assert_eq!(control.destroy_salts_before(a.id, 20_002).await.unwrap(), 2);
        assert_eq!(control.destroy_salts_before(a.id, 20_002).await.unwrap(), 0);

        let anew = control.day_salts(a.id, &days).await.unwrap();
        assert_ne!(anew[0].key, of_a[0].key, "a destroyed salt does not come back");
        assert_ne!(anew[1].key, of_a[1].key, "a destroyed salt does not come back");
        assert_eq!(anew[2].key, of_a[2].key);
        assert_eq!(keys(&control.day_salts(b.id, &days).await.unwrap()), keys(&of_b));
    }

    /// The files of SQLite, whatever the other tests run on: they are what is on the disk of most.
    #[tokio::test]
    async fn a_destroyed_salt_is_in_no_file() {
        let database = TestDatabase::sqlite();
        let (control, other) = (database.open().await, database.open().await);
        let (site, removed) = (a_site(&control, "a.example").await, a_site(&control, "b.example").await);
        let days: Vec<u16> = (20_000..20_050).collect();
        let salts = control.day_salts(site.id, &days).await.unwrap();
        let of_removed = control.day_salts(removed.id, &[20_000]).await.unwrap();
        other.sites().await.unwrap();
        let holds = |key: &[u8; 32]| {
            let (text, dump) = (URL_SAFE_NO_PAD.encode(key), database.files());
            dump.windows(text.len()).any(|window| window == text.as_bytes())
        };
        assert!(salts.iter().all(|salt| holds(&salt.key)), "the search finds what is there");

        control.destroy_salts_before(site.id, 20_049).await.unwrap();
        control.remove_site(removed.id).await.unwrap();
        for salt in salts[..49].iter().chain(&of_removed) {
            assert!(!holds(&salt.key), "day {}", salt.local_day);
        }
        assert!(holds(&salts[49].key));
    }

    #[tokio::test]
    async fn a_reader_in_the_way_only_delays_the_emptying_of_the_log() {
        let database = TestDatabase::sqlite();
        let control = database.open().await;
        let site = a_site(&control, "a.example").await;
        let salt = control.day_salts(site.id, &[20_000]).await.unwrap().remove(0);
        let text = URL_SAFE_NO_PAD.encode(salt.key);
        let holds = || database.files().windows(text.len()).any(|window| window == text.as_bytes());

        let other = database.open().await;
        let mut reader = other.pool.begin().await.unwrap();
        sqlx::query("SELECT * FROM salts").fetch_all(&mut *reader).await.unwrap();
        assert_eq!(control.destroy_salts_before(site.id, 20_001).await.unwrap(), 1);
        assert!(holds(), "the reader still sees it");
        reader.rollback().await.unwrap();
        assert_eq!(control.destroy_salts_before(site.id, 20_001).await.unwrap(), 0);
        assert!(!holds());
    }
}
