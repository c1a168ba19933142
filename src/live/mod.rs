//! Owns what happens now: presence of the last five minutes by site and its snapshots, bounded and in memory, the feed of clicks
//! and that of events. It does not push: `http` reads snapshots when the version of a site has changed, and feeds as they come.

pub mod clicks;
mod counted;
pub mod feed;
#[cfg(test)]
mod fixture;
#[cfg(test)]
mod model;
pub mod places;
pub mod presence;
mod site;
pub mod snapshot;
mod visitor;
mod wheel;

pub use clicks::{ClickFeed, LiveClick};
pub use feed::{EventFeed, LiveEvent};
pub use presence::{Presence, RestoredPresence};
pub use site::Minute;
pub use snapshot::{LiveSession, LiveSnapshot};
