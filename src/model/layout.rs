//! Owns the layout sample: where the elements of a page stood in one visitor's browser. It holds no text.

use serde::{Deserialize, Serialize};

use super::{event::Size, names::ElementKey};

/// The boxes of a page at one viewport width. Made by the tracker when the server asks for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Layout {
    pub viewport: Size,
    pub document: Size,
    /// False where only the elements of an opened dialog or menu are listed; the first box is its root then.
    pub complete: bool,
    /// The page state that was sampled, as [`super::Spot::state`] has it.
    pub state: u32,
    pub boxes: Vec<LayoutBox>,
}

/// The box of one element, in CSS pixels of the page; of the viewport where [`LayoutFlags::FIXED`] is set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LayoutBox {
    pub element: ElementKey,
    /// Lower-case tag name: `a`, `button`, `h1`.
    pub tag: String,
    /// ARIA role where one is set, else empty.
    pub role: String,
    pub x: i32,
    pub y: i32,
    pub width: u32,
    pub height: u32,
    pub flags: LayoutFlags,
}

/// What kind of box it is; a set of bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct LayoutFlags(u16);

impl LayoutFlags {
    pub const FIXED: Self = Self(1);
    pub const INTERACTIVE: Self = Self(1 << 1);
    pub const LANDMARK: Self = Self(1 << 2);
    pub const MEDIA: Self = Self(1 << 3);
    pub const TEXT: Self = Self(1 << 4);
    pub const SCROLL_CONTAINER: Self = Self(1 << 5);
    pub const DIALOG: Self = Self(1 << 6);

    const KNOWN: u16 = (1 << 7) - 1;

    /// Keeps the bits that this version knows.
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

impl<'de> Deserialize<'de> for ElementKey {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).map_err(serde::de::Error::custom)
    }
}
