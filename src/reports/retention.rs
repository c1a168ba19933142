//! Owns retention: of those who came first in a day, week or month, how many came again in the ones after it. Visitors of two
//! days cannot be told to be the same, so it is about the values of a property that the site itself sends.

use jiff::{Timestamp, tz::TimeZone};
use serde::Serialize;
use serde_json::{Value, json};

use super::{
    condition::Condition,
    date_range::{Range, day_of_date},
    definitions::Definitions,
    dimension::{Dimension, PropName},
    error::{Mistakes, QueryError, QueryErrors},
    filter::Filter,
    json::{Node, listed, quoted},
    query::Query,
    response::{ShapeError, bucket_index},
    run::{Reader, RunError},
    sequence::{self, Columns, Meta, RawSubject, percent},
    sql,
    time::{Buckets, Interval},
};
use crate::{model::Site, store::Client};

/// Most periods that a cohort is followed for, and as many as there are when nothing is said.
const MAX_PERIODS: u64 = 60;
const DEFAULT_PERIODS: u64 = 12;
/// Most cohorts: a year of days.
const MAX_COHORTS: usize = 366;
const INTERVALS: [Interval; 3] = [Interval::Day, Interval::Week, Interval::Month];

/// A question that is well-formed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RawRetention {
    pub subject: RawSubject,
    /// The property whose values are the people.
    pub by: PropName,
    pub interval: Interval,
    /// Most periods that a cohort is followed for, its own included.
    pub periods: u64,
    /// Which events can be the first.
    pub first: Vec<Filter>,
    /// Which events are a return.
    pub again: Vec<Filter>,
    pub since: Since,
}

/// How far back a first event is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Since {
    /// Who came before the range is in no cohort.
    #[default]
    Ever,
    /// What was before the range is not looked at.
    Range,
}

/// A question with everything put in.
#[derive(Debug, Clone, PartialEq)]
pub struct Retention {
    /// About all days that are read; those of the cohorts may be fewer.
    pub query: Query,
    pub by: PropName,
    pub first: Vec<Condition>,
    pub again: Vec<Condition>,
    /// The periods of the cohorts.
    pub buckets: Buckets,
}

/// The answer.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RetentionReport {
    /// By time; every one that has begun.
    pub cohorts: Vec<Cohort>,
    /// All cohorts together, each as far as it can be followed.
    pub overall: Cohort,
    pub meta: Meta,
    pub query: Value,
}

/// Those who came first in one period.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Cohort {
    pub label: String,
    pub size: u64,
    /// How many came in the period itself, in the next, and so on; as far as there are periods that have begun.
    pub returned: Vec<u64>,
    /// The same in percent of all who could.
    pub rates: Vec<f64>,
}

impl Since {
    const ALL: [Self; 2] = [Self::Ever, Self::Range];

    /// Returns the word of JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ever => "ever",
            Self::Range => "range",
        }
    }
}

/// Parses the body of a question. Fails with every key that is wrong.
pub fn parse(body: &Value) -> Result<RawRetention, QueryErrors> {
    let mut mistakes = Mistakes::default();
    let root = sequence::begin(body, &["by", "interval", "periods", "first", "return", "first_since"], &mut mistakes)?;
    let subject = RawSubject::parse(&root, &mut mistakes);
    let by = mistakes.keep(parse_by(&root));
    let interval = mistakes.keep(root.require("interval").and_then(|node| parse_interval(&node)));
    let periods = root.get("periods").map_or(Ok(DEFAULT_PERIODS), |node| node.number(1, MAX_PERIODS));
    let periods = mistakes.keep(periods);
    let mut filters = |key| mistakes.keep(root.get(key).map_or(Ok(Vec::new()), |node| Filter::parse_list(&node)));
    let (first, again) = (filters("first"), filters("return"));
    let since = mistakes.keep(root.word("first_since", &Since::ALL, Since::as_str));
    if let (Some(subject), Some(first), Some(again)) = (&subject, &first, &again) {
        let all: Vec<&Filter> = subject.filters.iter().chain(first).chain(again).collect();
        mistakes.keep(Filter::check_bounds(&all).map_err(|detail| QueryError::new("/filters", detail)));
    }
    let retention = || {
        Some(RawRetention {
            subject: subject?,
            by: by?,
            interval: interval?,
            periods: periods?,
            first: first?,
            again: again?,
            since: since?,
        })
    };
    mistakes.finish(retention())
}

fn parse_by(root: &Node<'_>) -> Result<PropName, QueryError> {
    let node = root.get("by").ok_or_else(|| {
        QueryError::new(
            "/by",
            "`by` is required: a visitor is recognised within one local day only, so who came back on another day can be told \
             only by an identifier that the site sends itself. Send a pseudonymous one as a property of events, and ask by \
             it: \"by\": \"event:props:user\".",
        )
    })?;
    let name = node.text()?;
    PropName::parse(name).ok_or_else(|| {
        node.error(format!(
            "{} tells nobody apart for longer than a day; allowed is `event:props:` with the name of a property that does.",
            quoted(name)
        ))
    })
}

fn parse_interval(node: &Node<'_>) -> Result<Interval, QueryError> {
    let word = node.text()?;
    INTERVALS.into_iter().find(|interval| interval.as_str() == word).ok_or_else(|| {
        let allowed = listed(&INTERVALS.map(Interval::as_str));
        node.error(format!("{} is no interval of cohorts; allowed are {allowed}.", quoted(word)))
    })
}

impl RawRetention {
    /// Returns the question as it is to be answered, out of what its subject has become.
    pub(super) fn resolve(
        &self,
        mut query: Query,
        definitions: &Definitions,
        zone: &TimeZone,
    ) -> Result<Retention, QueryErrors> {
        let buckets = Buckets::cut(self.interval, &query.range, zone);
        let buckets = buckets.filter(|buckets| buckets.list.len() <= MAX_COHORTS).ok_or_else(|| {
            QueryError::new(
                "/interval",
                format!(
                    "`{}` would cut this `date_range` into more than {MAX_COHORTS} cohorts; ask for longer ones, or a shorter range.",
                    self.interval.as_str()
                ),
            )
        })?;
        let mut mistakes = Mistakes::default();
        let mut conditions = |filters: &[Filter], pointer: &str| {
            let conditions = Condition::of_filters(filters, definitions);
            mistakes.keep(conditions.map_err(|error| QueryError::new(pointer, error.detail)))
        };
        let (first, again) = (conditions(&self.first, "/first"), conditions(&self.again, "/return"));
        if self.since == Since::Ever {
            query.range = Range { from_day: 0, from_ms: 0, ..query.range };
        }
        let retention = || Some(Retention { query, by: self.by.clone(), first: first?, again: again?, buckets });
        mistakes.finish(retention())
    }

    fn echo(&self, query: &Query) -> Value {
        let list = |filters: &[Filter]| filters.iter().map(Filter::to_json).collect::<Vec<_>>();
        json!({
            "site_id": query.site.as_str(),
            "date_range": query.range.to_texts(&query.zone),
            "filters": list(&query.asked),
            "by": Dimension::Prop(self.by.clone()).as_str(),
            "interval": self.interval.as_str(),
            "periods": self.periods,
            "first": list(&self.first),
            "return": list(&self.again),
            "first_since": self.since.as_str(),
        })
    }

    /// Returns the cohorts without anybody in them.
    fn empty_cohorts(&self, retention: &Retention) -> Vec<Cohort> {
        let today = day_of_date(retention.query.zone.to_datetime(retention.query.now).date()).unwrap_or_default();
        let buckets = &retention.buckets.list;
        let begun = buckets.partition_point(|bucket| bucket.key <= today.into());
        let periods = usize::try_from(self.periods).unwrap_or(usize::MAX);
        let cohort = |(place, bucket): (usize, &super::time::Bucket)| Cohort {
            label: bucket.label.clone(),
            size: 0,
            returned: vec![0; periods.min(begun - place)],
            rates: Vec::new(),
        };
        buckets[..begun].iter().enumerate().map(cohort).collect()
    }
}

/// Answers a question about a site.
pub async fn run(
    client: &Client,
    site: &Site,
    definitions: &Definitions,
    retention: &RawRetention,
    now: Timestamp,
) -> Result<RetentionReport, RunError> {
    let query = retention.subject.resolve(client, site, definitions, now).await?;
    let echo = retention.echo(&query);
    let resolved = retention.resolve(query, definitions, &site.time_zone)?;
    let mut reader = Reader::new(client, retention.subject.explain);
    let rows = reader.rows("cohorts", &sql::retention(&resolved, site.id)).await?;
    let mut cohorts = retention.empty_cohorts(&resolved);
    for row in rows {
        put(&mut cohorts, &resolved.buckets, row)?;
    }
    for cohort in &mut cohorts {
        cohort.rates = cohort.returned.iter().map(|returned| percent(*returned, cohort.size)).collect();
    }
    let overall = overall(&cohorts);
    Ok(RetentionReport { cohorts, overall, meta: Meta { explain: reader.steps, ..Meta::default() }, query: echo })
}

/// Puts a row of the store into its cohort. Events may be dated later than now; the periods that they are in are not told.
fn put(cohorts: &mut [Cohort], buckets: &Buckets, row: Vec<Value>) -> Result<(), ShapeError> {
    let mut columns = Columns::of(row);
    let place = bucket_index(buckets, &columns.value()?)?;
    let size = columns.number()?;
    let (periods, counts) = (columns.list()?, columns.list()?);
    let Some(cohort) = cohorts.get_mut(place) else {
        return Ok(());
    };
    cohort.size = size;
    for (period, count) in periods.iter().zip(counts) {
        let returned =
            bucket_index(buckets, period)?.checked_sub(place).and_then(|after| cohort.returned.get_mut(after));
        if let Some(returned) = returned {
            *returned = count.as_u64().ok_or(ShapeError::Number(count))?;
        }
    }
    Ok(())
}

/// Puts the cohorts together: a period counts those cohorts that have come to it.
fn overall(cohorts: &[Cohort]) -> Cohort {
    let longest = cohorts.iter().map(|cohort| cohort.returned.len()).max().unwrap_or(0);
    let (mut returned, mut rates) = (Vec::with_capacity(longest), Vec::with_capacity(longest));
    for period in 0..longest {
        let counts = cohorts.iter().filter_map(|cohort| Some((cohort.size, *cohort.returned.get(period)?)));
        let (size, count) = counts.fold((0, 0), |sum, (size, count)| (sum.0 + size, sum.1 + count));
        returned.push(count);
        rates.push(percent(count, size));
    }
    Cohort { label: "all".to_owned(), size: cohorts.iter().map(|cohort| cohort.size).sum(), returned, rates }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body(keys: &Value) -> Value {
        let mut body = json!({ "date_range": "30d", "by": "event:props:user", "interval": "week" });
        body.as_object_mut().unwrap().extend(keys.as_object().unwrap().clone());
        body
    }

    #[test]
    fn says_why_visitors_have_no_retention_and_what_to_send() {
        let errors = parse(&json!({ "date_range": "30d", "interval": "day" })).unwrap_err();
        let [error] = errors.as_slice() else { panic!("{errors:?}") };
        assert_eq!(error.pointer, "/by");
        assert!(error.detail.contains("within one local day only"), "{error}");
        assert!(error.detail.contains("\"by\": \"event:props:user\""), "{error}");
    }

    #[test]
    fn names_the_place_of_a_mistake_and_what_is_allowed() {
        let values: Vec<String> = (0..60).map(|number| number.to_string()).collect();
        let heavy = json!([["is", "event:page", values]]);
        let cases = [
            (json!({ "steps": [] }), "/steps", "allowed are `date_range`"),
            (json!({ "by": "visit:country" }), "/by", "tells nobody apart for longer than a day"),
            (json!({ "by": "event:props:" }), "/by", "tells nobody apart"),
            (json!({ "by": 7 }), "/by", "A text is expected"),
            (json!({ "interval": null }), "/interval", "required"),
            (json!({ "interval": "hour" }), "/interval", "allowed are `day`, `week`, `month`"),
            (json!({ "periods": 0 }), "/periods", "from 1 to 60"),
            (json!({ "periods": 61 }), "/periods", "from 1 to 60"),
            (json!({ "first": {} }), "/first", "A list of filters"),
            (json!({ "return": [["is", "time:day", ["x"]]] }), "/return/0/1", "choose a `date_range`"),
            (json!({ "first": heavy, "return": heavy }), "/filters", "at most 100 values"),
            (json!({ "first_since": "always" }), "/first_since", "allowed are `ever`, `range`"),
        ];
        for (keys, pointer, says) in cases {
            let errors = parse(&body(&keys)).expect_err(&format!("{keys} must be refused"));
            let [error] = errors.as_slice() else { panic!("{keys} has {errors:?}") };
            assert_eq!(error.pointer, pointer, "{keys}: {error}");
            assert!(error.detail.contains(says), "{keys}: {:?} does not say {says:?}", error.detail);
        }
    }

    #[test]
    fn all_cohorts_together_count_those_that_have_come_so_far() {
        let cohort = |size, returned: &[u64]| Cohort {
            label: String::new(),
            size,
            returned: returned.to_vec(),
            rates: Vec::new(),
        };
        let all = overall(&[cohort(10, &[10, 4, 1]), cohort(30, &[30, 6]), cohort(7, &[7])]);
        assert_eq!((all.size, all.returned, all.rates), (47, vec![47, 10, 1], vec![100.0, 25.0, 10.0]));
        assert_eq!(overall(&[]).returned, Vec::<u64>::new());
    }
}
