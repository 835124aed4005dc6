//! Logging in and out. A session is a random token that the member's browser or app keeps;
//! only its hash is stored.

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::applications::declined;
use super::passwords::{self, PasswordHash};
use crate::community::bans;
use crate::community::{CommunityError, Denied, Missing};
use crate::domain::ids::ActorId;
use crate::domain::kinds::{AccountState, SessionKind};
use crate::domain::limits::{Email, Password};
use crate::domain::rules::{Act, on_site};
use crate::domain::time::{DAY, HOUR};
use crate::store::accounts::{self, AccountRow};
use crate::store::actors::{self, ActorBrief};
use crate::store::sessions::{self, SessionRow};
use crate::store::{Store, StoreError, Tx};

/// A session ends when it was not used for so long.
const WEB_LIFE: i64 = 30 * DAY;
const API_LIFE: i64 = 365 * DAY;

/// Who asks: the person behind a valid session.
#[derive(Clone, Debug)]
pub struct Viewer {
    pub id: ActorId,
    pub actor: ActorBrief,
    pub admin: bool,
    pub kind: SessionKind,
    pub token_hash: String,
    /// Whether the session's end was not moved for a while; see [`touch`].
    stale: bool,
}

impl Viewer {
    /// Whether they may do this to the site itself, which is in no group.
    pub fn may(&self, act: Act) -> Result<(), Denied> {
        on_site(self.admin).may(act)?;
        Ok(())
    }
}

#[derive(Clone, Debug)]
pub struct NewSession {
    pub token: String,
    pub person: ActorId,
}

fn life(kind: SessionKind) -> i64 {
    match kind {
        SessionKind::Web => WEB_LIFE,
        SessionKind::Api => API_LIFE,
    }
}

/// SHA-256 in hex: how tokens and set-up links are kept.
pub(super) fn hash_token(token: &str) -> String {
    digest(&SHA256, token.as_bytes())
        .as_ref()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

/// 256 random bits, as text for a cookie, a header or a link.
pub(super) fn random_token() -> Result<String, StoreError> {
    let mut bytes = [0; 32];
    aws_lc_rs::rand::fill(&mut bytes)
        .map_err(|_| StoreError::Unavailable("no random numbers".to_owned()))?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}

async fn off_thread<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, CommunityError> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|e| StoreError::Unavailable(e.to_string()).into())
}

/// Checks a password and opens a session. Unknown names take as long, and get the same answer.
pub async fn log_in(
    store: &Store,
    name_or_email: &str,
    password: &str,
    kind: SessionKind,
) -> Result<NewSession, CommunityError> {
    let who = name_or_email.trim().to_owned();
    let account = store.read(move |tx| find_account(tx, &who)).await?;
    let hash = account
        .as_ref()
        .map(|account| account.password_hash.clone());
    let password = password.to_owned();
    let fits = off_thread(move || passwords::verify(hash.as_deref(), &password)).await?;
    let account = account
        .filter(|_| fits)
        .ok_or(CommunityError::Denied(Denied::WrongCredentials))?;
    let person = account.person_id;
    let token = store
        .write(move |tx| open_session(tx, person, kind))
        .await?;
    Ok(NewSession { token, person })
}

fn find_account(tx: &mut Tx<'_>, who: &str) -> Result<Option<AccountRow>, CommunityError> {
    Ok(if who.contains('@') {
        match Email::parse(who) {
            Ok(email) => accounts::by_email(tx.conn, email.as_str())?,
            Err(_) => None,
        }
    } else {
        accounts::by_name(tx.conn, &who.to_lowercase())?
    })
}

/// Opens a session for somebody whose identity is established.
pub fn open_session(
    tx: &mut Tx<'_>,
    person: ActorId,
    kind: SessionKind,
) -> Result<String, CommunityError> {
    let account = accounts::get(tx.conn, person)?.ok_or(Missing::Person)?;
    match account.state {
        AccountState::Active => {}
        AccountState::Pending => return Err(Denied::NotYetApproved.into()),
        AccountState::Rejected => return Err(declined(tx, person)?),
    }
    if bans::lift_if_over(tx, person)? {
        return Err(Denied::Suspended.into());
    }
    let token = random_token()?;
    sessions::insert(
        tx.conn,
        &SessionRow {
            token_hash: hash_token(&token),
            person_id: person,
            kind,
            created: tx.now,
            last_used: tx.now,
            expires: tx.now.plus(life(kind)),
        },
    )?;
    accounts::touch(tx.conn, person, tx.now)?;
    Ok(token)
}

/// Who holds this token. Tokens of one kind of door are no good at the other.
pub fn viewer(
    tx: &mut Tx<'_>,
    token: &str,
    kind: SessionKind,
) -> Result<Option<Viewer>, CommunityError> {
    let hash = hash_token(token);
    let Some(session) = sessions::find(tx.conn, &hash, tx.now)? else {
        return Ok(None);
    };
    if session.kind != kind {
        return Ok(None);
    }
    let Some(account) = accounts::get(tx.conn, session.person_id)? else {
        return Ok(None);
    };
    let actor = ActorBrief::from(actors::get(tx.conn, session.person_id)?);
    if account.state != AccountState::Active || actor.suspended || actor.deleted {
        return Ok(None);
    }
    Ok(Some(Viewer {
        id: actor.id,
        actor,
        admin: account.admin,
        kind: session.kind,
        token_hash: hash,
        stale: tx.now.since(session.last_used) > HOUR,
    }))
}

/// Moves the end of a session that is in use, at most once an hour.
pub async fn touch(store: &Store, viewer: &Viewer) -> Result<(), CommunityError> {
    if !viewer.stale {
        return Ok(());
    }
    let viewer = viewer.clone();
    store
        .write(move |tx| {
            let expires = tx.now.plus(life(viewer.kind));
            sessions::touch(tx.conn, &viewer.token_hash, tx.now, expires)?;
            accounts::touch(tx.conn, viewer.id, tx.now)?;
            Ok(())
        })
        .await
}

pub fn log_out(tx: &mut Tx<'_>, viewer: &Viewer) -> Result<(), CommunityError> {
    Ok(sessions::delete(tx.conn, &viewer.token_hash)?)
}

/// Checks that the viewer knows the account's password.
pub async fn confirm(
    store: &Store,
    viewer: &Viewer,
    password: &str,
    field: &'static str,
) -> Result<(), CommunityError> {
    let id = viewer.id;
    let account = store
        .read(move |tx| Ok::<_, CommunityError>(accounts::get(tx.conn, id)?))
        .await?;
    let hash = account.map(|account| account.password_hash);
    let password = password.to_owned();
    if off_thread(move || passwords::verify(hash.as_deref(), &password)).await? {
        Ok(())
    } else {
        Err(CommunityError::invalid(field, "This is not your password."))
    }
}

/// Sets a new password and ends every other session.
pub async fn change_password(
    store: &Store,
    viewer: &Viewer,
    old: &str,
    new: Password,
) -> Result<(), CommunityError> {
    confirm(store, viewer, old, "old_password").await?;
    let hash = off_thread(move || passwords::hash(&new)).await??;
    let viewer = viewer.clone();
    store
        .write(move |tx| {
            accounts::set_password(tx.conn, viewer.id, &hash.0)?;
            sessions::delete_all_of(tx.conn, viewer.id, Some(&viewer.token_hash))?;
            Ok(())
        })
        .await
}

/// The operator sets a password: every session ends.
pub fn reset_password(
    tx: &mut Tx<'_>,
    name: &str,
    password: &PasswordHash,
) -> Result<(), CommunityError> {
    let account = accounts::by_name(tx.conn, name)?.ok_or(Missing::Person)?;
    accounts::set_password(tx.conn, account.person_id, &password.0)?;
    sessions::delete_all_of(tx.conn, account.person_id, None)?;
    Ok(())
}
