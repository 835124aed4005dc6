//! A group: what it cares about, who keeps it, and its threads.

use axum::extract::State;
use axum::response::Response;
use maud::{Markup, PreEscaped, html};

use super::{Asked, Handle, PAGE};
use crate::app::App;
use crate::community::{CommunityError, groups};
use crate::domain::html::to_text;
use crate::domain::kinds::{PostSort, Visibility};
use crate::domain::paging::Cursor;
use crate::domain::roles::Role;
use crate::domain::rules::Standing;
use crate::store::actors::{self, ActorBrief};
use crate::store::posts::{self, PostFilter};
use crate::store::views::{self, GroupView, PostView};
use crate::store::{Tx, audience};
use crate::web::components::posts::{Within, feed};
use crate::web::components::{avatar, fact, groups as group_parts, icons, lists, name_link};
use crate::web::errors::Failure;
use crate::web::forms::Draft;
use crate::web::layout::{Frame, Page};

/// What the page of a group shows.
pub struct Shown {
    pub view: GroupView,
    moderators: Vec<(ActorBrief, Role)>,
    standing: Standing,
    /// Whether its threads are for the viewer's eyes.
    readable: bool,
    pinned: Vec<PostView>,
    threads: Vec<PostView>,
    sort: PostSort,
    after: Option<Cursor>,
    next: Option<Cursor>,
}

pub async fn show(
    State(app): State<App>,
    frame: Frame,
    handle: Handle,
    asked: Asked,
) -> Result<Response, Failure> {
    let shown = load(&app, &frame, handle, &asked).await?;
    if !shown.view.actor.local {
        app.federation.group_looked_at(shown.view.actor.id).await?;
    }
    Ok(page(&frame, &shown, &Draft::default()))
}

pub async fn load(
    app: &App,
    frame: &Frame,
    handle: Handle,
    asked: &Asked,
) -> Result<Shown, Failure> {
    let viewer = frame.viewer_id();
    let sort = asked.word("sort").unwrap_or(PostSort::Active);
    let after = asked.after()?;
    let load = move |tx: &mut Tx<'_>| -> Result<Shown, CommunityError> {
        let group = handle.group(tx, viewer)?.id;
        let pinned = match after {
            None => posts::featured(tx.conn, viewer, group)?,
            Some(_) => Vec::new(),
        };
        let page = posts::page(
            tx.conn,
            viewer,
            PostFilter::ListedIn(group),
            sort,
            after,
            PAGE,
        )?;
        let mut threads = page.items;
        threads.retain(|post| !pinned.iter().any(|pin| pin.id == post.id));
        Ok(Shown {
            view: views::group(tx.conn, group, viewer)?,
            moderators: actors::moderators(tx.conn, group)?,
            readable: audience::may_read(tx.conn, viewer, group)?,
            standing: match viewer {
                Some(viewer) => groups::standing(tx, viewer, group)?,
                None => Standing::default(),
            },
            pinned: views::posts(tx.conn, pinned, viewer)?,
            threads: views::posts(tx.conn, threads, viewer)?,
            sort,
            after,
            next: page.next,
        })
    };
    Ok(app.store.read(load).await?)
}

/// `remote`: the form to follow from elsewhere, as it was sent.
pub fn page(frame: &Frame, shown: &Shown, remote: &Draft) -> Response {
    let actor = &shown.view.actor;
    let to = |sort: PostSort| format!("{}?sort={sort}", actor.path());
    let main = html! {
        (head(frame, shown))
        div.apart {
            (lists::tabs("Order", &to(shown.sort), &[
                ("Active", to(PostSort::Active)), ("New", to(PostSort::New)), ("Hot", to(PostSort::Hot)), ("Top", to(PostSort::Top)),
            ]))
            @if may_post(frame, shown) { a.button.main href={ (actor.path()) "/new" } { (icons::plus()) "New thread" } }
        }
        @if shown.pinned.is_empty() && shown.threads.is_empty() {
            (nothing_yet(frame, shown))
        } @else {
            @if !shown.pinned.is_empty() { (feed(frame, &shown.pinned, Within::Group)) }
            (feed(frame, &shown.threads, Within::Group))
            (lists::pager(&to(shown.sort), shown.after, shown.next))
        }
    };
    let mut page = Page::new(frame, actor.title())
        .description(to_text(&actor.summary_html, 300))
        .canonical(actor.url.clone())
        .activity(actor.ap_id.clone())
        .picture(actor.icon_url.as_deref())
        .aside(aside(frame, shown, remote));
    if shown.view.group.visibility != Visibility::Public {
        page = page.private();
    }
    page.answer(remote.status(), main)
}

fn may_post(frame: &Frame, shown: &Shown) -> bool {
    let open = !shown.view.group.posting_restricted;
    frame.viewer.is_some() && shown.readable && (open || shown.standing.may_moderate())
}

fn head(frame: &Frame, shown: &Shown) -> Markup {
    let (actor, group) = (&shown.view.actor, &shown.view.group);
    html! {
        header.card.stack {
            div.head.three {
                (avatar::of(actor, avatar::Size::Large))
                div.title {
                    h1 dir="auto" { (actor.title()) }
                    p.handle { "!" (actor.full_handle()) }
                }
                div.row {
                    (group_parts::follow_button(frame, &shown.view))
                    @if shown.standing.may_moderate() {
                        @if actor.local { a.button href={ (actor.path()) "/members" } { "Members" } }
                        a.button href={ (actor.path()) "/edit" } { "Edit" }
                    }
                }
            }
            @if !actor.local {
                p.notice { "This group lives at " a href=(actor.url) rel="noopener" { (actor.host) } ". You see what has reached this server." }
            }
            @if !actor.summary_html.is_empty() { div.prose dir="auto" { (PreEscaped(&actor.summary_html)) } }
            dl.facts {
                (fact(group.follower_count, "follower", "followers"))
                (fact(group.post_count, "thread", "threads"))
                (fact(group.comment_count, "reply", "replies"))
            }
            @match group.visibility {
                Visibility::Public => {}
                Visibility::LocalOnly => { p.meta { span.badge.plain { "For members of this site alone" } } }
                Visibility::Private => { p.meta { span.badge.plain { "Private: a moderator lets followers in" } } }
            }
            @if group.posting_restricted { p.meta { span.badge.plain { "Only moderators begin threads here" } } }
        }
    }
}

fn nothing_yet(frame: &Frame, shown: &Shown) -> Markup {
    let (actor, group) = (&shown.view.actor, &shown.view.group);
    if !shown.readable {
        return lists::empty(
            "What is said here is for its members",
            "This group is private. Ask to follow it: when one of those who look after it has let you in, its threads stand here.",
            None,
        );
    }
    if group.backfill_wanted {
        return lists::empty(
            "Fetching what is there already",
            "This server has just met the group and is asking for its latest threads. Reload in a moment.",
            None,
        );
    }
    let path = format!("{}/new", actor.path());
    lists::empty(
        "No threads yet",
        "Ask something, tell what you are working on, or share what worked.",
        may_post(frame, shown).then_some((path.as_str(), "Begin the first thread")),
    )
}

fn aside(frame: &Frame, shown: &Shown, remote: &Draft) -> Markup {
    let actor = &shown.view.actor;
    html! {
        @if frame.viewer.is_none() { (super::follow::box_for_visitors(frame, actor, remote)) }
        @if !shown.view.group.rules_html.is_empty() {
            section.card.stack { h2 { "Rules" } div.prose dir="auto" { (PreEscaped(&shown.view.group.rules_html)) } }
        }
        @if !shown.moderators.is_empty() {
            section.card.stack {
                h2 { "Who looks after it" }
                ul.people {
                    @for (person, role) in &shown.moderators {
                        li {
                            (avatar::of(person, avatar::Size::Normal))
                            span {
                                (name_link(person, "who"))
                                small { @match role { Role::Coordinator => "Coordinator", Role::Moderator => "Moderator" } }
                            }
                        }
                    }
                }
            }
        }
        @if frame.viewer.is_some() {
            (super::follow::addresses(actor))
            @if shown.view.my_role.is_none() { p.quiet { a href={ (actor.path()) "/report" } { "Report this group" } } }
        }
    }
}
