//! Editing what a group says of itself.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};
use url::Url;

use super::Handle;
use super::group_new::{About, about_fields};
use crate::app::App;
use crate::community::accounts::Viewer;
use crate::community::groups::{self, EditGroup};
use crate::community::{CommunityError, Denied};
use crate::limits::Door;
use crate::media::Purpose;
use crate::store::Tx;
use crate::store::views::{self, GroupView};
use crate::web::components::avatar;
use crate::web::components::forms::{Field, problem, token};
use crate::web::errors::Failure;
use crate::web::flash::{Flash, redirect};
use crate::web::forms::{Draft, Fields, Posted};
use crate::web::layout::{Frame, Page};
use crate::web::session::{Signed, limit};
use crate::web::uploads;

async fn load(app: &App, viewer: &Viewer, handle: Handle) -> Result<GroupView, Failure> {
    let viewer = viewer.id;
    let load = move |tx: &mut Tx<'_>| -> Result<GroupView, CommunityError> {
        let row = handle.group(tx)?;
        if !row.local {
            return Err(Denied::RemoteGroup.into());
        }
        if !groups::standing(tx, viewer, row.id)?.may_moderate() {
            return Err(Denied::NotModerator.into());
        }
        Ok(views::group(tx.conn, row.id, Some(viewer))?)
    };
    Ok(app.store.read(load).await?)
}

pub async fn show(
    State(app): State<App>,
    Signed(viewer): Signed,
    frame: Frame,
    handle: Handle,
) -> Result<Markup, Failure> {
    let view = load(&app, &viewer, handle).await?;
    let tick = |on: bool| if on { "on" } else { "" }.to_owned();
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let draft = Draft::of([
        ("title", text(&view.actor.display_name)),
        ("domain", text(&view.actor.summary_markdown)),
        ("rules", text(&view.group.rules_markdown)),
        ("posting_restricted", tick(view.group.posting_restricted)),
        ("sensitive", tick(view.group.sensitive)),
    ]);
    Ok(page(&frame, &view, &draft))
}

pub async fn submit(
    State(app): State<App>,
    Signed(viewer): Signed,
    frame: Frame,
    handle: Handle,
    Posted(mut fields): Posted,
) -> Result<Response, Failure> {
    limit(&app, &viewer, Door::Post)?;
    let view = load(&app, &viewer, handle).await?;
    match edit(&app, &viewer, &view, &mut fields).await {
        Ok(()) => Ok(redirect(
            &app.settings.public_url,
            &view.actor.path(),
            Flash::Saved,
        )),
        Err(failure) => {
            let draft = fields.refused(failure)?;
            Ok((draft.status(), page(&frame, &view, &draft)).into_response())
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
    };
    let (by, group) = (viewer.id, view.actor.id);
    Ok(app
        .store
        .write(move |tx| groups::edit(tx, by, group, &edit))
        .await?)
}

fn page(frame: &Frame, view: &GroupView, draft: &Draft) -> Markup {
    let main = html! {
        div.reading.stack {
            h1 { "Edit " (view.actor.title()) }
            form.card.stack method="post" enctype="multipart/form-data" data-guard {
                (token(&frame.csrf))
                (problem(draft))
                (about_fields(draft))
                @if view.actor.icon_url.is_some() {
                    div.row {
                        (avatar::of(&view.actor, avatar::Size::Normal))
                        (Field::new("no_icon", "Take the present picture away").tick(draft))
                    }
                }
                div.row { button.main { "Save" } a.button href=(view.actor.path()) { "Cancel" } }
            }
        }
    };
    Page::new(frame, format!("Edit {}", view.actor.title()))
        .private()
        .render(main)
}
