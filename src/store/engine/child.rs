//! Owns the child's side: what `heatline engine` does. It lives until its stdin closes.

use std::path::{Path, PathBuf};

use super::{EngineError, library};

/// Arguments of the hidden command.
#[derive(Debug, Clone, clap::Args)]
pub struct ChildArgs {
    #[arg(long)]
    pub library: PathBuf,
    #[arg(long)]
    pub config_file: PathBuf,
    #[arg(long)]
    pub data_folder: PathBuf,
    #[arg(long)]
    pub http_port: u16,
}

/// How much the engine gives way to the service: what arrives is taken in first, and a report waits a little longer. One step of ten
/// is a share of the core of a tenth; at five it still has a quarter of a core that both want, so that the queue does not grow.
const NICE: i32 = 5;

/// Runs the engine and returns its exit code when it has ended.
pub fn run(args: &ChildArgs) -> Result<i32, EngineError> {
    // Before the engine starts its threads, which inherit it.
    if let Err(error) = rustix::process::setpriority_process(None, NICE) {
        tracing::debug!(%error, "the engine has the priority of the service");
    }
    library::run(&args.library, &command_line(args))
}

fn command_line(args: &ChildArgs) -> Vec<String> {
    // The last query reads stdin to its end and so keeps the engine alive exactly as long as the parent
    // holds the other end of the pipe: the kernel closes it even after `kill -9`.
    let main_query = "SYSTEM START LISTEN HTTP; SELECT * FROM file('/dev/stdin', 'LineAsString') FORMAT Null";
    vec![
        "clickhouse-local".to_owned(),
        format!("--config-file={}", args.config_file.display()),
        format!("--path={}/", trim_slash(&args.data_folder)),
        format!("--http_port={}", args.http_port),
        "--listen_host=127.0.0.1".to_owned(),
        format!("--query={main_query}"),
    ]
}

fn trim_slash(path: &Path) -> String {
    path.display().to_string().trim_end_matches('/').to_owned()
}
