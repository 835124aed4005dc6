//! Writing: the documents we send and serve, in the shapes that Lemmy's and Mastodon's kind expect.
//! Every writer returns the bare document; [`with_context`] goes on the outermost one, once.

mod activity;
mod actor;
mod collection;
mod content;
mod context;
mod fields;
mod private;
mod thread;

pub use activity::{
    BlockOut, accept, add, announce, block, create, delete, dislike, farewell, flag, flag_person,
    follow, forward, like, lock, move_thread, move_to, only_for, reject, remove, resolve, unblock,
    undo, undo_because, update, update_group, warn, with_tombstone,
};
pub use actor::{ActorOut, Places, actor, actor_elsewhere};
pub use collection::{
    collection_page, conversation, counted_collection, ordered_collection, paged_collection,
    replies, replies_page,
};
pub use content::{NoteOut, PageOut, in_conversation, note, page, replies_inside, tombstone};
pub use context::with_context;
pub use private::{PrivateForm, PrivateOut, delete_private, private_message, restore_private};
pub use thread::{
    EventOut, Form, PollOut, Special, about_article, ballot, event_words, poll_words, thread,
    translated, translated_event,
};
