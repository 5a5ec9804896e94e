//! Changes one of Talk's settings.

use plauder_derive::Params;
use plauder_model::Reason;
use plauder_talk::settings;

use crate::api::manners::{Manners as _, Settings};
use crate::api::{ApiRequest, Effect, Handler, Meta, Operation, Reply, Responses};
use crate::auth::policy::Admin;

/// Changes one of Talk's settings.
pub(crate) struct SetSetting;

/// What [`SetSetting`] takes.
#[derive(Params)]
pub(crate) struct SetSettingParams {
    /// The setting.
    #[param(path)]
    key: String,
    /// The value.
    value: String,
}

impl Operation for SetSetting {
    const META: Meta = Meta::post("/config/apps/spreed/{key}", "Change a setting")
        .refuses(&[Reason::UnknownSetting, Reason::Value])
        .effects(&[Effect::ChangesAdministration]);
    type Policy = Admin;
    type Params = SetSettingParams;
}

impl Handler<Settings> for SetSetting {
    fn responses() -> Responses {
        Responses::empty::<Settings>()
    }

    async fn run(request: ApiRequest<Self, Settings>) -> Reply {
        request.write(|tx, _, params| settings::set(tx, &params.key, &params.value)).await?;
        Ok(Settings::empty())
    }
}
