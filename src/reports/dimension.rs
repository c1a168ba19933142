//! Owns what a report can be grouped and filtered by: the names, the columns behind them and the words for
//! "empty". It writes no SQL.

use std::sync::Arc;

use super::{
    error::QueryError,
    json::{Node, listed, quoted},
    time::Interval,
};

/// Longest key of a property.
const MAX_PROP_BYTES: usize = 300;

/// Something to group by; all but [`Dimension::Time`] can be filtered by too.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Dimension {
    Page,
    EventName,
    Hostname,
    /// A goal of the site. An event stands in the row of each goal that it reaches.
    Goal,
    /// A property of the event.
    Prop(PropName),
    EntryPage,
    EntryHostname,
    ExitPage,
    ExitHostname,
    Source,
    Referrer,
    Channel,
    UtmSource,
    UtmMedium,
    UtmCampaign,
    UtmContent,
    UtmTerm,
    Country,
    CountryName,
    Region,
    RegionName,
    City,
    CityName,
    Browser,
    BrowserVersion,
    Os,
    OsVersion,
    Device,
    Time(Interval),
}

/// The whole name of a dimension, `event:props:plan`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct PropName(Arc<str>);

impl PropName {
    const PREFIX: &'static str = "event:props:";

    /// Reads the name of a dimension. Returns nothing if it is of no property, or of one with a key that none can have.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        let key = name.strip_prefix(Self::PREFIX)?;
        (!key.is_empty() && key.len() <= MAX_PROP_BYTES).then(|| Self(name.into()))
    }

    /// Returns the name of the dimension of a property, if there can be one with this key.
    #[must_use]
    pub fn of_key(key: &str) -> Option<Self> {
        Self::parse(&format!("{}{key}", Self::PREFIX))
    }

    /// Returns the key of the property.
    #[must_use]
    pub fn key(&self) -> &str {
        &self.0[Self::PREFIX.len()..]
    }
}

/// A dimension as it was asked for: the interval of plain `time` is not known before the range is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RawDimension {
    /// `time`: the interval follows from the length of the range.
    AutoTime,
    Is(Dimension),
}

/// Where the value of a dimension comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin<'a> {
    /// A column of `events`, reported as it is.
    Plain(&'static str),
    /// A column of `events`; an empty value is reported by the word.
    Labelled(&'static str, &'static str),
    /// The name of the event; a pageview has none in the table.
    EventName,
    /// The country's English name, by its code.
    CountryName,
    /// The class of device with a capital letter, as Plausible has it.
    Device,
    /// A column of the session's last pageview.
    Exit(&'static str),
    /// The time bucket.
    Bucket(Interval),
    /// The property with this key; one that is absent or empty is reported by [`NO_PROP`].
    Prop(&'a str),
    /// The names of the goals that the event reaches.
    Goals,
}

/// What an absent property is reported by.
pub const NO_PROP: &str = "(none)";

const DIRECT: &str = "Direct / None";
const NOT_SET: &str = "(not set)";

impl Dimension {
    /// Every dimension but those of properties.
    pub const ALL: [Self; 32] = [
        Self::Goal,
        Self::Page,
        Self::EventName,
        Self::Hostname,
        Self::EntryPage,
        Self::EntryHostname,
        Self::ExitPage,
        Self::ExitHostname,
        Self::Source,
        Self::Referrer,
        Self::Channel,
        Self::UtmSource,
        Self::UtmMedium,
        Self::UtmCampaign,
        Self::UtmContent,
        Self::UtmTerm,
        Self::Country,
        Self::CountryName,
        Self::Region,
        Self::RegionName,
        Self::City,
        Self::CityName,
        Self::Browser,
        Self::BrowserVersion,
        Self::Os,
        Self::OsVersion,
        Self::Device,
        Self::Time(Interval::Minute),
        Self::Time(Interval::Hour),
        Self::Time(Interval::Day),
        Self::Time(Interval::Week),
        Self::Time(Interval::Month),
    ];

    /// Returns the name of the Stats API.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Goal => "event:goal",
            Self::Prop(name) => &name.0,
            Self::Page => "event:page",
            Self::EventName => "event:name",
            Self::Hostname => "event:hostname",
            Self::EntryPage => "visit:entry_page",
            Self::EntryHostname => "visit:entry_page_hostname",
            Self::ExitPage => "visit:exit_page",
            Self::ExitHostname => "visit:exit_page_hostname",
            Self::Source => "visit:source",
            Self::Referrer => "visit:referrer",
            Self::Channel => "visit:channel",
            Self::UtmSource => "visit:utm_source",
            Self::UtmMedium => "visit:utm_medium",
            Self::UtmCampaign => "visit:utm_campaign",
            Self::UtmContent => "visit:utm_content",
            Self::UtmTerm => "visit:utm_term",
            Self::Country => "visit:country",
            Self::CountryName => "visit:country_name",
            Self::Region => "visit:region",
            Self::RegionName => "visit:region_name",
            Self::City => "visit:city",
            Self::CityName => "visit:city_name",
            Self::Browser => "visit:browser",
            Self::BrowserVersion => "visit:browser_version",
            Self::Os => "visit:os",
            Self::OsVersion => "visit:os_version",
            Self::Device => "visit:device",
            Self::Time(Interval::Minute) => "time:minute",
            Self::Time(Interval::Hour) => "time:hour",
            Self::Time(Interval::Day) => "time:day",
            Self::Time(Interval::Week) => "time:week",
            Self::Time(Interval::Month) => "time:month",
        }
    }

    #[must_use]
    pub fn origin(&self) -> Origin<'_> {
        match self {
            Self::Goal => Origin::Goals,
            Self::Prop(name) => Origin::Prop(name.key()),
            Self::Page => Origin::Plain("pathname"),
            Self::EventName => Origin::EventName,
            Self::Hostname => Origin::Plain("hostname"),
            Self::EntryPage => Origin::Plain("entry_pathname"),
            Self::EntryHostname => Origin::Plain("entry_hostname"),
            Self::ExitPage => Origin::Exit("pathname"),
            Self::ExitHostname => Origin::Exit("hostname"),
            Self::Source => Origin::Labelled("source", DIRECT),
            Self::Referrer => Origin::Labelled("referrer", DIRECT),
            Self::Channel => Origin::Labelled("channel", "Direct"),
            Self::UtmSource => Origin::Labelled("utm_source", NOT_SET),
            Self::UtmMedium => Origin::Labelled("utm_medium", NOT_SET),
            Self::UtmCampaign => Origin::Labelled("utm_campaign", NOT_SET),
            Self::UtmContent => Origin::Labelled("utm_content", NOT_SET),
            Self::UtmTerm => Origin::Labelled("utm_term", NOT_SET),
            Self::Country => Origin::Plain("country"),
            Self::CountryName => Origin::CountryName,
            Self::Region | Self::RegionName => Origin::Plain("region"),
            Self::City | Self::CityName => Origin::Plain("city"),
            Self::Browser => Origin::Labelled("browser", NOT_SET),
            Self::BrowserVersion => Origin::Labelled("browser_version", NOT_SET),
            Self::Os => Origin::Labelled("os", NOT_SET),
            Self::OsVersion => Origin::Labelled("os_version", NOT_SET),
            Self::Device => Origin::Device,
            Self::Time(interval) => Origin::Bucket(*interval),
        }
    }

    /// Returns the dimension that stands for this one where whole visits are described: the page of a visit
    /// is the page that it entered on.
    #[must_use]
    pub fn of_visit(&self) -> Self {
        match self {
            Self::Page => Self::EntryPage,
            Self::Hostname => Self::EntryHostname,
            other => other.clone(),
        }
    }

    /// Returns whether the dimension tells the events of one view of a page apart. Such do not go with metrics of visits, of
    /// which each has many events.
    #[must_use]
    pub const fn is_of_single_events(&self) -> bool {
        matches!(self, Self::EventName | Self::Goal | Self::Prop(_))
    }

    /// Returns the interval of a time dimension.
    #[must_use]
    pub const fn interval(&self) -> Option<Interval> {
        if let Self::Time(interval) = self { Some(*interval) } else { None }
    }

    /// Returns a filter's value as the report would show it: an empty value by its word, a device with a
    /// capital letter.
    #[must_use]
    pub fn shown(&self, value: &str) -> String {
        match self.origin() {
            Origin::Labelled(_, label) if value.is_empty() => label.to_owned(),
            Origin::Device => capitalised(value),
            Origin::Prop(_) if value.is_empty() => NO_PROP.to_owned(),
            Origin::Plain(_)
            | Origin::Labelled(..)
            | Origin::EventName
            | Origin::CountryName
            | Origin::Exit(_)
            | Origin::Prop(_)
            | Origin::Goals
            | Origin::Bucket(_) => value.to_owned(),
        }
    }

    /// Parses a dimension to filter by.
    pub(super) fn parse_filterable(node: &Node<'_>) -> Result<Self, QueryError> {
        match RawDimension::parse(node)? {
            RawDimension::Is(dimension) if dimension.interval().is_none() => Ok(dimension),
            RawDimension::Is(_) | RawDimension::AutoTime => {
                Err(node.error("Time cannot be filtered by; choose a `date_range` instead."))
            }
        }
    }
}

impl RawDimension {
    const AUTO_TIME: &'static str = "time";

    /// Returns the dimension of a name, if there is one.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        if name == Self::AUTO_TIME {
            return Some(Self::AutoTime);
        }
        let known = Dimension::ALL.into_iter().find(|dimension| dimension.as_str() == name);
        known.or_else(|| PropName::parse(name).map(Dimension::Prop)).map(Self::Is)
    }

    pub(super) fn parse(node: &Node<'_>) -> Result<Self, QueryError> {
        let name = node.text()?;
        Self::named(name).ok_or_else(|| {
            let allowed = listed(&Dimension::ALL.each_ref().map(Dimension::as_str));
            let detail = format!(
                "{} is no dimension; allowed are `time`, {allowed} and `event:props:` with the name of a property.",
                quoted(name)
            );
            node.error(detail)
        })
    }

    /// Returns the dimension, with `time` at this interval.
    #[must_use]
    pub fn at(&self, interval: Interval) -> Dimension {
        match self {
            Self::AutoTime => Dimension::Time(interval),
            Self::Is(dimension) => dimension.clone(),
        }
    }
}

/// Returns "mobile", "MOBILE" and "Mobile" as "Mobile".
fn capitalised(word: &str) -> String {
    let mut letters = word.chars();
    match letters.next() {
        Some(first) => first.to_uppercase().chain(letters.flat_map(char::to_lowercase)).collect(),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_finds_its_dimension() {
        for dimension in Dimension::ALL {
            assert_eq!(RawDimension::named(dimension.as_str()), Some(RawDimension::Is(dimension.clone())));
        }
        let plan = RawDimension::named("event:props:plan").unwrap();
        let RawDimension::Is(Dimension::Prop(name)) = &plan else { panic!("{plan:?}") };
        assert_eq!(name.key(), "plan");
        assert_eq!(RawDimension::named("event:props:"), None);
        assert_eq!(RawDimension::named("time"), Some(RawDimension::AutoTime));
        assert_eq!(RawDimension::named("event:pages"), None);
    }

    #[test]
    fn a_filter_speaks_the_words_of_the_report() {
        let cases = [
            (Dimension::Source, "", "Direct / None"),
            (Dimension::Source, "Direct / None", "Direct / None"),
            (Dimension::UtmMedium, "", "(not set)"),
            (Dimension::Country, "", ""),
            (Dimension::Device, "mobile", "Mobile"),
            (Dimension::Device, "MOBILE", "Mobile"),
            (Dimension::Page, "/A", "/A"),
            (Dimension::Prop(PropName::parse("event:props:plan").unwrap()), "", "(none)"),
        ];
        for (dimension, value, shown) in cases {
            assert_eq!(dimension.shown(value), shown, "{} {value:?}", dimension.as_str());
        }
    }
}
