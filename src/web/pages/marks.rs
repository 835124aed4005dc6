//! Saving and hiding, and the list of what a member saved.

use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use maud::{Markup, html};

use super::{Asked, Id, PAGE};
use crate::app::App;
use crate::community::{CommunityError, marks as use_cases};
use crate::domain::ids::{CommentId, PostId};
use crate::domain::kinds::words;
use crate::limits::Door;
use crate::store::Tx;
use crate::store::own_marks::{self, Noted};
use crate::store::views::{self, CommentView, PostView};
use crate::web::components::lists;
use crate::web::components::posts::{Within, feed};
use crate::web::errors::Failure;
use crate::web::flash::{Flash, redirect};
use crate::web::forms::{Fields, Posted};
use crate::web::layout::{Frame, Page};
use crate::web::session::{LocalPath, Signed, limit};

words! {
    /// What of the saved is shown.
    Tab { Threads = "threads", Replies = "replies" }
}

pub async fn saved(
    State(app): State<App>,
    Signed(viewer): Signed,
    frame: Frame,
    asked: Asked,
) -> Result<Markup, Failure> {
    let tab = asked.word("tab").unwrap_or(Tab::Threads);
    let after = asked.after()?;
    let me = viewer.id;
    let load = move |tx: &mut Tx<'_>| -> Result<_, CommunityError> {
        let (mut threads, mut replies): (Vec<PostView>, Vec<CommentView>) = Default::default();
        let next = match tab {
            Tab::Threads => {
                let page = own_marks::posts(tx.conn, me, Noted::Saved, after, PAGE)?;
                threads = views::posts(tx.conn, page.items, Some(me))?;
                page.next
            }
            Tab::Replies => {
                let page = own_marks::comments(tx.conn, me, Noted::Saved, after, PAGE)?;
                replies = views::comments(tx.conn, page.items, Some(me))?;
                page.next
            }
        };
        Ok((threads, replies, next))
    };
    let (threads, replies, next) = app.store.read(load).await?;
    let to = |tab: Tab| format!("/saved?tab={tab}");
    let main = html! {
        h1 { "Saved" }
        (lists::tabs("What to show", &to(tab), &[("Threads", to(Tab::Threads)), ("Replies", to(Tab::Replies))]))
        @if threads.is_empty() && replies.is_empty() {
            (lists::empty("Nothing saved here", "“Save” below a thread or reply keeps it for you. Nobody else sees what you saved.", None))
        }
        @if !threads.is_empty() { (feed(&frame, &threads, Within::Everything)) }
        @if !replies.is_empty() { (super::search::replies(&frame, &replies)) }
        (lists::pager(&to(tab), after, next))
    };
    Ok(Page::new(&frame, "Saved").private().render(main))
}

pub async fn save_post(
    State(app): State<App>,
    Signed(viewer): Signed,
    Id(id): Id<PostId>,
    Posted(fields): Posted,
) -> Result<Response, Failure> {
    limit(&app, &viewer, Door::Act)?;
    let on = fields.ticked("on");
    app.store
        .write(move |tx| use_cases::save_post(tx, viewer.id, id, on))
        .await?;
    Ok(back(&fields, ""))
}

pub async fn save_comment(
    State(app): State<App>,
    Signed(viewer): Signed,
    Id(id): Id<CommentId>,
    Posted(fields): Posted,
) -> Result<Response, Failure> {
    limit(&app, &viewer, Door::Act)?;
    let on = fields.ticked("on");
    app.store
        .write(move |tx| use_cases::save_comment(tx, viewer.id, id, on))
        .await?;
    Ok(back(&fields, &format!("#comment-{id}")))
}

fn back(fields: &Fields, fragment: &str) -> Response {
    let back = LocalPath::parse(fields.text("back"));
    Redirect::to(&format!("{}{fragment}", back.as_str())).into_response()
}

pub async fn hide_post(
    State(app): State<App>,
    Signed(viewer): Signed,
    Id(id): Id<PostId>,
    Posted(fields): Posted,
) -> Result<Response, Failure> {
    limit(&app, &viewer, Door::Act)?;
    let on = fields.ticked("on");
    app.store
        .write(move |tx| use_cases::hide(tx, viewer.id, &[id], on))
        .await?;
    let flash = if on { Flash::Hidden } else { Flash::Shown };
    Ok(redirect(
        &app.settings.public_url,
        &format!("/post/{id}"),
        flash,
    ))
}

/// Whoever has read a thread may want to come back to it as if they had not.
pub async fn unread_post(
    State(app): State<App>,
    Signed(viewer): Signed,
    Id(id): Id<PostId>,
    _: Posted,
) -> Result<Response, Failure> {
    limit(&app, &viewer, Door::Act)?;
    app.store
        .write(move |tx| use_cases::mark_read(tx, viewer.id, &[id], false))
        .await?;
    Ok(redirect(&app.settings.public_url, "/", Flash::Unread))
}
