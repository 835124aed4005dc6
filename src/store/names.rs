//! The parts of people's and groups' names, so that a name is found by what stands inside it.

use std::collections::BTreeSet;

use diesel::dsl::{exists, not};
use diesel::prelude::*;

use super::schema::{accounts, actors, name_parts};
use super::{Conn, StoreError};
use crate::domain::ids::ActorId;
use crate::domain::kinds::{AccountState, ActorKind};

/// So much of a name is looked into.
const LONGEST: usize = 40;

/// Where in a name a part begins: those found at the beginning of a name come first.
const NAME: i32 = 0;
const DISPLAY_NAME: i32 = 1;
const INSIDE: i32 = 2;

/// Writes anew what a person or group is found by.
pub(super) fn index(
    conn: &mut Conn,
    id: ActorId,
    kind: ActorKind,
    name: &str,
    display_name: Option<&str>,
) -> Result<(), StoreError> {
    forget(conn, id)?;
    if kind == ActorKind::Application {
        return Ok(());
    }
    let is_group = kind == ActorKind::Group;
    let mut parts: BTreeSet<(i32, String)> = BTreeSet::new();
    collect(&mut parts, NAME, name, true);
    if let Some(name) = display_name {
        // Of people's names in full the words are enough.
        collect(&mut parts, DISPLAY_NAME, name, is_group);
    }
    let rows: Vec<_> = parts
        .into_iter()
        .map(|(place, part)| {
            (
                name_parts::is_group.eq(is_group),
                name_parts::place.eq(place),
                name_parts::part.eq(part),
                name_parts::actor_id.eq(id),
            )
        })
        .collect();
    for row in rows {
        diesel::insert_into(name_parts::table)
            .values(row)
            .execute(conn)?;
    }
    Ok(())
}

/// Likewise, by what the actor's row says now.
pub(super) fn index_again(conn: &mut Conn, id: ActorId) -> Result<(), StoreError> {
    let (kind, name, display_name): (ActorKind, String, Option<String>) = actors::table
        .find(id)
        .select((actors::kind, actors::name, actors::display_name))
        .first(conn)?;
    index(conn, id, kind, &name, display_name.as_deref())
}

pub(super) fn forget(conn: &mut Conn, id: ActorId) -> Result<(), StoreError> {
    diesel::delete(name_parts::table.filter(name_parts::actor_id.eq(id))).execute(conn)?;
    Ok(())
}

/// A text as it is written into the index and looked for in it.
fn folded(text: &str) -> Vec<char> {
    text.to_lowercase()
        .chars()
        .filter(|c| !c.is_control())
        .take(LONGEST)
        .collect()
}

fn collect(parts: &mut BTreeSet<(i32, String)>, beginning: i32, text: &str, everywhere: bool) {
    let letters = folded(text);
    for (at, letter) in letters.iter().enumerate() {
        let place = if at == 0 { beginning } else { INSIDE };
        let begins_word = at > 0 && !letters[at - 1].is_alphanumeric() && letter.is_alphanumeric();
        // The last letter alone says too little.
        if at == 0 || begins_word || (everywhere && at + 1 < letters.len()) {
            parts.insert((place, letters[at..].iter().collect()));
        }
    }
}

/// Groups, or people, with this in their name; those whose name begins with it first.
pub(super) fn find(
    conn: &mut Conn,
    groups: bool,
    text: &str,
    limit: usize,
) -> Result<Vec<ActorId>, StoreError> {
    let from: String = folded(text).into_iter().collect();
    let to = format!("{from}\u{10FFFF}");
    let mut ids: Vec<ActorId> = Vec::new();
    for place in [NAME, DISPLAY_NAME, INSIDE] {
        if ids.len() >= limit {
            break;
        }
        // A name may have it twice, and have been found already.
        let enough = (limit * 3).clamp(20, 200) as i64;
        let found: Vec<ActorId> = name_parts::table
            .inner_join(actors::table)
            .filter(
                name_parts::is_group
                    .eq(groups)
                    .and(name_parts::place.eq(place)),
            )
            .filter(name_parts::part.ge(&from).and(name_parts::part.lt(&to)))
            .filter(actors::deleted.eq(false).and(actors::suspended.eq(false)))
            .filter(not(exists(
                accounts::table
                    .filter(accounts::person_id.eq(name_parts::actor_id))
                    .filter(accounts::state.ne(AccountState::Active)),
            )))
            .order((name_parts::part.asc(), name_parts::actor_id.asc()))
            .limit(enough)
            .select(name_parts::actor_id)
            .load(conn)?;
        for id in found {
            if ids.len() < limit && !ids.contains(&id) {
                ids.push(id);
            }
        }
    }
    Ok(ids)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(text: &str, everywhere: bool) -> Vec<(i32, String)> {
        let mut parts = BTreeSet::new();
        collect(&mut parts, DISPLAY_NAME, text, everywhere);
        parts.into_iter().collect()
    }

    #[test]
    fn a_name_is_found_from_each_of_its_letters_or_words() {
        let inside = |text: &str| (INSIDE, text.to_owned());
        let begins = |text: &str| (DISPLAY_NAME, text.to_owned());
        assert_eq!(
            parts("Fold", true),
            [begins("fold"), inside("ld"), inside("old")]
        );
        assert_eq!(
            parts("Dr. Änne Bö", false),
            [begins("dr. änne bö"), inside("bö"), inside("änne bö")]
        );
        assert_eq!(parts("", true), []);
        assert!(parts(&"x".repeat(500), true).len() <= LONGEST);
    }
}
