//! How a member wants to read: what lists show, and in which order.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};

use crate::app::App;
use crate::community::CommunityError;
use crate::community::accounts::{Viewer, preferences as use_cases};
use crate::domain::kinds::{Listing, Order};
use crate::limits::Door;
use crate::store::preferences::{self, PreferencesRow};
use crate::web::components::forms::{Field, problem, token};
use crate::web::errors::Failure;
use crate::web::flash::{Flash, redirect};
use crate::web::forms::{Draft, Fields, Posted};
use crate::web::layout::{Frame, Page};
use crate::web::session::{Signed, limit};

const ORDERS: &[(&str, &str)] = &[
    ("", "As the list does"),
    ("Active", "Active: the latest replies first"),
    ("New", "New"),
    ("Hot", "Hot"),
    ("TopDay", "Top of the day"),
    ("TopWeek", "Top of the week"),
    ("TopMonth", "Top of the month"),
    ("TopYear", "Top of the year"),
    ("TopAll", "Top of all time"),
    ("MostComments", "Most replies"),
    ("Controversial", "Controversial"),
];

const LISTS: &[(&str, &str)] = &[("", "My groups"), ("Local", "This site"), ("All", "All")];

pub async fn show(
    State(app): State<App>,
    Signed(viewer): Signed,
    frame: Frame,
) -> Result<Response, Failure> {
    let me = viewer.id;
    let row = app
        .store
        .read(move |tx| preferences::of(tx.conn, me))
        .await?;
    Ok(page(&frame, &draft_of(&row)))
}

fn draft_of(row: &PreferencesRow) -> Draft {
    let tick = |on: bool| if on { "on" } else { "" }.to_owned();
    let listing = match row.listing {
        Some(Listing::Local) => "Local",
        Some(Listing::All) => "All",
        _ => "",
    };
    let spoken: Vec<&str> = row
        .languages()
        .into_iter()
        .filter(|code| *code != use_cases::UNDETERMINED)
        .collect();
    Draft::of([
        ("show_sensitive", tick(row.show_sensitive)),
        ("show_read", tick(row.show_read)),
        ("show_bots", tick(row.show_bots)),
        ("show_scores", tick(row.show_scores)),
        ("sort", row.sort.map_or("", Order::as_str).to_owned()),
        ("listing", listing.to_owned()),
        ("languages", spoken.join(", ")),
        ("matrix_id", row.matrix_id.clone().unwrap_or_default()),
    ])
}

pub async fn submit(
    State(app): State<App>,
    Signed(viewer): Signed,
    frame: Frame,
    Posted(fields): Posted,
) -> Result<Response, Failure> {
    limit(&app, &viewer, Door::Act)?;
    match save(&app, &viewer, &fields).await {
        Ok(()) => Ok(redirect(
            &app.settings.public_url,
            "/settings/reading",
            Flash::Saved,
        )),
        Err(failure) => Ok(page(&frame, &fields.refused(failure)?)),
    }
}

async fn save(app: &App, viewer: &Viewer, fields: &Fields) -> Result<(), Failure> {
    let typed = fields.text("languages").to_lowercase();
    let codes: Vec<String> = typed
        .split([',', ' ', ';'])
        .filter(|code| !code.is_empty())
        .map(str::to_owned)
        .collect();
    let (me, fields) = (viewer.id, fields.clone());
    let change = move |tx: &mut crate::store::Tx<'_>| -> Result<(), CommunityError> {
        let mut row = preferences::of(tx.conn, me)?;
        row.show_sensitive = fields.ticked("show_sensitive");
        row.show_read = fields.ticked("show_read");
        row.show_bots = fields.ticked("show_bots");
        row.show_scores = fields.ticked("show_scores");
        row.sort = fields.text("sort").parse().ok();
        row.listing = fields.text("listing").parse().ok();
        row.languages = codes.join(",");
        row.matrix_id = fields.optional("matrix_id").map(str::to_owned);
        use_cases::set(tx, me, &row)
    };
    Ok(app.store.write(change).await?)
}

fn page(frame: &Frame, draft: &Draft) -> Response {
    let main = html! {
        div.reading.stack {
            h1 { "Reading" }
            (form(frame, draft))
            p { a href="/settings" { "← Settings" } }
        }
    };
    let page = Page::new(frame, "Reading").private().render(main);
    (draft.status(), page).into_response()
}

fn form(frame: &Frame, draft: &Draft) -> Markup {
    html! {
        form.card.stack method="post" action="/settings/reading" {
            (token(&frame.csrf))
            (problem(draft))
            (Field::new("listing", "Home begins with").select(draft, LISTS))
            (Field::new("sort", "Order of threads").select(draft, ORDERS))
            (Field::new("show_read", "Show threads that I have read").tick(draft))
            (Field::new("show_sensitive", "Show sensitive threads in lists of all groups").hint("In a group that you open they are always there, folded.").tick(draft))
            (Field::new("show_bots", "Show what automated accounts write").tick(draft))
            (Field::new("show_scores", "Show scores").tick(draft))
            (Field::new("languages", "Languages that I read").max(400).hint("Their codes, such as: en, de. Empty: all. What names no language is always shown.").input(draft))
            (Field::new("matrix_id", "Matrix address").max(255).hint("Kept for apps that show it to you.").input(draft))
            div { button.main { "Save" } }
        }
    }
}
