//! Pictures of members: kept within a quota, taken away by whoever uploaded them or with what they
//! were uploaded for. Their files are removed from the disk after the commit.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use url::Url;

use super::accounts::Viewer;
use super::{CommunityError, Missing};
use crate::domain::house::Address;
use crate::domain::ids::{ActorId, UploadId};
use crate::domain::kinds::{ActorKind, PictureUse};
use crate::domain::paging::{Cursor, Page};
use crate::domain::rules::Act;
use crate::store::actors::{self, ActorRow};
use crate::store::uploads::{self, UploadRow};
use crate::store::{StoreError, Tx, accounts};

/// What the pictures of one person may take on disk.
const QUOTA_BYTES: i64 = 200 * 1024 * 1024;

/// A picture that lies in the media store.
#[derive(Clone, Debug)]
pub struct NewPicture {
    pub file_name: String,
    pub bytes: i64,
    pub width: i32,
    pub height: i32,
    pub purpose: PictureUse,
}

/// Whether there is room for so many bytes more.
pub fn check_room(tx: &mut Tx<'_>, person: ActorId, bytes: i64) -> Result<(), CommunityError> {
    if uploads::bytes_of(tx.conn, person)? + bytes > QUOTA_BYTES {
        let full = "Your pictures take all the room there is for one person (200 MB).";
        return Err(CommunityError::invalid("picture", full));
    }
    Ok(())
}

/// What everybody uploaded, for who may see that.
pub fn of_all(
    tx: &mut Tx<'_>,
    viewer: &Viewer,
    after: Option<Cursor>,
    limit: usize,
) -> Result<Page<UploadRow>, CommunityError> {
    viewer.may(Act::SeeUploads)?;
    Ok(uploads::page(tx.conn, None, after, limit)?)
}

/// Writes an upload down, and counts it against the person's quota.
pub fn keep(
    tx: &mut Tx<'_>,
    person: ActorId,
    picture: &NewPicture,
) -> Result<UploadRow, CommunityError> {
    check_room(tx, person, picture.bytes)?;
    let row = UploadRow {
        id: UploadId(tx.next_id()),
        person_id: person,
        file_name: picture.file_name.clone(),
        bytes: picture.bytes,
        created: tx.now,
        delete_token: random_token()?,
        purpose: picture.purpose,
        width: picture.width,
        height: picture.height,
    };
    uploads::insert(tx.conn, &row)?;
    Ok(row)
}

/// 128 random bits.
fn random_token() -> Result<String, StoreError> {
    let mut bytes = [0; 16];
    aws_lc_rs::rand::fill(&mut bytes)
        .map_err(|_| StoreError::Unavailable("no random numbers".to_owned()))?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}

/// Takes one upload away: whoever has its token may, as the uploader got it and administrators see it.
pub fn take_away(tx: &mut Tx<'_>, file: &str, token: &str) -> Result<(), CommunityError> {
    let rows = uploads::of_file(tx.conn, file)?;
    let fits = |row: &&UploadRow| {
        let (a, b) = (row.delete_token.as_bytes(), token.as_bytes());
        aws_lc_rs::constant_time::verify_slices_are_equal(a, b).is_ok()
    };
    let row = rows.iter().find(fits).ok_or(Missing::Picture)?;
    Ok(drop_upload(tx, row)?)
}

/// What was purged takes the picture at this address with it, as far as its author uploaded it.
pub fn forget(tx: &mut Tx<'_>, author: ActorId, address: &str) -> Result<(), StoreError> {
    let Some(file) = file_at(address) else {
        return Ok(());
    };
    for row in uploads::of_file(tx.conn, &file)? {
        if row.person_id == author {
            drop_upload(tx, &row)?;
        }
    }
    Ok(())
}

/// All pictures of a person go, but for those that groups here and the site wear: these are theirs.
pub fn forget_all_of(tx: &mut Tx<'_>, person: ActorId) -> Result<(), StoreError> {
    let worn: Vec<String> = actors::pictures_of_groups_and_site(tx.conn, None)?
        .iter()
        .filter_map(|address| file_at(address))
        .collect();
    for row in uploads::all_of(tx.conn, person)? {
        if !worn.contains(&row.file_name) {
            drop_upload(tx, &row)?;
        }
    }
    Ok(())
}

/// A profile's picture is another one from now on, or none: the new one is kept for it, and what was
/// uploaded for the old one alone goes. Anybody can put the address of another's picture into a profile:
/// so only uploads of the person it is, or of those who look after the group or site it is, are touched,
/// and none that somebody else wears.
pub(super) fn replace(
    tx: &mut Tx<'_>,
    wearer: &ActorRow,
    old: Option<&str>,
    new: Option<&Url>,
) -> Result<(), StoreError> {
    if new.map(Url::as_str) == old {
        return Ok(());
    }
    if let Some(file) = new.and_then(file_in) {
        for row in uploads::of_file(tx.conn, &file)? {
            if row.purpose == PictureUse::Loose && is_keeper(tx, wearer, row.person_id)? {
                uploads::set_purpose(tx.conn, row.id, PictureUse::Profile)?;
            }
        }
    }
    let Some(file) = old.and_then(file_at) else {
        return Ok(());
    };
    // Where the same picture stands at two places it was uploaded twice, and one upload stays.
    for row in uploads::of_file(tx.conn, &file)? {
        if row.purpose == PictureUse::Profile
            && is_keeper(tx, wearer, row.person_id)?
            && !is_worn(tx, wearer, &row)?
        {
            return drop_upload(tx, &row);
        }
    }
    Ok(())
}

/// Whether somebody is who wears a picture, or looks after the group or the site that does.
fn is_keeper(tx: &mut Tx<'_>, wearer: &ActorRow, person: ActorId) -> Result<bool, StoreError> {
    Ok(match wearer.kind {
        ActorKind::Group => actors::role(tx.conn, wearer.id, person)?.is_some(),
        ActorKind::Application => {
            accounts::get(tx.conn, person)?.is_some_and(|account| account.admin)
        }
        _ => wearer.id == person,
    })
}

/// Whether an upload is also the picture of its uploader, or of another group here, or of the site.
fn is_worn(tx: &mut Tx<'_>, wearer: &ActorRow, upload: &UploadRow) -> Result<bool, StoreError> {
    let mut worn = actors::pictures_of_groups_and_site(tx.conn, Some(wearer.id))?;
    if upload.person_id != wearer.id {
        let uploader = actors::get(tx.conn, upload.person_id)?;
        worn.extend(uploader.icon_url.into_iter().chain(uploader.image_url));
    }
    Ok(worn
        .iter()
        .any(|address| file_at(address).as_ref() == Some(&upload.file_name)))
}

/// A file that was the last of its kind is removed from the disk after the commit.
fn drop_upload(tx: &mut Tx<'_>, row: &UploadRow) -> Result<(), StoreError> {
    uploads::delete(tx.conn, row, tx.now)?;
    tx.wake.pictures = true;
    Ok(())
}

/// A picture was put on the disk and belongs to nobody after all.
pub fn discard(tx: &mut Tx<'_>, file: &str) -> Result<(), StoreError> {
    uploads::discard(tx.conn, file, tx.now)?;
    tx.wake.pictures = true;
    Ok(())
}

/// The name of a picture of ours by its address; pages and apps have one each for the same file.
pub fn file_of(here: &Address, address: &str) -> Option<String> {
    let url: Url = address.parse().ok()?;
    file_in(&url).filter(|_| here.owns(&url))
}

/// Likewise under whatever name an app reached this server, which it puts into the addresses of what it
/// uploaded. Files are named by their content, so that a name says which picture it is.
fn file_in(url: &Url) -> Option<String> {
    let path = url.path();
    let file = path
        .strip_prefix("/pictures/")
        .or_else(|| path.strip_prefix("/pictrs/image/"))?;
    (!file.is_empty() && !file.contains('/')).then(|| file.to_owned())
}

/// Likewise, of an address as it is stored.
fn file_at(address: &str) -> Option<String> {
    file_in(&address.parse().ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_of_ours_is_known_by_both_of_its_addresses_and_no_other_is() {
        let here = Address::new(&Url::parse("https://college.example").unwrap());
        let file = |url: &str| file_of(&here, url);
        let name = Some("0a.png".to_owned());
        assert_eq!(file("https://college.example/pictures/0a.png"), name);
        assert_eq!(
            file("https://college.example/pictrs/image/0a.png?thumbnail=256"),
            name
        );
        for other in [
            "https://elsewhere.example/pictures/0a.png",
            "https://college.example/pictures/",
            "https://college.example/pictrs/image/delete/t/0a.png",
            "https://college.example/0a.png",
            "0a.png",
        ] {
            assert_eq!(file(other), None, "{other}");
        }
    }
}
