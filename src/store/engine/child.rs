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

/// Runs the engine and returns its exit code when it has ended.
pub fn run(args: &ChildArgs) -> Result<i32, EngineError> {
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
