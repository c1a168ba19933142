//! Owns the start of the process and its exit code: 0 done, 1 failed, 2 wrong usage.

use std::process::ExitCode;

/// Under load a quarter of the C library's work was its allocator, and it gave memory back late; see `benches/README.md`.
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

fn main() -> ExitCode {
    heatline::cli::main()
}
