//! Settings of one instance: what they are, their defaults, and how they are put together.
//! Reads the configuration file and the environment; touches nothing else.

mod database_url;
mod error;
mod layers;
mod proxy;
mod public_url;

use std::net::{Ipv4Addr, SocketAddr};
use std::num::{NonZeroU32, NonZeroU64, NonZeroUsize};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::domain::kinds::RegistrationMode;

pub use database_url::{DatabaseUrl, DatabaseUrlError};
pub use error::ConfigError;
pub use layers::Overrides;
pub use proxy::{AddressRange, AddressRangeError, Proxy};
pub use public_url::{PublicUrl, PublicUrlError};

/// Everything an operator can set, checked. `config/coppice.toml` explains each key.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    pub public_url: PublicUrl,
    pub listen: SocketAddr,
    pub data_dir: PathBuf,
    pub database_url: DatabaseUrl,
    pub registration: RegistrationMode,
    pub federation: Federation,
    pub rate_limits: RateLimits,
    pub log: Log,
    pub proxy: Proxy,
    pub media: Media,
    pub link_previews: LinkPreviews,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Federation {
    /// Talk to private and loopback addresses, over plain http and on any port: for tests and demos.
    pub allow_private_addresses: bool,
    /// Show ActivityPub documents only to servers that sign their requests, so that blocked ones
    /// get none.
    pub secure_mode: bool,
    /// Requests in flight to other servers at one time, over all hosts.
    pub delivery_concurrency: NonZeroUsize,
}

/// Requests per minute at each door; as many may come at once. Counted per client address unless
/// the field says otherwise.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RateLimits {
    pub enabled: bool,
    /// Attempts to log in.
    pub login: NonZeroU32,
    /// New accounts.
    pub register: NonZeroU32,
    /// Posts, comments and edits, per account.
    pub post: NonZeroU32,
    /// Votes, follows and other small acts, per account.
    pub act: NonZeroU32,
    /// Pictures, per account.
    pub upload: NonZeroU32,
    /// Searches; each may look up an address on another server.
    pub search: NonZeroU32,
    /// Pages for browsers.
    pub page: NonZeroU32,
    /// Calls of the JSON API that only read.
    pub api: NonZeroU32,
    /// ActivityPub documents, WebFinger and NodeInfo, read by other servers.
    pub document: NonZeroU32,
    /// Activities, per sending host.
    pub inbox: NonZeroU32,
    /// Requests from one address with signatures whose keys had to be asked for, in vain.
    pub unverified: NonZeroU32,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Log {
    pub format: LogFormat,
    /// A `tracing` filter: `info`, or `info,coppice::federation=debug`.
    pub level: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    Human,
    Json,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Media {
    /// The largest picture a member may upload, in bytes.
    pub max_upload_bytes: NonZeroU64,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LinkPreviews {
    /// Look at the pages behind threads' links, to show what they say of themselves.
    pub enabled: bool,
    /// Threads from other servers come to many at once: each waits a random while, at most so many
    /// seconds, so that a page is not asked for by all in the same moment.
    pub spread: u32,
}

impl Settings {
    /// Defaults < file < environment < flags. The file is `config_file`, which must exist, or else
    /// `config/coppice.toml` in the working directory where there is one.
    pub fn load(
        config_file: Option<&Path>,
        overrides: &Overrides,
    ) -> Result<Settings, ConfigError> {
        layers::assemble(config_file, std::env::vars_os(), overrides)
    }

    /// The defaults, with `overrides` alone on top: no file, no environment. For servers that
    /// another program starts, as the demo and the tests do.
    pub fn with(overrides: &Overrides) -> Result<Settings, ConfigError> {
        layers::from_flags(overrides)
    }

    /// Rules that hold between settings. `load` and `with` have checked them; who changes the
    /// settings afterwards checks again.
    pub fn check(&self) -> Result<(), ConfigError> {
        layers::check(self, |_| "these settings".to_owned())
    }
}

pub(crate) const DEFAULT_PUBLIC_URL: &str = "http://localhost:8080";
pub(crate) const DEFAULT_LISTEN: SocketAddr =
    SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 8080);
pub(crate) const DEFAULT_DATA_DIR: &str = "data";
pub(crate) const DATABASE_FILE: &str = "coppice.sqlite3";

/// A default that is known not to be zero, without a way to panic.
macro_rules! nonzero {
    ($kind:ident, $number:literal) => {
        const { $kind::MIN.saturating_add($number - 1) }
    };
}

impl Default for Federation {
    fn default() -> Self {
        Federation {
            allow_private_addresses: false,
            secure_mode: false,
            delivery_concurrency: nonzero!(NonZeroUsize, 64),
        }
    }
}

impl Default for RateLimits {
    fn default() -> Self {
        RateLimits {
            enabled: true,
            login: nonzero!(NonZeroU32, 10),
            register: nonzero!(NonZeroU32, 5),
            post: nonzero!(NonZeroU32, 20),
            act: nonzero!(NonZeroU32, 120),
            upload: nonzero!(NonZeroU32, 20),
            search: nonzero!(NonZeroU32, 30),
            page: nonzero!(NonZeroU32, 600),
            api: nonzero!(NonZeroU32, 600),
            document: nonzero!(NonZeroU32, 3000),
            inbox: nonzero!(NonZeroU32, 60_000),
            unverified: nonzero!(NonZeroU32, 60),
        }
    }
}

impl Default for Log {
    fn default() -> Self {
        Log {
            format: LogFormat::Human,
            level: "info".to_owned(),
        }
    }
}

impl Default for Media {
    fn default() -> Self {
        Media {
            max_upload_bytes: nonzero!(NonZeroU64, 10_485_760),
        }
    }
}

impl Default for LinkPreviews {
    fn default() -> Self {
        LinkPreviews {
            enabled: true,
            spread: 60,
        }
    }
}

#[cfg(test)]
mod tests;
