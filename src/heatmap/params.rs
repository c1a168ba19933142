//! Owns what can be asked of a heat map: names, bounds and defaults. It does not know HTTP.

use std::{fmt::Display, ops::RangeInclusive, str::FromStr};

use jiff::{Timestamp, civil, tz::TimeZone};

use super::path_pattern::PathPattern;
use crate::{
    model::{Device, Pathname},
    render::{Normalise, Palette},
    reports::{DateRange, QueryError, Range, filter::Filter},
};

/// Widths that a map can be drawn at, in CSS pixels.
pub const WIDTHS: RangeInclusive<u32> = 120..=3840;
/// Radii that a click can be drawn with, in CSS pixels.
pub const RADII: RangeInclusive<u32> = 4..=128;
/// Picture pixels per CSS pixel.
pub const SCALES: RangeInclusive<f32> = 0.25..=2.0;

/// Names a closed set by its words in URLs.
macro_rules! words {
    ($(#[$meta:meta])* $name:ident { $($(#[$doc:meta])* $variant:ident = $word:literal),+ $(,)? }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum $name {
            $($(#[$doc])* $variant),+
        }

        impl $name {
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// Returns its word in URLs and documents.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $word),+
                }
            }

            fn parse(name: &str, value: &str) -> Result<Self, ParamError> {
                let found = Self::ALL.iter().copied().find(|word| word.as_str() == value);
                found.ok_or_else(|| one_of(name, &Self::ALL.iter().map(|word| word.as_str()).collect::<Vec<_>>().join(", ")))
            }
        }
    };
}

words! {
    /// What a map shows.
    Kind {
        Click = "click",
        /// Clicks in anger: three or more at one place within moments.
        Rage = "rage",
        /// Clicks that nothing came of.
        Dead = "dead",
        /// Clicks that a script error followed.
        Error = "error",
        /// Where the pointer rested.
        Move = "move",
        /// Which share of the views reached each part of the page.
        Scroll = "scroll",
        /// How long each part of the page was on screen.
        Attention = "attention",
        /// Boxes of elements by their click rate among the views that had them on screen.
        Element = "element",
    }
}

words! {
    /// What lies behind the heat.
    Underlay {
        /// The page as a wireframe.
        Layout = "layout",
        /// The picture that the owner uploaded.
        Screenshot = "screenshot",
        /// Nothing: the picture is transparent.
        None = "none",
    }
}

words! {
    /// What the frames of a moving map stand for.
    Frames {
        /// The hours of the day, on the site's clock.
        Hours = "hours",
        /// The time since the page was loaded.
        Load = "load",
    }
}

/// Which pages the map is of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Pages {
    One(Pathname),
    /// All that fit, as if they were one: pages of one template.
    Like(PathPattern),
}

impl Pages {
    /// Returns the path or the pattern.
    pub fn as_str(&self) -> &str {
        match self {
            Self::One(path) => path.as_str(),
            Self::Like(pattern) => pattern.as_str(),
        }
    }
}

/// In which state of the page the clicks fell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum PageState {
    #[default]
    Any,
    /// Nothing lies over the page.
    Base,
    /// The dialog, menu or banner of this id was open.
    Open(u32),
}

/// With what the map is compared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Compare {
    /// As many days just before.
    PreviousPeriod,
    /// The same days a year before.
    YearOverYear,
    Days(DateRange),
    /// The same days; the other segment is in [`MapRequest::compare_filters`].
    Segment,
}

impl Compare {
    /// Returns the range that a map of `range` is compared with, on the site's clock.
    pub fn range(
        &self,
        range: Range,
        zone: &TimeZone,
        now: Timestamp,
        first_day: Option<u16>,
    ) -> Result<Range, QueryError> {
        let too_early = || QueryError::new("/compare", "The range to compare with would begin before 1970.");
        match self {
            Self::PreviousPeriod => range.previous(zone).ok_or_else(too_early),
            Self::YearOverYear => range.year_before(zone).ok_or_else(too_early),
            Self::Days(days) => days.resolve(zone, now, first_day),
            Self::Segment => Ok(range),
        }
    }
}

/// A parameter that cannot be followed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{name}: {detail}")]
pub struct ParamError {
    pub name: String,
    /// A sentence for people that says what would be right.
    pub detail: String,
}

/// One heat map as it is asked for, every value within its bounds.
#[derive(Debug, Clone, PartialEq)]
pub struct MapRequest {
    pub pages: Pages,
    pub kind: Kind,
    /// Width of the page in CSS pixels. Default 1280.
    pub width: u32,
    /// Only views whose viewport is so many CSS pixels wide; default all.
    pub widths: Option<RangeInclusive<u16>>,
    /// Only views on this class of device; default all.
    pub device: Option<Device>,
    /// Only visits that meet these; default all.
    pub filters: Vec<Filter>,
    pub state: PageState,
    /// The layout that was current at the end of this day; default today's.
    pub layout_on: Option<civil::Date>,
    pub compare: Option<Compare>,
    pub compare_filters: Vec<Filter>,
    pub palette: Palette,
    pub underlay: Underlay,
    /// Default true.
    pub legend: bool,
    /// How far a click's colour reaches, in CSS pixels: two standard deviations. Default 24.
    pub radius: u32,
    pub normalise: Normalise,
    /// Picture pixels per CSS pixel. Default 1, of a moving map ½.
    pub scale: Option<f32>,
    pub frames: Frames,
    /// Whether the document lists the places of each element's clicks.
    pub spots: bool,
}

impl MapRequest {
    /// The parameters that [`Self::parse`] knows.
    pub const NAMES: [&str; 19] = [
        "path",
        "path_pattern",
        "kind",
        "width",
        "widths",
        "device",
        "filters",
        "state",
        "layout",
        "compare",
        "compare_filters",
        "palette",
        "underlay",
        "legend",
        "radius",
        "normalise",
        "scale",
        "frames",
        "spots",
    ];

    /// Makes the request for a page with every other value at its default.
    pub fn new(path: Pathname) -> Self {
        Self::of(Pages::One(path))
    }

    /// Makes the request for pages with every other value at its default.
    pub fn of(pages: Pages) -> Self {
        Self {
            pages,
            kind: Kind::Click,
            width: 1280,
            widths: None,
            device: None,
            filters: Vec::new(),
            state: PageState::Any,
            layout_on: None,
            compare: None,
            compare_filters: Vec::new(),
            palette: Palette::default(),
            underlay: Underlay::Layout,
            legend: true,
            radius: 24,
            normalise: Normalise::default(),
            scale: None,
            frames: Frames::Hours,
            spots: false,
        }
    }

    /// Reads the parameters of a query string. Unknown and repeated ones are errors, so that a typing error is
    /// never answered with a map of something else.
    pub fn parse(pairs: &[(String, String)]) -> Result<Self, ParamError> {
        let mut request = Self::of(pages(pairs)?);
        let mut seen: Vec<&str> = Vec::new();
        for (name, value) in pairs {
            if seen.contains(&name.as_str()) {
                return Err(wrong(name, "it is given twice"));
            }
            seen.push(name);
            request.set(name, value)?;
        }
        request.check_comparison()?;
        Ok(request)
    }

    fn set(&mut self, name: &str, value: &str) -> Result<(), ParamError> {
        match name {
            "path" | "path_pattern" => {} // read first
            "kind" => self.kind = Kind::parse(name, value)?,
            "width" => self.width = within(name, value, &WIDTHS)?,
            "widths" => self.widths = Some(widths(value)?),
            "device" => self.device = Some(device(value)?),
            "filters" => self.filters = filters(name, value)?,
            "state" => self.state = state(value)?,
            "layout" => self.layout_on = layout_on(value)?,
            "compare" => self.compare = Some(compare(value)?),
            "compare_filters" => self.compare_filters = filters(name, value)?,
            "palette" => {
                self.palette = Palette::from_word(value).ok_or_else(|| one_of(name, "heat, viridis, ice, night"))?;
            }
            "underlay" => self.underlay = Underlay::parse(name, value)?,
            "legend" => self.legend = truth(name, value)?,
            "radius" => self.radius = within(name, value, &RADII)?,
            "normalise" => {
                self.normalise = Normalise::from_word(value).ok_or_else(|| one_of(name, "p99, max, per_view"))?;
            }
            "scale" => self.scale = Some(within(name, value, &SCALES)?),
            "frames" => self.frames = Frames::parse(name, value)?,
            "spots" => self.spots = truth(name, value)?,
            _ => {
                let known = Self::NAMES.join(", ");
                return Err(wrong(name, format!("it is not known; a heat map has {known}")));
            }
        }
        Ok(())
    }

    /// Filters to compare with make a comparison, and only clicks can be compared.
    fn check_comparison(&mut self) -> Result<(), ParamError> {
        if self.compare.is_none() && !self.compare_filters.is_empty() {
            self.compare = Some(Compare::Segment);
        }
        let comparable = matches!(self.kind, Kind::Click | Kind::Rage | Kind::Dead | Kind::Error);
        if self.compare.is_some() && !comparable {
            return Err(wrong("compare", "only clicks can be compared: kind must be click, rage, dead or error"));
        }
        Ok(())
    }

    /// Returns the filters of what the map is compared with: its own, unless others are given.
    pub fn other_filters(&self) -> &[Filter] {
        if self.compare_filters.is_empty() { &self.filters } else { &self.compare_filters }
    }

    /// Returns the picture pixels per CSS pixel.
    pub fn scale(&self) -> f32 {
        self.scale.unwrap_or(1.0)
    }

    /// Returns the standard deviation of a click's spot in picture pixels.
    pub fn sigma(&self) -> f32 {
        self.radius as f32 / 2.0 * self.scale()
    }
}

fn pages(pairs: &[(String, String)]) -> Result<Pages, ParamError> {
    let value = |wanted: &str| pairs.iter().find(|(name, _)| name == wanted).map(|(_, value)| value.as_str());
    match (value("path"), value("path_pattern")) {
        (Some(path), None) => Pathname::parse(path).map(Pages::One).map_err(|cause| wrong("path", cause.to_string())),
        (None, Some(text)) => PathPattern::parse(text).map(Pages::Like).map_err(|cause| wrong("path_pattern", cause)),
        (Some(_), Some(_)) => Err(wrong("path_pattern", "give either a path or a pattern")),
        (None, None) => Err(wrong("path", "it is missing: the path of the page, as /pricing")),
    }
}

fn filters(name: &str, value: &str) -> Result<Vec<Filter>, ParamError> {
    Filter::parse_text(value).map_err(|error| wrong(name, format!("{}: {}", error.pointer, error.detail)))
}

fn state(value: &str) -> Result<PageState, ParamError> {
    match value {
        "any" => Ok(PageState::Any),
        "base" => Ok(PageState::Base),
        id => id.parse().ok().filter(|&id: &u32| id > 0).map(PageState::Open).ok_or_else(|| {
            wrong("state", "it must be any, base, or the id of a state as the map's document lists them")
        }),
    }
}

fn layout_on(value: &str) -> Result<Option<civil::Date>, ParamError> {
    match value {
        "latest" => Ok(None),
        date => {
            date.parse().map(Some).map_err(|_not_a_date| wrong("layout", "it must be latest, or a day as 2026-01-31"))
        }
    }
}

fn compare(value: &str) -> Result<Compare, ParamError> {
    match value {
        "previous_period" => Ok(Compare::PreviousPeriod),
        "year_over_year" => Ok(Compare::YearOverYear),
        days if days.contains(',') => {
            DateRange::from_text(days).map(Compare::Days).map_err(|error| wrong("compare", error.detail))
        }
        _ => Err(wrong("compare", "it must be previous_period, year_over_year, or two days as 2026-01-01,2026-01-31")),
    }
}

fn device(value: &str) -> Result<Device, ParamError> {
    let found = Device::ALL.into_iter().find(|device| device.as_str() == value);
    found.ok_or_else(|| one_of("device", "desktop, tablet, mobile"))
}

fn truth(name: &str, value: &str) -> Result<bool, ParamError> {
    match value {
        "true" => Ok(true),
        "false" => Ok(false),
        _ => Err(one_of(name, "true, false")),
    }
}

fn widths(value: &str) -> Result<RangeInclusive<u16>, ParamError> {
    let range = value.split_once('-').and_then(|(low, high)| Some(low.parse().ok()?..=high.parse().ok()?));
    range
        .filter(|range| !range.is_empty())
        .ok_or_else(|| wrong("widths", "it must be two widths in pixels, the smaller first, as 320-480"))
}

fn within<T>(name: &str, value: &str, bounds: &RangeInclusive<T>) -> Result<T, ParamError>
where
    T: FromStr + PartialOrd + Display,
{
    value
        .parse()
        .ok()
        .filter(|number| bounds.contains(number))
        .ok_or_else(|| wrong(name, format!("it must be a number from {} to {}", bounds.start(), bounds.end())))
}

fn one_of(name: &str, words: &str) -> ParamError {
    wrong(name, format!("it must be one of {words}"))
}

fn wrong(name: &str, detail: impl Into<String>) -> ParamError {
    ParamError { name: name.to_owned(), detail: detail.into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(query: &[(&str, &str)]) -> Result<MapRequest, ParamError> {
        let pairs: Vec<_> = query.iter().map(|&(name, value)| (name.to_owned(), value.to_owned())).collect();
        MapRequest::parse(&pairs)
    }

    #[test]
    fn reads_every_parameter() {
        let request = parse(&[
            ("path", "/цени"),
            ("kind", "scroll"),
            ("width", "390"),
            ("widths", "320-480"),
            ("device", "mobile"),
            ("filters", r#"[["is","visit:source",["Google"]]]"#),
            ("state", "17"),
            ("layout", "2026-01-31"),
            ("palette", "viridis"),
            ("underlay", "none"),
            ("legend", "false"),
            ("radius", "40"),
            ("normalise", "per_view"),
            ("scale", "0.5"),
            ("frames", "load"),
            ("spots", "true"),
        ])
        .unwrap();
        assert_eq!(request.pages.as_str(), "/цени");
        assert_eq!((request.kind, request.width, request.radius), (Kind::Scroll, 390, 40));
        assert_eq!((request.widths, request.device), (Some(320..=480), Some(Device::Mobile)));
        assert_eq!((request.filters.len(), request.state), (1, PageState::Open(17)));
        assert_eq!((request.layout_on, request.frames), (Some(civil::date(2026, 1, 31)), Frames::Load));
        assert_eq!((request.palette, request.normalise), (Palette::Viridis, Normalise::PerView));
        assert_eq!((request.underlay, request.legend, request.spots), (Underlay::None, false, true));
    }

    #[test]
    fn has_a_default_for_all_but_the_path() {
        let request = parse(&[("path", "/")]).unwrap();
        assert_eq!(request, MapRequest::new(Pathname::parse("/").unwrap()));
        assert_eq!(parse(&[]).unwrap_err().name, "path");
    }

    #[test]
    fn compares_periods_and_segments() {
        let compare = |pairs: &[(&str, &str)]| {
            let pairs: Vec<_> = [("path", "/")].iter().chain(pairs).copied().collect();
            parse(&pairs).map(|request| request.compare)
        };
        let segment = ("compare_filters", r#"[["is","visit:device",["Mobile"]]]"#);
        assert_eq!(compare(&[("compare", "previous_period")]), Ok(Some(Compare::PreviousPeriod)));
        assert_eq!(compare(&[("compare", "year_over_year")]), Ok(Some(Compare::YearOverYear)));
        assert_eq!(compare(&[segment]), Ok(Some(Compare::Segment)));
        assert_eq!(compare(&[("compare", "previous_period"), segment]), Ok(Some(Compare::PreviousPeriod)));
        assert!(matches!(compare(&[("compare", "2026-01-01,2026-01-31")]), Ok(Some(Compare::Days(_)))));
        assert_eq!(compare(&[("compare", "previous_period"), ("kind", "scroll")]).unwrap_err().name, "compare");
    }

    #[test]
    fn refuses_what_is_out_of_bounds_and_says_what_would_be_right() {
        let cases = [
            ("path", "pricing", "slash"),
            ("path_pattern", "/a*", "either a path or a pattern"),
            ("width", "119", "120 to 3840"),
            ("width", "99999", "120 to 3840"),
            ("width", "-1", "120 to 3840"),
            ("width", "1280.5", "120 to 3840"),
            ("widths", "480-320", "320-480"),
            ("widths", "320", "320-480"),
            ("widths", "0-99999", "320-480"),
            ("kind", "heat", "click, rage, dead, error, move, scroll, attention, element"),
            ("device", "phone", "mobile"),
            ("filters", "[[\"is\"]]", "followed by a dimension"),
            ("filters", "no JSON", "JSON"),
            ("state", "0", "base"),
            ("state", "-1", "base"),
            ("layout", "yesterday", "2026-01-31"),
            ("compare", "7d", "previous_period"),
            ("compare", "1,2", "date range"),
            ("palette", "jet", "viridis"),
            ("underlay", "photo", "layout, screenshot, none"),
            ("legend", "yes", "true, false"),
            ("radius", "0", "4 to 128"),
            ("normalise", "p50", "p99"),
            ("scale", "NaN", "0.25 to 2"),
            ("scale", "inf", "0.25 to 2"),
            ("scale", "9", "0.25 to 2"),
            ("frames", "days", "hours, load"),
            ("spots", "1", "true, false"),
            ("colour", "red", "not known"),
        ];
        for (name, value, hint) in cases {
            let query = if name == "path" { vec![(name, value)] } else { vec![("path", "/"), (name, value)] };
            let error = parse(&query).expect_err(&format!("{name}={value}"));
            assert_eq!(error.name, name, "{name}={value}");
            assert!(error.detail.contains(hint), "{name}={value}: {}", error.detail);
        }
        assert!(parse(&[("path", "/"), ("width", "390"), ("width", "400")]).unwrap_err().detail.contains("twice"));
    }
}
