//! Owns the tracked properties: adding, changing and removing them. It does not own what was measured of them: it remembers
//! which sites were removed, and the service erases their rows.

use jiff::{Timestamp, tz::TimeZone};
use serde_json::{Map, Value};
use sqlx::any::AnyRow;

use crate::model::{Site, SiteId, SiteName, SiteSettings};

use super::{
    database::{Control, IdKind, next_id},
    error::ControlError,
    rows, settings,
};

/// Names that no site may have, for `/api/v1/sites/goals` and the like mean something else (Plausible's Sites API).
const RESERVED_NAMES: [&str; 5] = ["goals", "custom-props", "shared-links", "guests", "teams"];

/// What to change of a site.
#[derive(Debug, Clone, Default)]
pub struct SitePatch {
    pub time_zone: Option<TimeZone>,
    /// Settings to replace, by key; the others stay as they are.
    pub settings: Map<String, Value>,
}

/// Returns the time zone of an IANA name such as `Europe/Sofia`.
pub fn time_zone(name: &str) -> Result<TimeZone, ControlError> {
    match TimeZone::get(name) {
        Ok(zone) if !zone.is_unknown() => Ok(zone),
        _ => Err(ControlError::UnknownTimeZone { name: name.to_owned() }),
    }
}

impl Control {
    /// Adds a site. Its number was never given before.
    pub async fn add_site(
        &self,
        name: &SiteName,
        time_zone: &TimeZone,
        settings: SiteSettings,
        now: Timestamp,
    ) -> Result<Site, ControlError> {
        if RESERVED_NAMES.contains(&name.as_str()) {
            return Err(ControlError::ReservedSiteName { name: name.clone() });
        }
        let zone_name = zone_name(time_zone)?;
        let settings = settings::check(settings)?;
        let mut change = self.change().await?;
        let id = next_id(&mut change, IdKind::Site).await?;
        let inserted = sqlx::query(
            "INSERT INTO sites (id, name, time_zone, settings, created_at_ms) VALUES ($1, $2, $3, $4, $5) \
             ON CONFLICT (name) DO NOTHING",
        )
        .bind(i64::from(id))
        .bind(name.as_str())
        .bind(zone_name)
        .bind(settings::write(&settings)?)
        .bind(now.as_millisecond())
        .execute(&mut *change)
        .await?;
        if inserted.rows_affected() == 0 {
            return Err(ControlError::SiteExists(name.clone()));
        }
        change.commit().await?;
        Ok(Site { id: SiteId::new(id), name: name.clone(), time_zone: time_zone.clone(), settings })
    }

    /// Returns all sites, by name.
    pub async fn sites(&self) -> Result<Vec<Site>, ControlError> {
        let rows = sqlx::query("SELECT id, name, time_zone, settings FROM sites").fetch_all(&self.pool).await?;
        let mut sites = rows.iter().map(from_row).collect::<Result<Vec<_>, _>>()?;
        // Not in SQL, for each database has an order of its own.
        sites.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(sites)
    }

    /// Returns the site of a name.
    pub async fn site(&self, name: &SiteName) -> Result<Site, ControlError> {
        let row = sqlx::query("SELECT id, name, time_zone, settings FROM sites WHERE name = $1")
            .bind(name.as_str())
            .fetch_optional(&self.pool)
            .await?;
        from_row(&row.ok_or(ControlError::SiteNotFound)?)
    }

    /// Changes a site and returns what it is then.
    pub async fn update_site(&self, id: SiteId, patch: &SitePatch) -> Result<Site, ControlError> {
        let mut change = self.change().await?;
        let row = sqlx::query("SELECT id, name, time_zone, settings FROM sites WHERE id = $1")
            .bind(i64::from(id.get()))
            .fetch_optional(&mut *change)
            .await?
            .ok_or(ControlError::SiteNotFound)?;
        let mut site = from_row(&row)?;
        if let Some(time_zone) = &patch.time_zone {
            site.time_zone = time_zone.clone();
        }
        let (settings, stored) = settings::merge(&rows::text(&row, "settings")?, &patch.settings)?;
        site.settings = settings;
        sqlx::query("UPDATE sites SET time_zone = $1, settings = $2 WHERE id = $3")
            .bind(zone_name(&site.time_zone)?)
            .bind(stored)
            .bind(i64::from(id.get()))
            .execute(&mut *change)
            .await?;
        change.commit().await?;
        Ok(site)
    }

    /// Removes a site with its memberships, its own keys and its salts.
    pub async fn remove_site(&self, id: SiteId) -> Result<(), ControlError> {
        let mut change = self.change().await?;
        let removed =
            sqlx::query("DELETE FROM sites WHERE id = $1").bind(i64::from(id.get())).execute(&mut *change).await?;
        if removed.rows_affected() == 0 {
            return Err(ControlError::SiteNotFound);
        }
        sqlx::query("INSERT INTO removed_sites (site_id) VALUES ($1)")
            .bind(i64::from(id.get()))
            .execute(&mut *change)
            .await?;
        change.commit().await?;
        self.salts_were_destroyed();
        self.empty_the_log().await
    }
}

impl Control {
    /// Returns the numbers of the sites that were removed.
    pub async fn removed_sites(&self) -> Result<Vec<SiteId>, ControlError> {
        let rows = sqlx::query("SELECT site_id FROM removed_sites ORDER BY site_id").fetch_all(&self.pool).await?;
        rows.iter().map(|row| Ok(SiteId::new(rows::number(row, "site_id")?))).collect()
    }
}

fn from_row(row: &AnyRow) -> Result<Site, ControlError> {
    let name = SiteName::parse(&rows::text(row, "name")?);
    Ok(Site {
        id: SiteId::new(rows::number(row, "id")?),
        name: name.or(Err(ControlError::Unreadable { what: "site name" }))?,
        time_zone: time_zone(&rows::text(row, "time_zone")?)?,
        settings: settings::read(&rows::text(row, "settings")?)?,
    })
}

/// Only a zone with a name can be stored; a fixed offset or the zone of this machine has none.
fn zone_name(time_zone: &TimeZone) -> Result<&str, ControlError> {
    time_zone.iana_name().ok_or_else(|| ControlError::UnknownTimeZone { name: format!("{time_zone:?}") })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::testing::{NOW, TestDatabase, a_site, name};
    use super::*;

    #[tokio::test]
    async fn a_site_is_added_listed_and_found() {
        let database = TestDatabase::new().await;
        let control = database.open().await;
        let sofia = time_zone("Europe/Sofia").unwrap();
        let settings = SiteSettings { hostnames: vec!["WWW.B.example".to_owned()], ..SiteSettings::default() };
        let added = control.add_site(&name("B.example"), &sofia, settings, NOW).await.unwrap();
        a_site(&control, "a.example").await;
        a_site(&control, "пример.бг").await;

        let names: Vec<_> = control.sites().await.unwrap().into_iter().map(|site| site.name.into_string()).collect();
        assert_eq!(names, ["a.example", "b.example", "пример.бг"]);
        let found = control.site(&name("b.example")).await.unwrap();
        assert_eq!((found.id, found.time_zone.iana_name()), (added.id, Some("Europe/Sofia")));
        assert_eq!(found.settings.hostnames, ["www.b.example"]);
        assert_eq!(found.settings, added.settings);
        let missing = control.site(&name("c.example")).await;
        assert!(matches!(missing, Err(ControlError::SiteNotFound)), "{missing:?}");
    }

    #[tokio::test]
    async fn a_name_is_taken_once() {
        let database = TestDatabase::new().await;
        let control = database.open().await;
        a_site(&control, "a.example").await;
        let again = control.add_site(&name("A.example"), &TimeZone::UTC, SiteSettings::default(), NOW).await;
        assert!(matches!(&again, Err(ControlError::SiteExists(site)) if site.as_str() == "a.example"), "{again:?}");
    }

    #[tokio::test]
    async fn a_word_of_the_api_is_no_name() {
        let database = TestDatabase::new().await;
        let control = database.open().await;
        for word in ["goals", "Custom-Props", "shared-links"] {
            let refused = control.add_site(&name(word), &TimeZone::UTC, SiteSettings::default(), NOW).await;
            assert!(matches!(refused, Err(ControlError::ReservedSiteName { .. })), "{word}: {refused:?}");
        }
        a_site(&control, "goals.example").await;
    }

    #[tokio::test]
    async fn the_number_of_a_removed_site_is_never_given_again() {
        let database = TestDatabase::new().await;
        let control = database.open().await;
        let mut seen = Vec::new();
        for _ in 0..3 {
            let site = a_site(&control, "a.example").await;
            assert!(!seen.contains(&site.id));
            seen.push(site.id);
            control.remove_site(site.id).await.unwrap();
        }
        assert_eq!(control.removed_sites().await.unwrap(), seen);
        let gone = control.remove_site(seen[0]).await;
        assert!(matches!(gone, Err(ControlError::SiteNotFound)), "{gone:?}");
    }

    #[tokio::test]
    async fn a_patch_changes_only_what_it_names() {
        let database = TestDatabase::new().await;
        let control = database.open().await;
        let site = a_site(&control, "a.example").await;
        let zone = SitePatch { time_zone: Some(time_zone("Asia/Tokyo").unwrap()), ..SitePatch::default() };
        control.update_site(site.id, &zone).await.unwrap();
        let badge =
            SitePatch { settings: json!({"public_badge": true}).as_object().unwrap().clone(), ..SitePatch::default() };
        let patched = control.update_site(site.id, &badge).await.unwrap();

        let found = control.site(&site.name).await.unwrap();
        assert_eq!((found.time_zone.iana_name(), found.settings.public_badge), (Some("Asia/Tokyo"), true));
        assert_eq!(patched.settings, found.settings);

        let missing = control.update_site(SiteId::new(99), &badge).await;
        assert!(matches!(missing, Err(ControlError::SiteNotFound)), "{missing:?}");
        let wrong = SitePatch { settings: json!({"badge": true}).as_object().unwrap().clone(), ..SitePatch::default() };
        let refused = control.update_site(site.id, &wrong).await;
        assert!(matches!(refused, Err(ControlError::InvalidSetting { .. })), "{refused:?}");
    }

    #[tokio::test]
    async fn a_zone_has_a_name_of_the_iana_database() {
        for (zone, expected) in [
            ("Europe/Sofia", true),
            ("UTC", true),
            ("Mars/Olympus", false),
            ("", false),
            ("Etc/Unknown", false),
            ("+02:00", false),
        ] {
            assert_eq!(time_zone(zone).is_ok(), expected, "{zone}");
        }
        let database = TestDatabase::new().await;
        let control = database.open().await;
        let offset = TimeZone::fixed(jiff::tz::offset(2));
        let refused = control.add_site(&name("a.example"), &offset, SiteSettings::default(), NOW).await;
        assert!(matches!(refused, Err(ControlError::UnknownTimeZone { .. })), "{refused:?}");
    }

    #[tokio::test]
    async fn another_process_sees_the_change_and_its_revision() {
        let database = TestDatabase::new().await;
        let (server, command) = (database.open().await, database.open().await);
        let before = server.revision().await.unwrap();
        let site = a_site(&command, "a.example").await;
        assert_eq!(server.revision().await.unwrap(), before + 1);
        assert_eq!(server.site(&site.name).await.unwrap().id, site.id);
        command.remove_site(site.id).await.unwrap();
        assert_eq!(server.revision().await.unwrap(), before + 2);
        assert!(server.sites().await.unwrap().is_empty());
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn writers_of_several_processes_wait_for_each_other() {
        const EACH: u64 = 12;
        let database = TestDatabase::new().await;
        let before = database.open().await.revision().await.unwrap();
        let mut writers = Vec::new();
        for writer in 0..4 {
            let control = database.open().await;
            writers.push(tokio::spawn(async move {
                for n in 0..EACH {
                    a_site(&control, &format!("{writer}-{n}.example")).await;
                }
            }));
        }
        for writer in writers {
            writer.await.unwrap();
        }
        let control = database.open().await;
        assert_eq!(control.revision().await.unwrap(), before + 4 * EACH);
        let mut ids: Vec<_> = control.sites().await.unwrap().into_iter().map(|site| site.id).collect();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len() as u64, 4 * EACH);
    }
}
