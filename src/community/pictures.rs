//! Pictures of members: kept within a quota, taken away by whoever uploaded them or with what they
//! were uploaded for. Their files are removed from the disk after the commit.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use url::Url;

use super::accounts::Viewer;
use super::{CommunityError, Missing};
use crate::domain::house::Address;
use crate::domain::ids::{ActorId, UploadId};
use crate::domain::kinds::PictureUse;
use crate::domain::paging::{Cursor, Page};
use crate::domain::rules::Act;
use crate::store::uploads::{self, UploadRow};
use crate::store::{StoreError, Tx, actors};

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

/// The picture at this address goes, whoever uploaded it: what it belonged to is purged.
pub fn forget(tx: &mut Tx<'_>, address: &str) -> Result<(), StoreError> {
    let Some(file) = file_of(&tx.house.address, address) else {
        return Ok(());
    };
    for row in uploads::of_file(tx.conn, &file)? {
        drop_upload(tx, &row)?;
    }
    Ok(())
}

/// All pictures of a person go, but for those that groups here and the site wear: these are theirs.
pub fn forget_all_of(tx: &mut Tx<'_>, person: ActorId) -> Result<(), StoreError> {
    let worn: Vec<String> = actors::pictures_of_groups_and_site(tx.conn)?
        .iter()
        .filter_map(|address| file_of(&tx.house.address, address))
        .collect();
    for row in uploads::all_of(tx.conn, person)? {
        if !worn.contains(&row.file_name) {
            drop_upload(tx, &row)?;
        }
    }
    Ok(())
}

/// A picture of a profile was replaced or taken out: what was uploaded for nothing else goes.
/// `uploader`: of a person their own uploads; of a group, anybody's.
pub(super) fn replaced(
    tx: &mut Tx<'_>,
    uploader: Option<ActorId>,
    old: Option<&str>,
    new: Option<&Url>,
) -> Result<(), StoreError> {
    let Some(old) = old.filter(|old| new.map(Url::as_str) != Some(*old)) else {
        return Ok(());
    };
    let Some(file) = file_of(&tx.house.address, old) else {
        return Ok(());
    };
    // Where the same picture stands at two places it was uploaded twice, and one upload stays.
    let rows = uploads::of_file(tx.conn, &file)?;
    let its = |row: &&UploadRow| {
        row.purpose == PictureUse::Profile && uploader.is_none_or(|person| person == row.person_id)
    };
    match rows.iter().find(its) {
        Some(row) => drop_upload(tx, row),
        None => Ok(()),
    }
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
    let path = url.path();
    let file = path
        .strip_prefix("/pictures/")
        .or_else(|| path.strip_prefix("/pictrs/image/"))?;
    (here.owns(&url) && !file.is_empty() && !file.contains('/')).then(|| file.to_owned())
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
