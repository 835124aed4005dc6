//! Looks at the pages behind links, as far as they are wanted and their time has come.

use std::time::Duration;

use futures::StreamExt;

use crate::app::App;
use crate::community::previews::{self, Due, Failure};
use crate::pictures;
use crate::store::StoreError;

/// So many are looked at side by side, of one server one at a time.
const AT_ONCE: usize = 4;
/// Most of them wait for a moment that no bell rings for.
pub(super) const PAUSE: Duration = Duration::from_secs(5);

/// False when there was nothing to do.
pub(super) async fn look_at_some(app: App) -> Result<bool, StoreError> {
    // Most of the time there is nothing to write.
    if !app.store.read(previews::is_anything_due).await? {
        return Ok(false);
    }
    let taken = app.store.write(|tx| previews::take(tx, AT_ONCE)).await?;
    let any = !taken.is_empty();
    let mut looking = futures::stream::iter(taken)
        .map(|due| look(&app, due))
        .buffer_unordered(AT_ONCE);
    while let Some(outcome) = looking.next().await {
        outcome?;
    }
    Ok(any)
}

async fn look(app: &App, due: Due) -> Result<(), StoreError> {
    let seen = match app.federation.look_at(&due.link).await? {
        Ok(seen) => seen,
        Err(error) => {
            tracing::debug!(link = %due.link, %error, "a link could not be looked at");
            let failure = match error.is_passing() {
                true => Failure::Passing,
                false => Failure::Final,
            };
            let write = move |tx: &mut crate::store::Tx<'_>| previews::fail(tx, &due, failure);
            return app.store.write(write).await;
        }
    };
    let picture = match &seen.page.image {
        Some(image) if app.store.read(previews::has_room).await? => {
            let answer = app.federation.picture_at(image).await?;
            answer
                .inspect_err(
                    |error| tracing::debug!(%image, %error, "a page's picture is left out"),
                )
                .ok()
        }
        _ => None,
    };
    pictures::keep_preview(app, due, seen, picture).await
}
