//! Local people: joining, logging in, their profile, leaving.

mod admins;
pub mod applications;
mod close;
pub mod passwords;
pub mod preferences;
mod profile;
mod register;
mod sessions;
mod setup;

pub use admins::set_admin;
pub use close::{Writings, close};
pub(crate) use profile::queue_for_acquaintances;
pub use profile::{EditProfile, change_email, edit_profile};
pub(super) use profile::{acquaintances, queue_for};
pub(crate) use register::new_local_actor;
pub use register::{NewAccount, Register, Registered, create, register};
pub use sessions::{
    NewSession, Viewer, change_password, confirm, log_in, log_out, open_session, reset_password,
    touch, viewer,
};
pub use setup::{new_setup_token, set_up, setup_link_is_valid};
