//! Owns the strings with rules: each type has one door, [`parse`](SiteName::parse), and can only exist valid.
//! Cheap to clone: page, session and presence hold the same text once.

use std::{borrow::Cow, fmt, sync::Arc};

use serde::Serialize;

/// Why a string is not a valid name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    #[error("it is empty")]
    Empty,
    #[error("it is longer than {limit} bytes")]
    TooLong { limit: usize },
    #[error("it has a character that is not allowed: {0:?}")]
    Character(char),
    #[error("it does not start with a slash")]
    NoSlash,
}

macro_rules! name {
    ($(#[$doc:meta])* $name:ident, max = $max:expr) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
        #[serde(transparent)]
        pub struct $name(Arc<str>);

        impl $name {
            /// Longest value, in bytes of UTF-8.
            pub const MAX_BYTES: usize = $max;

            /// Returns the text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }

            /// Returns the text as a string of its own.
            #[must_use]
            pub fn into_string(self) -> String {
                self.0.as_ref().to_owned()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }
    };
}

name!(
    /// The public name of a site, usually its domain: `demo.example`.
    SiteName,
    max = 253
);
name!(
    /// A host name in its canonical form: lower case, punycode, no port, no trailing dot.
    Hostname,
    max = 253
);
name!(
    /// A path without query and fragment, percent-decoded where that is readable text.
    /// Longer paths are cut at a character border, for a page is better counted than lost.
    Pathname,
    max = 2048
);
name!(
    /// The stable name of an element within its page, made by the tracker (`docs/tracker.md`).
    ElementKey,
    max = 200
);

impl SiteName {
    /// Parses a site name: letters, digits, `.`, `-` and `_`; folded to lower case.
    pub fn parse(text: &str) -> Result<Self, NameError> {
        let folded = lower_case(text.trim());
        check(&folded, Self::MAX_BYTES, |c| c.is_alphanumeric() || matches!(c, '.' | '-' | '_'))?;
        Ok(Self(folded.into()))
    }
}

impl Hostname {
    /// Parses a host name as a URL parser hands it out; IPv6 literals keep their brackets.
    pub fn parse(text: &str) -> Result<Self, NameError> {
        let folded = lower_case(text.trim().trim_end_matches('.'));
        check(&folded, Self::MAX_BYTES, |c| c.is_alphanumeric() || matches!(c, '.' | '-' | '_' | ':' | '[' | ']'))?;
        Ok(Self(folded.into()))
    }
}

impl Pathname {
    /// Parses a path that starts with a slash. Control characters become U+FFFD, so that a path
    /// can be printed anywhere.
    pub fn parse(text: &str) -> Result<Self, NameError> {
        if text.is_empty() {
            return Err(NameError::Empty);
        }
        if !text.starts_with('/') {
            return Err(NameError::NoSlash);
        }
        let clean = printable(text);
        Ok(Self(cut(&clean, Self::MAX_BYTES).into()))
    }
}

/// The name under which values beyond a day's cap are counted.
pub const OVERFLOW: &str = "(other)";
/// The same for paths.
pub const OVERFLOW_PATHNAME: &str = "/(other)";

impl Pathname {
    /// Returns the path under which paths beyond a day's cap are counted.
    #[must_use]
    pub fn overflow() -> Self {
        Self(OVERFLOW_PATHNAME.into())
    }
}

impl ElementKey {
    /// Parses an element key: printable text without control characters.
    pub fn parse(text: &str) -> Result<Self, NameError> {
        check(text, Self::MAX_BYTES, |c| !c.is_control())?;
        Ok(Self(text.into()))
    }
}

/// Returns the longest prefix of `text` that has at most `max_bytes` bytes and ends at a character border.
#[must_use]
pub fn cut(text: &str, max_bytes: usize) -> &str {
    &text[..text.floor_char_boundary(max_bytes)]
}

/// Replaces control characters by U+FFFD, so that a stored text can be printed anywhere.
#[must_use]
pub fn printable(text: &str) -> Cow<'_, str> {
    if text.contains(char::is_control) { text.replace(char::is_control, "\u{fffd}").into() } else { text.into() }
}

/// Folds a text that is not in small letters already.
fn lower_case(text: &str) -> Cow<'_, str> {
    let is_folded = |byte: u8| byte.is_ascii() && !byte.is_ascii_uppercase();
    if text.bytes().all(is_folded) { text.into() } else { text.to_lowercase().into() }
}

fn check(text: &str, limit: usize, allowed: impl Fn(char) -> bool) -> Result<(), NameError> {
    if text.is_empty() {
        return Err(NameError::Empty);
    }
    if text.len() > limit {
        return Err(NameError::TooLong { limit });
    }
    match text.chars().find(|&c| !allowed(c)) {
        Some(c) => Err(NameError::Character(c)),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn site_names_fold_case_and_refuse_separators() {
        assert_eq!(SiteName::parse(" Demo.Example ").unwrap().as_str(), "demo.example");
        assert_eq!(SiteName::parse("пример.бг").unwrap().as_str(), "пример.бг");
        assert_eq!(SiteName::parse("a/b"), Err(NameError::Character('/')));
        assert_eq!(SiteName::parse(""), Err(NameError::Empty));
        assert_eq!(SiteName::parse(&"a".repeat(254)), Err(NameError::TooLong { limit: 253 }));
    }

    #[test]
    fn pathnames_are_cut_at_a_character_border() {
        let long = format!("/{}", "ю".repeat(2000));
        let path = Pathname::parse(&long).unwrap();
        assert!(path.as_str().len() <= Pathname::MAX_BYTES);
        assert!(path.as_str().ends_with('ю'));
        assert_eq!(Pathname::parse("x"), Err(NameError::NoSlash));
        assert_eq!(Pathname::parse("/a\u{1b}[2J").unwrap().as_str(), "/a\u{fffd}[2J");
    }
}
