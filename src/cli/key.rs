//! Owns `heatline key …`.

use clap::{Args, Subcommand};
use jiff::Timestamp;

use super::{CliError, output, site::parse_name};
use crate::{
    config::Config,
    control::{ApiKey, Control, ControlError, KeyId, KeyName, Scopes},
};

#[derive(Subcommand)]
pub enum KeyCommand {
    /// Make an API key and print it, this once, alone on the last line
    Create(CreateArgs),
    /// List all keys
    List {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Revoke a key: it opens nothing from then on
    Revoke {
        /// Number of the key, as listed
        id: u32,
    },
}

#[derive(Args)]
pub struct CreateArgs {
    /// What the key is for
    #[arg(long)]
    name: String,
    /// What it may do: stats, events, sites
    #[arg(long, default_value = "stats", value_name = "SCOPE,…")]
    scopes: String,
    /// The one site that it opens; without it, every site
    #[arg(long)]
    site: Option<String>,
}

pub async fn run(command: KeyCommand, config: &Config) -> Result<(), CliError> {
    std::fs::create_dir_all(&config.data_dir)?;
    let control = Control::open(&config.control_url).await?;
    let done = run_with(command, &control).await;
    control.close().await;
    done
}

async fn run_with(command: KeyCommand, control: &Control) -> Result<(), CliError> {
    match command {
        KeyCommand::Create(args) => {
            let name = KeyName::parse(&args.name)?;
            let scopes = Scopes::parse(&args.scopes).map_err(ControlError::from)?;
            let site = match &args.site {
                Some(name) => Some(control.site(&parse_name(name)?).await?.id),
                None => None,
            };
            let (key, secret) = control.create_key(&name, scopes, site, None, Timestamp::now()).await?;
            output::line(format!("Key {} ({}). It is shown this once:", key.id.get(), key.scopes))?;
            output::line(secret.reveal())
        }
        KeyCommand::List { json: true } => output::json(&control.keys().await?),
        KeyCommand::List { json: false } => {
            let rows: Vec<Vec<String>> = control.keys().await?.iter().map(row).collect();
            output::table(&["ID", "NAME", "PREFIX", "SCOPES", "SITES", "LAST USED"], &rows)
        }
        KeyCommand::Revoke { id } => {
            control.revoke_key(KeyId::new(id)).await?;
            output::line(format!("Revoked key {id}."))
        }
    }
}

fn row(key: &ApiKey) -> Vec<String> {
    vec![
        key.id.get().to_string(),
        key.name.as_str().to_owned(),
        key.prefix.clone(),
        key.scopes.to_string(),
        key.site.map_or_else(|| "all".to_owned(), |site| format!("no. {}", site.get())),
        key.last_used_at.map_or_else(|| "never".to_owned(), |at| at.to_string()),
    ]
}
