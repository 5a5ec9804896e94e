//! Creates an account.

use axum::response::IntoResponse as _;
use plauder_derive::Params;
use plauder_model::Reason;
use plauder_ocs::Answer;
use plauder_talk::account::create::{self, create};
use plauder_talk::password::check_for_new_account;
use schemars::JsonSchema;
use serde::Serialize;

use crate::api::manners::Accounts;
use crate::api::{ApiRequest, Effect, Handler, Meta, Operation, Reply, Responses};
use crate::auth::policy::Admin;

/// Creates an account.
pub(crate) struct CreateAccount;

/// What [`CreateAccount`] takes.
#[derive(Params)]
pub(crate) struct CreateAccountParams {
    /// The id of the account.
    #[param(name = "userid")]
    user_id: String,
    /// The password.
    #[param(default)]
    password: String,
    /// The display name; empty: the id.
    #[param(default)]
    display_name: String,
    /// The e-mail address; empty: none.
    #[param(default)]
    email: String,
    /// The groups that the account joins.
    groups: Vec<String>,
}

impl Operation for CreateAccount {
    const META: Meta = Meta::post("/users", "Create an account")
        .refuses(&[
            Reason::IdFormat,
            Reason::DisplayName,
            Reason::EmailAddress,
            Reason::Exists,
            Reason::UnknownGroup,
            Reason::PasswordPolicy,
            Reason::PasswordMissing,
        ])
        .effects(&[Effect::ChangesAdministration]);
    type Policy = Admin;
    type Params = CreateAccountParams;
}

/// The account that was created.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct CreatedAccount {
    id: String,
}

impl Handler<Accounts> for CreateAccount {
    fn responses() -> Responses {
        Responses::ok::<CreatedAccount>("The account was created.")
    }

    async fn run(request: ApiRequest<Self, Accounts>) -> Reply {
        request.authorize().await?;
        let (password, min_length) =
            (request.params.password.clone(), request.app.config.passwords.min_length);
        check_for_new_account(&password, min_length)
            .map_err(|error| Self::refuse(error.reason(), error.to_string()))?;
        let password_hash = request.app.hash_password(password).await?;
        request
            .write(move |tx, _, params| {
                let request = create::CreateAccount {
                    user_id: params.user_id.clone(),
                    password_hash: password_hash.clone(),
                    display_name: params.display_name.clone(),
                    email: params.email.clone(),
                    groups: params.groups.clone(),
                };
                create(tx, &request)
            })
            .await?;
        Ok(Answer::ok(CreatedAccount { id: request.params.user_id.clone() }).into_response())
    }
}
