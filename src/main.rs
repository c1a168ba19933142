//! Owns the start of the process and its exit code: 0 done, 1 failed, 2 wrong usage.

use std::process::ExitCode;

use tikv_jemallocator::Jemalloc;

/// The C library's allocator took an eighth of the work under load and three times the memory of its live values; see
/// `benches/README.md`.
#[global_allocator]
static ALLOCATOR: Jemalloc = Jemalloc;

/// Gives memory that is free for half a second back to the system, also while nothing happens. The format is that of
/// `MALLOC_CONF` in jemalloc(3); its end is a zero.
#[expect(unsafe_code, reason = "jemalloc reads this symbol when it starts, and there is no other door before main")]
#[unsafe(export_name = "_rjem_malloc_conf")]
pub static ALLOCATOR_SETTINGS: &[u8; 59] = b"background_thread:true,dirty_decay_ms:500,muzzy_decay_ms:0\0";

fn main() -> ExitCode {
    heatline::cli::main()
}
