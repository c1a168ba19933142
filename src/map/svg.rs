//! Owns maps as SVG. It does not know what is drawn.

use std::fmt::Write as _;

use super::drawing::{Corner, Element, Picture};
use crate::render::{Rgba, svg as shapes, text};

/// The fonts are those of badges: one with the widths that were reckoned with is nearly everywhere.
const FONTS: &str = "'DejaVu Sans',Verdana,Geneva,sans-serif";

/// Writes a picture.
pub(super) fn write(picture: &Picture) -> String {
    let (width, height) = (picture.sheet.width, picture.sheet.height);
    let title = escaped(&picture.title);
    let mut file = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\" \
         role=\"img\" aria-label=\"{title}\" xml:lang=\"{}\">\n",
        picture.lang.as_str()
    );
    if !title.is_empty() {
        put(&mut file, format_args!("<title>{title}</title>\n"));
    }
    put(&mut file, format_args!("<desc>{}</desc>\n", escaped(&picture.description)));
    for element in &picture.elements {
        write_element(&mut file, picture, element);
    }
    file.push_str("</svg>\n");
    file
}

fn write_element(file: &mut String, picture: &Picture, element: &Element) {
    match element {
        Element::Ground { fill, radius } => {
            let (width, height) = (picture.sheet.width, picture.sheet.height);
            let paint = paint("fill", *fill);
            put(file, format_args!("<rect width=\"{width}\" height=\"{height}\" rx=\"{radius:.1}\"{paint}/>\n"));
        }
        Element::Area { rings, fill } => {
            let (d, paint) = (path(rings, true), paint("fill", *fill));
            put(file, format_args!("<path transform=\"scale(.1)\" fill-rule=\"evenodd\"{paint} d=\"{d}\"/>\n"));
        }
        Element::Lines { lines, width, stroke } => {
            let (d, paint) = (path(lines, false), paint("stroke", *stroke));
            put(
                file,
                format_args!(
                    "<path transform=\"scale(.1)\" fill=\"none\"{paint} stroke-width=\"{:.1}\" stroke-linejoin=\"round\" \
                     d=\"{d}\"/>\n",
                    width * 10.0
                ),
            );
        }
        Element::Glow(glow) => {
            let size = (picture.sheet.width, picture.sheet.height);
            file.push_str(&shapes::glow(&glow.levels, glow.columns, glow.cell, &glow.ramp, size));
        }
        Element::Disc { x, y, radius, fill, edge, edge_width, name } => {
            let (fill, edge) = (paint("fill", *fill), paint("stroke", *edge));
            let name = escaped(name);
            put(
                file,
                format_args!(
                    "<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"{radius:.1}\"{fill}{edge} stroke-width=\"{edge_width:.1}\">\
                     <title>{name}</title></circle>\n"
                ),
            );
        }
        Element::Rect { x, y, width, height, fill } => {
            let fill = paint("fill", *fill);
            put(
                file,
                format_args!("<rect x=\"{x:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" height=\"{height:.1}\"{fill}/>\n"),
            );
        }
        Element::Text { x, baseline, size, fill, text } => {
            let wide = text::width(text, *size);
            let (fill, text) = (paint("fill", *fill), escaped(text));
            put(
                file,
                format_args!(
                    "<text x=\"{x:.1}\" y=\"{baseline:.1}\" font-family=\"{FONTS}\" font-size=\"{size:.1}\" \
                     textLength=\"{wide:.1}\" lengthAdjust=\"spacingAndGlyphs\"{fill}>{text}</text>\n"
                ),
            );
        }
    }
}

fn put(file: &mut String, part: std::fmt::Arguments<'_>) {
    file.write_fmt(part).expect("writing to a string cannot fail");
}

fn paint(what: &str, colour: Rgba) -> String {
    let Rgba { red, green, blue, alpha } = colour;
    let mut paint = format!(" {what}=\"#{red:02x}{green:02x}{blue:02x}\"");
    if alpha < u8::MAX {
        let _ = write!(paint, " {what}-opacity=\"{:.2}\"", f32::from(alpha) / 255.0);
    }
    paint
}

/// Writes lines as steps from corner to corner, in tenths of a pixel.
fn path(lines: &[Vec<Corner>], is_closed: bool) -> String {
    let mut d = String::new();
    for line in lines {
        let mut at = (0, 0);
        for (number, &to) in line.iter().enumerate() {
            let (right, down) = (to.0 - at.0, to.1 - at.1);
            let command = match number {
                0 => "M",
                1 => "l",
                _ if right < 0 => "",
                _ => " ",
            };
            let gap = if down < 0 { "" } else { " " };
            put(&mut d, format_args!("{command}{right}{gap}{down}"));
            at = to;
        }
        if is_closed {
            d.push('z');
        }
    }
    d
}

/// Escapes a text for XML, in elements and attributes alike. What XML cannot hold, and what turns the text around it, is left out.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {}
            _ if letter.is_control() || u32::from(letter) & 0xfffe == 0xfffe => {}
            _ => escaped.push(letter),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use roxmltree::Document;

    use super::super::{MapParams, Shown, Style, Theme, VisitorMap, places::Spot};

    /// Names that a hostile geo database, an import or an event of a server could bring.
    const HOSTILE: [&str; 9] = [
        "</title><script>alert(1)</script>",
        "\"/><image href=\"https://evil.example/x.png\"/>",
        "' onload='alert(1)",
        "]]><!--",
        "&lt;&#0;&evil;",
        "\u{0}\u{8}\u{fffe}\u{ffff}\u{1fffe}",
        "\u{202e}gnorw\u{2066}",
        "<!DOCTYPE svg [<!ENTITY x SYSTEM \"file:///etc/passwd\">]>",
        "東京 القاهرة София",
    ];

    fn map(style: Style, theme: Theme) -> VisitorMap {
        let spots: Vec<Spot> = HOSTILE
            .iter()
            .zip(1_u8..)
            .map(|(name, number)| Spot {
                country: (*name).to_owned(),
                city: (*name).to_owned(),
                latitude: f32::from(number) * 8.0 - 40.0,
                longitude: f32::from(number) * 36.0 - 180.0,
                visitors: number.into(),
            })
            .collect();
        let countries = HOSTILE.iter().map(|name| ((*name).to_owned(), 3)).collect();
        let shown = Shown { spots, countries, visitors: 45 };
        VisitorMap { params: MapParams { style, theme, ..MapParams::default() }, shown, geo: HOSTILE[0].to_owned() }
    }

    #[test]
    fn whatever_cities_are_called_it_is_xml_without_anything_from_elsewhere() {
        for style in [Style::Dots, Style::Heat, Style::Countries] {
            for theme in [Theme::Light, Theme::Dark, Theme::Transparent] {
                let file = map(style, theme).svg();
                let document = Document::parse(&file).unwrap_or_else(|error| panic!("{style:?} {theme:?}: {error}"));
                for node in document.descendants().filter(roxmltree::Node::is_element) {
                    let name = node.tag_name().name();
                    let known = ["svg", "title", "desc", "rect", "path", "circle", "text", "g", "defs", "mask", "use"];
                    assert!(known.contains(&name), "{style:?}: <{name}>");
                    for attribute in node.attributes() {
                        assert!(!attribute.name().starts_with("on") && attribute.name() != "style", "{attribute:?}");
                        let refers = attribute.name() == "href" || attribute.value().contains("url(");
                        let is_inside = attribute.value().starts_with('#') || attribute.value().starts_with("url(#");
                        assert!(!refers || is_inside, "{attribute:?}");
                    }
                }
            }
        }
    }

    #[test]
    fn names_are_said_as_they_are() {
        let file = map(Style::Dots, Theme::Light).svg();
        let document = Document::parse(&file).unwrap();
        let said: Vec<&str> = document
            .descendants()
            .filter(|node| {
                node.has_tag_name("title") && node.parent().is_some_and(|parent| parent.has_tag_name("circle"))
            })
            .filter_map(|node| node.text())
            .collect();
        assert_eq!(said.len(), HOSTILE.len());
        assert!(said.contains(&"東京 القاهرة София, 東京 القاهرة София: 9"), "{said:?}");
        assert!(said.contains(&"</title><script>alert(1)</script>, </title><script>alert(1)</script>: 1"), "{said:?}");
    }
}
