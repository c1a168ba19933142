//! Owns the start of the process and its exit code: 0 done, 1 failed, 2 wrong usage.

use std::process::ExitCode;

fn main() -> ExitCode {
    heatline::cli::main()
}
