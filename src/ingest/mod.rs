//! Owns the way from bytes to an accepted event: wire formats, rules, session, outcome.
//!
//! It does no I/O but the group commit of the spool that it waits for: lookups are in memory.

mod automatic;
pub mod backfill;
pub mod beacon;
pub mod cardinality;
mod hashed;
pub mod layout_requests;
pub mod limits;
pub mod outcomes;
mod overflow;
pub mod pipeline;
pub mod pixel;
pub mod plausible;
pub mod rate;
mod raw_event;
pub mod rejection;
pub mod repeats;
mod revenue;
pub mod server_event;
pub mod sessions;
pub mod sites;
pub mod steady;
pub mod tallies;

pub use outcomes::{OutcomeCount, Outcomes};
pub use pipeline::{Enrichers, Ingest, Refusal, Signals, Verdict};
pub use rate::{RateKey, RateLimit, RateLimiter, Rates};
pub use rejection::Rejection;
pub use sites::{KnownSite, KnownSites, SitesWatch};
pub use steady::SteadyClock;
