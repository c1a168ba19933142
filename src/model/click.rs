//! Owns what a visitor did on a page that a heat map draws: clicks and scrolling.

use serde::{Deserialize, Serialize};

use super::names::ElementKey;

/// One click, anchored to an element and kept in page coordinates besides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Click {
    /// The element clicked, or the nearest ancestor that a layout lists.
    pub element: ElementKey,
    /// Position inside the element's box, in 1/65535 of its width and height.
    pub fraction_x: u16,
    pub fraction_y: u16,
    /// Position on the page in CSS pixels; in the viewport where [`ClickFlags::FIXED`] is set.
    pub x: u32,
    pub y: u32,
    /// How far the nearest inner scroll container was scrolled, in CSS pixels.
    pub container_scroll_x: u32,
    pub container_scroll_y: u32,
    /// Milliseconds since the page was loaded.
    pub since_load_ms: u32,
    pub flags: ClickFlags,
}

/// What is special about a click; a set of bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ClickFlags(u16);

impl ClickFlags {
    /// The element stays in place while the page scrolls (`fixed`, or `sticky` and stuck).
    pub const FIXED: Self = Self(1);
    pub const TOUCH: Self = Self(1 << 1);
    /// Activated by a key: the position is the element's centre.
    pub const KEYBOARD: Self = Self(1 << 2);
    pub const RAGE: Self = Self(1 << 3);
    pub const DEAD: Self = Self(1 << 4);
    pub const ERROR: Self = Self(1 << 5);
    /// The click fell on scrolled content of an inner container and is anchored to the container.
    pub const INNER: Self = Self(1 << 6);

    /// Tells more of a click that was counted already: what became of it. No click by itself.
    pub const FOLLOW_UP: Self = Self(1 << 7);

    const KNOWN: u16 = (1 << 8) - 1;

    /// Keeps the bits that this version knows, so that a newer tracker is not refused.
    #[must_use]
    pub const fn from_bits(bits: u16) -> Self {
        Self(bits & Self::KNOWN)
    }

    #[must_use]
    pub const fn bits(self) -> u16 {
        self.0
    }

    #[must_use]
    pub const fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }
}

/// How far a view was scrolled since the last report of the same view, and for how long each part was seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scroll {
    /// The lowest page pixel that was on screen so far.
    pub depth_px: u32,
    /// Milliseconds that each hundredth of the page was on screen since the last report; empty or 100 long.
    pub exposure_ms: Vec<u32>,
}

/// Number of bands that [`Scroll::exposure_ms`] cuts a page into.
pub const SCROLL_BANDS: usize = 100;
