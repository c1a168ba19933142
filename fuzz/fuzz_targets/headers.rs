//! Headers of anybody: the address of the client is found, and a peer that is no proxy of ours decides nothing.
#![no_main]

use std::net::IpAddr;

use heatline::{enrich::TrustedProxies, http::decode::{Encoding, decode}};

libfuzzer_sys::fuzz_target!(|parts: (&str, &str, &str, &[u8])| {
    let (forwarded, x_forwarded_for, encoding, body) = parts;
    let proxies = TrustedProxies::new(vec!["127.0.0.0/8".parse().unwrap()]);
    let stranger: IpAddr = "203.0.113.9".parse().unwrap();
    let near: IpAddr = "127.0.0.1".parse().unwrap();
    assert_eq!(proxies.client_address(stranger, &[forwarded], &[x_forwarded_for]), stranger);
    let _ = proxies.client_address(near, &[forwarded], &[x_forwarded_for]);
    if let Some(encoding) = Encoding::parse(encoding)
        && let Ok(decoded) = decode(encoding, body, 4096)
    {
        assert!(decoded.len() <= 4096);
    }
});
