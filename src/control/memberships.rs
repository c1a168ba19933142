//! Owns who may do what with which site. It does not know what the roles allow in detail: `http` asks.

use std::fmt;

use serde::Serialize;
use sqlx::{AnyConnection, any::AnyRow};

use crate::model::SiteId;

use super::{
    database::Control,
    error::ControlError,
    rows,
    users::{self, User, UserId},
};

/// What a user is to a site. A later one may do all that an earlier one may.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Sees the reports.
    Viewer,
    /// Also changes the settings.
    Editor,
    /// Also decides who else sees the site, and removes it.
    Owner,
}

impl Role {
    pub const ALL: [Self; 3] = [Self::Viewer, Self::Editor, Self::Owner];

    /// Returns the role of a name: `owner`, `editor` or `viewer`.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == name)
    }

    /// Returns the name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
            Self::Editor => "editor",
            Self::Owner => "owner",
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Most members of a site that come by invitation.
const MOST_MEMBERS: usize = 500;

impl Control {
    /// Gives a user a role on a site, in place of the one they may have.
    pub async fn grant(&self, user: UserId, site: SiteId, role: Role) -> Result<(), ControlError> {
        let mut change = self.change().await?;
        if !user_exists(&mut change, user).await? {
            return Err(ControlError::UserNotFound);
        }
        if !site_exists(&mut change, site).await? {
            return Err(ControlError::SiteNotFound);
        }
        set(&mut change, user, site, Some(role)).await?;
        Ok(change.commit().await?)
    }

    /// Takes a user's role on a site away. Returns whether they had one.
    pub async fn revoke(&self, user: UserId, site: SiteId) -> Result<bool, ControlError> {
        let mut change = self.change().await?;
        if role_of(&mut change, user, site).await?.is_none() {
            return Ok(false);
        }
        set(&mut change, user, site, None).await?;
        change.commit().await?;
        Ok(true)
    }

    /// Gives a member another role, or none. Unless `may_orphan`, the last owner stays one.
    pub async fn change_member(
        &self,
        user: UserId,
        site: SiteId,
        role: Option<Role>,
        may_orphan: bool,
    ) -> Result<(), ControlError> {
        let mut change = self.change().await?;
        let before = role_of(&mut change, user, site).await?.ok_or(ControlError::MemberNotFound)?;
        let steps_down = before == Role::Owner && role != Some(Role::Owner);
        if steps_down && !may_orphan && !has_another_owner(&mut change, user, site).await? {
            return Err(ControlError::LastOwner);
        }
        set(&mut change, user, site, role).await?;
        Ok(change.commit().await?)
    }

    /// Returns whether a user may know that the site exists: admins and members.
    pub async fn may_see(&self, user: &User, site: SiteId) -> Result<bool, ControlError> {
        Ok(self.role(user, site).await?.is_some())
    }

    /// Returns a user's role on a site. Admins are owners of every site, even of one that does not exist.
    pub async fn role(&self, user: &User, site: SiteId) -> Result<Option<Role>, ControlError> {
        if user.admin {
            return Ok(Some(Role::Owner));
        }
        let row = sqlx::query("SELECT role FROM memberships WHERE user_id = $1 AND site_id = $2")
            .bind(user.id.to_sql())
            .bind(i64::from(site.get()))
            .fetch_optional(&self.pool)
            .await?;
        row.map(|row| read_role(&row)).transpose()
    }

    /// Returns the sites of a user's memberships; for an admin only those with a row, which they do not need.
    pub async fn sites_of(&self, user: UserId) -> Result<Vec<(SiteId, Role)>, ControlError> {
        let rows = sqlx::query("SELECT site_id, role FROM memberships WHERE user_id = $1 ORDER BY site_id")
            .bind(user.to_sql())
            .fetch_all(&self.pool)
            .await?;
        rows.iter().map(|row| Ok((SiteId::new(rows::number(row, "site_id")?), read_role(row)?))).collect()
    }

    /// Returns the members of a site, by e-mail address.
    pub async fn members(&self, site: SiteId) -> Result<Vec<(User, Role)>, ControlError> {
        let rows = sqlx::query(
            "SELECT users.id AS user_id, email, admin, password_version, created_at_ms, role \
             FROM memberships JOIN users ON users.id = memberships.user_id WHERE site_id = $1",
        )
        .bind(i64::from(site.get()))
        .fetch_all(&self.pool)
        .await?;
        let mut members = Vec::with_capacity(rows.len());
        for row in &rows {
            members.push((users::from_row(row)?, read_role(row)?));
        }
        members.sort_by(|(a, _), (b, _)| a.email.cmp(&b.email));
        Ok(members)
    }
}

/// Makes a user a member within a change. Who is more already stays what they are.
pub(super) async fn join(
    change: &mut AnyConnection,
    user: UserId,
    site: SiteId,
    role: Role,
) -> Result<(), ControlError> {
    let before = role_of(change, user, site).await?;
    if before >= Some(role) {
        return Ok(());
    }
    let row = sqlx::query("SELECT count(*) AS members FROM memberships WHERE site_id = $1")
        .bind(i64::from(site.get()))
        .fetch_one(&mut *change)
        .await?;
    if before.is_none() && rows::number(&row, "members")? as usize >= MOST_MEMBERS {
        return Err(ControlError::TooMany { what: "members", limit: MOST_MEMBERS });
    }
    set(change, user, site, Some(role)).await
}

/// Sets or takes away a role within a change. What somebody gave out as an owner ends with it: a key or an invitation
/// never may more than who made it.
async fn set(change: &mut AnyConnection, user: UserId, site: SiteId, role: Option<Role>) -> Result<(), ControlError> {
    let query = match role {
        Some(role) => sqlx::query(
            "INSERT INTO memberships (user_id, site_id, role) VALUES ($1, $2, $3) \
             ON CONFLICT (user_id, site_id) DO UPDATE SET role = excluded.role",
        )
        .bind(user.to_sql())
        .bind(i64::from(site.get()))
        .bind(role.as_str()),
        None => sqlx::query("DELETE FROM memberships WHERE user_id = $1 AND site_id = $2")
            .bind(user.to_sql())
            .bind(i64::from(site.get())),
    };
    query.execute(&mut *change).await?;
    if role == Some(Role::Owner) || users::is_admin(change, user).await? {
        return Ok(());
    }
    for given_out in [
        "DELETE FROM invitations WHERE inviter_id = $1 AND site_id = $2",
        "DELETE FROM api_keys WHERE maker_id = $1 AND site_id = $2",
    ] {
        sqlx::query(given_out).bind(user.to_sql()).bind(i64::from(site.get())).execute(&mut *change).await?;
    }
    Ok(())
}

async fn role_of(change: &mut AnyConnection, user: UserId, site: SiteId) -> Result<Option<Role>, ControlError> {
    let row = sqlx::query("SELECT role FROM memberships WHERE user_id = $1 AND site_id = $2")
        .bind(user.to_sql())
        .bind(i64::from(site.get()))
        .fetch_optional(change)
        .await?;
    row.map(|row| read_role(&row)).transpose()
}

async fn has_another_owner(change: &mut AnyConnection, user: UserId, site: SiteId) -> Result<bool, ControlError> {
    let row = sqlx::query(
        "SELECT count(*) AS owners FROM memberships WHERE site_id = $1 AND role = 'owner' AND user_id <> $2",
    )
    .bind(i64::from(site.get()))
    .bind(user.to_sql())
    .fetch_one(change)
    .await?;
    rows::flag(&row, "owners")
}

/// Reads the column `role`.
pub(super) fn read_role(row: &AnyRow) -> Result<Role, ControlError> {
    Role::parse(&rows::text(row, "role")?).ok_or(ControlError::Unreadable { what: "role" })
}

async fn user_exists(change: &mut AnyConnection, user: UserId) -> Result<bool, ControlError> {
    let row = sqlx::query("SELECT id FROM users WHERE id = $1").bind(user.to_sql()).fetch_optional(change).await?;
    Ok(row.is_some())
}

/// Returns whether a site exists; within a change the answer stays true.
pub(super) async fn site_exists(change: &mut AnyConnection, site: SiteId) -> Result<bool, ControlError> {
    let row =
        sqlx::query("SELECT id FROM sites WHERE id = $1").bind(i64::from(site.get())).fetch_optional(change).await?;
    Ok(row.is_some())
}

#[cfg(test)]
mod tests {
    use super::super::testing::{NOW, TestDatabase, a_site, a_user, email};
    use super::*;

    #[tokio::test]
    async fn members_and_admins_see_a_site_and_nobody_else() {
        let database = TestDatabase::new().await;
        let control = database.open().await;
        let admin = a_user(&control, "admin@example.org", true).await;
        let member = a_user(&control, "member@example.org", false).await;
        let other = a_user(&control, "other@example.org", false).await;
        let (site, elsewhere) = (a_site(&control, "a.example").await, a_site(&control, "b.example").await);
        control.grant(member.id, site.id, Role::Viewer).await.unwrap();

        for (user, site_id, expected, why) in [
            (&admin, site.id, true, "an admin"),
            (&member, site.id, true, "a member"),
            (&member, elsewhere.id, false, "a member of another site"),
            (&other, site.id, false, "a member of nothing"),
        ] {
            assert_eq!(control.may_see(user, site_id).await.unwrap(), expected, "{why}");
        }
        assert_eq!(control.sites_of(member.id).await.unwrap(), [(site.id, Role::Viewer)]);
        assert_eq!(control.members(site.id).await.unwrap(), [(member, Role::Viewer)]);
    }

    #[tokio::test]
    async fn a_role_is_replaced_and_taken_away() {
        let database = TestDatabase::new().await;
        let control = database.open().await;
        let user = a_user(&control, "a@example.org", false).await;
        let site = a_site(&control, "a.example").await;
        for role in [Role::Viewer, Role::Owner, Role::Editor] {
            control.grant(user.id, site.id, role).await.unwrap();
            assert_eq!(control.role(&user, site.id).await.unwrap(), Some(role));
        }
        assert!(control.revoke(user.id, site.id).await.unwrap());
        assert!(!control.revoke(user.id, site.id).await.unwrap());
        assert_eq!(control.role(&user, site.id).await.unwrap(), None);
    }

    #[tokio::test]
    async fn a_role_needs_a_user_and_a_site() {
        let database = TestDatabase::new().await;
        let control = database.open().await;
        let user = a_user(&control, "a@example.org", false).await;
        let site = a_site(&control, "a.example").await;
        let no_site = control.grant(user.id, SiteId::new(99), Role::Viewer).await;
        assert!(matches!(no_site, Err(ControlError::SiteNotFound)), "{no_site:?}");
        control.remove_user(user.id).await.unwrap();
        let no_user = control.grant(user.id, site.id, Role::Viewer).await;
        assert!(matches!(no_user, Err(ControlError::UserNotFound)), "{no_user:?}");
    }

    #[tokio::test]
    async fn memberships_go_with_their_site() {
        let database = TestDatabase::new().await;
        let control = database.open().await;
        let user = a_user(&control, "a@example.org", false).await;
        let site = a_site(&control, "a.example").await;
        control.grant(user.id, site.id, Role::Owner).await.unwrap();
        control.remove_site(site.id).await.unwrap();
        assert_eq!(control.sites_of(user.id).await.unwrap(), []);
    }

    #[tokio::test]
    async fn the_last_owner_stays_one_unless_an_administrator_says_so() {
        let database = TestDatabase::new().await;
        let control = database.open().await;
        let (ann, bob) = (a_user(&control, "ann@b.c", false).await, a_user(&control, "bob@b.c", false).await);
        let site = a_site(&control, "a.example").await;
        let stranger = control.change_member(ann.id, site.id, None, true).await;
        assert!(matches!(stranger, Err(ControlError::MemberNotFound)), "{stranger:?}");
        control.grant(ann.id, site.id, Role::Owner).await.unwrap();
        control.grant(bob.id, site.id, Role::Editor).await.unwrap();
        for role in [None, Some(Role::Viewer), Some(Role::Editor)] {
            let refused = control.change_member(ann.id, site.id, role, false).await;
            assert!(matches!(refused, Err(ControlError::LastOwner)), "{role:?}: {refused:?}");
            assert_eq!(control.role(&ann, site.id).await.unwrap(), Some(Role::Owner));
        }
        control.change_member(ann.id, site.id, Some(Role::Owner), false).await.unwrap();
        control.change_member(bob.id, site.id, Some(Role::Owner), false).await.unwrap();
        control.change_member(ann.id, site.id, Some(Role::Viewer), false).await.unwrap();
        control.change_member(bob.id, site.id, None, true).await.unwrap();
        assert_eq!(control.members(site.id).await.unwrap(), [(ann, Role::Viewer)]);
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn of_two_owners_who_leave_at_once_one_stays() {
        let database = TestDatabase::new().await;
        let control = database.open().await;
        let owners = [a_user(&control, "ann@b.c", false).await, a_user(&control, "bob@b.c", false).await];
        let site = a_site(&control, "a.example").await;
        for owner in &owners {
            control.grant(owner.id, site.id, Role::Owner).await.unwrap();
        }
        let mut calls = Vec::new();
        for owner in owners {
            let control = database.open().await;
            calls.push(tokio::spawn(async move { control.change_member(owner.id, site.id, None, false).await }));
        }
        let mut left = 0;
        for call in calls {
            left += usize::from(call.await.unwrap().is_ok());
        }
        assert_eq!((left, control.members(site.id).await.unwrap().len()), (1, 1));
    }

    #[tokio::test]
    async fn a_site_has_at_most_five_hundred_who_were_invited() {
        let database = TestDatabase::new().await;
        let control = database.open().await;
        let site = a_site(&control, "a.example").await;
        let mut change = control.change().await.unwrap();
        for n in 0..=MOST_MEMBERS {
            let user = users::insert(&mut change, &email(&format!("{n}@b.c")), "no hash", false, NOW).await.unwrap();
            let joined = join(&mut change, user.id, site.id, Role::Viewer).await;
            if n < MOST_MEMBERS {
                joined.unwrap();
            } else {
                assert!(matches!(joined, Err(ControlError::TooMany { limit: 500, .. })), "{joined:?}");
            }
        }
    }

    #[test]
    fn roles_are_ordered_and_have_names() {
        assert!(Role::Owner > Role::Editor && Role::Editor > Role::Viewer);
        for role in [Role::Owner, Role::Editor, Role::Viewer] {
            assert_eq!(Role::parse(role.as_str()), Some(role));
        }
        assert_eq!(Role::parse("admin"), None);
    }
}
