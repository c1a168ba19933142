//! Owns journeys: which pages come before and after something, path by path, as a tree.

use std::collections::HashMap;

use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Value, json};

use super::{
    condition::Condition,
    definitions::Definitions,
    error::{Mistakes, QueryErrors},
    filter::Filter,
    query::Query,
    response::ShapeError,
    run::{Reader, RunError},
    sequence::{self, Columns, Meta, RawSubject},
    sql,
    step::{PROPS, TARGETS, Target},
};
use crate::{model::Site, store::Client};

const MAX_STEPS: u64 = 5;
const DEFAULT_STEPS: u64 = 3;
const MAX_PATHS: u64 = 50;
const DEFAULT_PATHS: u64 = 10;

/// A question that is well-formed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RawJourneys {
    pub subject: RawSubject,
    /// What the journeys are about.
    pub around: Target,
    pub direction: Direction,
    /// How many pages a path has at most.
    pub steps: u64,
    /// How many paths of each length are told at most.
    pub limit: u64,
}

/// Which pages are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Direction {
    Before,
    #[default]
    After,
    Both,
}

/// One side of what journeys are about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    Before,
    After,
}

/// A question with everything put in.
#[derive(Debug, Clone, PartialEq)]
pub struct Journeys {
    pub query: Query,
    /// What must hold of the event that they are about.
    pub around: Vec<Condition>,
    pub steps: u64,
    pub limit: u64,
}

/// The answer.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct JourneysReport {
    /// Visits in which it happened.
    pub visits: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before: Option<Branches>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<Branches>,
    pub meta: Meta,
    pub query: Value,
}

/// Where the visits of a place went on to, or came from.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct Branches {
    /// Of the visits of this place, those that began here.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entries: Option<u64>,
    /// Of the visits of this place, those that ended here.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exits: Option<u64>,
    /// Those that are told no further: their paths are too rare, or the place is the last.
    pub other: u64,
    pub pages: Vec<PageNode>,
}

/// A page in its place of a path.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PageNode {
    pub page: String,
    /// Visits with this path so far.
    pub visits: u64,
    #[serde(flatten)]
    pub next: Branches,
}

/// A path with its numbers.
struct Path {
    pages: Vec<String>,
    visits: u64,
    ends: u64,
}

impl Direction {
    const ALL: [Self; 3] = [Self::Before, Self::After, Self::Both];

    /// Returns the word of JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Before => "before",
            Self::After => "after",
            Self::Both => "both",
        }
    }

    const fn sides(self) -> &'static [Side] {
        match self {
            Self::Before => &[Side::Before],
            Self::After => &[Side::After],
            Self::Both => &[Side::Before, Side::After],
        }
    }
}

impl Side {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Before => "before",
            Self::After => "after",
        }
    }
}

/// Parses the body of a question. Fails with every key that is wrong.
pub fn parse(body: &Value) -> Result<RawJourneys, QueryErrors> {
    let mut mistakes = Mistakes::default();
    let keys: Vec<&str> = TARGETS.into_iter().chain([PROPS, "direction", "steps", "limit"]).collect();
    let root = sequence::begin(body, &keys, &mut mistakes)?;
    let subject = RawSubject::parse(&root, &mut mistakes);
    let around = mistakes.keep(Target::parse(&root, "What journeys are about"));
    let direction = mistakes.keep(root.word("direction", &Direction::ALL, Direction::as_str));
    let steps = mistakes.keep(root.get("steps").map_or(Ok(DEFAULT_STEPS), |node| node.number(1, MAX_STEPS)));
    let limit = mistakes.keep(root.get("limit").map_or(Ok(DEFAULT_PATHS), |node| node.number(1, MAX_PATHS)));
    let journeys = || {
        Some(RawJourneys { subject: subject?, around: around?, direction: direction?, steps: steps?, limit: limit? })
    };
    mistakes.finish(journeys())
}

impl RawJourneys {
    /// Returns the question as it is to be answered, out of what its subject has become.
    pub(super) fn resolve(&self, mut query: Query, definitions: &Definitions) -> Result<Journeys, QueryErrors> {
        let mut goals = definitions.goals.clone();
        let around = self.around.resolve("", definitions, &mut goals)?;
        query.goals = goals;
        Ok(Journeys { query, around, steps: self.steps, limit: self.limit })
    }

    fn echo(&self, query: &Query) -> Value {
        let mut echo = json!({
            "site_id": query.site.as_str(),
            "date_range": query.range.to_texts(&query.zone),
            "filters": query.asked.iter().map(Filter::to_json).collect::<Vec<_>>(),
            "direction": self.direction.as_str(),
            "steps": self.steps,
            "limit": self.limit,
        });
        for (key, value) in self.around.to_json() {
            echo[key] = value;
        }
        echo
    }
}

/// Answers a question about a site.
pub async fn run(
    client: &Client,
    site: &Site,
    definitions: &Definitions,
    journeys: &RawJourneys,
    now: Timestamp,
) -> Result<JourneysReport, RunError> {
    let query = journeys.subject.resolve(client, site, definitions, now).await?;
    let echo = journeys.echo(&query);
    let resolved = journeys.resolve(query, definitions)?;
    let mut reader = Reader::new(client, journeys.subject.explain);
    let mut report = JourneysReport { visits: 0, before: None, after: None, meta: Meta::default(), query: echo };
    for &side in journeys.direction.sides() {
        let rows = reader.rows(side.as_str(), &sql::journeys(&resolved, side, site.id)).await?;
        let paths = rows.into_iter().map(path).collect::<Result<Vec<_>, _>>()?;
        report.visits = paths.iter().find(|path| path.pages.is_empty()).map_or(0, |root| root.visits);
        let tree = Some(Tree::of(&paths).branches(&[], side));
        match side {
            Side::Before => report.before = tree,
            Side::After => report.after = tree,
        }
    }
    report.meta.explain = reader.steps;
    Ok(report)
}

fn path(row: Vec<Value>) -> Result<Path, ShapeError> {
    let mut columns = Columns::of(row);
    let pages = columns.list()?.into_iter().map(|page| match page {
        Value::String(page) => Ok(page),
        other => Err(ShapeError::Text(other)),
    });
    Ok(Path { pages: pages.collect::<Result<_, _>>()?, visits: columns.number()?, ends: columns.number()? })
}

/// The paths by where they come from, in the order in which they are told.
struct Tree<'a> {
    numbers: HashMap<&'a [String], &'a Path>,
    children: HashMap<&'a [String], Vec<&'a Path>>,
}

impl<'a> Tree<'a> {
    fn of(paths: &'a [Path]) -> Self {
        let mut tree = Self { numbers: HashMap::new(), children: HashMap::new() };
        for path in paths {
            tree.numbers.insert(&path.pages, path);
            if let Some((_, way)) = path.pages.split_last() {
                tree.children.entry(way).or_default().push(path);
            }
        }
        tree
    }

    fn branches(&self, way: &[String], side: Side) -> Branches {
        let children = self.children.get(way).map(Vec::as_slice).unwrap_or_default();
        let (visits, ends) = self.numbers.get(way).map_or((0, 0), |path| (path.visits, path.ends));
        let told: u64 = children.iter().map(|path| path.visits).sum();
        let pages = children.iter().filter_map(|path| {
            let page = path.pages.last()?.clone();
            Some(PageNode { page, visits: path.visits, next: self.branches(&path.pages, side) })
        });
        let (entries, exits) = match side {
            Side::Before => (Some(ends), None),
            Side::After => (None, Some(ends)),
        };
        Branches { entries, exits, other: visits.saturating_sub(ends + told), pages: pages.collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_the_place_of_a_mistake_and_what_is_allowed() {
        let cases = [
            (json!({ "page": null }), "", "What journeys are about is exactly one of `goal`, `page`, `event`."),
            (json!({ "event": "Buy" }), "", "exactly one of"),
            (json!({ "page": "docs" }), "/page", "begins with a slash"),
            (json!({ "props": { "a": "b" } }), "/props", "goes with `event`"),
            (json!({ "direction": "left" }), "/direction", "allowed are `before`, `after`, `both`"),
            (json!({ "steps": 0 }), "/steps", "from 1 to 5"),
            (json!({ "steps": 6 }), "/steps", "from 1 to 5"),
            (json!({ "limit": 51 }), "/limit", "from 1 to 50"),
            (json!({ "window": "1d" }), "/window", "is no key here"),
            (json!({ "date_range": "soon" }), "/date_range", "is no date range"),
        ];
        for (keys, pointer, says) in cases {
            let mut body = json!({ "date_range": "7d", "page": "/" });
            body.as_object_mut().unwrap().extend(keys.as_object().unwrap().clone());
            let errors = parse(&body).expect_err(&format!("{keys} must be refused"));
            let [error] = errors.as_slice() else { panic!("{keys} has {errors:?}") };
            assert_eq!(error.pointer, pointer, "{keys}: {error}");
            assert!(error.detail.contains(says), "{keys}: {:?} does not say {says:?}", error.detail);
        }
    }

    #[test]
    fn what_is_not_told_of_a_page_is_its_rest() {
        let path = |pages: &[&str], visits, ends| Path {
            pages: pages.iter().map(|page| (*page).to_owned()).collect(),
            visits,
            ends,
        };
        let paths = [path(&[], 10, 2), path(&["/a"], 5, 1), path(&["/b"], 1, 0), path(&["/a", "/c"], 3, 3)];
        let tree = Tree::of(&paths).branches(&[], Side::After);
        assert_eq!(
            serde_json::to_value(tree).unwrap(),
            json!({ "exits": 2, "other": 2, "pages": [
                { "page": "/a", "visits": 5, "exits": 1, "other": 1, "pages": [
                    { "page": "/c", "visits": 3, "exits": 3, "other": 0, "pages": [] }
                ] },
                { "page": "/b", "visits": 1, "exits": 0, "other": 1, "pages": [] },
            ] })
        );
    }
}
