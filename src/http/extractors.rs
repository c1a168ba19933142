//! Owns how actix's extractors fail: with a problem document, like everything else; and the one for bodies of JSON.

use std::{fmt, future::Future, marker::PhantomData, ops::Deref, pin::Pin};

use actix_web::{
    Error, FromRequest, HttpRequest,
    dev::Payload,
    error::{JsonPayloadError, QueryPayloadError},
    web::{Json, JsonConfig, PathConfig, QueryConfig},
};
use serde::{
    Deserialize, Deserializer,
    de::{DeserializeOwned, MapAccess, Visitor, value::MapAccessDeserializer},
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

/// A body of JSON that is an object.
///
/// TRICKY: what serde derives for a struct also reads a list, field by field: `[null, null]` would be a change of nothing.
pub struct JsonObject<T>(T);

impl<T> JsonObject<T> {
    pub fn into_inner(self) -> T {
        self.0
    }
}

impl<T> Deref for JsonObject<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T: DeserializeOwned + 'static> FromRequest for JsonObject<T> {
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Error>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let read = Json::<Self>::from_request(request, payload);
        Box::pin(async move { Ok(read.await?.into_inner()) })
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for JsonObject<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(ObjectVisitor(PhantomData)).map(Self)
    }
}

struct ObjectVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for ObjectVisitor<T> {
    type Value = T;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<T, A::Error> {
        T::deserialize(MapAccessDeserializer::new(map))
    }
}
