//! Returns one of Talk's settings to its default.

use plauder_derive::Params;
use plauder_model::Reason;
use plauder_talk::settings;

use crate::api::manners::{Manners as _, Settings};
use crate::api::{ApiRequest, Effect, Handler, Meta, Operation, Reply, Responses};
use crate::auth::policy::Admin;

/// Returns one of Talk's settings to its default.
pub(crate) struct ResetSetting;

/// What [`ResetSetting`] takes.
#[derive(Params)]
pub(crate) struct ResetSettingParams {
    /// The setting.
    #[param(path)]
    key: String,
}

impl Operation for ResetSetting {
    const META: Meta = Meta::delete("/config/apps/spreed/{key}", "Reset a setting")
        .refuses(&[Reason::UnknownSetting])
        .effects(&[Effect::ChangesAdministration]);
    type Policy = Admin;
    type Params = ResetSettingParams;
}

impl Handler<Settings> for ResetSetting {
    fn responses() -> Responses {
        Responses::empty::<Settings>()
    }

    async fn run(request: ApiRequest<Self, Settings>) -> Reply {
        request.write(|tx, _, params| settings::reset(tx, &params.key)).await?;
        Ok(Settings::empty())
    }
}
