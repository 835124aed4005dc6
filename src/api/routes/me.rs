//! What the site tells a member about themselves.

use super::settings::for_apps;
use crate::api::errors::ApiError;
use crate::api::types::community::CommunityFollowerView;
use crate::api::types::person::{Person, PersonAggregates};
use crate::api::types::personal::{
    BlockedInstance, CommunityBlockView, InstanceBlockView, PersonBlockView,
};
use crate::api::types::site::{LocalUser, LocalUserView, LocalUserVoteDisplayMode, MyUserInfo};
use crate::api::types::{ListingType, SortType};
use crate::api::{languages, load, shape};
use crate::community::Missing;
use crate::community::accounts::Viewer;
use crate::domain::ids::ActorId;
use crate::domain::kinds::AccountState;
use crate::domain::time::Timestamp;
use crate::store::accounts::AccountRow;
use crate::store::preferences::{self, PreferencesRow};
use crate::store::{StoreError, Tx, accounts, actors, blocks, marks, views};

const FOLLOWS_MAX: i64 = 1_000;

pub(super) fn about(tx: &mut Tx<'_>, viewer: &Viewer) -> Result<MyUserInfo, ApiError> {
    let account = accounts::get(tx.conn, viewer.id)?.ok_or(Missing::Person)?;
    let row = preferences::of(tx.conn, viewer.id)?;
    let me = views::person(tx.conn, viewer.id)?;
    let mut person = shape::person(&me.actor);
    person.matrix_user_id = row.matrix_id.clone();
    let followed = actors::followed_by(tx.conn, viewer.id, FOLLOWS_MAX)?;
    let rows = load::group_rows(tx.conn, followed.iter().map(|group| group.id))?;
    let ids: Vec<ActorId> = followed.iter().map(|group| group.id).collect();
    let hidden = marks::hidden_groups(tx.conn, &ids)?;
    let follows = followed.iter().map(|group| {
        let row = load::group_row(&rows, group.id)?;
        Ok(CommunityFollowerView {
            community: shape::community(group, row, hidden.contains(&group.id)),
            follower: person.clone(),
        })
    });
    let (community_blocks, person_blocks) = blocked_actors(tx, viewer, &person)?;
    let servers = blocks::hosts(tx.conn, viewer.id)?;
    let apps = for_apps(&row);
    Ok(MyUserInfo {
        follows: follows.collect::<Result<_, StoreError>>()?,
        moderates: load::moderated(tx.conn, viewer.id, Some(viewer.id))?,
        community_blocks,
        instance_blocks: servers
            .into_iter()
            .map(|(host, _)| InstanceBlockView {
                person: person.clone(),
                instance: BlockedInstance {
                    id: host.id.0,
                    domain: host.host,
                    published: host.created,
                    software: host.software,
                    version: host.version,
                },
            })
            .collect(),
        person_blocks,
        discussion_languages: languages::ids_of(&row.languages()),
        local_user_view: LocalUserView {
            local_user_vote_display_mode: LocalUserVoteDisplayMode {
                local_user_id: viewer.id,
                score: row.show_scores,
                upvotes: apps.show_upvotes,
                downvotes: apps.show_downvotes,
                upvote_percentage: apps.show_upvote_percentage,
            },
            local_user: local_user(&account, &row, tx.now),
            person,
            counts: PersonAggregates {
                person_id: viewer.id,
                post_count: me.person.post_count,
                comment_count: me.person.comment_count,
            },
        },
    })
}

type BlockedActors = (Vec<CommunityBlockView>, Vec<PersonBlockView>);

fn blocked_actors(
    tx: &mut Tx<'_>,
    viewer: &Viewer,
    me: &Person,
) -> Result<BlockedActors, StoreError> {
    let all = blocks::actors(tx.conn, viewer.id)?;
    let (groups, people): (Vec<_>, Vec<_>) = all.into_iter().partition(blocks::is_group);
    let rows = load::group_rows(tx.conn, groups.iter().map(|group| group.id))?;
    let ids: Vec<ActorId> = groups.iter().map(|group| group.id).collect();
    let hidden = marks::hidden_groups(tx.conn, &ids)?;
    let groups = groups.iter().map(|group| {
        let row = load::group_row(&rows, group.id)?;
        Ok(CommunityBlockView {
            person: me.clone(),
            community: shape::community(group, row, hidden.contains(&group.id)),
        })
    });
    let people = people.iter().map(|person| PersonBlockView {
        person: me.clone(),
        target: shape::person(person),
    });
    Ok((groups.collect::<Result<_, StoreError>>()?, people.collect()))
}

/// An account as its owner, and an administrator who judges an application, sees it.
pub(super) fn local_user(account: &AccountRow, row: &PreferencesRow, now: Timestamp) -> LocalUser {
    let apps = for_apps(row);
    LocalUser {
        id: account.person_id,
        person_id: account.person_id,
        email: account.email.clone().unwrap_or_default(),
        show_nsfw: row.show_sensitive,
        theme: apps.theme,
        default_sort_type: row.sort.unwrap_or(SortType::Active),
        default_listing_type: row.listing.unwrap_or(ListingType::All),
        interface_language: apps.interface_language,
        show_avatars: apps.show_avatars,
        send_notifications_to_email: false,
        show_scores: row.show_scores,
        show_bot_accounts: row.show_bots,
        show_read_posts: row.show_read,
        email_verified: true,
        accepted_application: account.state == AccountState::Active,
        open_links_in_new_tab: apps.open_links_in_new_tab,
        blur_nsfw: apps.blur_nsfw,
        auto_expand: apps.auto_expand,
        infinite_scroll_enabled: apps.infinite_scroll_enabled,
        admin: account.admin,
        post_listing_mode: apps.post_listing_mode,
        totp_2fa_enabled: false,
        enable_keyboard_navigation: apps.enable_keyboard_navigation,
        enable_animated_images: apps.enable_animated_images,
        collapse_bot_comments: apps.collapse_bot_comments,
        last_donation_notification: now,
    }
}
