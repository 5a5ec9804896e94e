//! The settings of an operator. Each is declared once, in [`settings`]. The declaration generates the types that the
//! server uses, the keys, variables and command-line options, the defaults, the example file and the reference in
//! docs/operations.md, and keeps secrets out of every output.
//!
//! The command line overrides the environment, which overrides the file, which overrides the defaults.

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
