//! Owns the cursor of exports: up to which arrival a run has come, and of what export it is. Callers only carry it.

use std::ops::RangeInclusive;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

use crate::{model::SiteId, store::block::Table};

/// Longest text that is read.
const CURSOR_BYTES: usize = 100;
const VERSION: &str = "1";

/// Why a cursor cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CursorError {
    #[error("it is no cursor of an export")]
    Unreadable,
    #[error("it is of an export of another site, other tables or other days: ask for the same ones again")]
    OfAnother,
}

/// What an export is of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Extent {
    pub site: SiteId,
    pub tables: Vec<Table>,
    /// Local days of the site, in days since the Unix epoch.
    pub days: RangeInclusive<u16>,
}

impl Extent {
    /// Returns the cursor of a run that has given out what arrived until then.
    #[must_use]
    pub fn cursor(&self, until_ms: i64) -> String {
        URL_SAFE_NO_PAD.encode(format!("{VERSION}.{until_ms}.{}", self.name()))
    }

    /// Reads a cursor of this export. Returns until when its run had come.
    pub fn read_cursor(&self, cursor: &str) -> Result<i64, CursorError> {
        if cursor.len() > CURSOR_BYTES {
            return Err(CursorError::Unreadable);
        }
        let text = URL_SAFE_NO_PAD.decode(cursor).ok().and_then(|bytes| String::from_utf8(bytes).ok());
        let text = text.ok_or(CursorError::Unreadable)?;
        let parts: Vec<&str> = text.split('.').collect();
        let &[VERSION, until_ms, name] = parts.as_slice() else { return Err(CursorError::Unreadable) };
        let until_ms = until_ms.parse().map_err(|_not_a_number| CursorError::Unreadable)?;
        if name == self.name() { Ok(until_ms) } else { Err(CursorError::OfAnother) }
    }

    /// Returns a short name of what is asked for.
    fn name(&self) -> String {
        let tables: Vec<&str> = self.tables.iter().map(|table| table.name()).collect();
        let text = format!("{} {} {:?}", self.site.get(), tables.join(","), self.days);
        URL_SAFE_NO_PAD.encode(&blake3::hash(text.as_bytes()).as_bytes()[..9])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_is_of_one_export() {
        let extent = Extent { site: SiteId::new(7), tables: vec![Table::Events, Table::Clicks], days: 0..=u16::MAX };
        let cursor = extent.cursor(1_700_000_000_123);
        assert_eq!(extent.read_cursor(&cursor), Ok(1_700_000_000_123));
        for other in [
            Extent { site: SiteId::new(8), ..extent.clone() },
            Extent { tables: vec![Table::Events], ..extent.clone() },
            Extent { days: 0..=20_000, ..extent.clone() },
        ] {
            assert_eq!(other.read_cursor(&cursor), Err(CursorError::OfAnother), "{other:?}");
        }
        let made_up = URL_SAFE_NO_PAD.encode("1.x.y");
        for wrong in ["", "?", "bm8", made_up.as_str(), &"A".repeat(200)] {
            assert_eq!(extent.read_cursor(wrong), Err(CursorError::Unreadable), "{wrong:?}");
        }
    }
}
