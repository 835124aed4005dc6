//! What waits for a member. A mention in a thread's own text is no comment and has no shape in
//! Lemmy's API: it is neither listed nor counted here, and seen on the pages.

use axum::Json;
use axum::extract::State;

use crate::api::auth::{Acts, Body, Member, Query, Reads};
use crate::api::errors::{ApiError, ApiResult};
use crate::api::paging::Paging;
use crate::api::types::comment::CommentView;
use crate::api::types::notification::{
    CommentReplyResponse, CommentReplyView, GetNotifications, GetPersonMentionsResponse,
    GetRepliesResponse, GetUnreadCountResponse, MarkCommentReplyAsRead, MarkPersonMentionAsRead,
    Notification, PersonMentionResponse, PersonMentionView,
};
use crate::api::types::person::Person;
use crate::api::{load, shape};
use crate::app::App;
use crate::community::notifications as use_cases;
use crate::community::{CommunityError, Missing, private};
use crate::domain::ids::NotificationId;
use crate::domain::kinds::NotificationKind;
use crate::domain::paging::Cursor;
use crate::store::notifications::{self, NotificationRow};
use crate::store::{StoreError, Tx, private_messages, views};

/// A notification with the person it is for and the comment it is about.
type Shaped = (Notification, Person, CommentView);

fn reply((comment_reply, recipient, comment): Shaped) -> CommentReplyView {
    CommentReplyView {
        comment_reply,
        recipient,
        comment,
    }
}

fn mention((person_mention, recipient, comment): Shaped) -> PersonMentionView {
    PersonMentionView {
        person_mention,
        recipient,
        comment,
    }
}

fn shaped(
    tx: &mut Tx<'_>,
    rows: Vec<NotificationRow>,
    member: &Member<impl Sized>,
) -> Result<Vec<Shaped>, StoreError> {
    let seen = views::notifications(tx.conn, rows)?;
    let comments = || seen.iter().filter_map(|view| view.comment.as_ref());
    let groups = load::group_rows(tx.conn, comments().map(|comment| comment.group.id))?;
    let recipient = shape::person(&member.viewer.actor);
    seen.iter()
        .filter_map(|view| Some((&view.notification, view.comment.as_ref()?)))
        .map(|(row, comment)| {
            let group = load::group_row(&groups, comment.group.id)?;
            Ok((
                shape::notification(row, comment.comment.id),
                recipient.clone(),
                shape::comment_view(comment, group, Some(member.id())),
            ))
        })
        .collect()
}

async fn list(
    app: App,
    member: Member<Reads>,
    query: GetNotifications,
    kind: NotificationKind,
) -> Result<Vec<Shaped>, ApiError> {
    let paging = Paging::new(query.page, query.limit, None, "couldnt_get_comments")?;
    let unread_only = query.unread_only == Some(true);
    app.store
        .read(move |tx| {
            let page = paging.walk(|after, limit| {
                let kind = Some(kind);
                notifications::page(tx.conn, member.id(), kind, unread_only, after, limit)
            })?;
            Ok(shaped(tx, page.items, &member)?)
        })
        .await
}

pub async fn replies(
    State(app): State<App>,
    member: Member<Reads>,
    Query(query): Query<GetNotifications>,
) -> ApiResult<GetRepliesResponse> {
    let found = list(app, member, query, NotificationKind::Reply).await?;
    Ok(Json(GetRepliesResponse {
        replies: found.into_iter().map(reply).collect(),
    }))
}

pub async fn mentions(
    State(app): State<App>,
    member: Member<Reads>,
    Query(query): Query<GetNotifications>,
) -> ApiResult<GetPersonMentionsResponse> {
    let found = list(app, member, query, NotificationKind::Mention).await?;
    Ok(Json(GetPersonMentionsResponse {
        mentions: found.into_iter().map(mention).collect(),
    }))
}

pub async fn unread_count(
    State(app): State<App>,
    member: Member<Reads>,
) -> ApiResult<GetUnreadCountResponse> {
    let counts = app.store.read(move |tx| {
        let counted = notifications::unread_in_comments(tx.conn, member.id())?;
        Ok::<_, StoreError>((counted, private_messages::unread(tx.conn, member.id())?))
    });
    let ((replies, mentions), private_messages) = counts.await?;
    Ok(Json(GetUnreadCountResponse {
        replies,
        mentions,
        private_messages,
    }))
}

/// Answers with what is left unread: nothing.
pub async fn mark_all(
    State(app): State<App>,
    member: Member<Acts>,
) -> ApiResult<GetRepliesResponse> {
    app.store
        .write(move |tx| {
            use_cases::mark_all_read(tx, member.id())?;
            private::see_all(tx, member.id())
        })
        .await?;
    Ok(Json(GetRepliesResponse {
        replies: Vec::new(),
    }))
}

async fn mark(
    app: App,
    member: Member<Acts>,
    id: NotificationId,
    kind: NotificationKind,
    read: bool,
) -> Result<Shaped, ApiError> {
    app.store
        .write(move |tx| {
            use_cases::mark_read(tx, member.id(), id, read)?;
            // The page that begins right after the next higher number.
            let after = Some(Cursor {
                key: 0,
                id: id.0.saturating_add(1),
            });
            let page = notifications::page(tx.conn, member.id(), Some(kind), false, after, 1)?;
            let rows = page.items.into_iter().filter(|row| row.id == id).collect();
            let found = shaped(tx, rows, &member)?.pop();
            found.ok_or_else(|| CommunityError::from(Missing::Notification).into())
        })
        .await
}

pub async fn mark_reply(
    State(app): State<App>,
    member: Member<Acts>,
    Body(form): Body<MarkCommentReplyAsRead>,
) -> ApiResult<CommentReplyResponse> {
    let kind = NotificationKind::Reply;
    let marked = mark(app, member, form.comment_reply_id, kind, form.read).await?;
    Ok(Json(CommentReplyResponse {
        comment_reply_view: reply(marked),
    }))
}

pub async fn mark_mention(
    State(app): State<App>,
    member: Member<Acts>,
    Body(form): Body<MarkPersonMentionAsRead>,
) -> ApiResult<PersonMentionResponse> {
    let kind = NotificationKind::Mention;
    let marked = mark(app, member, form.person_mention_id, kind, form.read).await?;
    Ok(Json(PersonMentionResponse {
        person_mention_view: mention(marked),
    }))
}
