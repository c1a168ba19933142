//! Owns `heatline heatmap`: the same map as the API's, as a file.

use std::path::{Path, PathBuf};

use clap::Args;
use jiff::Timestamp;

use super::{CliError, output, site::parse_name, store::Borrowed};
use crate::{
    config::Config,
    control::Control,
    enrich::canonical_path,
    heatmap::{
        HeatMap, MapRequest, Scope,
        load::{self, LoadError, Wanted},
        moments,
        params::{Pages, Underlay},
    },
    model::Site,
    render::Photo,
    reports::{self, DateRange, Definitions, QueryError, QueryErrors},
    screenshots::{ScreenshotError, Screenshots},
    store::Client,
};

#[derive(Args)]
pub struct HeatmapArgs {
    #[arg(long)]
    site: String,
    /// Path of the page: /pricing
    #[arg(long, required_unless_present = "path_pattern")]
    path: Option<String>,
    /// Pages of one template together: '/product/*'
    #[arg(long, conflicts_with = "path")]
    path_pattern: Option<String>,
    /// What to show: click, rage, dead, error, move, scroll, attention or element
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
    /// Only visits that meet these filters, as JSON: `[["is","visit:country",["BG"]]]`
    #[arg(long)]
    filters: Option<String>,
    /// State of the page: any, base, or the id of one
    #[arg(long)]
    state: Option<String>,
    /// Compare with `previous_period`, `year_over_year`, or 2026-01-01,2026-01-31
    #[arg(long)]
    compare: Option<String>,
    /// heat, viridis (safe for colour blindness), ice, or night (for dark pages)
    #[arg(long)]
    palette: Option<String>,
    /// layout, screenshot or none
    #[arg(long)]
    underlay: Option<String>,
    /// Picture pixels per CSS pixel, 0.25 to 2
    #[arg(long)]
    scale: Option<String>,
    /// Frames of a .gif: hours of the day, or load for the time since the page was loaded
    #[arg(long)]
    frames: Option<String>,
    /// File to write: .png, .webp, .svg or .gif for the picture, .json for its numbers, - for a PNG on stdout
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
}

/// What is written, as the ending of the file's name says.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    Png,
    Webp,
    Svg,
    Gif,
    Json,
}

impl Form {
    fn of(file: &Path) -> Result<Self, CliError> {
        if file == Path::new("-") {
            return Ok(Self::Png);
        }
        match file.extension().and_then(|ending| ending.to_str()) {
            Some("png") => Ok(Self::Png),
            Some("webp") => Ok(Self::Webp),
            Some("svg") => Ok(Self::Svg),
            Some("gif") => Ok(Self::Gif),
            Some("json") => Ok(Self::Json),
            _ => Err(CliError::Other(format!(
                "--output: {} ends in none of .png, .webp, .svg, .gif, .json",
                file.display()
            ))),
        }
    }
}

pub async fn run(mut args: HeatmapArgs, config: &Config) -> Result<(), CliError> {
    let form = Form::of(&args.output)?;
    if let Some(path) = &mut args.path {
        *path = canonical_path(path).map_err(|error| CliError::Other(format!("--path: {error}")))?.into_string();
    }
    let request = MapRequest::parse(&args.pairs()).map_err(|error| CliError::Other(error.to_string()))?;
    let range = DateRange::from_text(&args.date_range).map_err(|error| CliError::Other(error.detail))?;
    let control = Control::open(&config.control_url).await?;
    let asked = find(&control, config, &args.site, &request).await;
    control.close().await;
    let Found { site, definitions, photo } = asked?;
    let store = Borrowed::open(config).await?;
    let bytes = draw(&store.client, &site, &definitions, request, &range, form, photo).await;
    store.close().await;
    output::file(&args.output, &bytes?)
}

/// What is known of a map before the store is asked.
struct Found {
    site: Site,
    definitions: Definitions,
    /// The picture of the page, where one is asked for.
    photo: Option<Photo>,
}

/// Looks up what the control database and the data folder know.
async fn find(control: &Control, config: &Config, site: &str, request: &MapRequest) -> Result<Found, CliError> {
    let site = control.site(&parse_name(site)?).await?;
    let definitions = Definitions { goals: control.goals(site.id).await?, segments: control.segments(site.id).await? };
    let (Underlay::Screenshot, Pages::One(path)) = (request.underlay, &request.pages) else {
        return Ok(Found { site, definitions, photo: None });
    };
    let screenshots = Screenshots::new(&config.data_dir, control.clone());
    let wrong = |error: ScreenshotError| CliError::Other(error.to_string());
    let found = screenshots.best_for(site.id, path, request.width).await.map_err(wrong)?;
    let Some(found) = found else {
        let how = "upload one, or run: heatline capture URL --upload";
        return Err(CliError::Other(format!("there is no screenshot of this page near this width; {how}")));
    };
    let picture = found.open(request.width).map_err(wrong)?;
    let (width, height) = (picture.width(), picture.height());
    let photo = Photo::new(width, height, picture.into_rgb());
    Ok(Found { site, definitions, photo })
}

async fn draw(
    client: &Client,
    site: &Site,
    definitions: &Definitions,
    request: MapRequest,
    range: &DateRange,
    form: Form,
    photo: Option<Photo>,
) -> Result<Vec<u8>, CliError> {
    let wrong = |error: QueryError| CliError::Other(error.detail);
    let wrong_query = |errors: QueryErrors| CliError::Other(errors.to_string());
    let first_day = reports::first_day(client, site.id, range).await?;
    let zone = &site.time_zone;
    let range = range.resolve(zone, Timestamp::now(), first_day).map_err(wrong)?;
    let compared = match &request.compare {
        Some(compare) => {
            let other = compare.range(range, zone, Timestamp::now(), first_day).map_err(wrong)?;
            Some(Scope::of(site, other, request.other_filters(), definitions, Timestamp::now()).map_err(wrong_query)?)
        }
        None => None,
    };
    let scope = Scope::of(site, range, &request.filters, definitions, Timestamp::now()).map_err(wrong_query)?;
    let frames = (form == Form::Gif).then(|| moments::moments(request.frames, &range, zone));
    let (moments, labels) = frames.unzip();
    let wanted = Wanted { document: form == Form::Json, visitors: false, moments };
    let page = load::load_page(client, &request, &scope).await?;
    let answers = load::load_answers(client, &request, &page, &scope, compared.as_ref(), &wanted).await?;
    let map = HeatMap::assemble(request, page, &answers, labels.as_ref().map(Vec::len), None)?;
    Ok(match form {
        Form::Png => map.png(photo)?,
        Form::Webp => map.webp(photo)?,
        Form::Svg => map.svg(photo)?,
        Form::Gif => map.gif(photo, &labels.unwrap_or_default())?,
        Form::Json => map.json(site.name.as_str()).into_bytes(),
    })
}

impl HeatmapArgs {
    /// Returns the given values under the names of the API.
    fn pairs(&self) -> Vec<(String, String)> {
        let given = [
            ("path", self.path.as_ref()),
            ("path_pattern", self.path_pattern.as_ref()),
            ("kind", self.kind.as_ref()),
            ("width", self.width.as_ref()),
            ("device", self.device.as_ref()),
            ("filters", self.filters.as_ref()),
            ("state", self.state.as_ref()),
            ("compare", self.compare.as_ref()),
            ("frames", self.frames.as_ref()),
            ("palette", self.palette.as_ref()),
            ("underlay", self.underlay.as_ref()),
            ("scale", self.scale.as_ref()),
        ];
        given.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?.clone()))).collect()
    }
}

impl From<LoadError> for CliError {
    fn from(error: LoadError) -> Self {
        match error {
            LoadError::Store(error) => Self::Store(error),
            LoadError::Map(error) => Self::Heatmap(error),
        }
    }
}
