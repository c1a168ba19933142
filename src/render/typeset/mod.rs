//! Owns lines of text in any script: their letters joined and ordered as the script wants (Unicode Bidirectional Algorithm, and
//! OpenType by `harfrust`), each from the first font that has it. It does not break lines and knows no colours.
//!
//! Texts of our own, on the legends of heat maps, need none of this: [`super::text`] draws them.

mod faces;

use std::ops::Range;

use ab_glyph::{Font as _, GlyphId, ScaleFont as _, point};
use harfrust::{Buffer, Direction, ShapeOptions, ShaperFont};
use unicode_bidi::BidiInfo;
use unicode_segmentation::UnicodeSegmentation as _;

pub use faces::{Face, Faces, NotAFont};

use super::text::css_scale;

/// A line of text, ready to be drawn.
pub struct Line<'a> {
    faces: &'a Faces,
    size_px: f32,
    glyphs: Vec<Placed>,
    /// From the left end to the right end, in pixels.
    pub width: f32,
}

struct Placed {
    face: usize,
    glyph: GlyphId,
    x: f32,
    /// Above the baseline.
    up: f32,
}

/// A part of a line in one font and direction.
struct Run {
    face: usize,
    bytes: Range<usize>,
    leftwards: bool,
}

impl<'a> Line<'a> {
    /// Sets a line at a font size of `size_px` pixels.
    #[must_use]
    pub fn of(text: &str, size_px: f32, faces: &'a Faces) -> Self {
        let text = drawable(text);
        let mut line = Self { faces, size_px, glyphs: Vec::new(), width: 0.0 };
        let mut buffer = Buffer::new();
        for run in runs(&text, faces) {
            line.set(&text[run.bytes.clone()], &run, &mut buffer);
        }
        line
    }

    fn set(&mut self, text: &str, run: &Run, buffer: &mut Buffer) {
        let face = self.faces.get(run.face);
        buffer.reset();
        buffer.push_str(text);
        buffer.guess_segment_properties();
        buffer.set_direction(if run.leftwards { Direction::RightToLeft } else { Direction::LeftToRight });
        // Fails only for a buffer without a direction or shaped before.
        if harfrust::shape(&ShaperFont::new(face.rules()), buffer, ShapeOptions::new()).is_err() {
            return;
        }
        let unit = self.size_px / f32::from(face.rules().units_per_em().max(1));
        for (info, position) in buffer.glyph_infos().iter().zip(buffer.glyph_positions()) {
            if let Ok(glyph) = u16::try_from(info.glyph_id) {
                let x = self.width + position.x_offset as f32 * unit;
                let up = position.y_offset as f32 * unit;
                self.glyphs.push(Placed { face: run.face, glyph: GlyphId(glyph), x, up });
            }
            self.width += position.x_advance as f32 * unit;
        }
    }

    /// Calls `dot` for every pixel with its coverage; `x` is the left end, `baseline` where the letters stand.
    pub fn rasterise(&self, (x, baseline): (f32, f32), mut dot: impl FnMut(i32, i32, u8)) {
        for placed in &self.glyphs {
            let font = self.faces.get(placed.face).outlines();
            let place = point(x + placed.x, baseline - placed.up);
            let scaled = font.as_scaled(css_scale(font, self.size_px));
            let glyph = placed.glyph.with_scale_and_position(scaled.scale(), place);
            let Some(outline) = font.outline_glyph(glyph) else { continue };
            let bounds = outline.px_bounds();
            let (left, top) = (bounds.min.x as i32, bounds.min.y as i32);
            outline.draw(|right, down, coverage| {
                // As in `text`: small unhinted text is too thin otherwise.
                let coverage = ((coverage * 1.25).min(1.0) * 255.0) as u8;
                dot(left + right as i32, top + down as i32, coverage);
            });
        }
    }
}

/// Returns the text as it can be drawn: without the skin tones of emoji, which have no meaning in one colour, and with the
/// letters of a country in place of its flag.
fn drawable(text: &str) -> String {
    let letter = |c: char| match c {
        '\u{1f1e6}'..='\u{1f1ff}' => char::from_u32(u32::from(c) - 0x1_f1e6 + u32::from('A')).unwrap_or(c),
        c => c,
    };
    text.chars().filter(|c| !matches!(c, '\u{1f3fb}'..='\u{1f3ff}')).map(letter).collect()
}

/// Returns the parts of a line from left to right.
fn runs(text: &str, faces: &Faces) -> Vec<Run> {
    let bidi = BidiInfo::new(text, None);
    let mut runs = Vec::new();
    for paragraph in &bidi.paragraphs {
        let (levels, level_runs) = bidi.visual_runs(paragraph, paragraph.range.clone());
        for bytes in level_runs {
            let leftwards = levels[bytes.start].is_rtl();
            let mut parts = of_one_font(text, bytes, leftwards, faces);
            if leftwards {
                parts.reverse();
            }
            runs.append(&mut parts);
        }
    }
    runs
}

fn of_one_font(text: &str, bytes: Range<usize>, leftwards: bool, faces: &Faces) -> Vec<Run> {
    let mut parts: Vec<Run> = Vec::new();
    for (offset, cluster) in text[bytes.clone()].grapheme_indices(true) {
        let start = bytes.start + offset;
        let end = start + cluster.len();
        match parts.last_mut() {
            // Spaces stay with what is before them, where that font has one.
            Some(last) if faces.fits(cluster, last.face) => last.bytes.end = end,
            _ => parts.push(Run { face: faces.of(cluster), bytes: start..end, leftwards }),
        }
    }
    parts
}

#[cfg(test)]
mod tests;
