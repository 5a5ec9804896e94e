//! The settings of an operator. Each one is declared once, in [`settings`]; from the declaration come the type that the
//! server works with, the keys, variables and command-line options, the defaults, the example file, the reference in
//! docs/operations.md and the rule that no secret is shown.
//!
//! A value comes from, later ones first: command line, environment, file, default.

mod declaration;
mod document;
mod kind;
mod layers;
mod mail_server;
pub mod settings;
mod unknown;

pub use declaration::Setting;
pub use document::{example, reference};
pub use kind::{Kind, LogFormat, Secret};
pub use layers::{ConfigError, Layers, Origin};
pub use mail_server::{Encryption, MailServer, MailServerError};
pub use settings::{Config, SETTINGS};

#[cfg(test)]
mod tests;
