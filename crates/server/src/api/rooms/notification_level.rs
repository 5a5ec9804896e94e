//! "Set notification level".

use plauder_derive::Params;
use plauder_model::Reason;
use plauder_model::Token;
use plauder_talk::conversation::notification_level;

use crate::api::{ApiRequest, Effect, Handler, Meta, Operation, Reply, Responses, Version};
use crate::auth::policy::TalkUser;

/// "Set notification level".
pub(crate) struct SetNotificationLevel;

/// What [`SetNotificationLevel`] takes.
#[derive(Params)]
pub(crate) struct SetNotificationLevelParams {
    /// The conversation.
    #[param(path)]
    token: Token,
    /// 1 always, 2 when mentioned, 3 never.
    level: i64,
}

impl Operation for SetNotificationLevel {
    const META: Meta = Meta::post("/room/{token}/notify", "Set notification level")
        .refuses(&[Reason::NotFound, Reason::Value])
        .effects(&[Effect::ChangesOwnSettings])
        .features(&["notification-levels"]);
    type Policy = TalkUser;
    type Params = SetNotificationLevelParams;
}

impl<V: Version> Handler<V> for SetNotificationLevel {
    fn responses() -> Responses {
        Responses::empty::<V>()
    }

    async fn run(request: ApiRequest<Self, V>) -> Reply {
        request
            .write(|tx, principal, params| {
                notification_level::set(tx, &principal.account, &params.token, params.level)
            })
            .await?;
        Ok(V::empty())
    }
}
