//! A server with nothing to do: how soon it is ready, and how much memory it keeps.

use std::time::Duration;

use serde::Serialize;

use super::Failure;
use super::progress::Progress;
use super::server::Site;

const REST: Duration = Duration::from_secs(5);

#[derive(Debug, Serialize)]
pub struct Idle {
    /// From the start of the process to the first 200 of `/readyz`, on a new database.
    pub ready_after_ms: f64,
    /// The same on the database that is there then.
    pub ready_again_after_ms: f64,
    /// Five seconds later; `None` where there is no `/proc`.
    pub memory_mib: Option<f64>,
}

pub async fn measure(database: Option<String>) -> Result<Idle, Failure> {
    let _progress = Progress::begin("start and rest", 1);
    let site = Site::new(database)?;
    let first = site.start().await?.ready_after;
    let server = site.start().await?;
    tokio::time::sleep(REST).await;
    Ok(Idle {
        ready_after_ms: first.as_secs_f64() * 1_000.0,
        ready_again_after_ms: server.ready_after.as_secs_f64() * 1_000.0,
        memory_mib: server.memory().map(|(now, _)| now),
    })
}
