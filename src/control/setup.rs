//! Owns the first start: a one-time token in place of a default password. It does not print the link: `app` does.

use jiff::{SignedDuration, Timestamp};
use sqlx::AnyConnection;

use super::{
    database::Control,
    email::EmailAddress,
    error::ControlError,
    password::Password,
    rows,
    secret::{self, Purpose, Secret},
    users::{self, User},
};

/// How long a set-up token is valid. A new start makes a new one.
pub const SETUP_TOKEN_LIFETIME: SignedDuration = SignedDuration::from_hours(24);

impl Control {
    /// Returns whether there is no user yet.
    pub async fn needs_setup(&self) -> Result<bool, ControlError> {
        let mut connection = self.pool.acquire().await?;
        Ok(!users::any(&mut connection).await?)
    }

    /// Makes the one-time set-up token, in place of an earlier one. None once there is a user.
    pub async fn setup_token(&self, now: Timestamp) -> Result<Option<Secret>, ControlError> {
        if !self.needs_setup().await? {
            return Ok(None);
        }
        let token = Secret::random();
        let mut change = self.change().await?;
        if users::any(&mut change).await? {
            return Ok(None);
        }
        sqlx::query(
            "INSERT INTO setup_token (id, token_hash, expires_at_ms) VALUES (1, $1, $2) \
             ON CONFLICT (id) DO UPDATE SET token_hash = excluded.token_hash, expires_at_ms = excluded.expires_at_ms",
        )
        .bind(secret::digest(Purpose::Setup, token.reveal()))
        .bind((now + SETUP_TOKEN_LIFETIME).as_millisecond())
        .execute(&mut *change)
        .await?;
        change.commit().await?;
        Ok(Some(token))
    }

    /// Makes the first user, an admin, and uses the token up. Of two calls at once one wins; the other is told
    /// [`AlreadySetUp`](ControlError::AlreadySetUp).
    pub async fn complete_setup(
        &self,
        token: &str,
        email: &EmailAddress,
        password: &Password,
        now: Timestamp,
    ) -> Result<User, ControlError> {
        // Before the costly hash, which strangers should not get for nothing.
        let mut connection = self.pool.acquire().await?;
        check(&mut connection, token, now).await?;
        drop(connection);

        let password_hash = self.hasher.hash(password).await?;
        let mut change = self.change().await?;
        check(&mut change, token, now).await?;
        let user = users::insert(&mut change, email, &password_hash, true, now).await?;
        change.commit().await?;
        Ok(user)
    }
}

async fn check(connection: &mut AnyConnection, token: &str, now: Timestamp) -> Result<(), ControlError> {
    if users::any(connection).await? {
        return Err(ControlError::AlreadySetUp);
    }
    let row = sqlx::query("SELECT token_hash, expires_at_ms FROM setup_token").fetch_optional(connection).await?;
    let row = row.ok_or(ControlError::WrongSetupToken)?;
    let fits = secret::matches(&rows::text(&row, "token_hash")?, Purpose::Setup, token);
    if fits && now < rows::time(&row, "expires_at_ms")? { Ok(()) } else { Err(ControlError::WrongSetupToken) }
}

#[cfg(test)]
mod tests {
    use super::super::{
        SignedInWith,
        testing::{NOW, TestDatabase, a_user, email, password},
    };
    use super::*;

    async fn complete(control: &Control, token: &str, address: &str, now: Timestamp) -> Result<User, ControlError> {
        control.complete_setup(token, &email(address), &password("first password"), now).await
    }

    #[tokio::test]
    async fn the_token_makes_the_first_admin_once() {
        let database = TestDatabase::new().await;
        let control = database.open().await;
        assert!(control.needs_setup().await.unwrap());
        let token = control.setup_token(NOW).await.unwrap().unwrap();
        let user = complete(&control, token.reveal(), "ada@example.org", NOW).await.unwrap();
        assert!(user.admin);
        assert_eq!(control.verify("ada@example.org", "first password").await.unwrap(), user);
        control.create_session(&user, &SignedInWith::default(), NOW).await.unwrap();

        assert!(!control.needs_setup().await.unwrap());
        assert!(control.setup_token(NOW).await.unwrap().is_none());
        let again = complete(&control, token.reveal(), "eve@example.org", NOW).await;
        assert!(matches!(again, Err(ControlError::AlreadySetUp)), "{again:?}");

        control.remove_user(user.id).await.unwrap();
        let reused = complete(&control, token.reveal(), "eve@example.org", NOW).await;
        assert!(matches!(reused, Err(ControlError::WrongSetupToken)), "{reused:?}");
    }

    #[tokio::test]
    async fn a_wrong_replaced_or_expired_token_makes_nobody() {
        let database = TestDatabase::new().await;
        let control = database.open().await;
        let early = complete(&control, "", "eve@example.org", NOW).await;
        assert!(matches!(early, Err(ControlError::WrongSetupToken)), "before there is a token: {early:?}");

        let replaced = control.setup_token(NOW).await.unwrap().unwrap();
        let token = control.setup_token(NOW).await.unwrap().unwrap();
        let expiry = NOW + SETUP_TOKEN_LIFETIME;
        for (text, now, why) in [
            ("", NOW, "nothing"),
            ("x", NOW, "wrong"),
            (replaced.reveal(), NOW, "replaced"),
            (token.reveal(), expiry, "expired"),
        ] {
            let made = complete(&control, text, "eve@example.org", now).await;
            assert!(matches!(made, Err(ControlError::WrongSetupToken)), "{why}: {made:?}");
        }
        complete(&control, token.reveal(), "ada@example.org", expiry - SignedDuration::from_secs(1)).await.unwrap();
    }

    #[tokio::test]
    async fn a_user_of_the_command_line_takes_the_token_away() {
        let database = TestDatabase::new().await;
        let control = database.open().await;
        let token = control.setup_token(NOW).await.unwrap().unwrap();
        let user = a_user(&control, "ada@example.org", true).await;
        let made = complete(&control, token.reveal(), "eve@example.org", NOW).await;
        assert!(matches!(made, Err(ControlError::AlreadySetUp)), "{made:?}");
        control.remove_user(user.id).await.unwrap();
        let made = complete(&control, token.reveal(), "eve@example.org", NOW).await;
        assert!(matches!(made, Err(ControlError::WrongSetupToken)), "{made:?}");
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn of_many_at_once_one_wins() {
        let database = TestDatabase::new().await;
        let token = database.open().await.setup_token(NOW).await.unwrap().unwrap();
        let mut calls = Vec::new();
        for n in 0..5 {
            let (control, token) = (database.open().await, token.clone());
            calls.push(tokio::spawn(async move { complete(&control, token.reveal(), &format!("{n}@b.c"), NOW).await }));
        }
        let mut winners = Vec::new();
        for call in calls {
            match call.await.unwrap() {
                Ok(user) => winners.push(user),
                Err(error) => assert!(matches!(error, ControlError::AlreadySetUp), "{error:?}"),
            }
        }
        assert_eq!(winners.len(), 1);
        assert_eq!(database.open().await.users().await.unwrap(), winners);
    }

    #[tokio::test]
    async fn no_kind_of_token_is_taken_for_another() {
        let database = TestDatabase::new().await;
        let control = database.open().await;
        let setup = control.setup_token(NOW).await.unwrap().unwrap();
        assert!(control.authenticate_session(setup.reveal(), NOW).await.is_err());
        assert!(control.authenticate_key(setup.reveal(), NOW).await.is_err());
        let user = complete(&control, setup.reveal(), "ada@example.org", NOW).await.unwrap();
        let session = control.create_session(&user, &SignedInWith::default(), NOW).await.unwrap();
        assert!(control.authenticate_key(session.reveal(), NOW).await.is_err());
        control.remove_user(user.id).await.unwrap();
        control.setup_token(NOW).await.unwrap();
        assert!(complete(&control, session.reveal(), "eve@example.org", NOW).await.is_err());
    }
}
