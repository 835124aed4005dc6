//! The real program at the command line: settings checked, accounts made, a stop in peace.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::process::{Child, Command, Output, Stdio};

use tempfile::TempDir;

/// The program in a folder of its own, with no settings but those given.
fn coppice(folder: &TempDir, arguments: &[&str], variables: &[(&str, &str)]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_coppice"));
    command.args(arguments).current_dir(folder.path());
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("COPPICE_")) {
        command.env_remove(name);
    }
    command.envs(variables.iter().copied());
    command
}

fn told(output: &Output) -> String {
    format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    )
}

fn with_input(mut command: Command, input: &str) -> Output {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child
        .stdin
        .take()
        .unwrap()
        .write_all(input.as_bytes())
        .unwrap();
    child.wait_with_output().unwrap()
}

#[test]
fn settings_are_checked_and_a_wrong_one_is_named() {
    let folder = TempDir::new().unwrap();
    let good = coppice(&folder, &["config", "check"], &[])
        .output()
        .unwrap();
    assert!(good.status.success(), "{}", told(&good));
    assert!(told(&good).contains("http://localhost:8080"));
    let table = [
        ("COPPICE_LISTN", "127.0.0.1:1"),
        ("COPPICE_REGISTRATION", "sometimes"),
        ("COPPICE_MEDIA__MAX_UPLOAD_BYTES", "99999999"),
    ];
    for (name, value) in table {
        let bad = coppice(&folder, &["config", "check"], &[(name, value)])
            .output()
            .unwrap();
        assert!(!bad.status.success(), "{name}");
        assert!(told(&bad).contains(name), "{name}: {}", told(&bad));
    }
}

#[test]
fn accounts_and_groups_are_made_before_the_first_start() {
    let folder = TempDir::new().unwrap();
    let create = [
        "user",
        "create",
        "ann",
        "--email",
        "ann@example.org",
        "--password-stdin",
    ];
    let short = with_input(coppice(&folder, &create, &[]), "short\n");
    assert!(!short.status.success());
    assert!(
        told(&short).contains("at least 10 characters"),
        "{}",
        told(&short)
    );
    let made = with_input(coppice(&folder, &create, &[]), "correct horse battery\n");
    assert!(made.status.success(), "{}", told(&made));
    let twice = with_input(coppice(&folder, &create, &[]), "correct horse battery\n");
    assert!(!twice.status.success());
    let group = [
        "group", "create", "looms", "--title", "Looms", "--by", "ann",
    ];
    let group = coppice(&folder, &group, &[]).output().unwrap();
    assert!(told(&group).contains("/c/looms"), "{}", told(&group));
    let queue = coppice(&folder, &["queue"], &[]).output().unwrap();
    assert!(queue.status.success() && told(&queue).contains("last error"));
}

struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn a_new_instance_prints_a_set_up_link_and_ends_in_peace_when_told_to() {
    let folder = TempDir::new().unwrap();
    let port = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let (url, listen) = (
        format!("http://localhost:{port}"),
        format!("127.0.0.1:{port}"),
    );
    let variables = [
        ("COPPICE_PUBLIC_URL", url.as_str()),
        ("COPPICE_LISTEN", &listen),
        // As in a bare container: no CA certificates but those compiled in.
        ("SSL_CERT_FILE", "/nowhere"),
        ("SSL_CERT_DIR", "/nowhere"),
    ];
    let child = coppice(&folder, &[], &variables)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut running = Running(child);
    let mut lines = BufReader::new(running.0.stdout.take().unwrap()).lines();
    let link = lines
        .by_ref()
        .map(Result::unwrap)
        .find(|line| line.contains("/setup?token="));
    assert!(link.is_some_and(|link| link.contains(&url)));
    let stop = Command::new("kill")
        .args(["-TERM", &running.0.id().to_string()])
        .status()
        .unwrap();
    assert!(stop.success());
    assert!(running.0.wait().unwrap().success());
}
