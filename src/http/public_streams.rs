//! Owns the places for open streams of public pages: bounded in all, and for each address, so that one reader does not take those of
//! all others. It does not know what the streams tell.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Arc, Mutex, PoisonError},
};

/// Streams that may be open at the same time: they leave half of all to the dashboards.
const MOST: usize = 5_000;
/// Of them, those of one address: as many as a school or an office behind one address may have of a page that is passed around.
const MOST_BY_ADDRESS: usize = 100;

/// The open streams, counted by address.
#[derive(Default)]
pub struct PublicStreams(Mutex<Open>);

#[derive(Default)]
struct Open {
    all: usize,
    by_address: HashMap<u128, usize>,
}

/// The place of one stream, as long as it lives.
pub struct Place {
    streams: Arc<PublicStreams>,
    network: u128,
}

impl PublicStreams {
    /// Takes a place for a reader at this address; none where all places are taken, or all of the address.
    pub fn take(self: &Arc<Self>, address: IpAddr) -> Option<Place> {
        let network = network(address);
        let mut open = self.lock();
        let of_address = open.by_address.get(&network).copied().unwrap_or_default();
        if open.all >= MOST || of_address >= MOST_BY_ADDRESS {
            return None;
        }
        open.all += 1;
        open.by_address.insert(network, of_address + 1);
        Some(Place { streams: Arc::clone(self), network })
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Open> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut open = self.streams.lock();
        open.all -= 1;
        if let Some(of_address) = open.by_address.get_mut(&self.network) {
            *of_address -= 1;
            if *of_address == 0 {
                open.by_address.remove(&self.network);
            }
        }
    }
}

/// One host may have all of an IPv6 network of 64 bits.
fn network(address: IpAddr) -> u128 {
    match address.to_canonical() {
        IpAddr::V4(v4) => v4.to_ipv6_mapped().to_bits(),
        IpAddr::V6(v6) => v6.to_bits() >> 64 << 64,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_address_takes_its_own_places_only_and_gives_them_back() {
        let streams = Arc::new(PublicStreams::default());
        let (greedy, other) = (IpAddr::from([203, 0, 113, 1]), IpAddr::from([203, 0, 113, 2]));
        let taken: Vec<_> = std::iter::from_fn(|| streams.take(greedy)).take(MOST).collect();
        assert_eq!(taken.len(), MOST_BY_ADDRESS);
        let mapped: IpAddr = "::ffff:203.0.113.1".parse().unwrap();
        assert!(streams.take(mapped).is_none(), "an IPv4 address is the same in IPv6");
        assert!(streams.take(other).is_some());
        drop(taken);
        assert!(streams.take(greedy).is_some());
        let open = streams.lock();
        assert_eq!((open.all, open.by_address.len()), (0, 0), "nobody reads, and nothing is remembered");
    }

    #[test]
    fn hosts_of_one_ipv6_network_are_one() {
        let streams = Arc::new(PublicStreams::default());
        let host = |number: u32| IpAddr::from([0x2001, 0xdb8, 0, 0, 0, 0, (number >> 16) as u16, number as u16]);
        let taken: Vec<_> = (0..200).filter_map(|number| streams.take(host(number))).collect();
        assert_eq!(taken.len(), MOST_BY_ADDRESS);
        assert!(streams.take("2001:db8:0:1::1".parse().unwrap()).is_some());
    }

    #[test]
    fn all_places_are_bounded() {
        let streams = Arc::new(PublicStreams::default());
        let taken: Vec<_> = (0..10_000_u32).filter_map(|number| streams.take(number.to_be_bytes().into())).collect();
        assert_eq!(taken.len(), MOST);
    }
}
