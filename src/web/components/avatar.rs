//! The face of a person or group: their picture, else initials on a disc whose colour their name gives.

use maud::{Markup, html};

use crate::domain::kinds::ActorKind;
use crate::store::actors::ActorBrief;

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Size {
    Small,
    Normal,
    Large,
}

impl Size {
    fn class(self) -> &'static str {
        match self {
            Size::Small => "avatar small",
            Size::Normal => "avatar",
            Size::Large => "avatar large",
        }
    }
}

/// Decorative: the name always stands beside it.
pub fn of(actor: &ActorBrief, size: Size) -> Markup {
    let square = actor.kind == ActorKind::Group;
    let class = format!("{}{}", size.class(), if square { " square" } else { "" });
    match &actor.icon_url {
        Some(url) => html! {
            img class=(class) src=(url) alt="" width="96" height="96" loading="lazy" decoding="async"
                referrerpolicy="no-referrer";
        },
        None => disc(&actor.full_handle(), actor.title(), &class, square),
    }
}

fn disc(handle: &str, title: &str, class: &str, square: bool) -> Markup {
    // FNV-1a: any fixed hash will do, so that a name keeps its colour.
    let hash = handle.bytes().fold(0x811c_9dc5_u32, |hash, byte| {
        (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)
    });
    // Dark enough for white letters at any hue.
    let fill = format!("hsl({} 42% 32%)", hash % 360);
    html! {
        svg class=(class) viewBox="0 0 40 40" aria-hidden="true" {
            @if square { rect width="40" height="40" rx="9.500" fill=(fill) {} }
            @else { circle cx="20" cy="20" r="20" fill=(fill) {} }
            text x="20" y="20.500" fill="#fff" font-size="16" font-weight="600" font-family="sans-serif"
                text-anchor="middle" dominant-baseline="central" { (initials(title)) }
        }
    }
}

/// The first letters of the first and the last word that begin with a letter or digit.
fn initials(title: &str) -> String {
    let mut firsts = title
        .split_whitespace()
        .filter_map(|word| word.chars().find(|c| c.is_alphanumeric()));
    let first = firsts.next();
    first
        .into_iter()
        .chain(firsts.next_back())
        .flat_map(char::to_uppercase)
        .take(2)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn initials_come_from_any_script() {
        assert_eq!(initials("Ann Marie Lee"), "AL");
        assert_eq!(initials("ann"), "A");
        assert_eq!(initials("(Zoë) Ωmega"), "ZΩ");
        assert_eq!(initials("…"), "");
    }
}
