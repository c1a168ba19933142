//! Owns `heatline segment …`. The running service sees every change at once.

use clap::{Args, Subcommand};

use super::{CliError, output, site::parse_name};
use crate::{
    config::Config,
    control::Control,
    model::{Segment, SegmentId},
    named,
};

#[derive(Subcommand)]
pub enum SegmentCommand {
    /// List the segments of a site
    List {
        #[arg(long)]
        site: String,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Give filters of reports a name
    #[command(after_help = r#"Example:
  heatline segment add --site demo.example --name 'Phones in Bulgaria' \
    --filters '[["is","visit:device",["Mobile"]],["is","visit:country",["BG"]]]'"#)]
    Add(AddArgs),
    /// Remove a segment
    Remove {
        #[arg(long)]
        site: String,
        /// Number of the segment, as listed
        id: u32,
    },
}

#[derive(Args)]
pub struct AddArgs {
    #[arg(long)]
    site: String,
    /// What people call it
    #[arg(long)]
    name: String,
    /// A list of filters as JSON, as in POST /api/v2/query
    #[arg(long, value_name = "JSON")]
    filters: String,
}

pub async fn run(command: SegmentCommand, config: &Config) -> Result<(), CliError> {
    std::fs::create_dir_all(&config.data_dir)?;
    let control = Control::open(&config.control_url).await?;
    let done = run_with(command, &control).await;
    control.close().await;
    done
}

async fn run_with(command: SegmentCommand, control: &Control) -> Result<(), CliError> {
    match command {
        SegmentCommand::List { site, json } => {
            let site = control.site(&parse_name(&site)?).await?;
            let segments = control.segments(site.id).await?;
            if json {
                let shown = segments.iter().map(named::segment_json).collect::<Result<Vec<_>, _>>();
                return output::json(&shown.map_err(|error| CliError::Other(error.to_string()))?);
            }
            let rows: Vec<Vec<String>> = segments.into_iter().map(row).collect();
            output::table(&["ID", "NAME", "FILTERS"], &rows)
        }
        SegmentCommand::Add(args) => {
            let site = control.site(&parse_name(&args.site)?).await?;
            let filters = named::segment_filters(&args.filters)
                .map_err(|error| CliError::Other(format!("--filters {}: {}", error.pointer, error.detail)))?;
            let segment = control.add_segment(site.id, &args.name, &filters).await?;
            output::line(format!("Added segment {} ({}).", segment.id.get(), segment.name))
        }
        SegmentCommand::Remove { site, id } => {
            let site = control.site(&parse_name(&site)?).await?;
            control.remove_segment(site.id, SegmentId::new(id)).await?;
            output::line(format!("Removed segment {id}."))
        }
    }
}

fn row(segment: Segment) -> Vec<String> {
    vec![segment.id.get().to_string(), segment.name, segment.filters]
}
