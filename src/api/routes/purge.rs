//! Erasing for good.

use axum::Json;
use axum::extract::State;

use super::reason;
use crate::api::auth::{Acts, Body, Member};
use crate::api::errors::{ApiError, ApiResult};
use crate::api::types::moderation::{
    PurgeComment, PurgeCommunity, PurgePerson, PurgePost, SuccessResponse,
};
use crate::app::App;
use crate::community::{CommunityError, purge};
use crate::pictures;
use crate::store::Tx;

async fn erase(
    app: &App,
    work: impl Fn(&mut Tx<'_>) -> Result<(), CommunityError> + Send + 'static,
) -> ApiResult<SuccessResponse> {
    let done = app.store.write(move |tx| Ok::<_, ApiError>(work(tx)?));
    done.await?;
    // Their pictures are gone when this is answered, and not a moment later.
    pictures::sweep(app).await?;
    Ok(Json(SuccessResponse { success: true }))
}

pub async fn person(
    State(app): State<App>,
    member: Member<Acts>,
    Body(form): Body<PurgePerson>,
) -> ApiResult<SuccessResponse> {
    let reason = reason(form.reason.as_deref())?;
    let work =
        move |tx: &mut Tx<'_>| purge::person(tx, member.id(), form.person_id, reason.as_ref());
    erase(&app, work).await
}

pub async fn community(
    State(app): State<App>,
    member: Member<Acts>,
    Body(form): Body<PurgeCommunity>,
) -> ApiResult<SuccessResponse> {
    let reason = reason(form.reason.as_deref())?;
    let work =
        move |tx: &mut Tx<'_>| purge::group(tx, member.id(), form.community_id, reason.as_ref());
    erase(&app, work).await
}

pub async fn post(
    State(app): State<App>,
    member: Member<Acts>,
    Body(form): Body<PurgePost>,
) -> ApiResult<SuccessResponse> {
    let reason = reason(form.reason.as_deref())?;
    let work = move |tx: &mut Tx<'_>| purge::post(tx, member.id(), form.post_id, reason.as_ref());
    erase(&app, work).await
}

pub async fn comment(
    State(app): State<App>,
    member: Member<Acts>,
    Body(form): Body<PurgeComment>,
) -> ApiResult<SuccessResponse> {
    let reason = reason(form.reason.as_deref())?;
    let work =
        move |tx: &mut Tx<'_>| purge::comment(tx, member.id(), form.comment_id, reason.as_ref());
    erase(&app, work).await
}
