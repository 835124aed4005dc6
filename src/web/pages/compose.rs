//! Writing a thread, and editing one: with a preview that needs no JavaScript.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};
use url::Url;

use super::{Handle, Id, carried};
use crate::app::App;
use crate::community::accounts::Viewer;
use crate::community::threads::{self, EditThread, Picture, Publish};
use crate::community::{CommunityError, Denied, Missing};
use crate::domain::event::EventError;
use crate::domain::extras::ALT_MAX;
use crate::domain::ids::PostId;
use crate::domain::kinds::Contribution;
use crate::domain::limits::{BODY_MAX, Body, LINK_MAX, TITLE_MAX, Title, WebLink};
use crate::domain::markdown;
use crate::domain::rules::{Act, authorship};
use crate::domain::text::one_line;
use crate::limits::Door;
use crate::media::Purpose;
use crate::store::Tx;
use crate::store::actors::ActorBrief;
use crate::store::events::{self, EventRow};
use crate::store::posts::{self, PostRow};
use crate::web::components::forms::{Field, problem, token};
use crate::web::components::{avatar, name_link};
use crate::web::errors::Failure;
use crate::web::flash::{Flash, redirect};
use crate::web::forms::{Draft, Fields, Posted, at};
use crate::web::layout::{Frame, Page};
use crate::web::session::{Signed, limit};
use crate::web::uploads;

pub async fn show(
    State(app): State<App>,
    _: Signed,
    frame: Frame,
    handle: Handle,
) -> Result<Markup, Failure> {
    let group = group(&app, &frame, handle).await?;
    Ok(new_page(&frame, &group, &Draft::default()))
}

pub async fn submit(
    State(app): State<App>,
    Signed(viewer): Signed,
    frame: Frame,
    handle: Handle,
    Posted(mut fields): Posted,
) -> Result<Response, Failure> {
    let group = group(&app, &frame, handle).await?;
    let done = write(&app, &viewer, &mut fields, None, |text| Publish {
        group: group.id,
        title: text.title,
        body: text.body,
        link: text.link,
        image: text.image,
        kind: text.kind,
        language: None,
        sensitive: text.sensitive,
    })
    .await;
    let failure = match done {
        Ok(None) => {
            let draft = Draft::again(fields);
            return Ok(new_page(&frame, &group, &draft).into_response());
        }
        Ok(Some(publish)) => {
            let author = viewer.id;
            let carried = match carried::read(&fields, frame.now) {
                Ok(carried) => carried,
                Err(failure) => {
                    let draft = fields.refused(failure)?;
                    return Ok((draft.status(), new_page(&frame, &group, &draft)).into_response());
                }
            };
            let publishing =
                move |tx: &mut Tx<'_>| threads::publish_with(tx, author, &publish, &carried);
            match app.store.write(publishing).await {
                Ok(id) => {
                    let path = format!("/post/{id}");
                    return Ok(redirect(&app.settings.public_url, &path, Flash::Published));
                }
                Err(error) => error.into(),
            }
        }
        Err(failure) => failure,
    };
    let draft = fields.refused(failure)?;
    Ok((draft.status(), new_page(&frame, &group, &draft)).into_response())
}

async fn group(app: &App, frame: &Frame, handle: Handle) -> Result<ActorBrief, Failure> {
    let viewer = frame.viewer_id();
    let load = move |tx: &mut Tx<'_>| handle.group(tx, viewer).map(ActorBrief::from);
    Ok(app.store.read(load).await?)
}

/// A thread as typed, its picture kept.
struct Written {
    title: Title,
    body: Body,
    link: Option<WebLink>,
    image: Option<Picture>,
    kind: Contribution,
    sensitive: bool,
}

/// Reads the form; nothing of it is published when a preview is asked for. A picture sent with a
/// preview is kept already, for a browser sends it once.
async fn write<T>(
    app: &App,
    viewer: &Viewer,
    fields: &mut Fields,
    standing: Option<&str>,
    build: impl FnOnce(Written) -> T,
) -> Result<Option<T>, Failure> {
    limit(app, viewer, Door::Post)?;
    if let Some(bytes) = fields.take_file("picture") {
        let url = uploads::keep(app, viewer, bytes, Purpose::Post, "picture").await?;
        fields.set("kept_picture", url);
    }
    if fields.ticked("no_picture") {
        fields.set("kept_picture", "");
        fields.set("no_picture", "");
    }
    if fields.text("action") == "preview" {
        return Ok(None);
    }
    let link = fields.optional("link").map(WebLink::parse).transpose();
    let alt = one_line(fields.text("alt"), ALT_MAX);
    let written = Written {
        title: Title::parse(fields.text("title")).map_err(at("title"))?,
        body: Body::parse(fields.text("body")).map_err(at("body"))?,
        link: link.map_err(at("link"))?,
        image: kept_picture(app, fields, standing).map(|url| Picture {
            url,
            alt: Some(alt).filter(|alt| !alt.is_empty()),
        }),
        kind: fields
            .text("kind")
            .parse()
            .unwrap_or(Contribution::Discussion),
        sensitive: fields.ticked("sensitive"),
    };
    Ok(Some(build(written)))
}

/// The picture of an earlier round of this form: one of ours, whatever the hidden field says,
/// or the one that the thread has.
fn kept_picture(app: &App, fields: &Fields, standing: Option<&str>) -> Option<Url> {
    let text = fields.optional("kept_picture")?;
    let url: Url = text.parse().ok()?;
    if standing == Some(text) {
        return Some(url);
    }
    let file = url.path().strip_prefix("/pictures/")?;
    let ours = url.origin() == app.settings.public_url.url().origin();
    (ours && app.media.path_of(file).is_some_and(|path| path.exists())).then_some(url)
}

pub async fn show_edit(
    State(app): State<App>,
    Signed(viewer): Signed,
    frame: Frame,
    Id(id): Id<PostId>,
) -> Result<Markup, Failure> {
    let (post, event) = own_post(&app, &viewer, id).await?;
    if post.is_hidden() {
        return Err(CommunityError::from(Denied::Deleted).into());
    }
    let mut draft = Draft::of([
        ("title", post.title.clone()),
        ("body", post.body_markdown.clone().unwrap_or_default()),
        ("link", post.link.clone().unwrap_or_default()),
        ("kept_picture", post.image_url.clone().unwrap_or_default()),
        ("alt", post.image_alt.clone().unwrap_or_default()),
        (
            "sensitive",
            if post.sensitive { "on" } else { "" }.to_owned(),
        ),
    ]);
    if let Some(event) = &event {
        draft.fill(carried::filled(event));
    }
    Ok(edit_page(&frame, id, event.is_some(), &draft))
}

pub async fn submit_edit(
    State(app): State<App>,
    Signed(viewer): Signed,
    frame: Frame,
    Id(id): Id<PostId>,
    Posted(mut fields): Posted,
) -> Result<Response, Failure> {
    let (post, event) = own_post(&app, &viewer, id).await?;
    let is_event = event.is_some();
    let standing = post.image_url.as_deref();
    let done = write(&app, &viewer, &mut fields, standing, |text| EditThread {
        title: text.title,
        body: text.body,
        link: text.link,
        image: text.image,
        language: post.language.clone(),
        sensitive: text.sensitive,
    })
    .await;
    let failure = match done {
        Ok(None) => {
            let draft = Draft::again(fields);
            return Ok(edit_page(&frame, id, is_event, &draft).into_response());
        }
        Ok(Some(edit)) => {
            let author = viewer.id;
            let event = match carried::event(&fields) {
                // An event that lost its date would be none.
                Ok(None) if is_event => Err(at("event_starts")(EventError::NoStart)),
                Ok(event) => Ok(event.filter(|_| is_event)),
                Err(failure) => Err(failure),
            };
            let event = match event {
                Ok(event) => event,
                Err(failure) => {
                    let draft = fields.refused(failure)?;
                    let page = edit_page(&frame, id, is_event, &draft);
                    return Ok((draft.status(), page).into_response());
                }
            };
            let editing =
                move |tx: &mut Tx<'_>| threads::edit_with(tx, author, id, &edit, event.as_ref());
            match app.store.write(editing).await {
                Ok(_) => {
                    let path = format!("/post/{id}");
                    return Ok(redirect(&app.settings.public_url, &path, Flash::Saved));
                }
                Err(error) => error.into(),
            }
        }
        Err(failure) => failure,
    };
    let draft = fields.refused(failure)?;
    Ok((draft.status(), edit_page(&frame, id, is_event, &draft)).into_response())
}

/// Also a hidden one: what is typed for it is refused where it is saved, and kept.
async fn own_post(
    app: &App,
    viewer: &Viewer,
    id: PostId,
) -> Result<(PostRow, Option<EventRow>), Failure> {
    let viewer = viewer.id;
    let load = move |tx: &mut Tx<'_>| -> Result<_, CommunityError> {
        let post = posts::find(tx.conn, id)?.ok_or(Missing::Post)?;
        authorship(viewer, post.author_id).may(Act::ChangeOwn)?;
        let event = events::get(tx.conn, id)?;
        Ok((post, event))
    };
    Ok(app.store.read(load).await?)
}

fn new_page(frame: &Frame, group: &ActorBrief, draft: &Draft) -> Markup {
    let main = html! {
        div.reading.stack {
            p.meta { (avatar::of(group, avatar::Size::Small)) "In " (name_link(group, "where")) }
            h1 { "New thread" }
            (form(frame, draft, "Publish", &group.path(), Some(false)))
        }
    };
    Page::new(frame, format!("New thread in {}", group.title()))
        .private()
        .render(main)
}

fn edit_page(frame: &Frame, id: PostId, is_event: bool, draft: &Draft) -> Markup {
    let main = html! {
        div.reading.stack {
            h1 { "Edit your thread" }
            (form(frame, draft, "Save", &format!("/post/{id}"), is_event.then_some(true)))
        }
    };
    Page::new(frame, "Edit your thread").private().render(main)
}

/// `event`: whether one stands already; none where there is none to be.
fn form(frame: &Frame, draft: &Draft, verb: &str, back: &str, event: Option<bool>) -> Markup {
    let picture = draft.value("kept_picture");
    html! {
        @if draft.value("action") == "preview" { (preview(draft)) }
        form.card.stack method="post" enctype="multipart/form-data" data-guard {
            (token(&frame.csrf))
            input type="hidden" name="kind" value=(Contribution::Discussion);
            input type="hidden" name="kept_picture" value=(picture);
            (problem(draft))
            (Field::new("title", "Title").required().max(TITLE_MAX).hint("What is it about, in one line?").input(draft))
            (Field::new("body", "Text").max(BODY_MAX).tall().hint("Markdown works: **bold**, *italic*, lists, > quotes, [links](https://…). Mention people and groups as @name or @name@server.").area(draft))
            (Field::new("link", "Link").kind("url").max(LINK_MAX).hint("A page this is about.").input(draft))
            @if !picture.is_empty() {
                figure { img src=(picture) alt=(draft.value("alt")) width="320"; }
                (Field::new("no_picture", "Take this picture away").tick(draft))
            }
            (Field::new("picture", if picture.is_empty() { "Picture" } else { "Another picture" }).hint("PNG, JPEG, GIF or WebP. Where it was taken is not kept.").picture(draft))
            (Field::new("alt", "What the picture shows").max(ALT_MAX).hint("For those who cannot see it.").input(draft))
            (Field::new("sensitive", "Sensitive: cover it until somebody asks for it").tick(draft))
            @if event == Some(false) { (carried::poll_fields(draft)) }
            @if let Some(standing) = event { (carried::event_fields(draft, standing)) }
            div.row {
                button.main name="action" value="publish" { (verb) }
                button name="action" value="preview" { "Preview" }
                a href=(back) { "Cancel" }
            }
        }
    }
}

fn preview(draft: &Draft) -> Markup {
    html! {
        section.card.thread aria-label="Preview" {
            p.meta { span.badge.warm { "Preview: not published yet" } }
            h2 dir="auto" { (draft.value("title")) }
            @if !draft.value("kept_picture").is_empty() { figure { img src=(draft.value("kept_picture")) alt=(draft.value("alt")); } }
            div.prose dir="auto" { (markdown::render(draft.value("body"))) }
            (carried::preview(draft))
        }
    }
}
