//! The words of the practice and its rules. Pure: no database, no sockets, no files.

pub mod blocklist;
pub mod event;
pub mod extras;
pub mod hidden;
pub mod hosts;
pub mod house;
pub mod html;
pub mod ids;
pub mod kinds;
pub mod limits;
pub mod links;
pub mod markdown;
pub mod names;
pub mod paging;
pub mod poll;
pub mod rank;
pub mod roles;
pub mod rules;
pub mod text;
pub mod time;
