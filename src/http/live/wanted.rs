//! Owns the filters of the live view: the part of the reports' grammar that can be answered from what is known of somebody who is
//! here. It does not parse: `reports` does.

use crate::{
    http::error::ApiError,
    live::{LiveEvent, LiveSession},
    model::Device,
    reports::{
        Dimension,
        filter::{Comparison, Filter, Operator},
    },
};

/// What can be filtered by.
const DIMENSIONS: &str =
    "event:page, event:name, visit:country, visit:city_name, visit:source, visit:device, visit:browser and visit:os";

/// Who, or what, is wanted.
#[derive(Debug, Default)]
pub struct Wanted(Vec<Filter>);

/// What is compared.
pub struct Subject<'a> {
    pub path: &'a str,
    /// None where it is a visitor.
    pub name: Option<&'a str>,
    pub country: &'a str,
    pub city: &'a str,
    pub source: &'a str,
    pub device: Device,
    pub browser: &'a str,
    pub os: &'a str,
}

impl<'a> From<&'a LiveEvent> for Subject<'a> {
    fn from(event: &'a LiveEvent) -> Self {
        Self {
            path: &event.path,
            name: Some(&event.name),
            country: &event.country,
            city: &event.city,
            source: &event.source,
            device: event.device,
            browser: &event.browser,
            os: &event.os,
        }
    }
}

impl<'a> From<&'a LiveSession> for Subject<'a> {
    fn from(session: &'a LiveSession) -> Self {
        Self {
            path: &session.path,
            name: None,
            country: &session.country,
            city: &session.city,
            source: &session.source,
            device: session.device,
            browser: &session.browser,
            os: &session.os,
        }
    }
}

impl Wanted {
    /// Reads the parameter. Names of events go with events only.
    pub fn parse(text: &str, with_names: bool) -> Result<Self, ApiError> {
        let filters = Filter::parse_text(text).map_err(|error| ApiError::invalid("filters", error.detail))?;
        for filter in &filters {
            check(filter, with_names).map_err(|detail| ApiError::invalid("filters", detail))?;
        }
        Ok(Self(filters))
    }

    pub fn has<'a>(&self, subject: impl Into<Subject<'a>>) -> bool {
        let subject = subject.into();
        self.0.iter().all(|filter| meets(filter, &subject))
    }
}

fn check(filter: &Filter, with_names: bool) -> Result<(), String> {
    match filter {
        Filter::Compare(comparison) => check_comparison(comparison, with_names),
        Filter::All(filters) | Filter::Any(filters) => filters.iter().try_for_each(|filter| check(filter, with_names)),
        Filter::Not(filter) => check(filter, with_names),
        Filter::Done(_) | Filter::NotDone(_) | Filter::Segments(_) => {
            Err("the live view knows what somebody does now: no has_done, no segments".to_owned())
        }
    }
}

fn check_comparison(comparison: &Comparison, with_names: bool) -> Result<(), String> {
    if matches!(comparison.operator, Operator::Matches | Operator::MatchesNot) {
        return Err("the live view compares by is, is_not, contains and contains_not".to_owned());
    }
    match &comparison.dimension {
        Dimension::EventName if !with_names => {
            Err("a visitor is no event: event:name goes with live/events".to_owned())
        }
        Dimension::EventName
        | Dimension::Page
        | Dimension::Country
        | Dimension::CityName
        | Dimension::Source
        | Dimension::Device
        | Dimension::Browser
        | Dimension::Os => Ok(()),
        other => Err(format!("the live view is filtered by {DIMENSIONS}, not by {}", other.as_str())),
    }
}

fn meets(filter: &Filter, subject: &Subject<'_>) -> bool {
    match filter {
        Filter::Compare(comparison) => compares(comparison, subject),
        Filter::All(filters) => filters.iter().all(|filter| meets(filter, subject)),
        Filter::Any(filters) => filters.iter().any(|filter| meets(filter, subject)),
        Filter::Not(filter) => !meets(filter, subject),
        // Refused when they were read.
        Filter::Done(_) | Filter::NotDone(_) | Filter::Segments(_) => false,
    }
}

fn compares(comparison: &Comparison, subject: &Subject<'_>) -> bool {
    let value = match &comparison.dimension {
        Dimension::Page => subject.path,
        Dimension::EventName => subject.name.unwrap_or_default(),
        Dimension::Country => subject.country,
        Dimension::CityName => subject.city,
        Dimension::Source => subject.source,
        Dimension::Device => subject.device.as_str(),
        Dimension::Browser => subject.browser,
        Dimension::Os => subject.os,
        _ => return false,
    };
    let fold = |text: &str| if comparison.case_sensitive { text.to_owned() } else { text.to_lowercase() };
    // Values are those that a report shows: `Direct / None`, `Mobile`.
    let shown = fold(&comparison.dimension.shown(value));
    let mut values = comparison.values.iter();
    let found = match comparison.operator {
        Operator::Is | Operator::IsNot => values.any(|value| fold(&comparison.dimension.shown(value)) == shown),
        Operator::Contains | Operator::ContainsNot => values.any(|value| shown.contains(&fold(value))),
        Operator::Matches | Operator::MatchesNot => return false,
    };
    found != comparison.operator.is_negative()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn a_subject() -> Subject<'static> {
        Subject {
            path: "/shop/boots",
            name: Some("signup"),
            country: "BG",
            city: "Sofia",
            source: "",
            device: Device::Mobile,
            browser: "Firefox",
            os: "Linux",
        }
    }

    #[test]
    fn filters_mean_what_they_mean_in_reports() {
        for (text, expected) in [
            ("[]", true),
            (r#"[["is","event:page",["/","/shop/boots"]]]"#, true),
            (r#"[["contains","event:page",["/shop"]],["is","visit:country",["BG"]]]"#, true),
            (r#"[["contains","event:page",["/shop"]],["is","visit:country",["DE"]]]"#, false),
            (r#"[["or",[["is","visit:country",["DE"]],["is","visit:device",["Mobile"]]]]]"#, true),
            (r#"[["not",["is","visit:device",["Mobile"]]]]"#, false),
            (r#"[["is","visit:source",["Direct / None"]]]"#, true),
            (r#"[["is_not","visit:browser",["firefox"]]]"#, true),
            (r#"[["is_not","visit:browser",["firefox"],{"case_sensitive":false}]]"#, false),
            (r#"[["is","event:name",["signup"]]]"#, true),
            (r#"[["is","visit:city_name",["Sofia"]],["contains_not","visit:os",["Win"]]]"#, true),
        ] {
            assert_eq!(Wanted::parse(text, true).unwrap().has(a_subject()), expected, "{text}");
        }
    }

    #[test]
    fn what_is_not_known_now_is_refused() {
        for text in [
            "",
            "{}",
            r#"[["is","visit:exit_page",["/"]]]"#,
            r#"[["is","event:goal",["Signup"]]]"#,
            r#"[["is","segment",[1]]]"#,
            r#"[["has_done",["is","event:page",["/"]]]]"#,
            r#"[["matches","event:page",["^/a"]]]"#,
        ] {
            assert!(matches!(Wanted::parse(text, true), Err(ApiError::Invalid(_))), "{text}");
        }
        assert!(Wanted::parse(r#"[["is","event:name",["signup"]]]"#, false).is_err());
    }
}
