//! Blocking people, groups and servers, and the list of what is blocked.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};

use super::Handle;
use crate::app::App;
use crate::community::accounts::Viewer;
use crate::community::{CommunityError, Missing, blocks as use_cases};
use crate::domain::ids::HostId;
use crate::limits::Door;
use crate::store::actors::ActorBrief;
use crate::store::hosts::{self, HostRow};
use crate::store::{Tx, blocks};
use crate::web::components::avatar;
use crate::web::components::forms::{Field, problem, token};
use crate::web::errors::Failure;
use crate::web::flash::{Flash, redirect};
use crate::web::forms::{Draft, Fields, Posted};
use crate::web::layout::{Frame, Page};
use crate::web::session::{Signed, limit};

const LIST: &str = "/settings/blocks";

pub async fn person(
    State(app): State<App>,
    Signed(viewer): Signed,
    handle: Handle,
    Posted(fields): Posted,
) -> Result<Response, Failure> {
    limit(&app, &viewer, Door::Act)?;
    let on = fields.ticked("on");
    let change = move |tx: &mut Tx<'_>| -> Result<String, CommunityError> {
        let person = handle.person(tx, Some(viewer.id))?;
        use_cases::block_person(tx, &viewer, person.id, on)?;
        Ok(ActorBrief::from(person).path())
    };
    let path = app.store.write(change).await?;
    Ok(after(&app, &fields, &path, on))
}

pub async fn group(
    State(app): State<App>,
    Signed(viewer): Signed,
    handle: Handle,
    Posted(fields): Posted,
) -> Result<Response, Failure> {
    limit(&app, &viewer, Door::Act)?;
    let on = fields.ticked("on");
    let change = move |tx: &mut Tx<'_>| -> Result<String, CommunityError> {
        let group = handle.group_in_any_state(tx)?;
        use_cases::block_group(tx, &viewer, group.id, on)?;
        Ok(ActorBrief::from(group).path())
    };
    let path = app.store.write(change).await?;
    Ok(after(&app, &fields, &path, on))
}

/// To the page of whom it concerns, or to the list it was done in.
fn after(app: &App, fields: &Fields, path: &str, on: bool) -> Response {
    let flash = if on { Flash::Blocked } else { Flash::Unblocked };
    let path = if fields.ticked("from_list") {
        LIST
    } else {
        path
    };
    redirect(&app.settings.public_url, path, flash)
}

/// A server by its number, from the list, or by the name that was typed.
pub async fn server(
    State(app): State<App>,
    Signed(viewer): Signed,
    frame: Frame,
    Posted(fields): Posted,
) -> Result<Response, Failure> {
    limit(&app, &viewer, Door::Act)?;
    let on = fields.ticked("on");
    let (number, name) = (
        fields.text("number").parse().ok().map(HostId),
        fields.text("server").trim().to_lowercase(),
    );
    let name = name
        .trim_start_matches("https://")
        .trim_end_matches('/')
        .to_owned();
    let me = viewer.clone();
    let change = move |tx: &mut Tx<'_>| -> Result<(), CommunityError> {
        let id = match number {
            Some(id) => id,
            None if name == tx.house.address.host() => {
                return Err(CommunityError::invalid(
                    "server",
                    "This is the server you are on.",
                ));
            }
            None => match hosts::find(tx.conn, &name)? {
                Some(host) => host.id,
                None => return Err(CommunityError::invalid("server", Missing::Host)),
            },
        };
        use_cases::block_host(tx, &me, id, on)
    };
    match app.store.write(change).await {
        Ok(()) => Ok(after(&app, &fields, LIST, on)),
        Err(error) => {
            let draft = fields.refused(error.into())?;
            page(&app, &viewer, &frame, &draft).await
        }
    }
}

pub async fn show(
    State(app): State<App>,
    Signed(viewer): Signed,
    frame: Frame,
) -> Result<Response, Failure> {
    page(&app, &viewer, &frame, &Draft::default()).await
}

async fn page(
    app: &App,
    viewer: &Viewer,
    frame: &Frame,
    draft: &Draft,
) -> Result<Response, Failure> {
    let me = viewer.id;
    let load = move |tx: &mut Tx<'_>| -> Result<_, CommunityError> {
        Ok((blocks::actors(tx.conn, me)?, blocks::hosts(tx.conn, me)?))
    };
    let (actors, servers) = app.store.read(load).await?;
    let (groups, people): (Vec<_>, Vec<_>) = actors.into_iter().partition(blocks::is_group);
    let main = html! {
        div.reading.stack {
            h1 { "Blocked" }
            p.quiet { "You do not meet them in lists and conversations, and they cannot notify you. Nobody is told." }
            (listed(frame, "People", "To block somebody, open their page.", &people))
            (listed(frame, "Groups", "To block a group, open its page.", &groups))
            (server_list(frame, &servers, draft))
            p { a href="/settings" { "← Settings" } }
        }
    };
    let page = Page::new(frame, "Blocked").private().render(main);
    Ok((draft.status(), page).into_response())
}

fn listed(frame: &Frame, title: &str, none: &str, actors: &[ActorBrief]) -> Markup {
    html! {
        section.card.stack {
            h2 { (title) }
            @if actors.is_empty() { p.hint { "Nobody is blocked. " (none) } }
            @else {
                ul.people {
                    @for actor in actors {
                        li {
                            (avatar::of(actor, avatar::Size::Normal))
                            span { a href=(actor.path()) dir="auto" { (actor.title()) } small { (actor.full_handle()) } }
                            form method="post" action={ (actor.path()) "/block" } {
                                (token(&frame.csrf))
                                input type="hidden" name="from_list" value="on";
                                button.small aria-label={ "Unblock " (actor.full_handle()) } { "Unblock" }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn server_list(
    frame: &Frame,
    servers: &[(HostRow, crate::domain::time::Timestamp)],
    draft: &Draft,
) -> Markup {
    html! {
        section.card.stack {
            h2 { "Servers" }
            @if !servers.is_empty() {
                ul.people {
                    @for (host, _) in servers {
                        li {
                            span { (host.host) }
                            form method="post" action="/settings/servers" {
                                (token(&frame.csrf))
                                input type="hidden" name="number" value=(host.id);
                                button.small aria-label={ "Unblock " (host.host) } { "Unblock" }
                            }
                        }
                    }
                }
            }
            form.stack method="post" action="/settings/servers" {
                (token(&frame.csrf))
                (problem(draft))
                input type="hidden" name="on" value="on";
                (Field::new("server", "Block a server").required().max(253).hint("Its name, such as social.example. You no longer meet its groups, and its people cannot notify you.").input(draft))
                div { button { "Block this server" } }
            }
        }
    }
}

/// Block, or no longer: in the menu of a person's or group's page.
pub fn switch(frame: &Frame, actor: &ActorBrief, blocked: bool) -> Markup {
    html! {
        form method="post" action={ (actor.path()) "/block" } {
            (token(&frame.csrf))
            @if !blocked { input type="hidden" name="on" value="on"; }
            button { @if blocked { "Unblock" } @else { "Block" } }
        }
    }
}
