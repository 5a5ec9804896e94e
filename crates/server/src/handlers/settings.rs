//! Talk's settings, for administrators.

use plauder_ocs::Answer;
use plauder_talk::settings;
use serde::Serialize;

use super::{Done, PathId, Sent};
use crate::caller::{Administrator, Asker};
use crate::error::ApiError;

/// The value of a setting.
#[derive(Debug, Serialize)]
pub(crate) struct Setting {
    data: String,
}

/// What a setting was changed to.
pub(crate) async fn show(
    asker: Asker<Administrator>,
    PathId(name): PathId,
) -> Result<Answer<Setting>, ApiError> {
    let data = asker.read(move |tx, _| settings::get(tx, &name)).await?;
    Ok(Answer::ok(Setting { data }))
}

/// Changes a setting.
pub(crate) async fn set(asker: Asker<Administrator>, PathId(name): PathId, sent: Sent) -> Done {
    let value = asker.checked(|| Ok(sent?.text("value")?.to_owned())).await?;
    asker.write(move |tx, _| settings::set(tx, &name, &value)).await?;
    Ok(Answer::done())
}

/// Returns a setting to what it is by itself.
pub(crate) async fn reset(asker: Asker<Administrator>, PathId(name): PathId) -> Done {
    asker.write(move |tx, _| settings::reset(tx, &name)).await?;
    Ok(Answer::done())
}
