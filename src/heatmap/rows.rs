//! Owns the reading of answered rows: columns by place, each with the type that was selected.

use serde_json::Value;

use super::error::HeatmapError;

/// One answered row: a JSON value for every selected column.
pub type Row = Vec<Value>;

/// Reads one row of the answer named `answer`; the name goes into errors.
#[derive(Clone, Copy)]
pub struct Columns<'a> {
    answer: &'static str,
    row: &'a [Value],
}

impl<'a> Columns<'a> {
    pub const fn new(answer: &'static str, row: &'a [Value]) -> Self {
        Self { answer, row }
    }

    pub fn text(self, column: usize) -> Result<&'a str, HeatmapError> {
        self.get(column, Value::as_str)
    }

    pub fn count(self, column: usize) -> Result<u64, HeatmapError> {
        self.get(column, Value::as_u64)
    }

    /// Returns a number that may have a fraction.
    pub fn number(self, column: usize) -> Result<f32, HeatmapError> {
        self.get(column, |value| value.as_f64().map(|number| number as f32))
    }

    /// Returns a number of pixels, at most `i32::MAX`.
    pub fn pixels(self, column: usize) -> Result<i32, HeatmapError> {
        let clamped = |number: i64| number.clamp(i64::from(i32::MIN), i64::from(i32::MAX)) as i32;
        self.get(column, |value| value.as_i64().map(clamped))
    }

    pub fn flag(self, column: usize) -> Result<bool, HeatmapError> {
        self.get(column, |value| value.as_bool().or_else(|| value.as_u64().map(|bit| bit != 0)))
    }

    pub fn list(self, column: usize) -> Result<&'a [Value], HeatmapError> {
        self.get(column, |value| value.as_array().map(Vec::as_slice))
    }

    fn get<T>(self, column: usize, read: impl Fn(&'a Value) -> Option<T>) -> Result<T, HeatmapError> {
        self.row.get(column).and_then(read).ok_or(HeatmapError::Row { answer: self.answer, column })
    }
}
