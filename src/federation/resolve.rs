//! What somebody typed, an address or a handle, becomes an actor, a thread or a comment that we know,
//! fetched if need be.

use thiserror::Error;
use url::{Host, Url};

use super::Federation;
use super::client::{FetchError, RedirectFault};
use super::fetch::FetchFailure;
use super::handle::Handle;
use crate::activitystreams::{Thing, parse_url};
use crate::community::remote::{self, Doc, Docs, Entry, WireError};
use crate::community::threads;
use crate::domain::house::host_of;
use crate::domain::html;
use crate::domain::ids::{ActorId, CommentId, PostId};
use crate::domain::kinds::ActorKind;
use crate::domain::time::{DAY, HOUR};
use crate::store::actors::{self, ActorRow};
use crate::store::{StoreError, Tx, comments, groups, posts};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Resolved {
    Person(ActorId),
    Group(ActorId),
    Post(PostId),
    Comment(CommentId),
}

#[derive(Debug, Error)]
pub enum ResolveError {
    #[error("Nothing was found under this address.")]
    NotFound,
    #[error("The other server could not be reached: {0}")]
    Unreachable(String),
    #[error("What is there cannot be shown here: {0}")]
    Refused(String),
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<FetchFailure> for ResolveError {
    fn from(failure: FetchFailure) -> Self {
        match failure {
            FetchFailure::Store(error) => ResolveError::Store(error),
            FetchFailure::Passing(reason) => ResolveError::Unreachable(reason),
            FetchFailure::Refused(reason) => ResolveError::Refused(reason),
        }
    }
}

/// From a page to its document, and from there to where it lives.
const MAX_LEADS: usize = 2;
/// Largest page that is looked at for its document, in bytes.
const MAX_PAGE: usize = 1024 * 1024;

/// What was typed.
enum Asked {
    Address(Url),
    /// As other programs hand addresses over: read as https.
    WithoutScheme(Url),
    Handle(Handle),
}

impl Asked {
    fn parse(query: &str) -> Result<Asked, ResolveError> {
        let query = query.trim();
        let address =
            |text: &str| parse_url(text).map_err(|why| ResolveError::Refused(why.to_owned()));
        let rest = after_app_scheme(query);
        if let Some(rest) = rest
            && rest.starts_with("//")
        {
            return address(&format!("https:{rest}")).map(Asked::WithoutScheme);
        }
        let query = rest.unwrap_or(query);
        if query.starts_with("http://") || query.starts_with("https://") {
            return address(query).map(Asked::Address);
        }
        Handle::parse(query)
            .map(Asked::Handle)
            .ok_or(ResolveError::NotFound)
    }
}

/// Schemes by which other programs hand addresses over to an app for the fediverse.
const APP_SCHEMES: &[&str] = &["web+activitypub:", "web+ap:"];

/// `web+ap://host/path` stands for `https://host/path`; a whole address or a handle may follow as well.
fn after_app_scheme(query: &str) -> Option<&str> {
    APP_SCHEMES.iter().find_map(|scheme| {
        let start = query.get(..scheme.len())?;
        start
            .eq_ignore_ascii_case(scheme)
            .then(|| &query[scheme.len()..])
    })
}

impl Federation {
    /// Finds what a member typed into the search box, or an app asks for.
    pub async fn resolve(&self, query: &str) -> Result<Resolved, ResolveError> {
        match Asked::parse(query)? {
            Asked::Address(url) => self.resolve_url(url).await,
            Asked::WithoutScheme(url) => self.resolve_url(self.without_scheme(&url)?).await,
            Asked::Handle(handle) => self.resolve_handle(&handle).await,
        }
    }

    /// The same without asking another server: for visitors, who could make us knock anywhere.
    pub async fn resolve_known(&self, query: &str) -> Result<Resolved, ResolveError> {
        let asked = Asked::parse(query)?;
        let found = self
            .store
            .read(move |tx| match &asked {
                Asked::Address(url) | Asked::WithoutScheme(url) => {
                    find_url(tx, url, &Docs::default())
                }
                Asked::Handle(handle) => {
                    let row = find_handle(tx, handle)?;
                    Ok(row.and_then(|row| as_resolved(&row).ok()))
                }
            })
            .await;
        match found {
            Ok(found) => found.ok_or(ResolveError::NotFound),
            Err(WireError::Store(error)) => Err(error.into()),
            Err(_) => Err(ResolveError::NotFound),
        }
    }

    pub async fn resolve_handle(&self, handle: &Handle) -> Result<Resolved, ResolveError> {
        let asked = handle.clone();
        let known = self.store.read(move |tx| find_handle(tx, &asked)).await?;
        if let Some(row) = known.filter(|row| !may_be_back(row)) {
            return as_resolved(&row);
        }
        if handle.host == self.store.house().address.host() {
            return Err(ResolveError::NotFound);
        }
        let url = self.finger(handle).await?;
        match self.resolve_url(url).await? {
            person @ Resolved::Person(_) if handle.group => {
                Ok(self.group_beside(handle).await?.unwrap_or(person))
            }
            found => Ok(found),
        }
    }

    /// PieFed names only the person where a group and a person share a name. Its groups stand where those of
    /// its kind do.
    async fn group_beside(&self, handle: &Handle) -> Result<Option<Resolved>, ResolveError> {
        let mut address = self.origin_of(&handle.host)?;
        address.set_path(&format!("/c/{}", handle.name));
        match self.resolve_url(address).await {
            Ok(group @ Resolved::Group(_)) => Ok(Some(group)),
            Err(ResolveError::Store(error)) => Err(error.into()),
            _ => Ok(None),
        }
    }

    /// The address of a page, or one that redirects to another host, leads to the document that is meant:
    /// asked for anew, as if that had been typed, with all checks.
    pub async fn resolve_url(&self, url: Url) -> Result<Resolved, ResolveError> {
        let mut asked = url;
        for _ in 0..MAX_LEADS {
            let failure = match self.resolve_at(asked.clone()).await {
                Err(failure @ ResolveError::Refused(_)) => failure,
                other => return other,
            };
            match self.lead_of(&asked).await? {
                Some(lead) if lead != asked => asked = lead,
                _ => return Err(failure),
            }
        }
        self.resolve_at(asked).await
    }

    async fn resolve_at(&self, url: Url) -> Result<Resolved, ResolveError> {
        let resolved = self
            .with_documents(Docs::default(), move |tx, docs| {
                let found = find_url(tx, &url, docs)?;
                found.map_or(Ok(()), |found| read_the_rest(tx, found))?;
                Ok(found)
            })
            .await?;
        resolved.ok_or(ResolveError::NotFound)
    }

    /// Where the document is that an address does not have itself.
    async fn lead_of(&self, url: &Url) -> Result<Option<Url>, ResolveError> {
        let target = match self.fetch_raw(url).await? {
            Err(FetchError::Redirect(RedirectFault::OtherHost(target))) => target.to_string(),
            Err(FetchError::ContentType(kind)) if is_page(&kind) => {
                let Ok(page) = self.client.get_bytes(url, MAX_PAGE).await else {
                    return Ok(None);
                };
                let alternate = html::activity_alternate(&String::from_utf8_lossy(&page.body));
                match alternate.and_then(|href| page.url.join(&href).ok()) {
                    Some(target) => target.to_string(),
                    None => return Ok(None),
                }
            }
            _ => return Ok(None),
        };
        Ok(parse_url(&target).ok())
    }

    /// The address of something on a host, the scheme of which was not said.
    fn without_scheme(&self, url: &Url) -> Result<Url, ResolveError> {
        let origin = self.origin_of(&host_of(url).ok_or(ResolveError::NotFound)?)?;
        origin
            .join(&url[url::Position::BeforePath..])
            .map_err(|_| ResolveError::NotFound)
    }

    /// The origin of a host named in a handle: https. Where plain http is allowed, it is spoken on
    /// loopback, and by an instance that is itself reached that way, as on a test bench.
    pub(super) fn origin_of(&self, host: &str) -> Result<Url, ResolveError> {
        let nonsense = |_| ResolveError::NotFound;
        let https = Url::parse(&format!("https://{host}/")).map_err(nonsense)?;
        let plain = Url::parse(&format!("http://{host}/")).map_err(nonsense)?;
        let loopback = match plain.host() {
            Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
            Some(Host::Ipv4(ip)) => ip.is_loopback(),
            Some(Host::Ipv6(ip)) => ip.is_loopback(),
            None => false,
        };
        let on_a_bench = self.store.house().address.site().scheme() == "http";
        if (loopback || on_a_bench) && self.client.check_url(&plain).is_ok() {
            return Ok(plain);
        }
        Ok(https)
    }
}

/// What is known of something from elsewhere need not be all there is: the past of a group, the rest of a
/// conversation are read in the background, in case they could not be before.
fn read_the_rest(tx: &mut Tx<'_>, found: Resolved) -> Result<(), WireError> {
    let thread = match found {
        Resolved::Person(_) => return Ok(()),
        Resolved::Group(group) => {
            if !actors::get(tx.conn, group)?.local {
                groups::want_backfill(tx.conn, group)?;
                tx.wake_errands();
            }
            return Ok(());
        }
        Resolved::Post(post) => post,
        Resolved::Comment(id) => {
            let comment = comments::find(tx.conn, id)?.ok_or(StoreError::NotFound)?;
            comment.post_id
        }
    };
    threads::want_whole(tx, thread, HOUR)?;
    Ok(())
}

fn is_page(content_type: &str) -> bool {
    let kind = content_type.to_ascii_lowercase();
    kind.starts_with("text/html") || kind.starts_with("application/xhtml+xml")
}

fn find_handle(tx: &mut Tx<'_>, handle: &Handle) -> Result<Option<ActorRow>, StoreError> {
    if handle.host == tx.house.address.host() {
        return actors::local_by_name(tx.conn, &handle.name.to_lowercase());
    }
    let rows = actors::by_address(tx.conn, &handle.name, &handle.host)?;
    let wanted = rows
        .iter()
        .find(|row| (row.kind == ActorKind::Group) == handle.group);
    // `@name` may mean a group as well, where no person has the name.
    Ok(wanted
        .or(rows.first())
        .filter(|_| !handle.group || wanted.is_some())
        .cloned())
}

/// A group elsewhere that was closed can be opened again without our hearing of it.
fn may_be_back(row: &ActorRow) -> bool {
    row.kind == ActorKind::Group && row.deleted && !row.local
}

fn as_resolved(row: &ActorRow) -> Result<Resolved, ResolveError> {
    if row.deleted {
        return Err(ResolveError::NotFound);
    }
    Ok(match row.kind {
        ActorKind::Group => Resolved::Group(row.id),
        _ => Resolved::Person(row.id),
    })
}

fn find_url(tx: &mut Tx<'_>, url: &Url, docs: &Docs) -> Result<Option<Resolved>, WireError> {
    if let Some(row) = actors::by_ap_id(tx.conn, url)? {
        // Who looks for somebody wants to see them as they are now; if that cannot be, as they were.
        let fresh = row.local || tx.now.since(row.fetched) < DAY && !may_be_back(&row);
        let row = match docs.get(url) {
            None if !fresh => return Err(WireError::Need(url.clone())),
            Some(Doc::Found(Thing::Actor(doc))) if doc.id == *url => {
                match remote::take_in_actor(tx, doc) {
                    Err(WireError::Refused(_)) => row,
                    taken => taken?,
                }
            }
            _ => row,
        };
        return Ok(as_resolved(&row).ok());
    }
    if let Some(entry) = remote::find_content(tx, url)? {
        return Ok(Some(entry_resolved(&entry)));
    }
    if tx.house.address.owns(url) {
        return Ok(find_page(tx, url)?);
    }
    match docs.get(url) {
        None => Err(WireError::Need(url.clone())),
        Some(Doc::Found(Thing::Actor(doc))) => {
            let row = remote::take_in_actor(tx, doc)?;
            Ok(as_resolved(&row).ok())
        }
        Some(Doc::Found(Thing::Content(content))) => {
            let entry = remote::take_in(tx, content, docs, crate::community::Via::Here)?;
            Ok(Some(entry_resolved(&entry)))
        }
        Some(Doc::Found(_) | Doc::Gone) => Ok(None),
        Some(Doc::Failed(why)) => Err(WireError::refused(why.as_str())),
    }
}

fn entry_resolved(entry: &Entry) -> Resolved {
    match entry {
        Entry::Post(post) => Resolved::Post(post.id),
        Entry::Comment(comment) => Resolved::Comment(comment.id),
    }
}

/// A page of ours, perhaps about something that lives elsewhere.
fn find_page(tx: &mut Tx<'_>, url: &Url) -> Result<Option<Resolved>, StoreError> {
    let path: Vec<&str> = url.path().trim_matches('/').split('/').collect();
    Ok(match path.as_slice() {
        ["post", id] => match id.parse() {
            Ok(id) => posts::find(tx.conn, id)?.map(|post| Resolved::Post(post.id)),
            Err(_) => None,
        },
        ["comment", id] => match id.parse() {
            Ok(id) => comments::find(tx.conn, id)?.map(|comment| Resolved::Comment(comment.id)),
            Err(_) => None,
        },
        [folder @ ("u" | "c"), handle] => {
            let mark = if *folder == "c" { "!" } else { "@" };
            match Handle::parse(&format!("{mark}{handle}")) {
                Some(handle) => find_handle(tx, &handle)?.and_then(|row| as_resolved(&row).ok()),
                None => None,
            }
        }
        _ => None,
    })
}
