//! Threads.

use axum::Json;
use axum::extract::State;

use super::{group_named, links, noted, span, vote_of};
use crate::api::auth::{Acts, Body, Caller, Member, Posts, Query, Reads};
use crate::api::errors::{ApiError, ApiResult};
use crate::api::paging::Paging;
use crate::api::types::post::{
    CreatePost, CreatePostLike, DeletePost, EditPost, GetPost, GetPostResponse, GetPosts,
    GetPostsResponse, PostResponse,
};
use crate::api::types::{ListingType, SortType};
use crate::api::{languages, load};
use crate::app::App;
use crate::community::threads::{self, EditThread, Publish};
use crate::community::{Missing, Via, marks as use_cases, votes};
use crate::domain::ids::{ActorId, PostId};
use crate::domain::kinds::Contribution;
use crate::domain::limits::{Body as Text, Title};
use crate::store::own_marks::{self, Noted};
use crate::store::posts::{PostFilter, Wanted};
use crate::store::taste::Taste;
use crate::store::{Tx, comments, posts, preferences};

const REFUSAL: &str = "couldnt_get_posts";

fn title(text: &str) -> Result<Title, ApiError> {
    Title::parse(text).map_err(|_| ApiError::Named("invalid_post_title"))
}

fn text(markdown: &str) -> Result<Text, ApiError> {
    Text::parse(markdown).map_err(|_| ApiError::Named("invalid_body_field"))
}

pub(super) fn response(
    tx: &mut Tx<'_>,
    post: PostId,
    viewer: ActorId,
) -> Result<PostResponse, ApiError> {
    Ok(PostResponse {
        post_view: load::post(tx.conn, post, Some(viewer))?,
    })
}

pub async fn create(
    State(app): State<App>,
    member: Member<Posts>,
    Body(form): Body<CreatePost>,
) -> ApiResult<PostResponse> {
    if form.honeypot.as_ref().is_some_and(|text| !text.is_empty()) {
        return Err(ApiError::Named("honeypot_failed"));
    }
    let answer = app.store.write(move |tx| {
        let command = new(tx, &form)?;
        let post = threads::publish(tx, member.id(), &command)?;
        response(tx, post, member.id())
    });
    Ok(Json(answer.await?))
}

fn new(tx: &Tx<'_>, form: &CreatePost) -> Result<Publish, ApiError> {
    let (link, image) = links::linked(tx, form.url.as_deref(), form.alt_text.as_deref())?;
    let image = links::with_thumbnail(link.as_ref(), image, form.custom_thumbnail.as_deref())?;
    Ok(Publish {
        group: form.community_id,
        title: title(&form.name)?,
        body: text(form.body.as_deref().unwrap_or_default())?,
        link,
        image,
        kind: Contribution::Discussion,
        language: form.language_id.and_then(languages::code_of),
        sensitive: form.nsfw.unwrap_or(false),
    })
}

pub async fn edit(
    State(app): State<App>,
    member: Member<Posts>,
    Body(form): Body<EditPost>,
) -> ApiResult<PostResponse> {
    let answer = app.store.write(move |tx| {
        let edit = merged(tx, &form)?;
        threads::edit(tx, member.id(), form.post_id, &edit)?;
        response(tx, form.post_id, member.id())
    });
    Ok(Json(answer.await?))
}

/// What the form says, over what stands.
fn merged(tx: &mut Tx<'_>, form: &EditPost) -> Result<EditThread, ApiError> {
    let old = posts::find(tx.conn, form.post_id)?.ok_or(Missing::Post)?;
    let body = form.body.as_deref().or(old.body_markdown.as_deref());
    let (link, image) = links::after_edit(tx, form, &old)?;
    let image = links::with_thumbnail(link.as_ref(), image, form.custom_thumbnail.as_deref())?;
    Ok(EditThread {
        title: title(form.name.as_deref().unwrap_or(&old.title))?,
        body: text(body.unwrap_or_default())?,
        link,
        image,
        language: match form.language_id {
            Some(id) => languages::code_of(id),
            None => old.language,
        },
        sensitive: form.nsfw.unwrap_or(old.sensitive),
    })
}

pub async fn delete(
    State(app): State<App>,
    member: Member<Acts>,
    Body(form): Body<DeletePost>,
) -> ApiResult<PostResponse> {
    let answer = app.store.write(move |tx| {
        if form.deleted {
            threads::delete(tx, member.id(), form.post_id)?;
        } else {
            threads::restore(tx, member.id(), form.post_id)?;
        }
        response(tx, form.post_id, member.id())
    });
    Ok(Json(answer.await?))
}

pub async fn like(
    State(app): State<App>,
    member: Member<Acts>,
    Body(form): Body<CreatePostLike>,
) -> ApiResult<PostResponse> {
    let vote = vote_of(form.score)?;
    let answer = app.store.write(move |tx| {
        let target = votes::Target::Post(form.post_id);
        votes::vote(tx, member.id(), target, vote, Via::Here)?;
        response(tx, form.post_id, member.id())
    });
    Ok(Json(answer.await?))
}

pub async fn read(
    State(app): State<App>,
    caller: Caller<Reads>,
    Query(query): Query<GetPost>,
) -> ApiResult<GetPostResponse> {
    if query.id.is_none() && query.comment_id.is_none() {
        return Err(ApiError::Named("no_id_given"));
    }
    let viewer = caller.id();
    let answer = app.store.read(move |tx| {
        let id = match (query.id, query.comment_id) {
            (None, Some(comment)) => {
                let row = comments::find(tx.conn, comment)?;
                row.ok_or(Missing::Comment)?.post_id
            }
            (id, _) => id.ok_or(Missing::Post)?,
        };
        let row = load::visible_post(tx.conn, id, caller.viewer.as_ref())?;
        let group = row.group_id;
        Ok::<_, ApiError>(GetPostResponse {
            post_view: load::post(tx.conn, id, caller.id())?,
            // Also of a closed group, whose threads are there to be read.
            community_view: load::any_community(tx.conn, group, caller.id())?,
            moderators: load::moderators(tx.conn, group)?,
            cross_posts: load::cross_posts(tx.conn, &row, caller.id())?,
        })
    });
    let answer = answer.await?;
    let view = &answer.post_view;
    if let Some(viewer) = viewer
        && (!view.read || view.unread_comments != 0)
    {
        let id = view.post.id;
        app.store
            .write(move |tx| use_cases::opened(tx, viewer, id))
            .await?;
    }
    Ok(Json(answer))
}

pub async fn list(
    State(app): State<App>,
    caller: Caller<Reads>,
    Query(query): Query<GetPosts>,
) -> ApiResult<GetPostsResponse> {
    let cursor = query.page_cursor.as_deref();
    let paging = Paging::new(query.page, query.limit, cursor, REFUSAL)?;
    let noted = noted(query.saved_only, query.liked_only, query.disliked_only)?;
    let group = match &query.community_name {
        Some(name) => Some(group_named(&app, name, &caller).await?),
        None => query.community_id,
    };
    let answer = app.store.read(move |tx| {
        let viewer = caller.id();
        match (noted, viewer) {
            (Some(noted), Some(person)) => noted_page(tx, person, noted, group, paging),
            (Some(_), None) => Ok(GetPostsResponse {
                posts: Vec::new(),
                next_page: None,
            }),
            (None, _) => {
                let mine = match viewer {
                    Some(person) => Some(preferences::of(tx.conn, person)?),
                    None => None,
                };
                let standing = mine.as_ref().and_then(|row| row.listing);
                let listing = query.type_.or(standing.filter(|_| group.is_none()));
                let filter = match (group, listing.unwrap_or(ListingType::All), viewer) {
                    (Some(group), ..) => PostFilter::ListedIn(group),
                    (None, ListingType::All, _) => PostFilter::All,
                    (None, ListingType::Local, _) => PostFilter::Local,
                    (None, ListingType::ModeratorView, Some(person)) => {
                        PostFilter::ModeratedBy(person)
                    }
                    (None, _, Some(person)) => PostFilter::FollowedBy(person),
                    // Visitors follow nothing: as in Lemmy, they see what there is.
                    (None, _, None) => PostFilter::All,
                };
                let sort = query.sort.or(mine.and_then(|row| row.sort));
                let mut taste = Taste::of(tx.conn, viewer)?;
                taste.show_hidden = query.show_hidden.unwrap_or(taste.show_hidden);
                taste.show_read = query.show_read.unwrap_or(taste.show_read);
                taste.show_sensitive = query.show_nsfw.unwrap_or(taste.show_sensitive);
                let sort = sort.unwrap_or(SortType::Active);
                page(tx, &taste, filter, sort, paging, viewer)
            }
        }
    });
    Ok(Json(answer.await?))
}

/// A list of what the member saved or voted on.
fn noted_page(
    tx: &mut Tx<'_>,
    person: ActorId,
    noted: Noted,
    group: Option<ActorId>,
    paging: Paging,
) -> Result<GetPostsResponse, ApiError> {
    let mut page =
        paging.walk(|after, limit| own_marks::posts(tx.conn, person, noted, after, limit))?;
    page.items
        .retain(|post| group.is_none_or(|group| post.group_id == group));
    Ok(GetPostsResponse {
        posts: load::posts(tx.conn, page.items, Some(person))?,
        next_page: page.next.map(|cursor| cursor.to_string()),
    })
}

fn page(
    tx: &mut Tx<'_>,
    taste: &Taste,
    filter: PostFilter,
    sort: SortType,
    paging: Paging,
    viewer: Option<ActorId>,
) -> Result<GetPostsResponse, ApiError> {
    let wanted = Wanted {
        filter,
        sort: sort.into(),
        span: span(tx, sort),
    };
    let found = paging.walk(|after, limit| {
        posts::page_pinned_first(tx.conn, viewer, taste, wanted, after, limit)
    })?;
    Ok(GetPostsResponse {
        posts: load::posts(tx.conn, found.items, viewer)?,
        next_page: found.next.map(|cursor| cursor.to_string()),
    })
}
