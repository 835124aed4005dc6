//! Who uploaded which picture, for quotas and clean-up; and files that nobody has uploaded any more.

use diesel::prelude::*;

use super::schema::{discarded_files, uploads};
use super::{Conn, StoreError};
use crate::domain::ids::{ActorId, UploadId};
use crate::domain::kinds::PictureUse;
use crate::domain::paging::{Cursor, Page};
use crate::domain::time::Timestamp;

#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = uploads)]
pub struct UploadRow {
    pub id: UploadId,
    pub person_id: ActorId,
    pub file_name: String,
    pub bytes: i64,
    pub created: Timestamp,
    /// Whoever has it may take the picture away.
    pub delete_token: String,
    pub purpose: PictureUse,
    /// In pixels; 0 where they were not kept.
    pub width: i32,
    pub height: i32,
}

pub fn insert(conn: &mut Conn, row: &UploadRow) -> Result<(), StoreError> {
    diesel::insert_into(uploads::table)
        .values(row)
        .execute(conn)?;
    Ok(())
}

pub fn set_purpose(conn: &mut Conn, id: UploadId, to: PictureUse) -> Result<(), StoreError> {
    diesel::update(uploads::table.find(id))
        .set(uploads::purpose.eq(to))
        .execute(conn)?;
    Ok(())
}

/// Bytes a person's pictures take.
pub fn bytes_of(conn: &mut Conn, person: ActorId) -> Result<i64, StoreError> {
    let sizes: Vec<i64> = uploads::table
        .filter(uploads::person_id.eq(person))
        .select(uploads::bytes)
        .load(conn)?;
    Ok(sizes.iter().sum())
}

/// Everybody who uploaded this very picture.
pub fn of_file(conn: &mut Conn, file: &str) -> Result<Vec<UploadRow>, StoreError> {
    Ok(uploads::table
        .filter(uploads::file_name.eq(file))
        .order(uploads::id.asc())
        .select(UploadRow::as_select())
        .load(conn)?)
}

/// Of each of these files one upload, in no order: their size does not depend on who sent them.
pub fn of_files(conn: &mut Conn, files: &[String]) -> Result<Vec<UploadRow>, StoreError> {
    if files.is_empty() {
        return Ok(Vec::new());
    }
    Ok(uploads::table
        .filter(uploads::file_name.eq_any(files.to_vec()))
        .select(UploadRow::as_select())
        .load(conn)?)
}

/// Newest first: of one person, or of everybody.
pub fn page(
    conn: &mut Conn,
    person: Option<ActorId>,
    after: Option<Cursor>,
    limit: usize,
) -> Result<Page<UploadRow>, StoreError> {
    let mut query = uploads::table.into_boxed();
    if let Some(person) = person {
        query = query.filter(uploads::person_id.eq(person));
    }
    if let Some(cursor) = after {
        query = query.filter(uploads::id.lt(UploadId(cursor.id)));
    }
    let rows = query
        .order(uploads::id.desc())
        .limit(limit as i64 + 1)
        .select(UploadRow::as_select())
        .load(conn)?;
    Ok(Page::from_rows(rows, limit, |row: &UploadRow| Cursor {
        key: 0,
        id: row.id.0,
    }))
}

/// All pictures of a person.
pub fn all_of(conn: &mut Conn, person: ActorId) -> Result<Vec<UploadRow>, StoreError> {
    Ok(uploads::table
        .filter(uploads::person_id.eq(person))
        .select(UploadRow::as_select())
        .load(conn)?)
}

/// Forgets one upload. Where it was the last of its file, the file is to be removed from the disk.
pub fn delete(conn: &mut Conn, row: &UploadRow, now: Timestamp) -> Result<(), StoreError> {
    diesel::delete(uploads::table.find(row.id)).execute(conn)?;
    if of_file(conn, &row.file_name)?.is_empty() {
        discard(conn, &row.file_name, now)?;
    }
    Ok(())
}

/// A file is to be removed from the disk, unless somebody uploads it meanwhile.
pub fn discard(conn: &mut Conn, file: &str, now: Timestamp) -> Result<(), StoreError> {
    forget_discarded(conn, file)?;
    diesel::insert_into(discarded_files::table)
        .values((
            discarded_files::file_name.eq(file),
            discarded_files::created.eq(now),
        ))
        .execute(conn)?;
    Ok(())
}

/// Files to be removed from the disk.
pub fn discarded(conn: &mut Conn, limit: i64) -> Result<Vec<String>, StoreError> {
    Ok(discarded_files::table
        .order(discarded_files::file_name.asc())
        .limit(limit)
        .select(discarded_files::file_name)
        .load(conn)?)
}

pub fn is_discarded(conn: &mut Conn, file: &str) -> Result<bool, StoreError> {
    let row = discarded_files::table.find(file);
    Ok(diesel::select(diesel::dsl::exists(row)).get_result(conn)?)
}

pub fn forget_discarded(conn: &mut Conn, file: &str) -> Result<(), StoreError> {
    diesel::delete(discarded_files::table.find(file)).execute(conn)?;
    Ok(())
}
