//! Whole instances in this process, on loopback ports, each on its own database; and the people of a story.

use std::future::Future;
use std::net::Ipv4Addr;
use std::time::Duration;

use coppice::app::App;
use coppice::community::accounts::{self, NewAccount, passwords};
use coppice::community::groups::{self, NewGroup};
use coppice::community::threads::{self, Publish};
use coppice::community::votes::{self, Target};
use coppice::community::{CommunityError, Via, comments};
use coppice::config::{Overrides, Settings};
use coppice::domain::ids::{ActorId, CommentId, PostId};
use coppice::domain::kinds::{AccountState, Contribution, FollowState, RegistrationMode, Vote};
use coppice::domain::limits::{Body, CommentBody, DisplayName, Email, Password, Statement, Title};
use coppice::domain::names::Name;
use coppice::federation::Resolved;
use coppice::server::{self, Running};
use coppice::store::comments::CommentRow;
use coppice::store::posts::PostRow;
use coppice::store::{self, StoreError, Tx};
use tokio::net::TcpListener;
use url::Url;

use super::Database;
use super::shown::{self, Compared};

/// One running instance of a story.
pub struct Instance {
    pub running: Running,
    pub url: Url,
    /// `localhost:PORT`.
    pub host: String,
    /// What page and API were asked about.
    pub(super) compared: Compared,
    // Kept until the story ends.
    database: Database,
}

/// What everybody's password is.
pub const PASSWORD: &str = "correct horse battery";

impl Instance {
    pub async fn start(database: Database) -> Instance {
        Instance::start_with(database, |_| {}).await
    }

    pub async fn start_with(database: Database, change: impl FnOnce(&mut Settings)) -> Instance {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let mut settings = Settings::with(&Overrides {
            public_url: Some(format!("http://localhost:{port}")),
            listen: Some(format!("127.0.0.1:{port}")),
            data_dir: Some(database.folder.path().join("data")),
            database_url: Some(database.database_url.clone()),
            ..Overrides::default()
        })
        .unwrap();
        settings.registration = RegistrationMode::Open;
        settings.federation.allow_private_addresses = true;
        settings.rate_limits.enabled = false;
        // What links lead to in most stories is not there; those of previews turn them on.
        settings.link_previews.enabled = false;
        change(&mut settings);
        settings.check().unwrap();
        let running = server::start_on(settings, listener).await.unwrap();
        Instance {
            url: running.app.settings.public_url.url().clone(),
            host: format!("localhost:{port}"),
            running,
            compared: Compared::default(),
            database,
        }
    }

    /// Stops it; its database stays as long as what this returns.
    pub async fn stop(self) -> Database {
        self.running.stop().await.unwrap();
        self.database
    }

    pub fn app(&self) -> &App {
        &self.running.app
    }

    pub async fn read<T: Send + 'static>(
        &self,
        f: impl Fn(&mut Tx<'_>) -> Result<T, StoreError> + Send + 'static,
    ) -> T {
        self.app().store.read(f).await.unwrap()
    }

    pub async fn act<T: Send + 'static>(
        &self,
        f: impl Fn(&mut Tx<'_>) -> Result<T, CommunityError> + Send + 'static,
    ) -> Result<T, CommunityError> {
        self.app().store.write(f).await
    }

    /// Somebody with an account here.
    pub async fn member(&self, name: &str) -> Member<'_> {
        let parsed = Name::parse(name).unwrap();
        let email = Email::parse(&format!("{name}@example.org")).unwrap();
        let password = tokio::task::spawn_blocking(|| {
            passwords::hash(&Password::parse(PASSWORD).unwrap()).unwrap()
        })
        .await
        .unwrap();
        let id = self
            .act(move |tx| {
                accounts::create(
                    tx,
                    &NewAccount {
                        name: &parsed,
                        email: Some(&email),
                        password: &password,
                        display_name: None,
                        admin: false,
                        state: AccountState::Active,
                        application: None,
                    },
                )
            })
            .await
            .unwrap();
        Member {
            home: self,
            id,
            name: name.to_owned(),
        }
    }

    /// Somebody with an account here who administers the site.
    pub async fn admin(&self, name: &str) -> Member<'_> {
        let member = self.member(name).await;
        let id = member.id;
        self.act(move |tx| Ok(store::accounts::set_admin(tx.conn, id, true)?))
            .await
            .unwrap();
        member
    }

    pub async fn post_by_ap_id(&self, ap_id: &str) -> Option<PostRow> {
        let ap_id: Url = ap_id.parse().unwrap();
        let found = self.read(move |tx| store::posts::by_ap_id(tx.conn, &ap_id));
        let row = found.await;
        if let Some(row) = &row {
            shown::thread(self, row).await;
        }
        row
    }

    pub async fn comment_by_ap_id(&self, ap_id: &str) -> Option<CommentRow> {
        let ap_id: Url = ap_id.parse().unwrap();
        let found = self.read(move |tx| store::comments::by_ap_id(tx.conn, &ap_id));
        let row = found.await;
        if let Some(row) = &row {
            shown::comment(self, row).await;
        }
        row
    }

    pub async fn post(&self, id: PostId) -> PostRow {
        let found = self.read(move |tx| store::posts::find(tx.conn, id));
        let row = found.await.unwrap();
        shown::thread(self, &row).await;
        row
    }

    pub async fn comment(&self, id: CommentId) -> CommentRow {
        let found = self.read(move |tx| store::comments::find(tx.conn, id));
        let row = found.await.unwrap();
        shown::comment(self, &row).await;
        row
    }
}

/// A person of a story, at home on one instance.
pub struct Member<'a> {
    pub home: &'a Instance,
    pub id: ActorId,
    pub name: String,
}

impl Member<'_> {
    pub async fn founds(&self, name: &str) -> ActorId {
        let new = NewGroup {
            name: Name::parse(name).unwrap(),
            title: DisplayName::parse(name).unwrap(),
            domain: Statement::parse("What we care about.").unwrap(),
            rules: None,
            icon: None,
            image: None,
            posting_restricted: false,
            sensitive: false,
            visibility: coppice::domain::kinds::Visibility::Public,
        };
        let by = self.id;
        self.home
            .act(move |tx| groups::create(tx, by, &new))
            .await
            .unwrap()
    }

    /// Finds a group anywhere, as by the search box.
    pub async fn finds(&self, handle: &str) -> ActorId {
        match self.home.app().federation.resolve(handle).await {
            Ok(Resolved::Group(id)) => id,
            other => panic!("{handle}: {other:?}"),
        }
    }

    /// Follows a group anywhere and waits until it is let in.
    pub async fn follows(&self, handle: &str) -> ActorId {
        let group = self.finds(handle).await;
        let me = self.id;
        self.home
            .act(move |tx| groups::follow(tx, me, group))
            .await
            .unwrap();
        eventually(&format!("{} follows {handle}", self.name), || async {
            self.home
                .read(move |tx| store::follows::find(tx.conn, me, group))
                .await
                .is_some_and(|row| row.state == FollowState::Accepted)
        })
        .await;
        group
    }

    pub async fn leaves(&self, group: ActorId) {
        let me = self.id;
        self.home
            .act(move |tx| groups::unfollow(tx, me, group))
            .await
            .unwrap();
    }

    pub async fn posts(&self, group: ActorId, title: &str) -> PostRow {
        let publish = Publish {
            group,
            title: Title::parse(title).unwrap(),
            body: Body::parse("Some *text*.").unwrap(),
            link: None,
            image: None,
            kind: Contribution::Discussion,
            language: None,
            sensitive: false,
        };
        let me = self.id;
        let id = self
            .home
            .act(move |tx| threads::publish(tx, me, &publish))
            .await
            .unwrap();
        self.home.post(id).await
    }

    pub async fn replies(&self, post: PostId, parent: Option<CommentId>, text: &str) -> CommentRow {
        let reply = comments::Reply {
            post,
            parent,
            body: CommentBody::parse(text).unwrap(),
            language: None,
        };
        let me = self.id;
        let id = self
            .home
            .act(move |tx| comments::reply(tx, me, &reply))
            .await
            .unwrap();
        self.home.comment(id).await
    }

    pub async fn votes(&self, target: Target, vote: Option<Vote>) {
        let me = self.id;
        self.home
            .act(move |tx| votes::vote(tx, me, target, vote, Via::Here))
            .await
            .unwrap();
    }
}

/// Waits, for half a minute at most, until something holds.
pub async fn eventually<F, Fut>(what: &str, mut holds: F)
where
    F: FnMut() -> Fut,
    Fut: Future<Output = bool>,
{
    for _ in 0..600 {
        if holds().await {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("in vain waited for: {what}");
}

/// Waits until something is there, and returns it.
pub async fn eventually_some<T, F, Fut>(what: &str, mut look: F) -> T
where
    F: FnMut() -> Fut,
    Fut: Future<Output = Option<T>>,
{
    for _ in 0..600 {
        if let Some(found) = look().await {
            return found;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("in vain waited for: {what}");
}
