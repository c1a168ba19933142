//! Owns what can go wrong with ClickHouse, sorted by what the caller can do about it.

/// Why a statement or an insert failed.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Nobody answered, or it is not known what became of the request: it may succeed later.
    #[error("clickhouse is not available: {0}")]
    Unavailable(String),
    /// The server is out of some resource and did nothing: the same request may succeed later.
    #[error("clickhouse is busy: {message}")]
    Busy { code: u32, message: String },
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

/// What is to be done about an insert that failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InsertFault {
    /// It was turned away and nothing of it was kept: come back later.
    Busy,
    /// Nobody knows whether it was kept: look before it is sent again.
    Unknown,
    /// A row is at fault for what it says.
    Row { code: u32 },
    /// The schema, the rights or this program is at fault: no row is, and none may be lost.
    Ours,
}

impl StoreError {
    /// Tells what is to be done about an insert that failed so.
    #[must_use]
    pub fn insert_fault(&self) -> InsertFault {
        match self {
            Self::Busy { .. } => InsertFault::Busy,
            Self::Unavailable(_) | Self::Answer(_) => InsertFault::Unknown,
            Self::Refused { code, .. } if ROW_CODES.contains(code) => InsertFault::Row { code: *code },
            Self::Refused { .. }
            | Self::OverLimit { .. }
            | Self::NewerThanBinary { .. }
            | Self::ChangedMigration { .. } => InsertFault::Ours,
        }
    }
}

/// Cannot parse text, type mismatch, incorrect data, value out of range, violated constraint and their like.
const ROW_CODES: [u32; 10] = [6, 27, 33, 38, 41, 53, 69, 72, 117, 469];
/// Too many simultaneous queries, too many parts, no space, memory of the server: said before anything was written.
const BUSY_CODES: [u32; 4] = [202, 241, 243, 252];
/// Codes of `ErrorCodes.cpp` after which a retry makes sense: timeouts, network, aborted, read-only, quorum, unknown
/// status, cancelled, system error, keeper.
const TRANSIENT_CODES: [u32; 11] = [159, 209, 210, 236, 242, 285, 286, 319, 394, 425, 999];
/// Timeout, too many rows or bytes, memory limit: for a report these mean that the question is too large.
const LIMIT_CODES: [u32; 6] = [158, 159, 241, 307, 396, 160];

impl From<clickhouse::error::Error> for StoreError {
    fn from(error: clickhouse::error::Error) -> Self {
        use clickhouse::error::Error;
        match error {
            Error::Network(_) | Error::TimedOut => Self::Unavailable(chain(&error)),
            // The crate hands over the text of the server, which begins with "Code: N.".
            Error::BadResponse(message) => match code_of(&message) {
                Some(code) if BUSY_CODES.contains(&code) => Self::Busy { code, message },
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
        let cases = [
            ("Code: 252. DB::Exception: Too many parts", InsertFault::Busy),
            ("Code: 319. DB::Exception: Unknown status of insert", InsertFault::Unknown),
            ("Code: 469. DB::Exception: Constraint is violated", InsertFault::Row { code: 469 }),
            ("Code: 60. DB::Exception: no table", InsertFault::Ours),
            ("Code: 516. DB::Exception: authentication failed", InsertFault::Ours),
            ("Code: 7777. DB::Exception: something new", InsertFault::Ours),
            ("502 Bad Gateway", InsertFault::Unknown),
        ];
        for (message, fault) in cases {
            assert_eq!(bad(message).insert_fault(), fault, "{message}");
        }
    }

    #[test]
    fn a_report_that_runs_out_of_memory_is_over_its_limits() {
        let error = clickhouse::error::Error::BadResponse("Code: 241. DB::Exception: Memory limit".to_owned());
        assert!(matches!(StoreError::of_query(error), StoreError::OverLimit { code: 241, .. }));
    }
}
