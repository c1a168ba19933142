//! Owns `heatline badge`: the same badge as the public one, as a file.

use std::path::PathBuf;

use clap::Args;
use jiff::Timestamp;
use url::form_urlencoded;

use super::{CliError, output, site::parse_name, store::Borrowed};
use crate::{
    badge::{BadgeParams, Show},
    config::Config,
    control::Control,
    model::Site,
    reports::{RunError, count, sql},
    store::Client,
};

#[derive(Args)]
pub struct BadgeArgs {
    #[arg(long)]
    site: String,
    /// Which number: online, today or total
    #[arg(long)]
    show: Option<String>,
    /// Text beside the number, in any script
    #[arg(long)]
    label: Option<String>,
    /// Three or six hexadecimal digits, or a name
    #[arg(long)]
    color: Option<String>,
    /// Language of label and number: en or bg
    #[arg(long)]
    lang: Option<String>,
    /// File to write, - for stdout
    #[arg(short, long, value_name = "FILE.svg")]
    output: PathBuf,
}

pub async fn run(args: BadgeArgs, config: &Config) -> Result<(), CliError> {
    let params = BadgeParams::parse(&args.query()).map_err(|error| CliError::Other(error.to_string()))?;
    let control = Control::open(&config.control_url).await?;
    let site = control.site(&parse_name(&args.site)?).await;
    control.close().await;
    let site = site?;
    let store = Borrowed::open(config).await?;
    let number = number(&store.client, &site, params.show).await;
    store.close().await;
    output::file(&args.output, params.badge(number?).svg().as_bytes())
}

async fn number(client: &Client, site: &Site, show: Show) -> Result<u64, CliError> {
    let now = Timestamp::now();
    let counted = match show {
        Show::Online => {
            let rows = client.select_json(&sql::current_visitors(site.id, now.as_millisecond())).await?;
            return Ok(rows.first().and_then(|row| row.first()?.as_u64()).unwrap_or(0));
        }
        Show::Today => count::visitors_today(client, site, now).await,
        Show::Total => count::total_visits(client, site, now).await,
    };
    counted.map_err(|error| match error {
        RunError::Store(error) => CliError::Store(error),
        other => CliError::Other(other.to_string()),
    })
}

impl BadgeArgs {
    /// Returns the given values as the query of a badge's URL.
    fn query(&self) -> String {
        let given = [
            ("show", self.show.as_ref()),
            ("label", self.label.as_ref()),
            ("color", self.color.as_ref()),
            ("lang", self.lang.as_ref()),
        ];
        let mut query = form_urlencoded::Serializer::new(String::new());
        for (name, value) in given {
            if let Some(value) = value {
                query.append_pair(name, value);
            }
        }
        query.finish()
    }
}
