//! Owns the limit on how much one sender or one site may send: bounded memory, one moment for each key.
//! It does not read the clock, count refusals or answer requests.

use std::{
    hash::{BuildHasher, RandomState},
    net::IpAddr,
    num::NonZeroU32,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicI64, Ordering},
    },
};

use crate::model::SiteId;

/// Keys that are remembered, 16 bytes each, in sets of [`WAYS`]: 1.1 MiB for each limiter.
const SLOTS: usize = 64 * 1024;
/// Places that a key can be in. When all of them are taken, the key that has used least of its burst is forgotten.
const WAYS: usize = 8;
/// How much older than the newest request another may be: longer than a body may take to arrive. What is older still
/// tells that the clock was set back.
const STALE_MS: i64 = 15_000;
const NS_PER_MS: u64 = 1_000_000;
const NS_PER_SECOND: u64 = 1_000_000_000;

/// How much is allowed for each key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RateLimit {
    /// Cost that is allowed in each second for ever.
    pub per_second: NonZeroU32,
    /// Cost that is allowed at once after a silence of `burst / per_second` seconds.
    pub burst: NonZeroU32,
}

/// Who sends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RateKey {
    /// An address prefix: the whole of an IPv4 address, also where it is mapped into IPv6, and the /64 of an IPv6
    /// address, which is what one household or host gets.
    Sender(IpAddr),
    /// A tracked property, whoever sends for it.
    Site(SiteId),
}

/// The limit is used up; nothing of the cost was taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the rate limit is used up for {seconds} s")]
pub struct RetryAfter {
    /// Whole seconds, at least 1, after which the cost is allowed if nothing else is taken.
    pub seconds: u32,
}

/// What every key has used of one limit: a generic cell rate algorithm.
///
/// Memory is fixed. Keys are kept as hashes under a secret of the process, so no address is in memory. Whoever has more
/// keys than fit makes the limiter forget those that have used least: a forgotten key starts with its whole burst, so a
/// full limiter lets too much pass, never too little. Use one limiter for senders and another for sites: then nobody can
/// make it forget a site by coming from many addresses.
pub struct RateLimiter {
    sets: Box<[Mutex<[Slot; WAYS]>]>,
    limit: RateLimit,
    interval_ns: u64,
    newest_ms: AtomicI64,
    hasher: RandomState,
}

/// One key. A slot that was never used is like a key whose whole burst is there.
#[derive(Debug, Clone, Copy, Default)]
struct Slot {
    key: u64,
    /// When the whole burst is there again, if nothing is taken until then.
    full_at_ns: u64,
}

impl RateLimiter {
    /// Allocates the memory of a limiter, which never grows.
    #[must_use]
    pub fn new(limit: RateLimit) -> Self {
        Self {
            sets: std::iter::repeat_with(Mutex::default).take(SLOTS / WAYS).collect(),
            limit,
            interval_ns: (NS_PER_SECOND / u64::from(limit.per_second.get())).max(1),
            newest_ms: AtomicI64::new(0),
            hasher: RandomState::new(),
        }
    }

    /// Takes `cost` from what the key may use, or nothing. A cost above the burst counts as the burst: what is allowed
    /// to be in one request must be allowed to come at all.
    ///
    /// `now_ms` may be up to 15 s older than that of other calls: those who read the clock before a slow body get
    /// nothing for it. If the clock is set back further, keys that are known wait for at most `burst / per_second`
    /// seconds.
    pub fn take(&self, key: RateKey, cost: u32, now_ms: i64) -> Result<(), RetryAfter> {
        let now_ns = u64::try_from(self.forward(now_ms)).unwrap_or(0).saturating_mul(NS_PER_MS);
        let burst_ns = u64::from(self.limit.burst.get()) * self.interval_ns;
        let cost_ns = u64::from(cost.min(self.limit.burst.get())) * self.interval_ns;
        // No key can have used more than its burst by now.
        let latest_ns = now_ns.saturating_add(burst_ns);

        let key = self.hash(key);
        let mut set = self.set(key).lock().unwrap_or_else(PoisonError::into_inner);
        let slot = find(&mut set, key, latest_ns);
        // Written back also on refusal, or a key from before the clock was set back would never be allowed again.
        slot.full_at_ns = slot.full_at_ns.clamp(now_ns, latest_ns);
        let full_at_ns = slot.full_at_ns.saturating_add(cost_ns);
        if full_at_ns > latest_ns {
            let seconds = (full_at_ns - latest_ns).div_ceil(NS_PER_SECOND);
            return Err(RetryAfter { seconds: u32::try_from(seconds).unwrap_or(u32::MAX) });
        }
        slot.full_at_ns = full_at_ns;
        Ok(())
    }

    /// Returns a time that does not go back, unless the clock was set back.
    ///
    /// TRICKY: without this, requests with an old and a new time in turn would each give back to the key what is
    /// between the two, and somebody who sends slow bodies would have a multiple of the limit.
    fn forward(&self, now_ms: i64) -> i64 {
        let newest_ms = self.newest_ms.load(Ordering::Relaxed);
        if now_ms > newest_ms {
            self.newest_ms.fetch_max(now_ms, Ordering::Relaxed);
            return now_ms;
        }
        if newest_ms.saturating_sub(now_ms) <= STALE_MS {
            return newest_ms;
        }
        self.newest_ms.store(now_ms, Ordering::Relaxed);
        now_ms
    }

    fn hash(&self, key: RateKey) -> u64 {
        match key {
            RateKey::Sender(address) => match address.to_canonical() {
                IpAddr::V4(v4) => self.hasher.hash_one((0_u8, u64::from(v4.to_bits()))),
                IpAddr::V6(v6) => self.hasher.hash_one((1_u8, v6.to_bits() >> 64)),
            },
            RateKey::Site(site) => self.hasher.hash_one((2_u8, site)),
        }
    }

    fn set(&self, key: u64) -> &Mutex<[Slot; WAYS]> {
        let sets = self.sets.len() as u64;
        let index = usize::try_from(key % sets).expect("the number of sets is a usize");
        &self.sets[index]
    }
}

/// Returns the slot of a key. If it has none, it gets that of the key that has used least: where the burst is whole
/// again, nothing is lost by it.
fn find(set: &mut [Slot; WAYS], key: u64, latest_ns: u64) -> &mut Slot {
    let (mut chosen, mut least_ns) = (0, u64::MAX);
    for (index, slot) in set.iter().enumerate() {
        if slot.key == key {
            return &mut set[index];
        }
        // What is used up beyond the burst is from before the clock was set back, and worth nothing.
        let used_ns = if slot.full_at_ns > latest_ns { 0 } else { slot.full_at_ns };
        if used_ns < least_ns {
            (chosen, least_ns) = (index, used_ns);
        }
    }
    set[chosen] = Slot { key, full_at_ns: 0 };
    &mut set[chosen]
}

/// The limits of the service: one for senders and one for sites, so that nobody makes it forget a site by coming from many
/// addresses. Where a site's limit refuses, the sender's cost stays taken.
pub struct Rates {
    senders: Option<RateLimiter>,
    sites: Option<RateLimiter>,
}

/// Seconds of the limit that may come at once.
const SENDER_BURST_SECONDS: u32 = 10;
const SITE_BURST_SECONDS: u32 = 5;

impl Rates {
    /// Makes limits of so many events a second; none where absent.
    #[must_use]
    pub fn new(per_sender: Option<NonZeroU32>, per_site: Option<NonZeroU32>) -> Self {
        let limiter = |per_second: NonZeroU32, seconds: u32| {
            // Whatever one request may carry must be able to come at all.
            let burst = per_second.get().saturating_mul(seconds).max(LEAST_BURST);
            let burst = NonZeroU32::new(burst).unwrap_or(per_second);
            RateLimiter::new(RateLimit { per_second, burst })
        };
        Self {
            senders: per_sender.map(|limit| limiter(limit, SENDER_BURST_SECONDS)),
            sites: per_site.map(|limit| limiter(limit, SITE_BURST_SECONDS)),
        }
    }

    /// Takes events from what a sender's network may send.
    pub fn take_sender(&self, address: IpAddr, events: usize, now_ms: i64) -> Result<(), RetryAfter> {
        take(self.senders.as_ref(), RateKey::Sender(address), events, now_ms)
    }

    /// Takes events from what may be sent for a site.
    pub fn take_site(&self, site: SiteId, events: usize, now_ms: i64) -> Result<(), RetryAfter> {
        take(self.sites.as_ref(), RateKey::Site(site), events, now_ms)
    }
}

/// Two full requests.
const LEAST_BURST: u32 = 200;

fn take(limiter: Option<&RateLimiter>, key: RateKey, events: usize, now_ms: i64) -> Result<(), RetryAfter> {
    let cost = u32::try_from(events).unwrap_or(u32::MAX);
    limiter.map_or(Ok(()), |limiter| limiter.take(key, cost, now_ms))
}

#[cfg(test)]
mod tests {
    use std::net::{Ipv4Addr, Ipv6Addr};

    use proptest::prelude::*;

    use super::*;

    const NOW_MS: i64 = 1_790_000_000_000;
    const DAY_MS: i64 = 86_400_000;
    const AS_MANY_AS_FIT: u32 = 64 * 1024;

    fn limiter(per_second: u32, burst: u32) -> RateLimiter {
        let number = |number| NonZeroU32::new(number).unwrap();
        RateLimiter::new(RateLimit { per_second: number(per_second), burst: number(burst) })
    }

    fn sender(address: &str) -> RateKey {
        RateKey::Sender(address.parse().unwrap())
    }

    fn site(site: u32) -> RateKey {
        RateKey::Site(SiteId::new(site))
    }

    fn wait(seconds: u32) -> Result<(), RetryAfter> {
        Err(RetryAfter { seconds })
    }

    #[test]
    fn a_burst_passes_and_then_what_each_second_allows() {
        let limiter = limiter(2, 10);
        assert_eq!(limiter.take(site(1), 10, NOW_MS), Ok(()));
        assert_eq!(limiter.take(site(1), 1, NOW_MS), wait(1));
        assert_eq!(limiter.take(site(1), 1, NOW_MS + 499), wait(1));
        assert_eq!(limiter.take(site(1), 1, NOW_MS + 500), Ok(()));
        assert_eq!(limiter.take(site(1), 1, NOW_MS + 500), wait(1));
        assert_eq!(limiter.take(site(1), 10, NOW_MS + 500), wait(5));
        assert_eq!(limiter.take(site(1), 10, NOW_MS + 5499), wait(1));
        assert_eq!(limiter.take(site(1), 10, NOW_MS + 5500), Ok(()), "refusals took nothing");
    }

    #[test]
    fn a_cost_above_the_burst_counts_as_the_burst() {
        let limiter = limiter(1, 10);
        assert_eq!(limiter.take(site(1), u32::MAX, NOW_MS), Ok(()));
        assert_eq!(limiter.take(site(1), u32::MAX, NOW_MS), wait(10));
        assert_eq!(limiter.take(site(1), 0, NOW_MS), Ok(()), "nothing costs nothing");
    }

    #[test]
    fn senders_and_sites_have_their_own_bursts() {
        let limiter = limiter(1, 1);
        let keys = [
            sender("0.0.0.1"),
            sender("0.0.0.2"),
            site(1),
            site(2),
            sender("::1"),
            sender("2001:db8::1"),
            sender("2001:db8:0:1::1"),
        ];
        for key in keys {
            assert_eq!(limiter.take(key, 1, NOW_MS), Ok(()), "{key:?}");
            assert_eq!(limiter.take(key, 1, NOW_MS), wait(1), "{key:?}");
        }
    }

    #[test]
    fn an_address_in_ipv6_clothes_is_the_same_sender() {
        let limiter = limiter(1, 1);
        assert_eq!(limiter.take(sender("192.0.2.7"), 1, NOW_MS), Ok(()));
        assert_eq!(limiter.take(sender("::ffff:192.0.2.7"), 1, NOW_MS), wait(1));
        assert_eq!(limiter.take(sender("::ffff:192.0.2.8"), 1, NOW_MS), Ok(()));
    }

    #[test]
    fn all_addresses_of_a_64_share_one_burst() {
        let limiter = limiter(1, 100);
        let addresses = (0..=u16::MAX).map(|host| {
            let host = host.swap_bytes();
            RateKey::Sender(Ipv6Addr::new(0x2001, 0xdb8, 0, 7, host, !host, host, 1).into())
        });
        let allowed = addresses.filter(|key| limiter.take(*key, 1, NOW_MS).is_ok()).count();
        assert_eq!(allowed, 100);
    }

    #[test]
    fn a_million_keys_take_no_more_memory_and_do_not_free_who_used_most() {
        let limiter = limiter(1, 100);
        assert_eq!(size_of::<Slot>(), 16);
        let slots_before = limiter.sets.len() * WAYS;
        assert_eq!(limiter.take(sender("192.0.2.7"), 100, NOW_MS), Ok(()));
        for address in 0..1_000_000 {
            let key = RateKey::Sender(Ipv4Addr::from_bits(0x0A00_0000 | address).into());
            assert_eq!(limiter.take(key, 1, NOW_MS), Ok(()));
        }
        assert_eq!(limiter.take(sender("192.0.2.7"), 1, NOW_MS), wait(1));
        assert_eq!(limiter.sets.len() * WAYS, slots_before);
        assert_eq!(slots_before, SLOTS);
    }

    #[test]
    fn a_clock_that_is_set_back_locks_nobody_out() {
        let limiter = limiter(2, 10);
        let keys: Vec<RateKey> = (0..AS_MANY_AS_FIT).map(site).collect();
        for key in &keys {
            limiter.take(*key, 10, NOW_MS).unwrap();
        }
        let before_ms = NOW_MS - DAY_MS;
        for key in &keys {
            match limiter.take(*key, 10, before_ms) {
                Ok(()) => {}
                Err(RetryAfter { seconds }) => assert!(seconds <= 5, "{key:?} waits for {seconds} s"),
            }
            assert_eq!(limiter.take(*key, 1, before_ms), wait(1), "{key:?} is limited as ever");
        }
        for key in &keys {
            assert_eq!(limiter.take(*key, 10, before_ms + 5000), Ok(()), "{key:?} after the burst is back");
        }
    }

    #[test]
    fn keys_from_before_the_clock_was_set_back_give_way_to_new_ones() {
        let limiter = limiter(1, 10);
        for key in 0..4 * AS_MANY_AS_FIT {
            limiter.take(site(key), 10, NOW_MS).unwrap();
        }
        let before_ms = NOW_MS - DAY_MS;
        let newer: Vec<RateKey> = (0..1000).map(|host| RateKey::Sender(Ipv4Addr::from_bits(host).into())).collect();
        for key in &newer {
            assert_eq!(limiter.take(*key, 10, before_ms), Ok(()));
        }
        for key in &newer {
            assert_eq!(limiter.take(*key, 10, before_ms), wait(10), "{key:?} was forgotten");
        }
    }

    #[test]
    fn old_and_new_times_in_turn_gain_nothing() {
        let limiter = limiter(10, 10);
        let mut allowed = 0;
        for turn in 0..10_000 {
            let slow_body_ms = if turn % 2 == 0 { 10_000 } else { 0 };
            allowed += u32::from(limiter.take(site(1), 1, NOW_MS + turn - slow_body_ms).is_ok());
        }
        // Ten seconds, and the burst. The first request was ten seconds old, which is the other burst.
        assert!((100..=120).contains(&allowed), "{allowed} were allowed");
    }

    #[test]
    fn extreme_times_and_limits_do_not_overflow() {
        for limit in [(1, u32::MAX), (u32::MAX, u32::MAX), (u32::MAX, 1), (1, 1)] {
            let limiter = limiter(limit.0, limit.1);
            for now_ms in [i64::MIN, -1, 0, 1, NOW_MS, i64::MAX, 0, i64::MIN] {
                let _ = limiter.take(site(1), u32::MAX, now_ms);
                let _ = limiter.take(site(1), 1, now_ms);
            }
        }
    }

    #[test]
    fn a_rate_that_does_not_divide_a_second_is_kept() {
        let limiter = limiter(7, 3);
        let allowed = (0..1_000_000).filter(|ms| limiter.take(site(1), 1, NOW_MS + ms).is_ok()).count();
        assert!((7000..=7003).contains(&allowed), "{allowed} were allowed in 1000 s");
    }

    #[test]
    fn threads_together_get_one_burst() {
        let limiter = limiter(1, 1000);
        let allowed: usize = std::thread::scope(|scope| {
            let count = || (0..1000).filter(|_| limiter.take(site(1), 1, NOW_MS).is_ok()).count();
            let threads: Vec<_> = (0..4).map(|_| scope.spawn(count)).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).sum()
        });
        assert_eq!(allowed, 1000);
    }

    /// A bucket of tokens in thousandths: exact for rates that divide a second.
    struct Bucket {
        per_second: u64,
        burst: u64,
        tokens: u64,
        at_ms: u64,
    }

    impl Bucket {
        fn take(&mut self, cost: u32, at_ms: u64) -> Result<(), RetryAfter> {
            self.tokens = (self.burst * 1000).min(self.tokens + (at_ms - self.at_ms) * self.per_second);
            self.at_ms = at_ms;
            let cost = u64::from(cost).min(self.burst) * 1000;
            let Some(left) = self.tokens.checked_sub(cost) else {
                let seconds = (1..1000).find(|seconds| self.tokens + seconds * 1000 * self.per_second >= cost).unwrap();
                return Err(RetryAfter { seconds: u32::try_from(seconds).unwrap() });
            };
            self.tokens = left;
            Ok(())
        }
    }

    proptest! {
        #[test]
        fn does_what_a_bucket_of_tokens_does(
            per_second in prop::sample::select(vec![1_u32, 2, 4, 5, 8, 10, 20, 25, 50, 100, 250, 1000]),
            burst in 1_u32..200,
            calls in prop::collection::vec((0_u64..3000, 0_u32..50, any::<bool>()), 1..200),
        ) {
            let limiter = limiter(per_second, burst);
            let (per_second, burst) = (u64::from(per_second), u64::from(burst));
            let mut bucket = Bucket { per_second, burst, tokens: burst * 1000, at_ms: 0 };
            let mut at_ms = 0;
            for (pause_ms, cost, at_once) in calls {
                at_ms += if at_once { 0 } else { pause_ms };
                let now_ms = NOW_MS + i64::try_from(at_ms).unwrap();
                prop_assert_eq!(limiter.take(site(1), cost, now_ms), bucket.take(cost, at_ms), "at {} ms", at_ms);
            }
        }
    }
}
