//! Beginning a group.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};

use crate::app::App;
use crate::community::accounts::Viewer;
use crate::community::groups::{self, NewGroup};
use crate::domain::kinds::Visibility;
use crate::domain::limits::{DISPLAY_NAME_MAX, DisplayName, STATEMENT_MAX, Statement};
use crate::domain::names::Name;
use crate::limits::Door;
use crate::media::Purpose;
use crate::web::components::forms::{Field, problem, token};
use crate::web::errors::Failure;
use crate::web::flash::{Flash, redirect};
use crate::web::forms::{Draft, Fields, Posted, at};
use crate::web::layout::{Frame, Page};
use crate::web::session::{Signed, limit};
use crate::web::uploads;

pub async fn show(_: Signed, frame: Frame) -> Markup {
    let draft = Draft::of([("visibility", Visibility::Public.to_string())]);
    page(&frame, &draft)
}

pub async fn submit(
    State(app): State<App>,
    Signed(viewer): Signed,
    frame: Frame,
    Posted(mut fields): Posted,
) -> Result<Response, Failure> {
    limit(&app, &viewer, Door::Post)?;
    match begin(&app, &viewer, &mut fields).await {
        Ok(name) => Ok(redirect(
            &app.settings.public_url,
            &format!("/c/{name}"),
            Flash::GroupMade,
        )),
        Err(failure) => {
            let draft = fields.refused(failure)?;
            Ok((draft.status(), page(&frame, &draft)).into_response())
        }
    }
}

async fn begin(app: &App, viewer: &Viewer, fields: &mut Fields) -> Result<Name, Failure> {
    let name = Name::parse(fields.text("name")).map_err(at("name"))?;
    let about = About::read(fields)?;
    let icon = match fields.take_file("icon") {
        Some(bytes) => Some(uploads::keep(app, viewer, bytes, Purpose::Icon, "icon").await?),
        None => None,
    };
    let new = NewGroup {
        name: name.clone(),
        title: about.title,
        domain: about.domain,
        rules: about.rules,
        icon,
        image: None,
        posting_restricted: about.posting_restricted,
        sensitive: about.sensitive,
        visibility: about.visibility,
    };
    let by = viewer.id;
    app.store
        .write(move |tx| groups::create(tx, by, &new))
        .await?;
    Ok(name)
}

/// What a group says of itself, as typed into either form.
pub struct About {
    pub title: DisplayName,
    pub domain: Statement,
    pub rules: Option<Statement>,
    pub posting_restricted: bool,
    pub sensitive: bool,
    pub visibility: Visibility,
}

impl About {
    pub fn read(fields: &Fields) -> Result<Self, Failure> {
        let rules = fields.optional("rules").map(Statement::parse).transpose();
        Ok(About {
            title: DisplayName::parse(fields.text("title")).map_err(at("title"))?,
            domain: Statement::parse(fields.text("domain")).map_err(at("domain"))?,
            rules: rules.map_err(at("rules"))?,
            posting_restricted: fields.ticked("posting_restricted"),
            sensitive: fields.ticked("sensitive"),
            visibility: match fields.optional("visibility") {
                None => Visibility::Public,
                Some(word) => {
                    let word = word.parse();
                    word.map_err(|_| at("visibility")("Choose who may read the group."))?
                }
            },
        })
    }
}

/// `rules`: where the group's server has a place for them.
pub fn about_fields(draft: &Draft, rules: bool) -> Markup {
    html! {
        (Field::new("title", "Title").required().max(DISPLAY_NAME_MAX).hint("As in “Teaching structural biology”.").input(draft))
        (Field::new("domain", "What the group cares about").max(STATEMENT_MAX).hint("Its domain, in a few sentences: what brings you together, who is welcome. Markdown works.").area(draft))
        @if rules { (Field::new("rules", "Rules").max(STATEMENT_MAX).hint("How you want to treat each other. Markdown works.").area(draft)) }
        (Field::new("icon", "Picture").hint("Square is best. PNG, JPEG, GIF or WebP.").picture(draft))
        (Field::new("visibility", "Who may read it").choice(draft, &[
            (Visibility::Public.as_str(), "Everybody, here and on other servers"),
            (Visibility::LocalOnly.as_str(), "Members of this site alone: nothing leaves it, and visitors do not see the group"),
            (Visibility::Private.as_str(), "Followers whom a moderator lets in: name and description are there for everybody, threads for them alone"),
        ]))
        (Field::new("posting_restricted", "Only moderators begin threads").hint("Everybody can still reply.").tick(draft))
        (Field::new("sensitive", "Threads here may be sensitive").hint("Pictures and previews stay covered until somebody asks for them.").tick(draft))
    }
}

fn page(frame: &Frame, draft: &Draft) -> Markup {
    let address = format!(
        "3 to 30 letters, digits or _. It becomes the group's address, !name@{}, and cannot be changed.",
        frame.public_url.host_port()
    );
    let main = html! {
        div.reading.stack {
            h1 { "Begin a group" }
            p.quiet { "You will be its coordinator: you can edit it, pin and remove threads, and later hand the role over." }
            form.card.stack method="post" enctype="multipart/form-data" data-guard {
                (token(&frame.csrf))
                (problem(draft))
                (Field::new("name", "Name").required().max(30).autocomplete("off").hint(&address).input(draft))
                (about_fields(draft, true))
                button.main { "Begin the group" }
            }
        }
    };
    Page::new(frame, "Begin a group").private().render(main)
}
