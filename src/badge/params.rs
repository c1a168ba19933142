//! Owns the parameters of badges: a closed set, parsed at the door. What is not known is an error, so that a typing
//! error in a web page does not go unnoticed.

use std::fmt;

use super::{number::grouped, svg::Badge};

/// Longest label, in characters.
pub const LABEL_MAX_CHARS: usize = 60;

/// Why the parameters of a badge cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ParamError {
    #[error("there is no parameter {0:?}; badges know show, style, label, color and lang")]
    Unknown(String),
    #[error("the parameter {0} is given twice")]
    Twice(Name),
    #[error("{value:?} is not known; {name} is one of: {allowed}")]
    Value { name: Name, value: String, allowed: &'static str },
    #[error("{0:?} is no color; write three or six hexadecimal digits or one of: {names}", names = Color::names())]
    Color(String),
    #[error("the label has {0} characters, at most {LABEL_MAX_CHARS} are allowed")]
    LabelLength(usize),
    #[error("the label has a character that cannot be shown: {0:?}")]
    LabelCharacter(char),
}

impl ParamError {
    /// Returns the name of the parameter at fault.
    #[must_use]
    pub fn parameter(&self) -> &str {
        match self {
            Self::Unknown(name) => name,
            Self::Twice(name) | Self::Value { name, .. } => name.as_str(),
            Self::Color(_) => Name::Color.as_str(),
            Self::LabelLength(_) | Self::LabelCharacter(_) => Name::Label.as_str(),
        }
    }
}

/// The parameters there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Name {
    Show,
    Style,
    Label,
    Color,
    Lang,
}

impl Name {
    const ALL: [Self; 5] = [Self::Show, Self::Style, Self::Label, Self::Color, Self::Lang];

    /// Returns the word in the URL.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Show => "show",
            Self::Style => "style",
            Self::Label => "label",
            Self::Color => "color",
            Self::Lang => "lang",
        }
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Which number a badge shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Show {
    /// Visitors of the last five minutes.
    #[default]
    Online,
    /// Visitors of the site's local day.
    Today,
    /// Visits since the site was added.
    Total,
}

impl Show {
    /// Parses the word in the URL.
    pub fn parse(word: &str) -> Result<Self, ParamError> {
        match word {
            "online" => Ok(Self::Online),
            "today" => Ok(Self::Today),
            "total" => Ok(Self::Total),
            _ => Err(unknown(Name::Show, word, "online, today, total")),
        }
    }

    fn label(self, lang: Lang) -> &'static str {
        match (self, lang) {
            (Self::Online, Lang::En) => "online",
            (Self::Today, Lang::En) => "today",
            (Self::Total, Lang::En) => "total visits",
            (Self::Online, Lang::Bg) => "на линия",
            (Self::Today, Lang::Bg) => "днес",
            (Self::Total, Lang::Bg) => "общо",
        }
    }

    fn color(self) -> Color {
        match self {
            Self::Online => Color::GREEN,
            Self::Today | Self::Total => Color::BLUE,
        }
    }

    /// The lamp beside a live number: on while somebody is there.
    fn dot(self, number: u64) -> Option<Color> {
        match self {
            Self::Online if number > 0 => Some(Color::rgb(0x4a, 0xd0, 0x74)),
            Self::Online => Some(Color::rgb(0x8c, 0x95, 0x9f)),
            Self::Today | Self::Total => None,
        }
    }
}

/// How a badge looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Style {
    #[default]
    Flat,
}

impl Style {
    /// Parses the word in the URL.
    pub fn parse(word: &str) -> Result<Self, ParamError> {
        match word {
            "flat" => Ok(Self::Flat),
            _ => Err(unknown(Name::Style, word, "flat")),
        }
    }
}

/// The language of labels and numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Lang {
    #[default]
    En,
    Bg,
}

impl Lang {
    /// Parses the word in the URL.
    pub fn parse(word: &str) -> Result<Self, ParamError> {
        match word {
            "en" => Ok(Self::En),
            "bg" => Ok(Self::Bg),
            _ => Err(unknown(Name::Lang, word, "en, bg")),
        }
    }

    /// Returns the language tag.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Bg => "bg",
        }
    }
}

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

    const fn rgb(red: u8, green: u8, blue: u8) -> Self {
        Self { red, green, blue }
    }

    /// Parses a name, or three or six hexadecimal digits with or without `#`.
    pub fn parse(text: &str) -> Result<Self, ParamError> {
        if let Some((_, color)) = NAMED.iter().find(|(name, _)| *name == text) {
            return Ok(*color);
        }
        hexadecimal(text.strip_prefix('#').unwrap_or(text)).ok_or_else(|| ParamError::Color(text.to_owned()))
    }

    fn names() -> String {
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

/// What a badge is asked to be.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct BadgeParams {
    pub show: Show,
    pub style: Style,
    /// The default depends on what is shown and on the language.
    pub label: Option<Label>,
    /// The default depends on what is shown.
    pub color: Option<Color>,
    pub lang: Lang,
}

impl BadgeParams {
    /// Parses the query of a badge's URL, still escaped.
    pub fn parse(query: &str) -> Result<Self, ParamError> {
        let mut params = Self::default();
        let mut seen = Vec::new();
        for (key, value) in url::form_urlencoded::parse(query.as_bytes()) {
            let known = Name::ALL.into_iter().find(|name| name.as_str() == key);
            let name = known.ok_or_else(|| ParamError::Unknown(key.into_owned()))?;
            if seen.contains(&name) {
                return Err(ParamError::Twice(name));
            }
            seen.push(name);
            match name {
                Name::Show => params.show = Show::parse(&value)?,
                Name::Style => params.style = Style::parse(&value)?,
                Name::Label => params.label = Some(Label::parse(&value)?),
                Name::Color => params.color = Some(Color::parse(&value)?),
                Name::Lang => params.lang = Lang::parse(&value)?,
            }
        }
        Ok(params)
    }

    /// Returns the badge that shows `number`.
    #[must_use]
    pub fn badge(&self, number: u64) -> Badge {
        let default_label = || self.show.label(self.lang).to_owned();
        Badge {
            label: self.label.as_ref().map_or_else(default_label, |label| label.as_str().to_owned()),
            value: grouped(number, self.lang),
            color: self.color.unwrap_or_else(|| self.show.color()),
            dot: self.show.dot(number),
            lang: self.lang,
            style: self.style,
        }
    }
}

fn unknown(name: Name, value: &str, allowed: &'static str) -> ParamError {
    ParamError::Value { name, value: value.to_owned(), allowed }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn parses_what_badges_know() {
        let params =
            BadgeParams::parse("show=today&style=flat&label=%D0%B4%D0%BD%D0%B5%D1%81+%26&color=%23abc&lang=bg");
        let expected = BadgeParams {
            show: Show::Today,
            style: Style::Flat,
            label: Some(Label::parse("днес &").unwrap()),
            color: Some(Color { red: 0xaa, green: 0xbb, blue: 0xcc }),
            lang: Lang::Bg,
        };
        assert_eq!(params, Ok(expected));
        assert_eq!(BadgeParams::parse(""), Ok(BadgeParams::default()));
    }

    #[test]
    fn refuses_what_badges_do_not_know() {
        let long = format!("label={}", "ю".repeat(61));
        let cases = [
            ("sohw=online", "sohw"),
            ("show=everything", "show"),
            ("show=online&show=today", "show"),
            ("show=", "show"),
            ("style=plastic", "style"),
            ("lang=de", "lang"),
            ("color=chartreuse", "color"),
            ("color=12", "color"),
            ("color=+123456", "color"),
            ("color=url(x)", "color"),
            ("label=a%00b", "label"),
            ("label=a%0Ab", "label"),
            ("label=%E2%80%AEgpj", "label"),
            ("label=%EF%BF%BE", "label"),
            (&long, "label"),
        ];
        for (query, parameter) in cases {
            let error = BadgeParams::parse(query).expect_err(query);
            assert_eq!(error.parameter(), parameter, "{query}");
            assert!(!error.to_string().is_empty());
        }
    }

    #[test]
    fn fills_in_labels_numbers_and_colors() {
        let cases = [
            ("", "online", "1,234", Color::GREEN),
            ("lang=bg", "на линия", "1\u{a0}234", Color::GREEN),
            ("show=today", "today", "1,234", Color::BLUE),
            ("show=today&lang=bg", "днес", "1\u{a0}234", Color::BLUE),
            ("show=total", "total visits", "1,234", Color::BLUE),
            ("show=total&lang=bg", "общо", "1\u{a0}234", Color::BLUE),
            ("label=readers&color=000", "readers", "1,234", Color::rgb(0, 0, 0)),
            ("label=", "", "1,234", Color::GREEN),
        ];
        for (query, label, value, color) in cases {
            let badge = BadgeParams::parse(query).unwrap().badge(1234);
            assert_eq!((badge.label.as_str(), badge.value.as_str(), badge.color), (label, value, color), "{query}");
        }
    }

    #[test]
    fn chooses_readable_text_for_every_color() {
        for (name, color) in NAMED {
            assert_eq!(color.is_light(), name == "yellow", "{name}");
        }
        assert!(Color::parse("fff").unwrap().is_light());
        assert!(!Color::parse("000").unwrap().is_light());
    }

    proptest! {
        #[test]
        fn never_panics(query in "(show=|label=|color=|lang=|&|%[0-9a-f]{2}|\\PC){0,20}") {
            let _ = BadgeParams::parse(&query);
        }
    }
}
