//! Owns the shared links of sites: who has one may look at the site's dashboard. It knows what opens a link, and until when; what
//! may be looked at, `http` decides.

use std::fmt;

use jiff::{SignedDuration, Timestamp};
use sqlx::{AnyConnection, Row, any::AnyRow};

use super::{
    database::{Control, IdKind, next_id},
    error::ControlError,
    links::{self, LinkKey},
    memberships::site_exists,
    password::Password,
    rows, text,
};
use crate::model::SiteId;

/// Most shared links of a site.
const MOST_LINKS: usize = 100;
/// How long a pass is good after the password was given.
const PASS_LIFETIME: SignedDuration = SignedDuration::from_hours(12);

/// How what opens a link begins. Keys begin otherwise, so that nothing is taken for another.
const TOKEN_PREFIX: &str = "hls_";
const PASS_PREFIX: &str = "hlp_";
/// What a signature is for, as a part of it.
const TOKEN: &str = "shared link";
const PASS: &str = "pass of a shared link";

/// The number of a shared link. Never given twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct SharedLinkId(u32);

impl SharedLinkId {
    /// Wraps the raw number.
    pub const fn new(raw: u32) -> Self {
        Self(raw)
    }

    /// Returns the raw number.
    pub const fn get(self) -> u32 {
        self.0
    }
}

/// What a link shows besides reports and counts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Shows {
    pub heatmaps: bool,
    /// Single visitors, as far as the site lets them be shown.
    pub live_feed: bool,
}

/// A link that shows a dashboard.
#[derive(Clone)]
pub struct SharedLink {
    pub id: SharedLinkId,
    pub site: SiteId,
    pub name: String,
    pub shows: Shows,
    pub expires_at: Option<Timestamp>,
    pub created_at: Timestamp,
    key: LinkKey,
    password_hash: Option<String>,
}

impl fmt::Debug for SharedLink {
    /// Shows nothing that opens it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SharedLink").field("id", &self.id).field("site", &self.site).finish_non_exhaustive()
    }
}

/// What a new link is made of.
#[derive(Debug, Clone, Default)]
pub struct NewSharedLink {
    pub name: String,
    pub password: Option<Password>,
    pub shows: Shows,
    pub expires_at: Option<Timestamp>,
}

/// What becomes of something that a link may have or not.
#[derive(Debug, Clone, Default)]
pub enum Change<T> {
    #[default]
    Stays,
    Goes,
    To(T),
}

impl<T> Change<T> {
    fn of(self, old: Option<T>) -> Option<T> {
        match self {
            Self::Stays => old,
            Self::Goes => None,
            Self::To(new) => Some(new),
        }
    }
}

/// What to change of a link.
#[derive(Debug, Clone, Default)]
pub struct SharedLinkPatch {
    pub name: Option<String>,
    pub password: Change<Password>,
    pub expires_at: Change<Timestamp>,
    pub heatmaps: Option<bool>,
    pub live_feed: Option<bool>,
}

impl SharedLink {
    /// Returns what opens the link, for its address: letters that need no escape there.
    #[must_use]
    pub fn token(&self) -> String {
        let id = self.id.0.to_string();
        format!("{TOKEN_PREFIX}{id}_{}", self.key.sign(&[TOKEN, &id]))
    }

    /// Tells whether a password is asked for.
    #[must_use]
    pub const fn has_password(&self) -> bool {
        self.password_hash.is_some()
    }

    fn has_ended(&self, now: Timestamp) -> bool {
        self.expires_at.is_some_and(|end| end <= now)
    }

    /// Returns what shows that the password was given: a new password makes it worthless, and so does the link's end.
    fn pass(&self, expires_at: Timestamp) -> String {
        let (id, expires) = (self.id.0.to_string(), expires_at.as_second().to_string());
        let password = self.password_hash.as_deref().unwrap_or_default();
        format!("{PASS_PREFIX}{id}_{expires}_{}", self.key.sign(&[PASS, &id, &expires, password]))
    }
}

/// A text that may open a link, in its parts.
enum Shown<'a> {
    Token { id: u32, whole: &'a str },
    Pass { id: u32, expires: Timestamp, whole: &'a str },
}

impl<'a> Shown<'a> {
    fn parse(text: &'a str) -> Option<Self> {
        if let Some(rest) = text.strip_prefix(TOKEN_PREFIX) {
            let (id, _signature) = rest.split_once('_')?;
            return Some(Self::Token { id: id.parse().ok()?, whole: text });
        }
        let (id, rest) = text.strip_prefix(PASS_PREFIX)?.split_once('_')?;
        let (expires, _signature) = rest.split_once('_')?;
        let expires = Timestamp::from_second(expires.parse().ok()?).ok()?;
        Some(Self::Pass { id: id.parse().ok()?, expires, whole: text })
    }
}

/// Tells whether a text looks like what opens a shared link, and not like a key.
#[must_use]
pub fn opens_a_shared_link(text: &str) -> bool {
    text.starts_with(TOKEN_PREFIX) || text.starts_with(PASS_PREFIX)
}

impl Control {
    /// Returns the shared links of a site, by name.
    pub async fn shared_links(&self, site: SiteId) -> Result<Vec<SharedLink>, ControlError> {
        let mut connection = self.pool.acquire().await?;
        links_of(&mut connection, site).await
    }

    /// Adds a link.
    pub async fn add_shared_link(
        &self,
        site: SiteId,
        new: &NewSharedLink,
        now: Timestamp,
    ) -> Result<SharedLink, ControlError> {
        let (link, is_new) = self.keep_shared_link(site, new, now).await?;
        if is_new { Ok(link) } else { Err(ControlError::NameTaken { what: "shared link", name: link.name }) }
    }

    /// Returns the link of a name, and makes it where there is none; and whether it was made.
    pub async fn keep_shared_link(
        &self,
        site: SiteId,
        new: &NewSharedLink,
        now: Timestamp,
    ) -> Result<(SharedLink, bool), ControlError> {
        let name = text::name(&new.name)?;
        // Before the change begins: all others would wait for it.
        let password_hash = match &new.password {
            Some(password) => Some(self.hasher.hash(password).await?),
            None => None,
        };
        let mut change = self.change().await?;
        if !site_exists(&mut change, site).await? {
            return Err(ControlError::SiteNotFound);
        }
        let links = links_of(&mut change, site).await?;
        if let Some(found) = links.iter().find(|link| link.name == name) {
            return Ok((found.clone(), false));
        }
        if links.len() >= MOST_LINKS {
            return Err(ControlError::TooMany { what: "shared links", limit: MOST_LINKS });
        }
        let id = SharedLinkId(next_id(&mut change, IdKind::SharedLink).await?);
        let key = LinkKey::random();
        sqlx::query(
            "INSERT INTO shared_links (id, site_id, name, link_key, password_hash, heatmaps, live_feed, expires_at_ms, \
             created_at_ms) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        )
        .bind(i64::from(id.0))
        .bind(i64::from(site.get()))
        .bind(name.as_str())
        .bind(key.to_text())
        .bind(password_hash.as_deref())
        .bind(i64::from(new.shows.heatmaps))
        .bind(i64::from(new.shows.live_feed))
        .bind(new.expires_at.map(Timestamp::as_millisecond))
        .bind(now.as_millisecond())
        .execute(&mut *change)
        .await?;
        change.commit().await?;
        // As they are read again.
        let (created_at, expires_at) = (in_milliseconds(now), new.expires_at.map(in_milliseconds));
        Ok((SharedLink { id, site, name, shows: new.shows, expires_at, created_at, key, password_hash }, true))
    }

    /// Changes a link and returns what it is then.
    pub async fn change_shared_link(
        &self,
        site: SiteId,
        id: SharedLinkId,
        patch: &SharedLinkPatch,
    ) -> Result<SharedLink, ControlError> {
        let name = patch.name.as_deref().map(text::name).transpose()?;
        let password_hash = match &patch.password {
            Change::Stays => Change::Stays,
            Change::Goes => Change::Goes,
            Change::To(password) => Change::To(self.hasher.hash(password).await?),
        };
        let mut change = self.change().await?;
        let links = links_of(&mut change, site).await?;
        let mut link = links.iter().find(|link| link.id == id).cloned().ok_or(ControlError::SharedLinkNotFound)?;
        if let Some(name) = name {
            if links.iter().any(|other| other.name == name && other.id != id) {
                return Err(ControlError::NameTaken { what: "shared link", name });
            }
            link.name = name;
        }
        link.password_hash = password_hash.of(link.password_hash);
        link.expires_at = patch.expires_at.clone().of(link.expires_at);
        link.shows.heatmaps = patch.heatmaps.unwrap_or(link.shows.heatmaps);
        link.shows.live_feed = patch.live_feed.unwrap_or(link.shows.live_feed);
        sqlx::query(
            "UPDATE shared_links SET name = $1, password_hash = $2, heatmaps = $3, live_feed = $4, expires_at_ms = $5 \
             WHERE id = $6",
        )
        .bind(link.name.as_str())
        .bind(link.password_hash.as_deref())
        .bind(i64::from(link.shows.heatmaps))
        .bind(i64::from(link.shows.live_feed))
        .bind(link.expires_at.map(Timestamp::as_millisecond))
        .bind(i64::from(id.0))
        .execute(&mut *change)
        .await?;
        change.commit().await?;
        Ok(link)
    }

    /// Removes a link: it opens nothing any more, and no other will have its address.
    pub async fn remove_shared_link(&self, site: SiteId, id: SharedLinkId) -> Result<(), ControlError> {
        let mut change = self.change().await?;
        let removed = sqlx::query("DELETE FROM shared_links WHERE id = $1 AND site_id = $2")
            .bind(i64::from(id.0))
            .bind(i64::from(site.get()))
            .execute(&mut *change)
            .await?;
        if removed.rows_affected() == 0 {
            return Err(ControlError::SharedLinkNotFound);
        }
        Ok(change.commit().await?)
    }

    /// Returns the link whose token this is, whether it asks for a password or not: what may be known before it is given.
    pub async fn shared_link_of(&self, token: &str, now: Timestamp) -> Result<SharedLink, ControlError> {
        let Some(Shown::Token { id, whole }) = Shown::parse(token) else {
            return Err(ControlError::SharedLinkNotFound);
        };
        let link = self.shared_link(id).await?;
        // As a whole: a number that is spelled in another way would be another name for the same link, with guesses of its own.
        if !links::are_equal(&link.token(), whole) {
            return Err(ControlError::SharedLinkNotFound);
        }
        if link.has_ended(now) { Err(ControlError::SharedLinkEnded) } else { Ok(link) }
    }

    /// Returns the link that a text opens: the token of one without a password, or the pass of one with it.
    pub async fn open_shared_link(&self, text: &str, now: Timestamp) -> Result<SharedLink, ControlError> {
        let (id, expires, whole) = match Shown::parse(text) {
            Some(Shown::Pass { id, expires, whole }) => (id, expires, whole),
            Some(Shown::Token { .. }) => {
                let link = self.shared_link_of(text, now).await?;
                return if link.has_password() { Err(ControlError::SharedLinkLocked) } else { Ok(link) };
            }
            None => return Err(ControlError::SharedLinkNotFound),
        };
        let link = self.shared_link(id).await?;
        if !links::are_equal(&link.pass(expires), whole) {
            return Err(ControlError::SharedLinkNotFound);
        }
        if link.has_ended(now) {
            return Err(ControlError::SharedLinkEnded);
        }
        if expires <= now { Err(ControlError::SharedLinkLocked) } else { Ok(link) }
    }

    /// Returns a pass for a link, and until when it is good, to who gives its token and its password.
    pub async fn unlock_shared_link(
        &self,
        token: &str,
        password: &str,
        now: Timestamp,
    ) -> Result<(String, Timestamp), ControlError> {
        let link = self.shared_link_of(token, now).await?;
        if link.has_password() && !self.hasher.matches(password, link.password_hash.clone()).await? {
            return Err(ControlError::WrongLinkPassword);
        }
        let end = now + PASS_LIFETIME;
        let end = link.expires_at.map_or(end, |last| last.min(end));
        let end = Timestamp::from_second(end.as_second()).unwrap_or(end);
        Ok((link.pass(end), end))
    }

    async fn shared_link(&self, id: u32) -> Result<SharedLink, ControlError> {
        let row = sqlx::query("SELECT * FROM shared_links WHERE id = $1")
            .bind(i64::from(id))
            .fetch_optional(&self.pool)
            .await?;
        from_row(&row.ok_or(ControlError::SharedLinkNotFound)?)
    }
}

/// Returns a time as it is kept.
fn in_milliseconds(time: Timestamp) -> Timestamp {
    Timestamp::from_millisecond(time.as_millisecond()).unwrap_or(time)
}

async fn links_of(connection: &mut AnyConnection, site: SiteId) -> Result<Vec<SharedLink>, ControlError> {
    let rows = sqlx::query("SELECT * FROM shared_links WHERE site_id = $1")
        .bind(i64::from(site.get()))
        .fetch_all(connection)
        .await?;
    let mut links = rows.iter().map(from_row).collect::<Result<Vec<_>, _>>()?;
    // Not in SQL, for each database has an order of its own.
    links.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(links)
}

fn from_row(row: &AnyRow) -> Result<SharedLink, ControlError> {
    Ok(SharedLink {
        id: SharedLinkId(rows::number(row, "id")?),
        site: SiteId::new(rows::number(row, "site_id")?),
        name: rows::text(row, "name")?,
        shows: Shows { heatmaps: rows::flag(row, "heatmaps")?, live_feed: rows::flag(row, "live_feed")? },
        expires_at: rows::optional_time(row, "expires_at_ms")?,
        created_at: rows::time(row, "created_at_ms")?,
        key: LinkKey::of_text(&rows::text(row, "link_key")?)?,
        password_hash: row.try_get("password_hash")?,
    })
}

#[cfg(test)]
mod tests {
    use super::super::testing::{NOW, TestDatabase, a_site, password};
    use super::*;

    const SECOND: SignedDuration = SignedDuration::from_secs(1);

    fn named(name: &str) -> NewSharedLink {
        NewSharedLink { name: name.to_owned(), ..NewSharedLink::default() }
    }

    async fn is_unknown(control: &Control, text: &str) -> bool {
        matches!(control.open_shared_link(text, NOW).await, Err(ControlError::SharedLinkNotFound))
    }

    #[tokio::test]
    async fn a_link_is_added_found_changed_and_removed() {
        let database = TestDatabase::new().await;
        let control = database.open().await;
        let site = a_site(&control, "a.example").await.id;
        let link = control.add_shared_link(site, &named(" За борда "), NOW).await.unwrap();
        control.add_shared_link(site, &named("All"), NOW).await.unwrap();
        let names: Vec<String> = control.shared_links(site).await.unwrap().into_iter().map(|link| link.name).collect();
        assert_eq!(names, ["All", "За борда"]);
        let token = link.token();
        let opened = database.open().await.open_shared_link(&token, NOW).await.unwrap();
        assert_eq!((opened.id, opened.site, opened.token()), (link.id, site, token.clone()), "shown again");
        assert_eq!((opened.shows, opened.has_password()), (Shows::default(), false), "what is not said is not shown");

        let patch = SharedLinkPatch { heatmaps: Some(true), name: Some("BG".to_owned()), ..Default::default() };
        let changed = control.change_shared_link(site, link.id, &patch).await.unwrap();
        assert_eq!((changed.name.as_str(), changed.token()), ("BG", token.clone()), "its address stays");
        assert_eq!(changed.shows, Shows { heatmaps: true, live_feed: false });

        control.remove_shared_link(site, link.id).await.unwrap();
        assert!(is_unknown(&control, &token).await);
        let again = control.add_shared_link(site, &named("BG"), NOW).await.unwrap();
        assert!(again.id != link.id && is_unknown(&control, &token).await, "a number of its own");
    }

    #[tokio::test]
    async fn other_texts_open_nothing() {
        let database = TestDatabase::new().await;
        let control = database.open().await;
        let site = a_site(&control, "a.example").await.id;
        let link = control.add_shared_link(site, &named("one"), NOW).await.unwrap();
        let other = control.add_shared_link(site, &named("other"), NOW).await.unwrap();
        let token = link.token();
        let signature = token.rsplit_once("1_").unwrap().1.to_owned();
        let pass = other.pass(NOW + SECOND);
        for (wrong, why) in [
            ("", "nothing"),
            ("hls_", "no number"),
            ("hls_1", "no signature"),
            ("hls_1_", "an empty signature"),
            (&token[..token.len() - 1], "a cut token"),
            (&format!("{token}A"), "a longer token"),
            (&format!("hls_2_{signature}"), "another link's number"),
            (&format!("hls_99_{signature}"), "no link's number"),
            (&format!("hls_-1_{signature}"), "no number at all"),
            (&format!("hls_01_{signature}"), "its number in another spelling"),
            (&format!("hls_+1_{signature}"), "and in a third"),
            (&format!("hlp_1_1_{signature}"), "a token for a pass"),
            (&format!("hls_{}", pass.strip_prefix("hlp_").unwrap()), "a pass for a token"),
            (&pass.replace("hlp_2", "hlp_1"), "another link's pass"),
            (&"x".repeat(100_000), "a huge text"),
        ] {
            assert!(is_unknown(&control, wrong).await, "{why}");
        }
        let key = control.authenticate_key(&token, NOW).await;
        assert!(matches!(key, Err(ControlError::WrongKey)), "a link is no key: {key:?}");
        assert!(control.authenticate_session(&token, NOW).await.is_err(), "nor a session");
        assert!(!format!("{link:?}").contains(&signature), "it does not show what opens it");
    }

    #[tokio::test]
    async fn a_link_ends() {
        let database = TestDatabase::new().await;
        let control = database.open().await;
        let site = a_site(&control, "a.example").await.id;
        let new = NewSharedLink { expires_at: Some(NOW + SECOND), ..named("short") };
        let link = control.add_shared_link(site, &new, NOW).await.unwrap();
        control.open_shared_link(&link.token(), NOW).await.unwrap();
        for text in [link.token(), link.pass(NOW + SECOND * 9)] {
            let ended = control.open_shared_link(&text, NOW + SECOND).await;
            assert!(matches!(ended, Err(ControlError::SharedLinkEnded)), "{ended:?}");
        }
        let patch = SharedLinkPatch { expires_at: Change::Goes, ..Default::default() };
        control.change_shared_link(site, link.id, &patch).await.unwrap();
        control.open_shared_link(&link.token(), NOW + SECOND).await.expect("its owner let it go on");
    }

    #[tokio::test]
    async fn a_password_gives_a_pass_until_it_is_changed() {
        let database = TestDatabase::new().await;
        let control = database.open().await;
        let site = a_site(&control, "a.example").await.id;
        let new = NewSharedLink { password: Some(password("open sesame, please")), ..named("locked") };
        let link = control.add_shared_link(site, &new, NOW).await.unwrap();
        let token = link.token();
        let locked = control.open_shared_link(&token, NOW).await;
        assert!(matches!(locked, Err(ControlError::SharedLinkLocked)), "{locked:?}");
        assert!(control.shared_link_of(&token, NOW).await.unwrap().has_password());

        let wrong = control.unlock_shared_link(&token, "open sesame", NOW).await;
        assert!(matches!(wrong, Err(ControlError::WrongLinkPassword)), "{wrong:?}");
        let (pass, until) = control.unlock_shared_link(&token, "open sesame, please", NOW).await.unwrap();
        assert!(until > NOW && until <= NOW + PASS_LIFETIME);
        assert_eq!(control.open_shared_link(&pass, NOW).await.unwrap().id, link.id);
        let late = control.open_shared_link(&pass, until).await;
        assert!(matches!(late, Err(ControlError::SharedLinkLocked)), "asked for again: {late:?}");
        let longer = pass.replace(&until.as_second().to_string(), &(until + SECOND * 9).as_second().to_string());
        assert!(is_unknown(&control, &longer).await, "nobody makes it last longer");
        let as_token = control.unlock_shared_link(&pass, "open sesame, please", NOW).await;
        assert!(matches!(as_token, Err(ControlError::SharedLinkNotFound)), "a pass makes no pass: {as_token:?}");

        let patch = SharedLinkPatch { password: Change::To(password("another sesame")), ..Default::default() };
        control.change_shared_link(site, link.id, &patch).await.unwrap();
        assert!(is_unknown(&control, &pass).await, "the pass of the old password");
        let patch = SharedLinkPatch { password: Change::Goes, ..Default::default() };
        control.change_shared_link(site, link.id, &patch).await.unwrap();
        control.open_shared_link(&token, NOW).await.expect("no password any more");
    }

    #[tokio::test]
    async fn links_are_of_one_site_bounded_and_go_with_it() {
        let database = TestDatabase::new().await;
        let control = database.open().await;
        let (site, other) = (a_site(&control, "a.example").await.id, a_site(&control, "b.example").await.id);
        let link = control.add_shared_link(site, &named("0"), NOW).await.unwrap();
        control.add_shared_link(other, &named("0"), NOW).await.expect("another site");
        let taken = control.add_shared_link(site, &named("0 "), NOW).await;
        assert!(matches!(taken, Err(ControlError::NameTaken { .. })), "{taken:?}");
        let (kept, is_new) = control.keep_shared_link(site, &named("0"), NOW).await.unwrap();
        assert_eq!((kept.token(), is_new), (link.token(), false));
        let patch = SharedLinkPatch::default();
        for refused in [
            control.change_shared_link(other, link.id, &patch).await.map(|_| ()),
            control.remove_shared_link(other, link.id).await,
        ] {
            assert!(matches!(refused, Err(ControlError::SharedLinkNotFound)), "{refused:?}");
        }
        for n in 1..MOST_LINKS {
            control.add_shared_link(site, &named(&n.to_string()), NOW).await.unwrap();
        }
        let refused = control.add_shared_link(site, &named("one more"), NOW).await;
        assert!(matches!(refused, Err(ControlError::TooMany { limit: MOST_LINKS, .. })), "{refused:?}");
        control.remove_site(site).await.unwrap();
        assert!(is_unknown(&control, &link.token()).await);
        let nowhere = control.add_shared_link(site, &named("late"), NOW).await;
        assert!(matches!(nowhere, Err(ControlError::SiteNotFound)), "{nowhere:?}");
    }
}
