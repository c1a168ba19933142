//! Owns the SQL of each metric and each dimension: one arm each.

use super::Composer;
use crate::{
    reports::{
        country,
        dimension::{Dimension, NO_PROP, Origin},
        metric::{Level, Metric, Share, Vital},
        revenue::Money,
        time::{Buckets, Interval, Key},
    },
    store::statement::Param,
};

/// Estimates how many different values there are: `HyperLogLog` with 2¹⁷ registers over hashes of 64 bits; small sets are counted.
const ESTIMATE: &str = "uniqCombined64(17)";

/// Returns a quotient in percent with two decimals, rounded half up in whole numbers, so that no float decides. Of nothing it is 0.
pub(super) fn percent(part: &str, whole: &str) -> String {
    format!("if({whole} = 0, 0, intDiv(20000 * {part} + {whole}, greatest(2 * {whole}, 1)) / 100)")
}

/// Returns a quotient as a whole number, rounded half up; nothing where there is nothing to divide by.
fn whole_or_null(part: &str, whole: &str) -> String {
    format!("if({whole} = 0, NULL, intDiv(2 * {part} + {whole}, greatest(2 * {whole}, 1)))")
}

impl Composer<'_> {
    /// Returns how a metric is computed from the columns of the parts.
    pub(super) fn of_metric(&mut self, metric: Metric) -> String {
        let known = |text: &str| text.to_owned();
        match metric {
            Metric::Visitors
            | Metric::Visits
            | Metric::Pageviews
            | Metric::Events
            | Metric::Clicks
            | Metric::RageClicks
            | Metric::DeadClicks
            | Metric::ConcurrentPeak => known(metric.as_str()),
            Metric::ViewsPerVisit => known("intDiv(200 * session_views + sessions, greatest(2 * sessions, 1)) / 100"),
            Metric::BounceRate => known("intDiv(200 * bounces + sessions, greatest(2 * sessions, 1))"),
            Metric::VisitDuration => known("intDiv(session_ms + 500 * sessions, greatest(1000 * sessions, 1))"),
            Metric::ScrollDepth => whole_or_null("depths", "engaged_visits"),
            Metric::ScrollP50 => known("if(engaged_visits = 0, NULL, depth_p50)"),
            Metric::ScrollP75 => known("if(engaged_visits = 0, NULL, depth_p75)"),
            Metric::ScrollP90 => known("if(engaged_visits = 0, NULL, depth_p90)"),
            Metric::TimeOnPage => known(
                "if(engaged_visits = 0, NULL, intDiv(engaged_sum_ms + 500 * engaged_visits, greatest(1000 * engaged_visits, 1)))",
            ),
            Metric::EngagedTime => known("intDiv(engaged_sum_ms + 500 * visits, greatest(1000 * visits, 1))"),
            Metric::Percentage => {
                let condition = self.condition(Level::Event);
                percent("visitors", &self.total_visitors(&condition))
            }
            Metric::ConversionRate => percent("visitors", &self.all_visitors()),
            Metric::GroupConversionRate if self.grouped_names().is_empty() => percent("visitors", &self.all_visitors()),
            Metric::GroupConversionRate => percent("visitors", "group_visitors"),
            Metric::TotalRevenue => self.if_money("revenue_sum"),
            Metric::AverageRevenue => self.if_money(
                "if(revenue_count = 0, NULL, intDiv(2 * revenue_sum + revenue_count, greatest(2 * revenue_count, 1)))",
            ),
            Metric::Vital(vital, share) => of_vital(vital, share),
        }
    }

    /// Returns the function that counts how many different values there are.
    pub(super) const fn different(&self) -> &'static str {
        if self.query.approximate { ESTIMATE } else { "uniqExact" }
    }

    fn all_visitors(&mut self) -> String {
        let condition = self.condition_without_goals();
        self.total_visitors(&condition)
    }

    /// Returns an amount where there is a currency to tell it in.
    fn if_money(&mut self, amount: &str) -> String {
        match self.currency() {
            Some(_) if matches!(self.query.money, Money::In(_)) => amount.to_owned(),
            Some(currency) => format!("if({currency} = '', NULL, {amount})"),
            None => "NULL".to_owned(),
        }
    }

    /// Returns the currency that a row of the report is told in.
    fn currency(&mut self) -> Option<String> {
        match &self.query.money {
            Money::NotAsked | Money::NoGoal | Money::Mixed => None,
            Money::In(currency) => Some(self.bind("currency", "String", currency.as_str())),
            Money::OfGoal(paid) => {
                let (names, currencies): (Vec<String>, Vec<String>) =
                    paid.iter().map(|(name, currency)| (name.clone(), currency.as_str().to_owned())).unzip();
                let names = self.bind("paid_goals", "Array(String)", names);
                let currencies = self.bind("paid_currencies", "Array(String)", currencies);
                Some(format!("transform({}, {names}, {currencies}, '')", self.name_of(&Dimension::Goal)))
            }
        }
    }

    /// Returns the columns that the part of the events needs for the metrics; at least one.
    pub(super) fn event_columns(&mut self) -> Vec<String> {
        let different = self.different();
        let mut columns: Vec<String> = Vec::new();
        let mut add = |column: String| {
            if !columns.contains(&column) {
                columns.push(column);
            }
        };
        for metric in &self.query.metrics {
            match metric {
                Metric::Visitors | Metric::Percentage | Metric::ConversionRate | Metric::GroupConversionRate => {
                    add(format!("{different}(visitor_id) AS visitors"));
                }
                Metric::Visits | Metric::EngagedTime => {
                    add(format!("{different}(session_id) AS visits"));
                }
                Metric::Pageviews => add("countIf(kind = 'pageview') AS pageviews".to_owned()),
                Metric::Events => {
                    let listed = self.query.dimensions.contains(&Dimension::Goal);
                    // A view that scrolls far enough reaches the goal once, however often it tells so.
                    let count = if self.scroll_goals(&self.query.conditions, listed).is_empty() {
                        "count()"
                    } else {
                        "countIf(kind != 'engagement') + uniqExactIf(view_id, kind = 'engagement')"
                    };
                    add(format!("{count} AS events"));
                }
                Metric::TotalRevenue | Metric::AverageRevenue => {
                    if let Some(currency) = self.currency() {
                        add(format!("toInt64(sumIf(revenue, currency = {currency}) * 1000) AS revenue_sum"));
                        add(format!("toInt64(countIf(currency = {currency})) AS revenue_count"));
                    }
                }
                Metric::Clicks => add("sumIf(view_clicks, kind = 'pageview') AS clicks".to_owned()),
                Metric::RageClicks => add("sumIf(view_rage_clicks, kind = 'pageview') AS rage_clicks".to_owned()),
                Metric::DeadClicks => add("sumIf(view_dead_clicks, kind = 'pageview') AS dead_clicks".to_owned()),
                _ => {}
            }
        }
        if columns.is_empty() {
            columns.push("count() AS events".to_owned());
        }
        columns
    }

    /// Returns the columns that the part of the web vitals needs for the metrics.
    pub(super) fn vitals_columns(&self) -> Vec<String> {
        let wanted = Vital::ALL.into_iter().filter(|vital| {
            self.query.metrics.iter().any(|metric| matches!(metric, Metric::Vital(asked, _) if asked == vital))
        });
        let columns = wanted.flat_map(|vital| {
            let column = vital.column();
            let (good, fair) = vital.thresholds();
            [
                format!("quantileExact(0.75)({column}) AS {column}_p75"),
                format!("count({column}) AS {column}_count"),
                format!("countIf({column} <= {good}) AS {column}_good"),
                format!("countIf({column} > {fair}) AS {column}_poor"),
            ]
        });
        columns.collect()
    }

    /// Returns the value of a dimension for one row.
    pub(super) fn of_dimension(&mut self, dimension: &Dimension) -> String {
        match dimension.origin() {
            Origin::Plain(column) => column.to_owned(),
            Origin::Labelled(column, label) => format!("if({column} = '', '{label}', {column})"),
            Origin::EventName => "if(kind = 'pageview', 'pageview', name)".to_owned(),
            Origin::CountryName => {
                let codes = self.bind("country_codes", "Array(String)", country::codes());
                let names = self.bind("country_names", "Array(String)", country::names());
                format!("transform(country, {codes}, {names}, country)")
            }
            Origin::Device => "initcap(device)".to_owned(),
            Origin::Exit(column) => format!("exit_{column}"),
            Origin::Bucket(interval) => self.of_bucket(interval),
            Origin::Prop(key) => {
                let name = self.prop_name(key);
                let key = self.bind(&name, "String", key);
                format!("if(props[{key}] = '', '{NO_PROP}', props[{key}])")
            }
            Origin::Goals => format!("arrayJoin({})", self.reached_goals()),
        }
    }

    /// Returns the name of the parameter with the key of a property.
    fn prop_name(&self, key: &str) -> String {
        let is_key =
            |(name, value): &&(String, Param)| name.starts_with("prop") && *value == Param::Text(key.to_owned());
        let bound = self.params.iter().find(is_key).map(|(name, _)| name.clone());
        bound.unwrap_or_else(|| {
            let props = self.params.iter().filter(|(name, _)| name.starts_with("prop")).count();
            format!("prop{props}")
        })
    }

    /// Returns the key of the bucket that a row falls in; the first or last one for a row whose day and moment
    /// disagree because the site's zone has changed since.
    fn of_bucket(&mut self, interval: Interval) -> String {
        let keys = self.query.buckets.as_ref().map(Buckets::keys).unwrap_or_default();
        match interval.key() {
            Key::Second => {
                let keys = self.bind("buckets", "Array(UInt32)", keys);
                format!("roundDown(toUnixTimestamp(at), {keys})")
            }
            Key::Day => {
                let keys = self.bind("buckets", "Array(UInt16)", keys);
                format!("roundDown(toUInt16(day), {keys})")
            }
        }
    }
}

fn of_vital(vital: Vital, share: Share) -> String {
    let column = vital.column();
    match share {
        Share::P75 if vital == Vital::Cls => format!("{column}_p75 / 10000"),
        Share::P75 => format!("{column}_p75"),
        Share::Good => whole_or_null(&format!("100 * {column}_good"), &format!("{column}_count")),
        Share::Poor => whole_or_null(&format!("100 * {column}_poor"), &format!("{column}_count")),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::json;

    use crate::{
        model::SiteId,
        reports::{Dimension, Metric, fixture::query_with_goals, metric::Level, sql::statements},
    };

    #[test]
    fn every_metric_by_every_dimension_binds_exactly_what_it_names() {
        for dimension in Dimension::ALL {
            let goes = |metric: &Metric| {
                if metric.level() == Level::Presence {
                    return false;
                }
                let is_of_events = metric.level() == Level::Event && !metric.is_of_clicks();
                is_of_events || !dimension.is_of_single_events()
            };
            let metrics: Vec<&str> = Metric::ALL.into_iter().filter(goes).map(Metric::as_str).collect();
            let filters = if dimension.is_of_single_events() {
                json!([["is", "event:goal", ["Buy"]], ["is", "event:page", ["/"]]])
            } else {
                json!([["is", "event:page", ["/"]], ["has_done", ["is", "event:goal", ["Buy"]]]])
            };
            let metrics: Vec<&str> = if dimension.is_of_single_events() {
                metrics
            } else {
                let needs_goal = ["conversion_rate", "group_conversion_rate", "total_revenue", "average_revenue"];
                metrics.into_iter().filter(|name| !needs_goal.contains(name)).collect()
            };
            let keys = json!({
                "metrics": metrics, "dimensions": [dimension.as_str()], "filters": filters, "date_range": "day"
            });
            let statement = statements(&query_with_goals(&keys), SiteId::new(7)).rows;
            let named: BTreeSet<&str> =
                statement.sql.split('{').skip(1).filter_map(|rest| rest.split(':').next()).collect();
            let bound: BTreeSet<&str> = statement.params.iter().map(|(name, _)| name.as_str()).collect();
            assert_eq!(named, bound, "{}", dimension.as_str());
            assert_eq!(bound.len(), statement.params.len(), "{}", dimension.as_str());
        }
    }
}
