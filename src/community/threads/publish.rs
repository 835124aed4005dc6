//! Beginning a thread.

use serde_json::Value;
use url::Url;

use crate::activitystreams::{self as wire, Form};
use crate::community::bans::may_take_part;
use crate::community::describe;
use crate::community::groups::{sharing, standing};
use crate::community::hosts::must_be_within_reach;
use crate::community::links;
use crate::community::notifications::{Place, notify_mentioned};
use crate::community::outgoing::{Action, ForMicroblogs, Via, tell, url};
use crate::community::text::{self, Mentioned};
use crate::community::{CommunityError, Denied, Missing, polls, previews, special};
use crate::domain::event::NewEvent;
use crate::domain::ids::{ActorId, PostId};
use crate::domain::kinds::{ActorKind, Contribution, Vote};
use crate::domain::limits::{Body, Title, WebLink};
use crate::domain::poll::NewPoll;
use crate::domain::rank::hot_rank;
use crate::domain::rules::Act;
use crate::domain::time::Timestamp;
use crate::store::actors::{self, ActorRow};
use crate::store::posts::{self, PostRow};
use crate::store::{StoreError, Tx, cross_posts, groups, moves, people, votes};

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

/// What a member's thread carries beside its text.
#[derive(Clone, Debug, Default)]
pub struct Carried {
    pub poll: Option<NewPoll>,
    pub event: Option<NewEvent>,
}

/// A member begins a thread, here or in a group elsewhere.
pub fn publish(
    tx: &mut Tx<'_>,
    author: ActorId,
    publish: &Publish,
) -> Result<PostId, CommunityError> {
    publish_with(tx, author, publish, &Carried::default())
}

/// As [`publish`], with a poll or an event.
pub fn publish_with(
    tx: &mut Tx<'_>,
    author: ActorId,
    publish: &Publish,
    carried: &Carried,
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
            carries: Carries::Ours(carried),
            also_in: &[],
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
    pub carries: Carries<'a>,
    /// Other groups of ours that its author put it into.
    pub also_in: &'a [ActorRow],
}

/// What stands beside the text, from here or as its origin says.
pub(crate) enum Carries<'a> {
    Ours(&'a Carried),
    Theirs(&'a wire::Content),
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
        // Its author's own vote, which every server counts by itself, as Lemmy does: none is sent.
        upvotes: 1,
        downvotes: 0,
        score: 1,
        comment_count: 0,
        last_activity: published,
        hot_rank: hot_rank(1, published),
    };
    posts::insert(tx.conn, &row)?;
    votes::set(tx.conn, id.0, draft.author.id, Some(Vote::Up), tx.now)?;
    groups::count_posts(tx.conn, draft.group.id, 1, Some(published))?;
    people::count_posts(tx.conn, draft.author.id, 1)?;
    match draft.carries {
        Carries::Ours(carried) => keep_carried(tx, id, carried)?,
        Carries::Theirs(content) => special::keep(tx, id, content)?,
    }
    previews::follow_link(tx, &row, draft.author)?;
    notify_mentioned(tx, draft.author, &draft.mentions, Place::thread(id), None)?;
    tell_of_new(tx, draft, &row, draft.group, &ap_id, via)?;
    // What begins in a group that is not for everybody goes into no other.
    let elsewhere = match draft.also_in {
        [] => &[],
        others if sharing::hands_on(tx, draft.group.id)? => others,
        _ => &[],
    };
    for group in elsewhere {
        cross_posts::insert(tx.conn, id, group.id, tx.now)?;
        // It stands in the list of the other group as well; that it is there is told here, and once.
        if sharing::put_also(tx, group, &row)? {
            tell_of_new(tx, draft, &row, group, &ap_id, via)?;
        }
    }
    sharing::spread(tx, draft.group, &row)?;
    Ok(row)
}

fn keep_carried(tx: &mut Tx<'_>, post: PostId, carried: &Carried) -> Result<(), CommunityError> {
    if let Some(poll) = &carried.poll {
        polls::ask(tx, post, poll)?;
    }
    if let Some(event) = &carried.event {
        special::plan(tx, post, event)?;
    }
    Ok(())
}

/// Whether somebody may begin a thread in a group.
pub(crate) fn may_begin(
    tx: &mut Tx<'_>,
    author: &ActorRow,
    group: &ActorRow,
) -> Result<(), CommunityError> {
    if group.kind != ActorKind::Group || group.deleted || group.suspended {
        return Err(Missing::Group.into());
    }
    may_take_part(tx, author, group)?;
    if group.local && moves::find(tx.conn, group.id)?.is_some() {
        return Err(Denied::Moved.into());
    }
    must_be_within_reach(tx, author, group)?;
    // A group elsewhere that announces a thread has checked this itself.
    let ours_to_judge = group.local || author.local;
    if ours_to_judge && groups::get(tx.conn, group.id)?.posting_restricted {
        let may = standing(tx, author.id, group.id)?.may(Act::BeginRestricted);
        may.map_err(|_| Denied::PostingRestricted)?;
    }
    Ok(())
}

fn tell_of_new(
    tx: &mut Tx<'_>,
    draft: &Draft<'_>,
    row: &PostRow,
    group: &ActorRow,
    ap_id: &Url,
    via: Via<'_>,
) -> Result<(), StoreError> {
    let author = url(&draft.author.ap_id)?;
    let tags: Vec<_> = draft.mentions.iter().map(|m| m.tag.clone()).collect();
    let page = describe::post(tx, row, draft.author, draft.group, &tags, Form::Page)?;
    let elsewhere = draft.mentions.iter().filter(|mention| !mention.local);
    let also_to: Vec<ActorId> = elsewhere.map(|mention| mention.actor).collect();
    let carries =
        matches!(draft.carries, Carries::Ours(c) if c.poll.is_some() || c.event.is_some());
    let native = if carries {
        describe::post(tx, row, draft.author, draft.group, &tags, Form::Native)?
    } else {
        Value::Null
    };
    let as_it_is = |id: &Url| wire::create(id, &author, native.clone());
    tell(
        tx,
        &Action {
            actor: draft.author,
            group,
            via,
            verb: "create",
            activity: &|id| wire::create(id, &author, page.clone()),
            about: None,
            for_microblogs: if native.is_null() {
                ForMicroblogs::Boost(ap_id)
            } else {
                ForMicroblogs::BoostOf(ap_id, &as_it_is)
            },
            also_to: &also_to,
        },
    )
}
