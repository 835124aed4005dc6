//! Tests: a quiet group's lists read what is in it, and not all there is.

use diesel::prelude::*;

use super::{AFTER, AUDIENCES, ME, check, steps_of};
use crate::domain::ids::ActorId;
use crate::domain::kinds::PostSort;
use crate::domain::time::Timestamp;
use crate::store::audience::Audience;
use crate::store::comments::{self, CommentFilter};
use crate::store::posts::{self, PostFilter};
use crate::store::{Conn, shares};

/// Whether a step of the plans begins so.
fn takes(step: &str, run: impl FnOnce(&mut Conn)) -> bool {
    let steps = steps_of(run);
    let found = steps.iter().any(|(detail, _)| detail.starts_with(step));
    if !found {
        let details: Vec<&String> = steps.iter().map(|(detail, _)| detail).collect();
        println!("no {step} in {details:#?}");
    }
    found
}

#[test]
fn comments_of_one_group_are_found_by_index_however_many_there_are_elsewhere() {
    let of_group = CommentFilter::InGroup(ME);
    let of_both = CommentFilter::ByIn {
        author: ActorId(2),
        group: ME,
    };
    for audience in AUDIENCES {
        for after in [None, AFTER] {
            let newest = |conn: &mut Conn| {
                comments::page(conn, audience, of_group, after, 20).unwrap();
            };
            let oldest = |conn: &mut Conn| {
                comments::page_of_oldest(conn, audience, of_group, after, 20).unwrap();
            };
            let by_one = |conn: &mut Conn| {
                comments::page(conn, audience, of_both, after, 20).unwrap();
            };
            check(newest);
            check(oldest);
            check(by_one);
            let of_the_group = "SEARCH comments USING INDEX comments_group_new (group_id=?";
            assert!(takes(of_the_group, newest) && takes(of_the_group, oldest));
            assert!(takes("SEARCH comments USING INDEX", by_one));
        }
        check(|conn| {
            let places = [
                CommentFilter::Local,
                CommentFilter::FollowedBy(ME),
                CommentFilter::ModeratedBy(ME),
            ];
            for filter in places {
                comments::page(conn, audience, filter, AFTER, 20).unwrap();
            }
            posts::groups_written_in(conn, ME).unwrap();
        });
    }
}

#[test]
fn little_that_a_group_shares_is_not_looked_for_among_all_its_source_has() {
    let (group, source) = (ME, ActorId(2));
    let few = PostFilter::FewSharedIn { group, source };
    for sort in PostSort::ALL {
        for after in [None, AFTER] {
            let list = |conn: &mut Conn| {
                posts::page(conn, Audience::Visitor, few, *sort, after, 20).unwrap();
            };
            assert!(takes(
                "SEARCH posts USING INTEGER PRIMARY KEY (rowid=?)",
                list
            ));
            assert!(takes(
                "SEARCH shares USING COVERING INDEX shares_by_source",
                list
            ));
        }
    }
    check(|conn| assert!(shares::are_few(conn, group, source).unwrap()));
    // It is what a list of the whole group is made of.
    assert!(takes(
        "SEARCH shares USING COVERING INDEX shares_by_source",
        |conn| {
            let off = diesel::sql_query("PRAGMA foreign_keys = OFF");
            off.execute(conn).unwrap();
            shares::set_source(conn, group, source, false, Timestamp::now()).unwrap();
            let whole = PostFilter::ListedIn(group);
            posts::page(conn, Audience::Visitor, whole, PostSort::New, AFTER, 20).unwrap();
        }
    ));
}
