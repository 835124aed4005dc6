//! Pictures that members send, through whichever door: made anew, put on the disk and written down; and
//! files that nobody has uploaded any more, removed. Between `media`, which knows no database, and
//! `community`, which knows no disk.

use thiserror::Error;
use tokio::sync::Semaphore;

use crate::app::App;
use crate::community::accounts::Viewer;
use crate::community::pictures::{self, NewPicture};
use crate::community::{CommunityError, Denied};
use crate::domain::kinds::PictureUse;
use crate::limits::{Door, RetryAfter};
use crate::media::{self, MediaError, MediaStore, Picture, Purpose};
use crate::store::uploads::{self, UploadRow};
use crate::store::{StoreError, Tx};

/// Decoding a large picture takes hundreds of megabytes for a moment.
static AT_ONE_TIME: Semaphore = Semaphore::const_new(2);
/// Files removed in one go.
const SWEPT_AT_ONCE: i64 = 200;

#[derive(Debug, Error)]
pub enum UploadError {
    /// What is wrong with the picture, for the person who sent it.
    #[error(transparent)]
    Refused(MediaError),
    #[error(transparent)]
    Community(#[from] CommunityError),
    #[error("too many pictures at once")]
    TooMany(RetryAfter),
    #[error("the disk: {0}")]
    Disk(std::io::Error),
    #[error("{0}")]
    Broken(String),
}

/// Keeps a picture of a member.
pub async fn keep(
    app: &App,
    viewer: &Viewer,
    bytes: Vec<u8>,
    purpose: Purpose,
    used_as: PictureUse,
) -> Result<UploadRow, UploadError> {
    let person = viewer.id;
    app.limits
        .check(Door::Upload, &person.to_string())
        .map_err(UploadError::TooMany)?;
    if viewer.actor.suspended {
        return Err(CommunityError::from(Denied::Suspended).into());
    }
    if bytes.len() as u64 > app.settings.media.max_upload_bytes.get() {
        return Err(UploadError::Refused(MediaError::TooLarge));
    }
    // Before the work of decoding; what it takes in the end is counted when it is written down.
    app.store
        .read(move |tx| pictures::check_room(tx, person, 0))
        .await?;
    let picture = {
        let _turn = AT_ONE_TIME.acquire().await.map_err(broken)?;
        tokio::task::spawn_blocking(move || media::process(&bytes, purpose))
            .await
            .map_err(broken)?
            .map_err(refused)?
    };
    let file_name = put(app, &picture).await?;
    let new = NewPicture {
        file_name: file_name.clone(),
        bytes: picture.bytes.len() as i64,
        width: i32::try_from(picture.width).unwrap_or(0),
        height: i32::try_from(picture.height).unwrap_or(0),
        purpose: used_as,
    };
    let kept = app
        .store
        .write(move |tx| pictures::keep(tx, person, &new))
        .await;
    let row = match kept {
        Ok(row) => row,
        Err(error) => {
            // It lies on the disk and belongs to nobody.
            let discard = move |tx: &mut Tx<'_>| pictures::discard(tx, &file_name);
            app.store
                .write(discard)
                .await
                .map_err(CommunityError::from)?;
            return Err(error.into());
        }
    };
    // The last other upload of the same picture may have gone meanwhile, and its file with it.
    put(app, &picture).await?;
    Ok(row)
}

async fn put(app: &App, picture: &Picture) -> Result<String, UploadError> {
    let (store, picture) = (app.media.clone(), picture.clone());
    tokio::task::spawn_blocking(move || store.put(&picture))
        .await
        .map_err(broken)?
        .map_err(refused)
}

fn refused(error: MediaError) -> UploadError {
    match error {
        MediaError::Io(error) => UploadError::Disk(error),
        other => UploadError::Refused(other),
    }
}

fn broken(error: impl std::fmt::Display) -> UploadError {
    UploadError::Broken(error.to_string())
}

#[derive(Debug, Error)]
pub enum ReadError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("the disk: {0}")]
    Disk(#[from] std::io::Error),
}

/// A picture of ours with its content type, if it is there. One that was taken away is not, though its
/// file may lie on the disk for a moment more.
pub async fn read(app: &App, file: &str) -> Result<Option<(&'static str, Vec<u8>)>, ReadError> {
    let (Some(path), Some(content_type)) = (app.media.path_of(file), media::content_type_of(file))
    else {
        return Ok(None);
    };
    let name = file.to_owned();
    let discarded = app
        .store
        .read(move |tx| uploads::is_discarded(tx.conn, &name));
    if discarded.await? {
        return Ok(None);
    }
    match tokio::fs::read(path).await {
        Ok(bytes) => Ok(Some((content_type, bytes))),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// Removes the files that nobody has uploaded any more: after a commit that left some, and now and then,
/// should a process have ended in between.
pub async fn sweep(app: &App) -> Result<(), StoreError> {
    loop {
        let files = app
            .store
            .read(|tx| uploads::discarded(tx.conn, SWEPT_AT_ONCE))
            .await?;
        if files.is_empty() {
            return Ok(());
        }
        for file in files {
            let media = app.media.clone();
            app.store.write(move |tx| remove(tx, &media, &file)).await?;
        }
    }
}

/// Within the transaction: whoever uploads the same picture meanwhile puts it there again afterwards.
fn remove(tx: &mut Tx<'_>, media: &MediaStore, file: &str) -> Result<(), StoreError> {
    if uploads::of_file(tx.conn, file)?.is_empty() {
        media
            .remove(file)
            .map_err(|e| StoreError::Unavailable(format!("{file} cannot be removed: {e}")))?;
    }
    uploads::forget_discarded(tx.conn, file)
}
