//! Owns the SQL of funnels: which events of a visit, or of a visitor, are the steps.
//!
//! The rows of each unit are put into an array in their order, and each step is one pass over it. `runs3` has, for every
//! row, the beginning of the latest run that has come to the third step by then: the array of a later run can only be that of
//! an earlier one or further on, so the latest beginning is the one to go on from. The work grows with rows × steps, however
//! often a page is viewed; ClickHouse's `windowFunnel` tells neither the times of the steps nor what it does with equal ones.

use super::{Composer, SPILLING, condition::COUNTED};
use crate::{
    model::SiteId,
    reports::{
        condition::Condition,
        funnel::{Funnel, StepOrder, Unit, Window},
        metric::Level,
    },
    store::statement::Statement,
};

/// The run of a row at which none has come so far.
const NO_RUN: &str = "CAST((0, 0), 'Tuple(UInt32, Int64)')";

/// Composes a funnel. Gives one row: for each step how many units came so far, how many different visitors (of visits) or visits
/// (of visitors) these events are of, and the median of milliseconds since the step before. With a dimension, a row for each
/// of its values, with the number of all values and the value in front.
#[must_use]
pub fn funnel(funnel: &Funnel, site: SiteId) -> Statement {
    let conditions: Vec<Condition> = funnel.steps.concat();
    let mut composer = Composer::of_sequence(&funnel.query, site, &conditions);
    let rows = composer.rows_of_units(funnel);
    let runs = composer.runs(funnel);
    let has_dimension = !funnel.query.dimensions.is_empty();
    let places = 1..=funnel.steps.len();
    let value = if has_dimension { "values[place1] AS d0,\n        " } else { "" };
    let found: Vec<String> = places
        .clone()
        .map(|step| format!("moments[place{step}] AS at{step},\n        others[place{step}] AS other{step}"))
        .collect();
    let counts: Vec<String> = places.map(counts).collect();
    let (front, group, order) = if has_dimension {
        let limit = composer.bind("limit", "UInt64", funnel.limit);
        (
            "count() OVER () AS values_found,\n    d0,\n    ",
            "\nGROUP BY d0",
            format!("\nORDER BY countIf(reached >= 1) DESC, d0 ASC\nLIMIT {limit}"),
        )
    } else {
        ("", "", String::new())
    };
    let sql = format!(
        "SELECT
    {front}{}
FROM (
    SELECT
        {value}reached,
        {}
    FROM (
        SELECT
            *,
            {runs}
        FROM (
            {rows}
        )
    )
){group}{order}{SPILLING}",
        counts.join(",\n    "),
        found.join(",\n        "),
    );
    composer.finish(sql)
}

/// Returns the columns that say what became of a step.
fn counts(step: usize) -> String {
    let waited = if step == 1 {
        "NULL".to_owned()
    } else {
        format!(
            "if(countIf(reached >= {step}) = 0, NULL, quantileExactIf(0.5)(at{step} - at{}, reached >= {step}))",
            step - 1
        )
    };
    format!(
        "countIf(reached >= {step}) AS units{step},\n    uniqExactIf(other{step}, reached >= {step}) AS others{step},\n    \
         {waited} AS waited{step}"
    )
}

impl Composer<'_> {
    /// Returns the rows of each unit as arrays in their order: of equal milliseconds by kind, view, steps, and what is left.
    fn rows_of_units(&mut self, funnel: &Funnel) -> String {
        let steps = funnel.steps.iter().zip(0_u32..);
        let steps: Vec<String> = steps
            .map(|(conditions, place)| {
                format!("{} * {}", 1_u32 << place, self.fits(conditions, &format!("step{place}")))
            })
            .collect();
        let (unit, other) = match funnel.by {
            Unit::Visit => ("session_id", "visitor_id"),
            Unit::Visitor => ("visitor_id", "session_id"),
        };
        let dimension = self.query.dimensions.first().map(|dimension| self.of_dimension(dimension));
        let dimension = dimension.map_or(String::new(), |dimension| format!(", {dimension}"));
        let values = if dimension.is_empty() { "" } else { ",\n                sorted.6 AS values" };
        let filters = self.conditions(&funnel.query.conditions, Level::Event);
        let kept = match funnel.order {
            StepOrder::Loose => "steps != 0".to_owned(),
            StepOrder::Strict => format!("(steps != 0 OR {COUNTED})"),
        };
        let has_scrolling = funnel.steps.iter().any(|step| !self.scroll_goals(step, false).is_empty());
        // A view may tell many times that it was scrolled far enough.
        let sorted = if has_scrolling {
            "arrayFilter((row, nth) -> row.2 != 3 OR nth = 1, every, arrayEnumerateUniq(every.2, every.3, every.4))"
        } else {
            "every"
        };
        format!(
            "SELECT
                {sorted} AS sorted,
                sorted.1 AS moments,
                sorted.4 AS masks,
                sorted.5 AS others{values}
            FROM (
                SELECT
                    arraySort(groupArray(
                        tuple(toUnixTimestamp64Milli(at), toInt8(kind), view_id, steps, {other}{dimension})
                    )) AS every
                FROM (
                    SELECT *, toUInt16({}) AS steps
                    FROM {}
                    WHERE {}{filters}
                )
                WHERE {kept}
                GROUP BY {unit}
                HAVING bitAnd(groupBitOr(steps), 1) = 1
            )",
            steps.join(" + "),
            self.source,
            self.scope,
        )
    }

    /// Returns how far the best run of a unit came, and at which of the rows it did each step: the longest one; of several the
    /// one that was there first; of these the one that began last.
    fn runs(&mut self, funnel: &Funnel) -> String {
        let within = match &funnel.window {
            Window::Whole => String::new(),
            Window::Length { ms, .. } => {
                let window = self.bind("window_ms", "Int64", i64::try_from(*ms).unwrap_or(i64::MAX));
                format!(" AND moment - run.2 <= {window}")
            }
        };
        // In loose order a run waits for its next step; in strict order it is over with the next row.
        let runs = |hits: String| match funnel.order {
            StepOrder::Loose => format!("arrayFill(run -> run.1 != 0, {hits})"),
            StepOrder::Strict => hits,
        };
        let count = funnel.steps.len();
        let mut columns = vec![format!(
            "{} AS runs1",
            runs(format!(
                "arrayMap((moment, mask, place) -> if(bitTest(mask, 0), CAST((place, moment), 'Tuple(UInt32, Int64)'), {NO_RUN}), \
                 moments, masks, arrayEnumerate(moments))"
            ))
        )];
        for step in 2..=count {
            let hits = format!(
                "arrayMap((moment, mask, run) -> if(bitTest(mask, {}) AND run.1 != 0{within}, run, {NO_RUN}), \
                 moments, masks, arrayPushFront(arrayPopBack(runs{}), {NO_RUN}))",
                step - 1,
                step - 1
            );
            columns.push(format!("{} AS runs{step}", runs(hits)));
        }
        let all = |text: &dyn Fn(usize) -> String| (1..=count).map(text).collect::<Vec<_>>().join(", ");
        columns.push(format!(
            "arrayCount(started -> started != 0, [{}] AS starts) AS reached",
            all(&|step| format!("arrayFirst(run -> run.1 != 0, runs{step}).1"))
        ));
        columns.push("starts[reached] AS began".to_owned());
        columns.extend((1..=count).map(|step| {
            format!("if(reached >= {step}, arrayFirstIndex(run -> run.1 >= began, runs{step}), 0) AS place{step}")
        }));
        columns.join(",\n            ")
    }
}
