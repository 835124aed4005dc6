//! Following a group: members with a click, visitors from their own server.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};

use super::interact::{address_there, farewell};
use super::{Asked, Handle, group};
use crate::app::App;
use crate::community::{CommunityError, groups};
use crate::domain::kinds::{FollowState, Visibility};
use crate::federation::Wish;
use crate::limits::Door;
use crate::store::Tx;
use crate::store::actors::ActorBrief;
use crate::web::components::forms::{Field, problem, token};
use crate::web::errors::Failure;
use crate::web::flash::{Flash, redirect};
use crate::web::forms::{Draft, Posted};
use crate::web::layout::Frame;
use crate::web::session::{Client, Signed, limit};

pub async fn follow(
    State(app): State<App>,
    Signed(viewer): Signed,
    handle: Handle,
    _: Posted,
) -> Result<Response, Failure> {
    limit(&app, &viewer, Door::Act)?;
    let change = move |tx: &mut Tx<'_>| -> Result<_, CommunityError> {
        let group = handle.group(tx, Some(viewer.id))?;
        let state = groups::follow(tx, viewer.id, group.id)?;
        Ok((ActorBrief::from(group).path(), state))
    };
    let (path, state) = app.store.write(change).await?;
    let flash = match state {
        FollowState::Accepted => Flash::Followed,
        FollowState::Pending => Flash::FollowPending,
    };
    Ok(redirect(&app.settings.public_url, &path, flash))
}

pub async fn unfollow(
    State(app): State<App>,
    Signed(viewer): Signed,
    handle: Handle,
    _: Posted,
) -> Result<Response, Failure> {
    limit(&app, &viewer, Door::Act)?;
    let change = move |tx: &mut Tx<'_>| -> Result<_, CommunityError> {
        let group = handle.group(tx, Some(viewer.id))?;
        groups::unfollow(tx, viewer.id, group.id)?;
        Ok(ActorBrief::from(group).path())
    };
    let path = app.store.write(change).await?;
    Ok(redirect(&app.settings.public_url, &path, Flash::Unfollowed))
}

/// Sends a visitor to their own server, to follow the group there.
pub async fn from_elsewhere(
    State(app): State<App>,
    client: Client,
    frame: Frame,
    handle: Handle,
    asked: Asked,
    Posted(fields): Posted,
) -> Result<Response, Failure> {
    client.limit(&app, Door::Search)?;
    let shown = group::load(&app, &frame, handle, &asked).await?;
    let actor = &shown.view.actor;
    match address_there(&app, &actor.ap_id, fields.text("server"), Wish::Follow).await {
        Ok(there) => Ok(farewell(&frame, &there, actor.title(), &actor.path()).into_response()),
        Err(failure) => Ok(group::page(&frame, &shown, &fields.refused(failure)?)),
    }
}

/// "Follow from your server": one field, and the addresses to copy.
pub fn box_for_visitors(frame: &Frame, actor: &ActorBrief, draft: &Draft) -> Markup {
    html! {
        section.card.stack #follow {
            h2 { "Follow from your server" }
            p.quiet { "You have an account on Mastodon, Lemmy, or another server? Follow this group from there." }
            form.stack method="post" action={ (actor.path()) "/remote-follow#follow" } {
                (token(&frame.csrf))
                (problem(draft))
                (Field::new("server", "Your address or server").required().max(300).autocomplete("off").hint("As in you@server.example").input(draft))
                button.main { "Follow" }
            }
            (copyable(actor))
        }
    }
}

/// Nothing for a group that is for this site alone: nobody finds it from elsewhere.
pub fn addresses(actor: &ActorBrief, visibility: Visibility) -> Markup {
    let who = match visibility {
        Visibility::Public => "Anybody can follow it from Mastodon or Lemmy, by its address:",
        Visibility::Private => "Anybody can ask to follow it from Lemmy or here, by its address:",
        Visibility::LocalOnly => return html! {},
    };
    html! {
        section.card.stack {
            h2 { "Share this group" }
            p.quiet { (who) }
            (copyable(actor))
        }
    }
}

fn copyable(actor: &ActorBrief) -> Markup {
    html! {
        ul.stack {
            @for (sign, whose) in [("!", "Lemmy"), ("@", "Mastodon")] {
                @let address = format!("{sign}{}", actor.full_handle());
                li.copy {
                    code title={ "For search on " (whose) } { (address) }
                    button.small type="button" hidden data-copy=(address) data-done="Copied" aria-label={ "Copy " (address) } { "Copy" }
                }
            }
        }
    }
}
