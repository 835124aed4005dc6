//! What people write to each other: the conversations of a member, and each of them.

use std::collections::HashMap;

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};

use super::{Asked, Handle, Id, PAGE};
use crate::app::App;
use crate::community::{CommunityError, Denied, private};
use crate::domain::extras::{WARNING_MAX, warning};
use crate::domain::ids::{ActorId, MessageId};
use crate::domain::kinds::MessagesFrom;
use crate::domain::limits::{COMMENT_MAX, CommentBody};
use crate::domain::paging::{Cursor, Page as ListPage};
use crate::limits::Door;
use crate::store::actors::{self, ActorBrief};
use crate::store::private_messages::{self, MessageRow};
use crate::store::{StoreError, Tx, shared_messages};
use crate::web::components::forms::{Field, problem, token};
use crate::web::components::messages::{self, Told, in_short};
use crate::web::components::{avatar, count, lists, name_link, time};
use crate::web::errors::Failure;
use crate::web::flash::{Flash, redirect};
use crate::web::forms::{Draft, Fields, Posted, at};
use crate::web::layout::{Frame, Page};
use crate::web::session::{Signed, limit};

/// One conversation in the list: who, the latest message, how many are unread.
struct Line {
    other: ActorBrief,
    latest: Told,
    unread: i64,
}

pub async fn show(
    State(app): State<App>,
    Signed(viewer): Signed,
    frame: Frame,
    asked: Asked,
) -> Result<Markup, Failure> {
    let after = asked.after()?;
    let me = viewer.id;
    let load = move |tx: &mut Tx<'_>| -> Result<_, CommunityError> {
        Ok((
            lines(tx, me, after)?,
            private_messages::accepts(tx.conn, me)?,
        ))
    };
    let (page, accepts) = app.store.read(load).await?;
    let settings = Draft::of([("from", accepts.to_string())]);
    let main = html! {
        div.reading.stack {
            h1 { "Messages" }
            @if page.items.is_empty() {
                (lists::empty("No messages yet", "Open somebody's page and choose “Message”: here or on another server. Only the two of you see what you write.", None))
            } @else {
                ul.feed { @for line in &page.items { (line_of(&frame, line)) } }
                (lists::pager("/messages", after, page.next))
            }
            form.card.stack method="post" action="/messages" {
                (token(&frame.csrf))
                (Field::new("from", "Who may write to you").choice(&settings, &[
                    (MessagesFrom::Everybody.as_str(), "Everybody"),
                    (MessagesFrom::Here.as_str(), "Members of this site"),
                    (MessagesFrom::Nobody.as_str(), "Nobody"),
                ]))
                div.row { button { "Save" } }
            }
        }
    };
    Ok(Page::new(&frame, "Messages").private().render(main))
}

fn lines(
    tx: &mut Tx<'_>,
    me: ActorId,
    after: Option<Cursor>,
) -> Result<ListPage<Line>, StoreError> {
    let page = private_messages::conversations(tx.conn, me, after, PAGE)?;
    let others: Vec<ActorId> = page.items.iter().map(|row| row.other(me)).collect();
    let people: HashMap<ActorId, ActorBrief> = actors::briefs(tx.conn, &others)?
        .into_iter()
        .map(|row| (row.id, row))
        .collect();
    let unread = private_messages::unread_by_sender(tx.conn, me, &others)?;
    let next = page.next;
    let items = with_beside(tx, page.items)?;
    let items = items.into_iter().filter_map(|latest| {
        let other = people.get(&latest.message.other(me))?.clone();
        Some(Line {
            unread: unread.get(&other.id).copied().unwrap_or(0),
            other,
            latest,
        })
    });
    Ok(ListPage {
        items: items.collect(),
        next,
    })
}

fn with_beside(tx: &mut Tx<'_>, rows: Vec<MessageRow>) -> Result<Vec<Told>, StoreError> {
    let ids: Vec<MessageId> = rows.iter().map(|row| row.id).collect();
    let mut beside = shared_messages::of(tx.conn, &ids)?;
    let told = rows.into_iter().map(|message| Told {
        beside: beside.remove(&message.id).unwrap_or_default(),
        message,
    });
    Ok(told.collect())
}

fn path_of(other: &ActorBrief) -> String {
    format!("/messages/{}", other.path().trim_start_matches("/u/"))
}

fn line_of(frame: &Frame, line: &Line) -> Markup {
    let latest = &line.latest.message;
    let mine = Some(latest.sender_id) == frame.viewer_id();
    html! {
        li.unread[line.unread > 0] {
            article.item {
                (avatar::of(&line.other, avatar::Size::Normal))
                div {
                    p.meta {
                        (name_link(&line.other, "who"))
                        span.dot { (time::ago(latest.published, frame.now)) }
                        @if line.unread > 0 { span.badge.warm { (line.unread) " new" } }
                    }
                    p dir="auto" { a href=(path_of(&line.other)) { @if mine { "You: " } (in_short(&line.latest)) } }
                }
            }
        }
    }
}

pub async fn settings(
    State(app): State<App>,
    Signed(viewer): Signed,
    Posted(fields): Posted,
) -> Result<Response, Failure> {
    limit(&app, &viewer, Door::Act)?;
    let from: MessagesFrom = fields
        .text("from")
        .parse()
        .map_err(|_| at("from")("Choose who may write to you."))?;
    let me = viewer.id;
    app.store
        .write(move |tx| private::accept_from(tx, me, from))
        .await?;
    Ok(redirect(
        &app.settings.public_url,
        "/messages",
        Flash::Saved,
    ))
}

struct Thread {
    other: ActorBrief,
    messages: Vec<Told>,
    after: Option<Cursor>,
    next: Option<Cursor>,
}

async fn load(
    app: &App,
    me: ActorId,
    handle: Handle,
    after: Option<Cursor>,
) -> Result<Thread, Failure> {
    let load = move |tx: &mut Tx<'_>| -> Result<Thread, CommunityError> {
        let other: ActorBrief = handle.person(tx, Some(me))?.into();
        let page = private_messages::between(tx.conn, me, other.id, after, PAGE)?;
        Ok(Thread {
            other,
            messages: with_beside(tx, page.items)?,
            after,
            next: page.next,
        })
    };
    Ok(app.store.read(load).await?)
}

pub async fn thread(
    State(app): State<App>,
    Signed(viewer): Signed,
    mut frame: Frame,
    handle: Handle,
    asked: Asked,
) -> Result<Response, Failure> {
    let thread = load(&app, viewer.id, handle, asked.after()?).await?;
    if frame.messages > 0 {
        let (me, other) = (viewer.id, thread.other.id);
        let see = move |tx: &mut Tx<'_>| -> Result<i64, CommunityError> {
            private::see(tx, me, other)?;
            Ok(private_messages::unread(tx.conn, me)?)
        };
        frame.messages = app.store.write(see).await?;
    }
    Ok(page(&frame, &thread, &Draft::default()).into_response())
}

pub async fn send(
    State(app): State<App>,
    Signed(viewer): Signed,
    frame: Frame,
    handle: Handle,
    Posted(fields): Posted,
) -> Result<Response, Failure> {
    limit(&app, &viewer, Door::Post)?;
    let thread = load(&app, viewer.id, handle, None).await?;
    let other = thread.other.id;
    match write(&app, viewer.id, other, &fields).await {
        Ok(()) => {
            let path = path_of(&thread.other);
            Ok(redirect(&app.settings.public_url, &path, Flash::Sent))
        }
        Err(failure) => {
            let draft = fields.refused(failure)?;
            Ok((draft.status(), page(&frame, &thread, &draft)).into_response())
        }
    }
}

async fn write(app: &App, me: ActorId, other: ActorId, fields: &Fields) -> Result<(), Failure> {
    let body = CommentBody::parse(fields.text("body")).map_err(at("body"))?;
    let warning = warning(fields.text("warning"));
    match app
        .store
        .write(move |tx| private::send_with(tx, me, other, &body, warning.clone()))
        .await
    {
        Err(CommunityError::Denied(Denied::TakesNoMessages)) => {
            Err(at("body")(Denied::TakesNoMessages))
        }
        sent => sent.map(|_| ()).map_err(Failure::from),
    }
}

fn page(frame: &Frame, thread: &Thread, draft: &Draft) -> Markup {
    let other = &thread.other;
    let title = format!("Messages with {}", other.title());
    let main = html! {
        div.reading.stack {
            p.meta { a href="/messages" { "All messages" } }
            h1 dir="auto" { (title) }
            p.quiet { "Only the two of you see this" @if !other.local { ", and those who run " (other.host) } "." }
            form.card.stack method="post" action=(path_of(other)) data-guard {
                (token(&frame.csrf))
                (problem(draft))
                (fields(draft))
                div.row { button.main { "Send" } }
            }
            @if thread.messages.is_empty() {
                (lists::empty("Nothing was written yet", "What you write here is for this person alone.", None))
            } @else {
                ul.feed aria-label="Messages, the newest first" {
                    @for message in &thread.messages { (messages::one(frame, other, message)) }
                }
                (lists::pager(&path_of(other), thread.after, thread.next))
            }
        }
    };
    Page::new(frame, title).private().render(main)
}

fn fields(draft: &Draft) -> Markup {
    html! {
        (Field::new("body", "Your message").required().max(COMMENT_MAX).hint("Markdown works. A picture: ![what it shows](its address)").area(draft))
        (Field::new("warning", "Content warning").max(WARNING_MAX).hint("Covers the message until it is opened.").input(draft))
    }
}

/// One's own message with whom it is for.
async fn own(app: &App, me: ActorId, id: MessageId) -> Result<(Told, ActorBrief), Failure> {
    let load = move |tx: &mut Tx<'_>| -> Result<_, CommunityError> {
        let row = private::find(tx, me, id)?;
        if row.sender_id != me {
            return Err(Denied::NotAuthor.into());
        }
        let other = actors::get(tx.conn, row.recipient_id)?;
        let told = with_beside(tx, vec![row])?
            .pop()
            .ok_or(StoreError::NotFound)?;
        Ok((told, other.into()))
    };
    Ok(app.store.read(load).await?)
}

pub async fn show_edit(
    State(app): State<App>,
    Signed(viewer): Signed,
    frame: Frame,
    Id(id): Id<MessageId>,
) -> Result<Markup, Failure> {
    let (told, other) = own(&app, viewer.id, id).await?;
    let draft = Draft::of([
        ("body", told.message.body_markdown.unwrap_or_default()),
        ("warning", told.beside.extras.warning.unwrap_or_default()),
    ]);
    Ok(edit_page(&frame, &other, &draft))
}

pub async fn edit(
    State(app): State<App>,
    Signed(viewer): Signed,
    frame: Frame,
    Id(id): Id<MessageId>,
    Posted(fields): Posted,
) -> Result<Response, Failure> {
    limit(&app, &viewer, Door::Post)?;
    let (_, other) = own(&app, viewer.id, id).await?;
    match rewrite(&app, viewer.id, id, &fields).await {
        Ok(()) => {
            let path = path_of(&other);
            Ok(redirect(&app.settings.public_url, &path, Flash::Saved))
        }
        Err(failure) => {
            let draft = fields.refused(failure)?;
            Ok((draft.status(), edit_page(&frame, &other, &draft)).into_response())
        }
    }
}

async fn rewrite(app: &App, me: ActorId, id: MessageId, fields: &Fields) -> Result<(), Failure> {
    let body = CommentBody::parse(fields.text("body")).map_err(at("body"))?;
    let warning = warning(fields.text("warning"));
    Ok(app
        .store
        .write(move |tx| private::edit_with(tx, me, id, &body, warning.clone()))
        .await?)
}

fn edit_page(frame: &Frame, other: &ActorBrief, draft: &Draft) -> Markup {
    let main = html! {
        div.reading.stack {
            h1 { "Edit your message" }
            form.card.stack method="post" data-guard {
                (token(&frame.csrf))
                (problem(draft))
                (fields(draft))
                div.row { button.main { "Save" } a href=(path_of(other)) { "Cancel" } }
            }
        }
    };
    Page::new(frame, "Edit your message").private().render(main)
}

pub async fn delete(
    State(app): State<App>,
    Signed(viewer): Signed,
    Id(id): Id<MessageId>,
    Posted(fields): Posted,
) -> Result<Response, Failure> {
    limit(&app, &viewer, Door::Act)?;
    let (_, other) = own(&app, viewer.id, id).await?;
    let (me, deleted) = (viewer.id, fields.ticked("on"));
    app.store
        .write(move |tx| private::set_deleted(tx, me, id, deleted))
        .await?;
    let flash = if deleted {
        Flash::Deleted
    } else {
        Flash::Restored
    };
    Ok(redirect(&app.settings.public_url, &path_of(&other), flash))
}

/// On the page of a person.
pub fn button(frame: &Frame, person: &ActorBrief) -> Markup {
    html! {
        @if frame.viewer.is_some() { a.button href=(path_of(person)) { "Message" } }
    }
}

/// In the menu of the account.
pub fn menu_entry(unread: i64) -> Markup {
    html! {
        a href="/messages" {
            "Messages" @if unread > 0 { " " span.badge.warm { (count(unread, "new", "new")) } }
        }
    }
}
