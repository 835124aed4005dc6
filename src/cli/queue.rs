//! `coppice queue …`: what waits between this instance and the others.

use clap::{Args, Subcommand};

use super::{Failure, with_store};
use crate::community::queue::{self, By};
use crate::config::Settings;
use crate::store::{Store, hosts};

#[derive(Args)]
pub struct Options {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Hosts with their backlog and last error (what happens without a command, too).
    List,
    /// Try a host's deliveries, and what failed coming from it, again now.
    Retry(Host),
    /// Throw away what waits for a host, and what failed coming from it.
    Drop(Host),
}

#[derive(Args)]
struct Host {
    host: String,
}

pub async fn run(settings: &Settings, options: Options) -> Result<(), Failure> {
    with_store(settings, |store| async move {
        match options.command.unwrap_or(Command::List) {
            Command::List => list(&store).await,
            Command::Retry(host) => {
                let id = find(&store, &host.host).await?;
                store
                    .write(move |tx| queue::retry(tx, By::Operator, id))
                    .await?;
                println!("{} is tried again now.", host.host);
                Ok(())
            }
            Command::Drop(host) => {
                let id = find(&store, &host.host).await?;
                store
                    .write(move |tx| queue::drop(tx, By::Operator, id))
                    .await?;
                println!("Nothing waits for {} any more.", host.host);
                Ok(())
            }
        }
    })
    .await
}

async fn find(store: &Store, host: &str) -> Result<crate::domain::ids::HostId, Failure> {
    let wanted = host.to_lowercase();
    let row = store.read(move |tx| hosts::find(tx.conn, &wanted)).await?;
    row.map(|row| row.id)
        .ok_or_else(|| Failure::Usage(format!("no host {host:?} is known here")))
}

async fn list(store: &Store) -> Result<(), Failure> {
    println!(
        "{:<32} {:<22} {:>8} {:>8} {:>7}  last error",
        "host", "software", "to send", "to apply", "failed"
    );
    let mut after = None;
    loop {
        let page = store
            .read(move |tx| hosts::queues(tx.conn, None, after, 100))
            .await?;
        for queue in page.items {
            let software = [
                queue.host.software.as_deref(),
                queue.host.version.as_deref(),
            ]
            .into_iter()
            .flatten()
            .collect::<Vec<_>>()
            .join(" ");
            println!(
                "{:<32} {:<22} {:>8} {:>8} {:>7}  {}",
                queue.host.host,
                software,
                queue.outgoing,
                queue.incoming,
                queue.failed,
                queue.host.last_error.as_deref().unwrap_or("")
            );
        }
        match page.next {
            Some(next) => after = Some(next),
            None => return Ok(()),
        }
    }
}
