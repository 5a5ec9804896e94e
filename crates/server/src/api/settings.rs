//! Talk's settings, which administrators change while it runs.

mod get;
mod reset;
mod set;

use self::get::GetSetting;
use self::reset::ResetSetting;
use self::set::SetSetting;
use super::manners::Settings;
use super::operations::List;

/// The operations of this folder.
pub(super) fn list(list: List) -> List {
    list.mount::<Settings, GetSetting>().mount::<Settings, SetSetting>().mount::<Settings, ResetSetting>()
}
