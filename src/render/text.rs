//! Owns the text of our own labels: its width and its pixels. One font, committed beside this file.
//! It does not wrap, shape or translate; texts of strangers, in any script, are set by [`super::typeset`].

use std::sync::LazyLock;

use ab_glyph::{Font, FontRef, GlyphId, PxScale, ScaleFont, point};

/// The sans serif of the `DejaVu` family, cut down; `fonts/README.md` tells how.
static SANS: LazyLock<FontRef<'static>> = LazyLock::new(|| {
    FontRef::try_from_slice(include_bytes!("fonts/DejaVuSans.ttf")).expect("the committed font is valid")
});

/// Returns the scale at which an em of a font is `size_px` pixels, as `font-size` in CSS.
pub(super) fn css_scale(font: &impl Font, size_px: f32) -> PxScale {
    PxScale::from(size_px * font.height_unscaled() / font.units_per_em().unwrap_or(1.0))
}

/// Calls `place` with every glyph and its distance from the start, in pixels; returns the whole width.
fn walk(text: &str, size_px: f32, mut place: impl FnMut(GlyphId, f32)) -> f32 {
    let font = SANS.as_scaled(css_scale(&*SANS, size_px));
    let mut x = 0.0;
    let mut before: Option<GlyphId> = None;
    for character in text.chars() {
        let glyph = font.glyph_id(character);
        if let Some(before) = before {
            x += font.kern(before, glyph);
        }
        place(glyph, x);
        x += font.h_advance(glyph);
        before = Some(glyph);
    }
    x
}

/// Returns the width of a line of text in pixels, at a font size of `size_px` pixels.
pub fn width(text: &str, size_px: f32) -> f32 {
    walk(text, size_px, |_, _| ())
}

/// Calls `dot` for every pixel of a line of text with its coverage; `x` is the left end, `baseline` where the letters stand.
pub fn rasterise((x, baseline): (f32, f32), size_px: f32, text: &str, mut dot: impl FnMut(i32, i32, u8)) {
    let scale = css_scale(&*SANS, size_px);
    walk(text, size_px, |glyph, along| {
        let glyph = glyph.with_scale_and_position(scale, point(x + along, baseline));
        let Some(outline) = SANS.outline_glyph(glyph) else { return };
        let bounds = outline.px_bounds();
        let (left, top) = (bounds.min.x as i32, bounds.min.y as i32);
        outline.draw(|right, down, coverage| {
            // Slightly bolder than exact: small unhinted text is too thin otherwise.
            let coverage = ((coverage * 1.25).min(1.0) * 255.0) as u8;
            dot(left + right as i32, top + down as i32, coverage);
        });
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn has_a_glyph_for_every_character_we_promise() {
        let latin = (' '..='~').chain('\u{a0}'..='ÿ');
        let cyrillic = ('А'..='я').chain("ЁёЍѝІіЇїЄєҐґЉљЊњЂђЋћЏџЈј".chars());
        for character in latin.chain(cyrillic).chain("–—‘’“”„…•‹›€№←↑→↓≥≤≈−\u{202f}\u{2009}".chars())
        {
            assert_ne!(SANS.glyph_id(character), GlyphId(0), "{character:?}");
        }
    }

    #[test]
    fn measures_in_css_pixels() {
        // DejaVu Sans: an "m" is 0.974 em wide, a digit 0.636 em.
        assert!((width("m", 100.0) - 97.4).abs() < 0.1, "{}", width("m", 100.0));
        assert!((width("12345", 11.0) - 5.0 * 0.636 * 11.0).abs() < 0.05);
        assert!(width("посетители", 11.0) > width("посет", 11.0));
        assert!(width("", 11.0).abs() < f32::EPSILON);
    }
}
