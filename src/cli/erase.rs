//! Owns `heatline erase`: removes data of a site for good.

use std::time::Duration;

use clap::Args;
use jiff::{Timestamp, civil::Date};

use super::{
    CliError, output,
    site::parse_name,
    store::{Borrowed, note_change},
};
use crate::{
    app::DEAD_LETTER_FOLDER,
    config::Config,
    control::Control,
    enrich::canonical_path,
    model::Pathname,
    spool::dead_letter::DeadLetters,
    store::erase::{Erasure, Progress},
    transfer::{self, Eraser, Stage},
};

/// How long rows that wait for ClickHouse may take to get there.
const WAITING_LIMIT: Duration = Duration::from_mins(1);
/// How long it may take to say how far it is.
const TOLD_EVERY: Duration = Duration::from_secs(2);

#[derive(Args)]
pub struct EraseArgs {
    #[arg(long)]
    site: String,
    /// Only rows of this path; it is also taken out of visits that began there
    #[arg(long)]
    path: Option<String>,
    /// First day, in the time zone of the site: 2026-01-31
    #[arg(long, value_name = "DAY")]
    from: Option<Date>,
    /// Last day
    #[arg(long, value_name = "DAY")]
    to: Option<Date>,
    /// Do it; otherwise it is only told what would go
    #[arg(long)]
    yes: bool,
}

pub async fn run(args: EraseArgs, config: &Config) -> Result<(), CliError> {
    let pathname = args.path.as_deref().map(canonical_path).transpose();
    let pathname = pathname.map_err(|error| CliError::Other(format!("--path: {error}")))?.map(Pathname::into_string);
    let days = transfer::days(args.from, args.to).map_err(|error| CliError::Other(format!("--from: {error}")))?;
    let control = Control::open(&config.control_url).await?;
    let site = control.site(&parse_name(&args.site)?).await;
    control.close().await;
    let erasure = Erasure {
        site_id: site?.id.get(),
        days: (args.from.is_some() || args.to.is_some()).then_some(days),
        before_ms: Timestamp::now().as_millisecond(),
        pathname,
    };
    let waiting = super::store::waiting(config)?;
    let store = Borrowed::open(config).await?;
    let letters = DeadLetters::new(config.data_dir.join(DEAD_LETTER_FOLDER));
    let eraser = Eraser::new(store.client.clone(), letters, waiting);
    let done = if args.yes { erase(&eraser, &erasure).await } else { foretell(&eraser, &erasure).await };
    store.close().await;
    if args.yes {
        note_change(config);
    }
    done
}

/// Says what would go.
async fn foretell(eraser: &Eraser, erasure: &Erasure) -> Result<(), CliError> {
    let tables = eraser.count(erasure).await.map_err(|error| CliError::Other(error.to_string()))?;
    let rows: Vec<Vec<String>> =
        tables.iter().map(|table| vec![table.table.to_owned(), table.rows.to_string()]).collect();
    output::table(&["TABLE", "ROWS"], &rows)?;
    Err(CliError::Other("nothing was erased; say --yes to erase these rows for good".to_owned()))
}

async fn erase(eraser: &Eraser, erasure: &Erasure) -> Result<(), CliError> {
    let mut waited = Duration::ZERO;
    loop {
        let stage = eraser.erase(erasure, TOLD_EVERY).await;
        match stage.map_err(|error| CliError::Other(format!("{error}; the same command goes on")))? {
            Stage::Done => return output::line("Erased."),
            Stage::Erasing(tables) => output::progress(&left(&tables)),
            Stage::Waiting if waited < WAITING_LIMIT => {
                waited += TOLD_EVERY;
                output::progress("events that came before wait for ClickHouse …");
            }
            Stage::Waiting => {
                let why = "events that came before still wait for ClickHouse: start the service, and say it again";
                return Err(CliError::Other(why.to_owned()));
            }
        }
    }
}

fn left(tables: &[Progress]) -> String {
    let left = tables.iter().filter(|table| !table.is_done());
    let parts: Vec<String> = left.map(|table| format!("{} rows of {}", table.rows, table.table)).collect();
    format!("left: {} …", parts.join(", "))
}
