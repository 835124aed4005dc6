//! The moderators' queue: what was reported, by whom, why, and what can be done about it.

use axum::extract::State;
use axum::response::Response;
use maud::{Markup, html};

use super::{Asked, PAGE};
use crate::app::App;
use crate::community::accounts::Viewer;
use crate::community::{CommunityError, Denied, reports};
use crate::domain::html::to_text;
use crate::domain::ids::{ActorId, ReportId};
use crate::domain::kinds::ReportKind;
use crate::domain::paging::{Cursor, Page as Items};
use crate::domain::text::one_line;
use crate::limits::Door;
use crate::store::actors::{self, ActorBrief};
use crate::store::reports::{self as rows, ReportFilter, SeenBy};
use crate::store::views::{self, ReportView};
use crate::store::{StoreError, Tx};
use crate::web::components::forms::token;
use crate::web::components::{avatar, lists, name_link, time};
use crate::web::errors::Failure;
use crate::web::flash::{Flash, redirect};
use crate::web::forms::Posted;
use crate::web::layout::{Frame, Page};
use crate::web::session::{LocalPath, Signed, limit};

const PATH: &str = "/moderation/reports";

struct Shown {
    items: Items<ReportView>,
    /// The groups a moderator may choose between, and the one chosen.
    groups: Vec<ActorBrief>,
    group: Option<ActorBrief>,
    open_only: bool,
    after: Option<Cursor>,
}

impl Shown {
    /// The address of a list of its kind, without a cursor.
    fn path(&self, group: Option<ActorId>, open_only: bool) -> String {
        let mut query = Vec::new();
        if !open_only {
            query.push("show=all".to_owned());
        }
        if let Some(group) = group {
            query.push(format!("group={group}"));
        }
        match query.join("&") {
            query if query.is_empty() => PATH.to_owned(),
            query => format!("{PATH}?{query}"),
        }
    }

    fn here(&self) -> String {
        self.path(self.group.as_ref().map(|group| group.id), self.open_only)
    }
}

pub async fn show(
    State(app): State<App>,
    Signed(viewer): Signed,
    frame: Frame,
    asked: Asked,
) -> Result<Markup, Failure> {
    let after = asked.after()?;
    let filter = ReportFilter {
        group: asked.word("group"),
        open_only: asked.text("show") != "all",
        ..ReportFilter::default()
    };
    let load = move |tx: &mut Tx<'_>| load(tx, &viewer, filter, after);
    let shown = app.store.read(load).await?;
    Ok(page(&frame, &shown))
}

fn load(
    tx: &mut Tx<'_>,
    viewer: &Viewer,
    filter: ReportFilter,
    after: Option<Cursor>,
) -> Result<Shown, CommunityError> {
    let by = reports::seen_by(tx, viewer)?.ok_or(Denied::NotModerator)?;
    let page = rows::page(tx.conn, by, filter, after, PAGE)?;
    let groups = actors::moderated_by(tx.conn, viewer.id)?;
    let group = match filter.group {
        Some(id) => chosen(tx, by, &groups, id)?,
        None => None,
    };
    Ok(Shown {
        items: Items {
            items: views::reports(tx.conn, page.items, viewer.id)?,
            next: page.next,
        },
        groups,
        group,
        open_only: filter.open_only,
        after,
    })
}

fn chosen(
    tx: &mut Tx<'_>,
    by: SeenBy,
    own: &[ActorBrief],
    id: ActorId,
) -> Result<Option<ActorBrief>, StoreError> {
    match (by, own.iter().find(|group| group.id == id)) {
        (_, Some(group)) => Ok(Some(group.clone())),
        (SeenBy::Administrator, None) => Ok(actors::briefs(tx.conn, &[id])?.pop()),
        (SeenBy::Moderator(_), None) => Ok(None),
    }
}

fn page(frame: &Frame, shown: &Shown) -> Markup {
    let group = shown.group.as_ref().map(|group| group.id);
    let tabs = [
        ("Open", shown.path(group, true)),
        ("All", shown.path(group, false)),
    ];
    let main = html! {
        div.reading.stack {
            div.apart {
                h1 { "Reports" }
                (lists::tabs("Which reports", &shown.here(), &tabs))
            }
            @if shown.groups.len() > 1 || group.is_some() { (choice_of_group(shown)) }
            @if shown.items.items.is_empty() && shown.after.is_none() {
                (nothing(shown))
            } @else {
                ul.stack { @for report in &shown.items.items { (item(frame, shown, report)) } }
                (lists::pager(&shown.here(), shown.after, shown.items.next))
            }
        }
    };
    Page::new(frame, "Reports").private().render(main)
}

fn nothing(shown: &Shown) -> Markup {
    if shown.open_only {
        lists::empty(
            "Nothing waits for you",
            "When somebody reports a thread, a reply or a person, it stands here until you have dealt with it.",
            None,
        )
    } else {
        lists::empty("Nothing was ever reported", "May it stay like that.", None)
    }
}

fn choice_of_group(shown: &Shown) -> Markup {
    let chosen = shown.group.as_ref();
    html! {
        nav.row aria-label="Reports of one group" {
            a.button.small href=(shown.path(None, shown.open_only)) aria-current=[chosen.is_none().then_some("page")] { "All groups" }
            @for group in &shown.groups {
                @let here = chosen.is_some_and(|chosen| chosen.id == group.id);
                a.button.small href=(shown.path(Some(group.id), shown.open_only)) aria-current=[here.then_some("page")] { (group.title()) }
            }
            @if let Some(other) = chosen.filter(|chosen| shown.groups.iter().all(|group| group.id != chosen.id)) {
                span.badge { (other.title()) }
            }
        }
    }
}

fn item(frame: &Frame, shown: &Shown, view: &ReportView) -> Markup {
    let report = &view.report;
    html! {
        li.card.stack {
            div.head {
                (avatar::of(&view.reporter, avatar::Size::Normal))
                div.title {
                    h2 { (what(view)) }
                    p.meta {
                        span { "Reported by " (name_link(&view.reporter, "who")) }
                        span.dot { (time::ago(report.created, frame.now)) }
                        @if let Some(group) = &view.group { span.dot { "in " (name_link(group, "where")) } }
                        @if report.resolved { span.badge { "Resolved" } }
                    }
                }
            }
            @if report.reason.is_empty() { p.quiet { "No reason was given." } }
            @else { p.reason dir="auto" { (report.reason) } }
            (original(view))
            @if let Some(resolver) = &view.resolver {
                p.meta {
                    (if report.resolved { "Resolved by " } else { "Opened again by " }) (name_link(resolver, "who"))
                    @if let Some(updated) = report.updated { span.dot { (time::ago(updated, frame.now)) } }
                }
            }
            (deeds(frame, shown, view))
        }
    }
}

fn what(view: &ReportView) -> Markup {
    let author = &view.author;
    html! {
        @match view.report.kind {
            ReportKind::Post => { "A thread by " (author.title()) }
            ReportKind::Comment => { "A reply by " (author.title()) }
            ReportKind::Person => { (author.title()) }
            ReportKind::Group => { "The group " (author.title()) }
            ReportKind::Message => { "A private message by " (author.title()) }
        }
    }
}

/// What was there when it was reported, and whether it still is.
fn original(view: &ReportView) -> Markup {
    let report = &view.report;
    let hidden = match (&view.post, &view.comment) {
        (Some(view), _) => view.post.is_hidden(),
        (_, Some(view)) => view.comment.is_hidden(),
        _ => view.author.deleted,
    };
    let now = match (&view.post, &view.comment) {
        (Some(view), _) => view.post.edited,
        (_, Some(view)) => view.comment.edited,
        _ => None,
    };
    let changed = now.is_some_and(|edited| edited > report.updated.unwrap_or(report.created));
    html! {
        blockquote.prose dir="auto" {
            @if let (ReportKind::Post, Some(title)) = (report.kind, &report.original_title) { p { strong { (title) } } }
            @if let Some(text) = &report.original_text { p { (one_line(&to_text(text, 1_000), 1_000)) } }
            @if let Some(link) = &report.original_link { p { (link) } }
        }
        @if hidden { p.quiet { "It is deleted or removed by now." } }
        @else if changed { p.quiet { "It was edited after it was reported; this is how it was then." } }
    }
}

fn deeds(frame: &Frame, shown: &Shown, view: &ReportView) -> Markup {
    let report = &view.report;
    let name = view.author.title();
    let (path, hidden, words) = match (&view.post, &view.comment) {
        (Some(view), _) => (
            format!("/post/{}", view.post.id),
            view.post.is_hidden(),
            "Open the thread",
        ),
        (_, Some(view)) => (
            format!("/comment/{}", view.comment.id),
            view.comment.is_hidden(),
            "Open the reply",
        ),
        _ => (view.author.path(), true, "Open the profile"),
    };
    html! {
        div.row {
            a.button href=(path) { (words) span.hidden { " by " (name) } }
            @if !hidden && !report.resolved { a.button.danger href={ (path) "/do/remove" } { "Remove" span.hidden { " what " (name) " wrote" } } }
            form method="post" action=(PATH) {
                (token(&frame.csrf))
                input type="hidden" name="report" value=(report.id);
                input type="hidden" name="next" value=(shown.here());
                @if report.resolved { button name="act" value="reopen" { "Open again" } }
                @else { button.main name="act" value="resolve" { "Mark as resolved" } }
            }
        }
    }
}

pub async fn act(
    State(app): State<App>,
    Signed(viewer): Signed,
    Posted(fields): Posted,
) -> Result<Response, Failure> {
    limit(&app, &viewer, Door::Act)?;
    let report: ReportId = fields
        .text("report")
        .parse()
        .map_err(|_| Failure::BadForm)?;
    let flash = match fields.text("act") {
        "resolve" => Flash::Resolved,
        "reopen" => Flash::Reopened,
        _ => return Err(Failure::BadForm),
    };
    let resolved = flash == Flash::Resolved;
    app.store
        .write(move |tx| reports::resolve(tx, viewer.id, report, resolved))
        .await?;
    let next = fields.text("next");
    let next = LocalPath::parse(if next.starts_with(PATH) { next } else { PATH });
    Ok(redirect(&app.settings.public_url, next.as_str(), flash))
}
