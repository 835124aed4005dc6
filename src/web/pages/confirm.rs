//! Deleting, restoring, removing and putting back, of threads and comments: asked once, then done.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};

use super::{Act, Id, reason};
use crate::app::App;
use crate::community::{CommunityError, Missing, comments as of_comments, groups, threads};
use crate::domain::html::to_text;
use crate::domain::ids::{ActorId, CommentId, PostId};
use crate::domain::kinds::words;
use crate::domain::limits::REASON_MAX;
use crate::domain::rules::{self, authorship};
use crate::limits::Door;
use crate::store::{Tx, audience};
use crate::web::components::forms::{Field, problem, token};
use crate::web::errors::Failure;
use crate::web::flash::{Flash, redirect};
use crate::web::forms::{Draft, Posted};
use crate::web::layout::{Frame, Page};
use crate::web::session::{Signed, limit};

words! {
    /// What is done to a thread or a comment; the last five by moderators.
    What {
        Delete = "delete",
        Restore = "restore",
        Remove = "remove",
        PutBack = "put-back",
        Lock = "lock",
        Unlock = "unlock",
        /// Of threads alone.
        Warn = "warn",
    }
}

impl What {
    fn verb(self) -> &'static str {
        match self {
            What::Delete => "Delete",
            What::Restore => "Restore",
            What::Remove => "Remove",
            What::PutBack => "Put back",
            What::Lock => "Lock",
            What::Unlock => "Unlock",
            What::Warn => "Warn the author of",
        }
    }

    fn consequence(self) -> &'static str {
        match self {
            What::Delete => {
                "Its text will no longer be shown, here and on the servers it was sent to. Replies stay. You can restore it later."
            }
            What::Restore => "It will be shown again, here and on the servers it was sent to.",
            What::Remove => {
                "Nobody will see it any more; its author and others see that a moderator removed it. You can put it back later."
            }
            What::PutBack => "It will be shown again.",
            What::Lock => "Nobody can answer it any more, nor what hangs below it.",
            What::Unlock => "It can be answered again.",
            What::Warn => {
                "The author is told what you write below. It stands in the public log of moderation, and nothing else changes."
            }
        }
    }

    fn flash(self) -> Flash {
        match self {
            What::Delete => Flash::Deleted,
            What::Restore | What::PutBack => Flash::Restored,
            What::Remove => Flash::Removed,
            What::Lock => Flash::Locked,
            What::Unlock => Flash::Unlocked,
            What::Warn => Flash::Warned,
        }
    }
}

/// Only who may do it is asked: the page shows what others may not see any more.
fn check(
    tx: &mut Tx<'_>,
    what: What,
    viewer: ActorId,
    author: ActorId,
    group: ActorId,
) -> Result<(), CommunityError> {
    match what {
        What::Delete | What::Restore => authorship(viewer, author).may(rules::Act::ChangeOwn)?,
        What::Remove | What::PutBack | What::Warn => {
            groups::standing(tx, viewer, group)?.may(rules::Act::Remove)?
        }
        What::Lock | What::Unlock => groups::standing(tx, viewer, group)?.may(rules::Act::Lock)?,
    };
    Ok(())
}

/// What is asked about, as its page shows it.
struct Object {
    name: &'static str,
    text: String,
    path: String,
}

async fn thread(app: &App, what: What, viewer: ActorId, id: PostId) -> Result<Object, Failure> {
    let load = move |tx: &mut Tx<'_>| -> Result<Object, CommunityError> {
        let post = audience::post(tx.conn, Some(viewer), id)?.ok_or(Missing::Post)?;
        check(tx, what, viewer, post.author_id, post.group_id)?;
        Ok(Object {
            name: "this thread",
            text: post.title,
            path: format!("/post/{id}"),
        })
    };
    Ok(app.store.read(load).await?)
}

async fn reply(app: &App, what: What, viewer: ActorId, id: CommentId) -> Result<Object, Failure> {
    let load = move |tx: &mut Tx<'_>| -> Result<Object, CommunityError> {
        let found = audience::comment(tx.conn, Some(viewer), id)?;
        let (comment, post) = found.ok_or(Missing::Comment)?;
        if what == What::Warn {
            // Its author is warned for the thread.
            return Err(Missing::Comment.into());
        }
        check(tx, what, viewer, comment.author_id, post.group_id)?;
        Ok(Object {
            name: "this reply",
            text: to_text(&comment.body_html, 200),
            path: format!("/comment/{id}"),
        })
    };
    Ok(app.store.read(load).await?)
}

pub async fn ask_post(
    State(app): State<App>,
    Signed(viewer): Signed,
    frame: Frame,
    Id(id): Id<PostId>,
    Act(what): Act<What>,
) -> Result<Markup, Failure> {
    let object = thread(&app, what, viewer.id, id).await?;
    Ok(page(&frame, what, &object, &Draft::default()))
}

pub async fn do_post(
    State(app): State<App>,
    Signed(viewer): Signed,
    frame: Frame,
    Id(id): Id<PostId>,
    Act(what): Act<What>,
    Posted(fields): Posted,
) -> Result<Response, Failure> {
    limit(&app, &viewer, Door::Act)?;
    let by = viewer.id;
    let reason = match reason(&fields) {
        Ok(reason) => reason,
        Err(failure) => {
            let object = thread(&app, what, by, id).await?;
            return again(&frame, what, &object, fields.refused(failure)?);
        }
    };
    let change = move |tx: &mut Tx<'_>| {
        let reason = reason.as_ref();
        match what {
            What::Delete => threads::delete(tx, by, id),
            What::Restore => threads::restore(tx, by, id),
            What::Remove => threads::remove(tx, by, id, true, reason),
            What::PutBack => threads::remove(tx, by, id, false, reason),
            What::Lock => threads::lock(tx, by, id, true, reason),
            What::Unlock => threads::lock(tx, by, id, false, reason),
            What::Warn => threads::warn(tx, by, id, reason),
        }
    };
    if let Err(error) = app.store.write(change).await {
        let draft = fields.refused(error.into())?;
        let object = thread(&app, what, by, id).await?;
        return again(&frame, what, &object, draft);
    }
    let path = format!("/post/{id}");
    Ok(redirect(&app.settings.public_url, &path, what.flash()))
}

pub async fn ask_comment(
    State(app): State<App>,
    Signed(viewer): Signed,
    frame: Frame,
    Id(id): Id<CommentId>,
    Act(what): Act<What>,
) -> Result<Markup, Failure> {
    let object = reply(&app, what, viewer.id, id).await?;
    Ok(page(&frame, what, &object, &Draft::default()))
}

pub async fn do_comment(
    State(app): State<App>,
    Signed(viewer): Signed,
    frame: Frame,
    Id(id): Id<CommentId>,
    Act(what): Act<What>,
    Posted(fields): Posted,
) -> Result<Response, Failure> {
    limit(&app, &viewer, Door::Act)?;
    let by = viewer.id;
    let reason = match reason(&fields) {
        Ok(reason) => reason,
        Err(failure) => {
            let object = reply(&app, what, by, id).await?;
            return again(&frame, what, &object, fields.refused(failure)?);
        }
    };
    let change = move |tx: &mut Tx<'_>| {
        let reason = reason.as_ref();
        match what {
            What::Delete => of_comments::delete(tx, by, id),
            What::Restore => of_comments::restore(tx, by, id),
            What::Remove => of_comments::remove(tx, by, id, true, reason),
            What::PutBack => of_comments::remove(tx, by, id, false, reason),
            What::Lock => of_comments::lock(tx, by, id, true, reason),
            What::Unlock => of_comments::lock(tx, by, id, false, reason),
            What::Warn => Err(Missing::Comment.into()),
        }
    };
    if let Err(error) = app.store.write(change).await {
        let draft = fields.refused(error.into())?;
        let object = reply(&app, what, by, id).await?;
        return again(&frame, what, &object, draft);
    }
    let path = format!("/comment/{id}");
    Ok(redirect(&app.settings.public_url, &path, what.flash()))
}

/// The form as it was sent, with what is wrong.
fn again(frame: &Frame, what: What, object: &Object, draft: Draft) -> Result<Response, Failure> {
    Ok((draft.status(), page(frame, what, object, &draft)).into_response())
}

fn page(frame: &Frame, what: What, object: &Object, draft: &Draft) -> Markup {
    let reason = Field::new("reason", "Reason").max(REASON_MAX).hint("Stands in the public log of moderation; told to the group's followers and the author's server.");
    let reason = match what {
        What::Delete | What::Restore => None,
        What::Warn => Some(reason.required()),
        _ => Some(reason),
    };
    let title = format!("{} {}?", what.verb(), object.name);
    let main = html! {
        div.narrow.stack {
            h1 { (title) }
            form.card.stack method="post" {
                (token(&frame.csrf))
                (problem(draft))
                blockquote.prose dir="auto" { (object.text) }
                p { (what.consequence()) }
                @if let Some(field) = reason { (field.input(draft)) }
                div.row {
                    @if matches!(what, What::Delete | What::Remove) { button.danger { (what.verb()) } } @else { button.main { (what.verb()) } }
                    a href=(object.path) { "Cancel" }
                }
            }
        }
    };
    Page::new(frame, title).private().render(main)
}
