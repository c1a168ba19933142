//! Owns the links that let somebody in as a member of a site, once. It does not know the link's address: `http` puts the token into it.

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use sqlx::{AnyConnection, Row, any::AnyRow};

use super::{
    database::{Control, IdKind, next_id},
    email::EmailAddress,
    error::ControlError,
    memberships::{self, Role, site_exists},
    password::Password,
    rows,
    secret::{self, Purpose, Secret},
    users::{self, User, UserId},
};
use crate::model::SiteId;

/// How long an invitation is good for where nothing else is said.
pub const INVITATION_DAYS: u32 = 7;
/// Longest time that an invitation may be good for.
pub const MOST_INVITATION_DAYS: u32 = 30;
/// Most invitations of a site that are open.
const MOST_INVITATIONS: usize = 50;

/// The number of an invitation. Never given twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct InvitationId(u32);

impl InvitationId {
    /// Wraps the raw number, as it stands in an address.
    pub const fn new(raw: u32) -> Self {
        Self(raw)
    }
}

/// An invitation that is open. Its link cannot be shown again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Invitation {
    pub id: InvitationId,
    #[serde(skip)]
    pub site: SiteId,
    pub role: Role,
    /// The only one who may accept it; `None`: whoever has the link.
    pub email: Option<EmailAddress>,
    pub created_at: Timestamp,
    pub expires_at: Timestamp,
}

/// What an invitation is to be.
#[derive(Debug, Clone)]
pub struct NewInvitation {
    pub role: Role,
    pub email: Option<EmailAddress>,
    pub days: u32,
    /// The invitation goes when they are no owner any more.
    pub inviter: Option<UserId>,
}

impl Control {
    /// Makes an invitation and returns its token, this once. Those that have ended are removed on the way.
    pub async fn invite(
        &self,
        site: SiteId,
        new: &NewInvitation,
        now: Timestamp,
    ) -> Result<(Invitation, Secret), ControlError> {
        if !(1..=MOST_INVITATION_DAYS).contains(&new.days) {
            let reason = format!("it is not between 1 and {MOST_INVITATION_DAYS}");
            return Err(ControlError::InvalidField { field: "expires_in_days", reason });
        }
        let token = Secret::random();
        let expires_at = now + SignedDuration::from_hours(24 * i64::from(new.days));
        let mut change = self.change().await?;
        if !site_exists(&mut change, site).await? {
            return Err(ControlError::SiteNotFound);
        }
        sqlx::query("DELETE FROM invitations WHERE expires_at_ms <= $1")
            .bind(now.as_millisecond())
            .execute(&mut *change)
            .await?;
        if open_ones(&mut change, site, now).await?.len() >= MOST_INVITATIONS {
            return Err(ControlError::TooMany { what: "open invitations", limit: MOST_INVITATIONS });
        }
        let id = InvitationId(next_id(&mut change, IdKind::Invitation).await?);
        sqlx::query(
            "INSERT INTO invitations (id, site_id, token_hash, role, email, inviter_id, created_at_ms, expires_at_ms) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        )
        .bind(i64::from(id.0))
        .bind(i64::from(site.get()))
        .bind(secret::digest(Purpose::Invitation, token.reveal()))
        .bind(new.role.as_str())
        .bind(new.email.as_ref().map(EmailAddress::as_str))
        .bind(new.inviter.map(UserId::to_sql))
        .bind(now.as_millisecond())
        .bind(expires_at.as_millisecond())
        .execute(&mut *change)
        .await?;
        change.commit().await?;
        let email = new.email.clone();
        Ok((Invitation { id, site, role: new.role, email, created_at: now, expires_at }, token))
    }

    /// Returns the open invitations of a site, oldest first.
    pub async fn invitations(&self, site: SiteId, now: Timestamp) -> Result<Vec<Invitation>, ControlError> {
        let mut connection = self.pool.acquire().await?;
        open_ones(&mut connection, site, now).await
    }

    /// Takes an invitation back; its link opens nothing from now on.
    pub async fn revoke_invitation(&self, site: SiteId, id: InvitationId) -> Result<(), ControlError> {
        let mut change = self.change().await?;
        let removed = sqlx::query("DELETE FROM invitations WHERE id = $1 AND site_id = $2")
            .bind(i64::from(id.0))
            .bind(i64::from(site.get()))
            .execute(&mut *change)
            .await?;
        if removed.rows_affected() == 0 {
            return Err(ControlError::InvitationNotFound);
        }
        Ok(change.commit().await?)
    }

    /// Returns the invitation of a token, while it is open, and leaves it open.
    pub async fn invitation(&self, token: &str, now: Timestamp) -> Result<Invitation, ControlError> {
        let mut connection = self.pool.acquire().await?;
        of_token(&mut connection, token, now).await
    }

    /// Makes a user a member and uses the invitation up. Who is more there already stays what they are.
    pub async fn accept_invitation(
        &self,
        token: &str,
        user: &User,
        now: Timestamp,
    ) -> Result<Invitation, ControlError> {
        let mut change = self.change().await?;
        let invitation = of_token(&mut change, token, now).await?;
        check_addressee(&invitation, &user.email)?;
        use_up(&mut change, &invitation, user.id).await?;
        change.commit().await?;
        Ok(invitation)
    }

    /// Adds a user, makes them a member and uses the invitation up.
    pub async fn accept_as_new_user(
        &self,
        token: &str,
        email: &EmailAddress,
        password: &Password,
        now: Timestamp,
    ) -> Result<(User, Invitation), ControlError> {
        // Before the costly hash, which strangers should not get for nothing.
        check_addressee(&self.invitation(token, now).await?, email)?;
        let password_hash = self.hasher.hash(password).await?;
        let mut change = self.change().await?;
        let invitation = of_token(&mut change, token, now).await?;
        check_addressee(&invitation, email)?;
        let user = users::insert(&mut change, email, &password_hash, false, now).await?;
        use_up(&mut change, &invitation, user.id).await?;
        change.commit().await?;
        Ok((user, invitation))
    }
}

async fn open_ones(
    connection: &mut AnyConnection,
    site: SiteId,
    now: Timestamp,
) -> Result<Vec<Invitation>, ControlError> {
    let rows = sqlx::query(
        "SELECT id, site_id, role, email, created_at_ms, expires_at_ms FROM invitations \
         WHERE site_id = $1 AND expires_at_ms > $2 ORDER BY id",
    )
    .bind(i64::from(site.get()))
    .bind(now.as_millisecond())
    .fetch_all(connection)
    .await?;
    rows.iter().map(from_row).collect()
}

/// The token is looked up by its hash, so that no time tells how near a wrong one was.
async fn of_token(connection: &mut AnyConnection, token: &str, now: Timestamp) -> Result<Invitation, ControlError> {
    let row = sqlx::query(
        "SELECT id, site_id, role, email, created_at_ms, expires_at_ms FROM invitations \
         WHERE token_hash = $1 AND expires_at_ms > $2",
    )
    .bind(secret::digest(Purpose::Invitation, token))
    .bind(now.as_millisecond())
    .fetch_optional(connection)
    .await?;
    from_row(&row.ok_or(ControlError::InvitationNotFound)?)
}

fn check_addressee(invitation: &Invitation, email: &EmailAddress) -> Result<(), ControlError> {
    match &invitation.email {
        Some(only) if only != email => Err(ControlError::InvitedSomebodyElse),
        Some(_) | None => Ok(()),
    }
}

async fn use_up(change: &mut AnyConnection, invitation: &Invitation, user: UserId) -> Result<(), ControlError> {
    memberships::join(change, user, invitation.site, invitation.role).await?;
    sqlx::query("DELETE FROM invitations WHERE id = $1").bind(i64::from(invitation.id.0)).execute(change).await?;
    Ok(())
}

fn from_row(row: &AnyRow) -> Result<Invitation, ControlError> {
    let email = row.try_get::<Option<String>, _>("email")?;
    Ok(Invitation {
        id: InvitationId(rows::number(row, "id")?),
        site: SiteId::new(rows::number(row, "site_id")?),
        role: memberships::read_role(row)?,
        email: email.as_deref().map(EmailAddress::parse).transpose()?,
        created_at: rows::time(row, "created_at_ms")?,
        expires_at: rows::time(row, "expires_at_ms")?,
    })
}

#[cfg(test)]
mod tests {
    use super::super::testing::{NOW, TestDatabase, a_site, a_user, email, password};
    use super::*;

    const SECOND: SignedDuration = SignedDuration::from_secs(1);
    const WEEK: SignedDuration = SignedDuration::from_hours(7 * 24);

    fn a_new(role: Role) -> NewInvitation {
        NewInvitation { role, email: None, days: INVITATION_DAYS, inviter: None }
    }

    fn is_unknown<T: std::fmt::Debug>(answer: &Result<T, ControlError>) -> bool {
        matches!(answer, Err(ControlError::InvitationNotFound))
    }

    #[tokio::test]
    async fn an_invitation_makes_one_member_once() {
        let database = TestDatabase::new().await;
        let control = database.open().await;
        let site = a_site(&control, "a.example").await;
        let (bob, eve) = (a_user(&control, "bob@b.c", false).await, a_user(&control, "eve@b.c", false).await);
        let (invitation, token) = control.invite(site.id, &a_new(Role::Editor), NOW).await.unwrap();
        assert_eq!(control.invitations(site.id, NOW).await.unwrap(), std::slice::from_ref(&invitation));
        assert_eq!(control.invitation(token.reveal(), NOW).await.unwrap(), invitation, "looking leaves it open");

        control.accept_invitation(token.reveal(), &bob, NOW).await.unwrap();
        assert_eq!(control.role(&bob, site.id).await.unwrap(), Some(Role::Editor));
        assert!(is_unknown(&control.accept_invitation(token.reveal(), &eve, NOW).await));
        assert!(is_unknown(&control.invitation(token.reveal(), NOW).await));
        assert_eq!(control.role(&eve, site.id).await.unwrap(), None);
        assert_eq!(control.invitations(site.id, NOW).await.unwrap(), []);
    }

    #[tokio::test]
    async fn an_invitation_makes_a_user_who_is_no_administrator() {
        let database = TestDatabase::new().await;
        let control = database.open().await;
        let site = a_site(&control, "a.example").await;
        a_user(&control, "taken@b.c", false).await;
        let (_, token) = control.invite(site.id, &a_new(Role::Viewer), NOW).await.unwrap();
        let words = password("their password");
        let taken = control.accept_as_new_user(token.reveal(), &email("taken@b.c"), &words, NOW).await;
        assert!(matches!(taken, Err(ControlError::UserExists)), "{taken:?}");
        let (user, _) = control.accept_as_new_user(token.reveal(), &email("new@b.c"), &words, NOW).await.unwrap();
        assert!(!user.admin);
        assert_eq!(control.verify("new@b.c", "their password").await.unwrap(), user);
        assert_eq!(control.sites_of(user.id).await.unwrap(), [(site.id, Role::Viewer)]);
        assert!(is_unknown(&control.accept_as_new_user(token.reveal(), &email("eve@b.c"), &words, NOW).await));
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn of_many_at_once_one_is_let_in() {
        let database = TestDatabase::new().await;
        let control = database.open().await;
        let site = a_site(&control, "a.example").await;
        let (_, token) = control.invite(site.id, &a_new(Role::Viewer), NOW).await.unwrap();
        let mut calls = Vec::new();
        for n in 0..5 {
            let user = a_user(&control, &format!("{n}@b.c"), false).await;
            let (control, token) = (database.open().await, token.clone());
            calls.push(tokio::spawn(async move { control.accept_invitation(token.reveal(), &user, NOW).await }));
        }
        let mut let_in = 0;
        for call in calls {
            let answer = call.await.unwrap();
            assert!(answer.is_ok() || is_unknown(&answer), "{answer:?}");
            let_in += usize::from(answer.is_ok());
        }
        assert_eq!(let_in, 1);
        assert_eq!(control.members(site.id).await.unwrap().len(), 1);
    }

    #[tokio::test]
    async fn a_wrong_ended_or_revoked_token_opens_nothing() {
        let database = TestDatabase::new().await;
        let control = database.open().await;
        let (site, other) = (a_site(&control, "a.example").await, a_site(&control, "b.example").await);
        let (invitation, token) = control.invite(site.id, &a_new(Role::Viewer), NOW).await.unwrap();
        let stored = secret::digest(Purpose::Invitation, token.reveal());
        for wrong in ["", "x", stored.as_str(), "\0"] {
            assert!(is_unknown(&control.invitation(wrong, NOW).await), "{wrong:?}");
        }
        control.invitation(token.reveal(), NOW + WEEK - SECOND).await.unwrap();
        assert!(is_unknown(&control.invitation(token.reveal(), NOW + WEEK).await));
        assert_eq!(control.invitations(site.id, NOW + WEEK).await.unwrap(), []);

        assert!(is_unknown(&control.revoke_invitation(other.id, invitation.id).await), "of another site");
        control.revoke_invitation(site.id, invitation.id).await.unwrap();
        assert!(is_unknown(&control.invitation(token.reveal(), NOW).await));
        assert!(is_unknown(&control.revoke_invitation(site.id, invitation.id).await));
    }

    #[tokio::test]
    async fn an_invitation_for_somebody_lets_nobody_else_in() {
        let database = TestDatabase::new().await;
        let control = database.open().await;
        let site = a_site(&control, "a.example").await;
        let eve = a_user(&control, "eve@b.c", false).await;
        let new = NewInvitation { email: Some(email("Bob@b.c")), ..a_new(Role::Owner) };
        let (_, token) = control.invite(site.id, &new, NOW).await.unwrap();
        let words = password("their password");
        let by_user = control.accept_invitation(token.reveal(), &eve, NOW).await;
        assert!(matches!(by_user, Err(ControlError::InvitedSomebodyElse)), "{by_user:?}");
        let by_new = control.accept_as_new_user(token.reveal(), &email("mallory@b.c"), &words, NOW).await;
        assert!(matches!(by_new, Err(ControlError::InvitedSomebodyElse)), "{by_new:?}");
        control.accept_as_new_user(token.reveal(), &email("bob@B.c"), &words, NOW).await.unwrap();
    }

    #[tokio::test]
    async fn who_is_more_already_stays_it() {
        let database = TestDatabase::new().await;
        let control = database.open().await;
        let site = a_site(&control, "a.example").await;
        let user = a_user(&control, "bob@b.c", false).await;
        control.grant(user.id, site.id, Role::Editor).await.unwrap();
        for (role, then) in [(Role::Viewer, Role::Editor), (Role::Owner, Role::Owner)] {
            let (_, token) = control.invite(site.id, &a_new(role), NOW).await.unwrap();
            control.accept_invitation(token.reveal(), &user, NOW).await.unwrap();
            assert_eq!(control.role(&user, site.id).await.unwrap(), Some(then), "invited as {role}");
        }
    }

    #[tokio::test]
    async fn a_site_has_at_most_fifty_that_are_open() {
        let database = TestDatabase::new().await;
        let control = database.open().await;
        let site = a_site(&control, "a.example").await;
        for _ in 0..MOST_INVITATIONS {
            control.invite(site.id, &a_new(Role::Viewer), NOW).await.unwrap();
        }
        let more = control.invite(site.id, &a_new(Role::Viewer), NOW).await;
        assert!(matches!(more, Err(ControlError::TooMany { limit: 50, .. })), "{more:?}");
        control.invite(site.id, &a_new(Role::Viewer), NOW + WEEK).await.unwrap();
        let row = sqlx::query("SELECT count(*) AS kept FROM invitations").fetch_one(&control.pool).await.unwrap();
        assert_eq!(rows::number(&row, "kept").unwrap(), 1, "those that have ended are removed");
    }

    #[tokio::test]
    async fn an_invitation_has_an_end() {
        let database = TestDatabase::new().await;
        let control = database.open().await;
        let site = a_site(&control, "a.example").await;
        for days in [0, 31, u32::MAX] {
            let refused = control.invite(site.id, &NewInvitation { days, ..a_new(Role::Viewer) }, NOW).await;
            assert!(
                matches!(refused, Err(ControlError::InvalidField { field: "expires_in_days", .. })),
                "{days}: {refused:?}"
            );
        }
    }

    #[tokio::test]
    async fn what_a_former_owner_gave_out_lets_nobody_in() {
        let database = TestDatabase::new().await;
        let control = database.open().await;
        let site = a_site(&control, "a.example").await;
        let ann = a_user(&control, "ann@b.c", false).await;
        let guest = a_user(&control, "guest@b.c", false).await;
        let new = NewInvitation { inviter: Some(ann.id), ..a_new(Role::Owner) };
        control.grant(ann.id, site.id, Role::Owner).await.unwrap();
        let (_, lowered) = control.invite(site.id, &new, NOW).await.unwrap();
        control.grant(ann.id, site.id, Role::Editor).await.unwrap();
        control.grant(ann.id, site.id, Role::Owner).await.unwrap();
        let (_, revoked) = control.invite(site.id, &new, NOW).await.unwrap();
        control.revoke(ann.id, site.id).await.unwrap();
        control.grant(ann.id, site.id, Role::Owner).await.unwrap();
        let (_, removed) = control.invite(site.id, &new, NOW).await.unwrap();
        control.remove_user(ann.id).await.unwrap();
        for (token, why) in [(lowered, "lowered"), (revoked, "revoked"), (removed, "removed")] {
            assert!(is_unknown(&control.accept_invitation(token.reveal(), &guest, NOW).await), "{why}");
        }
    }
}
