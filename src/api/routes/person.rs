//! A person with what they wrote.

use axum::Json;
use axum::extract::State;

use super::{person_named, span};
use crate::api::auth::{Caller, Query, Reads};
use crate::api::errors::{ApiError, ApiResult};
use crate::api::load;
use crate::api::paging::Paging;
use crate::api::types::SortType;
use crate::api::types::person::{GetPersonDetails, GetPersonDetailsResponse};
use crate::app::App;
use crate::community::Missing;
use crate::domain::ids::ActorId;
use crate::domain::kinds::ActorKind;
use crate::store::comments::{self, CommentFilter, CommentRow};
use crate::store::own_marks::{self, Noted};
use crate::store::posts::{self, PostFilter, PostRow};
use crate::store::{StoreError, Tx, actors, audience};

pub async fn details(
    State(app): State<App>,
    caller: Caller<Reads>,
    Query(query): Query<GetPersonDetails>,
) -> ApiResult<GetPersonDetailsResponse> {
    let paging = Paging::new(query.page, query.limit, None, "couldnt_get_posts")?;
    let person = match (query.person_id, &query.username) {
        (Some(id), _) => id,
        (None, Some(name)) => person_named(&app, name, caller.id()).await?,
        (None, None) => return Err(ApiError::Named("no_id_given")),
    };
    let viewer = caller.id();
    let answer = app
        .store
        .read(move |tx| read(tx, person, viewer, &query, paging))
        .await?;
    Ok(Json(answer))
}

fn read(
    tx: &mut Tx<'_>,
    person: ActorId,
    viewer: Option<ActorId>,
    query: &GetPersonDetails,
    paging: Paging,
) -> Result<GetPersonDetailsResponse, ApiError> {
    let known = actors::briefs(tx.conn, &[person])?;
    let is_person = |kind| !matches!(kind, ActorKind::Group | ActorKind::Application);
    if !known
        .iter()
        .any(|actor| is_person(actor.kind) && !actor.deleted)
    {
        return Err(Missing::Person.into());
    }
    if !audience::may_meet(tx.conn, viewer, person)? {
        return Err(Missing::Person.into());
    }
    let person_view = load::people(tx.conn, &[person])?
        .pop()
        .ok_or(Missing::Person)?;
    let (post_rows, comment_rows) = match (query.saved_only, viewer) {
        (Some(true), Some(viewer)) => saved(tx, viewer, paging)?,
        (Some(true), None) => (Vec::new(), Vec::new()),
        _ => written(tx, person, viewer, query, paging)?,
    };
    Ok(GetPersonDetailsResponse {
        person_view,
        posts: load::posts(tx.conn, post_rows, viewer)?,
        comments: load::comments(tx.conn, comment_rows, viewer)?,
        moderates: load::moderated(tx.conn, person, viewer)?,
    })
}

/// A page of the threads and one of the comments that the caller saved.
fn saved(
    tx: &mut Tx<'_>,
    viewer: ActorId,
    paging: Paging,
) -> Result<(Vec<PostRow>, Vec<CommentRow>), StoreError> {
    let noted = Noted::Saved;
    let posts =
        paging.walk(|after, limit| own_marks::posts(tx.conn, viewer, noted, after, limit))?;
    let comments =
        paging.walk(|after, limit| own_marks::comments(tx.conn, viewer, noted, after, limit))?;
    Ok((posts.items, comments.items))
}

/// A page of the threads and one of the comments of a person.
fn written(
    tx: &mut Tx<'_>,
    person: ActorId,
    viewer: Option<ActorId>,
    query: &GetPersonDetails,
    paging: Paging,
) -> Result<(Vec<PostRow>, Vec<CommentRow>), StoreError> {
    let sort = query.sort.unwrap_or(SortType::New);
    let span = span(tx, sort);
    let (of_posts, of_comments) = match query.community_id {
        Some(group) => {
            let author = person;
            (
                PostFilter::ByIn { author, group },
                CommentFilter::ByIn { author, group },
            )
        }
        None => (PostFilter::By(person), CommentFilter::By(person)),
    };
    let post_page = paging.walk(|after, limit| {
        posts::page_within(tx.conn, viewer, of_posts, sort.into(), span, after, limit)
    })?;
    let comment_page = paging.walk(|after, limit| {
        if sort == SortType::Old {
            comments::page_of_oldest(tx.conn, viewer, of_comments, after, limit)
        } else {
            comments::page(tx.conn, viewer, of_comments, after, limit)
        }
    })?;
    Ok((post_page.items, comment_page.items))
}
