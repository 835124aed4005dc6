//! What moderators do with threads: remove with a reason, pin, lock.

use serde_json::Value;
use url::Url;

use super::delete::hide;
use crate::activitystreams as wire;
use crate::community::groups::standing;
use crate::community::modlog::{self, Entry};
use crate::community::notifications::{Place, tell_author};
use crate::community::outgoing::{
    Action, ForMicroblogs, Via, also_in, collection_url, tell, undone, url,
};
use crate::community::{CommunityError, Missing, reports};
use crate::domain::ids::{ActorId, PostId};
use crate::domain::kinds::{LoggedAct, ReportKind};
use crate::domain::limits::Reason;
use crate::domain::rules::Act;
use crate::store::actors::{self, ActorRow};
use crate::store::posts::{self, PostRow};
use crate::store::{StoreError, Tx, bans, marks, purge, standing_acts};

pub fn remove(
    tx: &mut Tx<'_>,
    moderator: ActorId,
    post: PostId,
    removed: bool,
    reason: Option<&Reason>,
) -> Result<(), CommunityError> {
    let (moderator, row, via) = moderated(tx, moderator, post, Act::Remove)?;
    set_removed(tx, &moderator, &row, removed, reason, via)
}

pub fn feature(
    tx: &mut Tx<'_>,
    moderator: ActorId,
    post: PostId,
    featured: bool,
) -> Result<(), CommunityError> {
    let (moderator, row, via) = moderated(tx, moderator, post, Act::Feature)?;
    set_featured(tx, &moderator, &row, featured, via)
}

pub fn lock(
    tx: &mut Tx<'_>,
    moderator: ActorId,
    post: PostId,
    locked: bool,
    reason: Option<&Reason>,
) -> Result<(), CommunityError> {
    let (moderator, row, via) = moderated(tx, moderator, post, Act::Lock)?;
    set_locked(tx, &moderator, &row, locked, reason, via)
}

/// Pins a thread on the front page of this site. Other sites have their own.
pub fn feature_on_site(
    tx: &mut Tx<'_>,
    admin: ActorId,
    post: PostId,
    featured: bool,
) -> Result<(), CommunityError> {
    let (admin, row, _) = moderated(tx, admin, post, Act::FeatureOnSite)?;
    if marks::pinned_on_site(tx.conn, &[row.id])?.contains(&row.id) == featured {
        return Ok(());
    }
    marks::pin_on_site(tx.conn, row.id, featured, tx.now)?;
    let entry = Entry::new(admin.id, LoggedAct::FeatureOnSite, featured);
    Ok(modlog::note(tx, entry.post(&row))?)
}

/// The thread, the actor who may do this to it, and whether others hear of it.
fn moderated(
    tx: &mut Tx<'_>,
    moderator: ActorId,
    post: PostId,
    act: Act,
) -> Result<(ActorRow, PostRow, Via<'static>), CommunityError> {
    let row = posts::find(tx.conn, post)?.ok_or(Missing::Post)?;
    let reach = standing(tx, moderator, row.group_id)?.may(act)?;
    Ok((actors::get(tx.conn, moderator)?, row, reach.into()))
}

/// A removal by a moderator, or its undoing; the caller has checked that they may.
pub(crate) fn set_removed(
    tx: &mut Tx<'_>,
    moderator: &ActorRow,
    row: &PostRow,
    removed: bool,
    reason: Option<&Reason>,
    via: Via<'_>,
) -> Result<(), CommunityError> {
    if row.removed == removed {
        return Ok(());
    }
    // Of what was erased there is nothing to put back, here or where it was only hidden.
    if !removed && purge::is_purged(tx.conn, row.id.0)? {
        return Err(Missing::Post.into());
    }
    hide(tx, row, removed)?;
    bans::forget_removal(tx.conn, row.id.0)?;
    let entry = Entry::new(moderator.id, LoggedAct::RemovePost, removed);
    modlog::note(tx, entry.post(row).because(reason))?;
    if removed {
        reports::settle(tx, moderator, ReportKind::Post, row.id.0)?;
        tell_author(tx, moderator, row.author_id, Place::thread(row.id))?;
    } else {
        standing_acts::end(tx.conn, &format!("remove {}", row.ap_id))?;
    }
    let object = url(&row.ap_id)?;
    let about = format!("delete {object}");
    let undone = undone(tx, "delete", &about)?;
    let group = actors::get(tx.conn, row.group_id)?;
    let told = Told {
        via,
        verb: if removed { "delete" } else { "undo" },
        about: Some(about.as_str()).filter(|_| removed),
        for_microblogs: if removed {
            ForMicroblogs::Unboost(&object)
        } else if row.deleted {
            // Its author took it away meanwhile: there is nothing to look at.
            ForMicroblogs::Nothing
        } else {
            ForMicroblogs::Boost(&object)
        },
        in_each: true,
    };
    tell_of(tx, moderator, row, &group, told, |id, me, object, there| {
        let delete = |id: &Url| {
            wire::delete(
                id,
                me,
                object,
                Some(there),
                Some(reason.map_or("", Reason::as_str)),
            )
        };
        if removed {
            delete(id)
        } else {
            wire::undo(id, me, delete(&undone))
        }
    })?;
    Ok(())
}

pub(crate) fn set_featured(
    tx: &mut Tx<'_>,
    moderator: &ActorRow,
    row: &PostRow,
    featured: bool,
    via: Via<'_>,
) -> Result<(), CommunityError> {
    if row.featured == featured {
        return Ok(());
    }
    posts::set_featured(tx.conn, row.id, featured)?;
    let entry = Entry::new(moderator.id, LoggedAct::FeaturePost, featured);
    modlog::note(tx, entry.post(row))?;
    let group = actors::get(tx.conn, row.group_id)?;
    let collection = collection_url(&group, group.featured_url.as_ref(), "featured")?;
    let told = Told {
        // What is pinned in one group is not in another.
        in_each: false,
        ..Told::plainly(via, if featured { "add" } else { "remove" })
    };
    tell_of(tx, moderator, row, &group, told, |id, me, object, there| {
        if featured {
            wire::add(id, me, object, &collection, there)
        } else {
            wire::remove(id, me, object, &collection, there)
        }
    })?;
    Ok(())
}

pub(crate) fn set_locked(
    tx: &mut Tx<'_>,
    moderator: &ActorRow,
    row: &PostRow,
    locked: bool,
    reason: Option<&Reason>,
    via: Via<'_>,
) -> Result<(), CommunityError> {
    if row.locked == locked {
        return Ok(());
    }
    posts::set_locked(tx.conn, row.id, locked)?;
    let entry = Entry::new(moderator.id, LoggedAct::LockPost, locked);
    modlog::note(tx, entry.post(row).because(reason))?;
    let about = format!("lock {}", row.ap_id);
    if !locked {
        standing_acts::end(tx.conn, &about)?;
    }
    let undone = undone(tx, "lock", &about)?;
    let group = actors::get(tx.conn, row.group_id)?;
    let told = Told {
        about: Some(about.as_str()).filter(|_| locked),
        ..Told::plainly(via, if locked { "lock" } else { "undo" })
    };
    tell_of(tx, moderator, row, &group, told, |id, me, object, there| {
        if locked {
            wire::lock(id, me, object, there, reason.map(Reason::as_str))
        } else {
            let lock = wire::lock(&undone, me, object, there, None);
            wire::undo_because(id, me, lock, reason.map(Reason::as_str))
        }
    })?;
    Ok(())
}

/// How a moderator's act is told.
struct Told<'a> {
    via: Via<'a>,
    verb: &'static str,
    about: Option<&'a str>,
    for_microblogs: ForMicroblogs<'a>,
    /// By every group of ours that the thread stands in.
    in_each: bool,
}

impl<'a> Told<'a> {
    /// To those who understand announced activities, and to nobody else.
    fn plainly(via: Via<'a>, verb: &'static str) -> Self {
        Told {
            via,
            verb,
            about: None,
            for_microblogs: ForMicroblogs::Nothing,
            in_each: true,
        }
    }
}

/// Tells the group's followers of a moderator's act, and those of the other groups of ours that the thread
/// stands in. `build` gets the activity's id, the moderator, the thread and the group.
fn tell_of(
    tx: &mut Tx<'_>,
    moderator: &ActorRow,
    row: &PostRow,
    group: &ActorRow,
    told: Told<'_>,
    build: impl Fn(&Url, &Url, &Url, &Url) -> Value,
) -> Result<(), StoreError> {
    let (me, object) = (url(&moderator.ap_id)?, url(&row.ap_id)?);
    let others = match told.in_each {
        true => also_in(tx, row.group_id, row.id)?,
        false => Vec::new(),
    };
    let mut tell_in = |group: &ActorRow, about, for_microblogs| {
        let there = url(&group.ap_id)?;
        tell(
            tx,
            &Action {
                actor: moderator,
                group,
                via: told.via,
                verb: told.verb,
                activity: &|id| build(id, &me, &object, &there),
                about,
                for_microblogs,
                also_to: &[],
            },
        )
    };
    tell_in(group, told.about, told.for_microblogs)?;
    for other in &others {
        tell_in(other, None, ForMicroblogs::Nothing)?;
    }
    Ok(())
}
