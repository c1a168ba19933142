//! Owns what can be asked of a heat map: names, bounds and defaults. It does not know HTTP.

use std::{fmt::Display, ops::RangeInclusive, str::FromStr};

use crate::{
    model::{Device, Pathname},
    render::{Normalise, Palette},
};

/// Widths that a map can be drawn at, in CSS pixels.
pub const WIDTHS: RangeInclusive<u32> = 120..=3840;
/// Radii that a click can be drawn with, in CSS pixels.
pub const RADII: RangeInclusive<u32> = 4..=128;
/// Picture pixels per CSS pixel.
pub const SCALES: RangeInclusive<f32> = 0.25..=2.0;

/// What a map shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Click,
    Scroll,
}

/// What lies behind the heat.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Underlay {
    /// The page as a wireframe.
    Layout,
    /// Nothing: the picture is transparent.
    None,
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
    pub path: Pathname,
    pub kind: Kind,
    /// Width of the page in CSS pixels. Default 1280.
    pub width: u32,
    /// Only views whose viewport is so many CSS pixels wide; default all.
    pub widths: Option<RangeInclusive<u16>>,
    /// Only views on this class of device; default all.
    pub device: Option<Device>,
    pub palette: Palette,
    pub underlay: Underlay,
    /// Default true.
    pub legend: bool,
    /// How far a click's colour reaches, in CSS pixels: two standard deviations. Default 24.
    pub radius: u32,
    pub normalise: Normalise,
    /// Picture pixels per CSS pixel. Default 1.
    pub scale: f32,
}

impl MapRequest {
    /// The parameters that [`Self::parse`] knows.
    pub const NAMES: [&str; 11] =
        ["path", "kind", "width", "widths", "device", "palette", "underlay", "legend", "radius", "normalise", "scale"];

    /// Makes the request for a page with every other value at its default.
    pub fn new(path: Pathname) -> Self {
        Self {
            path,
            kind: Kind::Click,
            width: 1280,
            widths: None,
            device: None,
            palette: Palette::default(),
            underlay: Underlay::Layout,
            legend: true,
            radius: 24,
            normalise: Normalise::default(),
            scale: 1.0,
        }
    }

    /// Reads the parameters of a query string. Unknown and repeated ones are errors, so that a typing error is
    /// never answered with a map of something else.
    pub fn parse(pairs: &[(String, String)]) -> Result<Self, ParamError> {
        let path = match pairs.iter().find(|(name, _)| name == "path") {
            Some((name, value)) => Pathname::parse(value).map_err(|cause| wrong(name, cause.to_string()))?,
            None => return Err(wrong("path", "it is missing: the path of the page, as /pricing")),
        };
        let mut request = Self::new(path);
        let mut seen: Vec<&str> = Vec::new();
        for (name, value) in pairs {
            if seen.contains(&name.as_str()) {
                return Err(wrong(name, "it is given twice"));
            }
            seen.push(name);
            request.set(name, value)?;
        }
        Ok(request)
    }

    fn set(&mut self, name: &str, value: &str) -> Result<(), ParamError> {
        match name {
            "path" => {} // read first
            "kind" => self.kind = kind(value)?,
            "width" => self.width = within(name, value, &WIDTHS)?,
            "widths" => self.widths = Some(widths(value)?),
            "device" => self.device = Some(device(value)?),
            "palette" => self.palette = Palette::from_word(value).ok_or_else(|| one_of(name, "heat, viridis, ice"))?,
            "underlay" => self.underlay = underlay(value)?,
            "legend" => self.legend = truth(name, value)?,
            "radius" => self.radius = within(name, value, &RADII)?,
            "normalise" => {
                self.normalise = Normalise::from_word(value).ok_or_else(|| one_of(name, "p99, max, per_view"))?;
            }
            "scale" => self.scale = within(name, value, &SCALES)?,
            _ => {
                let known = Self::NAMES.join(", ");
                return Err(wrong(name, format!("it is not known; a heat map has {known}")));
            }
        }
        Ok(())
    }

    /// Returns the standard deviation of a click's spot in picture pixels.
    pub fn sigma(&self) -> f32 {
        self.radius as f32 / 2.0 * self.scale
    }
}

fn kind(value: &str) -> Result<Kind, ParamError> {
    match value {
        "click" => Ok(Kind::Click),
        "scroll" => Ok(Kind::Scroll),
        "rage" | "dead" | "error" | "move" | "attention" => {
            Err(wrong("kind", format!("{value} is not available yet; available are click, scroll")))
        }
        _ => Err(one_of("kind", "click, scroll")),
    }
}

fn underlay(value: &str) -> Result<Underlay, ParamError> {
    match value {
        "layout" => Ok(Underlay::Layout),
        "none" => Ok(Underlay::None),
        "screenshot" => Err(wrong("underlay", "screenshot is not available yet; available are layout, none")),
        _ => Err(one_of("underlay", "layout, none")),
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
            ("palette", "viridis"),
            ("underlay", "none"),
            ("legend", "false"),
            ("radius", "40"),
            ("normalise", "per_view"),
            ("scale", "0.5"),
        ])
        .unwrap();
        assert_eq!(request.path.as_str(), "/цени");
        assert_eq!((request.kind, request.width, request.radius), (Kind::Scroll, 390, 40));
        assert_eq!((request.widths, request.device), (Some(320..=480), Some(Device::Mobile)));
        assert_eq!((request.palette, request.normalise), (Palette::Viridis, Normalise::PerView));
        assert_eq!((request.underlay, request.legend), (Underlay::None, false));
    }

    #[test]
    fn has_a_default_for_all_but_the_path() {
        let request = parse(&[("path", "/")]).unwrap();
        assert_eq!(request, MapRequest::new(Pathname::parse("/").unwrap()));
        assert_eq!(parse(&[]).unwrap_err().name, "path");
    }

    #[test]
    fn refuses_what_is_out_of_bounds_and_says_what_would_be_right() {
        let cases = [
            ("path", "pricing", "slash"),
            ("width", "119", "120 to 3840"),
            ("width", "99999", "120 to 3840"),
            ("width", "-1", "120 to 3840"),
            ("width", "1280.5", "120 to 3840"),
            ("widths", "480-320", "320-480"),
            ("widths", "320", "320-480"),
            ("widths", "0-99999", "320-480"),
            ("kind", "rage", "not available yet"),
            ("kind", "heat", "click, scroll"),
            ("device", "phone", "mobile"),
            ("palette", "jet", "viridis"),
            ("underlay", "screenshot", "not available yet"),
            ("legend", "yes", "true, false"),
            ("radius", "0", "4 to 128"),
            ("normalise", "p50", "p99"),
            ("scale", "NaN", "0.25 to 2"),
            ("scale", "inf", "0.25 to 2"),
            ("scale", "9", "0.25 to 2"),
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
