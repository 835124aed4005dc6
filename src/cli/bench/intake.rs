//! Intake: distinct signed votes and comments of 100 actors on 10 hosts, accepted and applied.

use std::time::{Duration, Instant};

use serde::Serialize;
use url::Url;

use super::crowd::Crowd;
use super::ground::{self, Watch};
use super::progress::Progress;
use super::requests::Correspondence;
use super::sender::{Counter, send_all};
use super::server::Site;
use super::{Failure, failed};

const HOSTS: usize = 10;
const ACTORS: usize = 100;
const PATIENCE: Duration = Duration::from_secs(600);

/// Whether what happens in the group goes out again.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Group {
    Unfollowed,
    /// By every actor, so that each activity is announced to every host.
    Followed,
}

#[derive(Debug, Serialize)]
pub struct Intake {
    /// Hosts that each activity was announced to.
    pub announced_to: usize,
    pub activities: usize,
    pub accepted_per_second: f64,
    /// Until the last one was applied.
    pub applied_per_second: f64,
    /// Until the last host had the last announcement.
    pub announced_per_second: Option<f64>,
    /// Of the server, for all that an activity causes; `None` where there is no `/proc`.
    pub cpu_ms_per_activity: Option<f64>,
    pub peak_memory_mib: Option<f64>,
}

pub async fn measure(
    database: Option<String>,
    group: Group,
    activities: usize,
    connections: usize,
) -> Result<Intake, Failure> {
    let site = Site::new(database)?;
    let posts = activities.div_ceil(2 * ACTORS) + 1;
    let ground = ground::prepare(&site, posts).await?;
    let crowd = Crowd::open(HOSTS, false).await?;
    let letters = Correspondence::new(&site, ground.group.as_str(), &crowd, ACTORS);
    let targets: Vec<Url> = ground
        .posts
        .iter()
        .map(|id| letters.here.post(id))
        .collect();
    let server = site.start().await?;
    let mut watch = Watch::open(&site)?;
    introduce(&site, &letters, &targets, group, &crowd, &mut watch).await?;

    let requests = sign(&letters, &targets, activities).await?;
    let (taken_before, cpu_before) = (crowd.taken(), server.cpu_seconds());
    let progress = Progress::begin(
        match group {
            Group::Unfollowed => "intake alone",
            Group::Followed => "intake, announcing to 10 hosts",
        },
        activities,
    );
    let answered = Counter::default();
    let started = Instant::now();
    let sending = send_all(site.port, requests, connections, 202, answered.clone());
    let sending = tokio::spawn(sending);
    let mut accepted = None;
    let expected = match group {
        Group::Unfollowed => 0,
        Group::Followed => activities * HOSTS,
    };
    let (mut applied, mut announced) = (None, None);
    while applied.is_none() || announced.is_none() {
        tokio::time::sleep(Duration::from_millis(20)).await;
        if sending.is_finished() {
            accepted = accepted.or(Some(started.elapsed()));
            if applied.is_none() && watch.waiting()? == 0 {
                applied = Some(started.elapsed());
            }
            if announced.is_none() && crowd.taken() - taken_before >= expected {
                announced = Some(started.elapsed());
            }
        }
        progress.to(answered.load(std::sync::atomic::Ordering::Relaxed));
        if started.elapsed() > PATIENCE {
            return Err(Failure::Usage("it does not come to an end".to_owned()));
        }
    }
    let cpu = server.cpu_seconds().zip(cpu_before);
    sending.await.map_err(|e| failed("sending", e))??;
    watch.check_none_failed()?;
    let per_second =
        |time: Option<Duration>| activities as f64 / time.unwrap_or_default().as_secs_f64();
    Ok(Intake {
        announced_to: expected / activities.max(1),
        activities,
        accepted_per_second: per_second(accepted),
        applied_per_second: per_second(applied),
        announced_per_second: (expected > 0).then(|| per_second(announced)),
        cpu_ms_per_activity: cpu
            .map(|(after, before)| (after - before) * 1_000.0 / activities as f64),
        peak_memory_mib: server.memory().map(|(_, peak)| peak),
    })
}

/// Lets the server get to know everybody, by a first activity of each, before the clock starts.
async fn introduce(
    site: &Site,
    letters: &Correspondence,
    targets: &[Url],
    group: Group,
    crowd: &Crowd,
    watch: &mut Watch,
) -> Result<(), Failure> {
    let last = targets.last().ok_or_else(|| failed("no thread", ""))?;
    let first = |actor| match group {
        Group::Unfollowed => letters.vote(actor, usize::MAX - actor, last),
        Group::Followed => letters.follow(actor),
    };
    let requests = (0..ACTORS)
        .map(|actor| letters.request(first(actor)?))
        .collect::<Result<Vec<_>, _>>()?;
    send_all(site.port, requests, 4, 202, Counter::default()).await?;
    let accepts = match group {
        Group::Unfollowed => 0,
        Group::Followed => ACTORS,
    };
    let started = Instant::now();
    while watch.waiting()? > 0 || !watch.knows_all_hosts()? || crowd.taken() < accepts {
        if started.elapsed() > PATIENCE {
            return Err(Failure::Usage("the crowd does not become known".to_owned()));
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    watch.check_none_failed()
}

/// Half votes, half comments, all distinct.
async fn sign(
    letters: &Correspondence,
    targets: &[Url],
    activities: usize,
) -> Result<Vec<Vec<u8>>, Failure> {
    let progress = Progress::begin("signing", activities);
    let mut requests = Vec::with_capacity(activities);
    for number in 0..activities {
        let actor = number / 2 % ACTORS;
        let target = targets
            .get(number / 2 / ACTORS)
            .ok_or_else(|| failed("no thread", number))?;
        let activity = match number % 2 {
            0 => letters.vote(actor, number, target)?,
            _ => letters.comment(actor, number, target)?,
        };
        requests.push(letters.request(activity)?);
        progress.to(number);
        tokio::task::yield_now().await;
    }
    Ok(requests)
}
