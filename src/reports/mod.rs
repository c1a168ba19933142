//! Owns reports: from a question in the language of Plausible's Stats API v2 to rows with labels.
//! It does not know HTTP and does not decide who may ask.
//!
//! The path of a question: JSON → [`parse`](parse()) → [`RawQuery`] → [`RawQuery::resolve`] (the site's zone, the
//! clock, what goes together) → [`Query`] → [`statements`](sql::statements) → rows → [`respond`] → [`Report`].
//! `docs/metrics.md` says what every number means. Questions about what comes after what ([`funnel`], [`retention`],
//! [`journeys`]) have a path of their own through the same filters and statements; `docs/funnels.md` is about them.

pub mod compare;
pub mod compat;
pub mod condition;
pub mod count;
pub mod country;
pub mod cursor;
pub mod date_range;
pub mod definitions;
pub mod dimension;
pub mod error;
pub mod filter;
#[cfg(test)]
mod fixture;
pub mod freeze;
pub mod frozen;
pub mod funnel;
pub mod imports;
pub mod journeys;
mod json;
pub mod lines;
pub mod metric;
pub mod order;
pub mod outcomes;
pub mod parse;
pub mod places;
pub mod query;
pub mod response;
pub mod retention;
pub mod revenue;
pub mod run;
pub mod sequence;
pub mod sql;
pub mod step;
pub mod time;
pub mod v1;

pub use date_range::{DateRange, Period, Range};
pub use definitions::Definitions;
pub use dimension::Dimension;
pub use error::{QueryError, QueryErrors};
pub use lines::Lines;
pub use metric::Metric;
pub use parse::parse;
pub use query::{Format, Query, RawQuery};
pub use response::{Report, respond};
pub use run::{RunError, first_day, resolve, run};
