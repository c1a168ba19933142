//! Owns the text beside a number: what of it may be shown.

use super::error::ParamError;

/// Longest label, in characters.
pub const LABEL_MAX_CHARS: usize = 60;

/// A text that fits on a badge and can be shown: at most [`LABEL_MAX_CHARS`] characters, no control characters and
/// none that turn the text around them. May be empty: then the badge is the number alone.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Label(String);

impl Label {
    /// Parses a label; spaces at its ends are cut off.
    pub fn parse(text: &str) -> Result<Self, ParamError> {
        let text = text.trim();
        let length = text.chars().count();
        if length > LABEL_MAX_CHARS {
            return Err(ParamError::LabelLength(length));
        }
        match text.chars().find(|&c| !can_be_shown(c)) {
            Some(c) => Err(ParamError::LabelCharacter(c)),
            None => Ok(Self(text.to_owned())),
        }
    }

    /// Returns the text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// XML has no place for control characters and U+FFFE, not even escaped.
fn can_be_shown(c: char) -> bool {
    let turns_text =
        matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{61c}');
    let is_break = matches!(c, '\u{2028}' | '\u{2029}');
    let is_no_character = u32::from(c) & 0xfffe == 0xfffe;
    !(c.is_control() || turns_text || is_break || is_no_character)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_shown_is_refused() {
        for text in ["a\0b", "a\nb", "\u{202e}gpj", "\u{fffe}", "\u{61c}", "a\u{2028}b"] {
            assert!(matches!(Label::parse(text), Err(ParamError::LabelCharacter(_))), "{text:?}");
        }
        assert_eq!(Label::parse(&"ю".repeat(61)), Err(ParamError::LabelLength(61)));
        assert_eq!(Label::parse(" читатели ").unwrap().as_str(), "читатели");
    }
}
