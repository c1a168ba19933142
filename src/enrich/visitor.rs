//! Owns the visitor hash: who is the same visitor of one site on one day, and nothing beyond that.
//! It does not own the keys; the control database makes and destroys them.

use std::net::{IpAddr, Ipv6Addr};

use crate::model::{SiteId, VisitorId};

/// Version of the input format, so that a later format can never meet an old hash.
const FORMAT: u8 = 1;
/// Bytes before the user agent.
const HEAD_BYTES: usize = 1 + 8 + 16 + 2;

/// Returns the visitor's id: a BLAKE3 hash, keyed with the site's key of the day, of site, address and user agent.
///
/// The fields have fixed lengths or a length before them, so that no two inputs read the same. An IPv6 address
/// counts by its /64, for browsers change the lower half at will. Zero is never returned.
#[must_use]
pub fn visitor_id(salt: &[u8; 32], site: SiteId, address: IpAddr, user_agent: &str) -> VisitorId {
    let length = u16::try_from(user_agent.len()).unwrap_or(u16::MAX);
    let mut input = Vec::with_capacity(HEAD_BYTES + usize::from(length));
    input.push(FORMAT);
    input.extend_from_slice(&u64::from(site.get()).to_be_bytes());
    input.extend_from_slice(&identifying_part(address).octets());
    input.extend_from_slice(&length.to_be_bytes());
    input.extend_from_slice(&user_agent.as_bytes()[..usize::from(length)]);

    // In one piece: a hasher that is fed in parts is two kilobytes to set up.
    let hash = blake3::keyed_hash(salt, &input);
    let mut first = [0; 8];
    first.copy_from_slice(&hash.as_bytes()[..8]);
    VisitorId::new(u64::from_be_bytes(first).max(1))
}

/// Version of the input format of events whose day has no key, or whose sender names the visitor.
const IMPORTED_FORMAT: u8 = 2;

/// Who an event of another time is of, as its sender tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Claim<'a> {
    /// By a name of the sender's own, such as the number of an account.
    Name(&'a str),
    /// By what the visitor browsed with. Without an address all of one user agent are one.
    Browser { address: Option<IpAddr>, user_agent: &'a str },
}

/// Returns the id of a visitor whose day's key is destroyed or was never there: a BLAKE3 hash, keyed with the site's key of
/// imports, of site, local day and claim. The same claim is another visitor on each day, as everywhere.
#[must_use]
pub fn imported_visitor_id(key: &[u8; 32], site: SiteId, local_day: u16, claim: Claim<'_>) -> VisitorId {
    let mut input = vec![IMPORTED_FORMAT];
    input.extend_from_slice(&u64::from(site.get()).to_be_bytes());
    input.extend_from_slice(&local_day.to_be_bytes());
    match claim {
        Claim::Name(name) => {
            input.push(1);
            input.extend_from_slice(name.as_bytes());
        }
        Claim::Browser { address: None, user_agent } => {
            input.push(2);
            input.extend_from_slice(user_agent.as_bytes());
        }
        Claim::Browser { address: Some(address), user_agent } => {
            input.push(3);
            input.extend_from_slice(&identifying_part(address).octets());
            input.extend_from_slice(user_agent.as_bytes());
        }
    }
    let mut first = [0; 8];
    first.copy_from_slice(&blake3::keyed_hash(key, &input).as_bytes()[..8]);
    VisitorId::new(u64::from_be_bytes(first).max(1))
}

/// Returns the part of an address that stays the same from view to view, as 16 bytes.
fn identifying_part(address: IpAddr) -> Ipv6Addr {
    match address.to_canonical() {
        IpAddr::V4(v4) => v4.to_ipv6_mapped(),
        IpAddr::V6(v6) => Ipv6Addr::from_bits(v6.to_bits() >> 64 << 64),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const SALT: [u8; 32] = [7; 32];
    const SITE: SiteId = SiteId::new(1);

    fn id(address: &str, user_agent: &str) -> VisitorId {
        visitor_id(&SALT, SITE, address.parse().unwrap(), user_agent)
    }

    #[test]
    fn follows_the_documented_input_format() {
        let mut input = vec![1];
        input.extend(1_u64.to_be_bytes());
        input.extend([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 192, 0, 2, 1]);
        input.extend(2_u16.to_be_bytes());
        input.extend(b"ua");
        let hash = blake3::keyed_hash(&SALT, &input);
        let expected = u64::from_be_bytes(hash.as_bytes()[..8].try_into().unwrap());
        assert_eq!(id("192.0.2.1", "ua").get(), expected);
    }

    #[test]
    fn tells_visitors_apart_by_every_field() {
        let base = id("192.0.2.1", "ua");
        let others = [
            ("another address", id("192.0.2.2", "ua")),
            ("another agent", id("192.0.2.1", "ub")),
            ("no agent", id("192.0.2.1", "")),
            ("another site", visitor_id(&SALT, SiteId::new(2), "192.0.2.1".parse().unwrap(), "ua")),
            ("another day", visitor_id(&[8; 32], SITE, "192.0.2.1".parse().unwrap(), "ua")),
        ];
        for (difference, other) in others {
            assert_ne!(base, other, "{difference}");
        }
    }

    #[test]
    fn counts_an_ipv6_network_and_a_mapped_address_as_one() {
        assert_eq!(id("2001:db8:0:1::1", "ua"), id("2001:db8:0:1:ffff::2", "ua"), "same /64");
        assert_ne!(id("2001:db8:0:1::1", "ua"), id("2001:db8:0:2::1", "ua"), "next /64");
        assert_eq!(id("::ffff:192.0.2.1", "ua"), id("192.0.2.1", "ua"), "v4-mapped");
    }

    #[test]
    fn an_imported_visitor_is_told_apart_by_key_site_day_and_claim() {
        let address = Some("192.0.2.1".parse().unwrap());
        let claims = [
            Claim::Name("ua"),
            Claim::Name(""),
            Claim::Browser { address: None, user_agent: "ua" },
            Claim::Browser { address: None, user_agent: "" },
            Claim::Browser { address, user_agent: "ua" },
            Claim::Browser { address, user_agent: "" },
        ];
        let id = |key: u8, site, day, claim| imported_visitor_id(&[key; 32], SiteId::new(site), day, claim);
        let mut all: Vec<_> = claims.into_iter().map(|claim| id(7, 1, 20_000, claim)).collect();
        all.extend(
            [(8, 1, 20_000), (7, 2, 20_000), (7, 1, 20_001)].map(|(key, site, day)| id(key, site, day, claims[0])),
        );
        assert_eq!(all[0], id(7, 1, 20_000, claims[0]), "and is the same again");
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), claims.len() + 3);
    }

    #[test]
    fn takes_an_agent_of_any_length() {
        assert_eq!(id("192.0.2.1", &"a".repeat(70_000)), id("192.0.2.1", &"a".repeat(65_535)));
    }

    proptest! {
        #[test]
        fn is_never_zero_and_repeatable(salt: [u8; 32], site: u32, address: IpAddr, user_agent in ".{0,80}") {
            let first = visitor_id(&salt, SiteId::new(site), address, &user_agent);
            prop_assert_ne!(first.get(), 0);
            prop_assert_eq!(first, visitor_id(&salt, SiteId::new(site), address, &user_agent));
        }
    }
}
