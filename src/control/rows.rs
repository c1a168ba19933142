//! Owns the reading of single values out of rows, for the `Any` driver knows only integers and text.
//! It does not know any table.

use jiff::Timestamp;
use sqlx::{Row, any::AnyRow};

use super::error::ControlError;

/// Reads an identifier or another number that fits in 32 bits.
pub(super) fn number(row: &AnyRow, column: &'static str) -> Result<u32, ControlError> {
    u32::try_from(row.try_get::<i64, _>(column)?).ok().ok_or(ControlError::Unreadable { what: column })
}

pub(super) fn text(row: &AnyRow, column: &'static str) -> Result<String, ControlError> {
    Ok(row.try_get(column)?)
}

pub(super) fn flag(row: &AnyRow, column: &'static str) -> Result<bool, ControlError> {
    Ok(row.try_get::<i64, _>(column)? != 0)
}

/// Reads a time kept in milliseconds.
pub(super) fn time(row: &AnyRow, column: &'static str) -> Result<Timestamp, ControlError> {
    optional_time(row, column)?.ok_or(ControlError::Unreadable { what: column })
}

/// Reads a time kept in milliseconds, if there is one.
pub(super) fn optional_time(row: &AnyRow, column: &'static str) -> Result<Option<Timestamp>, ControlError> {
    let Some(at_ms) = row.try_get::<Option<i64>, _>(column)? else { return Ok(None) };
    Timestamp::from_millisecond(at_ms).map(Some).ok().ok_or(ControlError::Unreadable { what: column })
}
