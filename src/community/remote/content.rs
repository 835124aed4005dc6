//! Threads and comments from elsewhere.

use url::Url;

use super::groups::{groups_of, standing_in};
use super::origin::{checked_author, fits};
use super::text::{comment_html, markdown_source, thread_text};
use super::{Coming, Doc, Docs, WireError, was_deleted};
use crate::activitystreams::{Content, Thing};
use crate::community::outgoing::Via;
use crate::community::text::Mentioned;
use crate::community::threads::{Carries, Draft as ThreadDraft, Origin};
use crate::community::{
    self, CommunityError, comments as use_comments, special, threads as use_threads,
};
use crate::domain::house::host_of;
use crate::domain::ids::ActorId;
use crate::domain::kinds::Contribution;
use crate::domain::rules::{Act, authorship};
use crate::domain::time::HOUR;
use crate::store::actors::{self, ActorRow};
use crate::store::comments::{self, CommentRow, CommentText};
use crate::store::posts::{self, PostRow, PostText};
use crate::store::{Tx, conversations, extras, purge};

/// Something that stands here, as a thread or as a comment in one.
#[derive(Clone, Debug)]
pub enum Entry {
    Post(Box<PostRow>),
    Comment(Box<CommentRow>),
}

/// How far up a conversation we go for what a comment answers.
const MAX_ANCESTORS: usize = 50;
const MAX_MENTIONS: usize = 30;

pub fn find_content(tx: &mut Tx<'_>, id: &Url) -> Result<Option<Entry>, WireError> {
    if let Some(post) = posts::by_ap_id(tx.conn, id)? {
        return Ok(Some(Entry::Post(Box::new(post))));
    }
    Ok(comments::by_ap_id(tx.conn, id)?.map(|comment| Entry::Comment(Box::new(comment))))
}

/// The thread or comment of this id, taken in from `docs`, with what it answers, when it is not here yet.
pub fn ensure_content(tx: &mut Tx<'_>, id: &Url, docs: &Docs) -> Result<Entry, WireError> {
    ensure_within(tx, id, docs, Coming::by(Via::Here), MAX_ANCESTORS)
}

/// Likewise, as a group elsewhere told us of it.
pub fn ensure_told(
    tx: &mut Tx<'_>,
    id: &Url,
    docs: &Docs,
    group: &ActorRow,
) -> Result<Entry, WireError> {
    ensure_within(tx, id, docs, Coming::told(group), MAX_ANCESTORS)
}

fn ensure_within(
    tx: &mut Tx<'_>,
    id: &Url,
    docs: &Docs,
    coming: Coming<'_>,
    budget: usize,
) -> Result<Entry, WireError> {
    if let Some(entry) = find_content(tx, id)? {
        return Ok(entry);
    }
    if tx.house.address.owns(id) {
        return Err(WireError::refused(format!("there is no {id} here")));
    }
    if budget == 0 {
        return Err(WireError::refused("the conversation goes up too far"));
    }
    match docs.get(id) {
        None => Err(WireError::Need(id.clone())),
        Some(Doc::Found(Thing::Content(content))) if content.id == *id => {
            let entry = take_in_within(tx, content, docs, coming, budget - 1)?;
            want_conversation(tx, &entry, content)?;
            Ok(entry)
        }
        Some(Doc::Found(_)) => Err(WireError::refused(format!("{id} is no thread or comment"))),
        Some(Doc::Gone) => Err(WireError::refused(format!("{id} is gone"))),
        Some(Doc::Failed(why)) => Err(WireError::refused(format!("{id}: {why}"))),
    }
}

/// A conversation that we came upon by one of its posts is read whole in the background, if that post
/// says where the rest is.
pub fn want_conversation(
    tx: &mut Tx<'_>,
    entry: &Entry,
    content: &Content,
) -> Result<(), WireError> {
    let leads = [&content.replies, &content.comments];
    if leads.iter().all(|list| list.is_none()) && content.context.is_none() {
        return Ok(());
    }
    let thread = match entry {
        Entry::Post(post) => post.id,
        Entry::Comment(comment) => comment.post_id,
    };
    use_threads::want_whole(tx, thread, HOUR)?;
    Ok(())
}

/// Takes in a new thread or comment whose document is to be trusted: it came from its origin, or was
/// signed there. What is here already stays as it is.
pub fn take_in(
    tx: &mut Tx<'_>,
    content: &Content,
    docs: &Docs,
    via: Via<'_>,
) -> Result<Entry, WireError> {
    take_in_told(tx, content, docs, Coming::by(via))
}

/// Likewise, and perhaps as a group elsewhere told us of it.
pub fn take_in_told(
    tx: &mut Tx<'_>,
    content: &Content,
    docs: &Docs,
    coming: Coming<'_>,
) -> Result<Entry, WireError> {
    take_in_within(tx, content, docs, coming, MAX_ANCESTORS)
}

fn take_in_within(
    tx: &mut Tx<'_>,
    content: &Content,
    docs: &Docs,
    coming: Coming<'_>,
    budget: usize,
) -> Result<Entry, WireError> {
    if let Some(entry) = find_content(tx, &content.id)? {
        return Ok(entry);
    }
    let author = checked_author(tx, content, docs)?;
    if was_deleted(tx, &content.id, author.id)? {
        return Err(WireError::refused("it was deleted before it came"));
    }
    match &content.in_reply_to {
        Some(parent) => {
            let above = Coming {
                via: Via::Here,
                ..coming
            };
            let parent = ensure_within(tx, parent, docs, above, budget)?;
            comment(tx, content, &author, parent, coming.via)
        }
        None => thread(tx, content, &author, docs, coming),
    }
}

fn origin(content: &Content, now: crate::domain::time::Timestamp) -> Origin {
    Origin::Elsewhere {
        ap_id: content.id.clone(),
        url: content.url.clone().unwrap_or_else(|| content.id.clone()),
        published: content.published.unwrap_or(now),
        edited: content
            .updated
            .map(|updated| updated.min(now))
            .filter(|updated| {
                // Some servers set both to the same moment when nothing was edited.
                content
                    .published
                    .is_none_or(|published| *updated > published)
            }),
    }
}

fn mentioned(tx: &mut Tx<'_>, content: &Content) -> Result<Vec<Mentioned>, WireError> {
    let mut all = Vec::new();
    for tag in content.mentions.iter().take(MAX_MENTIONS) {
        if let Some(actor) = actors::by_ap_id(tx.conn, &tag.href)? {
            all.push(Mentioned {
                actor: actor.id,
                local: actor.local && actor.kind.is_person(),
                tag: tag.clone(),
            });
        }
    }
    Ok(all)
}

fn thread(
    tx: &mut Tx<'_>,
    content: &Content,
    author: &ActorRow,
    docs: &Docs,
    coming: Coming<'_>,
) -> Result<Entry, WireError> {
    let groups = groups_of(tx, content, author, docs, coming)?;
    let Some((group, others)) = groups.split_first() else {
        return Err(WireError::refused("it is for no group that we know"));
    };
    for group in &groups {
        fits(tx, content, group.id)?;
    }
    let text = thread_text(content, &groups)?;
    let mentions = mentioned(tx, content)?;
    let post = use_threads::begin(
        tx,
        &ThreadDraft {
            author,
            group,
            origin: origin(content, tx.now),
            kind: Contribution::Discussion,
            title: text.title,
            body_markdown: text.body_markdown,
            body_html: text.body_html,
            link: text.link,
            image: text.image,
            language: content.language.clone(),
            sensitive: content.sensitive,
            mentions,
            carries: Carries::Theirs(content),
            also_in: others,
        },
        coming.via,
    )?;
    if content.comments_enabled == Some(false) {
        posts::set_locked(tx.conn, post.id, true)?;
    }
    if let Some(context) = &content.context
        && context.origin() == content.id.origin()
    {
        conversations::note_context(tx.conn, post.id, context, tx.now)?;
    }
    Ok(Entry::Post(Box::new(post)))
}

fn comment(
    tx: &mut Tx<'_>,
    content: &Content,
    author: &ActorRow,
    parent: Entry,
    via: Via<'_>,
) -> Result<Entry, WireError> {
    let (post, parent) = match parent {
        Entry::Post(post) => (post, None),
        Entry::Comment(comment) => {
            let post = posts::find(tx.conn, comment.post_id)?
                .ok_or_else(|| WireError::refused("its thread is gone"))?;
            (Box::new(post), Some(comment))
        }
    };
    fits(tx, content, post.group_id)?;
    let html = comment_html(content)?;
    let mentions = mentioned(tx, content)?;
    let distinguished = content.distinguished && speaks_for(tx, author, post.group_id)?;
    let row = use_comments::answer(
        tx,
        &use_comments::Draft {
            author,
            post: &post,
            parent: parent.as_deref(),
            origin: origin(content, tx.now),
            body_markdown: markdown_source(content),
            body_html: html,
            language: content.language.clone(),
            distinguished,
            mentions,
            extras: special::extras_of(content),
        },
        via,
    )?;
    Ok(Entry::Comment(Box::new(row)))
}

/// Whether an author's word is the group's: one of our own groups looks at the role, others have
/// looked themselves.
fn speaks_for(tx: &mut Tx<'_>, author: &ActorRow, group: ActorId) -> Result<bool, WireError> {
    let group = actors::get(tx.conn, group)?;
    Ok(!group.local || actors::role(tx.conn, group.id, author.id)?.is_some())
}

/// Whether a thread takes comments is said by the server of its group, where that is its own as well: others
/// may not know yet. Ours know it of themselves.
fn take_comments(
    tx: &mut Tx<'_>,
    content: &Content,
    post: &PostRow,
    group: &ActorRow,
) -> Result<(), WireError> {
    let said = content.comments_enabled.filter(|_| !group.local);
    if let Some(open) = said
        && host_of(&content.id).as_deref() == Some(&group.host)
        && post.locked == open
    {
        posts::set_locked(tx.conn, post.id, !open)?;
    }
    Ok(())
}

/// An edit by `actor`, whose document is to be trusted. What we never saw is taken in as new.
pub fn update(
    tx: &mut Tx<'_>,
    actor: &ActorRow,
    content: &Content,
    docs: &Docs,
    via: Via<'_>,
) -> Result<(), WireError> {
    let Some(entry) = find_content(tx, &content.id)? else {
        take_in(tx, content, docs, via)?;
        return Ok(());
    };
    checked_author(tx, content, docs)?;
    let (id, author) = match &entry {
        Entry::Post(post) => (post.id.0, post.author_id),
        Entry::Comment(comment) => (comment.id.0, comment.author_id),
    };
    authorship(actor.id, author)
        .may(Act::ChangeOwn)
        .map_err(CommunityError::from)?;
    if purge::is_purged(tx.conn, id)? {
        return Err(WireError::refused("it was erased here for good"));
    }
    let edited = Some(content.updated.unwrap_or(tx.now).min(tx.now));
    match entry {
        Entry::Post(post) => {
            // An older edit that was overtaken on its way.
            if post.edited > edited {
                return Ok(());
            }
            let hidden = post.is_hidden() && post.author_id == actor.id;
            fits(tx, content, post.group_id)?;
            let groups = standing_in(tx, &post)?;
            let text = thread_text(content, &groups)?;
            let text = PostText {
                title: text.title,
                body_markdown: text.body_markdown,
                body_html: text.body_html,
                link: text.link,
                image_url: text.image.as_ref().map(|image| image.url.to_string()),
                image_alt: text.image.and_then(|image| image.alt),
                language: content.language.clone(),
                sensitive: content.sensitive,
                edited,
            };
            special::keep(tx, post.id, content)?;
            take_comments(tx, content, &post, &groups[0])?;
            let unchanged = text.title == post.title
                && text.body_html == post.body_html
                && text.image_url == post.image_url;
            if content.poll.is_some() && unchanged {
                // Only votes came in.
                return Ok(community::pass_results_on(tx, actor, &groups[0], via)?);
            }
            // Nobody is told of what nobody sees; brought back, it is as its author left it.
            if hidden {
                posts::update_text(tx.conn, post.id, &text)?;
                let post = PostRow {
                    link: text.link,
                    image_url: text.image_url,
                    ..*post
                };
                return Ok(community::previews::follow_link(tx, &post, actor)?);
            }
            let mentions = mentioned(tx, content)?;
            use_threads::change(tx, actor, &post, &text, &mentions, via)?;
        }
        Entry::Comment(comment) => {
            if comment.edited > edited {
                return Ok(());
            }
            fits(tx, content, comment.group_id)?;
            let text = CommentText {
                body_markdown: markdown_source(content),
                body_html: comment_html(content)?,
                language: content.language.clone(),
                edited,
            };
            extras::set(tx.conn, comment.id.0, &special::extras_of(content))?;
            if comment.is_hidden() && comment.author_id == actor.id {
                return Ok(comments::update_text(tx.conn, comment.id, &text)?);
            }
            if content.distinguished != comment.distinguished
                && (!content.distinguished || speaks_for(tx, actor, comment.group_id)?)
            {
                comments::set_distinguished(tx.conn, comment.id, content.distinguished)?;
            }
            let mentions = mentioned(tx, content)?;
            use_comments::change(tx, actor, &comment, &text, &mentions, via)?;
        }
    }
    Ok(())
}
