//! A person: who they are, what they wrote, which groups they look after.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use maud::{Markup, PreEscaped, html};

use super::{Asked, Handle, PAGE};
use crate::app::App;
use crate::community::CommunityError;
use crate::domain::html::to_text;
use crate::domain::kinds::{ActorKind, PostSort, words};
use crate::domain::paging::Cursor;
use crate::store::actors::ActorBrief;
use crate::store::comments::{self, CommentFilter};
use crate::store::posts::{self, PostFilter};
use crate::store::views::{self, CommentView, PersonView, PostView};
use crate::store::{Tx, audience, blocks, moves};
use crate::web::components::posts::{Within, feed};
use crate::web::components::{avatar, fact, lists, name_link, time};
use crate::web::errors::Failure;
use crate::web::layout::{Frame, Page};

words! {
    /// Which of a person's writings are shown.
    Tab { Threads = "threads", Replies = "replies" }
}

struct Shown {
    view: PersonView,
    groups: Vec<ActorBrief>,
    moved_to: Option<ActorBrief>,
    /// By the viewer.
    blocked: bool,
    tab: Tab,
    posts: Vec<PostView>,
    comments: Vec<CommentView>,
    after: Option<Cursor>,
    next: Option<Cursor>,
}

pub async fn show(
    State(app): State<App>,
    frame: Frame,
    handle: Handle,
    asked: Asked,
) -> Result<Response, Failure> {
    let viewer = frame.viewer_id();
    let tab = asked.word("tab").unwrap_or(Tab::Threads);
    let after = asked.after()?;
    let load = move |tx: &mut Tx<'_>| -> Result<Shown, CommunityError> {
        let person = handle.person(tx, viewer)?.id;
        let mut shown = Shown {
            view: views::person(tx.conn, person)?,
            groups: audience::moderated_by(tx.conn, viewer, person)?,
            moved_to: moves::target(tx.conn, person)?,
            blocked: match viewer {
                Some(viewer) => blocks::of(tx.conn, viewer, &[person])?.contains(&person),
                None => false,
            },
            tab,
            posts: Vec::new(),
            comments: Vec::new(),
            after,
            next: None,
        };
        match tab {
            Tab::Threads => {
                let by = PostFilter::By(person);
                let page = posts::page(tx.conn, viewer, by, PostSort::New, after, PAGE)?;
                shown.posts = views::posts(tx.conn, page.items, viewer)?;
                shown.next = page.next;
            }
            Tab::Replies => {
                let page = comments::page(tx.conn, viewer, CommentFilter::By(person), after, PAGE)?;
                shown.comments = views::comments(tx.conn, page.items, viewer)?;
                shown.next = page.next;
            }
        }
        Ok(shown)
    };
    let shown = app.store.read(load).await?;
    Ok(page(&frame, &shown))
}

fn page(frame: &Frame, shown: &Shown) -> Response {
    let actor = &shown.view.actor;
    let to = |tab: Tab| format!("{}?tab={tab}", actor.path());
    let main = html! {
        (head(frame, shown))
        (lists::tabs("What to show", &to(shown.tab), &[("Threads", to(Tab::Threads)), ("Replies", to(Tab::Replies))]))
        @if shown.posts.is_empty() && shown.comments.is_empty() {
            (lists::empty("Nothing here yet", "What they write in groups that this server knows will stand here.", None))
        }
        @if !shown.posts.is_empty() { (feed(frame, &shown.posts, Within::Profile)) }
        @if !shown.comments.is_empty() { (super::search::replies(frame, &shown.comments)) }
        (lists::pager(&to(shown.tab), shown.after, shown.next))
    };
    let mut page = Page::new(frame, actor.title())
        .description(to_text(&actor.summary_html, 300))
        .canonical(actor.url.clone())
        .activity(actor.ap_id.clone())
        .picture(actor.icon_url.as_deref());
    if !shown.groups.is_empty() {
        page = page.aside(groups(&shown.groups));
    }
    page.answer(StatusCode::OK, main)
}

fn head(frame: &Frame, shown: &Shown) -> Markup {
    let (actor, person) = (&shown.view.actor, &shown.view.person);
    html! {
        header.card.stack {
            div.head {
                (avatar::of(actor, avatar::Size::Large))
                div.title {
                    h1 dir="auto" { (actor.title()) }
                    p.handle { "@" (actor.full_handle()) }
                    @if let Some(institution) = &person.institution { p { (institution) } }
                }
                div.row {
                    @if shown.view.is_admin { span.badge { "Administrator" } }
                    @if matches!(actor.kind, ActorKind::Service) { span.badge.plain { "Automated" } }
                    @if actor.suspended { span.badge.bad { "Banned" } }
                    (super::bans::link_for(frame, actor))
                    @if frame.viewer_id() == Some(actor.id) { a.button href="/settings" { "Edit" } }
                    @else if frame.viewer.is_some() {
                        @if !shown.view.is_admin { (super::blocks::switch(frame, actor, shown.blocked)) }
                        (super::messages::button(frame, actor))
                        a.button.small href={ (actor.path()) "/report" } { "Report" }
                    }
                }
            }
            @if let Some(target) = &shown.moved_to {
                p.notice { "Moved to " (name_link(target, "who")) " (@" (target.full_handle()) ")." }
            }
            @if !actor.local { p.notice { "This person is at " a href=(actor.url) rel="nofollow noopener" { (actor.host) } ". You see what has reached this server." } }
            @if !actor.summary_html.is_empty() { div.prose dir="auto" { (PreEscaped(&actor.summary_html)) } }
            dl.facts {
                (fact(person.post_count, "thread", "threads"))
                (fact(person.comment_count, "reply", "replies"))
                div { dt { "since" } dd { (time::month(actor.published)) } }
            }
        }
    }
}

fn groups(groups: &[ActorBrief]) -> Markup {
    html! {
        section.card.stack {
            h2 { "Looks after" }
            ul.people {
                @for group in groups {
                    li { (avatar::of(group, avatar::Size::Normal)) span { a href=(group.path()) { (group.title()) } small { "!" (group.full_handle()) } } }
                }
            }
        }
    }
}
