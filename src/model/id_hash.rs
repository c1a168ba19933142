//! Owns the hashing of keys that are random already: session ids, and visitor ids, which are keyed hashes. Nobody
//! outside can choose them, so that the standard hasher's defence against chosen keys would be paid for nothing.

use std::hash::{BuildHasherDefault, Hasher};

/// For maps whose keys are random ids, alone or together with a site.
pub type RandomIds = BuildHasherDefault<IdHasher>;

/// Mixes numbers by multiplication.
#[derive(Debug, Default, Clone, Copy)]
pub struct IdHasher(u64);

/// An odd number near 2⁶⁴ divided by the golden ratio.
const FACTOR: u64 = 0x9e37_79b9_7f4a_7c15;

impl Hasher for IdHasher {
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.write_u64(u64::from(*byte));
        }
    }

    fn write_u32(&mut self, value: u32) {
        self.write_u64(u64::from(value));
    }

    fn write_u64(&mut self, value: u64) {
        self.0 = (self.0.rotate_left(23) ^ value).wrapping_mul(FACTOR);
    }

    fn finish(&self) -> u64 {
        // Maps look at both ends, and a product's lower bits know nothing of the upper ones of its factors.
        self.0 ^ (self.0 >> 32)
    }
}

#[cfg(test)]
mod tests {
    use std::{collections::HashSet, hash::BuildHasher};

    use super::*;
    use crate::model::{SiteId, VisitorId};

    #[test]
    fn few_of_many_ids_share_a_bucket() {
        let hashes: Vec<u64> = (0..65_536_u64)
            .map(|number| (SiteId::new(3), VisitorId::new(number.wrapping_mul(0xd134_2543_de82_ef95))))
            .map(|key| RandomIds::default().hash_one(key))
            .collect();
        for (end, shift) in [("lower", 0), ("upper", 48)] {
            let buckets: HashSet<u64> = hashes.iter().map(|hash| hash >> shift & 0xffff).collect();
            assert!(buckets.len() > 40_000, "{end}: {}", buckets.len());
        }
    }
}
