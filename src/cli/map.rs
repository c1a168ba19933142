//! Owns `heatline map`: the same map of visitors as the public one, as a file. Its owner sees every place, whatever the number.

use std::path::PathBuf;

use clap::Args;
use jiff::Timestamp;
use url::form_urlencoded;

use super::{CliError, output, site::parse_name, store::Borrowed};
use crate::{
    app::open_geo,
    config::Config,
    control::Control,
    map::{Crowd, MapParams, Shown, VisitorMap, places::CROWD_DAYS},
    reports::places,
};

#[derive(Args)]
pub struct MapArgs {
    #[arg(long)]
    site: String,
    /// Of which time: 5m, 1h, 24h, 7d, 30d or all
    #[arg(long)]
    range: Option<String>,
    /// Width of the picture in pixels, 200 to 2000
    #[arg(long)]
    width: Option<String>,
    /// dots, heat or countries
    #[arg(long)]
    style: Option<String>,
    /// light, dark or transparent
    #[arg(long)]
    theme: Option<String>,
    /// Language of the words: en or bg
    #[arg(long)]
    lang: Option<String>,
    /// Whether the number of visitors is said: true or false
    #[arg(long)]
    caption: Option<String>,
    /// Whether the makers of the data are named on the picture: true or false
    #[arg(long)]
    credits: Option<String>,
    /// Whether there are lines every thirty degrees: true or false
    #[arg(long)]
    graticule: Option<String>,
    /// Leave out places with fewer visitors than the site's owner says, as the public map does
    #[arg(long)]
    public: bool,
    /// File to write: .svg or .png, - for an SVG on stdout
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
}

pub async fn run(args: MapArgs, config: &Config) -> Result<(), CliError> {
    let is_png = match args.output.extension().and_then(|ending| ending.to_str()) {
        Some("png") => true,
        Some("svg") => false,
        _ if args.output.as_os_str() == "-" => false,
        _ => return Err(CliError::Other(format!("--output: {} ends in neither .svg nor .png", args.output.display()))),
    };
    let params = MapParams::parse(&args.query()).map_err(|error| CliError::Other(error.to_string()))?;
    let control = Control::open(&config.control_url).await?;
    let site = control.site(&parse_name(&args.site)?).await;
    control.close().await;
    let site = site?;
    let least = if args.public { site.settings.public_map_min_visitors } else { 1 };
    let store = Borrowed::open(config).await?;
    let now = Timestamp::now();
    let asked = async {
        let from_ms = params.range.length_ms().map(|length_ms| now.as_millisecond() - length_ms);
        let counted = places::places(&store.client, &site, from_ms, now).await?;
        let crowds = places::crowds(&store.client, &site, CROWD_DAYS, least, now).await?;
        Ok::<_, CliError>((counted, Crowd { countries: crowds.countries, cities: crowds.cities }))
    };
    let asked = asked.await;
    store.close().await;
    let (counted, crowd) = asked?;
    let map = VisitorMap { params, shown: Shown::of(&counted, &crowd, least), geo: geo(config)? };
    let bytes =
        if is_png { map.png().map_err(|error| CliError::Other(error.to_string()))? } else { map.svg().into_bytes() };
    output::file(&args.output, &bytes)
}

/// Returns who made the geo database. Ours need not be opened to know.
fn geo(config: &Config) -> Result<String, CliError> {
    match &config.geo_database {
        None => Ok("DB-IP".to_owned()),
        Some(path) => {
            let database = open_geo(Some(path)).map_err(|error| CliError::Other(error.to_string()))?;
            Ok(database.map(|database| database.maker().to_owned()).unwrap_or_default())
        }
    }
}

impl MapArgs {
    /// Returns the given values as the query of a map's URL.
    fn query(&self) -> String {
        let given = [
            ("range", self.range.as_ref()),
            ("width", self.width.as_ref()),
            ("style", self.style.as_ref()),
            ("theme", self.theme.as_ref()),
            ("lang", self.lang.as_ref()),
            ("caption", self.caption.as_ref()),
            ("credits", self.credits.as_ref()),
            ("graticule", self.graticule.as_ref()),
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
