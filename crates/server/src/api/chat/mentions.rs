//! "Get mention autocomplete suggestions".

use axum::response::IntoResponse as _;
use plauder_derive::Params;
use plauder_model::{MentionKind, Reason, Token};
use plauder_ocs::Answer;
use plauder_talk::chat::mention_suggestions::{self, Suggestion, suggest};
use schemars::JsonSchema;
use serde::Serialize;

use crate::api::manners::Chat;
use crate::api::params::SearchTerm;
use crate::api::{ApiRequest, Handler, Meta, Operation, Reply, Responses};
use crate::auth::policy::TalkUserOrGuest;

/// "Get mention autocomplete suggestions".
pub(crate) struct SuggestMentions;

/// What [`SuggestMentions`] takes.
#[derive(Params)]
pub(crate) struct SuggestMentionsParams {
    /// The conversation.
    #[param(path)]
    token: Token,
    /// A part of a name or an id; empty: everybody.
    search: SearchTerm,
    /// How many suggestions are returned.
    #[param(default = 20, min = 1, max = mention_suggestions::MAX_SUGGESTIONS)]
    limit: i64,
}

impl Operation for SuggestMentions {
    const META: Meta = Meta::get("/chat/{token}/mentions", "Get mention suggestions")
        .refuses(&[Reason::NotFound, Reason::ReadOnly, Reason::Lobby])
        .features(&["chat-v2"]);
    type Policy = TalkUserOrGuest;
    type Params = SuggestMentionsParams;
}

impl Handler<Chat> for SuggestMentions {
    fn responses() -> Responses {
        Responses::ok::<Vec<MentionSuggestion>>("The suggestions.")
    }

    async fn run(request: ApiRequest<Self, Chat>) -> Reply {
        let found = request
            .read(|tx, principal, params| {
                suggest(tx, &principal.caller, &params.token, &params.search.0, params.limit)
            })
            .await?;
        let suggestions =
            found.into_iter().map(|Suggestion { id, label, source }| MentionSuggestion { id, label, source });
        Ok(Answer::ok(suggestions.collect::<Vec<_>>()).into_response())
    }
}

/// Somebody or everybody who can be mentioned.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct MentionSuggestion {
    id: String,
    label: String,
    source: MentionKind,
}
