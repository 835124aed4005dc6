//! `coppice backup`: a copy of the database and the pictures that is itself a data folder.

use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use clap::Args;

use super::Failure;
use crate::config::{DATABASE_FILE, DatabaseUrl, Settings};
use crate::{media, store};

#[derive(Args)]
pub struct Command {
    /// A new or empty folder; it appears whole, or not at all.
    #[arg(long, value_name = "FOLDER")]
    to: PathBuf,
}

pub async fn run(settings: &Settings, command: Command) -> Result<(), Failure> {
    let pictures = settings.data_dir.join("media");
    let DatabaseUrl::Sqlite(database) = settings.database_url.clone() else {
        return Err(Failure::Usage(format!(
            "the database of this instance is PostgreSQL: save it with pg_dump, and then copy the \
             pictures in {}",
            pictures.display()
        )));
    };
    let to = command.to.clone();
    let copied =
        tokio::task::spawn_blocking(move || copy_all(&database, &pictures, &command.to)).await;
    let copied = copied.map_err(std::io::Error::other)??;
    println!("{} holds the database and {copied} pictures.", to.display());
    Ok(())
}

/// The database first: what it names among the pictures is there when they are copied.
fn copy_all(database: &Path, pictures: &Path, to: &Path) -> Result<usize, Failure> {
    if to.exists() && std::fs::read_dir(to)?.next().is_some() {
        return Err(Failure::Usage(format!(
            "{} is not empty; --to takes a new folder",
            to.display()
        )));
    }
    let beside = match to.parent() {
        Some(parent) if parent != Path::new("") => parent,
        _ => Path::new("."),
    };
    std::fs::create_dir_all(beside)?;
    // For its owner's eyes only: keys and addresses are in it.
    let unfinished = tempfile::Builder::new()
        .prefix(".coppice-backup-")
        .permissions(Permissions::from_mode(0o700))
        .tempdir_in(beside)?;
    store::backup::copy_sqlite(database, &unfinished.path().join(DATABASE_FILE))?;
    let copied = copy_pictures(pictures, &unfinished.path().join("media"))?;
    std::fs::rename(unfinished.path(), to)?;
    // It has another name now: there is nothing left to remove.
    let _ = unfinished.keep();
    Ok(copied)
}

fn copy_pictures(from: &Path, to: &Path) -> Result<usize, Failure> {
    std::fs::create_dir_all(to)?;
    if !from.exists() {
        return Ok(0);
    }
    let mut copied = 0;
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        let name = entry.file_name();
        // Files still being written have other names.
        if name.to_str().and_then(media::content_type_of).is_some() {
            let copy = to.join(&name);
            std::fs::copy(entry.path(), &copy)?;
            std::fs::File::open(&copy)?.sync_all()?;
            copied += 1;
        }
    }
    Ok(copied)
}
