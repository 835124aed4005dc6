//! A moderator's word to an author about what they wrote: logged, shown to the author, and nothing more.

use url::Url;

use crate::activitystreams as wire;
use crate::community::groups::standing;
use crate::community::modlog::{self, Entry};
use crate::community::notifications::{Place, notify};
use crate::community::outgoing::{send_to, url};
use crate::community::remote::Entry as Written;
use crate::community::{CommunityError, Missing};
use crate::domain::ids::{ActorId, PostId};
use crate::domain::kinds::{LoggedAct, NotificationKind};
use crate::domain::limits::Reason;
use crate::domain::rules::{Act, Reach};
use crate::store::actors::{self, ActorRow};
use crate::store::{Tx, posts};

/// Warns the author of a thread, wherever they are: with words, which are all there is to a warning.
pub fn warn(
    tx: &mut Tx<'_>,
    moderator: ActorId,
    post: PostId,
    reason: Option<&Reason>,
) -> Result<(), CommunityError> {
    let row = posts::find(tx.conn, post)?.ok_or(Missing::Post)?;
    let reach = standing(tx, moderator, row.group_id)?.may(Act::Remove)?;
    if reason.is_none() {
        return Err(CommunityError::invalid(
            "reason",
            "Say what the author should know.",
        ));
    }
    let moderator = actors::get(tx.conn, moderator)?;
    let group = actors::get(tx.conn, row.group_id)?;
    let author = actors::get(tx.conn, row.author_id)?;
    let object: Url = url(&row.ap_id)?;
    warned(tx, &moderator, &Written::Post(Box::new(row)), reason)?;
    if !author.local && reach == Reach::Everywhere {
        let (me, them, there) = (
            url(&moderator.ap_id)?,
            url(&author.ap_id)?,
            url(&group.ap_id)?,
        );
        send_to(tx, moderator.id, author.id, "warn", |id| {
            wire::warn(id, &me, &them, &object, &there, reason.map(Reason::as_str))
        })?;
    }
    Ok(())
}

/// A warning from any door; the caller has checked that they may.
pub(crate) fn warned(
    tx: &mut Tx<'_>,
    moderator: &ActorRow,
    entry: &Written,
    reason: Option<&Reason>,
) -> Result<(), CommunityError> {
    let log = Entry::new(moderator.id, LoggedAct::Warn, true).because(reason);
    let (log, author, place) = match entry {
        Written::Post(post) => (log.post(post), post.author_id, Place::thread(post.id)),
        Written::Comment(comment) => {
            let place = Place::comment(comment.post_id, comment.id);
            (log.comment(comment), comment.author_id, place)
        }
    };
    modlog::note(tx, log)?;
    if actors::get(tx.conn, author)?.local {
        notify(tx, author, moderator, NotificationKind::Warning, place)?;
    }
    Ok(())
}
