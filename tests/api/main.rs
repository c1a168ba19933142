//! The integration tests: the real service with the real engine, spoken to over real HTTP.
//!
//! One binary, so that it is linked once. `helpers` owns how a service is started and spoken to; every other module
//! owns the behaviour of one surface.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test says by panicking what is wrong")]

mod access;
mod approximate;
mod assets;
mod bad_input;
mod badge;
mod broken_http;
mod command_line;
mod engine;
mod frozen;
mod funnels;
mod goal_commands;
mod goals;
mod heatmap;
mod heatmap_kinds;
mod heatmap_stream;
mod helpers;
mod imported;
mod ingest;
mod limits;
mod links;
mod live;
mod live_history;
mod live_streams;
mod map;
mod migrations;
mod openapi;
mod people;
mod plausible;
mod plausible_sites;
mod privacy;
mod public_live;
mod report_model;
mod reports;
mod restart;
mod retention;
mod screenshots;
mod server_events;
mod sessions;
mod shared_links;
mod stats_v1;
mod tenants;
mod transfer;
