//! `coppice user …`: accounts made and mended by the operator.

use std::io::Read;

use clap::{Args, Subcommand};

use super::{Failure, with_store};
use crate::community::CommunityError;
use crate::community::accounts::{self, NewAccount, passwords};
use crate::config::Settings;
use crate::domain::kinds::AccountState;
use crate::domain::limits::{Email, Password};
use crate::domain::names::Name;

#[derive(Subcommand)]
pub enum Command {
    /// Make an account, whatever the mode of registration.
    Create(Create),
    /// Set a new password; every session of the account ends.
    ResetPassword(ResetPassword),
}

#[derive(Args)]
pub struct Create {
    name: String,
    #[arg(long)]
    email: String,
    /// May administer this instance.
    #[arg(long)]
    admin: bool,
    /// Read the password from standard input: one line.
    #[arg(long, required = true)]
    password_stdin: bool,
}

#[derive(Args)]
pub struct ResetPassword {
    name: String,
    /// Read the password from standard input: one line.
    #[arg(long, required = true)]
    password_stdin: bool,
}

pub async fn run(settings: &Settings, command: Command) -> Result<(), Failure> {
    match command {
        Command::Create(create) => run_create(settings, create).await,
        Command::ResetPassword(reset) => run_reset(settings, reset).await,
    }
}

fn password_from_stdin() -> Result<passwords::PasswordHash, Failure> {
    let mut text = String::new();
    // Longer than any password may be is no password.
    std::io::stdin().take(4_096).read_to_string(&mut text)?;
    let line = text.lines().next().unwrap_or_default();
    let password = Password::parse(line).map_err(CommunityError::text("password"))?;
    Ok(passwords::hash(&password)?)
}

async fn run_create(settings: &Settings, create: Create) -> Result<(), Failure> {
    let name = Name::parse_as_operator(&create.name).map_err(CommunityError::name("name"))?;
    let email = Email::parse(&create.email).map_err(CommunityError::text("email"))?;
    let password = password_from_stdin()?;
    let admin = create.admin;
    with_store(settings, |store| async move {
        let shown = name.clone();
        store
            .write(move |tx| {
                let new = NewAccount {
                    name: &name,
                    email: Some(&email),
                    password: &password,
                    display_name: None,
                    admin,
                    state: AccountState::Active,
                    application: None,
                };
                accounts::create(tx, &new)
            })
            .await?;
        let role = if admin { "administrator" } else { "member" };
        println!("{role} {shown} can log in now.");
        Ok(())
    })
    .await
}

async fn run_reset(settings: &Settings, reset: ResetPassword) -> Result<(), Failure> {
    let password = password_from_stdin()?;
    with_store(settings, |store| async move {
        let name = reset.name.to_lowercase();
        store
            .write(move |tx| accounts::reset_password(tx, &name, &password))
            .await?;
        println!(
            "The password of {} is set; every session has ended.",
            reset.name
        );
        Ok(())
    })
    .await
}
