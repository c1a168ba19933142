//! Owns funnels: how many visits, or visitors, go through steps in their order, and where they are lost. `docs/funnels.md` says
//! exactly which events make a step; [`super::sql`] finds them.

use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Value, json};

use super::{
    condition::Condition,
    definitions::Definitions,
    dimension::{Dimension, RawDimension},
    error::{Mistakes, QueryError, QueryErrors},
    filter::Filter,
    json::{Node, quoted},
    query::Query,
    response::ShapeError,
    run::{Reader, RunError},
    sequence::{self, Columns, Meta, RawSubject, Warning, percent},
    sql,
    step::Step,
};
use crate::{model::Site, store::Client};

const MIN_STEPS: usize = 2;
const MAX_STEPS: usize = 10;
/// Most values of the dimension in one answer, and as many as there are when nothing is said.
const MAX_ROWS: u64 = 100;
const DEFAULT_ROWS: u64 = 10;

const MINUTE_MS: u64 = 60_000;
const DAY_MS: u64 = 24 * 60 * MINUTE_MS;
const MAX_WINDOW_MS: u64 = 30 * DAY_MS;

/// A question that is well-formed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RawFunnel {
    pub subject: RawSubject,
    /// 2 to 10.
    pub steps: Vec<Step>,
    pub by: Unit,
    pub window: Window,
    pub order: StepOrder,
    /// What the funnel is told apart by.
    pub dimension: Option<Dimension>,
    /// Most values of the dimension.
    pub limit: u64,
}

/// Whose events make a funnel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Unit {
    #[default]
    Visit,
    /// All visits of a visitor, who lives a day.
    Visitor,
}

/// How long the steps may take, from the first to the last.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Window {
    /// As long as the visit or the visitor's day lasts.
    #[default]
    Whole,
    Length {
        ms: u64,
        /// As it was asked for.
        text: String,
    },
}

/// What may lie between two steps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum StepOrder {
    /// Anything.
    #[default]
    Loose,
    /// Nothing that counts.
    Strict,
}

/// A question with everything put in.
#[derive(Debug, Clone, PartialEq)]
pub struct Funnel {
    pub query: Query,
    /// What must hold of each step's events.
    pub steps: Vec<Vec<Condition>>,
    pub by: Unit,
    pub window: Window,
    pub order: StepOrder,
    pub limit: u64,
}

/// The answer.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FunnelReport {
    pub steps: Vec<StepCount>,
    /// The same by the values of the dimension, where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub breakdown: Option<Vec<Branch>>,
    pub meta: Meta,
    pub query: Value,
}

/// The funnel of those with one value of the dimension.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Branch {
    pub value: String,
    pub steps: Vec<StepCount>,
}

/// How many came so far.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct StepCount {
    pub name: String,
    pub visitors: u64,
    pub visits: u64,
    /// Share of those of the first step, in percent.
    pub conversion_rate: f64,
    /// Share of those of the step before, in percent; nothing at the first.
    pub step_rate: Option<f64>,
    /// How many of the step before did not come here.
    pub dropped: Option<u64>,
    pub drop_rate: Option<f64>,
    /// Median time since the step before; nothing where nobody came.
    pub median_seconds: Option<f64>,
}

impl Unit {
    const ALL: [Self; 2] = [Self::Visit, Self::Visitor];

    /// Returns the word of JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Visit => "visit",
            Self::Visitor => "visitor",
        }
    }

    /// Returns the word for a window that is as long as the unit.
    const fn whole(self) -> &'static str {
        match self {
            Self::Visit => "session",
            Self::Visitor => "day",
        }
    }
}

impl StepOrder {
    const ALL: [Self; 2] = [Self::Loose, Self::Strict];

    /// Returns the word of JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Loose => "loose",
            Self::Strict => "strict",
        }
    }
}

/// Parses the body of a question. Fails with every key that is wrong.
pub fn parse(body: &Value) -> Result<RawFunnel, QueryErrors> {
    let mut mistakes = Mistakes::default();
    let root = sequence::begin(body, &["steps", "by", "window", "order", "dimension", "limit"], &mut mistakes)?;
    let subject = RawSubject::parse(&root, &mut mistakes);
    let steps = parse_steps(&root, &mut mistakes);
    let by = mistakes.keep(root.word("by", &Unit::ALL, Unit::as_str));
    let window = by.and_then(|by| mistakes.keep(parse_window(&root, by)));
    let order = mistakes.keep(root.word("order", &StepOrder::ALL, StepOrder::as_str));
    let dimension = mistakes.keep(root.get("dimension").map(|node| parse_dimension(&node)).transpose());
    let limit = mistakes.keep(root.get("limit").map_or(Ok(DEFAULT_ROWS), |node| node.number(1, MAX_ROWS)));
    if let (Some(subject), Some(steps)) = (&subject, &steps) {
        let filters: Vec<&Filter> =
            subject.filters.iter().chain(steps.iter().flat_map(|step| step.target.filters())).collect();
        mistakes.keep(Filter::check_bounds(&filters).map_err(|detail| QueryError::new("/steps", detail)));
    }
    if let (Some(None), Some(node)) = (&dimension, root.get("limit")) {
        mistakes.push(node.error("`limit` goes with `dimension`: it says how many of its values are told."));
    }
    let funnel = || {
        Some(RawFunnel {
            subject: subject?,
            steps: steps?,
            by: by?,
            window: window?,
            order: order?,
            dimension: dimension?,
            limit: limit?,
        })
    };
    mistakes.finish(funnel())
}

fn parse_steps(root: &Node<'_>, mistakes: &mut Mistakes) -> Option<Vec<Step>> {
    let nodes = mistakes.keep(root.require("steps").and_then(|node| {
        let nodes = node.list("of steps")?;
        if !(MIN_STEPS..=MAX_STEPS).contains(&nodes.len()) {
            return Err(node.error(format!("A funnel has {MIN_STEPS} to {MAX_STEPS} steps.")));
        }
        Ok(nodes)
    }))?;
    let steps: Vec<Option<Step>> = nodes.iter().map(|node| mistakes.keep(Step::parse(node))).collect();
    steps.into_iter().collect()
}

fn parse_window(root: &Node<'_>, by: Unit) -> Result<Window, QueryError> {
    let Some(node) = root.get("window") else {
        return Ok(Window::Whole);
    };
    let text = node.text()?;
    if text == by.whole() {
        return Ok(Window::Whole);
    }
    let other = Unit::ALL.into_iter().find(|unit| unit.whole() == text);
    if let Some(other) = other {
        return Err(node.error(format!("The window `{text}` goes with `by` `{}`.", other.as_str())));
    }
    let wrong = || {
        node.error(format!(
            "{} is no window; allowed are `{}`, and from `1m` to `30d` a number of minutes, hours or days like `30m`, `2h`, `1d`.",
            quoted(text),
            by.whole()
        ))
    };
    let (number, unit) = text.split_at_checked(text.len().saturating_sub(1)).ok_or_else(wrong)?;
    let unit_ms = match unit {
        "m" => MINUTE_MS,
        "h" => 60 * MINUTE_MS,
        "d" => DAY_MS,
        _ => return Err(wrong()),
    };
    let is_number = number.bytes().all(|byte| byte.is_ascii_digit());
    let ms = number.parse::<u64>().ok().filter(|_| is_number).and_then(|number| number.checked_mul(unit_ms));
    let ms = ms.filter(|ms| (MINUTE_MS..=MAX_WINDOW_MS).contains(ms)).ok_or_else(wrong)?;
    Ok(Window::Length { ms, text: text.to_owned() })
}

fn parse_dimension(node: &Node<'_>) -> Result<Dimension, QueryError> {
    match RawDimension::parse(node)? {
        RawDimension::Is(dimension) if dimension.interval().is_none() && dimension != Dimension::Goal => Ok(dimension),
        RawDimension::Is(_) | RawDimension::AutoTime => Err(node.error(
            "A funnel can be told apart by anything but time and `event:goal`; for a time, choose another `date_range`.",
        )),
    }
}

impl RawFunnel {
    /// Returns the question as it is to be answered, out of what its subject has become.
    pub(super) fn resolve(&self, mut query: Query, definitions: &Definitions) -> Result<Funnel, QueryErrors> {
        let mut mistakes = Mistakes::default();
        let mut goals = definitions.goals.clone();
        let steps: Vec<Option<Vec<Condition>>> = (self.steps.iter().zip(0..))
            .map(|(step, place)| {
                mistakes.keep(step.target.resolve(&format!("/steps/{place}"), definitions, &mut goals))
            })
            .collect();
        query.goals = goals;
        query.dimensions = self.dimension.clone().into_iter().collect();
        let funnel = |steps| Funnel {
            query,
            steps,
            by: self.by,
            window: self.window.clone(),
            order: self.order,
            limit: self.limit,
        };
        mistakes.finish(steps.into_iter().collect::<Option<_>>().map(funnel))
    }

    fn echo(&self, query: &Query) -> Value {
        let window = match &self.window {
            Window::Whole => self.by.whole(),
            Window::Length { text, .. } => text,
        };
        let mut echo = json!({
            "site_id": query.site.as_str(),
            "date_range": query.range.to_texts(&query.zone),
            "filters": query.asked.iter().map(Filter::to_json).collect::<Vec<_>>(),
            "steps": self.steps.iter().map(Step::to_json).collect::<Vec<_>>(),
            "by": self.by.as_str(),
            "window": window,
            "order": self.order.as_str(),
        });
        if let Some(dimension) = &self.dimension {
            echo["dimension"] = dimension.as_str().into();
            echo["limit"] = self.limit.into();
        }
        echo
    }

    fn warnings(&self) -> Vec<Warning> {
        match self.window {
            Window::Length { ms, .. } if self.by == Unit::Visitor && ms > DAY_MS => vec![Warning {
                code: "visitors_live_one_day",
                warning: "A visitor is recognised within one local day only, so a window longer than a day finds no more than that day.",
            }],
            _ => Vec::new(),
        }
    }

    /// Returns the steps that nobody did.
    fn nobody(&self) -> Result<Vec<StepCount>, ShapeError> {
        let nothing = [json!(0), json!(0), Value::Null];
        self.counts(&mut Columns::of(nothing.iter().cycle().take(3 * self.steps.len()).cloned().collect()))
    }

    /// Reads what the store says of the steps, behind the value of the dimension.
    fn counts(&self, columns: &mut Columns) -> Result<Vec<StepCount>, ShapeError> {
        let mut counts: Vec<StepCount> = Vec::with_capacity(self.steps.len());
        let (mut first, mut before) = (0, None);
        for step in &self.steps {
            let (came, beside) = (columns.number()?, columns.number()?);
            let waited_ms = columns.value()?.as_f64();
            if before.is_none() {
                first = came;
            }
            let dropped = before.map(|before: u64| before.saturating_sub(came));
            let (visits, visitors) = match self.by {
                Unit::Visit => (came, beside),
                Unit::Visitor => (beside, came),
            };
            counts.push(StepCount {
                name: step.label(),
                visitors,
                visits,
                conversion_rate: percent(came, first),
                step_rate: before.map(|before| percent(came, before)),
                dropped,
                drop_rate: dropped.zip(before).map(|(dropped, before)| percent(dropped, before)),
                median_seconds: waited_ms.map(|ms| ms / 1000.0),
            });
            before = Some(came);
        }
        Ok(counts)
    }
}

/// Answers a question about a site.
pub async fn run(
    client: &Client,
    site: &Site,
    definitions: &Definitions,
    funnel: &RawFunnel,
    now: Timestamp,
) -> Result<FunnelReport, RunError> {
    let query = funnel.subject.resolve(client, site, definitions, now).await?;
    let echo = funnel.echo(&query);
    let resolved = funnel.resolve(query, definitions)?;
    let mut reader = Reader::new(client, funnel.subject.explain);
    let mut rows = reader.rows("steps", &sql::funnel(&resolved, site.id)).await?.into_iter();
    let mut meta = Meta { warnings: funnel.warnings(), ..Meta::default() };
    let mut all = rows.next().map(Columns::of);
    if funnel.dimension.is_some() {
        meta.total_rows = Some(0);
        if let Some(all) = &mut all {
            meta.total_rows = Some(all.number()?);
            all.text()?;
        }
    }
    let steps = match &mut all {
        Some(all) => funnel.counts(all)?,
        None => funnel.nobody()?,
    };
    let branches = rows.map(|row| {
        let mut columns = Columns::of(row);
        columns.number()?;
        Ok(Branch { value: columns.text()?, steps: funnel.counts(&mut columns)? })
    });
    let branches = branches.collect::<Result<Vec<_>, ShapeError>>()?;
    let breakdown = funnel.dimension.as_ref().map(|_| branches);
    meta.explain = reader.steps;
    Ok(FunnelReport { steps, breakdown, meta, query: echo })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body(keys: &Value) -> Value {
        let mut body = json!({ "date_range": "7d", "steps": [{ "page": "/" }, { "event": "Buy" }] });
        body.as_object_mut().unwrap().extend(keys.as_object().unwrap().clone());
        body
    }

    #[test]
    fn a_funnel_is_of_visits_in_loose_order_unless_said_otherwise() {
        let funnel = parse(&body(&json!({}))).unwrap();
        assert_eq!(
            (funnel.by, funnel.window, funnel.order, funnel.limit),
            (Unit::Visit, Window::Whole, StepOrder::Loose, 10)
        );
        let names: Vec<String> = funnel.steps.iter().map(Step::label).collect();
        assert_eq!(names, ["Visit /", "Buy"]);
    }

    #[test]
    fn steps_are_told_as_they_were_asked_for() {
        let steps = json!([
            { "goal": "Signup" },
            { "page": "/docs/**", "name": "Docs" },
            { "event": "Buy", "props": { "plan": "pro" } },
            { "filters": [["is", "event:page", ["/"]]] },
        ]);
        let funnel = parse(&body(&json!({ "steps": steps }))).unwrap();
        assert_eq!(funnel.steps.iter().map(Step::to_json).collect::<Value>(), steps);
        let plain = parse(&body(&json!({ "steps": [steps[3]["filters"], { "page": "/" }] }))).unwrap();
        assert_eq!(plain.steps[0].to_json(), steps[3]);
    }

    #[test]
    fn windows_are_minutes_hours_or_days() {
        for (text, ms) in [("30m", 1_800_000), ("1m", 60_000), ("2h", 7_200_000), ("30d", 2_592_000_000)] {
            let funnel = parse(&body(&json!({ "window": text }))).unwrap();
            assert_eq!(funnel.window, Window::Length { ms, text: text.to_owned() }, "{text}");
        }
        assert_eq!(parse(&body(&json!({ "window": "session" }))).unwrap().window, Window::Whole);
        assert_eq!(parse(&body(&json!({ "by": "visitor", "window": "day" }))).unwrap().window, Window::Whole);
    }

    #[test]
    fn names_the_place_of_a_mistake_and_what_is_allowed() {
        let page = json!({ "page": "/" });
        let many: Vec<Value> = (0..11).map(|_| page.clone()).collect();
        let props: Value = (0..11).map(|number| (format!("p{number}"), json!("x"))).collect();
        let values: Vec<String> = (0..60).map(|number| number.to_string()).collect();
        let heavy = json!([["is", "event:page", values]]);
        let with = |step: Value| json!({ "steps": [page, step] });
        let cases = [
            (json!({ "colour": 1 }), "/colour", "allowed are `date_range`, `filters`, `explain`, `steps`"),
            (json!({ "site_id": "x" }), "/site_id", "is no key here"),
            (json!({ "date_range": null }), "/date_range", "required"),
            (json!({ "steps": null }), "/steps", "required"),
            (json!({ "steps": "x" }), "/steps", "A list of steps"),
            (json!({ "steps": [page] }), "/steps", "2 to 10 steps"),
            (json!({ "steps": many }), "/steps", "2 to 10 steps"),
            (with(json!("x")), "/steps/1", "An object is expected here"),
            (with(json!({})), "/steps/1", "exactly one of `goal`, `page`, `event`"),
            (with(json!({ "goal": "a", "page": "/" })), "/steps/1", "exactly one of"),
            (with(json!({ "filters": [], "page": "/" })), "/steps/1/filters", "either a `goal`"),
            (with(json!({ "filters": [] })), "/steps/1/filters", "At least one filter"),
            (with(json!([])), "/steps/1", "At least one filter"),
            (with(json!([["is", "event:pages", ["/"]]])), "/steps/1/0/1", "is no dimension"),
            (with(json!({ "page": "docs" })), "/steps/1/page", "begins with a slash"),
            (with(json!({ "page": format!("/{}", "x".repeat(2048)) })), "/steps/1/page", "At most 2048 bytes"),
            (with(json!({ "event": "" })), "/steps/1/event", "has a name"),
            (with(json!({ "goal": 7 })), "/steps/1/goal", "A text is expected"),
            (with(json!({ "page": "/", "props": { "a": "b" } })), "/steps/1/props", "goes with `event`"),
            (with(json!({ "event": "Buy", "props": [] })), "/steps/1/props", "An object with properties"),
            (with(json!({ "event": "Buy", "props": { "a/b": 1 } })), "/steps/1/props/a~1b", "A text is expected"),
            (with(json!({ "event": "Buy", "props": { "": "x" } })), "/steps/1/props/", "No property"),
            (with(json!({ "event": "Buy", "props": props })), "/steps/1/props", "At most 10"),
            (with(json!({ "page": "/", "name": "a\nb" })), "/steps/1/name", "in one line"),
            (with(json!({ "page": "/", "colour": "red" })), "/steps/1/colour", "is no key here"),
            (json!({ "steps": [heavy, heavy] }), "/steps", "at most 100 values"),
            (json!({ "by": "user" }), "/by", "allowed are `visit`, `visitor`"),
            (json!({ "order": "any" }), "/order", "allowed are `loose`, `strict`"),
            (json!({ "window": 30 }), "/window", "A text is expected"),
            (json!({ "window": "day" }), "/window", "goes with `by` `visitor`"),
            (json!({ "by": "visitor", "window": "session" }), "/window", "goes with `by` `visit`"),
            (json!({ "window": "" }), "/window", "is no window"),
            (json!({ "window": "d" }), "/window", "is no window"),
            (json!({ "window": "+5m" }), "/window", "is no window"),
            (json!({ "window": "0m" }), "/window", "from `1m` to `30d`"),
            (json!({ "window": "31d" }), "/window", "from `1m` to `30d`"),
            (json!({ "window": "99999999999999999999d" }), "/window", "is no window"),
            (json!({ "window": "5ю" }), "/window", "is no window"),
            (json!({ "dimension": "time:day" }), "/dimension", "anything but time"),
            (json!({ "dimension": "event:goal" }), "/dimension", "anything but time"),
            (json!({ "dimension": "x" }), "/dimension", "is no dimension"),
            (json!({ "limit": 5 }), "/limit", "goes with `dimension`"),
            (json!({ "dimension": "visit:source", "limit": 101 }), "/limit", "from 1 to 100"),
            (json!({ "explain": 1 }), "/explain", "`true` or `false`"),
        ];
        for (keys, pointer, says) in cases {
            let errors = parse(&body(&keys)).expect_err(&format!("{keys} must be refused"));
            let [error] = errors.as_slice() else { panic!("{keys} has {errors:?}") };
            assert_eq!(error.pointer, pointer, "{keys}: {error}");
            assert!(error.detail.contains(says), "{keys}: {:?} does not say {says:?}", error.detail);
        }
        assert_eq!(parse(&json!([])).unwrap_err().as_slice()[0].pointer, "");
    }
}
