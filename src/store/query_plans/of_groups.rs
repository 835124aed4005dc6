//! Tests: lists of groups walk the index of their order, whoever reads and whichever groups they are of.

use super::{AFTER, ME, check, source};
use crate::domain::kinds::{GroupSort, Scope};
use crate::store::Conn;
use crate::store::groups::{self, Wanted};
use crate::store::preferences::PreferencesRow;
use crate::store::taste::Taste;

fn index(sort: GroupSort) -> &'static str {
    match sort {
        GroupSort::Active => "groups_by_activity",
        GroupSort::Followed => "groups_by_followers",
        GroupSort::Discussed => "groups_by_comments",
        GroupSort::New | GroupSort::Old => "actors_groups_by_age",
    }
}

#[test]
fn lists_of_groups_walk_an_index_in_every_order() {
    let taste = Taste::from_row(&PreferencesRow::new(ME));
    for sort in GroupSort::ALL {
        for scope in Scope::ALL {
            let own = matches!(scope, Scope::Subscribed | Scope::Moderated);
            for viewer in [None, Some(ME)] {
                for after in [None, AFTER] {
                    // Visitors have no groups of their own, which nobody need look up.
                    if own && viewer.is_none() {
                        continue;
                    }
                    let (sort, scope) = (*sort, *scope);
                    let list = |conn: &mut Conn| {
                        let wanted = Wanted { scope, sort };
                        groups::page(conn, viewer, &taste, wanted, after, 20).unwrap();
                    };
                    check(list);
                    let first = source(list);
                    assert!(first.contains(index(sort)), "{scope} {sort}: {first}");
                }
            }
        }
    }
}
