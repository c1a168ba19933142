//! Owns the fonts that texts are set in, and which of them has a character. It does not place anything.

use std::sync::{Arc, LazyLock};

use ab_glyph::{Font as _, FontArc};
use harfrust::{Font, GlyphId};

/// A font: its outlines, and the rules by which its letters join.
pub struct Face {
    outlines: FontArc,
    rules: Font,
}

/// Why a font of the owner's cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("it is no TrueType or OpenType font with outlines")]
pub struct NotAFont;

impl Face {
    fn embedded(bytes: &'static [u8]) -> Self {
        let outlines = ab_glyph::FontRef::try_from_slice(bytes).expect("the committed fonts are valid");
        let rules = Font::new(bytes, 0).expect("the committed fonts are valid");
        Self { outlines: FontArc::new(outlines), rules }
    }

    /// Reads a font of the owner's.
    pub fn read(bytes: Vec<u8>) -> Result<Self, NotAFont> {
        let bytes = Arc::new(bytes);
        let rules = Font::new(bytes.as_ref().clone(), 0).ok_or(NotAFont)?;
        let outlines = FontArc::try_from_vec(bytes.as_ref().clone()).map_err(|_invalid| NotAFont)?;
        if outlines.units_per_em().is_none_or(|em| em < 16.0) {
            return Err(NotAFont);
        }
        Ok(Self { outlines, rules })
    }

    pub(super) fn outlines(&self) -> &FontArc {
        &self.outlines
    }

    pub(super) fn rules(&self) -> &Font {
        &self.rules
    }

    pub(super) fn has(&self, character: char) -> bool {
        self.rules.charmap().map_unicode(character).is_some_and(|glyph| glyph != GlyphId::new(0))
    }
}

/// Fonts in the order in which they are asked for a character.
pub struct Faces(Vec<Face>);

/// Where the font of emoji stands.
const EMOJI: usize = 1;

/// The fonts in the binary; `fonts/README.md` tells where they come from and what was cut off. Their pages are read from the
/// file when a text needs them, so a script that nobody uses takes no memory.
static EMBEDDED: LazyLock<Vec<&'static [u8]>> = LazyLock::new(|| {
    vec![
        include_bytes!("../fonts/DejaVuSans.ttf"),
        include_bytes!("../fonts/NotoEmoji.ttf"),
        include_bytes!("../fonts/DroidSansFallback.ttf"),
        include_bytes!("../fonts/NotoSansDevanagari.ttf"),
        include_bytes!("../fonts/NotoSansBengali.ttf"),
        include_bytes!("../fonts/NotoSansGurmukhi.ttf"),
        include_bytes!("../fonts/NotoSansGujarati.ttf"),
        include_bytes!("../fonts/NotoSansTamil.ttf"),
        include_bytes!("../fonts/NotoSansTelugu.ttf"),
        include_bytes!("../fonts/NotoSansKannada.ttf"),
        include_bytes!("../fonts/NotoSansMalayalam.ttf"),
        include_bytes!("../fonts/NotoSansSinhala.ttf"),
        include_bytes!("../fonts/NotoSansThai.ttf"),
        include_bytes!("../fonts/NotoSansLao.ttf"),
        include_bytes!("../fonts/NotoSansKhmer.ttf"),
        include_bytes!("../fonts/NotoSansMyanmar.ttf"),
        include_bytes!("../fonts/NotoSansEthiopic.ttf"),
    ]
});

impl Default for Faces {
    fn default() -> Self {
        Self(EMBEDDED.iter().map(|bytes| Face::embedded(bytes)).collect())
    }
}

impl Faces {
    /// Returns the fonts in the binary and these after them.
    #[must_use]
    pub fn with(more: Vec<Face>) -> Self {
        let mut faces = Self::default();
        faces.0.extend(more);
        faces
    }

    pub(super) fn get(&self, index: usize) -> &Face {
        &self.0[index]
    }

    /// Returns the first font that has all of a cluster, else the first that has its first character. The first font of all
    /// draws an empty box for what nobody has.
    pub(super) fn of(&self, cluster: &str) -> usize {
        let wants_emoji = cluster.contains('\u{fe0f}') || cluster.starts_with(|c: char| c >= '\u{1f000}');
        if wants_emoji && cluster.chars().next().is_some_and(|c| self.0[EMOJI].has(c)) {
            return EMOJI;
        }
        let has_all = |face: &Face| cluster.chars().all(|c| is_silent(c) || face.has(c));
        let has_first = |face: &Face| cluster.chars().next().is_some_and(|c| face.has(c));
        self.0.iter().position(has_all).or_else(|| self.0.iter().position(has_first)).unwrap_or(0)
    }

    /// Tells whether a cluster goes on in the font of what is before it.
    pub(super) fn fits(&self, cluster: &str, face: usize) -> bool {
        let is_space = cluster.trim().is_empty();
        if is_space { cluster.chars().all(|space| self.0[face].has(space)) } else { self.of(cluster) == face }
    }
}

/// Characters that only tell how others are drawn: no font needs to have them.
pub(super) fn is_silent(character: char) -> bool {
    matches!(character, '\u{200b}'..='\u{200d}' | '\u{2060}' | '\u{fe00}'..='\u{fe0f}' | '\u{1f3fb}'..='\u{1f3ff}' | '\u{e0020}'..='\u{e01ef}')
}
