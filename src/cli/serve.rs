//! Owns `heatline serve`: starts the service, says where it is, waits for the signal to stop.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tokio::signal::unix::{SignalKind, signal};

use super::{CliError, output};
use crate::{app::App, config::Config, demo, telemetry};

/// Files that the service has use for: its connections, the spool and the databases.
const FILES_WANTED: u64 = 26_000;

pub async fn run(config: Config) -> Result<(), CliError> {
    telemetry::install_log(&config.log).map_err(CliError::Other)?;
    allow_many_connections();
    let executable = std::env::current_exe()?;
    let base = config.public_url.clone();
    let with_demo = config.demo;
    // Listened for before anything starts, so that an early signal is not lost.
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let app = App::build(config, executable).await?;
    let base = match base {
        Some(url) => url.as_str().trim_end_matches('/').to_owned(),
        None => format!("http://{}", app.addresses.public),
    };
    output::line(format!("Heatline listens on     {base}"))?;
    output::line(format!("Metrics (internal)      http://{}/metrics", app.addresses.internal))?;
    if with_demo {
        output::line(format!("Demo site               {base}/demo/"))?;
        output::line(format!("Script tag              {}", script_tag(&base, demo::SITE)))?;
    }
    if let Some(token) = &app.setup_token {
        output::line(format!("Make the first user at  {base}/setup?token={}", token.reveal()))?;
        output::line("                        (this link works once, for 24 hours; or: heatline user add)")?;
    }
    let stop = async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    };
    Ok(app.run_until(stop).await?)
}

/// Each connection takes a file: lets this process open as many as the system allows it, and says where that is too few.
fn allow_many_connections() {
    let limit = getrlimit(Resource::Nofile);
    let raised = Rlimit { current: limit.maximum, maximum: limit.maximum };
    if let Err(error) = setrlimit(Resource::Nofile, raised) {
        tracing::warn!(%error, "the limit of open files cannot be raised");
    }
    let files = getrlimit(Resource::Nofile).current;
    if let Some(files) = files.filter(|&files| files < FILES_WANTED) {
        tracing::warn!(
            files,
            wanted = FILES_WANTED,
            "few files may be open at once, and each visitor and each open live view takes one; raise the limit (LimitNOFILE, ulimit -n)"
        );
    }
}

/// Returns the tag that a site owner pastes.
pub fn script_tag(base: &str, site: &str) -> String {
    format!("<script defer src=\"{base}/js/heatline.js\" data-site=\"{site}\"></script>")
}
