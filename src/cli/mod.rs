//! The command line: the operator's door.

mod account;
mod backup;
mod bench;
mod demo;
mod group;
mod queue;
mod serve;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::config::{ConfigError, Overrides, Settings};
use crate::domain::ids::ActorId;
use crate::federation::ResolveError;
use crate::store::{Store, StoreError};
use crate::{community, server};

/// A federated server for communities of practice.
#[derive(Parser)]
#[command(name = "coppice", version)]
struct Cli {
    /// Configuration file; config/coppice.toml is read where there is one.
    #[arg(long, global = true, env = "COPPICE_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(flatten)]
    overrides: Overrides,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Run the server (what happens without a command, too).
    Serve,
    /// Accounts of people.
    #[command(subcommand)]
    User(account::Command),
    /// Groups.
    #[command(subcommand)]
    Group(group::Command),
    /// Settings.
    #[command(subcommand)]
    Config(ConfigCommand),
    /// What waits to be sent to other servers, and what came from them and failed.
    Queue(queue::Options),
    /// Copy database and pictures of the instance, while it runs or not.
    Backup(backup::Command),
    /// Show two institutions that federate, on this machine.
    Demo(demo::Command),
    /// Measure how fast this build is on this machine. With --database-url postgres://… it uses that
    /// database up: give it an empty one.
    Bench(bench::Options),
}

#[derive(Subcommand)]
enum ConfigCommand {
    /// Say whether the settings are valid, and what they come to.
    Check,
}

/// What ends a command, as a sentence for the operator.
#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error(transparent)]
    Config(#[from] ConfigError),
    #[error(transparent)]
    Start(#[from] server::StartError),
    #[error(transparent)]
    Community(#[from] community::CommunityError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Io(#[from] std::io::Error),
    #[error(transparent)]
    Resolve(#[from] ResolveError),
    #[error("{0}")]
    Usage(String),
    #[error("the demo cannot go on: {0}")]
    Demo(String),
}

/// Parses the command line and does what it says.
pub fn run() -> ExitCode {
    let cli = Cli::parse();
    let runtime = match tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("coppice: no threads to run on: {error}");
            return ExitCode::FAILURE;
        }
    };
    match runtime.block_on(dispatch(cli)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("coppice: {failure}");
            ExitCode::FAILURE
        }
    }
}

async fn dispatch(cli: Cli) -> Result<(), Failure> {
    let settings = Settings::load(cli.config.as_deref(), &cli.overrides)?;
    match cli.command.unwrap_or(Command::Serve) {
        Command::Serve => serve::serve(settings).await,
        Command::User(command) => account::run(&settings, command).await,
        Command::Group(command) => group::run(&settings, command).await,
        Command::Queue(command) => queue::run(&settings, command).await,
        Command::Backup(command) => backup::run(&settings, command).await,
        Command::Demo(command) => demo::run(settings, command).await,
        // Only a database named on purpose is used up.
        Command::Bench(options) => bench::run(options, cli.overrides.database_url).await,
        Command::Config(ConfigCommand::Check) => {
            println!("The settings are valid.");
            println!("  address   {}", settings.public_url);
            println!("  listens   {}", settings.listen);
            println!("  data      {}", settings.data_dir.display());
            println!("  database  {}", settings.database_url);
            Ok(())
        }
    }
}

/// Runs a command on the database of the instance, beside a running server or without one.
async fn with_store<T, F, W>(settings: &Settings, work: W) -> Result<T, Failure>
where
    F: Future<Output = Result<T, Failure>>,
    W: FnOnce(Store) -> F,
{
    let (store, holder) = server::open_store(settings).await?;
    let outcome = work(store.clone()).await;
    server::close_store(&store, holder).await?;
    outcome
}

/// A local person by name.
async fn person(store: &Store, name: &str) -> Result<ActorId, Failure> {
    let wanted = name.to_lowercase();
    let account = store
        .read(move |tx| crate::store::accounts::by_name(tx.conn, &wanted))
        .await?;
    account
        .map(|account| account.person_id)
        .ok_or_else(|| Failure::Usage(format!("there is no account {name:?} here")))
}
