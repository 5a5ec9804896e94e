//! Talk's settings, which administrators change while it runs.

mod get;
mod reset;
mod set;

pub(crate) use self::get::GetSetting;
pub(crate) use self::reset::ResetSetting;
pub(crate) use self::set::SetSetting;
