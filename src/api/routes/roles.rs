//! Who looks after what: moderators of a group, administrators of the site.

use axum::Json;
use axum::extract::State;

use super::site;
use crate::api::auth::{Acts, Body, Member};
use crate::api::errors::{ApiError, ApiResult};
use crate::api::load;
use crate::api::types::roles::{
    AddAdmin, AddAdminResponse, AddModToCommunity, AddModToCommunityResponse,
};
use crate::api::types::site::GetSiteResponse;
use crate::app::App;
use crate::community::{accounts, groups};
use crate::domain::roles::Role;
use crate::store::accounts as account_store;

/// A moderator of a group comes or goes. In a group elsewhere its server is asked, and the answer has
/// them once it says yes.
pub async fn appoint_moderator(
    State(app): State<App>,
    member: Member<Acts>,
    Body(form): Body<AddModToCommunity>,
) -> ApiResult<AddModToCommunityResponse> {
    let answer = app.store.write(move |tx| {
        let (group, person) = (form.community_id, form.person_id);
        // The API knows one rank: a coordinator who is added stays what they are.
        let known = crate::store::actors::role(tx.conn, group, person)?;
        let role = form.added.then(|| known.unwrap_or(Role::Moderator));
        groups::appoint(tx, member.id(), group, person, role)?;
        Ok::<_, ApiError>(AddModToCommunityResponse {
            moderators: load::moderators(tx.conn, group)?,
        })
    });
    Ok(Json(answer.await?))
}

pub async fn appoint_admin(
    State(app): State<App>,
    member: Member<Acts>,
    Body(form): Body<AddAdmin>,
) -> ApiResult<AddAdminResponse> {
    let answer = app.store.write(move |tx| {
        accounts::set_admin(tx, &member.viewer, form.person_id, form.added)?;
        let admins = account_store::admins(tx.conn)?;
        let admins: Vec<_> = admins.iter().map(|admin| admin.id).collect();
        Ok::<_, ApiError>(AddAdminResponse {
            admins: load::people(tx.conn, &admins)?,
        })
    });
    Ok(Json(answer.await?))
}

/// Somebody is an administrator no longer. The last one stays.
pub async fn leave_admin(
    State(app): State<App>,
    member: Member<Acts>,
) -> ApiResult<GetSiteResponse> {
    let settings = app.settings.clone();
    let answer = app.store.write(move |tx| {
        accounts::set_admin(tx, &member.viewer, member.id(), false)?;
        // As Lemmy answers: without the member, who asks again.
        site::about(tx, &settings, None)
    });
    Ok(Json(answer.await?))
}
