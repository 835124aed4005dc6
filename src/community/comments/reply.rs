//! Replying to a thread or to a comment in it.

use url::Url;

use crate::activitystreams as wire;
use crate::community::bans::may_take_part;
use crate::community::blocks;
use crate::community::describe;
use crate::community::groups::sharing;
use crate::community::hosts::must_be_within_reach;
use crate::community::links;
use crate::community::notifications::{Place, notify, notify_mentioned};
use crate::community::outgoing::{Action, ForMicroblogs, Via, tell_in, url};
use crate::community::text::{self, Mentioned};
use crate::community::threads::Origin;
use crate::community::{CommunityError, Denied, Missing};
use crate::domain::extras::Extras;
use crate::domain::ids::{ActorId, CommentId, PostId};
use crate::domain::kinds::{NotificationKind, Visibility, Vote};
use crate::domain::limits::CommentBody;
use crate::domain::rank::hot_rank;
use crate::store::actors::{self, ActorRow};
use crate::store::comments::{self, CommentRow};
use crate::store::posts::{self, PostRow};
use crate::store::{StoreError, Tx, extras, groups, marks, people, votes};

#[derive(Clone, Debug)]
pub struct Reply {
    pub post: PostId,
    /// `None` answers the thread itself.
    pub parent: Option<CommentId>,
    pub body: CommentBody,
    pub language: Option<String>,
}

pub fn reply(tx: &mut Tx<'_>, author: ActorId, reply: &Reply) -> Result<CommentId, CommunityError> {
    let author = actors::get(tx.conn, author)?;
    let post = posts::find(tx.conn, reply.post)?.ok_or(Missing::Post)?;
    let parent = match reply.parent {
        None => None,
        Some(id) => {
            let parent = comments::find(tx.conn, id)?.ok_or(Missing::Comment)?;
            if parent.post_id != post.id {
                return Err(Missing::Comment.into());
            }
            Some(parent)
        }
    };
    let written = text::write(tx, reply.body.as_str())?;
    let comment = answer(
        tx,
        &Draft {
            author: &author,
            post: &post,
            parent: parent.as_ref(),
            origin: Origin::Here,
            body_markdown: Some(reply.body.as_str().to_owned()),
            body_html: written.html,
            language: reply.language.clone(),
            distinguished: false,
            mentions: written.mentions,
            extras: Extras::default(),
        },
        Via::Here,
    )?;
    Ok(comment.id)
}

/// A comment from any door, its text safe already.
pub(crate) struct Draft<'a> {
    pub author: &'a ActorRow,
    pub post: &'a PostRow,
    pub parent: Option<&'a CommentRow>,
    pub origin: Origin,
    pub body_markdown: Option<String>,
    pub body_html: String,
    pub language: Option<String>,
    pub distinguished: bool,
    pub mentions: Vec<Mentioned>,
    pub extras: Extras,
}

/// Deeper trees could be neither shown nor kept in a path.
const MAX_DEPTH: i32 = 200;

pub(crate) fn answer(
    tx: &mut Tx<'_>,
    draft: &Draft<'_>,
    via: Via<'_>,
) -> Result<CommentRow, CommunityError> {
    let group = actors::get(tx.conn, draft.post.group_id)?;
    let visibility = may_answer(tx, draft, &group, via)?;
    links::check(tx, None, &draft.body_html)?;
    let id = CommentId(tx.next_id());
    let (local, ap_id, page, published, edited) = match &draft.origin {
        Origin::Here => {
            let url = tx.house.address.comment(id);
            (true, url.clone(), url, tx.now, None)
        }
        Origin::Elsewhere {
            ap_id,
            url,
            published,
            edited,
        } => {
            let published = (*published).min(tx.now);
            (false, ap_id.clone(), url.clone(), published, *edited)
        }
    };
    let (above, depth, root) = match draft.parent {
        None => ("0".to_owned(), 0, id),
        Some(parent) => (parent.path.clone(), parent.depth + 1, parent.root_id),
    };
    if depth > MAX_DEPTH {
        return Err(CommunityError::invalid(
            "body",
            "This conversation is too deep: please answer further up.",
        ));
    }
    let row = CommentRow {
        id,
        ap_id: ap_id.to_string(),
        url: page.into(),
        local,
        post_id: draft.post.id,
        group_id: draft.post.group_id,
        parent_id: draft.parent.map(|parent| parent.id),
        root_id: root,
        path: format!("{above}.{id}"),
        depth,
        author_id: draft.author.id,
        body_markdown: draft.body_markdown.clone(),
        body_html: draft.body_html.clone(),
        language: draft.language.clone(),
        distinguished: draft.distinguished,
        published,
        edited,
        deleted: false,
        removed: false,
        // Its author's own vote, counted by every server by itself.
        upvotes: 1,
        downvotes: 0,
        score: 1,
        child_count: 0,
        hot_rank: hot_rank(1, published),
    };
    comments::insert(tx.conn, &row)?;
    votes::set(tx.conn, id.0, draft.author.id, Some(Vote::Up), tx.now)?;
    if !draft.extras.is_empty() {
        extras::set(tx.conn, id.0, &draft.extras)?;
    }
    comments::count_below(tx.conn, &row.ancestors(), 1)?;
    posts::count_comment(tx.conn, row.post_id, row.group_id, 1, Some(published))?;
    groups::count_comments(tx.conn, group.id, 1, Some(published))?;
    people::count_comments(tx.conn, draft.author.id, 1)?;
    let answered = actors::get(tx.conn, answered(draft))?;
    notify_all(tx, draft, id, &answered)?;
    tell_of_new(tx, draft, &row, &group, &answered, visibility, via)?;
    sharing::spread_answer(tx, draft.post, &row)?;
    Ok(row)
}

/// Whom the group is for, if the author may answer there.
fn may_answer(
    tx: &mut Tx<'_>,
    draft: &Draft<'_>,
    group: &ActorRow,
    via: Via<'_>,
) -> Result<Visibility, CommunityError> {
    let visibility = may_take_part(tx, draft.author, group)?;
    must_be_within_reach(tx, draft.author, group)?;
    // What comes past a group elsewhere, from neither its server nor ours, has been judged by nobody.
    let past_its_group = matches!(via, Via::Wire(_)) && draft.author.host != group.host;
    if past_its_group && !group.local && visibility == Visibility::Private {
        return Err(Denied::NotMember.into());
    }
    let ours_to_judge = group.local || draft.author.local || past_its_group;
    if ours_to_judge {
        blocks::must_be_welcome(tx, answered(draft), draft.author, group)?;
        if draft.post.locked {
            return Err(Denied::Locked.into());
        }
        if draft.post.is_hidden() || draft.parent.is_some_and(CommentRow::is_hidden) {
            return Err(Denied::Deleted.into());
        }
        if let Some(parent) = draft.parent {
            // A lock closes all that hangs below it.
            let mut above = parent.ancestors();
            above.push(parent.id);
            if !marks::locked_comments(tx.conn, &above)?.is_empty() {
                return Err(Denied::Locked.into());
            }
        }
    }
    if group.deleted {
        return Err(Missing::Group.into());
    }
    Ok(visibility)
}

/// Whom the comment answers.
fn answered(draft: &Draft<'_>) -> ActorId {
    draft
        .parent
        .map_or(draft.post.author_id, |parent| parent.author_id)
}

fn notify_all(
    tx: &mut Tx<'_>,
    draft: &Draft<'_>,
    id: CommentId,
    answered: &ActorRow,
) -> Result<(), StoreError> {
    let place = Place::comment(draft.post.id, id);
    if answered.local && !answered.deleted {
        notify(
            tx,
            answered.id,
            draft.author,
            NotificationKind::Reply,
            place,
        )?;
    }
    notify_mentioned(tx, draft.author, &draft.mentions, place, Some(answered.id))
}

fn tell_of_new(
    tx: &mut Tx<'_>,
    draft: &Draft<'_>,
    row: &CommentRow,
    group: &ActorRow,
    answered: &ActorRow,
    visibility: Visibility,
    via: Via<'_>,
) -> Result<(), StoreError> {
    let author = draft.author;
    let parent: Url = match draft.parent {
        Some(parent) => url(&parent.ap_id)?,
        None => url(&draft.post.ap_id)?,
    };
    let tags: Vec<_> = draft.mentions.iter().map(|m| m.tag.clone()).collect();
    let note = describe::comment(tx, row, author, group, &parent, Some(answered), &tags)?;
    let note = describe::in_thread(tx, note, row, draft.post, group)?;
    let mut also_to: Vec<ActorId> = draft
        .mentions
        .iter()
        .filter(|mention| !mention.local)
        .map(|mention| mention.actor)
        .collect();
    if !answered.local {
        also_to.push(answered.id);
    }
    let me = url(&author.ap_id)?;
    let action = Action {
        actor: author,
        group,
        via,
        verb: "create",
        activity: &|id| wire::create(id, &me, note.clone()),
        about: None,
        for_microblogs: ForMicroblogs::Nothing,
        also_to: &also_to,
    };
    tell_in(tx, &action, visibility)
}
