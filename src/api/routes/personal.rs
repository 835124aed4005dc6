//! Marks and blocks.

use axum::Json;
use axum::extract::State;

use super::{comment, post};
use crate::api::auth::{Acts, Body, Member};
use crate::api::errors::{ApiError, ApiResult};
use crate::api::load;
use crate::api::shape::OUR_INSTANCE;
use crate::api::types::account::SuccessResponse;
use crate::api::types::comment::CommentResponse;
use crate::api::types::personal::{
    BlockCommunity, BlockCommunityResponse, BlockInstance, BlockInstanceResponse, BlockPerson,
    BlockPersonResponse, HidePost, MarkPostAsRead, SaveComment, SavePost,
};
use crate::api::types::post::PostResponse;
use crate::app::App;
use crate::community::{Missing, blocks, marks};
use crate::domain::ids::HostId;

/// Threads that one call marks.
const MANY: usize = 1_000;

pub async fn save_post(
    State(app): State<App>,
    member: Member<Acts>,
    Body(form): Body<SavePost>,
) -> ApiResult<PostResponse> {
    let answer = app.store.write(move |tx| {
        marks::save_post(tx, member.id(), form.post_id, form.save)?;
        post::response(tx, form.post_id, member.id())
    });
    Ok(Json(answer.await?))
}

pub async fn save_comment(
    State(app): State<App>,
    member: Member<Acts>,
    Body(form): Body<SaveComment>,
) -> ApiResult<CommentResponse> {
    let answer = app.store.write(move |tx| {
        marks::save_comment(tx, member.id(), form.comment_id, form.save)?;
        comment::response(tx, form.comment_id, Some(member.id()))
    });
    Ok(Json(answer.await?))
}

pub async fn mark_read(
    State(app): State<App>,
    member: Member<Acts>,
    Body(form): Body<MarkPostAsRead>,
) -> ApiResult<SuccessResponse> {
    let mut ids = form.post_ids.unwrap_or_default();
    ids.extend(form.post_id);
    if ids.is_empty() {
        return Err(ApiError::Named("no_id_given"));
    }
    if ids.len() > MANY {
        return Err(ApiError::Named("too_many_items"));
    }
    app.store
        .write(move |tx| marks::mark_read(tx, member.id(), &ids, form.read))
        .await?;
    Ok(Json(SuccessResponse { success: true }))
}

pub async fn hide_post(
    State(app): State<App>,
    member: Member<Acts>,
    Body(form): Body<HidePost>,
) -> ApiResult<SuccessResponse> {
    if form.post_ids.len() > MANY {
        return Err(ApiError::Named("too_many_items"));
    }
    app.store
        .write(move |tx| marks::hide(tx, member.id(), &form.post_ids, form.hide))
        .await?;
    Ok(Json(SuccessResponse { success: true }))
}

pub async fn block_person(
    State(app): State<App>,
    member: Member<Acts>,
    Body(form): Body<BlockPerson>,
) -> ApiResult<BlockPersonResponse> {
    let answer = app.store.write(move |tx| {
        blocks::block_person(tx, &member.viewer, form.person_id, form.block)?;
        let person = load::people(tx.conn, &[form.person_id])?.pop();
        Ok::<_, ApiError>(BlockPersonResponse {
            person_view: person.ok_or(Missing::Person)?,
            blocked: form.block,
        })
    });
    Ok(Json(answer.await?))
}

pub async fn block_community(
    State(app): State<App>,
    member: Member<Acts>,
    Body(form): Body<BlockCommunity>,
) -> ApiResult<BlockCommunityResponse> {
    let answer = app.store.write(move |tx| {
        blocks::block_group(tx, &member.viewer, form.community_id, form.block)?;
        Ok::<_, ApiError>(BlockCommunityResponse {
            // Also of a group that is removed or closed: one must be able to think again.
            community_view: load::any_community(tx.conn, form.community_id, Some(member.id()))?,
            blocked: form.block,
        })
    });
    Ok(Json(answer.await?))
}

pub async fn block_instance(
    State(app): State<App>,
    member: Member<Acts>,
    Body(form): Body<BlockInstance>,
) -> ApiResult<BlockInstanceResponse> {
    if form.instance_id == OUR_INSTANCE {
        return Err(ApiError::Named("cant_block_local_instance"));
    }
    app.store
        .write(move |tx| {
            blocks::block_host(tx, &member.viewer, HostId(form.instance_id), form.block)
        })
        .await?;
    Ok(Json(BlockInstanceResponse {
        blocked: form.block,
    }))
}
