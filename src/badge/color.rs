//! Owns the colors of badges: their names, and which text can be read on them.

use std::fmt;

use super::error::ParamError;

/// A color without transparency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Color {
    pub red: u8,
    pub green: u8,
    pub blue: u8,
}

/// The colors known by name, dark enough for white text at 4.5 : 1, but for yellow.
const NAMED: [(&str, Color); 11] = [
    ("green", Color::GREEN),
    ("teal", Color::rgb(0x0f, 0x76, 0x6e)),
    ("blue", Color::BLUE),
    ("purple", Color::rgb(0x82, 0x50, 0xdf)),
    ("pink", Color::rgb(0xbf, 0x39, 0x89)),
    ("red", Color::rgb(0xcf, 0x22, 0x2e)),
    ("orange", Color::rgb(0xbc, 0x4c, 0x00)),
    ("yellow", Color::rgb(0xf2, 0xc9, 0x4c)),
    ("gray", Color::rgb(0x57, 0x60, 0x6a)),
    ("grey", Color::rgb(0x57, 0x60, 0x6a)),
    ("black", Color::rgb(0x1f, 0x23, 0x28)),
];

impl Color {
    pub const GREEN: Self = Self::rgb(0x1a, 0x7f, 0x37);
    pub const BLUE: Self = Self::rgb(0x09, 0x69, 0xda);

    pub(super) const fn rgb(red: u8, green: u8, blue: u8) -> Self {
        Self { red, green, blue }
    }

    /// Parses a name, or three or six hexadecimal digits with or without `#`.
    pub fn parse(text: &str) -> Result<Self, ParamError> {
        if let Some((_, color)) = NAMED.iter().find(|(name, _)| *name == text) {
            return Ok(*color);
        }
        hexadecimal(text.strip_prefix('#').unwrap_or(text)).ok_or_else(|| ParamError::Color(text.to_owned()))
    }

    pub(super) fn names() -> String {
        NAMED.map(|(name, _)| name).join(", ")
    }

    /// Tells whether dark text reads better on this color than white.
    #[must_use]
    pub fn is_light(self) -> bool {
        // Contrast by WCAG 2: white and the dark text of badges are equally readable at this luminance.
        const BALANCE: f32 = 0.22;
        let linear = |channel: u8| (f32::from(channel) / 255.0).powf(2.2);
        0.2126 * linear(self.red) + 0.7152 * linear(self.green) + 0.0722 * linear(self.blue) > BALANCE
    }
}

impl fmt::Display for Color {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{:02x}{:02x}{:02x}", self.red, self.green, self.blue)
    }
}

fn hexadecimal(digits: &str) -> Option<Color> {
    let digit = |c: char| c.to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let digits: Vec<u8> = digits.chars().map(digit).collect::<Option<_>>()?;
    match digits[..] {
        [r, g, b] => Some(Color::rgb(r * 0x11, g * 0x11, b * 0x11)),
        [r, r2, g, g2, b, b2] => Some(Color::rgb(r << 4 | r2, g << 4 | g2, b << 4 | b2)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chooses_readable_text_for_every_color() {
        for (name, color) in NAMED {
            assert_eq!(color.is_light(), name == "yellow", "{name}");
        }
        assert!(Color::parse("fff").unwrap().is_light());
        assert!(!Color::parse("000").unwrap().is_light());
    }

    #[test]
    fn a_color_is_a_name_or_digits() {
        assert_eq!(Color::parse("#abc"), Ok(Color::rgb(0xaa, 0xbb, 0xcc)));
        for wrong in ["chartreuse", "12", "+123456", "url(x)", ""] {
            assert_eq!(Color::parse(wrong), Err(ParamError::Color(wrong.to_owned())), "{wrong}");
        }
    }
}
