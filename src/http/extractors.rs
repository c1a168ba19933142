//! Owns how actix's extractors fail: with a problem document, like everything else.

use actix_web::{
    error::{JsonPayloadError, QueryPayloadError},
    web::{JsonConfig, PathConfig, QueryConfig},
};

use super::{body::API_BODY_BYTES, error::ApiError};

/// Bodies of the dashboard's API: `application/json` only, which no form of another site can send.
pub fn json() -> JsonConfig {
    JsonConfig::default().limit(API_BODY_BYTES).error_handler(|error, _request| {
        match error {
            JsonPayloadError::OverflowKnownLength { limit, .. } | JsonPayloadError::Overflow { limit } => {
                ApiError::TooLarge { limit_bytes: limit }
            }
            JsonPayloadError::ContentType => ApiError::UnsupportedMediaType,
            JsonPayloadError::Deserialize(cause) => ApiError::Malformed(cause.to_string()),
            other => ApiError::Malformed(other.to_string()),
        }
        .into()
    })
}

pub fn query() -> QueryConfig {
    QueryConfig::default().error_handler(|error, _request| match error {
        QueryPayloadError::Deserialize(cause) => ApiError::Malformed(cause.to_string()).into(),
        other => ApiError::Malformed(other.to_string()).into(),
    })
}

/// A path that cannot be read names nothing.
pub fn path() -> PathConfig {
    PathConfig::default().error_handler(|_error, _request| ApiError::NotFound.into())
}
