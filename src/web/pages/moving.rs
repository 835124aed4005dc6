//! Moving to another address and from one: of a member, and of a group.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};
use url::Url;

use super::Handle;
use crate::app::App;
use crate::community::accounts::{self, Viewer};
use crate::community::{CommunityError, Denied, groups, moves};
use crate::domain::ids::ActorId;
use crate::domain::kinds::ActorKind;
use crate::domain::rules::Act;
use crate::federation::{ResolveError, Resolved};
use crate::limits::Door;
use crate::store::actors::{self, ActorBrief};
use crate::store::{StoreError, Tx, moves as store};
use crate::web::components::forms::{Field, problem, token};
use crate::web::components::name_link;
use crate::web::errors::Failure;
use crate::web::flash::{Flash, redirect};
use crate::web::forms::{Draft, Fields, Posted, at};
use crate::web::layout::{Frame, Page};
use crate::web::session::{Client, Signed, limit};

/// Who may move, and what is said of it so far.
struct Shown {
    actor: ActorBrief,
    /// Of this page.
    path: String,
    aliases: Vec<String>,
    target: Option<ActorBrief>,
}

impl Shown {
    fn read(tx: &mut Tx<'_>, actor: ActorBrief, path: String) -> Result<Shown, StoreError> {
        Ok(Shown {
            aliases: store::aliases_of(tx.conn, actor.id)?,
            target: store::target(tx.conn, actor.id)?,
            path,
            actor,
        })
    }

    fn is_group(&self) -> bool {
        self.actor.kind == ActorKind::Group
    }
}

async fn member(app: &App, viewer: &Viewer) -> Result<Shown, Failure> {
    let actor = viewer.actor.clone();
    let load = move |tx: &mut Tx<'_>| Shown::read(tx, actor.clone(), "/settings/move".to_owned());
    Ok(app.store.read(load).await?)
}

async fn group(app: &App, viewer: &Viewer, handle: Handle) -> Result<Shown, Failure> {
    let viewer = viewer.id;
    let load = move |tx: &mut Tx<'_>| -> Result<Shown, CommunityError> {
        let row = handle.group(tx, Some(viewer))?;
        if !row.local {
            return Err(Denied::RemoteGroup.into());
        }
        groups::standing(tx, viewer, row.id)?.may(Act::MoveGroup)?;
        let actor = ActorBrief::from(row);
        let path = format!("{}/move", actor.path());
        Ok(Shown::read(tx, actor, path)?)
    };
    Ok(app.store.read(load).await?)
}

pub async fn show(
    State(app): State<App>,
    Signed(viewer): Signed,
    frame: Frame,
) -> Result<Markup, Failure> {
    let shown = member(&app, &viewer).await?;
    Ok(page(&frame, &shown, &Draft::default()))
}

pub async fn show_group(
    State(app): State<App>,
    Signed(viewer): Signed,
    frame: Frame,
    handle: Handle,
) -> Result<Markup, Failure> {
    let shown = group(&app, &viewer, handle).await?;
    Ok(page(&frame, &shown, &Draft::default()))
}

pub async fn submit(
    State(app): State<App>,
    client: Client,
    Signed(viewer): Signed,
    frame: Frame,
    Posted(fields): Posted,
) -> Result<Response, Failure> {
    let shown = member(&app, &viewer).await?;
    answer(&app, client, &viewer, &frame, shown, fields).await
}

pub async fn submit_group(
    State(app): State<App>,
    client: Client,
    Signed(viewer): Signed,
    frame: Frame,
    handle: Handle,
    Posted(fields): Posted,
) -> Result<Response, Failure> {
    let shown = group(&app, &viewer, handle).await?;
    answer(&app, client, &viewer, &frame, shown, fields).await
}

async fn answer(
    app: &App,
    client: Client,
    viewer: &Viewer,
    frame: &Frame,
    shown: Shown,
    fields: Fields,
) -> Result<Response, Failure> {
    limit(app, viewer, Door::Act)?;
    match act(app, client, viewer, &shown, &fields).await {
        Ok(flash) => Ok(redirect(&app.settings.public_url, &shown.path, flash)),
        Err(failure) => {
            let draft = fields.refused(failure)?;
            Ok((draft.status(), page(frame, &shown, &draft)).into_response())
        }
    }
}

async fn act(
    app: &App,
    client: Client,
    viewer: &Viewer,
    shown: &Shown,
    fields: &Fields,
) -> Result<Flash, Failure> {
    let (by, actor) = (viewer.id, shown.actor.id);
    match fields.text("act") {
        "add" => {
            let alias = look_up(app, viewer, shown, "alias", fields.text("alias")).await?;
            app.store
                .write(move |tx| moves::add_alias(tx, by, actor, alias))
                .await?;
            Ok(Flash::Saved)
        }
        "remove" => {
            let alias = fields.text("address").to_owned();
            app.store
                .write(move |tx| moves::remove_alias(tx, by, actor, &alias))
                .await?;
            Ok(Flash::Saved)
        }
        "back" => {
            app.store
                .write(move |tx| moves::come_back(tx, by, actor))
                .await?;
            Ok(Flash::CameBack)
        }
        "move" => {
            client.limit(app, Door::Login)?;
            accounts::confirm(&app.store, viewer, fields.text("password"), "password").await?;
            let target = look_up(app, viewer, shown, "target", fields.text("target")).await?;
            let target: Url = app
                .store
                .read(move |tx| actors::get(tx.conn, target))
                .await?
                .ap_id
                .parse()
                .map_err(|_| Failure::BadForm)?;
            app.federation.move_away(by, actor, target).await?;
            Ok(Flash::Moved)
        }
        _ => Err(Failure::BadForm),
    }
}

/// Who is meant by `name@host` or an address.
async fn look_up(
    app: &App,
    viewer: &Viewer,
    shown: &Shown,
    field: &'static str,
    typed: &str,
) -> Result<ActorId, Failure> {
    let typed = typed.trim();
    if typed.is_empty() {
        return Err(at(field)("Which address?"));
    }
    limit(app, viewer, Door::Search)?;
    let bare = typed.trim_start_matches(['!', '@']);
    let address = match (bare.contains('/'), shown.is_group()) {
        (true, _) => typed.to_owned(),
        (false, true) => format!("!{bare}"),
        (false, false) => format!("@{bare}"),
    };
    match app.federation.resolve(&address).await {
        Ok(Resolved::Person(id) | Resolved::Group(id)) => Ok(id),
        Ok(_) => Err(at(field)("This is neither a person nor a group.")),
        Err(ResolveError::Store(error)) => Err(error.into()),
        Err(ResolveError::Unreachable(_)) => Err(at(field)(
            "That server cannot be reached just now. Try again later, and check the spelling.",
        )),
        Err(_) => Err(at(field)(
            "Nobody was found at this address. Is it spelled right?",
        )),
    }
}

fn page(frame: &Frame, shown: &Shown, draft: &Draft) -> Markup {
    let heading = if shown.is_group() {
        format!("Move {}", shown.actor.title())
    } else {
        "Move your account".to_owned()
    };
    let failed = |act: &str| draft.value("act") == act;
    let untouched = Draft::default();
    let main = html! {
        div.reading.stack {
            h1 dir="auto" { (heading) }
            @if let Some(target) = &shown.target { (gone(frame, shown, target)) }
            (from_elsewhere(frame, shown, if failed("add") { draft } else { &untouched }))
            (to_elsewhere(frame, shown, if failed("move") { draft } else { &untouched }))
        }
    };
    Page::new(frame, heading).private().render(main)
}

fn gone(frame: &Frame, shown: &Shown, target: &ActorBrief) -> Markup {
    html! {
        section.card.stack {
            p.notice { "Moved to " (name_link(target, "who")) " (" (target.full_handle()) ")." }
            form.stack method="post" action=(shown.path) {
                (token(&frame.csrf))
                input type="hidden" name="act" value="back";
                p.quiet { "Followers that went there stay there." }
                div.row { button { "Come back to this address" } }
            }
        }
    }
}

fn from_elsewhere(frame: &Frame, shown: &Shown, draft: &Draft) -> Markup {
    html! {
        section.card.stack {
            h2 { "To here from another address" }
            p.quiet { "Name the old address here first, then begin the move there." }
            @if !shown.aliases.is_empty() {
                ul.people {
                    @for alias in &shown.aliases {
                        li.apart {
                            a href=(alias) rel="nofollow noopener" { (alias) }
                            form method="post" action=(shown.path) {
                                (token(&frame.csrf))
                                input type="hidden" name="act" value="remove";
                                input type="hidden" name="address" value=(alias);
                                button.small aria-label={ "Remove: " (alias) } { "Remove" }
                            }
                        }
                    }
                }
            }
            form.stack method="post" action=(shown.path) {
                (token(&frame.csrf))
                (problem(draft))
                input type="hidden" name="act" value="add";
                (Field::new("alias", "Old address").required().max(300).autocomplete("off").hint("As in name@server.example.").input(draft))
                div.row { button { "Add the address" } }
            }
        }
    }
}

fn to_elsewhere(frame: &Frame, shown: &Shown, draft: &Draft) -> Markup {
    let what_follows = if shown.is_group() {
        "Followers are led to the new address, and nobody begins threads here any more. What was written stays where it is."
    } else {
        "Other servers are told, and your page shows where you went. What you wrote stays where it is. Roles in groups do not move: ask the coordinators."
    };
    html! {
        section.card.stack {
            h2 { "From here to another address" }
            p.quiet { (what_follows) " The new address has to name this one, " (shown.actor.ap_id) ", as an old address of its own. Between two moves lie 30 days." }
            form.stack method="post" action=(shown.path) {
                (token(&frame.csrf))
                (problem(draft))
                input type="hidden" name="act" value="move";
                (Field::new("target", "New address").required().max(300).autocomplete("off").hint("As in name@server.example.").input(draft))
                (Field::new("password", "Your password, to be sure").kind("password").required().autocomplete("current-password").input(draft))
                div.row { button.danger { "Move" } }
            }
        }
    }
}
