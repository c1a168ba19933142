//! Owns what filters mean for a site: the names of its goals and segments looked up, so that only comparisons with columns are
//! left. It writes no SQL.

use super::{
    definitions::Definitions,
    dimension::Dimension,
    error::QueryError,
    filter::{Comparison, Filter, Operator},
    json::quoted,
};
use crate::model::Goal;

/// A filter of a site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Condition {
    Compare(Comparison),
    /// The event reaches one of these of the site's goals, by their place in [`Definitions::goals`]; or none of them.
    Goals {
        places: Vec<usize>,
        reached: bool,
    },
    All(Vec<Condition>),
    Any(Vec<Condition>),
    Not(Box<Condition>),
    /// Something in the visit meets the condition, or nothing does.
    Done {
        condition: Box<Condition>,
        done: bool,
    },
}

impl Condition {
    /// Looks up what filters name. Fails at a goal or a segment that the site has not got.
    pub(super) fn of_filters(filters: &[Filter], definitions: &Definitions) -> Result<Vec<Self>, QueryError> {
        filters.iter().map(|filter| Self::of(filter, definitions)).collect()
    }

    fn of(filter: &Filter, definitions: &Definitions) -> Result<Self, QueryError> {
        let done = |filter, done| Ok(Self::Done { condition: Box::new(Self::of(filter, definitions)?), done });
        match filter {
            Filter::Compare(comparison) if comparison.dimension == Dimension::Goal => {
                goals(comparison, &definitions.goals)
            }
            Filter::Compare(comparison) => Ok(Self::Compare(comparison.clone())),
            Filter::All(filters) => Self::of_filters(filters, definitions).map(Self::All),
            Filter::Any(filters) => Self::of_filters(filters, definitions).map(Self::Any),
            Filter::Not(filter) => Self::of(filter, definitions).map(|condition| Self::Not(Box::new(condition))),
            Filter::Done(filter) => done(filter, true),
            Filter::NotDone(filter) => done(filter, false),
            Filter::Segments(ids) => {
                let segments = ids.iter().map(|id| {
                    let filters = definitions.segment(*id)?;
                    Self::of_filters(&filters, definitions).map(Self::All)
                });
                segments.collect::<Result<_, _>>().map(Self::Any)
            }
        }
    }

    /// Returns the comparisons with the event itself: what must have happened elsewhere in the visit is not among them.
    #[must_use]
    pub fn of_the_event(&self) -> Vec<&Self> {
        match self {
            Self::Compare(_) | Self::Goals { .. } => vec![self],
            Self::All(conditions) | Self::Any(conditions) => conditions.iter().flat_map(Self::of_the_event).collect(),
            Self::Not(condition) => condition.of_the_event(),
            Self::Done { .. } => Vec::new(),
        }
    }

    /// Returns every comparison, wherever it stands.
    #[must_use]
    pub fn comparisons(&self) -> Vec<&Comparison> {
        match self {
            Self::Compare(comparison) => vec![comparison],
            Self::Goals { .. } => Vec::new(),
            Self::All(conditions) | Self::Any(conditions) => conditions.iter().flat_map(Self::comparisons).collect(),
            Self::Not(condition) | Self::Done { condition, .. } => condition.comparisons(),
        }
    }

    /// Returns whether the condition is about one event and not about its page or its visit: a goal, a name, a property.
    #[must_use]
    pub fn is_of_single_events(&self) -> bool {
        self.of_the_event().into_iter().any(|leaf| match leaf {
            Self::Compare(comparison) => comparison.dimension.is_of_single_events(),
            _ => true,
        })
    }
}

/// Finds the goals that a comparison with their names is about.
fn goals(comparison: &Comparison, goals: &[Goal]) -> Result<Condition, QueryError> {
    let folded = |text: &str| if comparison.case_sensitive { text.to_owned() } else { text.to_lowercase() };
    let wanted: Vec<String> = comparison.values.iter().map(|value| folded(value)).collect();
    let fits = |goal: &Goal| {
        let name = folded(&goal.name);
        match comparison.operator {
            Operator::Is | Operator::IsNot => wanted.contains(&name),
            Operator::Contains | Operator::ContainsNot => wanted.iter().any(|part| name.contains(part.as_str())),
            Operator::Matches | Operator::MatchesNot => comparison.values.iter().any(|pattern| {
                let pattern = regex::RegexBuilder::new(pattern).case_insensitive(!comparison.case_sensitive).build();
                pattern.is_ok_and(|pattern| pattern.is_match(&goal.name))
            }),
        }
    };
    if comparison.operator == Operator::Is {
        let known = |value: &&String| goals.iter().any(|goal| folded(&goal.name) == **value);
        if let Some(unknown) = wanted.iter().find(|value| !known(value)) {
            return Err(QueryError::new(
                "/filters",
                format!("The goal {} is not set up for this site; `GET …/goals` lists what there is.", quoted(unknown)),
            ));
        }
    }
    let places = goals.iter().enumerate().filter(|(_, goal)| fits(goal)).map(|(place, _)| place);
    Ok(Condition::Goals { places: places.collect(), reached: !comparison.operator.is_negative() })
}
