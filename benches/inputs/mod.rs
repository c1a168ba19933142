//! Owns what the ingest benches send: the same visitors, pages and browsers every time.
//! It knows the wire formats and nothing of servers.

use std::{fmt::Write as _, net::Ipv4Addr};

/// Name of the site that the benches write to.
pub const SITE: &str = "bench.example";
/// How many people visit it.
pub const VISITORS: u32 = 10_000;
/// How many pages it has.
const PAGES: u32 = 200;

const USER_AGENTS: [&str; 10] = [
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Safari/605.1.15",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1",
    "Mozilla/5.0 (iPad; CPU OS 17_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.6 Mobile/15E148 Safari/604.1",
    "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Mobile Safari/537.36",
    "Mozilla/5.0 (Linux; Android 14; SM-S921B) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/28.0 Chrome/130.0.0.0 Mobile Safari/537.36",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:143.0) Gecko/20100101 Firefox/143.0",
    "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36 Edg/141.0.0.0",
];
/// First octets of networks that people browse from.
const NETWORKS: [u8; 12] = [5, 31, 46, 62, 77, 84, 91, 109, 151, 178, 188, 212];
const REFERRERS: [&str; 5] =
    ["", "https://www.google.com/", "https://t.co/", "https://news.ycombinator.com/item", "https://www.facebook.com/"];
const CAMPAIGNS: [&str; 4] = ["", "", "", "?utm_source=newsletter&utm_medium=email&utm_campaign=autumn"];
const SCREENS: [[u32; 2]; 4] = [[1280, 720], [1920, 969], [390, 664], [768, 954]];

/// Returns the browser of a visitor.
pub fn user_agent(visitor: u32) -> &'static str {
    pick(&USER_AGENTS, visitor)
}

/// Returns the address of a visitor.
pub fn address(visitor: u32) -> Ipv4Addr {
    let [b, c, d, _] = scatter(visitor).to_be_bytes();
    Ipv4Addr::new(pick(&NETWORKS, visitor), b, c, d)
}

/// Returns the URL of a visitor's `view`-th view.
pub fn url(visitor: u32, view: u32) -> String {
    let page = scatter(visitor + view * VISITORS) % PAGES;
    format!("https://www.{SITE}/articles/{page}/how-to-read-a-map{}", pick(&CAMPAIGNS, visitor))
}

/// Returns a beacon of our own format: a pageview, and custom events up to `events`.
pub fn beacon(visitor: u32, view: u32, events: u32) -> String {
    let [width, height] = pick(&SCREENS, visitor);
    let mut text = format!(
        r#"{{"v":1,"site":"{SITE}","view":"9f86d081884c7d65","url":"{}","referrer":"{}","viewport":[{width},{height}],"document":[{width},5012],"events":[{{"type":"pageview","ago":12}}"#,
        url(visitor, view),
        pick(&REFERRERS, visitor / 7),
    );
    for event in 1..events {
        write!(
            text,
            r#",{{"type":"event","ago":{event},"name":"download","props":{{"file":"map-{}.pdf"}}}}"#,
            event % 9
        )
        .expect("writing to memory cannot fail");
    }
    text.push_str("]}");
    text
}

fn pick<T: Copy>(from: &[T], index: u32) -> T {
    from[index as usize % from.len()]
}

/// Spreads neighbours over the whole range, the same way every time.
fn scatter(value: u32) -> u32 {
    let mixed = (value ^ (value >> 16)).wrapping_mul(0x7feb_352d);
    (mixed ^ (mixed >> 15)).wrapping_mul(0x846c_a68b) ^ (mixed >> 7)
}
