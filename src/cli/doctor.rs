//! Owns `heatline doctor`: looks at every part that the service needs and says what to do about what is wrong.

use std::path::Path;

use super::{CliError, output, store::Borrowed};
use crate::{
    app::{find_library, open_geo},
    config::Config,
    control::Control,
    enrich::Agents,
    store::{Client, migrations},
};

/// What was found, and whether the service can work with it.
struct Finding {
    good: bool,
    what: String,
}

impl Finding {
    fn good(what: impl Into<String>) -> Self {
        Self { good: true, what: what.into() }
    }

    fn bad(what: impl Into<String>) -> Self {
        Self { good: false, what: what.into() }
    }
}

/// Prints a line for each part; fails if one of them is wrong.
pub async fn run(config: &Config) -> Result<(), CliError> {
    let mut findings = vec![data_folder(&config.data_dir), agents(), geo(config)];
    findings.push(control(config).await);
    findings.extend(store(config).await);
    let mut wrong = 0;
    for finding in &findings {
        let mark = if finding.good { "ok   " } else { "WRONG" };
        output::line(format!("{mark}  {}", finding.what))?;
        wrong += usize::from(!finding.good);
    }
    match wrong {
        0 => Ok(()),
        1 => Err(CliError::Other("one thing is wrong".to_owned())),
        many => Err(CliError::Other(format!("{many} things are wrong"))),
    }
}

fn data_folder(folder: &Path) -> Finding {
    let probe = folder.join(".doctor");
    let written = std::fs::create_dir_all(folder).and_then(|()| std::fs::write(&probe, b"x"));
    let removed = written.and_then(|()| std::fs::remove_file(&probe));
    match removed {
        Ok(()) => Finding::good(format!("data folder {} can be written", folder.display())),
        Err(error) => Finding::bad(format!("data folder {} cannot be written: {error}", folder.display())),
    }
}

fn agents() -> Finding {
    match Agents::new() {
        Ok(_) => Finding::good("user agent and bot lists can be read"),
        Err(error) => Finding::bad(format!("user agent and bot lists: {error}")),
    }
}

fn geo(config: &Config) -> Finding {
    match open_geo(config.geo_database.as_deref()) {
        Ok(Some(_)) => Finding::good("geo database can be read"),
        Ok(None) => {
            Finding::bad("no geo database: places stay unknown; name one with --geo-database, or `npm install`")
        }
        Err(error) => Finding::bad(format!("geo database: {error}")),
    }
}

async fn control(config: &Config) -> Finding {
    match Control::pending(&config.control_url).await {
        Ok(pending) if pending.is_empty() => Finding::good("control database is up to date"),
        Ok(pending) => {
            Finding::good(format!("control database lacks {} migrations; serve applies them", pending.len()))
        }
        Err(error) => Finding::bad(format!("control database: {error}")),
    }
}

async fn store(config: &Config) -> Vec<Finding> {
    let mut findings = Vec::new();
    match &config.clickhouse {
        Some(endpoint) => match Client::new(endpoint.clone()).version().await {
            Ok(version) => findings.push(Finding::good(format!("clickhouse {version} answers"))),
            Err(error) => return vec![Finding::bad(format!("clickhouse at {}: {error}", endpoint.url))],
        },
        None => match find_library(config) {
            Ok(path) => findings.push(Finding::good(format!("engine library {}", path.display()))),
            Err(error) => return vec![Finding::bad(error.to_string())],
        },
    }
    match schema(config).await {
        Ok(what) => findings.push(Finding::good(what)),
        Err(error) => findings.push(Finding::bad(format!("clickhouse: {error}"))),
    }
    findings
}

async fn schema(config: &Config) -> Result<String, CliError> {
    let store = Borrowed::open(config).await?;
    let version = store.client.version().await;
    let status = migrations::status(&store.client).await;
    store.close().await;
    let (version, status) = (version?, status?);
    Ok(format!("clickhouse {version} works, schema {} of {}", status.applied, status.known))
}
