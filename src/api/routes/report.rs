//! Reports on posts and comments: making them, listing them, dealing with them.

use std::collections::HashMap;

use axum::Json;
use axum::extract::State;

use crate::api::auth::{Acts, Body, Member, Posts, Query, Reads};
use crate::api::errors::{ApiError, ApiResult};
use crate::api::paging::Paging;
use crate::api::shape;
use crate::api::types::person::Person;
use crate::api::types::report::{
    CommentReport, CommentReportResponse, CommentReportView, CreateCommentReport, CreatePostReport,
    GetReportCount, GetReportCountResponse, ListCommentReportsResponse, ListPostReportsResponse,
    ListReports, PostReport, PostReportResponse, PostReportView, ResolveReport,
};
use crate::api::{load, types};
use crate::app::App;
use crate::community::reports::{self as use_cases, Target};
use crate::community::{Denied, Missing};
use crate::domain::ids::{ActorId, CommentId, PostId, ReportId};
use crate::domain::kinds::ReportKind;
use crate::domain::limits::ReportReason;
use crate::domain::rules::Act;
use crate::domain::text::one_line;
use crate::store::reports::{self, ReportFilter, ReportRow};
use crate::store::{Conn, StoreError, Tx, actors, comments, posts};

const REFUSAL: &str = "couldnt_get_reports";

pub(super) fn reason(text: &str) -> Result<ReportReason, ApiError> {
    ReportReason::parse(text).map_err(|_| {
        ApiError::Named(match one_line(text, 1).is_empty() {
            true => "report_reason_required",
            false => "report_too_long",
        })
    })
}

pub async fn create_post(
    State(app): State<App>,
    member: Member<Posts>,
    Body(form): Body<CreatePostReport>,
) -> ApiResult<PostReportResponse> {
    let reason = reason(&form.reason)?;
    let answer = app.store.write(move |tx| {
        let target = Target::Post(form.post_id);
        let id = use_cases::report(tx, member.id(), target, &reason)?;
        post_response(tx, id, member.id())
    });
    Ok(Json(answer.await?))
}

pub async fn create_comment(
    State(app): State<App>,
    member: Member<Posts>,
    Body(form): Body<CreateCommentReport>,
) -> ApiResult<CommentReportResponse> {
    let reason = reason(&form.reason)?;
    let answer = app.store.write(move |tx| {
        let target = Target::Comment(form.comment_id);
        let id = use_cases::report(tx, member.id(), target, &reason)?;
        comment_response(tx, id, member.id())
    });
    Ok(Json(answer.await?))
}

pub async fn resolve_post(
    State(app): State<App>,
    member: Member<Acts>,
    Body(form): Body<ResolveReport>,
) -> ApiResult<PostReportResponse> {
    let answer = app.store.write(move |tx| {
        of_kind(tx, form.report_id, ReportKind::Post)?;
        use_cases::resolve(tx, member.id(), form.report_id, form.resolved)?;
        post_response(tx, form.report_id, member.id())
    });
    Ok(Json(answer.await?))
}

pub async fn resolve_comment(
    State(app): State<App>,
    member: Member<Acts>,
    Body(form): Body<ResolveReport>,
) -> ApiResult<CommentReportResponse> {
    let answer = app.store.write(move |tx| {
        of_kind(tx, form.report_id, ReportKind::Comment)?;
        use_cases::resolve(tx, member.id(), form.report_id, form.resolved)?;
        comment_response(tx, form.report_id, member.id())
    });
    Ok(Json(answer.await?))
}

pub async fn list_posts(
    State(app): State<App>,
    member: Member<Reads>,
    Query(query): Query<ListReports>,
) -> ApiResult<ListPostReportsResponse> {
    let target = query.post_id.map(|id| id.0);
    let rows = listed(&app, &member, query, ReportKind::Post, target).await?;
    let answer = app.store.read(move |tx| {
        let post_reports = post_views(tx.conn, rows.clone(), member.id())?;
        Ok::<_, ApiError>(ListPostReportsResponse { post_reports })
    });
    Ok(Json(answer.await?))
}

pub async fn list_comments(
    State(app): State<App>,
    member: Member<Reads>,
    Query(query): Query<ListReports>,
) -> ApiResult<ListCommentReportsResponse> {
    let target = query.comment_id.map(|id| id.0);
    let rows = listed(&app, &member, query, ReportKind::Comment, target).await?;
    let answer = app.store.read(move |tx| {
        let comment_reports = comment_views(tx.conn, rows.clone(), member.id())?;
        Ok::<_, ApiError>(ListCommentReportsResponse { comment_reports })
    });
    Ok(Json(answer.await?))
}

pub async fn count(
    State(app): State<App>,
    member: Member<Reads>,
    Query(query): Query<GetReportCount>,
) -> ApiResult<GetReportCountResponse> {
    let answer = app.store.read(move |tx| {
        let by = use_cases::seen_by(tx, &member.viewer)?
            .ok_or(ApiError::Community(Denied::NotModerator.into()))?;
        let mut of = |kind| {
            let filter = ReportFilter {
                kind: Some(kind),
                group: query.community_id,
                target: None,
                open_only: true,
            };
            reports::count(tx.conn, by, filter)
        };
        let may = member.viewer.may(Act::HandleSiteReports).is_ok();
        let for_admins = may && query.community_id.is_none();
        Ok::<_, ApiError>(GetReportCountResponse {
            community_id: query.community_id,
            comment_reports: of(ReportKind::Comment)?,
            post_reports: of(ReportKind::Post)?,
            private_message_reports: match for_admins {
                true => Some(of(ReportKind::Message)?),
                false => None,
            },
        })
    });
    Ok(Json(answer.await?))
}

pub(super) async fn listed(
    app: &App,
    member: &Member<Reads>,
    query: ListReports,
    kind: ReportKind,
    target: Option<i64>,
) -> Result<Vec<ReportRow>, ApiError> {
    let paging = Paging::new(query.page, query.limit, None, REFUSAL)?;
    let viewer = member.viewer.clone();
    let filter = ReportFilter {
        kind: Some(kind),
        group: query.community_id,
        target,
        open_only: query.unresolved_only == Some(true),
    };
    let load = move |tx: &mut Tx<'_>| {
        let by = use_cases::seen_of_kind(tx, &viewer, kind)?;
        let page = paging.walk(|after, limit| reports::page(tx.conn, by, filter, after, limit))?;
        Ok::<_, ApiError>(page.items)
    };
    app.store.read(load).await
}

/// A report of this kind; those of others have their own calls.
pub(super) fn of_kind(
    tx: &mut Tx<'_>,
    id: ReportId,
    kind: ReportKind,
) -> Result<ReportRow, ApiError> {
    let row = reports::find(tx.conn, id)?.filter(|row| row.kind == kind);
    row.ok_or(ApiError::Named(match kind {
        // Of people and groups apps have no reports.
        ReportKind::Post | ReportKind::Person | ReportKind::Group => "couldnt_find_post_report",
        ReportKind::Comment => "couldnt_find_comment_report",
        ReportKind::Message => "couldnt_find_private_message_report",
    }))
}

fn post_response(
    tx: &mut Tx<'_>,
    id: ReportId,
    viewer: ActorId,
) -> Result<PostReportResponse, ApiError> {
    let row = of_kind(tx, id, ReportKind::Post)?;
    let view = post_views(tx.conn, vec![row], viewer)?.pop();
    Ok(PostReportResponse {
        post_report_view: view.ok_or(Missing::Post)?,
    })
}

fn comment_response(
    tx: &mut Tx<'_>,
    id: ReportId,
    viewer: ActorId,
) -> Result<CommentReportResponse, ApiError> {
    let row = of_kind(tx, id, ReportKind::Comment)?;
    let view = comment_views(tx.conn, vec![row], viewer)?.pop();
    Ok(CommentReportResponse {
        comment_report_view: view.ok_or(Missing::Comment)?,
    })
}

/// Who reported, and who resolved.
pub(super) fn people(
    conn: &mut Conn,
    rows: &[ReportRow],
) -> Result<HashMap<ActorId, Person>, StoreError> {
    let ids = rows
        .iter()
        .flat_map(|row| [Some(row.reporter_id), row.resolver_id])
        .flatten()
        .collect::<Vec<_>>();
    let known = actors::briefs(conn, &ids)?;
    Ok(known
        .iter()
        .map(|actor| (actor.id, shape::person(actor)))
        .collect())
}

fn post_views(
    conn: &mut Conn,
    rows: Vec<ReportRow>,
    viewer: ActorId,
) -> Result<Vec<PostReportView>, ApiError> {
    let ids: Vec<PostId> = rows.iter().map(|row| PostId(row.target_id)).collect();
    let threads = posts::many(conn, &ids)?;
    let shown: HashMap<PostId, types::post::PostView> = load::posts(conn, threads, Some(viewer))?
        .into_iter()
        .map(|view| (view.post.id, view))
        .collect();
    let people = people(conn, &rows)?;
    // The same post may be reported by several people; what is purged meanwhile is left out.
    Ok(rows
        .into_iter()
        .filter_map(|row| post_view(row, &shown, &people))
        .collect())
}

fn post_view(
    row: ReportRow,
    shown: &HashMap<PostId, types::post::PostView>,
    people: &HashMap<ActorId, Person>,
) -> Option<PostReportView> {
    let view = shown.get(&PostId(row.target_id))?;
    Some(PostReportView {
        post: view.post.clone(),
        community: view.community.clone(),
        creator: people.get(&row.reporter_id)?.clone(),
        post_creator: view.creator.clone(),
        creator_banned_from_community: view.creator_banned_from_community,
        creator_is_moderator: view.creator_is_moderator,
        creator_is_admin: view.creator_is_admin,
        subscribed: view.subscribed,
        saved: view.saved,
        read: view.read,
        hidden: view.hidden,
        creator_blocked: view.creator_blocked,
        my_vote: view.my_vote,
        unread_comments: view.unread_comments,
        counts: view.counts.clone(),
        resolver: row.resolver_id.and_then(|id| people.get(&id).cloned()),
        post_report: PostReport {
            id: row.id,
            creator_id: row.reporter_id,
            post_id: PostId(row.target_id),
            original_post_name: row.original_title.unwrap_or_default(),
            original_post_url: row.original_link,
            original_post_body: row.original_text,
            reason: row.reason,
            resolved: row.resolved,
            resolver_id: row.resolver_id,
            published: row.created,
            updated: row.updated,
        },
    })
}

fn comment_views(
    conn: &mut Conn,
    rows: Vec<ReportRow>,
    viewer: ActorId,
) -> Result<Vec<CommentReportView>, ApiError> {
    let ids: Vec<CommentId> = rows.iter().map(|row| CommentId(row.target_id)).collect();
    let replies = comments::many(conn, &ids)?;
    let shown: HashMap<CommentId, types::comment::CommentView> =
        load::comments(conn, replies, Some(viewer))?
            .into_iter()
            .map(|view| (view.comment.id, view))
            .collect();
    let people = people(conn, &rows)?;
    Ok(rows
        .into_iter()
        .filter_map(|row| comment_view(row, &shown, &people))
        .collect())
}

fn comment_view(
    row: ReportRow,
    shown: &HashMap<CommentId, types::comment::CommentView>,
    people: &HashMap<ActorId, Person>,
) -> Option<CommentReportView> {
    let view = shown.get(&CommentId(row.target_id))?;
    Some(CommentReportView {
        comment: view.comment.clone(),
        post: view.post.clone(),
        community: view.community.clone(),
        creator: people.get(&row.reporter_id)?.clone(),
        comment_creator: view.creator.clone(),
        counts: view.counts.clone(),
        creator_banned_from_community: view.creator_banned_from_community,
        creator_is_moderator: view.creator_is_moderator,
        creator_is_admin: view.creator_is_admin,
        creator_blocked: view.creator_blocked,
        subscribed: view.subscribed,
        saved: view.saved,
        my_vote: view.my_vote,
        resolver: row.resolver_id.and_then(|id| people.get(&id).cloned()),
        comment_report: CommentReport {
            id: row.id,
            creator_id: row.reporter_id,
            comment_id: CommentId(row.target_id),
            original_comment_text: row.original_text.unwrap_or_default(),
            reason: row.reason,
            resolved: row.resolved,
            resolver_id: row.resolver_id,
            published: row.created,
            updated: row.updated,
        },
    })
}
