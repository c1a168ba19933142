//! Owns the way from bytes to an accepted event: wire formats, rules, session, outcome.
//!
//! It does no I/O: lookups are in memory, and accepted rows go into a bounded queue.

pub mod beacon;
pub mod layout_requests;
pub mod limits;
pub mod outcomes;
pub mod pipeline;
pub mod pixel;
pub mod plausible;
pub mod rejection;
pub mod sessions;
pub mod sites;

pub use outcomes::{OutcomeCount, Outcomes};
pub use pipeline::{Enrichers, Ingest, Signals, Unavailable, Verdict};
pub use rejection::Rejection;
pub use sites::{KnownSite, KnownSites, SitesWatch};
