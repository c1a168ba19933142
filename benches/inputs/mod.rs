//! Owns what the ingest benches send: the same visitors, pages and browsers every time.
//! It knows the wire formats and nothing of servers.

use std::net::Ipv4Addr;

/// Name of the site that the benches write to.
pub const SITE: &str = "bench.example";
/// How many people visit it.
pub const VISITORS: u32 = 10_000;
/// How many pages it has.
const PAGES: u32 = 200;

const USER_AGENTS: [&str; 16] = [
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
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/139.0.0.0 Safari/537.36",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Mobile/15E148 Safari/604.1",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 Instagram 389.0.0.30.84 (iPhone14,5; iOS 18_5; bg_BG; bg; scale=3.00; 1170x2532; 745677411)",
    "Mozilla/5.0 (Linux; Android 13; SM-A536B; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/140.0.7339.155 Mobile Safari/537.36 [FB_IAB/FB4A;FBAV/529.0.0.44.72;]",
    "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0.0.0 Mobile Safari/537.36 OPR/92.0.0.0",
    "Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36",
];
/// First octets of networks that people browse from.
const NETWORKS: [u8; 12] = [5, 31, 46, 62, 77, 84, 91, 109, 151, 178, 188, 212];
const REFERRERS: [&str; 5] =
    ["", "https://www.google.com/", "https://t.co/", "https://news.ycombinator.com/item", "https://www.facebook.com/"];
const CAMPAIGNS: [&str; 4] = ["", "", "", "?utm_source=newsletter&utm_medium=email&utm_campaign=autumn"];
const ELEMENTS: [&str; 6] = [
    "#buy",
    "a[href='/pricing']",
    "main>article>p:nth-of-type(3)>a",
    "nav>ul>li:nth-of-type(2)>a",
    "button.menu",
    "body",
];
const DOCUMENT_HEIGHT: u32 = 5012;
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

/// Returns a beacon of our own format: a pageview, and then what a reader of a page does, up to `events`.
pub fn beacon(visitor: u32, view: u32, events: u32) -> String {
    let [width, height] = pick(&SCREENS, visitor);
    let mut text = format!(
        r#"{{"v":1,"site":"{SITE}","view":"9f86d081884c7d65","n":0,"url":"{}","referrer":"{}","viewport":[{width},{height}],"document":[{width},{DOCUMENT_HEIGHT}],"events":[{{"type":"pageview","ago":12}}"#,
        url(visitor, view),
        pick(&REFERRERS, visitor / 7),
    );
    for event in 1..events {
        text.push(',');
        text.push_str(&later_event(visitor, event, events - event, width));
    }
    text.push_str("]}");
    text
}

/// Returns the `event`-th event of a view: of eight, five are clicks, and one each a report of the time, of what was on
/// screen, and an event of the site's own.
fn later_event(visitor: u32, event: u32, before_end: u32, width: u32) -> String {
    let ago = before_end * 640;
    let chance = scatter(visitor * 100 + event);
    match event % 8 {
        3 => {
            format!(r#"{{"type":"engagement","ago":{ago},"engaged":{},"depth":{}}}"#, chance % 15_000, event * 4 % 101)
        }
        5 => {
            let exposure: Vec<String> = (0..100).map(|band| exposure_ms(band, event).to_string()).collect();
            let depth = 900 + event * 160;
            format!(r#"{{"type":"scroll","ago":{ago},"depth":{depth},"exposure":[{}]}}"#, exposure.join(","))
        }
        7 => format!(
            r#"{{"type":"event","ago":{ago},"name":"download","props":{{"file":"map-{}.pdf","format":"A4"}}}}"#,
            event % 9
        ),
        _ => format!(
            r#"{{"type":"click","ago":{ago},"element":"{}","fraction":[{},{}],"at":[{},{}],"since":{},"flags":{}}}"#,
            pick(&ELEMENTS, chance),
            chance % 65_536,
            (chance >> 8) % 65_536,
            chance % width,
            (chance >> 4) % DOCUMENT_HEIGHT,
            event * 640,
            chance % 3,
        ),
    }
}

/// Time that a hundredth of the page was on screen: a window of fifteen that moves down.
fn exposure_ms(band: u32, event: u32) -> u32 {
    if (event * 3..event * 3 + 15).contains(&band) { 5_000 } else { 0 }
}

fn pick<T: Copy>(from: &[T], index: u32) -> T {
    from[index as usize % from.len()]
}

/// Spreads neighbours over the whole range, the same way every time.
fn scatter(value: u32) -> u32 {
    let mixed = (value ^ (value >> 16)).wrapping_mul(0x7feb_352d);
    (mixed ^ (mixed >> 15)).wrapping_mul(0x846c_a68b) ^ (mixed >> 7)
}
