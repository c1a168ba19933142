//! Owns the fixtures: visitors, and beacons as the tracker sends them.

use std::sync::atomic::{AtomicU64, Ordering};

use serde_json::{Value, json};

use super::SITE;

pub const CHROME_ON_WINDOWS: &str =
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36";
pub const SAFARI_ON_IPHONE: &str = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 \
     (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1";
pub const GOOGLEBOT: &str = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)";

/// Somebody with a browser.
#[derive(Debug, Clone)]
pub struct Visitor {
    pub address: String,
    pub user_agent: String,
}

/// A visitor of an address that no geo database knows.
pub fn a_visitor() -> Visitor {
    Visitor { address: "203.0.113.1".to_owned(), user_agent: CHROME_ON_WINDOWS.to_owned() }
}

impl Visitor {
    /// Another visitor for each number.
    pub fn number(self, number: u8) -> Self {
        self.address(&format!("198.51.100.{number}"))
    }

    pub fn address(self, address: &str) -> Self {
        Self { address: address.to_owned(), ..self }
    }

    pub fn user_agent(self, user_agent: &str) -> Self {
        Self { user_agent: user_agent.to_owned(), ..self }
    }
}

/// A beacon that is being put together: its body, and who sends it.
#[derive(Debug, Clone)]
pub struct Beacon {
    pub body: Value,
    pub visitor: Visitor,
}

/// A beacon of a new view of the site's first page, without events.
pub fn a_beacon() -> Beacon {
    static VIEWS: AtomicU64 = AtomicU64::new(1);
    let body = json!({
        "v": 1, "site": SITE, "url": format!("https://{SITE}/"), "viewport": [1280, 720], "document": [1280, 4000],
        "events": [],
    });
    Beacon { body, visitor: a_visitor() }.view(VIEWS.fetch_add(1, Ordering::Relaxed))
}

/// A beacon with one pageview.
pub fn a_pageview(path: &str) -> Beacon {
    a_beacon().path(path).event(json!({"type": "pageview"}))
}

impl Beacon {
    pub fn site(mut self, site: &str) -> Self {
        self.body["site"] = site.into();
        self.url(&format!("https://{site}/"))
    }

    pub fn url(mut self, url: &str) -> Self {
        self.body["url"] = url.into();
        self
    }

    /// A path of the beacon's site.
    pub fn path(self, path: &str) -> Self {
        let url = format!("https://{}{path}", self.body["site"].as_str().unwrap());
        self.url(&url)
    }

    pub fn view(mut self, view: u64) -> Self {
        self.body["view"] = format!("{view:016x}").into();
        self
    }

    /// The number of the batch in its view.
    pub fn batch(mut self, number: u32) -> Self {
        self.body["n"] = number.into();
        self
    }

    pub fn referrer(mut self, referrer: &str) -> Self {
        self.body["referrer"] = referrer.into();
        self
    }

    /// Size of the browser's window and of the page in it.
    pub fn sizes(mut self, viewport: [u32; 2], document: [u32; 2]) -> Self {
        self.body["viewport"] = json!(viewport);
        self.body["document"] = json!(document);
        self
    }

    pub fn event(mut self, event: Value) -> Self {
        self.body["events"].as_array_mut().unwrap().push(event);
        self
    }

    pub fn events(self, events: impl IntoIterator<Item = Value>) -> Self {
        events.into_iter().fold(self, Self::event)
    }

    /// Dates all events so far back.
    pub fn ago(mut self, ms: u64) -> Self {
        for event in self.body["events"].as_array_mut().unwrap() {
            event["ago"] = ms.into();
        }
        self
    }

    pub fn from(self, visitor: Visitor) -> Self {
        Self { visitor, ..self }
    }
}
