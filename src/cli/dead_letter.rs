//! Owns `heatline dead-letter …`: the rows that ClickHouse refused, which wait for a person.

use std::collections::{HashMap, HashSet};

use clap::{Args, Subcommand};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::{CliError, output, store::Borrowed};
use crate::{
    app::DEAD_LETTER_FOLDER,
    config::Config,
    control::Control,
    spool::{
        dead_letter::{DeadLetter, DeadLetters},
        record::{self, Record},
    },
    store::{
        InsertFault,
        block::{Blocks, NativeBlock},
    },
};

/// Letters that are removed together: far fewer than the tokens that ClickHouse remembers, so that a replay which is cut
/// off can be repeated.
const REMOVED_TOGETHER: usize = 100;
/// Longest reason in the table, characters.
const SHOWN_REASON: usize = 100;

#[derive(Subcommand)]
pub enum DeadLetterCommand {
    /// List the rows that ClickHouse refused, with the reason
    ///
    /// The service keeps such rows in DATA/dead-letter and goes on with the rest of their batch. Look at the reason, remove
    /// it, and replay them.
    List {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Insert rows again, once the reason for their refusal is gone
    ///
    /// Rows that are stored are no dead letters any more; those that are refused again stay, and the command fails. It may
    /// be repeated at any time, also beside a running service: no row is stored twice.
    Replay {
        #[command(flatten)]
        chosen: Chosen,
        /// Say what would be inserted, and insert nothing
        #[arg(long)]
        dry_run: bool,
    },
    /// Remove rows for good
    Drop {
        #[command(flatten)]
        chosen: Chosen,
    },
}

#[derive(Args)]
pub struct Chosen {
    /// Names as `heatline dead-letter list` prints them
    #[arg(value_name = "NAME", required_unless_present = "all", conflicts_with = "all")]
    names: Vec<String>,
    /// All that there are
    #[arg(long)]
    all: bool,
}

impl Chosen {
    /// Returns the chosen ones among all letters; each name must be there.
    fn among(&self, letters: Vec<DeadLetter>) -> Result<Vec<DeadLetter>, CliError> {
        if self.all {
            return Ok(letters);
        }
        let mut missing: HashSet<&str> = self.names.iter().map(String::as_str).collect();
        let mut chosen = letters;
        chosen.retain(|letter| missing.remove(letter.name().as_str()));
        match self.names.iter().find(|name| missing.contains(name.as_str())) {
            None => Ok(chosen),
            Some(name) => Err(CliError::Other(format!("no such dead letter: {name}"))),
        }
    }
}

pub async fn run(command: DeadLetterCommand, config: &Config) -> Result<(), CliError> {
    let letters = DeadLetters::new(config.data_dir.join(DEAD_LETTER_FOLDER));
    match command {
        DeadLetterCommand::List { json } => list(&letters.list()?, json, config).await,
        DeadLetterCommand::Replay { chosen, dry_run: true } => foretell(&chosen.among(letters.list()?)?),
        DeadLetterCommand::Replay { chosen, dry_run: false } => {
            replay(&letters, &chosen.among(letters.list()?)?, config).await
        }
        DeadLetterCommand::Drop { chosen } => {
            let removed = letters.remove(&names(&chosen.among(letters.list()?)?))?;
            output::line(format!("Removed {}.", counted(removed)))
        }
    }
}

async fn list(letters: &[DeadLetter], as_json: bool, config: &Config) -> Result<(), CliError> {
    let sites = site_names(config).await?;
    let site = |letter: &DeadLetter| sites.get(&letter.site_id);
    if as_json {
        return output::json(&letters.iter().map(|letter| shown(letter, site(letter))).collect::<Vec<_>>());
    }
    let rows: Vec<_> = letters.iter().map(|letter| row(letter, site(letter))).collect();
    output::table(&["NAME", "BATCH", "TABLE", "ROW", "SITE", "CODE", "REFUSED", "REASON"], &rows)
}

/// Returns the sites that there are, by number.
async fn site_names(config: &Config) -> Result<HashMap<u32, String>, CliError> {
    std::fs::create_dir_all(&config.data_dir)?;
    let control = Control::open(&config.control_url).await?;
    let sites = control.sites().await;
    control.close().await;
    Ok(sites?.into_iter().map(|site| (site.id.get(), site.name.to_string())).collect())
}

fn row(letter: &DeadLetter, site: Option<&String>) -> Vec<String> {
    let reason: String = letter.reason.lines().next().unwrap_or_default().chars().take(SHOWN_REASON).collect();
    vec![
        letter.name(),
        letter.batch.clone(),
        letter.table.clone(),
        letter.row.to_string(),
        site.cloned().unwrap_or_else(|| format!("no. {}", letter.site_id)),
        letter.code.to_string(),
        refused_at(letter),
        reason,
    ]
}

fn shown(letter: &DeadLetter, site: Option<&String>) -> Value {
    json!({
        "name": letter.name(), "batch": letter.batch, "table": letter.table, "month": letter.month, "row": letter.row,
        "site_id": letter.site_id, "site": site, "code": letter.code, "reason": letter.reason,
        "refused_at": refused_at(letter),
    })
}

fn refused_at(letter: &DeadLetter) -> String {
    Timestamp::from_millisecond(letter.refused_at_ms).map_or_else(|_| "unknown".to_owned(), |at| at.to_string())
}

/// Says what a replay would insert.
fn foretell(letters: &[DeadLetter]) -> Result<(), CliError> {
    for letter in letters {
        match block(letter) {
            Ok(_) => output::line(format!("would insert {}", letter.name()))?,
            Err(why) => output::line(format!("cannot insert {}: {why}", letter.name()))?,
        }
    }
    output::line(format!("{} chosen, nothing was inserted.", counted(letters.len())))
}

async fn replay(letters: &DeadLetters, chosen: &[DeadLetter], config: &Config) -> Result<(), CliError> {
    if chosen.is_empty() {
        return output::line("There is nothing to insert.");
    }
    let store = Borrowed::open(config).await?;
    let replayed = replay_into(&store, letters, chosen).await;
    store.close().await;
    let stored = replayed?;
    output::line(format!("Stored {stored} of {}.", chosen.len()))?;
    match chosen.len() - stored {
        0 => Ok(()),
        refused => Err(CliError::Other(format!("{} refused again, see above", counted(refused)))),
    }
}

/// Inserts letters one by one, and removes those that were stored. Returns how many.
async fn replay_into(store: &Borrowed, letters: &DeadLetters, chosen: &[DeadLetter]) -> Result<usize, CliError> {
    let mut stored = 0;
    for some in chosen.chunks(REMOVED_TOGETHER) {
        let mut done = HashSet::new();
        let mut failure = None;
        for letter in some {
            match insert(store, letter).await {
                Ok(()) => done.extend([letter.name()]),
                Err(NotInserted::Refused(why)) => output::line(format!("refused {}: {why}", letter.name()))?,
                Err(NotInserted::Failed(error)) => {
                    failure = Some(error);
                    break;
                }
            }
        }
        letters.remove(&done)?;
        stored += done.len();
        if let Some(error) = failure {
            return Err(error.into());
        }
    }
    Ok(stored)
}

enum NotInserted {
    /// This row cannot be stored.
    Refused(String),
    /// No row can be stored now, or it is not known whether this one was.
    Failed(crate::store::StoreError),
}

async fn insert(store: &Borrowed, letter: &DeadLetter) -> Result<(), NotInserted> {
    let block = block(letter).map_err(NotInserted::Refused)?;
    let query_id = format!("heatline-replay-{}-{}", letter.name(), Timestamp::now().as_nanosecond());
    let inserted = store.client.insert_block(&block, &letter.name(), &query_id).await;
    inserted.map_err(|error| match error.insert_fault() {
        InsertFault::Row { .. } => NotInserted::Refused(error.to_string()),
        InsertFault::Busy | InsertFault::Unknown | InsertFault::Ours => NotInserted::Failed(error),
    })
}

/// Returns the row of a letter as it is inserted, or why it cannot be.
fn block(letter: &DeadLetter) -> Result<NativeBlock, String> {
    let record = letter.record().map_err(|error| error.to_string())?;
    let batch = u64::from_str_radix(&letter.batch, 16).map_err(|error| error.to_string())?;
    let mut blocks = Blocks::new(batch, Timestamp::now().as_millisecond());
    match record::read(&record).map_err(|error| error.to_string())? {
        Record::Rows(rows) => {
            for (head, facts) in &rows.runs {
                for fact in facts {
                    blocks.add(head, fact);
                }
            }
        }
        Record::Outcomes(outcomes) => {
            for outcome in &outcomes {
                blocks.add_outcome(outcome);
            }
        }
        Record::Concurrency(minutes) => {
            for minute in &minutes {
                blocks.add_concurrency(minute);
            }
        }
    }
    blocks.finish().pop().ok_or_else(|| "it has no row".to_owned())
}

fn names(letters: &[DeadLetter]) -> HashSet<String> {
    letters.iter().map(DeadLetter::name).collect()
}

fn counted(letters: usize) -> String {
    if letters == 1 { "one dead letter".to_owned() } else { format!("{letters} dead letters") }
}
