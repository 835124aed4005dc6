//! One database of either kind for a test, and the macro that runs a story on both.

use super::lanes::{Lane, Skip};
use super::postgres;

/// An empty database of its own for one test.
pub struct Database {
    /// What a server is given as `database_url`.
    pub database_url: String,
    pub lane: Lane,
    /// Also the place for a server's `data_dir`; removed with this value.
    pub folder: tempfile::TempDir,
}

impl Database {
    pub fn sqlite() -> Result<Database, Skip> {
        let folder = folder();
        let path = folder.path().join("coppice.sqlite3");
        Ok(Database {
            database_url: format!("sqlite:{}", path.display()),
            lane: Lane::Sqlite,
            folder,
        })
    }

    pub fn postgres() -> Result<Database, Skip> {
        Ok(Database {
            database_url: postgres::database()?.url,
            lane: Lane::Postgres,
            folder: folder(),
        })
    }

    /// One more of the same kind: a story of several servers takes one for each.
    pub fn another(&self) -> Database {
        let made = match self.lane {
            Lane::Postgres => Database::postgres(),
            Lane::Sqlite | Lane::Browser | Lane::Node | Lane::Documents => Database::sqlite(),
        };
        made.unwrap_or_else(|Skip(why)| panic!("{why}"))
    }
}

fn folder() -> tempfile::TempDir {
    tempfile::TempDir::with_prefix("coppice-test-").unwrap()
}

/// Runs each story as two tests, `sqlite::NAME` and `postgres::NAME`. Once per module:
///
/// ```ignore
/// on_both_databases! {
///     async fn a_reply_reaches_the_group(db: Database) { … }
///     async fn a_vote_counts_once(db: Database) { … }
/// }
/// ```
macro_rules! on_both_databases {
    ($($(#[$meta:meta])* async fn $name:ident($db:ident: $database:ty) $body:block)+) => {
        $(async fn $name($db: $database) $body)+

        mod sqlite {
            $crate::support::database::tests_on!(sqlite, Sqlite: $($(#[$meta])* $name)+);
        }

        mod postgres {
            $crate::support::database::tests_on!(postgres, Postgres: $($(#[$meta])* $name)+);
        }
    };
}

macro_rules! tests_on {
    ($maker:ident, $lane:ident: $($(#[$meta:meta])* $name:ident)+) => {$(
        $(#[$meta])*
        #[tokio::test(flavor = "multi_thread")]
        async fn $name() {
            match $crate::support::Database::$maker() {
                // Boxed: the future of a whole story is too big for the stack.
                Ok(db) => Box::pin(super::$name(db)).await,
                Err(why) => $crate::support::Lane::$lane.skip(&why),
            }
        }
    )+};
}

pub(crate) use {on_both_databases, tests_on};
