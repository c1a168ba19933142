//! Owns reading the body of a query: every key, every bound. What goes together is [`super::compat`]'s matter.

use serde_json::Value;

use super::{
    compare::RawCompare,
    cursor::{self, Digest},
    date_range::DateRange,
    dimension::RawDimension,
    error::{Mistakes, QueryError, QueryErrors},
    filter::Filter,
    json::{Node, listed, quoted},
    metric::Metric,
    order::RawOrder,
    query::{Format, Include, MAX_ROWS, MAX_STREAMED_ROWS, Pagination, RawQuery, RowShape},
    time::Interval,
};
use crate::model::SiteName;

const KEYS: [&str; 16] = [
    "site_id",
    "metrics",
    "date_range",
    "dimensions",
    "filters",
    "order_by",
    "include",
    "pagination",
    "fill",
    "interval",
    "compare",
    "format",
    "rows",
    cursor::KEY,
    "explain",
    "approximate",
];
const MAX_METRICS: usize = 40;
const MAX_DIMENSIONS: usize = 4;

/// Parses the body of a query. Fails with every key that is wrong, not only the first.
pub fn parse(body: &Value) -> Result<RawQuery, QueryErrors> {
    let root = Node::root(body);
    let keys = root.only_keys(&KEYS);
    if !body.is_object() {
        keys?;
        return Err(root.error("An object is expected here.").into());
    }
    let mut mistakes = Mistakes::default();
    mistakes.keep(keys);
    let site = mistakes.keep(parse_site(&root));
    let metrics = mistakes.keep(parse_metrics(&root));
    let date_range = mistakes.keep(root.require("date_range").and_then(|node| DateRange::parse(&node)));
    let dimensions = mistakes.keep(parse_dimensions(&root));
    let filters = mistakes.keep(root.get("filters").map_or(Ok(Vec::new()), |node| Filter::parse_list(&node)));
    let include = mistakes.keep(parse_include(&root));
    let format = mistakes.keep(root.word("format", &Format::ALL, Format::as_str));
    let digest = Digest::of(body);
    let pagination = mistakes.keep(parse_pagination(&root, format.unwrap_or_default(), digest));
    let fill = mistakes.keep(parse_flag(&root, "fill"));
    let interval = mistakes.keep(parse_interval(&root));
    let compare = mistakes.keep(root.get("compare").map(|node| RawCompare::parse(&node)).transpose());
    let rows = mistakes.keep(root.word("rows", &RowShape::ALL, RowShape::as_str));
    let explain = mistakes.keep(parse_flag(&root, "explain"));
    let approximate = mistakes.keep(parse_flag(&root, "approximate"));
    // Where metrics or dimensions are wrong, what can be ordered by is not known.
    let asked = metrics.as_deref().zip(dimensions.as_deref());
    let order_by = asked.and_then(|asked| mistakes.keep(parse_order_by(&root, asked.0, asked.1)));
    let query = || {
        Some(RawQuery {
            site: site?,
            metrics: metrics?,
            date_range: date_range?,
            dimensions: dimensions?,
            filters: filters?,
            order_by: order_by?,
            include: include?,
            pagination: pagination?,
            fill: fill?,
            interval: interval?,
            compare: compare?,
            format: format?,
            rows: rows?,
            explain: explain?,
            approximate: approximate?,
            digest,
        })
    };
    mistakes.finish(query())
}

fn parse_site(root: &Node<'_>) -> Result<SiteName, QueryError> {
    let node = root.require("site_id")?;
    SiteName::parse(node.text()?).map_err(|error| node.error(format!("This is no site's name: {error}.")))
}

fn parse_metrics(root: &Node<'_>) -> Result<Vec<Metric>, QueryError> {
    let node = root.require("metrics")?;
    let metrics = parse_set(&node, "of metrics", MAX_METRICS, Metric::parse)?;
    if metrics.is_empty() {
        return Err(node.error("At least one metric is expected here."));
    }
    Ok(metrics)
}

fn parse_dimensions(root: &Node<'_>) -> Result<Vec<RawDimension>, QueryError> {
    let Some(node) = root.get("dimensions") else {
        return Ok(Vec::new());
    };
    parse_set(&node, "of dimensions", MAX_DIMENSIONS, RawDimension::parse)
}

fn parse_order_by(
    root: &Node<'_>,
    metrics: &[Metric],
    dimensions: &[RawDimension],
) -> Result<Option<Vec<RawOrder>>, QueryError> {
    let Some(node) = root.get("order_by") else {
        return Ok(None);
    };
    let most = MAX_METRICS + MAX_DIMENSIONS;
    parse_set(&node, "of orders", most, |order| RawOrder::parse(order, metrics, dimensions)).map(Some)
}

fn parse_include(root: &Node<'_>) -> Result<Include, QueryError> {
    let Some(node) = root.get("include") else {
        return Ok(Include::default());
    };
    node.only_keys(&["imports", "time_labels", "total_rows"])?;
    Ok(Include {
        imports: parse_flag(&node, "imports")?,
        time_labels: parse_flag(&node, "time_labels")?,
        total_rows: parse_flag(&node, "total_rows")?,
    })
}

fn parse_pagination(root: &Node<'_>, format: Format, digest: Digest) -> Result<Pagination, QueryError> {
    let most = if format == Format::Json { MAX_ROWS } else { MAX_STREAMED_ROWS };
    let default = Pagination { limit: most, offset: 0 };
    let cursor = root.get(cursor::KEY);
    let from_cursor = cursor.as_ref().map(|node| parse_cursor(node, digest)).transpose()?;
    let Some(node) = root.get("pagination") else {
        return Ok(Pagination { offset: from_cursor.unwrap_or(0), ..default });
    };
    node.only_keys(&["limit", "offset"])?;
    let limit = node.get("limit").map_or(Ok(default.limit), |limit| limit.number(1, most))?;
    let offset = node.get("offset").map_or(Ok(default.offset), |offset| offset.number(0, u32::MAX.into()))?;
    Ok(Pagination { limit, offset: from_cursor.unwrap_or(offset) })
}

fn parse_cursor(node: &Node<'_>, digest: Digest) -> Result<u64, QueryError> {
    digest.offset(node.text()?).ok_or_else(|| {
        node.error(
            "This is no cursor of this question; hand back `meta.cursor` of its answer with everything else unchanged.",
        )
    })
}

fn parse_interval(root: &Node<'_>) -> Result<Option<Interval>, QueryError> {
    let Some(node) = root.get("interval") else {
        return Ok(None);
    };
    let word = node.text()?;
    Interval::ALL.into_iter().find(|interval| interval.as_str() == word).map(Some).ok_or_else(|| {
        let allowed = listed(&Interval::ALL.map(Interval::as_str));
        node.error(format!("{} is no interval; allowed are {allowed}.", quoted(word)))
    })
}

fn parse_flag(node: &Node<'_>, key: &str) -> Result<bool, QueryError> {
    node.get(key).map_or(Ok(false), |flag| flag.flag())
}

/// Parses a list of at most `most` different things.
fn parse_set<T: PartialEq>(
    node: &Node<'_>,
    expected: &str,
    most: usize,
    parse: impl Fn(&Node<'_>) -> Result<T, QueryError>,
) -> Result<Vec<T>, QueryError> {
    let nodes = node.list(expected)?;
    if nodes.len() > most {
        return Err(node.error(format!("At most {most} are allowed here.")));
    }
    let mut set = Vec::with_capacity(nodes.len());
    for node in &nodes {
        let item = parse(node)?;
        if set.contains(&item) {
            return Err(node.error("This stands here twice."));
        }
        set.push(item);
    }
    Ok(set)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::reports::fixture::{assert_mistake, body, raw, try_query};

    #[test]
    fn takes_the_request_that_the_stats_api_documents() {
        let query = raw(&json!({
            "metrics": ["visitors", "pageviews", "bounce_rate"],
            "dimensions": ["visit:country_name", "visit:city_name"],
            "filters": [["is_not", "visit:country_name", [""]]],
            "order_by": [["visitors", "desc"], ["visit:country_name", "asc"]],
            "include": { "imports": false, "time_labels": false, "total_rows": true },
            "pagination": { "limit": 100, "offset": 0 }
        }));
        assert_eq!(query.site.as_str(), "demo.example");
        assert_eq!(query.metrics, [Metric::Visitors, Metric::Pageviews, Metric::BounceRate]);
        assert_eq!(query.pagination, Pagination { limit: 100, offset: 0 });
        assert!(query.include.total_rows && !query.fill);
    }

    #[test]
    fn puts_in_the_defaults_and_takes_null_for_absent() {
        let query = raw(&json!({ "filters": null, "order_by": null, "pagination": {} }));
        assert_eq!(query.pagination, Pagination { limit: 10_000, offset: 0 });
        assert_eq!((query.filters.len(), query.dimensions.len(), query.order_by), (0, 0, None));
    }

    #[test]
    fn names_the_place_of_a_mistake_and_what_is_allowed() {
        let long = "x".repeat(2049);
        let wide: Vec<Value> = (0..101).map(|number| json!(["is", "event:page", [number.to_string()]])).collect();
        let heavy: Vec<String> = (0..25).map(|number| format!("{number:02000}")).collect();
        let deep = json!([["not", ["not", ["not", ["not", ["is", "event:page", ["/"]]]]]]]);
        let cases = [
            (json!({ "colour": 1 }), "/colour", "`colour` is no key here; allowed are `site_id`, `metrics`"),
            (json!({ "a/b~": 1 }), "/a~1b~0", "is no key here"),
            (json!({ "site_id": null }), "/site_id", "`site_id` is required."),
            (json!({ "site_id": 7 }), "/site_id", "A text is expected"),
            (json!({ "site_id": "a/b" }), "/site_id", "a character that is not allowed"),
            (json!({ "metrics": "visitors" }), "/metrics", "A list of metrics is expected"),
            (json!({ "metrics": [] }), "/metrics", "At least one metric"),
            (json!({ "metrics": ["visitors", "users"] }), "/metrics/1", "`users` is no metric; allowed are `visitors`"),
            (json!({ "metrics": ["events", "events"] }), "/metrics/1", "twice"),
            (json!({ "metrics": vec!["x"; 41] }), "/metrics", "At most 40"),
            (
                json!({ "dimensions": ["event:country"] }),
                "/dimensions/0",
                "allowed are `time`, `event:goal`, `event:page`",
            ),
            (json!({ "dimensions": vec!["x"; 5] }), "/dimensions", "At most 4"),
            (json!({ "dimensions": [["time"]] }), "/dimensions/0", "A text is expected"),
            (json!({ "date_range": null }), "/date_range", "required"),
            (json!({ "date_range": "1w" }), "/date_range", "`1w` is no date range; allowed are `day`, `24h`"),
            (json!({ "date_range": 7 }), "/date_range", "two dates"),
            (json!({ "date_range": ["2026-01-01"] }), "/date_range", "two dates"),
            (json!({ "date_range": ["2026-02-30", "2026-03-01"] }), "/date_range", "two dates"),
            (json!({ "date_range": [1, "2026-03-01"] }), "/date_range/0", "A text is expected"),
            (json!({ "date_range": ["2026-03-02", "2026-03-01"] }), "/date_range", "not end before it begins"),
            (json!({ "date_range": ["2010-01-01", "2026-03-01"] }), "/date_range", "longer than ten years"),
            (json!({ "date_range": ["0000-01-01", "0000-01-02"] }), "/date_range", "after 1 January 1970"),
            (json!({ "filters": {} }), "/filters", "A list of filters"),
            (json!({ "filters": [[]] }), "/filters/0", "begins with its operator"),
            (json!({ "filters": ["is"] }), "/filters/0", "A list like"),
            (json!({ "filters": [["like", "event:page", ["/"]]] }), "/filters/0/0", "allowed are `is`, `is_not`"),
            (json!({ "filters": [["is", "event:goals", ["/"]]] }), "/filters/0/1", "is no dimension"),
            (json!({ "filters": [["is", "event:goal", ["Buy"]]] }), "/filters", "`Buy` is not set up for this site"),
            (json!({ "filters": [["is", "segment", [7]]] }), "/filters", "The site has no segment 7"),
            (json!({ "filters": [["is", "segment", ["7"]]] }), "/filters/0/2/0", "A whole number"),
            (json!({ "filters": [["is_not", "segment", [7]]] }), "/filters/0", "with its number"),
            (json!({ "filters": [["matches", "event:page", ["("]]] }), "/filters/0/2/0", "no regular expression"),
            (json!({ "filters": [["matches", "event:page", ["(a{900}){900}"]]] }), "/filters/0/2/0", "too large"),
            (json!({ "filters": [["has_done", []]] }), "/filters/0/1", "begins with its operator"),
            (
                json!({ "filters": [["has_done", ["not", ["has_done", ["is", "event:page", ["/"]]]]]] }),
                "/filters/0/1",
                "do not stand within one another",
            ),
            (json!({ "filters": [["is", "time:day", ["/"]]] }), "/filters/0/1", "choose a `date_range`"),
            (json!({ "filters": [["is", "time", ["/"]]] }), "/filters/0/1", "choose a `date_range`"),
            (json!({ "filters": [["is", "event:page"]] }), "/filters/0", "followed by a dimension, a list of values"),
            (json!({ "filters": [["is", "event:page", "/"]] }), "/filters/0/2", "A list of texts"),
            (json!({ "filters": [["is", "event:page", []]] }), "/filters/0/2", "At least one value"),
            (json!({ "filters": [["is", "visit:city", [1]]] }), "/filters/0/2/0", "A text is expected"),
            (json!({ "filters": [["contains", "event:page", [""]]] }), "/filters/0/2/0", "contains the empty one"),
            (json!({ "filters": [["is", "event:page", [long]]] }), "/filters/0/2/0", "at most 2048 bytes"),
            (json!({ "filters": wide }), "/filters", "at most 100 values"),
            (json!({ "filters": [["is", "event:page", heavy]] }), "/filters", "at most 49152 bytes"),
            (
                json!({ "filters": [["is", "event:page", ["/"], { "case": false }]] }),
                "/filters/0/3/case",
                "`case_sensitive`",
            ),
            (
                json!({ "filters": [["is", "event:page", ["/"], { "case_sensitive": 0 }]] }),
                "/filters/0/3/case_sensitive",
                "`true` or `false`",
            ),
            (json!({ "filters": [["and", []]] }), "/filters/0/1", "At least one filter"),
            (json!({ "filters": [["or"]] }), "/filters/0", "followed by one list"),
            (json!({ "filters": [["not", [], []]] }), "/filters/0", "followed by one filter"),
            (json!({ "filters": deep }), "/filters/0/1/1/1/1", "at most 4 deep"),
            (json!({ "order_by": [["visits", "asc"]] }), "/order_by/0/0", "not by `visits`"),
            (json!({ "order_by": [["visitors"]] }), "/order_by/0", "is a pair"),
            (json!({ "order_by": [["visitors", "down"]] }), "/order_by/0/1", "allowed are `asc`, `desc`"),
            (json!({ "include": { "imported": true } }), "/include/imported", "`imports`, `time_labels`, `total_rows`"),
            (json!({ "include": { "total_rows": "yes" } }), "/include/total_rows", "`true` or `false`"),
            (json!({ "include": [] }), "/include", "An object is expected"),
            (json!({ "pagination": { "limit": 0 } }), "/pagination/limit", "from 1 to 10000"),
            (json!({ "pagination": { "limit": 10_001 } }), "/pagination/limit", "from 1 to 10000"),
            (json!({ "pagination": { "limit": 1.5 } }), "/pagination/limit", "A whole number"),
            (json!({ "pagination": { "offset": -1 } }), "/pagination/offset", "A whole number from 0"),
            (json!({ "pagination": { "page": 1 } }), "/pagination/page", "`limit`, `offset`"),
            (json!({ "fill": 1 }), "/fill", "`true` or `false`"),
            (json!({ "format": "xml" }), "/format", "allowed are `json`, `csv`, `ndjson`"),
            (json!({ "rows": 1 }), "/rows", "A text is expected"),
            (json!({ "cursor": "' OR 1=1" }), "/cursor", "no cursor of this question"),
            (json!({ "interval": "year", "dimensions": ["time"] }), "/interval", "allowed are `minute`"),
        ];
        for (keys, pointer, says) in cases {
            assert_mistake(&keys, pointer, says);
        }
    }

    #[test]
    fn names_every_wrong_key_at_once() {
        let errors = parse(&json!({ "metrics": ["x"], "fill": 1, "colour": 2 })).unwrap_err();
        let pointers: Vec<&str> = errors.as_slice().iter().map(|error| error.pointer.as_str()).collect();
        assert_eq!(pointers, ["/colour", "/site_id", "/metrics/0", "/date_range", "/fill"]);
    }

    #[test]
    fn refuses_a_body_that_is_no_object() {
        for value in [json!(null), json!([]), json!("7d"), json!(1)] {
            let errors = parse(&value).unwrap_err();
            assert_eq!(errors.as_slice().len(), 1, "{value}");
            assert_eq!(errors.as_slice()[0].pointer, "", "{value}");
        }
    }

    #[test]
    fn repeats_only_a_short_and_printable_piece_of_the_request() {
        let errors = parse(&body(&json!({ "metrics": ["\u{1b}[2J".repeat(5000)] }))).unwrap_err();
        let detail = &errors.as_slice()[0].detail;
        assert!(detail.len() < 800 && !detail.contains('\u{1b}'), "{detail}");
    }

    /// Returns JSON of the words that queries are made of, put together without sense.
    fn nonsense() -> impl Strategy<Value = Value> {
        const WORDS: [&str; 18] = [
            "visitors",
            "bounce_rate",
            "event:page",
            "event:name",
            "visit:exit_page",
            "time",
            "time:hour",
            "is",
            "contains",
            "and",
            "not",
            "asc",
            "7d",
            "all",
            "2026-03-29",
            "2026-03-29T03:30:00",
            "9999-12-31T23:59:59Z",
            "ю\0",
        ];
        let leaf = prop_oneof![
            4 => prop::sample::select(&WORDS[..]).prop_map(Value::from),
            1 => any::<i64>().prop_map(Value::from),
            1 => any::<f64>().prop_map(Value::from),
            1 => any::<bool>().prop_map(Value::from),
            1 => Just(Value::Null),
        ];
        leaf.prop_recursive(5, 40, 4, |inner| {
            let keys = prop::sample::select(&["limit", "offset", "time_labels", "total_rows", "case_sensitive"][..]);
            prop_oneof![
                3 => prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                1 => prop::collection::hash_map(keys.prop_map(str::to_owned), inner, 0..3).prop_map(|map| map.into_iter().collect()),
            ]
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn nonsense_is_refused_or_answered_and_never_panics(
            keys in prop::collection::hash_map(prop::sample::select(&KEYS[1..]).prop_map(str::to_owned), nonsense(), 0..4)
        ) {
            let keys: Value = keys.into_iter().collect();
            if let Err(errors) = try_query(&keys) {
                prop_assert!(errors.as_slice().iter().all(|error| error.detail.ends_with('.')), "{errors}");
            }
        }
    }
}
