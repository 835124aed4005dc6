//! Search: words in threads and replies here, names of groups and people, and addresses anywhere.

use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use maud::{Markup, html};

use super::{Asked, PAGE};
use crate::app::App;
use crate::community::CommunityError;
use crate::domain::ids::ActorId;
use crate::domain::paging::Cursor;
use crate::federation::{ResolveError, Resolved};
use crate::limits::Door;
use crate::store::search::{self, SearchQuery};
use crate::store::views::{self, CommentView, GroupView, PersonView, PostView};
use crate::store::{StoreError, Tx, actors, audience};
use crate::web::components::comments::{Powers, one};
use crate::web::components::posts::{Within, feed, title};
use crate::web::components::{avatar, groups as group_parts, lists};
use crate::web::errors::Failure;
use crate::web::layout::{Frame, Page};
use crate::web::session::Client;

/// Groups and people whose name begins so.
const NAMES: usize = 6;

#[derive(Default)]
struct Found {
    groups: Vec<GroupView>,
    people: Vec<PersonView>,
    posts: Vec<PostView>,
    next: Option<Cursor>,
    comments: Vec<CommentView>,
}

impl Found {
    fn nothing(&self) -> bool {
        self.groups.is_empty()
            && self.people.is_empty()
            && self.posts.is_empty()
            && self.comments.is_empty()
    }
}

pub async fn show(
    State(app): State<App>,
    client: Client,
    frame: Frame,
    asked: Asked,
) -> Result<Response, Failure> {
    let text: String = asked.text("q").chars().take(2_000).collect();
    if text.is_empty() {
        return Ok(page(&frame, &text, None, &Found::default(), None).into_response());
    }
    client.limit(&app, Door::Search)?;
    let mut unresolved = None;
    if is_address(&text) {
        // Only members make this instance ask another one.
        let resolved = if frame.viewer.is_some() {
            app.federation.resolve(&text).await
        } else {
            app.federation.resolve_known(&text).await
        };
        match resolved {
            Ok(resolved) => {
                let viewer = frame.viewer_id();
                let path = app.store.read(move |tx| path_of(tx, viewer, &resolved));
                match path.await? {
                    Some(path) => return Ok(Redirect::to(&path).into_response()),
                    None => unresolved = Some(NOT_FOUND),
                }
            }
            Err(ResolveError::Store(error)) => return Err(error.into()),
            Err(error) => unresolved = Some(explain(&error, frame.viewer.is_some())),
        }
    }
    let after = asked.after()?;
    let found = find(&app, &frame, text.clone(), after).await?;
    Ok(page(&frame, &text, unresolved, &found, after).into_response())
}

/// A URL, `@name@host`, `!name@host` or `name@host`.
fn is_address(text: &str) -> bool {
    if text.contains(char::is_whitespace) {
        return false;
    }
    let schemes = [
        "https://",
        "http://",
        "web+ap:",
        "web+activitypub:",
        "acct:",
    ];
    let lower = text.to_ascii_lowercase();
    let url = schemes.iter().any(|scheme| lower.starts_with(scheme));
    let handle = text.trim_start_matches(['@', '!']);
    let named = handle
        .split_once('@')
        .is_some_and(|(name, host)| !name.is_empty() && !host.is_empty());
    url || named
}

/// Nothing of what is not for the viewer to see.
pub fn path_of(
    tx: &mut Tx<'_>,
    viewer: Option<ActorId>,
    resolved: &Resolved,
) -> Result<Option<String>, StoreError> {
    Ok(match resolved {
        Resolved::Group(id) if !audience::may_know(tx.conn, viewer, *id)? => None,
        Resolved::Person(id) | Resolved::Group(id) => {
            Some(actors::ActorBrief::from(actors::get(tx.conn, *id)?).path())
        }
        Resolved::Post(id) => {
            audience::post(tx.conn, viewer, *id)?.map(|post| format!("/post/{}", post.id))
        }
        Resolved::Comment(id) => audience::comment(tx.conn, viewer, *id)?
            .map(|(comment, _)| format!("/comment/{}", comment.id)),
    })
}

const NOT_FOUND: &str = "Nothing was found at this address. Is it spelled right?";

fn explain(error: &ResolveError, is_member: bool) -> &'static str {
    match error {
        ResolveError::NotFound if !is_member => {
            "This is not known here yet. Log in, and it is looked up where it lives."
        }
        ResolveError::Unreachable(_) => {
            "That server cannot be reached just now. Try again later, and check the spelling."
        }
        ResolveError::Refused(_) => {
            "That server answered, but not with something this site can show."
        }
        _ => NOT_FOUND,
    }
}

/// For somebody who was sent here with the address of something that cannot be shown.
pub fn not_found(frame: &Frame, text: &str, error: &ResolveError) -> Markup {
    let words = if text.is_empty() {
        "Whoever sent you here did not say what it is about. Look for it by its address."
    } else {
        explain(error, true)
    };
    page(frame, text, Some(words), &Found::default(), None)
}

async fn find(
    app: &App,
    frame: &Frame,
    text: String,
    after: Option<Cursor>,
) -> Result<Found, Failure> {
    let viewer = frame.viewer_id();
    let load = move |tx: &mut Tx<'_>| -> Result<Found, CommunityError> {
        let mut found = Found::default();
        if after.is_none() {
            let groups = search::groups(tx.conn, viewer, &text, NAMES)?;
            found.groups = views::groups(tx.conn, &groups, viewer)?;
            let people = search::people(tx.conn, &text, NAMES)?;
            found.people = views::people(tx.conn, &people)?;
        }
        if let Some(query) = SearchQuery::parse(&text) {
            let posts = search::posts(tx.conn, viewer, &query, None, after, PAGE)?;
            found.next = posts.next;
            found.posts = views::posts(tx.conn, posts.items, viewer)?;
            if after.is_none() {
                let comments = search::comments(tx.conn, viewer, &query, None, None, 10)?;
                found.comments = views::comments(tx.conn, comments.items, viewer)?;
            }
        }
        Ok(found)
    };
    Ok(app.store.read(load).await?)
}

fn page(
    frame: &Frame,
    text: &str,
    unresolved: Option<&str>,
    found: &Found,
    after: Option<Cursor>,
) -> Markup {
    let address = format!(
        "/search?{}",
        url::form_urlencoded::Serializer::new(String::new())
            .append_pair("q", text)
            .finish()
    );
    let main = html! {
        div.reading.stack {
            h1 { "Search" }
            form.join action="/search" role="search" {
                label.hidden for="q" { "Words, or an address" }
                input #q type="search" name="q" value=(text) maxlength="2000" placeholder="Words, or an address";
                button.main { "Search" }
            }
            @if text.is_empty() {
                p.quiet { "Find threads by their words, and people and groups by name. To bring in a group or person from another server, paste its address: " code { "!group@server.example" } ", " code { "@name@server.example" } ", or the address of any page there." }
            }
            @if let Some(words) = unresolved { p.notice.warm role="status" { (words) } }
            @if !found.groups.is_empty() { h2 { "Groups" } ul.grid { @for group in &found.groups { (group_parts::card(group)) } } }
            @if !found.people.is_empty() { h2 { "People" } (people(&found.people)) }
            @if !found.posts.is_empty() {
                h2 { "Threads" }
                (feed(frame, &found.posts, Within::Everything))
                (lists::pager(&address, after, found.next))
            }
            @if !found.comments.is_empty() { h2 { "Replies" } (replies(frame, &found.comments)) }
            @if !text.is_empty() && unresolved.is_none() && found.nothing() {
                (lists::empty("Nothing found", "Try fewer or other words. Something on another server is found by its whole address.", None))
            }
        }
    };
    let heading = if text.is_empty() {
        "Search".to_owned()
    } else {
        format!("Search for “{text}”")
    };
    Page::new(frame, heading).private().render(main)
}

fn people(people: &[PersonView]) -> Markup {
    html! {
        ul.card.people {
            @for view in people {
                li {
                    (avatar::of(&view.actor, avatar::Size::Normal))
                    span {
                        a href=(view.actor.path()) dir="auto" { (view.actor.title()) }
                        small { "@" (view.actor.full_handle()) @if let Some(institution) = &view.person.institution { " · " (institution) } }
                    }
                }
            }
        }
    }
}

pub fn replies(frame: &Frame, comments: &[CommentView]) -> Markup {
    let nothing = Powers::default();
    html! {
        ul.stack {
            @for view in comments {
                li.card.stack {
                    p.meta { "on " a href={ "/post/" (view.post.id) } dir="auto" { strong { (title(&view.post)) } } }
                    (one(frame, view, nothing, false))
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_told_from_words() {
        for address in [
            "@ann@a.example",
            "!fungi@a.example",
            "ann@a.example",
            "https://a.example/post/1",
            "acct:ann@a.example",
            "web+ap://a.example/post/1",
        ] {
            assert!(is_address(address), "{address}");
        }
        for words in ["@ann", "fungi", "mail ann@a.example", "@", "a@"] {
            assert!(!is_address(words), "{words}");
        }
    }
}
