//! Owns the text that says where the next page of rows begins.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::Value;

/// A question in 8 bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Digest([u8; 8]);

/// Key of the body under which a cursor is handed back.
pub(super) const KEY: &str = "cursor";

impl Digest {
    /// Returns the digest of a body, cursor aside. Neither the order of keys nor white space changes it.
    pub(super) fn of(body: &Value) -> Self {
        let mut body = body.clone();
        if let Some(keys) = body.as_object_mut() {
            keys.remove(KEY);
        }
        let hash = blake3::hash(body.to_string().as_bytes());
        let mut digest = [0; 8];
        digest.copy_from_slice(&hash.as_bytes()[..8]);
        Self(digest)
    }

    /// Returns the cursor of the row at an offset.
    #[must_use]
    pub fn cursor(self, offset: u64) -> String {
        let mut bytes = [0; 16];
        bytes[..8].copy_from_slice(&self.0);
        bytes[8..].copy_from_slice(&offset.to_be_bytes());
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// Returns the offset that a cursor of this question means.
    pub(super) fn offset(self, cursor: &str) -> Option<u64> {
        let bytes: [u8; 16] = URL_SAFE_NO_PAD.decode(cursor).ok()?.try_into().ok()?;
        let (digest, offset) = bytes.split_first_chunk::<8>()?;
        let offset = u64::from_be_bytes(offset.try_into().ok()?);
        (*digest == self.0 && u32::try_from(offset).is_ok()).then_some(offset)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_cursor_is_of_its_question_and_no_other() {
        let digest = Digest::of(&json!({ "metrics": ["visits"], "site_id": "a" }));
        let cursor = digest.cursor(20);
        assert_eq!(digest.offset(&cursor), Some(20));
        assert_eq!(Digest::of(&json!({ "site_id": "a", "metrics": ["visits"], "cursor": cursor })), digest);
        assert_eq!(Digest::of(&json!({ "site_id": "b", "metrics": ["visits"] })).offset(&cursor), None);
        for wrong in ["", "AAAA", "'; DROP TABLE events", &digest.cursor(u64::MAX)] {
            assert_eq!(digest.offset(wrong), None, "{wrong}");
        }
    }
}
