//! What waits in the spool says nothing about who sent it.

use std::{fs, net::IpAddr, path::Path};

use crate::{
    helpers::{Service, Visitor},
    load::{Ledger, beacon},
    rig::{folder, freeze_engine, kill_all, segments},
};

/// Addresses that stand nowhere else. One of six bytes more than IPv4 has: four could stand in a file by chance.
const SENTINELS: [&str; 2] = ["198.51.100.213", "2001:db8:5e47:1e1a:5e47:1e1a:5e47:1e1a"];
const SENTINEL_BROWSER: &str = "SentinelBrowser/7.13.37-x9";
const MARKER: &[u8] = b"#buy";

/// Returns every way in which an address could be written down.
fn forms(address: &str) -> Vec<Vec<u8>> {
    let bytes = match address.parse::<IpAddr>().unwrap() {
        IpAddr::V4(v4) => v4.octets().to_vec(),
        IpAddr::V6(v6) => v6.octets().to_vec(),
    };
    let reversed = bytes.iter().rev().copied().collect();
    let mapped = [&[0xff, 0xff], bytes.as_slice()].concat();
    vec![address.as_bytes().to_vec(), bytes, reversed, mapped]
}

fn contains(bytes: &[u8], needle: &[u8]) -> bool {
    bytes.windows(needle.len()).any(|window| window == needle)
}

fn files(folder: &Path, found: &mut Vec<(String, Vec<u8>)>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, found);
        } else if let Ok(bytes) = fs::read(&path) {
            found.push((path.display().to_string(), bytes));
        }
    }
}

#[tokio::test]
async fn no_address_and_no_user_agent_waits_in_the_spool() {
    let (_folder, data_dir) = folder();
    let ledger = Ledger::default();
    let service = Service::start_with(&data_dir, &["--log", "info,heatline=trace"]).await;
    service.add_site(crate::helpers::SITE).await;
    freeze_engine(&service).await;
    for number in 0..40 {
        let view = ledger.next();
        let user_agent =
            format!("Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/126.0.0.0 Safari/537.36 {SENTINEL_BROWSER}");
        let visitor = Visitor { address: SENTINELS[number % 2].to_owned(), user_agent };
        service.accepted(&beacon(view).from(visitor)).await;
    }
    let metrics = service.metrics().await.0;
    let log = service.log_file.clone();
    // Also what a service that was killed leaves behind.
    kill_all(service).await;
    let spool: Vec<u8> = segments(&data_dir).iter().flat_map(|segment| fs::read(segment).unwrap()).collect();
    assert!(contains(&spool, MARKER), "the search finds what waits");

    let mut searched =
        vec![("the metrics".to_owned(), metrics.into_bytes()), ("the log".to_owned(), fs::read(log).unwrap())];
    files(&data_dir, &mut searched);
    for (name, bytes) in &searched {
        assert!(!contains(bytes, SENTINEL_BROWSER.as_bytes()), "the user agent is in {name}");
        for address in SENTINELS {
            assert!(!contains(bytes, address.as_bytes()), "{address} is in {name}");
            // Only where our own bytes stand: four bytes can be in the engine's files by chance.
            let is_ours = name.contains("/spool/") || address.contains(':');
            let found = forms(address).into_iter().find(|form| is_ours && contains(bytes, form));
            assert_eq!(found, None, "{address} is in {name}");
        }
    }
}
