//! Who looks after a group: a part of the page where it is edited, and its form.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};

use super::{Handle, group_edit};
use crate::app::App;
use crate::community::accounts::Viewer;
use crate::community::{CommunityError, Denied, Missing, groups};
use crate::domain::ids::ActorId;
use crate::domain::roles::Role;
use crate::domain::rules::{Act, Standing};
use crate::federation::{ResolveError, Resolved};
use crate::limits::Door;
use crate::store::actors::ActorBrief;
use crate::store::views::GroupView;
use crate::web::components::forms::{Field, problem, token};
use crate::web::components::posts::role_badge;
use crate::web::components::{avatar, name_link};
use crate::web::errors::Failure;
use crate::web::flash::{Flash, redirect};
use crate::web::forms::{Draft, Fields, Posted, at};
use crate::web::layout::Frame;
use crate::web::session::{Signed, limit};

/// What the buttons send to take a role away.
const NO_ROLE: &str = "none";

/// Who looks after the group, and what the viewer is in it.
pub struct Keepers {
    pub all: Vec<(ActorBrief, Role)>,
    pub standing: Standing,
    /// The group is of another server, which decides.
    pub elsewhere: bool,
}

impl Keepers {
    fn may_appoint(&self) -> bool {
        self.standing.may(Act::Appoint).is_ok()
    }

    /// What to say of something that was changed, or asked for.
    pub fn done(&self) -> Flash {
        if self.elsewhere {
            Flash::AskedElsewhere
        } else {
            Flash::Saved
        }
    }
}

/// The form before anything was typed.
pub fn untouched() -> Draft {
    Draft::of([("role", Role::Moderator.to_string())])
}

pub async fn submit(
    State(app): State<App>,
    Signed(viewer): Signed,
    frame: Frame,
    handle: Handle,
    Posted(mut fields): Posted,
) -> Result<Response, Failure> {
    limit(&app, &viewer, Door::Act)?;
    let (view, keepers) = group_edit::load(&app, &viewer, handle).await?;
    match change(&app, &viewer, &view, &keepers, &fields).await {
        Ok(change) => {
            let steps_down = change.person == viewer.id && change.role.is_none();
            let path = view.actor.path();
            let without = Standing {
                role: None,
                ..keepers.standing
            };
            // An administrator may still edit the group; others would meet a closed door there.
            let shut_out = without.may(Act::EditGroup).is_err();
            let (path, flash) = if steps_down && shut_out && !keepers.elsewhere {
                (path, Flash::SteppedDown)
            } else {
                (format!("{path}/edit"), keepers.done())
            };
            Ok(redirect(&app.settings.public_url, &path, flash))
        }
        Err(failure) => {
            if fields.text("role").parse::<Role>().is_err() {
                fields.set("role", Role::Moderator.as_str());
            }
            let draft = fields.refused(failure)?;
            let about = group_edit::as_it_stands(&view);
            let page = group_edit::page(&frame, &view, &keepers, &about, &draft);
            Ok((draft.status(), page).into_response())
        }
    }
}

/// What was asked for.
#[derive(Clone, Copy)]
struct Change {
    person: ActorId,
    role: Option<Role>,
}

async fn change(
    app: &App,
    viewer: &Viewer,
    view: &GroupView,
    keepers: &Keepers,
    fields: &Fields,
) -> Result<Change, Failure> {
    let role = match fields.text("role") {
        NO_ROLE => None,
        word => Some(word.parse().map_err(|_| at("role")("Choose a role."))?),
    };
    let person = match fields.optional("person") {
        Some(id) => id.parse().map_err(|_| Failure::BadForm)?,
        // Only for those who may use the answer is another server asked.
        None if !keepers.may_appoint() => {
            return Err(Failure::Denied(Denied::NotModerator));
        }
        None => {
            limit(app, viewer, Door::Search)?;
            look_up(app, fields.text("who"), "Whom do you want to appoint?").await?
        }
    };
    let (by, group) = (viewer.id, view.actor.id);
    let done = app
        .store
        .write(move |tx| groups::appoint(tx, by, group, person, role))
        .await;
    match done {
        Ok(()) => Ok(Change { person, role }),
        Err(CommunityError::Missing(Missing::Person)) => Err(at("who")(
            "Only a person with an active account can do this.",
        )),
        Err(error) => Err(error.into()),
    }
}

/// Who is meant by `name`, `name@host`, with or without an `@` before it.
pub(super) async fn look_up(
    app: &App,
    typed: &str,
    question: &'static str,
) -> Result<ActorId, Failure> {
    let typed = typed.trim();
    if typed.is_empty() {
        return Err(at("who")(question));
    }
    let bare = typed.strip_prefix('@').unwrap_or(typed);
    let address = if bare.contains(['@', '/']) {
        typed.to_owned()
    } else {
        format!("{bare}@{}", app.store.house().address.host())
    };
    match app.federation.resolve(&address).await {
        Ok(Resolved::Person(id)) => Ok(id),
        Ok(_) => Err(at("who")("This is not a person.")),
        Err(ResolveError::Store(error)) => Err(error.into()),
        Err(ResolveError::Unreachable(_)) => Err(at("who")(
            "That server cannot be reached just now. Try again later, and check the spelling.",
        )),
        Err(_) => Err(at("who")(
            "Nobody was found by this name. Is it spelled right?",
        )),
    }
}

/// The list with its buttons, and the form to appoint somebody.
pub fn section(frame: &Frame, view: &GroupView, keepers: &Keepers, draft: &Draft) -> Markup {
    let action = format!("{}/roles#roles", view.actor.path());
    html! {
        section.card.stack #roles {
            h2 { "Who looks after it" }
            p.quiet {
                "Moderators edit the group, and pin, lock and remove what is written in it."
                @if !keepers.elsewhere { " Coordinators also choose who does." }
            }
            (problem(draft))
            ul.people {
                @for (person, role) in &keepers.all { (keeper(frame, &action, keepers, person, *role)) }
            }
            @if keepers.may_appoint() {
                form.stack method="post" action=(action) {
                    (token(&frame.csrf))
                    (Field::new("who", "Appoint somebody").required().max(300).autocomplete("off").hint("Their name here, or name@server.example from elsewhere.").input(draft))
                    @if keepers.elsewhere {
                        input type="hidden" name="role" value=(Role::Moderator);
                    } @else {
                        (Field::new("role", "As").choice(draft, &[
                            (Role::Moderator.as_str(), "Moderator"), (Role::Coordinator.as_str(), "Coordinator"),
                        ]))
                    }
                    div.row { button.main { "Appoint" } }
                }
            }
        }
    }
}

fn keeper(
    frame: &Frame,
    action: &str,
    keepers: &Keepers,
    person: &ActorBrief,
    role: Role,
) -> Markup {
    let me = frame.viewer_id() == Some(person.id);
    let to = |role: &str, words: &str| {
        html! {
            form method="post" action=(action) {
                (token(&frame.csrf))
                input type="hidden" name="person" value=(person.id);
                input type="hidden" name="role" value=(role);
                button.small aria-label={ (words) ": " (person.title()) } { (words) }
            }
        }
    };
    html! {
        li.apart {
            span.row {
                (avatar::of(person, avatar::Size::Normal))
                span { (name_link(person, "who")) }
                (role_badge(Some(role), false))
            }
            div.row {
                @if keepers.standing.may_coordinate() {
                    @match role {
                        Role::Moderator => (to(Role::Coordinator.as_str(), "Make coordinator")),
                        Role::Coordinator => (to(Role::Moderator.as_str(), "Make moderator")),
                    }
                }
                @if me { (to(NO_ROLE, "Step down")) }
                @else if keepers.may_appoint() { (to(NO_ROLE, "Take the role away")) }
            }
        }
    }
}
