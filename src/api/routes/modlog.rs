//! The log of moderation, which everybody may read.

use std::collections::{HashMap, HashSet};

use axum::Json;
use axum::extract::State;

use crate::api::auth::{Caller, Query, Reads};
use crate::api::errors::{ApiError, ApiResult};
use crate::api::load;
use crate::api::paging::Paging;
use crate::api::shape;
use crate::api::types::comment::CommentView;
use crate::api::types::community::{Community, CommunityView};
use crate::api::types::modlog::*;
use crate::api::types::person::Person;
use crate::api::types::post::{Post, PostView};
use crate::app::App;
use crate::domain::ids::{ActorId, CommentId, PostId};
use crate::domain::kinds::LoggedAct;
use crate::store::modlog::{self, ModlogFilter, ModlogRow};
use crate::store::{StoreError, Tx, actors, audience, comments, posts};

/// Which of our acts, one or two, each of Lemmy's lists is made of. What Lemmy has no list for is left
/// out.
const LISTS: &[(ModlogActionType, &[LoggedAct])] = &[
    (ModlogActionType::ModRemovePost, &[LoggedAct::RemovePost]),
    (ModlogActionType::ModLockPost, &[LoggedAct::LockPost]),
    (
        ModlogActionType::ModFeaturePost,
        &[LoggedAct::FeaturePost, LoggedAct::FeatureOnSite],
    ),
    (
        ModlogActionType::ModRemoveComment,
        &[LoggedAct::RemoveComment],
    ),
    (
        ModlogActionType::ModRemoveCommunity,
        &[LoggedAct::RemoveGroup],
    ),
    (
        ModlogActionType::ModBanFromCommunity,
        &[LoggedAct::BanFromGroup],
    ),
    (ModlogActionType::ModAddCommunity, &[LoggedAct::Appoint]),
    (
        ModlogActionType::ModTransferCommunity,
        &[LoggedAct::Transfer],
    ),
    (ModlogActionType::ModAdd, &[LoggedAct::AppointAdmin]),
    (ModlogActionType::ModBan, &[LoggedAct::BanFromSite]),
    (ModlogActionType::ModHideCommunity, &[LoggedAct::HideGroup]),
    (
        ModlogActionType::AdminPurgePerson,
        &[LoggedAct::PurgePerson],
    ),
    (
        ModlogActionType::AdminPurgeCommunity,
        &[LoggedAct::PurgeGroup],
    ),
    (ModlogActionType::AdminPurgePost, &[LoggedAct::PurgePost]),
    (
        ModlogActionType::AdminPurgeComment,
        &[LoggedAct::PurgeComment],
    ),
];

pub async fn read(
    State(app): State<App>,
    caller: Caller<Reads>,
    Query(query): Query<GetModlog>,
) -> ApiResult<GetModlogResponse> {
    let paging = Paging::new(query.page, query.limit, None, "couldnt_get_posts")?;
    let answer = app.store.read(move |tx| {
        let rows = entries(tx, caller.id(), &query, paging)?;
        let named = Named::load(tx, &rows, caller.id())?;
        let mut answer = GetModlogResponse::default();
        for row in &rows {
            // What an entry names may be purged by now.
            let _purged = put(&mut answer, row, &named);
        }
        Ok::<_, ApiError>(answer)
    });
    Ok(Json(answer.await?))
}

/// The page asked for of every list asked for.
fn entries(
    tx: &mut Tx<'_>,
    viewer: Option<ActorId>,
    query: &GetModlog,
    paging: Paging,
) -> Result<Vec<ModlogRow>, StoreError> {
    let asked = query.type_.unwrap_or_default();
    let mut all = Vec::new();
    for (list, acts) in LISTS {
        if asked != ModlogActionType::All && asked != *list {
            continue;
        }
        let filter = ModlogFilter {
            act: acts.first().copied(),
            or_act: acts.get(1).copied(),
            group: query.community_id,
            moderator: query.mod_person_id,
            person: query.other_person_id,
            post: query.post_id,
            comment: query.comment_id,
        };
        let page =
            paging.walk(|after, limit| modlog::page(tx.conn, viewer, filter, after, limit))?;
        all.extend(page.items);
    }
    all.sort_by_key(|row| std::cmp::Reverse(row.id));
    Ok(all)
}

/// All that the entries name. Of groups that are closed to the caller they tell no text.
struct Named {
    people: HashMap<ActorId, Person>,
    groups: HashMap<ActorId, CommunityView>,
    posts: HashMap<PostId, PostView>,
    comments: HashMap<CommentId, CommentView>,
}

impl Named {
    fn load(
        tx: &mut Tx<'_>,
        rows: &[ModlogRow],
        viewer: Option<ActorId>,
    ) -> Result<Self, StoreError> {
        let mut people: Vec<ActorId> = rows.iter().map(|row| row.moderator_id).collect();
        people.extend(rows.iter().filter_map(|row| row.person_id));
        let mut group_ids: Vec<ActorId> = rows.iter().filter_map(|row| row.group_id).collect();
        group_ids.sort_unstable();
        group_ids.dedup();
        let post_ids: Vec<PostId> = rows.iter().filter_map(|row| row.post_id).collect();
        let comment_ids: Vec<CommentId> = rows.iter().filter_map(|row| row.comment_id).collect();
        let post_rows = posts::many(tx.conn, &post_ids)?;
        let comment_rows = comments::many(tx.conn, &comment_ids)?;
        let mut posts = load::posts(tx.conn, post_rows, viewer)?;
        let mut comments = load::comments(tx.conn, comment_rows, viewer)?;
        let places: HashSet<ActorId> = posts
            .iter()
            .map(|view| view.community.id)
            .chain(comments.iter().map(|view| view.community.id))
            .collect();
        let closed = audience::closed_among(tx.conn, viewer, &places)?;
        for view in &mut posts {
            if closed.contains(&view.community.id) {
                view.post.withhold();
            }
        }
        for view in &mut comments {
            if closed.contains(&view.community.id) {
                view.withhold();
            }
        }
        Ok(Named {
            people: actors::briefs(tx.conn, &people)?
                .iter()
                .map(|actor| (actor.id, shape::person(actor)))
                .collect(),
            groups: load::communities(tx.conn, &group_ids, viewer)?
                .into_iter()
                .map(|view| (view.community.id, view))
                .collect(),
            posts: posts.into_iter().map(|view| (view.post.id, view)).collect(),
            comments: comments
                .into_iter()
                .map(|view| (view.comment.id, view))
                .collect(),
        })
    }

    fn person(&self, id: Option<ActorId>) -> Option<Person> {
        self.people.get(&id?).cloned()
    }

    fn group(&self, row: &ModlogRow) -> Option<Community> {
        Some(self.groups.get(&row.group_id?)?.community.clone())
    }

    fn post(&self, row: &ModlogRow) -> Option<Post> {
        Some(self.posts.get(&row.post_id?)?.post.clone())
    }
}

/// Puts an entry into its list; `None` where what it names is not there any more.
fn put(answer: &mut GetModlogResponse, row: &ModlogRow, named: &Named) -> Option<()> {
    let moderator = named.person(Some(row.moderator_id))?;
    let done = Some(!row.undone);
    let record = Record {
        id: row.id,
        mod_person_id: Some(row.moderator_id),
        reason: row.reason.clone(),
        when_: row.created,
        ..Record::default()
    };
    let by_admin = Record {
        mod_person_id: None,
        admin_person_id: Some(row.moderator_id),
        ..record.clone()
    };
    match row.act {
        LoggedAct::RemovePost => answer.removed_posts.push(ModRemovePostView {
            mod_remove_post: Record {
                post_id: row.post_id,
                removed: done,
                ..record
            },
            moderator,
            post: named.post(row)?,
            community: named.group(row)?,
        }),
        LoggedAct::LockPost => answer.locked_posts.push(ModLockPostView {
            mod_lock_post: Record {
                post_id: row.post_id,
                locked: done,
                ..record
            },
            moderator,
            post: named.post(row)?,
            community: named.group(row)?,
        }),
        LoggedAct::FeaturePost | LoggedAct::FeatureOnSite => {
            answer.featured_posts.push(ModFeaturePostView {
                mod_feature_post: Record {
                    post_id: row.post_id,
                    featured: done,
                    is_featured_community: Some(row.act == LoggedAct::FeaturePost),
                    ..record
                },
                moderator,
                post: named.post(row)?,
                community: named.group(row)?,
            });
        }
        LoggedAct::RemoveComment => {
            let view = named.comments.get(&row.comment_id?)?;
            answer.removed_comments.push(ModRemoveCommentView {
                mod_remove_comment: Record {
                    comment_id: row.comment_id,
                    removed: done,
                    ..record
                },
                moderator,
                comment: view.comment.clone(),
                commenter: view.creator.clone(),
                post: view.post.clone(),
                community: named.group(row)?,
            });
        }
        LoggedAct::RemoveGroup => answer.removed_communities.push(ModRemoveCommunityView {
            mod_remove_community: Record {
                community_id: row.group_id,
                removed: done,
                ..record
            },
            moderator,
            community: named.group(row)?,
        }),
        LoggedAct::BanFromGroup => answer.banned_from_community.push(ModBanFromCommunityView {
            mod_ban_from_community: Record {
                other_person_id: row.person_id,
                community_id: row.group_id,
                banned: done,
                expires: row.expires,
                ..record
            },
            moderator,
            community: named.group(row)?,
            banned_person: named.person(row.person_id)?,
        }),
        LoggedAct::BanFromSite => answer.banned.push(ModBanView {
            mod_ban: Record {
                other_person_id: row.person_id,
                banned: done,
                expires: row.expires,
                ..record
            },
            moderator,
            banned_person: named.person(row.person_id)?,
        }),
        LoggedAct::Appoint => answer.added_to_community.push(ModAddCommunityView {
            mod_add_community: Record {
                other_person_id: row.person_id,
                community_id: row.group_id,
                removed: Some(row.undone),
                ..record
            },
            moderator,
            community: named.group(row)?,
            modded_person: named.person(row.person_id)?,
        }),
        LoggedAct::Transfer => answer
            .transferred_to_community
            .push(ModTransferCommunityView {
                mod_transfer_community: Record {
                    other_person_id: row.person_id,
                    community_id: row.group_id,
                    ..record
                },
                moderator,
                community: named.group(row)?,
                modded_person: named.person(row.person_id)?,
            }),
        LoggedAct::AppointAdmin => answer.added.push(ModAddView {
            mod_add: Record {
                other_person_id: row.person_id,
                removed: Some(row.undone),
                ..record
            },
            moderator,
            modded_person: named.person(row.person_id)?,
        }),
        LoggedAct::HideGroup => answer.hidden_communities.push(ModHideCommunityView {
            mod_hide_community: Record {
                community_id: row.group_id,
                hidden: done,
                ..record
            },
            admin: moderator,
            community: named.group(row)?,
        }),
        LoggedAct::PurgePerson => answer.admin_purged_persons.push(AdminPurgePersonView {
            admin_purge_person: by_admin,
            admin: moderator,
        }),
        LoggedAct::PurgeGroup => {
            answer
                .admin_purged_communities
                .push(AdminPurgeCommunityView {
                    admin_purge_community: by_admin,
                    admin: moderator,
                });
        }
        LoggedAct::PurgePost => answer.admin_purged_posts.push(AdminPurgePostView {
            admin_purge_post: Record {
                community_id: row.group_id,
                ..by_admin
            },
            admin: moderator,
            community: named.group(row)?,
        }),
        LoggedAct::PurgeComment => answer.admin_purged_comments.push(AdminPurgeCommentView {
            admin_purge_comment: Record {
                post_id: row.post_id,
                ..by_admin
            },
            admin: moderator,
            post: named.post(row)?,
        }),
        LoggedAct::LockComment
        | LoggedAct::MovePost
        | LoggedAct::Warn
        | LoggedAct::BlockHost
        | LoggedAct::AllowHost => {}
    }
    Some(())
}
