//! App passwords that clients get and give back themselves.

mod create;
mod revoke;
mod rotate;

pub(crate) use self::create::CreateAppPassword;
pub(crate) use self::revoke::RevokeAppPassword;
pub(crate) use self::rotate::RotateAppPassword;

use schemars::JsonSchema;
use serde::Serialize;

/// A new app password.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct Secret {
    apppassword: String,
}
