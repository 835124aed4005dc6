//! Comments.

use std::cmp::Reverse;

use axum::Json;
use axum::extract::State;

use super::{group_named, noted, vote_of};
use crate::api::auth::{Acts, Body, Caller, Member, Posts, Query, Reads};
use crate::api::errors::{ApiError, ApiResult};
use crate::api::paging::Paging;
use crate::api::types::comment::{
    CommentResponse, CreateComment, CreateCommentLike, DeleteComment, EditComment, GetComment,
    GetComments, GetCommentsResponse,
};
use crate::api::types::{CommentSortType, ListingType};
use crate::api::{languages, load};
use crate::app::App;
use crate::community::accounts::Viewer;
use crate::community::comments::{self as replies, Reply, Rewrite};
use crate::community::{Missing, Via, votes};
use crate::domain::ids::{ActorId, CommentId, PostId};
use crate::domain::kinds::CommentSort;
use crate::domain::limits::CommentBody;
use crate::store::comments::{self, Branch, CommentFilter, CommentRow};
use crate::store::own_marks::{self, Noted};
use crate::store::taste::Taste;
use crate::store::{Tx, preferences};

const REFUSAL: &str = "couldnt_get_comments";
/// Lemmy's bound on what one call answers of a tree.
const TREE_MAX: usize = 300;

fn text(markdown: &str) -> Result<CommentBody, ApiError> {
    CommentBody::parse(markdown).map_err(|_| ApiError::Named("invalid_body_field"))
}

pub(super) fn response(
    tx: &mut Tx<'_>,
    comment: CommentId,
    viewer: Option<ActorId>,
) -> Result<CommentResponse, ApiError> {
    Ok(CommentResponse {
        comment_view: load::comment(tx.conn, comment, viewer)?,
        recipient_ids: Vec::new(),
    })
}

pub async fn create(
    State(app): State<App>,
    member: Member<Posts>,
    Body(form): Body<CreateComment>,
) -> ApiResult<CommentResponse> {
    let command = Reply {
        post: form.post_id,
        parent: form.parent_id,
        body: text(&form.content)?,
        language: form.language_id.and_then(languages::code_of),
    };
    let answer = app.store.write(move |tx| {
        let comment = replies::reply(tx, member.id(), &command)?;
        response(tx, comment, Some(member.id()))
    });
    Ok(Json(answer.await?))
}

pub async fn edit(
    State(app): State<App>,
    member: Member<Posts>,
    Body(form): Body<EditComment>,
) -> ApiResult<CommentResponse> {
    let body = form.content.as_deref().map(text).transpose()?;
    let language = form.language_id.map(languages::code_of);
    let answer = app.store.write(move |tx| {
        match (&body, &language) {
            (None, None) => readable(tx, form.comment_id, Some(&member.viewer))?,
            (body, language) => {
                let change = Rewrite {
                    body: body.as_ref(),
                    language: language.as_ref().map(Option::as_deref),
                };
                replies::rewrite(tx, member.id(), form.comment_id, &change)?;
            }
        }
        response(tx, form.comment_id, Some(member.id()))
    });
    Ok(Json(answer.await.map_err(ApiError::of_comment)?))
}

pub async fn delete(
    State(app): State<App>,
    member: Member<Acts>,
    Body(form): Body<DeleteComment>,
) -> ApiResult<CommentResponse> {
    let answer = app.store.write(move |tx| {
        if form.deleted {
            replies::delete(tx, member.id(), form.comment_id)?;
        } else {
            replies::restore(tx, member.id(), form.comment_id)?;
        }
        response(tx, form.comment_id, Some(member.id()))
    });
    Ok(Json(answer.await.map_err(ApiError::of_comment)?))
}

pub async fn like(
    State(app): State<App>,
    member: Member<Acts>,
    Body(form): Body<CreateCommentLike>,
) -> ApiResult<CommentResponse> {
    let vote = vote_of(form.score)?;
    let answer = app.store.write(move |tx| {
        let target = votes::Target::Comment(form.comment_id);
        votes::vote(tx, member.id(), target, vote, Via::Here)?;
        response(tx, form.comment_id, Some(member.id()))
    });
    Ok(Json(answer.await?))
}

pub async fn read(
    State(app): State<App>,
    caller: Caller<Reads>,
    Query(query): Query<GetComment>,
) -> ApiResult<CommentResponse> {
    let answer = app.store.read(move |tx| {
        readable(tx, query.id, caller.viewer.as_ref())?;
        response(tx, query.id, caller.id())
    });
    Ok(Json(answer.await?))
}

/// Whether a comment is there for somebody: `response` does not ask.
fn readable(tx: &mut Tx<'_>, comment: CommentId, viewer: Option<&Viewer>) -> Result<(), ApiError> {
    let row = comments::find(tx.conn, comment)?.ok_or(Missing::Comment)?;
    load::visible_post(tx.conn, row.post_id, viewer)?;
    Ok(())
}

/// Of a thread, or below a comment: the tree. Else a flat list, newest first
/// unless `sort` is `Old`.
pub async fn list(
    State(app): State<App>,
    caller: Caller<Reads>,
    Query(query): Query<GetComments>,
) -> ApiResult<GetCommentsResponse> {
    let paging = match query.max_depth {
        Some(_) => Paging::of_tree(query.page, query.limit, TREE_MAX),
        None => Paging::new(query.page, query.limit, None, REFUSAL)?,
    };
    let noted = noted(query.saved_only, query.liked_only, query.disliked_only)?;
    let group = match &query.community_name {
        Some(name) => Some(group_named(&app, name, &caller).await?),
        None => query.community_id,
    };
    let viewer = caller.viewer.clone();
    let answer = app.store.read(move |tx| {
        let viewer = viewer.as_ref();
        let rows = match (noted, viewer) {
            (Some(_), None) => Vec::new(),
            (Some(noted), Some(viewer)) => noted_rows(tx, viewer.id, noted, &query, paging)?,
            (None, _) => match (query.parent_id, query.post_id) {
                (Some(parent), _) => branch(tx, parent, &query, paging, viewer)?,
                (None, Some(post)) => tree(tx, post, &query, paging, viewer)?,
                (None, None) => flat(tx, group, &query, paging, viewer)?,
            },
        };
        let id = viewer.map(|viewer| viewer.id);
        let taste = Taste::of(tx.conn, id)?;
        let mut comments = load::comments(tx.conn, rows, id)?;
        comments.retain(|view| {
            let unwanted = view.creator_blocked || (view.creator.bot_account && !taste.show_bots);
            !unwanted || noted.is_some()
        });
        Ok::<_, ApiError>(GetCommentsResponse { comments })
    });
    Ok(Json(answer.await?))
}

fn flat(
    tx: &mut Tx<'_>,
    group: Option<ActorId>,
    query: &GetComments,
    paging: Paging,
    viewer: Option<&Viewer>,
) -> Result<Vec<CommentRow>, ApiError> {
    let id = viewer.map(|viewer| viewer.id);
    let standing = match id {
        Some(id) => preferences::of(tx.conn, id)?.listing,
        None => None,
    };
    let listing = query.type_.or(standing.filter(|_| group.is_none()));
    let filter = match (group, listing.unwrap_or(ListingType::All), id) {
        (Some(group), ..) => CommentFilter::InGroup(group),
        (None, ListingType::All, _) => CommentFilter::All,
        (None, ListingType::Local, _) => CommentFilter::Local,
        (None, ListingType::ModeratorView, Some(person)) => CommentFilter::ModeratedBy(person),
        (None, _, Some(person)) => CommentFilter::FollowedBy(person),
        // Of what they follow or look after visitors have nothing.
        (None, _, None) => return Ok(Vec::new()),
    };
    let oldest_first = query.sort == Some(CommentSortType::Old);
    let page = paging.walk(|after, limit| {
        if oldest_first {
            comments::page_of_oldest(tx.conn, id, filter, after, limit)
        } else {
            comments::page(tx.conn, id, filter, after, limit)
        }
    })?;
    Ok(page.items)
}

/// What the member saved or voted on, in one thread if one is named.
fn noted_rows(
    tx: &mut Tx<'_>,
    person: ActorId,
    noted: Noted,
    query: &GetComments,
    paging: Paging,
) -> Result<Vec<CommentRow>, ApiError> {
    let page =
        paging.walk(|after, limit| own_marks::comments(tx.conn, person, noted, after, limit))?;
    let mut rows = page.items;
    rows.retain(|row| query.post_id.is_none_or(|post| row.post_id == post));
    Ok(rows)
}

/// A page of the comments directly under a thread with all that hangs below them.
fn tree(
    tx: &mut Tx<'_>,
    post: PostId,
    query: &GetComments,
    paging: Paging,
    viewer: Option<&Viewer>,
) -> Result<Vec<CommentRow>, ApiError> {
    load::visible_post(tx.conn, post, viewer)?;
    let id = viewer.map(|viewer| viewer.id);
    let sort = sort_of(query);
    let page = paging.walk(|after, limit| {
        comments::roots_distinguished_first(tx.conn, id, post, sort, after, limit)
    })?;
    let mut rows = page.items;
    let roots: Vec<CommentId> = rows.iter().map(|row| row.id).collect();
    rows.extend(comments::below(tx.conn, id, &roots, sort, TREE_MAX)?);
    match query.max_depth {
        // Lemmy counts from 1 where `depth` counts from 0.
        Some(max) => rows.retain(|row| row.depth < max),
        // Nobody who leaves it out wants a tree: the comments stand in one order, whatever they answer.
        None => in_one_order(&mut rows, sort),
    }
    Ok(rows)
}

/// A comment with what hangs below it, which has one page.
fn branch(
    tx: &mut Tx<'_>,
    parent: CommentId,
    query: &GetComments,
    paging: Paging,
    viewer: Option<&Viewer>,
) -> Result<Vec<CommentRow>, ApiError> {
    let top = comments::find(tx.conn, parent)?.ok_or(Missing::Comment)?;
    load::visible_post(tx.conn, top.post_id, viewer)?;
    if !paging.is_first() {
        return Ok(Vec::new());
    }
    let sort = sort_of(query);
    let below = Branch {
        deepest: query.max_depth.map(|max| top.depth.saturating_add(max)),
        ..Branch::below(&top)
    };
    let id = viewer.map(|viewer| viewer.id);
    let mut rows = comments::branch(tx.conn, id, below, sort, TREE_MAX)?;
    rows.insert(0, top);
    if query.max_depth.is_none() {
        in_one_order(&mut rows, sort);
    }
    Ok(rows)
}

fn sort_of(query: &GetComments) -> CommentSort {
    query.sort.unwrap_or(CommentSortType::Hot).into()
}

fn in_one_order(rows: &mut [CommentRow], sort: CommentSort) {
    rows.sort_by_key(|row| (Reverse(row.distinguished), comments::place(sort, row)));
}
