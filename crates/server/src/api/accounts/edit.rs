//! Changes an account: the caller's own, or any for an administrator.

use plauder_derive::Params;
use plauder_model::Reason;
use plauder_talk::account::edit::{Property, edit, require_password_change};
use plauder_talk::password::check;

use crate::api::manners::{Accounts, Manners as _};
use crate::api::{ApiRequest, Effect, Handler, Meta, Operation, Reply, Responses};
use crate::auth::policy::User;

/// Changes an account: the caller's own, or any for an administrator.
pub(crate) struct EditAccount;

/// What [`EditAccount`] takes.
#[derive(Params)]
pub(crate) struct EditAccountParams {
    /// The account.
    #[param(path)]
    id: String,
    /// What is changed: `displayname`, `email` or `password`.
    key: String,
    /// The new value.
    value: String,
}

impl Operation for EditAccount {
    const META: Meta = Meta::put("/users/{id}", "Edit an account")
        .refuses(&[
            Reason::NotFound,
            Reason::UnknownProperty,
            Reason::DisplayName,
            Reason::EmailAddress,
            Reason::PasswordPolicy,
            Reason::PasswordRequired,
        ])
        .effects(&[Effect::ChangesAdministration]);
    type Policy = User;
    type Params = EditAccountParams;
}

impl Handler<Accounts> for EditAccount {
    fn responses() -> Responses {
        Responses::empty::<Accounts>()
    }

    async fn run(request: ApiRequest<Self, Accounts>) -> Reply {
        let property = Property::from_key(&request.params.key);
        let mut value = request.params.value.clone();
        if property == Some(Property::Password) {
            let presented_password = request.sender().has_presented_password();
            request
                .read(move |tx, caller, params| {
                    require_password_change(tx, caller, &params.id, presented_password)
                })
                .await?;
            check(&value, request.app.config.passwords.min_length)
                .map_err(|error| Self::refuse(error.reason(), error.to_string()))?;
            value = request.app.hash_password(value).await?;
        }
        let change = property.map(|property| property.change_to(value));
        request.write(move |tx, caller, params| edit(tx, caller, &params.id, change.as_ref())).await?;
        Ok(Accounts::empty())
    }
}
