//! The words of the practice and its rules. Pure: no database, no sockets, no files.

pub mod house;
pub mod ids;
pub mod kinds;
pub mod names;
pub mod paging;
pub mod rank;
pub mod roles;
pub mod time;
