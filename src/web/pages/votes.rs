//! Who voted how on a thread or a comment, for those who look after the group and for administrators.

use axum::extract::State;
use maud::{Markup, html};

use super::{Asked, Id};
use crate::app::App;
use crate::community::CommunityError;
use crate::community::votes::{Target, group_if_seen};
use crate::domain::ids::{ActorId, CommentId, PostId};
use crate::domain::paging::Cursor;
use crate::store::actors::{self, ActorBrief};
use crate::store::{Tx, votes};
use crate::web::components::{self, lists};
use crate::web::errors::Failure;
use crate::web::layout::{Frame, Page};
use crate::web::session::Signed;

/// Votes on one page.
const VOTES: usize = 100;

pub async fn of_post(
    State(app): State<App>,
    Signed(viewer): Signed,
    frame: Frame,
    Id(id): Id<PostId>,
    asked: Asked,
) -> Result<Markup, Failure> {
    show(&app, viewer.id, &frame, Target::Post(id), asked.after()?).await
}

pub async fn of_comment(
    State(app): State<App>,
    Signed(viewer): Signed,
    frame: Frame,
    Id(id): Id<CommentId>,
    asked: Asked,
) -> Result<Markup, Failure> {
    show(&app, viewer.id, &frame, Target::Comment(id), asked.after()?).await
}

async fn show(
    app: &App,
    viewer: ActorId,
    frame: &Frame,
    target: Target,
    after: Option<Cursor>,
) -> Result<Markup, Failure> {
    let load = move |tx: &mut Tx<'_>| -> Result<_, CommunityError> {
        group_if_seen(tx, viewer, target)?;
        let page = votes::page(tx.conn, target.id(), after, VOTES)?;
        let people: Vec<ActorId> = page.items.iter().map(|(person, _)| *person).collect();
        Ok((actors::briefs(tx.conn, &people)?, page))
    };
    let (people, page) = app.store.read(load).await?;
    let of = |(person, value): &(ActorId, i16)| {
        let person = people.iter().find(|known| known.id == *person)?;
        Some((person, *value))
    };
    let all: Vec<(&ActorBrief, i16)> = page.items.iter().filter_map(of).collect();
    let (back, what) = match target {
        Target::Post(id) => (format!("/post/{id}"), "the thread"),
        Target::Comment(id) => (format!("/comment/{id}"), "the reply"),
    };
    let (up, down): (Vec<_>, Vec<_>) = all.into_iter().partition(|(_, value)| *value > 0);
    let main = html! {
        div.narrow.stack {
            h1 { "Who voted" }
            p.meta { a href=(back) { "Back to " (what) } }
            p.quiet { "Only those who look after the group, and the administrators of this site, see this page. Votes from servers that keep them to themselves are not here." }
            @if up.is_empty() && down.is_empty() {
                (lists::empty("No votes yet", "Who votes will stand here.", None))
            }
            (side("Up", &up))
            (side("Down", &down))
            (lists::pager(&format!("{back}/votes"), after, page.next))
        }
    };
    Ok(Page::new(frame, "Who voted").private().render(main))
}

fn side(title: &str, people: &[(&ActorBrief, i16)]) -> Markup {
    html! {
        @if !people.is_empty() {
            section.card.stack {
                h2 { (title) }
                ul.people {
                    @for (person, _) in people {
                        li { (components::person(person)) }
                    }
                }
            }
        }
    }
}
