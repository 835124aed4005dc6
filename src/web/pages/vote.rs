//! Votes, sent by the buttons beside threads and comments.

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};

use super::Id;
use crate::app::App;
use crate::community::Via;
use crate::community::accounts::Viewer;
use crate::community::votes::{self, Target};
use crate::domain::ids::{CommentId, PostId};
use crate::domain::kinds::Vote;
use crate::limits::Door;
use crate::web::errors::Failure;
use crate::web::forms::{Fields, Posted};
use crate::web::session::{LocalPath, Signed, limit};

pub async fn on_post(
    State(app): State<App>,
    Signed(viewer): Signed,
    Id(id): Id<PostId>,
    headers: HeaderMap,
    Posted(fields): Posted,
) -> Result<Response, Failure> {
    cast(&app, &viewer, Target::Post(id), &fields).await?;
    Ok(answer(&headers, &fields, ""))
}

pub async fn on_comment(
    State(app): State<App>,
    Signed(viewer): Signed,
    Id(id): Id<CommentId>,
    headers: HeaderMap,
    Posted(fields): Posted,
) -> Result<Response, Failure> {
    cast(&app, &viewer, Target::Comment(id), &fields).await?;
    Ok(answer(&headers, &fields, &format!("#comment-{id}")))
}

async fn cast(app: &App, viewer: &Viewer, target: Target, fields: &Fields) -> Result<(), Failure> {
    limit(app, viewer, Door::Act)?;
    let vote = match fields.text("vote") {
        "up" => Some(Vote::Up),
        "down" => Some(Vote::Down),
        "none" => None,
        _ => return Err(Failure::BadForm),
    };
    let voter = viewer.id;
    app.store
        .write(move |tx| votes::vote(tx, voter, target, vote, Via::Here))
        .await?;
    Ok(())
}

/// Back to the page; nothing for the script, which shows the change itself.
fn answer(headers: &HeaderMap, fields: &Fields, fragment: &str) -> Response {
    let script = headers
        .get(header::ACCEPT)
        .is_some_and(|kinds| kinds == "application/json");
    if script {
        return StatusCode::NO_CONTENT.into_response();
    }
    let back = LocalPath::parse(fields.text("back"));
    Redirect::to(&format!("{}{fragment}", back.as_str())).into_response()
}
