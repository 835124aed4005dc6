//! Searching by words, and finding what an address stands for.

use axum::Json;
use axum::extract::State;

use super::group_named;
use crate::api::auth::{Caller, Query, Searches};
use crate::api::errors::{ApiError, ApiResult};
use crate::api::load;
use crate::api::paging::Paging;
use crate::api::types::ListingType;
use crate::api::types::search::{
    ResolveObject, ResolveObjectResponse, Search, SearchResponse, SearchType,
};
use crate::app::App;
use crate::community::Missing;
use crate::community::accounts::Viewer;
use crate::domain::hidden::Sees;
use crate::domain::ids::ActorId;
use crate::federation::Resolved;
use crate::store::search::{self, Bounds, SearchQuery};
use crate::store::{Tx, audience, comments};

pub async fn search(
    State(app): State<App>,
    caller: Caller<Searches>,
    Query(query): Query<Search>,
) -> ApiResult<SearchResponse> {
    let paging = Paging::new(query.page, query.limit, None, "invalid_query")?;
    let group = match &query.community_name {
        Some(name) => Some(group_named(&app, name, &caller).await?),
        None => query.community_id,
    };
    let kind = query.type_.unwrap_or_default();
    let bounds = Bounds {
        group,
        author: query.creator_id,
        local: query.listing_type == Some(ListingType::Local),
        titles: query.post_title_only == Some(true),
    };
    let answer = app
        .store
        .read(move |tx| find(tx, &query.q, kind, bounds, paging, caller.id()));
    Ok(Json(answer.await?))
}

fn find(
    tx: &mut Tx<'_>,
    text: &str,
    kind: SearchType,
    bounds: Bounds,
    paging: Paging,
    viewer: Option<ActorId>,
) -> Result<SearchResponse, ApiError> {
    let wanted = |these: &[SearchType]| kind == SearchType::All || these.contains(&kind);
    let words = SearchQuery::parse(text);
    let post_rows = match &words {
        _ if kind == SearchType::Url => {
            let rows = search::linking(tx.conn, viewer, text, bounds)?;
            paging.slice(rows)
        }
        Some(words) if wanted(&[SearchType::Posts]) => {
            paging
                .walk(|after, limit| search::posts(tx.conn, viewer, words, bounds, after, limit))?
                .items
        }
        _ => Vec::new(),
    };
    let comment_rows = match &words {
        Some(words) if wanted(&[SearchType::Comments]) => {
            paging
                .walk(|after, limit| {
                    search::comments(tx.conn, viewer, words, bounds, after, limit)
                })?
                .items
        }
        _ => Vec::new(),
    };
    // Names have one page: who looks for more types more of the name.
    let anywhere = bounds.group.is_none() && bounds.author.is_none();
    let names = |kind| wanted(&[kind]) && paging.is_first() && anywhere;
    let communities = if names(SearchType::Communities) {
        search::groups(tx.conn, viewer, text, paging.limit)?
    } else {
        Vec::new()
    };
    let users = if names(SearchType::Users) {
        search::people(tx.conn, text, paging.limit)?
    } else {
        Vec::new()
    };
    Ok(SearchResponse {
        type_: kind,
        posts: load::posts(tx.conn, post_rows, viewer)?,
        comments: load::comments(tx.conn, comment_rows, viewer)?,
        communities: load::communities(tx.conn, &communities, viewer)?,
        users: load::people(tx.conn, &users)?,
    })
}

/// Only members make this instance ask another one, as in Lemmy.
pub async fn resolve(
    State(app): State<App>,
    caller: Caller<Searches>,
    Query(query): Query<ResolveObject>,
) -> ApiResult<ResolveObjectResponse> {
    let found = if caller.viewer.is_some() {
        app.federation.resolve(&query.q).await?
    } else {
        app.federation.resolve_known(&query.q).await?
    };
    let answer = app
        .store
        .read(move |tx| show(tx, &found, caller.viewer.as_ref()));
    Ok(Json(answer.await?))
}

const NOT_FOUND: ApiError = ApiError::Named("couldnt_find_object");

fn show(
    tx: &mut Tx<'_>,
    found: &Resolved,
    viewer: Option<&Viewer>,
) -> Result<ResolveObjectResponse, ApiError> {
    let id = viewer.map(|viewer| viewer.id);
    let mut answer = ResolveObjectResponse::default();
    match *found {
        Resolved::Post(post) => {
            load::visible_post(tx.conn, post, viewer)?;
            answer.post = Some(load::post(tx.conn, post, id)?);
        }
        Resolved::Comment(comment) => {
            let row = comments::find(tx.conn, comment)?.ok_or(Missing::Comment)?;
            let post = load::visible_post(tx.conn, row.post_id, viewer)?;
            let moderates = row.is_hidden() && load::moderates(tx.conn, post.group_id, viewer)?;
            if row.seen_by(id, moderates) != Sees::Everything {
                return Err(NOT_FOUND);
            }
            answer.comment = Some(load::comment(tx.conn, comment, id)?);
        }
        Resolved::Group(group) => answer.community = Some(load::community(tx.conn, group, id)?),
        Resolved::Person(person) if !audience::may_meet(tx.conn, id, person)? => {
            return Err(NOT_FOUND);
        }
        Resolved::Person(person) => answer.person = load::people(tx.conn, &[person])?.pop(),
    }
    Ok(answer)
}
