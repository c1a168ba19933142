//! How many were here at the same time: what is kept of it, what the history and the reports tell, and that it goes with its site.

use std::collections::BTreeMap;

use heatline::{
    model::SiteName,
    store::{Client, Statement, engine::config::read_endpoint},
};
use jiff::{SignedDuration, Timestamp};
use rand::{Rng, SeedableRng, rngs::StdRng};
use serde_json::{Value, json};

use crate::helpers::{PATIENCE, SITE, Service, TestApp, a_pageview, a_visitor, app::rows, command::run, eventually};

const HISTORY: &str = "/api/v1/sites/demo.example/live/history";

async fn history(app: &TestApp, query: &str) -> Value {
    app.get(&format!("{HISTORY}?{query}")).key(&app.key).send().await.expect(200, "the history").json()
}

#[tokio::test]
async fn a_minute_with_anybody_is_a_row_and_a_restart_within_it_makes_no_more_of_them() {
    let folder = tempfile::tempdir().unwrap();
    let data_dir = folder.path().join("data");
    let service = Service::start_with_site(&data_dir).await;
    for number in 0..3 {
        service.accepted(&a_pageview("/").from(a_visitor().number(number))).await;
    }
    // The minute is noted when the service has looked at it once.
    tokio::time::sleep(std::time::Duration::from_millis(1200)).await;
    service.stop().await;
    let service = Service::start(&data_dir).await;
    service.accepted(&a_pageview("/").from(a_visitor().number(9))).await;
    tokio::time::sleep(std::time::Duration::from_millis(1200)).await;
    service.stop().await;
    let service = Service::start(&data_dir).await;
    let found = "SELECT uniqExact(node), max(peak), max(visitors), count() >= 2 FROM concurrency";
    let found = eventually("the minutes are stored", PATIENCE, async || {
        let found = rows(&data_dir, found).await;
        (found[0][3] == 1).then_some(found)
    });
    assert_eq!(json!(found.await), json!([[1, 4, 4, 1]]), "those who were restored, and one more");
    let report = json!({"site_id": SITE, "metrics": ["concurrent_peak", "visitors"], "date_range": "all"});
    assert_eq!(service.query(&report).await["results"][0]["metrics"], json!([4, 4]));
    service.stop().await;
}

/// The largest of the sums over nodes of the largest row of each, written down as the words say.
fn peaks(rows: &[(i64, u64, u32)], key: impl Fn(i64) -> i64) -> BTreeMap<i64, u32> {
    let mut minutes: BTreeMap<i64, BTreeMap<u64, u32>> = BTreeMap::new();
    for &(minute, node, peak) in rows {
        let most = minutes.entry(minute).or_default().entry(node).or_default();
        *most = (*most).max(peak);
    }
    let mut peaks = BTreeMap::new();
    for (minute, nodes) in minutes {
        let peak = peaks.entry(key(minute)).or_default();
        *peak = nodes.values().sum::<u32>().max(*peak);
    }
    peaks
}

#[tokio::test]
async fn reports_and_history_tell_the_exact_peaks_of_several_nodes() {
    let app = TestApp::start().await;
    let site = app.site_id(SITE).await.get();
    let mut random = StdRng::seed_from_u64(7);
    let now = Timestamp::now().as_second().div_euclid(60);
    let week = 7 * 24 * 60;
    let mut found: Vec<(i64, u64, u32)> = Vec::new();
    for _ in 0..400 {
        let back = random.random_range(1..5 * 60) + if random.random_bool(0.3) { week } else { 0 };
        found.push((now - back, random.random_range(1..=3), random.random_range(1..50)));
    }
    let values: Vec<String> = found
        .iter()
        .map(|(minute, node, peak)| {
            let at = minute * 60;
            format!("({site}, toDate(toDateTime({at}, 'UTC')), toDateTime({at}, 'UTC'), {node}, 1, {peak}, 1)")
        })
        .collect();
    let insert = format!(
        "INSERT INTO concurrency (site_id, day, minute, node, visitors, peak, batch) VALUES {}",
        values.join(", ")
    );
    let client = Client::new(read_endpoint(&app.config.data_dir.join("engine")).unwrap());
    client.execute(&Statement::new(insert)).await.unwrap();

    let all = peaks(&found, |_| 0)[&0];
    let total = json!({"site_id": SITE, "metrics": ["concurrent_peak"], "date_range": "30d"});
    assert_eq!(app.query(&total).await["results"][0]["metrics"][0], all);
    let hours = peaks(&found, |minute| minute.div_euclid(60));
    let by_hour = json!({"site_id": SITE, "metrics": ["concurrent_peak"], "date_range": "30d", "dimensions": ["time:hour"],
        "order_by": [["time:hour", "asc"]]});
    let told = app.query(&by_hour).await;
    let told: Vec<(String, u64)> = told["results"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| (row["dimensions"][0].as_str().unwrap().to_owned(), row["metrics"][0].as_u64().unwrap()))
        .collect();
    let zone = app.control.site(&SiteName::parse(SITE).unwrap()).await.unwrap().time_zone;
    let label = |hour: i64| {
        let at = Timestamp::from_second(hour * 3600).unwrap().to_zoned(zone.clone());
        at.strftime("%Y-%m-%d %H:%M:%S").to_string()
    };
    let expected: Vec<_> = hours.iter().map(|(hour, peak)| (label(*hour), u64::from(*peak))).collect();
    assert_eq!(told, expected);

    let minutes = peaks(&found, |minute| minute);
    let told = history(&app, "date_range=24h").await;
    assert_eq!(told["step_seconds"], 60);
    let points = told["points"].as_array().unwrap();
    assert!((1439..=1441).contains(&points.len()), "{}", points.len());
    for point in points {
        let minute = point["at"].as_str().unwrap().parse::<Timestamp>().unwrap().as_second() / 60;
        let of = |minute: i64| minutes.get(&minute).copied().unwrap_or_default();
        assert_eq!((&point["peak"], &point["week_ago"]), (&json!(of(minute)), &json!(of(minute - week))), "{point}");
    }
    let this_week = found.iter().filter(|(minute, ..)| *minute > now - week / 2).copied().collect::<Vec<_>>();
    assert_eq!(told["peak"]["visitors"], peaks(&this_week, |_| 0)[&0]);
    let most = told["peak"]["at"].as_str().unwrap().parse::<Timestamp>().unwrap().as_second() / 60;
    assert_eq!(json!(minutes[&most]), told["peak"]["visitors"]);
    let then = told["now"]["at"].as_str().unwrap().parse::<Timestamp>().unwrap() - SignedDuration::from_hours(24 * 7);
    let then = minutes.get(&(then.as_second() / 60)).copied().unwrap_or_default();
    assert_eq!(told["now"]["week_ago"], then);
    let long = history(&app, "date_range=30d").await;
    assert_eq!((&long["step_seconds"], &long["peak"]["visitors"]), (&json!(3600), &json!(all)));
    app.get(&format!("{HISTORY}?date_range=soon")).key(&app.key).send().await.problem(400, "invalid", "no range");

    // Minutes of some days go with the days, and all with the site.
    let removed = app.request(reqwest::Method::DELETE, &format!("/api/v1/sites/{SITE}")).key(&app.key).send().await;
    removed.expect(200, "removing the site");
    eventually("its minutes are gone", PATIENCE * 3, async || {
        (app.cell("SELECT count() FROM concurrency").await == 0).then_some(())
    })
    .await;
    app.stop().await;
}

#[tokio::test]
async fn days_that_are_erased_take_their_minutes_with_them_and_no_others() {
    let app = TestApp::start().await;
    app.add_site("other.example").await;
    let (site, other) = (app.site_id(SITE).await.get(), app.site_id("other.example").await.get());
    let client = Client::new(read_endpoint(&app.config.data_dir.join("engine")).unwrap());
    let values: Vec<String> = [site, other]
        .into_iter()
        .flat_map(|site| (1..=4).map(move |day| format!("({site}, '2026-03-0{day}', '2026-03-0{day} 12:00:00', 1, 1, {day}, 1)")))
        .collect();
    let insert = "INSERT INTO concurrency (site_id, day, minute, node, visitors, peak, batch) VALUES";
    client.execute(&Statement::new(format!("{insert} {}", values.join(", ")))).await.unwrap();
    let days = async || {
        let sql = "SELECT site_id, groupArray(toDayOfMonth(day)) FROM (SELECT * FROM concurrency ORDER BY day) GROUP BY site_id ORDER BY site_id";
        json!(rows(&app.config.data_dir, sql).await)
    };
    assert_eq!(days().await, json!([[site, [1, 2, 3, 4]], [other, [1, 2, 3, 4]]]));
    run(&app.config.data_dir, &format!("erase --site {SITE} --from 2026-03-02 --to 2026-03-03 --yes")).await.done();
    assert_eq!(days().await, json!([[site, [1, 4]], [other, [1, 2, 3, 4]]]));
    let report = json!({"site_id": SITE, "metrics": ["concurrent_peak"], "date_range": ["2026-03-01", "2026-03-03"]});
    assert_eq!(app.query(&report).await["results"][0]["metrics"], json!([1]), "the largest of what is left");
    app.stop().await;
}
