//! Owns what the owner of a site has defined, as far as questions speak of it by name.

use super::{error::QueryError, filter::Filter};
use crate::model::{Goal, Segment};

/// The goals and segments of a site.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Definitions {
    pub goals: Vec<Goal>,
    pub segments: Vec<Segment>,
}

impl Definitions {
    /// Returns the filters of a segment.
    pub(super) fn segment(&self, id: u64) -> Result<Vec<Filter>, QueryError> {
        let segment = self.segments.iter().find(|segment| u64::from(segment.id.get()) == id);
        let segment = segment.ok_or_else(|| {
            QueryError::new("/filters", format!("The site has no segment {id}; `GET …/segments` lists what there is."))
        })?;
        Filter::parse_text(&segment.filters)
            .map_err(|error| QueryError::new("/filters", format!("The segment {id} cannot be read: {}", error.detail)))
    }
}
