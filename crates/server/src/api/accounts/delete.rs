//! Deletes an account. It is disabled first, so that what it does at the same time comes to an end.

use plauder_model::Reason;
use plauder_talk::account::{remove, set_enabled};

use super::AccountParams;
use crate::api::manners::{Accounts, Manners as _};
use crate::api::{ApiRequest, Effect, Handler, Meta, Operation, Reply, Responses};
use crate::auth::policy::Admin;

/// Deletes an account. It is disabled first, in a transaction of its own that waits for the account's running requests.
/// If the server fails in between, the account stays disabled, and the request can be repeated.
pub(crate) struct DeleteAccount;

impl Operation for DeleteAccount {
    const META: Meta = Meta::delete("/users/{id}", "Delete an account")
        .refuses(&[Reason::NotFound, Reason::Oneself])
        .effects(&[
            Effect::ChangesAdministration,
            Effect::RemovesAttendees,
            Effect::ChangesParticipantType,
            Effect::DeletesConversation,
            Effect::EndsSession,
            Effect::LeavesCall,
            Effect::SystemMessage("user_removed"),
            Effect::SystemMessage("moderator_promoted"),
            Effect::SystemMessage("call_left"),
            Effect::SystemMessage("call_ended"),
        ]);
    type Policy = Admin;
    type Params = AccountParams;
}

impl Handler<Accounts> for DeleteAccount {
    fn responses() -> Responses {
        Responses::empty::<Accounts>()
    }

    async fn run(request: ApiRequest<Self, Accounts>) -> Reply {
        request.write(|tx, caller, params| set_enabled::set_enabled(tx, caller, &params.id, false)).await?;
        request.write(|tx, caller, params| remove::remove(tx, caller, &params.id)).await?;
        Ok(Accounts::empty())
    }
}
