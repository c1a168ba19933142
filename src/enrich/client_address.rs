//! Owns the question whose address it is: headers count only when a trusted proxy wrote them.
//! It does not own the list of proxies; settings bring it.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::{IpNet, Ipv4Net, Ipv6Net};

/// Hops looked at, from the right. More proxies in a row than this are an attack or a loop.
const MAX_HOPS: usize = 32;

/// Which header the proxies are set up to write. Where both arrive, the other one is not looked at:
/// a proxy passes on what it does not know, so the other one is the client's own writing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ForwardedHeader {
    #[default]
    XForwardedFor,
    /// RFC 7239.
    Forwarded,
}

/// The networks whose word on the client's address is taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrustedProxies {
    networks: Vec<IpNet>,
    header: ForwardedHeader,
}

impl Default for TrustedProxies {
    /// Trusts this machine only.
    fn default() -> Self {
        Self::new(vec![
            Ipv4Net::new_assert(Ipv4Addr::new(127, 0, 0, 0), 8).into(),
            Ipv6Net::new_assert(Ipv6Addr::LOCALHOST, 128).into(),
        ])
    }
}

impl TrustedProxies {
    /// Trusts `networks`, with `X-Forwarded-For` as the header that wins.
    #[must_use]
    pub fn new(networks: Vec<IpNet>) -> Self {
        Self { networks, header: ForwardedHeader::default() }
    }

    /// Says which header wins where both are present.
    #[must_use]
    pub fn preferring(mut self, header: ForwardedHeader) -> Self {
        self.header = header;
        self
    }

    /// Tells whether `address` is a proxy of ours.
    #[must_use]
    pub fn trusts(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.networks.iter().any(|network| network.contains(&address))
    }

    /// Returns the client's address: the right-most hop that is not a proxy of ours, for whatever stands left of it
    /// was written by somebody we do not know.
    ///
    /// A hop that names no address (`unknown`, `_hidden`, garbage) ends the walk at the proxy that reported it.
    /// `forwarded` and `x_forwarded_for` are the values of the header lines in the order of the request.
    #[must_use]
    pub fn client_address(&self, peer: IpAddr, forwarded: &[&str], x_forwarded_for: &[&str]) -> IpAddr {
        let mut client = peer.to_canonical();
        for hop in self.hops(forwarded, x_forwarded_for).take(MAX_HOPS) {
            if !self.trusts(client) {
                break;
            }
            match hop {
                Some(address) => client = address,
                None => break,
            }
        }
        client
    }

    /// Tells whether the client came over HTTPS, by the word of a trusted proxy.
    ///
    /// The left-most value is the client's own connection. A client that forges it fools only itself.
    #[must_use]
    pub fn is_secure(&self, peer: IpAddr, forwarded: &[&str], x_forwarded_proto: &[&str]) -> bool {
        if !self.trusts(peer) {
            return false;
        }
        let by_x_header = x_forwarded_proto.iter().flat_map(|line| line.split(',')).next().map(str::trim);
        let by_forwarded = || forwarded.iter().flat_map(|line| line.split(',')).find_map(|hop| parameter(hop, "proto"));
        by_x_header.or_else(by_forwarded).is_some_and(|scheme| unquoted(scheme).eq_ignore_ascii_case("https"))
    }

    /// Returns the hops from the right: `None` stands for one without an address.
    fn hops<'a>(
        &self,
        forwarded: &'a [&str],
        x_forwarded_for: &'a [&str],
    ) -> Box<dyn Iterator<Item = Option<IpAddr>> + 'a> {
        let use_forwarded = match self.header {
            ForwardedHeader::XForwardedFor => x_forwarded_for.is_empty(),
            ForwardedHeader::Forwarded => !forwarded.is_empty(),
        };
        if use_forwarded {
            Box::new(from_the_right(forwarded).map(|hop| parameter(hop, "for").and_then(node_address)))
        } else {
            Box::new(from_the_right(x_forwarded_for).map(node_address))
        }
    }
}

/// Splits header lines into hops, last one first.
///
/// TRICKY: quotes are not honoured here on purpose. No address has a comma, and a client that opens a quote could
/// otherwise swallow what the proxy appends.
fn from_the_right<'a>(lines: &'a [&str]) -> impl Iterator<Item = &'a str> {
    lines.iter().rev().flat_map(|line| line.rsplit(','))
}

/// Returns the value of a parameter of one `Forwarded` element: `for=192.0.2.1;proto=https`.
fn parameter<'a>(element: &'a str, name: &str) -> Option<&'a str> {
    element.split(';').find_map(|pair| {
        let (key, value) = pair.split_once('=')?;
        key.trim().eq_ignore_ascii_case(name).then_some(value.trim())
    })
}

/// Parses an address as proxies write it: bare, with a port, in brackets, quoted.
fn node_address(text: &str) -> Option<IpAddr> {
    let text = unquoted(text.trim());
    let host = match text.strip_prefix('[') {
        Some(rest) => rest.split_once(']')?.0,
        // TRICKY: a bare IPv6 address is full of colons; only a single colon separates a port.
        None => match text.split_once(':') {
            Some((host, port)) if !port.contains(':') => host,
            _ => text,
        },
    };
    let without_zone = host.split('%').next().unwrap_or(host);
    without_zone.parse::<IpAddr>().ok().map(|address| address.to_canonical())
}

fn unquoted(text: &str) -> &str {
    text.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn proxies() -> TrustedProxies {
        TrustedProxies::new(vec!["127.0.0.0/8".parse().unwrap(), "10.0.0.0/8".parse().unwrap()])
    }

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn believes_headers_only_from_trusted_peers() {
        struct Case(&'static str, &'static str, &'static [&'static str], &'static [&'static str], &'static str);
        let cases = [
            Case("no headers", "127.0.0.1", &[], &[], "127.0.0.1"),
            Case("untrusted peer with both", "203.0.113.9", &["for=1.2.3.4"], &["1.2.3.4"], "203.0.113.9"),
            Case("one hop", "127.0.0.1", &[], &["203.0.113.9"], "203.0.113.9"),
            Case("forged hop on the left", "127.0.0.1", &[], &["1.2.3.4, 203.0.113.9"], "203.0.113.9"),
            Case("chain of our proxies", "127.0.0.1", &[], &["203.0.113.9, 10.0.0.2, 10.0.0.1"], "203.0.113.9"),
            Case("only our proxies", "127.0.0.1", &[], &["10.0.0.2, 10.0.0.1"], "10.0.0.2"),
            Case("two header lines", "127.0.0.1", &[], &["1.2.3.4", "203.0.113.9, 10.0.0.1"], "203.0.113.9"),
            Case("port", "127.0.0.1", &[], &["203.0.113.9:4711"], "203.0.113.9"),
            Case("bare v6 is not cut at a colon", "127.0.0.1", &[], &["2001:db8::1"], "2001:db8::1"),
            Case("bracketed v6 with port", "127.0.0.1", &[], &["[2001:db8::1]:4711"], "2001:db8::1"),
            Case("v6 with a zone", "127.0.0.1", &[], &["fe80::1%eth0"], "fe80::1"),
            Case("v4-mapped hop and peer", "::ffff:127.0.0.1", &[], &["::ffff:203.0.113.9"], "203.0.113.9"),
            Case("empty header", "127.0.0.1", &[], &[""], "127.0.0.1"),
            Case("garbage", "127.0.0.1", &[], &["1.2.3.4, '; DROP TABLE"], "127.0.0.1"),
            Case("hidden behind a proxy", "127.0.0.1", &[], &["1.2.3.4, unknown, 10.0.0.1"], "10.0.0.1"),
            Case("RFC 7239", "127.0.0.1", &["for=203.0.113.9;proto=https;by=10.0.0.1"], &[], "203.0.113.9"),
            Case("any case and spaces", "127.0.0.1", &["proto=http; FOR = 203.0.113.9 "], &[], "203.0.113.9"),
            Case("quoted v6 with port", "127.0.0.1", &["for=\"[2001:db8::1]:4711\""], &[], "2001:db8::1"),
            Case("for=unknown", "127.0.0.1", &["for=1.2.3.4, for=unknown"], &[], "127.0.0.1"),
            Case("for=_hidden", "127.0.0.1", &["for=1.2.3.4, for=_hidden"], &[], "127.0.0.1"),
            Case("element without for", "127.0.0.1", &["for=1.2.3.4, proto=https"], &[], "127.0.0.1"),
            Case("client's open quote", "127.0.0.1", &["for=\"1.2.3.4, for=203.0.113.9"], &[], "203.0.113.9"),
            Case("both: the set one wins", "127.0.0.1", &["for=1.2.3.4"], &["203.0.113.9"], "203.0.113.9"),
        ];
        for Case(description, peer, forwarded, x_forwarded_for, expected) in cases {
            let found = proxies().client_address(address(peer), forwarded, x_forwarded_for);
            assert_eq!(found, address(expected), "{description}");
        }
    }

    #[test]
    fn lets_the_operator_choose_the_header_that_wins() {
        let proxies = proxies().preferring(ForwardedHeader::Forwarded);
        let found = proxies.client_address(address("127.0.0.1"), &["for=203.0.113.9"], &["1.2.3.4"]);
        assert_eq!(found, address("203.0.113.9"));
    }

    #[test]
    fn looks_at_a_bounded_number_of_hops() {
        let line = vec!["10.0.0.1"; 500].join(", ");
        let found = proxies().client_address(address("127.0.0.1"), &[], &[&format!("1.2.3.4, {line}")]);
        assert_eq!(found, address("10.0.0.1"));
    }

    #[test]
    fn knows_https_from_trusted_peers_only() {
        struct Case(&'static str, &'static str, &'static [&'static str], &'static [&'static str], bool);
        let cases = [
            Case("nothing said", "127.0.0.1", &[], &[], false),
            Case("https", "127.0.0.1", &[], &["https"], true),
            Case("http", "127.0.0.1", &[], &["http"], false),
            Case("untrusted", "203.0.113.9", &["proto=https"], &["https"], false),
            Case("outer proxy first", "127.0.0.1", &[], &["HTTPS, http"], true),
            Case("RFC 7239", "127.0.0.1", &["for=1.2.3.4;proto=\"https\""], &[], true),
            Case("X header wins", "127.0.0.1", &["proto=https"], &["http"], false),
        ];
        for Case(description, peer, forwarded, proto, expected) in cases {
            assert_eq!(proxies().is_secure(address(peer), forwarded, proto), expected, "{description}");
        }
    }

    proptest! {
        #[test]
        fn never_panics_and_never_trusts_a_stranger(
            lines in prop::collection::vec(r#"([0-9a-f:.\[\]",;= ]|for=|unknown|_x|\PC){0,60}"#, 0..4),
        ) {
            let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
            let peer = address("127.0.0.1");
            let _ = proxies().client_address(peer, &lines, &[]);
            let _ = proxies().client_address(peer, &[], &lines);
            let _ = proxies().is_secure(peer, &lines, &lines);
            let stranger = address("203.0.113.9");
            prop_assert_eq!(proxies().client_address(stranger, &lines, &lines), stranger);
        }
    }
}
