//! `coppice demo`: two institutions on two ports of this machine, in one process, federating for
//! real, filled with a story. Their data lie in a folder that is removed at the end, unless kept.

mod fill;
mod people;
mod stage;
mod story;
mod threads;
mod threads_north;

use std::path::{Path, PathBuf};

use clap::Args;
use tempfile::TempDir;

use super::Failure;
use super::serve::{StopSignals, start_log};
use crate::config::{Log, Settings};
use stage::Stage;
use story::{PASSWORD, Side};

#[derive(Args)]
pub struct Command {
    /// Leave the two data folders in this new or empty folder.
    #[arg(long, value_name = "FOLDER")]
    keep: Option<PathBuf>,
}

pub async fn run(mut settings: Settings, command: Command) -> Result<(), Failure> {
    if settings.log == Log::default() {
        // The demo tells its own story; the log speaks up when something is wrong.
        "warn".clone_into(&mut settings.log.level);
    }
    start_log(&settings)?;
    let mut stop = StopSignals::listen()?;
    let folder = Folder::new(command.keep)?;
    println!("Two institutions open their doors on this machine …");
    let stage = Stage::open(folder.path()).await?;
    let filled = tokio::select! {
        filled = Box::pin(fill::fill(&stage)) => filled.map(|()| true),
        () = stop.wait() => Ok(false),
    };
    if let Ok(true) = filled {
        println!("{}", invitation(&stage, &folder));
        stop.wait().await;
    }
    println!("Closing.");
    let kept = folder.kept_with(&stage);
    stage.close().await?;
    filled?;
    if let Some(how) = kept {
        println!("{how}");
    }
    Ok(())
}

/// Where the data lie: removed when this value goes, or kept.
enum Folder {
    Passing(TempDir),
    Kept(PathBuf),
}

impl Folder {
    fn new(keep: Option<PathBuf>) -> Result<Folder, Failure> {
        let Some(path) = keep else {
            return Ok(Folder::Passing(TempDir::with_prefix("coppice-demo-")?));
        };
        std::fs::create_dir_all(&path)?;
        // Addresses with the ports of an earlier demo are in its data: the two would not fit.
        if std::fs::read_dir(&path)?.next().is_some() {
            return Err(Failure::Usage(format!(
                "{} is not empty; --keep takes a new folder",
                path.display()
            )));
        }
        Ok(Folder::Kept(path))
    }

    fn path(&self) -> &Path {
        match self {
            Folder::Passing(folder) => folder.path(),
            Folder::Kept(path) => path,
        }
    }

    /// How to open what was kept.
    fn kept_with(&self, stage: &Stage) -> Option<String> {
        let Folder::Kept(path) = self else {
            return None;
        };
        let mut text = format!(
            "Kept in {}. To open the two again, one in a terminal each:",
            path.display()
        );
        for side in Side::BOTH {
            let port = stage.at(side).running.address.port();
            text.push_str(&format!(
                "\n  COPPICE_FEDERATION__ALLOW_PRIVATE_ADDRESSES=true coppice \
                 --public-url http://localhost:{port} --listen 127.0.0.1:{port} --data-dir {}",
                path.join(side.word()).display()
            ));
        }
        Some(text)
    }
}

/// What a newcomer needs to look around.
fn invitation(stage: &Stage, folder: &Folder) -> String {
    let mut text = "\nReady.\n".to_owned();
    for side in Side::BOTH {
        let here = stage.at(side);
        text.push_str(&format!(
            "\n  {:<20} {}\n",
            side.title(),
            here.running.app.settings.public_url
        ));
        for person in people::PEOPLE.iter().filter(|person| person.side == side) {
            let role = if person.admin { ", administrator" } else { "" };
            text.push_str(&format!(
                "    log in as {:<8} {}{role}\n",
                person.name, person.display_name
            ));
        }
    }
    let (river, north) = (stage.at(Side::Riverside), stage.at(Side::Northfield));
    text.push_str(&format!(
        "\n  Everybody's password is: {PASSWORD}\n
  Try this:
    1. Log in at {riverside} as priya: what is new in her groups, and what waits for her.
    2. Open \"Teaching structural biology\", answer a thread, and look at it at {northfield}.
    3. At {northfield}, log in as samuel, vote on your answer and reply: priya is told.
    4. At {northfield}, type !structural_biology@{host} into the search box: a group that
       lives at the other institution, followed and read from here.
    5. Log in at {northfield} as elena, who administers it: somebody asks to join, see Admin.
    6. What other servers see of the group:
       curl -H 'Accept: application/activity+json' {riverside}/c/structural_biology

  Ctrl-C ends the demo{removed}.",
        riverside = river.running.app.settings.public_url,
        northfield = north.running.app.settings.public_url,
        host = river.host(),
        removed = match folder {
            Folder::Passing(_) => " and removes its data",
            Folder::Kept(_) => "",
        },
    ));
    text
}
