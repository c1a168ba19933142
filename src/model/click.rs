//! Owns what a visitor did on a page that a heat map draws: clicks, rests of the pointer and scrolling.

use serde::{Deserialize, Serialize};

use super::{event::Size, names::ElementKey};

/// A point of a page, anchored to an element and kept in page coordinates besides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spot {
    /// The element under the point, or the nearest ancestor that a layout lists.
    pub element: ElementKey,
    /// Position inside the element's box, in 1/65535 of its width and height.
    pub fraction_x: u16,
    pub fraction_y: u16,
    /// Position on the page in CSS pixels; in the viewport where [`ClickFlags::FIXED`] is set.
    pub x: u32,
    pub y: u32,
    /// Size of the element's box in CSS pixels; 0 × 0 where the sender does not tell it.
    pub box_size: Size,
    /// Which dialogs, menus and banners were open, as one number (`docs/tracker.md`); 0: none.
    pub state: u32,
    pub flags: ClickFlags,
}

/// One click.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Click {
    pub spot: Spot,
    /// How far the nearest inner scroll container was scrolled, in CSS pixels.
    pub container_scroll_x: u32,
    pub container_scroll_y: u32,
    /// Milliseconds since the page was loaded.
    pub since_load_ms: u32,
}

/// One rest of the pointer. Told by pages that ask for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Move {
    pub spot: Spot,
    /// How long the pointer lay still.
    pub rest_ms: u32,
}

/// What is special about a click or a rest of the pointer; a set of bits.
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

    /// Tells more of a click that was counted already: it counts as rage, dead or error and never as a click.
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
    /// Landmarks of the page and how many milliseconds of the same time each was on screen.
    pub landmarks: Vec<(ElementKey, u32)>,
}

/// Number of bands that [`Scroll::exposure_ms`] cuts a page into.
pub const SCROLL_BANDS: usize = 100;
