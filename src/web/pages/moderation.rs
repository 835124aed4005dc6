//! Pinning and locking threads, speaking for the group. Removing asks first: see `confirm`.

use axum::extract::State;
use axum::response::Response;

use super::{Id, reason};
use crate::app::App;
use crate::community::{comments, threads};
use crate::domain::ids::{CommentId, PostId};
use crate::limits::Door;
use crate::web::errors::Failure;
use crate::web::flash::{Flash, redirect};
use crate::web::forms::Posted;
use crate::web::session::{Signed, limit};

pub async fn feature(
    State(app): State<App>,
    Signed(viewer): Signed,
    Id(id): Id<PostId>,
    Posted(fields): Posted,
) -> Result<Response, Failure> {
    limit(&app, &viewer, Door::Act)?;
    let on = fields.ticked("on");
    let on_site = fields.text("where") == "site";
    let feature = if on_site {
        threads::feature_on_site
    } else {
        threads::feature
    };
    app.store
        .write(move |tx| feature(tx, viewer.id, id, on))
        .await?;
    let flash = if on { Flash::Pinned } else { Flash::Unpinned };
    Ok(redirect(
        &app.settings.public_url,
        &format!("/post/{id}"),
        flash,
    ))
}

pub async fn lock(
    State(app): State<App>,
    Signed(viewer): Signed,
    Id(id): Id<PostId>,
    Posted(fields): Posted,
) -> Result<Response, Failure> {
    limit(&app, &viewer, Door::Act)?;
    let on = fields.ticked("on");
    let reason = reason(&fields)?;
    app.store
        .write(move |tx| threads::lock(tx, viewer.id, id, on, reason.as_ref()))
        .await?;
    let flash = if on { Flash::Locked } else { Flash::Unlocked };
    Ok(redirect(
        &app.settings.public_url,
        &format!("/post/{id}"),
        flash,
    ))
}

/// An author who moderates marks a reply as spoken for the group, or takes the mark away.
pub async fn distinguish(
    State(app): State<App>,
    Signed(viewer): Signed,
    Id(id): Id<CommentId>,
    Posted(fields): Posted,
) -> Result<Response, Failure> {
    limit(&app, &viewer, Door::Act)?;
    let on = fields.ticked("on");
    app.store
        .write(move |tx| comments::distinguish(tx, viewer.id, id, on))
        .await?;
    let path = format!("/comment/{id}");
    Ok(redirect(&app.settings.public_url, &path, Flash::Saved))
}
