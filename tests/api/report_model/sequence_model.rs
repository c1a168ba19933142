//! Owns funnels, retention and journeys computed from raw rows in plain Rust, straight from what `docs/funnels.md` says: every
//! run of a funnel is tried, every visit is walked.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{ToSpan, civil::Date};
use serde_json::{Value, json};

use super::{
    model::{Level, Model, Period, is_event, is_like, percent, reaches},
    site::{Kind, Row},
};

/// A funnel as the model takes it.
#[derive(Debug)]
pub struct Funnel {
    pub steps: Vec<Value>,
    pub by_visit: bool,
    pub window_ms: Option<i64>,
    pub strict: bool,
    pub dimension: Option<String>,
    pub limit: usize,
}

/// The events of the best run of a visit or a visitor.
type Run<'a> = Vec<&'a Row>;

impl Model<'_> {
    /// Returns whether an event fits a step, or is what journeys are about.
    fn fits(&self, row: &Row, step: &Value) -> bool {
        if let Some(name) = step.get("goal") {
            return self.site.definitions.goals.iter().any(|goal| goal.name == *name && reaches(row, goal));
        }
        if let Some(pattern) = step.get("page") {
            return row.kind == Kind::Pageview && is_like(&row.pathname, pattern.as_str().unwrap());
        }
        if let Some(name) = step.get("event") {
            let or_none = |text: &str| if text.is_empty() { "(none)".to_owned() } else { text.to_owned() };
            let has = |(key, value): (&String, &Value)| {
                or_none(row.props.get(key).map_or("", String::as_str)) == or_none(value.as_str().unwrap())
            };
            return row.kind == Kind::Event
                && row.name == *name
                && step.get("props").is_none_or(|props| props.as_object().unwrap().iter().all(has));
        }
        self.passes_all(row, step["filters"].as_array().unwrap())
    }

    fn passes_all(&self, row: &Row, filters: &[Value]) -> bool {
        let counts = is_event(row) || filters.iter().any(|filter| self.asks_for_scroll_goal(row, filter));
        counts && filters.iter().all(|filter| self.passes(row, filter, Level::Event))
    }

    fn is_asked_about(&self, row: &Row) -> bool {
        self.question.filters.iter().all(|filter| self.passes(row, filter, Level::Event))
    }

    fn mask(&self, row: &Row, steps: &[Value]) -> u64 {
        steps.iter().zip(0..).map(|(step, place)| u64::from(self.fits(row, step)) << place).sum()
    }

    /// Returns the best run of every visit or visitor that begins the funnel.
    fn best_runs(&self, funnel: &Funnel) -> Vec<Run<'_>> {
        let mut units: BTreeMap<u64, Vec<(u64, &Row)>> = BTreeMap::new();
        for row in self.rows.iter().copied().filter(|row| self.is_asked_about(row)) {
            let mask = self.mask(row, &funnel.steps);
            if mask != 0 || (funnel.strict && is_event(row)) {
                let unit = if funnel.by_visit { row.session } else { row.visitor };
                units.entry(unit).or_default().push((mask, row));
            }
        }
        let mut best = Vec::new();
        for rows in units.values_mut() {
            rows.sort_by_key(|(mask, row)| {
                let other = if funnel.by_visit { row.visitor } else { row.session };
                let value = funnel.dimension.as_ref().map(|dimension| self.value(row, dimension));
                (row.at_ms, kind_order(row.kind), row.view, *mask, other, value)
            });
            let mut told = BTreeSet::new();
            rows.retain(|(mask, row)| row.kind != Kind::Engagement || told.insert((row.view, *mask)));
            let runs =
                (0..rows.len()).filter(|start| rows[*start].0 & 1 != 0).map(|start| run_from(rows, start, funnel));
            // The longest; of these the one whose last step is first; of these the one that begins last.
            let run =
                runs.min_by_key(|run| (std::cmp::Reverse(run.len()), *run.last().unwrap(), std::cmp::Reverse(run[0])));
            if let Some(run) = run {
                best.push(run.into_iter().map(|place| rows[place].1).collect());
            }
        }
        best
    }

    fn value(&self, row: &Row, dimension: &str) -> String {
        self.values(row, dimension, Level::Event).remove(0)
    }

    /// Returns the steps, and those of each value of the dimension, as the answer has them.
    pub fn funnel(&self, funnel: &Funnel) -> (Value, Option<(Value, usize)>) {
        let runs = self.best_runs(funnel);
        let steps = step_counts(funnel, &runs.iter().collect::<Vec<_>>());
        let Some(dimension) = &funnel.dimension else { return (steps, None) };
        let mut values: BTreeMap<String, Vec<&Run<'_>>> = BTreeMap::new();
        for run in &runs {
            values.entry(self.value(run[0], dimension)).or_default().push(run);
        }
        let found = values.len();
        let mut values: Vec<(String, Vec<&Run<'_>>)> = values.into_iter().collect();
        values.sort_by_key(|(_, runs)| std::cmp::Reverse(runs.len()));
        let branches = values.iter().take(funnel.limit);
        let branches = branches.map(|(value, runs)| json!({"value": value, "steps": step_counts(funnel, runs)}));
        (steps, Some((branches.collect(), found)))
    }

    /// Returns the cohorts: label, size, how many returned in each period. `today` is the last day that has begun.
    /// The model's period is what is read, from before `first_day` on where that is asked for.
    pub fn retention(&self, body: &Value, first_day: Date, today: Date) -> Vec<(String, u64, Vec<u64>)> {
        let Period::Days(_, last_day) = self.question.period else { panic!("cohorts are of days") };
        let interval = body["interval"].as_str().unwrap();
        let label = |day: Date| match interval {
            "day" => day,
            "week" => day.checked_sub(i64::from(day.weekday().to_monday_zero_offset()).days()).unwrap().max(first_day),
            _ => day.first_of_month(),
        };
        let mut labels: Vec<Date> =
            first_day.series(1.day()).take_while(|day| *day <= last_day.min(today)).map(label).collect();
        labels.dedup();
        let key = body["by"].as_str().unwrap().strip_prefix("event:props:").unwrap();
        let filters = |name: &str| body[name].as_array().cloned().unwrap_or_default();
        let mut people: BTreeMap<&String, Vec<&Row>> = BTreeMap::new();
        for row in self.rows.iter().copied() {
            if let Some(person) = row.props.get(key).filter(|person| !person.is_empty() && self.is_asked_about(row)) {
                people.entry(person).or_default().push(row);
            }
        }
        let periods = usize::try_from(body["periods"].as_u64().unwrap_or(12)).unwrap();
        let mut cohorts: Vec<(String, u64, Vec<u64>)> = (0..labels.len())
            .map(|place| (labels[place].to_string(), 0, vec![0; periods.min(labels.len() - place)]))
            .collect();
        for rows in people.values() {
            let first = rows.iter().filter(|row| self.passes_all(row, &filters("first"))).min_by_key(|row| row.at_ms);
            let Some(first) = first.filter(|first| first.day >= first_day) else { continue };
            let place_of = |row: &Row| labels.iter().position(|other| *other == label(row.day));
            let Some(place) = place_of(first) else { continue };
            cohorts[place].1 += 1;
            let again = rows.iter().filter(|row| row.at_ms >= first.at_ms && self.passes_all(row, &filters("return")));
            let again: BTreeSet<usize> = again.filter_map(|row| place_of(row)).collect();
            for period in again {
                if let Some(count) = cohorts[place].2.get_mut(period - place) {
                    *count += 1;
                }
            }
        }
        cohorts
    }

    /// Returns one side of the journeys around something, as the answer has it, and how many visits there are.
    pub fn journeys(&self, around: &Value, before: bool, steps: usize, limit: usize) -> (Value, usize) {
        let mut visits: BTreeMap<u64, Vec<(bool, &Row)>> = BTreeMap::new();
        for row in self.rows.iter().copied() {
            let is_around = self.fits(row, around) && self.is_asked_about(row);
            if is_around || row.kind == Kind::Pageview {
                visits.entry(row.session).or_default().push((is_around, row));
            }
        }
        let mut walks: Vec<Vec<String>> = Vec::new();
        for rows in visits.values_mut() {
            rows.sort_by_key(|(is_around, row)| {
                (row.at_ms, kind_order(row.kind), row.view, *is_around, row.pathname.clone())
            });
            let Some(middle) = rows.iter().position(|(is_around, _)| *is_around) else { continue };
            let side: Vec<&Row> = if before {
                rows[..middle].iter().rev().map(|(_, row)| *row).collect()
            } else {
                rows[middle + 1..].iter().map(|(_, row)| *row).collect()
            };
            let mut last = (rows[middle].1.kind == Kind::Pageview).then(|| rows[middle].1.pathname.clone());
            let mut walk = Vec::new();
            for row in side.into_iter().filter(|row| row.kind == Kind::Pageview) {
                if last.as_ref() != Some(&row.pathname) {
                    walk.push(row.pathname.clone());
                }
                last = Some(row.pathname.clone());
            }
            walks.push(walk);
        }
        let mut told: BTreeSet<Vec<String>> = BTreeSet::new();
        for length in 1..=steps {
            let mut taken: BTreeMap<Vec<String>, usize> = BTreeMap::new();
            for walk in walks.iter().filter(|walk| walk.len() >= length) {
                *taken.entry(walk[..length].to_vec()).or_default() += 1;
            }
            let mut taken: Vec<(Vec<String>, usize)> = taken.into_iter().collect();
            taken.sort_by_key(|(_, visits)| std::cmp::Reverse(*visits));
            for (path, _) in taken.into_iter().take(limit) {
                told.extend((1..=length).map(|end| path[..end].to_vec()));
            }
        }
        (branches(&walks, &told, &[], before), walks.len())
    }
}

fn branches(walks: &[Vec<String>], told: &BTreeSet<Vec<String>>, way: &[String], before: bool) -> Value {
    let taken = |path: &[String]| walks.iter().filter(|walk| walk.starts_with(path)).count();
    let mut children: Vec<&Vec<String>> =
        told.iter().filter(|path| path.len() == way.len() + 1 && path.starts_with(way)).collect();
    children.sort_by_key(|path| std::cmp::Reverse(taken(path)));
    let ends = walks.iter().filter(|walk| *walk == way).count();
    let rest = taken(way) - ends - children.iter().map(|path| taken(path)).sum::<usize>();
    let pages = children.iter().map(|path| {
        let mut node = branches(walks, told, path, before);
        node["page"] = path.last().unwrap().as_str().into();
        node["visits"] = taken(path).into();
        node
    });
    json!({if before { "entries" } else { "exits" }: ends, "other": rest, "pages": pages.collect::<Value>()})
}

/// Returns the places of the events of the run that begins here.
fn run_from(rows: &[(u64, &Row)], start: usize, funnel: &Funnel) -> Vec<usize> {
    let mut run = vec![start];
    for step in 1..funnel.steps.len() {
        let from = run.last().unwrap() + 1;
        let until = if funnel.strict { rows.len().min(from + 1) } else { rows.len() };
        let next = (from..until).find(|place| rows[*place].0 & (1 << step) != 0);
        let in_time =
            |place: &usize| funnel.window_ms.is_none_or(|ms| rows[*place].1.at_ms - rows[start].1.at_ms <= ms);
        let Some(next) = next.filter(in_time) else { break };
        run.push(next);
    }
    run
}

fn step_counts(funnel: &Funnel, runs: &[&Run<'_>]) -> Value {
    let came = |step: usize| runs.iter().filter(|run| run.len() > step).count() as u64;
    let steps = (0..funnel.steps.len()).map(|step| {
        let events: Vec<&Row> = runs.iter().filter_map(|run| run.get(step).copied()).collect();
        let different = |of: fn(&Row) -> u64| events.iter().map(|row| of(row)).collect::<BTreeSet<_>>().len();
        let mut waits: Vec<i64> = runs
            .iter()
            .filter(|run| run.len() > step && step > 0)
            .map(|run| run[step].at_ms - run[step - 1].at_ms)
            .collect();
        waits.sort_unstable();
        #[expect(clippy::cast_precision_loss, reason = "at most a day")]
        let median = waits.get(waits.len() / 2).map(|ms| *ms as f64 / 1000.0);
        let before = step.checked_sub(1).map(came);
        json!({
            "visitors": different(|row| row.visitor),
            "visits": different(|row| row.session),
            "conversion_rate": percent(came(step), came(0)),
            "step_rate": before.map(|before| percent(came(step), before)),
            "dropped": before.map(|before| before - came(step)),
            "drop_rate": before.map(|before| percent(before - came(step), before)),
            "median_seconds": median,
        })
    });
    steps.collect()
}

fn kind_order(kind: Kind) -> u8 {
    match kind {
        Kind::Pageview => 1,
        Kind::Event => 2,
        Kind::Engagement => 3,
        Kind::Vitals => 4,
    }
}
