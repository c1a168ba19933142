//! Owns the clock of limits and memories: it only goes forward, whatever the clock of the machine is set to. It does not date
//! events.

use std::time::Instant;

/// Counts milliseconds since it was made.
#[derive(Debug, Clone, Copy)]
pub struct SteadyClock(Instant);

impl Default for SteadyClock {
    fn default() -> Self {
        Self(Instant::now())
    }
}

impl SteadyClock {
    #[must_use]
    pub fn now_ms(&self) -> i64 {
        i64::try_from(self.0.elapsed().as_millis()).unwrap_or(i64::MAX)
    }
}
