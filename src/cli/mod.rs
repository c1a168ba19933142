//! Owns the command line: what can be said, and which file does it. No logic of its own.

mod annotation;
mod badge;
mod capture;
mod dead_letter;
mod doctor;
mod erase;
mod export;
mod goal;
mod heatmap;
mod import;
mod key;
mod map;
mod migrate;
mod output;
mod prop;
mod segment;
mod serve;
mod site;
mod store;
mod top;
mod user;

use std::{collections::BTreeMap, path::PathBuf, process::ExitCode};

use clap::{Parser, Subcommand};

use crate::{
    config::{Config, ConfigError, RawConfig},
    store::engine::child,
};

/// Self-hosted visitor analytics and heat maps.
///
/// `heatline serve --demo` starts everything on this machine; the printed link makes the first user.
#[derive(Parser)]
#[command(name = "heatline", version, about, long_about = None, max_term_width = 110)]
struct CommandLine {
    #[command(subcommand)]
    command: Command,

    /// Settings file [default: heatline.toml, if it is there]
    #[arg(long, value_name = "FILE", global = true)]
    config: Option<PathBuf>,

    #[command(flatten)]
    settings: RawConfig,
}

#[derive(Subcommand)]
enum Command {
    /// Run the service until it is told to stop
    Serve,
    /// Bring both databases up to date and end
    Migrate,
    /// Say what is right and what is wrong with this installation
    Doctor,
    /// Add, list, change or remove sites
    #[command(subcommand)]
    Site(site::SiteCommand),
    /// Add, list or remove users of the dashboard
    #[command(subcommand)]
    User(user::UserCommand),
    /// Create, list or revoke API keys
    #[command(subcommand)]
    Key(key::KeyCommand),
    /// Add, list or remove the goals of a site: what visitors should do
    #[command(subcommand)]
    Goal(goal::GoalCommand),
    /// Add, list or remove segments of a site: filters with a name
    #[command(subcommand)]
    Segment(segment::SegmentCommand),
    /// Add, list or remove the properties of events that a site shows in reports
    #[command(subcommand)]
    Prop(prop::PropCommand),
    /// Add, list or remove annotations of a site: what happened when
    #[command(subcommand)]
    Annotation(annotation::AnnotationCommand),
    /// Write the heat map of a page as PNG or JSON
    Heatmap(heatmap::HeatmapArgs),
    /// Take a picture of a page with the Chromium of this machine, to lie under its heat maps
    Capture(capture::CaptureArgs),
    /// Write the badge of a site as SVG
    Badge(badge::BadgeArgs),
    /// Show who is on a site, in this terminal
    Top(top::TopArgs),
    /// Write the map of a site's visitors as SVG or PNG
    Map(map::MapArgs),
    /// Write all rows of a site
    Export(export::ExportArgs),
    /// Read rows of another installation, or of another program
    Import(import::ImportArgs),
    /// Remove data of a site for good: of all or of some days, of all or of one path
    Erase(erase::EraseArgs),
    /// List, insert again or drop the rows that ClickHouse refused
    #[command(subcommand)]
    DeadLetter(dead_letter::DeadLetterCommand),
    /// The embedded engine; started by serve
    #[command(hide = true)]
    Engine(child::ChildArgs),
}

/// Why a command failed: one line for the person at the terminal.
#[derive(Debug, thiserror::Error)]
pub enum CliError {
    #[error(transparent)]
    Config(#[from] ConfigError),
    #[error(transparent)]
    App(#[from] crate::app::AppError),
    #[error(transparent)]
    Control(#[from] crate::control::ControlError),
    #[error(transparent)]
    Store(#[from] crate::store::StoreError),
    #[error(transparent)]
    Engine(#[from] crate::store::engine::EngineError),
    #[error(transparent)]
    Heatmap(#[from] crate::heatmap::HeatmapError),
    #[error(transparent)]
    Screenshot(#[from] crate::screenshots::ScreenshotError),
    #[error(transparent)]
    Capture(#[from] crate::capture::CaptureError),
    #[error(transparent)]
    Top(#[from] crate::top::TopError),
    #[error("cannot write {path}: {source}")]
    Write { path: String, source: std::io::Error },
    #[error("cannot write to the terminal: {0}")]
    Output(#[from] std::io::Error),
    #[error("{0}")]
    Other(String),
}

/// Runs the command of this process and returns its exit code.
pub fn main() -> ExitCode {
    let line = CommandLine::parse();
    if let Command::Engine(args) = &line.command {
        return run_engine(args);
    }
    let environment: BTreeMap<String, String> = std::env::vars().collect();
    let done = Config::load(&line.settings, &environment, line.config).map_err(CliError::from).and_then(|config| {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
        runtime.block_on(run(line.command, config))
    });
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            output::complain(&error);
            ExitCode::FAILURE
        }
    }
}

async fn run(command: Command, config: Config) -> Result<(), CliError> {
    match command {
        Command::Serve => serve::run(config).await,
        Command::Migrate => migrate::run(&config).await,
        Command::Doctor => doctor::run(&config).await,
        Command::Site(command) => site::run(command, &config).await,
        Command::User(command) => user::run(command, &config).await,
        Command::Key(command) => key::run(command, &config).await,
        Command::Goal(command) => goal::run(command, &config).await,
        Command::Segment(command) => segment::run(command, &config).await,
        Command::Prop(command) => prop::run(command, &config).await,
        Command::Annotation(command) => annotation::run(command, &config).await,
        Command::Heatmap(args) => heatmap::run(args, &config).await,
        Command::Capture(args) => capture::run(args, &config).await,
        Command::Badge(args) => badge::run(args, &config).await,
        Command::Top(args) => top::run(args, &config).await,
        Command::Map(args) => map::run(args, &config).await,
        Command::Export(args) => export::run(args, &config).await,
        Command::Import(args) => import::run(args, &config).await,
        Command::Erase(args) => erase::run(args, &config).await,
        Command::DeadLetter(command) => dead_letter::run(command, &config).await,
        // Handled before the runtime exists: the engine brings its own threads.
        Command::Engine(args) => child::run(&args).map(|_code| ()).map_err(CliError::from),
    }
}

fn run_engine(args: &child::ChildArgs) -> ExitCode {
    match child::run(args) {
        Ok(_) => ExitCode::SUCCESS,
        Err(error) => {
            output::complain(&error);
            ExitCode::FAILURE
        }
    }
}
