//! What moderators and administrators do: remove, lock, pin, ban, hide.

use axum::Json;
use axum::extract::State;

use super::{comment, post, reason};
use crate::api::auth::{Acts, Body, Member, Query};
use crate::api::errors::{ApiError, ApiResult};
use crate::api::load;
use crate::api::paging::Paging;
use crate::api::shape;
use crate::api::types::comment::CommentResponse;
use crate::api::types::community::{CommunityResponse, GetCommunityResponse};
use crate::api::types::moderation::*;
use crate::api::types::person::PersonView;
use crate::api::types::post::PostResponse;
use crate::app::App;
use crate::community::bans::{self, Ban, Lift};
use crate::community::votes::{self as vote_cases, Target};
use crate::community::{Missing, comments, groups, threads};
use crate::domain::ids::ActorId;
use crate::domain::time::{SECOND, Timestamp};
use crate::store::{Tx, actors, bans as ban_store, votes};

fn of_person(tx: &mut Tx<'_>, person: ActorId) -> Result<PersonView, ApiError> {
    let mut people = load::people(tx.conn, &[person])?;
    Ok(people.pop().ok_or(Missing::Person)?)
}

pub async fn remove_post(
    State(app): State<App>,
    member: Member<Acts>,
    Body(form): Body<RemovePost>,
) -> ApiResult<PostResponse> {
    let answer = app.store.write(move |tx| {
        let reason = reason(form.reason.as_deref())?;
        let reason = reason.as_ref();
        threads::remove(tx, member.id(), form.post_id, form.removed, reason)?;
        post::response(tx, form.post_id, member.id())
    });
    Ok(Json(answer.await?))
}

pub async fn lock_post(
    State(app): State<App>,
    member: Member<Acts>,
    Body(form): Body<LockPost>,
) -> ApiResult<PostResponse> {
    let answer = app.store.write(move |tx| {
        let reason = reason(form.reason.as_deref())?;
        let reason = reason.as_ref();
        threads::lock(tx, member.id(), form.post_id, form.locked, reason)?;
        post::response(tx, form.post_id, member.id())
    });
    Ok(Json(answer.await?))
}

pub async fn feature_post(
    State(app): State<App>,
    member: Member<Acts>,
    Body(form): Body<FeaturePost>,
) -> ApiResult<PostResponse> {
    let answer = app.store.write(move |tx| {
        let feature = match form.feature_type {
            PostFeatureType::Local => threads::feature_on_site,
            PostFeatureType::Community => threads::feature,
        };
        feature(tx, member.id(), form.post_id, form.featured)?;
        post::response(tx, form.post_id, member.id())
    });
    Ok(Json(answer.await?))
}

pub async fn remove_comment(
    State(app): State<App>,
    member: Member<Acts>,
    Body(form): Body<RemoveComment>,
) -> ApiResult<CommentResponse> {
    let answer = app.store.write(move |tx| {
        let reason = reason(form.reason.as_deref())?;
        let reason = reason.as_ref();
        comments::remove(tx, member.id(), form.comment_id, form.removed, reason)?;
        comment::response(tx, form.comment_id, Some(member.id()))
    });
    Ok(Json(answer.await?))
}

pub async fn distinguish_comment(
    State(app): State<App>,
    member: Member<Acts>,
    Body(form): Body<DistinguishComment>,
) -> ApiResult<CommentResponse> {
    let answer = app.store.write(move |tx| {
        comments::distinguish(tx, member.id(), form.comment_id, form.distinguished)?;
        comment::response(tx, form.comment_id, Some(member.id()))
    });
    Ok(Json(answer.await.map_err(ApiError::of_comment)?))
}

/// Lemmy's `expires`: seconds since 1970.
fn end(expires: Option<i64>) -> Option<Timestamp> {
    expires.map(|seconds| Timestamp::from_millis(seconds.saturating_mul(SECOND)))
}

pub async fn ban_from_community(
    State(app): State<App>,
    member: Member<Acts>,
    Body(form): Body<BanFromCommunity>,
) -> ApiResult<BanResponse> {
    let answer = app.store.write(move |tx| {
        let (by, group, person) = (member.id(), form.community_id, form.person_id);
        let reason = reason(form.reason.as_deref())?;
        let content = form.remove_data.unwrap_or(false);
        if form.ban {
            let until = end(form.expires);
            let ban = Ban {
                reason,
                until,
                content,
            };
            bans::ban_from_group(tx, by, group, person, &ban)?;
        } else {
            bans::unban_from_group(tx, by, group, person, &Lift { reason, content })?;
        }
        Ok::<_, ApiError>(BanResponse {
            person_view: of_person(tx, person)?,
            banned: form.ban,
        })
    });
    Ok(Json(answer.await?))
}

pub async fn ban_person(
    State(app): State<App>,
    member: Member<Acts>,
    Body(form): Body<BanPerson>,
) -> ApiResult<BanResponse> {
    let answer = app.store.write(move |tx| {
        let (by, person) = (member.id(), form.person_id);
        let reason = reason(form.reason.as_deref())?;
        let content = form.remove_data.unwrap_or(false);
        if form.ban {
            let until = end(form.expires);
            let ban = Ban {
                reason,
                until,
                content,
            };
            bans::ban_from_site(tx, by, person, &ban)?;
        } else {
            bans::unban_from_site(tx, by, person, &Lift { reason, content })?;
        }
        Ok::<_, ApiError>(BanResponse {
            person_view: of_person(tx, person)?,
            banned: form.ban,
        })
    });
    Ok(Json(answer.await?))
}

/// Lemmy answers all at once; so many here.
const BANNED_MAX: usize = 500;

pub async fn banned(
    State(app): State<App>,
    member: Member<Acts>,
) -> ApiResult<BannedPersonsResponse> {
    let answer = app.store.read(move |tx| {
        let page = bans::banned_from_site(tx, &member.viewer, None, BANNED_MAX)?;
        let people: Vec<ActorId> = page.items.iter().map(|(_, person)| person.id).collect();
        Ok::<_, ApiError>(BannedPersonsResponse {
            banned: load::people(tx.conn, &people)?,
        })
    });
    Ok(Json(answer.await?))
}

pub async fn remove_community(
    State(app): State<App>,
    member: Member<Acts>,
    Body(form): Body<RemoveCommunity>,
) -> ApiResult<CommunityResponse> {
    let answer = app.store.write(move |tx| {
        let reason = reason(form.reason.as_deref())?;
        let reason = reason.as_ref();
        groups::remove(tx, member.id(), form.community_id, form.removed, reason)?;
        of_community(tx, form.community_id, member.id())
    });
    Ok(Json(answer.await?))
}

pub async fn hide_community(
    State(app): State<App>,
    member: Member<Acts>,
    Body(form): Body<HideCommunity>,
) -> ApiResult<SuccessResponse> {
    let answer = app.store.write(move |tx| {
        let reason = reason(form.reason.as_deref())?;
        let reason = reason.as_ref();
        groups::hide(tx, member.id(), form.community_id, form.hidden, reason)?;
        Ok::<_, ApiError>(SuccessResponse { success: true })
    });
    Ok(Json(answer.await?))
}

pub async fn transfer_community(
    State(app): State<App>,
    member: Member<Acts>,
    Body(form): Body<TransferCommunity>,
) -> ApiResult<GetCommunityResponse> {
    let answer = app.store.write(move |tx| {
        groups::transfer(tx, member.id(), form.community_id, form.person_id)?;
        let view = of_community(tx, form.community_id, member.id())?;
        Ok::<_, ApiError>(GetCommunityResponse {
            community_view: view.community_view,
            moderators: load::moderators(tx.conn, form.community_id)?,
            discussion_languages: Vec::new(),
        })
    });
    Ok(Json(answer.await?))
}

fn of_community(
    tx: &mut Tx<'_>,
    group: ActorId,
    viewer: ActorId,
) -> Result<CommunityResponse, ApiError> {
    Ok(CommunityResponse {
        community_view: load::any_community(tx.conn, group, Some(viewer))?,
        discussion_languages: Vec::new(),
    })
}

pub async fn post_likes(
    State(app): State<App>,
    member: Member<Acts>,
    Query(query): Query<ListPostLikes>,
) -> ApiResult<ListPostLikesResponse> {
    let paging = Paging::new(query.page, query.limit, None, "couldnt_get_posts")?;
    let answer = app.store.read(move |tx| {
        let target = Target::Post(query.post_id);
        Ok::<_, ApiError>(ListPostLikesResponse {
            post_likes: likes(tx, target, member.id(), paging)?,
        })
    });
    Ok(Json(answer.await?))
}

pub async fn comment_likes(
    State(app): State<App>,
    member: Member<Acts>,
    Query(query): Query<ListCommentLikes>,
) -> ApiResult<ListCommentLikesResponse> {
    let paging = Paging::new(query.page, query.limit, None, "couldnt_get_comments")?;
    let answer = app.store.read(move |tx| {
        let target = Target::Comment(query.comment_id);
        Ok::<_, ApiError>(ListCommentLikesResponse {
            comment_likes: likes(tx, target, member.id(), paging)?,
        })
    });
    Ok(Json(answer.await?))
}

fn likes(
    tx: &mut Tx<'_>,
    target: Target,
    viewer: ActorId,
    paging: Paging,
) -> Result<Vec<VoteView>, ApiError> {
    let group = vote_cases::group_if_seen(tx, viewer, target)?;
    let page = paging.walk(|after, limit| votes::page(tx.conn, target.id(), after, limit))?;
    let people: Vec<ActorId> = page.items.iter().map(|(person, _)| *person).collect();
    let banned = ban_store::among(tx.conn, &[group], &people, tx.now)?;
    let known = actors::briefs(tx.conn, &people)?;
    let of = |(person, score): (ActorId, i16)| {
        let creator = known.iter().find(|actor| actor.id == person)?;
        Some(VoteView {
            creator: shape::person(creator),
            creator_banned_from_community: banned.contains(&(group, person)),
            score,
        })
    };
    Ok(page.items.into_iter().filter_map(of).collect())
}
