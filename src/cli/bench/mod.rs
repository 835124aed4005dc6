//! `coppice bench`: how fast this build is on this machine, and how much memory it takes.
//!
//! A real server runs as a child process, so that its CPU time is told apart from the load
//! generator's. The generator plays other servers on loopback ports, and speaks to the child only as
//! they would. Nothing here judges a figure: it prints them.

mod calibrate;
mod crowd;
mod fanout;
mod ground;
mod idle;
mod intake;
mod pages;
mod progress;
mod report;
mod requests;
mod sender;
mod server;

use clap::{Args, ValueEnum};

use super::Failure;
use report::Report;

#[derive(Args)]
pub struct Options {
    /// What to measure; all of it by default.
    #[arg(value_enum)]
    scenarios: Vec<Scenario>,
    /// Votes and comments sent to a group that nobody elsewhere follows.
    #[arg(long, default_value_t = 5_000)]
    activities: usize,
    /// Votes and comments sent to a group that announces each to ten hosts.
    #[arg(long, default_value_t = 1_000)]
    announced: usize,
    /// Threads sent out to a hundred hosts.
    #[arg(long, default_value_t = 20)]
    threads: usize,
    /// Connections that the generator keeps open.
    #[arg(long, default_value_t = 20)]
    connections: usize,
    /// The page that is compared; `{name}` is the group.
    #[arg(long, default_value = "/c/{name}")]
    page: String,
    /// Print JSON instead of a table.
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Scenario {
    /// Signed votes and comments of 100 actors on 10 hosts.
    Intake,
    /// One thread to followers on 100 hosts.
    Fanout,
    /// Memory of a server with nothing to do, and how soon it is ready.
    Idle,
    /// A group of 10,000 threads beside one of 100.
    Pages,
}

/// `database`: a PostgreSQL database to use up; SQLite in a temporary folder otherwise.
pub async fn run(options: Options, database: Option<String>) -> Result<(), Failure> {
    let wanted = |scenario| options.scenarios.is_empty() || options.scenarios.contains(&scenario);
    let mut report = Report::new(calibrate::calibrate().await?);
    if database.is_some() {
        // Before anything starts on it: is it ours to use up?
        ground::prepare(&server::Site::new(database.clone())?, 0).await?;
    }
    if wanted(Scenario::Idle) {
        report.idle = Some(idle::measure(database.clone()).await?);
    }
    if wanted(Scenario::Intake) {
        let (all, few) = (options.activities, options.announced);
        let connections = options.connections;
        let alone = intake::measure(
            database.clone(),
            intake::Group::Unfollowed,
            all,
            connections,
        );
        report.intake.push(alone.await?);
        let announcing =
            intake::measure(database.clone(), intake::Group::Followed, few, connections);
        report.intake.push(announcing.await?);
    }
    if wanted(Scenario::Fanout) {
        report.fanout = Some(fanout::measure(database.clone(), options.threads).await?);
    }
    if wanted(Scenario::Pages) {
        report.pages = pages::measure(database, &options.page).await?;
    }
    report.print(options.json)
}

fn failed(what: &str, error: impl std::fmt::Display) -> Failure {
    Failure::Usage(format!("{what}: {error}"))
}
