//! Applications to join, for administrators.

use axum::Json;
use axum::extract::State;

use super::me::local_user;
use super::reason;
use crate::api::auth::{Acts, Body, Member, Query, Reads};
use crate::api::errors::{ApiError, ApiResult};
use crate::api::paging::Paging;
use crate::api::shape;
use crate::api::types::application::{
    ApproveRegistrationApplication, GetRegistrationApplication,
    GetUnreadRegistrationApplicationCountResponse, ListRegistrationApplications,
    ListRegistrationApplicationsResponse, RegistrationApplication, RegistrationApplicationResponse,
    RegistrationApplicationView,
};
use crate::app::App;
use crate::community::Missing;
use crate::community::accounts::{Viewer, applications as use_cases};
use crate::domain::ids::ActorId;
use crate::store::accounts::{self, AccountRow};
use crate::store::actors::{self, ActorBrief};
use crate::store::preferences::PreferencesRow;
use crate::store::{StoreError, Tx};

const REFUSAL: &str = "couldnt_get_registration_applications";

pub async fn count(
    State(app): State<App>,
    member: Member<Reads>,
) -> ApiResult<GetUnreadRegistrationApplicationCountResponse> {
    let waiting = app
        .store
        .read(move |tx| use_cases::waiting(tx, &member.viewer));
    Ok(Json(GetUnreadRegistrationApplicationCountResponse {
        registration_applications: waiting.await?,
    }))
}

/// Those that wait, the oldest first; or all, the newest first.
pub async fn list(
    State(app): State<App>,
    member: Member<Reads>,
    Query(query): Query<ListRegistrationApplications>,
) -> ApiResult<ListRegistrationApplicationsResponse> {
    let paging = Paging::new(query.page, query.limit, None, REFUSAL)?;
    let waiting_only = query.unread_only == Some(true);
    let load = move |tx: &mut Tx<'_>| {
        let page = paging
            .walk(|after, limit| use_cases::page(tx, &member.viewer, waiting_only, after, limit))?;
        Ok::<_, ApiError>(ListRegistrationApplicationsResponse {
            registration_applications: views(tx, page.items)?,
        })
    };
    Ok(Json(app.store.read(load).await?))
}

pub async fn read(
    State(app): State<App>,
    member: Member<Reads>,
    Query(query): Query<GetRegistrationApplication>,
) -> ApiResult<RegistrationApplicationResponse> {
    let load = move |tx: &mut Tx<'_>| response(tx, &member.viewer, query.person_id);
    Ok(Json(app.store.read(load).await?))
}

pub async fn approve(
    State(app): State<App>,
    member: Member<Acts>,
    Body(form): Body<ApproveRegistrationApplication>,
) -> ApiResult<RegistrationApplicationResponse> {
    let answer = app.store.write(move |tx| {
        let reason = reason(form.deny_reason.as_deref())?;
        use_cases::decide(tx, &member.viewer, form.id, form.approve, reason.as_ref())?;
        response(tx, &member.viewer, form.id)
    });
    Ok(Json(answer.await?))
}

fn response(
    tx: &mut Tx<'_>,
    viewer: &Viewer,
    person: ActorId,
) -> Result<RegistrationApplicationResponse, ApiError> {
    let account = use_cases::one(tx, viewer, person)?;
    let actor = actors::get(tx.conn, person)?.into();
    let view = views(tx, vec![(account, actor)])?.pop();
    Ok(RegistrationApplicationResponse {
        registration_application: view.ok_or(Missing::Application)?,
    })
}

fn views(
    tx: &mut Tx<'_>,
    rows: Vec<(AccountRow, ActorBrief)>,
) -> Result<Vec<RegistrationApplicationView>, StoreError> {
    let people: Vec<ActorId> = rows.iter().map(|(account, _)| account.person_id).collect();
    let decisions = accounts::decisions(tx.conn, &people)?;
    let admins: Vec<ActorId> = decisions.iter().map(|row| row.admin_id).collect();
    let admins = actors::briefs(tx.conn, &admins)?;
    let now = tx.now;
    let view = |(account, actor): (AccountRow, ActorBrief)| {
        let id = account.person_id;
        let decision = decisions.iter().find(|row| row.person_id == id);
        let admin = decision.and_then(|row| admins.iter().find(|admin| admin.id == row.admin_id));
        let creator_local_user = local_user(&account, &PreferencesRow::new(id), now);
        RegistrationApplicationView {
            registration_application: RegistrationApplication {
                id,
                local_user_id: id,
                answer: account.application.unwrap_or_default(),
                admin_id: decision.map(|row| row.admin_id),
                deny_reason: decision.and_then(|row| row.reason.clone()),
                published: account.created,
            },
            creator_local_user,
            creator: shape::person(&actor),
            admin: admin.map(shape::person),
        }
    };
    Ok(rows.into_iter().map(view).collect())
}
