//! Pages for administrators.

pub mod applications;
pub mod federation;
pub mod host;
pub mod host_rules;
pub mod people;
pub mod site;

use maud::{Markup, html};

use crate::web::components::lists;
use crate::web::layout::{Frame, Page};

/// An administrator's page with the tabs that lead to the others.
pub fn page(frame: &Frame, title: &str, path: &str, main: Markup) -> Markup {
    let tabs = [
        ("Site", "/admin".to_owned()),
        ("Applications", "/admin/applications".to_owned()),
        ("Administrators", "/admin/people".to_owned()),
        ("Bans", "/admin/bans".to_owned()),
        ("Federation", "/admin/federation".to_owned()),
    ];
    let main = html! {
        h1 { "Administration" }
        (lists::tabs("Administration", path, &tabs))
        (main)
    };
    Page::new(frame, format!("{title} · Administration"))
        .private()
        .render(main)
}
