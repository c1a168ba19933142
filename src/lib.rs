//! Heatline: self-hosted visitor analytics and heat maps in one binary.
//!
//! # The path of an event
//!
//! ```text
//! page ──beacon──▶ http ─▶ ingest: parse ▸ rules ▸ enrich ▸ session ─▶ store::queue (memory) ─▶ 202
//!                                     │                                     │
//!                                     └▶ live (presence, SSE)               └▶ ClickHouse, one insert a table
//! dashboards, API, pictures ◀─ http ◀─ reports · heatmap · badge · live ◀─ store      control (sites, users, keys)
//! ```
//!
//! Each hop has its own type: bytes, [`model::Beacon`] (what the browser claims, within limits),
//! [`model::EnrichedEvent`] (what we believe; no address from here on), [`store::RowBatch`] (columns).
//! Every event ends in one [`model::Outcome`].
//!
//! A 202 means that every event of the request waits in bounded memory and is sent until ClickHouse confirms it,
//! or was left out by a documented rule. It does not mean yet that the event outlives the process.
//!
//! `tests/architecture.rs` holds the table of which module may use which.

pub mod app;
pub mod badge;
pub mod cli;
pub mod config;
pub mod control;
pub mod demo;
pub mod enrich;
pub mod heatmap;
pub mod http;
pub mod ingest;
pub mod install;
pub mod live;
pub mod model;
pub mod render;
pub mod reports;
pub mod resume;
pub mod store;
pub mod telemetry;
