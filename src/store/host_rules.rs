//! What the administrators say about domains: blocked ones, and, where there are any, the allowed.
//! `hosts.blocked` follows from it (`community::hosts`).

use diesel::prelude::*;

use super::schema::host_rules;
use super::{Conn, StoreError};
use crate::domain::hosts::{Domain, HostPolicy, HostRule, covering};
use crate::domain::time::Timestamp;

#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = host_rules)]
pub struct RuleRow {
    pub id: i64,
    pub kind: HostRule,
    pub domain: String,
    pub reason: Option<String>,
    pub created: Timestamp,
}

/// All of one kind, by name.
pub fn all(conn: &mut Conn, kind: HostRule) -> Result<Vec<RuleRow>, StoreError> {
    Ok(host_rules::table
        .filter(host_rules::kind.eq(kind))
        .order(host_rules::domain.asc())
        .select(RuleRow::as_select())
        .load(conn)?)
}

pub fn find(
    conn: &mut Conn,
    kind: HostRule,
    domain: &Domain,
) -> Result<Option<RuleRow>, StoreError> {
    Ok(host_rules::table
        .filter(host_rules::kind.eq(kind))
        .filter(host_rules::domain.eq(domain.as_str()))
        .select(RuleRow::as_select())
        .first(conn)
        .optional()?)
}

/// The rules that concern one host.
pub fn about(conn: &mut Conn, host: &str) -> Result<Vec<RuleRow>, StoreError> {
    let names: Vec<String> = covering(host).map(str::to_owned).collect();
    let mut rules: Vec<RuleRow> = host_rules::table
        .filter(host_rules::domain.eq_any(names))
        .select(RuleRow::as_select())
        .load(conn)?;
    rules.sort_by_key(|rule| rule.id);
    Ok(rules)
}

/// The first rule about just this name, and not one that covers it.
pub fn of(conn: &mut Conn, name: &str) -> Result<Option<RuleRow>, StoreError> {
    Ok(host_rules::table
        .filter(host_rules::domain.eq(name))
        .order(host_rules::id.asc())
        .select(RuleRow::as_select())
        .first(conn)
        .optional()?)
}

pub fn get(conn: &mut Conn, id: i64) -> Result<Option<RuleRow>, StoreError> {
    Ok(host_rules::table
        .find(id)
        .select(RuleRow::as_select())
        .first(conn)
        .optional()?)
}

pub fn any_allowed(conn: &mut Conn) -> Result<bool, StoreError> {
    Ok(diesel::select(diesel::dsl::exists(
        host_rules::table.filter(host_rules::kind.eq(HostRule::Allowed)),
    ))
    .get_result(conn)?)
}

/// Whether the rules shut a host out.
pub fn shuts_out(conn: &mut Conn, host: &str) -> Result<bool, StoreError> {
    let rules = about(conn, host)?;
    if rules.iter().any(|rule| rule.kind == HostRule::Blocked) {
        return Ok(true);
    }
    Ok(rules.is_empty() && any_allowed(conn)?)
}

/// All rules, to judge all hosts by.
pub fn policy(conn: &mut Conn) -> Result<HostPolicy, StoreError> {
    let rules: Vec<(HostRule, String)> = host_rules::table
        .select((host_rules::kind, host_rules::domain))
        .load(conn)?;
    Ok(HostPolicy::new(rules))
}

pub fn insert(conn: &mut Conn, row: &RuleRow) -> Result<(), StoreError> {
    diesel::insert_into(host_rules::table)
        .values(row)
        .execute(conn)?;
    Ok(())
}

pub fn set_reason(conn: &mut Conn, id: i64, reason: Option<&str>) -> Result<(), StoreError> {
    diesel::update(host_rules::table.find(id))
        .set(host_rules::reason.eq(reason))
        .execute(conn)?;
    Ok(())
}

pub fn delete(conn: &mut Conn, id: i64) -> Result<(), StoreError> {
    diesel::delete(host_rules::table.find(id)).execute(conn)?;
    Ok(())
}
