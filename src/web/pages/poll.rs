//! Voting in the poll of a thread.

use axum::extract::State;
use axum::response::Response;

use super::{Asked, Id, thread};
use crate::app::App;
use crate::community::{CommunityError, polls};
use crate::domain::ids::PostId;
use crate::domain::poll::REMOTE_OPTIONS_MAX;
use crate::limits::Door;
use crate::store::Tx;
use crate::web::errors::Failure;
use crate::web::flash::{Flash, redirect};
use crate::web::forms::{Draft, Fields, Posted};
use crate::web::layout::Frame;
use crate::web::session::{Signed, limit};

pub async fn vote(
    State(app): State<App>,
    Signed(viewer): Signed,
    frame: Frame,
    Id(id): Id<PostId>,
    Posted(fields): Posted,
) -> Result<Response, Failure> {
    limit(&app, &viewer, Door::Act)?;
    let (voter, chosen) = (viewer.id, choice(&fields));
    let voting = move |tx: &mut Tx<'_>| -> Result<(), CommunityError> {
        polls::vote(tx, voter, id, &chosen)
    };
    let failure: Failure = match app.store.write(voting).await {
        Ok(()) => {
            let path = format!("/post/{id}#poll");
            return Ok(redirect(&app.settings.public_url, &path, Flash::Voted));
        }
        Err(error) => error.into(),
    };
    // The thread again, with what is wrong above the poll.
    let draft = fields.refused(failure)?;
    let mut shown = thread::load(&app, &frame, id, &Asked::default()).await?;
    shown.poll_problem = draft.problem.map(|problem| problem.message);
    Ok(thread::page(&frame, &shown, &Draft::default()))
}

/// One answer of several (`choice`), or any of them (`choice-0`, ...).
fn choice(fields: &Fields) -> Vec<usize> {
    let one = fields.optional("choice").and_then(|n| n.parse().ok());
    let many = (0..REMOTE_OPTIONS_MAX).filter(|n| fields.ticked(&format!("choice-{n}")));
    one.into_iter().chain(many).collect()
}
