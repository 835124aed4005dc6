//! The site, and what it tells a member about themselves.

use axum::Json;
use axum::extract::State;

use super::me;
use crate::api::auth::{Caller, Reads};
use crate::api::errors::{ApiError, ApiResult};
use crate::api::shape::OUR_INSTANCE;
use crate::api::types::personal::PostListingMode;
use crate::api::types::site::{
    BlockedUrl, GetSiteResponse, LocalSite, LocalSiteRateLimit, RegistrationMode, Site,
    SiteAggregates, SiteView,
};
use crate::api::types::{ListingType, SortType};
use crate::api::{languages, load};
use crate::app::App;
use crate::community::accounts::Viewer;
use crate::community::site as use_cases;
use crate::config::{RateLimits, Settings};
use crate::domain::kinds;
use crate::domain::time::DAY;
use crate::store::blocked_links::{self, BlockedLinkRow};
use crate::store::site::SiteRow;
use crate::store::{StoreError, Tx, accounts, actors, comments, groups, posts, preferences, site};

/// Which level of Lemmy's API is spoken here. Apps and libraries compare this field with the Lemmy
/// version a call came with, many of them number by number, so it is a plain version of Lemmy and
/// carries nothing of ours. What runs here, NodeInfo tells.
const API_LEVEL: &str = "0.19.11";
const THE_SITE: i64 = 1;

pub async fn read(State(app): State<App>, caller: Caller<Reads>) -> ApiResult<GetSiteResponse> {
    let settings = app.settings.clone();
    let answer = app
        .store
        .read(move |tx| about(tx, &settings, caller.viewer.as_ref()));
    Ok(Json(answer.await?))
}

/// The site, and the member who asks.
pub(super) fn about(
    tx: &mut Tx<'_>,
    settings: &Settings,
    viewer: Option<&Viewer>,
) -> Result<GetSiteResponse, ApiError> {
    let my_user = match viewer {
        Some(viewer) => Some(me::about(tx, viewer)?),
        None => None,
    };
    let admins = accounts::admins(tx.conn)?;
    let admins: Vec<_> = admins.iter().map(|admin| admin.id).collect();
    Ok(GetSiteResponse {
        site_view: site_view(tx, settings)?,
        admins: load::people(tx.conn, &admins)?,
        version: API_LEVEL,
        my_user,
        all_languages: languages::all(),
        discussion_languages: site_languages(tx)?,
        taglines: [],
        custom_emojis: [],
        blocked_urls: blocked_urls(tx)?,
    })
}

fn site_languages(tx: &mut Tx<'_>) -> Result<Vec<usize>, StoreError> {
    let codes = preferences::site_languages(tx.conn)?;
    Ok(languages::ids_of(
        &codes.iter().map(String::as_str).collect::<Vec<_>>(),
    ))
}

fn blocked_urls(tx: &mut Tx<'_>) -> Result<Vec<BlockedUrl>, StoreError> {
    let rows = blocked_links::all(tx.conn)?;
    let shown = |row: BlockedLinkRow| BlockedUrl {
        id: row.id,
        url: row.pattern,
        published: row.created,
    };
    Ok(rows.into_iter().map(shown).collect())
}

pub(super) fn site_view(tx: &mut Tx<'_>, settings: &Settings) -> Result<SiteView, ApiError> {
    let row = site::get(tx.conn)?;
    let actor = actors::get(tx.conn, row.actor_id)?;
    let mode = use_cases::registration(tx)?;
    let text = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    Ok(SiteView {
        site: Site {
            id: THE_SITE,
            name: row.name.clone(),
            sidebar: text(&row.sidebar_markdown),
            published: row.created,
            description: text(&row.tagline),
            icon: actor.icon_url,
            banner: actor.image_url,
            actor_id: actor.ap_id,
            last_refreshed_at: row.created,
            inbox_url: actor.inbox_url,
            public_key: actor.public_key_pem.unwrap_or_default(),
            instance_id: OUR_INSTANCE,
        },
        counts: counts(tx)?,
        local_site_rate_limit: rate_limits(&settings.rate_limits, &row),
        local_site: local_site(row, mode, settings),
    })
}

fn local_site(row: SiteRow, mode: kinds::RegistrationMode, settings: &Settings) -> LocalSite {
    LocalSite {
        id: THE_SITE,
        site_id: THE_SITE,
        site_setup: row.setup_token_hash.is_none(),
        enable_downvotes: true,
        enable_nsfw: true,
        community_creation_admin_only: false,
        require_email_verification: false,
        application_question: row.application_question,
        private_instance: false,
        default_theme: "browser",
        default_post_listing_type: ListingType::All,
        hide_modlog_mod_names: false,
        application_email_admins: false,
        actor_name_max_length: 30,
        federation_enabled: true,
        captcha_enabled: false,
        captcha_difficulty: "medium",
        published: row.created,
        registration_mode: match mode {
            kinds::RegistrationMode::Open => RegistrationMode::Open,
            kinds::RegistrationMode::Approval => RegistrationMode::RequireApplication,
            kinds::RegistrationMode::Closed => RegistrationMode::Closed,
        },
        reports_email_admins: false,
        federation_signed_fetch: settings.federation.secure_mode,
        default_post_listing_mode: PostListingMode::List,
        default_sort_type: SortType::Active,
    }
}

fn rate_limits(limits: &RateLimits, row: &SiteRow) -> LocalSiteRateLimit {
    const MINUTE: u32 = 60;
    LocalSiteRateLimit {
        local_site_id: THE_SITE,
        message: limits.api.get(),
        message_per_second: MINUTE,
        post: limits.post.get(),
        post_per_second: MINUTE,
        register: limits.register.get(),
        register_per_second: MINUTE,
        image: limits.upload.get(),
        image_per_second: MINUTE,
        comment: limits.post.get(),
        comment_per_second: MINUTE,
        search: limits.search.get(),
        search_per_second: MINUTE,
        published: row.created,
        import_user_settings: 0,
        import_user_settings_per_second: MINUTE,
    }
}

fn counts(tx: &mut Tx<'_>) -> Result<SiteAggregates, StoreError> {
    let (month, half_year) = (tx.now.minus(30 * DAY), tx.now.minus(182 * DAY));
    let (users, in_month, in_half_year) = accounts::usage(tx.conn, month, half_year)?;
    Ok(SiteAggregates {
        site_id: THE_SITE,
        users,
        posts: posts::count_local(tx.conn)?,
        comments: comments::count_local(tx.conn)?,
        communities: groups::count_local(tx.conn)?,
        users_active_day: 0,
        users_active_week: 0,
        users_active_month: in_month,
        users_active_half_year: in_half_year,
    })
}
