//! Owns the rules for texts that people type about a site: names and notes. It does not know what they are for.

use super::error::ControlError;

/// Most characters of the name of a goal or a segment, as in Plausible.
pub(super) const NAME_CHARS: usize = 120;

/// Returns a text without blanks around it, which has to be 1 to `limit` characters in one line.
pub(super) fn one_line(field: &'static str, text: &str, limit: usize) -> Result<String, ControlError> {
    let trimmed = text.trim();
    let reason = if trimmed.is_empty() {
        "it is empty".to_owned()
    } else if trimmed.chars().count() > limit {
        format!("it has more than {limit} characters")
    } else if trimmed.chars().any(char::is_control) {
        "it has a control character".to_owned()
    } else {
        return Ok(trimmed.to_owned());
    };
    Err(ControlError::InvalidField { field, reason })
}

/// Returns the name of a goal or a segment.
pub(super) fn name(text: &str) -> Result<String, ControlError> {
    one_line("name", text, NAME_CHARS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_one_line_of_at_most_120_characters() {
        assert_eq!(name("  Записване 🎉 ").unwrap(), "Записване 🎉");
        assert_eq!(name(&"ю".repeat(120)).unwrap().chars().count(), 120);
        for wrong in ["", " \t ", &"ю".repeat(121), "a\nb", "a\u{0}b", "a\u{85}b"] {
            let refused = name(wrong);
            assert!(matches!(refused, Err(ControlError::InvalidField { field: "name", .. })), "{wrong:?}: {refused:?}");
        }
    }
}
