//! Owns what a badge tells: its parameters together with what was counted. It does not lay it out.

use serde_json::{Value, json};

use super::{
    color::Color,
    params::{BadgeParams, Style},
    raster,
    show::{Period, Show},
    sketch::Sketch,
    styles, svg,
};
use crate::render::{EncodeError, typeset::Faces};

/// What was counted for a badge.
#[derive(Debug, Clone, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
pub struct Content {
    /// The number, without any seed.
    pub number: u64,
    /// How it came about, oldest first; for sparklines.
    pub series: Vec<u64>,
    /// Codes of countries with their numbers, most first; for flags.
    pub countries: Vec<(String, u64)>,
    /// Those of countries that are not named.
    pub others: u64,
}

/// A badge, ready to be drawn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Badge {
    pub(super) params: BadgeParams,
    pub(super) label: String,
    /// The number with its seed, and as it is written.
    pub(super) number: u64,
    pub(super) value: String,
    pub(super) color: Color,
    /// A lamp before the label, which tells a live number from others.
    pub(super) dot: Option<Color>,
    pub(super) series: Vec<u64>,
    pub(super) countries: Vec<(String, u64)>,
    pub(super) others: u64,
}

impl BadgeParams {
    /// Returns the badge that shows this.
    #[must_use]
    pub fn badge(&self, content: Content) -> Badge {
        let number = content.number.saturating_add(self.seed);
        Badge {
            label: self.label(),
            number,
            value: self.lang.number(number),
            color: self.color.unwrap_or_else(|| usual_color(self)),
            dot: dot(self.show, number),
            series: content.series,
            countries: content.countries,
            others: content.others,
            params: self.clone(),
        }
    }
}

/// Green where it is live, blue else; old counters had colors of their own.
fn usual_color(params: &BadgeParams) -> Color {
    match params.style {
        Style::Retro => Color::rgb(0xf5, 0xf5, 0xf0),
        Style::Digits => Color::rgb(0xff, 0x4d, 0x3d),
        Style::Flat | Style::Pill | Style::Sparkline | Style::Flags => match params.show {
            Show::Online => Color::GREEN,
            Show::Counted(_) => Color::BLUE,
        },
    }
}

/// The lamp beside a live number: on while somebody is there.
fn dot(show: Show, number: u64) -> Option<Color> {
    match show {
        Show::Online if number > 0 => Some(Color::rgb(0x4a, 0xd0, 0x74)),
        Show::Online => Some(Color::rgb(0x8c, 0x95, 0x9f)),
        Show::Counted(_) => None,
    }
}

impl Badge {
    /// Makes a flat badge of any two texts, for counters whose addresses were made for others.
    #[must_use]
    pub fn plain(label: String, value: String, color: Option<Color>) -> Self {
        let badge = BadgeParams { show: Show::Counted(Period::All), color, ..BadgeParams::default() };
        Self { label, value, ..badge.badge(Content::default()) }
    }

    /// Writes the badge as SVG: one self-contained picture without scripts, styles and outside references. Whatever the
    /// texts hold, the result is well-formed XML.
    #[must_use]
    pub fn svg(&self, faces: &Faces) -> String {
        svg::write(&self.sketch(faces))
    }

    /// Draws the badge as PNG.
    pub fn png(&self, faces: &Faces) -> Result<Vec<u8>, EncodeError> {
        raster::png(&self.sketch(faces), f32::from(self.params.scale), faces)
    }

    fn sketch(&self, faces: &Faces) -> Sketch {
        match self.params.style {
            Style::Flat => styles::flat::sketch(self, faces),
            Style::Pill => styles::pill::sketch(self, faces),
            Style::Retro => styles::retro::sketch(self, faces),
            Style::Digits => styles::digits::sketch(self, faces),
            Style::Sparkline => styles::sparkline::sketch(self, faces),
            Style::Flags => styles::flags::sketch(self, faces),
        }
    }

    /// Returns the badge as a document. `schemaVersion`, `label`, `message` and `color` are what shields.io's endpoint
    /// badges read.
    #[must_use]
    pub fn json(&self, site: &str) -> Value {
        let mut document = json!({
            "schemaVersion": 1,
            "label": self.label,
            "message": self.value,
            "color": self.color.to_string(),
            "site": site,
            "path": self.params.path,
            "show": self.params.show.as_str(),
            "metric": self.params.metric.as_str(),
            "value": self.number,
            "seed": self.params.seed,
        });
        match self.params.style {
            Style::Sparkline => document["series"] = json!(self.series),
            Style::Flags => {
                let country = |(code, number): &(String, u64)| json!({"country": code, "value": number});
                document["countries"] = self.countries.iter().map(country).collect();
                document["others"] = json!(self.others);
            }
            Style::Flat | Style::Pill | Style::Retro | Style::Digits => {}
        }
        document
    }

    /// Returns what the badge says, for those who hear it.
    pub(super) fn title(&self) -> String {
        if self.label.is_empty() { self.value.clone() } else { format!("{}: {}", self.label, self.value) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn badge(query: &str, number: u64) -> Badge {
        BadgeParams::parse(query).unwrap().badge(Content { number, ..Content::default() })
    }

    #[test]
    fn fills_in_labels_numbers_and_colors() {
        let cases = [
            ("", "online", "1,234", Color::GREEN),
            ("lang=bg", "на линия", "1234", Color::GREEN),
            ("show=today", "today", "1,234", Color::BLUE),
            ("show=today&lang=bg", "днес", "1234", Color::BLUE),
            ("show=total", "total visits", "1,234", Color::BLUE),
            ("show=total&lang=bg&seed=18815", "общо", "20\u{a0}049", Color::BLUE),
            ("show=views", "views", "1,234", Color::BLUE),
            ("label=readers&color=000", "readers", "1,234", Color::rgb(0, 0, 0)),
            ("label=", "", "1,234", Color::GREEN),
        ];
        for (query, label, value, color) in cases {
            let badge = badge(query, 1234);
            assert_eq!((badge.label.as_str(), badge.value.as_str(), badge.color), (label, value, color), "{query}");
        }
    }

    #[test]
    fn a_document_has_the_number_and_what_other_badge_services_read() {
        let document = badge("show=total&seed=1000&path=/a", 234).json("a.example");
        assert_eq!(document["value"], 1234);
        assert_eq!(document["seed"], 1000);
        assert_eq!((&document["path"], &document["show"]), (&json!("/a"), &json!("total")));
        assert_eq!((&document["schemaVersion"], &document["message"]), (&json!(1), &json!("1,234")));
    }
}
