//! Tests: every list and every look-up on a hot path walks an index, and none is sorted anew.

mod of_groups;
mod of_one_group;

use std::sync::{Arc, Mutex};

use diesel::connection::{Connection, InstrumentationEvent};
use diesel::prelude::*;
use diesel::sql_types::Text;
use url::Url;

use super::audience::{self, Audience};
use super::own_marks::Noted;
use super::posts::{PostFilter, Span, Wanted};
use super::preferences::PreferencesRow;
use super::reports::{self, ReportFilter, SeenBy};
use super::taste::Taste;
use super::{Conn, Target};
use super::{
    accounts, activities, actors, bans, blocks, comments, conversations, cross_posts, erasures,
    events, extras, follows, group_boosts, holders, host_signatures, hosts, intake, marks, modlog,
    moves, notices, notifications, own_marks, polls, posts, preferences, previews,
    private_messages, search, sessions, shared_messages, shares, standing_acts, sweeps, tombstones,
    uploads, votes,
};
use crate::domain::ids::{ActivityId, ActorId, CommentId, HostId, IntakeId, MessageId, PostId};
use crate::domain::kinds::{
    AccountState, CommentSort, Dialect, NoticeKind, PostSort, ReportKind, Vote,
};
use crate::domain::paging::Cursor;
use crate::domain::time::{DAY, Timestamp};

/// Tables that hold little and are read whole without shame.
const SMALL: &[&str] = &["site", "site_pins", "nodes", "erasures", "sweeps"];

#[derive(QueryableByName)]
struct Step {
    #[diesel(sql_type = Text)]
    detail: String,
}

/// Runs queries and returns the SQL of each as it went to the database.
fn statements_of(run: impl FnOnce(&mut Conn)) -> (Conn, Vec<String>) {
    let folder = tempfile::tempdir().unwrap();
    let target = Target::Sqlite(folder.path().join("plans.sqlite3"));
    let mut conn = target.prepare_database().unwrap();
    let seen: Arc<Mutex<Vec<String>>> = Arc::default();
    let log = seen.clone();
    let Conn::Sqlite(sqlite) = &mut conn else {
        unreachable!("a SQLite target");
    };
    sqlite.set_instrumentation(move |event: InstrumentationEvent<'_>| {
        if let InstrumentationEvent::StartQuery { query, .. } = event {
            log.lock().unwrap().push(query.to_string());
        }
    });
    run(&mut conn);
    let statements = seen.lock().unwrap().clone();
    (conn, statements)
}

/// Each step of the plans of what is asked, with the SQL it belongs to.
fn steps_of(run: impl FnOnce(&mut Conn)) -> Vec<(String, String)> {
    let (mut conn, statements) = statements_of(run);
    let Conn::Sqlite(sqlite) = &mut conn else {
        unreachable!("a SQLite target");
    };
    let mut steps = Vec::new();
    for statement in statements {
        // The text ends with Diesel's list of binds.
        let sql = statement.split(" -- binds").next().unwrap();
        if !["SELECT", "UPDATE", "DELETE"]
            .iter()
            .any(|verb| sql.starts_with(verb))
        {
            continue;
        }
        let plan: Vec<Step> = diesel::sql_query(format!("EXPLAIN QUERY PLAN {sql}"))
            .load(sqlite)
            .unwrap();
        steps.extend(plan.into_iter().map(|step| (step.detail, sql.to_owned())));
    }
    assert!(!steps.is_empty(), "nothing was asked");
    steps
}

fn check(run: impl FnOnce(&mut Conn)) {
    for (detail, sql) in steps_of(run) {
        let scans = detail.strip_prefix("SCAN ").is_some_and(|rest| {
            let table = rest.split(' ').next().unwrap_or_default();
            !rest.contains("USING") && !SMALL.contains(&table) && table != "CONSTANT"
        });
        assert!(!scans, "{detail}\n  in {sql}");
        assert!(
            !detail.contains("TEMP B-TREE FOR ORDER BY"),
            "{detail}\n  in {sql}"
        );
    }
}

/// The first step of the plan, where the rows come from.
fn source(run: impl FnOnce(&mut Conn)) -> String {
    steps_of(run).swap_remove(0).0
}

const ME: ActorId = ActorId(1);
const AUDIENCES: [Audience; 3] = [
    Audience::Visitor,
    Audience::Member(ME),
    Audience::Host(HostId(1)),
];
const AFTER: Option<Cursor> = Some(Cursor { key: 5, id: 5 });

#[test]
fn lists_of_threads_walk_an_index_in_every_order() {
    let filters = [
        PostFilter::All,
        PostFilter::Local,
        PostFilter::FollowedBy(ME),
        PostFilter::ModeratedBy(ME),
        PostFilter::InGroup(ME),
        PostFilter::SharedIn {
            group: ME,
            source: ActorId(2),
        },
    ];
    for filter in filters {
        for (sort, audience) in PostSort::ALL.iter().zip(AUDIENCES.iter().cycle()) {
            let audience = *audience;
            check(|conn| {
                posts::page(conn, audience, filter, *sort, None, 20).unwrap();
                posts::page(conn, audience, filter, *sort, AFTER, 20).unwrap();
            });
        }
    }
    for audience in AUDIENCES {
        check(|conn| {
            for filter in filters {
                posts::page(conn, audience, filter, PostSort::New, AFTER, 20).unwrap();
            }
            audience::may_read(conn, audience, ME).unwrap();
            audience::may_know(conn, audience, ME).unwrap();
            audience::may_read_thread(conn, audience, PostId(1)).unwrap();
            posts::page(conn, audience, PostFilter::By(ME), PostSort::New, AFTER, 20).unwrap();
            let within = PostFilter::ByIn {
                author: ME,
                group: ActorId(2),
            };
            posts::page(conn, audience, within, PostSort::New, AFTER, 20).unwrap();
            posts::featured(conn, audience, ME).unwrap();
        });
    }
}

#[test]
fn what_is_pinned_is_found_by_its_numbers_and_the_others_walk_their_index() {
    let pinned = PostId(7);
    let places = [
        PostFilter::All,
        PostFilter::Local,
        PostFilter::FollowedBy(ME),
        PostFilter::ListedIn(ME),
    ];
    let among_pins = Some(Cursor { key: 5, id: -5 });
    for filter in places {
        for sort in PostSort::ALL {
            check(|conn| {
                marks::pin_on_site(conn, pinned, true, Timestamp::now()).unwrap();
                let taste = Taste::from_row(&PreferencesRow::new(ME));
                let wanted = Wanted {
                    filter,
                    sort: *sort,
                    span: None,
                };
                for after in [None, among_pins, AFTER] {
                    let me = Audience::Member(ME);
                    posts::page_pinned_first(conn, me, &taste, wanted, after, 20).unwrap();
                }
            });
        }
    }
}

#[test]
fn the_best_of_a_long_time_are_found_among_the_best_of_all_and_of_a_short_one_by_time() {
    let top = |conn: &mut Conn, filter: PostFilter, days: i64, after: Option<Cursor>| {
        let span = Span {
            now: Timestamp::now(),
            millis: days * DAY,
        };
        let taste = Taste::from_row(&PreferencesRow::new(ME));
        let (audience, sort) = (Audience::Member(ME), PostSort::Top);
        let wanted = Wanted {
            filter,
            sort,
            span: Some(span),
        };
        posts::page_for(conn, audience, &taste, wanted, after, 20).unwrap();
    };
    for after in [None, AFTER] {
        for filter in [PostFilter::All, PostFilter::Local] {
            check(|conn| top(conn, filter, 365, after));
            assert!(
                source(|conn| top(conn, filter, 1, after)).contains("INDEX posts_new (published>")
            );
        }
        let in_group = source(|conn| top(conn, PostFilter::InGroup(ME), 1, after));
        assert!(in_group.contains("INDEX posts_group_new (group_id=? AND published>"));
    }
}

#[test]
fn comment_trees_walk_an_index_in_every_order() {
    for sort in CommentSort::ALL {
        check(|conn| {
            let audience = Audience::Member(ME);
            comments::roots(conn, audience, PostId(1), *sort, None, 20).unwrap();
            comments::roots(conn, audience, PostId(1), *sort, AFTER, 20).unwrap();
            comments::roots_distinguished_first(conn, audience, PostId(1), *sort, AFTER, 20)
                .unwrap();
        });
    }
    for audience in AUDIENCES {
        check(|conn| {
            comments::below(conn, audience, &[CommentId(1)], CommentSort::Hot, 20).unwrap();
            comments::answers(conn, CommentId(1), AFTER, 20).unwrap();
            let mut below = comments::Branch {
                root: CommentId(1),
                path: "0.1.2",
                shallowest: 2,
                deepest: Some(8),
                since: None,
            };
            comments::branch(conn, audience, below, CommentSort::Hot, 20).unwrap();
            below.since = Some(Timestamp::now());
            comments::branch(conn, audience, below, CommentSort::Hot, 20).unwrap();
            comments::page(conn, audience, comments::CommentFilter::All, AFTER, 20).unwrap();
            comments::page(conn, audience, comments::CommentFilter::By(ME), AFTER, 20).unwrap();
            comments::page_of_oldest(conn, audience, comments::CommentFilter::All, AFTER, 20)
                .unwrap();
            comments::many(conn, &[CommentId(1), CommentId(2)]).unwrap();
            comments::count_below(conn, &[CommentId(1)], 1).unwrap();
        });
    }
}

#[test]
fn what_every_page_and_activity_looks_up_is_found_by_index() {
    let url = Url::parse("https://a.example/x").unwrap();
    let now = Timestamp::now();
    check(|conn| {
        assert!(actors::by_ap_id(conn, &url).unwrap().is_none());
        assert!(actors::by_key_id(conn, &url).unwrap().is_none());
        assert!(actors::by_collection(conn, &url).unwrap().is_none());
        assert!(actors::local_by_name(conn, "ann").unwrap().is_none());
        actors::by_address(conn, "ann", "a.example").unwrap();
        actors::briefs(conn, &[ME]).unwrap();
        actors::role(conn, ME, ME).unwrap();
        posts::by_ap_id(conn, &url).unwrap();
        comments::by_ap_id(conn, &url).unwrap();
        tombstones::exists(conn, &url).unwrap();
        standing_acts::any(conn, "lock 1").unwrap();
        standing_acts::any_by(conn, "lock 1", ME).unwrap();
        standing_acts::of(conn, "lock 1", ME).unwrap();
        standing_acts::take(conn, "lock 1", ME, &url).unwrap();
        group_boosts::of(conn, ME, &url).unwrap();
        follows::find(conn, ME, ME).unwrap();
        shares::sources(conn, ME).unwrap();
        shares::sharers(conn, ME).unwrap();
        shares::showing(conn, PostId(1)).unwrap();
        shares::find(conn, ME, PostId(1)).unwrap();
        shares::latest(conn, ME, 20).unwrap();
        moves::find(conn, ME).unwrap();
        moves::origins(conn, ME).unwrap();
        moves::to_lead(conn, 5).unwrap();
        moves::local_followers(conn, ME, 50).unwrap();
        moves::aliases_of(conn, ME).unwrap();
        notices::unread(conn, ME).unwrap();
        notices::latest(conn, ME, 20).unwrap();
        notices::withdraw(conn, ME, &[NoticeKind::LetIn, NoticeKind::TakenOut], ME).unwrap();
        follows::by_activity(conn, url.as_str()).unwrap();
        follows::has_local_follower(conn, ME).unwrap();
        follows::states(conn, ME, &[ME]).unwrap();
        votes::of_actor(conn, ME, &[1, 2]).unwrap();
        votes::set(conn, 1, ME, None, now).unwrap();
        sessions::find(conn, "hash", now).unwrap();
        accounts::by_email(conn, "a@b.example").unwrap();
        accounts::by_name(conn, "ann").unwrap();
        notifications::unread(conn, ME).unwrap();
        notifications::forget_reports(conn, 1).unwrap();
        notifications::unread_in_comments(conn, ME).unwrap();
        notifications::page(conn, ME, None, false, AFTER, 20).unwrap();
        accounts::page_by_state(conn, AccountState::Pending, AFTER, 20).unwrap();
    });
}

#[test]
fn what_a_reader_would_not_see_costs_no_list_its_order() {
    let row = PreferencesRow {
        show_read: false,
        show_bots: false,
        languages: "de,und".to_owned(),
        ..PreferencesRow::new(ME)
    };
    let filters = [
        PostFilter::All,
        PostFilter::Local,
        PostFilter::FollowedBy(ME),
        PostFilter::InGroup(ActorId(2)),
    ];
    for filter in filters {
        for sort in PostSort::ALL {
            check(|conn| {
                let taste = Taste::from_row(&row);
                posts::page_for(
                    conn,
                    Audience::Member(ME),
                    &taste,
                    Wanted {
                        filter,
                        sort: *sort,
                        span: None,
                    },
                    AFTER,
                    20,
                )
                .unwrap();
            });
        }
    }
}

#[test]
fn what_members_keep_for_themselves_is_found_by_index() {
    for noted in [Noted::Saved, Noted::Voted(Vote::Up)] {
        check(|conn| {
            own_marks::posts(conn, ME, noted, AFTER, 20).unwrap();
            own_marks::comments(conn, ME, noted, AFTER, 20).unwrap();
        });
    }
    check(|conn| {
        own_marks::of_posts(conn, ME, &[PostId(1), PostId(2)]).unwrap();
        own_marks::saved_of(conn, ME, &[1, 2]).unwrap();
        blocks::of(conn, ME, &[ME]).unwrap();
        blocks::has_blocks(conn, ME).unwrap();
        blocks::any_of(conn, ME, &[(ME, Some(HostId(1)))]).unwrap();
        preferences::of(conn, ME).unwrap();
        erasures::next(conn).unwrap();
        sweeps::next(conn).unwrap();
        posts::written_by(conn, ME, Cursor::BEGINNING, 20).unwrap();
        comments::written_by(conn, ME, Cursor::BEGINNING, 20).unwrap();
        search::people(conn, "ann", 10).unwrap();
        search::groups(conn, Audience::Member(ME), "ann", 10).unwrap();
    });
}

#[test]
fn private_messages_and_requests_to_follow_are_found_by_index() {
    let url = Url::parse("https://a.example/x").unwrap();
    let other = ActorId(2);
    check(|conn| {
        private_messages::by_ap_id(conn, &url).unwrap();
        private_messages::between(conn, ME, other, AFTER, 20).unwrap();
        private_messages::of(conn, ME, false, Some(other), AFTER, 20).unwrap();
        private_messages::of(conn, ME, true, None, AFTER, 20).unwrap();
        private_messages::conversations(conn, ME, AFTER, 20).unwrap();
        private_messages::unread(conn, ME).unwrap();
        private_messages::unread_by_sender(conn, ME, &[other]).unwrap();
        private_messages::accepts(conn, ME).unwrap();
        shared_messages::of(conn, &[MessageId(1), MessageId(2)]).unwrap();
        shared_messages::copies(conn, &url).unwrap();
        shared_messages::delete_all_from(conn, ME).unwrap();
        follows::waiting(conn, ME, AFTER, 20).unwrap();
        follows::members(conn, ME, AFTER, 20).unwrap();
        follows::waiting_for(conn, ME).unwrap();
        follows::groups_with_waiting(conn, ME).unwrap();
    });
}

#[test]
fn the_queues_are_found_by_index() {
    let now = Timestamp::now();
    check(|conn| {
        activities::due(conn, HostId(1), 50, 1_000_000).unwrap();
        activities::has_due(conn, HostId(1)).unwrap();
        holders::answered_by(conn, PostId(1), None).unwrap();
        holders::answered_by(conn, PostId(1), Some(CommentId(1))).unwrap();
        holders::of_person(conn, ME).unwrap();
        activities::has_remote_follower(conn, ME).unwrap();
        activities::has_follower_speaking(conn, ME, &[Dialect::Discourse]).unwrap();
        activities::queue_for_followers(conn, ActivityId(1), ME, Dialect::ALL).unwrap();
        activities::queue_for_actor(conn, ActivityId(1), ME).unwrap();
        intake::body_of(conn, "https://a.example/1").unwrap();
        intake::due(conn, HostId(1), now, 50).unwrap();
        intake::put_off_before(conn, HostId(1), IntakeId(9), now, 64).unwrap();
        intake::failures(conn, AFTER, 20).unwrap();
        intake::failures_of(conn, HostId(1), AFTER, 20).unwrap();
        activities::waiting_for(conn, HostId(1), AFTER, 20).unwrap();
        hosts::queues(conn, Some("oak"), AFTER, 20).unwrap();
        hosts::is_shut_out(conn, "a.b.example:8443").unwrap();
        host_signatures::find(conn, "a.example").unwrap();
        follows::end_with_host(conn, HostId(1)).unwrap();
        hosts::find(conn, "a.example").unwrap();
        conversations::due(conn, now, 40).unwrap();
        conversations::find(conn, PostId(1)).unwrap();
        conversations::take_refreshes(conn, now, 10).unwrap();
        posts::by_context(conn, &Url::parse("https://a.example/topic/1").unwrap()).unwrap();
    });
}

#[test]
fn what_hangs_on_threads_is_found_by_index() {
    let now = Timestamp::now();
    let posts = [PostId(1), PostId(2)];
    check(|conn| {
        extras::of(conn, &[1, 2]).unwrap();
        extras::boosts(conn, &[1, 2]).unwrap();
        polls::of(conn, &posts, Some(ME)).unwrap();
        polls::voters(conn, PostId(1)).unwrap();
        polls::to_close(conn, now, 50).unwrap();
        polls::to_tell(conn, now, 50).unwrap();
        events::of(conn, &posts).unwrap();
        cross_posts::of(conn, &posts).unwrap();
        previews::find(conn, "key").unwrap();
        previews::due(conn, now, 40).unwrap();
        previews::next_slot(conn, "a.example", true).unwrap();
        previews::shows_file(conn, "a.png").unwrap();
        previews::thumbnail_bytes(conn).unwrap();
        previews::unused(conn, now, 40).unwrap();
        let software = &["coppice"];
        activities::queue_for_followers_running(conn, ActivityId(1), ME, software).unwrap();
        let all = Dialect::ALL;
        activities::queue_for_followers_not_running(conn, ActivityId(1), ME, all, software)
            .unwrap();
    });
}

#[test]
fn a_vote_changes_as_many_rows_as_it_must() {
    let (_, statements) = statements_of(|conn| {
        votes::set(conn, 1, ME, Some(Vote::Up), Timestamp::now()).unwrap_err();
    });
    assert!(statements.len() <= 2, "{statements:#?}");
}

#[test]
fn what_is_said_of_bans_and_by_moderators_walks_an_index() {
    check(|conn| {
        bans::ends(conn, ME, &[ActorId(2), ActorId(3)]).unwrap();
        modlog::words_for(conn, ME).unwrap();
    });
}

#[test]
fn queues_of_reports_and_lists_of_pictures_walk_an_index() {
    let url = Url::parse("https://a.example/x").unwrap();
    for by in [SeenBy::Administrator, SeenBy::Moderator(ME)] {
        for open_only in [true, false] {
            for (kind, target) in [
                (None, None),
                (Some(ReportKind::Post), None),
                (Some(ReportKind::Comment), Some(1)),
            ] {
                for group in [None, Some(ME)] {
                    let filter = ReportFilter {
                        kind,
                        group,
                        target,
                        open_only,
                    };
                    // All there are, newest first, walk the table itself, which is in this order.
                    if !open_only && kind.is_none() && group.is_none() {
                        continue;
                    }
                    check(|conn| {
                        reports::page(conn, by, filter, None, 20).unwrap();
                        reports::page(conn, by, filter, AFTER, 20).unwrap();
                        reports::count(conn, by, filter).unwrap();
                    });
                }
            }
        }
    }
    check(|conn| {
        reports::of_reporter(conn, ME, ReportKind::Post, 1).unwrap();
        reports::of_activity(conn, &url).unwrap();
        reports::open_about(conn, ReportKind::Post, 1).unwrap();
        reports::moderates_any(conn, ME).unwrap();
        notifications::unread_in_all(conn, ME).unwrap();
        uploads::bytes_of(conn, ME).unwrap();
        uploads::of_file(conn, "a.png").unwrap();
        uploads::of_files(conn, &["a.png".to_owned()]).unwrap();
        uploads::page(conn, Some(ME), AFTER, 20).unwrap();
        uploads::discarded(conn, 20).unwrap();
    });
}
