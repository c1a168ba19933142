//! Owns what an event must be to stand in a sequence: a goal, a view of a page, a custom event, or whatever passes filters.
//! In which order such events come is not its matter.

use serde_json::{Map, Value, json};

use super::{
    condition::Condition,
    definitions::Definitions,
    dimension::{Dimension, PropName},
    error::QueryError,
    filter::{Comparison, Filter, Operator},
    json::{Node, listed, quoted},
};
use crate::model::{Goal, GoalId, GoalTarget, Pathname};

/// The keys that say what an event must be.
pub(super) const TARGETS: [&str; 3] = ["goal", "page", "event"];
/// The key of the properties of an `event`.
pub(super) const PROPS: &str = "props";
/// Most properties of one step.
const MAX_PROPS: usize = 10;
/// Longest name of a step, in characters.
const MAX_NAME_CHARS: usize = 120;
/// Longest name of a goal or an event, and longest value of a property.
const MAX_TEXT_BYTES: usize = 2048;

/// What an event must be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// It reaches the goal of this name.
    Goal(String),
    /// A view of a page whose path is like this, stars as in goals.
    Page(String),
    /// A custom event with these properties.
    Event { name: String, props: Vec<(PropName, String)> },
    /// A counted event that passes them all; never empty.
    Filters(Vec<Filter>),
}

/// One of the steps of a funnel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    pub target: Target,
    /// What it is to be called.
    pub name: Option<String>,
}

impl Step {
    /// Parses a step: an object, or a list of filters.
    pub(super) fn parse(node: &Node<'_>) -> Result<Self, QueryError> {
        if node.is_list() {
            return Ok(Self { target: Target::parse_filters(node)?, name: None });
        }
        node.only_keys(&["goal", "page", "event", PROPS, "filters", "name"])?;
        let target = match node.get("filters") {
            Some(filters) if TARGETS.iter().all(|key| node.get(key).is_none()) => Target::parse_filters(&filters)?,
            Some(filters) => {
                return Err(filters.error("A step is either a `goal`, a `page`, an `event` or `filters`."));
            }
            None => Target::parse(node, "A step")?,
        };
        Ok(Self { target, name: node.get("name").map(|name| parse_name(&name)).transpose()? })
    }

    /// Returns what the step is called.
    #[must_use]
    pub fn label(&self) -> String {
        self.name.clone().unwrap_or_else(|| self.target.label())
    }

    /// Returns the step in the form in which it is asked for.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let mut step = self.target.to_json();
        if let Some(name) = &self.name {
            step.insert("name".to_owned(), name.as_str().into());
        }
        step.into()
    }
}

impl Target {
    /// Parses what one of the keys of [`TARGETS`] says. `what` begins the sentence about their number.
    pub(super) fn parse(node: &Node<'_>, what: &str) -> Result<Self, QueryError> {
        let mut given = TARGETS.iter().filter_map(|key| Some((*key, node.get(key)?)));
        let (Some((key, target)), None) = (given.next(), given.next()) else {
            return Err(node.error(format!("{what} is exactly one of {}.", listed(&TARGETS))));
        };
        let props = node.get(PROPS);
        if let Some(props) = props.as_ref().filter(|_| key != "event") {
            return Err(props.error(format!("`props` goes with `event`, and not with `{key}`.")));
        }
        let text = target.text()?;
        match key {
            "goal" => Ok(Self::Goal(bounded(&target, MAX_TEXT_BYTES)?)),
            "page" if !text.starts_with('/') => Err(target.error("The path of a page begins with a slash.")),
            "page" => Ok(Self::Page(bounded(&target, Pathname::MAX_BYTES)?)),
            _ if text.is_empty() => Err(target.error("A custom event has a name.")),
            _ => Ok(Self::Event {
                name: bounded(&target, MAX_TEXT_BYTES)?,
                props: props.map_or(Ok(Vec::new()), |props| parse_props(&props))?,
            }),
        }
    }

    fn parse_filters(node: &Node<'_>) -> Result<Self, QueryError> {
        let filters = Filter::parse_list(node)?;
        if filters.is_empty() {
            return Err(node.error("At least one filter is expected here."));
        }
        Ok(Self::Filters(filters))
    }

    /// Returns what it is called where it has no name: as goals are called.
    #[must_use]
    pub fn label(&self) -> String {
        match self {
            Self::Goal(name) | Self::Event { name, .. } => name.clone(),
            Self::Page(pattern) => format!("Visit {pattern}"),
            Self::Filters(filters) => Value::from(filters.iter().map(Filter::to_json).collect::<Vec<_>>()).to_string(),
        }
    }

    /// Returns it in the form in which it is asked for.
    #[must_use]
    pub fn to_json(&self) -> Map<String, Value> {
        let (key, value) = match self {
            Self::Goal(name) => ("goal", json!(name)),
            Self::Page(pattern) => ("page", json!(pattern)),
            Self::Event { name, .. } => ("event", json!(name)),
            Self::Filters(filters) => ("filters", filters.iter().map(Filter::to_json).collect()),
        };
        let mut object = Map::from_iter([(key.to_owned(), value)]);
        if let Self::Event { props, .. } = self
            && !props.is_empty()
        {
            let props = props.iter().map(|(name, value)| (name.key().to_owned(), json!(value)));
            object.insert(PROPS.to_owned(), props.collect::<Map<_, _>>().into());
        }
        object
    }

    /// Returns the filters that it is made of.
    pub(super) fn filters(&self) -> &[Filter] {
        if let Self::Filters(filters) = self { filters } else { &[] }
    }

    /// Returns what must hold of an event. What is no goal of the site becomes one of the question: it is put behind the
    /// others in `goals`. `pointer` is where the target stands.
    pub(super) fn resolve(
        &self,
        pointer: &str,
        definitions: &Definitions,
        goals: &mut Vec<Goal>,
    ) -> Result<Vec<Condition>, QueryError> {
        let mut add = |target| {
            goals.push(Goal { id: GoalId::new(0), name: self.label(), target, currency: None });
            Condition::Goals { places: vec![goals.len() - 1], reached: true }
        };
        match self {
            Self::Goal(name) => {
                let place = definitions.goals.iter().position(|goal| goal.name == *name).ok_or_else(|| {
                    let detail = format!(
                        "The goal {} is not set up for this site; `GET …/goals` lists what there is.",
                        quoted(name)
                    );
                    QueryError::new(format!("{pointer}/goal"), detail)
                })?;
                Ok(vec![Condition::Goals { places: vec![place], reached: true }])
            }
            Self::Page(pattern) => Ok(vec![add(GoalTarget::Page { pattern: pattern.clone() })]),
            Self::Event { name, props } => {
                let event = add(GoalTarget::event(name));
                let props = props.iter().map(|(name, value)| {
                    Condition::Compare(Comparison {
                        operator: Operator::Is,
                        dimension: Dimension::Prop(name.clone()),
                        values: vec![value.clone()],
                        case_sensitive: true,
                    })
                });
                Ok(std::iter::once(event).chain(props).collect())
            }
            Self::Filters(filters) => Condition::of_filters(filters, definitions)
                .map_err(|error| QueryError::new(pointer.to_owned(), error.detail)),
        }
    }
}

fn parse_name(node: &Node<'_>) -> Result<String, QueryError> {
    let name = node.text()?.trim();
    if name.is_empty() || name.chars().count() > MAX_NAME_CHARS || name.contains(char::is_control) {
        return Err(node.error(format!("A name has 1 to {MAX_NAME_CHARS} characters, in one line.")));
    }
    Ok(name.to_owned())
}

fn parse_props(node: &Node<'_>) -> Result<Vec<(PropName, String)>, QueryError> {
    let entries = node.entries("with properties and their values")?;
    if entries.len() > MAX_PROPS {
        return Err(node.error(format!("At most {MAX_PROPS} properties are allowed here.")));
    }
    let props = entries.iter().map(|(key, value)| {
        let name = PropName::of_key(key).ok_or_else(|| value.error("No property can have this name."))?;
        Ok((name, bounded(value, MAX_TEXT_BYTES)?))
    });
    props.collect()
}

fn bounded(node: &Node<'_>, most: usize) -> Result<String, QueryError> {
    let text = node.text()?;
    if text.len() > most {
        return Err(node.error(format!("At most {most} bytes are allowed here.")));
    }
    Ok(text.to_owned())
}
