//! Owns the count of failed attempts to sign in: bounded memory, one window for each key.

use std::{
    collections::HashMap,
    hash::{BuildHasher, RandomState},
    net::IpAddr,
    sync::{Mutex, PoisonError},
};

/// Failed attempts that are allowed in one window: of one account, and of one address prefix.
const MOST_BY_ACCOUNT: u32 = 10;
const MOST_BY_PREFIX: u32 = 50;
const WINDOW_MS: i64 = 15 * 60 * 1000;
/// Most keys that are remembered. When full, ended windows go; if none has ended, attempts are refused.
const MOST_KEYS: usize = 50_000;

#[derive(Clone, Copy)]
struct Window {
    since_ms: i64,
    failures: u32,
}

/// Failed attempts of recent minutes, by hash of account and of address prefix.
#[derive(Default)]
pub struct Throttle {
    windows: Mutex<HashMap<u64, Window>>,
    hasher: RandomState,
}

impl Throttle {
    /// Returns the seconds to wait where an account or address failed too often.
    pub fn check(&self, account: &str, address: IpAddr, now_ms: i64) -> Result<(), u32> {
        let windows = self.windows.lock().unwrap_or_else(PoisonError::into_inner);
        let limits = [(self.account(account), MOST_BY_ACCOUNT), (self.prefix(address), MOST_BY_PREFIX)];
        for (key, limit) in limits {
            if let Some(window) = windows.get(&key)
                && now_ms - window.since_ms < WINDOW_MS
                && window.failures >= limit
            {
                let left_ms = WINDOW_MS - (now_ms - window.since_ms);
                return Err(u32::try_from(left_ms / 1000 + 1).unwrap_or(u32::MAX));
            }
        }
        if windows.len() >= MOST_KEYS && windows.values().all(|window| now_ms - window.since_ms < WINDOW_MS) {
            return Err(60);
        }
        Ok(())
    }

    /// Notes a failed attempt.
    pub fn failed(&self, account: &str, address: IpAddr, now_ms: i64) {
        let mut windows = self.windows.lock().unwrap_or_else(PoisonError::into_inner);
        if windows.len() >= MOST_KEYS {
            windows.retain(|_, window| now_ms - window.since_ms < WINDOW_MS);
        }
        for key in [self.account(account), self.prefix(address)] {
            let window = windows.entry(key).or_insert(Window { since_ms: now_ms, failures: 0 });
            if now_ms - window.since_ms >= WINDOW_MS {
                *window = Window { since_ms: now_ms, failures: 0 };
            }
            window.failures += 1;
        }
    }

    fn account(&self, account: &str) -> u64 {
        self.hasher.hash_one(("account", account.trim().to_lowercase()))
    }

    /// IPv6 is counted by /64, which is what one household or host gets.
    fn prefix(&self, address: IpAddr) -> u64 {
        match address {
            IpAddr::V4(v4) => self.hasher.hash_one(("v4", v4.octets())),
            IpAddr::V6(v6) => self.hasher.hash_one(("v6", &v6.octets()[..8])),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ten_failures_lock_an_account_for_the_rest_of_the_window() {
        let throttle = Throttle::default();
        for attempt in 0..MOST_BY_ACCOUNT {
            let address = IpAddr::from([10, 0, 0, u8::try_from(attempt).unwrap()]);
            assert_eq!(throttle.check("Ann@x.org", address, 0), Ok(()));
            throttle.failed("ann@x.org", address, 0);
        }
        let elsewhere = IpAddr::from([10, 9, 9, 9]);
        assert_eq!(throttle.check("ann@x.org", elsewhere, 1000), Err(900));
        assert_eq!(throttle.check("bob@x.org", elsewhere, 1000), Ok(()));
        assert_eq!(throttle.check("ann@x.org", elsewhere, WINDOW_MS), Ok(()));
    }

    #[test]
    fn addresses_of_one_ipv6_network_are_one() {
        let throttle = Throttle::default();
        for host in 0..MOST_BY_PREFIX {
            let address: IpAddr = format!("2001:db8::{host:x}").parse().unwrap();
            throttle.failed(&format!("{host}@x.org"), address, 0);
        }
        assert!(throttle.check("new@x.org", "2001:db8::ffff".parse().unwrap(), 0).is_err());
        assert!(throttle.check("new@x.org", "2001:db8:0:1::1".parse().unwrap(), 0).is_ok());
    }
}
