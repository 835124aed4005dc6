//! Private messages.

use std::collections::HashMap;

use axum::Json;
use axum::extract::State;

use crate::api::auth::{Acts, Body, Member, Posts, Query, Reads};
use crate::api::errors::{ApiError, ApiResult};
use crate::api::paging::Paging;
use crate::api::shape;
use crate::api::types::private_message::{
    CreatePrivateMessage, DeletePrivateMessage, EditPrivateMessage, GetPrivateMessages,
    MarkPrivateMessageAsRead, PrivateMessageResponse, PrivateMessageView, PrivateMessagesResponse,
};
use crate::app::App;
use crate::community::{CommunityError, Denied, private};
use crate::domain::ids::{ActorId, MessageId};
use crate::domain::limits::CommentBody;
use crate::store::actors::{self, ActorBrief};
use crate::store::private_messages::{self, MessageRow};
use crate::store::{StoreError, Tx};

fn text(markdown: &str) -> Result<CommentBody, ApiError> {
    CommentBody::parse(markdown).map_err(|_| ApiError::Named("invalid_body_field"))
}

fn views(tx: &mut Tx<'_>, rows: Vec<MessageRow>) -> Result<Vec<PrivateMessageView>, StoreError> {
    let mut ids: Vec<ActorId> = rows
        .iter()
        .flat_map(|row| [row.sender_id, row.recipient_id])
        .collect();
    ids.sort_unstable();
    ids.dedup();
    let people: HashMap<ActorId, ActorBrief> = actors::briefs(tx.conn, &ids)?
        .into_iter()
        .map(|person| (person.id, person))
        .collect();
    let person = |id: ActorId| people.get(&id).ok_or(StoreError::NotFound);
    rows.iter()
        .map(|row| {
            Ok(PrivateMessageView {
                private_message: shape::private_message(row),
                creator: shape::person(person(row.sender_id)?),
                recipient: shape::person(person(row.recipient_id)?),
            })
        })
        .collect()
}

fn response(
    tx: &mut Tx<'_>,
    person: ActorId,
    id: MessageId,
) -> Result<PrivateMessageResponse, ApiError> {
    let mut row = private::find(tx, person, id)?;
    if row.deleted && row.sender_id != person {
        row.body_markdown = None;
        row.body_html.clear();
    }
    let view = views(tx, vec![row])?.pop();
    Ok(PrivateMessageResponse {
        private_message_view: view.ok_or(StoreError::NotFound)?,
    })
}

fn not_allowed(error: CommunityError) -> ApiError {
    match error {
        CommunityError::Denied(Denied::NotAuthor) => {
            ApiError::Named("edit_private_message_not_allowed")
        }
        other => other.into(),
    }
}

pub async fn create(
    State(app): State<App>,
    member: Member<Posts>,
    Body(form): Body<CreatePrivateMessage>,
) -> ApiResult<PrivateMessageResponse> {
    let body = text(&form.content)?;
    let answer = app.store.write(move |tx| {
        let id = private::send(tx, member.id(), form.recipient_id, &body)?;
        response(tx, member.id(), id)
    });
    Ok(Json(answer.await?))
}

pub async fn edit(
    State(app): State<App>,
    member: Member<Posts>,
    Body(form): Body<EditPrivateMessage>,
) -> ApiResult<PrivateMessageResponse> {
    let body = text(&form.content)?;
    let answer = app.store.write(move |tx| {
        private::edit(tx, member.id(), form.private_message_id, &body).map_err(not_allowed)?;
        response(tx, member.id(), form.private_message_id)
    });
    Ok(Json(answer.await?))
}

pub async fn delete(
    State(app): State<App>,
    member: Member<Acts>,
    Body(form): Body<DeletePrivateMessage>,
) -> ApiResult<PrivateMessageResponse> {
    let answer = app.store.write(move |tx| {
        let id = form.private_message_id;
        private::set_deleted(tx, member.id(), id, form.deleted).map_err(not_allowed)?;
        response(tx, member.id(), id)
    });
    Ok(Json(answer.await?))
}

pub async fn mark_as_read(
    State(app): State<App>,
    member: Member<Acts>,
    Body(form): Body<MarkPrivateMessageAsRead>,
) -> ApiResult<PrivateMessageResponse> {
    let answer = app.store.write(move |tx| {
        let id = form.private_message_id;
        private::mark_read(tx, member.id(), id, form.read)?;
        response(tx, member.id(), id)
    });
    Ok(Json(answer.await?))
}

pub async fn list(
    State(app): State<App>,
    member: Member<Reads>,
    Query(query): Query<GetPrivateMessages>,
) -> ApiResult<PrivateMessagesResponse> {
    let paging = Paging::new(
        query.page,
        query.limit,
        None,
        "couldnt_get_private_messages",
    )?;
    let unread = query.unread_only == Some(true);
    let answer = app.store.read(move |tx| {
        let page = paging.walk(|after, limit| {
            private_messages::of(tx.conn, member.id(), unread, query.creator_id, after, limit)
        })?;
        Ok::<_, ApiError>(PrivateMessagesResponse {
            private_messages: views(tx, page.items)?,
        })
    });
    Ok(Json(answer.await?))
}
