//! The door for browsers: pages rendered on the server, whole without JavaScript.
//! Parses, calls one use-case, renders. No rule lives here.

mod assets;
mod components;
mod csrf;
mod errors;
mod flash;
mod forms;
mod headers;
mod layout;
mod pages;
mod pictures;
mod session;
mod uploads;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware;
use axum::routing::{get, post};

use crate::app::App;

/// Room for the largest picture that `media` takes, and the rest of its form.
const LARGEST_FORM: usize = 12 * 1024 * 1024;

/// Every page, with its headers and the error pages around it. Takes the fallback of the router
/// it is merged into.
pub fn router(app: App) -> Router<App> {
    Router::new()
        .merge(account_pages())
        .merge(group_pages())
        .merge(thread_pages())
        .merge(report_pages())
        .merge(erasing_pages())
        .merge(admin_pages())
        .merge(personal_pages())
        .route("/", get(pages::home::show))
        .route("/about", get(pages::about::show))
        .route("/modlog", get(pages::modlog::show))
        .route("/search", get(pages::search::show))
        .route("/oembed", get(pages::oembed::show))
        .route("/authorize_interaction", get(pages::interact::authorize))
        .route("/assets/{name}", get(assets::serve))
        .route("/favicon.ico", get(assets::favicon))
        .route("/pictures/{file}", get(pictures::serve))
        .fallback(errors::no_such_page)
        .method_not_allowed_fallback(errors::wrong_method)
        .layer(DefaultBodyLimit::max(LARGEST_FORM))
        .layer(middleware::from_fn_with_state(
            app.clone(),
            session::count_pages,
        ))
        .layer(middleware::from_fn_with_state(app.clone(), errors::dress))
        .layer(middleware::from_fn_with_state(app.clone(), csrf::bind))
        .layer(middleware::from_fn_with_state(app, headers::add))
}

fn account_pages() -> Router<App> {
    use pages::{log_in, messages, moving, notifications, profile, register, settings, setup};
    Router::new()
        .route("/setup", get(setup::show).post(setup::submit))
        .route("/login", get(log_in::show).post(log_in::submit))
        .route("/logout", post(log_in::log_out))
        .route("/register", get(register::show).post(register::submit))
        .route("/u/{handle}", get(profile::show))
        .route("/settings", get(settings::show))
        .route("/settings/profile", post(settings::profile))
        .route("/settings/email", post(settings::email))
        .route("/settings/password", post(settings::password))
        .route("/settings/close", post(settings::close))
        .route("/settings/move", get(moving::show).post(moving::submit))
        .route("/messages", get(messages::show).post(messages::settings))
        .route(
            "/messages/{handle}",
            get(messages::thread).post(messages::send),
        )
        .route(
            "/message/{id}/edit",
            get(messages::show_edit).post(messages::edit),
        )
        .route("/message/{id}/delete", post(messages::delete))
        .route("/notifications", get(notifications::show))
        .route("/notifications/read", post(notifications::mark_all))
}

fn personal_pages() -> Router<App> {
    use pages::{blocks, marks, settings_reading};
    Router::new()
        .route("/saved", get(marks::saved))
        .route("/post/{id}/save", post(marks::save_post))
        .route("/post/{id}/hide", post(marks::hide_post))
        .route("/post/{id}/unread", post(marks::unread_post))
        .route("/comment/{id}/save", post(marks::save_comment))
        .route("/u/{handle}/block", post(blocks::person))
        .route("/c/{handle}/block", post(blocks::group))
        .route("/settings/blocks", get(blocks::show))
        .route("/settings/servers", post(blocks::server))
        .route(
            "/settings/reading",
            get(settings_reading::show).post(settings_reading::submit),
        )
}

fn group_pages() -> Router<App> {
    use pages::{
        bans, compose, follow, group, group_close, group_edit, group_members, group_new,
        group_remove, group_roles, group_transfer, groups, modlog, moving, sharing,
    };
    Router::new()
        .route("/groups", get(groups::show))
        .route("/groups/new", get(group_new::show).post(group_new::submit))
        .route("/c/{handle}", get(group::show))
        .route("/c/{handle}/new", get(compose::show).post(compose::submit))
        .route(
            "/c/{handle}/edit",
            get(group_edit::show).post(group_edit::submit),
        )
        .route("/c/{handle}/roles", post(group_roles::submit))
        .route(
            "/c/{handle}/bans",
            get(bans::show_group).post(bans::submit_group),
        )
        .route("/c/{handle}/modlog", get(modlog::show_group))
        .route(
            "/c/{handle}/remove",
            get(group_remove::show).post(group_remove::submit),
        )
        .route(
            "/c/{handle}/sharing",
            get(sharing::show).post(sharing::submit),
        )
        .route(
            "/c/{handle}/move",
            get(moving::show_group).post(moving::submit_group),
        )
        .route(
            "/c/{handle}/close",
            get(group_close::show).post(group_close::submit),
        )
        .route("/c/{handle}/reopen", post(group_close::reopen))
        .route(
            "/c/{handle}/transfer",
            get(group_transfer::show).post(group_transfer::submit),
        )
        .route(
            "/c/{handle}/members",
            get(group_members::show).post(group_members::submit),
        )
        .route("/c/{handle}/follow", post(follow::follow))
        .route("/c/{handle}/unfollow", post(follow::unfollow))
        .route("/c/{handle}/remote-follow", post(follow::from_elsewhere))
}

fn thread_pages() -> Router<App> {
    use pages::{
        comment, comment_edit, compose, confirm, interact, moderation, poll, relocate, reply,
        thread, vote, votes,
    };
    Router::new()
        .route("/post/{id}", get(thread::show))
        .route(
            "/post/{id}/edit",
            get(compose::show_edit).post(compose::submit_edit),
        )
        .route("/post/{id}/reply", post(reply::to_post))
        .route("/post/{id}/vote", post(vote::on_post))
        .route("/post/{id}/votes", get(votes::of_post))
        .route("/post/{id}/poll", post(poll::vote))
        .route("/post/{id}/feature", post(moderation::feature))
        .route("/post/{id}/lock", post(moderation::lock))
        .route(
            "/post/{id}/do/{act}",
            get(confirm::ask_post).post(confirm::do_post),
        )
        .route("/post/{id}/move", get(relocate::ask).post(relocate::submit))
        .route("/post/{id}/conversation", post(pages::whole::load))
        .route(
            "/post/{id}/from-elsewhere",
            get(interact::ask_for_post).post(interact::lead_from_post),
        )
        .route("/comment/{id}", get(comment::show))
        .route(
            "/comment/{id}/from-elsewhere",
            get(interact::ask_for_comment).post(interact::lead_from_comment),
        )
        .route(
            "/comment/{id}/reply",
            get(reply::show).post(reply::to_comment),
        )
        .route(
            "/comment/{id}/edit",
            get(comment_edit::show).post(comment_edit::submit),
        )
        .route("/comment/{id}/vote", post(vote::on_comment))
        .route("/comment/{id}/votes", get(votes::of_comment))
        .route("/comment/{id}/distinguish", post(moderation::distinguish))
        .route(
            "/comment/{id}/do/{act}",
            get(confirm::ask_comment).post(confirm::do_comment),
        )
}

fn report_pages() -> Router<App> {
    use pages::{report, reports};
    Router::new()
        .route(
            "/post/{id}/report",
            get(report::ask_post).post(report::send_post),
        )
        .route(
            "/comment/{id}/report",
            get(report::ask_comment).post(report::send_comment),
        )
        .route(
            "/u/{handle}/report",
            get(report::ask_person).post(report::send_person),
        )
        .route(
            "/c/{handle}/report",
            get(report::ask_group).post(report::send_group),
        )
        .route("/moderation/reports", get(reports::show).post(reports::act))
}

fn erasing_pages() -> Router<App> {
    use pages::purge;
    Router::new()
        .route(
            "/post/{id}/purge",
            get(purge::ask_post).post(purge::do_post),
        )
        .route(
            "/comment/{id}/purge",
            get(purge::ask_comment).post(purge::do_comment),
        )
        .route(
            "/u/{handle}/purge",
            get(purge::ask_person).post(purge::do_person),
        )
        .route(
            "/c/{handle}/purge",
            get(purge::ask_group).post(purge::do_group),
        )
}

fn admin_pages() -> Router<App> {
    use pages::admin::{applications, federation, host, host_rules, people, site};
    use pages::bans;
    Router::new()
        .route("/admin", get(site::show).post(site::submit))
        .route(
            "/admin/applications",
            get(applications::show).post(applications::decide),
        )
        .route("/admin/people", get(people::show).post(people::submit))
        .route("/admin/bans", get(bans::show_site).post(bans::submit_site))
        .route(
            "/admin/federation",
            get(federation::show).post(federation::act),
        )
        .route("/admin/federation/hosts/{id}", get(host::show))
        .route(
            "/admin/federation/rules",
            get(host_rules::show).post(host_rules::act),
        )
        .route("/admin/federation/rules/export", get(host_rules::export))
}

#[cfg(test)]
mod tests;
