//! The notifications of an account: listed, shown and deleted. The use case that causes a notification creates it with
//! [`plauder_store::notifications`].

pub mod delete;
pub mod existing;
pub mod list;
pub mod view;

#[cfg(test)]
mod tests;
