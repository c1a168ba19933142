//! Owns the writing of badges as SVG: no scripts, styles, links or outside references, and texts that are only texts.

use std::fmt::Write as _;

use unicode_bidi::{BidiClass, bidi_class};

use super::{
    sketch::{Ink, Place, Shape, Sketch, Text},
    xml::escape,
};

/// Fonts of the viewer that are about as wide as ours; every text is drawn to the width that was measured in ours.
const FONTS: &str = "Verdana,Geneva,'DejaVu Sans',sans-serif";

/// Writes a picture.
pub fn write(sketch: &Sketch) -> String {
    let mut svg = String::with_capacity(2048);
    let title = escape(&sketch.title);
    let (width, height) = (Number(sketch.width), Number(sketch.height));
    let _ = write!(
        svg,
        r#"<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}" role="img" aria-label="{title}" xml:lang="{}">"#,
        sketch.lang
    );
    let _ = write!(svg, "\n<title>{title}</title>\n<defs>");
    let _ = write!(
        svg,
        r#"<clipPath id="corners"><rect width="{width}" height="{height}" rx="{}"/></clipPath>"#,
        Number(sketch.corner)
    );
    let shades = sketch.shapes.iter().find_map(|shape| match shape {
        Shape::Shade { strength, .. } => Some(*strength),
        _ => None,
    });
    if let Some(strength) = shades {
        let _ = write!(
            svg,
            r##"<linearGradient id="shade" x2="0" y2="1"><stop stop-color="#fff" stop-opacity="{0}"/><stop offset="1" stop-opacity="{0}"/></linearGradient>"##,
            Number(strength)
        );
    }
    let _ = write!(svg, "</defs>\n<g clip-path=\"url(#corners)\" font-family=\"{FONTS}\" text-anchor=\"middle\">\n");
    for shape in &sketch.shapes {
        put(&mut svg, shape);
        svg.push('\n');
    }
    svg.push_str("</g>\n</svg>\n");
    svg
}

fn put(svg: &mut String, shape: &Shape) {
    // Writing to a string never fails.
    let _ = match shape {
        Shape::Rect { place, radius, ink } => {
            put_place(svg, *place);
            if *radius > 0.0 {
                let _ = write!(svg, r#" rx="{}""#, Number(*radius));
            }
            write!(svg, "{}/>", Fill(*ink))
        }
        Shape::Shade { place, .. } => {
            put_place(svg, *place);
            write!(svg, " fill=\"url(#shade)\"/>")
        }
        Shape::Circle { x, y, radius, ink } => {
            write!(svg, r#"<circle cx="{}" cy="{}" r="{}"{}/>"#, Number(*x), Number(*y), Number(*radius), Fill(*ink))
        }
        Shape::Areas { areas, ink } => {
            svg.push_str(r#"<path d=""#);
            for area in areas {
                put_points(svg, area, 'M');
                svg.push('Z');
            }
            write!(svg, r#""{}/>"#, Fill(*ink))
        }
        Shape::Line { points, thickness, ink } => {
            svg.push_str(r#"<path d=""#);
            put_points(svg, points, 'M');
            write!(
                svg,
                r#"" fill="none" stroke="{}" stroke-width="{}" stroke-linejoin="round" stroke-linecap="round"/>"#,
                ink.color,
                Number(*thickness)
            )
        }
        Shape::Art { outline, x, y, unit, ink } => write!(
            svg,
            r#"<path transform="translate({} {}) scale({unit})" d="{outline}"{}/>"#,
            Number(*x),
            Number(*y),
            Fill(*ink)
        ),
        Shape::Text(text) => put_text(svg, text),
    };
}

fn put_place(svg: &mut String, place: Place) {
    let _ = write!(
        svg,
        r#"<rect x="{}" y="{}" width="{}" height="{}""#,
        Number(place.x),
        Number(place.y),
        Number(place.width),
        Number(place.height)
    );
}

fn put_points(svg: &mut String, points: &[(f32, f32)], first: char) {
    let mut letter = first;
    for (x, y) in points {
        let _ = write!(svg, "{letter}{} {}", Number(*x), Number(*y));
        letter = 'L';
    }
}

fn put_text(svg: &mut String, text: &Text) -> std::fmt::Result {
    if text.width <= 0.0 {
        return Ok(());
    }
    write!(
        svg,
        r#"<text x="{}" y="{}" font-size="{}""#,
        Number(text.middle),
        Number(text.baseline),
        Number(text.size)
    )?;
    write!(svg, r#" textLength="{}" lengthAdjust="spacingAndGlyphs""#, Number(text.width))?;
    if is_right_to_left(&text.text) {
        svg.push_str(r#" direction="rtl""#);
    }
    if text.is_shadow {
        svg.push_str(r#" aria-hidden="true""#);
    }
    write!(svg, "{}>{}</text>", Fill(text.ink), escape(&text.text))
}

/// Tells whether the first letter belongs to a script that is written from the right.
fn is_right_to_left(text: &str) -> bool {
    let strong =
        text.chars().map(bidi_class).find(|class| matches!(class, BidiClass::L | BidiClass::R | BidiClass::AL));
    matches!(strong, Some(BidiClass::R | BidiClass::AL))
}

/// A number with at most two decimals.
struct Number(f32);

impl std::fmt::Display for Number {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let text = format!("{:.2}", self.0);
        f.write_str(text.trim_end_matches('0').trim_end_matches('.'))
    }
}

/// The attributes of an area's ink.
struct Fill(Ink);

impl std::fmt::Display for Fill {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, r#" fill="{}""#, self.0.color)?;
        if self.0.opacity < 1.0 {
            write!(f, r#" fill-opacity="{}""#, Number(self.0.opacity))?;
        }
        Ok(())
    }
}
