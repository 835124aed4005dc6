//! Who is banned from a group or from the site, the form to ban somebody, and the end of a ban.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};

use super::{Asked, Handle, PAGE, group_roles, reason};
use crate::app::App;
use crate::community::accounts::Viewer;
use crate::community::bans::{self, Ban, Lift};
use crate::community::{CommunityError, groups};
use crate::domain::ids::ActorId;
use crate::domain::limits::REASON_MAX;
use crate::domain::paging::{Cursor, Page as Listed};
use crate::domain::rules::Act;
use crate::domain::time::{DAY, Timestamp};
use crate::limits::Door;
use crate::store::Tx;
use crate::store::actors::ActorBrief;
use crate::store::bans::{self as rows, BanRow};
use crate::web::components::forms::{Field, problem, token};
use crate::web::components::{avatar, lists, name_link, time};
use crate::web::errors::Failure;
use crate::web::flash::{Flash, redirect};
use crate::web::forms::{Draft, Fields, Posted, at};
use crate::web::layout::{Frame, Page};
use crate::web::session::{AdminViewer, Signed, limit};

const ADMIN_PATH: &str = "/admin/bans";
/// A hundred years is for good.
const MOST_DAYS: i64 = 36_500;

/// From where somebody is banned.
#[derive(Clone)]
enum Place {
    Group(Box<ActorBrief>),
    Site,
}

impl Place {
    fn path(&self) -> String {
        match self {
            Place::Group(group) => format!("{}/bans", group.path()),
            Place::Site => ADMIN_PATH.to_owned(),
        }
    }
}

struct Shown {
    place: Place,
    banned: Listed<(BanRow, ActorBrief)>,
    after: Option<Cursor>,
}

async fn of_group(
    app: &App,
    viewer: &Viewer,
    handle: Handle,
    after: Option<Cursor>,
) -> Result<Shown, Failure> {
    let viewer = viewer.id;
    let load = move |tx: &mut Tx<'_>| -> Result<Shown, CommunityError> {
        let group = handle.group(tx, Some(viewer))?;
        groups::standing(tx, viewer, group.id)?.may(Act::BanFromGroup)?;
        Ok(Shown {
            banned: rows::page(tx.conn, group.id, after, PAGE)?,
            place: Place::Group(Box::new(ActorBrief::from(group))),
            after,
        })
    };
    Ok(app.store.read(load).await?)
}

async fn of_site(app: &App, viewer: &Viewer, after: Option<Cursor>) -> Result<Shown, Failure> {
    let viewer = viewer.clone();
    let load = move |tx: &mut Tx<'_>| -> Result<Shown, CommunityError> {
        Ok(Shown {
            banned: bans::banned_from_site(tx, &viewer, after, PAGE)?,
            place: Place::Site,
            after,
        })
    };
    Ok(app.store.read(load).await?)
}

pub async fn show_group(
    State(app): State<App>,
    Signed(viewer): Signed,
    frame: Frame,
    handle: Handle,
    asked: Asked,
) -> Result<Markup, Failure> {
    let shown = of_group(&app, &viewer, handle, asked.after()?).await?;
    Ok(page(&frame, &shown, &for_whom(&asked)))
}

pub async fn show_site(
    State(app): State<App>,
    AdminViewer(viewer): AdminViewer,
    frame: Frame,
    asked: Asked,
) -> Result<Markup, Failure> {
    let shown = of_site(&app, &viewer, asked.after()?).await?;
    Ok(page(&frame, &shown, &for_whom(&asked)))
}

fn for_whom(asked: &Asked) -> Draft {
    Draft::of([("who", asked.text("who").chars().take(200).collect())])
}

pub async fn submit_group(
    State(app): State<App>,
    Signed(viewer): Signed,
    frame: Frame,
    handle: Handle,
    Posted(fields): Posted,
) -> Result<Response, Failure> {
    limit(&app, &viewer, Door::Act)?;
    let shown = of_group(&app, &viewer, handle, None).await?;
    submit(&app, &viewer, &frame, shown, fields).await
}

pub async fn submit_site(
    State(app): State<App>,
    AdminViewer(viewer): AdminViewer,
    frame: Frame,
    Posted(fields): Posted,
) -> Result<Response, Failure> {
    limit(&app, &viewer, Door::Act)?;
    let shown = of_site(&app, &viewer, None).await?;
    submit(&app, &viewer, &frame, shown, fields).await
}

async fn submit(
    app: &App,
    viewer: &Viewer,
    frame: &Frame,
    shown: Shown,
    fields: Fields,
) -> Result<Response, Failure> {
    match change(app, viewer, &shown.place, &fields).await {
        Ok(flash) => Ok(redirect(
            &app.settings.public_url,
            &shown.place.path(),
            flash,
        )),
        Err(failure) => {
            let draft = fields.refused(failure)?;
            let page = page(frame, &shown, &draft);
            Ok((draft.status(), page).into_response())
        }
    }
}

async fn change(
    app: &App,
    viewer: &Viewer,
    place: &Place,
    fields: &Fields,
) -> Result<Flash, Failure> {
    let reason = reason(fields)?;
    let content = fields.ticked("content");
    let by = viewer.id;
    if let Some(person) = fields.optional("lift") {
        let person: ActorId = person.parse().map_err(|_| Failure::BadForm)?;
        let lift = Lift { reason, content };
        match place {
            Place::Group(group) => {
                let group = group.id;
                let work =
                    move |tx: &mut Tx<'_>| bans::unban_from_group(tx, by, group, person, &lift);
                app.store.write(work).await?;
            }
            Place::Site => {
                let work = move |tx: &mut Tx<'_>| bans::unban_from_site(tx, by, person, &lift);
                app.store.write(work).await?;
            }
        }
        return Ok(Flash::BanLifted);
    }
    let until = days(fields)?;
    limit(app, viewer, Door::Search)?;
    let person = group_roles::look_up(app, fields.text("who"), "Whom do you want to ban?").await?;
    let ban = Ban {
        reason,
        until,
        content,
    };
    match place {
        Place::Group(group) => {
            let group = group.id;
            let work = move |tx: &mut Tx<'_>| bans::ban_from_group(tx, by, group, person, &ban);
            app.store.write(work).await?;
        }
        Place::Site => {
            let work = move |tx: &mut Tx<'_>| bans::ban_from_site(tx, by, person, &ban);
            app.store.write(work).await?;
        }
    }
    Ok(Flash::Banned)
}

/// The end of a ban for so many days.
fn days(fields: &Fields) -> Result<Option<Timestamp>, Failure> {
    let Some(text) = fields.optional("days") else {
        return Ok(None);
    };
    match text.parse::<i64>() {
        Ok(days) if (1..=MOST_DAYS).contains(&days) => Ok(Some(Timestamp::now().plus(days * DAY))),
        _ => Err(at("days")(
            "Give a whole number of days, or nothing for a ban without an end.",
        )),
    }
}

fn page(frame: &Frame, shown: &Shown, draft: &Draft) -> Markup {
    let path = shown.place.path();
    let (title, where_from) = match &shown.place {
        Place::Group(group) => (format!("Bans · {}", group.title()), "this group"),
        Place::Site => ("Bans".to_owned(), "this site"),
    };
    let form = html! {
        form.card.stack method="post" action=(path) {
            (token(&frame.csrf))
            h2 { "Ban somebody from " (where_from) }
            (problem(draft))
            (Field::new("who", "Whom").required().max(200).hint("A name of this site, or name@host.").input(draft))
            (Field::new("reason", "Reason").max(REASON_MAX).hint("Kept in the public log of moderation, and told to the servers concerned.").input(draft))
            (Field::new("days", "For how many days").kind("number").hint("Nothing: until somebody lifts it.").input(draft))
            (Field::new("content", "Remove what they wrote").hint("It can be put back when the ban is lifted.").tick(draft))
            div.row { button.danger { "Ban" } }
        }
    };
    let list = html! {
        @if shown.banned.items.is_empty() {
            (lists::empty("Nobody is banned", "May it stay so.", None))
        } @else {
            section.stack aria-label="Banned people" {
                ul.stack { @for (ban, person) in &shown.banned.items { (one(frame, &path, ban, person)) } }
                (lists::pager(&path, shown.after, shown.banned.next))
            }
        }
    };
    match &shown.place {
        Place::Group(group) => {
            let main = html! {
                div.narrow.stack {
                    h1 dir="auto" { "Bans from " (group.title()) }
                    p.meta { a href=(group.path()) { "Back to the group" } span.dot { a href={ (group.path()) "/modlog" } { "Log of moderation" } } }
                    (form) (list)
                }
            };
            Page::new(frame, title).private().render(main)
        }
        Place::Site => super::admin::page(frame, "Bans", ADMIN_PATH, html! { (form) (list) }),
    }
}

fn one(frame: &Frame, path: &str, ban: &BanRow, person: &ActorBrief) -> Markup {
    html! {
        li.card.stack {
            div.head {
                (avatar::of(person, avatar::Size::Normal))
                div.title {
                    h3 { (name_link(person, "who")) }
                    p.meta {
                        "banned " (time::ago(ban.created, frame.now))
                        span.dot {
                            @match ban.expires {
                                Some(end) => { "until " time datetime=(end) { (end.datetime().format("%-d %B %Y, %H:%M UTC")) } }
                                None => "without an end",
                            }
                        }
                    }
                }
            }
            @if let Some(reason) = &ban.reason { blockquote.prose dir="auto" { (reason) } }
            form.row method="post" action=(path) {
                (token(&frame.csrf))
                div.check {
                    input id={ "restore-" (person.id) } name="content" type="checkbox" value="on";
                    label for={ "restore-" (person.id) } { "Put back what was removed with it" }
                }
                button name="lift" value=(person.id) { "Lift the ban" span.hidden { " of " (person.title()) } }
            }
        }
    }
}

/// Whether the viewer may ban in the place where a person's page would offer it.
pub fn link_for(frame: &Frame, person: &ActorBrief) -> Markup {
    let viewer = frame.viewer.as_ref();
    let may = viewer.is_some_and(|viewer| viewer.may(Act::BanFromSite).is_ok());
    html! {
        @if may && frame.viewer_id() != Some(person.id) {
            a.button href={ (ADMIN_PATH) "?who=" (person.full_handle()) } { @if person.suspended { "Banned" } @else { "Ban" } }
            a.button.danger href={ (person.path()) "/purge" } { "Erase" }
        }
    }
}

/// For those who come from a removed group's address.
pub(super) fn any_group(tx: &mut Tx<'_>, handle: &Handle) -> Result<ActorBrief, CommunityError> {
    Ok(handle.group_even_removed(tx)?.into())
}
