//! Sharing threads with other groups: which ones, who asks, and what was shared lately.

use std::collections::HashSet;

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};

use super::Handle;
use crate::app::App;
use crate::community::accounts::Viewer;
use crate::community::groups::{self, sharing};
use crate::community::{CommunityError, Denied};
use crate::domain::ids::{ActorId, PostId};
use crate::domain::kinds::FollowState;
use crate::domain::rules::{Act, Standing};
use crate::federation::{ResolveError, Resolved};
use crate::limits::Door;
use crate::store::actors::ActorBrief;
use crate::store::shares::{self, ShareRow};
use crate::store::views::{self, GroupView, PostView};
use crate::store::{Tx, audience, posts};
use crate::web::components::forms::{Field, problem, token};
use crate::web::components::posts::title;
use crate::web::components::{avatar, name_link};
use crate::web::errors::Failure;
use crate::web::flash::{Flash, redirect};
use crate::web::forms::{Draft, Fields, Posted, at};
use crate::web::layout::{Frame, Page};
use crate::web::session::{Signed, limit};

/// So many of the threads shared last are listed.
const LATELY: i64 = 20;

struct Shown {
    view: GroupView,
    standing: Standing,
    /// Whose threads stand here, or are asked for.
    sources: Vec<(ActorBrief, FollowState)>,
    asking: Vec<ActorBrief>,
    sharers: Vec<ActorBrief>,
    lately: Vec<(ShareRow, PostView)>,
    /// Homes of these threads that are no longer for the viewer to read.
    closed: HashSet<ActorId>,
}

async fn load(app: &App, viewer: &Viewer, handle: Handle) -> Result<Shown, Failure> {
    let viewer = viewer.id;
    let load = move |tx: &mut Tx<'_>| -> Result<Shown, CommunityError> {
        let row = handle.group(tx, Some(viewer))?;
        if !row.local {
            return Err(Denied::RemoteGroup.into());
        }
        let standing = groups::standing(tx, viewer, row.id)?;
        standing.may(Act::Remove)?;
        let shared = shares::latest(tx.conn, row.id, LATELY)?;
        let ids: Vec<PostId> = shared.iter().map(|share| share.post_id).collect();
        let rows = posts::many(tx.conn, &ids)?;
        let threads = views::posts(tx.conn, rows, Some(viewer))?;
        let homes = threads.iter().map(|view| view.group.id).collect();
        let closed = audience::closed_among(tx.conn, Some(viewer), &homes)?;
        let lately = shared
            .into_iter()
            .filter_map(|share| {
                let thread = threads.iter().find(|view| view.post.id == share.post_id)?;
                Some((share, thread.clone()))
            })
            .filter(|(_, thread)| !thread.post.is_hidden())
            .collect();
        Ok(Shown {
            view: views::group(tx.conn, row.id, Some(viewer))?,
            standing,
            sources: shares::followed(tx.conn, row.id)?,
            asking: shares::following(tx.conn, row.id, FollowState::Pending)?,
            sharers: shares::following(tx.conn, row.id, FollowState::Accepted)?,
            lately,
            closed,
        })
    };
    Ok(app.store.read(load).await?)
}

pub async fn show(
    State(app): State<App>,
    Signed(viewer): Signed,
    frame: Frame,
    handle: Handle,
) -> Result<Markup, Failure> {
    let shown = load(&app, &viewer, handle).await?;
    Ok(page(&frame, &shown, &Draft::default()))
}

pub async fn submit(
    State(app): State<App>,
    Signed(viewer): Signed,
    frame: Frame,
    handle: Handle,
    Posted(fields): Posted,
) -> Result<Response, Failure> {
    limit(&app, &viewer, Door::Act)?;
    let shown = load(&app, &viewer, handle).await?;
    match act(&app, &viewer, &shown, &fields).await {
        Ok(flash) => {
            let path = format!("{}/sharing", shown.view.actor.path());
            Ok(redirect(&app.settings.public_url, &path, flash))
        }
        Err(failure) => {
            let draft = fields.refused(failure)?;
            Ok((draft.status(), page(&frame, &shown, &draft)).into_response())
        }
    }
}

async fn act(app: &App, viewer: &Viewer, shown: &Shown, fields: &Fields) -> Result<Flash, Failure> {
    let (by, group) = (viewer.id, shown.view.actor.id);
    let number = |name: &str| fields.text(name).parse().map_err(|_| Failure::BadForm);
    match fields.text("act") {
        "ask" => {
            // Only for those who may use the answer is another server asked.
            shown
                .standing
                .may(Act::ShareThreads)
                .map_err(CommunityError::from)?;
            limit(app, viewer, Door::Search)?;
            let other = look_up(app, fields.text("other")).await?;
            app.store
                .write(move |tx| sharing::ask(tx, by, group, other))
                .await?;
            Ok(Flash::SharingAsked)
        }
        "stop" => {
            let other = ActorId(number("id")?);
            app.store
                .write(move |tx| sharing::stop(tx, by, group, other))
                .await?;
            Ok(Flash::SharingEnded)
        }
        word @ ("welcome" | "decline") => {
            let (other, welcome) = (ActorId(number("id")?), word == "welcome");
            app.store
                .write(move |tx| sharing::answer(tx, by, group, other, welcome))
                .await?;
            Ok(if welcome {
                Flash::SharingBegun
            } else {
                Flash::Declined
            })
        }
        word @ ("hide" | "show") => {
            let (post, shown) = (PostId(number("id")?), word == "show");
            app.store
                .write(move |tx| sharing::set_shown(tx, by, group, post, shown))
                .await?;
            Ok(Flash::Saved)
        }
        _ => Err(Failure::BadForm),
    }
}

/// The group meant by `!name@host`, a name here, or an address.
async fn look_up(app: &App, typed: &str) -> Result<ActorId, Failure> {
    let typed = typed.trim();
    if typed.is_empty() {
        return Err(at("other")("Which group?"));
    }
    let bare = typed.trim_start_matches(['!', '@']);
    let address = match (bare.contains('/'), bare.contains('@')) {
        (true, _) => typed.to_owned(),
        (false, true) => format!("!{bare}"),
        (false, false) => format!("!{bare}@{}", app.store.house().address.host()),
    };
    match app.federation.resolve(&address).await {
        Ok(Resolved::Group(id)) => Ok(id),
        Ok(_) => Err(at("other")("This is not a group.")),
        Err(ResolveError::Store(error)) => Err(error.into()),
        Err(ResolveError::Unreachable(_)) => Err(at("other")(
            "That server cannot be reached just now. Try again later, and check the spelling.",
        )),
        Err(_) => Err(at("other")(
            "No group was found by this name. Is it spelled right?",
        )),
    }
}

fn page(frame: &Frame, shown: &Shown, draft: &Draft) -> Markup {
    let actor = &shown.view.actor;
    let decides = shown.standing.may(Act::ShareThreads).is_ok();
    let main = html! {
        div.reading.stack {
            h1 dir="auto" { "Sharing in " (actor.title()) }
            p.quiet { "Groups with the same domain can show each other's threads. A thread stays at home in its own group: answers and votes go there." }
            (problem(draft))
            @if !shown.asking.is_empty() {
                section.card.stack {
                    h2 { "Groups that ask to show threads of this one" }
                    ul.people {
                        @for group in &shown.asking {
                            (line(frame, shown, group, "", decides, &[("welcome", "Let in"), ("decline", "Decline")]))
                        }
                    }
                }
            }
            section.card.stack {
                h2 { "Groups whose threads stand here" }
                @if shown.sources.is_empty() { p.quiet { "None so far." } }
                ul.people {
                    @for (group, state) in &shown.sources {
                        @let waits = if *state == FollowState::Pending { "Waits for its coordinator" } else { "" };
                        (line(frame, shown, group, waits, decides, &[("stop", "Stop")]))
                    }
                }
                @if decides {
                    form.stack method="post" action={ (actor.path()) "/sharing" } {
                        (token(&frame.csrf))
                        input type="hidden" name="act" value="ask";
                        (Field::new("other", "Ask another group").required().max(300).autocomplete("off").hint("As in !name@server.example. Its coordinator is asked, and new threads stand here once they agree.").input(draft))
                        div.row { button.main { "Ask" } }
                    }
                }
            }
            @if !shown.sharers.is_empty() {
                section.card.stack {
                    h2 { "Groups that show threads of this one" }
                    ul.people {
                        @for group in &shown.sharers { (line(frame, shown, group, "", decides, &[("decline", "End it")])) }
                    }
                }
            }
            @if !shown.lately.is_empty() {
                section.card.stack {
                    h2 { "Shared here lately" }
                    p.quiet { "Taken out, a thread is no longer in this group's list. In its own group it stays as it is." }
                    ul.people {
                        @for (share, thread) in &shown.lately { (shared(frame, shown, share, thread)) }
                    }
                }
            }
            p { a href=(actor.path()) { "Back to the group" } }
        }
    };
    Page::new(frame, format!("Sharing in {}", actor.title()))
        .private()
        .render(main)
}

fn button(frame: &Frame, shown: &Shown, act: &str, id: i64, words: &str, about: &str) -> Markup {
    html! {
        form method="post" action={ (shown.view.actor.path()) "/sharing" } {
            (token(&frame.csrf))
            input type="hidden" name="act" value=(act);
            input type="hidden" name="id" value=(id);
            button.small aria-label={ (words) ": " (about) } { (words) }
        }
    }
}

fn line(
    frame: &Frame,
    shown: &Shown,
    group: &ActorBrief,
    note: &str,
    decides: bool,
    acts: &[(&str, &str)],
) -> Markup {
    html! {
        li.apart {
            span.row {
                (avatar::of(group, avatar::Size::Normal))
                span { (name_link(group, "where")) small { "!" (group.full_handle()) } }
                @if !note.is_empty() { span.badge.plain { (note) } }
            }
            @if decides {
                div.row { @for (act, words) in acts { (button(frame, shown, act, group.id.0, words, group.title())) } }
            }
        }
    }
}

fn shared(frame: &Frame, shown: &Shown, share: &ShareRow, thread: &PostView) -> Markup {
    let (act, words) = if share.removed {
        ("show", "Let in again")
    } else {
        ("hide", "Take out")
    };
    let closed = shown.closed.contains(&thread.group.id);
    let name = if closed {
        "A thread that is no longer for you to read"
    } else {
        title(&thread.post)
    };
    html! {
        li.apart {
            span {
                @if closed { (name) } @else { a href={ "/post/" (thread.post.id) } dir="auto" { (name) } }
                small { "from " (name_link(&thread.group, "where")) }
                @if share.removed { " " span.badge.plain { "Taken out" } }
            }
            (button(frame, shown, act, thread.post.id.0, words, name))
        }
    }
}
