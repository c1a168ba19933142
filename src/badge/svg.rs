//! Owns the drawing of badges as SVG: one self-contained picture without scripts, styles and outside references.

use super::{
    params::{Color, Lang, Style},
    text_width::text_width,
};

const HEIGHT: u32 = 20;
const FONT_SIZE: f32 = 11.0;
/// Between the text and the ends of its half.
const PADDING: f32 = 7.0;
const DOT_RADIUS: f32 = 3.0;
/// Between the dot and the text.
const DOT_GAP: f32 = 5.0;
const LABEL_BACKGROUND: Color = Color { red: 0x42, green: 0x4a, blue: 0x53 };
/// White text on dark colors, this on light ones.
const DARK_TEXT: &str = "#1f2328";

/// A badge, ready to be drawn: a label at the left, a value on color at the right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Badge {
    /// Empty for a badge that is the value alone.
    pub label: String,
    pub value: String,
    pub color: Color,
    /// A lamp before the label, which tells a live number from others.
    pub dot: Option<Color>,
    pub lang: Lang,
    pub style: Style,
}

impl Badge {
    /// Draws the badge.
    ///
    /// Texts are drawn to the width that was reckoned for them (`textLength`), so that they fit in whatever font the
    /// viewer has. Whatever the texts hold, the result is well-formed XML.
    #[must_use]
    pub fn svg(&self) -> String {
        match self.style {
            Style::Flat => self.flat(),
        }
    }

    fn flat(&self) -> String {
        let mut halves = Vec::new();
        let mut width = 0.0;
        if !self.label.is_empty() {
            let label = Half::new(&self.label, width, LABEL_BACKGROUND, self.dot);
            width += label.width();
            halves.push(label);
        }
        let value = Half::new(&self.value, width, self.color, None);
        width += value.width();
        halves.push(value);

        let backgrounds: String = halves.iter().map(Half::background).collect();
        let texts: String = halves.iter().map(Half::foreground).collect();
        let title = escape(&self.title());
        let lang = self.lang.as_str();
        format!(
            r##"<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{HEIGHT}" viewBox="0 0 {width} {HEIGHT}" role="img" aria-label="{title}" xml:lang="{lang}">
<title>{title}</title>
<defs>
<linearGradient id="shade" x2="0" y2="1"><stop stop-color="#fff" stop-opacity=".09"/><stop offset="1" stop-opacity=".09"/></linearGradient>
<clipPath id="corners"><rect width="{width}" height="{HEIGHT}" rx="4"/></clipPath>
</defs>
<g clip-path="url(#corners)">{backgrounds}<rect width="{width}" height="{HEIGHT}" fill="url(#shade)"/></g>
<g text-anchor="middle" font-family="Verdana,Geneva,'DejaVu Sans',sans-serif" font-size="{FONT_SIZE}">{texts}</g>
</svg>
"##
        )
    }

    /// Returns what the badge says, for those who hear it.
    fn title(&self) -> String {
        if self.label.is_empty() { self.value.clone() } else { format!("{}: {}", self.label, self.value) }
    }
}

/// One text on its background.
struct Half<'a> {
    text: &'a str,
    left: f32,
    text_width: f32,
    background: Color,
    dot: Option<Color>,
}

impl<'a> Half<'a> {
    fn new(text: &'a str, left: f32, background: Color, dot: Option<Color>) -> Self {
        Self { text, left, text_width: text_width(text, FONT_SIZE), background, dot }
    }

    /// Whole pixels, for half ones are drawn as a seam.
    fn width(&self) -> f32 {
        (self.dot_width() + self.text_width + 2.0 * PADDING).ceil()
    }

    fn dot_width(&self) -> f32 {
        if self.dot.is_some() { DOT_RADIUS * 2.0 + DOT_GAP } else { 0.0 }
    }

    fn background(&self) -> String {
        format!(r#"<rect x="{}" width="{}" height="{HEIGHT}" fill="{}"/>"#, self.left, self.width(), self.background)
    }

    /// Draws dot and text, the text with a soft edge below it, which keeps it readable on any color.
    fn foreground(&self) -> String {
        let dot = self.dot.map(|color| {
            let x = self.left + PADDING + DOT_RADIUS;
            format!(r#"<circle cx="{x}" cy="10" r="{DOT_RADIUS}" fill="{color}"/>"#)
        });
        let dot = dot.unwrap_or_default();
        if self.text_width == 0.0 {
            return dot;
        }
        let (color, edge) = if self.background.is_light() { (DARK_TEXT, "#fff") } else { ("#fff", "#000") };
        let middle = self.left + self.dot_width() + (self.width() - self.dot_width()) / 2.0;
        let length = self.text_width;
        let direction = if is_right_to_left(self.text) { r#" direction="rtl""# } else { "" };
        let text = escape(self.text);
        let place = format!(r#"x="{middle}" textLength="{length:.1}" lengthAdjust="spacingAndGlyphs"{direction}"#);
        let shadow =
            format!(r#"<text {place} y="15" fill="{edge}" fill-opacity=".25" aria-hidden="true">{text}</text>"#);
        format!(r#"{dot}{shadow}<text {place} y="14" fill="{color}">{text}</text>"#)
    }
}

/// Tells whether the first letter belongs to a script that is written from the right.
fn is_right_to_left(text: &str) -> bool {
    let first = text.chars().find(|c| c.is_alphabetic());
    first.map(u32::from).is_some_and(|code| {
        let in_first_plane = matches!(code, 0x0590..=0x08ff | 0xfb1d..=0xfdff | 0xfe70..=0xfeff);
        in_first_plane || matches!(code, 0x1_0800..=0x1_0fff | 0x1_e800..=0x1_efff)
    })
}

/// Escapes a text for XML, in elements and attributes alike. What XML cannot hold becomes U+FFFD.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            '\u{fffe}' | '\u{ffff}' => escaped.push(char::REPLACEMENT_CHARACTER),
            c if c.is_control() => escaped.push(char::REPLACEMENT_CHARACTER),
            c => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use roxmltree::Document;

    use super::*;

    fn badge(label: &str, value: &str) -> Badge {
        Badge {
            label: label.to_owned(),
            value: value.to_owned(),
            color: Color::GREEN,
            dot: None,
            lang: Lang::En,
            style: Style::Flat,
        }
    }

    /// Returns the title and the drawn texts, without the soft edges.
    fn texts(svg: &str) -> (String, Vec<String>) {
        let document = Document::parse(svg).unwrap();
        let text = |node: roxmltree::Node| node.text().unwrap_or_default().to_owned();
        let title = document.descendants().find(|node| node.has_tag_name("title")).map(text).unwrap();
        let drawn =
            document.descendants().filter(|node| node.has_tag_name("text") && !node.has_attribute("aria-hidden"));
        (title, drawn.map(text).collect())
    }

    fn width(svg: &str) -> f32 {
        Document::parse(svg).unwrap().root_element().attribute("width").unwrap().parse().unwrap()
    }

    #[test]
    fn says_label_and_value() {
        assert_eq!(
            texts(&badge("online", "3").svg()),
            ("online: 3".to_owned(), vec!["online".to_owned(), "3".to_owned()])
        );
        assert_eq!(texts(&badge("", "3").svg()), ("3".to_owned(), vec!["3".to_owned()]));
    }

    #[test]
    fn is_as_wide_as_its_text_in_any_script() {
        let cases = [
            ("Latin", "online", 70.0),
            ("Cyrillic", "на линия", 85.0),
            ("Chinese", "在线访客", 80.0),
            ("Arabic", "الزوار الآن", 89.0),
            ("no label", "", 22.0),
        ];
        for (script, label, expected) in cases {
            let found = width(&badge(label, "3").svg());
            assert!((found - expected).abs() <= 5.0, "{script}: {found}");
        }
        assert!(width(&badge(&"ю".repeat(60), "18,446,744,073,709,551,615").svg()) < 900.0);
    }

    #[test]
    fn shows_a_lamp_beside_live_numbers() {
        let plain = badge("online", "3");
        let lit = Badge { dot: Some(Color::GREEN), ..plain.clone() };
        assert!(!plain.svg().contains("<circle"));
        assert!(lit.svg().contains("<circle"));
        let wider_by = width(&lit.svg()) - width(&plain.svg());
        assert!((wider_by - 2.0 * DOT_RADIUS - DOT_GAP).abs() <= 1.0, "{wider_by}");
    }

    #[test]
    fn is_an_image_to_readers_and_names_its_language() {
        let svg = Badge { lang: Lang::Bg, ..badge("на линия", "3") }.svg();
        let document = Document::parse(&svg).unwrap();
        let root = document.root_element();
        assert_eq!(root.attribute("role"), Some("img"));
        assert_eq!(root.attribute("aria-label"), Some("на линия: 3"));
        assert_eq!(root.attribute(("http://www.w3.org/XML/1998/namespace", "lang")), Some("bg"));
    }

    #[test]
    fn hostile_labels_stay_text() {
        let labels = [
            "</text></svg><script>alert(1)</script>",
            "\" onload=\"alert(1)",
            "' x='",
            "<!ENTITY x SYSTEM \"file:///etc/passwd\">&x;",
            "]]>",
            "<![CDATA[",
            "<!--",
            "&#0;",
            "a\u{0}b\u{1b}[2J\u{fffe}",
        ];
        for label in labels {
            let svg = badge(label, label).svg();
            let expected = label.replace(['\u{0}', '\u{1b}', '\u{fffe}'], "\u{fffd}");
            assert_eq!(texts(&svg).1, [expected.clone(), expected], "{label}");
            let document = Document::parse(&svg).unwrap();
            for node in document.descendants().filter(roxmltree::Node::is_element) {
                assert!(!matches!(
                    node.tag_name().name(),
                    "script" | "style" | "a" | "image" | "use" | "foreignObject"
                ));
                let outside = |name: &str| name.starts_with("on") || name == "href" || name == "style";
                assert!(!node.attributes().any(|attribute| outside(attribute.name())), "{label}");
            }
        }
    }

    proptest! {
        #[test]
        fn is_well_formed_whatever_the_texts(label in prop::collection::vec(any::<char>(), 0..40), value in any::<String>()) {
            let label: String = label.into_iter().collect();
            let svg = badge(&label, &value).svg();
            prop_assert!(Document::parse(&svg).is_ok(), "{}", svg);
            prop_assert!(width(&svg) >= 2.0 * PADDING);
        }
    }
}
