//! Owns `heatline migrate`.

use super::{CliError, output, store::Borrowed};
use crate::{config::Config, control::Control, store::migrations};

pub async fn run(config: &Config) -> Result<(), CliError> {
    std::fs::create_dir_all(&config.data_dir)?;
    let control = Control::open(&config.control_url).await?;
    control.close().await;
    output::line("control database: up to date")?;
    let store = Borrowed::open(config).await?;
    let status = migrations::status(&store.client).await;
    store.close().await;
    let status = status?;
    output::line(format!("clickhouse: up to date (migration {} of {})", status.applied, status.known))
}
