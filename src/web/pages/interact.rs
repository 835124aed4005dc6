//! Between servers: members come here to act on what they saw elsewhere, visitors are led to their own
//! server to act on what they see here.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use maud::{Markup, html};
use url::Url;

use super::{Asked, Id, search};
use crate::app::App;
use crate::community::{CommunityError, Missing};
use crate::domain::ids::{CommentId, PostId};
use crate::domain::kinds::words;
use crate::federation::{ResolveError, Resolved, Wish};
use crate::limits::Door;
use crate::store::Tx;
use crate::store::audience::{self, Audience};
use crate::web::components::forms::{Field, problem, token};
use crate::web::errors::Failure;
use crate::web::forms::{Draft, Posted, at};
use crate::web::layout::{Frame, Page};
use crate::web::session::{Client, Signed};

words! {
    /// What somebody was about to do, where they came from.
    Intent { Follow = "follow", Reply = "reply", Like = "like" }
}

/// Somebody of ours pressed a button on another server, which sends them here with the address of what
/// it was about. They see it, and act with the buttons they know.
pub async fn authorize(
    State(app): State<App>,
    client: Client,
    Signed(_): Signed,
    frame: Frame,
    asked: Asked,
) -> Result<Response, Failure> {
    client.limit(&app, Door::Search)?;
    let uri: String = asked.text("uri").chars().take(2_000).collect();
    let found = match app.federation.resolve(&uri).await {
        Ok(found) => found,
        Err(ResolveError::Store(error)) => return Err(error.into()),
        Err(error) => {
            let page = search::not_found(&frame, &uri, &error);
            return Ok((StatusCode::NOT_FOUND, page).into_response());
        }
    };
    let viewer = frame.viewer_id();
    let path = app
        .store
        .read(move |tx| search::path_of(tx, viewer, &found))
        .await?;
    let Some(path) = path else {
        let page = search::not_found(&frame, &uri, &ResolveError::NotFound);
        return Ok((StatusCode::NOT_FOUND, page).into_response());
    };
    let words: String = asked.text("content").chars().take(10_000).collect();
    Ok(Redirect::to(&place(&path, found, asked.word("intent"), &words)).into_response())
}

/// Where one acts on it. What was written elsewhere already stands in the form, for its author to send.
fn place(path: &str, found: Resolved, intent: Option<Intent>, words: &str) -> String {
    let written = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("reply", words)
        .finish();
    match (found, intent) {
        (Resolved::Post(_), Some(Intent::Reply)) if words.is_empty() => format!("{path}#f-body"),
        (Resolved::Post(_), Some(Intent::Reply)) => format!("{path}?{written}#f-body"),
        (Resolved::Comment(_), Some(Intent::Reply)) if words.is_empty() => format!("{path}/reply"),
        (Resolved::Comment(_), Some(Intent::Reply)) => format!("{path}/reply?{written}"),
        _ => path.to_owned(),
    }
}

/// What a visitor wants to answer.
struct Target {
    ap_id: String,
    path: String,
    title: String,
}

async fn post(app: &App, id: PostId) -> Result<Target, Failure> {
    let load = move |tx: &mut Tx<'_>| -> Result<Target, CommunityError> {
        let row = audience::post(tx.conn, Audience::Visitor, id)?.filter(|row| !row.is_hidden());
        let row = row.ok_or(Missing::Post)?;
        Ok(Target {
            ap_id: row.ap_id,
            path: format!("/post/{id}"),
            title: row.title,
        })
    };
    Ok(app.store.read(load).await?)
}

async fn comment(app: &App, id: CommentId) -> Result<Target, Failure> {
    let load = move |tx: &mut Tx<'_>| -> Result<Target, CommunityError> {
        let found = audience::comment(tx.conn, Audience::Visitor, id)?;
        let found = found.filter(|(row, thread)| !row.is_hidden() && !thread.is_hidden());
        let (row, thread) = found.ok_or(Missing::Comment)?;
        Ok(Target {
            ap_id: row.ap_id,
            path: format!("/comment/{id}"),
            title: format!("a reply in “{}”", thread.title),
        })
    };
    Ok(app.store.read(load).await?)
}

pub async fn ask_for_post(
    State(app): State<App>,
    frame: Frame,
    Id(id): Id<PostId>,
) -> Result<Markup, Failure> {
    Ok(ask(&frame, &post(&app, id).await?, &Draft::default()))
}

pub async fn ask_for_comment(
    State(app): State<App>,
    frame: Frame,
    Id(id): Id<CommentId>,
) -> Result<Markup, Failure> {
    Ok(ask(&frame, &comment(&app, id).await?, &Draft::default()))
}

pub async fn lead_from_post(
    State(app): State<App>,
    client: Client,
    frame: Frame,
    Id(id): Id<PostId>,
    posted: Posted,
) -> Result<Response, Failure> {
    lead(&app, client, &frame, post(&app, id).await?, posted).await
}

pub async fn lead_from_comment(
    State(app): State<App>,
    client: Client,
    frame: Frame,
    Id(id): Id<CommentId>,
    posted: Posted,
) -> Result<Response, Failure> {
    lead(&app, client, &frame, comment(&app, id).await?, posted).await
}

async fn lead(
    app: &App,
    client: Client,
    frame: &Frame,
    target: Target,
    Posted(fields): Posted,
) -> Result<Response, Failure> {
    client.limit(app, Door::Search)?;
    match address_there(app, &target.ap_id, fields.text("server"), Wish::Reply).await {
        Ok(there) => Ok(farewell(frame, &there, &target.title, &target.path).into_response()),
        Err(failure) => {
            let draft = fields.refused(failure)?;
            Ok((draft.status(), ask(frame, &target, &draft)).into_response())
        }
    }
}

/// Where somebody of another server acts on an object.
pub async fn address_there(
    app: &App,
    object: &str,
    server: &str,
    wish: Wish,
) -> Result<Url, Failure> {
    let object = object
        .parse()
        .map_err(|e: url::ParseError| Failure::broken(&e))?;
    match app
        .federation
        .remote_interact_url(server, &object, wish)
        .await
    {
        Ok(url) => Ok(url),
        Err(ResolveError::Store(error)) => Err(error.into()),
        Err(_) => Err(at("server")(
            "This server could not be asked. Is it spelled right? You can also search there for the address of this page.",
        )),
    }
}

fn ask(frame: &Frame, target: &Target, draft: &Draft) -> Markup {
    let main = html! {
        div.reading.stack {
            h1 { "Reply from your own server" }
            p { "You have an account on Mastodon, Lemmy, or another server? Say where, and you are led to " a href=(target.path) dir="auto" { (target.title) } " as it is seen there." }
            form.card.stack method="post" action={ (target.path) "/from-elsewhere" } {
                (token(&frame.csrf))
                (problem(draft))
                (Field::new("server", "Your address or server").required().max(300).autocomplete("off").hint("As in you@server.example").input(draft))
                button.main { "Find it there" }
            }
            p.hint { "Or search on your server for " code { (target.ap_id) } }
        }
    };
    Page::new(frame, "Reply from your own server")
        .private()
        .render(main)
}

/// The way out, said before it is taken: the visitor named that server, nobody else sends them there.
pub fn farewell(frame: &Frame, there: &Url, title: &str, back: &str) -> Markup {
    let host = crate::domain::house::host_of(there).unwrap_or_default();
    let main = html! {
        div.reading.stack {
            h1 { "Go on at " (host) }
            p { "You leave this site for your own server, and find there: " span dir="auto" { (title) } "." }
            p.row {
                a.button.main href=(there) rel="nofollow noopener noreferrer" { "Go on at " (host) }
                a.button href=(back) { "Stay here" }
            }
            p.hint { "Not your server? Then better stay here." }
        }
    };
    Page::new(frame, "Go on at your own server")
        .private()
        .render(main)
}
