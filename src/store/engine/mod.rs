//! Owns the embedded ClickHouse: finds its library, runs it in a child process, keeps it alive.
//!
//! ```text
//! heatline serve ──spawns──▶ heatline engine (hidden command) ──loads──▶ libchdb.so: clickhouse-local
//!        │  stdin of the child: its end is the end of the child, however the parent ends
//!        └──HTTP on 127.0.0.1, door header + user + password──▶ engine
//! ```

pub mod child;
pub mod config;
pub mod library;
pub mod supervisor;

pub use config::EngineConfig;
pub use supervisor::Engine;

/// Why the engine does not run.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    #[error(
        "the engine library libchdb.so was not found; looked at: {looked_at}. Get it with `npm install \
         @chdb/lib-linux-x64-gnu@26.7.3-stable.1`, name it with --engine-library, or use a server of your own \
         with --clickhouse-url"
    )]
    NoLibrary { looked_at: String },
    #[error("the engine library {path} cannot be used: {reason}")]
    WrongLibrary { path: String, reason: String },
    #[error("cannot write {path}: {source}")]
    Files { path: String, source: std::io::Error },
    #[error("cannot start the engine's process: {0}")]
    Spawn(std::io::Error),
    #[error("the engine did not answer within {seconds} s; its last words: {last_words}")]
    Silent { seconds: u64, last_words: String },
    #[error("the engine ended while it started ({status}); its last words: {last_words}")]
    Ended { status: String, last_words: String },
}
