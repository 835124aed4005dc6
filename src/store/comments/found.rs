//! Comments that were found by their words, as far as a list would show them.

use diesel::dsl::{exists, not};
use diesel::prelude::*;

use super::{CommentFilter, CommentRow};
use crate::domain::ids::CommentId;
use crate::store::audience::Audience;
use crate::store::schema::{comments, hidden_groups, posts};
use crate::store::taste::Taste;
use crate::store::{Conn, StoreError};

/// Those of these comments that such a list shows to this reader, in no order.
pub fn found_of(
    conn: &mut Conn,
    audience: Audience,
    taste: &Taste,
    filter: CommentFilter,
    ids: &[CommentId],
) -> Result<Vec<CommentRow>, StoreError> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let query = comments::table
        .filter(comments::id.eq_any(ids.to_vec()))
        .select(CommentRow::as_select())
        .into_boxed();
    let mut query = taste.of_comments(audience.of_comments(query), filter);
    if matches!(filter, CommentFilter::All | CommentFilter::Local) {
        let hidden = posts::table
            .filter(posts::id.eq(comments::post_id))
            .filter(exists(
                hidden_groups::table.filter(hidden_groups::group_id.eq(posts::group_id)),
            ));
        query = query.filter(not(exists(hidden)));
    }
    Ok(query.load(conn)?)
}
