//! Editing what a group says of itself. Who looks after it is on the same page: see `group_roles`.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};
use url::Url;

use super::Handle;
use super::group_new::{About, about_fields};
use super::group_roles::{self, Keepers};
use crate::app::App;
use crate::community::CommunityError;
use crate::community::accounts::Viewer;
use crate::community::groups::{self, EditGroup};
use crate::domain::kinds::Visibility;
use crate::domain::rules::Act;
use crate::limits::Door;
use crate::media::Purpose;
use crate::store::views::{self, GroupView};
use crate::store::{Tx, actors};
use crate::web::components::avatar;
use crate::web::components::forms::{Field, problem, token};
use crate::web::errors::Failure;
use crate::web::flash::redirect;
use crate::web::forms::{Draft, Fields, Posted};
use crate::web::layout::{Frame, Page};
use crate::web::session::{Signed, limit};
use crate::web::uploads;

/// The group and who looks after it, for those who may edit it.
pub async fn load(
    app: &App,
    viewer: &Viewer,
    handle: Handle,
) -> Result<(GroupView, Keepers), Failure> {
    let viewer = viewer.id;
    let load = move |tx: &mut Tx<'_>| -> Result<_, CommunityError> {
        let row = handle.group(tx, Some(viewer))?;
        let standing = groups::standing(tx, viewer, row.id)?;
        standing.may(Act::EditGroup)?;
        let keepers = Keepers {
            all: actors::moderators(tx.conn, row.id)?,
            standing,
            elsewhere: !row.local,
        };
        Ok((views::group(tx.conn, row.id, Some(viewer))?, keepers))
    };
    Ok(app.store.read(load).await?)
}

pub async fn show(
    State(app): State<App>,
    Signed(viewer): Signed,
    frame: Frame,
    handle: Handle,
) -> Result<Markup, Failure> {
    let (view, keepers) = load(&app, &viewer, handle).await?;
    let roles = group_roles::untouched();
    Ok(page(&frame, &view, &keepers, &as_it_stands(&view), &roles))
}

/// The form with what the group says of itself now.
pub fn as_it_stands(view: &GroupView) -> Draft {
    let tick = |on: bool| if on { "on" } else { "" }.to_owned();
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    Draft::of([
        ("title", view.actor.title().to_owned()),
        ("domain", view.actor.statement()),
        ("rules", text(&view.group.rules_markdown)),
        ("posting_restricted", tick(view.group.posting_restricted)),
        ("sensitive", tick(view.group.sensitive)),
        ("visibility", view.group.visibility.to_string()),
    ])
}

pub async fn submit(
    State(app): State<App>,
    Signed(viewer): Signed,
    frame: Frame,
    handle: Handle,
    Posted(mut fields): Posted,
) -> Result<Response, Failure> {
    limit(&app, &viewer, Door::Post)?;
    let (view, keepers) = load(&app, &viewer, handle).await?;
    match edit(&app, &viewer, &view, &mut fields).await {
        Ok(()) => Ok(redirect(
            &app.settings.public_url,
            &view.actor.path(),
            keepers.done(),
        )),
        Err(failure) => {
            let draft = fields.refused(failure)?;
            let page = page(&frame, &view, &keepers, &draft, &group_roles::untouched());
            Ok((draft.status(), page).into_response())
        }
    }
}

async fn edit(
    app: &App,
    viewer: &Viewer,
    view: &GroupView,
    fields: &mut Fields,
) -> Result<(), Failure> {
    let about = About::read(fields)?;
    let standing = |url: &Option<String>| url.as_deref().and_then(|url| url.parse::<Url>().ok());
    let icon = match fields.take_file("icon") {
        Some(bytes) => Some(uploads::keep(app, viewer, bytes, Purpose::Icon, "icon").await?),
        None if fields.ticked("no_icon") => None,
        None => standing(&view.actor.icon_url),
    };
    let edit = EditGroup {
        title: about.title,
        domain: about.domain,
        rules: about.rules,
        icon,
        image: standing(&view.actor.image_url),
        posting_restricted: about.posting_restricted,
        sensitive: about.sensitive,
        visibility: about.visibility,
    };
    let (by, group) = (viewer.id, view.actor.id);
    Ok(app
        .store
        .write(move |tx| groups::edit(tx, by, group, &edit))
        .await?)
}

/// `draft` is the form about the group, `roles` the one about who looks after it.
pub fn page(
    frame: &Frame,
    view: &GroupView,
    keepers: &Keepers,
    draft: &Draft,
    roles: &Draft,
) -> Markup {
    let main = html! {
        div.reading.stack {
            h1 { "Edit " (view.actor.title()) }
            form.card.stack method="post" enctype="multipart/form-data" data-guard {
                (token(&frame.csrf))
                (problem(draft))
                @if keepers.elsewhere {
                    p.notice { "This group lives at " (view.actor.host) ". What you change is sent there, and shows here once that server confirms it." }
                }
                (about_fields(draft, !keepers.elsewhere))
                @if view.group.visibility == Visibility::Public && view.group.post_count > 0 {
                    p.notice.warm { "If you make the group smaller now: what was sent to other servers before stays there." }
                }
                @if view.actor.icon_url.is_some() {
                    div.row {
                        (avatar::of(&view.actor, avatar::Size::Normal))
                        (Field::new("no_icon", "Take the present picture away").tick(draft))
                    }
                }
                div.row { button.main { "Save" } a.button href=(view.actor.path()) { "Cancel" } }
            }
            (group_roles::section(frame, view, keepers, roles))
            @if !keepers.elsewhere && keepers.standing.may(Act::Appoint).is_ok() {
                section.card.stack {
                    h2 { "Hand the group over" }
                    p.quiet { "To a new coordinator, who looks after it from then on." }
                    div.row { a.button href={ (view.actor.path()) "/transfer" } { "Hand this group over" } }
                }
            }
            @if !keepers.elsewhere && keepers.standing.may(Act::MoveGroup).is_ok() {
                section.card.stack {
                    h2 { "Move the group" }
                    p.quiet { "To another server, or from one to here: its followers are led there." }
                    div.row { a.button href={ (view.actor.path()) "/move" } { "Move this group" } }
                }
            }
            @if !keepers.elsewhere && keepers.standing.may(Act::CloseGroup).is_ok() {
                section.card.stack {
                    h2 { "Close the group" }
                    p.quiet { "You are asked once more, and can open it again later." }
                    div.row { a.button.danger href={ (view.actor.path()) "/close" } { "Close this group" } }
                }
            }
        }
    };
    Page::new(frame, format!("Edit {}", view.actor.title()))
        .private()
        .render(main)
}
