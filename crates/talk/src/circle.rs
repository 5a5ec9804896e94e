//! Circles, called teams today: accounts that came together by themselves. Made, shown, changed and removed.

pub mod add_member;
pub mod create;
pub mod delete;
pub mod door;
pub mod list;
pub mod members;
pub mod remove_member;
pub mod rename;
pub mod show;
#[cfg(test)]
mod testing;
pub mod view;

pub(crate) use door::visible;
pub use door::{Actor, DoorError};
pub use view::CircleView;
