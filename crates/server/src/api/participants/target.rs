//! The participant whom a request promotes or demotes.

use plauder_model::Token;
use plauder_ocs::Failure;
use plauder_talk::participant::promote::PromotionTarget;

use crate::api::params::{Field, Param, Params, PathParam, Source};

/// The conversation, and an account by its id or a guest by their session.
pub(crate) struct TargetParams {
    /// The conversation.
    pub(crate) token: Token,
    /// Who is meant.
    pub(crate) target: PromotionTarget,
}

impl Params for TargetParams {
    fn read(source: &Source) -> Result<Self, Failure> {
        let parameters = source.parameters();
        let account = <Option<String>>::read(parameters, "participant")?;
        let session = <Option<String>>::read(parameters, "sessionId")?;
        let target = match (account, session) {
            (Some(account), _) => PromotionTarget::Account(account),
            (None, Some(session)) => PromotionTarget::Guest(session),
            (None, None) => return Err(Failure::bad_request("participant or sessionId is missing")),
        };
        Ok(Self { token: Token::read(source.segment("token"))?, target })
    }

    fn fields() -> Vec<Field> {
        let text = <Option<String> as Param>::schema;
        vec![
            Field::in_path::<Token>("token", "The conversation."),
            Field::in_request("participant", "The id of an account; either this or sessionId.", false, text),
            Field::in_request("sessionId", "The session of a guest.", false, text),
        ]
    }
}
