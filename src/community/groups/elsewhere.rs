//! Groups and those who look after them on two different servers: what a moderator of ours asks of a
//! group elsewhere, and what a moderator elsewhere does to a group of ours.

use url::Url;

use super::edit::{self, EditGroup};
use super::roles::{can_serve, give, has_other_coordinator, tell_of};
use super::standing;
use crate::activitystreams::{self as wire, ActorDoc};
use crate::community::describe;
use crate::community::outgoing::{Action, ForMicroblogs, Via, tell, url};
use crate::community::{CommunityError, Denied, Missing};
use crate::domain::html;
use crate::domain::limits::{DisplayName, STATEMENT_MAX, Statement, WebLink};
use crate::domain::roles::Role;
use crate::domain::rules::Act;
use crate::domain::time::MINUTE;
use crate::store::actors::{self, ActorRow};
use crate::store::{StoreError, Tx, conversations, groups};

/// A member of ours edits a group elsewhere: its server is told, and it is changed here when that server
/// says so.
pub(super) fn ask_to_edit(
    tx: &mut Tx<'_>,
    editor: &ActorRow,
    group: &ActorRow,
    edit: &EditGroup,
) -> Result<(), CommunityError> {
    standing(tx, editor.id, group.id)?.may(Act::EditGroup)?;
    let document = describe::group_elsewhere(tx, group, edit)?;
    let (me, there) = (url(&editor.ap_id)?, url(&group.ap_id)?);
    tell(
        tx,
        &Action {
            actor: editor,
            group,
            via: Via::Here,
            verb: "update",
            activity: &|id| wire::update_group(id, &me, &there, document.clone()),
            about: None,
            for_microblogs: ForMicroblogs::Nothing,
            also_to: &[],
        },
    )?;
    Ok(look_again(tx, group)?)
}

/// Long enough for a server to do what it was asked for.
const ASKED: i64 = 2 * MINUTE;

/// Lemmy tells its followers what was asked of a group, and so us. PieFed tells nobody: it is read anew.
fn look_again(tx: &mut Tx<'_>, group: &ActorRow) -> Result<(), StoreError> {
    conversations::want_refresh(tx.conn, group.id, tx.now.plus(ASKED))
}

/// A member of ours appoints a moderator of a group elsewhere, or takes the role away; likewise.
pub(super) fn ask_to_appoint(
    tx: &mut Tx<'_>,
    appointer: &ActorRow,
    group: &ActorRow,
    person: &ActorRow,
    role: Option<Role>,
) -> Result<(), CommunityError> {
    standing(tx, appointer.id, group.id)?.may(Act::Appoint)?;
    if role == Some(Role::Coordinator) {
        return Err(CommunityError::invalid(
            "role",
            "In a group elsewhere only moderators can be named from here.",
        ));
    }
    if role.is_some() && !can_serve(tx, person)? {
        return Err(Missing::Person.into());
    }
    let given = role.is_some();
    tell_of(tx, appointer, group, person, given, Via::Here)?;
    Ok(look_again(tx, group)?)
}

/// A moderator elsewhere, of whom the caller has checked that they are one, edited a group of ours. What
/// they sent is held to the rules of our own form.
pub(crate) fn edited_elsewhere(
    tx: &mut Tx<'_>,
    editor: &ActorRow,
    group: &ActorRow,
    doc: &ActorDoc,
    via: Via<'_>,
) -> Result<(), CommunityError> {
    let row = groups::get(tx.conn, group.id)?;
    // What no group elsewhere has a word for stays.
    let rules = row
        .rules_markdown
        .as_deref()
        .map(Statement::parse)
        .transpose();
    let edit = EditGroup {
        title: DisplayName::parse(doc.name.as_deref().unwrap_or_default())
            .map_err(CommunityError::text("title"))?,
        domain: Statement::parse(&domain(doc)).map_err(CommunityError::text("domain"))?,
        rules: rules.map_err(CommunityError::text("rules"))?,
        icon: picture(doc.icon.as_ref(), "icon")?,
        image: picture(doc.image.as_ref(), "image")?,
        posting_restricted: doc.posting_restricted_to_mods,
        sensitive: doc.sensitive,
        visibility: row.visibility,
    };
    edit::change(tx, editor, group, &edit, via)
}

/// The Markdown it was written in, or what its HTML says.
fn domain(doc: &ActorDoc) -> String {
    match (&doc.source_markdown, &doc.summary_html) {
        (Some(markdown), _) => markdown.clone(),
        (None, Some(summary)) => html::to_text(summary, STATEMENT_MAX),
        (None, None) => String::new(),
    }
}

fn picture(address: Option<&Url>, field: &'static str) -> Result<Option<Url>, CommunityError> {
    let Some(address) = address else {
        return Ok(None);
    };
    WebLink::parse(address.as_str()).map_err(CommunityError::text(field))?;
    Ok(Some(address.clone()))
}

/// By word from elsewhere somebody becomes a moderator of a group, or is none any more. The caller has
/// checked that `by` may: the group's own server says so, or they moderate this group of ours.
pub(crate) fn set_moderator(
    tx: &mut Tx<'_>,
    by: &ActorRow,
    group: &ActorRow,
    person: &ActorRow,
    added: bool,
    via: Via<'_>,
) -> Result<(), CommunityError> {
    let known = actors::role(tx.conn, group.id, person.id)?;
    if known.is_some() == added {
        return Ok(());
    }
    if group.local {
        if added && !can_serve(tx, person)? {
            return Err(Missing::Person.into());
        }
        // Ranks are ours alone: who does not stand above a coordinator does not put one down.
        if known == Some(Role::Coordinator) {
            if actors::role(tx.conn, group.id, by.id)? != Some(Role::Coordinator) {
                return Err(Denied::NotCoordinator.into());
            }
            if !has_other_coordinator(tx, group.id, person.id)? {
                return Err(Denied::LastCoordinator.into());
            }
        }
    }
    let role = added.then_some(Role::Moderator);
    give(tx, by.id, group.id, person.id, role)?;
    if group.local {
        tell_of(tx, by, group, person, added, via)?;
    }
    Ok(())
}
