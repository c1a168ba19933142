//! Owns `heatline goal …`. The running service sees every change at once.

use clap::{Args, Subcommand};

use super::{CliError, output, site::parse_name};
use crate::{
    config::Config,
    control::{Control, NewGoal},
    model::{Currency, Goal, GoalId, GoalTarget},
    named,
};

#[derive(Subcommand)]
pub enum GoalCommand {
    /// List the goals of a site
    List {
        #[arg(long)]
        site: String,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Add a goal: a custom event, a view of a page, or a page scrolled so far down
    ///
    /// Events that came before the goal was added count, too. A goal that the site has already is left as it is, so that the
    /// command can be repeated.
    #[command(after_help = "Examples:
  heatline goal add --site demo.example --event Signup
  heatline goal add --site demo.example --event Purchase --currency EUR
  heatline goal add --site demo.example --event Signup --prop plan=pro --prop source=footer
  heatline goal add --site demo.example --page '/thanks/**' --name Thanks
  heatline goal add --site demo.example --page '/blog/*' --scroll 75")]
    Add(AddArgs),
    /// Remove a goal; what visitors did stays stored
    Remove {
        #[arg(long)]
        site: String,
        /// Number of the goal, as listed
        id: u32,
    },
}

#[derive(Args)]
pub struct AddArgs {
    #[arg(long)]
    site: String,
    /// Name of a custom event
    #[arg(long, value_name = "NAME", required_unless_present = "page", conflicts_with = "page")]
    event: Option<String>,
    /// Path of a page; * stands for any text without a slash, ** for any text
    #[arg(long, value_name = "PATH")]
    page: Option<String>,
    /// Value that a property of the event has to have; up to three times
    #[arg(long = "prop", value_name = "NAME=VALUE", value_parser = prop, conflicts_with = "page")]
    props: Vec<(String, String)>,
    /// How far down the page it has to be scrolled, in percent
    #[arg(long, value_name = "1…100", requires = "page", conflicts_with = "event")]
    scroll: Option<u64>,
    /// What reports call it; default: Signup, Visit /thanks, Scroll 75% on /blog/*
    #[arg(long)]
    name: Option<String>,
    /// Currency of the money that the event brings, such as EUR
    #[arg(long, value_name = "CODE", conflicts_with = "page")]
    currency: Option<String>,
}

pub async fn run(command: GoalCommand, config: &Config) -> Result<(), CliError> {
    std::fs::create_dir_all(&config.data_dir)?;
    let control = Control::open(&config.control_url).await?;
    let done = run_with(command, &control).await;
    control.close().await;
    done
}

async fn run_with(command: GoalCommand, control: &Control) -> Result<(), CliError> {
    match command {
        GoalCommand::List { site, json } => {
            let site = control.site(&parse_name(&site)?).await?;
            let goals = control.goals(site.id).await?;
            if json {
                return output::json(&goals.iter().map(named::goal_json).collect::<Vec<_>>());
            }
            let rows: Vec<Vec<String>> = goals.iter().map(row).collect();
            output::table(&["ID", "NAME", "COUNTS", "CURRENCY"], &rows)
        }
        GoalCommand::Add(args) => {
            let site = control.site(&parse_name(&args.site)?).await?;
            let kept = control.keep_goal(site.id, &args.goal()?).await?;
            let said = if kept.is_new { "Added goal" } else { "The site has this goal already:" };
            output::line(format!("{said} {} ({}).", kept.goal.id.get(), kept.goal.name))
        }
        GoalCommand::Remove { site, id } => {
            let site = control.site(&parse_name(&site)?).await?;
            control.remove_goal(site.id, GoalId::new(id)).await?;
            output::line(format!("Removed goal {id}."))
        }
    }
}

impl AddArgs {
    fn goal(&self) -> Result<NewGoal, CliError> {
        let target = named::goal_target(
            self.event.as_deref(),
            self.page.as_deref(),
            self.scroll,
            self.props.iter().cloned().collect(),
        )
        .map_err(|error| CliError::Other(format!("{}: {}", flag(error.field), error.detail)))?;
        let currency = match &self.currency {
            Some(code) => {
                Some(Currency::try_from(code.clone()).map_err(|why| CliError::Other(format!("--currency: {why}")))?)
            }
            None => None,
        };
        Ok(NewGoal { target, name: self.name.clone(), currency })
    }
}

fn prop(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("expected NAME=VALUE, such as plan=pro")?;
    Ok((name.to_owned(), value.to_owned()))
}

/// Returns the flag of a value that the API calls otherwise.
fn flag(field: &str) -> &'static str {
    match field {
        "event_name" => "--event",
        "scroll_depth" => "--scroll",
        "custom_props" => "--prop",
        _ => "--page",
    }
}

fn row(goal: &Goal) -> Vec<String> {
    let counts = match &goal.target {
        GoalTarget::Event { name, props } => {
            let props = props.iter().map(|(key, value)| format!("{key}: {value}"));
            std::iter::once(format!("event {name}")).chain(props).collect::<Vec<_>>().join(", ")
        }
        GoalTarget::Page { pattern } => format!("page {pattern}"),
        GoalTarget::Scroll { pattern, percent } => format!("page {pattern} scrolled {percent}%"),
    };
    let currency = goal.currency.map_or_else(|| "-".to_owned(), String::from);
    vec![goal.id.get().to_string(), goal.name.clone(), counts, currency]
}
