//! Owns how a failure looks to a client: RFC 9457 problem documents, one table of codes.

use actix_web::{
    HttpRequest, HttpResponse, ResponseError,
    http::{StatusCode, header},
};
use serde::Serialize;

use crate::{control::ControlError, ingest::Rejection, named::NamedError, store::StoreError};

const PROBLEM_JSON: &str = "application/problem+json";

/// A complaint about one value of the input.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FieldError {
    /// JSON pointer into the body, or the name of a parameter.
    pub pointer: String,
    pub detail: String,
}

/// Everything a handler can answer instead of success.
#[derive(Debug, thiserror::Error)]
pub enum ApiError {
    #[error("nothing is here")]
    NotFound,
    #[error("there is no such site, or you may not see it")]
    SiteNotFound,
    #[error("this link has ended; ask who gave it to you for a new one")]
    LinkEnded,
    #[error("the page has no data in this range")]
    NoData,
    #[error("there is no screenshot of this page near this width: upload one, or run `heatline capture`")]
    NoScreenshot,
    #[error("{0}")]
    TooManyScreenshots(String),
    #[error("the site does not let single visitors be shown; its owner can change that by the setting live_feed")]
    FeedIsOff,
    #[error("the site has no such goal")]
    GoalNotFound,
    #[error("the site has no such segment")]
    SegmentNotFound,
    #[error("the site has no such annotation")]
    AnnotationNotFound,
    #[error("there is no such shared link: it was removed, or its address is not whole")]
    SharedLinkNotFound,
    #[error("this shared link does not show that")]
    NotShared,
    #[error("this shared link asks for a password: give it to POST /api/v1/share")]
    PasswordRequired,
    #[error("the password is wrong; ask who gave you the link")]
    WrongLinkPassword,
    #[error("{0}")]
    NameTaken(String),
    #[error("{0}")]
    OtherCurrency(String),
    #[error("{0}")]
    TooMany(String),
    #[error("sign in, or send an API key as a bearer token")]
    NotSignedIn,
    #[error("the e-mail address or the password is wrong")]
    WrongCredentials,
    #[error("the set-up link is wrong or has expired; a new one is printed when heatline starts")]
    WrongSetupToken,
    #[error("there is a user already: sign in")]
    AlreadySetUp,
    #[error("this needs the scope {0:?}")]
    MissingScope(&'static str),
    #[error("only an administrator may do this")]
    NotAdmin,
    #[error("only an owner of the site, or an administrator, may do this")]
    NotOwner,
    #[error("no key may do this: sign in")]
    NeedsSession,
    #[error("there is no such user")]
    UserNotFound,
    #[error("there is a user of this e-mail address already")]
    UserExists,
    #[error("nobody of this number has a role on the site")]
    MemberNotFound,
    #[error("{0}")]
    LastOwner(String),
    #[error("you cannot remove yourself")]
    RemovesSelf,
    #[error("{0}")]
    InvitationNotFound(String),
    #[error("{0}")]
    InvitedSomebodyElse(String),
    #[error("the old password is wrong")]
    WrongPassword,
    #[error("you have no such session")]
    SessionNotFound,
    #[error("the site has no such key")]
    KeyNotFound,
    #[error("the request comes from another site")]
    CrossSite,
    #[error("there is a site of this name already")]
    SiteExists,
    #[error("{0}")]
    Malformed(String),
    #[error("a value is not valid")]
    Invalid(Vec<FieldError>),
    #[error("the body is larger than {limit_bytes} bytes, or has more events than a request may carry")]
    TooLarge { limit_bytes: usize },
    #[error("send JSON as application/json or text/plain; the body may be encoded with gzip, zstd or br, once")]
    UnsupportedMediaType,
    #[error("the body did not arrive in time")]
    RequestTimeout,
    #[error("too many attempts, come back later")]
    TooManyAttempts { retry_after_seconds: u32 },
    #[error("this network or this site sends more events than it may, come back later")]
    RateLimited { retry_after_seconds: u32 },
    #[error("the service cannot take this now, come back later")]
    Unavailable { retry_after_seconds: u32 },
    #[error("the question takes more time or memory than it may: ask for a shorter range or fewer dimensions")]
    OverLimit,
    /// Text for the log; the client is told nothing of it.
    #[error("{0}")]
    Internal(String),
}

impl ApiError {
    /// Makes a complaint about one value.
    pub fn invalid(pointer: impl Into<String>, detail: impl Into<String>) -> Self {
        Self::Invalid(vec![FieldError { pointer: pointer.into(), detail: detail.into() }])
    }

    /// The table of codes: code, status, title.
    fn entry(&self) -> (&'static str, StatusCode, &'static str) {
        match self {
            Self::NotFound => ("not_found", StatusCode::NOT_FOUND, "Not found"),
            Self::SiteNotFound => ("site_not_found", StatusCode::NOT_FOUND, "No such site"),
            Self::LinkEnded => ("link_ended", StatusCode::GONE, "The link has ended"),
            Self::NoData => ("no_data", StatusCode::NOT_FOUND, "No data"),
            Self::NoScreenshot => ("no_screenshot", StatusCode::NOT_FOUND, "No screenshot"),
            Self::TooManyScreenshots(_) => ("too_many_screenshots", StatusCode::CONFLICT, "Too many screenshots"),
            Self::FeedIsOff => ("feed_is_off", StatusCode::CONFLICT, "Visitors are not shown"),
            Self::GoalNotFound => ("goal_not_found", StatusCode::NOT_FOUND, "No such goal"),
            Self::SegmentNotFound => ("segment_not_found", StatusCode::NOT_FOUND, "No such segment"),
            Self::AnnotationNotFound => ("annotation_not_found", StatusCode::NOT_FOUND, "No such annotation"),
            Self::SharedLinkNotFound => ("shared_link_not_found", StatusCode::NOT_FOUND, "No such shared link"),
            Self::NotShared => ("not_shared", StatusCode::NOT_FOUND, "Not shared"),
            Self::PasswordRequired => ("password_required", StatusCode::UNAUTHORIZED, "Password required"),
            Self::WrongLinkPassword => ("wrong_link_password", StatusCode::UNAUTHORIZED, "Wrong password"),
            Self::NameTaken(_) => ("name_taken", StatusCode::CONFLICT, "Name taken"),
            Self::OtherCurrency(_) => ("other_currency", StatusCode::CONFLICT, "Another currency"),
            Self::TooMany(_) => ("too_many", StatusCode::CONFLICT, "Too many"),
            Self::NotSignedIn => ("not_signed_in", StatusCode::UNAUTHORIZED, "Not signed in"),
            Self::WrongCredentials => ("wrong_credentials", StatusCode::UNAUTHORIZED, "Wrong e-mail or password"),
            Self::WrongSetupToken => ("wrong_setup_token", StatusCode::FORBIDDEN, "Wrong set-up link"),
            Self::AlreadySetUp => ("already_set_up", StatusCode::CONFLICT, "Already set up"),
            Self::MissingScope(_) => ("missing_scope", StatusCode::FORBIDDEN, "The key lacks a scope"),
            Self::NotAdmin => ("not_admin", StatusCode::FORBIDDEN, "Not an administrator"),
            Self::NotOwner => ("not_owner", StatusCode::FORBIDDEN, "Not an owner"),
            Self::NeedsSession => ("needs_session", StatusCode::FORBIDDEN, "Not for keys"),
            Self::UserNotFound => ("user_not_found", StatusCode::NOT_FOUND, "No such user"),
            Self::UserExists => ("user_exists", StatusCode::CONFLICT, "User exists"),
            Self::MemberNotFound => ("member_not_found", StatusCode::NOT_FOUND, "No such member"),
            Self::LastOwner(_) => ("last_owner", StatusCode::CONFLICT, "The last owner"),
            Self::RemovesSelf => ("removes_self", StatusCode::CONFLICT, "You yourself"),
            Self::InvitationNotFound(_) => ("invitation_not_found", StatusCode::NOT_FOUND, "No such invitation"),
            Self::InvitedSomebodyElse(_) => ("invited_somebody_else", StatusCode::FORBIDDEN, "For somebody else"),
            Self::WrongPassword => ("wrong_password", StatusCode::FORBIDDEN, "Wrong password"),
            Self::SessionNotFound => ("session_not_found", StatusCode::NOT_FOUND, "No such session"),
            Self::KeyNotFound => ("key_not_found", StatusCode::NOT_FOUND, "No such key"),
            Self::CrossSite => ("cross_site", StatusCode::FORBIDDEN, "Cross-site request"),
            Self::SiteExists => ("site_exists", StatusCode::CONFLICT, "Site exists"),
            Self::Malformed(_) => ("malformed", StatusCode::BAD_REQUEST, "Malformed request"),
            Self::Invalid(_) => ("invalid", StatusCode::BAD_REQUEST, "Invalid value"),
            Self::TooLarge { .. } => ("too_large", StatusCode::PAYLOAD_TOO_LARGE, "Too large"),
            Self::UnsupportedMediaType => {
                ("unsupported_media_type", StatusCode::UNSUPPORTED_MEDIA_TYPE, "Unsupported media type")
            }
            Self::RequestTimeout => ("request_timeout", StatusCode::REQUEST_TIMEOUT, "Request timeout"),
            Self::TooManyAttempts { .. } => ("too_many_attempts", StatusCode::TOO_MANY_REQUESTS, "Too many attempts"),
            Self::RateLimited { .. } => ("rate_limited", StatusCode::TOO_MANY_REQUESTS, "Too many events"),
            Self::Unavailable { .. } => ("unavailable", StatusCode::SERVICE_UNAVAILABLE, "Unavailable"),
            Self::OverLimit => ("over_limit", StatusCode::UNPROCESSABLE_ENTITY, "Question too large"),
            Self::Internal(_) => ("internal", StatusCode::INTERNAL_SERVER_ERROR, "Internal error"),
        }
    }

    fn detail(&self) -> String {
        match self {
            Self::Internal(_) => "something went wrong on our side; it is in the log".to_owned(),
            other => other.to_string(),
        }
    }
}

#[derive(Serialize)]
struct Problem<'a> {
    r#type: String,
    title: &'a str,
    status: u16,
    detail: String,
    code: &'a str,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    errors: &'a [FieldError],
}

impl ResponseError for ApiError {
    fn status_code(&self) -> StatusCode {
        self.entry().1
    }

    fn error_response(&self) -> HttpResponse {
        let (code, status, title) = self.entry();
        if matches!(self, Self::Unavailable { .. }) {
            // Nothing is lost: the client is told to come back.
            tracing::warn!(code, "request turned away");
        } else if status.is_server_error() {
            tracing::error!(code, cause = %self, "request failed");
        }
        let errors: &[FieldError] = if let Self::Invalid(errors) = self { errors } else { &[] };
        let mut response = HttpResponse::build(status);
        response.insert_header((header::CACHE_CONTROL, "no-store"));
        if let Self::TooManyAttempts { retry_after_seconds }
        | Self::RateLimited { retry_after_seconds }
        | Self::Unavailable { retry_after_seconds } = self
        {
            response.insert_header((header::RETRY_AFTER, retry_after_seconds.to_string()));
        }
        if matches!(self, Self::NotSignedIn) {
            response.insert_header((header::WWW_AUTHENTICATE, "Bearer"));
        }
        let problem = Problem {
            r#type: format!("urn:heatline:problem:{code}"),
            title,
            status: status.as_u16(),
            detail: self.detail(),
            code,
            errors,
        };
        // A problem is plain text and numbers: it always serialises.
        response.content_type(PROBLEM_JSON).body(serde_json::to_string(&problem).unwrap_or_default())
    }
}

/// Returns the problem for a bare status, such as actix gives for an unknown path or method.
#[must_use]
pub fn of_status(status: StatusCode, request: &HttpRequest) -> HttpResponse {
    let title = status.canonical_reason().unwrap_or("Error");
    let problem = Problem {
        r#type: format!("urn:heatline:problem:http_{}", status.as_u16()),
        title,
        status: status.as_u16(),
        detail: match status {
            StatusCode::NOT_FOUND => "nothing is here".to_owned(),
            StatusCode::METHOD_NOT_ALLOWED => format!("{} is not allowed here", request.method()),
            other => format!("the request was refused: {title} ({})", other.as_u16()),
        },
        code: match status {
            StatusCode::NOT_FOUND => "not_found",
            StatusCode::METHOD_NOT_ALLOWED => "method_not_allowed",
            _ => "refused",
        },
        errors: &[],
    };
    HttpResponse::build(status).content_type(PROBLEM_JSON).body(serde_json::to_string(&problem).unwrap_or_default())
}

impl From<Rejection> for ApiError {
    fn from(rejection: Rejection) -> Self {
        match rejection {
            Rejection::Value { pointer, detail } => Self::invalid(pointer, detail),
            Rejection::TooManyEvents { .. } => Self::TooLarge { limit_bytes: super::body::INGEST_BODY_BYTES },
            Rejection::Empty | Rejection::Malformed { .. } => Self::Malformed(rejection.to_string()),
        }
    }
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::OverLimit { .. } => {
                tracing::warn!(cause = %error, "a report is over its limits");
                Self::OverLimit
            }
            StoreError::Unavailable(_) | StoreError::Busy { .. } => {
                tracing::warn!(cause = %error, "clickhouse did not answer a report");
                Self::Unavailable { retry_after_seconds: 5 }
            }
            StoreError::Refused { .. }
            | StoreError::Answer(_)
            | StoreError::NewerThanBinary { .. }
            | StoreError::ChangedMigration { .. } => Self::Internal(error.to_string()),
        }
    }
}

impl From<ControlError> for ApiError {
    fn from(error: ControlError) -> Self {
        use ControlError as E;
        match error {
            E::SiteExists(_) => Self::SiteExists,
            E::SiteNotFound => Self::SiteNotFound,
            E::UnknownTimeZone { .. } => Self::invalid("/timezone", error.to_string()),
            E::InvalidSetting { pointer, reason } => Self::invalid(pointer, reason),
            E::InvalidEmail(_) => Self::invalid("/email", error.to_string()),
            E::WeakPassword(_) => Self::invalid("/password", error.to_string()),
            E::WrongCredentials => Self::WrongCredentials,
            E::WrongKey | E::SessionEnded => Self::NotSignedIn,
            E::WrongSetupToken => Self::WrongSetupToken,
            E::AlreadySetUp => Self::AlreadySetUp,
            E::InvalidField { field, reason } => Self::invalid(format!("/{field}"), reason),
            E::ReservedSiteName { .. } => Self::invalid("/domain", error.to_string()),
            E::NameTaken { .. } => Self::NameTaken(error.to_string()),
            E::OtherCurrency { .. } => Self::OtherCurrency(error.to_string()),
            E::TooMany { .. } => Self::TooMany(error.to_string()),
            E::GoalNotFound => Self::GoalNotFound,
            E::SegmentNotFound => Self::SegmentNotFound,
            E::AnnotationNotFound => Self::AnnotationNotFound,
            E::SharedLinkNotFound => Self::SharedLinkNotFound,
            E::SharedLinkEnded => Self::LinkEnded,
            E::SharedLinkLocked => Self::PasswordRequired,
            E::WrongLinkPassword => Self::WrongLinkPassword,
            E::TooManyScreenshots { .. } => Self::TooManyScreenshots(error.to_string()),
            E::Unavailable(_) | E::PasswordQueueFull => Self::Unavailable { retry_after_seconds: 1 },
            E::UserExists => Self::UserExists,
            E::UserNotFound => Self::UserNotFound,
            E::InvalidKeyName { .. } => Self::invalid("/name", error.to_string()),
            E::InvalidScopes(_) => Self::invalid("/scopes", error.to_string()),
            E::KeyNotFound => Self::KeyNotFound,
            E::MemberNotFound => Self::MemberNotFound,
            E::LastOwner => Self::LastOwner(error.to_string()),
            E::InvitationNotFound => Self::InvitationNotFound(error.to_string()),
            E::InvitedSomebodyElse => Self::InvitedSomebodyElse(error.to_string()),
            E::WrongPassword => Self::WrongPassword,
            E::SessionNotFound => Self::SessionNotFound,
            E::InvalidUrl { .. }
            | E::File { .. }
            | E::NewerThanBinary { .. }
            | E::MigrationChanged { .. }
            | E::Migration { .. }
            | E::Database(_)
            | E::Unreadable { .. }
            | E::PasswordHashing { .. }
            | E::ClockOutOfRange { .. } => Self::Internal(chain(&error)),
        }
    }
}

impl From<NamedError> for ApiError {
    fn from(error: NamedError) -> Self {
        Self::invalid(format!("/{}{}", error.field, error.pointer), error.detail)
    }
}

/// Joins an error with its causes, for the log.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        text = format!("{text}: {inner}");
        cause = inner.source();
    }
    text
}
