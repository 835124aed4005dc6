//! The server under test: this program again, as a child process, and what the system says of it.

use std::net::{Ipv4Addr, TcpListener};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::{Failure, failed};
use crate::config::{Overrides, Settings};

/// `/proc` counts CPU time in these, on every Linux there is.
const TICKS_PER_SECOND: f64 = 100.0;
const READY_WITHIN: Duration = Duration::from_secs(60);

/// Where a server is to run: its settings, and the folder that goes away with it.
pub struct Site {
    pub settings: Settings,
    pub port: u16,
    overrides: Overrides,
    folder: TempDir,
}

impl Site {
    /// A free loopback port and a temporary folder; `database` is a PostgreSQL database, if any.
    pub fn new(database: Option<String>) -> Result<Site, Failure> {
        let folder = tempfile::tempdir()?;
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?
            .local_addr()?
            .port();
        let overrides = Overrides {
            public_url: Some(format!("http://localhost:{port}")),
            listen: Some(format!("127.0.0.1:{port}")),
            data_dir: Some(folder.path().join("data")),
            database_url: database,
            ..Overrides::default()
        };
        Ok(Site {
            settings: Settings::with(&overrides)?,
            port,
            overrides,
            folder,
        })
    }

    /// Starts the child and waits until it is ready.
    pub async fn start(&self) -> Result<Server, Failure> {
        let mut command = Command::new(std::env::current_exe()?);
        // The operator's own settings are not those of a benchmark.
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("COPPICE_") {
                command.env_remove(name);
            }
        }
        let flags = [
            ("--public-url", self.overrides.public_url.clone()),
            ("--listen", self.overrides.listen.clone()),
            ("--database-url", self.overrides.database_url.clone()),
        ];
        for (flag, value) in flags {
            if let Some(value) = value {
                command.arg(flag).arg(value);
            }
        }
        let data: PathBuf = self.settings.data_dir.clone();
        command
            .arg("--data-dir")
            .arg(data)
            .arg("serve")
            .current_dir(self.folder.path())
            .env("COPPICE_FEDERATION__ALLOW_PRIVATE_ADDRESSES", "true")
            .env("COPPICE_RATE_LIMITS__ENABLED", "false")
            .env("COPPICE_REGISTRATION", "open")
            .env("COPPICE_LOG__LEVEL", "error")
            .stdin(Stdio::null())
            .stdout(Stdio::null());
        let started = Instant::now();
        let child = command.spawn()?;
        let mut server = Server {
            child,
            ready_after: Duration::ZERO,
        };
        while !is_ready(self.port).await {
            if let Some(status) = server.child.try_wait()? {
                return Err(failed("the server under test ended", status));
            }
            if started.elapsed() > READY_WITHIN {
                return Err(Failure::Usage(
                    "the server under test does not become ready".to_owned(),
                ));
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        server.ready_after = started.elapsed();
        Ok(server)
    }
}

async fn is_ready(port: u16) -> bool {
    let ask = async {
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await?;
        stream
            .write_all(b"GET /readyz HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n")
            .await?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await?;
        Ok::<_, std::io::Error>(answer.starts_with("HTTP/1.1 200"))
    };
    ask.await.unwrap_or(false)
}

/// The running child; killed when dropped.
pub struct Server {
    child: Child,
    pub ready_after: Duration,
}

impl Server {
    /// CPU seconds of all its threads so far; `None` where there is no `/proc`.
    pub fn cpu_seconds(&self) -> Option<f64> {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.child.id())).ok()?;
        // The name in parentheses may hold spaces; utime and stime are fields 14 and 15.
        let (_, rest) = stat.rsplit_once(") ")?;
        let fields: Vec<&str> = rest.split(' ').collect();
        let ticks = |field: usize| fields.get(field - 3)?.parse::<f64>().ok();
        Some((ticks(14)? + ticks(15)?) / TICKS_PER_SECOND)
    }

    /// Memory in MiB: resident now, and at most so far.
    pub fn memory(&self) -> Option<(f64, f64)> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).ok()?;
        let mib = |key: &str| {
            let line = status.lines().find_map(|line| line.strip_prefix(key))?;
            let kib: f64 = line.split_whitespace().next()?.parse().ok()?;
            Some(kib / 1_024.0)
        };
        Some((mib("VmRSS:")?, mib("VmHWM:")?))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // What it had to write is of no use any more.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
