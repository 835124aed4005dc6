//! Tells the demo's story: every step is a use-case at one institution, and the next one waits until
//! it has arrived at the other over the wire.

mod cast;
mod talk;

use super::Stage;
use super::threads::THREADS;
use super::{people, story, threads_north};
use crate::cli::Failure;
use cast::Cast;

pub async fn fill(stage: &Stage) -> Result<(), Failure> {
    println!("  People join, and make groups …");
    let mut cast = Cast::default();
    cast.people_join(stage).await?;
    cast.sites_are_named(stage).await?;
    cast.somebody_applies(stage, &people::APPLICANT).await?;
    cast.groups_are_made(stage).await?;
    println!("  They follow groups, here and at the other institution …");
    cast.groups_are_followed(stage).await?;
    let threads: Vec<&story::Thread> = THREADS.iter().chain(threads_north::THREADS).collect();
    for (i, thread) in threads.iter().enumerate() {
        let (number, all) = (i + 1, threads.len());
        println!("  They talk ({number} of {all}): {}", thread.title);
        talk::hold(stage, &cast, thread).await?;
    }
    Ok(())
}
