//! Fan-out: a thread goes to followers on a hundred hosts, each of which is to get it once.

use std::time::{Duration, Instant};

use serde::Serialize;

use super::Failure;
use super::calibrate::median;
use super::crowd::Crowd;
use super::ground::{self, Watch};
use super::progress::Progress;
use super::requests::Correspondence;
use super::sender::{Counter, send_all};
use super::server::Site;

const HOSTS: usize = 100;
const PATIENCE: Duration = Duration::from_secs(120);
/// A second delivery of the same thread would come within this time after the first.
const AFTERMATH: Duration = Duration::from_millis(1_500);

#[derive(Debug, Serialize)]
pub struct Fanout {
    pub hosts: usize,
    pub threads: usize,
    /// From the arrival of one thread until every host has it; the median.
    pub median_seconds: f64,
    pub deliveries_per_second: f64,
    /// Of one thread to one host: the most there were. 1 is right.
    pub most_deliveries_per_host: usize,
    /// Of the server; the thread's intake is a hundredth of it. `None` where there is no `/proc`.
    pub cpu_ms_per_delivery: Option<f64>,
    pub peak_memory_mib: Option<f64>,
}

pub async fn measure(database: Option<String>, threads: usize) -> Result<Fanout, Failure> {
    let site = Site::new(database)?;
    let ground = ground::prepare(&site, 1).await?;
    let crowd = Crowd::open(HOSTS, true).await?;
    let letters = Correspondence::new(&site, ground.group.as_str(), &crowd, HOSTS);
    let server = site.start().await?;
    let mut watch = Watch::open(&site)?;
    follow(&site, &letters, &crowd, &mut watch).await?;

    let progress = Progress::begin("threads to 100 hosts", threads);
    let (mut times, mut most) = (Vec::new(), 0);
    let mut cpu = Some(0.0);
    for number in 0..threads {
        let (thread, activity) = letters.thread(number, number)?;
        let request = letters.request(activity)?;
        let had = |crowd: &Crowd| counts(crowd, thread.as_str());
        let cpu_before = server.cpu_seconds();
        let started = Instant::now();
        send_all(site.port, vec![request], 1, 202, Counter::default()).await?;
        while had(&crowd).contains(&0) {
            if started.elapsed() > PATIENCE {
                return Err(Failure::Usage(
                    "a thread does not reach every host".to_owned(),
                ));
            }
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        times.push(started.elapsed().as_secs_f64());
        tokio::time::sleep(AFTERMATH / if number + 1 == threads { 1 } else { 4 }).await;
        most = most.max(had(&crowd).into_iter().max().unwrap_or(0));
        let spent = server.cpu_seconds().zip(cpu_before);
        cpu = cpu
            .zip(spent)
            .map(|(sum, (after, before))| sum + after - before);
        progress.to(number + 1);
    }
    watch.check_none_failed()?;
    let deliveries = (threads * HOSTS) as f64;
    Ok(Fanout {
        hosts: HOSTS,
        threads,
        deliveries_per_second: deliveries / times.iter().sum::<f64>(),
        median_seconds: median(&mut times),
        most_deliveries_per_host: most,
        cpu_ms_per_delivery: cpu.map(|seconds| seconds * 1_000.0 / deliveries),
        peak_memory_mib: server.memory().map(|(_, peak)| peak),
    })
}

/// How often each host got the object.
fn counts(crowd: &Crowd, object: &str) -> Vec<usize> {
    let announced = crowd
        .hosts
        .iter()
        .filter_map(|host| host.announced.as_ref());
    announced
        .map(|announced| {
            let announced = announced.lock().unwrap_or_else(|e| e.into_inner());
            announced.get(object).copied().unwrap_or(0)
        })
        .collect()
}

async fn follow(
    site: &Site,
    letters: &Correspondence,
    crowd: &Crowd,
    watch: &mut Watch,
) -> Result<(), Failure> {
    let requests = (0..HOSTS)
        .map(|actor| letters.request(letters.follow(actor)?))
        .collect::<Result<Vec<_>, _>>()?;
    send_all(site.port, requests, 4, 202, Counter::default()).await?;
    let started = Instant::now();
    while watch.waiting()? > 0 || !watch.knows_all_hosts()? || crowd.taken() < HOSTS {
        if started.elapsed() > PATIENCE {
            return Err(Failure::Usage(
                "the followers do not become known".to_owned(),
            ));
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    watch.check_none_failed()
}
