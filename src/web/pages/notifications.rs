//! What waits for a member: replies and mentions.

use axum::extract::State;
use axum::response::Response;
use maud::{Markup, html};

use super::{Asked, PAGE, notices};
use crate::app::App;
use crate::community::{CommunityError, notifications as waiting};
use crate::domain::html::to_text;
use crate::domain::kinds::NotificationKind;
use crate::limits::Door;
use crate::store::modlog::ModlogRow;
use crate::store::views::{self, NotificationView};
use crate::store::{Tx, modlog, notifications};
use crate::web::components::forms::token;
use crate::web::components::{avatar, lists, name_link, posts, time};
use crate::web::errors::Failure;
use crate::web::flash::{Flash, redirect};
use crate::web::forms::Posted;
use crate::web::layout::{Frame, Page};
use crate::web::session::{Signed, limit};

/// So many of what is about no thread stand above the rest.
const NOTICES: i64 = 10;
const GONE: &str = "This is gone meanwhile.";

pub async fn show(
    State(app): State<App>,
    Signed(viewer): Signed,
    frame: Frame,
    asked: Asked,
) -> Result<Markup, Failure> {
    let after = asked.after()?;
    let load = move |tx: &mut Tx<'_>| -> Result<_, CommunityError> {
        let page = notifications::page(tx.conn, viewer.id, None, false, after, PAGE)?;
        let notices = match after {
            None => views::notices(tx.conn, viewer.id, NOTICES)?,
            Some(_) => Vec::new(),
        };
        let words = match page.items.iter().any(|row| is_moderators(row.kind)) {
            true => modlog::words_for(tx.conn, viewer.id)?,
            false => Vec::new(),
        };
        Ok((
            views::notifications(tx.conn, page.items)?,
            page.next,
            notices,
            words,
        ))
    };
    let (items, next, told, words) = app.store.read(load).await?;
    let main = html! {
        div.reading.stack {
            div.apart {
                h1 { "For you" }
                @if frame.unread > 0 {
                    form method="post" action="/notifications/read" { (token(&frame.csrf)) button.small { "Mark all as read" } }
                }
            }
            @if !told.is_empty() { (notices::list(&frame, &told)) }
            @if items.is_empty() && told.is_empty() {
                (lists::empty("Nothing waits for you", "Replies to what you wrote and mentions of your name will stand here.", None))
            } @else if !items.is_empty() {
                ul.feed { @for item in &items { (row(&frame, item, &words)) } }
                (lists::pager("/notifications", after, next))
            }
        }
    };
    Ok(Page::new(&frame, "For you").private().render(main))
}

/// Of what a moderator did, who may have said why.
fn is_moderators(kind: NotificationKind) -> bool {
    matches!(kind, NotificationKind::Warning | NotificationKind::Removal)
}

/// What the moderator said to it: the entry in the log was written at the same moment.
fn reason<'a>(view: &NotificationView, words: &'a [ModlogRow]) -> Option<&'a str> {
    let notification = &view.notification;
    let mut words = words.iter().filter(|_| is_moderators(notification.kind));
    let entry = words.find(|entry| {
        entry.moderator_id == notification.actor_id && entry.created == notification.created
    })?;
    entry.reason.as_deref()
}

fn row(frame: &Frame, view: &NotificationView, words: &[ModlogRow]) -> Markup {
    let (notification, post) = (&view.notification, &view.post.post);
    let verb = match notification.kind {
        NotificationKind::Poll => "has the results of a poll",
        NotificationKind::Reply => "replied",
        NotificationKind::Mention => "mentioned you",
        NotificationKind::Removal => "removed what you wrote",
        NotificationKind::Warning => "has a word for you as a moderator",
        NotificationKind::Report => "reported",
    };
    let (path, text) = match &view.comment {
        Some(answer) if answer.comment.is_hidden() => {
            (format!("/comment/{}", answer.comment.id), GONE.to_owned())
        }
        Some(answer) => (
            format!("/comment/{}", answer.comment.id),
            to_text(&answer.comment.body_html, 240),
        ),
        None if post.is_hidden() => (format!("/post/{}", post.id), GONE.to_owned()),
        None => (format!("/post/{}", post.id), to_text(&post.body_html, 240)),
    };
    let path = match notification.kind {
        NotificationKind::Report => "/moderation/reports".to_owned(),
        _ => path,
    };
    html! {
        li.unread[!notification.read] {
            article.item {
                (avatar::of(&view.actor, avatar::Size::Normal))
                div {
                    p.meta {
                        (name_link(&view.actor, "who")) " " (verb)
                        span.dot { (time::ago(notification.created, frame.now)) }
                        @if !notification.read { span.badge.warm { "New" } }
                    }
                    @if let Some(reason) = reason(view, words) { blockquote.prose dir="auto" { (reason) } }
                    p dir="auto" { a href=(path) { (text) } }
                    p.meta { "in “" (posts::title(post)) "”" span.dot { (name_link(&view.post.group, "where")) } }
                }
            }
        }
    }
}

pub async fn mark_all(
    State(app): State<App>,
    Signed(viewer): Signed,
    _: Posted,
) -> Result<Response, Failure> {
    limit(&app, &viewer, Door::Act)?;
    app.store
        .write(move |tx| waiting::mark_all_read(tx, viewer.id))
        .await?;
    Ok(redirect(
        &app.settings.public_url,
        "/notifications",
        Flash::AllRead,
    ))
}
