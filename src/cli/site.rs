//! Owns `heatline site …`. The running service sees every change within two seconds.

use clap::{Args, Subcommand};
use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::{CliError, output, serve::script_tag};
use crate::{
    config::Config,
    control::{Control, SitePatch, time_zone},
    model::{Site, SiteName, SiteSettings},
    screenshots::Screenshots,
};

#[derive(Subcommand)]
pub enum SiteCommand {
    /// Add a site and print its script tag
    Add(AddArgs),
    /// List all sites
    List {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Show a site, its settings and its script tag
    Show {
        site: String,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Change the settings of a site
    Set(SetArgs),
    /// Remove a site: no event of it is accepted any more, and the service erases what was measured within a day
    Remove { site: String },
}

#[derive(Args)]
pub struct AddArgs {
    /// Name of the site, usually its domain: demo.example
    site: String,
    /// Time zone in which its days begin
    #[arg(long, default_value = "UTC", value_name = "IANA NAME")]
    timezone: String,
    #[command(flatten)]
    settings: SettingsArgs,
}

#[derive(Args)]
pub struct SetArgs {
    site: String,
    #[arg(long, value_name = "IANA NAME")]
    timezone: Option<String>,
    #[command(flatten)]
    settings: SettingsArgs,
}

/// Settings that are given; lists replace what was there, an empty text empties them.
#[derive(Args)]
struct SettingsArgs {
    /// Hosts that may send events, with commas; default: the site's name and everything below it
    #[arg(long, value_name = "HOST,…")]
    hostnames: Option<String>,
    /// Paths that are not counted, with commas; * stands for any text
    #[arg(long, value_name = "PATH,…")]
    excluded_paths: Option<String>,
    /// Addresses that are not counted, with commas
    #[arg(long, value_name = "CIDR,…")]
    excluded_addresses: Option<String>,
    /// Show badges to anybody
    #[arg(long, value_name = "true|false")]
    public_badge: Option<bool>,
    /// Count of an older counter, added to the totals that badges of the whole site show
    #[arg(long, value_name = "NUMBER")]
    seed_count: Option<u64>,
    /// Let the address of a badge add a number of its own (seed=…); default: true
    #[arg(long, value_name = "true|false")]
    seed_in_url: Option<bool>,
    /// Let badges with count=1 count those who look at them, for places without scripts
    #[arg(long, value_name = "true|false")]
    counting_badge: Option<bool>,
    /// Show maps of visitors to anybody
    #[arg(long, value_name = "true|false")]
    public_map: Option<bool>,
    /// Visitors that a place needs to be shown on public maps and the live page; default: 3
    #[arg(long, value_name = "1…1000")]
    public_map_min_visitors: Option<u16>,
    /// Show the live page to anybody
    #[arg(long, value_name = "true|false")]
    public_live: Option<bool>,
    /// Origins whose pages may frame the live page, with commas: `https://example.com`
    #[arg(long, value_name = "ORIGIN,…")]
    live_frame_ancestors: Option<String>,
    /// Count nothing of visitors who send GPC or DNT
    #[arg(long, value_name = "true|false")]
    honour_privacy_signals: Option<bool>,
    /// Days that clicks, rests of the pointer, scrolling and layouts are kept; default: 400
    #[arg(long, value_name = "1…3660")]
    heatmap_retention_days: Option<u16>,
    /// Days that events, and all that is made of them, are kept; default: 0, until they are erased
    #[arg(long, value_name = "0…3660")]
    retention_days: Option<u16>,
    /// Visitors that an element needs to be shown on a shared map; default: 5
    #[arg(long, value_name = "1…1000")]
    shared_map_min_visitors: Option<u16>,
    /// Show single visitors, pseudonymous, in the live view; default: true
    #[arg(long, value_name = "true|false")]
    live_feed: Option<bool>,
}

pub async fn run(command: SiteCommand, config: &Config) -> Result<(), CliError> {
    std::fs::create_dir_all(&config.data_dir)?;
    let control = Control::open(&config.control_url).await?;
    let done = run_with(command, config, &control).await;
    control.close().await;
    done
}

async fn run_with(command: SiteCommand, config: &Config, control: &Control) -> Result<(), CliError> {
    match command {
        SiteCommand::Add(args) => {
            let zone = time_zone(&args.timezone)?;
            let settings = serde_json::from_value::<SiteSettings>(Value::Object(args.settings.patch()))
                .map_err(|error| CliError::Other(error.to_string()))?;
            let site = control.add_site(&parse_name(&args.site)?, &zone, settings, Timestamp::now()).await?;
            output::line(format!("Added {}. Paste this into its pages:", site.name))?;
            output::line(script_tag(&base(config), site.name.as_str()))
        }
        SiteCommand::List { json: true } => output::json(&control.sites().await?.iter().map(shown).collect::<Vec<_>>()),
        SiteCommand::List { json: false } => {
            let rows: Vec<Vec<String>> = control.sites().await?.iter().map(row).collect();
            output::table(&["SITE", "TIME ZONE", "HOSTNAMES", "BADGE"], &rows)
        }
        SiteCommand::Show { site, json } => {
            let site = control.site(&parse_name(&site)?).await?;
            if json {
                return output::json(&shown(&site));
            }
            output::table(&["SITE", "TIME ZONE", "HOSTNAMES", "BADGE"], &[row(&site)])?;
            output::line(script_tag(&base(config), site.name.as_str()))
        }
        SiteCommand::Set(args) => {
            let site = control.site(&parse_name(&args.site)?).await?;
            let time_zone = args.timezone.as_deref().map(time_zone).transpose()?;
            let patch = SitePatch { time_zone, settings: args.settings.patch() };
            let site = control.update_site(site.id, &patch).await?;
            output::table(&["SITE", "TIME ZONE", "HOSTNAMES", "BADGE"], &[row(&site)])
        }
        SiteCommand::Remove { site } => {
            let site = control.site(&parse_name(&site)?).await?;
            control.remove_site(site.id).await?;
            Screenshots::new(&config.data_dir, control.clone()).remove_site(site.id).await?;
            output::line(format!("Removed {}.", site.name))
        }
    }
}

impl SettingsArgs {
    /// Returns the given settings under their names in JSON.
    fn patch(&self) -> Map<String, Value> {
        let list = |text: &String| {
            Value::from(text.split(',').map(str::trim).filter(|part| !part.is_empty()).collect::<Vec<_>>())
        };
        let given = [
            ("hostnames", self.hostnames.as_ref().map(list)),
            ("excluded_paths", self.excluded_paths.as_ref().map(list)),
            ("excluded_addresses", self.excluded_addresses.as_ref().map(list)),
            ("public_badge", self.public_badge.map(Value::from)),
            ("seed_count", self.seed_count.map(Value::from)),
            ("seed_in_url", self.seed_in_url.map(Value::from)),
            ("counting_badge", self.counting_badge.map(Value::from)),
            ("public_map", self.public_map.map(Value::from)),
            ("public_map_min_visitors", self.public_map_min_visitors.map(Value::from)),
            ("public_live", self.public_live.map(Value::from)),
            ("live_frame_ancestors", self.live_frame_ancestors.as_ref().map(list)),
            ("honour_privacy_signals", self.honour_privacy_signals.map(Value::from)),
            ("heatmap_retention_days", self.heatmap_retention_days.map(Value::from)),
            ("retention_days", self.retention_days.map(Value::from)),
            ("shared_map_min_visitors", self.shared_map_min_visitors.map(Value::from)),
            ("live_feed", self.live_feed.map(Value::from)),
        ];
        given.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect()
    }
}

/// Reads a site's name, or says in one line what is wrong with it.
pub fn parse_name(text: &str) -> Result<SiteName, CliError> {
    SiteName::parse(text).map_err(|error| CliError::Other(format!("{text:?} is not a site name: {error}")))
}

/// Returns the address that browsers use, without a slash at its end.
pub fn base(config: &Config) -> String {
    match &config.public_url {
        Some(url) => url.as_str().trim_end_matches('/').to_owned(),
        None => format!("http://{}", config.listen),
    }
}

fn zone(site: &Site) -> &str {
    site.time_zone.iana_name().unwrap_or("UTC")
}

fn row(site: &Site) -> Vec<String> {
    let hostnames = if site.settings.hostnames.is_empty() {
        format!("{0}, *.{0}", site.name)
    } else {
        site.settings.hostnames.join(", ")
    };
    let badge = if site.settings.public_badge { "public" } else { "private" };
    vec![site.name.to_string(), zone(site).to_owned(), hostnames, badge.to_owned()]
}

fn shown(site: &Site) -> Value {
    json!({"domain": site.name, "timezone": zone(site), "settings": site.settings})
}
