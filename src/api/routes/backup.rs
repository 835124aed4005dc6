//! A member's settings and marks, to take along to another server or to bring from one.

use std::collections::HashSet;

use axum::Json;
use axum::extract::State;
use url::Url;

use super::settings::save_all;
use crate::api::auth::{Acts, Body, Member, Reads};
use crate::api::errors::{ApiError, ApiResult};
use crate::api::types::account::SuccessResponse;
use crate::api::types::personal::{SaveUserSettings, SettingsBackup};
use crate::app::App;
use crate::community::accounts::Viewer;
use crate::community::{CommunityError, blocks as use_cases, groups, marks as marking};
use crate::domain::ids::HostId;
use crate::domain::kinds::ActorKind;
use crate::federation::Resolved;
use crate::limits::Door;
use crate::store::own_marks::{self, Noted};
use crate::store::{StoreError, Tx, actors, blocks, hosts, preferences};

/// So much is written of each kind, and brought in all.
const MOST: usize = 1_000;
/// So many of what this server does not know yet are looked for elsewhere.
const LOOKED_FOR: usize = 50;

pub async fn export(State(app): State<App>, member: Member<Reads>) -> ApiResult<SettingsBackup> {
    let answer = app.store.read(move |tx| written(tx, &member.viewer));
    Ok(Json(answer.await?))
}

fn written(tx: &mut Tx<'_>, viewer: &Viewer) -> Result<SettingsBackup, ApiError> {
    let row = preferences::of(tx.conn, viewer.id)?;
    let posts = own_marks::posts(tx.conn, viewer.id, Noted::Saved, None, MOST)?;
    let comments = own_marks::comments(tx.conn, viewer.id, Noted::Saved, None, MOST)?;
    let followed = actors::followed_by(tx.conn, viewer.id, MOST as i64)?;
    let (groups, people): (Vec<_>, Vec<_>) = blocks::actors(tx.conn, viewer.id)?
        .into_iter()
        .partition(blocks::is_group);
    let servers = blocks::hosts(tx.conn, viewer.id)?;
    let actor = &viewer.actor;
    Ok(SettingsBackup {
        display_name: actor.display_name.clone(),
        bio: actor.summary_markdown.clone(),
        avatar: actor.icon_url.clone(),
        banner: actor.image_url.clone(),
        matrix_id: row.matrix_id,
        bot_account: Some(actor.kind == ActorKind::Service),
        followed_communities: followed.into_iter().map(|group| group.ap_id).collect(),
        saved_posts: posts.items.into_iter().map(|post| post.ap_id).collect(),
        saved_comments: comments.items.into_iter().map(|row| row.ap_id).collect(),
        blocked_communities: groups.into_iter().map(|group| group.ap_id).collect(),
        blocked_users: people.into_iter().map(|person| person.ap_id).collect(),
        blocked_instances: servers.into_iter().map(|(host, _)| host.host).collect(),
    })
}

/// Brings in the profile at once, then what is known here, then a bounded number of what has to be
/// looked for elsewhere. What cannot be had is passed over. One import at a time.
pub async fn import(
    State(app): State<App>,
    member: Member<Acts>,
    Body(backup): Body<SettingsBackup>,
) -> ApiResult<SuccessResponse> {
    let lists = [
        (Part::Follow, &backup.followed_communities),
        (Part::SavePost, &backup.saved_posts),
        (Part::SaveComment, &backup.saved_comments),
        (Part::BlockGroup, &backup.blocked_communities),
        (Part::BlockPerson, &backup.blocked_users),
    ];
    let wanted: Vec<(Part, Url)> = lists
        .iter()
        .flat_map(|(part, list)| list.iter().map(|text| (*part, text)))
        .filter_map(|(part, text)| Some((part, Url::parse(text).ok()?)))
        .collect();
    if wanted.len() + backup.blocked_instances.len() > MOST {
        return Err(ApiError::Named("too_many_items"));
    }
    let viewer = member.viewer;
    let what = format!("import of settings by {}", viewer.id);
    let alone = app.limits.alone(what).ok_or(ApiError::Limited(60))?;
    let (me, servers) = (viewer.clone(), backup.blocked_instances.clone());
    let profile = SaveUserSettings {
        display_name: backup.display_name,
        bio: backup.bio,
        avatar: backup.avatar,
        banner: backup.banner,
        matrix_user_id: backup.matrix_id,
        bot_account: backup.bot_account,
        ..SaveUserSettings::default()
    };
    app.store
        .write(move |tx| {
            save_all(tx, &me, &profile)?;
            block_servers(tx, &me, &servers)
        })
        .await?;
    tokio::spawn(async move {
        bring(app, viewer, wanted).await;
        drop(alone);
    });
    Ok(Json(SuccessResponse { success: true }))
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Follow,
    SavePost,
    SaveComment,
    BlockGroup,
    BlockPerson,
}

fn block_servers(tx: &mut Tx<'_>, viewer: &Viewer, names: &[String]) -> Result<(), ApiError> {
    let names: HashSet<&String> = names.iter().collect();
    for name in names {
        if let Some(host) = hosts::find(tx.conn, &name.to_lowercase())? {
            use_cases::block_host(tx, viewer, HostId(host.id.0), true)?;
        }
    }
    Ok(())
}

async fn bring(app: App, viewer: Viewer, wanted: Vec<(Part, Url)>) {
    let mut left = LOOKED_FOR;
    for (part, url) in wanted {
        let known = app.federation.resolve_known(url.as_str()).await;
        let found = match known {
            Ok(found) => found,
            Err(_) if left > 0 => {
                left -= 1;
                // As fast as by the search box, and no faster.
                while let Err(wait) = app.limits.check(Door::Search, &viewer.id.to_string()) {
                    tokio::time::sleep(wait.0).await;
                }
                match app.federation.resolve_url(url.clone()).await {
                    Ok(found) => found,
                    Err(error) => {
                        tracing::info!(%url, %error, "passed over in an import of settings");
                        continue;
                    }
                }
            }
            Err(_) => continue,
        };
        let viewer = viewer.clone();
        let done = app
            .store
            .write(move |tx| apply(tx, &viewer, part, &found))
            .await;
        if let Err(error) = done {
            tracing::info!(%url, %error, "passed over in an import of settings");
        }
    }
}

fn apply(
    tx: &mut Tx<'_>,
    viewer: &Viewer,
    part: Part,
    found: &Resolved,
) -> Result<(), CommunityError> {
    match (part, found) {
        (Part::Follow, Resolved::Group(id)) => groups::follow(tx, viewer.id, *id).map(|_| ()),
        (Part::SavePost, Resolved::Post(id)) => marking::save_post(tx, viewer.id, *id, true),
        (Part::SaveComment, Resolved::Comment(id)) => {
            marking::save_comment(tx, viewer.id, *id, true)
        }
        (Part::BlockGroup, Resolved::Group(id)) => use_cases::block_group(tx, viewer, *id, true),
        (Part::BlockPerson, Resolved::Person(id)) => use_cases::block_person(tx, viewer, *id, true),
        _ => Err(StoreError::NotFound.into()),
    }
}
