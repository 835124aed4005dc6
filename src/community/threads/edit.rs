//! Changing a thread's title, text, link or picture; it is marked as edited.

use super::Picture;
use crate::activitystreams::{self as wire, Form};
use crate::community::bans::may_take_part;
use crate::community::describe;
use crate::community::links;
use crate::community::notifications::{Place, notify_mentioned};
use crate::community::outgoing::{Action, ForMicroblogs, Via, tell_in_each, url};
use crate::community::text::{self, Mentioned};
use crate::community::{CommunityError, Denied, Missing, previews, special};
use crate::domain::event::NewEvent;
use crate::domain::ids::{ActorId, PostId};
use crate::domain::limits::{Body, Title, WebLink};
use crate::domain::rules::{Act, authorship};
use crate::store::Tx;
use crate::store::actors::{self, ActorRow};
use crate::store::posts::{self, PostRow, PostText};

#[derive(Clone, Debug)]
pub struct EditThread {
    pub title: Title,
    pub body: Body,
    pub link: Option<WebLink>,
    pub image: Option<Picture>,
    pub language: Option<String>,
    pub sensitive: bool,
}

pub fn edit(
    tx: &mut Tx<'_>,
    author: ActorId,
    post: PostId,
    edit: &EditThread,
) -> Result<(), CommunityError> {
    edit_with(tx, author, post, edit, None)
}

/// As [`edit`], with where and when the event is now.
pub fn edit_with(
    tx: &mut Tx<'_>,
    author: ActorId,
    post: PostId,
    edit: &EditThread,
    event: Option<&NewEvent>,
) -> Result<(), CommunityError> {
    let row = posts::find(tx.conn, post)?.ok_or(Missing::Post)?;
    let author = actors::get(tx.conn, author)?;
    let body = edit.body.as_str();
    let written = text::write(tx, body)?;
    let text = PostText {
        title: edit.title.as_str().to_owned(),
        body_markdown: Some(body.to_owned()).filter(|text| !text.is_empty()),
        body_html: written.html,
        link: edit.link.as_ref().map(|link| link.as_str().to_owned()),
        image_url: edit.image.as_ref().map(|image| image.url.to_string()),
        image_alt: edit.image.as_ref().and_then(|image| image.alt.clone()),
        language: edit.language.clone(),
        sensitive: edit.sensitive,
        edited: Some(tx.now),
    };
    if let Some(event) = event {
        if row.author_id != author.id {
            return Err(Denied::NotAuthor.into());
        }
        special::plan(tx, row.id, event)?;
    }
    change(tx, &author, &row, &text, &written.mentions, Via::Here)
}

/// An edit from any door.
pub(crate) fn change(
    tx: &mut Tx<'_>,
    author: &ActorRow,
    row: &PostRow,
    text: &PostText,
    mentions: &[Mentioned],
    via: Via<'_>,
) -> Result<(), CommunityError> {
    authorship(author.id, row.author_id).may(Act::ChangeOwn)?;
    if row.is_hidden() {
        return Err(Denied::Deleted.into());
    }
    let group = actors::get(tx.conn, row.group_id)?;
    may_take_part(tx, author, &group)?;
    let links = text.link.iter().chain(&text.image_url).map(String::as_str);
    links::check(tx, links, &text.body_html)?;
    posts::update_text(tx.conn, row.id, text)?;
    let before = row;
    let row = posts::find(tx.conn, row.id)?.ok_or(Missing::Post)?;
    if (&row.link, &row.image_url) != (&before.link, &before.image_url) {
        previews::follow_link(tx, &row, author)?;
    }
    // Whoever is new among them; the others know.
    notify_mentioned(tx, author, mentions, Place::thread(row.id), None)?;
    let tags: Vec<_> = mentions.iter().map(|m| m.tag.clone()).collect();
    let also_to = if author.local {
        let texts = [before.body_markdown.as_ref(), row.body_markdown.as_ref()];
        text::holders_elsewhere(tx, row.id, None, &texts)?
    } else {
        Vec::new()
    };
    let me = url(&author.ap_id)?;
    let page = describe::post(tx, &row, author, &group, &tags, Form::Page)?;
    let native = describe::post(tx, &row, author, &group, &tags, Form::Native)?;
    tell_in_each(
        tx,
        row.id,
        &Action {
            actor: author,
            group: &group,
            via,
            verb: "update",
            activity: &|id| wire::update(id, &me, page.clone()),
            about: None,
            for_microblogs: ForMicroblogs::Native(&|id| wire::update(id, &me, native.clone())),
            also_to: &also_to,
        },
    )?;
    Ok(())
}
