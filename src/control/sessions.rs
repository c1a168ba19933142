//! Owns the signed-in browsers of users. It does not know cookies: `http` carries the token.

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use sqlx::any::AnyRow;

use super::{
    database::Control,
    error::ControlError,
    rows,
    secret::{self, Purpose, Secret},
    users::{self, User, UserId},
};
use crate::model::names::cut;

/// A session ends when it was not used for this long.
pub const SESSION_IDLE_TIMEOUT: SignedDuration = SignedDuration::from_hours(14 * 24);
/// A session ends this long after its beginning, used or not.
pub const SESSION_LIFETIME: SignedDuration = SignedDuration::from_hours(90 * 24);
/// Most sessions of a user: with one more, the one that was not used for longest ends.
const MOST_SESSIONS: i64 = 100;
/// How old the note of a session's last use may be.
const LAST_SEEN_STEP: SignedDuration = SignedDuration::from_mins(1);

/// What a browser is called in the list of sessions: names, and nothing that would tell one browser from another of its kind.
/// Empty where they are not known.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct SignedInWith {
    pub browser: String,
    pub os: String,
}

impl SignedInWith {
    /// Most bytes of a name.
    const MAX_BYTES: usize = 40;

    /// Takes the names as they are known; what is longer than names are is cut.
    pub fn new(browser: &str, os: &str) -> Self {
        let short = |name| cut(name, Self::MAX_BYTES).to_owned();
        Self { browser: short(browser), os: short(os) }
    }
}

/// A session as its user sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Session {
    /// Names it, and opens nothing.
    pub id: String,
    #[serde(flatten)]
    pub with: SignedInWith,
    pub created_at: Timestamp,
    /// Right to a minute.
    pub last_seen_at: Timestamp,
    /// Whether it is the one that asks.
    pub current: bool,
}

impl Control {
    /// Begins a session and returns its token, for the cookie. `user` has to come from [`verify`](Self::verify) or
    /// [`complete_setup`](Self::complete_setup); was the password changed since, the answer is
    /// [`WrongCredentials`](ControlError::WrongCredentials). Sessions that have ended are removed on the way.
    pub async fn create_session(
        &self,
        user: &User,
        with: &SignedInWith,
        now: Timestamp,
    ) -> Result<Secret, ControlError> {
        let token = Secret::random();
        let mut change = self.change().await?;
        sqlx::query("DELETE FROM sessions WHERE created_at_ms <= $1 OR last_seen_at_ms <= $2")
            .bind((now - SESSION_LIFETIME).as_millisecond())
            .bind((now - SESSION_IDLE_TIMEOUT).as_millisecond())
            .execute(&mut *change)
            .await?;
        let begun = sqlx::query(
            "INSERT INTO sessions (token_hash, user_id, created_at_ms, last_seen_at_ms, browser, os) \
             SELECT $1, id, $2, $2, $5, $6 FROM users WHERE id = $3 AND password_version = $4",
        )
        .bind(secret::digest(Purpose::Session, token.reveal()))
        .bind(now.as_millisecond())
        .bind(user.id.to_sql())
        .bind(user.password_version)
        .bind(with.browser.as_str())
        .bind(with.os.as_str())
        .execute(&mut *change)
        .await?;
        if begun.rows_affected() == 0 {
            return Err(ControlError::WrongCredentials);
        }
        sqlx::query(
            "DELETE FROM sessions WHERE user_id = $1 AND token_hash NOT IN (SELECT token_hash FROM sessions \
             WHERE user_id = $1 ORDER BY last_seen_at_ms DESC, created_at_ms DESC LIMIT $2)",
        )
        .bind(user.id.to_sql())
        .bind(MOST_SESSIONS)
        .execute(&mut *change)
        .await?;
        change.commit().await?;
        Ok(token)
    }

    /// Returns whose session the token is, while it lasts.
    pub async fn authenticate_session(&self, token: &str, now: Timestamp) -> Result<User, ControlError> {
        let token_hash = secret::digest(Purpose::Session, token);
        let row = sqlx::query(
            "SELECT user_id, email, admin, password_version, users.created_at_ms AS created_at_ms, \
             sessions.created_at_ms AS begun_at_ms, last_seen_at_ms \
             FROM sessions JOIN users ON users.id = sessions.user_id WHERE token_hash = $1",
        )
        .bind(token_hash.as_str())
        .fetch_optional(&self.pool)
        .await?
        .ok_or(ControlError::SessionEnded)?;
        let idle = now.duration_since(rows::time(&row, "last_seen_at_ms")?);
        let age = now.duration_since(rows::time(&row, "begun_at_ms")?);
        if idle >= SESSION_IDLE_TIMEOUT || age >= SESSION_LIFETIME {
            return Err(ControlError::SessionEnded);
        }
        if idle >= LAST_SEEN_STEP {
            self.note_seen(&token_hash, now).await;
        }
        users::from_row(&row)
    }

    /// Ends a session, if the token is of one.
    pub async fn delete_session(&self, token: &str) -> Result<(), ControlError> {
        let mut change = self.change().await?;
        sqlx::query("DELETE FROM sessions WHERE token_hash = $1")
            .bind(secret::digest(Purpose::Session, token))
            .execute(&mut *change)
            .await?;
        Ok(change.commit().await?)
    }

    /// Returns the sessions of a user, the last used first. `token` is that of the session that asks.
    pub async fn sessions(&self, user: UserId, token: &str, now: Timestamp) -> Result<Vec<Session>, ControlError> {
        let own = secret::digest(Purpose::Session, token);
        let rows = sqlx::query(
            "SELECT token_hash, browser, os, created_at_ms, last_seen_at_ms FROM sessions \
             WHERE user_id = $1 AND created_at_ms > $2 AND last_seen_at_ms > $3 \
             ORDER BY last_seen_at_ms DESC, created_at_ms DESC",
        )
        .bind(user.to_sql())
        .bind((now - SESSION_LIFETIME).as_millisecond())
        .bind((now - SESSION_IDLE_TIMEOUT).as_millisecond())
        .fetch_all(&self.pool)
        .await?;
        rows.iter().map(|row| listed(row, &own)).collect()
    }

    /// Ends one session of a user.
    pub async fn end_session(&self, user: UserId, id: &str) -> Result<(), ControlError> {
        let mut change = self.change().await?;
        let rows = sqlx::query("SELECT token_hash FROM sessions WHERE user_id = $1")
            .bind(user.to_sql())
            .fetch_all(&mut *change)
            .await?;
        for row in &rows {
            let token_hash = rows::text(row, "token_hash")?;
            if name_of(&token_hash) == id {
                sqlx::query("DELETE FROM sessions WHERE token_hash = $1")
                    .bind(token_hash)
                    .execute(&mut *change)
                    .await?;
                return Ok(change.commit().await?);
            }
        }
        Err(ControlError::SessionNotFound)
    }

    /// Ends all sessions of a user but the one of the token.
    pub async fn end_other_sessions(&self, user: UserId, token: &str) -> Result<(), ControlError> {
        let mut change = self.change().await?;
        sqlx::query("DELETE FROM sessions WHERE user_id = $1 AND token_hash <> $2")
            .bind(user.to_sql())
            .bind(secret::digest(Purpose::Session, token))
            .execute(&mut *change)
            .await?;
        Ok(change.commit().await?)
    }

    /// Ends all sessions of a user.
    pub async fn delete_sessions(&self, user: UserId) -> Result<(), ControlError> {
        let mut change = self.change().await?;
        sqlx::query("DELETE FROM sessions WHERE user_id = $1").bind(user.to_sql()).execute(&mut *change).await?;
        Ok(change.commit().await?)
    }

    /// Notes that a session was used. That is not worth failing for: with a locked database people stay signed in.
    async fn note_seen(&self, token_hash: &str, now: Timestamp) {
        let noted = sqlx::query("UPDATE sessions SET last_seen_at_ms = $1 WHERE token_hash = $2")
            .bind(now.as_millisecond())
            .bind(token_hash)
            .execute(&self.pool)
            .await;
        if let Err(error) = noted {
            tracing::warn!(error = %error, "the last use of a session was not noted");
        }
    }
}

/// Reads a session from `token_hash, browser, os, created_at_ms, last_seen_at_ms`; `own` is the hash of the one that asks.
fn listed(row: &AnyRow, own: &str) -> Result<Session, ControlError> {
    let token_hash = rows::text(row, "token_hash")?;
    Ok(Session {
        id: name_of(&token_hash),
        with: SignedInWith { browser: rows::text(row, "browser")?, os: rows::text(row, "os")? },
        created_at: rows::time(row, "created_at_ms")?,
        last_seen_at: rows::time(row, "last_seen_at_ms")?,
        current: token_hash == own,
    })
}

/// Returns the name by which a user speaks of a session: a hash of the hash of its token, so that whoever reads it has nothing
/// of what is stored.
fn name_of(token_hash: &str) -> String {
    const CHARS: usize = 16;
    cut(&secret::digest(Purpose::SessionName, token_hash), CHARS).to_owned()
}

#[cfg(test)]
mod tests {
    use super::super::testing::{NOW, TestDatabase, a_user, password};
    use super::*;

    const DAY: SignedDuration = SignedDuration::from_hours(24);
    const SECOND: SignedDuration = SignedDuration::from_secs(1);

    async fn is_ended(control: &Control, token: &Secret, now: Timestamp) -> bool {
        matches!(control.authenticate_session(token.reveal(), now).await, Err(ControlError::SessionEnded))
    }

    #[tokio::test]
    async fn a_token_is_its_user_until_it_is_deleted() {
        let database = TestDatabase::new().await;
        let (control, other) = (database.open().await, database.open().await);
        let user = a_user(&control, "ada@example.org", true).await;
        let token = control.create_session(&user, &SignedInWith::default(), NOW).await.unwrap();
        assert_eq!(other.authenticate_session(token.reveal(), NOW).await.unwrap(), user);
        other.delete_session(token.reveal()).await.unwrap();
        assert!(is_ended(&control, &token, NOW).await);
        control.delete_session(token.reveal()).await.unwrap();
    }

    #[tokio::test]
    async fn other_texts_are_nobody() {
        let database = TestDatabase::new().await;
        let control = database.open().await;
        let user = a_user(&control, "ada@example.org", true).await;
        let token = control.create_session(&user, &SignedInWith::default(), NOW).await.unwrap();
        let stored = secret::digest(Purpose::Session, token.reveal());
        let huge = "x".repeat(100_000);
        for (wrong, why) in
            [("", "nothing"), (stored.as_str(), "the stored hash"), (&huge, "a huge text"), ("\0", "a NUL")]
        {
            assert!(is_ended(&control, &Secret::new(wrong.to_owned()), NOW).await, "{why}");
        }
    }

    #[tokio::test]
    async fn an_unused_session_ends_after_14_days() {
        let database = TestDatabase::new().await;
        let control = database.open().await;
        let user = a_user(&control, "ada@example.org", true).await;
        let token = control.create_session(&user, &SignedInWith::default(), NOW).await.unwrap();
        assert!(is_ended(&control, &token, NOW + DAY * 14).await);
        assert!(!is_ended(&control, &token, NOW + DAY * 14 - SECOND).await, "a refusal did not end it");
        assert!(!is_ended(&control, &token, NOW + DAY * 28 - SECOND * 2).await, "it counts from the last use");
    }

    #[tokio::test]
    async fn a_used_session_ends_after_90_days() {
        let database = TestDatabase::new().await;
        let control = database.open().await;
        let user = a_user(&control, "ada@example.org", true).await;
        let token = control.create_session(&user, &SignedInWith::default(), NOW).await.unwrap();
        for day in (0..90).step_by(13) {
            assert!(!is_ended(&control, &token, NOW + DAY * day).await, "day {day}");
        }
        assert!(!is_ended(&control, &token, NOW + DAY * 90 - SECOND).await);
        assert!(is_ended(&control, &token, NOW + DAY * 90).await);
    }

    #[tokio::test]
    async fn ended_sessions_are_removed_when_one_begins() {
        let database = TestDatabase::new().await;
        let control = database.open().await;
        let user = a_user(&control, "ada@example.org", true).await;
        control.create_session(&user, &SignedInWith::default(), NOW).await.unwrap();
        control.create_session(&user, &SignedInWith::default(), NOW + DAY * 15).await.unwrap();
        let row = sqlx::query("SELECT count(*) AS sessions FROM sessions").fetch_one(&control.pool).await.unwrap();
        assert_eq!(rows::number(&row, "sessions").unwrap(), 1);
    }

    #[tokio::test]
    async fn the_last_use_is_noted_once_a_minute_and_is_no_change() {
        let database = TestDatabase::new().await;
        let control = database.open().await;
        let user = a_user(&control, "ada@example.org", true).await;
        let token = control.create_session(&user, &SignedInWith::default(), NOW).await.unwrap();
        let revision = control.revision().await.unwrap();
        for (after_secs, noted_secs) in [(59, 0), (60, 60), (100, 60), (30, 60)] {
            control.authenticate_session(token.reveal(), NOW + SECOND * after_secs).await.unwrap();
            let row = sqlx::query("SELECT last_seen_at_ms FROM sessions").fetch_one(&control.pool).await.unwrap();
            let noted = rows::time(&row, "last_seen_at_ms").unwrap();
            assert_eq!(noted, NOW + SECOND * noted_secs, "after {after_secs} s");
        }
        assert_eq!(control.revision().await.unwrap(), revision);
    }

    #[tokio::test]
    async fn a_new_password_ends_all_sessions_of_that_user_only() {
        let database = TestDatabase::new().await;
        let control = database.open().await;
        let ada = a_user(&control, "ada@example.org", true).await;
        let bob = a_user(&control, "bob@example.org", false).await;
        let of_ada = [
            control.create_session(&ada, &SignedInWith::default(), NOW).await.unwrap(),
            control.create_session(&ada, &SignedInWith::default(), NOW).await.unwrap(),
        ];
        let of_bob = control.create_session(&bob, &SignedInWith::default(), NOW).await.unwrap();
        control.set_password(ada.id, &password("later password")).await.unwrap();
        for token in &of_ada {
            assert!(is_ended(&control, token, NOW).await);
        }
        assert!(!is_ended(&control, &of_bob, NOW).await);
        control.delete_sessions(bob.id).await.unwrap();
        assert!(is_ended(&control, &of_bob, NOW).await);
    }

    #[tokio::test]
    async fn a_user_sees_and_ends_their_own_sessions() {
        let database = TestDatabase::new().await;
        let control = database.open().await;
        let ada = a_user(&control, "ada@example.org", false).await;
        let bob = a_user(&control, "bob@example.org", false).await;
        let with = SignedInWith::new("Firefox", "Linux");
        let first = control.create_session(&ada, &with, NOW).await.unwrap();
        let second = control.create_session(&ada, &SignedInWith::default(), NOW + SECOND).await.unwrap();
        let of_bob = control.create_session(&bob, &with, NOW).await.unwrap();
        let listed = control.sessions(ada.id, first.reveal(), NOW + SECOND).await.unwrap();
        let [other, own] = &listed[..] else { panic!("{listed:?}") };
        assert_eq!((own.current, &own.with, own.created_at), (true, &with, NOW));
        assert_eq!((other.current, other.last_seen_at), (false, NOW + SECOND));
        assert!(!first.reveal().contains(&own.id) && own.id != other.id);

        let theirs = control.sessions(bob.id, of_bob.reveal(), NOW).await.unwrap();
        let foreign = control.end_session(ada.id, &theirs[0].id).await;
        assert!(matches!(foreign, Err(ControlError::SessionNotFound)), "{foreign:?}");
        control.end_session(ada.id, &other.id).await.unwrap();
        assert!(is_ended(&control, &second, NOW).await && !is_ended(&control, &first, NOW).await);

        let third = control.create_session(&ada, &with, NOW).await.unwrap();
        control.end_other_sessions(ada.id, third.reveal()).await.unwrap();
        assert!(is_ended(&control, &first, NOW).await && !is_ended(&control, &third, NOW).await);
        assert!(!is_ended(&control, &of_bob, NOW).await);
        assert_eq!(control.sessions(ada.id, "", NOW + DAY * 14).await.unwrap(), [], "those that have ended");
    }

    #[tokio::test]
    async fn with_too_many_sessions_the_one_not_used_for_longest_ends() {
        let database = TestDatabase::new().await;
        let control = database.open().await;
        let ada = a_user(&control, "ada@example.org", false).await;
        let first = control.create_session(&ada, &SignedInWith::default(), NOW).await.unwrap();
        let second = control.create_session(&ada, &SignedInWith::default(), NOW + SECOND).await.unwrap();
        for n in 2..=i32::try_from(MOST_SESSIONS).unwrap() {
            control.create_session(&ada, &SignedInWith::default(), NOW + SECOND * n).await.unwrap();
        }
        assert!(is_ended(&control, &first, NOW).await);
        assert!(!is_ended(&control, &second, NOW).await);
    }

    #[test]
    fn a_browser_is_called_by_short_names() {
        let with = SignedInWith::new(&"ю".repeat(100), "Linux");
        assert_eq!((with.browser, with.os.as_str()), ("ю".repeat(20), "Linux"));
    }

    #[tokio::test]
    async fn a_sign_in_with_the_old_password_cannot_end_after_its_change() {
        let database = TestDatabase::new().await;
        let control = database.open().await;
        let ada = a_user(&control, "ada@example.org", true).await;
        control.set_password(ada.id, &password("later password")).await.unwrap();
        let late = control.create_session(&ada, &SignedInWith::default(), NOW).await;
        assert!(matches!(late, Err(ControlError::WrongCredentials)), "{late:?}");
    }

    #[tokio::test]
    async fn sessions_go_with_their_user() {
        let database = TestDatabase::new().await;
        let control = database.open().await;
        let ada = a_user(&control, "ada@example.org", true).await;
        let token = control.create_session(&ada, &SignedInWith::default(), NOW).await.unwrap();
        control.remove_user(ada.id).await.unwrap();
        assert!(is_ended(&control, &token, NOW).await);
        let late = control.create_session(&ada, &SignedInWith::default(), NOW).await;
        assert!(matches!(late, Err(ControlError::WrongCredentials)), "{late:?}");
    }
}
