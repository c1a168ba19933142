//! Owns the numeric identifiers. They are opaque: nothing but equality means anything.

use serde::{Deserialize, Serialize};

macro_rules! id {
    ($(#[$doc:meta])* $name:ident($inner:ty)) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name($inner);

        impl $name {
            /// Wraps the raw number.
            #[must_use]
            pub const fn new(raw: $inner) -> Self {
                Self(raw)
            }

            /// Returns the raw number.
            #[must_use]
            pub const fn get(self) -> $inner {
                self.0
            }
        }
    };
}

id!(
    /// A tracked property. Given by the control database, never reused.
    SiteId(u32)
);
id!(
    /// A visitor of one site on one local day: a keyed hash whose key is destroyed after the day.
    /// Zero is never a visitor.
    VisitorId(u64)
);
id!(
    /// A session: a visitor's events with no gap of 30 minutes. Random.
    SessionId(u64)
);
id!(
    /// One look at one page, drawn at random by the tracker. Ties clicks and scrolls to their pageview.
    ViewId(u64)
);
id!(
    /// A goal. Given by the control database, never reused.
    GoalId(u32)
);
id!(
    /// A segment. Given by the control database, never reused.
    SegmentId(u32)
);
