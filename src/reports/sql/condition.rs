//! Owns the SQL of filters.

use super::Composer;
use crate::reports::{
    filter::{Comparison, Filter, Operator},
    metric::Level,
};

/// Rows that make a visit; an engagement row alone is only a sign of life.
const COUNTED: &str = "kind != 'engagement'";

impl Composer<'_> {
    /// Returns what must hold of a row that counts.
    pub(super) fn condition(&mut self, level: Level) -> String {
        let query = self.query;
        let mut leaves = 0;
        let filters = query.filters.iter().map(|filter| self.filter(filter, level, &mut leaves));
        std::iter::once(COUNTED.to_owned()).chain(filters).collect::<Vec<_>>().join(" AND ")
    }

    /// `leaves` counts the comparisons so far: it names their parameters alike at both levels.
    fn filter(&mut self, filter: &Filter, level: Level, leaves: &mut usize) -> String {
        match filter {
            Filter::Compare(comparison) => {
                let name = format!("filter{leaves}");
                *leaves += 1;
                self.comparison(comparison, level, &name)
            }
            Filter::All(filters) => self.joined(filters, " AND ", level, leaves),
            Filter::Any(filters) => self.joined(filters, " OR ", level, leaves),
            Filter::Not(filter) => format!("NOT ({})", self.filter(filter, level, leaves)),
        }
    }

    fn joined(&mut self, filters: &[Filter], word: &str, level: Level, leaves: &mut usize) -> String {
        let parts = filters.iter().map(|filter| self.filter(filter, level, leaves));
        format!("({})", parts.collect::<Vec<_>>().join(word))
    }

    fn comparison(&mut self, comparison: &Comparison, level: Level, name: &str) -> String {
        let dimension = match level {
            Level::Event => comparison.dimension,
            Level::Session => comparison.dimension.of_visit(),
        };
        let values: Vec<String> = comparison.values.iter().map(|value| dimension.shown(value)).collect();
        let mut subject = self.of_dimension(dimension);
        let mut values = self.bind(name, "Array(String)", values);
        if !comparison.case_sensitive {
            subject = format!("lowerUTF8({subject})");
            values = format!("arrayMap(value -> lowerUTF8(value), {values})");
        }
        match comparison.operator {
            Operator::Is => format!("has({values}, {subject})"),
            Operator::IsNot => format!("NOT has({values}, {subject})"),
            Operator::Contains => format!("multiSearchAny({subject}, {values})"),
            Operator::ContainsNot => format!("NOT multiSearchAny({subject}, {values})"),
        }
    }
}
