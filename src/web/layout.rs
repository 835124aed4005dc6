//! The frame around every page: head, bar, navigation, flash and foot.

mod head;

use axum::extract::FromRequestParts;
use axum::http::header::LINK;
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::assets::LOGO;
use super::components::{avatar, icons};
use super::errors::Failure;
use super::flash::{self, Flash};
use super::session::{MaybeViewer, way_back};
use super::{components, csrf, pages};
use crate::app::App;
use crate::community::accounts::Viewer;
use crate::community::{CommunityError, notifications, reports, site as the_site};
use crate::config::PublicUrl;
use crate::domain::ids::ActorId;
use crate::domain::kinds::{AccountState, RegistrationMode};
use crate::domain::rules::Act;
use crate::domain::time::Timestamp;
use crate::store::actors::{self, ActorBrief};
use crate::store::preferences::{self, PreferencesRow};
use crate::store::site::SiteRow;
use crate::store::{StoreError, Tx, accounts, follows, private_messages, site};

/// How many of a member's groups stand in the column at the side.
const GROUPS_AT_THE_SIDE: i64 = 30;

/// What every page needs to know.
#[derive(Clone)]
pub struct Frame {
    pub site: SiteRow,
    /// The pictures of the site.
    pub icon: Option<String>,
    pub banner: Option<String>,
    pub registration: RegistrationMode,
    pub public_url: PublicUrl,
    pub viewer: Option<Viewer>,
    /// Replies and mentions not seen yet.
    pub unread: i64,
    /// Open reports that wait for this member; none for who handles no reports.
    pub reports: Option<i64>,
    pub applications: bool,
    /// Private messages not read yet.
    pub messages: i64,
    /// Groups that this member looks after where somebody waits to be let in, and how many.
    pub requests: Vec<(ActorBrief, i64)>,
    pub my_groups: Vec<ActorBrief>,
    /// How the viewer wants to read.
    pub preferences: PreferencesRow,
    pub csrf: csrf::Token,
    pub flash: Option<Flash>,
    /// Path and query of this page; of the one it was sent from, if it answers a form.
    pub here: String,
    pub now: Timestamp,
}

impl FromRequestParts<App> for Frame {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Failure> {
        let MaybeViewer(viewer) = MaybeViewer::from_request_parts(parts, app).await?;
        let public_url = app.settings.public_url.clone();
        let csrf = parts.extensions.get::<csrf::Token>().cloned();
        let csrf = csrf.ok_or_else(|| Failure::broken(&"a page outside the form-token layer"))?;
        let flash = flash::read(&public_url, &parts.headers);
        let here = way_back(parts).as_str().to_owned();
        let load = move |tx: &mut Tx<'_>| -> Result<Frame, CommunityError> {
            let site = site::get(tx.conn)?;
            let face = actors::get(tx.conn, site.actor_id)?;
            let mut frame = Frame {
                registration: the_site::registration(tx)?,
                icon: face.icon_url,
                banner: face.image_url,
                site,
                public_url: public_url.clone(),
                viewer: viewer.clone(),
                unread: 0,
                messages: 0,
                requests: Vec::new(),
                reports: None,
                applications: false,
                my_groups: Vec::new(),
                preferences: PreferencesRow::new(ActorId(0)),
                csrf: csrf.clone(),
                flash,
                here: here.clone(),
                now: tx.now,
            };
            if let Some(viewer) = &viewer {
                frame.unread = notifications::all_unread(tx, viewer.id)?;
                frame.reports = reports::waiting(tx, viewer)?;
                frame.preferences = preferences::of(tx.conn, viewer.id)?;
                frame.messages = private_messages::unread(tx.conn, viewer.id)?;
                frame.requests = requests(tx, viewer.id)?;
                frame.my_groups = actors::followed_by(tx.conn, viewer.id, GROUPS_AT_THE_SIDE)?;
                if viewer.may(Act::DecideApplications).is_ok() {
                    let waiting = accounts::page_by_state(tx.conn, AccountState::Pending, None, 1)?;
                    frame.applications = !waiting.items.is_empty();
                }
            }
            Ok(frame)
        };
        Ok(app.store.read(load).await?)
    }
}

fn requests(tx: &mut Tx<'_>, moderator: ActorId) -> Result<Vec<(ActorBrief, i64)>, StoreError> {
    let waiting = follows::groups_with_waiting(tx.conn, moderator)?;
    let ids: Vec<ActorId> = waiting.iter().map(|(group, _)| *group).collect();
    let known = actors::briefs(tx.conn, &ids)?;
    let named = waiting.into_iter().filter_map(|(group, count)| {
        let group = known.iter().find(|known| known.id == group)?;
        Some((group.clone(), count))
    });
    Ok(named.collect())
}

impl Frame {
    pub fn viewer_id(&self) -> Option<ActorId> {
        self.viewer.as_ref().map(|viewer| viewer.id)
    }

    /// The absolute address of a path here.
    pub fn absolute(&self, path: &str) -> String {
        self.public_url.join(path).to_string()
    }

    fn is_here(&self, path: &str) -> Option<&'static str> {
        let here = self.here.split('?').next().unwrap_or_default();
        (here == path).then_some("page")
    }
}

/// A page on its way: what stands in its head and at its sides.
pub struct Page<'a> {
    frame: &'a Frame,
    title: String,
    description: Option<String>,
    canonical: Option<String>,
    activity: Option<String>,
    picture: Option<String>,
    kind: &'static str,
    published: Option<Timestamp>,
    /// `@name@host` of who wrote it.
    creator: Option<String>,
    embeddable: bool,
    aside: Option<Markup>,
    hidden_from_search: bool,
}

impl<'a> Page<'a> {
    pub fn new(frame: &'a Frame, title: impl Into<String>) -> Self {
        Page {
            frame,
            title: title.into(),
            description: None,
            canonical: None,
            activity: None,
            picture: None,
            kind: "website",
            published: None,
            creator: None,
            embeddable: false,
            aside: None,
            hidden_from_search: false,
        }
    }

    /// One plain sentence or two, for search engines and link cards.
    pub fn description(mut self, text: String) -> Self {
        self.description = Some(text).filter(|text| !text.is_empty());
        self
    }

    /// The page at its origin, which may be another server.
    pub fn canonical(mut self, url: impl Into<String>) -> Self {
        self.canonical = Some(url.into());
        self
    }

    /// The address of the ActivityStreams document of what is shown.
    pub fn activity(mut self, url: impl Into<String>) -> Self {
        self.activity = Some(url.into());
        self
    }

    pub fn picture(mut self, url: Option<&str>) -> Self {
        self.picture = url.map(str::to_owned);
        self
    }

    /// Something that somebody wrote at some time.
    pub fn article(mut self, author: &ActorBrief, published: Timestamp) -> Self {
        self.kind = "article";
        self.creator = Some(format!("@{}", author.full_handle()));
        self.published = Some(published);
        self
    }

    /// Other sites may quote it: see `oembed`.
    pub fn embeddable(mut self) -> Self {
        self.embeddable = true;
        self
    }

    pub fn aside(mut self, aside: Markup) -> Self {
        self.aside = Some(aside);
        self
    }

    pub fn private(mut self) -> Self {
        self.hidden_from_search = true;
        self
    }

    /// The page as a response that says in its head, too, where the document of what is shown is.
    pub fn answer(self, status: StatusCode, main: Markup) -> Response {
        let link = self.activity.as_ref().and_then(|url| {
            let link = format!("<{url}>; rel=\"alternate\"; type=\"application/activity+json\"");
            HeaderValue::from_str(&link).ok()
        });
        let mut response = (status, self.render(main)).into_response();
        if let Some(link) = link {
            response.headers_mut().insert(LINK, link);
        }
        response
    }

    pub fn render(self, main: Markup) -> Markup {
        let frame = self.frame;
        let member = frame.viewer.is_some();
        html! {
            (DOCTYPE)
            html lang="en" {
                (self.head())
                body {
                    a.skip href="#main" { "Skip to content" }
                    (top(frame))
                    div.frame.member[member].split[self.aside.is_some()] {
                        @if member { (side(frame)) }
                        main #main tabindex="-1" {
                            @if let Some(flash) = frame.flash {
                                p.notice role="status" { (flash.sentence()) }
                            }
                            (main)
                        }
                        @if let Some(aside) = &self.aside { aside aria-label="About" { (aside) } }
                    }
                    (foot(&frame.site.name))
                    (dock(frame))
                }
            }
        }
    }
}

/// A page without anything from the database, for when there is none.
pub fn bare(title: &str, main: Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            head { (head::essentials(title)) }
            body {
                header.top { div { a.brand href="/" { (PreEscaped(LOGO)) span { "Coppice" } } } }
                div.frame { main { (main) } }
            }
        }
    }
}

/// The site's own picture, else the mark of the software.
fn face(frame: &Frame) -> Markup {
    html! {
        @match &frame.icon {
            Some(url) => img src=(url) alt="" width="30" height="30" referrerpolicy="no-referrer";,
            None => (PreEscaped(LOGO)),
        }
    }
}

/// The picture across the head of the start page.
pub fn banner(frame: &Frame) -> Markup {
    html! {
        @if let Some(url) = &frame.banner {
            img.banner src=(url) alt="" width="1600" height="400" decoding="async" referrerpolicy="no-referrer";
        }
    }
}

fn top(frame: &Frame) -> Markup {
    html! {
        header.top {
            div {
                a.brand href="/" { (face(frame)) span { (frame.site.name) } }
                search.find {
                    form action="/search" {
                        (icons::search())
                        label.hidden for="top-search" { "Search, or paste an address" }
                        input #top-search type="search" name="q" placeholder="Search, or paste an address";
                    }
                }
                div.account {
                    @if let Some(viewer) = &frame.viewer {
                        a.icon.wide href="/notifications" aria-label=(bell_label(frame.unread)) {
                            (icons::bell())
                            @if frame.unread > 0 { span.count aria-hidden="true" { (components::short_count(frame.unread)) } }
                        }
                        (account_menu(frame, viewer))
                    } @else {
                        a.button.small href="/login" { "Log in" }
                        @if frame.registration != RegistrationMode::Closed {
                            a.button.small.main.wide href="/register" { "Join" }
                        }
                    }
                }
            }
        }
    }
}

fn bell_label(unread: i64) -> String {
    match unread {
        0 => "Notifications".to_owned(),
        n => format!("Notifications, {n} unread"),
    }
}

fn account_menu(frame: &Frame, viewer: &Viewer) -> Markup {
    html! {
        details.menu {
            summary aria-label="Your account" { (avatar::of(&viewer.actor, avatar::Size::Normal)) }
            div {
                p.who-am-i { strong { (viewer.actor.title()) } br; span.handle { "@" (viewer.actor.full_handle()) } }
                a href=(viewer.actor.path()) { "Your profile" }
                a href="/saved" { "Saved" }
                (pages::messages::menu_entry(frame.messages))
                @for (group, waiting) in &frame.requests {
                    a href={ (group.path()) "/members" } { (group.title()) ": " (components::count(*waiting, "request", "requests")) }
                }
                a href="/settings" { "Settings" }
                @if let Some(reports) = frame.reports {
                    a href="/moderation/reports" { "Reports" @if reports > 0 { " " span.badge.warm { (components::short_count(reports)) " open" } } }
                }
                @if viewer.may(Act::SeeAdministration).is_ok() {
                    a href="/admin" { "Administration" @if frame.applications { " " span.badge.warm { "applications" } } }
                }
                form method="post" action="/logout" {
                    (components::forms::token(&frame.csrf))
                    button { "Log out" }
                }
            }
        }
    }
}

fn side(frame: &Frame) -> Markup {
    html! {
        nav.side aria-label="Main" {
            ul {
                li { a href="/" aria-current=[frame.is_here("/")] { (icons::home()) span { "Home" } } }
                li { a href="/groups" aria-current=[frame.is_here("/groups")] { (icons::groups()) span { "Groups" } } }
                li {
                    a href="/notifications" aria-current=[frame.is_here("/notifications")] {
                        (icons::bell()) span { "Notifications" }
                        @if frame.unread > 0 { span.count { (components::short_count(frame.unread)) } }
                    }
                }
                li {
                    a href="/messages" aria-current=[frame.is_here("/messages")] {
                        (icons::letter()) span { "Messages" }
                        @if frame.messages > 0 { span.count { (components::short_count(frame.messages)) span.hidden { " new" } } }
                    }
                }
            }
            @if !frame.requests.is_empty() {
                ul aria-label="Requests to join" {
                    @for (group, waiting) in &frame.requests {
                        li { a href={ (group.path()) "/members" } { (icons::person()) span { "Requests: " (group.title()) } span.count { (components::short_count(*waiting)) } } }
                    }
                }
            }
            @if let Some(reports) = frame.reports {
                ul {
                    li {
                        a href="/moderation/reports" aria-current=[frame.is_here("/moderation/reports")] {
                            (icons::flag()) span { "Reports" }
                            @if reports > 0 { span.count { (components::short_count(reports)) span.hidden { " open" } } }
                        }
                    }
                }
            }
            @if !frame.my_groups.is_empty() {
                h2 { "Your groups" }
                ul {
                    @for group in &frame.my_groups {
                        li {
                            a href=(group.path()) aria-current=[frame.is_here(&group.path())] title=(group.full_handle()) {
                                (avatar::of(group, avatar::Size::Small)) span { (group.title()) }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// The bar at the lower edge of a phone.
fn dock(frame: &Frame) -> Markup {
    html! {
        nav.dock aria-label="Quick" {
            ul {
                li { a href="/" aria-current=[frame.is_here("/")] { (icons::home()) "Home" } }
                li { a href="/groups" aria-current=[frame.is_here("/groups")] { (icons::groups()) "Groups" } }
                li { a href="/search" aria-current=[frame.is_here("/search")] { (icons::search()) "Search" } }
                @if let Some(viewer) = &frame.viewer {
                    li {
                        a href="/notifications" aria-current=[frame.is_here("/notifications")] {
                            (icons::bell()) "For you"
                            @if frame.unread > 0 { span.count { (components::short_count(frame.unread)) span.hidden { " unread" } } }
                        }
                    }
                    li { a href=(viewer.actor.path()) aria-current=[frame.is_here(&viewer.actor.path())] { (icons::person()) "You" } }
                } @else {
                    li { a href="/login" aria-current=[frame.is_here("/login")] { (icons::person()) "Log in" } }
                }
            }
        }
    }
}

fn foot(site: &str) -> Markup {
    html! {
        footer.foot {
            ul {
                li { (site) }
                li { a href="/about" { "About" } }
                li { a href="/groups" { "Groups" } }
                li { a href="/modlog" { "Log of moderation" } }
                li { "A " a href="https://en.wikipedia.org/wiki/Community_of_practice" { "community of practice" } " on Coppice " (env!("CARGO_PKG_VERSION")) }
            }
        }
    }
}
