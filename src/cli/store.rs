//! Owns how a command reaches ClickHouse: the external server, the engine of the running service, or one of its own.

use std::sync::Arc;

use crate::{
    app::{DataLock, engine_config, spool_files},
    config::Config,
    spool::files::Files,
    store::{
        Client, arrivals,
        engine::{Engine, config::read_endpoint},
        migrations,
    },
};

use super::{CliError, output};

/// A connection for the length of one command.
pub struct Borrowed {
    pub client: Client,
    /// The engine that was started for this command, with the lock on its data.
    own: Option<(Engine, DataLock)>,
}

impl Borrowed {
    /// Opens a connection, with the schema up to date.
    pub async fn open(config: &Config) -> Result<Self, CliError> {
        let (client, own) = if let Some(endpoint) = &config.clickhouse {
            (Client::new(endpoint.clone()), None)
        } else if let Some(client) = running(config).await {
            (client, None)
        } else {
            let lock = DataLock::take(&config.data_dir)?;
            let engine = Engine::start(engine_config(config, std::env::current_exe()?)?).await?;
            (engine.client(), Some((engine, lock)))
        };
        let borrowed = Self { client, own };
        if let Err(error) = migrations::migrate(&borrowed.client).await {
            borrowed.close().await;
            return Err(error.into());
        }
        Ok(borrowed)
    }

    /// Ends what was started for this command.
    pub async fn close(self) {
        if let Some((engine, _lock)) = self.own {
            engine.stop().await;
        }
    }
}

/// Tells the service that runs on the same data folder that rows have come or gone, so that it does not hand out answers of before.
pub fn note_change(config: &Config) {
    if let Err(error) = arrivals::note_of_command(&config.data_dir) {
        output::progress(&format!(
            "the running service is not told, and may show numbers of before for half a minute: {error}"
        ));
    }
}

/// Returns what waits for ClickHouse on this machine's disk. What a service keeps in memory only, nobody else sees.
pub fn waiting(config: &Config) -> Result<Arc<dyn Files>, CliError> {
    Ok(spool_files(config)?)
}

/// Returns a connection to the engine of the service that runs on the same data folder.
async fn running(config: &Config) -> Option<Client> {
    let client = Client::new(read_endpoint(&config.data_dir.join("engine"))?);
    client.version().await.ok().map(|_version| client)
}
