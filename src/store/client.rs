//! Owns the connection to ClickHouse: one HTTP protocol, whether the server is embedded or external.

use std::{
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use bytes::Bytes;
use clickhouse::{RowOwned, RowRead};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{
    block::{Month, NativeBlock, Table},
    error::StoreError,
    statement::{Param, Statement},
};

/// Name of the database that all our tables live in, unless the URL names another.
pub const DEFAULT_DATABASE: &str = "heatline";

/// Header that opens the door of the embedded engine; see [`crate::store::engine`].
pub const ENGINE_DOOR_HEADER: &str = "X-Heatline-Engine";

/// Longest time a report may take, seconds.
pub(super) const QUERY_SECONDS: u32 = 30;
/// Longest time that a report may take whose rows are handed on as they come, seconds.
pub(super) const STREAMED_REPORT_SECONDS: u32 = 600;
/// Most memory a report may take, bytes.
pub(super) const QUERY_MEMORY_BYTES: u64 = 400_000_000;
/// Most threads a report may take.
pub(super) const QUERY_THREADS: u32 = 2;
/// Longest time that a long answer may be read, seconds.
const STREAM_SECONDS: u32 = 6 * 60 * 60;
/// How long a part of an insert may take to be sent.
const INSERT_SEND_TIMEOUT: Duration = Duration::from_mins(1);
/// How long an insert may take to be confirmed: giving up on one that is at work helps nobody.
const INSERT_END_TIMEOUT: Duration = Duration::from_mins(5);

/// Where ClickHouse is and how to get in.
#[derive(Clone, Serialize, Deserialize)]
pub struct Endpoint {
    pub url: String,
    pub user: String,
    pub password: String,
    pub database: String,
    /// Secret of the embedded engine's door, if it is ours.
    pub door: Option<String>,
    /// How to get in for questions that are composed of what people ask; the same way where there is none.
    #[serde(default)]
    pub reader: Option<Box<Endpoint>>,
}

impl std::fmt::Debug for Endpoint {
    /// Shows the place and never the secrets.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Endpoint").field("url", &self.url).field("user", &self.user).finish_non_exhaustive()
    }
}

impl Endpoint {
    /// Reads `http(s)://user:password@host:port/database` of an external server.
    pub fn from_url(text: &str) -> Result<Self, String> {
        let mut url = url::Url::parse(text).map_err(|error| format!("not a URL: {error}"))?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(format!("the scheme is {:?}, expected http or https", url.scheme()));
        }
        let decode = |text: &str| -> String {
            url::form_urlencoded::parse(format!("x={}", text.replace('+', "%2B")).as_bytes())
                .next()
                .map(|(_, value)| value.into_owned())
                .unwrap_or_default()
        };
        let user = if url.username().is_empty() { "default".to_owned() } else { decode(url.username()) };
        let password = url.password().map(decode).unwrap_or_default();
        let database = match url.path().trim_matches('/') {
            "" => DEFAULT_DATABASE.to_owned(),
            name if name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') => name.to_owned(),
            name => return Err(format!("{name:?} is not a database name")),
        };
        url.set_path("");
        if url.set_username("").is_err() || url.set_password(None).is_err() {
            return Err("the URL has no host".to_owned());
        }
        Ok(Self { url: url.to_string(), user, password, database, door: None, reader: None })
    }
}

/// What the server read to answer a question.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct ReadStatistics {
    pub rows_read: u64,
    pub bytes_read: u64,
    /// Seconds.
    pub elapsed: f64,
}

/// The rows of an answer on their way.
pub struct RowStream {
    cursor: clickhouse::query::BytesCursor,
    /// The beginning of a row whose end has not come yet.
    rest: Vec<u8>,
}

impl RowStream {
    /// Returns the rows that came next, each a list of JSON values; nothing after the last.
    pub async fn next(&mut self) -> Result<Option<Vec<Vec<Value>>>, StoreError> {
        loop {
            let Some(chunk) = self.cursor.next().await.map_err(StoreError::of_query)? else {
                return if self.rest.is_empty() { Ok(None) } else { Err(StoreError::Answer("half a row".to_owned())) };
            };
            self.rest.extend_from_slice(&chunk);
            let Some(end) = self.rest.iter().rposition(|&byte| byte == b'\n') else { continue };
            let lines = self.rest.drain(..=end).collect::<Vec<u8>>();
            let rows = lines.split(|&byte| byte == b'\n').filter(|line| !line.is_empty());
            let rows =
                rows.map(|line| serde_json::from_slice(line).map_err(|error| StoreError::Answer(error.to_string())));
            return rows.collect::<Result<_, _>>().map(Some);
        }
    }
}

/// A handle on ClickHouse. Cheap to clone; all clones follow the engine when it comes back elsewhere.
#[derive(Clone)]
pub struct Client {
    current: Arc<RwLock<Connection>>,
}

/// Where ClickHouse is, and the ways in.
struct Connection {
    endpoint: Endpoint,
    /// For all that is ours: rows, the schema, and questions of fixed SQL.
    inner: clickhouse::Client,
    /// For questions that are composed.
    reader: clickhouse::Client,
}

impl Connection {
    fn new(endpoint: Endpoint) -> Self {
        let inner = connect(&endpoint);
        let reader = endpoint.reader.as_deref().map_or_else(|| inner.clone(), connect);
        Self { endpoint, inner, reader }
    }
}

impl Client {
    /// Makes a handle. Nothing is sent yet.
    #[must_use]
    pub fn new(endpoint: Endpoint) -> Self {
        Self { current: Arc::new(RwLock::new(Connection::new(endpoint))) }
    }

    /// Points this handle and all its clones elsewhere.
    pub fn move_to(&self, endpoint: Endpoint) {
        let connection = Connection::new(endpoint);
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = connection;
    }

    /// Returns where ClickHouse is now.
    #[must_use]
    pub fn endpoint(&self) -> Endpoint {
        self.current.read().unwrap_or_else(PoisonError::into_inner).endpoint.clone()
    }

    fn inner(&self) -> clickhouse::Client {
        self.current.read().unwrap_or_else(PoisonError::into_inner).inner.clone()
    }

    fn reader(&self) -> clickhouse::Client {
        self.current.read().unwrap_or_else(PoisonError::into_inner).reader.clone()
    }

    /// Asks for a sign of life and returns the server's version.
    pub async fn version(&self) -> Result<String, StoreError> {
        // `system` always exists; our own database may not yet.
        Ok(self.inner().with_database("system").query_raw("SELECT version()").fetch_one::<String>().await?)
    }

    /// Asks for a sign of life as the reader.
    pub async fn check_reader(&self) -> Result<(), StoreError> {
        let query = self.reader().with_database("system").query_raw("SELECT 1");
        limited(query).fetch_one::<u8>().await.map(|_one| ()).map_err(StoreError::of_query)
    }

    /// Runs a statement that answers nothing, such as DDL.
    pub async fn execute(&self, statement: &Statement) -> Result<(), StoreError> {
        Ok(self.query(statement).execute().await?)
    }

    /// Creates our database, which [`Client`] otherwise takes for granted.
    pub async fn create_database(&self) -> Result<(), StoreError> {
        let database = self.endpoint().database;
        let sql = format!("CREATE DATABASE IF NOT EXISTS {database} ENGINE = Atomic");
        Ok(self.inner().with_database("system").query_raw(&sql).execute().await?)
    }

    /// Runs a question of fixed SQL and returns its rows as typed values.
    pub async fn select<T>(&self, statement: &Statement) -> Result<Vec<T>, StoreError>
    where
        T: RowOwned + RowRead,
    {
        limited(bound(&self.inner(), statement)).fetch_all::<T>().await.map_err(StoreError::of_query)
    }

    /// Runs a question and returns each row as a list of JSON values; 64-bit integers are JSON numbers. Like all that is
    /// asked here but for [`select`](Self::select) and [`stream`](Self::stream) it may be composed, and is asked as the reader.
    pub async fn select_json(&self, statement: &Statement) -> Result<Vec<Vec<Value>>, StoreError> {
        let bytes = self.select_bytes(statement, "JSONCompactEachRow").await?;
        bytes
            .split(|&byte| byte == b'\n')
            .filter(|line| !line.is_empty())
            .map(|line| serde_json::from_slice(line).map_err(|error| StoreError::Answer(error.to_string())))
            .collect()
    }

    /// Runs a question as [`select_json`](Self::select_json) does, and tells what was read for it.
    pub async fn select_json_counted(
        &self,
        statement: &Statement,
    ) -> Result<(Vec<Vec<Value>>, ReadStatistics), StoreError> {
        #[derive(Deserialize)]
        struct Answer {
            data: Vec<Vec<Value>>,
            statistics: ReadStatistics,
        }
        let bytes = self.select_bytes(statement, "JSONCompact").await?;
        let answer: Answer = serde_json::from_slice(&bytes).map_err(|error| StoreError::Answer(error.to_string()))?;
        Ok((answer.data, answer.statistics))
    }

    /// Runs a report whose rows are handed on as they come. What takes more memory than a report may is put on the disk.
    pub fn stream_rows(&self, statement: &Statement) -> Result<RowStream, StoreError> {
        let cursor = self
            .answering(statement)
            .with_setting("max_execution_time", STREAMED_REPORT_SECONDS.to_string())
            .with_setting("max_bytes_before_external_group_by", (QUERY_MEMORY_BYTES / 2).to_string())
            .with_setting("max_bytes_before_external_sort", (QUERY_MEMORY_BYTES / 2).to_string())
            .fetch_bytes("JSONCompactEachRow")
            .map_err(StoreError::of_query)?;
        Ok(RowStream { cursor, rest: Vec::new() })
    }

    /// Runs a question and returns the answer in a format of ClickHouse.
    pub async fn select_bytes(&self, statement: &Statement, format: &str) -> Result<Bytes, StoreError> {
        let mut cursor = self.answering(statement).fetch_bytes(format).map_err(StoreError::of_query)?;
        cursor.collect().await.map_err(StoreError::of_query)
    }

    /// Starts a question whose answer may have any length and is read as slowly as its reader likes.
    pub fn stream(&self, statement: &Statement, format: &str) -> Result<Answer, StoreError> {
        let cursor = self
            .query(statement)
            .with_setting("readonly", "2")
            .with_setting("max_execution_time", STREAM_SECONDS.to_string())
            .with_setting("max_memory_usage", QUERY_MEMORY_BYTES.to_string())
            .with_setting("max_threads", "1")
            .with_setting("max_block_size", "8192")
            .with_setting("optimize_read_in_order", "1")
            .with_setting("output_format_json_quote_64bit_integers", "1")
            .with_setting("output_format_json_quote_decimals", "1")
            .with_setting("output_format_json_named_tuples_as_objects", "1")
            .with_setting("date_time_output_format", "iso")
            .fetch_bytes(format)?;
        Ok(Answer(cursor))
    }

    /// Tells whether a site has rows of a block's batch, table and month.
    pub async fn has_batch(&self, site_id: u32, block: &NativeBlock) -> Result<bool, StoreError> {
        let sql = format!(
            "SELECT count() FROM {} WHERE site_id = {{site_id:UInt32}} AND toYYYYMM(day) = {{month:UInt32}}
             AND batch = {{batch:UInt64}}",
            block.table.name()
        );
        let statement = Statement::new(sql);
        let statement = statement.bind("site_id", site_id).bind("month", block.month.0).bind("batch", block.batch);
        Ok(self.select::<u64>(&statement).await?.first().is_some_and(|&rows| rows > 0))
    }

    /// Inserts a block, whole or not at all. `token` names it: the server drops a repetition of it. `query_id` names this
    /// try of it for [`is_running`](Self::is_running).
    pub async fn insert_block(&self, block: &NativeBlock, token: &str, query_id: &str) -> Result<(), StoreError> {
        self.insert(&format!("{} FORMAT Native", block.table.name()), &block.parts, token, query_id).await
    }

    /// Inserts parts of what a format makes one block of, whole or not at all.
    pub(super) async fn insert(
        &self,
        into: &str,
        parts: &[Bytes],
        token: &str,
        query_id: &str,
    ) -> Result<(), StoreError> {
        // Every setting that matters to correctness is sent: the defaults changed in 2026.
        // Uncompressed: over loopback that costs the engine more than it saves, and the crate takes bytes as they are.
        let mut insert = self
            .inner()
            .with_compression(clickhouse::Compression::None)
            .insert_formatted_with(format!("INSERT INTO {into}"))
            .with_timeouts(Some(INSERT_SEND_TIMEOUT), Some(INSERT_END_TIMEOUT))
            .with_setting("query_id", query_id)
            .with_setting("async_insert", "0")
            .with_setting("insert_deduplicate", "1")
            .with_setting("insert_deduplication_token", token)
            .with_setting("deduplicate_blocks_in_dependent_materialized_views", "1")
            .with_setting("materialized_views_ignore_errors", "0")
            .with_setting("max_insert_threads", "1")
            .with_setting("max_insert_block_size", "1048576")
            .with_setting("min_insert_block_size_rows", "0")
            .with_setting("min_insert_block_size_bytes", "0")
            .with_setting("input_format_parallel_parsing", "0")
            .with_setting("max_execution_time", "0")
            .with_setting("log_comment", token)
            .with_setting("wait_end_of_query", "1");
        for part in parts {
            insert.send(part.clone()).await?;
        }
        Ok(insert.end().await?)
    }

    /// Tells whether a query whose id begins so is still at work.
    pub async fn is_running(&self, id_start: &str) -> Result<bool, StoreError> {
        let sql = "SELECT count() FROM system.processes WHERE startsWith(query_id, {id_start:String})";
        let count = self.select::<u64>(&Statement::new(sql).bind("id_start", id_start)).await?;
        Ok(count.first().is_some_and(|&count| count > 0))
    }

    /// Returns how many rows of a batch a month of a table has.
    pub async fn rows_of_batch(&self, table: Table, month: Month, batch: u64) -> Result<u64, StoreError> {
        let name = table.name();
        let sql =
            format!("SELECT count() FROM {name} WHERE toYYYYMM(day) = {{month:UInt32}} AND batch = {{batch:UInt64}}");
        let statement = Statement::new(sql).bind("month", month.0).bind("batch", batch);
        self.select::<u64>(&statement).await?.first().copied().ok_or_else(|| StoreError::Answer("no count".to_owned()))
    }

    fn query(&self, statement: &Statement) -> clickhouse::query::Query {
        bound(&self.inner(), statement)
    }
    fn answering(&self, statement: &Statement) -> clickhouse::query::Query {
        limited(bound(&self.reader(), statement))
            .with_setting("output_format_json_quote_64bit_integers", "0")
            .with_setting("output_format_json_quote_denormals", "0")
    }
}

/// Makes a query of a statement.
fn bound(client: &clickhouse::Client, statement: &Statement) -> clickhouse::query::Query {
    let mut query = client.query_raw(&statement.sql);
    for (name, value) in &statement.params {
        query = match value {
            Param::U64(value) => query.param(name, value),
            Param::I64(value) => query.param(name, value),
            Param::F64(value) => query.param(name, value),
            Param::Text(value) => query.param(name, value),
            Param::TextList(value) => query.param(name, value),
            Param::I64List(value) => query.param(name, value),
            Param::U64List(value) => query.param(name, value),
            Param::F64List(value) => query.param(name, value),
        };
    }
    query
}

/// Bounds what a query may take.
fn limited(query: clickhouse::query::Query) -> clickhouse::query::Query {
    query
        .with_setting("readonly", "2")
        .with_setting("max_execution_time", QUERY_SECONDS.to_string())
        .with_setting("max_memory_usage", QUERY_MEMORY_BYTES.to_string())
        .with_setting("max_threads", QUERY_THREADS.to_string())
}

/// The answer to a question, piece by piece.
pub struct Answer(clickhouse::query::BytesCursor);

impl Answer {
    /// Returns the next piece, none at the end.
    pub async fn next(&mut self) -> Result<Option<Bytes>, StoreError> {
        Ok(self.0.next().await?)
    }
}

fn connect(endpoint: &Endpoint) -> clickhouse::Client {
    let client = clickhouse::Client::default()
        .with_url(&endpoint.url)
        .with_user(&endpoint.user)
        .with_password(&endpoint.password)
        .with_database(&endpoint.database);
    match &endpoint.door {
        Some(door) => client.with_header(ENGINE_DOOR_HEADER, door),
        None => client,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_user_password_and_database_out_of_a_url() {
        let endpoint = Endpoint::from_url("https://ann:p%40ss@db.example:8443/stats").unwrap();
        assert_eq!(endpoint.user, "ann");
        assert_eq!(endpoint.password, "p@ss");
        assert_eq!(endpoint.database, "stats");
        assert_eq!(endpoint.url, "https://db.example:8443/");
    }

    #[test]
    fn refuses_a_url_that_is_not_http() {
        assert!(Endpoint::from_url("tcp://db:9000").unwrap_err().contains("http or https"));
        assert!(Endpoint::from_url("http://db/a-b").unwrap_err().contains("database name"));
    }
}
