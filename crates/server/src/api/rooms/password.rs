//! "Set password for a conversation".

use plauder_derive::Params;
use plauder_model::{Reason, Token};
use plauder_talk::conversation::password::{self, SetPasswordError};

use crate::api::{ApiRequest, Effect, Handler, Meta, Operation, Reply, Responses, Version};
use crate::auth::policy::TalkUserOrGuest;

/// "Set password for a conversation".
pub(crate) struct SetPassword;

/// What [`SetPassword`] takes.
#[derive(Params)]
pub(crate) struct SetPasswordParams {
    /// The conversation.
    #[param(path)]
    token: Token,
    /// The password; empty: none any more.
    password: String,
}

impl Operation for SetPassword {
    const META: Meta = Meta::put("/room/{token}/password", "Set password for a conversation")
        .refuses(&[Reason::NotFound, Reason::NotModerator, Reason::NotPublic, Reason::PasswordPolicy])
        .effects(&[
            Effect::ChangesConversation,
            Effect::SystemMessage("password_set"),
            Effect::SystemMessage("password_removed"),
        ]);
    type Policy = TalkUserOrGuest;
    type Params = SetPasswordParams;
}

impl<V: Version> Handler<V> for SetPassword {
    fn responses() -> Responses {
        Responses::empty::<V>()
    }

    /// Permission is checked before the password is hashed, because hashing is slow, and again when it is set.
    async fn run(request: ApiRequest<Self, V>) -> Reply {
        request
            .read(|tx, principal, params| {
                password::check(tx, &principal.caller, &params.token, &params.password)
            })
            .await?;
        let password = request.params.password.clone();
        let hash = if password.is_empty() { password } else { request.app.hash_password(password).await? };
        request
            .write(move |tx, principal, params| {
                password::set(tx, &principal.caller, &params.token, &hash)?;
                Ok::<_, SetPasswordError>(())
            })
            .await?;
        Ok(V::empty())
    }
}
