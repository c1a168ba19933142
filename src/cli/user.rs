//! Owns `heatline user …`.

use std::io::{BufRead, IsTerminal};

use clap::{Args, Subcommand};
use jiff::Timestamp;
use serde_json::json;

use super::{
    CliError, output,
    site::{base, parse_name},
};
use crate::{
    config::Config,
    control::{Control, ControlError, EmailAddress, INVITATION_DAYS, NewInvitation, Password, Role},
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
    /// Remove a user, with their roles and the keys and invitations that they made
    Remove { email: String },
    /// Give a user another role on a site, or none
    Role {
        email: String,
        #[arg(long)]
        site: String,
        /// What the user may do there
        #[arg(long, value_parser = ["viewer", "editor", "owner", "none"])]
        role: String,
    },
    /// Make a link that lets one person into a site, once, and print it alone on the last line
    Invite(InviteArgs),
}

#[derive(Args)]
pub struct InviteArgs {
    /// Site that the person may see
    #[arg(long)]
    site: String,
    /// What they may do there
    #[arg(long, default_value = "viewer", value_parser = ["viewer", "editor", "owner"])]
    role: String,
    /// The only address that may accept it
    #[arg(long)]
    email: Option<String>,
    /// How long the link is good for, at most 30 days
    #[arg(long, default_value_t = INVITATION_DAYS)]
    days: u32,
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
    let done = run_with(command, config, &control).await;
    control.close().await;
    done
}

async fn run_with(command: UserCommand, config: &Config, control: &Control) -> Result<(), CliError> {
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
        UserCommand::Role { email, site, role } => {
            let user = control.user(&address(&email)?).await?;
            let site = control.site(&parse_name(&site)?).await?;
            match Role::parse(&role) {
                Some(role) => control.grant(user.id, site.id, role).await?,
                None => {
                    control.revoke(user.id, site.id).await?;
                }
            }
            output::line(format!("{} is now {role} of {}.", user.email.as_str(), site.name))
        }
        UserCommand::Invite(args) => invite(args, config, control).await,
    }
}

async fn add(args: AddArgs, control: &Control) -> Result<(), CliError> {
    let email = address(&args.email)?;
    let role = parse_role(&args.role)?;
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

async fn invite(args: InviteArgs, config: &Config, control: &Control) -> Result<(), CliError> {
    let site = control.site(&parse_name(&args.site)?).await?;
    let new = NewInvitation {
        role: parse_role(&args.role)?,
        email: args.email.as_deref().map(address).transpose()?,
        days: args.days,
        inviter: None,
    };
    let (invitation, token) = control.invite(site.id, &new, Timestamp::now()).await?;
    output::line(format!("Good once, until {}. It is shown this once:", invitation.expires_at))?;
    // After the mark, so that no server logs it.
    output::line(format!("{}/invitation#{}", base(config), token.reveal()))
}

fn parse_role(name: &str) -> Result<Role, CliError> {
    Role::parse(name).ok_or_else(|| CliError::Other(format!("{name:?} is no role")))
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
