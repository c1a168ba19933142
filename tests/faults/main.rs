//! The fault tests: the real program with the real engine, and everything that can go wrong with a machine done to them.
//! After each of them the books must balance; see `oracle`.
//!
//! `make test` runs a few rounds of each, `make faults` hundreds. A test prints its seed; `HEATLINE_TEST_SEED` repeats it.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test says by panicking what is wrong")]
#![expect(clippy::print_stderr, reason = "a long run says how far it is, and how to repeat it")]

mod clock;
mod damage;
mod dead_letters;
mod disk;
mod engine_away;
mod kills;
mod load;
mod network;
mod oracle;
mod proxy;
mod rig;
mod traces;

/// The helpers of the API tests.
#[path = "../api"]
#[expect(dead_code, unused_imports, reason = "these tests use a part of them")]
mod api {
    pub mod helpers;
}

use api::helpers;
