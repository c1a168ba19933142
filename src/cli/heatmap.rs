//! Owns `heatline heatmap`: the same map as the API's, as a file.

use std::path::PathBuf;

use clap::Args;
use jiff::Timestamp;

use super::{CliError, output, site::parse_name, store::Borrowed};
use crate::{
    config::Config,
    control::Control,
    enrich::canonical_path,
    heatmap::{
        HeatMap, MapRequest, Scope,
        load::{self, LoadError},
    },
    model::Site,
    reports::{self, DateRange},
    store::Client,
};

#[derive(Args)]
pub struct HeatmapArgs {
    #[arg(long)]
    site: String,
    /// Path of the page: /pricing
    #[arg(long)]
    path: String,
    /// What to show: click or scroll
    #[arg(long)]
    kind: Option<String>,
    /// Width of the page in CSS pixels
    #[arg(long)]
    width: Option<String>,
    /// 7d, 30d, 12mo, all, or 2026-01-01,2026-01-31
    #[arg(long, default_value = "30d")]
    date_range: String,
    /// desktop, tablet or mobile
    #[arg(long)]
    device: Option<String>,
    /// heat, viridis or ice
    #[arg(long)]
    palette: Option<String>,
    /// layout or none
    #[arg(long)]
    underlay: Option<String>,
    /// Picture pixels per CSS pixel, 0.25 to 2
    #[arg(long)]
    scale: Option<String>,
    /// File to write: .png for the picture, .json for its numbers, - for the picture on stdout
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
}

pub async fn run(mut args: HeatmapArgs, config: &Config) -> Result<(), CliError> {
    args.path = canonical_path(&args.path).map_err(|error| CliError::Other(format!("--path: {error}")))?.into_string();
    let request = MapRequest::parse(&args.pairs()).map_err(|error| CliError::Other(error.to_string()))?;
    let range = DateRange::from_text(&args.date_range).map_err(|error| CliError::Other(error.detail))?;
    let control = Control::open(&config.control_url).await?;
    let site = control.site(&parse_name(&args.site)?).await;
    control.close().await;
    let site = site?;
    let store = Borrowed::open(config).await?;
    let map = map(&store.client, &site, request, &range).await;
    store.close().await;
    let map = map?;
    let as_json = args.output.extension().is_some_and(|ending| ending == "json");
    let bytes = if as_json { map.json(site.name.as_str()).into_bytes() } else { map.png()? };
    output::file(&args.output, &bytes)
}

async fn map(client: &Client, site: &Site, request: MapRequest, range: &DateRange) -> Result<HeatMap, CliError> {
    let first_day = reports::first_day(client, site.id, range).await?;
    let range =
        range.resolve(&site.time_zone, Timestamp::now(), first_day).map_err(|error| CliError::Other(error.detail))?;
    let scope = Scope {
        site_id: site.id,
        from_day: range.from_day,
        to_day: range.to_day,
        from_ms: range.from_ms,
        to_ms: range.to_ms,
    };
    let (page, rows) = load::load(client, &request, &scope).await.map_err(|error| match error {
        LoadError::Store(error) => CliError::Store(error),
        LoadError::Map(error) => CliError::Heatmap(error),
    })?;
    Ok(HeatMap::assemble(request, page, &rows)?)
}

impl HeatmapArgs {
    /// Returns the given values under the names of the API.
    fn pairs(&self) -> Vec<(String, String)> {
        let given = [
            ("path", Some(&self.path)),
            ("kind", self.kind.as_ref()),
            ("width", self.width.as_ref()),
            ("device", self.device.as_ref()),
            ("palette", self.palette.as_ref()),
            ("underlay", self.underlay.as_ref()),
            ("scale", self.scale.as_ref()),
        ];
        given.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?.clone()))).collect()
    }
}
