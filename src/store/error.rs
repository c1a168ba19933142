//! Owns what can go wrong with ClickHouse, sorted by what the caller can do about it.

/// Why a statement or an insert failed.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Nobody answered, or the server is out of some resource: the same request may succeed later.
    #[error("clickhouse is not available: {0}")]
    Unavailable(String),
    /// The server understood and refused: repeating changes nothing.
    #[error("clickhouse refused with code {code}: {message}")]
    Refused { code: u32, message: String },
    /// The question took more time or memory than it may.
    #[error("the query is over its limits (code {code}): {message}")]
    OverLimit { code: u32, message: String },
    /// The answer is not what was asked for.
    #[error("unexpected answer from clickhouse: {0}")]
    Answer(String),
    #[error("the database has migration {found}, this binary knows {known}: use a newer heatline")]
    NewerThanBinary { found: u32, known: u32 },
    #[error("migration {version} was changed after it had been applied")]
    ChangedMigration { version: u32 },
}

impl StoreError {
    /// Tells whether the same request may succeed later.
    #[must_use]
    pub const fn is_transient(&self) -> bool {
        match self {
            Self::Unavailable(_) => true,
            Self::Refused { .. }
            | Self::OverLimit { .. }
            | Self::Answer(_)
            | Self::NewerThanBinary { .. }
            | Self::ChangedMigration { .. } => false,
        }
    }
}

/// Codes of `ErrorCodes.cpp` after which a retry makes sense: timeouts, too many queries, network,
/// memory of the server, read-only, no space, too many parts, quorum, unknown status, cancelled, keeper.
const TRANSIENT_CODES: [u32; 15] = [159, 202, 209, 210, 236, 241, 242, 243, 252, 285, 286, 319, 394, 425, 999];
/// Timeout, too many rows or bytes, memory limit: for a report these mean that the question is too large.
const LIMIT_CODES: [u32; 6] = [158, 159, 241, 307, 396, 160];

impl From<clickhouse::error::Error> for StoreError {
    fn from(error: clickhouse::error::Error) -> Self {
        use clickhouse::error::Error;
        match error {
            Error::Network(_) | Error::TimedOut => Self::Unavailable(chain(&error)),
            // The crate hands over the text of the server, which begins with "Code: N.".
            Error::BadResponse(message) => match code_of(&message) {
                Some(code) if TRANSIENT_CODES.contains(&code) => Self::Unavailable(message),
                Some(code) => Self::Refused { code, message },
                None => Self::Unavailable(message),
            },
            other => Self::Answer(chain(&other)),
        }
    }
}

impl StoreError {
    /// Reads an error of a report, where running out of time or memory is the question's fault.
    #[must_use]
    pub fn of_query(error: clickhouse::error::Error) -> Self {
        if let clickhouse::error::Error::BadResponse(message) = &error
            && let Some(code) = code_of(message)
            && LIMIT_CODES.contains(&code)
        {
            return Self::OverLimit { code, message: message.clone() };
        }
        Self::from(error)
    }
}

fn code_of(message: &str) -> Option<u32> {
    let digits = message.split("Code: ").nth(1)?;
    digits.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
}

/// Joins an error with its causes, for the HTTP client hides the reason in the innermost one.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        let inner_text = inner.to_string();
        if !text.contains(&inner_text) {
            text.push_str(": ");
            text.push_str(&inner_text);
        }
        cause = inner.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sorts_server_errors_by_their_code() {
        let bad = |text: &str| StoreError::from(clickhouse::error::Error::BadResponse(text.to_owned()));
        assert!(bad("Code: 252. DB::Exception: Too many parts").is_transient());
        assert!(matches!(bad("Code: 60. DB::Exception: no table"), StoreError::Refused { code: 60, .. }));
        assert!(bad("502 Bad Gateway").is_transient());
    }

    #[test]
    fn a_report_that_runs_out_of_memory_is_over_its_limits() {
        let error = clickhouse::error::Error::BadResponse("Code: 241. DB::Exception: Memory limit".to_owned());
        assert!(matches!(StoreError::of_query(error), StoreError::OverLimit { code: 241, .. }));
    }
}
