//! Puts settings together from their layers. Every source is first read alone, so that a mistake
//! is reported with the file, variable or flag it stands in; then they are merged.
//! Reads the configuration file, and the file that `database_url_file` names.

use std::ffi::OsString;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use figment::Figment;
use figment::providers::{Format, Serialized, Toml};
use figment::value::{Dict, Value};
use serde::{Deserialize, Serialize};

use super::{
    ConfigError, DATABASE_FILE, DEFAULT_DATA_DIR, DEFAULT_LISTEN, DEFAULT_PUBLIC_URL, DatabaseUrl,
    Federation, LinkPreviews, Log, LogFormat, Media, Proxy, PublicUrl, RateLimits, Settings,
};
use crate::domain::kinds::RegistrationMode;

const DEFAULT_FILE: &str = "config/coppice.toml";
const PREFIX: &str = "COPPICE_";
/// Variables of the same prefix that are no settings: the command line and the tests read them.
const NOT_SETTINGS: &[&str] = &["COPPICE_CONFIG", "COPPICE_SHARED"];
const TEST_PREFIX: &str = "COPPICE_TEST_";

/// Settings given as flags; those left `None` come from the layers below.
#[derive(Clone, Debug, Default, clap::Args)]
pub struct Overrides {
    /// Scheme and host[:port] of this instance, as others reach it
    #[arg(long, global = true, value_name = "URL")]
    pub public_url: Option<String>,
    /// Address and port to listen on
    #[arg(long, global = true, value_name = "ADDRESS:PORT")]
    pub listen: Option<String>,
    /// Folder for the database, keys and pictures
    #[arg(long, global = true, value_name = "FOLDER")]
    pub data_dir: Option<PathBuf>,
    /// sqlite:PATH or postgres://…
    #[arg(long, global = true, value_name = "URL")]
    pub database_url: Option<String>,
    /// How log lines look
    #[arg(long, global = true, value_name = "FORMAT")]
    pub log_format: Option<LogFormat>,
}

/// Settings as they are written: each key may be missing, and the database has two spellings.
#[derive(Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Draft {
    public_url: Option<PublicUrl>,
    listen: SocketAddr,
    data_dir: PathBuf,
    database_url: Option<DatabaseUrl>,
    /// A file that holds the database URL, so that its password need not stand here.
    database_url_file: Option<PathBuf>,
    registration: RegistrationMode,
    federation: Federation,
    rate_limits: RateLimits,
    log: Log,
    proxy: Proxy,
    media: Media,
    link_previews: LinkPreviews,
}

impl Default for Draft {
    fn default() -> Self {
        Draft {
            public_url: None,
            listen: DEFAULT_LISTEN,
            data_dir: PathBuf::from(DEFAULT_DATA_DIR),
            database_url: None,
            database_url_file: None,
            registration: RegistrationMode::Approval,
            federation: Federation::default(),
            rate_limits: RateLimits::default(),
            log: Log::default(),
            proxy: Proxy::default(),
            media: Media::default(),
            link_previews: LinkPreviews::default(),
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    File,
    Environment,
    Flags,
}

/// One source of settings: a whole file, or a single variable or flag.
#[derive(Debug)]
pub(super) struct Layer {
    rank: Rank,
    /// What the operator is told when something in it is wrong.
    origin: String,
    values: Dict,
}

impl Layer {
    /// One key with one value, both as text.
    fn single(rank: Rank, origin: String, path: &[String], value: &str) -> Layer {
        let mut nested = Value::from(value);
        for key in path.iter().rev() {
            nested = Value::from(Dict::from([(key.clone(), nested)]));
        }
        let values = nested.into_dict().unwrap_or_default();
        Layer {
            rank,
            origin,
            values,
        }
    }

    fn has(&self, key: &str) -> bool {
        let mut keys = key.split('.');
        let first = keys.next().and_then(|key| self.values.get(key));
        keys.try_fold(first, |value, key| Some(value?.as_dict()?.get(key)))
            .flatten()
            .is_some()
    }

    fn read(&self) -> Result<Draft, ConfigError> {
        let alone = Figment::from(Serialized::defaults(&self.values));
        // Variables and flags are text, a TOML file has types of its own.
        let draft = match self.rank {
            Rank::File => alone.extract(),
            Rank::Environment | Rank::Flags => alone.extract_lossy(),
        };
        draft.map_err(|error| ConfigError::from_figment(&self.origin, &error))
    }
}

pub(super) fn assemble(
    config_file: Option<&Path>,
    environment: impl Iterator<Item = (OsString, OsString)>,
    overrides: &Overrides,
) -> Result<Settings, ConfigError> {
    let mut layers: Vec<Layer> = file_layer(config_file)?.into_iter().collect();
    layers.extend(environment_layers(environment)?);
    layers.extend(flag_layers(overrides)?);
    merge(&layers)
}

pub(super) fn from_flags(overrides: &Overrides) -> Result<Settings, ConfigError> {
    merge(&flag_layers(overrides)?)
}

fn file_layer(config_file: Option<&Path>) -> Result<Option<Layer>, ConfigError> {
    let path = config_file.unwrap_or(Path::new(DEFAULT_FILE));
    match read_file(path) {
        Ok(text) => toml_layer(path, &text).map(Some),
        Err(ConfigError::Unreadable { cause, .. })
            if config_file.is_none() && cause.kind() == std::io::ErrorKind::NotFound =>
        {
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

fn read_file(path: &Path) -> Result<String, ConfigError> {
    std::fs::read_to_string(path).map_err(|cause| ConfigError::Unreadable {
        path: path.to_owned(),
        cause,
    })
}

pub(super) fn toml_layer(path: &Path, text: &str) -> Result<Layer, ConfigError> {
    let values = Toml::from_str::<Dict>(text).map_err(|error| ConfigError::Syntax {
        path: path.to_owned(),
        problem: error.to_string().trim_end().to_owned(),
    })?;
    Ok(Layer {
        rank: Rank::File,
        origin: path.display().to_string(),
        values,
    })
}

fn environment_layers(
    environment: impl Iterator<Item = (OsString, OsString)>,
) -> Result<Vec<Layer>, ConfigError> {
    let mut layers = Vec::new();
    for (name, value) in environment {
        let Some(name) = name.to_str() else { continue };
        let Some(key) = name.strip_prefix(PREFIX) else {
            continue;
        };
        if NOT_SETTINGS.contains(&name) || name.starts_with(TEST_PREFIX) {
            continue;
        }
        let path: Vec<String> = key.to_lowercase().split("__").map(str::to_owned).collect();
        let origin = format!("environment variable {name}");
        let Some(value) = value.to_str() else {
            return Err(ConfigError::bad(origin, &path.join("."), "is not UTF-8"));
        };
        layers.push(Layer::single(Rank::Environment, origin, &path, value));
    }
    Ok(layers)
}

fn flag_layers(overrides: &Overrides) -> Result<Vec<Layer>, ConfigError> {
    let log_format = overrides.log_format.map(|format| match format {
        LogFormat::Human => "human".to_owned(),
        LogFormat::Json => "json".to_owned(),
    });
    let data_dir = match overrides.data_dir.as_deref().map(Path::to_str) {
        Some(None) => return Err(ConfigError::bad("--data-dir", "data_dir", "is not UTF-8")),
        Some(Some(path)) => Some(path.to_owned()),
        None => None,
    };
    let layers = [
        ("public_url", "--public-url", overrides.public_url.clone()),
        ("listen", "--listen", overrides.listen.clone()),
        ("data_dir", "--data-dir", data_dir),
        (
            "database_url",
            "--database-url",
            overrides.database_url.clone(),
        ),
        ("log.format", "--log-format", log_format),
    ]
    .into_iter()
    .filter_map(|(key, flag, value)| {
        let path: Vec<String> = key.split('.').map(str::to_owned).collect();
        Some(Layer::single(Rank::Flags, flag.to_owned(), &path, &value?))
    })
    .collect();
    Ok(layers)
}

/// `layers`: lowest first.
pub(super) fn merge(layers: &[Layer]) -> Result<Settings, ConfigError> {
    let mut all = Figment::new();
    for layer in layers {
        layer.read()?;
        all = all.merge(Serialized::defaults(&layer.values));
    }
    let draft: Draft = all
        .extract_lossy()
        .map_err(|error| ConfigError::from_figment("settings", &error))?;
    let origin_of = |key: &str| {
        let setter = layers.iter().rev().find(|layer| layer.has(key));
        setter.map_or("default".to_owned(), |layer| layer.origin.clone())
    };
    let public_url = match draft.public_url {
        Some(url) => url,
        None => PublicUrl::parse(DEFAULT_PUBLIC_URL)
            .map_err(|error| ConfigError::bad("default", "public_url", error))?,
    };
    let settings = Settings {
        public_url,
        listen: draft.listen,
        database_url: database_url(layers, &draft.data_dir)?,
        data_dir: draft.data_dir,
        registration: draft.registration,
        federation: draft.federation,
        rate_limits: draft.rate_limits,
        log: draft.log,
        proxy: draft.proxy,
        media: draft.media,
        link_previews: draft.link_previews,
    };
    check(&settings, origin_of)?;
    Ok(settings)
}

/// The higher rank decides, whichever of the two spellings it uses; both in one rank is a mistake.
fn database_url(layers: &[Layer], data_dir: &Path) -> Result<DatabaseUrl, ConfigError> {
    for rank in [Rank::Flags, Rank::Environment, Rank::File] {
        let (mut url, mut file) = (None, None);
        for layer in layers.iter().filter(|layer| layer.rank == rank) {
            let draft = layer.read()?;
            url = url.or(draft.database_url);
            file = file.or(draft.database_url_file.map(|path| (layer, path)));
        }
        match (url, file) {
            (None, None) => {}
            (Some(url), None) => return Ok(url),
            (None, Some((_, path))) => {
                return read_file(&path)?.parse().map_err(|error| {
                    ConfigError::bad(path.display().to_string(), "database_url", error)
                });
            }
            (Some(_), Some((layer, _))) => {
                return Err(ConfigError::bad(
                    &layer.origin,
                    "database_url_file",
                    "database_url is set as well; keep one of the two",
                ));
            }
        }
    }
    Ok(DatabaseUrl::Sqlite(data_dir.join(DATABASE_FILE)))
}

pub(super) fn check(
    settings: &Settings,
    origin_of: impl Fn(&str) -> String,
) -> Result<(), ConfigError> {
    let url = &settings.public_url;
    let private = settings.federation.allow_private_addresses;
    if !url.is_https() && !url.is_loopback() && !private {
        return Err(ConfigError::bad(
            origin_of("public_url"),
            "public_url",
            "must be https:// for every host but this machine (or set \
             federation.allow_private_addresses, for tests only)",
        ));
    }
    tracing_subscriber::EnvFilter::try_new(&settings.log.level).map_err(|error| {
        ConfigError::bad(
            origin_of("log.level"),
            "log.level",
            format!("{error}; try info, debug or warn"),
        )
    })?;
    if settings.media.max_upload_bytes.get() > LARGEST_UPLOAD {
        return Err(ConfigError::bad(
            origin_of("media.max_upload_bytes"),
            "media.max_upload_bytes",
            format!("at most {LARGEST_UPLOAD}: larger pictures are not decoded"),
        ));
    }
    Ok(())
}

/// What `media` takes at most, in bytes.
const LARGEST_UPLOAD: u64 = 10 * 1024 * 1024;
