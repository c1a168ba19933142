//! Random funnels, retention and journeys about random sites, compared with the model.

use heatline::{
    model::{Site, SiteName, SiteSettings},
    reports::{RunError, funnel, journeys, retention},
    store::{Client, engine::config::read_endpoint},
};
use jiff::{Timestamp, civil::Date};
use serde::Serialize;
use serde_json::{Value, json};

use super::{
    NOW, count,
    model::{Model, Period, Question},
    question::{DIMENSIONS, draw_filter, draw_period},
    sequence_model::Funnel,
    site::{Dice, NAMES, PATHS, RandomSite},
};
use crate::helpers::TestApp;

/// A random site in the engine.
struct Known {
    seed: u64,
    client: Client,
    site: Site,
    random: RandomSite,
    dice: Dice,
    now: Timestamp,
}

impl Known {
    async fn add(app: &TestApp, client: &Client, seed: u64) -> Self {
        let random = RandomSite::draw(seed);
        let name = format!("model{seed}.example");
        app.add_site_with(&name, random.zone.iana_name().unwrap(), json!({})).await;
        let mut dice = Dice::new(seed + 2_000_000);
        let id = app.site_id(&name).await;
        let site = Site {
            id,
            name: SiteName::parse(&name).unwrap(),
            time_zone: random.zone.clone(),
            settings: SiteSettings::default(),
        };
        random.insert(client, &site, 3, &mut dice, false).await;
        Self { seed, client: client.clone(), site, random, dice, now: NOW.parse().unwrap() }
    }

    fn filters(&mut self) -> Vec<Value> {
        (0..u64::from(self.dice.once_in(8))).map(|_| draw_filter(&mut self.dice, &self.random, 0)).collect()
    }

    /// Draws a period; every second one is all of the site's days.
    fn period(&mut self) -> (Value, Period) {
        if self.dice.once_in(2) {
            return draw_period(&mut self.dice, &self.random);
        }
        let (first, last) = (self.random.first_day, self.random.last_day);
        (json!([first.to_string(), last.to_string()]), Period::Days(first, last))
    }

    /// Draws what journeys are about, or most steps.
    fn target(&mut self) -> Value {
        match self.dice.below(7) {
            0 if !self.random.definitions.goals.is_empty() => {
                json!({"goal": self.dice.of(&self.random.definitions.goals).name})
            }
            1 => json!({"event": *self.dice.of(&NAMES)}),
            2 => {
                json!({"event": *self.dice.of(&NAMES), "props": {*self.dice.of(&["plan", "a'b"]): *self.dice.of(&["pro", "", "x"])}})
            }
            _ => {
                json!({"page": *self.dice.of(&["/**", "/**", "/*", "/docs**", "/blog/*", "/buy", "/a'b\\c", PATHS[4]])})
            }
        }
    }

    fn step(&mut self) -> Value {
        if self.dice.once_in(6) {
            json!({"filters": [draw_filter(&mut self.dice, &self.random, 0)]})
        } else {
            self.target()
        }
    }

    /// Asks for a random funnel. Returns how many events its last step has.
    async fn funnel(&mut self) -> u64 {
        let (date_range, period) = self.period();
        let filters = self.filters();
        let steps: Vec<Value> = (0..2 + self.dice.below(3)).map(|_| self.step()).collect();
        let (by_visit, strict) = (!self.dice.once_in(3), self.dice.once_in(3));
        let window =
            *self.dice.of(&[None, None, Some(("1m", 60_000)), Some(("10m", 600_000)), Some(("2h", 7_200_000))]);
        let dimension = self.dice.once_in(3).then(|| *self.dice.of(&DIMENSIONS[..29]));
        let dimension = dimension.filter(|dimension| *dimension != "event:goal");
        let mut body = json!({
            "date_range": date_range, "filters": filters, "steps": steps,
            "by": if by_visit { "visit" } else { "visitor" }, "order": if strict { "strict" } else { "loose" },
            "window": window.map(|(text, _)| text), "dimension": dimension,
        });
        let limit = 1 + self.dice.below(6);
        if dimension.is_some() {
            body["limit"] = limit.into();
        }
        let asked = funnel::parse(&body).unwrap_or_else(|errors| panic!("{body}: {errors}"));
        let told = funnel::run(&self.client, &self.site, &self.random.definitions, &asked, self.now).await;
        let told = self.told(told, &body);
        let question = question(period, filters, dimension);
        let model = Model::new(&self.random, &question);
        let asked = Funnel {
            steps,
            by_visit,
            window_ms: window.map(|(_, ms)| ms),
            strict,
            dimension: dimension.map(str::to_owned),
            limit: usize::try_from(limit).unwrap(),
        };
        let (steps, breakdown) = model.funnel(&asked);
        let seed = self.seed;
        assert_eq!(numbers(&told["steps"]), numbers(&steps), "seed {seed}: {body}");
        if let Some((branches, found)) = breakdown {
            assert_eq!(numbers(&told["breakdown"]), numbers(&branches), "seed {seed}: {body}");
            assert_eq!(told["meta"]["total_rows"], json!(found), "seed {seed}: {body}");
        }
        steps.as_array().unwrap().last().unwrap()["visits"].as_u64().unwrap()
    }

    /// Asks for random cohorts. Returns how often somebody returned after the period of their first event.
    async fn retention(&mut self) -> u64 {
        let (first, last) = loop {
            if let (_, Period::Days(first, last)) = self.period() {
                break (first, last);
            }
        };
        let filters = self.filters();
        let interval = *self.dice.of(&["day", "week", "month"]);
        let mut body = json!({
            "date_range": [first.to_string(), last.to_string()], "filters": filters,
            "by": *self.dice.of(&["event:props:user", "event:props:user", "event:props:plan"]), "interval": interval,
            "first_since": *self.dice.of(&["ever", "range"]),
        });
        if self.dice.once_in(2) {
            body["periods"] = (1 + self.dice.below(10)).into();
        }
        for key in ["first", "return"] {
            if self.dice.once_in(5) {
                body[key] = json!([draw_filter(&mut self.dice, &self.random, 0)]);
            }
        }
        // Some of the days are still to come.
        let today: Date = if self.dice.once_in(4) { first } else { "2027-01-15".parse().unwrap() };
        let now = self.site.time_zone.to_timestamp(today.at(12, 0, 0, 0)).unwrap();
        let asked = retention::parse(&body).unwrap_or_else(|errors| panic!("{body}: {errors}"));
        let told = retention::run(&self.client, &self.site, &self.random.definitions, &asked, now).await;
        let told = self.told(told, &body);
        // What is done in a visit is looked for in all that is read.
        let read_from =
            if body["first_since"] == "range" { first } else { self.random.first_day.min(first).yesterday().unwrap() };
        let question = question(Period::Days(read_from, last), filters.clone(), None);
        let cohorts = Model::new(&self.random, &question).retention(&body, first, today);
        let told_cohorts = told["cohorts"].as_array().unwrap().iter().map(|cohort| {
            let returned = cohort["returned"].as_array().unwrap().iter().map(|count| count.as_u64().unwrap()).collect();
            (cohort["label"].as_str().unwrap().to_owned(), cohort["size"].as_u64().unwrap(), returned)
        });
        let told_cohorts: Vec<(String, u64, Vec<u64>)> = told_cohorts.collect();
        assert_eq!(told_cohorts, cohorts, "seed {}: {body}", self.seed);
        cohorts.iter().flat_map(|(_, _, returned)| returned.iter().skip(1)).sum()
    }

    /// Asks for random journeys. Returns how many paths were told.
    async fn journeys(&mut self) -> u64 {
        let (date_range, period) = self.period();
        let (filters, around) = (self.filters(), self.target());
        let (steps, limit) = (1 + self.dice.below(5), 1 + self.dice.below(8));
        let direction = *self.dice.of(&["before", "after", "both"]);
        let mut body = json!({
            "date_range": date_range, "filters": filters, "direction": direction, "steps": steps, "limit": limit,
        });
        body.as_object_mut().unwrap().extend(around.as_object().unwrap().clone());
        let asked = journeys::parse(&body).unwrap_or_else(|errors| panic!("{body}: {errors}"));
        let told = journeys::run(&self.client, &self.site, &self.random.definitions, &asked, self.now).await;
        let told = self.told(told, &body);
        let question = question(period, filters, None);
        let model = Model::new(&self.random, &question);
        let (steps, limit) = (usize::try_from(steps).unwrap(), usize::try_from(limit).unwrap());
        for (side, is_before) in [("before", true), ("after", false)] {
            if direction != side && direction != "both" {
                assert_eq!(told.get(side), None, "seed {}: {body}", self.seed);
                continue;
            }
            let (tree, visits) = model.journeys(&around, is_before, steps, limit);
            assert_eq!(told[side], tree, "seed {}: {side} of {body}", self.seed);
            assert_eq!(told["visits"], json!(visits), "seed {}: {body}", self.seed);
        }
        // The question itself may name a page.
        json!([told["before"], told["after"]]).to_string().matches("\"page\":\"/").count() as u64
    }

    fn told<T: Serialize>(&self, answer: Result<T, RunError>, body: &Value) -> Value {
        let report = answer.unwrap_or_else(|error| panic!("seed {}: {body}: {error}", self.seed));
        serde_json::to_value(report).unwrap()
    }
}

/// Returns what the model is asked about: rows, not metrics.
fn question(period: Period, filters: Vec<Value>, dimension: Option<&str>) -> Question {
    Question {
        metrics: Vec::new(),
        dimensions: dimension.map(str::to_owned).into_iter().collect(),
        period,
        filters,
        order_by: Vec::new(),
        limit: 0,
        offset: 0,
        earlier: None,
    }
}

/// Returns the value with every number as a float and without the names of steps.
fn numbers(value: &Value) -> Value {
    match value {
        Value::Array(items) => items.iter().map(numbers).collect(),
        Value::Object(keys) => {
            keys.iter().filter(|(key, _)| *key != "name").map(|(key, value)| (key.clone(), numbers(value))).collect()
        }
        Value::Number(number) => number.as_f64().into(),
        other => other.clone(),
    }
}

#[tokio::test]
async fn every_funnel_cohort_and_journey_is_that_of_the_model() {
    let sites = count("HEATLINE_TEST_MODEL_SITES", 4) as u64;
    let questions = count("HEATLINE_TEST_MODEL_QUERIES", 320) as u64 / 8 / sites;
    let first_seed = count("HEATLINE_TEST_MODEL_SEED", 1) as u64;
    let app = TestApp::start_empty(|_| {}).await;
    let client = Client::new(read_endpoint(&app.config.data_dir.join("engine")).unwrap());
    let (mut ended, mut returned, mut told) = (0, 0, 0);
    for seed in first_seed..first_seed + sites {
        let mut known = Known::add(&app, &client, seed).await;
        for _ in 0..questions {
            ended += u64::from(known.funnel().await > 0);
            returned += u64::from(known.retention().await > 0);
            told += u64::from(known.journeys().await > 0);
        }
    }
    let asked = sites * questions;
    println!(
        "of {asked} each: {ended} funnels were gone through, {returned} times somebody returned, {told} journeys led somewhere"
    );
    assert!(ended * 10 > asked && returned * 4 > asked && told * 4 > asked, "{ended} {returned} {told} of {asked}");
    app.stop().await;
}
