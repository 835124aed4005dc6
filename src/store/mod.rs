//! The only room that knows SQL and which database runs. May import `domain` alone.
//! One file per aggregate. What differs between SQLite and PostgreSQL stands in `connection`, `workers`
//! and `search`, and where work is claimed (`activities`, `intake`).

pub mod accounts;
pub mod activities;
pub mod actors;
pub mod audience;
pub mod backup;
pub mod bans;
pub mod blocked_links;
pub mod blocks;
pub mod comments;
mod connection;
pub mod conversations;
pub mod cross_posts;
pub mod erasures;
pub mod events;
pub mod extras;
pub mod follows;
pub mod group_boosts;
pub mod groups;
pub mod holders;
mod host_queues;
pub mod host_rules;
pub mod host_signatures;
pub mod hosts;
pub mod intake;
pub mod marks;
pub mod moderation;
pub mod modlog;
mod more;
pub mod moves;
mod names;
pub mod nodes;
pub mod notices;
pub mod notifications;
pub mod own_marks;
pub mod people;
pub mod polls;
pub mod posts;
pub mod preferences;
pub mod previews;
pub mod private_messages;
pub mod purge;
#[cfg(test)]
mod query_plans;
pub mod reports;
pub mod schema;
pub mod search;
pub mod sessions;
pub mod shared_messages;
pub mod shares;
pub mod site;
pub mod standing_acts;
pub mod sweeps;
pub mod taste;
pub mod tombstones;
mod types;
pub mod uploads;
pub mod views;
pub mod votes;
mod workers;

use std::sync::Arc;

use thiserror::Error;
use tokio::sync::{Notify, oneshot};

use crate::domain::house::House;
use crate::domain::time::Timestamp;

pub use connection::{Conn, Target};
use workers::{Job, Workers};

/// What can go wrong between us and the database.
#[derive(Debug, Error)]
pub enum StoreError {
    /// Lost, full or locked: nothing was changed, and it may go better later.
    #[error("the database is not available: {0}")]
    Unavailable(String),
    /// Two processes changed the same rows at once; the transaction may be tried again.
    #[error("another change came in between")]
    Conflict,
    #[error("the row is not there")]
    NotFound,
    #[error("database query: {0}")]
    Query(diesel::result::Error),
    /// A row that no code of ours could have written.
    #[error("the database holds something it should not: {0}")]
    Corrupt(String),
    #[error("migrations: {0}")]
    Migration(String),
}

impl From<diesel::result::Error> for StoreError {
    fn from(error: diesel::result::Error) -> Self {
        use diesel::result::{DatabaseErrorKind as Kind, Error};
        match error {
            Error::NotFound => StoreError::NotFound,
            Error::DatabaseError(Kind::UniqueViolation | Kind::SerializationFailure, _) => {
                StoreError::Conflict
            }
            Error::DatabaseError(kind, info) => {
                let message = info.message();
                let passing = ["deadlock detected", "could not serialize"];
                let lost = [
                    "disk is full",
                    "disk I/O error",
                    "database is locked",
                    "readonly database",
                    "No space left",
                    "server closed the connection",
                    "terminating connection",
                    "no connection to the server",
                    "could not connect",
                    "connection not open",
                ];
                if message.contains("0x00") {
                    // PostgreSQL takes no NUL in a text, so nothing is called like that. SQLite just finds none.
                    StoreError::NotFound
                } else if passing.iter().any(|text| message.contains(text)) {
                    StoreError::Conflict
                } else if matches!(kind, Kind::ClosedConnection | Kind::UnableToSendCommand)
                    || lost.iter().any(|text| message.contains(text))
                {
                    StoreError::Unavailable(message.to_owned())
                } else {
                    StoreError::Query(Error::DatabaseError(kind, info))
                }
            }
            Error::BrokenTransactionManager => {
                StoreError::Unavailable("the connection broke in a transaction".to_owned())
            }
            other => StoreError::Query(other),
        }
    }
}

/// For changes that a counter follows: the row must still have been as it was read, or else the
/// transaction begins again.
fn counted_once(changed: usize) -> Result<(), StoreError> {
    if changed == 1 {
        Ok(())
    } else {
        Err(StoreError::Conflict)
    }
}

/// An error that rolls a transaction back, and may carry the database's own.
pub trait Rollback: From<StoreError> + Send + 'static {
    fn store_error(&self) -> Option<&StoreError>;
}

impl Rollback for StoreError {
    fn store_error(&self) -> Option<&StoreError> {
        Some(self)
    }
}

/// A running transaction, or a read: the connection and what every use-case needs beside it.
pub struct Tx<'a> {
    pub conn: &'a mut Conn,
    pub house: &'a House,
    pub now: Timestamp,
    /// Set by whatever leaves work for a background worker, who is woken after the commit.
    pub(crate) wake: Wake,
}

#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Wake {
    pub delivery: bool,
    pub intake: bool,
    pub errands: bool,
    pub pictures: bool,
    pub previews: bool,
}

impl Tx<'_> {
    pub fn next_id(&self) -> i64 {
        self.house.ids.next()
    }

    pub fn wake_intake(&mut self) {
        self.wake.intake = true;
    }

    pub fn wake_delivery(&mut self) {
        self.wake.delivery = true;
    }

    /// Runs `f` so that an `Err` undoes only what `f` did, and the transaction goes on.
    pub fn savepoint<T, E: Rollback>(
        &mut self,
        f: impl FnOnce(&mut Tx<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let (house, now) = (self.house, self.now);
        let wake = &mut self.wake;
        let outcome = diesel::Connection::transaction(self.conn, |conn| {
            let mut inner = Tx {
                conn,
                house,
                now,
                wake: *wake,
            };
            let result = f(&mut inner).map_err(RolledBack::ByUs);
            *wake = inner.wake;
            result
        });
        outcome.map_err(RolledBack::into_error)
    }

    /// Asks for the errands worker (keys, NodeInfo, backfill) after the commit.
    pub fn wake_errands(&mut self) {
        self.wake.errands = true;
    }
}

/// Why a transaction was undone: by what ran in it, or by the database as it began or ended.
enum RolledBack<E> {
    ByUs(E),
    ByDatabase(diesel::result::Error),
}

impl<E> From<diesel::result::Error> for RolledBack<E> {
    fn from(error: diesel::result::Error) -> Self {
        RolledBack::ByDatabase(error)
    }
}

impl<E: From<StoreError>> RolledBack<E> {
    fn into_error(self) -> E {
        match self {
            RolledBack::ByUs(error) => error,
            RolledBack::ByDatabase(error) => StoreError::from(error).into(),
        }
    }
}

/// Bells of the background workers, rung after a commit that left them work.
#[derive(Debug, Default)]
pub struct Bells {
    pub delivery: Notify,
    pub intake: Notify,
    pub errands: Notify,
    pub pictures: Notify,
    pub previews: Notify,
    /// Each rings with `errands`: groups to be read, groups to be read anew, conversations.
    pub past: [Notify; 3],
}

/// The database, open. Cheap to clone.
#[derive(Clone)]
pub struct Store {
    workers: Workers,
    house: Arc<House>,
    pub bells: Arc<Bells>,
}

impl Store {
    /// Opens the database, creating it (SQLite) and running the migrations that are due.
    /// `make_house` gets the node number claimed for this process.
    pub fn open(
        target: &Target,
        holder: &str,
        make_house: impl FnOnce(u16) -> House,
    ) -> Result<Store, StoreError> {
        let mut conn = target.prepare_database()?;
        let node = nodes::claim(&mut conn, holder, Timestamp::now())?;
        Ok(Store {
            workers: Workers::start(target, conn)?,
            house: Arc::new(make_house(node)),
            bells: Arc::default(),
        })
    }

    pub fn house(&self) -> &Arc<House> {
        &self.house
    }

    /// Runs `f` in one transaction, durable when this returns `Ok`; an `Err` of `f` undoes all it did.
    /// `f` may run again when another process came in between.
    pub async fn write<T, E, F>(&self, f: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: Rollback,
        F: Fn(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
    {
        let (answer, receive) = oneshot::channel();
        let bells = self.bells.clone();
        let house = self.house.clone();
        self.workers.submit_write(Job::new(f, house, bells, answer));
        receive.await.unwrap_or_else(|_| Err(lost_worker()))
    }

    /// Runs `f` on a reading connection. On SQLite it sees one moment of the database throughout; on
    /// PostgreSQL each query sees what is committed by then.
    pub async fn read<T, E, F>(&self, f: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: Rollback,
        F: Fn(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
    {
        let (answer, receive) = oneshot::channel();
        let bells = self.bells.clone();
        let house = self.house.clone();
        self.workers.submit_read(Job::new(f, house, bells, answer));
        receive.await.unwrap_or_else(|_| Err(lost_worker()))
    }
}

fn lost_worker<E: From<StoreError>>() -> E {
    StoreError::Unavailable("the database worker stopped".to_owned()).into()
}
