//! Owns what can go wrong with the control database, one variant for each cause.
//! It does not choose status codes: `http` does.

use std::{io, path::PathBuf};

use crate::model::{Currency, SiteName};

use super::{email::EmailError, keys::ScopeError, password::PasswordError, screenshots::ScreenshotQuota};

/// Why the control database did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum ControlError {
    #[error("the url of the control database is not usable: {reason}")]
    InvalidUrl { reason: String },
    #[error("the file of the control database cannot be prepared: {}", path.display())]
    File {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error("the control database is newer than this program: it has migration {found}, this program knows {known}")]
    NewerThanBinary { found: u32, known: u32 },
    #[error("migration {number} of the control database is not the one that this program knows")]
    MigrationChanged { number: u32 },
    #[error("migration {number} ({name}) of the control database failed")]
    Migration {
        number: u32,
        name: &'static str,
        #[source]
        source: sqlx::Error,
    },
    /// Busy or gone: worth trying again.
    #[error("the control database does not answer")]
    Unavailable(#[source] sqlx::Error),
    #[error("the control database refused a statement")]
    Database(#[source] sqlx::Error),
    #[error("the control database holds a {what} that cannot be read")]
    Unreadable { what: &'static str },

    #[error("there is a site {0} already")]
    SiteExists(SiteName),
    #[error("there is no such site")]
    SiteNotFound,
    #[error("there is no time zone {name:?} in the IANA database")]
    UnknownTimeZone { name: String },
    /// `pointer` is a JSON pointer into `{"settings": …}`.
    #[error("the setting at {pointer} is not valid: {reason}")]
    InvalidSetting { pointer: String, reason: String },

    #[error("there is a user with this e-mail address already")]
    UserExists,
    #[error("there is no such user")]
    UserNotFound,
    #[error("the e-mail address is not valid: {0}")]
    InvalidEmail(#[from] EmailError),
    #[error("the password is not acceptable: {0}")]
    WeakPassword(#[from] PasswordError),
    #[error("the e-mail address or the password is wrong")]
    WrongCredentials,
    #[error("the old password is wrong")]
    WrongPassword,
    /// Worth trying again after a second.
    #[error("too many passwords are being checked")]
    PasswordQueueFull,
    #[error("a password could not be hashed: {reason}")]
    PasswordHashing { reason: String },

    #[error("the name of the key must have 1 to {limit} characters, none of them a control character")]
    InvalidKeyName { limit: usize },
    #[error("the scopes of the key are not valid: {0}")]
    InvalidScopes(#[from] ScopeError),
    #[error("there is no such key")]
    KeyNotFound,
    #[error("the key is wrong or revoked")]
    WrongKey,
    #[error("the session is unknown or has ended")]
    SessionEnded,
    #[error("you have no such session")]
    SessionNotFound,
    #[error("the set-up token is wrong or has expired")]
    WrongSetupToken,
    #[error("there is a user already")]
    AlreadySetUp,

    #[error("nobody of this number has a role on the site")]
    MemberNotFound,
    #[error("a site must keep an owner: make somebody else one first")]
    LastOwner,
    #[error("the invitation is used up, taken back or has ended, or there never was one: ask for a new link")]
    InvitationNotFound,
    #[error("the invitation is for another e-mail address")]
    InvitedSomebodyElse,

    #[error(
        "a site may have {} screenshots of together {} MiB: remove some",
        quota.count,
        quota.size_bytes / 1024 / 1024
    )]
    TooManyScreenshots { quota: ScreenshotQuota },

    /// Of a goal, a segment, a property or an annotation. `field` is its name in JSON.
    #[error("the {field} is not valid: {reason}")]
    InvalidField { field: &'static str, reason: String },
    #[error("there is a {what} of the name {name:?} already")]
    NameTaken { what: &'static str, name: String },
    #[error("the goal {name:?} counts this already, with {}", currency_text(*.currency))]
    OtherCurrency { name: String, currency: Option<Currency> },
    #[error("a site may have {limit} {what}: remove some")]
    TooMany { what: &'static str, limit: usize },
    #[error("the site has no such goal")]
    GoalNotFound,
    #[error("the site has no such segment")]
    SegmentNotFound,
    #[error("the site has no such annotation")]
    AnnotationNotFound,
    #[error("there is no such shared link")]
    SharedLinkNotFound,
    #[error("the shared link has ended")]
    SharedLinkEnded,
    #[error("the shared link asks for a password")]
    SharedLinkLocked,
    #[error("the password of the shared link is wrong")]
    WrongLinkPassword,
    #[error("a site cannot be called {name:?}: the API means something else by it")]
    ReservedSiteName { name: SiteName },

    #[error("the clock shows a time without a day: {now}")]
    ClockOutOfRange { now: jiff::Timestamp },
}

fn currency_text(currency: Option<Currency>) -> String {
    currency.map_or_else(|| "no currency".to_owned(), |currency| format!("the currency {}", currency.as_str()))
}

impl From<sqlx::Error> for ControlError {
    fn from(error: sqlx::Error) -> Self {
        if is_unavailable(&error) { Self::Unavailable(error) } else { Self::Database(error) }
    }
}

/// Returns whether SQLite says that another connection holds the lock.
pub(super) fn is_busy(error: &sqlx::Error) -> bool {
    const BUSY: i32 = 5;
    const LOCKED: i32 = 6;
    let sqlx::Error::Database(cause) = error else { return false };
    // The low byte of an extended result code is the plain code. PostgreSQL's codes have five digits or letters.
    let code = cause.code().filter(|code| code.len() < 5).and_then(|code| code.parse::<i32>().ok());
    matches!(code.map(|code| code & 0xff), Some(BUSY | LOCKED))
}

fn is_unavailable(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed | sqlx::Error::WorkerCrashed | sqlx::Error::Io(_) => true,
        // PostgreSQL: lost connection (08), no resources (53), stopped by an operator (57), lock or statement timeout.
        sqlx::Error::Database(cause) => {
            is_busy(error)
                || cause.code().is_some_and(|code| {
                    code.len() == 5 && ["08", "53", "57", "55P03", "40"].iter().any(|class| code.starts_with(class))
                })
        }
        _ => false,
    }
}
