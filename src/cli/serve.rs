//! `coppice serve`: the server, until it is told to stop.

use tokio::signal::unix::{SignalKind, signal};
use tracing_subscriber::EnvFilter;

use super::Failure;
use crate::config::{LogFormat, Settings};
use crate::server;

pub async fn serve(settings: Settings) -> Result<(), Failure> {
    start_log(&settings)?;
    if settings.federation.allow_private_addresses {
        tracing::warn!(
            "federation.allow_private_addresses is on: this server talks to private addresses over \
             plain http. That is for tests and demos, never for the open network."
        );
    }
    let running = server::start(settings).await?;
    println!("Coppice is at {}", running.app.settings.public_url);
    if running.app.settings.public_url.host_port() != running.address.to_string() {
        println!("  (listening on {})", running.address);
    }
    if let Some(link) = &running.setup_link {
        println!("No administrator yet. Make the first one here (the link works once):\n  {link}");
    }
    let (mut interrupt, mut terminate) = (
        signal(SignalKind::interrupt())?,
        signal(SignalKind::terminate())?,
    );
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
    }
    tracing::info!("stopping");
    running.stop().await?;
    Ok(())
}

pub(super) fn start_log(settings: &Settings) -> Result<(), Failure> {
    let filter = EnvFilter::try_new(&settings.log.level)
        .map_err(|e| Failure::Usage(format!("log.level: {e}")))?;
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr);
    match settings.log.format {
        LogFormat::Human => log.init(),
        LogFormat::Json => log.json().init(),
    }
    Ok(())
}
