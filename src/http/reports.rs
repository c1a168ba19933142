//! Owns the doors to reports.

use std::{iter, sync::Arc};

use actix_web::{FromRequest, HttpRequest, HttpResponse, Responder, http::header, web};
use async_stream::stream;
use bytes::Bytes;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{
    Shared, State,
    auth::Caller,
    body::{API_BODY_BYTES, read_json_text},
    client,
    error::{ApiError, FieldError},
    extractors::JsonObject,
    links,
    openapi::{Description, Operation, schema},
    reader::{Part, Reader},
};
use crate::{
    control::{Scope, snapshot::SiteWithSalts},
    model::Site,
    reports::{
        self, DateRange, Definitions, Dimension, Format, Lines, Metric, QueryError, QueryErrors, Range, RawQuery,
        RunError, filter::Filter, query::RowShape, time::Interval,
    },
};

/// What a link to a report opens.
const DOCUMENT: &str = "query";
/// Name of the parameter with the question.
const QUESTION: &str = "query";

/// `POST /api/v2/query`: Plausible's Stats API v2.
pub async fn query(
    request: HttpRequest,
    payload: web::Payload,
    reader: Reader,
    state: State,
) -> Result<impl Responder, ApiError> {
    let body = read_json_text(&request, payload, API_BODY_BYTES).await?;
    let query = reports::parse(&json(&body)?)?;
    let site = reader.site(&state, query.site.as_str(), Part::Reports).await?;
    answer(state, site, query).await
}

/// `GET /api/v2/query?query=…`: the same with the question in the address, for who may see the site and for who has a link.
pub async fn linked(request: HttpRequest, state: State) -> Result<HttpResponse, ApiError> {
    let links::Query { pairs, link } = links::Query::read(request.query_string())?;
    let [(name, text)] = pairs.as_slice() else { return Err(ApiError::invalid(QUESTION, EXPECTED)) };
    if name != QUESTION {
        return Err(ApiError::invalid(name, EXPECTED));
    }
    let Some(link) = link else {
        let reader = Reader::extract(&request).await?;
        let query = reports::parse(&json(text.as_bytes())?)?;
        let site = reader.site(&state, query.site.as_str(), Part::Reports).await?;
        return answer(state, site, query).await;
    };
    // What is wrong with a question is nobody's business who was not given the link.
    let body = json(text.as_bytes()).map_err(|_no_json| ApiError::SiteNotFound)?;
    let name = body["site_id"].as_str().unwrap_or_default();
    let (site, _left) = links::open(&state, name, DOCUMENT, &pairs, &link, Timestamp::now()).await?;
    answer(state, site, reports::parse(&body)?).await
}

const EXPECTED: &str = "the question is expected here and nothing else: ?query= and what POST takes, as JSON";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignBody {
    query: Value,
    #[serde(default = "thirty")]
    expires_in_days: u32,
}

const fn thirty() -> u32 {
    links::DEFAULT_LINK_DAYS
}

/// `POST /api/v2/query/sign`: a link that shows one report to whoever has it.
pub async fn sign(
    request: HttpRequest,
    body: JsonObject<SignBody>,
    caller: Caller,
    state: State,
) -> Result<impl Responder, ApiError> {
    let SignBody { query: body, expires_in_days } = body.into_inner();
    let query = reports::parse(&body)?;
    let site = caller.site_to_share(&state, query.site.as_str()).await?;
    // A link with a mistake is found here, and not by whoever it was given to.
    let definitions = all_definitions(&state, &site.site).await?;
    reports::resolve(&state.store, &site.site, &definitions, query, Timestamp::now()).await?;
    let ends_at = links::ends_at(expires_in_days)?;
    let key = state.control.keep_link_key(site.site.id).await?;
    let pairs = [(QUESTION.to_owned(), body.to_string())];
    let mut url = client::base_url(&request, &state)?;
    // Every address of http has segments.
    if let Ok(mut path) = url.path_segments_mut() {
        path.pop_if_empty().extend(["api", "v2", "query"]);
    }
    url.set_query(Some(&links::sign(&key, site.site.id, DOCUMENT, &pairs, ends_at)));
    let answer = serde_json::json!({"url": url, "expires_at": ends_at});
    Ok(HttpResponse::Created().insert_header((header::CACHE_CONTROL, "no-store")).json(answer))
}

fn json(text: &[u8]) -> Result<Value, ApiError> {
    serde_json::from_slice(text).map_err(|error| ApiError::Malformed(error.to_string()))
}

/// Answers a question about a site, in the format that it asks for.
async fn answer(state: State, site: Arc<SiteWithSalts>, query: RawQuery) -> Result<HttpResponse, ApiError> {
    match query.format {
        Format::Json => whole(&state, &site.site, query).await,
        Format::Csv => streamed(&state, &site.site, query, "text/csv; charset=utf-8").await,
        Format::Ndjson => streamed(&state, &site.site, query, "application/x-ndjson").await,
    }
}

async fn whole(shared: &Shared, site: &Site, query: RawQuery) -> Result<HttpResponse, ApiError> {
    let definitions = all_definitions(shared, site).await?;
    let now = Timestamp::now();
    let named = format!("{query:?} {definitions:?}");
    let explained = query.explain;
    in_turn(shared, site, now, &named, explained, async || {
        told(&reports::run(&shared.store, site, &definitions, query, now).await?)
    })
    .await
}

/// Answers as was answered lately where no rows have come since, else in the site's turn. `named` is all that the answer depends
/// on but the rows and the clock; what explains how it was read is always asked anew.
pub async fn in_turn(
    shared: &Shared,
    site: &Site,
    now: Timestamp,
    named: &str,
    explained: bool,
    ask: impl AsyncFnOnce() -> Result<Vec<u8>, ApiError>,
) -> Result<HttpResponse, ApiError> {
    let alone = explained.then(|| now.as_nanosecond());
    // Periods move with the clock, and with the day of the site.
    let named = format!("{alone:?} {} {} {named}", site.id.get(), now.as_second() / 60);
    let key = *blake3::hash(named.as_bytes()).as_bytes();
    let made = shared.questions.answer(site.id, key, || shared.arrivals.of(site.id.get()), ask).await?;
    let mut response = HttpResponse::Ok();
    Ok(response.insert_header((header::CACHE_CONTROL, "no-store")).content_type("application/json").body(made.bytes))
}

/// Writes an answer as JSON.
pub fn told(answer: &impl Serialize) -> Result<Vec<u8>, ApiError> {
    serde_json::to_vec(answer).map_err(|error| ApiError::Internal(error.to_string()))
}

async fn streamed(
    shared: &Shared,
    site: &Site,
    query: RawQuery,
    content_type: &'static str,
) -> Result<HttpResponse, ApiError> {
    let definitions = all_definitions(shared, site).await?;
    let format = query.format;
    let turn = shared.questions.turn_for_lines(site.id).await?;
    let query = reports::resolve(&shared.store, site, &definitions, query, Timestamp::now()).await?;
    let mut lines = Lines::begin(&shared.store, site.id, query, format).await?;
    // A question that fails does so at its first line, where there still is a status to tell it by.
    let first = lines.next().await?;
    let body = stream! {
        let _turn = turn;
        let mut next = Ok(first);
        while let Ok(Some(chunk)) = next {
            yield Ok(Bytes::from(chunk));
            next = lines.next().await;
        }
        // The connection is cut, so that nobody takes a part for the whole.
        if let Err(error) = next {
            yield Err(ApiError::from(error));
        }
    };
    let mut response = HttpResponse::Ok();
    response.insert_header((header::CACHE_CONTROL, "no-store")).insert_header((
        header::CONTENT_DISPOSITION,
        format!("attachment; filename=\"{}.{}\"", site.name.as_str(), format.as_str()),
    ));
    Ok(response.content_type(content_type).streaming(body))
}

/// Returns what the site's owner has defined, where filters may speak of it.
pub async fn definitions(shared: &Shared, site: &Site, filters: &[Filter]) -> Result<Definitions, ApiError> {
    if filters.is_empty() { Ok(Definitions::default()) } else { all_definitions(shared, site).await }
}

/// Returns what the site's owner has defined.
pub async fn all_definitions(shared: &Shared, site: &Site) -> Result<Definitions, ApiError> {
    let goals = shared.control.goals(site.id).await?;
    let segments = shared.control.segments(site.id).await?;
    Ok(Definitions { goals, segments })
}

/// Name of the parameter that says which days.
pub const DATE_RANGE: &str = "date_range";
const DEFAULT_OUTCOMES_RANGE: &str = "day";

/// Reads a date range and finds out which days it is for a site.
pub async fn resolve_range(shared: &Shared, site: &Site, text: &str) -> Result<Range, ApiError> {
    let range = DateRange::from_text(text).map_err(wrong_range)?;
    resolve(shared, site, &range).await
}

/// Finds out which days a range is for a site.
pub async fn resolve(shared: &Shared, site: &Site, range: &DateRange) -> Result<Range, ApiError> {
    let first_day = reports::first_day(&shared.store, site.id, range).await?;
    range.resolve(&site.time_zone, Timestamp::now(), first_day).map_err(wrong_range)
}

fn wrong_range(error: QueryError) -> ApiError {
    ApiError::invalid(DATE_RANGE, error.detail)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OutcomesQuery {
    date_range: Option<String>,
}

/// `GET /api/v1/sites/{site}/outcomes`: why hits are missing.
pub async fn outcomes(
    site: web::Path<String>,
    query: web::Query<OutcomesQuery>,
    caller: Caller,
    state: State,
) -> Result<impl Responder, ApiError> {
    let site = caller.site(&state, &site, Scope::Stats).await?;
    let text = query.date_range.as_deref().unwrap_or(DEFAULT_OUTCOMES_RANGE);
    let range = resolve_range(&state, &site.site, text).await?;
    let report = reports::outcomes::outcomes(&state.store, &site.site, &range).await?;
    Ok(HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-store")).json(report))
}

impl From<QueryErrors> for ApiError {
    fn from(errors: QueryErrors) -> Self {
        let fields = errors
            .as_slice()
            .iter()
            .map(|error| FieldError { pointer: error.pointer.clone(), detail: error.detail.clone() });
        Self::Invalid(fields.collect())
    }
}

impl From<RunError> for ApiError {
    fn from(error: RunError) -> Self {
        match error {
            RunError::Query(errors) => errors.into(),
            RunError::Store(error) => error.into(),
            RunError::Shape(error) => Self::Internal(error.to_string()),
        }
    }
}

pub fn describe(api: &mut Description) {
    api.tag("Reports", "Questions about what was counted. `docs/metrics.md` says what every number means.");
    let metrics = Metric::ALL.map(Metric::as_str);
    let dimensions: Vec<&str> = iter::once("time").chain(Dimension::ALL.iter().map(Dimension::as_str)).collect();
    let property = json!({ "type": "string", "pattern": "^event:props:.{1,288}$" });
    api.schema("Metric", schema::words(&metrics));
    api.schema("Dimension", json!({ "anyOf": [schema::words(&dimensions), property] }));
    api.schema("DateRange", described_range());
    api.schema("Filter", described_filter());
    api.schema("Query", described_query());
    api.schema("Report", described_report());
    let example = json!({
        "site_id": "demo.example", "metrics": ["visitors", "pageviews"], "date_range": "7d", "dimensions": ["visit:source"],
        "filters": [["is", "visit:country", ["BG"]]], "order_by": [["visitors", "desc"]], "pagination": { "limit": 10 },
    });
    let answer = json!({
        "results": [{ "dimensions": ["Google"], "metrics": [3, 7] }],
        "meta": {},
        "query": {
            "site_id": "demo.example", "metrics": ["visitors", "pageviews"],
            "date_range": ["2026-11-17T00:00:00+02:00", "2026-11-23T23:59:59+02:00"],
            "filters": [["is", "visit:country", ["BG"]]], "dimensions": ["visit:source"],
            "order_by": [["visitors", "desc"]], "include": {}, "pagination": { "limit": 10, "offset": 0 }, "fill": false,
        },
    });
    let query = Operation::post("/api/v2/query", "Ask a question").scope(&["stats"]).shared().about(
        "Plausible's Stats API v2, with more metrics, dimensions and options. What does not go together is refused with a \
         sentence that names both sides.",
    );
    let query = query.body_of(&["application/json", "text/plain"], schema::reference("Query"), Some(&example));
    let query =
        query.answer(200, "The report, in the format that was asked for.", schema::reference("Report"), &answer);
    api.add(query.or_file(200, "text/csv").or_file(200, "application/x-ndjson").fails(&[404, 422]));
    describe_links(api, &example, &answer);

    let counts = schema::list(schema::object(&[("reason", schema::text()), ("events", schema::count())]));
    let by_reason = json!({ "type": "object", "additionalProperties": schema::count() });
    let bucket = [
        ("time", schema::moment()),
        ("accepted", schema::count()),
        ("dropped", by_reason.clone()),
        ("refused", by_reason),
    ];
    let overflow = schema::object(&[("kind", schema::text()), ("events", schema::count())]);
    let outcomes = schema::object(&[
        ("site", schema::text()),
        ("date_range", schema::list(schema::moment())),
        ("interval", schema::words(&["hour", "day"])),
        ("accepted", schema::count()),
        ("dropped", counts.clone()),
        ("refused", counts),
        ("series", schema::list(schema::object(&bucket))),
        ("overflow", schema::list(overflow)),
    ]);
    let example = json!({
        "site": "demo.example", "date_range": ["2026-11-23T00:00:00+02:00", "2026-11-23T23:59:59+02:00"], "interval": "hour",
        "accepted": 120, "dropped": [{ "reason": "bot", "events": 4 }], "refused": [], "overflow": [],
        "series": [{ "time": "2026-11-23T00:00:00+02:00", "accepted": 120, "dropped": { "bot": 4 }, "refused": {} }],
    });
    let get = Operation::get("/api/v1/sites/{site}/outcomes", "Why hits are missing").scope(&["stats"]);
    let get = get
        .about("What was accepted, what was left out by which rule, and what was refused; by the hour or by the day.");
    let get = get.query(DATE_RANGE, "Which days; `day` is today.", range_text());
    api.add(get.answer(200, "The outcomes.", outcomes, &example).fails(&[422]));
}

fn describe_links(api: &mut Description, question: &Value, report: &Value) {
    let get = Operation::get("/api/v2/query", "Ask a question by its address").scope(&["stats"]).shared().about(
        "The question stands in the address as JSON. With `expires` and `sig`, which `POST /api/v2/query/sign` makes, it needs no \
         key.",
    );
    let get = get.needs(QUESTION, "The question, as POST takes it.", schema::text(), &question.to_string().into());
    let get = get.query("expires", "When the link ends, in seconds since 1970.", schema::text());
    let get = get.query("sig", "The signature of the link.", schema::text());
    let get = get.answer(200, "The report, in the format that was asked for.", schema::reference("Report"), report);
    api.add(get.or_file(200, "text/csv").or_file(200, "application/x-ndjson").fails(&[404, 410, 422]));

    let body = schema::with_optional(
        schema::object(&[("query", schema::reference("Query"))]),
        &[("expires_in_days", schema::whole(1, 3660))],
    );
    let link = schema::object(&[("url", schema::text()), ("expires_at", schema::moment())]);
    let example = json!({
        "url": "https://stats.example/api/v2/query?query=…&expires=1797000000&sig=…", "expires_at": "2026-12-11T08:40:00Z",
    });
    let sign = Operation::post("/api/v2/query/sign", "Make a link to one report").scope(&["stats"]);
    let sign = sign.about("Whoever has the link sees the answer to this question until its end, and to no other.");
    let sign = sign.body(body, &json!({ "query": question, "expires_in_days": 30 }));
    api.add(sign.answer(201, "The link.", link, &example).fails(&[404, 422]));
}

/// A date range as it stands in a query string.
pub fn range_text() -> Value {
    json!({ "type": "string", "examples": ["7d", "2026-01-01,2026-01-31"] })
}

fn described_range() -> Value {
    let period = json!({ "type": "string", "pattern": "^(day|24h|month|year|all|[1-9][0-9]{0,2}d|[1-9][0-9]?mo)$" });
    let ends = json!({ "type": "array", "items": schema::text(), "minItems": 2, "maxItems": 2 });
    json!({
        "description": "A period that ends today, or the first and the last day or second.",
        "anyOf": [period, ends], "examples": ["7d", ["2026-01-01", "2026-01-31"]],
    })
}

fn described_filter() -> Value {
    let filter = schema::reference("Filter");
    let compare = json!({
        "type": "array", "minItems": 3, "maxItems": 4,
        "prefixItems": [
            schema::words(&["is", "is_not", "contains", "contains_not", "matches", "matches_not"]),
            schema::text(),
            json!({ "type": "array", "minItems": 1, "items": { "type": ["string", "integer"] } }),
            schema::optional(&[("case_sensitive", schema::flag())]),
        ],
    });
    let many = json!({
        "type": "array", "minItems": 2, "maxItems": 2,
        "prefixItems": [schema::words(&["and", "or"]), { "type": "array", "minItems": 1, "items": filter }],
    });
    let one = json!({
        "type": "array", "minItems": 2, "maxItems": 2,
        "prefixItems": [schema::words(&["not", "has_done", "has_not_done"]), filter],
    });
    json!({
        "description": "A comparison, or others put together. A segment is asked for by `[\"is\", \"segment\", [1]]`.",
        "anyOf": [compare, many, one],
        "examples": [["is", "visit:country", ["BG"]], ["not", ["contains", "event:page", ["/blog"]]]],
    })
}

fn described_query() -> Value {
    let metrics = json!({
        "type": "array", "items": schema::reference("Metric"), "minItems": 1, "maxItems": 40, "uniqueItems": true,
    });
    let dimensions =
        json!({ "type": "array", "items": schema::reference("Dimension"), "maxItems": 4, "uniqueItems": true });
    let order = json!({
        "type": "array", "minItems": 2, "maxItems": 2,
        "prefixItems": [schema::text(), schema::words(&["asc", "desc"])],
    });
    let include = schema::optional(&[
        ("imports", schema::flag()),
        ("time_labels", schema::flag()),
        ("total_rows", schema::flag()),
    ]);
    let pagination = schema::optional(&[
        ("limit", json!({ "type": "integer", "minimum": 1, "description": "At most 10000 in JSON." })),
        ("offset", schema::whole(0, u32::MAX.into())),
    ]);
    let modes = schema::words(&["previous_period", "year_over_year", "custom"]);
    let compare = schema::optional(&[
        ("mode", modes.clone()),
        ("date_range", schema::reference("DateRange")),
        ("match_day_of_week", schema::flag()),
    ]);
    let required = schema::object(&[
        ("site_id", schema::text()),
        ("metrics", metrics),
        ("date_range", schema::reference("DateRange")),
    ]);
    schema::with_optional(
        required,
        &[
            ("dimensions", dimensions),
            ("filters", json!({ "type": "array", "items": schema::reference("Filter"), "maxItems": 100 })),
            ("order_by", schema::list(order)),
            ("include", include),
            ("pagination", pagination),
            ("fill", json!({ "type": "boolean", "description": "Time buckets without data are told, with zeros." })),
            ("interval", schema::words(&Interval::ALL.map(Interval::as_str))),
            ("compare", json!({ "anyOf": [modes, compare] })),
            ("format", schema::words(&Format::ALL.map(Format::as_str))),
            ("rows", schema::words(&RowShape::ALL.map(RowShape::as_str))),
            ("cursor", json!({ "type": "string", "description": "`meta.cursor` of the page before." })),
            ("explain", schema::flag()),
            (
                "approximate",
                json!({ "type": "boolean", "description": "Visitors and visits may be estimated, which is faster at size." }),
            ),
        ],
    )
}

fn described_report() -> Value {
    let values = || json!({ "type": "array" });
    let compared = schema::object(&[("dimensions", values()), ("metrics", values()), ("change", values())]);
    let row = schema::object(&[("dimensions", values()), ("metrics", values())]);
    let row = schema::with_optional(row, &[("compare", compared)]);
    let step = json!({ "type": "object", "required": ["name", "statement"] });
    let meta = schema::optional(&[
        ("imports_included", schema::flag()),
        (
            "imports_skip_reason",
            schema::words(&["no_imported_data", "out_of_range", "unsupported_query", "unsupported_interval"]),
        ),
        ("imports_warning", schema::text()),
        ("approximate", schema::flag()),
        (
            "standard_error",
            json!({ "type": "number", "description": "Of what is estimated, as a share of the value." }),
        ),
        ("metric_warnings", json!({ "type": "object" })),
        ("time_labels", schema::list(schema::text())),
        ("total_rows", schema::count()),
        ("present_index", schema::count()),
        ("cursor", schema::text()),
        ("explain", schema::list(step)),
    ]);
    let named =
        json!({ "type": "object", "description": "With `rows` as `objects`.", "not": { "required": ["metrics"] } });
    schema::object(&[
        ("results", schema::list(json!({ "anyOf": [row, named] }))),
        ("meta", meta),
        ("query", json!({ "type": "object", "description": "The question as it was understood." })),
    ])
}
