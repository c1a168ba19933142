//! Owns the SQL of funnels: which events of a visit, or of a visitor, are the steps.
//!
//! The rows of each unit are put into an array in their order, and each step is one pass over it. `runs3` has, for every
//! row, the beginning of the latest run that has come to the third step by then: whatever an earlier run still reaches, a later
//! one that is as far reaches too, so the latest is the one to go on from. The work grows with rows × steps, however often a
//! page is viewed. ClickHouse's `windowFunnel` tells neither the times of the steps nor what it does with equal ones; an
//! `arrayFold` over the rows takes as many rounds as the longest visit has events.

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

/// A run is known by its beginning, in one number that grows with it: the milliseconds since the unit's first row, and in
/// these lower bits the place of the row, from 1. So many rows of one unit are more than a report has memory for. Zero is none.
const PLACE_BITS: u32 = 24;

/// Composes a funnel. Gives one row: for each step how many units came so far, how many different visitors (of visits) or visits
/// (of visitors) these events are of, and the median of milliseconds since the step before. With a dimension, the number of
/// its values and an empty text stand in front, and after it comes a row for each value, with the value in that place; no
/// row at all where there is no value.
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
        // One row more: that of all.
        let limit = composer.bind("limit", "UInt64", funnel.limit + 1);
        (
            "count() OVER () - 1 AS values_found,\n    d0,\n    ",
            "\nGROUP BY GROUPING SETS ((d0), ())",
            format!("\nORDER BY grouping(d0) DESC, units1 DESC, d0 ASC\nLIMIT {limit}"),
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
                let window = self.bind("window_ms", "UInt64", *ms);
                format!(" AND age - bitShiftRight(run, {PLACE_BITS}) <= {window}")
            }
        };
        // In loose order a run waits for its next step; in strict order it is over with the next row.
        let runs = |hits: String| match funnel.order {
            StepOrder::Loose => format!("arrayFill(run -> run != 0, {hits})"),
            StepOrder::Strict => hits,
        };
        let count = funnel.steps.len();
        let begin = format!(
            "arrayMap((age, mask, place) -> if(bitTest(mask, 0), bitShiftLeft(age, {PLACE_BITS}) + place, toUInt64(0)), \
             ages, masks, arrayEnumerate(ages))"
        );
        let mut columns = vec![
            "moments[1] AS opened,
            arrayMap(moment -> toUInt64(moment - opened), moments) AS ages"
                .to_owned(),
            format!("{} AS runs1", runs(begin)),
        ];
        for step in 2..=count {
            let before = step - 1;
            let hits = format!(
                "arrayMap((age, mask, run) -> if(bitTest(mask, {before}) AND run != 0{within}, run, toUInt64(0)), \
                 ages, masks, arrayPushFront(arrayPopBack(runs{before}), toUInt64(0)))"
            );
            columns.push(format!("{} AS runs{step}", runs(hits)));
        }
        let all = |text: &dyn Fn(usize) -> String| (1..=count).map(text).collect::<Vec<_>>().join(", ");
        columns.push(format!(
            "arrayCount(started -> started != 0, [{}] AS starts) AS reached",
            all(&|step| format!("arrayFirst(run -> run != 0, runs{step})"))
        ));
        columns.push("starts[reached] AS began".to_owned());
        columns.extend((1..=count).map(|step| {
            format!("if(reached >= {step}, arrayFirstIndex(run -> run >= began, runs{step}), 0) AS place{step}")
        }));
        columns.join(",\n            ")
    }
}
