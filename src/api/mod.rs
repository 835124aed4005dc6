//! The JSON API: Lemmy's HTTP API v3, so that its apps and client libraries work here.
//! Calls `community` and `store::views` and shapes what they answer. It reads the
//! `Authorization: Bearer` header and never a cookie, so no page elsewhere can act for a member.

mod auth;
mod errors;
mod languages;
mod legacy_auth;
mod load;
mod paging;
mod routes;
mod shape;
mod types;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::{Method, header};
use axum::middleware;
use axum::routing::{get, post, put};
use tower_http::cors::{Any, CorsLayer};

use crate::app::App;
use routes::{
    account, comment, community, instances, notifications, person, private_message, search, site,
    site_edit,
};

/// The longest post in JSON, were each of its 50 000 characters escaped, with room to spare.
const MAX_BODY_BYTES: usize = 1024 * 1024;

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
        .merge(report_routes())
        .fallback(routes::unknown)
        .method_not_allowed_fallback(routes::unknown);
    Router::new()
        .nest("/api/v3", routes)
        .layer(middleware::from_fn(legacy_auth::accept))
        .layer(DefaultBodyLimit::max(MAX_BODY_BYTES))
        .layer(
            // Web apps of other origins are welcome: they bring a token or see what is public.
            CorsLayer::new()
                .allow_origin(Any)
                .allow_methods([Method::GET, Method::POST, Method::PUT])
                .allow_headers([header::AUTHORIZATION, header::CONTENT_TYPE]),
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

fn report_routes() -> Router<App> {
    use routes::report;
    Router::new()
        .route("/post/report", post(report::create_post))
        .route("/post/report/resolve", put(report::resolve_post))
        .route("/post/report/list", get(report::list_posts))
        .route("/comment/report", post(report::create_comment))
        .route("/comment/report/resolve", put(report::resolve_comment))
        .route("/comment/report/list", get(report::list_comments))
        .route("/user/report_count", get(report::count))
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
        .route(
            "/post",
            post(thread::create).get(thread::read).put(thread::edit),
        )
        .route("/post/list", get(thread::list))
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
