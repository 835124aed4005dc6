//! What stands in the database before the server starts, and a look at its queues while it runs.

use crate::community::CommunityError;
use crate::community::accounts::{self, NewAccount, passwords};
use crate::community::groups::{self, NewGroup};
use crate::community::threads::{self, Publish};
use crate::config::DatabaseUrl;
use crate::domain::ids::{ActorId, PostId};
use crate::domain::kinds::{AccountState, Contribution};
use crate::domain::limits::{Body, DisplayName, Email, Password, Statement, Title};
use crate::domain::names::Name;
use crate::domain::time::{MINUTE, Timestamp};
use crate::server;
use crate::store::{self, Conn, StoreError, Target, Tx, hosts, intake};

use super::server::Site;
use super::{Failure, failed};

const FOUNDER: &str = "benchmark";
/// Posts made in one transaction.
const BATCH: usize = 500;

/// A group with threads in it.
#[derive(Clone)]
pub struct Ground {
    pub group: Name,
    pub posts: Vec<PostId>,
}

/// Makes a group of `posts` threads. The port, which differs each time, is in its name: one PostgreSQL
/// database serves several runs.
pub async fn prepare(site: &Site, posts: usize) -> Result<Ground, Failure> {
    let text = |e| Failure::Community(CommunityError::text("bench")(e));
    let name = format!("bench{}x{posts}", site.port);
    let group = Name::parse(&name).map_err(CommunityError::name("name"))?;
    let password = passwords::hash(&Password::parse("a password for nobody").map_err(text)?)?;
    let new = NewGroup {
        name: group.clone(),
        title: DisplayName::parse("Benchmark").map_err(text)?,
        domain: Statement::parse("Load.").map_err(text)?,
        rules: None,
        icon: None,
        image: None,
        posting_restricted: false,
        sensitive: false,
        visibility: crate::domain::kinds::Visibility::Public,
    };
    let (store, holder) = server::open_store(&site.settings).await?;
    let (person, group_id) = store
        .write(move |tx| {
            let person = founder(tx, &password)?;
            Ok::<_, CommunityError>((person, groups::create(tx, person, &new)?))
        })
        .await?;
    let mut made = Vec::new();
    while made.len() < posts {
        let (first, last) = (made.len(), posts.min(made.len() + BATCH));
        let some = store
            .write(move |tx| {
                let thread = |n| thread(tx, person, group_id, n);
                (first..last).map(thread).collect::<Result<Vec<_>, _>>()
            })
            .await?;
        made.extend(some);
    }
    server::close_store(&store, holder).await?;
    Ok(Ground { group, posts: made })
}

/// Whoever founds the groups here. A database with other people in it is somebody's instance.
fn founder(tx: &mut Tx<'_>, password: &passwords::PasswordHash) -> Result<ActorId, CommunityError> {
    if let Some(account) = store::accounts::by_name(tx.conn, FOUNDER)? {
        return Ok(account.person_id);
    }
    let (people, _, _) = store::accounts::usage(tx.conn, tx.now, tx.now)?;
    if people > 0 {
        return Err(CommunityError::invalid(
            "database",
            "This database belongs to an instance: a benchmark would fill it with nonsense.",
        ));
    }
    let new = NewAccount {
        name: &Name::parse(FOUNDER).map_err(CommunityError::name("name"))?,
        email: Some(&Email::parse("bench@example.org").map_err(CommunityError::text("email"))?),
        password,
        display_name: None,
        admin: false,
        state: AccountState::Active,
        application: None,
    };
    accounts::create(tx, &new)
}

fn thread(
    tx: &mut Tx<'_>,
    author: ActorId,
    group: ActorId,
    number: usize,
) -> Result<PostId, CommunityError> {
    let publish = Publish {
        group,
        title: Title::parse(&format!("Thread {number}")).map_err(CommunityError::text("title"))?,
        body: Body::parse("Some *text* of a thread.").map_err(CommunityError::text("body"))?,
        link: None,
        image: None,
        kind: Contribution::Discussion,
        language: None,
        sensitive: false,
    };
    threads::publish(tx, author, &publish)
}

/// Reads the queues of the server under test. Its queries take a fraction of a millisecond.
pub struct Watch(Conn);

impl Watch {
    pub fn open(site: &Site) -> Result<Watch, Failure> {
        let target = match &site.settings.database_url {
            DatabaseUrl::Sqlite(path) => Target::Sqlite(path.clone()),
            DatabaseUrl::Postgres(url) => Target::Postgres(url.clone()),
        };
        Ok(Watch(target.connect_reader()?))
    }

    /// Received activities that are not applied yet.
    pub fn waiting(&mut self) -> Result<usize, StoreError> {
        Ok(usize::try_from(intake::waiting(&mut self.0)?).unwrap_or(0))
    }

    /// Fails with the reason if any activity was refused for good.
    pub fn check_none_failed(&mut self) -> Result<(), Failure> {
        match intake::failures(&mut self.0, None, 1)?.items.first() {
            None => Ok(()),
            Some(row) => Err(failed(
                "an activity was not applied",
                row.error.as_deref().unwrap_or_default(),
            )),
        }
    }

    /// Whether the server knows what software every host runs, which decides what it sends there.
    pub fn knows_all_hosts(&mut self) -> Result<bool, StoreError> {
        let lately = Timestamp::now().minus(60 * MINUTE);
        Ok(hosts::to_ask(&mut self.0, lately, 1)?.is_empty())
    }
}
