//! By which standard other servers sign, and which they take from us. By host name: a host may be
//! asked for something before it has a row.

use diesel::prelude::*;

use super::schema::host_signatures;
use super::{Conn, StoreError};
use crate::domain::hosts::SignatureForm;
use crate::domain::time::Timestamp;

#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = host_signatures)]
pub struct SignaturesRow {
    pub takes: Option<SignatureForm>,
    pub takes_since: Option<Timestamp>,
    pub sends: Option<SignatureForm>,
    pub sends_since: Option<Timestamp>,
}

pub fn find(conn: &mut Conn, host: &str) -> Result<Option<SignaturesRow>, StoreError> {
    Ok(host_signatures::table
        .find(host)
        .select(SignaturesRow::as_select())
        .first(conn)
        .optional()?)
}

pub fn set_takes(
    conn: &mut Conn,
    host: &str,
    form: SignatureForm,
    now: Timestamp,
) -> Result<(), StoreError> {
    ensure(conn, host)?;
    diesel::update(host_signatures::table.find(host))
        .set((
            host_signatures::takes.eq(form),
            host_signatures::takes_since.eq(now),
        ))
        .execute(conn)?;
    Ok(())
}

pub fn set_sends(
    conn: &mut Conn,
    host: &str,
    form: SignatureForm,
    now: Timestamp,
) -> Result<(), StoreError> {
    ensure(conn, host)?;
    diesel::update(host_signatures::table.find(host))
        .set((
            host_signatures::sends.eq(form),
            host_signatures::sends_since.eq(now),
        ))
        .execute(conn)?;
    Ok(())
}

fn ensure(conn: &mut Conn, host: &str) -> Result<(), StoreError> {
    if find(conn, host)?.is_none() {
        diesel::insert_into(host_signatures::table)
            .values(host_signatures::host.eq(host))
            .execute(conn)?;
    }
    Ok(())
}
