//! Owns the keys that sign links, one for each site: who has a link needs nothing else. It does not know what links open.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use subtle::ConstantTimeEq;

use super::{database::Control, error::ControlError, memberships::site_exists, rows, secret};
use crate::model::SiteId;

/// Bytes of a signature: nobody guesses 128 bits.
const SIGNATURE_BYTES: usize = 16;

/// What signs the links of a site.
#[derive(Clone)]
pub struct LinkKey([u8; 32]);

impl LinkKey {
    /// Returns the signature of a link: 22 characters that need no escape in a URL. Each part counts with its length, so that
    /// no two links read alike.
    #[must_use]
    pub fn sign(&self, parts: &[&str]) -> String {
        let mut hash = blake3::Hasher::new_keyed(&self.0);
        for part in parts {
            hash.update(&(part.len() as u64).to_le_bytes()).update(part.as_bytes());
        }
        URL_SAFE_NO_PAD.encode(&hash.finalize().as_bytes()[..SIGNATURE_BYTES])
    }

    /// Tells whether a signature is of this link, in a time that does not tell how near it was.
    #[must_use]
    pub fn has_signed(&self, parts: &[&str], signature: &str) -> bool {
        are_equal(&self.sign(parts), signature)
    }

    pub(super) fn random() -> Self {
        Self(secret::random_bytes())
    }

    pub(super) fn of_text(text: &str) -> Result<Self, ControlError> {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok().and_then(|bytes| bytes.try_into().ok());
        bytes.map(Self).ok_or(ControlError::Unreadable { what: "link key" })
    }

    /// Returns what to store.
    pub(super) fn to_text(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.0)
    }
}

/// Tells whether two texts are the same, in a time that does not tell how near they were.
pub(super) fn are_equal(one: &str, other: &str) -> bool {
    one.as_bytes().ct_eq(other.as_bytes()).into()
}

impl Control {
    /// Returns the key of a site's links, if it has any.
    pub async fn link_key(&self, site: SiteId) -> Result<Option<LinkKey>, ControlError> {
        let row = sqlx::query("SELECT link_key FROM link_keys WHERE site_id = $1")
            .bind(i64::from(site.get()))
            .fetch_optional(&self.pool)
            .await?;
        row.map(|row| LinkKey::of_text(&rows::text(&row, "link_key")?)).transpose()
    }

    /// Returns the key of a site's links, and makes it where there is none. Of two calls at once both get the same.
    pub async fn keep_link_key(&self, site: SiteId) -> Result<LinkKey, ControlError> {
        if let Some(key) = self.link_key(site).await? {
            return Ok(key);
        }
        let mut change = self.change().await?;
        if !site_exists(&mut change, site).await? {
            return Err(ControlError::SiteNotFound);
        }
        sqlx::query("INSERT INTO link_keys (site_id, link_key) VALUES ($1, $2) ON CONFLICT (site_id) DO NOTHING")
            .bind(i64::from(site.get()))
            .bind(LinkKey::random().to_text())
            .execute(&mut *change)
            .await?;
        change.commit().await?;
        self.link_key(site).await?.ok_or(ControlError::SiteNotFound)
    }

    /// Ends all links of a site, for ever.
    pub async fn end_links(&self, site: SiteId) -> Result<(), ControlError> {
        let mut change = self.change().await?;
        sqlx::query("DELETE FROM link_keys WHERE site_id = $1")
            .bind(i64::from(site.get()))
            .execute(&mut *change)
            .await?;
        Ok(change.commit().await?)
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{TestDatabase, a_site};
    use super::*;

    #[tokio::test]
    async fn a_site_has_one_key_until_its_links_are_ended() {
        let database = TestDatabase::new().await;
        let control = database.open().await;
        let site = a_site(&control, "u.example").await.id;
        assert!(control.link_key(site).await.unwrap().is_none());
        let (one, other) = tokio::join!(control.keep_link_key(site), control.keep_link_key(site));
        let signature = one.unwrap().sign(&["a"]);
        assert!(other.unwrap().has_signed(&["a"], &signature));
        assert!(database.open().await.link_key(site).await.unwrap().unwrap().has_signed(&["a"], &signature));

        control.end_links(site).await.unwrap();
        assert!(control.link_key(site).await.unwrap().is_none());
        assert!(!control.keep_link_key(site).await.unwrap().has_signed(&["a"], &signature));
    }

    #[tokio::test]
    async fn each_site_has_its_own_key_and_a_site_that_is_gone_has_none() {
        let database = TestDatabase::new().await;
        let control = database.open().await;
        let (one, other) = (a_site(&control, "u.example").await.id, a_site(&control, "v.example").await.id);
        let signature = control.keep_link_key(one).await.unwrap().sign(&["a"]);
        assert!(!control.keep_link_key(other).await.unwrap().has_signed(&["a"], &signature));
        let nowhere = control.keep_link_key(SiteId::new(99)).await;
        assert!(matches!(nowhere, Err(ControlError::SiteNotFound)), "a site that never was");
    }

    #[test]
    fn a_signature_is_of_these_parts_only() {
        let key = LinkKey([7; 32]);
        let signature = key.sign(&["ab", "c"]);
        assert_eq!(signature.len(), 22);
        assert!(key.has_signed(&["ab", "c"], &signature));
        for parts in [&["a", "bc"][..], &["abc"], &["ab", "c", ""], &["c", "ab"]] {
            assert!(!key.has_signed(parts, &signature), "{parts:?}");
        }
        for wrong in ["", &signature[1..], &format!("{signature}A")] {
            assert!(!key.has_signed(&["ab", "c"], wrong), "{wrong}");
        }
        assert!(!LinkKey([8; 32]).has_signed(&["ab", "c"], &signature));
    }
}
