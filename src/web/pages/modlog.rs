//! The public log of moderation: of the whole site, or of one group.

use std::collections::{HashMap, HashSet};

use axum::extract::State;
use maud::{Markup, html};

use super::{Asked, Handle, PAGE};
use crate::app::App;
use crate::community::CommunityError;
use crate::domain::html::to_text;
use crate::domain::ids::{ActorId, CommentId, PostId};
use crate::domain::kinds::LoggedAct;
use crate::domain::paging::{Cursor, Page as Listed};
use crate::domain::rules::Act;
use crate::store::actors::{self, ActorBrief};
use crate::store::comments::{self, CommentRow};
use crate::store::modlog::{self, ModlogFilter, ModlogRow};
use crate::store::posts::{self, PostRow};
use crate::store::{StoreError, Tx, audience};
use crate::web::components::{lists, name_link, time};
use crate::web::errors::Failure;
use crate::web::layout::{Frame, Page};

struct Shown {
    group: Option<ActorBrief>,
    entries: Listed<ModlogRow>,
    actors: HashMap<ActorId, ActorBrief>,
    posts: HashMap<PostId, PostRow>,
    comments: HashMap<CommentId, CommentRow>,
    /// Groups whose entries are told, but not what the threads in them say.
    closed: HashSet<ActorId>,
    after: Option<Cursor>,
}

pub async fn show(State(app): State<App>, frame: Frame, asked: Asked) -> Result<Markup, Failure> {
    let (after, viewer) = (asked.after()?, frame.viewer_id());
    let load = move |tx: &mut Tx<'_>| read(tx, viewer, None, after);
    Ok(page(&frame, &app.store.read(load).await?))
}

pub async fn show_group(
    State(app): State<App>,
    frame: Frame,
    handle: Handle,
    asked: Asked,
) -> Result<Markup, Failure> {
    let (after, viewer) = (asked.after()?, frame.viewer_id());
    let load = move |tx: &mut Tx<'_>| -> Result<Shown, CommunityError> {
        let group = handle.group(tx, viewer)?;
        Ok(read(tx, viewer, Some(ActorBrief::from(group)), after)?)
    };
    Ok(page(&frame, &app.store.read(load).await?))
}

fn read(
    tx: &mut Tx<'_>,
    viewer: Option<ActorId>,
    group: Option<ActorBrief>,
    after: Option<Cursor>,
) -> Result<Shown, StoreError> {
    let filter = ModlogFilter {
        group: group.as_ref().map(|group| group.id),
        ..ModlogFilter::default()
    };
    let entries = modlog::page(tx.conn, viewer, filter, after, PAGE)?;
    let items = &entries.items;
    let mut ids: Vec<ActorId> = items.iter().map(|row| row.moderator_id).collect();
    ids.extend(items.iter().filter_map(|row| row.person_id));
    ids.extend(items.iter().filter_map(|row| row.group_id));
    let post_ids: Vec<PostId> = items.iter().filter_map(|row| row.post_id).collect();
    let comment_ids: Vec<CommentId> = items.iter().filter_map(|row| row.comment_id).collect();
    let groups = items.iter().filter_map(|row| row.group_id).collect();
    Ok(Shown {
        closed: audience::closed_among(tx.conn, viewer, &groups)?,
        actors: actors::briefs(tx.conn, &ids)?
            .into_iter()
            .map(|actor| (actor.id, actor))
            .collect(),
        posts: posts::many(tx.conn, &post_ids)?
            .into_iter()
            .map(|post| (post.id, post))
            .collect(),
        comments: comments::many(tx.conn, &comment_ids)?
            .into_iter()
            .map(|comment| (comment.id, comment))
            .collect(),
        group,
        entries,
        after,
    })
}

fn page(frame: &Frame, shown: &Shown) -> Markup {
    let (title, path) = match &shown.group {
        Some(group) => (
            format!("Log of moderation · {}", group.title()),
            format!("{}/modlog", group.path()),
        ),
        None => ("Log of moderation".to_owned(), "/modlog".to_owned()),
    };
    let main = html! {
        div.reading.stack {
            h1 { "Log of moderation" }
            @if let Some(group) = &shown.group {
                p.meta { "In " (name_link(group, "where")) span.dot { a href="/modlog" { "Of the whole site" } } }
            } @else {
                p.quiet { "What moderators and administrators did, here and in the groups elsewhere that this server follows." }
            }
            @if shown.entries.items.is_empty() {
                (lists::empty("Nothing yet", "Nobody had to step in so far.", None))
            } @else {
                ul.card.stack {
                    @for entry in &shown.entries.items { (one(frame, shown, entry)) }
                }
                (lists::pager(&path, shown.after, shown.entries.next))
            }
        }
    };
    Page::new(frame, title).render(main)
}

fn one(frame: &Frame, shown: &Shown, entry: &ModlogRow) -> Markup {
    let moderator = shown.actors.get(&entry.moderator_id);
    let person = entry.person_id.and_then(|id| shown.actors.get(&id));
    let group = entry.group_id.and_then(|id| shown.actors.get(&id));
    let says_group = shown.group.is_none();
    let by_themselves = entry.person_id == Some(entry.moderator_id);
    html! {
        li {
            p {
                @if let Some(moderator) = moderator { (name_link(moderator, "who")) " " }
                (verb(entry.act, entry.undone)) " "
                (object(shown, entry))
                @if names_person(entry.act) && !by_themselves { @if let Some(person) = person {
                    @if is_written(entry.act) { " by " }
                    (name_link(person, "who"))
                } }
                @if let Some(group) = group.filter(|_| says_group || is_of_group(entry.act)) {
                    (preposition(entry.act)) (name_link(group, "where"))
                    @if entry.act == LoggedAct::RemoveGroup && !entry.undone && group.suspended && is_admin(frame) {
                        " " a href={ (group.path()) "/remove" } { "Put back" }
                    }
                }
                @if let Some(end) = entry.expires { " until " time datetime=(end) { (end.datetime().format("%-d %B %Y")) } }
            }
            @if let Some(reason) = &entry.reason { blockquote.prose dir="auto" { (reason) } }
            p.meta { (time::ago(entry.created, frame.now)) }
        }
    }
}

fn is_admin(frame: &Frame) -> bool {
    let viewer = frame.viewer.as_ref();
    viewer.is_some_and(|viewer| viewer.may(Act::SeeAdministration).is_ok())
}

fn verb(act: LoggedAct, undone: bool) -> &'static str {
    match (act, undone) {
        (LoggedAct::RemovePost | LoggedAct::RemoveComment | LoggedAct::RemoveGroup, false) => {
            "removed"
        }
        (LoggedAct::RemovePost | LoggedAct::RemoveComment | LoggedAct::RemoveGroup, true) => {
            "put back"
        }
        (LoggedAct::LockPost | LoggedAct::LockComment, false) => "locked",
        (LoggedAct::LockPost | LoggedAct::LockComment, true) => "unlocked",
        (LoggedAct::MovePost, _) => "moved",
        (LoggedAct::FeaturePost, false) => "pinned",
        (LoggedAct::FeaturePost, true) => "unpinned",
        (LoggedAct::FeatureOnSite, false) => "pinned on the front page",
        (LoggedAct::FeatureOnSite, true) => "unpinned from the front page",
        (LoggedAct::Warn, _) => "had a word about",
        (LoggedAct::HideGroup, false) => "hid",
        (LoggedAct::HideGroup, true) => "no longer hides",
        (LoggedAct::BanFromGroup, false) => "banned",
        (LoggedAct::BanFromGroup, true) => "lifted the ban of",
        (LoggedAct::BanFromSite, false) => "banned from the site",
        (LoggedAct::BanFromSite, true) => "lifted the ban from the site of",
        (LoggedAct::Appoint, false) => "appointed",
        (LoggedAct::Appoint, true) => "took the role away from",
        (LoggedAct::Transfer, _) => "handed over to",
        (LoggedAct::AppointAdmin, false) => "made an administrator of",
        (LoggedAct::AppointAdmin, true) => "took the administration from",
        (LoggedAct::PurgePerson, _) => "erased a person with all they wrote",
        (LoggedAct::PurgeGroup, _) => "erased a group with all that was in it",
        (LoggedAct::PurgePost, _) => "erased a thread",
        (LoggedAct::PurgeComment, _) => "erased a reply",
        (LoggedAct::BlockHost, false) => "blocked a server",
        (LoggedAct::BlockHost, true) => "no longer blocks a server",
        (LoggedAct::AllowHost, false) => "allowed a server",
        (LoggedAct::AllowHost, true) => "no longer allows a server",
    }
}

fn is_of_group(act: LoggedAct) -> bool {
    matches!(act, LoggedAct::RemoveGroup | LoggedAct::HideGroup)
}

fn is_written(act: LoggedAct) -> bool {
    matches!(
        act,
        LoggedAct::RemovePost
            | LoggedAct::LockPost
            | LoggedAct::MovePost
            | LoggedAct::FeaturePost
            | LoggedAct::FeatureOnSite
            | LoggedAct::RemoveComment
            | LoggedAct::LockComment
            | LoggedAct::Warn
    )
}

fn names_person(act: LoggedAct) -> bool {
    is_written(act)
        || matches!(
            act,
            LoggedAct::BanFromGroup
                | LoggedAct::BanFromSite
                | LoggedAct::Appoint
                | LoggedAct::Transfer
                | LoggedAct::AppointAdmin
        )
}

fn preposition(act: LoggedAct) -> &'static str {
    match act {
        LoggedAct::RemoveGroup | LoggedAct::HideGroup => "the group ",
        LoggedAct::BanFromGroup => " from ",
        LoggedAct::Appoint => " to look after ",
        LoggedAct::MovePost => " out of ",
        LoggedAct::Transfer => " the group ",
        _ => " in ",
    }
}

/// The thread or reply, by its title or its first words where the reader may read them.
fn object(shown: &Shown, entry: &ModlogRow) -> Markup {
    if !is_written(entry.act) {
        return html! {};
    }
    let comment = entry.comment_id.and_then(|id| shown.comments.get(&id));
    let post = entry.post_id.and_then(|id| shown.posts.get(&id));
    let closed = entry
        .group_id
        .is_some_and(|group| shown.closed.contains(&group));
    html! {
        @if closed {
            @if entry.comment_id.is_some() { "a reply" } @else { "a thread" }
        } @else if let Some(comment) = comment {
            a href={ "/comment/" (comment.id) } {
                @if comment.is_hidden() { "a reply" } @else { "“" (to_text(&comment.body_html, 60)) "”" }
            }
        } @else if let Some(post) = post {
            a href={ "/post/" (post.id) } dir="auto" { @if post.is_hidden() { "a thread" } @else { "“" (post.title) "”" } }
        } @else { "something" }
    }
}
