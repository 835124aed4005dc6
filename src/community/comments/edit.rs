//! Changing a comment; it is marked as edited.

use crate::activitystreams as wire;
use crate::community::bans::may_take_part;
use crate::community::describe;
use crate::community::links;
use crate::community::notifications::{Place, notify_mentioned};
use crate::community::outgoing::{Action, ForMicroblogs, Via, tell, url};
use crate::community::text::{self, Mentioned};
use crate::community::{CommunityError, Denied, Missing};
use crate::domain::ids::{ActorId, CommentId};
use crate::domain::limits::CommentBody;
use crate::domain::rules::{Act, authorship};
use crate::store::actors::{self, ActorRow};
use crate::store::comments::{self, CommentRow, CommentText};
use crate::store::{Tx, posts};

/// What changes of a comment; what is `None` stays.
pub struct Rewrite<'a> {
    pub body: Option<&'a CommentBody>,
    /// Within it `None` names no language.
    pub language: Option<Option<&'a str>>,
}

pub fn edit(
    tx: &mut Tx<'_>,
    author: ActorId,
    comment: CommentId,
    body: &CommentBody,
) -> Result<(), CommunityError> {
    let change = Rewrite {
        body: Some(body),
        language: None,
    };
    rewrite(tx, author, comment, &change)
}

pub fn rewrite(
    tx: &mut Tx<'_>,
    author: ActorId,
    comment: CommentId,
    new: &Rewrite<'_>,
) -> Result<(), CommunityError> {
    let row = comments::find(tx.conn, comment)?.ok_or(Missing::Comment)?;
    let author = actors::get(tx.conn, author)?;
    // Before the text of somebody else is read.
    authorship(author.id, row.author_id).may(Act::ChangeOwn)?;
    let standing = row.body_markdown.as_deref().unwrap_or_default();
    let markdown = new.body.map_or(standing, CommentBody::as_str);
    let written = text::write(tx, markdown)?;
    let text = CommentText {
        body_markdown: Some(markdown.to_owned()),
        body_html: written.html,
        language: match new.language {
            Some(language) => language.map(str::to_owned),
            None => row.language.clone(),
        },
        edited: Some(tx.now),
    };
    change(tx, &author, &row, &text, &written.mentions, Via::Here)
}

/// An edit from any door.
pub(crate) fn change(
    tx: &mut Tx<'_>,
    author: &ActorRow,
    row: &CommentRow,
    text: &CommentText,
    mentions: &[Mentioned],
    via: Via<'_>,
) -> Result<(), CommunityError> {
    authorship(author.id, row.author_id).may(Act::ChangeOwn)?;
    if row.is_hidden() {
        return Err(Denied::Deleted.into());
    }
    links::check(tx, None, &text.body_html)?;
    let post = posts::find(tx.conn, row.post_id)?.ok_or(Missing::Post)?;
    let group = actors::get(tx.conn, post.group_id)?;
    may_take_part(tx, author, &group)?;
    comments::update_text(tx.conn, row.id, text)?;
    let before = row;
    let row = comments::find(tx.conn, row.id)?.ok_or(Missing::Comment)?;
    let (parent, answered) = match row.parent_id {
        Some(id) => {
            let parent = comments::find(tx.conn, id)?.ok_or(Missing::Comment)?;
            (parent.ap_id, parent.author_id)
        }
        None => (post.ap_id.clone(), post.author_id),
    };
    let answered = actors::get(tx.conn, answered)?;
    // Whoever is new among them; the others know.
    let place = Place::comment(post.id, row.id);
    notify_mentioned(tx, author, mentions, place, Some(answered.id))?;
    let (me, parent) = (url(&author.ap_id)?, url(&parent)?);
    let tags: Vec<_> = mentions.iter().map(|m| m.tag.clone()).collect();
    let note = describe::comment(tx, &row, author, &group, &parent, Some(&answered), &tags)?;
    let note = describe::in_thread(tx, note, &row, &post, &group)?;
    let mut also_to = if author.local {
        let texts = [before.body_markdown.as_ref(), row.body_markdown.as_ref()];
        text::holders_elsewhere(tx, post.id, Some(row.id), &texts)?
    } else {
        Vec::new()
    };
    also_to.extend(Some(answered.id).filter(|_| !answered.local));
    tell(
        tx,
        &Action {
            actor: author,
            group: &group,
            via,
            verb: "update",
            activity: &|id| wire::update(id, &me, note.clone()),
            about: None,
            for_microblogs: ForMicroblogs::Nothing,
            also_to: &also_to,
        },
    )?;
    Ok(())
}
