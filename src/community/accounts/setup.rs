//! The first administrator of a new instance, made in the browser through a link that works once.

use super::sessions::{hash_token, random_token};
use super::{NewAccount, Register, create};
use crate::community::{CommunityError, Missing};
use crate::domain::ids::ActorId;
use crate::domain::kinds::AccountState;
use crate::store::{Tx, accounts, site};

/// A new token for the set-up link, in place of any older one; `None` where there is an administrator.
pub fn new_setup_token(tx: &mut Tx<'_>) -> Result<Option<String>, CommunityError> {
    if accounts::any_admin(tx.conn)? {
        return Ok(None);
    }
    let token = random_token()?;
    site::set_setup_token(tx.conn, Some(&hash_token(&token)))?;
    Ok(Some(token))
}

pub fn setup_link_is_valid(tx: &mut Tx<'_>, token: &str) -> Result<bool, CommunityError> {
    let expected = site::get(tx.conn)?.setup_token_hash;
    Ok(expected == Some(hash_token(token)) && !accounts::any_admin(tx.conn)?)
}

pub fn set_up(
    tx: &mut Tx<'_>,
    token: &str,
    register: &Register,
) -> Result<ActorId, CommunityError> {
    if !setup_link_is_valid(tx, token)? {
        return Err(Missing::SetupLink.into());
    }
    let admin = create(
        tx,
        &NewAccount {
            name: &register.name,
            email: register.email.as_ref(),
            password: &register.password,
            display_name: Some(&register.display_name),
            admin: true,
            state: AccountState::Active,
            application: None,
        },
    )?;
    site::set_setup_token(tx.conn, None)?;
    Ok(admin)
}
