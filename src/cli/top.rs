//! Owns `heatline top`: the live view in this terminal, of a service elsewhere or of the one on this machine.

use clap::Args;
use jiff::Timestamp;
use url::Url;

use super::{CliError, output, site::parse_name};
use crate::{
    config::Config,
    control::{Control, KeyId, KeyName, Scopes},
    model::SiteName,
    top::{self, Service, State},
};

#[derive(Args)]
pub struct TopArgs {
    /// Site to look at [default: the only one]
    #[arg(long)]
    site: Option<String>,
    /// Address of the service [default: the one on this machine]
    #[arg(long, value_name = "URL", env = "HEATLINE_SERVER", requires = "key")]
    server: Option<Url>,
    /// API key of the service, with the scope stats [default: one that is made for as long as this runs]
    #[arg(long, env = "HEATLINE_KEY", hide_env_values = true)]
    key: Option<String>,
    /// Write it once as plain text, and end
    #[arg(long)]
    once: bool,
}

pub async fn run(args: TopArgs, config: &Config) -> Result<(), CliError> {
    if let (Some(url), Some(key)) = (&args.server, &args.key) {
        let name = args.site.as_deref().ok_or_else(|| CliError::Other("say which site: --site NAME".to_owned()))?;
        return show(&Service::new(url.clone(), key.clone())?, &parse_name(name)?, &args).await;
    }
    let control = Control::open(&config.control_url).await?;
    let shown = show_local(&control, &args, config).await;
    control.close().await;
    shown
}

async fn show_local(control: &Control, args: &TopArgs, config: &Config) -> Result<(), CliError> {
    let site = if let Some(name) = &args.site {
        control.site(&parse_name(name)?).await?
    } else {
        let mut sites = control.sites().await?;
        if sites.len() != 1 {
            let names: Vec<&str> = sites.iter().map(|site| site.name.as_str()).collect();
            return Err(CliError::Other(format!("say which site: --site NAME; there are: {}", names.join(", "))));
        }
        sites.remove(0)
    };
    let url = local_address(config)?;
    if let Some(key) = &args.key {
        return show(&Service::new(url, key.clone())?, &site.name, args).await;
    }
    let name = KeyName::parse("heatline top")?;
    let scopes = Scopes::parse("stats").map_err(|error| CliError::Other(error.to_string()))?;
    let (key, secret) = control.create_key(&name, scopes, Some(site.id), None, Timestamp::now()).await?;
    let service = Service::new(url, secret.reveal().to_owned())?;
    let shown = tokio::select! {
        shown = show(&service, &site.name, args) => shown,
        // Ctrl+C while it is no key yet, or a signal from elsewhere.
        _ = tokio::signal::ctrl_c() => Ok(()),
    };
    revoke(control, key.id).await;
    shown
}

/// Takes the key back. One that stays is listed by `heatline key list` and opens the live view of one site.
async fn revoke(control: &Control, key: KeyId) {
    if let Err(error) = control.revoke_key(key).await {
        output::progress(&format!("the key {} stays: {error}", key.get()));
    }
}

/// Returns where the service of this machine listens; one that listens everywhere is asked on the loopback.
fn local_address(config: &Config) -> Result<Url, CliError> {
    let mut address = config.listen;
    if address.ip().is_unspecified() {
        address.set_ip(match address.ip() {
            std::net::IpAddr::V4(_) => std::net::Ipv4Addr::LOCALHOST.into(),
            std::net::IpAddr::V6(_) => std::net::Ipv6Addr::LOCALHOST.into(),
        });
    }
    Url::parse(&format!("http://{address}")).map_err(|error| CliError::Other(error.to_string()))
}

async fn show(service: &Service, site: &SiteName, args: &TopArgs) -> Result<(), CliError> {
    if args.once {
        let mut state = State::new(site.as_str(), false);
        state.take(service.live(site.as_str()).await?);
        return output::line(top::text(&state));
    }
    let variable = |name: &str| std::env::var(name).ok();
    let colours = top::wants_colours(variable("NO_COLOR").as_deref(), variable("TERM").as_deref());
    Ok(top::run(service, site.as_str(), colours).await?)
}
