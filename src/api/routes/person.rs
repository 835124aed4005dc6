//! A person with what they wrote.

use axum::Json;
use axum::extract::State;

use super::person_named;
use crate::api::auth::{Caller, Query, Reads};
use crate::api::errors::{ApiError, ApiResult};
use crate::api::load;
use crate::api::paging::Paging;
use crate::api::types::SortType;
use crate::api::types::person::{GetPersonDetails, GetPersonDetailsResponse};
use crate::app::App;
use crate::community::Missing;
use crate::domain::ids::ActorId;
use crate::domain::kinds::{ActorKind, PostSort};
use crate::store::comments::{self, CommentFilter};
use crate::store::posts::{self, PostFilter};
use crate::store::{Tx, actors};

pub async fn details(
    State(app): State<App>,
    caller: Caller<Reads>,
    Query(query): Query<GetPersonDetails>,
) -> ApiResult<GetPersonDetailsResponse> {
    let paging = Paging::new(query.page, query.limit, None, "couldnt_get_posts")?;
    let person = match (query.person_id, &query.username) {
        (Some(id), _) => id,
        (None, Some(name)) => person_named(&app, name, caller.viewer.is_some()).await?,
        (None, None) => return Err(ApiError::Named("no_id_given")),
    };
    let sort = query.sort.unwrap_or(SortType::New).into();
    let saved_only = query.saved_only == Some(true);
    let viewer = caller.id();
    let answer = app
        .store
        .read(move |tx| read(tx, person, viewer, sort, paging, saved_only))
        .await?;
    Ok(Json(answer))
}

fn read(
    tx: &mut Tx<'_>,
    person: ActorId,
    viewer: Option<ActorId>,
    sort: PostSort,
    paging: Paging,
    saved_only: bool,
) -> Result<GetPersonDetailsResponse, ApiError> {
    let known = actors::briefs(tx.conn, &[person])?;
    let is_person = |kind| !matches!(kind, ActorKind::Group | ActorKind::Application);
    if !known
        .iter()
        .any(|actor| is_person(actor.kind) && !actor.deleted)
    {
        return Err(Missing::Person.into());
    }
    let person_view = load::people(tx.conn, &[person])?
        .pop()
        .ok_or(Missing::Person)?;
    let (post_rows, comment_rows) = if saved_only {
        (Vec::new(), Vec::new())
    } else {
        let post_page = paging.walk(|after, limit| {
            posts::page(tx.conn, PostFilter::By(person), sort, after, limit)
        })?;
        let comment_page = paging.walk(|after, limit| {
            comments::page(tx.conn, CommentFilter::By(person), after, limit)
        })?;
        (post_page.items, comment_page.items)
    };
    Ok(GetPersonDetailsResponse {
        person_view,
        posts: load::posts(tx.conn, post_rows, viewer)?,
        comments: load::comments(tx.conn, comment_rows, viewer)?,
        moderates: load::moderated(tx.conn, person)?,
    })
}
