//! Owns `heatline badge`: the same badge as the public one, as a file.

use std::path::PathBuf;

use clap::Args;
use jiff::Timestamp;
use url::form_urlencoded;

use super::{CliError, output, site::parse_name, store::Borrowed};
use crate::{
    badge::{BadgeParams, Content, Show, Style},
    config::Config,
    control::Control,
    fonts,
    model::Site,
    reports::{RunError, count, sql},
    store::Client,
};

#[derive(Args)]
pub struct BadgeArgs {
    #[arg(long)]
    site: String,
    /// Which number: online, today, yesterday, week, month, total or views
    #[arg(long)]
    show: Option<String>,
    /// What is counted in a period: visitors, visits or views
    #[arg(long)]
    metric: Option<String>,
    /// One page instead of the whole site
    #[arg(long)]
    path: Option<String>,
    /// How it looks: flat, pill, retro, digits, sparkline or flags
    #[arg(long)]
    style: Option<String>,
    /// Ground of pill, sparkline and flags: light or dark
    #[arg(long)]
    theme: Option<String>,
    /// Text beside the number, in any script
    #[arg(long)]
    label: Option<String>,
    /// Three or six hexadecimal digits, or a name
    #[arg(long)]
    color: Option<String>,
    /// Language of label and number: en, bg, de …
    #[arg(long)]
    lang: Option<String>,
    /// Added to a total
    #[arg(long)]
    seed: Option<u64>,
    /// Pixels of a PNG for each of CSS: 1 to 4
    #[arg(long)]
    scale: Option<u16>,
    /// Most countries of flags
    #[arg(long)]
    limit: Option<u16>,
    /// Columns of flags
    #[arg(long)]
    columns: Option<u16>,
    /// File to write, by its ending svg, png or json; - for an SVG on stdout
    #[arg(short, long, value_name = "FILE.svg")]
    output: PathBuf,
}

pub async fn run(args: BadgeArgs, config: &Config) -> Result<(), CliError> {
    let mut params = BadgeParams::parse(&args.query()).map_err(|error| CliError::Other(error.to_string()))?;
    if params.show == Show::Online && (params.style == Style::Flags || params.path.is_some()) {
        let detail =
            "which countries and pages people are on is known to the running service only; ask it for /badge/…";
        return Err(CliError::Other(detail.to_owned()));
    }
    let faces = fonts::open(config.fonts.as_deref()).map_err(|error| CliError::Other(error.to_string()))?;
    let control = Control::open(&config.control_url).await?;
    let site = control.site(&parse_name(&args.site)?).await;
    control.close().await;
    let site = site?;
    if params.is_whole() {
        params.seed += site.settings.seed_count;
    }
    let store = Borrowed::open(config).await?;
    let content = content(&store.client, &site, &params).await;
    store.close().await;
    let badge = params.badge(content?);
    let ending = args.output.extension().and_then(|ending| ending.to_str());
    let bytes = match ending {
        Some("png") => badge.png(&faces).map_err(|error| CliError::Other(error.to_string()))?,
        Some("json") => badge.json(site.name.as_str()).to_string().into_bytes(),
        _ => badge.svg(&faces).into_bytes(),
    };
    output::file(&args.output, &bytes)
}

async fn content(client: &Client, site: &Site, params: &BadgeParams) -> Result<Content, CliError> {
    let now = Timestamp::now();
    let mut content = Content::default();
    let today = now.to_zoned(site.time_zone.clone()).date();
    for (part, question) in params.questions(&site.name, today) {
        let rows = count::rows(client, site, now, &question).await.map_err(|error| match error {
            RunError::Store(error) => CliError::Store(error),
            other => CliError::Other(other.to_string()),
        })?;
        content.take(&part, &rows, u64::from(site.settings.public_map_min_visitors));
    }
    if params.show == Show::Online {
        let rows = client.select_json(&sql::current_visitors(site.id, now.as_millisecond())).await?;
        content.number = rows.first().and_then(|row| row.first()?.as_u64()).unwrap_or(0);
    }
    Ok(content)
}

impl BadgeArgs {
    /// Returns the given values as the query of a badge's URL.
    fn query(&self) -> String {
        let (seed, scale) = (self.seed.map(|seed| seed.to_string()), self.scale.map(|scale| scale.to_string()));
        let (limit, columns) = (self.limit.map(|most| most.to_string()), self.columns.map(|most| most.to_string()));
        let given = [
            ("show", &self.show),
            ("metric", &self.metric),
            ("path", &self.path),
            ("style", &self.style),
            ("theme", &self.theme),
            ("label", &self.label),
            ("color", &self.color),
            ("lang", &self.lang),
            ("seed", &seed),
            ("scale", &scale),
            ("limit", &limit),
            ("columns", &columns),
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
