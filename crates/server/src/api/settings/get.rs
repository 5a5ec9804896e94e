//! The value of one of Talk's settings.

use axum::response::IntoResponse as _;
use plauder_derive::Params;
use plauder_model::Reason;
use plauder_ocs::Answer;
use plauder_talk::settings;
use schemars::JsonSchema;
use serde::Serialize;

use crate::api::manners::Settings;
use crate::api::{ApiRequest, Handler, Meta, Operation, Reply, Responses};
use crate::auth::policy::Admin;

/// The value of one of Talk's settings.
pub(crate) struct GetSetting;

/// What [`GetSetting`] takes.
#[derive(Params)]
pub(crate) struct GetSettingParams {
    /// The setting.
    #[param(path)]
    key: String,
}

impl Operation for GetSetting {
    const META: Meta =
        Meta::get("/config/apps/spreed/{key}", "Get a setting").refuses(&[Reason::UnknownSetting]);
    type Policy = Admin;
    type Params = GetSettingParams;
}

/// The value of a setting.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct Setting {
    data: String,
}

impl Handler<Settings> for GetSetting {
    fn responses() -> Responses {
        Responses::ok::<Setting>("The value.")
    }

    async fn run(request: ApiRequest<Self, Settings>) -> Reply {
        let data = request.read(|tx, _, params| settings::get(tx, &params.key)).await?;
        Ok(Answer::ok(Setting { data }).into_response())
    }
}
