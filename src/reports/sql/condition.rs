//! Owns the SQL of filters.

use super::Composer;
use crate::{
    model::GoalTarget,
    reports::{
        condition::Condition,
        dimension::Dimension,
        filter::{Comparison, Operator},
        metric::Level,
    },
};

/// Rows that make a visit; the others are only signs of life.
pub(super) const COUNTED: &str = "kind IN ('pageview', 'event')";

impl Composer<'_> {
    /// Returns what must hold of a row that counts.
    pub(super) fn condition(&mut self, level: Level) -> String {
        let query = self.query;
        let counted = self.counted(&query.conditions, query.dimensions.contains(&Dimension::Goal));
        format!("{counted}{}", self.conditions(&query.conditions, level))
    }

    /// Returns the same without the filters that ask for goals and for what came with them.
    pub(super) fn condition_without_goals(&mut self) -> String {
        let conditions = self.query.conditions.iter().enumerate().filter(|(_, condition)| !asks_for_goals(condition));
        let conditions = conditions.map(|(place, condition)| {
            let condition = self.filter(condition, Level::Event, &place.to_string());
            format!(" AND {condition}")
        });
        let conditions: String = conditions.collect();
        format!("{COUNTED}{conditions}")
    }

    /// Returns what must hold of a row of any kind, as the rest of a condition.
    pub(super) fn conditions(&mut self, conditions: &[Condition], level: Level) -> String {
        let conditions = conditions.iter().enumerate().map(|(place, condition)| {
            let condition = self.filter(condition, level, &place.to_string());
            format!(" AND {condition}")
        });
        conditions.collect()
    }

    /// Returns what must hold of a row that is one of a sequence, whatever else is asked for. `name` tells the parameters
    /// of several such apart.
    pub(super) fn fits(&mut self, conditions: &[Condition], name: &str) -> String {
        let counted = self.counted(conditions, false);
        let conditions = conditions.iter().enumerate();
        let conditions =
            conditions.map(|(place, condition)| self.filter(condition, Level::Event, &format!("_{name}_{place}")));
        let conditions: Vec<String> = std::iter::once(counted).chain(conditions).collect();
        format!("({})", conditions.join(" AND "))
    }

    /// Returns which kinds of rows count. Scrolling far enough can be a goal, and is told by the reports of engagement.
    fn counted(&mut self, conditions: &[Condition], listed: bool) -> String {
        let reached = self.scroll_goals(conditions, listed);
        if reached.is_empty() {
            return COUNTED.to_owned();
        }
        let reached = reached.into_iter().map(|place| self.of_goal(place)).collect::<Vec<_>>().join(" OR ");
        format!("({COUNTED} OR {reached})")
    }

    /// Returns the places of the goals of scrolling that conditions or the dimension of goals ask for.
    pub(super) fn scroll_goals(&self, conditions: &[Condition], listed: bool) -> Vec<usize> {
        let asked = conditions.iter().flat_map(Condition::of_the_event).filter_map(|leaf| match leaf {
            Condition::Goals { places, reached: true } => Some(places.clone()),
            _ => None,
        });
        let mut places: Vec<usize> = asked.flatten().collect();
        if listed {
            places.extend(self.query.listed_goals());
        }
        places.retain(|place| matches!(self.query.goals[*place].target, GoalTarget::Scroll { .. }));
        places.sort_unstable();
        places.dedup();
        places
    }

    /// `path` says where the condition stands: it names the parameters, alike wherever the condition is repeated.
    fn filter(&mut self, condition: &Condition, level: Level, path: &str) -> String {
        match condition {
            Condition::Compare(comparison) => self.comparison(comparison, level, path),
            Condition::Goals { places, reached } => self.goals(places, *reached),
            Condition::All(conditions) => self.joined(conditions, " AND ", level, path),
            Condition::Any(conditions) => self.joined(conditions, " OR ", level, path),
            Condition::Not(condition) => format!("NOT ({})", self.filter(condition, level, &format!("{path}_0"))),
            Condition::Done { condition, done } => self.done(condition, *done, path),
        }
    }

    fn joined(&mut self, conditions: &[Condition], word: &str, level: Level, path: &str) -> String {
        // Of nothing at all, everything holds: a segment may be empty.
        if conditions.is_empty() {
            return "1".to_owned();
        }
        let parts = conditions.iter().enumerate();
        let parts = parts.map(|(place, condition)| self.filter(condition, level, &format!("{path}_{place}")));
        format!("({})", parts.collect::<Vec<_>>().join(word))
    }

    /// What is done is always an event, also where visits are asked about.
    fn done(&mut self, condition: &Condition, done: bool, path: &str) -> String {
        let counted = self.counted(std::slice::from_ref(condition), false);
        let condition = self.filter(condition, Level::Event, &format!("{path}_0"));
        let word = if done { "IN" } else { "NOT IN" };
        format!(
            "session_id {word} (SELECT session_id FROM {} WHERE {} AND {counted} AND {condition})",
            self.source, self.scope
        )
    }

    fn goals(&mut self, places: &[usize], reached: bool) -> String {
        if places.is_empty() {
            return if reached { "0" } else { "1" }.to_owned();
        }
        let goals = places.iter().map(|place| self.of_goal(*place)).collect::<Vec<_>>().join(" OR ");
        if reached { format!("({goals})") } else { format!("NOT ({goals})") }
    }

    fn comparison(&mut self, comparison: &Comparison, level: Level, path: &str) -> String {
        let dimension = match level {
            Level::Session => comparison.dimension.of_visit(),
            Level::Event | Level::Engagement | Level::Vitals | Level::Presence => comparison.dimension.clone(),
        };
        let name = format!("filter{path}");
        let mut subject = self.of_dimension(&dimension);
        let holds = if matches!(comparison.operator, Operator::Matches | Operator::MatchesNot) {
            self.matching(&subject, comparison, &name)
        } else {
            let values: Vec<String> = comparison.values.iter().map(|value| dimension.shown(value)).collect();
            let mut values = self.bind(&name, "Array(String)", values);
            if !comparison.case_sensitive {
                subject = format!("lowerUTF8({subject})");
                values = format!("arrayMap(value -> lowerUTF8(value), {values})");
            }
            match comparison.operator {
                Operator::Is | Operator::IsNot => format!("has({values}, {subject})"),
                _ => format!("multiSearchAny({subject}, {values})"),
            }
        };
        if comparison.operator.is_negative() { format!("NOT {holds}") } else { holds }
    }

    /// One function each, for an expression that is known beforehand is compiled once and not for every row.
    fn matching(&mut self, subject: &str, comparison: &Comparison, name: &str) -> String {
        let flags = if comparison.case_sensitive { "" } else { "(?i)" };
        let patterns = comparison.values.iter().enumerate().map(|(place, pattern)| {
            let pattern = self.bind(&format!("{name}_pattern{place}"), "String", format!("{flags}{pattern}"));
            format!("match({subject}, {pattern})")
        });
        format!("({})", patterns.collect::<Vec<_>>().join(" OR "))
    }
}

/// Returns whether a filter is about goals, or about properties, which only events of goals have.
fn asks_for_goals(condition: &Condition) -> bool {
    condition.of_the_event().into_iter().any(|leaf| match leaf {
        Condition::Compare(comparison) => matches!(comparison.dimension, Dimension::Prop(_)),
        _ => true,
    })
}
