//! Who is in a group and who asks to be, for those who let people in.

use axum::extract::State;
use axum::response::Response;
use maud::{Markup, html};

use super::{Asked, Handle, PAGE};
use crate::app::App;
use crate::community::{CommunityError, Denied, groups};
use crate::domain::ids::ActorId;
use crate::domain::kinds::{ActorKind, Visibility};
use crate::domain::paging::Cursor;
use crate::domain::rules::Act;
use crate::limits::Door;
use crate::store::actors::{self, ActorBrief};
use crate::store::follows::{self, FollowRow};
use crate::store::views::{self, GroupView};
use crate::store::{StoreError, Tx};
use crate::web::components::forms::token;
use crate::web::components::{self, avatar, count, lists, time};
use crate::web::errors::Failure;
use crate::web::flash::{Flash, redirect};
use crate::web::forms::Posted;
use crate::web::layout::{Frame, Page};
use crate::web::session::{Signed, limit};

/// Requests on one page; those after them show when these are dealt with.
const REQUESTS: usize = 100;

struct Person {
    actor: ActorBrief,
    follow: FollowRow,
    /// Their server keeps nothing to some: what is said in a private group is public there.
    tells_all: bool,
}

type People = Vec<Person>;

struct Shown {
    view: GroupView,
    asking: People,
    members: People,
    after: Option<Cursor>,
    next: Option<Cursor>,
}

pub async fn show(
    State(app): State<App>,
    Signed(viewer): Signed,
    frame: Frame,
    handle: Handle,
    asked: Asked,
) -> Result<Markup, Failure> {
    let (me, after) = (viewer.id, asked.after()?);
    let load = move |tx: &mut Tx<'_>| -> Result<Shown, CommunityError> {
        let group = handle.group(tx, Some(me))?;
        if !group.local {
            return Err(Denied::RemoteGroup.into());
        }
        groups::standing(tx, me, group.id)?.may(Act::LetIn)?;
        let asking = follows::waiting(tx.conn, group.id, None, REQUESTS)?;
        let members = follows::members(tx.conn, group.id, after, PAGE)?;
        let view = views::group(tx.conn, group.id, Some(me))?;
        let private = view.group.visibility == Visibility::Private;
        Ok(Shown {
            view,
            asking: people(tx, asking.items, private)?,
            members: people(tx, members.items, private)?,
            after,
            next: members.next,
        })
    };
    let shown = app.store.read(load).await?;
    Ok(page(&frame, &shown))
}

fn people(tx: &mut Tx<'_>, rows: Vec<FollowRow>, private: bool) -> Result<People, StoreError> {
    let ids: Vec<ActorId> = rows.iter().map(|row| row.follower_id).collect();
    let known = actors::briefs(tx.conn, &ids)?;
    let mut people = Vec::new();
    for follow in rows {
        // Groups that share threads are let in where the group is edited.
        let is_it =
            |known: &&ActorBrief| known.id == follow.follower_id && known.kind != ActorKind::Group;
        let Some(actor) = known.iter().find(is_it) else {
            continue;
        };
        people.push(Person {
            tells_all: private && groups::is_shown_to_all_by(tx, actor)?,
            actor: actor.clone(),
            follow,
        });
    }
    Ok(people)
}

fn page(frame: &Frame, shown: &Shown) -> Markup {
    let actor = &shown.view.actor;
    let path = format!("{}/members", actor.path());
    let private = shown.view.group.visibility == Visibility::Private;
    let main = html! {
        div.reading.stack {
            p.meta { a href=(actor.path()) dir="auto" { (actor.title()) } }
            h1 { "Members" }
            @if shown.asking.iter().chain(&shown.members).any(|person| person.tells_all) {
                p.notice.warm { "Where it says “public there”, somebody's server shows everybody what it is told: all that is said in this group while they are in it is public on that server." }
            }
            @if private || !shown.asking.is_empty() {
                section.card.stack {
                    h2 { (count(shown.asking.len() as i64, "request", "requests")) " to join" }
                    @if shown.asking.is_empty() { p.quiet { "Nobody waits. Who asks to follow the group will stand here." } }
                    ul.people {
                        @for Person { actor: person, follow, tells_all } in &shown.asking {
                            li {
                                (avatar::of(person, avatar::Size::Normal))
                                span { a.who href=(person.path()) dir="auto" { (person.title()) } small { "@" (person.full_handle()) " · asked " (time::ago(follow.created, frame.now)) } (warning(*tells_all)) }
                                (button(frame, &path, person, "approve", "Approve", true))
                                (button(frame, &path, person, "decline", "Decline", false))
                            }
                        }
                    }
                }
            }
            section.card.stack {
                h2 { (count(shown.view.group.follower_count, "member", "members")) }
                @if private { p.quiet { "Who is removed cannot read the group any more. What they have read, and what their server keeps, stays with them." } }
                ul.people {
                    @for Person { actor: person, tells_all, .. } in &shown.members {
                        li {
                            (components::person(person))
                            (warning(*tells_all))
                            @if Some(person.id) != frame.viewer_id() { (button(frame, &path, person, "remove", "Remove", false)) }
                        }
                    }
                }
            }
            (lists::pager(&path, shown.after, shown.next))
        }
    };
    Page::new(frame, format!("Members of {}", actor.title()))
        .private()
        .render(main)
}

fn warning(tells_all: bool) -> Markup {
    html! {
        @if tells_all { span.badge.warm { "Public there" } }
    }
}

fn button(
    frame: &Frame,
    path: &str,
    person: &ActorBrief,
    act: &str,
    word: &str,
    main: bool,
) -> Markup {
    html! {
        form method="post" action=(path) {
            (token(&frame.csrf))
            input type="hidden" name="person" value=(person.id);
            button.small.main[main] name="act" value=(act) aria-label={ (word) " " (person.title()) } { (word) }
        }
    }
}

pub async fn submit(
    State(app): State<App>,
    Signed(viewer): Signed,
    handle: Handle,
    Posted(fields): Posted,
) -> Result<Response, Failure> {
    limit(&app, &viewer, Door::Act)?;
    let person: ActorId = fields
        .text("person")
        .parse()
        .map_err(|_| Failure::BadForm)?;
    let (let_in, flash) = match fields.text("act") {
        "approve" => (true, Flash::LetIn),
        "decline" => (false, Flash::Declined),
        "remove" => (false, Flash::MemberRemoved),
        _ => return Err(Failure::BadForm),
    };
    let me = viewer.id;
    let change = move |tx: &mut Tx<'_>| -> Result<String, CommunityError> {
        let group = handle.group(tx, Some(me))?;
        if let_in {
            groups::let_in(tx, me, group.id, person)?;
        } else {
            groups::turn_away(tx, me, group.id, person)?;
        }
        Ok(ActorBrief::from(group).path())
    };
    let path = app.store.write(change).await?;
    let path = format!("{path}/members");
    Ok(redirect(&app.settings.public_url, &path, flash))
}
