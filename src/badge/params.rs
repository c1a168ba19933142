//! Owns the parameters of badges: a closed set, parsed at the door. What is not known is an error, so that a typing
//! error in a web page does not go unnoticed.

use std::fmt;

use super::{
    color::Color,
    error::ParamError,
    label::Label,
    lang::Lang,
    show::{Metric, Period, Show},
};
use crate::model::{Pathname, SiteSettings};

/// Largest `seed`, here and in the settings of a site.
pub const MOST_SEED: u64 = *SiteSettings::SEED_COUNT.end();
/// Most countries on a badge.
pub const MOST_COUNTRIES: u64 = 60;
/// Most columns of them.
pub const MOST_COLUMNS: u64 = 10;
/// Largest picture: so many pixels for each of CSS.
pub const MOST_SCALE: u64 = 4;

/// The parameters there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Name {
    Show,
    Metric,
    Path,
    Style,
    Theme,
    Label,
    Color,
    Lang,
    Seed,
    Scale,
    Limit,
    Columns,
    Count,
}

impl Name {
    const ALL: [Self; 13] = [
        Self::Show,
        Self::Metric,
        Self::Path,
        Self::Style,
        Self::Theme,
        Self::Label,
        Self::Color,
        Self::Lang,
        Self::Seed,
        Self::Scale,
        Self::Limit,
        Self::Columns,
        Self::Count,
    ];

    /// Returns the word in the URL.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Show => "show",
            Self::Metric => "metric",
            Self::Path => "path",
            Self::Style => "style",
            Self::Theme => "theme",
            Self::Label => "label",
            Self::Color => "color",
            Self::Lang => "lang",
            Self::Seed => "seed",
            Self::Scale => "scale",
            Self::Limit => "limit",
            Self::Columns => "columns",
            Self::Count => "count",
        }
    }

    pub(super) fn all() -> String {
        Self::ALL.map(Self::as_str).join(", ")
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// How a badge looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Style {
    /// Two halves, as on most READMEs.
    #[default]
    Flat,
    /// A rounded chip.
    Pill,
    /// The counter of the nineties.
    Retro,
    /// Seven segments.
    Digits,
    /// The number and how it came about.
    Sparkline,
    /// Countries with their numbers.
    Flags,
}

/// The words for `style`.
pub const STYLES: [&str; 6] = ["flat", "pill", "retro", "digits", "sparkline", "flags"];

impl Style {
    /// Parses the word in the URL.
    fn parse(word: &str) -> Result<Self, ParamError> {
        match word {
            "flat" => Ok(Self::Flat),
            "pill" => Ok(Self::Pill),
            "retro" => Ok(Self::Retro),
            "digits" => Ok(Self::Digits),
            "sparkline" => Ok(Self::Sparkline),
            "flags" => Ok(Self::Flags),
            _ => Err(ParamError::value(Name::Style, word, STYLES.join(", "))),
        }
    }
}

/// On which ground a badge stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Theme {
    #[default]
    Light,
    Dark,
}

/// The words for `theme`.
pub const THEMES: [&str; 2] = ["light", "dark"];

impl Theme {
    fn parse(word: &str) -> Result<Self, ParamError> {
        match word {
            "light" => Ok(Self::Light),
            "dark" => Ok(Self::Dark),
            _ => Err(ParamError::value(Name::Theme, word, THEMES.join(", "))),
        }
    }
}

/// What a badge is asked to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadgeParams {
    pub show: Show,
    pub metric: Metric,
    /// One page instead of the whole site.
    pub path: Option<Pathname>,
    pub style: Style,
    pub theme: Theme,
    /// The default depends on what is shown and on the language.
    pub label: Option<Label>,
    /// The default depends on what is shown and on the style.
    pub color: Option<Color>,
    pub lang: Lang,
    /// Added to what was counted.
    pub seed: u64,
    /// Pixels of a PNG for each of CSS.
    pub scale: u16,
    /// Most countries, and in how many columns.
    pub limit: usize,
    pub columns: usize,
    /// Whether looking at the badge counts.
    pub count: bool,
}

impl Default for BadgeParams {
    fn default() -> Self {
        Self {
            show: Show::Online,
            metric: Metric::Visitors,
            path: None,
            style: Style::default(),
            theme: Theme::default(),
            label: None,
            color: None,
            lang: Lang::default(),
            seed: 0,
            scale: 1,
            limit: 12,
            columns: 3,
            count: false,
        }
    }
}

impl BadgeParams {
    /// Parses the query of a badge's URL, still escaped.
    pub fn parse(query: &str) -> Result<Self, ParamError> {
        let mut params = Self::default();
        let mut seen = Vec::new();
        let (mut metric, mut implied) = (None, None);
        for (key, value) in url::form_urlencoded::parse(query.as_bytes()) {
            let known = Name::ALL.into_iter().find(|name| name.as_str() == key);
            let name = known.ok_or_else(|| ParamError::Unknown(key.into_owned()))?;
            if seen.contains(&name) {
                return Err(ParamError::Twice(name));
            }
            seen.push(name);
            match name {
                Name::Show => (params.show, implied) = Show::parse(&value)?,
                Name::Metric => metric = Some(Metric::parse(&value)?),
                Name::Path => params.path = Some(path(&value)?),
                Name::Style => params.style = Style::parse(&value)?,
                Name::Theme => params.theme = Theme::parse(&value)?,
                Name::Label => params.label = Some(Label::parse(&value)?),
                Name::Color => params.color = Some(Color::parse(&value)?),
                Name::Lang => params.lang = Lang::parse(&value)?,
                Name::Seed => params.seed = seed(&value)?,
                Name::Scale => params.scale = number(name, &value, 1, MOST_SCALE)?,
                Name::Limit => params.limit = number(name, &value, 1, MOST_COUNTRIES)?,
                Name::Columns => params.columns = number(name, &value, 1, MOST_COLUMNS)?,
                Name::Count => params.count = number::<u8>(name, &value, 0, 1)? == 1,
            }
        }
        params.metric = metric.or(implied).unwrap_or(params.show.usual_metric());
        params.check(&seen, implied)?;
        Ok(params)
    }

    fn check(&self, seen: &[Name], implied: Option<Metric>) -> Result<(), ParamError> {
        if self.show == Show::Online && self.metric != Metric::Visitors {
            return Err(ParamError::OnlineCountsVisitors);
        }
        if implied.is_some_and(|implied| implied != self.metric) {
            return Err(ParamError::ViewsCountsViews);
        }
        let is_total = self.show == Show::Counted(Period::All) && self.style != Style::Flags;
        if seen.contains(&Name::Seed) && !is_total {
            return Err(ParamError::SeedNeedsTotal(Name::Seed));
        }
        let for_flags = [Name::Limit, Name::Columns].into_iter().find(|name| seen.contains(name));
        match for_flags {
            Some(name) if self.style != Style::Flags => Err(ParamError::ForFlags(name)),
            _ => Ok(()),
        }
    }

    /// Tells whether the number is the whole count of a site, to which the count of an older counter belongs.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.show == Show::Counted(Period::All) && self.path.is_none() && self.style != Style::Flags
    }

    /// Returns the text beside the number.
    #[must_use]
    pub fn label(&self) -> String {
        match &self.label {
            Some(label) => label.as_str().to_owned(),
            None => self.lang.label(self.show, self.metric),
        }
    }
}

fn path(value: &str) -> Result<Pathname, ParamError> {
    Pathname::parse(value).map_err(|error| ParamError::Path(value.chars().take(100).collect(), error.to_string()))
}

fn seed(value: &str) -> Result<u64, ParamError> {
    value.parse().ok().filter(|seed| *seed <= MOST_SEED).ok_or_else(|| ParamError::seed(value))
}

fn number<T: TryFrom<u64>>(name: Name, value: &str, least: u64, most: u64) -> Result<T, ParamError> {
    let number = value.parse::<u64>().ok().filter(|number| (least..=most).contains(number));
    let number = number.and_then(|number| T::try_from(number).ok());
    number.ok_or_else(|| ParamError::Number { name, value: value.to_owned(), least, most })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn parses_what_badges_know() {
        let params = BadgeParams::parse(
            "show=today&style=digits&label=%D0%B4%D0%BD%D0%B5%D1%81+%26&color=%23abc&lang=bg&path=/a&metric=views&scale=2",
        );
        let expected = BadgeParams {
            show: Show::Counted(Period::Today),
            metric: Metric::Views,
            path: Some(Pathname::parse("/a").unwrap()),
            style: Style::Digits,
            label: Some(Label::parse("днес &").unwrap()),
            color: Some(Color { red: 0xaa, green: 0xbb, blue: 0xcc }),
            lang: Lang::parse("bg").unwrap(),
            scale: 2,
            ..BadgeParams::default()
        };
        assert_eq!(params, Ok(expected));
        assert_eq!(BadgeParams::parse(""), Ok(BadgeParams::default()));
        let views = BadgeParams::parse("show=views&seed=18815").unwrap();
        assert_eq!((views.show, views.metric, views.seed), (Show::Counted(Period::All), Metric::Views, 18_815));
    }

    #[test]
    fn refuses_what_badges_do_not_know() {
        let long = format!("label={}", "ю".repeat(61));
        let cases = [
            ("sohw=online", "sohw"),
            ("show=everything", "show"),
            ("show=online&show=today", "show"),
            ("show=", "show"),
            ("metric=clicks", "metric"),
            ("metric=views", "metric"),
            ("show=views&metric=visits", "metric"),
            ("style=plastic", "style"),
            ("theme=sepia", "theme"),
            ("lang=tlh", "lang"),
            ("color=chartreuse", "color"),
            ("path=about", "path"),
            ("path=", "path"),
            ("seed=5", "seed"),
            ("show=today&seed=5", "seed"),
            ("show=total&seed=-5", "seed"),
            ("show=total&seed=1000000000001", "seed"),
            ("scale=0", "scale"),
            ("scale=9", "scale"),
            ("limit=10", "limit"),
            ("style=flags&limit=61", "limit"),
            ("style=flags&columns=0", "columns"),
            ("count=yes", "count"),
            ("label=a%00b", "label"),
            ("label=%E2%80%AEgpj", "label"),
            (&long, "label"),
        ];
        for (query, parameter) in cases {
            let error = BadgeParams::parse(query).expect_err(query);
            assert_eq!(error.parameter(), parameter, "{query}");
            assert!(!error.to_string().is_empty());
        }
    }

    proptest! {
        #[test]
        fn never_panics(query in "(show=|label=|color=|lang=|path=|seed=|&|%[0-9a-f]{2}|\\PC){0,20}") {
            let _ = BadgeParams::parse(&query);
        }
    }
}
