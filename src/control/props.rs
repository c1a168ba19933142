//! Owns the list of properties that a site's owner wants to see in reports. It does not keep others out: events may have any.

use std::collections::BTreeSet;

use sqlx::AnyConnection;

use super::{database::Control, error::ControlError, memberships::site_exists, rows};
use crate::model::SiteId;

/// Most properties of a site.
const MOST_PROPS: usize = 300;
/// Longest name, bytes: that of a property that an event may have.
const PROP_BYTES: usize = 300;

impl Control {
    /// Returns the names of the properties of a site, in order.
    pub async fn props(&self, site: SiteId) -> Result<Vec<String>, ControlError> {
        let mut connection = self.pool.acquire().await?;
        Ok(props_of(&mut connection, site).await?.into_iter().collect())
    }

    /// Adds properties to the list of a site: all of them or, where one is wrong, none. Those that are there stay.
    /// Returns the list.
    pub async fn add_props(&self, site: SiteId, names: &[String]) -> Result<Vec<String>, ControlError> {
        self.write_props(site, names, false).await
    }

    /// Replaces the list of a site, and returns it.
    pub async fn set_props(&self, site: SiteId, names: &[String]) -> Result<Vec<String>, ControlError> {
        self.write_props(site, names, true).await
    }

    /// Takes a property off the list of a site. Returns whether it was there.
    pub async fn remove_prop(&self, site: SiteId, name: &str) -> Result<bool, ControlError> {
        // Not asked of the database: PostgreSQL refuses a text with a NUL.
        let Ok(name) = check_name(name) else { return Ok(false) };
        let mut change = self.change().await?;
        let removed = sqlx::query("DELETE FROM props WHERE site_id = $1 AND name = $2")
            .bind(i64::from(site.get()))
            .bind(name)
            .execute(&mut *change)
            .await?;
        if removed.rows_affected() == 0 {
            return Ok(false);
        }
        change.commit().await?;
        Ok(true)
    }

    async fn write_props(&self, site: SiteId, names: &[String], replace: bool) -> Result<Vec<String>, ControlError> {
        let names = names.iter().map(|name| check_name(name)).collect::<Result<BTreeSet<_>, _>>()?;
        let mut change = self.change().await?;
        if !site_exists(&mut change, site).await? {
            return Err(ControlError::SiteNotFound);
        }
        let before = props_of(&mut change, site).await?;
        let after: BTreeSet<String> = if replace { names } else { names.union(&before).cloned().collect() };
        if after.len() > MOST_PROPS {
            return Err(ControlError::TooMany { what: "properties", limit: MOST_PROPS });
        }
        if after != before {
            for name in before.difference(&after) {
                delete(&mut change, site, name).await?;
            }
            for name in after.difference(&before) {
                insert(&mut change, site, name).await?;
            }
            change.commit().await?;
        }
        Ok(after.into_iter().collect())
    }
}

/// A property has the name that events give it: blanks around it count for nothing.
fn check_name(name: &str) -> Result<String, ControlError> {
    let trimmed = name.trim();
    let reason = if trimmed.is_empty() {
        "a name is empty".to_owned()
    } else if trimmed.len() > PROP_BYTES {
        format!("a name is longer than {PROP_BYTES} bytes")
    } else if trimmed.contains(char::is_control) {
        "a name has a control character".to_owned()
    } else {
        return Ok(trimmed.to_owned());
    };
    Err(ControlError::InvalidField { field: "props", reason })
}

async fn props_of(connection: &mut AnyConnection, site: SiteId) -> Result<BTreeSet<String>, ControlError> {
    let rows = sqlx::query("SELECT name FROM props WHERE site_id = $1")
        .bind(i64::from(site.get()))
        .fetch_all(connection)
        .await?;
    rows.iter().map(|row| rows::text(row, "name")).collect()
}

async fn insert(change: &mut AnyConnection, site: SiteId, name: &str) -> Result<(), ControlError> {
    let query = sqlx::query("INSERT INTO props (site_id, name) VALUES ($1, $2)");
    query.bind(i64::from(site.get())).bind(name).execute(change).await?;
    Ok(())
}

async fn delete(change: &mut AnyConnection, site: SiteId, name: &str) -> Result<(), ControlError> {
    let query = sqlx::query("DELETE FROM props WHERE site_id = $1 AND name = $2");
    query.bind(i64::from(site.get())).bind(name).execute(change).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::testing::{TestDatabase, a_site};
    use super::*;

    fn texts(names: &[&str]) -> Vec<String> {
        names.iter().map(|&name| name.to_owned()).collect()
    }

    #[tokio::test]
    async fn properties_are_added_replaced_and_removed() {
        let database = TestDatabase::new().await;
        let control = database.open().await;
        let (site, other) = (a_site(&control, "a.example").await.id, a_site(&control, "b.example").await.id);
        let added = control.add_props(site, &texts(&["план", " author ", "author"])).await.unwrap();
        assert_eq!(added, ["author", "план"]);
        let revision = control.revision().await.unwrap();
        assert_eq!(control.add_props(site, &texts(&["author"])).await.unwrap(), ["author", "план"]);
        assert_eq!(control.revision().await.unwrap(), revision, "nothing was changed");

        assert_eq!(control.set_props(site, &texts(&["план", "tier"])).await.unwrap(), ["tier", "план"]);
        assert_eq!(database.open().await.props(site).await.unwrap(), ["tier", "план"]);
        assert_eq!(control.props(other).await.unwrap(), texts(&[]));
        assert!(!control.remove_prop(other, "tier").await.unwrap(), "of another site");
        assert!(control.remove_prop(site, "tier").await.unwrap());
        for other in ["tier", "", "a\u{0}b"] {
            assert!(!control.remove_prop(site, other).await.unwrap(), "{other:?}");
        }
        assert_eq!(control.props(site).await.unwrap(), ["план"]);

        control.remove_site(site).await.unwrap();
        assert_eq!(control.props(site).await.unwrap(), texts(&[]));
        let nowhere = control.add_props(site, &texts(&["a"])).await;
        assert!(matches!(nowhere, Err(ControlError::SiteNotFound)), "{nowhere:?}");
    }

    #[tokio::test]
    async fn a_wrong_name_or_one_too_many_changes_nothing() {
        let database = TestDatabase::new().await;
        let control = database.open().await;
        let site = a_site(&control, "a.example").await.id;
        control.add_props(site, &texts(&["a"])).await.unwrap();
        for wrong in ["", " ", "a\u{7}b", &"ю".repeat(151)] {
            let refused = control.set_props(site, &texts(&["b", wrong])).await;
            assert!(
                matches!(refused, Err(ControlError::InvalidField { field: "props", .. })),
                "{wrong:?}: {refused:?}"
            );
        }
        let many: Vec<String> = (0..300).map(|n| format!("prop {n}")).collect();
        let refused = control.add_props(site, &many).await;
        assert!(matches!(refused, Err(ControlError::TooMany { limit: 300, .. })), "{refused:?}");
        assert_eq!(control.props(site).await.unwrap(), ["a"]);
        assert_eq!(control.set_props(site, &many).await.unwrap().len(), 300);
    }
}
