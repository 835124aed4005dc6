//! A copy of a SQLite database that is whole, taken while others read and write it.

use std::fs::File;
use std::path::Path;

use diesel::prelude::*;
use diesel::sql_types::Text;

use super::{StoreError, Target};

/// Writes a copy of the database at `from` to the new file `to`, without its free pages, and returns
/// when it is on disk. Migrates nothing: the copy is as old as the original.
pub fn copy_sqlite(from: &Path, to: &Path) -> Result<(), StoreError> {
    let unavailable =
        |path: &Path, error| StoreError::Unavailable(format!("{}: {error}", path.display()));
    // Connecting would make an empty one.
    std::fs::metadata(from).map_err(|error| unavailable(from, error))?;
    let mut conn = Target::Sqlite(from.to_owned()).connect()?;
    diesel::sql_query("VACUUM INTO ?")
        .bind::<Text, _>(to.to_string_lossy())
        .execute(&mut conn)?;
    File::open(to)
        .and_then(|file| file.sync_all())
        .map_err(|error| unavailable(to, error))
}
