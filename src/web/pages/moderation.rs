//! Pinning and locking threads. Removing asks first: see `confirm`.

use axum::extract::State;
use axum::response::Response;

use super::Id;
use crate::app::App;
use crate::community::threads;
use crate::domain::ids::PostId;
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
    app.store
        .write(move |tx| threads::feature(tx, viewer.id, id, on))
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
    app.store
        .write(move |tx| threads::lock(tx, viewer.id, id, on, None))
        .await?;
    let flash = if on { Flash::Locked } else { Flash::Unlocked };
    Ok(redirect(
        &app.settings.public_url,
        &format!("/post/{id}"),
        flash,
    ))
}
