//! Owns the control database: sites and what their owners name in advance (goals, segments, properties, annotations), users,
//! memberships, invitations, API keys, shared links, dashboard sessions, the set-up token, the keys of links, the salts and the index
//! of screenshots.
//! It does not speak HTTP, reads no clock (time comes as a value) and keeps nothing that visitors sent.
//!
//! Several processes work on one database: the server, the command line and, on PostgreSQL, other nodes. Every change
//! counts up one [`revision`](Control::revision) in its own transaction; the server polls it and rebuilds its
//! [`snapshot::Sites`] when it moved.
//!
//! Secrets are never stored: passwords as argon2id, keys and tokens as SHA-256. Salts have to be stored, and are
//! destroyed; so have the keys that sign links, which let nobody change anything, and those of imported visitors.

mod annotations;
mod database;
mod email;
mod error;
mod goals;
mod import_keys;
mod invitations;
mod keys;
mod links;
mod memberships;
mod migrations;
mod password;
mod preferences;
mod props;
mod rows;
mod salts;
mod screenshots;
mod secret;
mod segments;
mod sessions;
mod settings;
mod setup;
mod shared_links;
mod sites;
pub mod snapshot;
#[cfg(test)]
mod testing;
mod text;
mod users;

pub use annotations::{Annotation, AnnotationId, AnnotationPatch, HappenedAt};
pub use database::{Control, sqlite_url};
pub use email::{EmailAddress, EmailError};
pub use error::ControlError;
pub use goals::{GoalPatch, KeptGoal, NewGoal};
pub use invitations::{INVITATION_DAYS, Invitation, InvitationId, MOST_INVITATION_DAYS, NewInvitation};
pub use keys::{ApiKey, KeyId, KeyIdentity, KeyName, Scope, ScopeError, Scopes};
pub use links::LinkKey;
pub use memberships::Role;
pub use migrations::PendingMigration;
pub use password::{Password, PasswordError};
pub use preferences::{Language, Preferences, Theme, TimeFormat};
pub use screenshots::{Screenshot, ScreenshotQuota};
pub use secret::Secret;
pub use segments::SegmentPatch;
pub use sessions::{SESSION_IDLE_TIMEOUT, SESSION_LIFETIME, Session, SignedInWith};
pub use setup::SETUP_TOKEN_LIFETIME;
pub use shared_links::{Change, NewSharedLink, SharedLink, SharedLinkId, SharedLinkPatch, Shows, opens_a_shared_link};
pub use sites::{SitePatch, time_zone};
pub use users::{User, UserId};
