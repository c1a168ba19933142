//! Owns the people who sign in: adding, listing, removing them, and checking their passwords.
//! It does not own their sessions, nor which sites they see.

use jiff::Timestamp;
use serde::Serialize;
use sqlx::{AnyConnection, Row, any::AnyRow};

use super::{
    database::{Control, IdKind, next_id},
    email::EmailAddress,
    error::ControlError,
    password::Password,
    rows,
};

/// The number of a user. Never given twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct UserId(u32);

impl UserId {
    /// Wraps the raw number, as it stands in an address.
    pub const fn new(raw: u32) -> Self {
        Self(raw)
    }

    /// Returns the raw number.
    pub const fn get(self) -> u32 {
        self.0
    }

    pub(super) fn to_sql(self) -> i64 {
        i64::from(self.0)
    }

    /// Reads the number of a user from a row.
    pub(super) fn from_row(row: &AnyRow, column: &'static str) -> Result<Self, ControlError> {
        rows::number(row, column).map(Self)
    }
}

/// Somebody who signs in to the dashboard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    pub id: UserId,
    pub email: EmailAddress,
    /// Whether they see every site and change users and keys.
    pub admin: bool,
    pub created_at: Timestamp,
    /// Counts the changes of the password: a session may only begin with the password that was checked.
    pub(super) password_version: i64,
}

impl Control {
    /// Adds a user. From then on no set-up token is valid.
    pub async fn add_user(
        &self,
        email: &EmailAddress,
        password: &Password,
        admin: bool,
        now: Timestamp,
    ) -> Result<User, ControlError> {
        let password_hash = self.hasher.hash(password).await?;
        let mut change = self.change().await?;
        let user = insert(&mut change, email, &password_hash, admin, now).await?;
        change.commit().await?;
        Ok(user)
    }

    /// Returns all users, by e-mail address.
    pub async fn users(&self) -> Result<Vec<User>, ControlError> {
        let rows = sqlx::query("SELECT id AS user_id, email, admin, password_version, created_at_ms FROM users")
            .fetch_all(&self.pool)
            .await?;
        let mut users = rows.iter().map(from_row).collect::<Result<Vec<_>, _>>()?;
        users.sort_by(|a, b| a.email.cmp(&b.email));
        Ok(users)
    }

    /// Returns the user of an e-mail address.
    pub async fn user(&self, email: &EmailAddress) -> Result<User, ControlError> {
        let row = sqlx::query(
            "SELECT id AS user_id, email, admin, password_version, created_at_ms FROM users WHERE email = $1",
        )
        .bind(email.as_str())
        .fetch_optional(&self.pool)
        .await?;
        from_row(&row.ok_or(ControlError::UserNotFound)?)
    }

    /// Gives a user a new password and ends all their sessions.
    pub async fn set_password(&self, user: UserId, password: &Password) -> Result<(), ControlError> {
        let password_hash = self.hasher.hash(password).await?;
        let mut change = self.change().await?;
        let updated =
            sqlx::query("UPDATE users SET password_hash = $1, password_version = password_version + 1 WHERE id = $2")
                .bind(password_hash)
                .bind(user.to_sql())
                .execute(&mut *change)
                .await?;
        if updated.rows_affected() == 0 {
            return Err(ControlError::UserNotFound);
        }
        sqlx::query("DELETE FROM sessions WHERE user_id = $1").bind(user.to_sql()).execute(&mut *change).await?;
        Ok(change.commit().await?)
    }

    /// Gives a user a new password who knows the old one, and ends all their sessions. Returns the user as they are then,
    /// for a new session.
    pub async fn change_password(&self, user: &User, old: &str, new: &Password) -> Result<User, ControlError> {
        let row = self.row_with_hash(&user.email).await?.ok_or(ControlError::UserNotFound)?;
        let checked = from_row(&row)?;
        let stored = rows::text(&row, "password_hash")?;
        if checked.id != user.id || !self.hasher.matches(old, Some(stored)).await? {
            return Err(ControlError::WrongPassword);
        }
        let password_hash = self.hasher.hash(new).await?;
        let mut change = self.change().await?;
        // Only in place of the password that was checked: meanwhile it may have been changed for good reason.
        let updated = sqlx::query(
            "UPDATE users SET password_hash = $1, password_version = password_version + 1 \
             WHERE id = $2 AND password_version = $3",
        )
        .bind(password_hash)
        .bind(checked.id.to_sql())
        .bind(checked.password_version)
        .execute(&mut *change)
        .await?;
        if updated.rows_affected() == 0 {
            return Err(ControlError::WrongPassword);
        }
        sqlx::query("DELETE FROM sessions WHERE user_id = $1").bind(user.id.to_sql()).execute(&mut *change).await?;
        change.commit().await?;
        Ok(User { password_version: checked.password_version + 1, ..checked })
    }

    /// Removes a user with their sessions and memberships, and the keys and invitations that they made.
    pub async fn remove_user(&self, user: UserId) -> Result<(), ControlError> {
        let mut change = self.change().await?;
        let removed = sqlx::query("DELETE FROM users WHERE id = $1").bind(user.to_sql()).execute(&mut *change).await?;
        if removed.rows_affected() == 0 {
            return Err(ControlError::UserNotFound);
        }
        Ok(change.commit().await?)
    }

    /// Returns the user with this e-mail address and password. An unknown address, even one that is none, takes as
    /// long as a wrong password and gives the same [`WrongCredentials`](ControlError::WrongCredentials).
    pub async fn verify(&self, email: &str, password: &str) -> Result<User, ControlError> {
        let row = match EmailAddress::parse(email) {
            Ok(email) => self.row_with_hash(&email).await?,
            Err(_) => None,
        };
        let stored = row.as_ref().map(|row| rows::text(row, "password_hash")).transpose()?;
        let fits = self.hasher.matches(password, stored).await?;
        match row {
            Some(row) if fits => from_row(&row),
            _ => Err(ControlError::WrongCredentials),
        }
    }

    async fn row_with_hash(&self, email: &EmailAddress) -> Result<Option<AnyRow>, ControlError> {
        let row = sqlx::query(
            "SELECT id AS user_id, email, admin, password_version, created_at_ms, password_hash \
             FROM users WHERE email = $1",
        )
        .bind(email.as_str())
        .fetch_optional(&self.pool)
        .await?;
        Ok(row)
    }
}

/// Adds the row of a user within a change, and takes the set-up token away.
pub(super) async fn insert(
    change: &mut AnyConnection,
    email: &EmailAddress,
    password_hash: &str,
    admin: bool,
    now: Timestamp,
) -> Result<User, ControlError> {
    let id = UserId(next_id(change, IdKind::User).await?);
    let inserted = sqlx::query(
        "INSERT INTO users (id, email, password_hash, password_version, admin, created_at_ms) \
         VALUES ($1, $2, $3, 1, $4, $5) ON CONFLICT (email) DO NOTHING",
    )
    .bind(id.to_sql())
    .bind(email.as_str())
    .bind(password_hash)
    .bind(i64::from(admin))
    .bind(now.as_millisecond())
    .execute(&mut *change)
    .await?;
    if inserted.rows_affected() == 0 {
        return Err(ControlError::UserExists);
    }
    sqlx::query("DELETE FROM setup_token").execute(change).await?;
    Ok(User { id, email: email.clone(), admin, created_at: now, password_version: 1 })
}

/// Returns whether a user is an administrator; who is not there is none.
pub(super) async fn is_admin(connection: &mut AnyConnection, user: UserId) -> Result<bool, ControlError> {
    let row =
        sqlx::query("SELECT admin FROM users WHERE id = $1").bind(user.to_sql()).fetch_optional(connection).await?;
    row.map_or(Ok(false), |row| rows::flag(&row, "admin"))
}

/// Returns whether there is any user.
pub(super) async fn any(connection: &mut AnyConnection) -> Result<bool, ControlError> {
    let row = sqlx::query("SELECT count(*) AS users FROM users").fetch_one(connection).await?;
    rows::flag(&row, "users")
}

/// Reads a user from `user_id, email, admin, password_version, created_at_ms`.
pub(super) fn from_row(row: &AnyRow) -> Result<User, ControlError> {
    Ok(User {
        id: UserId(rows::number(row, "user_id")?),
        email: EmailAddress::parse(&rows::text(row, "email")?)?,
        admin: rows::flag(row, "admin")?,
        created_at: rows::time(row, "created_at_ms")?,
        password_version: row.try_get("password_version")?,
    })
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::time::timeout;

    use super::super::{
        SignedInWith,
        testing::{NOW, TestDatabase, email, password},
    };
    use super::*;

    #[tokio::test]
    async fn a_user_is_added_listed_and_removed() {
        let database = TestDatabase::new().await;
        let control = database.open().await;
        let ada = control.add_user(&email("Ada@Example.org"), &password("first password"), true, NOW).await.unwrap();
        let bob = control.add_user(&email("bob@example.org"), &password("other password"), false, NOW).await.unwrap();
        assert_eq!(control.users().await.unwrap(), [ada.clone(), bob.clone()]);
        assert_eq!((ada.email.as_str(), ada.admin, ada.created_at), ("ada@example.org", true, NOW));
        assert_eq!(control.user(&email("BOB@example.org")).await.unwrap(), bob);

        control.remove_user(ada.id).await.unwrap();
        assert_eq!(control.users().await.unwrap(), [bob]);
        assert!(matches!(control.remove_user(ada.id).await, Err(ControlError::UserNotFound)));
        assert!(matches!(control.user(&ada.email).await, Err(ControlError::UserNotFound)));
        let again = control.add_user(&ada.email, &password("first password"), true, NOW).await.unwrap();
        assert_ne!(again.id, ada.id, "an id is never given twice");
    }

    #[tokio::test]
    async fn an_address_is_taken_once_whatever_its_case() {
        let database = TestDatabase::new().await;
        let control = database.open().await;
        control.add_user(&email("ada@example.org"), &password("first password"), true, NOW).await.unwrap();
        let again = control.add_user(&email("ADA@example.org"), &password("other password"), true, NOW).await;
        assert!(matches!(again, Err(ControlError::UserExists)), "{again:?}");
        control.verify("ada@example.org", "first password").await.unwrap();
    }

    #[tokio::test]
    async fn a_failed_change_does_not_move_the_revision() {
        let database = TestDatabase::new().await;
        let control = database.open().await;
        control.add_user(&email("ada@example.org"), &password("first password"), true, NOW).await.unwrap();
        let before = control.revision().await.unwrap();
        control.add_user(&email("ada@example.org"), &password("other password"), true, NOW).await.unwrap_err();
        assert_eq!(control.revision().await.unwrap(), before);
    }

    #[tokio::test]
    async fn only_the_right_password_of_the_right_user_is_verified() {
        let database = TestDatabase::new().await;
        let control = database.open().await;
        let ada = control.add_user(&email("ada@example.org"), &password("first password"), true, NOW).await.unwrap();
        control.add_user(&email("bob@example.org"), &password("other password"), false, NOW).await.unwrap();
        assert_eq!(control.verify(" ADA@example.org ", "first password").await.unwrap(), ada);

        let too_long = "x".repeat(100_000);
        for (email, password, why) in [
            ("ada@example.org", "other password", "the password of another user"),
            ("ada@example.org", "First password", "another case"),
            ("ada@example.org", "", "an empty password"),
            ("ada@example.org", too_long.as_str(), "a huge password"),
            ("eve@example.org", "first password", "an unknown user"),
            ("ada@example.org\0", "first password", "no e-mail address"),
            ("' OR 1=1 --", "first password", "an injection"),
            ("", "", "nothing"),
        ] {
            let verified = control.verify(email, password).await;
            assert!(matches!(verified, Err(ControlError::WrongCredentials)), "{why}: {verified:?}");
        }
    }

    /// Times on a shared machine prove nothing, so this looks at the work: while the one worker is taken, no answer
    /// comes, whether the user is known or not.
    #[tokio::test]
    async fn an_unknown_user_costs_a_hash_too() {
        let database = TestDatabase::new().await;
        let control = database.open().await;
        control.add_user(&email("ada@example.org"), &password("first password"), true, NOW).await.unwrap();
        for address in ["ada@example.org", "eve@example.org", "not an address"] {
            let worker = control.hasher.take_worker().await;
            let answer = control.verify(address, "wrong password");
            assert!(timeout(Duration::from_millis(200), answer).await.is_err(), "{address}: answered without a hash");
            drop(worker);
            control.verify(address, "wrong password").await.unwrap_err();
        }
    }

    #[tokio::test]
    async fn a_new_password_replaces_the_old_one() {
        let database = TestDatabase::new().await;
        let control = database.open().await;
        let ada = control.add_user(&email("ada@example.org"), &password("first password"), true, NOW).await.unwrap();
        control.set_password(ada.id, &password("later password")).await.unwrap();
        control.verify("ada@example.org", "later password").await.unwrap();
        let old = control.verify("ada@example.org", "first password").await;
        assert!(matches!(old, Err(ControlError::WrongCredentials)), "{old:?}");

        let wrong = control.change_password(&ada, "first password", &password("third password")).await;
        assert!(matches!(wrong, Err(ControlError::WrongPassword)), "{wrong:?}");
        let changed = control.change_password(&ada, "later password", &password("third password")).await.unwrap();
        assert_eq!(control.verify("ada@example.org", "third password").await.unwrap(), changed);
        control.create_session(&changed, &SignedInWith::default(), NOW).await.unwrap();

        control.remove_user(ada.id).await.unwrap();
        let gone = control.set_password(ada.id, &password("later password")).await;
        assert!(matches!(gone, Err(ControlError::UserNotFound)), "{gone:?}");
    }
}
