//! What this site is, who runs it, and how it hangs together with others.

use axum::extract::State;
use maud::{Markup, PreEscaped, html};

use crate::app::App;
use crate::domain::kinds::RegistrationMode;
use crate::store::{StoreError, Tx, accounts};
use crate::web::components::{avatar, name_link};
use crate::web::errors::Failure;
use crate::web::layout::{Frame, Page, banner};

pub async fn show(State(app): State<App>, frame: Frame) -> Result<Markup, Failure> {
    let load = |tx: &mut Tx<'_>| -> Result<_, StoreError> { accounts::admins(tx.conn) };
    let admins = app.store.read(load).await?;
    let joining = match frame.registration {
        RegistrationMode::Open => "Anybody may join.",
        RegistrationMode::Approval => "Anybody may apply; an administrator reads each application.",
        RegistrationMode::Closed => {
            "Accounts are given by the administrators. Everybody can still read, and follow the groups from other servers."
        }
    };
    let main = html! {
        div.reading.stack {
            (banner(&frame))
            h1 { "About " (frame.site.name) }
            @if !frame.site.tagline.is_empty() { p.quiet { (frame.site.tagline) } }
            @if !frame.site.sidebar_html.is_empty() { section.card { div.prose { (PreEscaped(&frame.site.sidebar_html)) } } }
            section.card.stack {
                h2 { "Joining" }
                p { (joining) }
                @if frame.viewer.is_none() && frame.registration != RegistrationMode::Closed { p { a.button.main href="/register" { "Join" } } }
            }
            section.card.stack {
                h2 { "Part of a larger web" }
                p { "This server talks to others like it, and to Mastodon, Lemmy and everything that speaks ActivityPub. You can follow a group here from the account you have there, and members here can follow groups elsewhere. No company stands in the middle." }
                p { "Its address is " code { (frame.public_url.host_port()) } ". It runs " a href="https://en.wikipedia.org/wiki/Free_software" { "free software" } ": Coppice " (env!("CARGO_PKG_VERSION")) ", under the AGPL." }
            }
            @if !admins.is_empty() {
                section.card.stack {
                    h2 { "Administrators" }
                    ul.people { @for admin in &admins { li { (avatar::of(admin, avatar::Size::Normal)) span { (name_link(admin, "who")) small { "@" (admin.full_handle()) } } } } }
                }
            }
            section.card.stack {
                h2 { "Privacy and access" }
                p { "Pages set cookies only to keep you logged in and to protect forms. Nothing is loaded from elsewhere but the pictures of people and groups on other servers. What you publish in a group is public, and is sent to the servers of those who follow it." }
                p { "These pages are made to meet WCAG 2.2 AA and work without JavaScript. If something stands in your way, tell an administrator." }
            }
        }
    };
    Ok(Page::new(&frame, "About")
        .canonical(frame.absolute("/about"))
        .render(main))
}
