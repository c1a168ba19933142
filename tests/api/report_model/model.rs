//! Owns the answer to a question computed from raw rows in plain Rust, straight from what `docs/metrics.md` says. It shares no
//! code with `src/reports`: where the two differ, one of them is wrong.

use std::collections::{BTreeMap, BTreeSet};

use heatline::model::{Goal, GoalTarget};
use jiff::{Timestamp, ToSpan, civil::Date};
use regex::{Regex, RegexBuilder};
use serde_json::{Value, json};

use super::site::{Click, Kind, RandomSite, Row};

/// The period of a question: days, or moments in milliseconds, the last one not included.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Period {
    Days(Date, Date),
    Moments(i64, i64),
}

/// A question as the model takes it: every default put in.
#[derive(Debug, Clone)]
pub struct Question {
    pub metrics: Vec<String>,
    pub dimensions: Vec<String>,
    pub period: Period,
    pub filters: Vec<Value>,
    pub order_by: Vec<(String, bool)>,
    pub limit: usize,
    pub offset: usize,
    /// What the rows are compared with.
    pub earlier: Option<(Date, Date)>,
}

/// A row of the answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    pub dimensions: Vec<String>,
    pub metrics: Vec<Value>,
}

/// Whether filters and dimensions are looked at for an event or for its visit.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Level {
    Event,
    Visit,
}

pub struct Model<'a> {
    pub(super) site: &'a RandomSite,
    pub(super) question: &'a Question,
    /// The rows of the period.
    pub(super) rows: Vec<&'a Row>,
    /// The last pageview of each visit in the period.
    exits: BTreeMap<u64, &'a Row>,
}

impl<'a> Model<'a> {
    pub fn new(site: &'a RandomSite, question: &'a Question) -> Self {
        let rows: Vec<&Row> = site.rows.iter().filter(|row| question.period.holds(row)).collect();
        let mut exits: BTreeMap<u64, &Row> = BTreeMap::new();
        for row in rows.iter().filter(|row| row.kind == Kind::Pageview) {
            let last = exits.entry(row.session).or_insert(row);
            if (row.at_ms, row.view) >= (last.at_ms, last.view) {
                *last = row;
            }
        }
        Self { site, question, rows, exits }
    }

    /// Returns the rows of the page that was asked for, and how many there are in all.
    pub fn answer(&self) -> (Vec<Answer>, usize) {
        let mut answers: Vec<Answer> = self
            .keys()
            .into_iter()
            .map(|key| {
                let metrics =
                    self.question.metrics.iter().map(|metric| super::float(&self.metric(metric, &key))).collect();
                Answer { dimensions: key, metrics }
            })
            .collect();
        answers.sort_by(|a, b| self.compare(a, b));
        let total = answers.len();
        let page = answers.into_iter().skip(self.question.offset).take(self.question.limit).collect();
        (page, total)
    }

    /// The rows of the answer: those that an event falls in, or a visit where only visits are asked about.
    fn keys(&self) -> BTreeSet<Vec<String>> {
        if self.question.dimensions.is_empty() {
            return BTreeSet::from([Vec::new()]);
        }
        let only_visits = self.question.metrics.iter().all(|metric| VISIT_METRICS.contains(&metric.as_str()));
        let level = if only_visits { Level::Visit } else { Level::Event };
        self.rows.iter().filter(|row| self.counts(row, level)).flat_map(|row| self.keys_of(row, level)).collect()
    }

    fn counts(&self, row: &Row, level: Level) -> bool {
        self.is_counted(row) && self.question.filters.iter().all(|filter| self.passes(row, filter, level))
    }

    /// Pageviews and custom events count; a report of engagement does where it reaches a goal that is asked for.
    fn is_counted(&self, row: &Row) -> bool {
        let listed = self.question.dimensions.iter().any(|dimension| dimension == "event:goal");
        let asked = self.question.filters.iter().any(|filter| self.asks_for_scroll_goal(row, filter));
        is_event(row) || asked || (listed && self.listed().any(|goal| is_scroll(goal) && reaches(row, goal)))
    }

    pub(super) fn asks_for_scroll_goal(&self, row: &Row, filter: &Value) -> bool {
        match filter[0].as_str().unwrap() {
            "and" | "or" => list(&filter[1]).iter().any(|filter| self.asks_for_scroll_goal(row, filter)),
            "not" => self.asks_for_scroll_goal(row, &filter[1]),
            "has_done" | "has_not_done" => false,
            _ if filter[1] == "segment" => {
                self.segments(filter).concat().iter().any(|filter| self.asks_for_scroll_goal(row, filter))
            }
            operator if filter[1] == "event:goal" && !operator.ends_with("_not") => {
                self.goals_of(filter).any(|goal| is_scroll(goal) && reaches(row, goal))
            }
            _ => false,
        }
    }

    /// The goals that the dimension is about.
    fn listed(&self) -> impl Iterator<Item = &Goal> {
        let filters: Vec<&Value> = self.question.filters.iter().filter(|filter| filter[1] == "event:goal").collect();
        let filters: Vec<&Value> =
            filters.into_iter().filter(|filter| !filter[0].as_str().unwrap().ends_with("_not")).collect();
        self.site
            .definitions
            .goals
            .iter()
            .filter(move |goal| filters.iter().all(|filter| self.goals_of(filter).any(|fits| fits.id == goal.id)))
    }

    fn goals_of(&self, filter: &Value) -> impl Iterator<Item = &Goal> {
        let test = Test::of(filter);
        self.site.definitions.goals.iter().filter(move |goal| test.fits(&goal.name))
    }

    fn segments(&self, filter: &Value) -> Vec<Vec<Value>> {
        let ids: Vec<u64> = list(&filter[2]).iter().map(|id| id.as_u64().unwrap()).collect();
        let segments = &self.site.definitions.segments;
        let of = |id: &u64| segments.iter().find(|segment| u64::from(segment.id.get()) == *id).unwrap();
        ids.iter().map(|id| serde_json::from_str(&of(id).filters).unwrap()).collect()
    }

    pub(super) fn passes(&self, row: &Row, filter: &Value, level: Level) -> bool {
        let operator = filter[0].as_str().unwrap();
        match operator {
            "and" => list(&filter[1]).iter().all(|filter| self.passes(row, filter, level)),
            "or" => list(&filter[1]).iter().any(|filter| self.passes(row, filter, level)),
            "not" => !self.passes(row, &filter[1], level),
            "has_done" => self.has_done(row.session, &filter[1]),
            "has_not_done" => !self.has_done(row.session, &filter[1]),
            _ if filter[1] == "segment" => {
                self.segments(filter).iter().any(|all| all.iter().all(|filter| self.passes(row, filter, level)))
            }
            _ if filter[1] == "event:goal" => {
                self.goals_of(filter).any(|goal| reaches(row, goal)) != operator.ends_with("_not")
            }
            _ => {
                let dimension = filter[1].as_str().unwrap();
                let test = Test::of(filter).for_dimension(dimension);
                let value = self.values(row, dimension, level).remove(0);
                test.fits(&value) != operator.ends_with("_not")
            }
        }
    }

    fn has_done(&self, session: u64, filter: &Value) -> bool {
        self.rows.iter().filter(|row| row.session == session).any(|row| {
            (is_event(row) || self.asks_for_scroll_goal(row, filter)) && self.passes(row, filter, Level::Event)
        })
    }

    /// The rows of the answer that a row falls in: one, but for the dimension of goals.
    fn keys_of(&self, row: &Row, level: Level) -> Vec<Vec<String>> {
        let mut keys = vec![Vec::new()];
        for dimension in &self.question.dimensions {
            let values = self.values(row, dimension, level);
            keys = keys
                .iter()
                .flat_map(|key| {
                    values.iter().map(|value| key.iter().cloned().chain([value.clone()]).collect::<Vec<String>>())
                })
                .collect();
        }
        keys
    }

    pub(super) fn values(&self, row: &Row, dimension: &str, level: Level) -> Vec<String> {
        let of_visit = |column: &str| row.of_visit[column].clone();
        let or = |value: String, word: &str| if value.is_empty() { word.to_owned() } else { value };
        let exit =
            |value: fn(&Row) -> &String| self.exits.get(&row.session).map(|row| value(row).clone()).unwrap_or_default();
        let value = match dimension {
            "event:page" if level == Level::Visit => of_visit("entry_pathname"),
            "event:hostname" if level == Level::Visit => of_visit("entry_hostname"),
            "event:page" => row.pathname.clone(),
            "event:hostname" => row.hostname.clone(),
            "event:name" if row.kind == Kind::Pageview => "pageview".to_owned(),
            "event:name" => row.name.clone(),
            "event:goal" => {
                return self.listed().filter(|goal| reaches(row, goal)).map(|goal| goal.name.clone()).collect();
            }
            "visit:entry_page" => of_visit("entry_pathname"),
            "visit:entry_page_hostname" => of_visit("entry_hostname"),
            "visit:exit_page" => exit(|row| &row.pathname),
            "visit:exit_page_hostname" => exit(|row| &row.hostname),
            "visit:source" | "visit:referrer" => or(of_visit(&dimension[6..]), "Direct / None"),
            "visit:channel" => or(of_visit("channel"), "Direct"),
            "visit:country" => of_visit("country"),
            "visit:country_name" => match of_visit("country").as_str() {
                "BG" => "Bulgaria".to_owned(),
                "DE" => "Germany".to_owned(),
                "US" => "United States".to_owned(),
                other => other.to_owned(),
            },
            "visit:region" | "visit:region_name" => of_visit("region"),
            "visit:city" | "visit:city_name" => of_visit("city"),
            "visit:device" => capitalised(&of_visit("device")),
            other if other.starts_with("visit:") => or(of_visit(&other[6..]), "(not set)"),
            other if other.starts_with("event:props:") => {
                or(row.props.get(&other["event:props:".len()..]).cloned().unwrap_or_default(), "(none)")
            }
            other => self.label(row, other),
        };
        vec![value]
    }

    /// The label of the piece of time that a row falls in.
    fn label(&self, row: &Row, dimension: &str) -> String {
        let first = match self.question.period {
            Period::Days(first, _) => first,
            Period::Moments(from, _) => self.clock(from).date(),
        };
        match dimension {
            "time:minute" => self.clock(row.at_ms).strftime("%Y-%m-%d %H:%M:00").to_string(),
            "time:hour" => self.clock(row.at_ms).strftime("%Y-%m-%d %H:00:00").to_string(),
            "time:day" => row.day.to_string(),
            "time:week" => {
                let back = i64::from(row.day.weekday().to_monday_zero_offset());
                row.day.checked_sub(back.days()).unwrap().max(first).to_string()
            }
            "time:month" => row.day.first_of_month().to_string(),
            other => panic!("the model knows no {other}"),
        }
    }

    fn clock(&self, at_ms: i64) -> jiff::civil::DateTime {
        self.site.zone.to_datetime(Timestamp::from_millisecond(at_ms).unwrap())
    }

    /// The counted rows of a row of the answer.
    fn events(&self, key: &[String]) -> Vec<&Row> {
        let rows = self.rows.iter().copied().filter(|row| self.counts(row, Level::Event));
        rows.filter(|row| self.keys_of(row, Level::Event).iter().any(|of| of == key)).collect()
    }

    /// The rows of a kind that is no event, as far as they pass the filters.
    fn others(&self, kind: Kind, key: &[String]) -> Vec<&Row> {
        let rows = self.rows.iter().copied().filter(|row| row.kind == kind);
        let rows = rows.filter(|row| self.question.filters.iter().all(|filter| self.passes(row, filter, Level::Event)));
        rows.filter(|row| self.keys_of(row, Level::Event).iter().any(|of| of == key)).collect()
    }

    /// The visits that a row of the answer describes, each with all of its rows in the period.
    fn visits(&self, key: &[String]) -> Vec<Vec<&Row>> {
        let belongs =
            |row: &&Row| self.counts(row, Level::Visit) && self.keys_of(row, Level::Visit).iter().any(|of| of == key);
        let sessions: BTreeSet<u64> =
            self.rows.iter().copied().filter(|row| belongs(row)).map(|row| row.session).collect();
        let of = |session: u64| self.rows.iter().copied().filter(move |row| row.session == session).collect();
        sessions.into_iter().map(of).collect()
    }

    fn metric(&self, metric: &str, key: &[String]) -> Value {
        let rows = self.events(key);
        match metric {
            "visitors" => visitors(&rows).into(),
            "visits" => different(rows.iter().map(|row| row.session)).into(),
            "pageviews" => rows.iter().filter(|row| row.kind == Kind::Pageview).count().into(),
            "events" => {
                let (reached, events): (Vec<&Row>, Vec<&Row>) =
                    rows.iter().partition(|row| row.kind == Kind::Engagement);
                (events.len() as u64 + different(reached.iter().map(|row| row.view))).into()
            }
            "views_per_visit" | "bounce_rate" | "visit_duration" => of_visits(metric, &self.visits(key)),
            "percentage" => percent(visitors(&rows), self.all(|row| self.counts(row, Level::Event))),
            "conversion_rate" => percent(visitors(&rows), self.all(|row| self.counts_without_goals(row))),
            "group_conversion_rate" => {
                let rest: Vec<usize> =
                    (0..key.len()).filter(|place| self.question.dimensions[*place] != "event:goal").collect();
                let beside = |row: &Row| {
                    rest.iter().all(|place| {
                        self.values(row, &self.question.dimensions[*place], Level::Event)[0] == key[*place]
                    })
                };
                percent(visitors(&rows), self.all(|row| self.counts_without_goals(row) && beside(row)))
            }
            "total_revenue" | "average_revenue" => self.revenue(metric, &rows, key),
            "clicks" => self.clicks(&rows, |click| click.flags & 128 == 0),
            "rage_clicks" => self.clicks(&rows, |click| click.flags & 8 != 0),
            "dead_clicks" => self.clicks(&rows, |click| click.flags & 16 != 0),
            "engaged_time" => {
                let visits = different(rows.iter().map(|row| row.session));
                let engaged: u64 = self.others(Kind::Engagement, key).iter().map(|row| row.engaged_ms).sum();
                rounded(engaged, 1000 * visits).unwrap_or(0).into()
            }
            "time_on_page" | "scroll_depth" | "scroll_p50" | "scroll_p75" | "scroll_p90" => {
                of_engagement(metric, &self.others(Kind::Engagement, key))
            }
            vital => of_vitals(vital, &self.others(Kind::Vitals, key)),
        }
    }

    fn all(&self, counts: impl Fn(&Row) -> bool) -> u64 {
        visitors(&self.rows.iter().copied().filter(|row| counts(row)).collect::<Vec<_>>())
    }

    fn counts_without_goals(&self, row: &Row) -> bool {
        let kept = self.question.filters.iter().filter(|filter| !self.is_about_goals(filter));
        is_event(row) && kept.into_iter().all(|filter| self.passes(row, filter, Level::Event))
    }

    fn is_about_goals(&self, filter: &Value) -> bool {
        match filter[0].as_str().unwrap() {
            "and" | "or" => list(&filter[1]).iter().any(|filter| self.is_about_goals(filter)),
            "not" => self.is_about_goals(&filter[1]),
            "has_done" | "has_not_done" => false,
            _ if filter[1] == "segment" => {
                self.segments(filter).concat().iter().any(|filter| self.is_about_goals(filter))
            }
            _ => filter[1] == "event:goal" || filter[1].as_str().unwrap().starts_with("event:props:"),
        }
    }

    fn revenue(&self, metric: &str, rows: &[&Row], key: &[String]) -> Value {
        let has_filter = self
            .question
            .filters
            .iter()
            .any(|filter| filter[1] == "event:goal" && !filter[0].as_str().unwrap().ends_with("_not"));
        let listed = self.question.dimensions.iter().any(|dimension| dimension == "event:goal");
        // With rows of goals, money is that of the row's goal; else all goals must have one currency.
        let place = self.question.dimensions.iter().position(|dimension| dimension == "event:goal");
        let is_of_row = |goal: &&Goal| place.is_none_or(|place| key[place] == goal.name);
        let currencies: BTreeSet<String> = if has_filter || listed {
            self.listed().filter(is_of_row).filter_map(|goal| goal.currency).map(String::from).collect()
        } else {
            BTreeSet::new()
        };
        if currencies.len() != 1 {
            return Value::Null;
        }
        let currency = currencies.first().unwrap();
        let paid: Vec<i64> = rows.iter().filter(|row| row.currency == currency).map(|row| row.thousandths).collect();
        let sum: i64 = paid.iter().sum();
        let count = i64::try_from(paid.len()).unwrap();
        let amount = match metric {
            "total_revenue" => sum,
            _ if count == 0 => return Value::Null,
            // Half away from where the division of whole numbers stops, which is towards zero.
            _ => (2 * sum + count) / (2 * count),
        };
        #[expect(clippy::cast_precision_loss, reason = "small amounts")]
        let value = amount as f64 / 1000.0;
        json!(value)
    }

    fn clicks(&self, rows: &[&Row], is_of: impl Fn(&Click) -> bool) -> Value {
        let views = rows.iter().filter(|row| row.kind == Kind::Pageview);
        let of = |view: u64| self.site.clicks.iter().filter(|click| click.view == view && is_of(click)).count();
        views.map(|row| of(row.view)).sum::<usize>().into()
    }

    fn compare(&self, a: &Answer, b: &Answer) -> std::cmp::Ordering {
        for (by, descending) in &self.question.order_by {
            let order = if let Some(place) = self.question.metrics.iter().position(|metric| metric == by) {
                number_order(&a.metrics[place], &b.metrics[place], *descending)
            } else {
                let place = self.question.dimensions.iter().position(|dimension| dimension == by).unwrap();
                let order = a.dimensions[place].cmp(&b.dimensions[place]);
                if *descending { order.reverse() } else { order }
            };
            if order.is_ne() {
                return order;
            }
        }
        a.dimensions.cmp(&b.dimensions)
    }
}

impl Period {
    pub fn holds(&self, row: &Row) -> bool {
        match self {
            Self::Days(first, last) => (*first..=*last).contains(&row.day),
            Self::Moments(from, to) => (*from..*to).contains(&row.at_ms),
        }
    }
}

const VISIT_METRICS: [&str; 3] = ["views_per_visit", "bounce_rate", "visit_duration"];

/// A comparison with texts.
struct Test {
    operator: String,
    values: Vec<String>,
    folds: bool,
}

impl Test {
    fn of(filter: &Value) -> Self {
        let operator = filter[0].as_str().unwrap().trim_end_matches("_not").to_owned();
        let values = list(&filter[2]).iter().map(|value| value.as_str().unwrap().to_owned()).collect();
        Self { operator, values, folds: filter[3]["case_sensitive"] == false }
    }

    /// An empty value has a word, and both find it.
    fn for_dimension(mut self, dimension: &str) -> Self {
        let word = match dimension {
            "visit:source" | "visit:referrer" => "Direct / None",
            "visit:channel" => "Direct",
            _ if dimension.starts_with("event:props:") => "(none)",
            _ if dimension.starts_with("visit:utm_")
                || dimension.starts_with("visit:os")
                || dimension.starts_with("visit:browser") =>
            {
                "(not set)"
            }
            _ => "",
        };
        for value in &mut self.values {
            if self.operator == "is" && value.is_empty() {
                word.clone_into(value);
            }
            if dimension == "visit:device" && self.operator != "matches" {
                *value = capitalised(&value.to_lowercase());
            }
        }
        self
    }

    fn fits(&self, text: &str) -> bool {
        let fold = |text: &str| if self.folds { text.to_lowercase() } else { text.to_owned() };
        self.values.iter().any(|value| match self.operator.as_str() {
            "is" => fold(text) == fold(value),
            "contains" => fold(text).contains(&fold(value)),
            "matches" => RegexBuilder::new(value).case_insensitive(self.folds).build().unwrap().is_match(text),
            other => panic!("the model knows no {other}"),
        })
    }
}

pub(super) fn is_event(row: &Row) -> bool {
    matches!(row.kind, Kind::Pageview | Kind::Event)
}

fn is_scroll(goal: &Goal) -> bool {
    matches!(goal.target, GoalTarget::Scroll { .. })
}

pub(super) fn reaches(row: &Row, goal: &Goal) -> bool {
    match &goal.target {
        GoalTarget::Event { name, props } => {
            let has = |(key, value): (&String, &String)| row.props.get(key) == Some(value);
            row.kind == Kind::Event && row.name == *name && props.iter().all(has)
        }
        GoalTarget::Page { pattern } => row.kind == Kind::Pageview && is_like(&row.pathname, pattern),
        GoalTarget::Scroll { pattern, percent } => {
            row.kind == Kind::Engagement && row.scroll_depth >= u64::from(*percent) && is_like(&row.pathname, pattern)
        }
    }
}

pub(super) fn is_like(path: &str, pattern: &str) -> bool {
    let expression = regex::escape(pattern).replace(r"\*\*", ".*").replace(r"\*", "[^/]*");
    Regex::new(&format!("^{expression}$")).unwrap().is_match(path)
}

fn of_visits(metric: &str, visits: &[Vec<&Row>]) -> Value {
    let count = visits.len() as u64;
    let of_kind = |rows: &[&Row], kind| rows.iter().filter(|row| row.kind == kind).count() as u64;
    match metric {
        "views_per_visit" => {
            let views: u64 = visits.iter().map(|rows| of_kind(rows, Kind::Pageview)).sum();
            hundredths(rounded(100 * views, count).unwrap_or(0))
        }
        "bounce_rate" => {
            let bounced = |rows: &&Vec<&Row>| of_kind(rows, Kind::Pageview) == 1 && of_kind(rows, Kind::Event) == 0;
            rounded(100 * visits.iter().filter(bounced).count() as u64, count).unwrap_or(0).into()
        }
        _ => {
            let lasted = |rows: &Vec<&Row>| {
                let times = || rows.iter().map(|row| row.at_ms);
                (times().max().unwrap() - times().min().unwrap()).unsigned_abs()
            };
            rounded(visits.iter().map(lasted).sum(), 1000 * count).unwrap_or(0).into()
        }
    }
}

fn of_engagement(metric: &str, rows: &[&Row]) -> Value {
    let mut visits: BTreeMap<u64, (u64, u64)> = BTreeMap::new();
    for row in rows {
        let visit = visits.entry(row.session).or_default();
        *visit = (visit.0 + row.engaged_ms, visit.1.max(row.scroll_depth));
    }
    let count = visits.len() as u64;
    let depths: Vec<u64> = visits.values().map(|visit| visit.1).collect();
    let whole = |value: Option<u64>| value.map_or(Value::Null, Value::from);
    match metric {
        "time_on_page" => whole(rounded(visits.values().map(|visit| visit.0).sum(), 1000 * count)),
        "scroll_depth" => whole(rounded(depths.iter().sum(), count)),
        "scroll_p50" => quantile(depths, 50),
        "scroll_p75" => quantile(depths, 75),
        _ => quantile(depths, 90),
    }
}

fn of_vitals(metric: &str, rows: &[&Row]) -> Value {
    const LIMITS: [(&str, u64, u64); 5] =
        [("lcp", 2500, 4000), ("inp", 200, 500), ("cls", 1000, 2500), ("fcp", 1800, 3000), ("ttfb", 800, 1800)];
    let (vital, share) = metric.split_once('_').unwrap();
    let (place, (_, good, fair)) = LIMITS.iter().enumerate().find(|(_, limits)| limits.0 == vital).unwrap();
    let values: Vec<u64> = rows.iter().filter_map(|row| row.vitals[place]).collect();
    let count = values.len() as u64;
    let share_of = |wanted: &dyn Fn(u64) -> bool| {
        let wanted = values.iter().filter(|value| wanted(**value)).count() as u64;
        rounded(100 * wanted, count).map_or(Value::Null, Value::from)
    };
    match share {
        "good" => share_of(&|value| value <= *good),
        "poor" => share_of(&|value| value > *fair),
        _ => match quantile(values.clone(), 75).as_u64() {
            #[expect(clippy::cast_precision_loss, reason = "small numbers")]
            Some(value) if vital == "cls" => json!(value as f64 / 10_000.0),
            Some(value) => value.into(),
            None => Value::Null,
        },
    }
}

/// The value that so many percent of the others are not above.
fn quantile(mut values: Vec<u64>, percent: usize) -> Value {
    values.sort_unstable();
    values.get(values.len() * percent / 100).copied().map_or(Value::Null, Value::from)
}

fn visitors(rows: &[&Row]) -> u64 {
    different(rows.iter().map(|row| row.visitor))
}

fn different(numbers: impl Iterator<Item = u64>) -> u64 {
    numbers.collect::<BTreeSet<_>>().len() as u64
}

/// A quotient as a whole number, half up; nothing where there is nothing to divide by.
fn rounded(part: u64, whole: u64) -> Option<u64> {
    (2 * part + whole).checked_div(2 * whole)
}

pub(super) fn percent(part: u64, whole: u64) -> Value {
    hundredths(rounded(10_000 * part, whole).unwrap_or(0))
}

fn hundredths(number: u64) -> Value {
    #[expect(clippy::cast_precision_loss, reason = "small numbers")]
    let value = number as f64 / 100.0;
    json!(value)
}

/// Nothing comes last, whichever way round.
fn number_order(a: &Value, b: &Value, descending: bool) -> std::cmp::Ordering {
    match (a.as_f64(), b.as_f64()) {
        (Some(a), Some(b)) if descending => b.total_cmp(&a),
        (Some(a), Some(b)) => a.total_cmp(&b),
        (a, b) => a.is_none().cmp(&b.is_none()),
    }
}

fn capitalised(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

fn list(value: &Value) -> &[Value] {
    value.as_array().unwrap()
}
