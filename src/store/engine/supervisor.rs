//! Owns the parent's side: starts the engine, waits until it answers, brings it back when it dies.

use std::{
    collections::VecDeque,
    net::TcpListener,
    process::{ExitStatus, Stdio},
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::{Child, ChildStdin, Command},
    sync::watch,
    task::JoinHandle,
};

use super::{EngineConfig, EngineError, config::Secrets};
use crate::store::client::Client;

/// How long the engine may take until it answers; loading large tables counts.
const START_LIMIT: Duration = Duration::from_mins(1);
const POLL_INTERVAL: Duration = Duration::from_millis(25);
/// How long the engine may take to end when asked.
const STOP_LIMIT: Duration = Duration::from_secs(10);
/// How the engine says that another process works in its folder …
const FOLDER_IS_HELD: &str = "Another server instance in same directory is already running";
/// … how long that may be the engine of a service that was killed, and how often we look.
const ORPHAN_LIMIT: Duration = Duration::from_secs(15);
const ORPHAN_PAUSE: Duration = Duration::from_millis(200);
const BACKOFF_FIRST: Duration = Duration::from_millis(50);
const BACKOFF_LONGEST: Duration = Duration::from_secs(10);
/// An engine that lived this long starts with the shortest pause again.
const HEALTHY_AFTER: Duration = Duration::from_secs(5);
/// Lines of the engine's stderr that are kept to explain its end.
const LAST_WORDS_LINES: usize = 8;
/// How long the last lines of an engine that has ended may take to be read.
const LAST_WORDS_LIMIT: Duration = Duration::from_secs(1);

/// The running engine. Dropping it ends the child, for its stdin closes.
pub struct Engine {
    client: Client,
    stopping: watch::Sender<bool>,
    supervisor: JoinHandle<()>,
    pid: watch::Receiver<u32>,
}

impl Engine {
    /// Starts the engine, waits for its first answer and watches over it from then on.
    pub async fn start(config: EngineConfig) -> Result<Self, EngineError> {
        let (run, client) = start_first(&config).await?;
        let (stopping, stop_asked) = watch::channel(false);
        let (pid_sender, pid) = watch::channel(run.pid);
        let supervisor = tokio::spawn(supervise(config, run, client.clone(), stop_asked, pid_sender));
        Ok(Self { client, stopping, supervisor, pid })
    }

    /// Returns a handle that follows the engine through its restarts.
    #[must_use]
    pub fn client(&self) -> Client {
        self.client.clone()
    }

    /// Returns the process id of the child as it is now.
    #[must_use]
    pub fn pid(&self) -> u32 {
        *self.pid.borrow()
    }

    /// Returns a view of the child's process id that outlives this value.
    #[must_use]
    pub fn pid_watch(&self) -> watch::Receiver<u32> {
        self.pid.clone()
    }

    /// Ends the engine cleanly and waits for it.
    pub async fn stop(self) {
        // TRICKY: the engine waits five seconds for connections that are kept open, so we let go of ours first.
        self.client.move_to(self.client.endpoint());
        // Both fail only when the supervisor is gone already.
        let _ = self.stopping.send(true);
        let _ = self.supervisor.await;
    }
}

/// One life of the child.
struct Run {
    child: Child,
    /// The child lives as long as this end of the pipe. TRICKY: kept apart from `child`, whose `wait` would drop it.
    lifeline: Option<ChildStdin>,
    pid: u32,
    since: Instant,
    last_words: LastWords,
    /// Reads the child's stderr to its end.
    listener: Option<JoinHandle<()>>,
}

impl Run {
    /// Returns what the child said before it ended. All of it: the end of a process is told before its last line is read.
    async fn last_words(&mut self) -> String {
        if let Some(listener) = self.listener.take() {
            // Whoever else holds the pipe is not worth waiting for.
            let _ = tokio::time::timeout(LAST_WORDS_LIMIT, listener).await;
        }
        self.last_words.text()
    }
}

/// Starts the engine for the first time. One that a killed service left behind may still hold the folder: it ends by itself.
async fn start_first(config: &EngineConfig) -> Result<(Run, Client), EngineError> {
    let since = Instant::now();
    loop {
        match start_once(config, None).await {
            Err(EngineError::Ended { last_words, .. })
                if last_words.contains(FOLDER_IS_HELD) && since.elapsed() < ORPHAN_LIMIT =>
            {
                tracing::warn!("the engine of a service that was killed still holds the data, waiting for its end");
                tokio::time::sleep(ORPHAN_PAUSE).await;
            }
            started => return started,
        }
    }
}

async fn start_once(config: &EngineConfig, client: Option<&Client>) -> Result<(Run, Client), EngineError> {
    let secrets = Secrets::new();
    config.write_files(&secrets)?;
    let port = free_port().map_err(EngineError::Spawn)?;
    let mut child = Command::new(&config.executable)
        .arg("engine")
        .arg("--library")
        .arg(&config.library)
        .arg("--config-file")
        .arg(config.config_file())
        .arg("--data-folder")
        .arg(config.data_folder())
        .arg("--http-port")
        .arg(port.to_string())
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        // Ctrl-C in a terminal goes to the whole group: the engine must outlive us to take the last rows.
        .process_group(0)
        .kill_on_drop(true)
        .spawn()
        .map_err(EngineError::Spawn)?;
    let last_words = LastWords::default();
    let listener = child.stderr.take().map(|stderr| tokio::spawn(last_words.clone().listen(stderr)));
    let endpoint = secrets.endpoint(port);
    let since = Instant::now();
    let pid = child.id().unwrap_or_default();
    let lifeline = child.stdin.take();
    let mut run = Run { child, lifeline, pid, since, last_words, listener };
    let probe = Client::new(endpoint.clone());
    wait_until_ready(&mut run, &probe).await?;
    config.write_endpoint(&endpoint)?;
    tracing::info!(engine.pid = pid, engine.start_ms = since.elapsed().as_millis(), "engine ready");
    match client {
        Some(client) => {
            client.move_to(endpoint);
            Ok((run, client.clone()))
        }
        None => Ok((run, probe)),
    }
}

async fn wait_until_ready(run: &mut Run, probe: &Client) -> Result<(), EngineError> {
    loop {
        if let Ok(Ok(_)) = tokio::time::timeout(Duration::from_secs(5), probe.version()).await {
            return Ok(());
        }
        if let Ok(Some(status)) = run.child.try_wait() {
            return Err(EngineError::Ended { status: describe(status), last_words: run.last_words().await });
        }
        if run.since.elapsed() > START_LIMIT {
            return Err(EngineError::Silent { seconds: START_LIMIT.as_secs(), last_words: run.last_words.text() });
        }
        tokio::time::sleep(POLL_INTERVAL).await;
    }
}

async fn supervise(
    config: EngineConfig,
    first: Run,
    client: Client,
    mut stop_asked: watch::Receiver<bool>,
    pid: watch::Sender<u32>,
) {
    let mut run = first;
    let mut backoff = BACKOFF_FIRST;
    loop {
        tokio::select! {
            status = run.child.wait() => {
                let status = status.map_or_else(|error| error.to_string(), describe);
                let last_words = run.last_words().await;
                tracing::warn!(engine.pid = run.pid, status, last_words, "engine ended, it is started again");
            }
            () = asked(&mut stop_asked) => return end(run).await,
        }
        if run.since.elapsed() > HEALTHY_AFTER {
            backoff = BACKOFF_FIRST;
        }
        run = loop {
            tokio::select! {
                () = tokio::time::sleep(backoff) => {}
                () = asked(&mut stop_asked) => return,
            }
            backoff = (backoff * 2).min(BACKOFF_LONGEST);
            match start_once(&config, Some(&client)).await {
                Ok((run, _)) => break run,
                Err(error) => tracing::error!(%error, "the engine does not start, trying again"),
            }
        };
        // Fails only when nobody watches any more.
        let _ = pid.send(run.pid);
    }
}

/// Waits until the engine is to stop; a parent that is gone asks for it too.
async fn asked(stop: &mut watch::Receiver<bool>) {
    let _ = stop.wait_for(|&asked| asked).await;
}

/// Closes the child's stdin, which ends its main query, and waits.
async fn end(mut run: Run) {
    drop(run.lifeline.take());
    if tokio::time::timeout(STOP_LIMIT, run.child.wait()).await.is_err() {
        tracing::warn!(engine.pid = run.pid, "the engine does not end, killing it");
        if let Err(error) = run.child.kill().await {
            tracing::error!(engine.pid = run.pid, %error, "the engine cannot be killed");
        }
    }
}

fn free_port() -> std::io::Result<u16> {
    Ok(TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port())
}

fn describe(status: ExitStatus) -> String {
    status.to_string()
}

/// The last lines that the engine wrote to stderr.
#[derive(Clone, Default)]
struct LastWords {
    lines: Arc<Mutex<VecDeque<String>>>,
}

impl LastWords {
    async fn listen(self, stderr: tokio::process::ChildStderr) {
        let mut lines = BufReader::new(stderr).lines();
        while let Ok(Some(line)) = lines.next_line().await {
            tracing::debug!(engine.line = line, "engine says");
            let mut kept = self.lines.lock().unwrap_or_else(PoisonError::into_inner);
            if kept.len() == LAST_WORDS_LINES {
                kept.pop_front();
            }
            kept.push_back(line);
        }
    }

    fn text(&self) -> String {
        let kept = self.lines.lock().unwrap_or_else(PoisonError::into_inner);
        kept.iter().map(String::as_str).collect::<Vec<_>>().join(" | ")
    }
}
