//! Owns the API keys of programs: making, listing and revoking them, and who a presented key is.
//! It does not decide what a scope opens: `http` does.

use std::fmt;

use jiff::{SignedDuration, Timestamp};
use serde::{Serialize, Serializer};
use sqlx::{Row, any::AnyRow};

use crate::model::SiteId;

use super::{
    database::{Control, IdKind, next_id},
    email::EmailAddress,
    error::ControlError,
    memberships::site_exists,
    rows,
    secret::{self, Purpose, Secret},
    users::User,
};

/// How old the note of a key's last use may be.
const LAST_USED_STEP: SignedDuration = SignedDuration::from_mins(1);

/// Most keys that open the same one site.
const MOST_KEYS_OF_A_SITE: usize = 100;

/// The number of a key. Never given twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct KeyId(u32);

impl KeyId {
    /// Wraps the raw number, as a person may type it.
    pub const fn new(raw: u32) -> Self {
        Self(raw)
    }

    /// Returns the raw number.
    pub const fn get(self) -> u32 {
        self.0
    }
}

/// What a person calls a key, to tell it from others.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct KeyName(String);

impl KeyName {
    /// Most characters.
    pub const MAX_CHARS: usize = 100;

    /// Parses a name: 1 to 100 characters, none of them a control character.
    pub fn parse(text: &str) -> Result<Self, ControlError> {
        let trimmed = text.trim();
        if trimmed.is_empty() || trimmed.chars().count() > Self::MAX_CHARS || trimmed.chars().any(char::is_control) {
            return Err(ControlError::InvalidKeyName { limit: Self::MAX_CHARS });
        }
        Ok(Self(trimmed.to_owned()))
    }

    /// Returns the text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for KeyName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Something that a key may open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Scope {
    /// Reading reports, heat maps and the live view.
    Stats,
    /// Sending events from servers.
    Events,
    /// Changing sites.
    Sites,
}

impl Scope {
    pub const ALL: [Self; 3] = [Self::Stats, Self::Events, Self::Sites];

    /// Returns the name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Stats => "stats",
            Self::Events => "events",
            Self::Sites => "sites",
        }
    }

    fn bit(self) -> u8 {
        1 << self as u8
    }
}

/// Why a text does not name scopes.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ScopeError {
    #[error("there is no scope {name:?}, only stats, events and sites")]
    Unknown { name: String },
    #[error("there is none")]
    Empty,
}

/// One or more scopes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Scopes(u8);

impl Scopes {
    /// Parses names with commas between them: `stats,events`.
    pub fn parse(text: &str) -> Result<Self, ScopeError> {
        let mut bits = 0;
        for name in text.split(',').map(str::trim).filter(|name| !name.is_empty()) {
            let Some(scope) = Scope::ALL.into_iter().find(|scope| scope.as_str() == name) else {
                return Err(ScopeError::Unknown { name: name.to_owned() });
            };
            bits |= scope.bit();
        }
        if bits == 0 { Err(ScopeError::Empty) } else { Ok(Self(bits)) }
    }

    /// Returns whether the scope is among them.
    pub fn contains(self, scope: Scope) -> bool {
        self.0 & scope.bit() != 0
    }

    /// Returns the scopes one by one, always in the same order.
    pub fn iter(self) -> impl Iterator<Item = Scope> {
        Scope::ALL.into_iter().filter(move |&scope| self.contains(scope))
    }
}

impl fmt::Display for Scopes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.iter().map(Scope::as_str).collect::<Vec<_>>().join(","))
    }
}

impl Serialize for Scopes {
    /// Writes a list of names.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter())
    }
}

/// A key as it is listed. The key itself cannot be shown again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ApiKey {
    pub id: KeyId,
    pub name: KeyName,
    /// The public part, between the first two underscores of the key.
    pub prefix: String,
    pub scopes: Scopes,
    /// The one site that it opens; none: every site.
    pub site: Option<SiteId>,
    pub created_at: Timestamp,
    /// Right to a minute.
    pub last_used_at: Option<Timestamp>,
    /// Who made it in the dashboard: it goes when they are no owner of its site any more. None: the command line.
    pub made_by: Option<EmailAddress>,
}

/// Who presented a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyIdentity {
    pub id: KeyId,
    pub name: KeyName,
    pub scopes: Scopes,
    /// The one site that it opens; none: every site.
    pub site: Option<SiteId>,
}

impl Control {
    /// Makes a key, for one site or for all. Returns it in plain text, this once: `hl_<8 characters>_<43 characters>`.
    pub async fn create_key(
        &self,
        name: &KeyName,
        scopes: Scopes,
        site: Option<SiteId>,
        maker: Option<&User>,
        now: Timestamp,
    ) -> Result<(ApiKey, Secret), ControlError> {
        let prefix = secret::readable::<8>();
        let plaintext = Secret::new(format!("hl_{prefix}_{}", Secret::random().reveal()));
        let mut change = self.change().await?;
        if let Some(site) = site {
            if !site_exists(&mut change, site).await? {
                return Err(ControlError::SiteNotFound);
            }
            let row = sqlx::query("SELECT count(*) AS kept FROM api_keys WHERE site_id = $1")
                .bind(i64::from(site.get()))
                .fetch_one(&mut *change)
                .await?;
            if rows::number(&row, "kept")? as usize >= MOST_KEYS_OF_A_SITE {
                return Err(ControlError::TooMany { what: "keys", limit: MOST_KEYS_OF_A_SITE });
            }
        }
        let id = KeyId(next_id(&mut change, IdKind::ApiKey).await?);
        // Two equal prefixes are refused by the table; at a thousand keys that is one call in a thousand million.
        sqlx::query(
            "INSERT INTO api_keys (id, name, prefix, key_hash, scopes, site_id, created_at_ms, maker_id) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        )
        .bind(i64::from(id.0))
        .bind(name.as_str())
        .bind(prefix.as_str())
        .bind(secret::digest(Purpose::ApiKey, plaintext.reveal()))
        .bind(scopes.to_string())
        .bind(site.map(|site| i64::from(site.get())))
        .bind(now.as_millisecond())
        .bind(maker.map(|maker| maker.id.to_sql()))
        .execute(&mut *change)
        .await?;
        change.commit().await?;
        let made_by = maker.map(|maker| maker.email.clone());
        let key = ApiKey { id, name: name.clone(), prefix, scopes, site, created_at: now, last_used_at: None, made_by };
        Ok((key, plaintext))
    }

    /// Returns all keys, oldest first.
    pub async fn keys(&self) -> Result<Vec<ApiKey>, ControlError> {
        let rows = sqlx::query(
            "SELECT api_keys.id AS id, name, prefix, scopes, site_id, api_keys.created_at_ms AS created_at_ms, \
             last_used_at_ms, email FROM api_keys LEFT JOIN users ON users.id = maker_id ORDER BY api_keys.id",
        )
        .fetch_all(&self.pool)
        .await?;
        rows.iter().map(listed).collect()
    }

    /// Returns the keys that open this one site only, oldest first.
    pub async fn keys_of(&self, site: SiteId) -> Result<Vec<ApiKey>, ControlError> {
        let rows = sqlx::query(
            "SELECT api_keys.id AS id, name, prefix, scopes, site_id, api_keys.created_at_ms AS created_at_ms, \
             last_used_at_ms, email FROM api_keys LEFT JOIN users ON users.id = maker_id \
             WHERE site_id = $1 ORDER BY api_keys.id",
        )
        .bind(i64::from(site.get()))
        .fetch_all(&self.pool)
        .await?;
        rows.iter().map(listed).collect()
    }

    /// Revokes a key that opens this one site only. Any other is not found.
    pub async fn revoke_key_of(&self, site: SiteId, key: KeyId) -> Result<(), ControlError> {
        let mut change = self.change().await?;
        let removed = sqlx::query("DELETE FROM api_keys WHERE id = $1 AND site_id = $2")
            .bind(i64::from(key.0))
            .bind(i64::from(site.get()))
            .execute(&mut *change)
            .await?;
        if removed.rows_affected() == 0 {
            return Err(ControlError::KeyNotFound);
        }
        Ok(change.commit().await?)
    }

    /// Revokes a key; it opens nothing from now on.
    pub async fn revoke_key(&self, key: KeyId) -> Result<(), ControlError> {
        let mut change = self.change().await?;
        let removed =
            sqlx::query("DELETE FROM api_keys WHERE id = $1").bind(i64::from(key.0)).execute(&mut *change).await?;
        if removed.rows_affected() == 0 {
            return Err(ControlError::KeyNotFound);
        }
        Ok(change.commit().await?)
    }

    /// Returns who presents this key. Every kind of wrong key gives the same [`WrongKey`](ControlError::WrongKey).
    pub async fn authenticate_key(&self, plaintext: &str, now: Timestamp) -> Result<KeyIdentity, ControlError> {
        let prefix = prefix_of(plaintext).ok_or(ControlError::WrongKey)?;
        let row =
            sqlx::query("SELECT id, name, key_hash, scopes, site_id, last_used_at_ms FROM api_keys WHERE prefix = $1")
                .bind(prefix)
                .fetch_optional(&self.pool)
                .await?
                .ok_or(ControlError::WrongKey)?;
        if !secret::matches(&rows::text(&row, "key_hash")?, Purpose::ApiKey, plaintext) {
            return Err(ControlError::WrongKey);
        }
        let id = KeyId(rows::number(&row, "id")?);
        let last_used_at = rows::optional_time(&row, "last_used_at_ms")?;
        if last_used_at.is_none_or(|at| now.duration_since(at) >= LAST_USED_STEP) {
            self.note_use(id, now).await;
        }
        Ok(KeyIdentity { id, name: name(&row)?, scopes: scopes(&row)?, site: site(&row)? })
    }

    /// Notes that a key was used. That is not worth failing for: with a locked database the key still opens.
    async fn note_use(&self, key: KeyId, now: Timestamp) {
        let noted = sqlx::query("UPDATE api_keys SET last_used_at_ms = $1 WHERE id = $2")
            .bind(now.as_millisecond())
            .bind(i64::from(key.0))
            .execute(&self.pool)
            .await;
        if let Err(error) = noted {
            tracing::warn!(key.id = key.0, error = %error, "the last use of a key was not noted");
        }
    }
}

/// Returns the public part of what looks like a key.
fn prefix_of(plaintext: &str) -> Option<&str> {
    const PREFIX_CHARS: usize = 8;
    const SECRET_CHARS: usize = 43;
    let (prefix, secret) = plaintext.strip_prefix("hl_")?.split_once('_')?;
    let well_formed = prefix.len() == PREFIX_CHARS
        && secret.len() == SECRET_CHARS
        && prefix.bytes().all(|byte| byte.is_ascii_alphanumeric());
    well_formed.then_some(prefix)
}

fn listed(row: &AnyRow) -> Result<ApiKey, ControlError> {
    Ok(ApiKey {
        id: KeyId(rows::number(row, "id")?),
        name: name(row)?,
        prefix: rows::text(row, "prefix")?,
        scopes: scopes(row)?,
        site: site(row)?,
        created_at: rows::time(row, "created_at_ms")?,
        last_used_at: rows::optional_time(row, "last_used_at_ms")?,
        made_by: row.try_get::<Option<String>, _>("email")?.as_deref().map(EmailAddress::parse).transpose()?,
    })
}

fn name(row: &AnyRow) -> Result<KeyName, ControlError> {
    KeyName::parse(&rows::text(row, "name")?)
}

fn scopes(row: &AnyRow) -> Result<Scopes, ControlError> {
    Ok(Scopes::parse(&rows::text(row, "scopes")?)?)
}

fn site(row: &AnyRow) -> Result<Option<SiteId>, ControlError> {
    match row.try_get::<Option<i64>, _>("site_id")? {
        Some(_) => Ok(Some(SiteId::new(rows::number(row, "site_id")?))),
        None => Ok(None),
    }
}

#[cfg(test)]
mod tests {
    use super::super::{
        Role,
        testing::{NOW, TestDatabase, a_site, a_user},
    };
    use super::*;

    async fn a_key(control: &Control, scopes: &str, site: Option<SiteId>) -> (ApiKey, Secret) {
        let (name, scopes) = (KeyName::parse("ci").unwrap(), Scopes::parse(scopes).unwrap());
        control.create_key(&name, scopes, site, None, NOW).await.unwrap()
    }

    #[tokio::test]
    async fn a_key_tells_who_presents_it() {
        let database = TestDatabase::new().await;
        let control = database.open().await;
        let site = a_site(&control, "a.example").await;
        let (key, plaintext) = a_key(&control, "events,stats", Some(site.id)).await;
        let parts: Vec<_> = plaintext.reveal().splitn(3, '_').collect();
        assert_eq!((parts[0], parts[1], parts[2].len()), ("hl", key.prefix.as_str(), 43));

        let identity = control.authenticate_key(plaintext.reveal(), NOW).await.unwrap();
        assert_eq!((identity.id, identity.name.as_str(), identity.site), (key.id, "ci", Some(site.id)));
        assert!(identity.scopes.contains(Scope::Stats) && identity.scopes.contains(Scope::Events));
        assert!(!identity.scopes.contains(Scope::Sites));
    }

    #[tokio::test]
    async fn a_wrong_key_is_nobody() {
        let database = TestDatabase::new().await;
        let control = database.open().await;
        let (key, plaintext) = a_key(&control, "stats", None).await;
        let right = plaintext.reveal();
        let mut last_changed = right.to_owned();
        let last = if last_changed.pop() == Some('A') { 'B' } else { 'A' };
        last_changed.push(last);
        for (wrong, why) in [
            (String::new(), "nothing"),
            ("hl__".to_owned(), "only marks"),
            (format!("hl_{}_", key.prefix), "only the prefix"),
            (right[..right.len() - 1].to_owned(), "cut"),
            (format!("{right}A"), "longer"),
            (last_changed, "the last character changed"),
            (right.replacen("hl_", "HL_", 1), "another mark"),
            (format!("hl_{}_{}", "0".repeat(8), "A".repeat(43)), "an unknown prefix"),
            (format!("hl_\u{0}' OR 1_{}", "A".repeat(43)), "an injection"),
            (format!(" {right}"), "a space before it"),
        ] {
            let identity = control.authenticate_key(&wrong, NOW).await;
            assert!(matches!(identity, Err(ControlError::WrongKey)), "{why}: {identity:?}");
        }
    }

    #[tokio::test]
    async fn a_revoked_key_is_nobody_in_every_process() {
        let database = TestDatabase::new().await;
        let (server, command) = (database.open().await, database.open().await);
        let (key, plaintext) = a_key(&command, "stats", None).await;
        server.authenticate_key(plaintext.reveal(), NOW).await.unwrap();
        command.revoke_key(key.id).await.unwrap();
        let identity = server.authenticate_key(plaintext.reveal(), NOW).await;
        assert!(matches!(identity, Err(ControlError::WrongKey)), "{identity:?}");
        assert!(matches!(command.revoke_key(key.id).await, Err(ControlError::KeyNotFound)));
    }

    #[tokio::test]
    async fn the_last_use_is_noted_once_a_minute_and_is_no_change() {
        let database = TestDatabase::new().await;
        let control = database.open().await;
        let (_, plaintext) = a_key(&control, "stats", None).await;
        let revision = control.revision().await.unwrap();
        for (after_secs, noted_secs) in [(0, 0), (59, 0), (60, 60), (61, 60), (3600, 3600)] {
            let now = NOW + SignedDuration::from_secs(after_secs);
            control.authenticate_key(plaintext.reveal(), now).await.unwrap();
            let noted = control.keys().await.unwrap()[0].last_used_at;
            assert_eq!(noted, Some(NOW + SignedDuration::from_secs(noted_secs)), "after {after_secs} s");
        }
        assert_eq!(control.revision().await.unwrap(), revision);
    }

    #[tokio::test]
    async fn keys_are_listed_oldest_first_without_their_secret() {
        let database = TestDatabase::new().await;
        let control = database.open().await;
        let (first, secret) = a_key(&control, "stats", None).await;
        let (second, _) = a_key(&control, "sites,events", None).await;
        let listed = control.keys().await.unwrap();
        assert_eq!(listed, [first, second]);
        let json = serde_json::to_string(&listed).unwrap();
        assert!(json.contains(r#""scopes":["events","sites"]"#), "{json}");
        assert!(!json.contains(&secret.reveal()[12..]));
    }

    #[tokio::test]
    async fn a_key_of_a_site_goes_with_it() {
        let database = TestDatabase::new().await;
        let control = database.open().await;
        let site = a_site(&control, "a.example").await;
        let (_, plaintext) = a_key(&control, "stats", Some(site.id)).await;
        control.remove_site(site.id).await.unwrap();
        let identity = control.authenticate_key(plaintext.reveal(), NOW).await;
        assert!(matches!(identity, Err(ControlError::WrongKey)), "{identity:?}");

        let (name, scopes) = (KeyName::parse("ci").unwrap(), Scopes::parse("stats").unwrap());
        let orphan = control.create_key(&name, scopes, Some(site.id), None, NOW).await;
        assert!(matches!(orphan, Err(ControlError::SiteNotFound)), "{orphan:?}");
    }

    #[tokio::test]
    async fn a_key_goes_with_the_ownership_of_its_maker() {
        let database = TestDatabase::new().await;
        let control = database.open().await;
        let site = a_site(&control, "a.example").await;
        let (ann, bob) = (a_user(&control, "ann@b.c", false).await, a_user(&control, "bob@b.c", false).await);
        let admin = a_user(&control, "admin@b.c", true).await;
        let (name, scopes) = (KeyName::parse("ci").unwrap(), Scopes::parse("stats").unwrap());
        let mut keys = Vec::new();
        for maker in [Some(&ann), Some(&bob), Some(&admin), None] {
            if let Some(maker) = maker {
                control.grant(maker.id, site.id, Role::Owner).await.unwrap();
            }
            keys.push(control.create_key(&name, scopes, Some(site.id), maker, NOW).await.unwrap().1);
        }
        assert_eq!(control.keys_of(site.id).await.unwrap()[0].made_by, Some(ann.email.clone()));
        control.grant(ann.id, site.id, Role::Editor).await.unwrap();
        control.revoke(bob.id, site.id).await.unwrap();
        // Administrators own every site, member or not.
        control.revoke(admin.id, site.id).await.unwrap();
        let mut open = Vec::new();
        for key in &keys {
            open.push(control.authenticate_key(key.reveal(), NOW).await.is_ok());
        }
        assert_eq!(open, [false, false, true, true]);
        control.remove_user(admin.id).await.unwrap();
        assert_eq!(control.keys_of(site.id).await.unwrap().len(), 1, "only that of the command line");
    }

    #[tokio::test]
    async fn a_site_knows_its_own_keys_and_no_others() {
        let database = TestDatabase::new().await;
        let control = database.open().await;
        let (site, other) = (a_site(&control, "a.example").await, a_site(&control, "b.example").await);
        let (own, _) = a_key(&control, "stats", Some(site.id)).await;
        for stranger in [a_key(&control, "stats", None).await.0, a_key(&control, "stats", Some(other.id)).await.0] {
            let revoked = control.revoke_key_of(site.id, stranger.id).await;
            assert!(matches!(revoked, Err(ControlError::KeyNotFound)), "{revoked:?}");
        }
        assert_eq!(control.keys_of(site.id).await.unwrap(), std::slice::from_ref(&own));
        control.revoke_key_of(site.id, own.id).await.unwrap();
        assert_eq!(control.keys_of(site.id).await.unwrap(), []);
        assert_eq!(control.keys().await.unwrap().len(), 2);
    }

    #[tokio::test]
    async fn a_site_has_at_most_a_hundred_keys() {
        let database = TestDatabase::new().await;
        let control = database.open().await;
        let site = a_site(&control, "a.example").await;
        for _ in 0..MOST_KEYS_OF_A_SITE {
            a_key(&control, "stats", Some(site.id)).await;
        }
        let (name, scopes) = (KeyName::parse("ci").unwrap(), Scopes::parse("stats").unwrap());
        let more = control.create_key(&name, scopes, Some(site.id), None, NOW).await;
        assert!(matches!(more, Err(ControlError::TooMany { limit: 100, .. })), "{more:?}");
        a_key(&control, "stats", None).await;
    }

    #[test]
    fn scopes_are_read_and_written_in_one_order() {
        assert_eq!(Scopes::parse(" sites, stats,stats ").unwrap().to_string(), "stats,sites");
        assert_eq!(Scopes::parse("stats,all"), Err(ScopeError::Unknown { name: "all".to_owned() }));
        assert_eq!(Scopes::parse(" , "), Err(ScopeError::Empty));
    }

    #[test]
    fn a_key_has_a_name_that_can_be_printed() {
        assert_eq!(KeyName::parse("  build server ").unwrap().as_str(), "build server");
        for wrong in ["", "  ", "a\nb", "\u{1b}[2J", &"x".repeat(101)] {
            assert!(KeyName::parse(wrong).is_err(), "{wrong:?}");
        }
    }
}
