//! Owns everything that knows ClickHouse: the client, the embedded engine, migrations, rows and inserts.
//! It does not compose reports: they come in as [`Statement`]s.

pub mod arrivals;
pub mod block;
pub mod client;
pub mod concurrency;
pub mod engine;
pub mod erase;
pub mod error;
pub mod export;
pub mod frozen;
pub mod imported;
pub mod migrations;
pub mod recent;
pub mod retention;
pub mod rows;
pub mod statement;

pub use arrivals::Arrivals;
pub use client::{Client, Endpoint, ReadStatistics, RowStream};
pub use error::{InsertFault, StoreError};
pub use statement::{Param, Statement};
