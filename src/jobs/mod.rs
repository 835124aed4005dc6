//! What runs on a clock or on a bell, beside the doors: inbox worker, delivery, errands, house-keeping.

mod previews;

use std::future::Future;
use std::time::Duration;

use tokio::sync::{Notify, watch};
use tokio::task::JoinHandle;

use crate::app::App;
use crate::community::{self, hosts, polls, remote};
use crate::domain::time::DAY;
use crate::federation::{Federation, delivery, inbox};
use crate::pictures;
use crate::store::{
    Bells, Store, StoreError, Tx, activities, bans, intake, nodes, sessions, standing_acts,
    tombstones,
};

/// Errands are looked for so often even when no bell rings.
const ERRANDS: Duration = Duration::from_secs(60);
const LEASE_RENEWAL: Duration = Duration::from_secs(60);
/// So often polls are looked at: whose time is over, and which have votes to tell of.
const POLLS: Duration = Duration::from_secs(20);
/// A ban is over that soon after its time.
const BANS: Duration = Duration::from_secs(5);
const HOUSEKEEPING: Duration = Duration::from_secs(3_600);

/// Sent activities can be fetched by their id for so long after everybody has them.
const KEEP_ACTIVITIES: i64 = 30 * DAY;
/// Ids of applied activities are known for so long, so that a replay is.
const KEEP_INTAKE: i64 = 30 * DAY;
const KEEP_TOMBSTONES: i64 = 90 * DAY;

/// Starts all of them; they end after `stop` turns true.
pub fn start(app: &App, stop: &watch::Receiver<bool>) -> Vec<JoinHandle<()>> {
    let federation = app.federation.clone();
    let concurrency = app.settings.federation.delivery_concurrency.get();
    vec![
        tokio::spawn(inbox::run_worker(federation.clone(), stop.clone())),
        tokio::spawn(delivery::run(federation.clone(), concurrency, stop.clone())),
        errand(&federation, |bells| &bells.errands, stop, run_errands),
        // What groups and conversations elsewhere held before we knew them. Each kind by itself: slow
        // servers keep it busy, and nothing else.
        errand(
            &federation,
            |bells| &bells.past[0],
            stop,
            |f| async move { f.backfill_groups().await },
        ),
        errand(
            &federation,
            |bells| &bells.past[1],
            stop,
            |f| async move { f.refresh_groups().await },
        ),
        errand(
            &federation,
            |bells| &bells.past[2],
            stop,
            |f| async move { f.read_conversations().await },
        ),
        tokio::spawn(every(LEASE_RENEWAL, stop.clone(), move || {
            renew_node(federation.clone())
        })),
        tokio::spawn(every(POLLS, stop.clone(), {
            let store = app.store.clone();
            move || tend_polls(store.clone())
        })),
        tokio::spawn(every(BANS, stop.clone(), {
            let app = app.clone();
            move || lift_bans(app.clone())
        })),
        tokio::spawn(on_bell(
            app.store.clone(),
            |bells| &bells.pictures,
            ERRANDS,
            stop.clone(),
            {
                let app = app.clone();
                move || remove_pictures(app.clone())
            },
        )),
        tokio::spawn(on_bell(
            app.store.clone(),
            |bells| &bells.previews,
            previews::PAUSE,
            stop.clone(),
            {
                let app = app.clone();
                move || previews::look_at_some(app.clone())
            },
        )),
        tokio::spawn(every(HOUSEKEEPING, stop.clone(), {
            let app = app.clone();
            move || keep_house(app.clone())
        })),
    ]
}

type Bell = fn(&Bells) -> &Notify;

fn errand<F, W>(
    federation: &Federation,
    bell: Bell,
    stop: &watch::Receiver<bool>,
    work: W,
) -> JoinHandle<()>
where
    F: Future<Output = Result<bool, StoreError>> + Send + 'static,
    W: Fn(Federation) -> F + Send + Sync + 'static,
{
    let federation = federation.clone();
    let store = federation.store.clone();
    tokio::spawn(on_bell(store, bell, ERRANDS, stop.clone(), move || {
        work(federation.clone())
    }))
}

/// Looks for work in the database, so that a crash forgets nothing: when its bell rings, and now and then.
async fn on_bell<F, W>(
    store: Store,
    bell: Bell,
    pause: Duration,
    mut stop: watch::Receiver<bool>,
    work: W,
) where
    F: Future<Output = Result<bool, StoreError>>,
    W: Fn() -> F,
{
    while !*stop.borrow() {
        let outcome = tokio::select! {
            outcome = work() => outcome,
            _ = stop.changed() => return,
        };
        match outcome {
            Ok(true) => continue,
            Ok(false) => {}
            Err(error) => tracing::error!(%error, "errands cannot go on; they will be tried again"),
        }
        tokio::select! {
            () = bell(&store.bells).notified() => {}
            () = tokio::time::sleep(pause) => {}
            _ = stop.changed() => {}
        }
    }
}

/// Files of pictures that are no more.
async fn remove_pictures(app: App) -> Result<bool, StoreError> {
    pictures::sweep(&app).await?;
    Ok(false)
}

/// Keys, what people who left or were banned had written, NodeInfo, and followers of groups that moved.
async fn run_errands(federation: Federation) -> Result<bool, StoreError> {
    federation.make_missing_keys().await?;
    let erased = federation.store.write(remote::erase_some).await?;
    let swept = federation.store.write(community::bans::sweep_some).await?;
    let asked = federation.learn_about_hosts().await?;
    let led = federation.lead_followers().await?;
    Ok(erased || swept || asked || led)
}

async fn every<F, W>(pause: Duration, mut stop: watch::Receiver<bool>, work: W)
where
    F: Future<Output = Result<(), StoreError>>,
    W: Fn() -> F,
{
    while !*stop.borrow() {
        if let Err(error) = work().await {
            tracing::error!(%error, "house-keeping failed; it will be tried again");
        }
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            _ = stop.changed() => {}
        }
    }
}

async fn tend_polls(store: Store) -> Result<(), StoreError> {
    // Most of the time there is nothing to write.
    while store.read(polls::is_anything_due).await? {
        store.write(polls::tend).await?;
    }
    Ok(())
}

async fn renew_node(federation: Federation) -> Result<(), StoreError> {
    let holder = federation.holder.clone();
    federation
        .store
        .write(move |tx| nodes::renew(tx.conn, &holder, tx.now))
        .await
}

/// Looks first, so that nothing is written most of the time.
async fn lift_bans(app: App) -> Result<(), StoreError> {
    let due = |tx: &mut Tx<'_>| Ok::<_, StoreError>(!bans::over(tx.conn, tx.now, 1)?.is_empty());
    if app.store.read(due).await? {
        app.store.write(community::bans::lift_over).await?;
    }
    Ok(())
}

type Chore = fn(&mut Tx<'_>) -> Result<(), StoreError>;

async fn keep_house(app: App) -> Result<(), StoreError> {
    app.limits.tidy();
    let chores: [Chore; 7] = [
        |tx| community::queue::give_up(tx),
        |tx| sessions::delete_expired(tx.conn, tx.now).map(drop),
        |tx| activities::prune(tx.conn, tx.now.minus(KEEP_ACTIVITIES)).map(drop),
        |tx| intake::prune(tx.conn, tx.now.minus(KEEP_INTAKE)).map(drop),
        |tx| tombstones::forget_before(tx.conn, tx.now.minus(KEEP_TOMBSTONES)).map(drop),
        |tx| standing_acts::forget_before(tx.conn, tx.now.minus(KEEP_TOMBSTONES)).map(drop),
        |tx| hosts::apply(tx).map(drop),
    ];
    // A transaction each, so that none holds the writer for long; one that fails stops none of these.
    let mut outcome = Ok(());
    for chore in chores {
        outcome = outcome.and(app.store.write(chore).await);
    }
    while outcome.is_ok() {
        match app.store.write(community::previews::forget_unused).await {
            Ok(true) => {}
            Ok(false) => break,
            Err(error) => outcome = Err(error),
        }
    }
    outcome
}
