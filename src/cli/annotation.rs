//! Owns `heatline annotation …`. The running service sees every change at once.

use clap::{Args, Subcommand};

use super::{CliError, output, site::parse_name};
use crate::{
    config::Config,
    control::{Annotation, AnnotationId, Control, HappenedAt},
};

#[derive(Subcommand)]
pub enum AnnotationCommand {
    /// List the annotations of a site, oldest first
    List(ListArgs),
    /// Note what happened on a day or at a moment: a release, a campaign, a failure
    #[command(after_help = "Examples:
  heatline annotation add --site demo.example --at 2026-06-15 'New prices'
  heatline annotation add --site demo.example --at 2026-06-15T14:30:00+03:00 'Release 2.1'")]
    Add {
        #[arg(long)]
        site: String,
        /// A day of the site's time zone, or a moment in RFC 3339
        #[arg(long, value_name = "TIME")]
        at: String,
        /// What happened, at most 500 characters
        text: String,
    },
    /// Remove an annotation
    Remove {
        #[arg(long)]
        site: String,
        /// Number of the annotation, as listed
        id: u32,
    },
}

#[derive(Args)]
pub struct ListArgs {
    #[arg(long)]
    site: String,
    /// First day or moment to list
    #[arg(long, value_name = "TIME")]
    from: Option<String>,
    /// First day or moment that is not listed any more
    #[arg(long, value_name = "TIME")]
    until: Option<String>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

pub async fn run(command: AnnotationCommand, config: &Config) -> Result<(), CliError> {
    std::fs::create_dir_all(&config.data_dir)?;
    let control = Control::open(&config.control_url).await?;
    let done = run_with(command, &control).await;
    control.close().await;
    done
}

async fn run_with(command: AnnotationCommand, control: &Control) -> Result<(), CliError> {
    match command {
        AnnotationCommand::List(args) => {
            let annotations = list(&args, control).await?;
            if args.json {
                return output::json(&annotations);
            }
            let rows: Vec<Vec<String>> = annotations.into_iter().map(row).collect();
            output::table(&["ID", "AT", "TEXT"], &rows)
        }
        AnnotationCommand::Add { site, at, text } => {
            let site = control.site(&parse_name(&site)?).await?;
            let annotation = control.add_annotation(site.id, HappenedAt::parse(&at)?, &text, None).await?;
            output::line(format!("Added annotation {} ({}).", annotation.id.get(), annotation.at))
        }
        AnnotationCommand::Remove { site, id } => {
            let site = control.site(&parse_name(&site)?).await?;
            control.remove_annotation(site.id, AnnotationId::new(id)).await?;
            output::line(format!("Removed annotation {id}."))
        }
    }
}

async fn list(args: &ListArgs, control: &Control) -> Result<Vec<Annotation>, CliError> {
    let site = control.site(&parse_name(&args.site)?).await?;
    let began_at = |text: &Option<String>| text.as_deref().map(HappenedAt::parse).transpose();
    let zone = &site.time_zone;
    let from = began_at(&args.from)?.map_or(jiff::Timestamp::MIN, |from| from.began_at(zone));
    let until = began_at(&args.until)?.map_or(jiff::Timestamp::MAX, |until| until.began_at(zone));
    Ok(control.annotations(&site, Some(&(from..until))).await?)
}

fn row(annotation: Annotation) -> Vec<String> {
    vec![annotation.id.get().to_string(), annotation.at.to_string(), annotation.text]
}
