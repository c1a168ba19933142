//! Owns what a dashboard asks at its first look: over HTTP as it does, and as plain SQL over the table.

use std::{
    fmt::Write as _,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use heatline::store::{Client, Statement};
use serde_json::{Value, json};

use crate::{
    Failure,
    events::SITE,
    generator::{self, Plan, Requests, Until},
    inputs,
    server::Service,
};

/// One question, in both languages.
pub struct Question {
    pub name: &'static str,
    metrics: &'static [&'static str],
    dimension: Option<&'static str>,
    compare: bool,
    /// The same over the table; what stands for the range is put in.
    sql: &'static str,
}

pub const QUESTIONS: &[Question] = &[
    Question {
        name: "visitors and pageviews by hour",
        metrics: &["visitors", "pageviews"],
        dimension: Some("time:hour"),
        compare: false,
        sql: "SELECT toStartOfHour(at) AS hour, uniqExact(visitor_id), countIf(kind = 'pageview') FROM events \
              WHERE {range} AND kind IN ('pageview', 'event') GROUP BY hour ORDER BY hour",
    },
    Question {
        name: "totals with comparison",
        metrics: &["visitors", "visits", "pageviews", "bounce_rate", "visit_duration"],
        dimension: None,
        compare: true,
        sql: "SELECT uniqExact(visitor_id), count(), sum(views), countIf(views = 1 AND customs = 0), avg(lasted) FROM (\
              SELECT any(visitor_id) AS visitor_id, countIf(kind = 'pageview') AS views, countIf(kind = 'event') AS customs, \
              dateDiff('second', min(at), max(at)) AS lasted FROM events WHERE {range} GROUP BY session_id) \
              SETTINGS max_bytes_before_external_group_by = 100000000",
    },
    Question {
        name: "top 10 pages",
        metrics: &["visitors", "pageviews"],
        dimension: Some("event:page"),
        compare: false,
        sql: "SELECT pathname, uniqExact(visitor_id) AS visitors, countIf(kind = 'pageview') FROM events \
              WHERE {range} AND kind IN ('pageview', 'event') GROUP BY pathname ORDER BY visitors DESC LIMIT 10",
    },
    Question {
        name: "top 10 sources",
        metrics: &["visitors"],
        dimension: Some("visit:source"),
        compare: false,
        sql: "SELECT source, uniqExact(visitor_id) AS visitors FROM events \
              WHERE {range} AND kind IN ('pageview', 'event') GROUP BY source ORDER BY visitors DESC LIMIT 10",
    },
    Question {
        name: "top 10 countries",
        metrics: &["visitors"],
        dimension: Some("visit:country"),
        compare: false,
        sql: "SELECT country, uniqExact(visitor_id) AS visitors FROM events \
              WHERE {range} AND kind IN ('pageview', 'event') GROUP BY country ORDER BY visitors DESC LIMIT 10",
    },
    Question {
        name: "top 10 browsers",
        metrics: &["visitors"],
        dimension: Some("visit:browser"),
        compare: false,
        sql: "SELECT browser, uniqExact(visitor_id) AS visitors FROM events \
              WHERE {range} AND kind IN ('pageview', 'event') GROUP BY browser ORDER BY visitors DESC LIMIT 10",
    },
];

/// What a dashboard may be filtered by.
pub const FILTERS: [&str; 3] = [
    r#"["is", "visit:country", ["BG"]]"#,
    r#"["is", "event:page", ["/articles/0/how-to-read-a-map"]]"#,
    r#"["is", "visit:source", ["Site 1"]]"#,
];

const RANGE: &str = "site_id = {site_id:UInt32} AND day > today() - 30 AND day <= today()";
const DASHBOARDS: usize = 10;
const BATCHES_PER_SECOND: f64 = 800.0;
const EVENTS_OF_A_BATCH: u32 = 25;
const CONNECTIONS: usize = 64;
const LOAD: Duration = Duration::from_secs(15);

impl Question {
    fn body(&self, round: u32, filter: Option<&str>) -> Value {
        let mut body = json!({"site_id": inputs::SITE, "metrics": self.metrics, "date_range": "30d"});
        if let Some(dimension) = self.dimension {
            body["dimensions"] = json!([dimension]);
        }
        if self.compare {
            body["compare"] = "previous_period".into();
        }
        if let Some(filter) = filter {
            body["filters"] = json!([serde_json::from_str::<Value>(filter).unwrap_or_default()]);
        }
        // Of another length each time, so that no kept answer is handed out; series have all of their rows.
        let limit = if self.dimension == Some("time:hour") { 5_000 } else { 10 };
        body["pagination"] = json!({"limit": limit + round});
        body
    }

    /// Returns the milliseconds that the engine takes.
    pub async fn as_plain_sql(&self, client: &Client) -> Result<f64, Failure> {
        let statement = Statement::new(self.sql.replace("{range}", RANGE)).bind("site_id", SITE);
        let start = Instant::now();
        client.select_json(&statement).await?;
        Ok(start.elapsed().as_secs_f64() * 1000.0)
    }
}

/// Who asks.
#[derive(Clone)]
pub struct Dashboard {
    client: reqwest::Client,
    url: String,
    key: String,
}

impl Dashboard {
    pub fn new(service: &Service) -> Self {
        let url = format!("http://{}/api/v2/query", service.server.address);
        Self { client: reqwest::Client::new(), url, key: service.key.clone() }
    }

    /// Returns the milliseconds from the question to the last byte.
    pub async fn ask(&self, question: &Question, round: u32, filter: Option<&str>) -> Result<f64, Failure> {
        let start = Instant::now();
        self.answer(&question.body(round, filter)).await?;
        Ok(start.elapsed().as_secs_f64() * 1000.0)
    }

    /// Asks all questions at once, and returns the milliseconds until the last answer.
    pub async fn first_look(&self, round: u32, filter: Option<&str>) -> Result<f64, Failure> {
        let start = Instant::now();
        let asked = QUESTIONS.iter().map(|question| {
            // Not the numbers of single questions again.
            let body = question.body(round + 1000, filter);
            async move { self.answer(&body).await }
        });
        for answer in futures_util::future::join_all(asked).await {
            answer?;
        }
        Ok(start.elapsed().as_secs_f64() * 1000.0)
    }

    pub async fn rows_read(&self, question: &Question) -> Result<u64, Failure> {
        let mut body = question.body(0, None);
        body["explain"] = true.into();
        let report: Value = serde_json::from_slice(&self.answer(&body).await?)?;
        let steps = report["meta"]["explain"].as_array().ok_or("no explanation")?;
        Ok(steps.iter().filter_map(|step| step["rows_read"].as_u64()).sum())
    }

    async fn answer(&self, body: &Value) -> Result<Vec<u8>, Failure> {
        let request = self.client.post(&self.url).bearer_auth(&self.key).header("content-type", "application/json");
        let answer = request.body(body.to_string()).send().await?;
        let status = answer.status();
        let bytes = answer.bytes().await?;
        if !status.is_success() {
            return Err(format!("{status}: {}", String::from_utf8_lossy(&bytes)).into());
        }
        Ok(bytes.to_vec())
    }
}

/// Measures ingest alone, then beside dashboards that look again and again, and those.
pub fn beside_ingest(service: &Service, runtime: &tokio::runtime::Runtime) -> Result<String, Failure> {
    let beacons = Requests::new(0..inputs::VISITORS, 1, EVENTS_OF_A_BATCH);
    let plan = |length| Plan { connections: CONNECTIONS, until: Until::After(length), rate: Some(BATCHES_PER_SECOND) };
    let address = service.server.address;
    generator::run(address, &beacons, plan(Duration::from_secs(2)))?;
    let mut alone = generator::run(address, &beacons, plan(LOAD))?;
    let stop = Arc::new(AtomicBool::new(false));
    let looks = Arc::new(Mutex::new(Vec::new()));
    let dashboard = Dashboard::new(service);
    for number in 0..DASHBOARDS {
        let (stop, looks, dashboard) = (Arc::clone(&stop), Arc::clone(&looks), dashboard.clone());
        runtime.spawn(async move {
            let mut round = 10_000 + 1_000 * number as u32;
            while !stop.load(Ordering::Relaxed) {
                let look = dashboard.first_look(round % 4_000, None).await.map_err(|error| error.to_string());
                looks.lock().unwrap_or_else(PoisonError::into_inner).push(look);
                round += 1;
            }
        });
    }
    let mut beside = generator::run(address, &beacons, plan(LOAD))?;
    stop.store(true, Ordering::Relaxed);
    let looks = std::mem::take(&mut *looks.lock().unwrap_or_else(PoisonError::into_inner));
    let (times, errors): (Vec<_>, Vec<_>) = looks.into_iter().partition(Result::is_ok);
    let mut times: Vec<f64> = times.into_iter().flatten().collect();
    let mut page = format!(
        "\n{DASHBOARDS} dashboards that look again and again while {} events/s arrive.\n\n",
        BATCHES_PER_SECOND * f64::from(EVENTS_OF_A_BATCH)
    );
    writeln!(page, "| ingest | accepted | 503 | p50 ms | p99 ms |\n|---|---|---|---|---|")?;
    for (name, tally) in [("alone", &mut alone), ("beside", &mut beside)] {
        let (p50, p99) = (tally.latency_ms(0.5), tally.latency_ms(0.99));
        writeln!(page, "| {name} | {} | {} | {p50:.1} | {p99:.1} |", tally.accepted, tally.unavailable)?;
    }
    let (count, middle, worst) = (times.len(), median(&mut times), worst_of_twenty(&mut times));
    writeln!(page, "\n{count} looks, median {middle:.0} ms, p95 {worst:.0} ms; {} were refused", errors.len())?;
    Ok(page)
}

pub fn median(values: &mut [f64]) -> f64 {
    quantile(values, 0.5)
}

/// Returns the 95th percentile.
pub fn worst_of_twenty(values: &mut [f64]) -> f64 {
    quantile(values, 0.95)
}

fn quantile(values: &mut [f64], share: f64) -> f64 {
    values.sort_by(f64::total_cmp);
    let place = (values.len() as f64 * share) as usize;
    values.get(place.min(values.len().saturating_sub(1))).copied().unwrap_or_default()
}
