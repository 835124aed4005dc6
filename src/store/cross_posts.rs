//! The other groups that a thread's author put it into.

use std::collections::HashMap;

use diesel::prelude::*;

use super::schema::cross_posts;
use super::{Conn, StoreError};
use crate::domain::ids::{ActorId, PostId};
use crate::domain::time::Timestamp;

/// Once, however often it is said.
pub fn insert(
    conn: &mut Conn,
    post: PostId,
    group: ActorId,
    now: Timestamp,
) -> Result<(), StoreError> {
    let known: bool = diesel::select(diesel::dsl::exists(cross_posts::table.find((post, group))))
        .get_result(conn)?;
    if !known {
        diesel::insert_into(cross_posts::table)
            .values((
                cross_posts::post_id.eq(post),
                cross_posts::group_id.eq(group),
                cross_posts::created.eq(now),
            ))
            .execute(conn)?;
    }
    Ok(())
}

/// Of those threads that stand in more groups than their own.
pub fn of(conn: &mut Conn, posts: &[PostId]) -> Result<HashMap<PostId, Vec<ActorId>>, StoreError> {
    let rows: Vec<(PostId, ActorId)> = cross_posts::table
        .filter(cross_posts::post_id.eq_any(posts.to_vec()))
        .select((cross_posts::post_id, cross_posts::group_id))
        .load(conn)?;
    let mut groups: HashMap<PostId, Vec<ActorId>> = HashMap::new();
    for (post, group) in rows {
        groups.entry(post).or_default().push(group);
    }
    for of_one in groups.values_mut() {
        of_one.sort();
    }
    Ok(groups)
}

pub fn groups_of(conn: &mut Conn, post: PostId) -> Result<Vec<ActorId>, StoreError> {
    Ok(of(conn, &[post])?.remove(&post).unwrap_or_default())
}
