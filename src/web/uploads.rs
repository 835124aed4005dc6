//! Pictures that members send with a form: checked, made anew, kept, and counted against a quota.

use tokio::sync::Semaphore;
use url::Url;

use super::errors::Failure;
use super::session::limit;
use crate::app::App;
use crate::community::CommunityError;
use crate::community::accounts::Viewer;
use crate::domain::ids::UploadId;
use crate::limits::Door;
use crate::media::{self, MediaError, Purpose};
use crate::store::uploads::{self, UploadRow};

/// What the pictures of one person may take on disk.
const QUOTA_BYTES: i64 = 200 * 1024 * 1024;

/// Decoding a large picture takes hundreds of megabytes for a moment.
static AT_ONE_TIME: Semaphore = Semaphore::const_new(2);

/// Keeps a picture and gives its address. What is wrong with it is told at the form's field.
pub async fn keep(
    app: &App,
    viewer: &Viewer,
    bytes: Vec<u8>,
    purpose: Purpose,
    field: &'static str,
) -> Result<Url, Failure> {
    limit(app, viewer, Door::Upload)?;
    if bytes.len() as u64 > app.settings.media.max_upload_bytes.get() {
        return Err(CommunityError::invalid(field, MediaError::TooLarge).into());
    }
    let person = viewer.id;
    let used = app
        .store
        .read(move |tx| uploads::bytes_of(tx.conn, person))
        .await?;
    let _turn = AT_ONE_TIME
        .acquire()
        .await
        .map_err(|e| Failure::broken(&e))?;
    let store = app.media.clone();
    let kept = tokio::task::spawn_blocking(move || {
        let picture = media::process(&bytes, purpose)?;
        let size = picture.bytes.len() as i64;
        if used + size > QUOTA_BYTES {
            return Ok(None);
        }
        store.put(&picture).map(|name| Some((name, size)))
    })
    .await
    .map_err(|e| Failure::broken(&e))?;
    match kept {
        Ok(Some((file_name, bytes))) => {
            let address = app
                .settings
                .public_url
                .join(&format!("/pictures/{file_name}"));
            app.store
                .write(move |tx| {
                    let row = UploadRow {
                        id: UploadId(tx.next_id()),
                        person_id: person,
                        file_name: file_name.clone(),
                        bytes,
                        created: tx.now,
                    };
                    uploads::insert(tx.conn, &row)
                })
                .await?;
            Ok(address)
        }
        Ok(None) => {
            let full = "Your pictures take all the room there is for one person (200 MB).";
            Err(CommunityError::invalid(field, full).into())
        }
        Err(MediaError::Io(error)) => Err(Failure::unavailable(&error)),
        Err(refused) => Err(CommunityError::invalid(field, refused).into()),
    }
}
