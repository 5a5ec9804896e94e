//! Creates a conversation in which the password of a share is asked for.

use axum::response::IntoResponse as _;
use plauder_derive::Params;
use plauder_model::Reason;
use plauder_ocs::Answer;
use plauder_talk::conversation::password_request::{self};
use schemars::JsonSchema;
use serde::Serialize;

use crate::api::manners::Chat;
use crate::api::{ApiRequest, Effect, Handler, Meta, Operation, Reply, Responses};
use crate::auth::policy::TalkUserOrGuest;

/// Creates a conversation in which the password of a share is asked for.
pub(crate) struct RequestPassword;

/// What [`RequestPassword`] takes.
#[derive(Params)]
pub(crate) struct RequestPasswordParams {
    /// The token of the share.
    #[param(default)]
    share_token: String,
    /// The account that the share belongs to.
    #[param(default)]
    owner: String,
    /// The name of what is shared.
    #[param(default)]
    name: String,
}

impl Operation for RequestPassword {
    const META: Meta = Meta::post("/publicshareauth", "Ask for the password of a share")
        .refuses(&[
            Reason::ShareToken,
            Reason::Name,
            Reason::NotShareService,
            Reason::NoShareService,
            Reason::UnknownAccount,
        ])
        .effects(&[
            Effect::CreatesConversation,
            Effect::AddsAttendees,
            Effect::SystemMessage("conversation_created"),
        ]);
    type Policy = TalkUserOrGuest;
    type Params = RequestPasswordParams;
}

/// The conversation that was created.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(deny_unknown_fields)]
pub(crate) struct PasswordRequest {
    token: String,
    name: String,
    display_name: String,
}

impl Handler<Chat> for RequestPassword {
    fn responses() -> Responses {
        Responses::created::<PasswordRequest>("The conversation was created.")
    }

    async fn run(request: ApiRequest<Self, Chat>) -> Reply {
        let created = request
            .write(|tx, principal, params| {
                let request = password_request::RequestPassword {
                    share_token: params.share_token.clone(),
                    owner: params.owner.clone(),
                    name: params.name.clone(),
                };
                password_request::create(tx, principal.caller.account(), &principal.settings, &request)
            })
            .await?;
        Ok(Answer::created(PasswordRequest {
            token: created.token.as_str().to_owned(),
            name: created.name,
            display_name: created.display_name,
        })
        .into_response())
    }
}
