//! Owns the servers under load, each a child process: how they start, where they listen, how they end.

use std::{
    env,
    error::Error,
    fs::File,
    io::{BufRead as _, BufReader, Lines},
    net::SocketAddr,
    path::{Path, PathBuf},
    process::{Child, ChildStdout, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

use crate::inputs;

/// How long a server may take to end when asked; the service may drain its queue for 30 s.
const END_LIMIT: Duration = Duration::from_secs(45);

/// A child process that listens. Dropping it ends it.
pub struct Server {
    pub address: SocketAddr,
    child: Child,
    /// Held open: a server that writes into a closed pipe fails.
    output: Lines<BufReader<ChildStdout>>,
}

impl Server {
    /// Starts this very program as the bare server.
    pub fn bare() -> Result<Self, Box<dyn Error>> {
        Self::start(Command::new(env::current_exe()?).arg("--bare").stdin(Stdio::piped()))
    }

    fn start(command: &mut Command) -> Result<Self, Box<dyn Error>> {
        let mut child = command.stdout(Stdio::piped()).spawn()?;
        let output = BufReader::new(child.stdout.take().ok_or("the child has no stdout")?).lines();
        // The true address comes with the first line.
        let mut server = Self { address: SocketAddr::from(([127, 0, 0, 1], 0)), child, output };
        server.address = server.next_address()?;
        Ok(server)
    }

    /// Returns the next address that the server prints.
    fn next_address(&mut self) -> Result<SocketAddr, Box<dyn Error>> {
        for line in self.output.by_ref() {
            if let Some((_, address)) = line?.split_once("http://") {
                let address = address.split('/').next().unwrap_or_default();
                return Ok(address.trim().parse()?);
            }
        }
        Err("the server ended before it listened; see target/bench/heatline.log".into())
    }

    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    fn end(&mut self) -> Result<(), Box<dyn Error>> {
        if self.child.try_wait()?.is_some() {
            return Ok(());
        }
        kill_process(Pid::from_child(&self.child), Signal::TERM)?;
        let asked_at = Instant::now();
        while self.child.try_wait()?.is_none() {
            if asked_at.elapsed() > END_LIMIT {
                self.child.kill()?;
            }
            thread::sleep(Duration::from_millis(20));
        }
        Ok(())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Err(error) = self.end() {
            eprintln!("server {} did not end well: {error}", self.child.id());
        }
    }
}

/// The service in a new data folder with one site, and a key to ask for its numbers.
pub struct Service {
    pub server: Server,
    pub internal: SocketAddr,
    pub key: String,
    binary: PathBuf,
    /// Removed after the server has ended.
    folder: TempDir,
}

/// Limits for each sender and site, which one machine that sends for all would meet at once.
const LIMITS_OFF: [&str; 2] = ["--sender-events-per-second", "--site-events-per-second"];

impl Service {
    /// Prepares the folder and starts the release binary, or the one that `HEATLINE_TEST_BINARY` names.
    pub fn start(log: &Path) -> Result<Self, Box<dyn Error>> {
        let binary = env::var_os("HEATLINE_TEST_BINARY")
            .map_or_else(|| PathBuf::from(env!("CARGO_BIN_EXE_heatline")), PathBuf::from);
        let folder = tempfile::Builder::new().prefix("load-").tempdir_in(env!("CARGO_TARGET_TMPDIR"))?;
        let command = |args: &[&str]| command(&binary, folder.path(), args);
        output(command(&["site", "add", inputs::SITE, "--hostnames", "*"]))?;
        let key = output(command(&["key", "create", "--name", "bench", "--scopes", "stats"]))?;
        let key = key.lines().last().unwrap_or_default().trim().to_owned();

        let (server, internal) = serve(&binary, folder.path(), log)?;
        Ok(Self { server, internal, key, binary, folder })
    }

    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Ends the service, which empties its queue, and starts it again in the same folder. Returns how long the start took until it
    /// listened.
    pub fn restart(&mut self, log: &Path) -> Result<Duration, Box<dyn Error>> {
        self.server.end()?;
        let began = Instant::now();
        (self.server, self.internal) = serve(&self.binary, self.folder.path(), log)?;
        Ok(began.elapsed())
    }

    /// Changes settings of the site; the running service hears of it within a second or so.
    pub fn change_site(&self, settings: &[&str]) -> Result<(), Box<dyn Error>> {
        let args = [&["site", "set", inputs::SITE], settings].concat();
        output(command(&self.binary, self.folder.path(), &args)).map(drop)
    }
}

fn serve(binary: &Path, folder: &Path, log: &Path) -> Result<(Server, SocketAddr), Box<dyn Error>> {
    let help = output(command(binary, folder, &["serve", "--help"]))?;
    let mut serve = command(binary, folder, &["serve", "--listen", "127.0.0.1:0", "--internal-listen", "127.0.0.1:0"]);
    serve.args(["--durability", "fsync"]);
    for flag in LIMITS_OFF.into_iter().filter(|flag| help.contains(flag)) {
        serve.args([flag, "0"]);
    }
    let mut server = Server::start(serve.stderr(File::create(log)?))?;
    let internal = server.next_address()?;
    Ok((server, internal))
}

fn command(binary: &Path, folder: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(binary);
    command.args(args).arg("--data-dir").arg(folder).stdin(Stdio::null());
    command
}

fn output(mut command: Command) -> Result<String, Box<dyn Error>> {
    let output = command.stderr(Stdio::inherit()).output()?;
    if !output.status.success() {
        return Err(format!("{command:?} failed: {}", output.status).into());
    }
    Ok(String::from_utf8(output.stdout)?)
}
