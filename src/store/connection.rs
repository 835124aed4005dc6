//! Which database runs: connecting, its settings, its migrations, its file.

use std::path::PathBuf;

use diesel::connection::SimpleConnection;
use diesel::{Connection, PgConnection, SqliteConnection};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use super::StoreError;

const SQLITE_MIGRATIONS: EmbeddedMigrations = embed_migrations!("migrations/sqlite");
const POSTGRES_MIGRATIONS: EmbeddedMigrations = embed_migrations!("migrations/postgres");

/// Any two processes that start at once must not migrate at once.
const MIGRATION_LOCK: i64 = 0x_c0bb_1ce0;

/// One connection, to whichever database was configured.
#[derive(diesel::MultiConnection)]
pub enum Conn {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}

/// Where the database is.
#[derive(Clone, Debug)]
pub enum Target {
    Sqlite(PathBuf),
    Postgres(String),
}

fn unavailable(error: diesel::ConnectionError) -> StoreError {
    StoreError::Unavailable(error.to_string())
}

fn migration(error: impl std::fmt::Display) -> StoreError {
    StoreError::Migration(error.to_string())
}

impl Target {
    /// Connects for writing. SQLite: WAL, every commit on disk before it is answered.
    pub fn connect(&self) -> Result<Conn, StoreError> {
        match self {
            Target::Sqlite(path) => {
                let mut conn =
                    SqliteConnection::establish(&path.to_string_lossy()).map_err(unavailable)?;
                conn.batch_execute(
                    "PRAGMA busy_timeout = 15000;
                     PRAGMA journal_mode = WAL;
                     PRAGMA synchronous = FULL;
                     PRAGMA foreign_keys = ON;
                     PRAGMA temp_store = MEMORY;
                     PRAGMA cache_size = -4000;",
                )?;
                Ok(Conn::Sqlite(conn))
            }
            Target::Postgres(url) => {
                let mut conn = PgConnection::establish(url).map_err(unavailable)?;
                conn.batch_execute(
                    "SET client_min_messages = warning; SET timezone = 'UTC'; SET statement_timeout = '60s';",
                )?;
                Ok(Conn::Postgres(conn))
            }
        }
    }

    /// Connects for reading only; on PostgreSQL a connection like any other.
    pub fn connect_reader(&self) -> Result<Conn, StoreError> {
        let mut conn = self.connect()?;
        if let Conn::Sqlite(sqlite) = &mut conn {
            sqlite.batch_execute("PRAGMA query_only = ON;")?;
        }
        Ok(conn)
    }

    /// Makes the database if there is none and brings its tables up to date.
    pub fn prepare_database(&self) -> Result<Conn, StoreError> {
        if let Target::Sqlite(path) = self
            && let Some(folder) = path.parent()
        {
            std::fs::create_dir_all(folder).map_err(|e| {
                StoreError::Unavailable(format!("cannot make {}: {e}", folder.display()))
            })?;
        }
        let mut conn = self.connect()?;
        match &mut conn {
            Conn::Sqlite(sqlite) => {
                sqlite
                    .run_pending_migrations(SQLITE_MIGRATIONS)
                    .map_err(migration)?;
            }
            Conn::Postgres(pg) => {
                // Neither a long migration nor the wait for another process's is cut off.
                pg.batch_execute(&format!(
                    "SET statement_timeout = 0; SELECT pg_advisory_lock({MIGRATION_LOCK})"
                ))?;
                let outcome = pg
                    .run_pending_migrations(POSTGRES_MIGRATIONS)
                    .map(|_| ())
                    .map_err(migration);
                pg.batch_execute(&format!("SELECT pg_advisory_unlock({MIGRATION_LOCK})"))?;
                outcome?;
            }
        }
        Ok(conn)
    }
}
