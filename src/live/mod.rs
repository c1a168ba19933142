//! Owns who is here now: presence of the last five minutes by site, and its snapshots. In memory, bounded.
//! It does not push: `http` reads snapshots when the version of a site has changed.

pub mod presence;
pub mod snapshot;

pub use presence::{Presence, RestoredPresence};
pub use snapshot::LiveSnapshot;
