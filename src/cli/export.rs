//! Owns `heatline export`: all rows of a site, as lines.

use std::{
    fs::File,
    io::{self, BufWriter, Write},
    path::{Path, PathBuf},
};

use clap::{Args, ValueEnum};
use jiff::{Timestamp, civil::Date};

use super::{CliError, output, site::parse_name, store::Borrowed};
use crate::{
    config::Config,
    control::Control,
    store::{
        block::Table,
        export::{Form, TABLES},
    },
    transfer::{self, EVERYTHING, Export, Settled, cursor::Extent},
};

/// Rows after which a person who waits is told.
const TOLD_AFTER_ROWS: u64 = 500_000;

#[derive(Args)]
pub struct ExportArgs {
    #[arg(long)]
    site: String,
    /// First day, in the time zone of the site: 2026-01-31
    #[arg(long, value_name = "DAY")]
    from: Option<Date>,
    /// Last day
    #[arg(long, value_name = "DAY")]
    to: Option<Date>,
    /// What to export
    #[arg(long, value_enum, default_value = "all", default_value_if("format", "csv", "events"))]
    table: TableArg,
    /// Form of the rows; CSV has one table
    #[arg(long, value_enum, default_value = "ndjson")]
    format: FormatArg,
    /// Go on where an earlier export ended: only what has arrived since
    #[arg(long)]
    cursor: Option<String>,
    /// File to write, - for the terminal
    #[arg(short, long, value_name = "FILE", default_value = "-")]
    output: PathBuf,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum FormatArg {
    Ndjson,
    Csv,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum TableArg {
    All,
    Events,
    Clicks,
    Moves,
    Scrolls,
    Layouts,
}

impl TableArg {
    fn tables(self) -> Vec<Table> {
        match self {
            Self::All => TABLES.to_vec(),
            Self::Events => vec![Table::Events],
            Self::Clicks => vec![Table::Clicks],
            Self::Moves => vec![Table::Moves],
            Self::Scrolls => vec![Table::Scrolls],
            Self::Layouts => vec![Table::Layouts],
        }
    }
}

pub async fn run(args: ExportArgs, config: &Config) -> Result<(), CliError> {
    let form = match args.format {
        FormatArg::Ndjson => Form::Ndjson,
        FormatArg::Csv if args.table == TableArg::All => {
            return Err(CliError::Other("--table: a CSV file has one table".to_owned()));
        }
        FormatArg::Csv => Form::Csv,
    };
    let days = transfer::days(args.from, args.to).map_err(|error| CliError::Other(format!("--from: {error}")))?;
    let control = Control::open(&config.control_url).await?;
    let site = control.site(&parse_name(&args.site)?).await;
    control.close().await;
    let extent = Extent { site: site?.id, tables: args.table.tables(), days };
    let after_ms = match &args.cursor {
        Some(cursor) => extent.read_cursor(cursor).map_err(|error| CliError::Other(format!("--cursor: {error}")))?,
        None => EVERYTHING,
    };
    let until_ms = Settled::new(super::store::waiting(config)?).until_ms(Timestamp::now().as_millisecond())?;
    let store = Borrowed::open(config).await?;
    let mut export = Export::new(store.client.clone(), &extent, form, after_ms, until_ms);
    let written = write(&mut export, &args.output).await;
    store.close().await;
    written?;
    output::progress(&format!("{} lines. What comes from now on: --cursor {}", export.rows(), export.cursor()));
    Ok(())
}

async fn write(export: &mut Export, path: &Path) -> Result<(), CliError> {
    let failed = |source: io::Error| CliError::Write { path: path.display().to_string(), source };
    let mut file: Box<dyn Write> =
        if path == Path::new("-") { Box::new(io::stdout()) } else { Box::new(File::create(path).map_err(failed)?) };
    let mut file = BufWriter::new(&mut file);
    let mut told = 0;
    while let Some(piece) = export.next().await? {
        file.write_all(&piece).map_err(failed)?;
        if export.rows() >= told + TOLD_AFTER_ROWS {
            told = export.rows();
            output::progress(&format!("{told} lines …"));
        }
    }
    file.flush().map_err(failed)
}
