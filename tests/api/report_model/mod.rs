//! Every number of every report against a model that computes it from the raw rows: random sites, random questions.
//!
//! `HEATLINE_TEST_MODEL_SITES` and `HEATLINE_TEST_MODEL_QUERIES` say how many; `make test-model` is the long run.

mod compared;
mod documented;
mod model;
mod question;
mod sequence_model;
mod sequences;
mod site;

use std::collections::BTreeMap;

use heatline::{
    model::{Site, SiteName, SiteSettings},
    reports::{self, QueryErrors},
    store::{Client, engine::config::read_endpoint},
};
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::helpers::TestApp;
use model::{Answer, Model, Question};
use site::{Dice, RandomSite};

/// The clock of the questions; none of them depends on it.
const NOW: &str = "2027-01-15T12:00:00Z";

fn count(name: &str, otherwise: usize) -> usize {
    std::env::var(name).map_or(otherwise, |text| text.parse().unwrap())
}

#[tokio::test]
async fn every_number_is_that_of_the_model() {
    let sites = count("HEATLINE_TEST_MODEL_SITES", 4);
    let queries = count("HEATLINE_TEST_MODEL_QUERIES", 320);
    let first_seed = count("HEATLINE_TEST_MODEL_SEED", 1) as u64;
    let app = TestApp::start_empty(|_| {}).await;
    let client = Client::new(read_endpoint(&app.config.data_dir.join("engine")).unwrap());
    let (mut compared, mut from_frozen) = (0, 0);
    // How often each metric had something to say.
    let mut told: BTreeMap<String, usize> = BTreeMap::new();
    for seed in first_seed..first_seed + sites as u64 {
        let random = RandomSite::draw(seed);
        let name = format!("model{seed}.example");
        let mut dice = Dice::new(seed + 1_000_000);
        let known = put(&app, &client, &random, &name, &mut dice).await;
        let mut asked = 0;
        while asked < queries / sites {
            let (body, question) = question::draw(&mut dice, &random, &name);
            let Some(report) = ask(&client, &known, &random, &body, NOW.parse().unwrap()).await else { continue };
            asked += 1;
            from_frozen += usize::from(report["meta"]["explain"].to_string().contains("FROM frozen"));
            for metric in check(seed, &body, &report, &random, &question) {
                *told.entry(metric).or_default() += 1;
            }
        }
        compared += asked;
    }
    println!(
        "{compared} questions about {sites} sites, {from_frozen} from frozen days: no difference; metrics that were not zero or nothing: {told:?}"
    );
    assert!(from_frozen > 0, "no question was answered from frozen days");
    assert!(told.len() * 2 > question::METRICS.len(), "too few metrics had anything to say: {told:?}");
    app.stop().await;
}

#[tokio::test]
async fn every_documented_example_is_answered_with_the_numbers_of_the_model() {
    let app = TestApp::start_empty(|_| {}).await;
    let client = Client::new(read_endpoint(&app.config.data_dir.join("engine")).unwrap());
    let (random, now) = documented::site();
    let known = put(&app, &client, &random, "dummy.site", &mut Dice::new(7)).await;
    for (body, check) in documented::bodies(&random, "dummy.site") {
        let report = ask(&client, &known, &random, &body, now).await;
        check(&report.unwrap_or_else(|| panic!("{body} has no answer")));
    }
    app.stop().await;
}

/// The order in which rows come and the borders of batches change nothing.
#[tokio::test]
async fn the_same_rows_in_any_order_and_any_batches_have_the_same_answers() {
    let app = TestApp::start_empty(|_| {}).await;
    let client = Client::new(read_endpoint(&app.config.data_dir.join("engine")).unwrap());
    for seed in 11..11 + count("HEATLINE_TEST_MODEL_ORDERS", 1) as u64 {
        let random = RandomSite::draw(seed);
        let mut sites = Vec::new();
        for (number, parts) in [1, 7, 40].into_iter().enumerate() {
            let name = format!("order{number}of{seed}.example");
            app.add_site_with(&name, random.zone.iana_name().unwrap(), json!({})).await;
            let id = app.site_id(&name).await;
            let name = SiteName::parse(&name).unwrap();
            let site = Site { id, name, time_zone: random.zone.clone(), settings: SiteSettings::default() };
            random.insert(&client, &site, parts, &mut Dice::new(seed * 100 + number as u64), true).await;
            sites.push(site);
        }
        let mut dice = Dice::new(seed + 2_000_000);
        let mut asked = 0;
        while asked < 40 {
            let (mut body, _) = question::draw(&mut dice, &random, "");
            let mut answers = Vec::new();
            for site in &sites {
                body["site_id"] = json!(site.name);
                let Some(report) = ask(&client, site, &random, &body, NOW.parse().unwrap()).await else { break };
                answers.push(report);
            }
            let Some((first, others)) = answers.split_first() else { continue };
            assert_eq!(others.len(), sites.len() - 1);
            for other in others {
                // A cursor is of one site.
                let told = |report: &Value| (report["results"].clone(), report["meta"]["total_rows"].clone());
                assert_eq!(told(other), told(first), "seed {seed}: {body}");
            }
            asked += 1;
        }
    }
    app.stop().await;
}

/// Puts a random site into the engine, in three inserts.
async fn put(app: &TestApp, client: &Client, random: &RandomSite, name: &str, dice: &mut Dice) -> Site {
    app.add_site_with(name, random.zone.iana_name().unwrap(), json!({})).await;
    let id = app.site_id(name).await;
    let name = SiteName::parse(name).unwrap();
    let site = Site { id, name, time_zone: random.zone.clone(), settings: SiteSettings::default() };
    random.insert(client, &site, 3, dice, true).await;
    site
}

/// Returns the report as JSON; nothing if the question has no answer.
async fn ask(client: &Client, site: &Site, random: &RandomSite, body: &Value, now: Timestamp) -> Option<Value> {
    let mut body = body.clone();
    body["explain"] = true.into();
    let asked = reports::parse(&body).unwrap_or_else(|errors: QueryErrors| panic!("{body}: {errors}"));
    match reports::run(client, site, &random.definitions, asked, now).await {
        Ok(report) => Some(serde_json::to_value(report).unwrap()),
        Err(reports::RunError::Query(_)) => None,
        Err(error) => panic!("{body}: {error}"),
    }
}

/// Compares every row, its place, and how many there are. Returns the metrics that had something to say.
fn check(seed: u64, body: &Value, report: &Value, random: &RandomSite, question: &Question) -> Vec<String> {
    let (rows, total) = Model::new(random, question).answer();
    let told: Vec<Answer> = report["results"].as_array().unwrap().iter().map(answer_of).collect();
    assert_eq!(told, rows, "seed {seed}: {body}");
    assert_eq!(report["meta"]["total_rows"], json!(total), "seed {seed}: {body}");
    if let Some(earlier) = question.earlier {
        compared::check(seed, body, report, random, question, earlier);
    }
    let says = |place: usize| rows.iter().any(|row| row.metrics[place].as_f64().is_some_and(|value| value != 0.0));
    let metrics = question.metrics.iter().enumerate().filter(|(place, _)| says(*place));
    metrics.map(|(_, metric)| metric.clone()).collect()
}

/// Reads a row: numbers as floats, of money the amount.
fn answer_of(row: &Value) -> Answer {
    let dimensions = row["dimensions"].as_array().unwrap().iter().map(|value| value.as_str().unwrap().to_owned());
    let amount = |value: &Value| value.get("value").unwrap_or(value).clone();
    let metrics = row["metrics"].as_array().unwrap().iter().map(|value| float(&amount(value)));
    Answer { dimensions: dimensions.collect(), metrics: metrics.collect() }
}

fn float(value: &Value) -> Value {
    value.as_f64().map_or(Value::Null, Value::from)
}
