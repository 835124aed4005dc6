//! `coppice serve`: the server, until it is told to stop.

use std::io::IsTerminal;

use tokio::signal::unix::{Signal, SignalKind, signal};
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
    let mut stop = StopSignals::listen()?;
    let running = server::start(settings).await?;
    println!("Coppice is at {}", running.app.settings.public_url);
    if running.app.settings.public_url.host_port() != running.address.to_string() {
        println!("  (listening on {})", running.address);
    }
    if let Some(link) = &running.setup_link {
        println!("No administrator yet. Make the first one here (the link works once):\n  {link}");
    }
    stop.wait().await;
    tracing::info!("stopping");
    running.stop().await?;
    Ok(())
}

/// What an operator or a service manager says to end a server: Ctrl-C or SIGTERM.
pub(super) struct StopSignals {
    interrupt: Signal,
    terminate: Signal,
}

impl StopSignals {
    /// From now on these signals no longer end the process by themselves.
    pub(super) fn listen() -> std::io::Result<StopSignals> {
        Ok(StopSignals {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
        })
    }

    pub(super) async fn wait(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}

pub(super) fn start_log(settings: &Settings) -> Result<(), Failure> {
    let filter = EnvFilter::try_new(&settings.log.level)
        .map_err(|e| Failure::Usage(format!("log.level: {e}")))?;
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr);
    match settings.log.format {
        LogFormat::Human => log.init(),
        LogFormat::Json => log.json().init(),
    }
    Ok(())
}
