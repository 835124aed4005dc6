//! Every actor we know, local and remote: people, groups, sites.

use diesel::prelude::*;
use url::Url;

use super::schema::{actors, follows, moderators};
use super::{Conn, StoreError, names};
use crate::domain::html::source_of;
use crate::domain::ids::{ActorId, HostId, InboxId};
use crate::domain::kinds::ActorKind;
use crate::domain::limits::STATEMENT_MAX;
use crate::domain::roles::Role;
use crate::domain::time::Timestamp;

#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = actors)]
pub struct ActorRow {
    pub id: ActorId,
    pub kind: ActorKind,
    pub local: bool,
    /// `preferredUsername`.
    pub name: String,
    /// `host[:port]`.
    pub host: String,
    pub ap_id: String,
    /// The page for people to read.
    pub url: String,
    pub display_name: Option<String>,
    pub summary_markdown: Option<String>,
    /// Sanitised.
    pub summary_html: String,
    pub icon_url: Option<String>,
    pub image_url: Option<String>,
    pub inbox_url: String,
    pub outbox_url: Option<String>,
    pub followers_url: Option<String>,
    pub featured_url: Option<String>,
    pub moderators_url: Option<String>,
    pub public_key_id: String,
    /// `None` on local actors whose key was not needed yet, and on remote ones without a key.
    pub public_key_pem: Option<String>,
    pub private_key_pem: Option<String>,
    /// Where deliveries for it go; `None` on local actors.
    pub inbox_id: Option<InboxId>,
    pub host_id: Option<HostId>,
    pub published: Timestamp,
    pub updated: Option<Timestamp>,
    pub fetched: Timestamp,
    pub deleted: bool,
    /// A person banned from this site (why and how long: `bans`); a group removed from it.
    pub suspended: bool,
}

/// What a page or an API answer shows of an actor.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = actors)]
pub struct ActorBrief {
    pub id: ActorId,
    pub kind: ActorKind,
    pub local: bool,
    pub name: String,
    pub host: String,
    pub ap_id: String,
    pub url: String,
    pub display_name: Option<String>,
    pub summary_markdown: Option<String>,
    pub summary_html: String,
    pub icon_url: Option<String>,
    pub image_url: Option<String>,
    pub host_id: Option<HostId>,
    pub published: Timestamp,
    pub updated: Option<Timestamp>,
    pub deleted: bool,
    pub suspended: bool,
}

impl ActorBrief {
    /// What a group says of itself, as its moderators go on writing it.
    pub fn statement(&self) -> String {
        source_of(
            self.summary_markdown.as_deref(),
            &self.summary_html,
            STATEMENT_MAX,
        )
    }

    /// The name to show: the display name, else the short one.
    pub fn title(&self) -> &str {
        self.display_name.as_deref().unwrap_or(&self.name)
    }

    /// `name` here, `name@host` elsewhere: how our own pages address it.
    pub fn handle(&self) -> String {
        if self.local {
            self.name.clone()
        } else {
            format!("{}@{}", self.name, self.host)
        }
    }

    /// `name@host`, wherever it lives.
    pub fn full_handle(&self) -> String {
        format!("{}@{}", self.name, self.host)
    }

    /// The path of its page on this instance.
    pub fn path(&self) -> String {
        let folder = if self.kind == ActorKind::Group {
            "c"
        } else {
            "u"
        };
        let mut path = format!("/{folder}/");
        for letter in self.handle().chars() {
            if letter.is_ascii() {
                path.push(letter);
            } else {
                // Addresses are ASCII, names need not be.
                let mut bytes = [0; 4];
                for byte in letter.encode_utf8(&mut bytes).bytes() {
                    path.push_str(&format!("%{byte:02X}"));
                }
            }
        }
        path
    }
}

impl From<ActorRow> for ActorBrief {
    fn from(row: ActorRow) -> Self {
        ActorBrief {
            id: row.id,
            kind: row.kind,
            local: row.local,
            name: row.name,
            host: row.host,
            ap_id: row.ap_id,
            url: row.url,
            display_name: row.display_name,
            summary_markdown: row.summary_markdown,
            summary_html: row.summary_html,
            icon_url: row.icon_url,
            image_url: row.image_url,
            host_id: row.host_id,
            published: row.published,
            updated: row.updated,
            deleted: row.deleted,
            suspended: row.suspended,
        }
    }
}

/// What a newer document of the actor, or its owner, changes.
#[derive(Clone, Debug, AsChangeset)]
#[diesel(table_name = actors, treat_none_as_null = true)]
pub struct ActorDocument {
    pub name: String,
    pub url: String,
    pub display_name: Option<String>,
    pub summary_markdown: Option<String>,
    pub summary_html: String,
    pub icon_url: Option<String>,
    pub image_url: Option<String>,
    pub inbox_url: String,
    pub outbox_url: Option<String>,
    pub followers_url: Option<String>,
    pub featured_url: Option<String>,
    pub moderators_url: Option<String>,
    pub public_key_id: String,
    pub public_key_pem: Option<String>,
    pub inbox_id: Option<InboxId>,
    pub updated: Option<Timestamp>,
    pub fetched: Timestamp,
    pub deleted: bool,
}

/// What the owner of a local actor edits.
#[derive(Clone, Debug, AsChangeset)]
#[diesel(table_name = actors, treat_none_as_null = true)]
pub struct ActorProfile {
    pub display_name: Option<String>,
    pub summary_markdown: Option<String>,
    pub summary_html: String,
    pub icon_url: Option<String>,
    pub image_url: Option<String>,
    pub updated: Option<Timestamp>,
}

pub fn insert(conn: &mut Conn, row: &ActorRow) -> Result<(), StoreError> {
    diesel::insert_into(actors::table)
        .values(row)
        .execute(conn)?;
    names::index(
        conn,
        row.id,
        row.kind,
        &row.name,
        row.display_name.as_deref(),
    )
}

pub fn get(conn: &mut Conn, id: ActorId) -> Result<ActorRow, StoreError> {
    Ok(actors::table
        .find(id)
        .select(ActorRow::as_select())
        .first(conn)?)
}

pub fn is_suspended(conn: &mut Conn, id: ActorId) -> Result<bool, StoreError> {
    Ok(actors::table
        .find(id)
        .select(actors::suspended)
        .first(conn)?)
}

/// Of a person: banned from this site. Of a group: removed from it.
pub fn set_suspended(conn: &mut Conn, id: ActorId, suspended: bool) -> Result<(), StoreError> {
    diesel::update(actors::table.find(id))
        .set(actors::suspended.eq(suspended))
        .execute(conn)?;
    Ok(())
}

/// The group with this featured, or this moderators, collection.
pub fn by_collection(conn: &mut Conn, collection: &Url) -> Result<Option<ActorRow>, StoreError> {
    Ok(actors::table
        .filter(
            actors::featured_url
                .eq(collection.as_str())
                .or(actors::moderators_url.eq(collection.as_str())),
        )
        .filter(actors::kind.eq(ActorKind::Group))
        .select(ActorRow::as_select())
        .first(conn)
        .optional()?)
}

pub fn by_ap_id(conn: &mut Conn, ap_id: &Url) -> Result<Option<ActorRow>, StoreError> {
    Ok(actors::table
        .filter(actors::ap_id.eq(ap_id.as_str()))
        .select(ActorRow::as_select())
        .first(conn)
        .optional()?)
}

pub fn by_key_id(conn: &mut Conn, key_id: &Url) -> Result<Option<ActorRow>, StoreError> {
    Ok(actors::table
        .filter(actors::public_key_id.eq(key_id.as_str()))
        .select(ActorRow::as_select())
        .first(conn)
        .optional()?)
}

pub fn local_by_name(conn: &mut Conn, name: &str) -> Result<Option<ActorRow>, StoreError> {
    Ok(actors::table
        .filter(actors::local.and(actors::name.eq(name)))
        .select(ActorRow::as_select())
        .first(conn)
        .optional()?)
}

/// By `name@host`; several only where a remote host gives a person and a group one name.
pub fn by_address(conn: &mut Conn, name: &str, host: &str) -> Result<Vec<ActorRow>, StoreError> {
    Ok(actors::table
        .filter(actors::name.eq(name).and(actors::host.eq(host)))
        .order(actors::id.asc())
        .limit(4)
        .select(ActorRow::as_select())
        .load(conn)?)
}

pub fn briefs(conn: &mut Conn, ids: &[ActorId]) -> Result<Vec<ActorBrief>, StoreError> {
    Ok(actors::table
        .filter(actors::id.eq_any(ids.to_vec()))
        .select(ActorBrief::as_select())
        .load(conn)?)
}

pub fn update_document(
    conn: &mut Conn,
    id: ActorId,
    document: &ActorDocument,
) -> Result<(), StoreError> {
    let known_as: (String, Option<String>, bool) = actors::table
        .find(id)
        .select((actors::name, actors::display_name, actors::deleted))
        .first(conn)?;
    diesel::update(actors::table.find(id))
        .set(document)
        .execute(conn)?;
    if known_as
        != (
            document.name.clone(),
            document.display_name.clone(),
            document.deleted,
        )
    {
        names::index_again(conn, id)?;
    }
    Ok(())
}

pub fn update_profile(
    conn: &mut Conn,
    id: ActorId,
    profile: &ActorProfile,
) -> Result<(), StoreError> {
    diesel::update(actors::table.find(id))
        .set(profile)
        .execute(conn)?;
    names::index_again(conn, id)
}

/// Gives a local actor its key pair, unless another process was first.
pub fn set_key_pair(
    conn: &mut Conn,
    id: ActorId,
    public_pem: &str,
    private_pem: &str,
) -> Result<(), StoreError> {
    diesel::update(
        actors::table
            .find(id)
            .filter(actors::private_key_pem.is_null()),
    )
    .set((
        actors::public_key_pem.eq(public_pem),
        actors::private_key_pem.eq(private_pem),
    ))
    .execute(conn)?;
    Ok(())
}

/// Local actors that have no key yet.
pub fn without_key(conn: &mut Conn, limit: i64) -> Result<Vec<ActorId>, StoreError> {
    Ok(actors::table
        .filter(actors::local.and(actors::private_key_pem.is_null()))
        .filter(actors::deleted.eq(false))
        .order(actors::id.asc())
        .limit(limit)
        .select(actors::id)
        .load(conn)?)
}

/// What groups of ours and the site itself show of themselves, but for one of them.
pub fn pictures_of_groups_and_site(
    conn: &mut Conn,
    but: Option<ActorId>,
) -> Result<Vec<String>, StoreError> {
    let pairs: Vec<(Option<String>, Option<String>)> = actors::table
        .filter(actors::local)
        .filter(actors::kind.eq_any([ActorKind::Group, ActorKind::Application]))
        .filter(actors::id.ne(but.unwrap_or(ActorId(0))))
        .select((actors::icon_url, actors::image_url))
        .load(conn)?;
    Ok(pairs
        .into_iter()
        .flat_map(|(icon, image)| icon.into_iter().chain(image))
        .collect())
}

/// Closes a group or opens it again; what it says of itself is kept.
pub fn set_deleted(conn: &mut Conn, id: ActorId, deleted: bool) -> Result<(), StoreError> {
    diesel::update(actors::table.find(id))
        .set(actors::deleted.eq(deleted))
        .execute(conn)?;
    Ok(())
}

/// A person is no more: what they said of themselves goes.
pub fn mark_deleted(conn: &mut Conn, id: ActorId) -> Result<(), StoreError> {
    diesel::update(actors::table.find(id))
        .set((
            actors::deleted.eq(true),
            actors::display_name.eq(None::<String>),
            actors::summary_markdown.eq(None::<String>),
            actors::summary_html.eq(""),
            actors::icon_url.eq(None::<String>),
            actors::image_url.eq(None::<String>),
        ))
        .execute(conn)?;
    names::forget(conn, id)
}

/// A person says that they are a bot, or no longer.
pub fn set_kind(conn: &mut Conn, id: ActorId, kind: ActorKind) -> Result<(), StoreError> {
    diesel::update(actors::table.find(id))
        .set(actors::kind.eq(kind))
        .execute(conn)?;
    Ok(())
}

pub fn moderators(conn: &mut Conn, group: ActorId) -> Result<Vec<(ActorBrief, Role)>, StoreError> {
    let mut all: Vec<(ActorBrief, Role)> = moderators::table
        .inner_join(actors::table.on(actors::id.eq(moderators::person_id)))
        .filter(moderators::group_id.eq(group))
        .order((moderators::created.asc(), moderators::person_id.asc()))
        .limit(100)
        .select((ActorBrief::as_select(), moderators::role))
        .load(conn)?;
    all.sort_by_key(|(_, role)| *role != Role::Coordinator);
    Ok(all)
}

/// Groups this person coordinates or moderates.
pub fn moderated_by(conn: &mut Conn, person: ActorId) -> Result<Vec<ActorBrief>, StoreError> {
    Ok(moderators::table
        .inner_join(actors::table.on(actors::id.eq(moderators::group_id)))
        .filter(moderators::person_id.eq(person))
        .order(actors::name.asc())
        .limit(200)
        .select(ActorBrief::as_select())
        .load(conn)?)
}

pub fn role(conn: &mut Conn, group: ActorId, person: ActorId) -> Result<Option<Role>, StoreError> {
    Ok(moderators::table
        .find((group, person))
        .select(moderators::role)
        .first(conn)
        .optional()?)
}

pub fn set_role(
    conn: &mut Conn,
    group: ActorId,
    person: ActorId,
    role: Option<Role>,
    now: Timestamp,
) -> Result<(), StoreError> {
    diesel::delete(moderators::table.find((group, person))).execute(conn)?;
    if let Some(role) = role {
        diesel::insert_into(moderators::table)
            .values((
                moderators::group_id.eq(group),
                moderators::person_id.eq(person),
                moderators::role.eq(role),
                moderators::created.eq(now),
            ))
            .execute(conn)?;
    }
    Ok(())
}

/// Groups that this person follows or waits for, by name.
pub fn followed_by(
    conn: &mut Conn,
    person: ActorId,
    limit: i64,
) -> Result<Vec<ActorBrief>, StoreError> {
    Ok(follows::table
        .inner_join(actors::table.on(actors::id.eq(follows::target_id)))
        .filter(follows::follower_id.eq(person))
        .order((actors::name.asc(), actors::id.asc()))
        .limit(limit)
        .select(ActorBrief::as_select())
        .load(conn)?)
}
