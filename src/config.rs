//! Owns the settings: file, environment and flags in, one validated [`Config`] out. The only place that reads the environment.
#![expect(clippy::doc_markdown, reason = "the doc comments of settings are the help text of the command line")]

use std::{
    collections::BTreeMap,
    net::{IpAddr, SocketAddr},
    num::NonZeroU32,
    path::{Path, PathBuf},
};

use figment::{
    Figment,
    providers::{Format, Serialized, Toml},
    value::{Dict, Value},
};
use ipnet::IpNet;
use serde::{Deserialize, Serialize};
use url::Url;

use crate::{control::sqlite_url, spool::Durability, store::Endpoint};

/// Prefix of environment variables that are settings.
const ENV_PREFIX: &str = "HEATLINE_";
/// Variables with the prefix that are for tests of this repository, not settings.
const ENV_OF_TESTS: [&str; 2] = ["HEATLINE_TEST_", "HEATLINE_BLESS"];
/// Variables with the prefix that are arguments of single commands, not settings.
const ENV_OF_COMMANDS: [&str; 2] = ["HEATLINE_KEY", "HEATLINE_SERVER"];
/// The file that is read when none is named, if it is there.
const USUAL_FILE: &str = "heatline.toml";
/// The web server names each of its listeners twice at start; we say it once.
const DEFAULT_LOG: &str = "info,actix_server=warn";

/// Why the settings cannot be used. One line each.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    #[error("settings: {0}")]
    Invalid(String),
    #[error("the settings file {0} does not exist")]
    NoFile(PathBuf),
    #[error("setting {key}: {reason}")]
    Value { key: &'static str, reason: String },
}

/// Settings as given, each optional. Flags carry the help text; the same names are keys of `heatline.toml`
/// and, in capitals after `HEATLINE_`, environment variables.
#[derive(Debug, Clone, Default, PartialEq, clap::Args, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawConfig {
    /// Public address: pages, API, tracker [default: 127.0.0.1:7070]
    #[arg(long, value_name = "ADDRESS:PORT", global = true)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub listen: Option<String>,

    /// Address of Prometheus metrics, never to be public [default: 127.0.0.1:7071]
    #[arg(long, value_name = "ADDRESS:PORT", global = true)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub internal_listen: Option<String>,

    /// Folder of all data [default: ./data]
    #[arg(long, value_name = "FOLDER", global = true)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub data_dir: Option<PathBuf>,

    /// ClickHouse server to use instead of the embedded engine: http(s)://user:password@host:8123/database
    #[arg(long, value_name = "URL", global = true)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub clickhouse_url: Option<String>,

    /// Cluster of that server; not available in this version
    #[arg(long, value_name = "NAME", global = true)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub clickhouse_cluster: Option<String>,

    /// Database of sites, users and keys: sqlite://path or postgres://… [default: control.db in the data folder]
    #[arg(long, value_name = "URL", global = true)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub control_url: Option<String>,

    /// Proxies whose X-Forwarded-For is believed, with commas [default: loopback]
    #[arg(long, value_name = "CIDR,…", global = true)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trusted_proxies: Option<String>,

    /// What an accepted event outlives: nothing (memory), the end of this process (os), loss of power (fsync) [default: fsync]
    #[arg(long, value_name = "memory|os|fsync", global = true)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub durability: Option<String>,

    /// Address that browsers use, where it differs from the one that is listened on: https://stats.example.org
    #[arg(long, value_name = "URL", global = true)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub public_url: Option<String>,

    /// Library of the embedded engine, libchdb.so [default: beside the executable, or in node_modules]
    #[arg(long, value_name = "FILE", global = true)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub engine_library: Option<PathBuf>,

    /// Most memory of the embedded engine, MiB [default: 600]
    #[arg(long, value_name = "MIB", global = true)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub engine_memory_mb: Option<u64>,

    /// Geo database: a folder with DB-IP City files, or one .mmdb file [default: beside the executable, or in node_modules]
    #[arg(long, value_name = "PATH", global = true)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub geo_database: Option<PathBuf>,

    /// Folder of fonts (.ttf, .otf) for what badges say in scripts that the fonts inside lack [default: none]
    #[arg(long, value_name = "DIR", global = true)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fonts: Option<PathBuf>,

    /// Events a second from one address (IPv6: /64), bursts of ten seconds; more is turned away; 0: any number [default: 200]
    #[arg(long, value_name = "EVENTS", global = true)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sender_events_per_second: Option<u32>,

    /// Events a second for one site, bursts of five seconds; more is turned away; 0: any number [default: 20000]
    #[arg(long, value_name = "EVENTS", global = true)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub site_events_per_second: Option<u32>,

    /// Most disk space of events that wait for ClickHouse, MiB; then new ones are turned away [default: 2048]
    #[arg(long, value_name = "MIB", global = true)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub spool_mb: Option<u64>,

    /// Serve the demo site under /demo/
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true", value_name = "true|false", global = true)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub demo: Option<bool>,

    /// What to log, as in `info,heatline=debug` [default: info]
    #[arg(long, value_name = "FILTER", global = true)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub log: Option<String>,
}

/// Settings, complete and valid.
#[derive(Debug, Clone)]
pub struct Config {
    pub listen: SocketAddr,
    pub internal_listen: SocketAddr,
    pub data_dir: PathBuf,
    /// An external server; the embedded engine where absent.
    pub clickhouse: Option<Endpoint>,
    pub control_url: String,
    pub trusted_proxies: Vec<IpNet>,
    pub public_url: Option<Url>,
    pub engine_library: Option<PathBuf>,
    pub engine_memory_mb: u64,
    pub geo_database: Option<PathBuf>,
    /// Folder of fonts beside those inside.
    pub fonts: Option<PathBuf>,
    pub durability: Durability,
    /// Absent: any number.
    pub sender_events_per_second: Option<NonZeroU32>,
    pub site_events_per_second: Option<NonZeroU32>,
    /// Most bytes of events that wait for ClickHouse.
    pub spool_bytes: u64,
    pub demo: bool,
    pub log: String,
}

impl Config {
    /// Resolves settings: flags beat environment beats file beats defaults.
    pub fn load(
        flags: &RawConfig,
        environment: &BTreeMap<String, String>,
        file: Option<PathBuf>,
    ) -> Result<Self, ConfigError> {
        let mut figment = Figment::new();
        match file {
            Some(file) if !file.is_file() => return Err(ConfigError::NoFile(file)),
            Some(file) => figment = figment.merge(Toml::file_exact(file)),
            None if Path::new(USUAL_FILE).is_file() => figment = figment.merge(Toml::file_exact(USUAL_FILE)),
            None => {}
        }
        let raw: RawConfig = figment
            .merge(Serialized::globals(settings_of(environment)))
            .merge(Serialized::globals(flags))
            .extract()
            .map_err(|error| ConfigError::Invalid(error.to_string()))?;
        Self::resolve(raw)
    }

    fn resolve(raw: RawConfig) -> Result<Self, ConfigError> {
        // Absolute: what is written into files of that folder must hold for whoever reads them from elsewhere.
        let data_dir = raw.data_dir.unwrap_or_else(|| PathBuf::from("data"));
        let data_dir = std::path::absolute(&data_dir).map_err(|error| {
            let reason = format!("{}: {error}", data_dir.display());
            ConfigError::Value { key: "data_dir", reason }
        })?;
        if raw.clickhouse_cluster.is_some() {
            let reason = "clusters come with a later version; a single server works with clickhouse_url".to_owned();
            return Err(ConfigError::Value { key: "clickhouse_cluster", reason });
        }
        let control_url = raw.control_url.unwrap_or_else(|| sqlite_url(&data_dir.join("control.db")));
        if !control_url.starts_with("sqlite:") && !control_url.starts_with("postgres") {
            let reason = "it is neither sqlite://… nor postgres://…".to_owned();
            return Err(ConfigError::Value { key: "control_url", reason });
        }
        Ok(Self {
            listen: address("listen", raw.listen.as_deref().unwrap_or("127.0.0.1:7070"))?,
            internal_listen: address("internal_listen", raw.internal_listen.as_deref().unwrap_or("127.0.0.1:7071"))?,
            clickhouse: raw.clickhouse_url.as_deref().map(endpoint).transpose()?,
            control_url,
            trusted_proxies: networks(raw.trusted_proxies.as_deref().unwrap_or("127.0.0.0/8,::1/128"))?,
            public_url: raw.public_url.as_deref().map(public_url).transpose()?,
            engine_library: raw.engine_library,
            engine_memory_mb: bounded("engine_memory_mb", raw.engine_memory_mb.unwrap_or(600), 200, 1_000_000)?,
            geo_database: raw.geo_database,
            fonts: raw.fonts,
            durability: durability(raw.durability.as_deref().unwrap_or("fsync"))?,
            sender_events_per_second: NonZeroU32::new(raw.sender_events_per_second.unwrap_or(200)),
            site_events_per_second: NonZeroU32::new(raw.site_events_per_second.unwrap_or(20_000)),
            spool_bytes: bounded("spool_mb", raw.spool_mb.unwrap_or(2048), 32, 16_777_216)? * 1024 * 1024,
            demo: raw.demo.unwrap_or(false),
            log: raw.log.unwrap_or_else(|| DEFAULT_LOG.to_owned()),
            data_dir,
        })
    }
}

/// Picks the settings out of the environment: `HEATLINE_DATA_DIR` is `data_dir`.
fn settings_of(environment: &BTreeMap<String, String>) -> Dict {
    environment
        .iter()
        .filter(|(name, _)| !ENV_OF_TESTS.iter().any(|prefix| name.starts_with(prefix)))
        .filter(|(name, _)| !ENV_OF_COMMANDS.contains(&name.as_str()))
        .filter_map(|(name, text)| {
            let key = name.strip_prefix(ENV_PREFIX)?.to_ascii_lowercase();
            Some((key, parse_value(text)))
        })
        .collect()
}

/// An environment variable is text; numbers and booleans are what they look like.
fn parse_value(text: &str) -> Value {
    if let Ok(truth) = text.parse::<bool>() {
        return Value::from(truth);
    }
    text.parse::<u64>().map_or_else(|_not_a_number| Value::from(text), Value::from)
}

fn address(key: &'static str, text: &str) -> Result<SocketAddr, ConfigError> {
    text.parse().map_err(|_not_an_address| {
        let reason = format!("{text:?} is not an address and port such as 0.0.0.0:7070");
        ConfigError::Value { key, reason }
    })
}

fn endpoint(text: &str) -> Result<Endpoint, ConfigError> {
    Endpoint::from_url(text).map_err(|reason| ConfigError::Value { key: "clickhouse_url", reason })
}

fn public_url(text: &str) -> Result<Url, ConfigError> {
    let wrong = |reason: String| ConfigError::Value { key: "public_url", reason };
    let url = Url::parse(text).map_err(|error| wrong(error.to_string()))?;
    if !matches!(url.scheme(), "http" | "https") || url.host().is_none() {
        return Err(wrong(format!("{text:?} is not an http or https address")));
    }
    if url.path() != "/" || url.query().is_some() {
        return Err(wrong("it has a path; heatline is served from the root of its host".to_owned()));
    }
    Ok(url)
}

fn networks(text: &str) -> Result<Vec<IpNet>, ConfigError> {
    let parse = |part: &str| {
        let part = part.trim();
        part.parse::<IpNet>().or_else(|_not_a_network| part.parse::<IpAddr>().map(IpNet::from)).map_err(
            |_not_an_address| {
                let reason = format!("{part:?} is neither an address nor a network such as 10.0.0.0/8");
                ConfigError::Value { key: "trusted_proxies", reason }
            },
        )
    };
    text.split(',').filter(|part| !part.trim().is_empty()).map(parse).collect()
}

fn durability(level: &str) -> Result<Durability, ConfigError> {
    let levels = [Durability::Memory, Durability::Os, Durability::Fsync];
    levels.into_iter().find(|known| known.as_str() == level).ok_or_else(|| {
        let reason = format!("{level:?} is not a level: memory, os or fsync");
        ConfigError::Value { key: "durability", reason }
    })
}

fn bounded<T: PartialOrd + Copy + std::fmt::Display>(
    key: &'static str,
    value: T,
    least: T,
    most: T,
) -> Result<T, ConfigError> {
    if value < least || value > most {
        return Err(ConfigError::Value { key, reason: format!("it is {value}, expected {least} to {most}") });
    }
    Ok(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn environment(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    fn file(text: &str) -> tempfile::NamedTempFile {
        let file = tempfile::Builder::new().suffix(".toml").tempfile().unwrap();
        std::fs::write(file.path(), text).unwrap();
        file
    }

    #[test]
    fn flags_beat_the_environment_and_the_environment_beats_the_file() {
        let file = file("listen = '127.0.0.1:1'\ninternal_listen = '127.0.0.1:2'\nspool_mb = 33");
        let env = environment(&[("HEATLINE_LISTEN", "127.0.0.1:4"), ("HEATLINE_INTERNAL_LISTEN", "127.0.0.1:5")]);
        let flags = RawConfig { listen: Some("127.0.0.1:6".to_owned()), ..RawConfig::default() };
        let config = Config::load(&flags, &env, Some(file.path().to_owned())).unwrap();
        assert_eq!(config.listen.port(), 6);
        assert_eq!(config.internal_listen.port(), 5);
        assert_eq!(config.spool_bytes, 33 * 1024 * 1024);
    }

    #[test]
    fn an_unknown_key_fails_by_its_name() {
        let file = file("lissten = '127.0.0.1:1'");
        let error = Config::load(&RawConfig::default(), &environment(&[]), Some(file.path().to_owned())).unwrap_err();
        assert!(error.to_string().contains("lissten"), "{error}");
        let env = environment(&[("HEATLINE_LISSTEN", "x")]);
        let error = Config::load(&RawConfig::default(), &env, None).unwrap_err();
        assert!(error.to_string().contains("lissten"), "{error}");
    }

    #[test]
    fn wrong_values_are_named_with_what_is_expected() {
        let cases: &[(&str, &str, &str)] = &[
            ("HEATLINE_LISTEN", "here", "listen"),
            ("HEATLINE_CLICKHOUSE_URL", "tcp://x", "clickhouse_url"),
            ("HEATLINE_TRUSTED_PROXIES", "10.0.0.0/99", "trusted_proxies"),
            ("HEATLINE_DURABILITY", "disk", "memory, os or fsync"),
            ("HEATLINE_CONTROL_URL", "mysql://x", "control_url"),
            ("HEATLINE_PUBLIC_URL", "https://x/y", "public_url"),
            ("HEATLINE_SPOOL_MB", "0", "spool_mb"),
        ];
        for (name, value, expected) in cases {
            let error = Config::load(&RawConfig::default(), &environment(&[(name, value)]), None).unwrap_err();
            assert!(error.to_string().contains(expected), "{name}: {error}");
        }
    }

    #[test]
    fn the_data_folder_is_absolute_however_it_is_named() {
        let config = Config::load(&RawConfig::default(), &environment(&[]), None).unwrap();
        assert!(config.data_dir.is_absolute() && config.data_dir.ends_with("data"), "{:?}", config.data_dir);
    }

    #[test]
    fn the_environment_sets_numbers_and_switches() {
        let env =
            environment(&[("HEATLINE_DEMO", "true"), ("HEATLINE_SPOOL_MB", "64"), ("HEATLINE_TEST_X", "ignored")]);
        let config = Config::load(&RawConfig::default(), &env, None).unwrap();
        assert!(config.demo);
        assert_eq!(config.spool_bytes, 64 * 1024 * 1024);
        assert_eq!(config.durability, Durability::Fsync);
    }
}
