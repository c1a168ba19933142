//! Heatline: self-hosted visitor analytics and heat maps in one binary.
//!
//! # The path of an event
//!
//! ```text
//! page ──beacon──▶ http ─▶ ingest: parse ▸ rules ▸ enrich ▸ session ─▶ spool (append, group commit) ─▶ 202
//!                                     │                                     │
//!                                     └▶ live (presence, SSE)               └▶ shipper ─▶ ClickHouse, one insert a table
//! dashboards, API, pictures ◀─ http ◀─ reports · heatmap · badge · map · live ◀─ store  control (sites, users, keys)
//! ```
//!
//! Each hop has its own type: bytes, [`model::Beacon`] (what the browser claims, within limits),
//! [`model::EnrichedEvent`] (what we believe; no address from here on), [`spool::record`] (bytes on the disk),
//! [`store::block`] (columns).
//! Every event ends in one [`model::Outcome`].
//!
//! A 202 means that every event of the request is on the disk, synced, and will be in ClickHouse exactly once, or was left
//! out by a documented rule.
//!
//! `tests/architecture.rs` holds the table of which module may use which.

pub mod app;
pub mod badge;
pub mod capture;
pub mod cli;
pub mod config;
pub mod control;
pub mod demo;
pub mod enrich;
pub mod fonts;
pub mod heatmap;
pub mod http;
pub mod ingest;
pub mod install;
pub mod live;
pub mod map;
pub mod model;
pub mod named;
pub mod render;
pub mod reports;
pub mod resume;
pub mod screenshots;
pub mod spool;
pub mod store;
pub mod telemetry;
pub mod top;
pub mod transfer;
