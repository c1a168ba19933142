//! Owns `heatline prop …`. The running service sees every change at once.

use clap::Subcommand;

use super::{CliError, output, site::parse_name};
use crate::{config::Config, control::Control};

#[derive(Subcommand)]
pub enum PropCommand {
    /// List the properties of events that a site shows in reports
    List {
        #[arg(long)]
        site: String,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Put properties on the list of a site; those that are there stay
    ///
    /// The list says what dashboards offer. Events may have other properties, which are stored all the same.
    Add {
        #[arg(long)]
        site: String,
        /// Names of properties: plan author
        #[arg(required = true)]
        props: Vec<String>,
    },
    /// Take a property off the list; its values stay stored
    Remove {
        #[arg(long)]
        site: String,
        prop: String,
    },
}

pub async fn run(command: PropCommand, config: &Config) -> Result<(), CliError> {
    std::fs::create_dir_all(&config.data_dir)?;
    let control = Control::open(&config.control_url).await?;
    let done = run_with(command, &control).await;
    control.close().await;
    done
}

async fn run_with(command: PropCommand, control: &Control) -> Result<(), CliError> {
    match command {
        PropCommand::List { site, json } => {
            let site = control.site(&parse_name(&site)?).await?;
            let props = control.props(site.id).await?;
            if json {
                return output::json(&props);
            }
            output::table(&["PROPERTY"], &props.into_iter().map(|prop| vec![prop]).collect::<Vec<_>>())
        }
        PropCommand::Add { site, props } => {
            let site = control.site(&parse_name(&site)?).await?;
            let listed = control.add_props(site.id, &props).await?;
            output::line(format!("{} lists {}: {}.", site.name, counted(listed.len()), listed.join(", ")))
        }
        PropCommand::Remove { site, prop } => {
            let site = control.site(&parse_name(&site)?).await?;
            if !control.remove_prop(site.id, &prop).await? {
                return Err(CliError::Other(format!("{} does not list the property {prop:?}", site.name)));
            }
            output::line(format!("Removed {prop}."))
        }
    }
}

fn counted(number: usize) -> String {
    if number == 1 { "one property".to_owned() } else { format!("{number} properties") }
}
