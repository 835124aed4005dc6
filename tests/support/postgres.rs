//! A private PostgreSQL cluster for the test process, started on first use and gone with it.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use diesel::prelude::*;

use super::guard::{self, Guard, is_program, on_path};
use super::lanes::Skip;

const OLDEST: u32 = 15;

/// A fresh, empty database; it goes with the cluster.
#[derive(Clone, Debug)]
pub struct TestDatabase {
    /// `postgres:///name?host=SOCKET_FOLDER&user=coppice`
    pub url: String,
}

static CLUSTER: OnceLock<Result<Guard, Failure>> = OnceLock::new();
static NUMBER: AtomicU32 = AtomicU32::new(1);

enum Failure {
    /// This machine cannot run the lane.
    Missing(Skip),
    /// PostgreSQL is there and does not work: nothing to skip quietly.
    Broken(String),
}

/// A new database on the private cluster, or why there is none. Blocks for a few seconds on first
/// use. Panics where PostgreSQL is installed but fails.
pub fn database() -> Result<TestDatabase, Skip> {
    let cluster = match CLUSTER.get_or_init(start) {
        Ok(cluster) => cluster,
        Err(Failure::Missing(skip)) => return Err(skip.clone()),
        Err(Failure::Broken(problem)) => panic!("{problem}"),
    };
    let name = format!("test_{}", NUMBER.fetch_add(1, Ordering::Relaxed));
    let mut maintenance = PgConnection::establish(&url(&cluster.folder, "postgres")).unwrap();
    diesel::sql_query(format!("CREATE DATABASE {name}"))
        .execute(&mut maintenance)
        .unwrap();
    Ok(TestDatabase {
        url: url(&cluster.folder, &name),
    })
}

fn url(folder: &Path, name: &str) -> String {
    format!("postgres:///{name}?host={}&user=coppice", folder.display())
}

/// `$2`: folder of the programs; the rest: how to become the user that may run them.
const START: &str = r#"
    dir="$1"; bin="$2"; shift 2
    if [ $# -gt 0 ]; then chown postgres "$dir" || exit 1; fi
    cd "$dir" || exit 1
    "$@" "$bin/initdb" -D "$dir/data" -U coppice -A trust -E UTF8 --no-locale --no-sync \
        >/dev/null || exit 1
    "$@" "$bin/pg_ctl" -D "$dir/data" -l "$dir/log" -w -t 60 start -o "-c listen_addresses='' \
        -c unix_socket_directories='$dir' -c max_connections=300 -c shared_buffers=64MB \
        -c fsync=off -c synchronous_commit=off -c full_page_writes=off" >/dev/null \
        || { cat "$dir/log" >&2; exit 1; }
    echo ready
"#;

const STOP: &str = r#"
    (dir="$1"; bin="$2"; shift 2; cd "$dir"
    "$@" "$bin/pg_ctl" -D "$dir/data" -m immediate -w -t 30 stop >/dev/null 2>&1)
"#;

fn start() -> Result<Guard, Failure> {
    let bin = programs().map_err(Failure::Missing)?;
    let become_user: &[&str] = if is_root() {
        let known = Command::new("id").args(["-u", "postgres"]).output();
        if !known.is_ok_and(|output| output.status.success()) {
            return Err(Failure::Missing(Skip(
                "PostgreSQL does not run as root, and there is no user postgres".to_owned(),
            )));
        }
        &["runuser", "-u", "postgres", "--"]
    } else {
        &[]
    };
    let mut arguments = vec![bin.as_os_str()];
    arguments.extend(become_user.iter().map(OsStr::new));
    guard::start("pg", START, STOP, &arguments).map_err(Failure::Broken)
}

fn is_root() -> bool {
    use std::os::unix::fs::MetadataExt;
    // The owner of our own entry in /proc is the user we act as.
    std::fs::metadata("/proc/self").is_ok_and(|meta| meta.uid() == 0)
}

/// The folder of the newest PostgreSQL here, on PATH or where Debian puts it.
fn programs() -> Result<PathBuf, Skip> {
    let on_path = on_path(&["postgres"]).and_then(|p| p.parent().map(Path::to_owned));
    let debian = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path().join("bin"));
    let complete = |bin: &PathBuf| {
        ["postgres", "initdb", "pg_ctl"]
            .iter()
            .all(|program| is_program(&bin.join(program)))
    };
    let newest = on_path
        .into_iter()
        .chain(debian)
        .filter(complete)
        .filter_map(|bin| Some((version(&bin)?, bin)))
        .max();
    match newest {
        Some((version, bin)) if version >= OLDEST => Ok(bin),
        Some((version, _)) => Err(Skip(format!(
            "PostgreSQL {version} is installed, {OLDEST} or newer is needed"
        ))),
        None => Err(Skip(
            "no PostgreSQL server on PATH or under /usr/lib/postgresql (Debian: postgresql)"
                .to_owned(),
        )),
    }
}

/// 15 of `postgres (PostgreSQL) 15.13 (Debian …)`, 18 of `postgres (PostgreSQL) 18beta1`.
fn version(bin: &Path) -> Option<u32> {
    let output = Command::new(bin.join("postgres")).arg("--version").output();
    let text = String::from_utf8(output.ok()?.stdout).ok()?;
    let number = text.split(' ').nth(2)?;
    let digits: String = number.chars().take_while(char::is_ascii_digit).collect();
    digits.parse().ok()
}
