//! Owns `heatline user …`.

use std::io::{BufRead, IsTerminal};

use clap::{Args, Subcommand};
use jiff::Timestamp;
use serde_json::json;

use super::{CliError, output, site::parse_name};
use crate::{
    config::Config,
    control::{Control, ControlError, EmailAddress, Password, Role},
};

#[derive(Subcommand)]
pub enum UserCommand {
    /// Add a user; without --password-stdin a password is made and printed
    Add(AddArgs),
    /// List all users
    List {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Give a user a new password and end their sessions
    Password {
        email: String,
        /// Read the password from the first line of stdin
        #[arg(long)]
        password_stdin: bool,
    },
    /// Remove a user
    Remove { email: String },
}

#[derive(Args)]
pub struct AddArgs {
    email: String,
    /// May see and change every site
    #[arg(long, conflicts_with = "site")]
    admin: bool,
    /// Site that the user may see
    #[arg(long, required_unless_present = "admin")]
    site: Option<String>,
    /// What the user may do there
    #[arg(long, default_value = "viewer", value_parser = ["viewer", "editor", "owner"])]
    role: String,
    /// Read the password from the first line of stdin
    #[arg(long)]
    password_stdin: bool,
}

pub async fn run(command: UserCommand, config: &Config) -> Result<(), CliError> {
    std::fs::create_dir_all(&config.data_dir)?;
    let control = Control::open(&config.control_url).await?;
    let done = run_with(command, &control).await;
    control.close().await;
    done
}

async fn run_with(command: UserCommand, control: &Control) -> Result<(), CliError> {
    match command {
        UserCommand::Add(args) => add(args, control).await,
        UserCommand::List { json } => list(json, control).await,
        UserCommand::Password { email, password_stdin } => {
            let user = control.user(&address(&email)?).await?;
            let (password, made) = password(password_stdin)?;
            control.set_password(user.id, &password).await?;
            output::line(format!("New password for {}.", user.email.as_str()))?;
            print_made(&password, made)
        }
        UserCommand::Remove { email } => {
            let user = control.user(&address(&email)?).await?;
            control.remove_user(user.id).await?;
            output::line(format!("Removed {}.", user.email.as_str()))
        }
    }
}

async fn add(args: AddArgs, control: &Control) -> Result<(), CliError> {
    let email = address(&args.email)?;
    let role = Role::parse(&args.role).ok_or_else(|| CliError::Other(format!("{:?} is no role", args.role)))?;
    let site = match &args.site {
        Some(name) => Some(control.site(&parse_name(name)?).await?),
        None => None,
    };
    let (password, made) = password(args.password_stdin)?;
    let user = control.add_user(&email, &password, args.admin, Timestamp::now()).await?;
    if let Some(site) = &site {
        control.grant(user.id, site.id, role).await?;
    }
    output::line(format!("Added {}.", user.email.as_str()))?;
    print_made(&password, made)
}

async fn list(as_json: bool, control: &Control) -> Result<(), CliError> {
    let users = control.users().await?;
    if as_json {
        let shown: Vec<_> = users
            .iter()
            .map(|user| json!({"email": user.email.as_str(), "admin": user.admin, "created_at": user.created_at}))
            .collect();
        return output::json(&shown);
    }
    let rows: Vec<Vec<String>> = users
        .iter()
        .map(|user| {
            let rights = if user.admin { "admin" } else { "by site" };
            vec![user.email.as_str().to_owned(), rights.to_owned(), user.created_at.to_string()]
        })
        .collect();
    output::table(&["E-MAIL", "RIGHTS", "SINCE"], &rows)
}

fn address(text: &str) -> Result<EmailAddress, CliError> {
    Ok(EmailAddress::parse(text).map_err(ControlError::from)?)
}

/// Returns a password from stdin, or a random one that is to be printed.
fn password(from_stdin: bool) -> Result<(Password, bool), CliError> {
    if !from_stdin {
        return Ok((Password::random(), true));
    }
    let stdin = std::io::stdin();
    if stdin.is_terminal() {
        output::line("Password (it is shown while you type):")?;
    }
    let mut text = String::new();
    stdin.lock().read_line(&mut text)?;
    let password = Password::parse(text.trim_end_matches(['\r', '\n'])).map_err(ControlError::from)?;
    Ok((password, false))
}

fn print_made(password: &Password, made: bool) -> Result<(), CliError> {
    if made {
        output::line("The password, shown this once:")?;
        output::line(password.reveal())?;
    }
    Ok(())
}
