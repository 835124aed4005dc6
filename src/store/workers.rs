//! The threads that talk to the database. SQLite: one writer that groups commits, and readers.
//! PostgreSQL: a pool of connections that take reads and writes alike.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use diesel::Connection;
use diesel::connection::{AnsiTransactionManager, SimpleConnection, TransactionManager};
use tokio::sync::{Notify, oneshot};

use super::{Bells, Conn, Rollback, RolledBack, StoreError, Target, Tx, Wake};
use crate::domain::house::House;
use crate::domain::time::Timestamp;

const SQLITE_READERS: usize = 2;
const POSTGRES_CONNECTIONS: usize = 8;
/// A group commit takes up to so many transactions, or as many as came in this time.
const GROUP_SIZE: usize = 512;
const GROUP_TIME: Duration = Duration::from_millis(25);
const TRIES: usize = 5;

/// Told whether what the job did is committed; then answers whoever asked for it.
type Completion = Box<dyn FnOnce(Result<(), StoreError>) + Send>;
/// What a job has done inside its savepoint.
enum Ran {
    Done(Completion),
    /// Rolled back; tried again, as a group of its own.
    Again(Job),
}
type Run = Box<dyn FnOnce(&mut Conn, u8) -> Ran + Send>;

pub(super) struct Job {
    tries: u8,
    run: Run,
}

impl Job {
    pub fn new<T, E, F>(
        f: F,
        house: Arc<House>,
        bells: Arc<Bells>,
        answer: oneshot::Sender<Result<T, E>>,
    ) -> Job
    where
        T: Send + 'static,
        E: Rollback,
        F: Fn(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
    {
        let run = move |conn: &mut Conn, tries: u8| {
            let mut wake = Wake::default();
            let outcome = conn.transaction(|conn| {
                let mut tx = Tx {
                    conn,
                    house: &house,
                    now: Timestamp::now(),
                    wake: Wake::default(),
                };
                let result = f(&mut tx).map_err(RolledBack::ByUs);
                wake = tx.wake;
                result
            });
            let result = outcome.map_err(RolledBack::into_error);
            if let Err(error) = &result
                && matches!(error.store_error(), Some(StoreError::Conflict))
                && usize::from(tries) + 1 < TRIES
            {
                let mut again = Job::new(f, house, bells, answer);
                again.tries = tries + 1;
                return Ran::Again(again);
            }
            Ran::Done(Box::new(move |committed| {
                let result = match committed {
                    Ok(()) => result,
                    Err(error) => Err(E::from(error)),
                };
                if result.is_ok() {
                    if wake.delivery {
                        bells.delivery.notify_one();
                    }
                    if wake.intake {
                        bells.intake.notify_one();
                    }
                    if wake.errands {
                        bells.errands.notify_one();
                        bells.past.iter().for_each(Notify::notify_one);
                    }
                    if wake.pictures {
                        bells.pictures.notify_one();
                    }
                    if wake.previews {
                        bells.previews.notify_one();
                    }
                }
                // Whoever asked may have gone away; the change stands all the same.
                drop(answer.send(result));
            }))
        };
        Job {
            tries: 0,
            run: Box::new(run),
        }
    }

    fn run(self, conn: &mut Conn) -> Result<Ran, Box<dyn Any + Send>> {
        catch_unwind(AssertUnwindSafe(|| (self.run)(conn, self.tries)))
    }
}

#[derive(Clone)]
pub(super) struct Workers {
    writes: Sender<Job>,
    reads: Sender<Job>,
}

impl Workers {
    pub fn start(target: &Target, first: Conn) -> Result<Workers, StoreError> {
        match target {
            Target::Sqlite(_) => {
                let (writes, write_jobs) = channel();
                let to = target.clone();
                spawn("sqlite-writer", move || {
                    Link::new(to, first, Target::connect).serve_groups(&write_jobs);
                })?;
                let reads = pool(
                    target,
                    SQLITE_READERS,
                    "sqlite-reader",
                    Target::connect_reader,
                )?;
                Ok(Workers { writes, reads })
            }
            Target::Postgres(_) => {
                drop(first);
                let jobs = pool(target, POSTGRES_CONNECTIONS, "postgres", Target::connect)?;
                Ok(Workers {
                    writes: jobs.clone(),
                    reads: jobs,
                })
            }
        }
    }

    /// A job that cannot be handed over is dropped, and with it the channel its asker waits on.
    pub fn submit_write(&self, job: Job) {
        drop(self.writes.send(job));
    }

    pub fn submit_read(&self, job: Job) {
        drop(self.reads.send(job));
    }
}

fn spawn(name: &str, work: impl FnOnce() + Send + 'static) -> Result<(), StoreError> {
    std::thread::Builder::new()
        .name(name.to_owned())
        .spawn(work)
        .map(|_| ())
        .map_err(|e| StoreError::Unavailable(format!("no thread for the database: {e}")))
}

type Connect = fn(&Target) -> Result<Conn, StoreError>;

fn pool(
    target: &Target,
    size: usize,
    name: &str,
    connect: Connect,
) -> Result<Sender<Job>, StoreError> {
    let (sender, receiver) = channel();
    let receiver = Arc::new(Mutex::new(receiver));
    for _ in 0..size {
        let (target, receiver) = (target.clone(), receiver.clone());
        spawn(name, move || {
            Link {
                target,
                connect,
                conn: None,
            }
            .serve_each(&receiver);
        })?;
    }
    Ok(sender)
}

/// A connection that is made again when it broke.
struct Link {
    target: Target,
    connect: Connect,
    conn: Option<Conn>,
}

impl Link {
    fn new(target: Target, conn: Conn, connect: Connect) -> Link {
        Link {
            target,
            connect,
            conn: Some(conn),
        }
    }

    fn get(&mut self) -> Result<&mut Conn, StoreError> {
        let conn = match self.conn.take() {
            Some(conn) => conn,
            None => (self.connect)(&self.target)?,
        };
        Ok(self.conn.insert(conn))
    }

    /// Each job in a transaction of its own.
    fn serve_each(&mut self, jobs: &Mutex<Receiver<Job>>) {
        loop {
            let next = jobs.lock().unwrap_or_else(|e| e.into_inner()).recv();
            let Ok(mut job) = next else { return };
            loop {
                let conn = match self.get() {
                    Ok(conn) => conn,
                    Err(error) => {
                        tracing::error!(%error, "no connection to the database");
                        break;
                    }
                };
                match job.run(conn) {
                    Ok(Ran::Done(complete)) => {
                        complete(Ok(()));
                        if is_broken(conn) {
                            self.conn = None;
                        }
                        break;
                    }
                    Ok(Ran::Again(again)) => job = again,
                    Err(panic) => {
                        report(&panic);
                        self.conn = None;
                        break;
                    }
                }
            }
        }
    }

    /// Many jobs in one transaction, each in a savepoint: one fsync for all of them.
    fn serve_groups(&mut self, jobs: &Receiver<Job>) {
        let mut again: Option<Job> = None;
        loop {
            let first = match again.take() {
                Some(job) => job,
                None => match jobs.recv() {
                    Ok(job) => job,
                    Err(_) => return,
                },
            };
            let conn = match self.get().and_then(|conn| begin(conn).map(|()| conn)) {
                Ok(conn) => conn,
                Err(error) => {
                    tracing::error!(%error, "the database cannot be written");
                    self.conn = None;
                    drop(first);
                    continue;
                }
            };
            let started = Instant::now();
            let mut completions = Vec::new();
            let mut next = Some(first);
            let mut broken = false;
            while let Some(job) = next.take() {
                match job.run(conn) {
                    Ok(Ran::Done(complete)) => completions.push(complete),
                    Ok(Ran::Again(job)) => {
                        again = Some(job);
                        break;
                    }
                    Err(panic) => {
                        report(&panic);
                        broken = true;
                        break;
                    }
                }
                if completions.len() < GROUP_SIZE && started.elapsed() < GROUP_TIME {
                    next = jobs.try_recv().ok();
                }
            }
            let committed = if broken {
                Err(StoreError::Unavailable("a change broke off".to_owned()))
            } else {
                <Conn as Connection>::TransactionManager::commit_transaction(conn)
                    .map_err(|e| StoreError::Unavailable(e.to_string()))
            };
            if let Err(error) = &committed {
                tracing::error!(%error, "a group of changes was not committed");
                self.conn = None;
            }
            for complete in completions {
                complete(match &committed {
                    Ok(()) => Ok(()),
                    Err(error) => Err(StoreError::Unavailable(error.to_string())),
                });
            }
        }
    }
}

/// SQLite takes the write lock at once: a transaction that reads first can never be refused later.
fn begin(conn: &mut Conn) -> Result<(), StoreError> {
    match conn {
        Conn::Sqlite(sqlite) => {
            AnsiTransactionManager::begin_transaction_sql(sqlite, "BEGIN IMMEDIATE")?;
        }
        Conn::Postgres(_) => {
            <Conn as Connection>::TransactionManager::begin_transaction(conn)?;
        }
    }
    Ok(())
}

/// libpq does not tell that the server went away until it is asked.
fn is_broken(conn: &mut Conn) -> bool {
    if <Conn as Connection>::TransactionManager::is_broken_transaction_manager(conn) {
        return true;
    }
    match conn {
        Conn::Sqlite(_) => false,
        Conn::Postgres(pg) => pg.batch_execute("").is_err(),
    }
}

fn report(panic: &Box<dyn Any + Send>) {
    let message = panic
        .downcast_ref::<&str>()
        .map(ToString::to_string)
        .or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_default();
    tracing::error!(message, "a database job panicked; its changes were undone");
}
