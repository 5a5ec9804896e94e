//! "Add a participant to a conversation".

use axum::response::IntoResponse as _;
use plauder_derive::Params;
use plauder_model::{ConversationType, Reason, Token};
use plauder_ocs::Answer;
use plauder_talk::participant::add::{self, Added};
use schemars::JsonSchema;
use serde::Serialize;

use crate::api::{ApiRequest, Effect, Handler, Meta, Operation, Reply, Responses, Version};
use crate::auth::policy::TalkUser;

/// "Add a participant to a conversation": an account, the members of a group or team, or an address.
pub(crate) struct AddParticipant;

/// What [`AddParticipant`] takes.
#[derive(Params)]
pub(crate) struct AddParticipantParams {
    /// The conversation.
    #[param(path)]
    token: Token,
    /// The id of an account, a group or a team, or an e-mail address.
    new_participant: String,
    /// What `newParticipant` names: `users`, `groups`, `circles` or `emails`.
    #[param(default)]
    source: String,
}

impl Operation for AddParticipant {
    const META: Meta = Meta::post("/room/{token}/participants", "Add a participant")
        .refuses(&[
            Reason::NotFound,
            Reason::NotModerator,
            Reason::RoomType,
            Reason::Source,
            Reason::TeamsDisabled,
            Reason::EmailAddress,
            Reason::UnknownParticipant,
        ])
        .effects(&[
            Effect::AddsAttendees,
            Effect::ChangesConversation,
            Effect::ChangesParticipantType,
            Effect::SendsMail,
            Effect::SystemMessage("user_added"),
            Effect::SystemMessage("guests_allowed"),
        ])
        .features(&["invite-groups-and-mails", "locked-one-to-one-rooms", "circles-support"]);
    type Policy = TalkUser;
    type Params = AddParticipantParams;
}

/// The type that a conversation has after an address was invited: an address opens it to guests.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct RoomType {
    #[serde(rename = "type")]
    kind: ConversationType,
}

impl<V: Version> Handler<V> for AddParticipant {
    fn responses() -> Responses {
        Responses::empty::<V>().and::<RoomType>(200, "An address was invited.")
    }

    async fn run(request: ApiRequest<Self, V>) -> Reply {
        let sends_mail = request.app.config.mail.sender().is_some();
        let public_url = sends_mail.then(|| request.app.public_url.clone());
        let added = request
            .write(move |tx, principal, params| {
                let request = add::AddParticipant {
                    new_participant: params.new_participant.clone(),
                    source: params.source.clone(),
                    public_url: public_url.clone(),
                };
                add::add(tx, &principal.account, &principal.settings, &params.token, &request)
            })
            .await?;
        if added == Added::Address && !sends_mail {
            tracing::info!("an address was invited, but no mail goes out: mail.server is not configured");
        }
        Ok(match added {
            Added::Accounts => V::empty(),
            Added::Address => Answer::ok(RoomType { kind: ConversationType::Public }).into_response(),
        })
    }
}
