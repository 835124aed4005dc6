//! Helper processes (PostgreSQL, chromedriver) that never outlive the test process.
//!
//! Each runs under a small shell that holds the reading end of a pipe. When the test process ends,
//! however it ends, the pipe closes, and the shell stops the helper and removes its folder.

use std::ffi::OsStr;
use std::io::{BufRead, BufReader, Read};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{ChildStdin, Command, Stdio};

pub struct Guard {
    /// Open as long as this process lives; nothing is ever written to it.
    _life: ChildStdin,
    /// A new folder, made and removed by the guard.
    pub folder: PathBuf,
    /// The one line the script printed when its helper was ready.
    pub ready: String,
}

/// Runs `start`, waits for the line it prints, and runs `stop` when this process has ended. What
/// then still lives in the guard's process group is killed.
///
/// Both are `sh` text. They see the new folder as `$1` and `arguments` as `$2`, `$3`, …, must send
/// output of their own elsewhere, and `start` must `exit` when it fails.
pub fn start(name: &str, start: &str, stop: &str, arguments: &[&OsStr]) -> Result<Guard, String> {
    let folder = format!("coppice-test-{name}-XXXXXX");
    let script = format!(
        "trap '' INT HUP TERM PIPE
        folder=$(mktemp -d \"$1\") || exit 1
        shift; set -- \"$folder\" \"$@\"; echo \"$folder\"
        clean() {{ {stop}
            rm -rf \"$1\"
            kill -KILL 0 # the guard included: its work is done
        }}
        begin() {{ {start}\n }}
        (trap - INT HUP TERM PIPE; begin \"$@\") </dev/null || {{ clean \"$@\"; exit 1; }}
        while read -r line; do :; done
        clean \"$@\" </dev/null >/dev/null 2>&1"
    );
    let mut child = Command::new("sh")
        .args(["-c", &script, "guard"])
        .arg(base().join(folder))
        .args(arguments)
        .process_group(0) // an interrupt at the terminal goes to the tests, not to the guard
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| format!("sh: {error}"))?;
    let (Some(life), Some(stdout), Some(mut stderr)) =
        (child.stdin.take(), child.stdout.take(), child.stderr.take())
    else {
        return Err("sh has no pipes".to_owned());
    };
    let mut lines = BufReader::new(stdout).lines().map_while(Result::ok);
    if let (Some(folder), Some(ready)) = (lines.next(), lines.next()) {
        return Ok(Guard {
            _life: life,
            folder: PathBuf::from(folder),
            ready: ready.trim().to_owned(),
        });
    }
    let mut problem = String::new();
    let _ = stderr.read_to_string(&mut problem);
    let _ = child.wait();
    Err(format!("{name} does not start: {}", problem.trim()))
}

/// Unix sockets need a path of at most 107 bytes.
fn base() -> PathBuf {
    let usual = std::env::temp_dir();
    if usual.as_os_str().len() <= 50 {
        usual
    } else {
        PathBuf::from("/tmp")
    }
}

/// The first program of one of these names on PATH.
pub fn on_path(names: &[&str]) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    let in_folder = |name: &str| {
        std::env::split_paths(&path)
            .map(|folder| folder.join(name))
            .find(|program| is_program(program))
    };
    names.iter().find_map(|name| in_folder(name))
}

pub fn is_program(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    path.metadata()
        .is_ok_and(|meta| meta.is_file() && meta.permissions().mode() & 0o111 != 0)
}
