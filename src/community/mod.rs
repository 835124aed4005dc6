//! What people do, one use-case a function: check (domain), change (store), record what goes out
//! (activitystreams), all in one transaction. Knows no HTTP, templates or sockets: pages, the API,
//! the command line and the inbox all come here.

pub mod accounts;
pub mod bans;
pub mod blocks;
pub mod comments;
pub mod describe;
mod error;
pub mod groups;
pub mod hosts;
pub mod links;
pub mod marks;
pub mod modlog;
pub mod moves;
mod notices;
pub mod notifications;
mod outgoing;
pub mod pictures;
pub mod polls;
pub mod previews;
pub mod private;
pub mod purge;
pub mod queue;
pub mod remote;
pub mod reports;
pub mod site;
pub mod special;
mod text;
pub mod threads;
pub mod votes;
mod wipe;

pub use error::{CommunityError, Denied, Missing};
pub use outgoing::Via;
pub(crate) use outgoing::{followers_url, pass_choice_on, pass_on, pass_results_on};
