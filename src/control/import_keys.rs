//! Owns the keys of visitor hashes of imported events, one for each site. It does not hash visitors: `enrich` does.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

use super::{database::Control, error::ControlError, memberships::site_exists, rows, secret};
use crate::model::SiteId;

impl Control {
    /// Returns the key of a site's imports, and draws it where there is none. Of two calls at once both get the same.
    pub async fn import_key(&self, site: SiteId) -> Result<[u8; 32], ControlError> {
        if let Some(key) = self.known_import_key(site).await? {
            return Ok(key);
        }
        let mut change = self.change().await?;
        if !site_exists(&mut change, site).await? {
            return Err(ControlError::SiteNotFound);
        }
        sqlx::query("INSERT INTO import_keys (site_id, import_key) VALUES ($1, $2) ON CONFLICT (site_id) DO NOTHING")
            .bind(i64::from(site.get()))
            .bind(URL_SAFE_NO_PAD.encode(secret::random_bytes::<32>()))
            .execute(&mut *change)
            .await?;
        change.commit().await?;
        self.known_import_key(site).await?.ok_or(ControlError::SiteNotFound)
    }

    async fn known_import_key(&self, site: SiteId) -> Result<Option<[u8; 32]>, ControlError> {
        let row = sqlx::query("SELECT import_key FROM import_keys WHERE site_id = $1")
            .bind(i64::from(site.get()))
            .fetch_optional(&self.pool)
            .await?;
        row.map(|row| key_of(&rows::text(&row, "import_key")?)).transpose()
    }
}

fn key_of(text: &str) -> Result<[u8; 32], ControlError> {
    let bytes = URL_SAFE_NO_PAD.decode(text).ok().and_then(|bytes| bytes.try_into().ok());
    bytes.ok_or(ControlError::Unreadable { what: "import key" })
}

#[cfg(test)]
mod tests {
    use super::super::testing::{TestDatabase, a_site};
    use super::*;

    #[tokio::test]
    async fn a_site_has_one_key_for_ever_and_no_other_site_has_it() {
        let database = TestDatabase::new().await;
        let (one, other) = (database.open().await, database.open().await);
        let (a, b) = (a_site(&one, "a.example").await, a_site(&one, "b.example").await);
        let (first, second) = tokio::join!(one.import_key(a.id), other.import_key(a.id));
        let key = first.unwrap();
        assert_eq!(key, second.unwrap(), "of two that ask at once");
        assert_ne!(key, one.import_key(b.id).await.unwrap());
        one.remove_site(a.id).await.unwrap();
        let gone = one.import_key(a.id).await;
        assert!(matches!(gone, Err(ControlError::SiteNotFound)), "{gone:?}");
    }
}
