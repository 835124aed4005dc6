//! Move: somebody goes on under another address.

use url::Url;

use super::Authority;
use crate::community;
use crate::community::remote::{Docs, WireError};
use crate::store::Tx;
use crate::store::actors::ActorRow;

pub(super) fn moves(
    tx: &mut Tx<'_>,
    actor: &ActorRow,
    object: &Url,
    target: &Url,
    authority: Authority<'_>,
    docs: &Docs,
) -> Result<(), WireError> {
    if let Authority::Announced { .. } = authority {
        return Err(WireError::refused("only itself may an actor move"));
    }
    // What went from here is known.
    if actor.local || object.as_str() != actor.ap_id {
        return Err(WireError::refused("only itself may an actor move"));
    }
    community::moves::moved(tx, actor, target, docs)
}
