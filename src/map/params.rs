//! Owns the parameters of maps: a closed set, parsed at the door. What is not known is an error, so that a typing error in a web
//! page does not go unnoticed.

use std::fmt;

use super::look::Theme;

/// The widths that a picture may have, in pixels.
pub const WIDTHS: std::ops::RangeInclusive<u32> = 200..=2000;

/// Why the parameters of a map cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ParamError {
    #[error("there is no parameter {0:?}; maps know range, width, style, theme, lang, caption, credits and graticule")]
    Unknown(String),
    #[error("the parameter {0} is given twice")]
    Twice(Name),
    #[error("{value:?} is not known; {name} is one of: {allowed}")]
    Value { name: Name, value: String, allowed: &'static str },
    #[error("{0:?} is no width; write whole pixels from {least} to {most}", least = WIDTHS.start(), most = WIDTHS.end())]
    Width(String),
}

impl ParamError {
    /// Returns the name of the parameter at fault.
    pub fn parameter(&self) -> &str {
        match self {
            Self::Unknown(name) => name,
            Self::Twice(name) | Self::Value { name, .. } => name.as_str(),
            Self::Width(_) => Name::Width.as_str(),
        }
    }
}

/// The parameters there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Name {
    Range,
    Width,
    Style,
    Theme,
    Lang,
    Caption,
    Credits,
    Graticule,
}

impl Name {
    const ALL: [Self; 8] =
        [Self::Range, Self::Width, Self::Style, Self::Theme, Self::Lang, Self::Caption, Self::Credits, Self::Graticule];

    /// Returns the word in the URL.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Range => "range",
            Self::Width => "width",
            Self::Style => "style",
            Self::Theme => "theme",
            Self::Lang => "lang",
            Self::Caption => "caption",
            Self::Credits => "credits",
            Self::Graticule => "graticule",
        }
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Of which time the visitors are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum MapRange {
    /// Who is here now: signs of life within five minutes.
    Now,
    Hour,
    #[default]
    Day,
    Week,
    Month,
    All,
}

impl MapRange {
    /// All of them, in the order of their length, with the words in URLs.
    pub const WORDS: [&'static str; 6] = ["5m", "1h", "24h", "7d", "30d", "all"];

    fn parse(word: &str) -> Result<Self, ParamError> {
        match word {
            "5m" => Ok(Self::Now),
            "1h" => Ok(Self::Hour),
            "24h" => Ok(Self::Day),
            "7d" => Ok(Self::Week),
            "30d" => Ok(Self::Month),
            "all" => Ok(Self::All),
            _ => Err(unknown(Name::Range, word, "5m, 1h, 24h, 7d, 30d, all")),
        }
    }

    /// Returns how many milliseconds it reaches back; nothing where it has no beginning.
    pub const fn length_ms(self) -> Option<i64> {
        const HOUR_MS: i64 = 60 * 60 * 1000;
        match self {
            Self::Now => Some(HOUR_MS / 12),
            Self::Hour => Some(HOUR_MS),
            Self::Day => Some(24 * HOUR_MS),
            Self::Week => Some(7 * 24 * HOUR_MS),
            Self::Month => Some(30 * 24 * HOUR_MS),
            Self::All => None,
        }
    }
}

/// How visitors are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Style {
    /// A disc for each city, whose area is its visitors.
    #[default]
    Dots,
    /// A glow, the hotter the more visitors come from around.
    Heat,
    /// Countries in the colour of their visitors.
    Countries,
}

impl Style {
    /// All of them, as words in URLs.
    pub const WORDS: [&'static str; 3] = ["dots", "heat", "countries"];

    fn parse(word: &str) -> Result<Self, ParamError> {
        match word {
            "dots" => Ok(Self::Dots),
            "heat" => Ok(Self::Heat),
            "countries" => Ok(Self::Countries),
            _ => Err(unknown(Name::Style, word, "dots, heat, countries")),
        }
    }
}

impl Theme {
    /// All of them, as words in URLs.
    pub const WORDS: [&'static str; 3] = ["light", "dark", "transparent"];

    /// Parses the word in the URL.
    pub fn parse(word: &str) -> Result<Self, ParamError> {
        match word {
            "light" => Ok(Self::Light),
            "dark" => Ok(Self::Dark),
            "transparent" => Ok(Self::Transparent),
            _ => Err(unknown(Name::Theme, word, "light, dark, transparent")),
        }
    }
}

/// The language of the words below a map.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Lang {
    #[default]
    En,
    Bg,
}

impl Lang {
    /// All of them, as words in URLs.
    pub const WORDS: [&'static str; 2] = ["en", "bg"];

    fn parse(word: &str) -> Result<Self, ParamError> {
        match word {
            "en" => Ok(Self::En),
            "bg" => Ok(Self::Bg),
            _ => Err(unknown(Name::Lang, word, "en, bg")),
        }
    }

    /// Returns the language tag.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Bg => "bg",
        }
    }
}

/// What a map is asked to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct MapParams {
    pub range: MapRange,
    /// Pixels; the height follows.
    pub width: u32,
    pub style: Style,
    pub theme: Theme,
    pub lang: Lang,
    /// Whether the number of visitors is said below the map.
    pub caption: bool,
    /// Whether those who made the data are named on the picture. They are in its description in any case.
    pub credits: bool,
    /// Whether there are lines every thirty degrees.
    pub graticule: bool,
}

impl Default for MapParams {
    fn default() -> Self {
        Self {
            range: MapRange::default(),
            width: 600,
            style: Style::default(),
            theme: Theme::default(),
            lang: Lang::default(),
            caption: true,
            credits: true,
            graticule: false,
        }
    }
}

impl MapParams {
    /// Parses the query of a map's URL, still escaped.
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
                Name::Range => params.range = MapRange::parse(&value)?,
                Name::Width => params.width = width(&value)?,
                Name::Style => params.style = Style::parse(&value)?,
                Name::Theme => params.theme = Theme::parse(&value)?,
                Name::Lang => params.lang = Lang::parse(&value)?,
                Name::Caption => params.caption = flag(name, &value)?,
                Name::Credits => params.credits = flag(name, &value)?,
                Name::Graticule => params.graticule = flag(name, &value)?,
            }
        }
        Ok(params)
    }
}

fn width(text: &str) -> Result<u32, ParamError> {
    let is_plain = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let width = text.parse().ok().filter(|width| is_plain && WIDTHS.contains(width));
    width.ok_or_else(|| ParamError::Width(text.to_owned()))
}

fn flag(name: Name, text: &str) -> Result<bool, ParamError> {
    match text {
        "true" => Ok(true),
        "false" => Ok(false),
        _ => Err(unknown(name, text, "true, false")),
    }
}

fn unknown(name: Name, value: &str, allowed: &'static str) -> ParamError {
    ParamError::Value { name, value: value.to_owned(), allowed }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parses_what_maps_know() {
        let query = "range=7d&width=1200&style=heat&theme=dark&lang=bg&caption=false&credits=false&graticule=true";
        let expected = MapParams {
            range: MapRange::Week,
            width: 1200,
            style: Style::Heat,
            theme: Theme::Dark,
            lang: Lang::Bg,
            caption: false,
            credits: false,
            graticule: true,
        };
        assert_eq!(MapParams::parse(query), Ok(expected));
        assert_eq!(MapParams::parse(""), Ok(MapParams::default()));
    }

    #[test]
    fn every_word_that_is_offered_is_known() {
        for (name, words) in [
            ("range", &MapRange::WORDS[..]),
            ("style", &Style::WORDS),
            ("theme", &Theme::WORDS),
            ("lang", &Lang::WORDS),
        ] {
            for word in words {
                assert!(MapParams::parse(&format!("{name}={word}")).is_ok(), "{name}={word}");
            }
        }
    }

    #[test]
    fn says_which_parameter_is_wrong() {
        for (query, parameter) in [
            ("range=2h", "range"),
            ("width=199", "width"),
            ("width=2001", "width"),
            ("width=-300", "width"),
            ("width=%2B300", "width"),
            ("width=3e2", "width"),
            ("width=99999999999999999999", "width"),
            ("style=globe", "style"),
            ("theme=neon", "theme"),
            ("lang=de", "lang"),
            ("caption=yes", "caption"),
            ("colour=red", "colour"),
            ("style=dots&style=heat", "style"),
        ] {
            let error = MapParams::parse(query).unwrap_err();
            assert_eq!(error.parameter(), parameter, "{query}: {error}");
        }
    }
}
