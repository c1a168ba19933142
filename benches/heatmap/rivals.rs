//! Owns the runs of other renderers, each a process of its own under `benches/rivals`. It does not install them.

use std::{
    error::Error,
    fs::File,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use serde::Deserialize;

use crate::drawing::Measured;

/// Longest run of a rival, the reading of its points included.
const LONGEST: Duration = Duration::from_secs(150);
/// What JavaScript may take for ten million points as objects.
const NODE_MEMORY: &str = "--max-old-space-size=4096";

/// One renderer to compare with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rival {
    HeatmapJs,
    Simpleheat,
    Scipy,
}

/// What a rival says when it is done.
#[derive(Deserialize)]
struct Said {
    ms: f64,
    bytes: usize,
    peak_mib: f64,
}

impl Rival {
    pub const ALL: [Self; 3] = [Self::HeatmapJs, Self::Simpleheat, Self::Scipy];

    pub const fn name(self) -> &'static str {
        match self {
            Self::HeatmapJs => "heatmap.js 2.0.5, Node canvas",
            Self::Simpleheat => "simpleheat 0.4.0, Node canvas",
            Self::Scipy => "SciPy `gaussian_filter` + Pillow",
        }
    }

    fn command(self, points: &Path, rounds: u32) -> Command {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/rivals");
        let mut command = match self {
            Self::HeatmapJs | Self::Simpleheat => {
                let library = if self == Self::HeatmapJs { "heatmap.js" } else { "simpleheat" };
                let mut command = Command::new("node");
                command.arg(NODE_MEMORY).arg(folder.join("canvas.cjs")).arg(library);
                command
            }
            Self::Scipy => {
                let mut command = Command::new(python());
                command.arg(folder.join("gaussian.py"));
                command
            }
        };
        command.arg(points).arg(rounds.to_string());
        command
    }

    /// Runs it; the text says why there is no result.
    pub fn run(self, points: &Path, rounds: u32) -> Result<Measured, String> {
        self.try_run(points, rounds).map_err(|error| format!("not run: {error}"))
    }

    fn try_run(self, points: &Path, rounds: u32) -> Result<Measured, Box<dyn Error>> {
        let said = points.with_extension("json");
        let mut command = self.command(points, rounds);
        let mut child = command.stdin(Stdio::null()).stdout(File::create(&said)?).spawn()?;
        let started = Instant::now();
        let status = loop {
            if let Some(status) = child.try_wait()? {
                break status;
            }
            if started.elapsed() > LONGEST {
                child.kill()?;
                child.wait()?;
                return Err(format!("over {} s", LONGEST.as_secs()).into());
            }
            thread::sleep(Duration::from_millis(50));
        };
        if !status.success() {
            return Err(format!("it ended with {status}").into());
        }
        let Said { ms, bytes, peak_mib } = serde_json::from_reader(File::open(said)?)?;
        Ok(Measured { ms, bytes, peak_mib })
    }
}

/// The Python that `make bench-heatmap` has put `SciPy` into.
fn python() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("target/rivals/bin/python")
}
