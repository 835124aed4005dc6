//! What the owner of a video elsewhere let through.

use url::Url;

use crate::activitystreams as wire;
use crate::community::describe;
use crate::community::outgoing::{send_to, url};
use crate::store::comments::CommentRow;
use crate::store::{StoreError, Tx, actors};

/// PeerTube keeps a comment back until it is approved, and passes it on once it comes again and says by which
/// approval.
pub(crate) fn approved(
    tx: &mut Tx<'_>,
    row: &CommentRow,
    approval: &Url,
) -> Result<(), StoreError> {
    let author = actors::get(tx.conn, row.author_id)?;
    if row.is_hidden() || author.deleted {
        return Ok(());
    }
    let mut note = describe::stored_comment(tx, row)?;
    note["replyApproval"] = approval.as_str().into();
    let me = url(&author.ap_id)?;
    send_to(tx, author.id, row.group_id, "create", |id| {
        wire::create(id, &me, note)
    })
}
