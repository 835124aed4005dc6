//! What only some threads have: polls, events, pictures beside the first, boosts, other groups.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::actors::{self, ActorBrief};
use super::events::{self, EventRow};
use super::polls::{self, Poll};
use super::posts::PostRow;
use super::previews::{self, PreviewRow};
use super::{Conn, StoreError, cross_posts, extras};
use crate::domain::extras::Extras;
use crate::domain::ids::{ActorId, PostId};

#[derive(Clone, Debug, Default)]
pub struct More {
    pub extras: Extras,
    pub poll: Option<Poll>,
    pub event: Option<EventRow>,
    /// How many people elsewhere shared it with their followers.
    pub boosts: i64,
    /// The other groups that its author put it into.
    pub also_in: Vec<Arc<ActorBrief>>,
    /// What the page behind its link says of itself, if somebody looked.
    pub preview: Option<Arc<PreviewRow>>,
}

pub(super) fn of(
    conn: &mut Conn,
    rows: &[PostRow],
    viewer: Option<ActorId>,
) -> Result<HashMap<PostId, More>, StoreError> {
    let ids: Vec<PostId> = rows.iter().map(|row| row.id).collect();
    let targets: Vec<i64> = ids.iter().map(|id| id.0).collect();
    let mut extras = extras::of(conn, &targets)?;
    let mut polls = polls::of(conn, &ids, viewer)?;
    let mut events = events::of(conn, &ids)?;
    let boosts = super::extras::boosts(conn, &targets)?;
    let mut previews = previews::of(conn, rows.iter())?;
    let crossed = cross_posts::of(conn, &ids)?;
    let groups = other_groups(conn, &crossed)?;
    let also_in = |id: PostId| {
        let of_this = crossed.get(&id).into_iter().flatten();
        of_this
            .filter_map(|group| groups.get(group).cloned())
            .collect()
    };
    Ok(ids
        .iter()
        .map(|id| {
            let more = More {
                extras: extras.remove(&id.0).unwrap_or_default(),
                poll: polls.remove(id),
                event: events.remove(id),
                boosts: boosts.get(&id.0).copied().unwrap_or(0),
                also_in: also_in(*id),
                preview: previews.remove(id),
            };
            (*id, more)
        })
        .collect())
}

fn other_groups(
    conn: &mut Conn,
    crossed: &HashMap<PostId, Vec<ActorId>>,
) -> Result<HashMap<ActorId, Arc<ActorBrief>>, StoreError> {
    if crossed.is_empty() {
        return Ok(HashMap::new());
    }
    let ids: HashSet<ActorId> = crossed.values().flatten().copied().collect();
    let ids: Vec<ActorId> = ids.into_iter().collect();
    let briefs = actors::briefs(conn, &ids)?;
    Ok(briefs
        .into_iter()
        .map(|actor| (actor.id, Arc::new(actor)))
        .collect())
}
