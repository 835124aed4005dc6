//! Promises of the settings as a whole, and of the annotated file that documents them.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use figment::providers::{Format, Toml};
use figment::value::{Dict, Value};

use super::layers::{self, Draft};
use super::*;

const ANNOTATED: &str = include_str!("../../config/coppice.toml");

fn environment(pairs: &[(&str, &str)]) -> Vec<(OsString, OsString)> {
    let os = |pair: &(&str, &str)| (pair.0.into(), pair.1.into());
    pairs.iter().map(os).collect()
}

/// From a file with this text, these variables and these flags.
fn assembled(
    toml: &str,
    variables: &[(&str, &str)],
    flags: &Overrides,
) -> Result<Settings, String> {
    let file = tempfile::NamedTempFile::with_prefix("coppice-test-").unwrap();
    std::fs::write(file.path(), toml).unwrap();
    layers::assemble(Some(file.path()), environment(variables).into_iter(), flags).map_err(
        |error| {
            let name = file.path().display().to_string();
            error.to_string().replace(&name, "FILE")
        },
    )
}

fn refusal(toml: &str, variables: &[(&str, &str)]) -> String {
    assembled(toml, variables, &Overrides::default()).unwrap_err()
}

fn defaults() -> Settings {
    Settings::with(&Overrides::default()).unwrap()
}

/// The annotated file with every key and table in force: what is commented out starts with `#`
/// right before its key, explanations start with `# `.
fn uncommented() -> String {
    let line = |line: &str| match line.strip_prefix('#') {
        Some(key) if key.starts_with(|c: char| c.is_ascii_lowercase() || c == '[') => {
            key.to_owned()
        }
        _ => line.to_owned(),
    };
    ANNOTATED.lines().map(line).collect::<Vec<_>>().join("\n")
}

fn keys(prefix: &str, dict: &Dict, found: &mut Vec<String>) {
    for (key, value) in dict {
        match value {
            Value::Dict(_, inner) => keys(&format!("{prefix}{key}."), inner, found),
            _ => found.push(format!("{prefix}{key}")),
        }
    }
}

#[test]
fn without_any_source_the_defaults_hold() {
    let settings = defaults();
    assert_eq!(settings.public_url.to_string(), "http://localhost:8080");
    assert_eq!(settings.listen, DEFAULT_LISTEN);
    assert_eq!(settings.data_dir, Path::new("data"));
    let file = PathBuf::from("data/coppice.sqlite3");
    assert_eq!(settings.database_url, DatabaseUrl::Sqlite(file));
    assert_eq!(settings.registration, RegistrationMode::Approval);
    assert!(settings.rate_limits.enabled && !settings.federation.allow_private_addresses);
    assert_eq!(settings.federation.delivery_concurrency.get(), 64);
    assert_eq!(settings.rate_limits.inbox.get(), 60_000);
    assert_eq!(settings.rate_limits.unverified.get(), 60);
    assert_eq!(settings.media.max_upload_bytes.get(), 10 * 1024 * 1024);
}

#[test]
fn the_annotated_file_as_shipped_changes_nothing() {
    let shipped = assembled(ANNOTATED, &[], &Overrides::default());
    assert_eq!(shipped, Ok(defaults()));
}

#[test]
fn every_key_of_the_annotated_file_is_shown_at_its_default() {
    let whole = uncommented();
    // The one key without a default: it excludes database_url.
    let (file_key, rest): (Vec<_>, Vec<_>) = whole
        .lines()
        .partition(|line| line.starts_with("database_url_file"));
    assert_eq!(file_key.len(), 1);
    let settings = assembled(&rest.join("\n"), &[], &Overrides::default());
    assert_eq!(settings, Ok(defaults()));
}

#[test]
fn the_annotated_file_shows_every_key() {
    let all = Value::serialize(Draft::default()).unwrap();
    let shown: Dict = Toml::from_str(&uncommented()).unwrap();
    let (mut expected, mut found) = (Vec::new(), Vec::new());
    keys("", all.as_dict().unwrap(), &mut expected);
    keys("", &shown, &mut found);
    assert_eq!(found, expected);
}

#[test]
fn flags_win_over_the_environment_and_the_environment_over_the_file() {
    let toml = "listen = \"127.0.0.1:1\"\ndata_dir = \"file\"\nregistration = \"closed\"";
    let variables = [
        ("COPPICE_LISTEN", "127.0.0.1:2"),
        ("COPPICE_DATA_DIR", "2026"),
        ("COPPICE_RATE_LIMITS__LOGIN", "7"),
        ("COPPICE_RATE_LIMITS__ENABLED", "false"),
        ("COPPICE_PROXY__TRUSTED", "10.0.0.0/8, 192.0.2.1"),
        ("COPPICE_TEST_REQUIRE", "postgres"),
        ("COPPICE_CONFIG", "elsewhere.toml"),
        ("COPPICE_SHARED", "/srv"),
        ("PATH", "/bin"),
    ];
    let flags = Overrides {
        listen: Some("127.0.0.1:3".to_owned()),
        log_format: Some(LogFormat::Json),
        ..Overrides::default()
    };
    let settings = assembled(toml, &variables, &flags).unwrap();
    assert_eq!(settings.listen.port(), 3);
    assert_eq!(settings.data_dir, Path::new("2026"));
    assert_eq!(settings.registration, RegistrationMode::Closed);
    assert_eq!(settings.rate_limits.login.get(), 7);
    assert_eq!(settings.rate_limits.post, defaults().rate_limits.post);
    assert!(!settings.rate_limits.enabled);
    assert_eq!(settings.proxy.trusted.len(), 2);
    assert_eq!(settings.log.format, LogFormat::Json);
    let file = PathBuf::from("2026/coppice.sqlite3");
    assert_eq!(settings.database_url, DatabaseUrl::Sqlite(file));
}

#[test]
fn a_wrong_key_is_refused_with_its_name_and_its_place() {
    let message = refusal("[federation]\nallow_private = true", &[]);
    assert!(
        message.starts_with("FILE: there is no setting `federation.allow_private`"),
        "{message}"
    );
    assert!(message.contains("allow_private_addresses"), "{message}");
    let message = refusal("", &[("COPPICE_FEDERATION__ALLOW", "true")]);
    assert!(
        message.starts_with("environment variable COPPICE_FEDERATION__ALLOW: "),
        "{message}"
    );
    assert!(message.contains("`federation.allow`"), "{message}");
    assert!(refusal("", &[("COPPICE_LISTN", "x")]).contains("`listn`"));
    assert!(refusal("", &[("COPPICE_", "x")]).contains("COPPICE_"));
}

#[test]
fn a_wrong_value_is_refused_with_its_key_and_its_place() {
    for (toml, key) in [
        ("listen = \"nowhere\"", "`listen`"),
        ("listen = 8080", "`listen`"),
        ("public_url = \"learn.example.org\"", "`public_url`"),
        ("public_url = \"http://learn.example.org\"", "`public_url`"),
        ("database_url = \"mysql://db\"", "`database_url`"),
        ("registration = \"sometimes\"", "`registration`"),
        ("rate_limits.login = 0", "`rate_limits.login`"),
        ("rate_limits.enabled = \"yes\"", "`rate_limits.enabled`"),
        ("federation = true", "`federation`"),
        ("log.level = \"coppice=loud\"", "`log.level`"),
        ("proxy.trusted = [\"here\"]", "`proxy.trusted`"),
    ] {
        let message = refusal(toml, &[]);
        assert!(
            message.starts_with("FILE: ") && message.contains(key),
            "{toml}: {message}"
        );
    }
    let message = refusal("", &[("COPPICE_RATE_LIMITS__LOGIN", "many")]);
    assert!(
        message.starts_with("environment variable COPPICE_RATE_LIMITS__LOGIN: `rate_limits.login`"),
        "{message}"
    );
    let message = refusal("", &[("COPPICE_DATABASE_URL", "mysql://ann:s3cret@db")]);
    assert!(!message.contains("s3cret"), "{message}");
    assert!(refusal("listen = ", &[]).starts_with("FILE: not valid TOML"));
}

#[test]
fn a_configuration_file_that_was_asked_for_must_exist() {
    let missing = Path::new("/nonexistent/coppice.toml");
    let error = Settings::load(Some(missing), &Overrides::default()).unwrap_err();
    assert!(error.to_string().starts_with("/nonexistent/coppice.toml: "));
}

#[test]
fn plain_http_is_for_this_machine_unless_private_addresses_are_allowed() {
    let toml = "public_url = \"http://10.0.0.5:8080\"\n";
    assert!(refusal(toml, &[]).contains("https://"));
    let variable = ("COPPICE_FEDERATION__ALLOW_PRIVATE_ADDRESSES", "true");
    let settings = assembled(toml, &[variable], &Overrides::default()).unwrap();
    assert_eq!(settings.public_url.host_port(), "10.0.0.5:8080");
}

#[test]
fn the_database_url_may_stand_in_a_file_of_its_own() {
    let secret = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(secret.path(), "postgres://ann:s3cret@db/x\n").unwrap();
    let path = secret.path().to_str().unwrap();
    let toml = "database_url = \"sqlite:lower.db\"";
    let from_file = ("COPPICE_DATABASE_URL_FILE", path);
    let settings = assembled(toml, &[from_file], &Overrides::default()).unwrap();
    let url = "postgres://ann:s3cret@db/x".to_owned();
    assert_eq!(settings.database_url, DatabaseUrl::Postgres(url));
    assert!(!format!("{settings:?}").contains("s3cret"));

    let both = [from_file, ("COPPICE_DATABASE_URL", "sqlite:a.db")];
    assert!(refusal("", &both).contains("keep one of the two"));
    let missing = refusal("database_url_file = \"/nonexistent/url\"", &[]);
    assert!(missing.starts_with("/nonexistent/url: "), "{missing}");
}
