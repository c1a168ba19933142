//! Owns what is said of a question that cannot be answered: where the mistake is and what is allowed there.
//! It does not know status codes.

/// One mistake in a question.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{pointer:?}: {detail}")]
pub struct QueryError {
    /// JSON pointer (RFC 6901) into the body; of a URL parameter, a slash and its name.
    pub pointer: String,
    /// A sentence that names what was found and what is allowed.
    pub detail: String,
}

impl QueryError {
    pub fn new(pointer: impl Into<String>, detail: impl Into<String>) -> Self {
        Self { pointer: pointer.into(), detail: detail.into() }
    }
}

/// Every mistake of a question, in the order of its keys; never empty.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the query has mistakes: {}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join(" "))]
pub struct QueryErrors(Vec<QueryError>);

impl QueryErrors {
    #[must_use]
    pub fn as_slice(&self) -> &[QueryError] {
        &self.0
    }
}

impl From<QueryError> for QueryErrors {
    fn from(error: QueryError) -> Self {
        Self(vec![error])
    }
}

/// Gathers mistakes, so that an answer can name all of them at once.
#[derive(Debug, Default)]
pub(super) struct Mistakes(Vec<QueryError>);

impl Mistakes {
    pub(super) fn push(&mut self, error: QueryError) {
        self.0.push(error);
    }

    /// Returns the value of a step that succeeded; keeps the mistake of one that failed.
    pub(super) fn keep<T>(&mut self, step: Result<T, QueryError>) -> Option<T> {
        step.map_err(|error| self.0.push(error)).ok()
    }

    /// Returns what was put together, unless a mistake was seen. A missing part has left its mistake here.
    pub(super) fn finish<T>(self, whole: Option<T>) -> Result<T, QueryErrors> {
        whole.filter(|_| self.0.is_empty()).ok_or(QueryErrors(self.0))
    }
}
