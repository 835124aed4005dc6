//! The real program, killed in the middle of its work and started again: what was acknowledged is
//! applied once, what was to be sent is sent, in order.

use std::collections::HashSet;
use std::net::Ipv4Addr;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use axum::http::StatusCode;
use coppice::community::threads::{self, Publish};
use coppice::config::{DatabaseUrl, Settings};
use coppice::domain::ids::ActorId;
use coppice::domain::kinds::Contribution;
use coppice::domain::limits::{Body, Title};
use coppice::server;
use coppice::store::{self, Store, intake};
use tokio::net::TcpListener;
use url::Url;

use crate::help::{group_url, joins, text};
use crate::mastodon::{create, toot};
use crate::support::{Database, Instance, Peer, on_both_databases};

/// Longer than the leases a killed process leaves behind on PostgreSQL.
const PATIENCE: Duration = Duration::from_secs(180);

/// The program, run beside this one.
struct Program {
    settings: Arc<Settings>,
    child: Child,
}

impl Drop for Program {
    fn drop(&mut self) {
        self.kill();
    }
}

impl Program {
    async fn start(settings: &Arc<Settings>) -> Program {
        let mut program = Program {
            settings: settings.clone(),
            child: spawn(settings),
        };
        program.ready().await;
        program
    }

    /// SIGKILL: no farewell, no tidying.
    fn kill(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    async fn killed_and_started_again(&mut self) {
        self.kill();
        self.child = spawn(&self.settings);
        self.ready().await;
    }

    async fn ready(&mut self) {
        let url = self.settings.public_url.join("/readyz");
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let until = Instant::now() + PATIENCE;
        while Instant::now() < until {
            if let Ok(answer) = client.get(url.clone()).send().await
                && answer.status().is_success()
            {
                return;
            }
            assert!(
                self.child.try_wait().unwrap().is_none(),
                "the program ended"
            );
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("the program does not get ready");
    }
}

fn spawn(settings: &Settings) -> Child {
    run(Command::new(env!("CARGO_BIN_EXE_coppice")), settings)
}

/// A disk that is soon full: no file of the program's grows beyond so many KiB.
fn spawn_on_a_small_disk(settings: &Settings, kib: u32) -> Child {
    let mut command = Command::new("bash");
    // Without the trap the signal would end the program before the write could fail.
    let script = format!("trap '' XFSZ; ulimit -f {kib}; exec \"$0\" \"$@\"");
    command.args(["-c", &script, env!("CARGO_BIN_EXE_coppice")]);
    run(command, settings)
}

fn run(mut command: Command, settings: &Settings) -> Child {
    let database = match &settings.database_url {
        DatabaseUrl::Sqlite(path) => format!("sqlite:{}", path.display()),
        DatabaseUrl::Postgres(url) => url.clone(),
    };
    command
        .arg("serve")
        .env("COPPICE_PUBLIC_URL", settings.public_url.url().as_str())
        .env("COPPICE_LISTEN", settings.listen.to_string())
        .env("COPPICE_DATA_DIR", &settings.data_dir)
        .env("COPPICE_DATABASE_URL", database)
        .env("COPPICE_FEDERATION__ALLOW_PRIVATE_ADDRESSES", "true")
        .env("COPPICE_RATE_LIMITS__ENABLED", "false")
        .env("COPPICE_LOG__LEVEL", "error")
        .stdout(Stdio::null())
        .spawn()
        .unwrap()
}

/// What the story needs of an instance that ran in this process and has stopped.
struct Prepared {
    settings: Arc<Settings>,
    group: ActorId,
    alice: ActorId,
    _database: Database,
}

async fn wait_until(what: &str, mut holds: impl AsyncFnMut() -> bool) {
    let until = Instant::now() + PATIENCE;
    while Instant::now() < until {
        if holds().await {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("in vain waited for: {what}");
}

fn thread(group: ActorId, title: &str) -> Publish {
    Publish {
        group,
        title: Title::parse(title).unwrap(),
        body: Body::parse("Text.").unwrap(),
        link: None,
        image: None,
        kind: Contribution::Discussion,
        language: None,
        sensitive: false,
    }
}

async fn publish(store: &Store, group: ActorId, author: ActorId, title: &str) -> String {
    let publish = thread(group, title);
    let id = store
        .write(move |tx| threads::publish(tx, author, &publish))
        .await
        .unwrap();
    let row = store.read(move |tx| store::posts::find(tx.conn, id)).await;
    row.unwrap().unwrap().ap_id
}

/// Of a peer that follows the group.
async fn with_follower(db: Database) -> (Prepared, Peer, crate::support::PeerActor) {
    let school = Instance::start(db).await;
    let peer = Peer::mastodon(&school).await;
    let (alice, group, settings) = {
        let alice = school.member("alice").await;
        let group = alice.founds("looms").await;
        (alice.id, group, school.app().settings.clone())
    };
    let felix = peer.person("felix");
    joins(&school, &peer, &felix, &group_url(&school, group).await).await;
    let database = school.stop().await;
    let prepared = Prepared {
        settings,
        group,
        alice,
        _database: database,
    };
    (prepared, peer, felix)
}

/// Each title is seen, none out of its place when it first came.
fn first_arrivals(peer: &Peer) -> Vec<String> {
    let mut seen = HashSet::new();
    peer.inbox()
        .iter()
        .filter(|received| received.kind() == "Announce")
        .inspect(|received| assert_eq!(received.fault, None))
        .map(|received| text(&received.activity, "object").to_owned())
        .filter(|object| seen.insert(object.clone()))
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_is_a_503_and_what_got_a_202_is_kept() {
    let (prepared, _peer, felix) = with_follower(Database::sqlite().ok().unwrap()).await;
    let mut program = Program {
        child: spawn_on_a_small_disk(&prepared.settings, 4_000),
        settings: prepared.settings.clone(),
    };
    program.ready().await;
    let padding = "word ".repeat(20_000);
    let mut acknowledged = Vec::new();
    let mut refused = 0;
    for n in 0..150 {
        let note = toot(
            &felix,
            n,
            &padding,
            Some("https://elsewhere.example/1"),
            &[],
        );
        let activity = create(&felix, &note);
        match felix.sends(&activity).await {
            StatusCode::ACCEPTED => acknowledged.push(text(&activity, "id").to_owned()),
            status => {
                assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
                refused += 1;
            }
        }
    }
    assert!(refused > 0, "the disk never filled");
    assert!(!acknowledged.is_empty(), "nothing was taken before");
    program.kill();
    let (store, _) = server::open_store(&prepared.settings).await.unwrap();
    for id in acknowledged {
        let known = store
            .read({
                let id = id.clone();
                move |tx| intake::is_known(tx.conn, &id)
            })
            .await
            .unwrap();
        assert!(known, "{id} was acknowledged and is lost");
    }
}

on_both_databases! {
    async fn what_got_a_202_is_applied_once_though_the_program_is_killed(db: Database) {
        const ALL: usize = 300;
        let (prepared, _peer, felix) = with_follower(db).await;
        let (store, _) = server::open_store(&prepared.settings).await.unwrap();
        let post = publish(&store, prepared.group, prepared.alice, "Which loom?").await;
        let mut program = Program::start(&prepared.settings).await;

        let acknowledged = Arc::new(AtomicUsize::new(0));
        let notes: Vec<_> = (0..ALL as u64)
            .map(|n| toot(&felix, n, &format!("<p>Reply {n}</p>"), Some(&post), &[]))
            .collect();
        let mut senders = Vec::new();
        for share in notes.chunks(ALL / 6) {
            let (share, felix, count) = (share.to_vec(), felix.clone(), acknowledged.clone());
            senders.push(tokio::spawn(async move {
                for note in share {
                    let activity = create(&felix, &note);
                    // Once it is acknowledged, nobody sends it again.
                    while felix.tries(&activity).await != Some(StatusCode::ACCEPTED) {
                        tokio::time::sleep(Duration::from_millis(30)).await;
                    }
                    count.fetch_add(1, Ordering::SeqCst);
                }
            }));
        }
        for so_many in [ALL / 4, ALL / 2] {
            wait_until("some acknowledged", async || acknowledged.load(Ordering::SeqCst) >= so_many).await;
            program.killed_and_started_again().await;
        }
        for sender in senders {
            sender.await.unwrap();
        }
        wait_until("all applied", async || {
            store.read(|tx| intake::waiting(tx.conn)).await.is_ok_and(|n| n == 0)
        }).await;
        program.kill();
        let failed = store.read(|tx| intake::failures(tx.conn, None, 10)).await.unwrap();
        assert!(failed.items.is_empty(), "{:?}", failed.items);
        for note in &notes {
            let id: Url = text(note, "id").parse().unwrap();
            let row = store.read(move |tx| store::comments::by_ap_id(tx.conn, &id)).await.unwrap();
            assert!(row.is_some(), "{}", note["id"]);
        }
        let id: Url = post.parse().unwrap();
        let row = store.read(move |tx| store::posts::by_ap_id(tx.conn, &id)).await.unwrap().unwrap();
        assert_eq!(row.comment_count, ALL as i64);
    }

    async fn what_is_to_be_sent_is_sent_in_order_though_the_program_is_killed(db: Database) {
        let (prepared, peer, _felix) = with_follower(db).await;
        let mut expected = Vec::new();
        {
            let (store, holder) = server::open_store(&prepared.settings).await.unwrap();
            for n in 0..100 {
                expected.push(publish(&store, prepared.group, prepared.alice, &format!("Thread {n}")).await);
            }
            server::close_store(&store, holder).await.unwrap();
        }
        peer.takes(Duration::from_millis(15));
        let mut program = Program::start(&prepared.settings).await;
        for so_many in [25, 60] {
            wait_until("some delivered", async || first_arrivals(&peer).len() >= so_many).await;
            program.killed_and_started_again().await;
        }
        wait_until("all delivered", async || first_arrivals(&peer).len() >= expected.len()).await;
        assert_eq!(first_arrivals(&peer), expected);
    }

    async fn two_processes_on_one_database_send_each_activity_once_and_in_order(db: Database) {
        if db.lane == crate::support::Lane::Sqlite {
            return; // One process alone uses a SQLite database.
        }
        let school = Instance::start(db).await;
        let peer = Peer::mastodon(&school).await;
        let alice = school.member("alice").await;
        let group = alice.founds("looms").await;
        joins(&school, &peer, &peer.person("felix"), &group_url(&school, group).await).await;
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let second = server::start_on(Settings::clone(&school.app().settings), listener).await.unwrap();

        peer.takes(Duration::from_millis(3));
        let mut expected = Vec::new();
        for n in 0..80 {
            let store = if n % 2 == 0 { &school.app().store } else { &second.app.store };
            expected.push(publish(store, group, alice.id, &format!("Thread {n}")).await);
        }
        wait_until("all delivered", async || first_arrivals(&peer).len() >= expected.len()).await;
        tokio::time::sleep(Duration::from_millis(1_500)).await;
        let all = peer.inbox().iter().filter(|received| received.kind() == "Announce").count();
        assert_eq!(all, expected.len(), "none twice");
        assert_eq!(first_arrivals(&peer), expected);
        second.stop().await.unwrap();
    }
}
