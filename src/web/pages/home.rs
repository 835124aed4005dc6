//! The start page. Visitors see what this place is; members see what is new in their groups.

use axum::extract::State;
use maud::{Markup, PreEscaped, html};

use super::{Asked, PAGE};
use crate::app::App;
use crate::community::CommunityError;
use crate::domain::kinds::{Listing, Order, PostSort, RegistrationMode, Scope};
use crate::domain::paging::{Cursor, Page as ListPage};
use crate::store::posts::{self, PostFilter, Span, Wanted};
use crate::store::taste::Taste;
use crate::store::views::{self, GroupView, PostView};
use crate::store::{Tx, groups};
use crate::web::assets::LOGO;
use crate::web::components::posts::Within;
use crate::web::components::{self, icons, lists};
use crate::web::errors::Failure;
use crate::web::layout::{Frame, Page, banner};

const LIVELY_GROUPS: usize = 6;

pub async fn show(State(app): State<App>, frame: Frame, asked: Asked) -> Result<Markup, Failure> {
    let member = frame.viewer.is_some();
    let scope = match asked.word("show") {
        // A visitor has no groups of their own.
        Some(Scope::Subscribed) | None if !member => Scope::All,
        Some(scope) => scope,
        None => match frame.preferences.listing {
            Some(Listing::All) => Scope::All,
            Some(Listing::Local) => Scope::Local,
            _ => Scope::Subscribed,
        },
    };
    // In one's own groups nothing should be missed; elsewhere one looks for what moves people.
    let wanted: Option<Order> = match asked.word::<PostSort>("sort") {
        Some(_) => None,
        None => asked.word("sort").or(frame.preferences.sort),
    };
    let sort = match (asked.word("sort"), wanted) {
        (Some(sort), _) => sort,
        (None, Some(order)) => order.into(),
        (None, None) if scope == Scope::Subscribed => PostSort::New,
        (None, None) => PostSort::Active,
    };
    let after = asked.after()?;
    let viewer = frame.viewer_id();
    let filter = match (scope, viewer) {
        (Scope::Subscribed, Some(viewer)) => PostFilter::FollowedBy(viewer),
        (Scope::Local, _) => PostFilter::Local,
        _ => PostFilter::All,
    };
    let millis = wanted.and_then(Order::span);
    let load = move |tx: &mut Tx<'_>| -> Result<_, CommunityError> {
        let now = tx.now;
        let span = millis.map(|millis| Span { now, millis });
        let taste = Taste::of(tx.conn, viewer)?;
        let wanted = Wanted { filter, sort, span };
        let page = posts::page_pinned_first(tx.conn, viewer, &taste, wanted, after, PAGE)?;
        let views = views::posts(tx.conn, page.items, viewer)?;
        let lively = groups::page(tx.conn, viewer, &taste, Scope::All, None, LIVELY_GROUPS)?;
        let lively = views::groups(tx.conn, &lively.items, viewer)?;
        Ok((
            ListPage {
                items: views,
                next: page.next,
            },
            lively,
        ))
    };
    let (threads, lively) = app.store.read(load).await?;
    let list = List {
        scope,
        sort,
        wanted,
        after,
        threads,
    };
    Ok(if member {
        for_members(&frame, &list, &lively)
    } else {
        for_visitors(&frame, &list, &lively)
    })
}

struct List {
    scope: Scope,
    sort: PostSort,
    /// The member's own order, of which a tab is a part at most.
    wanted: Option<Order>,
    after: Option<Cursor>,
    threads: ListPage<PostView>,
}

impl List {
    /// The address that the next page goes on from.
    fn base(&self) -> String {
        match self.wanted {
            Some(order) => format!("/?show={}&sort={order}", self.scope),
            None => address(self.scope, self.sort),
        }
    }
}

fn address(scope: Scope, sort: PostSort) -> String {
    format!("/?show={scope}&sort={sort}")
}

fn sorting(list: &List) -> Markup {
    let to = |sort| address(list.scope, sort);
    lists::tabs(
        "Order",
        &to(list.sort),
        &[
            ("Active", to(PostSort::Active)),
            ("New", to(PostSort::New)),
            ("Hot", to(PostSort::Hot)),
            ("Top", to(PostSort::Top)),
        ],
    )
}

fn for_members(frame: &Frame, list: &List, lively: &[GroupView]) -> Markup {
    let to = |scope| address(scope, list.sort);
    let main = html! {
        div.apart {
            h1 { "What is new" }
            a.button href="/groups" { (icons::plus()) "New thread in a group" }
        }
        div.apart {
            (lists::tabs("Whose threads", &to(list.scope), &[
                ("My groups", to(Scope::Subscribed)), ("This site", to(Scope::Local)), ("All", to(Scope::All)),
            ]))
            (sorting(list))
        }
        @if list.threads.items.is_empty() {
            @if list.scope == Scope::Subscribed && frame.my_groups.is_empty() {
                (lists::empty("Find your people", "Follow groups that care about what you care about: here, or on any other server of the fediverse. What is new in them will stand here.", Some(("/groups", "Look at the groups"))))
            } @else {
                (lists::empty("Nothing here yet", "No thread was begun here so far. Somebody has to be the first.", Some(("/groups", "Begin one in a group"))))
            }
        } @else {
            (components::posts::feed(frame, &list.threads.items, Within::Everything))
            (lists::pager(&list.base(), list.after, list.threads.next))
        }
    };
    Page::new(frame, "Home")
        .aside(html! { (about(frame, true)) (lively_groups(lively)) })
        .render(main)
}

fn for_visitors(frame: &Frame, list: &List, lively: &[GroupView]) -> Markup {
    let tagline = &frame.site.tagline;
    let to = |scope| address(scope, list.sort);
    let main = html! {
        (banner(frame))
        section.hero {
            h1 { (frame.site.name) }
            p {
                @if tagline.is_empty() { "A home for communities of practice: people who care about the same work and get better at it together." }
                @else { (tagline) }
            }
            p.row {
                @if frame.registration != RegistrationMode::Closed { a.button href="/register" { "Join us" } }
                a.button.ghost href="/groups" { "Look at the groups" }
            }
            (PreEscaped(LOGO))
        }
        @if !lively.is_empty() {
            h2 { "Lively groups" }
            ul.grid { @for group in lively { (components::groups::card(group)) } }
        }
        // On a site where nothing was written yet the greeting stands alone.
        @if !list.threads.items.is_empty() || list.scope != Scope::All {
            h2 { "What is being discussed" }
            div.apart {
                (lists::tabs("Whose threads", &to(list.scope), &[("All", to(Scope::All)), ("This site", to(Scope::Local))]))
                (sorting(list))
            }
            @if list.threads.items.is_empty() {
                (lists::empty("Nothing here yet", "No thread was begun on this site so far.", Some((&to(Scope::All), "Look at all threads"))))
            } @else {
                (components::posts::feed(frame, &list.threads.items, Within::Everything))
                (lists::pager(&list.base(), list.after, list.threads.next))
            }
        }
    };
    let mut page = Page::new(frame, frame.site.name.clone())
        .description(tagline.clone())
        .canonical(frame.absolute("/"))
        .activity(frame.absolute("/"));
    if !frame.site.sidebar_html.is_empty() {
        page = page.aside(about(frame, false));
    }
    page.render(main)
}

fn about(frame: &Frame, tagline: bool) -> Markup {
    html! {
        section.card.stack {
            h2 { (frame.site.name) }
            @if tagline && !frame.site.tagline.is_empty() { p.quiet { (frame.site.tagline) } }
            @if !frame.site.sidebar_html.is_empty() { div.prose { (PreEscaped(&frame.site.sidebar_html)) } }
            p.meta { a href="/about" { "About this site" } }
        }
    }
}

fn lively_groups(groups: &[GroupView]) -> Markup {
    html! {
        @if !groups.is_empty() {
            section.card.stack {
                h2 { "Lively groups" }
                ul.people {
                    @for view in groups {
                        li {
                            (components::avatar::of(&view.actor, components::avatar::Size::Normal))
                            span {
                                a href=(view.actor.path()) dir="auto" { (view.actor.title()) }
                                small { @if !view.actor.local { (view.actor.host) " · " } (components::count(view.group.follower_count, "follower", "followers")) }
                            }
                        }
                    }
                }
            }
        }
    }
}
