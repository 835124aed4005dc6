//! Reads what an answer is made of and shapes it, a handful of queries for any list.

use std::collections::{HashMap, HashSet};

use super::errors::ApiError;
use super::shape;
use super::types::comment::CommentView;
use super::types::community::{CommunityModeratorView, CommunityView};
use super::types::media::ImageDetails;
use super::types::person::PersonView;
use super::types::post::PostView;
use crate::community::Missing;
use crate::community::accounts::Viewer;
use crate::domain::hidden::Sees;
use crate::domain::ids::{ActorId, CommentId, PostId};
use crate::domain::rules::{Standing, on_site};
use crate::media::content_type_of;
use crate::store::comments::CommentRow;
use crate::store::groups::{self, GroupRow};
use crate::store::posts::PostRow;
use crate::store::taste::Taste;
use crate::store::uploads::{self, UploadRow};
use crate::store::{
    Conn, StoreError, actors, audience, bans, comments as comment_store, marks,
    posts as post_store, previews, purge, site, views,
};

type Groups = HashMap<ActorId, GroupRow>;

pub fn group_rows(
    conn: &mut Conn,
    ids: impl Iterator<Item = ActorId>,
) -> Result<Groups, StoreError> {
    let ids: Vec<ActorId> = ids.collect::<HashSet<_>>().into_iter().collect();
    let rows = groups::many(conn, &ids)?;
    Ok(rows.into_iter().map(|row| (row.actor_id, row)).collect())
}

pub fn group_row(rows: &Groups, id: ActorId) -> Result<&GroupRow, StoreError> {
    rows.get(&id).ok_or(StoreError::NotFound)
}

pub fn posts(
    conn: &mut Conn,
    rows: Vec<PostRow>,
    viewer: Option<ActorId>,
) -> Result<Vec<PostView>, StoreError> {
    let groups = group_rows(conn, rows.iter().map(|row| row.group_id))?;
    let pictures = pictures(conn, &rows)?;
    views::posts(conn, rows, viewer)?
        .iter()
        .map(|view| {
            let group = group_row(&groups, view.group.id)?;
            let mut shaped = shape::post_view(view, group, viewer);
            // Of a hidden one there is no picture to be described.
            if shaped.post.thumbnail_url.is_some() {
                let own = pictures.get(&view.post.id).cloned();
                shaped.image_details = own.or_else(|| of_preview(view));
            }
            Ok(shaped)
        })
        .collect()
}

/// Of the small picture of the page that a thread links to.
fn of_preview(view: &views::PostView) -> Option<ImageDetails> {
    let preview = view.more.preview.as_deref();
    let preview = preview.filter(|_| view.post.image_url.is_none())?;
    Some(ImageDetails {
        link: preview.thumbnail_url.clone()?,
        width: preview.thumbnail_width,
        height: preview.thumbnail_height,
        content_type: content_type_of(preview.thumbnail.as_deref()?)?,
    })
}

/// Sizes of the pictures that were uploaded here. A file is named by its content, so its name is enough.
fn pictures(
    conn: &mut Conn,
    rows: &[PostRow],
) -> Result<HashMap<PostId, ImageDetails>, StoreError> {
    let shown: Vec<(PostId, &str, String)> = rows
        .iter()
        .filter_map(|row| {
            let link = row.image_url.as_deref()?;
            let path = link.split('?').next()?;
            let file = path.rsplit('/').next()?;
            content_type_of(file)?;
            Some((row.id, link, file.to_owned()))
        })
        .collect();
    let files: Vec<String> = shown.iter().map(|(_, _, file)| file.clone()).collect();
    let known: HashMap<String, UploadRow> = uploads::of_files(conn, &files)?
        .into_iter()
        .filter(|upload| upload.width > 0)
        .map(|upload| (upload.file_name.clone(), upload))
        .collect();
    let details = shown.into_iter().filter_map(|(post, link, file)| {
        let upload = known.get(&file)?;
        let details = ImageDetails {
            link: link.to_owned(),
            width: upload.width,
            height: upload.height,
            content_type: content_type_of(&file)?,
        };
        Some((post, details))
    });
    Ok(details.collect())
}

/// Also a deleted or removed one, for whoever has just changed it.
pub fn post(conn: &mut Conn, id: PostId, viewer: Option<ActorId>) -> Result<PostView, ApiError> {
    let row = post_store::find(conn, id)?.ok_or(Missing::Post)?;
    one(posts(conn, vec![row], viewer)?)
}

/// The newest other threads with the same link, of those that a list shows to the caller.
pub fn cross_posts(
    conn: &mut Conn,
    row: &PostRow,
    viewer: Option<ActorId>,
) -> Result<Vec<PostView>, StoreError> {
    /// So many are looked at, and as many as a page has are shown.
    const LOOKED_AT: i64 = 50;
    const SHOWN: usize = 10;
    let ids = previews::with_same_link(conn, row, LOOKED_AT)?;
    let taste = Taste::of(conn, viewer)?;
    let mut rows = post_store::shown_of(conn, viewer, &taste, &ids)?;
    rows.truncate(SHOWN);
    posts(conn, rows, viewer)
}

/// A post as far as the caller may see it: of hidden ones those of which they see anything.
pub fn visible_post(
    conn: &mut Conn,
    id: PostId,
    viewer: Option<&Viewer>,
) -> Result<PostRow, ApiError> {
    let caller = viewer.map(|viewer| viewer.id);
    let row = audience::post(conn, caller, id)?.ok_or(Missing::Post)?;
    if purge::is_purged(conn, id.0)? {
        return Err(Missing::Post.into());
    }
    let moderates = row.is_hidden() && moderates(conn, row.group_id, viewer)?;
    match row.seen_by(caller, moderates) {
        Sees::Everything | Sees::Trace => Ok(row),
        Sees::Nothing => Err(Missing::Post.into()),
    }
}

/// Whether they look after a group, or administer this site.
pub fn moderates(
    conn: &mut Conn,
    group: ActorId,
    viewer: Option<&Viewer>,
) -> Result<bool, StoreError> {
    let Some(viewer) = viewer else {
        return Ok(false);
    };
    let standing = Standing {
        role: actors::role(conn, group, viewer.id)?,
        ..on_site(viewer.admin)
    };
    Ok(standing.may_moderate())
}

pub fn comments(
    conn: &mut Conn,
    rows: Vec<CommentRow>,
    viewer: Option<ActorId>,
) -> Result<Vec<CommentView>, StoreError> {
    let seen = views::comments(conn, rows, viewer)?;
    let groups = group_rows(conn, seen.iter().map(|view| view.group.id))?;
    seen.iter()
        .map(|view| {
            Ok(shape::comment_view(
                view,
                group_row(&groups, view.group.id)?,
                viewer,
            ))
        })
        .collect()
}

pub fn comment(
    conn: &mut Conn,
    id: CommentId,
    viewer: Option<ActorId>,
) -> Result<CommentView, ApiError> {
    let row = comment_store::find(conn, id)?.ok_or(Missing::Comment)?;
    let left =
        viewer == Some(row.author_id) && audience::post(conn, viewer, row.post_id)?.is_none();
    let mut view = one(comments(conn, vec![row], viewer)?)?;
    if left {
        // What somebody wrote stays theirs when they leave a private group; its thread does not.
        view.post.withhold();
    }
    Ok(view)
}

pub fn communities(
    conn: &mut Conn,
    ids: &[ActorId],
    viewer: Option<ActorId>,
) -> Result<Vec<CommunityView>, StoreError> {
    let seen = views::groups(conn, ids, viewer)?;
    Ok(seen.iter().map(shape::community_view).collect())
}

/// A group as far as the caller may see it: one that is closed or removed is there for those who look
/// after it and for administrators.
pub fn community(
    conn: &mut Conn,
    id: ActorId,
    viewer: Option<ActorId>,
) -> Result<CommunityView, ApiError> {
    if !audience::may_know(conn, viewer, id)? {
        return Err(Missing::Group.into());
    }
    match views::group(conn, id, viewer) {
        Ok(view)
            if (view.actor.suspended || view.actor.deleted)
                && !view.moderation.viewer_moderates =>
        {
            Err(Missing::Group.into())
        }
        Ok(view) => Ok(shape::community_view(&view)),
        Err(StoreError::NotFound) => Err(Missing::Group.into()),
        Err(error) => Err(error.into()),
    }
}

/// Also a closed or removed one, for whoever has just changed it, or does not want to see it.
pub fn any_community(
    conn: &mut Conn,
    id: ActorId,
    viewer: Option<ActorId>,
) -> Result<CommunityView, ApiError> {
    match views::group(conn, id, viewer) {
        Ok(view) => Ok(shape::community_view(&view)),
        Err(StoreError::NotFound) => Err(Missing::Group.into()),
        Err(error) => Err(error.into()),
    }
}

pub fn people(conn: &mut Conn, ids: &[ActorId]) -> Result<Vec<PersonView>, StoreError> {
    let seen = views::people(conn, ids)?;
    let mut people: Vec<PersonView> = seen.iter().map(shape::person_view).collect();
    if people.iter().any(|view| view.person.banned) {
        let here = site::get(conn)?.actor_id;
        let ends = bans::ends(conn, here, ids)?;
        for view in &mut people {
            view.person.ban_expires = ends.get(&view.person.id).copied();
        }
    }
    Ok(people)
}

/// Coordinators and moderators of a group.
pub fn moderators(
    conn: &mut Conn,
    group: ActorId,
) -> Result<Vec<CommunityModeratorView>, StoreError> {
    let view = views::group(conn, group, None)?;
    let people = actors::moderators(conn, group)?;
    Ok(people
        .iter()
        .map(|(person, _)| CommunityModeratorView {
            community: shape::community(&view.actor, &view.group, view.moderation.group_hidden),
            moderator: shape::person(person),
        })
        .collect())
}

/// Groups that a person coordinates or moderates.
pub fn moderated(
    conn: &mut Conn,
    person: ActorId,
    viewer: Option<ActorId>,
) -> Result<Vec<CommunityModeratorView>, StoreError> {
    let groups = audience::moderated_by(conn, viewer, person)?;
    let rows = group_rows(conn, groups.iter().map(|group| group.id))?;
    let ids: Vec<ActorId> = groups.iter().map(|group| group.id).collect();
    let hidden = marks::hidden_groups(conn, &ids)?;
    let moderator = views::person(conn, person)?;
    groups
        .iter()
        .map(|group| {
            Ok(CommunityModeratorView {
                community: shape::community(
                    group,
                    group_row(&rows, group.id)?,
                    hidden.contains(&group.id),
                ),
                moderator: shape::person(&moderator.actor),
            })
        })
        .collect()
}

fn one<T>(mut items: Vec<T>) -> Result<T, ApiError> {
    items.pop().ok_or_else(|| StoreError::NotFound.into())
}
