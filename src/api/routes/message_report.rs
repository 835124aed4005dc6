//! Reports on private messages: made by who received one, seen by administrators alone.

use std::collections::HashMap;

use axum::Json;
use axum::extract::State;

use super::report::{listed, of_kind, people, reason};
use crate::api::auth::{Acts, Body, Member, Posts, Query, Reads};
use crate::api::errors::{ApiError, ApiResult};
use crate::api::shape;
use crate::api::types::person::Person;
use crate::api::types::report::{
    CreatePrivateMessageReport, ListPrivateMessageReportsResponse, ListReports,
    PrivateMessageReport, PrivateMessageReportResponse, PrivateMessageReportView, ResolveReport,
};
use crate::app::App;
use crate::community::Missing;
use crate::community::reports::{self as use_cases, Target};
use crate::domain::ids::{ActorId, MessageId, ReportId};
use crate::domain::kinds::ReportKind;
use crate::store::reports::ReportRow;
use crate::store::{Tx, actors, private_messages, shared_messages};

pub async fn create(
    State(app): State<App>,
    member: Member<Posts>,
    Body(form): Body<CreatePrivateMessageReport>,
) -> ApiResult<PrivateMessageReportResponse> {
    let reason = reason(&form.reason)?;
    let answer = app.store.write(move |tx| {
        let target = Target::Message(form.private_message_id);
        let id = use_cases::report(tx, member.id(), target, &reason)?;
        response(tx, id)
    });
    Ok(Json(answer.await?))
}

pub async fn resolve(
    State(app): State<App>,
    member: Member<Acts>,
    Body(form): Body<ResolveReport>,
) -> ApiResult<PrivateMessageReportResponse> {
    let answer = app.store.write(move |tx| {
        of_kind(tx, form.report_id, ReportKind::Message)?;
        use_cases::resolve(tx, member.id(), form.report_id, form.resolved)?;
        response(tx, form.report_id)
    });
    Ok(Json(answer.await?))
}

pub async fn list(
    State(app): State<App>,
    member: Member<Reads>,
    Query(query): Query<ListReports>,
) -> ApiResult<ListPrivateMessageReportsResponse> {
    let rows = listed(&app, &member, query, ReportKind::Message, None).await?;
    let answer = app.store.read(move |tx| {
        Ok::<_, ApiError>(ListPrivateMessageReportsResponse {
            private_message_reports: views(tx, &rows)?,
        })
    });
    Ok(Json(answer.await?))
}

fn response(tx: &mut Tx<'_>, id: ReportId) -> Result<PrivateMessageReportResponse, ApiError> {
    let row = of_kind(tx, id, ReportKind::Message)?;
    Ok(PrivateMessageReportResponse {
        private_message_report_view: views(tx, &[row])?.pop().ok_or(Missing::Message)?,
    })
}

/// Of messages that are still here.
fn views(tx: &mut Tx<'_>, rows: &[ReportRow]) -> Result<Vec<PrivateMessageReportView>, ApiError> {
    let known = people(tx.conn, rows)?;
    let authors: Vec<ActorId> = rows.iter().map(|row| row.author_id).collect();
    let authors: HashMap<ActorId, Person> = actors::briefs(tx.conn, &authors)?
        .iter()
        .map(|actor| (actor.id, shape::person(actor)))
        .collect();
    let ids: Vec<MessageId> = rows.iter().map(|row| MessageId(row.target_id)).collect();
    let beside = shared_messages::of(tx.conn, &ids)?;
    let mut views = Vec::new();
    for row in rows {
        let id = MessageId(row.target_id);
        let message = private_messages::find(tx.conn, id)?;
        // Several reports may be about the same message.
        let beside = beside.get(&id).cloned().unwrap_or_default();
        let (creator, author) = (known.get(&row.reporter_id), authors.get(&row.author_id));
        let (Some(message), Some(creator), Some(author)) = (message, creator, author) else {
            continue;
        };
        views.push(PrivateMessageReportView {
            private_message_report: PrivateMessageReport {
                id: row.id,
                creator_id: row.reporter_id,
                private_message_id: id,
                original_pm_text: row.original_text.clone().unwrap_or_default(),
                reason: row.reason.clone(),
                resolved: row.resolved,
                resolver_id: row.resolver_id,
                published: row.created,
                updated: row.updated,
            },
            private_message: shape::private_message(&message, &beside, row.reporter_id),
            private_message_creator: author.clone(),
            creator: creator.clone(),
            resolver: row.resolver_id.and_then(|id| known.get(&id).cloned()),
        });
    }
    Ok(views)
}
