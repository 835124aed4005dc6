//! The JSON API: Lemmy's HTTP API v3, so that its apps and client libraries work here.
//! Calls `community` and `store::views` and shapes what they answer. It reads the
//! `Authorization: Bearer` header and no cookie that a page of ours sets, so no page elsewhere can act
//! for a member.

mod auth;
mod errors;
mod languages;
mod legacy_auth;
mod load;
mod paging;
mod routes;
mod shape;
mod types;

use std::time::Duration;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::Method;
use axum::middleware;
use axum::routing::{get, post, put};
use tower_http::cors::{AllowHeaders, Any, CorsLayer};

use crate::app::App;
use routes::{
    account, backup, comment, community, instances, notifications, person, personal,
    private_message, roles, search, settings, site, site_edit,
};

/// The longest post in JSON, were each of its 50 000 characters escaped, with room to spare.
const MAX_BODY_BYTES: usize = 1024 * 1024;
/// As long as Lemmy lets browsers remember what web apps may do.
const PREFLIGHT_KEPT: Duration = Duration::from_secs(3_600);
/// Room for the largest picture that `media` takes.
const MAX_UPLOAD_BYTES: usize = 12 * 1024 * 1024;

/// Everything under `/api/v3`.
pub fn router() -> Router<App> {
    let routes = Router::new()
        .route(
            "/site",
            get(site::read).post(site_edit::set_up).put(site_edit::edit),
        )
        .route("/federated_instances", get(instances::federated))
        .route("/search", get(search::search))
        .route("/resolve_object", get(search::resolve))
        .merge(account_routes())
        .merge(content_routes())
        .merge(personal_routes())
        .merge(report_routes())
        .merge(moderation_routes())
        .fallback(routes::unknown)
        .method_not_allowed_fallback(routes::unknown);
    Router::new()
        .nest("/api/v3", routes)
        .merge(pictures())
        .layer(middleware::from_fn(legacy_auth::accept))
        .layer(DefaultBodyLimit::max(MAX_BODY_BYTES))
        .layer(
            // Web apps of other origins are welcome: they bring a token or see what is public.
            CorsLayer::new()
                .allow_origin(Any)
                .allow_methods([Method::GET, Method::POST, Method::PUT])
                .allow_headers(AllowHeaders::mirror_request())
                .expose_headers(Any)
                .max_age(PREFLIGHT_KEPT),
        )
}

fn account_routes() -> Router<App> {
    Router::new()
        .route("/user", get(person::details))
        .route("/user/login", post(account::login))
        .route("/user/register", post(account::register))
        .route("/user/logout", post(account::logout))
        .route("/user/validate_auth", get(account::validate))
        .route("/user/get_captcha", get(account::captcha))
        .route("/user/replies", get(notifications::replies))
        .route("/user/mention", get(notifications::mentions))
        .route("/user/unread_count", get(notifications::unread_count))
        .route(
            "/user/mention/mark_as_read",
            post(notifications::mark_mention),
        )
        .route("/user/mark_all_as_read", post(notifications::mark_all))
        .route(
            "/private_message",
            post(private_message::create).put(private_message::edit),
        )
        .route("/private_message/list", get(private_message::list))
        .route("/private_message/delete", post(private_message::delete))
        .route(
            "/private_message/mark_as_read",
            post(private_message::mark_as_read),
        )
        .route("/comment/mark_as_read", post(notifications::mark_reply))
}

fn personal_routes() -> Router<App> {
    Router::new()
        .route("/user/save_user_settings", put(settings::save))
        .route("/user/change_password", put(settings::change_password))
        .route("/user/delete_account", post(settings::delete_account))
        .route("/user/password_reset", post(settings::no_mail))
        .route("/user/password_change", post(settings::no_such_token))
        .route("/user/verify_email", post(settings::no_such_token))
        .route("/user/totp/generate", post(settings::no_second_factor))
        .route("/user/totp/update", post(settings::no_second_factor))
        .route(
            "/user/donation_dialog_shown",
            post(settings::donation_dialog_shown),
        )
        .route("/user/list_logins", get(settings::logins))
        .route("/user/export_settings", get(backup::export))
        .route("/user/import_settings", post(backup::import))
        .route("/user/block", post(personal::block_person))
        .route("/community/block", post(personal::block_community))
        .route("/site/block", post(personal::block_instance))
        .route("/post/save", put(personal::save_post))
        .route("/post/mark_as_read", post(personal::mark_read))
        .route("/post/hide", post(personal::hide_post))
        .route("/comment/save", put(personal::save_comment))
}

/// Beside the API, where Lemmy has its picture server.
fn pictures() -> Router<App> {
    use routes::media;
    Router::new()
        .route("/pictrs/image", post(media::upload))
        .layer(middleware::from_fn(media::accept_cookie))
        .layer(DefaultBodyLimit::max(MAX_UPLOAD_BYTES))
        .route("/pictrs/image/{file}", get(media::serve))
        .route("/pictrs/image/delete/{token}/{file}", get(media::delete))
        .route("/pictrs/healthz", get(media::healthy))
}

fn report_routes() -> Router<App> {
    use routes::{applications, message_report, report};
    Router::new()
        .route("/admin/registration_application", get(applications::read))
        .route(
            "/admin/registration_application/count",
            get(applications::count),
        )
        .route(
            "/admin/registration_application/list",
            get(applications::list),
        )
        .route(
            "/admin/registration_application/approve",
            put(applications::approve),
        )
        .route("/post/report", post(report::create_post))
        .route("/post/report/resolve", put(report::resolve_post))
        .route("/post/report/list", get(report::list_posts))
        .route("/comment/report", post(report::create_comment))
        .route("/comment/report/resolve", put(report::resolve_comment))
        .route("/comment/report/list", get(report::list_comments))
        .route("/private_message/report", post(message_report::create))
        .route(
            "/private_message/report/resolve",
            put(message_report::resolve),
        )
        .route("/private_message/report/list", get(message_report::list))
        .route("/user/report_count", get(report::count))
        .route("/account/list_media", get(routes::media::list))
        .route("/admin/list_all_media", get(routes::media::list_all))
}

fn moderation_routes() -> Router<App> {
    use routes::{moderation, modlog, purge};
    Router::new()
        .route("/post/remove", post(moderation::remove_post))
        .route("/post/lock", post(moderation::lock_post))
        .route("/post/feature", post(moderation::feature_post))
        .route("/post/like/list", get(moderation::post_likes))
        .route("/comment/remove", post(moderation::remove_comment))
        .route(
            "/comment/distinguish",
            post(moderation::distinguish_comment),
        )
        .route("/comment/like/list", get(moderation::comment_likes))
        .route("/community/ban_user", post(moderation::ban_from_community))
        .route("/community/remove", post(moderation::remove_community))
        .route("/community/hide", put(moderation::hide_community))
        .route("/community/transfer", post(moderation::transfer_community))
        .route("/user/ban", post(moderation::ban_person))
        .route("/user/banned", get(moderation::banned))
        .route("/modlog", get(modlog::read))
        .route("/admin/purge/person", post(purge::person))
        .route("/admin/purge/community", post(purge::community))
        .route("/admin/purge/post", post(purge::post))
        .route("/admin/purge/comment", post(purge::comment))
}

fn content_routes() -> Router<App> {
    use routes::post as thread;
    Router::new()
        .route(
            "/community",
            post(community::create)
                .get(community::read)
                .put(community::edit),
        )
        .route("/community/list", get(community::list))
        .route("/community/follow", post(community::follow))
        .route("/community/delete", post(community::delete))
        .route("/community/mod", post(roles::appoint_moderator))
        .route("/admin/add", post(roles::appoint_admin))
        .route("/user/leave_admin", post(roles::leave_admin))
        .route(
            "/post",
            post(thread::create).get(thread::read).put(thread::edit),
        )
        .route("/post/list", get(thread::list))
        .route("/post/site_metadata", get(routes::metadata::read))
        .route("/post/delete", post(thread::delete))
        .route("/post/like", post(thread::like))
        .route(
            "/comment",
            post(comment::create).get(comment::read).put(comment::edit),
        )
        .route("/comment/list", get(comment::list))
        .route("/comment/delete", post(comment::delete))
        .route("/comment/like", post(comment::like))
}
