//! Sends requests over a few kept connections. Plain sockets: the generator shares the processor with
//! what it measures, and an HTTP client would take more of it than the server does.

use std::net::Ipv4Addr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

use super::{Failure, failed};

/// How many requests were answered so far.
pub type Counter = Arc<AtomicUsize>;

/// Sends all of them; fails at the first answer that is not `expected`.
pub async fn send_all(
    port: u16,
    requests: Vec<Vec<u8>>,
    connections: usize,
    expected: u16,
    answered: Counter,
) -> Result<(), Failure> {
    let (requests, next) = (Arc::new(requests), Arc::new(AtomicUsize::new(0)));
    let mut sending = JoinSet::new();
    for _ in 0..connections.clamp(1, requests.len().max(1)) {
        let (requests, next, answered) = (requests.clone(), next.clone(), answered.clone());
        sending.spawn(async move {
            let mut connection = Connection::open(port).await?;
            while let Some(request) = requests.get(next.fetch_add(1, Ordering::Relaxed)) {
                let (status, body) = connection.send(request).await?;
                if status != expected {
                    return Err(failed(&format!("answered with {status}"), body));
                }
                answered.fetch_add(1, Ordering::Relaxed);
            }
            Ok(())
        });
    }
    while let Some(done) = sending.join_next().await {
        done.map_err(|e| failed("a connection", e))??;
    }
    Ok(())
}

/// One kept HTTP/1.1 connection to the server under test.
pub struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl Connection {
    pub async fn open(port: u16) -> Result<Connection, Failure> {
        let stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await?;
        stream.set_nodelay(true)?;
        Ok(Connection {
            stream,
            buffer: Vec::with_capacity(4_096),
        })
    }

    /// The status and the body of the answer.
    pub async fn send(&mut self, request: &[u8]) -> Result<(u16, String), Failure> {
        self.stream.write_all(request).await?;
        self.buffer.clear();
        let head = loop {
            if let Some(end) = find(&self.buffer, b"\r\n\r\n") {
                break end + 4;
            }
            self.read_some().await?;
        };
        let text =
            String::from_utf8_lossy(self.buffer.get(..head).unwrap_or_default()).to_lowercase();
        let status = text
            .split(' ')
            .nth(1)
            .and_then(|status| status.parse().ok());
        let status: u16 = status.ok_or_else(|| failed("no HTTP answer", &text))?;
        let length = text
            .lines()
            .find_map(|line| line.strip_prefix("content-length:"))
            .and_then(|length| length.trim().parse::<usize>().ok());
        match length {
            Some(length) => {
                while self.buffer.len() < head + length {
                    self.read_some().await?;
                }
            }
            // In chunks; the last one is empty.
            None => {
                while !self.buffer.ends_with(b"0\r\n\r\n") {
                    self.read_some().await?;
                }
            }
        }
        let body = String::from_utf8_lossy(self.buffer.get(head..).unwrap_or_default());
        Ok((status, body.into_owned()))
    }

    async fn read_some(&mut self) -> Result<(), Failure> {
        match self.stream.read_buf(&mut self.buffer).await? {
            0 => Err(Failure::Usage("the server closed a connection".to_owned())),
            _ => Ok(()),
        }
    }
}

fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack
        .windows(needle.len())
        .position(|part| part == needle)
}
