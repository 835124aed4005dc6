//! Pictures that members send with a form: what is wrong with one is told at the form's field.

use url::Url;

use super::errors::Failure;
use crate::app::App;
use crate::community::CommunityError;
use crate::community::accounts::Viewer;
use crate::domain::kinds::PictureUse;
use crate::media::Purpose;
use crate::pictures::{self, UploadError};

/// Keeps a picture and gives its address.
pub async fn keep(
    app: &App,
    viewer: &Viewer,
    bytes: Vec<u8>,
    purpose: Purpose,
    field: &'static str,
) -> Result<Url, Failure> {
    let used_as = match purpose {
        Purpose::Avatar | Purpose::Icon | Purpose::Banner => PictureUse::Profile,
        Purpose::Post => PictureUse::Post,
    };
    let kept = pictures::keep(app, viewer, bytes, purpose, used_as).await;
    let upload = kept.map_err(|error| failure(error, field))?;
    let path = format!("/pictures/{}", upload.file_name);
    Ok(app.settings.public_url.join(&path))
}

fn failure(error: UploadError, field: &'static str) -> Failure {
    match error {
        UploadError::Refused(why) => CommunityError::invalid(field, why).into(),
        UploadError::Community(CommunityError::Invalid { message, .. }) => {
            CommunityError::invalid(field, message).into()
        }
        UploadError::Community(error) => error.into(),
        UploadError::TooMany(wait) => Failure::TooMany(wait.seconds()),
        UploadError::Disk(error) => Failure::unavailable(&error),
        UploadError::Broken(why) => Failure::broken(&why),
    }
}
