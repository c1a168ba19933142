//! Owns what happens now: presence of the last five minutes by site and its snapshots, bounded and in memory, and the feed of clicks.
//! It does not push: `http` reads snapshots when the version of a site has changed, and clicks as they come.

pub mod clicks;
pub mod places;
pub mod presence;
pub mod snapshot;

pub use clicks::{ClickFeed, LiveClick};
pub use presence::{Presence, RestoredPresence};
pub use snapshot::LiveSnapshot;
