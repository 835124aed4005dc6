//! Changing what a group says of itself, and closing it.

use serde_json::Value;
use url::Url;

use super::{elsewhere, narrow, requests, standing};
use crate::activitystreams as wire;
use crate::community::describe;
use crate::community::outgoing::{
    Action, ForMicroblogs, SHOW_BOOSTS, Via, record, tell, tell_in, undone, url,
};
use crate::community::{CommunityError, Denied, Missing, pictures};
use crate::domain::ids::ActorId;
use crate::domain::kinds::{ActorKind, Visibility};
use crate::domain::limits::{DisplayName, Statement};
use crate::domain::markdown;
use crate::domain::rules::Act;
use crate::domain::time::Timestamp;
use crate::store::actors::{self, ActorProfile, ActorRow};
use crate::store::groups::{self, GroupRules};
use crate::store::{StoreError, Tx, activities};

#[derive(Clone, Debug)]
pub struct EditGroup {
    pub title: DisplayName,
    pub domain: Statement,
    pub rules: Option<Statement>,
    pub icon: Option<Url>,
    pub image: Option<Url>,
    pub posting_restricted: bool,
    pub sensitive: bool,
    pub visibility: Visibility,
}

pub fn edit(
    tx: &mut Tx<'_>,
    by: ActorId,
    group: ActorId,
    edit: &EditGroup,
) -> Result<(), CommunityError> {
    let editor = actors::get(tx.conn, by)?;
    if editor.suspended || editor.deleted {
        return Err(Denied::Suspended.into());
    }
    let row = open_group(tx, group)?;
    if !row.local {
        check_title(edit)?;
        return elsewhere::ask_to_edit(tx, &editor, &row, edit);
    }
    standing(tx, by, group)?.may(Act::EditGroup)?;
    change(tx, &editor, &row, edit, Via::Here)
}

/// A change of a group of ours by somebody who may, from any door.
pub(super) fn change(
    tx: &mut Tx<'_>,
    editor: &ActorRow,
    group: &ActorRow,
    edit: &EditGroup,
    via: Via<'_>,
) -> Result<(), CommunityError> {
    check_title(edit)?;
    let now = tx.now;
    pictures::replace(tx, group, group.icon_url.as_deref(), edit.icon.as_ref())?;
    pictures::replace(tx, group, group.image_url.as_deref(), edit.image.as_ref())?;
    let before = groups::visibility(tx.conn, group.id)?;
    // Before it is so: afterwards nobody elsewhere is told anything.
    narrow::take_leave(tx, editor, group, before, edit.visibility)?;
    write(tx, group.id, edit, Some(now))?;
    if before == Visibility::Private && edit.visibility != Visibility::Private {
        requests::open(tx, group, edit.visibility)?;
    }
    Ok(tell_of_update(tx, editor, group.id, edit.visibility, via)?)
}

fn check_title(edit: &EditGroup) -> Result<(), CommunityError> {
    if edit.title.as_str().is_empty() {
        return Err(CommunityError::invalid("title", "The group needs a title."));
    }
    Ok(())
}

pub(super) fn open_group(tx: &mut Tx<'_>, group: ActorId) -> Result<ActorRow, CommunityError> {
    let row = match actors::get(tx.conn, group) {
        Err(StoreError::NotFound) => return Err(Missing::Group.into()),
        other => other?,
    };
    if row.kind != ActorKind::Group || row.deleted {
        return Err(Missing::Group.into());
    }
    Ok(row)
}

fn local_group(tx: &mut Tx<'_>, group: ActorId) -> Result<ActorRow, CommunityError> {
    let row = open_group(tx, group)?;
    if !row.local {
        return Err(Denied::RemoteGroup.into());
    }
    Ok(row)
}

pub(super) fn write(
    tx: &mut Tx<'_>,
    group: ActorId,
    edit: &EditGroup,
    updated: Option<Timestamp>,
) -> Result<(), StoreError> {
    let domain = edit.domain.as_str();
    actors::update_profile(
        tx.conn,
        group,
        &ActorProfile {
            display_name: Some(edit.title.as_str().to_owned()),
            summary_markdown: Some(domain.to_owned()).filter(|text| !text.is_empty()),
            summary_html: markdown::render(domain).into_string(),
            icon_url: edit.icon.as_ref().map(Url::to_string),
            image_url: edit.image.as_ref().map(Url::to_string),
            updated,
        },
    )?;
    let rules = edit
        .rules
        .as_ref()
        .map(Statement::as_str)
        .filter(|text| !text.is_empty());
    groups::update_rules(
        tx.conn,
        group,
        &GroupRules {
            rules_markdown: rules.map(str::to_owned),
            rules_html: rules.map_or_else(String::new, |text| markdown::render(text).into_string()),
            posting_restricted: edit.posting_restricted,
            sensitive: edit.sensitive,
            visibility: edit.visibility,
        },
    )
}

/// The editor's Update, announced, to those who take announced activities; the group's own to the others.
fn tell_of_update(
    tx: &mut Tx<'_>,
    editor: &ActorRow,
    group: ActorId,
    visibility: Visibility,
    via: Via<'_>,
) -> Result<(), StoreError> {
    if !is_heard(tx, group, visibility)? {
        return Ok(());
    }
    let row = actors::get(tx.conn, group)?;
    let document = describe::actor(tx, &row)?;
    let (me, there) = (url(&editor.ap_id)?, url(&row.ap_id)?);
    tell_in(
        tx,
        &Action {
            actor: editor,
            group: &row,
            via,
            verb: "update",
            activity: &|id| wire::update_group(id, &me, &there, document.clone()),
            about: None,
            for_microblogs: ForMicroblogs::Nothing,
            also_to: &[],
        },
        visibility,
    )?;
    tell_microblogs(tx, group, "update", |id| {
        wire::update(id, &there, document.clone())
    })
}

/// Whether anybody elsewhere is told of what becomes of a group.
fn is_heard(tx: &mut Tx<'_>, group: ActorId, visibility: Visibility) -> Result<bool, StoreError> {
    Ok(visibility != Visibility::LocalOnly && activities::has_remote_follower(tx.conn, group)?)
}

/// The group's own word, to those whom what somebody did in it means nothing.
fn tell_microblogs(
    tx: &mut Tx<'_>,
    group: ActorId,
    verb: &str,
    build: impl FnOnce(&Url) -> Value,
) -> Result<(), StoreError> {
    let (said, _) = record(tx, group, verb, build)?;
    activities::queue_for_followers(tx.conn, said, group, SHOW_BOOSTS)?;
    Ok(())
}

/// Closes a group. Its threads stay where they were copied to.
pub fn delete(tx: &mut Tx<'_>, by: ActorId, group: ActorId) -> Result<(), CommunityError> {
    let editor = actors::get(tx.conn, by)?;
    let row = local_group(tx, group)?;
    standing(tx, by, group)?.may(Act::CloseGroup)?;
    Ok(set_closed(tx, &editor, &row, true, Via::Here)?)
}

/// Tells followers elsewhere that the group is no more: a moderator's Delete, announced, to those who take
/// announced activities; its own to microblogs, which forget it then and all that it boosted.
pub(super) fn say_closed(
    tx: &mut Tx<'_>,
    editor: &ActorRow,
    group: &ActorRow,
    via: Via<'_>,
) -> Result<(), StoreError> {
    tell_of_closing(tx, editor, group, true, via)?;
    tell_of_end(tx, group)
}

/// Opens a closed group again. Microblogs have forgotten it for good by then; others hear of it.
pub fn restore(tx: &mut Tx<'_>, by: ActorId, group: ActorId) -> Result<(), CommunityError> {
    let editor = actors::get(tx.conn, by)?;
    let row = actors::get(tx.conn, group)?;
    if row.kind != ActorKind::Group || !row.local {
        return Err(Missing::Group.into());
    }
    standing(tx, by, group)?.may(Act::CloseGroup)?;
    // What an administrator took away, or purged, is not the coordinator's to bring back.
    if row.suspended {
        return Err(Missing::Group.into());
    }
    Ok(set_closed(tx, &editor, &row, false, Via::Here)?)
}

/// A closing of a group of ours or its undoing from any door; the caller has checked that they may.
pub(crate) fn set_closed(
    tx: &mut Tx<'_>,
    editor: &ActorRow,
    group: &ActorRow,
    closed: bool,
    via: Via<'_>,
) -> Result<(), StoreError> {
    if group.deleted == closed {
        return Ok(());
    }
    match closed {
        true => say_closed(tx, editor, group, via)?,
        false => tell_of_closing(tx, editor, group, false, via)?,
    }
    actors::set_deleted(tx.conn, group.id, closed)
}

/// The group itself tells microblogs that it is no more.
pub(super) fn tell_of_end(tx: &mut Tx<'_>, group: &ActorRow) -> Result<(), StoreError> {
    let visibility = groups::visibility(tx.conn, group.id)?;
    if !is_heard(tx, group.id, visibility)? {
        return Ok(());
    }
    let there = url(&group.ap_id)?;
    tell_microblogs(tx, group.id, "delete", |id| {
        wire::delete(id, &there, &there, None, None)
    })
}

fn tell_of_closing(
    tx: &mut Tx<'_>,
    editor: &ActorRow,
    group: &ActorRow,
    closed: bool,
    via: Via<'_>,
) -> Result<(), StoreError> {
    let (me, there) = (url(&editor.ap_id)?, url(&group.ap_id)?);
    let about = format!("delete {there}");
    let undone = undone(tx, "delete", &about)?;
    tell(
        tx,
        &Action {
            actor: editor,
            group,
            via,
            verb: if closed { "delete" } else { "undo" },
            activity: &|id| {
                let delete = |id: &Url| wire::delete(id, &me, &there, Some(&there), None);
                if closed {
                    delete(id)
                } else {
                    wire::undo(id, &me, delete(&undone))
                }
            },
            about: Some(about.as_str()).filter(|_| closed),
            for_microblogs: ForMicroblogs::Nothing,
            also_to: &[],
        },
    )
}
