//! Owns `heatline capture`: a picture of a page, as a file or as the screenshot under its heat maps.

use std::{
    path::PathBuf,
    time::{Duration, Instant},
};

use clap::Args;
use jiff::Timestamp;
use url::Url;

use super::{CliError, output, site::parse_name};
use crate::{
    capture::{self, CaptureRequest, Captured, Server},
    config::Config,
    control::Control,
    enrich::canonical_path,
    model::{Pathname, SiteId, SiteName},
    screenshots::{MOST_BYTES, MOST_HEIGHT, MOST_PIXELS, Screenshots},
};

#[derive(Args)]
pub struct CaptureArgs {
    /// Address of the page: <https://example.org/pricing>
    url: Url,
    /// Width of the page in CSS pixels
    #[arg(long, value_parser = clap::value_parser!(u32).range(120..=3840))]
    width: u32,
    /// File to write, as PNG; - for stdout
    #[arg(short, long, value_name = "FILE", required_unless_present = "upload")]
    output: Option<PathBuf>,
    /// Keep the picture as the screenshot under the heat maps of the page
    #[arg(long)]
    upload: bool,
    /// Site of the page [default: the host of its address]
    #[arg(long)]
    site: Option<String>,
    /// Path under which the page is counted [default: that of its address]
    #[arg(long)]
    path: Option<String>,
    /// Address of a service elsewhere; without it the picture is kept in the data folder of this machine
    #[arg(long, value_name = "URL", env = "HEATLINE_SERVER", requires = "key")]
    server: Option<Url>,
    /// API key of that service, with the scope sites
    #[arg(long, env = "HEATLINE_KEY", hide_env_values = true)]
    key: Option<String>,
    /// Chromium, Chrome or Edge [default: the first that is found]
    #[arg(long, value_name = "FILE")]
    browser: Option<PathBuf>,
    /// Pause before the picture is taken, for what moves, milliseconds
    #[arg(long, value_name = "MS", default_value = "500", value_parser = clap::value_parser!(u64).range(..=60_000))]
    wait_ms: u64,
    /// Longest time that the page may take, seconds
    #[arg(long, value_name = "S", default_value = "60", value_parser = clap::value_parser!(u64).range(1..=600))]
    timeout: u64,
}

/// Where the picture is kept.
struct Place {
    site: SiteName,
    path: Pathname,
    keeper: Keeper,
}

enum Keeper {
    /// The data folder of this machine.
    Folder {
        control: Control,
        screenshots: Screenshots,
        site_id: SiteId,
    },
    Server(Server),
}

pub async fn run(args: CaptureArgs, config: &Config) -> Result<(), CliError> {
    let started = Instant::now();
    let browser = capture::find(args.browser.as_deref(), std::env::var_os("PATH").as_deref())?;
    let request = CaptureRequest {
        url: args.url.clone(),
        width: args.width,
        most_height: MOST_HEIGHT.min(MOST_PIXELS / args.width),
        wait: Duration::from_millis(args.wait_ms),
        limit: Duration::from_secs(args.timeout),
        most_bytes: MOST_BYTES,
    };
    // What cannot be kept is found before the browser takes its time.
    let place = if args.upload { Some(Place::find(&args, config).await?) } else { None };
    let captured = capture::capture(&browser, &request, &output::progress).await?;
    if captured.height < captured.page_height {
        output::progress(&format!(
            "the page is {} px high, what is below {} px is left out",
            captured.page_height, captured.height
        ));
    }
    if let Some(file) = &args.output {
        output::file(file, &captured.png)?;
    }
    let mut result = format!(
        "Captured {} in {:.1} s: {} × {} px",
        args.url,
        started.elapsed().as_secs_f64(),
        args.width,
        captured.height
    );
    if let Some(place) = place {
        result = format!("{result}, kept for {} of {}", place.path, place.site);
        place.keep(captured, args.width).await?;
    }
    if args.output.as_deref().is_some_and(|file| file.as_os_str() == "-") {
        output::progress(&result);
        return Ok(());
    }
    output::line(result)
}

impl CaptureArgs {
    fn site(&self) -> Result<SiteName, CliError> {
        let host = self.url.host_str().unwrap_or_default();
        parse_name(self.site.as_deref().unwrap_or(host.strip_prefix("www.").unwrap_or(host)))
    }

    fn path(&self) -> Result<Pathname, CliError> {
        let path = self.path.as_deref().unwrap_or(self.url.path());
        canonical_path(path).map_err(|error| CliError::Other(format!("--path: {error}")))
    }
}

impl Place {
    async fn find(args: &CaptureArgs, config: &Config) -> Result<Self, CliError> {
        let (site, path) = (args.site()?, args.path()?);
        let keeper = match (&args.server, &args.key) {
            (Some(url), Some(key)) => Keeper::Server(Server { url: url.clone(), key: key.clone() }),
            _ => Keeper::folder(&site, config).await?,
        };
        Ok(Self { site, path, keeper })
    }

    async fn keep(self, captured: Captured, width: u32) -> Result<(), CliError> {
        let picture = captured.jpeg.unwrap_or(captured.png);
        match self.keeper {
            Keeper::Server(server) => {
                output::progress(&format!("sending it to {}", server.url));
                Ok(capture::upload(&server, self.site.as_str(), self.path.as_str(), width, picture).await?)
            }
            Keeper::Folder { control, screenshots, site_id } => {
                let kept = screenshots.keep(site_id, &self.path, width, picture.into(), Timestamp::now()).await;
                control.close().await;
                kept?;
                Ok(())
            }
        }
    }
}

impl Keeper {
    /// The data folder, which a running service may use at the same time.
    async fn folder(site: &SiteName, config: &Config) -> Result<Self, CliError> {
        if !config.data_dir.is_dir() {
            return Err(CliError::Other(format!(
                "there is no data folder {}: name it with --data-dir, or a running service with --server and --key",
                config.data_dir.display()
            )));
        }
        let control = Control::open(&config.control_url).await?;
        match control.site(site).await {
            Ok(found) => {
                let screenshots = Screenshots::new(&config.data_dir, control.clone());
                Ok(Self::Folder { control, screenshots, site_id: found.id })
            }
            Err(error) => {
                control.close().await;
                Err(CliError::Other(format!("{error}: {site}; name another with --site")))
            }
        }
    }
}
