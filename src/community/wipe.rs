//! Text, votes and pictures of one thread or comment, gone for good: an empty place is left that others
//! hang on.

use super::{comments as use_comments, pictures, previews, threads};
use crate::domain::ids::PostId;
use crate::domain::kinds::ReportKind;
use crate::store::comments::{self, CommentRow};
use crate::store::posts::{self, PostRow};
use crate::store::{StoreError, Tx, modlog as log, purge, reports};

pub(super) fn post(tx: &mut Tx<'_>, id: PostId) -> Result<(), StoreError> {
    for below in purge::comments_of(tx.conn, id)? {
        comment(tx, &below)?;
    }
    let row: PostRow = posts::find(tx.conn, id)?.ok_or(StoreError::NotFound)?;
    if !row.removed {
        threads::hide(tx, &row, true)?;
    }
    log::forget_post(tx.conn, id)?;
    reports::forget_target(tx.conn, ReportKind::Post, id.0)?;
    if let Some(picture) = &row.image_url {
        pictures::forget(tx, row.author_id, picture)?;
    }
    previews::part_with(tx, &row)?;
    purge::erase_post(tx.conn, id, tx.now)
}

pub(super) fn comment(tx: &mut Tx<'_>, row: &CommentRow) -> Result<(), StoreError> {
    let row = comments::find(tx.conn, row.id)?.ok_or(StoreError::NotFound)?;
    if !row.removed {
        use_comments::hide(tx, &row, true)?;
    }
    log::forget_comment(tx.conn, row.id)?;
    reports::forget_target(tx.conn, ReportKind::Comment, row.id.0)?;
    purge::erase_comment(tx.conn, row.id, tx.now)
}
