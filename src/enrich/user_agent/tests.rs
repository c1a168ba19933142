//! Tests of user agents as they are sent in the wild.

use std::sync::LazyLock;

use proptest::prelude::*;

use super::*;
use crate::model::Device;

static AGENTS: LazyLock<Agents> = LazyLock::new(|| Agents::new().unwrap());

const WEBKIT: &str = "AppleWebKit/537.36 (KHTML, like Gecko)";
const IOS: &str = "like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)";

fn row(user_agent: &str) -> String {
    let AgentVerdict { agent, bot } = AGENTS.identify(user_agent);
    assert!(!bot, "{user_agent}");
    let browser = format!("{} {}", agent.browser, agent.browser_version);
    let os = format!("{} {}", agent.os, agent.os_version);
    format!("{}, {}, {}", browser.trim_end(), os.trim_end(), agent.device.as_str())
}

#[test]
fn names_browsers_and_systems_as_people_know_them() {
    let windows = format!("Mozilla/5.0 (Windows NT 10.0; Win64; x64) {WEBKIT}");
    let mac = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)";
    let iphone = format!("Mozilla/5.0 (iPhone; CPU iPhone OS 17_4_1 {IOS}");
    let android = format!("Mozilla/5.0 (Linux; Android 10; K) {WEBKIT}");
    let cases = [
        (format!("{windows} Chrome/131.0.0.0 Safari/537.36"), "Chrome 131, Windows 10, desktop"),
        (format!("{windows} Chrome/131.0.0.0 Safari/537.36 Edg/131.0.2903.51"), "Edge 131, Windows 10, desktop"),
        (format!("{windows} Chrome/130.0.0.0 Safari/537.36 OPR/115.0.0.0"), "Opera 115, Windows 10, desktop"),
        (
            format!("{windows} Chrome/128.0.0.0 YaBrowser/24.10.0.0 Safari/537.36"),
            "Yandex Browser 24, Windows 10, desktop",
        ),
        (format!("{windows} Chrome/130.0.0.0 Safari/537.36 Vivaldi/7.0.3495.6"), "Vivaldi 7, Windows 10, desktop"),
        (
            format!("Mozilla/5.0 (Windows NT 6.3) {WEBKIT} Chrome/109.0.0.0 Safari/537.36"),
            "Chrome 109, Windows 8.1, desktop",
        ),
        (
            "Mozilla/5.0 (Windows NT 6.1; Trident/7.0; Tablet PC 2.0; rv:11.0) like Gecko".to_owned(),
            "Internet Explorer 11, Windows 7, desktop",
        ),
        (format!("{mac} {WEBKIT} Chrome/131.0.0.0 Safari/537.36"), "Chrome 131, macOS 10.15, desktop"),
        (
            format!("{mac} AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Safari/605.1.15"),
            "Safari 18, macOS 10.15, desktop",
        ),
        (
            "Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0".to_owned(),
            "Firefox 133, Linux, desktop",
        ),
        (
            format!("Mozilla/5.0 (X11; Linux x86_64) {WEBKIT} Chrome/131.0.0.0 Safari/537.36"),
            "Chrome 131, Linux, desktop",
        ),
        (
            format!("Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) {WEBKIT} Chrome/131.0.0.0 Safari/537.36"),
            "Chrome 131, ChromeOS, desktop",
        ),
        (format!("{iphone} Version/17.4.1 Mobile/15E148 Safari/604.1"), "Safari 17, iOS 17.4, mobile"),
        (format!("{iphone} CriOS/131.0.6778.73 Mobile/15E148 Safari/604.1"), "Chrome 131, iOS 17.4, mobile"),
        (format!("{iphone} FxiOS/133.0 Mobile/15E148 Safari/605.1.15"), "Firefox 133, iOS 17.4, mobile"),
        (format!("{iphone} Mobile/21E236"), "Safari (in-app), iOS 17.4, mobile"),
        (format!("{iphone} Mobile/21F79 Instagram 358.0.0.29.94 (iPhone14,5)"), "Instagram 358, iOS 17.4, mobile"),
        (format!("{iphone} Mobile/15E148 [FBAN/FBIOS;FBAV/490.0.0.38.106]"), "Facebook 490, iOS 17.4, mobile"),
        (
            format!("Mozilla/5.0 (iPad; CPU OS 16_6 {IOS} Version/16.6 Mobile/15E148 Safari/604.1"),
            "Safari 16, iOS 16.6, tablet",
        ),
        (format!("{android} Chrome/131.0.0.0 Mobile Safari/537.36"), "Chrome 131, Android 10, mobile"),
        (format!("{android} Chrome/131.0.0.0 Safari/537.36"), "Chrome 131, Android 10, tablet"),
        (
            format!("{android} SamsungBrowser/23.0 Chrome/115.0 Mobile Safari/537.36"),
            "Samsung Internet 23, Android 10, mobile",
        ),
        (
            format!("{android} Version/4.0 Chrome/131.0.0.0 Mobile Safari/537.36 Viber/24.0"),
            "Android WebView 131, Android 10, mobile",
        ),
        (
            "Mozilla/5.0 (Android 14; Mobile; rv:133.0) Gecko/133.0 Firefox/133.0".to_owned(),
            "Firefox 133, Android 14, mobile",
        ),
        (
            "Mozilla/5.0 (Android 14; Tablet; rv:133.0) Gecko/133.0 Firefox/133.0".to_owned(),
            "Firefox 133, Android 14, tablet",
        ),
        (
            format!(
                "Mozilla/5.0 (Linux; Android 14; SM-A546B; wv) {WEBKIT} Version/4.0 Chrome/131.0.0.0 Mobile Safari/537.36"
            ),
            "Android WebView 131, Android 14, mobile",
        ),
        (
            format!("Mozilla/5.0 (Linux; Android 11; CUBOT NOTE 20) {WEBKIT} Chrome/131.0.0.0 Mobile Safari/537.36"),
            "Chrome 131, Android 11, mobile",
        ),
        (
            "Opera/9.80 (Android; Opera Mini/36.2/191.251; U; bg) Presto/2.12.423 Version/12.16".to_owned(),
            "Opera Mini 36, Android, mobile",
        ),
        (
            format!("Mozilla/5.0 (Linux; Android 10; BRAVIA 4K VH2) {WEBKIT} Chrome/131.0.0.0 Safari/537.36"),
            "Chrome 131, Android 10, desktop",
        ),
        (
            format!("Mozilla/5.0 (Linux; Android 9; KFTRWI) {WEBKIT} Silk/130.3.1 like Chrome/130.0.0.0 Safari/537.36"),
            "Amazon Silk 130, Android 9, tablet",
        ),
    ];
    for (user_agent, expected) in cases {
        assert_eq!(row(&user_agent), expected, "{user_agent}");
    }
}

#[test]
fn tells_robots_from_people() {
    let robots = [
        "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
        "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/131.0.0.0 Safari/537.36",
        "Mozilla/5.0 (compatible; SomeNewBot/1.0)",
        "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)",
        "WhatsApp/2.24.20.89 A",
        "Viber",
        "curl/8.5.0",
        "python-requests/2.31.0",
    ];
    for user_agent in robots {
        let verdict = AGENTS.identify(user_agent);
        assert!(verdict.bot, "{user_agent}");
        assert_eq!(*verdict.agent, Agent::default(), "{user_agent}");
    }
}

#[test]
fn allows_a_missing_or_unknown_user_agent() {
    for user_agent in ["", "  ", "?", "\u{1b}[2J\r\n", "ИмеНаБраузър"] {
        let verdict = AGENTS.identify(user_agent);
        assert!(!verdict.bot, "{user_agent:?}");
        assert_eq!(verdict.agent.device, Device::Desktop);
        assert_eq!(verdict.agent.browser, "", "{user_agent:?}");
    }
}

#[test]
fn reads_the_beginning_of_a_long_user_agent() {
    let long = format!("Mozilla/5.0 (Windows NT 10.0) {WEBKIT} Chrome/131.0.0.0 Safari/537.36 {}", "ю".repeat(8192));
    assert_eq!(row(&long), "Chrome 131, Windows 10, desktop");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn never_panics_and_repeats_itself(user_agent in "(Mozilla/5.0|Android|iPad|Chrome/[0-9]{0,3}|bot|[ ();.]|\\PC){0,30}") {
        prop_assert_eq!(AGENTS.identify(&user_agent), AGENTS.identify(&user_agent));
    }
}
