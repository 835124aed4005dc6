//! The two institutions of the demo, open, and ways to act in them and to wait for what crosses over.

use std::future::Future;
use std::net::{Ipv4Addr, Ipv6Addr};
use std::path::Path;
use std::time::{Duration, Instant};

use tokio::net::TcpListener;

use super::story::Side;
use crate::cli::Failure;
use crate::community::CommunityError;
use crate::config::{Overrides, Settings};
use crate::domain::kinds::RegistrationMode;
use crate::federation::{ResolveError, Resolved};
use crate::server::{self, Running};
use crate::store::{StoreError, Tx};

const FIRST_PORT: u16 = 8081;
const LAST_PORT: u16 = 8999;
/// What goes from one to the other takes milliseconds; on a very busy machine, seconds.
const PATIENCE: Duration = Duration::from_secs(60);
const GLANCE: Duration = Duration::from_millis(20);

pub struct Institution {
    pub running: Running,
}

pub struct Stage {
    riverside: Institution,
    northfield: Institution,
}

impl Stage {
    /// Starts both, each with its own data folder in `folder`.
    pub async fn open(folder: &Path) -> Result<Stage, Failure> {
        let (first, port) = free_port(FIRST_PORT).await?;
        let riverside = Institution::open(Side::Riverside, first, port, folder).await?;
        let (second, port) = free_port(port + 1).await?;
        let northfield = Institution::open(Side::Northfield, second, port, folder).await?;
        Ok(Stage {
            riverside,
            northfield,
        })
    }

    pub fn at(&self, side: Side) -> &Institution {
        match side {
            Side::Riverside => &self.riverside,
            Side::Northfield => &self.northfield,
        }
    }

    /// Puts addresses into a text that names them.
    pub fn written(&self, text: &str) -> String {
        text.replace("{riverside}", &self.riverside.host())
            .replace("{northfield}", &self.northfield.host())
    }

    pub async fn close(self) -> Result<(), Failure> {
        self.riverside.running.stop().await?;
        self.northfield.running.stop().await?;
        Ok(())
    }
}

/// The next port that nobody uses. `localhost` is two addresses on most machines: a stranger on the
/// other one would get what is meant for us.
async fn free_port(first: u16) -> Result<(TcpListener, u16), Failure> {
    for port in first..=LAST_PORT {
        let Ok(listener) = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await else {
            continue;
        };
        match TcpListener::bind((Ipv6Addr::LOCALHOST, port)).await {
            Err(error) if error.kind() == std::io::ErrorKind::AddrInUse => {}
            _ => return Ok((listener, port)),
        }
    }
    Err(Failure::Demo(format!(
        "no port between {first} and {LAST_PORT} is free"
    )))
}

impl Institution {
    async fn open(
        side: Side,
        listener: TcpListener,
        port: u16,
        folder: &Path,
    ) -> Result<Institution, Failure> {
        let mut settings = Settings::with(&Overrides {
            public_url: Some(format!("http://localhost:{port}")),
            listen: Some(format!("127.0.0.1:{port}")),
            data_dir: Some(folder.join(side.word())),
            ..Overrides::default()
        })?;
        settings.registration = RegistrationMode::Open;
        // The other institution is on this machine.
        settings.federation.allow_private_addresses = true;
        // The demo asks nobody outside.
        settings.link_previews.enabled = false;
        settings.check()?;
        Ok(Institution {
            running: server::start_on(settings, listener).await?,
        })
    }

    /// As in `@name@host`.
    pub fn host(&self) -> String {
        self.running.app.settings.public_url.host_port()
    }

    pub async fn act<T: Send + 'static>(
        &self,
        act: impl Fn(&mut Tx<'_>) -> Result<T, CommunityError> + Send + 'static,
    ) -> Result<T, Failure> {
        Ok(self.running.app.store.write(act).await?)
    }

    pub async fn read<T: Send + 'static>(
        &self,
        look: impl Fn(&mut Tx<'_>) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, Failure> {
        Ok(self.running.app.store.read(look).await?)
    }

    /// Finds a group anywhere, as the search box does.
    pub async fn find_group(&self, handle: &str) -> Result<crate::domain::ids::ActorId, Failure> {
        match self.running.app.federation.resolve(handle).await? {
            Resolved::Group(id) => Ok(id),
            _ => Err(ResolveError::NotFound.into()),
        }
    }
}

/// Waits until `look` finds something. `what` is said when it never does.
pub async fn until<T, F>(what: &str, look: impl Fn() -> F) -> Result<T, Failure>
where
    F: Future<Output = Result<Option<T>, Failure>>,
{
    let began = Instant::now();
    while began.elapsed() < PATIENCE {
        if let Some(found) = look().await? {
            return Ok(found);
        }
        tokio::time::sleep(GLANCE).await;
    }
    Err(Failure::Demo(format!("waited in vain for {what}")))
}
