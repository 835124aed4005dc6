//! The directory of groups, here and elsewhere.

use axum::extract::State;
use maud::{Markup, html};

use super::{Asked, PAGE};
use crate::app::App;
use crate::community::CommunityError;
use crate::domain::kinds::{GroupSort, Scope};
use crate::store::groups::Wanted;
use crate::store::taste::Taste;
use crate::store::{Tx, groups, views};
use crate::web::components::groups::card;
use crate::web::components::{avatar, icons, lists};
use crate::web::errors::Failure;
use crate::web::layout::{Frame, Page};

pub async fn show(State(app): State<App>, frame: Frame, asked: Asked) -> Result<Markup, Failure> {
    let viewer = frame.viewer_id();
    let scope = asked.word("show").unwrap_or(Scope::All);
    let sort = asked.word("sort").unwrap_or(GroupSort::Active);
    let after = asked.after()?;
    let load = move |tx: &mut Tx<'_>| -> Result<_, CommunityError> {
        let taste = Taste::of(tx.conn, viewer)?;
        let wanted = Wanted { scope, sort };
        let page = groups::page(tx.conn, viewer, &taste, wanted, after, PAGE)?;
        let closed = match viewer {
            Some(viewer) => groups::closed_by(tx.conn, viewer)?,
            None => Vec::new(),
        };
        Ok((
            views::groups(tx.conn, &page.items, viewer)?,
            page.next,
            closed,
        ))
    };
    let (found, next, closed) = app.store.read(load).await?;
    let here = address(scope, sort);
    let to = |scope| address(scope, sort);
    let mut tabs = vec![("All", to(Scope::All)), ("This site", to(Scope::Local))];
    if viewer.is_some() {
        tabs.push(("Mine", to(Scope::Subscribed)));
    }
    let by = |sort| address(scope, sort);
    let orders = [
        ("Active", by(GroupSort::Active)),
        ("New", by(GroupSort::New)),
        ("Most followed", by(GroupSort::Followed)),
    ];
    let main = html! {
        div.apart {
            h1 { "Groups" }
            @if viewer.is_some() { a.button.main href="/groups/new" { (icons::plus()) "Begin a group" } }
        }
        p.quiet { "Each group cares about one thing. Those from other servers are here because somebody here follows them; any other one can be found by its address, as in " code { "!group@server.example" } "." }
        form.join action="/search" role="search" {
            label.hidden for="find-group" { "Name or address of a group" }
            input #find-group type="search" name="q" placeholder="Name or address of a group";
            button { "Find" }
        }
        div.apart {
            (lists::tabs("Which groups", &here, &tabs))
            (lists::tabs("Order", &here, &orders))
        }
        @if found.is_empty() {
            (lists::empty("No groups here yet", "A group begins with somebody who cares about something.", viewer.map(|_| ("/groups/new", "Begin a group"))))
        } @else {
            ul.grid { @for group in &found { (card(group)) } }
            (lists::pager(&here, after, next))
        }
        @if !closed.is_empty() {
            section.card.stack {
                h2 { "Closed" }
                p.quiet { "You closed these groups, and can open them again." }
                ul.people { @for group in &closed { li { (avatar::of(group, avatar::Size::Normal)) span { a href=(group.path()) { (group.title()) } small { "!" (group.full_handle()) } } } } }
            }
        }
    };
    Ok(Page::new(&frame, "Groups")
        .canonical(frame.absolute("/groups"))
        .render(main))
}

fn address(scope: Scope, sort: GroupSort) -> String {
    format!("/groups?show={scope}&sort={sort}")
}
