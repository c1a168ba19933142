//! Owns why a request is refused whole. The code of HTTP is chosen in `http`.

/// What is wrong with the bytes that came in.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Rejection {
    #[error("the body is empty")]
    Empty,
    #[error("the body is not valid JSON of the expected shape: {detail}")]
    Malformed { detail: String },
    #[error("a value is out of its range")]
    Value { pointer: String, detail: String },
    #[error("a request may carry at most {limit} events, this one has {found}")]
    TooManyEvents { found: usize, limit: usize },
}

impl Rejection {
    /// Makes a complaint about one value; `pointer` is a JSON pointer (RFC 6901).
    pub fn value(pointer: impl Into<String>, detail: impl Into<String>) -> Self {
        Self::Value { pointer: pointer.into(), detail: detail.into() }
    }

    /// Puts `place` before the pointer of a complaint that was made about a part of it.
    #[must_use]
    pub fn within(self, place: &str) -> Self {
        match self {
            Self::Value { pointer, detail } => Self::Value { pointer: format!("{place}{pointer}"), detail },
            other @ (Self::Empty | Self::Malformed { .. } | Self::TooManyEvents { .. }) => other,
        }
    }
}

impl From<serde_json::Error> for Rejection {
    fn from(error: serde_json::Error) -> Self {
        Self::Malformed { detail: error.to_string() }
    }
}
