//! Administrators erase for good: text, votes and profile are gone from this database, and an edit from
//! elsewhere does not bring them back. Servers that hold a copy are told of a removal or a ban.

use super::bans::{self, Ban, Sweep};
use super::modlog::{self, Entry};
use super::{
    CommunityError, Missing, comments as use_comments, groups as use_groups, pictures, threads,
    wipe,
};
use crate::domain::ids::{ActorId, CommentId, PostId};
use crate::domain::kinds::{ActorKind, LoggedAct, ReportKind, SweepAct};
use crate::domain::limits::Reason;
use crate::domain::rules::Act;
use crate::store::{
    StoreError, Tx, accounts, actors, comments, follows, groups, people, posts, private_messages,
    purge, reports, shared_messages, site,
};

/// A thread with all its comments.
pub fn post(
    tx: &mut Tx<'_>,
    admin: ActorId,
    id: PostId,
    reason: Option<&Reason>,
) -> Result<(), CommunityError> {
    let row = posts::find(tx.conn, id)?.ok_or(Missing::Post)?;
    use_groups::standing(tx, admin, row.group_id)?.may(Act::Purge)?;
    // Told as a removal first, as far as that goes.
    threads::remove(tx, admin, id, true, reason)?;
    wipe::post(tx, id)?;
    let entry = Entry::new(admin, LoggedAct::PurgePost, true);
    Ok(modlog::note(tx, entry.group(row.group_id).because(reason))?)
}

pub fn comment(
    tx: &mut Tx<'_>,
    admin: ActorId,
    id: CommentId,
    reason: Option<&Reason>,
) -> Result<(), CommunityError> {
    let row = comments::find(tx.conn, id)?.ok_or(Missing::Comment)?;
    let thread = posts::find(tx.conn, row.post_id)?.ok_or(Missing::Post)?;
    use_groups::standing(tx, admin, thread.group_id)?.may(Act::Purge)?;
    use_comments::remove(tx, admin, id, true, reason)?;
    wipe::comment(tx, &row)?;
    let entry = Entry::new(admin, LoggedAct::PurgeComment, true);
    Ok(modlog::note(tx, entry.in_thread(&thread).because(reason))?)
}

/// A person with all they wrote, banned from the site as well.
pub fn person(
    tx: &mut Tx<'_>,
    admin: ActorId,
    id: ActorId,
    reason: Option<&Reason>,
) -> Result<(), CommunityError> {
    let ban = Ban {
        reason: reason.cloned(),
        until: None,
        content: true,
    };
    // Which checks that they may.
    bans::ban_from_site(tx, admin, id, &ban)?;
    let sweep = Sweep {
        act: SweepAct::Purge,
        by: &actors::get(tx.conn, admin)?,
        place: site::get(tx.conn)?.actor_id,
        person: id,
        reason,
    };
    bans::begin(tx, &sweep)?;
    for group in actors::moderated_by(tx.conn, id)? {
        actors::set_role(tx.conn, group.id, id, None, tx.now)?;
    }
    shared_messages::delete_all_from(tx.conn, id)?;
    private_messages::delete_all_from(tx.conn, id)?;
    pictures::forget_all_of(tx, id)?;
    reports::forget_target(tx.conn, ReportKind::Person, id.0)?;
    super::remote::part_with(tx, id)?;
    people::set_institution(tx.conn, id, None)?;
    if actors::get(tx.conn, id)?.local {
        accounts::delete(tx.conn, id)?;
    }
    let entry = Entry::new(admin, LoggedAct::PurgePerson, true);
    Ok(modlog::note(tx, entry.because(reason))?)
}

/// A group with all that was written in it.
pub fn group(
    tx: &mut Tx<'_>,
    admin: ActorId,
    id: ActorId,
    reason: Option<&Reason>,
) -> Result<(), CommunityError> {
    let row = match actors::get(tx.conn, id) {
        Ok(row) if row.kind == ActorKind::Group => row,
        Ok(_) | Err(StoreError::NotFound) => return Err(Missing::Group.into()),
        Err(other) => return Err(other.into()),
    };
    use_groups::standing(tx, admin, id)?.may(Act::Purge)?;
    use_groups::remove(tx, admin, row.id, true, reason)?;
    for post in purge::posts_in(tx.conn, id)? {
        wipe::post(tx, post.id)?;
    }
    let rules = groups::GroupRules {
        rules_markdown: None,
        rules_html: String::new(),
        posting_restricted: false,
        sensitive: false,
        visibility: groups::visibility(tx.conn, id)?,
    };
    groups::update_rules(tx.conn, id, &rules)?;
    pictures::replace(tx, &row, row.icon_url.as_deref(), None)?;
    pictures::replace(tx, &row, row.image_url.as_deref(), None)?;
    reports::forget_target(tx.conn, ReportKind::Group, id.0)?;
    for (person, _) in actors::moderators(tx.conn, id)? {
        actors::set_role(tx.conn, id, person.id, None, tx.now)?;
    }
    actors::mark_deleted(tx.conn, id)?;
    follows::delete_all_to(tx.conn, id)?;
    let entry = Entry::new(admin, LoggedAct::PurgeGroup, true);
    Ok(modlog::note(tx, entry.because(reason))?)
}
