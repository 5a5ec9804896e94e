//! Circles, called teams today: groups of accounts that any account can create.

pub mod access;
pub mod add_member;
pub mod create;
pub mod delete;
pub mod list;
pub mod members;
pub mod remove_member;
pub mod rename;
pub mod show;
#[cfg(test)]
mod testing;
pub mod view;

pub(crate) use access::visible;
pub use access::{CircleAccessError, CircleActor};
pub use view::CircleView;
