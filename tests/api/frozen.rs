//! Closed days are counted once, and the counts are read only while they are those of the rows.

use heatline::{
    model::{Site, SiteName, SiteSettings},
    reports::freeze::freeze_all,
    store::{Client, engine::config::read_endpoint, frozen},
};
use jiff::{Timestamp, tz::TimeZone};
use serde_json::{Value, json};

use crate::helpers::TestApp;

const SITE: &str = "frozen.example";
const FIRST: u16 = 18_690;
const LAST: u16 = 18_693;

struct Frozen {
    app: TestApp,
    client: Client,
    site: Site,
}

impl Frozen {
    /// Three days of 2021: visits that stay within a day, and one that crosses midnight.
    async fn start() -> Self {
        let app = TestApp::start_empty(|_| {}).await;
        app.add_site_with(SITE, "UTC", json!({"hostnames": ["demo.example"]})).await;
        let client = Client::new(read_endpoint(&app.config.data_dir.join("engine")).unwrap());
        let name = SiteName::parse(SITE).unwrap();
        let site =
            Site { id: app.site_id(SITE).await, name, time_zone: TimeZone::UTC, settings: SiteSettings::default() };
        let this = Self { app, client, site };
        this.visit("ann", &[("2021-03-04T10:00:00Z", "/"), ("2021-03-04T10:05:00Z", "/shop")]).await;
        this.visit("bob", &[("2021-03-04T23:50:00Z", "/"), ("2021-03-05T00:10:00Z", "/old")]).await;
        this.visit("eve", &[("2021-03-05T12:00:00Z", "/old"), ("2021-03-05T12:01:00Z", "/shop")]).await;
        this.visit("dan", &[("2021-03-06T12:00:00Z", "/")]).await;
        this
    }

    async fn visit(&self, visitor: &str, views: &[(&str, &str)]) {
        let rows = views.iter().map(|(at, path)| {
            json!({"timestamp": at, "name": "pageview", "url": format!("https://demo.example{path}"), "visitor": visitor})
        });
        self.app.events(SITE, &rows.collect::<Vec<_>>()).await;
        self.app.flushed().await;
    }

    async fn freeze(&self) -> usize {
        freeze_all(&self.client, std::slice::from_ref(&self.site), Timestamp::now(), 1).await.unwrap()
    }

    /// Returns which days are frozen, counted from the first.
    async fn days(&self) -> Vec<u16> {
        let days = frozen::days(&self.client, self.site.id.get(), FIRST..=LAST).await.unwrap();
        days.into_iter().map(|day| day.day - FIRST).collect()
    }

    /// Asks for pages, and returns the rows and what was read for them.
    async fn pages(&self) -> (Value, String) {
        let body = json!({
            "site_id": SITE, "metrics": ["visitors", "visits", "pageviews", "bounce_rate"], "dimensions": ["event:page"],
            "date_range": ["2021-03-04", "2021-03-06"], "order_by": [["event:page", "asc"]], "explain": true,
        });
        let report = self.app.query(&body).await;
        let rows =
            report["results"].as_array().unwrap().iter().map(|row| json!([row["dimensions"][0], row["metrics"]]));
        (rows.collect(), report["meta"]["explain"][0]["statement"].to_string())
    }

    async fn cell(&self, sql: &str) -> Value {
        self.app.cell(sql).await
    }
}

#[tokio::test]
async fn frozen_days_are_read_until_their_rows_change() {
    let frozen = Frozen::start().await;
    let (from_rows, read) = frozen.pages().await;
    assert!(!read.contains("frozen"), "{read}");
    assert_eq!(from_rows, json!([["/", [3, 3, 3, 33]], ["/old", [2, 2, 2, 0]], ["/shop", [2, 2, 2, 0]]]));
    assert_eq!((frozen.freeze().await, frozen.days().await), (3, vec![0, 1, 2]));
    let (from_frozen, read) = frozen.pages().await;
    assert!(read.contains("FROM frozen") && !read.contains("FROM events"), "{read}");
    assert_eq!(from_frozen, from_rows);
    assert_eq!(frozen.freeze().await, 0, "what is frozen is left alone");

    // A row that comes late: of the visit over midnight, so that both of its days are others now.
    frozen.visit("bob", &[("2021-03-05T00:20:00Z", "/shop")]).await;
    assert_eq!(frozen.days().await, [2]);
    let (with_late_row, _) = frozen.pages().await;
    assert_eq!(with_late_row, json!([["/", [3, 3, 3, 33]], ["/old", [2, 2, 2, 0]], ["/shop", [3, 3, 3, 0]]]));
    assert_eq!((frozen.freeze().await, frozen.days().await), (2, vec![0, 1, 2]));
    assert_eq!(frozen.pages().await.0, with_late_row);
    frozen.app.stop().await;
}

#[tokio::test]
async fn what_is_erased_is_in_no_count_either() {
    let frozen = Frozen::start().await;
    frozen.freeze().await;
    let named = "SELECT countIf(value = '/old') + (SELECT countIf(pathname = '/old' OR entry_pathname = '/old') FROM crossing) FROM frozen";
    assert_ne!(frozen.cell(named).await, json!(0));
    let erase = format!("/api/v1/sites/{SITE}/data?path=/old");
    let erase = frozen.app.request(reqwest::Method::DELETE, &erase).key(&frozen.app.key).send().await;
    assert_eq!(erase.expect(200, "a path").json(), json!({"done": true}));
    assert_eq!(frozen.cell(named).await, json!(0));
    let (pages, _) = frozen.pages().await;
    assert_eq!(pages, json!([["/", [3, 3, 3, 67]], ["/shop", [2, 2, 2, 0]]]));
    frozen.freeze().await;
    assert_eq!((frozen.days().await, frozen.pages().await.0), (vec![0, 1, 2], pages));
    assert_eq!(frozen.cell(named).await, json!(0));
    frozen.app.stop().await;
}

#[tokio::test]
async fn an_entry_page_that_is_changed_in_place_is_noticed() {
    let frozen = Frozen::start().await;
    frozen.freeze().await;
    let change = "ALTER TABLE events UPDATE entry_pathname = '/elsewhere' WHERE entry_pathname = '/old' SETTINGS mutations_sync = 1";
    frozen.client.execute(&heatline::store::Statement::new(change)).await.unwrap();
    assert_eq!(frozen.days().await, [0, 2]);
    frozen.app.stop().await;
}

#[tokio::test]
async fn counts_that_are_good_no_more_go_after_a_while_and_those_of_unknown_sites() {
    let frozen = Frozen::start().await;
    frozen.freeze().await;
    frozen.visit("dan", &[("2021-03-06T12:05:00Z", "/shop")]).await;
    frozen.freeze().await;
    let freezes = "SELECT uniqExact(freeze) FROM frozen_days";
    assert_eq!(frozen.cell(freezes).await, json!(4));
    let (now_ms, site) = (Timestamp::now().as_millisecond() + 1, u64::from(frozen.site.id.get()));
    frozen::clean(&frozen.client, &[site], now_ms - 3_600_000).await.unwrap();
    assert_eq!(frozen.cell(freezes).await, json!(4));
    frozen::clean(&frozen.client, &[site], now_ms).await.unwrap();
    assert_eq!((frozen.cell(freezes).await, frozen.days().await), (json!(3), vec![0, 1, 2]));
    frozen::clean(&frozen.client, &[site + 1], now_ms).await.unwrap();
    assert_eq!(frozen.cell("SELECT count() FROM frozen").await, json!(0));
    assert_eq!(frozen.cell("SELECT count() FROM crossing").await, json!(0));
    frozen.app.stop().await;
}
