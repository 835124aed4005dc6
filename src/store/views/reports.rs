//! Reports with who made them, who dealt with them, and what they are about as it is now.

use std::collections::HashMap;
use std::sync::Arc;

use super::{CommentView, PostView, actors_of};
use crate::domain::ids::{ActorId, CommentId, PostId};
use crate::domain::kinds::ReportKind;
use crate::store::actors::ActorBrief;
use crate::store::reports::ReportRow;
use crate::store::{Conn, StoreError, comments, posts};

#[derive(Clone, Debug)]
pub struct ReportView {
    pub report: ReportRow,
    pub reporter: Arc<ActorBrief>,
    /// Who wrote what is reported; the person or group itself, if it is one.
    pub author: Arc<ActorBrief>,
    pub group: Option<Arc<ActorBrief>>,
    /// Who resolved it, or opened it again.
    pub resolver: Option<Arc<ActorBrief>>,
    pub post: Option<PostView>,
    pub comment: Option<CommentView>,
}

/// In their order. What is about something that is here no more is left out.
pub fn reports(
    conn: &mut Conn,
    rows: Vec<ReportRow>,
    viewer: ActorId,
) -> Result<Vec<ReportView>, StoreError> {
    let targets = |kind: ReportKind| {
        let of_kind = rows.iter().filter(move |row| row.kind == kind);
        of_kind.map(|row| row.target_id)
    };
    let post_ids: Vec<PostId> = targets(ReportKind::Post).map(PostId).collect();
    let comment_ids: Vec<CommentId> = targets(ReportKind::Comment).map(CommentId).collect();
    let post_rows = posts::many(conn, &post_ids)?;
    let threads: HashMap<i64, PostView> = super::posts(conn, post_rows, Some(viewer))?
        .into_iter()
        .map(|view| (view.post.id.0, view))
        .collect();
    let comment_rows = comments::many(conn, &comment_ids)?;
    let replies: HashMap<i64, CommentView> = super::comments(conn, comment_rows, Some(viewer))?
        .into_iter()
        .map(|view| (view.comment.id.0, view))
        .collect();
    let involved = rows.iter().flat_map(|row| {
        let others = row.group_id.into_iter().chain(row.resolver_id);
        [row.reporter_id, row.author_id].into_iter().chain(others)
    });
    let known = actors_of(conn, involved)?;
    let one = |report: ReportRow| {
        let post = threads.get(&report.target_id).cloned();
        let comment = replies.get(&report.target_id).cloned();
        let there = match report.kind {
            ReportKind::Post => post.is_some(),
            ReportKind::Comment => comment.is_some(),
            ReportKind::Person | ReportKind::Group | ReportKind::Message => true,
        };
        there.then_some(())?;
        Some(ReportView {
            reporter: known.get(&report.reporter_id)?.clone(),
            author: known.get(&report.author_id)?.clone(),
            group: report.group_id.and_then(|id| known.get(&id).cloned()),
            resolver: report.resolver_id.and_then(|id| known.get(&id).cloned()),
            post: post.filter(|_| report.kind == ReportKind::Post),
            comment: comment.filter(|_| report.kind == ReportKind::Comment),
            report,
        })
    };
    Ok(rows.into_iter().filter_map(one).collect())
}
