//! "Load the whole conversation": a member asks for what else was said under a thread from elsewhere.

use axum::extract::State;
use axum::response::Response;
use maud::{Markup, html};

use super::Id;
use crate::app::App;
use crate::community::threads::{Whole, ask_for_whole};
use crate::domain::ids::PostId;
use crate::limits::Door;
use crate::store::conversations::ConversationRow;
use crate::web::components::forms::token;
use crate::web::components::time;
use crate::web::errors::Failure;
use crate::web::flash::{Flash, redirect};
use crate::web::forms::Posted;
use crate::web::layout::Frame;
use crate::web::session::{Signed, limit};

pub async fn load(
    State(app): State<App>,
    Signed(viewer): Signed,
    Id(id): Id<PostId>,
    _: Posted,
) -> Result<Response, Failure> {
    limit(&app, &viewer, Door::Search)?;
    let asked = app
        .store
        .write(move |tx| ask_for_whole(tx, viewer.id, id))
        .await?;
    let flash = match asked {
        Whole::Asked => Flash::Loading,
        Whole::JustRead | Whole::AtHome => Flash::LoadedJustNow,
    };
    let path = format!("/post/{id}#comments");
    Ok(redirect(&app.settings.public_url, &path, flash))
}

/// Under a thread from elsewhere: when its conversation was read last, and the button.
pub fn state(frame: &Frame, id: PostId, read: Option<&ConversationRow>) -> Markup {
    let wanted = read.is_some_and(|row| row.wanted);
    let last = read.and_then(|row| row.read_at);
    html! {
        div.apart {
            p.meta {
                @if wanted { "The rest of this conversation is being fetched from where it is held." }
                @else if let Some(at) = last { "Fetched whole from where it is held " (time::ago(at, frame.now)) "." }
                @else { "You see what has reached this server." }
            }
            @if frame.viewer.is_some() && !wanted {
                form method="post" action={ "/post/" (id) "/conversation" } {
                    (token(&frame.csrf))
                    button.small { "Load the whole conversation" }
                }
            }
        }
    }
}
