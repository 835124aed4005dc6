//! A group: what it cares about, who keeps it, and its threads.

use axum::extract::State;
use axum::response::Response;
use maud::{Markup, PreEscaped, html};

use super::{Asked, Handle, PAGE, group_close};
use crate::app::App;
use crate::community::{CommunityError, groups};
use crate::domain::html::to_text;
use crate::domain::ids::ActorId;
use crate::domain::kinds::{FollowState, PostSort, Visibility};
use crate::domain::paging::Cursor;
use crate::domain::roles::Role;
use crate::domain::rules::{Act, Standing};
use crate::store::actors::{self, ActorBrief};
use crate::store::posts::{self, PostFilter, Wanted};
use crate::store::taste::Taste;
use crate::store::views::{self, GroupView, PostView};
use crate::store::{StoreError, Tx, audience, moves, shares};
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
    /// Where it went.
    moved_to: Option<ActorBrief>,
    /// Groups whose threads stand here as well.
    sources: Vec<ActorBrief>,
    /// So many groups ask to share its threads; for who looks after it.
    asking: usize,
    /// Whether its threads are for the viewer's eyes.
    readable: bool,
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
    let shown = match load(&app, &frame, handle.clone(), &asked).await {
        Ok(shown) => shown,
        Err(failure) => return closed(&app, &frame, handle, failure).await,
    };
    if !shown.view.actor.local {
        app.federation.group_looked_at(shown.view.actor.id).await?;
    }
    Ok(page(&frame, &shown, &Draft::default()))
}

/// Who may open a closed group again is told so at its address.
async fn closed(
    app: &App,
    frame: &Frame,
    handle: Handle,
    failure: Failure,
) -> Result<Response, Failure> {
    let (Failure::Missing(_), Some(viewer)) = (&failure, &frame.viewer) else {
        return Err(failure);
    };
    match group_close::closed(app, viewer, handle).await? {
        Some(group) => Ok(group_close::page_of_closed(frame, &group)),
        None => Err(failure),
    }
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
        let wanted = Wanted {
            filter: PostFilter::ListedIn(group),
            sort,
            span: None,
        };
        let taste = Taste::of(tx.conn, viewer)?;
        let page = posts::page_pinned_first(tx.conn, viewer, &taste, wanted, after, PAGE)?;
        let standing = match viewer {
            Some(viewer) => groups::standing(tx, viewer, group)?,
            None => Standing::default(),
        };
        Ok(Shown {
            view: views::group(tx.conn, group, viewer)?,
            moderators: actors::moderators(tx.conn, group)?,
            readable: audience::may_read(tx.conn, viewer, group)?,
            moved_to: moves::target(tx.conn, group)?,
            sources: sources_of(tx, group)?,
            asking: if standing.may_moderate() {
                shares::following(tx.conn, group, FollowState::Pending)?.len()
            } else {
                0
            },
            standing,
            threads: views::posts(tx.conn, page.items, viewer)?,
            sort,
            after,
            next: page.next,
        })
    };
    Ok(app.store.read(load).await?)
}

fn sources_of(tx: &mut Tx<'_>, group: ActorId) -> Result<Vec<ActorBrief>, StoreError> {
    let ids = shares::sources(tx.conn, group)?;
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let mut all = actors::briefs(tx.conn, &ids)?;
    all.retain(|source| !source.deleted);
    Ok(all)
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
        @if shown.threads.is_empty() {
            (nothing_yet(frame, shown))
        } @else {
            (feed(frame, &shown.threads, Within::Group(actor.id)))
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
    let banned = shown.view.moderation.viewer_banned;
    let is_left = shown.view.actor.local && shown.moved_to.is_some();
    let open = open || shown.standing.may_moderate();
    !is_left && !banned && frame.viewer.is_some() && shown.readable && open
}

fn head(frame: &Frame, shown: &Shown) -> Markup {
    let (actor, group) = (&shown.view.actor, &shown.view.group);
    html! {
        header.card.stack {
            div.head {
                (avatar::of(actor, avatar::Size::Large))
                div.title {
                    h1 dir="auto" { (actor.title()) }
                    p.handle { "!" (actor.full_handle()) }
                }
                div.row {
                    @if !shown.view.blocked { (group_parts::follow_button(frame, &shown.view)) }
                    @if frame.viewer.is_some() { (super::blocks::switch(frame, actor, shown.view.blocked)) }
                    @if shown.standing.may(Act::EditGroup).is_ok() { a.button href={ (actor.path()) "/edit" } { "Edit" } }
                    @if actor.local && shown.standing.may_moderate() { a.button href={ (actor.path()) "/members" } { "Members" } }
                    (tools(shown))
                }
            }
            @if let Some(target) = &shown.moved_to {
                p.notice { "This group moved to " (name_link(target, "where")) " (!" (target.full_handle()) ")." }
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
            @if shown.view.moderation.viewer_banned { p.notice.warm { "You are banned from this group: you can read, and neither write nor vote. The reason stands in the " a href={ (actor.path()) "/modlog" } { "log of moderation" } "." } }
            @if shown.standing.may_moderate() && actor.local {
                p.meta {
                    a href={ (actor.path()) "/sharing" } { "Sharing with other groups" }
                    @if shown.asking > 0 { " " span.badge.warm { (shown.asking) " waiting" } }
                }
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

/// For those who look after the group, and for administrators.
fn tools(shown: &Shown) -> Markup {
    let path = shown.view.actor.path();
    html! {
        @if shown.standing.may_moderate() {
            details.menu {
                summary aria-label="Moderate this group" { (icons::more()) }
                div {
                    a href={ (path) "/bans" } { "Bans" }
                    a href={ (path) "/modlog" } { "Log of moderation" }
                    @if shown.standing.may(Act::RemoveGroup).is_ok() { a href={ (path) "/remove" } { "Remove or hide" } }
                    @if shown.standing.may(Act::Purge).is_ok() { a href={ (path) "/purge" } { "Erase for good" } }
                }
            }
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
        @if !shown.sources.is_empty() {
            section.card.stack {
                h2 { "Shares threads of" }
                ul.people {
                    @for group in &shown.sources {
                        li { (avatar::of(group, avatar::Size::Normal)) span { (name_link(group, "where")) small { "!" (group.full_handle()) } } }
                    }
                }
            }
        }
        @if frame.viewer.is_some() {
            (super::follow::addresses(actor, shown.view.group.visibility))
            @if shown.view.my_role.is_none() { p.quiet { a href={ (actor.path()) "/report" } { "Report this group" } } }
        }
        p.meta { a href={ (actor.path()) "/modlog" } { "Log of moderation" } }
    }
}
