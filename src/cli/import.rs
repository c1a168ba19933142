//! Owns `heatline import`: rows of another installation, or of another program.

use std::{
    fs::File,
    io,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use clap::Args;

use super::{
    CliError, output,
    site::parse_name,
    store::{Borrowed, note_change},
};
use crate::{
    config::Config,
    control::Control,
    enrich::{Agents, SiteRules},
    transfer::{ImportReport, Target, import, import_file},
};

/// How often it is told how far it is.
const TOLD_EVERY: Duration = Duration::from_secs(2);

#[derive(Args)]
pub struct ImportArgs {
    /// Site that the rows are counted for
    #[arg(long)]
    site: String,
    /// An export of Heatline (NDJSON) or of GoatCounter (CSV, version 2), also compressed with gzip, or of Plausible (zip);
    /// - for stdin, which takes no zip
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

pub async fn run(args: ImportArgs, config: &Config) -> Result<(), CliError> {
    let control = Control::open(&config.control_url).await?;
    let prepared = async {
        let site = control.site(&parse_name(&args.site)?).await?;
        let import_key = control.import_key(site.id).await?;
        Ok::<_, CliError>((site, import_key))
    };
    let prepared = prepared.await;
    control.close().await;
    let (site, import_key) = prepared?;
    let failed = |source: io::Error| CliError::Other(format!("cannot read {}: {source}", args.file.display()));
    let file = if args.file == Path::new("-") { None } else { Some(File::open(&args.file).map_err(failed)?) };
    let agents = Agents::new().map_err(crate::app::AppError::from)?;
    let target = Target { site: &site, import_key, agents: &agents, rules: SiteRules::new(&site) };
    let store = Borrowed::open(config).await?;
    let mut told = Instant::now();
    let progress = |report: &ImportReport| {
        if told.elapsed() >= TOLD_EVERY {
            told = Instant::now();
            output::progress(&line(report));
        }
    };
    let imported = match file {
        Some(file) => import_file(&store.client, &target, file, progress).await,
        None => import(&store.client, &target, io::stdin(), progress).await,
    };
    store.close().await;
    note_change(config);
    let report = imported.map_err(|error| {
        CliError::Other(format!("{error}; what was stored stays, and the same command goes on where this one ended"))
    })?;
    output::progress(&line(&report));
    for complaint in &report.complaints {
        output::progress(complaint);
    }
    output::line(format!("Stored {} rows for {}; {} were there already.", report.stored, site.name, report.known))?;
    match (report.rejected, report.promised) {
        (0, Some(promised)) if promised > report.stored + report.known => {
            Err(CliError::Other(format!("the export tells of {promised} rows: a part of the file is missing")))
        }
        (0, _) => Ok(()),
        (wrong, _) => Err(CliError::Other(format!("{wrong} lines are wrong and were left out"))),
    }
}

fn line(report: &ImportReport) -> String {
    let ImportReport { bytes, stored, known, robots, rejected, .. } = report;
    format!("{bytes} bytes read: {stored} rows stored, {known} there already, {robots} of robots, {rejected} wrong")
}
