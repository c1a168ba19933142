//! Owns how many streams of widgets are open: of all, and of one network, so that nobody takes the places of everybody.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Arc, Mutex, PoisonError},
};

use crate::http::error::ApiError;

/// Streams that may be open at the same time. They have places of their own: who embeds a counter on a large site keeps
/// nobody from their dashboard.
const ALL: usize = 20_000;
/// Of these, how many may be of one network: the tabs of a large office.
const OF_NETWORK: u32 = 256;

/// The open streams, in memory only.
#[derive(Default)]
pub struct Places(Mutex<Open>);

#[derive(Default)]
struct Open {
    all: usize,
    by_network: HashMap<IpAddr, u32>,
}

/// The place of one stream, until it is dropped.
pub struct Place {
    places: Arc<Places>,
    network: IpAddr,
}

impl Places {
    /// Takes a place.
    pub fn take(self: &Arc<Self>, address: IpAddr) -> Result<Place, ApiError> {
        let network = network(address);
        let mut open = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let of_network = open.by_network.get(&network).copied().unwrap_or(0);
        if open.all >= ALL || of_network >= OF_NETWORK {
            return Err(ApiError::Unavailable { retry_after_seconds: 30 });
        }
        open.all += 1;
        open.by_network.insert(network, of_network + 1);
        Ok(Place { places: Arc::clone(self), network })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut open = self.places.0.lock().unwrap_or_else(PoisonError::into_inner);
        open.all = open.all.saturating_sub(1);
        match open.by_network.get_mut(&self.network) {
            Some(count) if *count > 1 => *count -= 1,
            _ => {
                open.by_network.remove(&self.network);
            }
        }
    }
}

/// IPv6 is counted by /64, which is what one household or host gets.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(v4) => IpAddr::V4(v4),
        IpAddr::V6(v6) => IpAddr::from((v6.to_bits() >> 64 << 64).to_be_bytes()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_network_has_so_many_places_and_gets_them_back() {
        let places = Arc::new(Places::default());
        let address = |last: u16| IpAddr::from([0x2001, 0xdb8, 0, 0, 0, 0, 0, last]);
        let mut taken: Vec<Place> = (0..256).map(|last| places.take(address(last)).unwrap()).collect();
        assert!(places.take(address(999)).is_err());
        assert!(places.take([192, 0, 2, 1].into()).is_ok());
        taken.pop();
        assert!(places.take(address(999)).is_ok());
        drop(taken);
        let open = places.0.lock().unwrap();
        assert!(open.by_network.is_empty() && open.all == 0);
    }
}
