//! Owns the engine's files: its settings for a small machine, its users, its secrets.

use std::{
    fs,
    io::Write as _,
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::{Path, PathBuf},
};

use rand::Rng;
use sha2::{Digest, Sha256};

use super::EngineError;
use crate::store::client::{
    DEFAULT_DATABASE, ENGINE_DOOR_HEADER, Endpoint, QUERY_MEMORY_BYTES, QUERY_SECONDS, QUERY_THREADS,
    STREAMED_REPORT_SECONDS,
};

/// Our user inside the engine.
const USER: &str = "heatline";
/// Who asks the questions that are composed of what people ask.
const READER: &str = "heatline_reader";

/// Where the running engine's address is kept, readable by its owner alone.
const ENDPOINT_FILE: &str = "endpoint.json";

/// Returns the address that the last engine in this folder left; it may be gone.
#[must_use]
pub fn read_endpoint(folder: &Path) -> Option<Endpoint> {
    let text = fs::read_to_string(folder.join(ENDPOINT_FILE)).ok()?;
    serde_json::from_str(&text).ok()
}

/// What the engine is started with.
#[derive(Debug, Clone)]
pub struct EngineConfig {
    pub library: PathBuf,
    /// The executable that has the `engine` command: this one, except in tests of the library.
    pub executable: PathBuf,
    /// Folder of the engine's data and settings.
    pub folder: PathBuf,
    /// Most memory that the engine may take, MiB.
    pub memory_mb: u64,
}

/// Secrets of one run of the engine; new at every start.
pub(super) struct Secrets {
    password: String,
    reader_password: String,
    door: String,
}

impl Secrets {
    pub(super) fn new() -> Self {
        Self { password: random_hex(), reader_password: random_hex(), door: random_hex() }
    }

    pub(super) fn endpoint(&self, port: u16) -> Endpoint {
        let of = |user: &str, password: &str| Endpoint {
            url: format!("http://127.0.0.1:{port}"),
            user: user.to_owned(),
            password: password.to_owned(),
            database: DEFAULT_DATABASE.to_owned(),
            door: Some(self.door.clone()),
            reader: None,
        };
        Endpoint { reader: Some(Box::new(of(READER, &self.reader_password))), ..of(USER, &self.password) }
    }
}

impl EngineConfig {
    pub(super) fn data_folder(&self) -> PathBuf {
        self.folder.join("data")
    }

    pub(super) fn config_file(&self) -> PathBuf {
        self.folder.join("config.xml")
    }

    /// Leaves the address of the running engine where commands of the same owner find it.
    pub(super) fn write_endpoint(&self, endpoint: &Endpoint) -> Result<(), EngineError> {
        // Text only: it always serialises.
        let text = serde_json::to_string(endpoint).unwrap_or_default();
        write_private(&self.folder.join(ENDPOINT_FILE), &text)
    }

    /// Writes the two settings files, readable by us alone.
    pub(super) fn write_files(&self, secrets: &Secrets) -> Result<(), EngineError> {
        let data = self.data_folder();
        fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(&data)
            .map_err(|source| EngineError::Files { path: data.display().to_string(), source })?;
        let users_file = self.folder.join("users.xml");
        write_private(&self.config_file(), &server_xml(self.memory_mb, &users_file, &secrets.door))?;
        write_private(&users_file, &users_xml(&secrets.password, &secrets.reader_password))
    }
}

/// The engine's settings.
///
/// The main query of `clickhouse-local` runs as the user `default`, which therefore must exist without a
/// password, and loopback is one host to it, so that neither an address rule nor rights can keep other
/// local users out. The door can: the only HTTP handler asks for a header with a secret of this run, and
/// whoever lacks it gets a 404 for everything. Behind it our user has a password besides.
///
/// Parts are synced before an insert is confirmed, for the spool forgets a batch then.
fn server_xml(memory_mb: u64, users_file: &Path, door: &str) -> String {
    let memory_bytes = memory_mb * 1024 * 1024;
    let users_file = users_file.display();
    format!(
        "<clickhouse>
  <users_config>{users_file}</users_config>
  <listen_host>127.0.0.1</listen_host>
  <http_handlers>
    <rule>
      <headers><{ENGINE_DOOR_HEADER}>{door}</{ENGINE_DOOR_HEADER}></headers>
      <handler><type>dynamic_query_handler</type><query_param_name>query</query_param_name></handler>
    </rule>
  </http_handlers>
  <max_server_memory_usage>{memory_bytes}</max_server_memory_usage>
  <mark_cache_size>33554432</mark_cache_size>
  <index_mark_cache_size>8388608</index_mark_cache_size>
  <uncompressed_cache_size>0</uncompressed_cache_size>
  <index_uncompressed_cache_size>0</index_uncompressed_cache_size>
  <compiled_expression_cache_size>16777216</compiled_expression_cache_size>
  <mmap_cache_size>64</mmap_cache_size>
  <max_concurrent_queries>64</max_concurrent_queries>
  <background_pool_size>2</background_pool_size>
  <background_merges_mutations_concurrency_ratio>2</background_merges_mutations_concurrency_ratio>
  <background_schedule_pool_size>4</background_schedule_pool_size>
  <background_common_pool_size>2</background_common_pool_size>
  <background_fetches_pool_size>1</background_fetches_pool_size>
  <background_move_pool_size>1</background_move_pool_size>
  <background_buffer_flush_schedule_pool_size>1</background_buffer_flush_schedule_pool_size>
  <background_message_broker_schedule_pool_size>1</background_message_broker_schedule_pool_size>
  <background_distributed_schedule_pool_size>1</background_distributed_schedule_pool_size>
  <tables_loader_foreground_pool_size>2</tables_loader_foreground_pool_size>
  <tables_loader_background_pool_size>2</tables_loader_background_pool_size>
  <merge_tree>
    <fsync_after_insert>1</fsync_after_insert>
    <fsync_part_directory>1</fsync_part_directory>
    <number_of_free_entries_in_pool_to_lower_max_size_of_merge>1</number_of_free_entries_in_pool_to_lower_max_size_of_merge>
    <number_of_free_entries_in_pool_to_execute_mutation>1</number_of_free_entries_in_pool_to_execute_mutation>
    <number_of_free_entries_in_pool_to_execute_optimize_entire_partition>1</number_of_free_entries_in_pool_to_execute_optimize_entire_partition>
    <max_bytes_to_merge_at_max_space_in_pool>10737418240</max_bytes_to_merge_at_max_space_in_pool>
  </merge_tree>
</clickhouse>
"
    )
}

/// The engine's users. The reader sees our tables and nothing else: without the right to make a table of its own it has no table
/// functions, so that no file, no address and no other server can be read, whatever gets into the text of a question. It may set
/// what a question needs, within what a report may take.
fn users_xml(password: &str, reader_password: &str) -> String {
    let hash = |password: &str| format!("{:x}", Sha256::digest(password.as_bytes()));
    let (hash, reader_hash) = (hash(password), hash(reader_password));
    format!(
        "<clickhouse>
  <profiles>
    <default><max_threads>2</max_threads></default>
    <reader>
      <readonly>2</readonly>
      <allow_ddl>0</allow_ddl>
      <max_threads>{QUERY_THREADS}</max_threads>
      <max_memory_usage>{QUERY_MEMORY_BYTES}</max_memory_usage>
      <max_execution_time>{QUERY_SECONDS}</max_execution_time>
      <constraints>
        <allow_ddl><const/></allow_ddl>
        <max_threads><min>1</min><max>{QUERY_THREADS}</max></max_threads>
        <max_memory_usage><min>1</min><max>{QUERY_MEMORY_BYTES}</max></max_memory_usage>
        <max_execution_time><min>1</min><max>{STREAMED_REPORT_SECONDS}</max></max_execution_time>
      </constraints>
    </reader>
  </profiles>
  <quotas><default/></quotas>
  <users>
    <default>
      <password></password>
      <networks><ip>::1</ip></networks>
      <profile>default</profile>
      <quota>default</quota>
    </default>
    <{USER}>
      <password_sha256_hex>{hash}</password_sha256_hex>
      <networks><ip>127.0.0.1</ip></networks>
      <profile>default</profile>
      <quota>default</quota>
    </{USER}>
    <{READER}>
      <password_sha256_hex>{reader_hash}</password_sha256_hex>
      <networks><ip>127.0.0.1</ip></networks>
      <profile>reader</profile>
      <quota>default</quota>
      <grants><query>GRANT SELECT ON {DEFAULT_DATABASE}.*</query></grants>
    </{READER}>
  </users>
</clickhouse>
"
    )
}

/// Writes a file that only its owner can read, whole or not at all.
fn write_private(path: &Path, text: &str) -> Result<(), EngineError> {
    let failed = |source| EngineError::Files { path: path.display().to_string(), source };
    let draft = path.with_extension("new");
    let mut file =
        fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&draft).map_err(failed)?;
    file.write_all(text.as_bytes()).map_err(failed)?;
    fs::rename(&draft, path).map_err(failed)
}

fn random_hex() -> String {
    let mut random = rand::rng();
    format!("{:032x}{:032x}", random.random::<u128>(), random.random::<u128>())
}
