//! What we send: the log of activities, and one small row for each inbox that is still to get one.
//! Rows appear in the transaction of the change itself; `federation::delivery` sends them.

use diesel::declare_sql_function;
use diesel::prelude::*;
use diesel::sql_types::Bool;
use url::Url;

pub use super::host_queues::{WaitingDelivery, waiting_for};
use super::schema::{activities, actors, deliveries, follows, hosts, inboxes};
use super::{Conn, StoreError};
use crate::domain::ids::{ActivityId, ActorId, HostId, InboxId};
use crate::domain::kinds::{ActorKind, Dialect, FollowState};
use crate::domain::time::Timestamp;

#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = activities)]
pub struct ActivityRow {
    pub id: ActivityId,
    pub ap_id: String,
    /// Whose key signs it.
    pub actor_id: ActorId,
    /// With its `@context`, as it goes out.
    pub json: String,
    /// What it did to what, where that can be undone.
    pub about: Option<String>,
    pub created: Timestamp,
}

/// The id of the last activity that did this.
pub fn latest_about(conn: &mut Conn, about: &str) -> Result<Option<String>, StoreError> {
    Ok(activities::table
        .filter(activities::about.eq(about))
        .order(activities::id.desc())
        .select(activities::ap_id)
        .first(conn)
        .optional()?)
}

pub fn insert(conn: &mut Conn, row: &ActivityRow) -> Result<(), StoreError> {
    diesel::insert_into(activities::table)
        .values(row)
        .execute(conn)?;
    Ok(())
}

pub fn by_ap_id(conn: &mut Conn, ap_id: &Url) -> Result<Option<ActivityRow>, StoreError> {
    Ok(activities::table
        .filter(activities::ap_id.eq(ap_id.as_str()))
        .select(ActivityRow::as_select())
        .first(conn)
        .optional()?)
}

/// Queues an activity for every host with an accepted follower of `group` that speaks one of `dialects`.
pub fn queue_for_followers(
    conn: &mut Conn,
    activity: ActivityId,
    group: ActorId,
    dialects: &[Dialect],
) -> Result<usize, StoreError> {
    queue(conn, activity, group, dialects, false, Running::Anything)
}

/// As [`queue_for_followers`], for hosts that run one of these.
pub fn queue_for_followers_running(
    conn: &mut Conn,
    activity: ActivityId,
    group: ActorId,
    software: &[&str],
) -> Result<usize, StoreError> {
    let these = Running::OneOf(software);
    queue(conn, activity, group, Dialect::ALL, false, these)
}

/// As [`queue_for_followers`], for hosts that run none of these.
pub fn queue_for_followers_not_running(
    conn: &mut Conn,
    activity: ActivityId,
    group: ActorId,
    dialects: &[Dialect],
    software: &[&str],
) -> Result<usize, StoreError> {
    let others = Running::NoneOf(software);
    queue(conn, activity, group, dialects, false, others)
}

/// Likewise for its followers that are no groups. Not for Lemmy, which takes no address of a thread and
/// would ask for it in vain.
pub fn queue_for_people(
    conn: &mut Conn,
    activity: ActivityId,
    group: ActorId,
    dialects: &[Dialect],
) -> Result<usize, StoreError> {
    queue(conn, activity, group, dialects, true, Running::Anything)
}

/// What hosts run.
#[derive(Clone, Copy)]
enum Running<'a> {
    Anything,
    OneOf(&'a [&'a str]),
    /// What they run may be unknown.
    NoneOf(&'a [&'a str]),
}

fn queue(
    conn: &mut Conn,
    activity: ActivityId,
    group: ActorId,
    dialects: &[Dialect],
    people_only: bool,
    running: Running<'_>,
) -> Result<usize, StoreError> {
    let everybody = (!people_only).into_sql::<Bool>();
    let (any, one_of, software) = match running {
        Running::Anything => (true, true, &[][..]),
        Running::OneOf(software) => (false, true, software),
        Running::NoneOf(software) => (false, false, software),
    };
    let any = any.into_sql::<Bool>();
    let names: Vec<String> = software.iter().map(|name| (*name).to_owned()).collect();
    let queued = diesel::alias!(deliveries as queued);
    // The activity's id comes out of its own table: a bare bind in the select list has no type.
    let rows = follows::table
        .inner_join(actors::table.on(actors::id.eq(follows::follower_id)))
        .inner_join(inboxes::table.on(actors::inbox_id.eq(inboxes::id.nullable())))
        .inner_join(hosts::table.on(hosts::id.eq(inboxes::host_id)))
        .inner_join(activities::table.on(activities::id.eq(activity)))
        .filter(follows::target_id.eq(group))
        .filter(follows::state.eq(FollowState::Accepted))
        .filter(actors::local.eq(false).and(actors::deleted.eq(false)))
        .filter(inboxes::gone.eq(false).and(hosts::blocked.eq(false)))
        .filter(hosts::given_up.is_null())
        .filter(hosts::dialect.eq_any(dialects.to_vec()))
        .filter(
            any.or(hosts::software
                .is_not_null()
                .and(hosts::software.assume_not_null().eq_any(names))
                .eq(one_of)),
        )
        .filter(
            everybody.or(actors::kind
                .ne(ActorKind::Group)
                .and(hosts::software.is_null().or(hosts::software.ne("lemmy")))),
        )
        .filter(diesel::dsl::not(diesel::dsl::exists(
            queued.filter(
                queued
                    .field(deliveries::activity_id)
                    .eq(activity)
                    .and(queued.field(deliveries::inbox_id).eq(inboxes::id)),
            ),
        )))
        .select((inboxes::host_id, activities::id, inboxes::id))
        .distinct();
    Ok(diesel::insert_into(deliveries::table)
        .values(rows)
        .into_columns((
            deliveries::host_id,
            deliveries::activity_id,
            deliveries::inbox_id,
        ))
        .execute(conn)?)
}

/// Whether anybody elsewhere follows this group.
pub fn has_remote_follower(conn: &mut Conn, group: ActorId) -> Result<bool, StoreError> {
    Ok(diesel::select(diesel::dsl::exists(
        follows::table
            .inner_join(actors::table.on(actors::id.eq(follows::follower_id)))
            .filter(follows::target_id.eq(group))
            .filter(follows::state.eq(FollowState::Accepted))
            .filter(actors::local.eq(false)),
    ))
    .get_result(conn)?)
}

/// Whether anybody follows this group whose server speaks one of these.
pub fn has_follower_speaking(
    conn: &mut Conn,
    group: ActorId,
    dialects: &[Dialect],
) -> Result<bool, StoreError> {
    Ok(diesel::select(diesel::dsl::exists(
        follows::table
            .inner_join(actors::table.on(actors::id.eq(follows::follower_id)))
            .inner_join(hosts::table.on(hosts::id.nullable().eq(actors::host_id)))
            .filter(follows::target_id.eq(group))
            .filter(follows::state.eq(FollowState::Accepted))
            .filter(hosts::dialect.eq_any(dialects.to_vec())),
    ))
    .get_result(conn)?)
}

/// Whether a remote person hears of what happens in a group through the group: their host is the
/// group's own, or follows it and is known to understand announced activities, or to be told by authors.
pub fn is_told_through_group(
    conn: &mut Conn,
    person: ActorId,
    group: ActorId,
) -> Result<bool, StoreError> {
    let host_of = |conn: &mut Conn, actor: ActorId| -> Result<Option<HostId>, StoreError> {
        Ok(actors::table
            .find(actor)
            .select(actors::host_id)
            .first(conn)?)
    };
    let Some(host) = host_of(conn, person)? else {
        return Ok(true);
    };
    if host_of(conn, group)? == Some(host) {
        return Ok(true);
    }
    Ok(diesel::select(diesel::dsl::exists(
        follows::table
            .inner_join(actors::table.on(actors::id.eq(follows::follower_id)))
            .inner_join(hosts::table.on(hosts::id.nullable().eq(actors::host_id)))
            .filter(follows::target_id.eq(group))
            .filter(follows::state.eq(FollowState::Accepted))
            .filter(
                hosts::id
                    .eq(host)
                    .and(hosts::dialect.eq_any([Dialect::Threadiverse, Dialect::Discourse])),
            ),
    ))
    .get_result(conn)?)
}

/// Queues an activity for one remote actor. Nothing where the actor is local, or its inbox or host is no more.
pub fn queue_for_actor(
    conn: &mut Conn,
    activity: ActivityId,
    actor: ActorId,
) -> Result<bool, StoreError> {
    let target: Option<(HostId, InboxId)> = actors::table
        .inner_join(inboxes::table.on(actors::inbox_id.eq(inboxes::id.nullable())))
        .inner_join(hosts::table.on(hosts::id.eq(inboxes::host_id)))
        .filter(actors::id.eq(actor))
        .filter(inboxes::gone.eq(false).and(hosts::blocked.eq(false)))
        .filter(hosts::given_up.is_null())
        .select((inboxes::host_id, inboxes::id))
        .first(conn)
        .optional()?;
    let Some((host, inbox)) = target else {
        return Ok(false);
    };
    let queued: bool = diesel::select(diesel::dsl::exists(
        deliveries::table.find((host, activity, inbox)),
    ))
    .get_result(conn)?;
    if !queued {
        diesel::insert_into(deliveries::table)
            .values((
                deliveries::host_id.eq(host),
                deliveries::activity_id.eq(activity),
                deliveries::inbox_id.eq(inbox),
            ))
            .execute(conn)?;
    }
    Ok(true)
}

/// Hosts that have something to get and may be tried now, each leased to `owner` until `until`.
pub fn lease_hosts(
    conn: &mut Conn,
    owner: &str,
    now: Timestamp,
    until: Timestamp,
    limit: i64,
) -> Result<Vec<HostId>, StoreError> {
    let due = || {
        hosts::table
            .filter(
                hosts::next_attempt
                    .le(now)
                    .and(hosts::delivery_until.lt(now))
                    .and(hosts::blocked.eq(false)),
            )
            .filter(diesel::dsl::exists(
                deliveries::table.filter(deliveries::host_id.eq(hosts::id)),
            ))
            .order(hosts::next_attempt.asc())
            .limit(limit)
            .select(hosts::id)
    };
    let ids: Vec<HostId> = match conn {
        Conn::Sqlite(sqlite) => due().load(sqlite)?,
        Conn::Postgres(pg) => due().for_update().skip_locked().load(pg)?,
    };
    if !ids.is_empty() {
        diesel::update(hosts::table.filter(hosts::id.eq_any(ids.clone())))
            .set((
                hosts::delivery_owner.eq(owner),
                hosts::delivery_until.eq(until),
            ))
            .execute(conn)?;
    }
    Ok(ids)
}

/// Prolongs the lease; false when another worker holds it by now.
pub fn renew_lease(
    conn: &mut Conn,
    owner: &str,
    host: HostId,
    until: Timestamp,
) -> Result<bool, StoreError> {
    let held = diesel::update(
        hosts::table
            .find(host)
            .filter(hosts::delivery_owner.eq(owner)),
    )
    .set(hosts::delivery_until.eq(until))
    .execute(conn)?;
    Ok(held == 1)
}

pub fn release_lease(conn: &mut Conn, owner: &str, host: HostId) -> Result<(), StoreError> {
    diesel::update(
        hosts::table
            .find(host)
            .filter(hosts::delivery_owner.eq(owner)),
    )
    .set((
        hosts::delivery_owner.eq(None::<String>),
        hosts::delivery_until.eq(Timestamp::from_millis(0)),
    ))
    .execute(conn)?;
    Ok(())
}

/// One thing to send.
#[derive(Clone, Debug, Queryable)]
pub struct DueDelivery {
    pub activity_id: ActivityId,
    pub inbox_id: InboxId,
    pub inbox_url: String,
    pub actor_id: ActorId,
    pub json: String,
    /// What runs there, if we know it.
    pub software: Option<String>,
}

#[declare_sql_function]
extern "SQL" {
    fn octet_length(text: diesel::sql_types::Text) -> diesel::sql_types::Integer;
}

/// The oldest deliveries that wait for a host, one at least if there is one: `limit` at most, and of no more
/// than `size` bytes. How long a text is, both databases know without reading it.
pub fn due(
    conn: &mut Conn,
    host: HostId,
    limit: i64,
    size: i64,
) -> Result<Vec<DueDelivery>, StoreError> {
    let sizes: Vec<i32> = deliveries::table
        .inner_join(activities::table)
        .filter(deliveries::host_id.eq(host))
        .order((deliveries::activity_id.asc(), deliveries::inbox_id.asc()))
        .limit(limit)
        .select(octet_length(activities::json))
        .load(conn)?;
    let mut sum = 0;
    let fitting = sizes.into_iter().take_while(|next| {
        sum += i64::from(*next);
        sum <= size
    });
    let limit = i64::try_from(fitting.count()).unwrap_or(limit).max(1);
    Ok(deliveries::table
        .inner_join(activities::table)
        .inner_join(inboxes::table)
        .inner_join(hosts::table.on(hosts::id.eq(deliveries::host_id)))
        .filter(deliveries::host_id.eq(host))
        .order((deliveries::activity_id.asc(), deliveries::inbox_id.asc()))
        .limit(limit)
        .select((
            deliveries::activity_id,
            deliveries::inbox_id,
            inboxes::url,
            activities::actor_id,
            activities::json,
            hosts::software,
        ))
        .load(conn)?)
}

/// Whether anything waits for a host.
pub fn has_due(conn: &mut Conn, host: HostId) -> Result<bool, StoreError> {
    let waiting = deliveries::table.filter(deliveries::host_id.eq(host));
    Ok(diesel::select(diesel::dsl::exists(waiting)).get_result(conn)?)
}

/// Whether this is still to be sent there.
pub fn waits(
    conn: &mut Conn,
    host: HostId,
    activity: ActivityId,
    inbox: InboxId,
) -> Result<bool, StoreError> {
    let one = deliveries::table.find((host, activity, inbox));
    Ok(diesel::select(diesel::dsl::exists(one)).get_result(conn)?)
}

pub fn done(
    conn: &mut Conn,
    host: HostId,
    activity: ActivityId,
    inbox: InboxId,
) -> Result<(), StoreError> {
    diesel::delete(deliveries::table.find((host, activity, inbox))).execute(conn)?;
    Ok(())
}

/// Drops all that waits for a host; returns how much it was.
pub fn drop_queue(conn: &mut Conn, host: HostId) -> Result<usize, StoreError> {
    Ok(diesel::delete(deliveries::table.filter(deliveries::host_id.eq(host))).execute(conn)?)
}

/// Deletes old activities that nobody waits for.
pub fn prune(conn: &mut Conn, before: Timestamp) -> Result<usize, StoreError> {
    Ok(diesel::delete(
        activities::table
            .filter(activities::created.lt(before))
            .filter(diesel::dsl::not(diesel::dsl::exists(
                deliveries::table.filter(deliveries::activity_id.eq(activities::id)),
            ))),
    )
    .execute(conn)?)
}

/// How many deliveries wait, in all.
pub fn waiting(conn: &mut Conn) -> Result<i64, StoreError> {
    Ok(deliveries::table.count().get_result(conn)?)
}
