//! Compares badges of every style, byte by byte, with those in `tests/golden/badges`, and looks for whatever could break out
//! of one. A changed byte is a changed picture: look at it, then run the tests with `HEATLINE_BLESS=1`.

use std::{fs, path::PathBuf};

use proptest::prelude::*;
use roxmltree::Document;

use super::{BadgeParams, Content, content::Badge, params::STYLES};
use crate::render::typeset::Faces;

fn countries() -> Vec<(String, u64)> {
    let counted = [
        ("BG", 48_213),
        ("US", 9_310),
        ("DE", 7_042),
        ("GB", 3_125),
        ("BR", 2_480),
        ("JP", 1_204),
        ("ZA", 911),
        ("SA", 640),
        ("KR", 388),
        ("ME", 77),
        ("NP", 41),
        ("XK", 12),
        ("AD", 9),
        ("QQ", 5),
    ];
    counted.map(|(code, number)| (code.to_owned(), number)).to_vec()
}

fn series(steps: u64) -> Vec<u64> {
    (0..steps).map(|step| 40 + step * 3 + (step * step * 37) % 61).collect()
}

fn badge(query: &str, number: u64) -> Badge {
    let params = BadgeParams::parse(query).unwrap_or_else(|error| panic!("{query}: {error}"));
    let content = match params.style {
        super::Style::Flags if number == 0 => Content::default(),
        super::Style::Flags => Content { number, countries: countries(), others: 321, ..Content::default() },
        super::Style::Sparkline => {
            let steps = if matches!(params.show, super::Show::Online) { 24 } else { 30 };
            Content { number, series: series(steps), ..Content::default() }
        }
        _ => Content { number, ..Content::default() },
    };
    params.badge(content)
}

/// Every style, in scripts that are drawn in different ways.
const PICTURES: [(&str, &str, u64); 25] = [
    ("flat", "", 3),
    ("flat_nobody", "", 0),
    ("flat_bulgarian", "show=total&lang=bg&label=посещения", 1_234_567),
    ("flat_arabic", "show=today&lang=ar&color=purple", 1_234),
    ("flat_hebrew", "show=today&lang=he&label=מבקרים today&color=teal", 77),
    ("flat_chinese", "show=total&lang=zh&color=red", 98_765),
    ("flat_japanese", "lang=ja", 12),
    ("flat_korean", "show=month&lang=ko&color=orange", 4_321),
    ("flat_hindi", "show=views&lang=hi&color=pink", 1_234_567),
    ("flat_thai", "label=ผู้เยี่ยมชม&color=black", 55),
    ("flat_emoji", "label=🔥 readers 🇧🇬&color=yellow", 8),
    ("flat_alone", "show=total&label=", 42),
    ("pill", "style=pill", 17),
    ("pill_dark", "style=pill&theme=dark&show=today&lang=bg", 1_402),
    ("pill_yellow", "style=pill&color=yellow&label=посетители сега", 3),
    ("retro", "style=retro&show=total&label=visitors since 1998", 18_815),
    ("retro_green", "style=retro&show=views&label=&color=6f6", 123_456_789),
    ("digits", "style=digits&show=today", 1_337),
    ("digits_green", "style=digits&color=3dff6e&show=total&label=", 8_901_234_567),
    ("digits_bulgarian", "style=digits&color=ffb02e&lang=bg&label=на линия в момента", 42),
    ("sparkline", "style=sparkline&show=month", 5_218),
    ("sparkline_dark", "style=sparkline&theme=dark&lang=bg&color=4ad074", 27),
    ("flags", "style=flags&show=month", 73_772),
    ("flags_dark", "style=flags&show=total&metric=visitors&theme=dark&columns=5&limit=20&lang=bg", 73_772),
    ("flags_empty", "style=flags&limit=1&columns=1&label=", 0),
];

fn compare(name: &str, drawn: &[u8]) {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden/badges").join(name);
    if std::env::var_os("HEATLINE_BLESS").is_some() {
        fs::write(&path, drawn).unwrap();
    }
    let golden =
        fs::read(&path).unwrap_or_else(|error| panic!("{name} is missing ({error}): draw it with HEATLINE_BLESS=1"));
    assert!(golden == drawn, "{name} is drawn differently now; look at it, then run with HEATLINE_BLESS=1");
}

#[test]
fn draws_every_style_as_it_was_blessed() {
    let faces = Faces::default();
    for (name, query, number) in PICTURES {
        let drawn = badge(format!("{query}&scale=2").trim_start_matches('&'), number);
        compare(&format!("{name}.png"), &drawn.png(&faces).unwrap());
        compare(&format!("{name}.svg"), drawn.svg(&faces).as_bytes());
    }
}

/// Returns the title and the texts that are read out.
fn texts(svg: &str) -> (String, Vec<String>) {
    let document = Document::parse(svg).unwrap();
    let text = |node: roxmltree::Node| node.text().unwrap_or_default().to_owned();
    let title = document.descendants().find(|node| node.has_tag_name("title")).map(text).unwrap();
    let drawn = document.descendants().filter(|node| node.has_tag_name("text") && !node.has_attribute("aria-hidden"));
    (title, drawn.map(text).collect())
}

/// Fails where a picture holds anything but shapes and texts.
fn assert_harmless(svg: &str, what: &str) {
    const ELEMENTS: [&str; 12] =
        ["svg", "title", "defs", "clipPath", "linearGradient", "stop", "g", "rect", "circle", "path", "text", "tspan"];
    let document = Document::parse(svg).unwrap_or_else(|error| panic!("{what}: {error}"));
    for node in document.descendants().filter(roxmltree::Node::is_element) {
        assert!(ELEMENTS.contains(&node.tag_name().name()), "{what}: {}", node.tag_name().name());
        for attribute in node.attributes() {
            let (name, value) = (attribute.name(), attribute.value());
            let is_outside = name.starts_with("on") || ["href", "style", "src", "class"].contains(&name);
            assert!(!is_outside, "{what}: {name}");
            let is_text = name == "aria-label";
            let refers = value.contains("url(") && !["url(#corners)", "url(#shade)"].contains(&value);
            assert!(is_text || !(refers || value.contains("//") || value.contains(':')), "{what}: {name}={value}");
        }
    }
    assert!(!svg.contains("<!") && !svg.contains("<?"), "{what}");
}

/// Texts that were made to be more than texts.
const HOSTILE: [&str; 16] = [
    "</text></svg><script>alert(1)</script>",
    "\" onload=\"alert(1)",
    "' onerror='alert(1)",
    "<image href=//evil.example/x>",
    "<!ENTITY x SYSTEM \"file:///etc/passwd\">&x;",
    "<!DOCTYPE svg [<!ENTITY a \"b\">]>",
    "<?xml-stylesheet href='//evil.example'?>",
    "]]>",
    "<![CDATA[",
    "<!--",
    "--><script>",
    "&#0;&#x3c;script&#x3e;",
    "javascript:alert(1)",
    "url(//evil.example/)",
    "<foreignObject><b>x</b>",
    "\\u003cscript\\u003e%3Cscript%3E",
];

#[test]
fn no_text_breaks_out_of_any_style() {
    let faces = Faces::default();
    for text in HOSTILE {
        for style in STYLES {
            let mut query = url::form_urlencoded::Serializer::new(String::new());
            query.append_pair("label", text).append_pair("style", style).append_pair("path", &format!("/{text}"));
            let svg = badge(&query.finish(), 3).svg(&faces);
            assert_harmless(&svg, &format!("{style}: {text}"));
            assert!(texts(&svg).0.starts_with(text), "{style}: {text}");
        }
        let plain = Badge::plain(text.to_owned(), text.to_owned(), None).svg(&faces);
        assert_eq!(texts(&plain).1, [text, text]);
        assert_harmless(&plain, text);
    }
    let hostile_code = Content { countries: vec![("\"><x".to_owned(), 5)], ..Content::default() };
    let svg = BadgeParams::parse("style=flags").unwrap().badge(hostile_code).svg(&faces);
    assert_harmless(&svg, "the code of a country");
}

#[test]
fn every_blessed_picture_is_harmless_and_says_what_it_shows() {
    let faces = Faces::default();
    for (name, query, number) in PICTURES {
        let badge = badge(query, number);
        let svg = badge.svg(&faces);
        assert_harmless(&svg, name);
        let (title, drawn) = texts(&svg);
        assert!(title.starts_with(&badge.title()), "{name}: {title}");
        // Digits of seven segments and of wheels are drawn one by one.
        if !(name.starts_with("digits") || name.starts_with("retro")) {
            assert!(drawn.iter().any(|text| text.contains(&badge.value)), "{name}: {drawn:?}");
        }
        let document = Document::parse(&svg).unwrap();
        assert_eq!(document.root_element().attribute("role"), Some("img"), "{name}");
    }
}

proptest! {
    #[test]
    fn is_well_formed_whatever_the_texts(
        label in prop::collection::vec(any::<char>(), 0..40), value in any::<String>(), retro: bool,
    ) {
        let faces = Faces::default();
        let label: String = label.into_iter().collect();
        let mut badge = Badge { label, value, ..badge(if retro { "style=retro" } else { "style=pill" }, 3) };
        badge.params.scale = 1;
        let svg = badge.svg(&faces);
        prop_assert!(Document::parse(&svg).is_ok(), "{}", svg);
        prop_assert!(badge.png(&faces).is_ok());
    }
}
