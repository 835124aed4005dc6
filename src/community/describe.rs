//! Our rows in the words of the wire: what peers get by delivery, and when they fetch.

use serde_json::Value;
use url::Url;

use super::groups::EditGroup;
use super::outgoing::{followers_url, url};
use super::special::{self, Reader};
use super::text;
use crate::activitystreams::{self as wire, ActorOut, Form, ImageRef, Mention, NoteOut, PageOut};
use crate::domain::html;
use crate::domain::kinds::{ActorKind, Visibility};
use crate::domain::limits::{STATEMENT_MAX, Statement};
use crate::domain::markdown;
use crate::store::actors::ActorRow;
use crate::store::comments::CommentRow;
use crate::store::posts::PostRow;
use crate::store::{
    StoreError, Tx, actors, comments, conversations, groups, hosts, moves, people, posts, site,
};

fn some(text: &str) -> Option<String> {
    Some(text.to_owned()).filter(|text| !text.is_empty())
}

/// An optional column that holds a URL of whatever origin; nonsense in it is not worth an error.
fn maybe(text: Option<&str>) -> Option<Url> {
    text.and_then(|text| text.parse().ok())
}

/// A local actor. Its key must exist by now. What the site's actor says is in the site's own row.
pub fn actor(tx: &mut Tx<'_>, row: &ActorRow) -> Result<Value, StoreError> {
    let mut out = out(tx, row)?;
    if row.kind == ActorKind::Application {
        let site = site::get(tx.conn)?;
        out.display_name = some(&site.name);
        out.tagline = some(&site.tagline);
        out.summary_html = some(&site.sidebar_html);
        out.summary_markdown = some(&site.sidebar_markdown);
    }
    Ok(wire::actor(&out))
}

fn out(tx: &mut Tx<'_>, row: &ActorRow) -> Result<ActorOut, StoreError> {
    let public_key_pem = row
        .public_key_pem
        .clone()
        .ok_or_else(|| StoreError::Unavailable(format!("{} has no key yet", row.ap_id)))?;
    let group = match row.kind {
        ActorKind::Group => Some(groups::get(tx.conn, row.id)?),
        _ => None,
    };
    let institution = if row.kind.is_person() {
        people::get(tx.conn, row.id)?.institution
    } else {
        None
    };
    let (also_known_as, moved_to) = if row.local {
        let aliases = moves::aliases_of(tx.conn, row.id)?;
        let target = moves::target(tx.conn, row.id)?;
        (
            aliases
                .iter()
                .filter_map(|alias| maybe(Some(alias)))
                .collect(),
            maybe(target.as_ref().map(|target| target.ap_id.as_str())),
        )
    } else {
        (Vec::new(), None)
    };
    Ok(ActorOut {
        id: url(&row.ap_id)?,
        kind: row.kind,
        name: row.name.clone(),
        display_name: row.display_name.clone(),
        summary_html: some(&row.summary_html),
        summary_markdown: row.summary_markdown.clone(),
        icon: maybe(row.icon_url.as_deref()),
        image: maybe(row.image_url.as_deref()),
        public_key_pem,
        published: row.published,
        updated: row.updated,
        posting_restricted_to_mods: group.as_ref().is_some_and(|g| g.posting_restricted),
        sensitive: group.as_ref().is_some_and(|g| g.sensitive),
        private: group.is_some_and(|g| g.visibility == Visibility::Private),
        tagline: None,
        shared_inbox: tx.house.address.shared_inbox(),
        also_known_as,
        moved_to,
        institution,
    })
}

/// A group elsewhere as a moderator of ours wants it to be. Its server may take the whole document for
/// true, so what is not edited stands as that server wrote it.
pub(super) fn group_elsewhere(
    tx: &mut Tx<'_>,
    row: &ActorRow,
    edit: &EditGroup,
) -> Result<Value, StoreError> {
    let domain = edit.domain.as_str();
    // What came as HTML alone goes back as it came, unless it was written anew.
    let standing = html::source_of(None, &row.summary_html, STATEMENT_MAX);
    let untouched = row.summary_markdown.is_none()
        && Statement::parse(&standing).is_ok_and(|standing| standing == edit.domain);
    let (summary_html, summary_markdown) = match untouched {
        true => (row.summary_html.clone(), None),
        false => (
            markdown::render(domain).into_string(),
            Some(domain.to_owned()),
        ),
    };
    let changed = ActorRow {
        display_name: some(edit.title.as_str()),
        summary_html,
        summary_markdown,
        icon_url: edit.icon.as_ref().map(Url::to_string),
        image_url: edit.image.as_ref().map(Url::to_string),
        updated: Some(tx.now),
        ..row.clone()
    };
    let shared_inbox = match row.inbox_id {
        Some(inbox) => Some(url(&hosts::inbox_url(tx.conn, inbox)?)?),
        None => None,
    };
    let mut out = out(tx, &changed)?;
    out.posting_restricted_to_mods = edit.posting_restricted;
    out.sensitive = edit.sensitive;
    Ok(wire::actor_elsewhere(
        &out,
        &wire::Places {
            inbox: url(&row.inbox_url)?,
            outbox: maybe(row.outbox_url.as_deref()),
            followers: maybe(row.followers_url.as_deref()),
            featured: maybe(row.featured_url.as_deref()),
            moderators: maybe(row.moderators_url.as_deref()),
            shared_inbox: shared_inbox.filter(|shared| shared.as_str() != row.inbox_url),
            key_id: url(&row.public_key_id)?,
        },
    ))
}

/// A thread in one of its forms; `mentions` are those in its text.
pub fn post(
    tx: &mut Tx<'_>,
    row: &PostRow,
    author: &ActorRow,
    group: &ActorRow,
    mentions: &[Mention],
    form: Form,
) -> Result<Value, StoreError> {
    let special = special::of(tx, row, Reader::Any)?;
    let mut out = page_out(row, author, group, mentions)?;
    if form == Form::Native {
        put_link_into_text(row, &mut out);
    }
    in_conversation(row, wire::thread(&out, &special, form))
}

/// For microblogs, which show no links beside the text.
fn put_link_into_text(row: &PostRow, out: &mut PageOut) {
    if let Some(link) = &row.link {
        let link = markdown::render(&format!("<{link}>"));
        out.html = Some(out.html.take().unwrap_or_default() + link.as_str());
    }
}

/// Says of a thread of ours where its replies are.
fn in_conversation(row: &PostRow, thread: Value) -> Result<Value, StoreError> {
    if !row.local {
        return Ok(thread);
    }
    let (replies, context) = (below(&row.ap_id, "replies")?, below(&row.ap_id, "context")?);
    Ok(wire::in_conversation(thread, &replies, Some(&context)))
}

fn page_out(
    row: &PostRow,
    author: &ActorRow,
    group: &ActorRow,
    mentions: &[Mention],
) -> Result<PageOut, StoreError> {
    let image = maybe(row.image_url.as_deref()).map(|url| ImageRef {
        url,
        alt: row.image_alt.clone(),
    });
    Ok(PageOut {
        id: url(&row.ap_id)?,
        author: url(&author.ap_id)?,
        group: url(&group.ap_id)?,
        title: row.title.clone(),
        html: some(&row.body_html),
        markdown: row.body_markdown.clone(),
        link: maybe(row.link.as_deref()),
        image,
        sensitive: row.sensitive,
        comments_enabled: !row.locked,
        language: row.language.clone(),
        published: row.published,
        updated: row.edited,
        mentions: mentions.to_vec(),
    })
}

/// `https://host/post/1` and `replies` make `https://host/post/1/replies`.
fn below(id: &str, part: &str) -> Result<Url, StoreError> {
    url(&format!("{id}/{part}"))
}

/// The collection of the whole conversation: ours, if thread or group is, else what its origin states.
pub fn conversation(
    tx: &mut Tx<'_>,
    post: &PostRow,
    group: &ActorRow,
) -> Result<Option<Url>, StoreError> {
    if post.local || group.local {
        let id = tx.house.address.post(post.id);
        return Ok(Some(below(id.as_str(), "context")?));
    }
    let known = conversations::find(tx.conn, post.id)?;
    Ok(known.and_then(|row| maybe(row.context_url.as_deref())))
}

/// Says of a comment of ours where it belongs.
pub fn in_thread(
    tx: &mut Tx<'_>,
    note: Value,
    row: &CommentRow,
    post: &PostRow,
    group: &ActorRow,
) -> Result<Value, StoreError> {
    if !row.local {
        return Ok(note);
    }
    let context = conversation(tx, post, group)?;
    let replies = below(&row.ap_id, "replies")?;
    Ok(wire::in_conversation(note, &replies, context.as_ref()))
}

/// A comment as a `Note`, in reply to `parent` by `answered`.
pub fn comment(
    tx: &Tx<'_>,
    row: &CommentRow,
    author: &ActorRow,
    group: &ActorRow,
    parent: &Url,
    answered: Option<&ActorRow>,
    mentions: &[Mention],
) -> Result<Value, StoreError> {
    let parent_author = match answered {
        Some(person) => Some((
            url(&person.ap_id)?,
            format!("@{}@{}", person.name, person.host),
        )),
        None => None,
    };
    Ok(wire::note(&NoteOut {
        id: url(&row.ap_id)?,
        author: url(&author.ap_id)?,
        group: url(&group.ap_id)?,
        in_reply_to: parent.clone(),
        parent_author,
        html: row.body_html.clone(),
        markdown: row.body_markdown.clone(),
        language: row.language.clone(),
        distinguished: row.distinguished,
        published: row.published,
        updated: row.edited,
        mentions: mentions.to_vec(),
        hashtags: text::hashtags(&tx.house.address, row.body_markdown.as_deref()),
    }))
}

/// A stored thread as a page, with the mentions its text has today.
pub fn stored_post(tx: &mut Tx<'_>, row: &PostRow) -> Result<Value, StoreError> {
    post_for(tx, row, Reader::Pages)
}

/// A stored thread in the form that this reader understands.
pub fn post_for(tx: &mut Tx<'_>, row: &PostRow, reader: Reader) -> Result<Value, StoreError> {
    let author = actors::get(tx.conn, row.author_id)?;
    let group = actors::get(tx.conn, row.group_id)?;
    let mentions = mentions_in(tx, row.body_markdown.as_deref())?;
    let special = special::of(tx, row, reader)?;
    let mut out = page_out(row, &author, &group, &mentions)?;
    if reader == Reader::GoToSocial {
        put_link_into_text(row, &mut out);
    }
    let page = in_conversation(row, wire::thread(&out, &special, reader.form(&special)))?;
    addressed(tx, &group, page)
}

/// What is said in a private group is for its followers, whatever it is and whoever says it.
pub fn addressed(tx: &mut Tx<'_>, group: &ActorRow, said: Value) -> Result<Value, StoreError> {
    Ok(match groups::visibility(tx.conn, group.id)? {
        Visibility::Private => wire::only_for(said, &followers_url(group)?),
        Visibility::Public | Visibility::LocalOnly => said,
    })
}

/// A stored comment with what it answers.
pub fn stored_comment(tx: &mut Tx<'_>, row: &CommentRow) -> Result<Value, StoreError> {
    let thread = posts::find(tx.conn, row.post_id)?.ok_or(StoreError::NotFound)?;
    let author = actors::get(tx.conn, row.author_id)?;
    let group = actors::get(tx.conn, thread.group_id)?;
    let (parent, answered) = match row.parent_id {
        Some(id) => {
            let parent = comments::find(tx.conn, id)?.ok_or(StoreError::NotFound)?;
            (parent.ap_id, parent.author_id)
        }
        None => (thread.ap_id.clone(), thread.author_id),
    };
    let answered = actors::get(tx.conn, answered)?;
    let mentions = mentions_in(tx, row.body_markdown.as_deref())?;
    let note = comment(
        tx,
        row,
        &author,
        &group,
        &url(&parent)?,
        Some(&answered),
        &mentions,
    )?;
    let note = in_thread(tx, note, row, &thread, &group)?;
    addressed(tx, &group, note)
}

fn mentions_in(tx: &mut Tx<'_>, markdown: Option<&str>) -> Result<Vec<Mention>, StoreError> {
    let Some(markdown) = markdown.filter(|text| text.contains(['@', '!'])) else {
        return Ok(Vec::new());
    };
    let written = text::write(tx, markdown)?;
    Ok(written.mentions.into_iter().map(|m| m.tag).collect())
}
