//! App passwords that clients get and give back themselves.

mod create;
mod revoke;
mod rotate;

use self::create::CreateAppPassword;
use self::revoke::RevokeAppPassword;
use self::rotate::RotateAppPassword;
use super::manners::AppPasswords;
use super::operations::List;

use schemars::JsonSchema;
use serde::Serialize;

/// A new app password.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct Secret {
    apppassword: String,
}

/// The operations of this folder.
pub(super) fn list(list: List) -> List {
    list.mount::<AppPasswords, CreateAppPassword>()
        .mount::<AppPasswords, RevokeAppPassword>()
        .mount::<AppPasswords, RotateAppPassword>()
}
