//! Talk's settings that administrators change at run time. They are stored in the database, so that a change reaches
//! every node.

use std::fmt::Write as _;

use plauder_model::{ConversationType, NotificationLevel, ParticipantType, Reason, StartCalls, UserId};
use plauder_store::accounts::Account;
use plauder_store::{StoreError, Transaction, groups, settings};
use sha1::{Digest as _, Sha1};
use thiserror::Error;

use crate::refusal::{Refusal, UseCaseError};
use crate::secret;

/// The settings as they are now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// Groups whose members may create conversations of type 2 and 3; empty: everybody may.
    pub start_conversations: Vec<String>,
    /// Groups whose members may use Talk; empty: everybody may.
    pub allowed_groups: Vec<String>,
    /// Who may start a call.
    pub start_calls: StartCalls,
    /// The notification level in groups for accounts that have not chosen one.
    pub default_group_notification: NotificationLevel,
    /// The account that creates conversations about the passwords of shares; `None`: there is no share service.
    pub share_service: Option<String>,
    /// Whether circles are switched on.
    pub circles: bool,
    /// Changes with every setting.
    fingerprint: String,
}

/// Why a setting is not changed.
#[derive(Debug, Error)]
pub enum SettingError {
    /// The setting does not exist.
    #[error("There is no setting called {0}")]
    Unknown(String),
    /// The value is not acceptable.
    #[error("value has to be {0}")]
    Value(&'static str),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl UseCaseError for SettingError {
    fn refusal(&self) -> Refusal<'_> {
        match self {
            Self::Unknown(_) => Reason::UnknownSetting.into(),
            Self::Value(_) => Reason::Value.into(),
            Self::Store(error) => Refusal::Store(error),
        }
    }
}

/// The names of all settings, with their values.
pub const NAMES: [(&str, &str); 6] = [
    ("start_conversations", "a JSON list of group ids"),
    ("allowed_groups", "a JSON list of group ids"),
    ("start_calls", "0 (everyone), 1 (users) or 2 (moderators)"),
    ("default_group_notification", "1 (always), 2 (mention) or 3 (never)"),
    ("share_service", "the id of an account"),
    ("circles", "0 (off) or 1 (on)"),
];

impl Settings {
    /// The settings as they are now.
    pub fn load(tx: &mut Transaction<'_>) -> Result<Self, StoreError> {
        let mut loaded = Self {
            start_conversations: Vec::new(),
            allowed_groups: Vec::new(),
            start_calls: StartCalls::Everyone,
            default_group_notification: NotificationLevel::Mention,
            share_service: None,
            circles: false,
            fingerprint: String::new(),
        };
        for (name, value) in settings::list(tx)? {
            // An unknown name or value was set by a newer release.
            let _ = loaded.take(&name, &value);
            let _ = writeln!(loaded.fingerprint, "{name}={value}");
        }
        Ok(loaded)
    }

    fn take(&mut self, name: &str, value: &str) -> Result<(), SettingError> {
        let wanted = known(name)?;
        let refused = || SettingError::Value(wanted);
        let list = || serde_json::from_str(value).map_err(|_| refused());
        let number = || value.parse().unwrap_or(-1);
        match name {
            "start_conversations" => self.start_conversations = list()?,
            "allowed_groups" => self.allowed_groups = list()?,
            "start_calls" => self.start_calls = StartCalls::from_number(number()).ok_or_else(refused)?,
            "default_group_notification" => {
                self.default_group_notification =
                    NotificationLevel::from_choice(number()).ok_or_else(refused)?;
            }
            "share_service" => {
                let service = UserId::parse(value).map_err(|_| refused())?;
                self.share_service = Some(service.as_str().to_owned());
            }
            "circles" => {
                self.circles = match value {
                    "0" => false,
                    "1" => true,
                    _ => return Err(refused()),
                }
            }
            unknown => return Err(SettingError::Unknown(unknown.to_owned())),
        }
        Ok(())
    }

    /// A SHA-1 in hex that changes with the settings and with `version`, and with nothing else (header
    /// `X-Nextcloud-Talk-Hash`).
    #[must_use]
    pub fn hash(&self, version: &str) -> String {
        secret::hex(&Sha1::digest(format!("{version}\n{}", self.fingerprint).as_bytes()))
    }

    /// The notification level in conversations of a type for accounts that have not chosen one.
    #[must_use]
    pub fn default_notification(&self, kind: ConversationType) -> NotificationLevel {
        NotificationLevel::Default.effective(ParticipantType::User, kind, self.default_group_notification)
    }

    /// Whether an account may use Talk.
    pub fn admits(&self, tx: &mut Transaction<'_>, account: &Account) -> Result<bool, StoreError> {
        in_any(tx, account, &self.allowed_groups)
    }

    /// Whether an account may create conversations of type 2 and 3.
    pub fn may_start_conversations(
        &self,
        tx: &mut Transaction<'_>,
        account: &Account,
    ) -> Result<bool, StoreError> {
        in_any(tx, account, &self.start_conversations)
    }
}

fn in_any(tx: &mut Transaction<'_>, account: &Account, allowed: &[String]) -> Result<bool, StoreError> {
    if allowed.is_empty() {
        return Ok(true);
    }
    Ok(groups::list_by_account(tx, account.id)?.iter().any(|group| allowed.contains(group)))
}

/// Changes a setting.
pub fn set(tx: &mut Transaction<'_>, name: &str, value: &str) -> Result<(), SettingError> {
    Settings::load(tx)?.take(name, value)?;
    Ok(settings::set(tx, name, value)?)
}

/// The value of a setting; empty: the default.
pub fn get(tx: &mut Transaction<'_>, name: &str) -> Result<String, SettingError> {
    known(name)?;
    let all = settings::list(tx)?;
    Ok(all.into_iter().find(|(key, _)| key == name).map(|(_, value)| value).unwrap_or_default())
}

/// Resets a setting to its default.
pub fn reset(tx: &mut Transaction<'_>, name: &str) -> Result<(), SettingError> {
    known(name)?;
    Ok(settings::delete(tx, name)?)
}

/// The values of a setting.
fn known(name: &str) -> Result<&'static str, SettingError> {
    let setting = NAMES.iter().find(|(known, _)| *known == name);
    setting.map(|(_, wanted)| *wanted).ok_or_else(|| SettingError::Unknown(name.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::App;

    #[test]
    fn unknown_settings_and_values_are_refused() {
        let app = App::new();
        for (name, value) in [
            ("start_calls", "3"),
            ("start_calls", "x"),
            ("default_group_notification", "0"),
            ("allowed_groups", "crew"),
            ("allowed_groups", "[1]"),
            ("share_service", "no/body"),
            ("circles", "2"),
            ("circles", "on"),
            ("nonsense", "1"),
        ] {
            assert!(app.try_write(move |tx| set(tx, name, value)).is_err(), "{name}={value}");
        }
        let before = app.write(Settings::load);
        app.write(|tx| set(tx, "start_calls", "2"));
        app.write(|tx| set(tx, "allowed_groups", r#"["crew"]"#));
        let after = app.write(Settings::load);
        assert_eq!(
            (after.start_calls, after.allowed_groups.clone()),
            (StartCalls::Moderators, vec!["crew".to_owned()])
        );
        assert_eq!(app.write(|tx| get(tx, "start_calls")), "2");
        assert_ne!(before.hash("1"), after.hash("1"));
        assert_ne!(after.hash("1"), after.hash("2"));
        assert_eq!(after.hash("1"), app.write(Settings::load).hash("1"));
        assert!(!after.circles);
        app.write(|tx| set(tx, "circles", "1"));
        assert!(app.write(Settings::load).circles);
        app.write(|tx| reset(tx, "circles"));
        app.write(|tx| reset(tx, "start_calls"));
        app.write(|tx| reset(tx, "allowed_groups"));
        assert_eq!(app.write(Settings::load), before);
        assert!(app.try_write(|tx| reset(tx, "nonsense")).is_err());
    }

    #[test]
    fn allowed_groups_decide_who_may_use_talk() {
        let app = App::new();
        let (alice, bob) = (app.user("alice"), app.user("bob"));
        app.group("crew", &["alice"]);
        app.write(|tx| set(tx, "allowed_groups", r#"["crew","ghosts"]"#));
        let admitted = move |account: Account| app.write(move |tx| Settings::load(tx)?.admits(tx, &account));
        assert!(admitted(alice));
        assert!(!admitted(bob));
    }
}
