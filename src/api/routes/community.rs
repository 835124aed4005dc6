//! Groups.

use axum::Json;
use axum::extract::State;

use super::{group_named, picture};
use crate::api::auth::{Acts, Body, Caller, Member, Posts, Query, Reads};
use crate::api::errors::{ApiError, ApiResult};
use crate::api::load;
use crate::api::paging::Paging;
use crate::api::types::community::{
    CommunityResponse, CreateCommunity, DeleteCommunity, EditCommunity, FollowCommunity,
    GetCommunity, GetCommunityResponse, ListCommunities, ListCommunitiesResponse,
};
use crate::api::types::{ListingType, SortType};
use crate::app::App;
use crate::community::Missing;
use crate::community::groups::{self, EditGroup, NewGroup};
use crate::domain::ids::ActorId;
use crate::domain::kinds::{Scope, Visibility};
use crate::domain::limits::{DisplayName, Statement};
use crate::domain::names::Name;
use crate::store::groups::Wanted;
use crate::store::taste::Taste;
use crate::store::{StoreError, Tx, actors, groups as group_store, views};

/// For whoever has just changed it, or left it: also a closed or removed one.
fn response(
    tx: &mut Tx<'_>,
    group: ActorId,
    viewer: ActorId,
) -> Result<CommunityResponse, ApiError> {
    Ok(CommunityResponse {
        community_view: load::any_community(tx.conn, group, Some(viewer))?,
        discussion_languages: Vec::new(),
    })
}

fn title(text: &str) -> Result<DisplayName, ApiError> {
    DisplayName::parse(text).map_err(|_| ApiError::Named("invalid_display_name"))
}

fn domain(text: &str) -> Result<Statement, ApiError> {
    Statement::parse(text).map_err(|_| ApiError::Named("invalid_body_field"))
}

pub async fn create(
    State(app): State<App>,
    member: Member<Posts>,
    Body(form): Body<CreateCommunity>,
) -> ApiResult<CommunityResponse> {
    let new = NewGroup {
        name: Name::parse(&form.name).map_err(|_| ApiError::Named("invalid_name"))?,
        title: title(&form.title)?,
        domain: domain(form.description.as_deref().unwrap_or_default())?,
        rules: None,
        icon: picture(form.icon.as_deref())?,
        image: picture(form.banner.as_deref())?,
        posting_restricted: form.posting_restricted_to_mods.unwrap_or(false),
        sensitive: form.nsfw.unwrap_or(false),
        visibility: form
            .visibility
            .map_or(Visibility::Public, |asked| asked.over(Visibility::Public)),
    };
    let answer = app.store.write(move |tx| {
        if actors::local_by_name(tx.conn, new.name.as_str())?.is_some() {
            return Err(ApiError::Named("community_already_exists"));
        }
        let group = groups::create(tx, member.id(), &new)?;
        response(tx, group, member.id())
    });
    Ok(Json(answer.await?))
}

pub async fn read(
    State(app): State<App>,
    caller: Caller<Reads>,
    Query(query): Query<GetCommunity>,
) -> ApiResult<GetCommunityResponse> {
    let group = match (query.id, &query.name) {
        (Some(id), _) => id,
        (None, Some(name)) => group_named(&app, name, &caller).await?,
        (None, None) => return Err(ApiError::Named("no_id_given")),
    };
    app.federation.group_looked_at(group).await?;
    let answer = app.store.read(move |tx| {
        Ok::<_, ApiError>(GetCommunityResponse {
            community_view: load::community(tx.conn, group, caller.id())?,
            moderators: load::moderators(tx.conn, group)?,
            discussion_languages: Vec::new(),
        })
    });
    Ok(Json(answer.await?))
}

pub async fn edit(
    State(app): State<App>,
    member: Member<Posts>,
    Body(form): Body<EditCommunity>,
) -> ApiResult<CommunityResponse> {
    let answer = app.store.write(move |tx| {
        let edit = merged(tx, &form)?;
        groups::edit(tx, member.id(), form.community_id, &edit)?;
        response(tx, form.community_id, member.id())
    });
    Ok(Json(answer.await?))
}

/// What the form says, over what stands.
fn merged(tx: &mut Tx<'_>, form: &EditCommunity) -> Result<EditGroup, ApiError> {
    let old = match views::group(tx.conn, form.community_id, None) {
        Err(StoreError::NotFound) => return Err(Missing::Group.into()),
        other => other?,
    };
    let (actor, group) = (&old.actor, &old.group);
    let standing_domain = actor.statement();
    let rules = group.rules_markdown.as_deref().map(domain).transpose()?;
    Ok(EditGroup {
        title: title(form.title.as_deref().unwrap_or(actor.title()))?,
        domain: domain(form.description.as_deref().unwrap_or(&standing_domain))?,
        rules,
        icon: picture(form.icon.as_deref().or(actor.icon_url.as_deref()))?,
        image: picture(form.banner.as_deref().or(actor.image_url.as_deref()))?,
        posting_restricted: form
            .posting_restricted_to_mods
            .unwrap_or(group.posting_restricted),
        sensitive: form.nsfw.unwrap_or(group.sensitive),
        visibility: form
            .visibility
            .map_or(group.visibility, |asked| asked.over(group.visibility)),
    })
}

pub async fn list(
    State(app): State<App>,
    caller: Caller<Reads>,
    Query(query): Query<ListCommunities>,
) -> ApiResult<ListCommunitiesResponse> {
    let paging = Paging::new(query.page, query.limit, None, "unknown")?;
    let viewer = caller.id();
    let scope = match query.type_.unwrap_or(ListingType::All) {
        ListingType::All => Scope::All,
        ListingType::Local => Scope::Local,
        ListingType::Subscribed => Scope::Subscribed,
        ListingType::ModeratorView => Scope::Moderated,
    };
    let sort = query.sort.unwrap_or(SortType::Hot).into();
    let answer = app.store.read(move |tx| {
        let mut taste = Taste::of(tx.conn, viewer)?;
        taste.show_sensitive |= query.show_nsfw.unwrap_or(false);
        let wanted = Wanted { scope, sort };
        let page = paging.walk(|after, limit| {
            group_store::page(tx.conn, viewer, &taste, wanted, after, limit)
        })?;
        Ok::<_, ApiError>(ListCommunitiesResponse {
            communities: load::communities(tx.conn, &page.items, viewer)?,
        })
    });
    Ok(Json(answer.await?))
}

pub async fn follow(
    State(app): State<App>,
    member: Member<Acts>,
    Body(form): Body<FollowCommunity>,
) -> ApiResult<CommunityResponse> {
    let answer = app.store.write(move |tx| {
        if form.follow {
            groups::follow(tx, member.id(), form.community_id)?;
        } else {
            groups::unfollow(tx, member.id(), form.community_id)?;
        }
        response(tx, form.community_id, member.id())
    });
    Ok(Json(answer.await?))
}

/// Closes a group, or opens it again.
pub async fn delete(
    State(app): State<App>,
    member: Member<Acts>,
    Body(form): Body<DeleteCommunity>,
) -> ApiResult<CommunityResponse> {
    let answer = app.store.write(move |tx| {
        if form.deleted {
            groups::delete(tx, member.id(), form.community_id)?;
        } else {
            groups::restore(tx, member.id(), form.community_id)?;
        }
        response(tx, form.community_id, member.id())
    });
    Ok(Json(answer.await?))
}
