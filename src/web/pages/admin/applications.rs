//! Who asked to join, and the answer to them.

use axum::extract::State;
use axum::response::Response;
use maud::{Markup, html};

use super::super::{Asked, PAGE, reason};
use crate::app::App;
use crate::community::accounts::applications;
use crate::domain::ids::ActorId;
use crate::domain::limits::REASON_MAX;
use crate::store::Tx;
use crate::store::accounts::AccountRow;
use crate::store::actors::ActorBrief;
use crate::web::components::forms::token;
use crate::web::components::{avatar, lists, time};
use crate::web::errors::Failure;
use crate::web::flash::{Flash, redirect};
use crate::web::forms::Posted;
use crate::web::layout::Frame;
use crate::web::session::AdminViewer;

const PATH: &str = "/admin/applications";

pub async fn show(
    State(app): State<App>,
    AdminViewer(viewer): AdminViewer,
    frame: Frame,
    asked: Asked,
) -> Result<Markup, Failure> {
    let after = asked.after()?;
    let load = move |tx: &mut Tx<'_>| applications::page(tx, &viewer, true, after, PAGE);
    let page = app.store.read(load).await?;
    let main = html! {
        @if page.items.is_empty() {
            (lists::empty("No applications wait", "When somebody asks to join, you decide here.", None))
        } @else {
            ul.stack { @for (account, person) in &page.items { (application(&frame, account, person)) } }
            (lists::pager(PATH, after, page.next))
        }
    };
    Ok(super::page(&frame, "Applications", PATH, main))
}

fn application(frame: &Frame, account: &AccountRow, person: &ActorBrief) -> Markup {
    html! {
        li.card.stack {
            div.head {
                (avatar::of(person, avatar::Size::Normal))
                div.title {
                    h2 { (person.title()) }
                    p.meta { "@" (person.name) @if let Some(email) = &account.email { span.dot { (email) } } span.dot { (time::ago(account.created, frame.now)) } }
                }
            }
            @if let Some(words) = &account.application { blockquote.prose dir="auto" { (words) } }
            form.stack method="post" action=(PATH) {
                (token(&frame.csrf))
                @let field = format!("reason-{}", person.id);
                div.field {
                    label for=(field) { "If you decline: why" span.hint { " (optional)" } }
                    input id=(field) name="reason" maxlength=(REASON_MAX) aria-describedby={ "h-" (field) };
                    p.hint id={ "h-" (field) } { "Told to " (person.title()) " when they try to log in." }
                }
                input type="hidden" name="person" value=(person.id);
                div.row {
                    button.main name="answer" value="approve" { "Approve" span.hidden { " " (person.title()) } }
                    button name="answer" value="decline" { "Decline" span.hidden { " " (person.title()) } }
                }
            }
        }
    }
}

pub async fn decide(
    State(app): State<App>,
    AdminViewer(viewer): AdminViewer,
    Posted(fields): Posted,
) -> Result<Response, Failure> {
    let person: ActorId = fields
        .text("person")
        .parse()
        .map_err(|_| Failure::BadForm)?;
    let accept = match fields.text("answer") {
        "approve" => true,
        "decline" => false,
        _ => return Err(Failure::BadForm),
    };
    let reason = reason(&fields)?;
    app.store
        .write(move |tx| applications::decide(tx, &viewer, person, accept, reason.as_ref()))
        .await?;
    let flash = if accept {
        Flash::Approved
    } else {
        Flash::Declined
    };
    Ok(redirect(&app.settings.public_url, PATH, flash))
}
