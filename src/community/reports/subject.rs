//! What is reported, as it is at that moment.

use crate::community::notifications::Place;
use crate::community::remote::Entry;
use crate::community::{CommunityError, Denied, Missing};
use crate::domain::html;
use crate::domain::ids::{ActorId, CommentId, MessageId, PostId};
use crate::domain::kinds::{ActorKind, ReportKind};
use crate::domain::limits::BODY_MAX;
use crate::store::actors::{self, ActorRow};
use crate::store::comments::{self, CommentRow};
use crate::store::posts::{self, PostRow};
use crate::store::private_messages::MessageRow;
use crate::store::{StoreError, Tx, private_messages, shared_messages};

/// What somebody here points at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    Post(PostId),
    Comment(CommentId),
    /// A person or a group.
    Actor(ActorId),
    /// Only who received it can point at it.
    Message(MessageId),
}

/// What is reported, with the copy that a report keeps.
pub(super) struct Subject {
    pub kind: ReportKind,
    pub id: i64,
    pub ap_id: String,
    /// Who wrote it; the person or group itself, if it is one.
    pub author: ActorRow,
    pub group: Option<ActorRow>,
    pub title: Option<String>,
    pub text: Option<String>,
    pub link: Option<String>,
    /// Deleted or removed: nobody need look at it any more.
    pub hidden: bool,
    pub place: Option<Place>,
}

impl Subject {
    /// `seen_by`: who points at it.
    pub fn find(
        tx: &mut Tx<'_>,
        target: Target,
        seen_by: ActorId,
    ) -> Result<Subject, CommunityError> {
        Ok(match target {
            Target::Post(id) => {
                let row = posts::find(tx.conn, id)?.ok_or(Missing::Post)?;
                Subject::of_post(tx, &row)?
            }
            Target::Comment(id) => {
                let row = comments::find(tx.conn, id)?.ok_or(Missing::Comment)?;
                Subject::of_comment(tx, &row)?
            }
            Target::Actor(id) => match actors::get(tx.conn, id) {
                Err(StoreError::NotFound) => return Err(Missing::Person.into()),
                row => Subject::of_actor(row?),
            },
            Target::Message(id) => {
                let row = private_messages::find(tx.conn, id)?.ok_or(Missing::Message)?;
                if row.sender_id == seen_by {
                    return Err(Denied::ReportsOwn.into());
                }
                if row.recipient_id != seen_by {
                    return Err(Missing::Message.into());
                }
                Subject::of_message(tx, &row)?
            }
        })
    }

    pub fn of_entry(tx: &mut Tx<'_>, entry: &Entry) -> Result<Subject, StoreError> {
        match entry {
            Entry::Post(post) => Subject::of_post(tx, post),
            Entry::Comment(comment) => Subject::of_comment(tx, comment),
        }
    }

    fn of_post(tx: &mut Tx<'_>, row: &PostRow) -> Result<Subject, StoreError> {
        Ok(Subject {
            kind: ReportKind::Post,
            id: row.id.0,
            ap_id: row.ap_id.clone(),
            author: actors::get(tx.conn, row.author_id)?,
            group: Some(actors::get(tx.conn, row.group_id)?),
            title: Some(row.title.clone()),
            text: written(row.body_markdown.as_deref(), &row.body_html),
            link: row.link.clone().or_else(|| row.image_url.clone()),
            hidden: row.is_hidden(),
            place: Some(Place {
                post: row.id,
                comment: None,
            }),
        })
    }

    fn of_comment(tx: &mut Tx<'_>, row: &CommentRow) -> Result<Subject, StoreError> {
        Ok(Subject {
            kind: ReportKind::Comment,
            id: row.id.0,
            ap_id: row.ap_id.clone(),
            author: actors::get(tx.conn, row.author_id)?,
            group: Some(actors::get(tx.conn, row.group_id)?),
            title: None,
            text: written(row.body_markdown.as_deref(), &row.body_html),
            link: None,
            hidden: row.is_hidden(),
            place: Some(Place {
                post: row.post_id,
                comment: Some(row.id),
            }),
        })
    }

    fn of_message(tx: &mut Tx<'_>, row: &MessageRow) -> Result<Subject, StoreError> {
        Ok(Subject {
            kind: ReportKind::Message,
            id: row.id.0,
            ap_id: shared_messages::address_of(tx.conn, row)?,
            author: actors::get(tx.conn, row.sender_id)?,
            group: None,
            title: None,
            text: written(row.body_markdown.as_deref(), &row.body_html),
            link: None,
            hidden: row.deleted,
            place: None,
        })
    }

    pub fn of_actor(row: ActorRow) -> Subject {
        Subject {
            kind: match row.kind {
                ActorKind::Group => ReportKind::Group,
                _ => ReportKind::Person,
            },
            id: row.id.0,
            ap_id: row.ap_id.clone(),
            group: None,
            title: Some(row.display_name.clone().unwrap_or_else(|| row.name.clone())),
            text: written(row.summary_markdown.as_deref(), &row.summary_html),
            link: row.icon_url.clone(),
            hidden: row.deleted,
            place: None,
            author: row,
        }
    }

    pub fn group_id(&self) -> Option<ActorId> {
        self.group.as_ref().map(|group| group.id)
    }
}

/// What was written, as Markdown where there is any, else as plain text.
fn written(markdown: Option<&str>, html: &str) -> Option<String> {
    let text = match markdown {
        Some(text) => text.to_owned(),
        None => html::to_text(html, BODY_MAX),
    };
    Some(text).filter(|text| !text.is_empty())
}
