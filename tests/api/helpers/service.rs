//! Owns the service as a process of its own: the real program, started by `serve`, ended by signals.

use std::{
    fs::File,
    ops::Deref,
    path::{Path, PathBuf},
    process::{ExitStatus, Stdio},
    time::Duration,
};

use heatline::control::{Control, sqlite_url};
use rustix::process::Signal;
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::{Child, Command},
};

use super::{
    Api, PATIENCE, SITE,
    app::create_key,
    command::heatline,
    eventually,
    process::{self, engine_of},
};

/// A service in a process of its own.
pub struct Service {
    api: Api,
    child: Child,
    pub pid: u32,
    pub data_dir: PathBuf,
    /// What it printed when it started.
    pub greeting: Vec<String>,
    pub log_file: PathBuf,
}

impl Deref for Service {
    type Target = Api;

    fn deref(&self) -> &Api {
        &self.api
    }
}

impl Service {
    /// Starts `heatline serve` on a data folder and waits until it listens.
    pub async fn start(data_dir: &Path) -> Self {
        Self::start_with(data_dir, &[]).await
    }

    pub async fn start_with(data_dir: &Path, arguments: &[&str]) -> Self {
        let mut command = heatline(data_dir);
        command.args(["serve"].iter().chain(arguments));
        Self::start_by(command, data_dir).await
    }

    /// Starts it by a command that is set up for the folder.
    pub async fn start_by(mut command: Command, data_dir: &Path) -> Self {
        let log_file = data_dir.with_extension("log");
        let log = File::options().create(true).append(true).open(&log_file).unwrap();
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(log);
        let mut child = command.spawn().unwrap();
        let pid = child.id().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut greeting = Vec::new();
        while !(found(&greeting, "Heatline listens on ").is_some() && found(&greeting, "Metrics (internal) ").is_some())
        {
            let line = tokio::time::timeout(PATIENCE, lines.next_line()).await.expect("the service starts").unwrap();
            greeting.push(line.unwrap_or_else(|| panic!("{}", std::fs::read_to_string(&log_file).unwrap())));
        }
        // The rest of the greeting comes at once with these lines.
        while let Ok(Ok(Some(line))) = tokio::time::timeout(Duration::from_millis(50), lines.next_line()).await {
            greeting.push(line);
        }
        let url = found(&greeting, "Heatline listens on ").unwrap();
        let internal_url = found(&greeting, "Metrics (internal) ").unwrap().trim_end_matches("/metrics").to_owned();
        let control = Control::open(&sqlite_url(&data_dir.join("control.db"))).await.unwrap();
        let key = create_key(&control, "stats,events,sites", None).await;
        control.close().await;
        Self { api: Api::new(url, internal_url, key), child, pid, data_dir: data_dir.to_owned(), greeting, log_file }
    }

    /// Starts a service that has the site [`SITE`].
    pub async fn start_with_site(data_dir: &Path) -> Self {
        let service = Self::start(data_dir).await;
        service.add_site(SITE).await;
        service
    }

    /// Returns the process of its engine, once it is there.
    pub async fn engine_pid(&self) -> u32 {
        eventually("the service has an engine", PATIENCE, async || engine_of(self.pid)).await
    }

    /// Ends it as `systemctl stop` does, and waits.
    pub async fn stop(self) -> ExitStatus {
        process::signal(self.pid, Signal::TERM);
        self.wait().await
    }

    /// Waits until it has ended by itself.
    pub async fn wait(mut self) -> ExitStatus {
        tokio::time::timeout(Duration::from_secs(40), self.child.wait()).await.expect("the service stops").unwrap()
    }

    /// Ends it with no chance to say anything.
    pub async fn kill(mut self) {
        self.child.kill().await.unwrap();
    }

    pub fn log(&self) -> String {
        std::fs::read_to_string(&self.log_file).unwrap()
    }
}

/// Returns the end of the line that begins so.
fn found(lines: &[String], start: &str) -> Option<String> {
    lines.iter().find_map(|line| line.strip_prefix(start)).map(|rest| rest.trim().to_owned())
}
