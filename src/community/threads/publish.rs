//! Beginning a thread.

use url::Url;

use crate::activitystreams as wire;
use crate::community::bans::may_take_part;
use crate::community::describe;
use crate::community::groups::standing;
use crate::community::links;
use crate::community::notifications::{Place, notify};
use crate::community::outgoing::{Action, ForMicroblogs, Via, tell, url};
use crate::community::text::{self, Mentioned};
use crate::community::{CommunityError, Denied, Missing};
use crate::domain::ids::{ActorId, PostId};
use crate::domain::kinds::{ActorKind, Contribution, NotificationKind};
use crate::domain::limits::{Body, Title, WebLink};
use crate::domain::rank::hot_rank;
use crate::domain::rules::Act;
use crate::domain::time::Timestamp;
use crate::store::actors::{self, ActorRow};
use crate::store::posts::{self, PostRow};
use crate::store::{StoreError, Tx, groups, people};

/// A picture that goes with a thread.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    pub url: Url,
    /// For those who do not see it.
    pub alt: Option<String>,
}

#[derive(Clone, Debug)]
pub struct Publish {
    pub group: ActorId,
    pub title: Title,
    /// Markdown.
    pub body: Body,
    pub link: Option<WebLink>,
    pub image: Option<Picture>,
    pub kind: Contribution,
    pub language: Option<String>,
    pub sensitive: bool,
}

/// A member begins a thread, here or in a group elsewhere.
pub fn publish(
    tx: &mut Tx<'_>,
    author: ActorId,
    publish: &Publish,
) -> Result<PostId, CommunityError> {
    // Such a link is wrong in any group, and apps are told so first.
    links::check(tx, publish.link.as_ref().map(WebLink::as_str), "")?;
    let author = actors::get(tx.conn, author)?;
    let group = match actors::get(tx.conn, publish.group) {
        Err(StoreError::NotFound) => return Err(Missing::Group.into()),
        other => other?,
    };
    let body = publish.body.as_str();
    let written = text::write(tx, body)?;
    let post = begin(
        tx,
        &Draft {
            author: &author,
            group: &group,
            origin: Origin::Here,
            kind: publish.kind,
            title: publish.title.as_str().to_owned(),
            body_markdown: Some(body.to_owned()).filter(|text| !text.is_empty()),
            body_html: written.html,
            link: publish.link.as_ref().map(|link| link.as_str().to_owned()),
            image: publish.image.clone(),
            language: publish.language.clone(),
            sensitive: publish.sensitive,
            mentions: written.mentions,
        },
        Via::Here,
    )?;
    Ok(post.id)
}

/// Where an object lives.
pub(crate) enum Origin {
    Here,
    Elsewhere {
        ap_id: Url,
        url: Url,
        published: Timestamp,
        edited: Option<Timestamp>,
    },
}

/// A thread from any door, its text safe already.
pub(crate) struct Draft<'a> {
    pub author: &'a ActorRow,
    pub group: &'a ActorRow,
    pub origin: Origin,
    pub kind: Contribution,
    pub title: String,
    pub body_markdown: Option<String>,
    pub body_html: String,
    pub link: Option<String>,
    pub image: Option<Picture>,
    pub language: Option<String>,
    pub sensitive: bool,
    pub mentions: Vec<Mentioned>,
}

pub(crate) fn begin(
    tx: &mut Tx<'_>,
    draft: &Draft<'_>,
    via: Via<'_>,
) -> Result<PostRow, CommunityError> {
    may_begin(tx, draft.author, draft.group)?;
    let image = draft.image.as_ref().map(|image| image.url.as_str());
    links::check(
        tx,
        draft.link.as_deref().into_iter().chain(image),
        &draft.body_html,
    )?;
    let id = PostId(tx.next_id());
    let (local, ap_id, page, published, edited) = match &draft.origin {
        Origin::Here => {
            let url = tx.house.address.post(id);
            (true, url.clone(), url, tx.now, None)
        }
        Origin::Elsewhere {
            ap_id,
            url,
            published,
            edited,
        } => {
            // A thread dated ahead would stay on top of every list.
            let published = (*published).min(tx.now);
            (false, ap_id.clone(), url.clone(), published, *edited)
        }
    };
    let row = PostRow {
        id,
        ap_id: ap_id.to_string(),
        url: page.into(),
        local,
        group_id: draft.group.id,
        author_id: draft.author.id,
        kind: draft.kind,
        title: draft.title.clone(),
        body_markdown: draft.body_markdown.clone(),
        body_html: draft.body_html.clone(),
        link: draft.link.clone(),
        image_url: draft.image.as_ref().map(|image| image.url.to_string()),
        image_alt: draft.image.as_ref().and_then(|image| image.alt.clone()),
        language: draft.language.clone(),
        sensitive: draft.sensitive,
        published,
        edited,
        deleted: false,
        removed: false,
        locked: false,
        featured: false,
        upvotes: 0,
        downvotes: 0,
        score: 0,
        comment_count: 0,
        last_activity: published,
        hot_rank: hot_rank(0, published),
    };
    posts::insert(tx.conn, &row)?;
    groups::count_posts(tx.conn, draft.group.id, 1, Some(published))?;
    people::count_posts(tx.conn, draft.author.id, 1)?;
    notify_mentioned(tx, draft, id)?;
    tell_of_new(tx, draft, &row, &ap_id, via)?;
    Ok(row)
}

fn may_begin(tx: &mut Tx<'_>, author: &ActorRow, group: &ActorRow) -> Result<(), CommunityError> {
    if group.kind != ActorKind::Group || group.deleted || group.suspended {
        return Err(Missing::Group.into());
    }
    may_take_part(tx, author, group)?;
    // A group elsewhere that announces a thread has checked this itself.
    let ours_to_judge = group.local || author.local;
    if ours_to_judge && groups::get(tx.conn, group.id)?.posting_restricted {
        let may = standing(tx, author.id, group.id)?.may(Act::BeginRestricted);
        may.map_err(|_| Denied::PostingRestricted)?;
    }
    Ok(())
}

fn notify_mentioned(tx: &mut Tx<'_>, draft: &Draft<'_>, post: PostId) -> Result<(), StoreError> {
    let place = Place {
        post,
        comment: None,
    };
    for mentioned in draft.mentions.iter().filter(|mention| mention.local) {
        notify(
            tx,
            mentioned.actor,
            draft.author,
            NotificationKind::Mention,
            place,
        )?;
    }
    Ok(())
}

fn tell_of_new(
    tx: &mut Tx<'_>,
    draft: &Draft<'_>,
    row: &PostRow,
    ap_id: &Url,
    via: Via<'_>,
) -> Result<(), StoreError> {
    let author = url(&draft.author.ap_id)?;
    let tags: Vec<_> = draft.mentions.iter().map(|m| m.tag.clone()).collect();
    let page = describe::post(row, draft.author, draft.group, &tags)?;
    let also_to: Vec<ActorId> = draft
        .mentions
        .iter()
        .filter(|mention| !mention.local)
        .map(|mention| mention.actor)
        .collect();
    tell(
        tx,
        &Action {
            actor: draft.author,
            group: draft.group,
            via,
            verb: "create",
            activity: &|id| wire::create(id, &author, page.clone()),
            about: None,
            for_microblogs: ForMicroblogs::Boost(ap_id),
            also_to: &also_to,
        },
    )
}
