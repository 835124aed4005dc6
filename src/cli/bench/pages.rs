//! A page of a large group beside that of a small one: it is to take no longer.

use std::time::Instant;

use serde::Serialize;

use super::calibrate::median;
use super::ground;
use super::progress::Progress;
use super::sender::Connection;
use super::server::Site;
use super::{Failure, failed};

const SIZES: [usize; 2] = [100, 10_000];
const REQUESTS: usize = 200;

#[derive(Debug, Serialize)]
pub struct Pages {
    /// Threads in the group.
    pub threads: usize,
    pub path: String,
    pub median_ms: f64,
    pub bytes: usize,
}

/// `path`: `{name}` stands for the group's name.
pub async fn measure(database: Option<String>, path: &str) -> Result<Vec<Pages>, Failure> {
    let site = Site::new(database)?;
    let mut groups = Vec::new();
    for size in SIZES {
        let _progress = Progress::begin("filling a group", size);
        groups.push((size, ground::prepare(&site, size).await?.group));
    }
    let _server = site.start().await?;
    let mut pages = Vec::new();
    for (threads, group) in groups {
        let path = path.replace("{name}", group.as_str());
        let progress = Progress::begin(&format!("GET {path}"), REQUESTS);
        let request = format!(
            "GET {path} HTTP/1.1\r\nhost: localhost:{}\r\naccept: text/html\r\n\r\n",
            site.port
        );
        let mut connection = Connection::open(site.port).await?;
        let (mut times, mut bytes) = (Vec::new(), 0);
        for round in 0..REQUESTS {
            let started = Instant::now();
            let (status, body) = connection.send(request.as_bytes()).await?;
            times.push(started.elapsed().as_secs_f64() * 1_000.0);
            if status != 200 {
                return Err(failed(&format!("{path} answered with {status}"), body));
            }
            bytes = body.len();
            progress.to(round);
        }
        pages.push(Pages {
            threads,
            path,
            median_ms: median(&mut times),
            bytes,
        });
    }
    Ok(pages)
}
