//! Owns the shape of an e-mail address. It sends no mail.

use std::fmt;

/// Why a text is not an e-mail address.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EmailError {
    #[error("it is longer than {limit} bytes")]
    TooLong { limit: usize },
    #[error("it has a character that is not allowed: {0:?}")]
    Character(char),
    #[error("it is not of the shape name@host")]
    Shape,
}

/// An e-mail address, the name under which a user signs in. Case does not count: it is folded to lower case.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize)]
#[serde(transparent)]
pub struct EmailAddress(String);

impl EmailAddress {
    /// Longest address, in bytes of UTF-8 (RFC 5321).
    pub const MAX_BYTES: usize = 254;

    /// Parses an address. The rules are those that keep out typing errors, not those of RFC 5322: a name of at most 64
    /// bytes, one `@`, a host of labels. A host without a dot is allowed, for `admin@localhost` is in use.
    pub fn parse(text: &str) -> Result<Self, EmailError> {
        let folded = text.trim().to_lowercase();
        if folded.len() > Self::MAX_BYTES {
            return Err(EmailError::TooLong { limit: Self::MAX_BYTES });
        }
        if let Some(bad) = folded.chars().find(|c| c.is_control() || c.is_whitespace() || "<>()[]\\,;:\"".contains(*c))
        {
            return Err(EmailError::Character(bad));
        }
        let (name, host) = folded.split_once('@').ok_or(EmailError::Shape)?;
        if !is_name(name) || !is_host(host) {
            return Err(EmailError::Shape);
        }
        Ok(Self(folded))
    }

    /// Returns the text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn is_name(name: &str) -> bool {
    const MAX_NAME_BYTES: usize = 64;
    !name.is_empty() && name.len() <= MAX_NAME_BYTES && name.split('.').all(|atom| !atom.is_empty())
}

fn is_host(host: &str) -> bool {
    host.split('.').all(|label| {
        !label.is_empty()
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.chars().all(|c| c.is_alphanumeric() || c == '-')
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_people_are_taken_and_folded() {
        for (text, expected) in [
            ("Ada@Example.ORG", "ada@example.org"),
            ("  a@b.c ", "a@b.c"),
            ("admin@localhost", "admin@localhost"),
            ("first.last+tag@mail.example.org", "first.last+tag@mail.example.org"),
            ("иван@пример.бг", "иван@пример.бг"),
        ] {
            assert_eq!(EmailAddress::parse(text).unwrap().as_str(), expected, "{text}");
        }
    }

    #[test]
    fn other_texts_are_refused_with_a_reason() {
        let long_host = format!("a@{}.example", "b".repeat(250));
        let long_name = format!("{}@b.c", "a".repeat(65));
        for (text, expected) in [
            ("", EmailError::Shape),
            ("a", EmailError::Shape),
            ("@b.c", EmailError::Shape),
            ("a@", EmailError::Shape),
            ("a@b@c", EmailError::Shape),
            ("a..b@c.d", EmailError::Shape),
            ("a@b..c", EmailError::Shape),
            ("a@-b.c", EmailError::Shape),
            ("a b@c.d", EmailError::Character(' ')),
            ("a\0@c.d", EmailError::Character('\0')),
            ("Ada <a@b.c>", EmailError::Character(' ')),
            ("<a@b.c>", EmailError::Character('<')),
            (long_host.as_str(), EmailError::TooLong { limit: 254 }),
            (long_name.as_str(), EmailError::Shape),
        ] {
            assert_eq!(EmailAddress::parse(text), Err(expected), "{text}");
        }
    }
}
