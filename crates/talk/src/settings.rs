//! Talk's settings that administrators change while it runs. They are kept in the store, so that every node has them
//! at once.

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
    /// Groups whose members may make conversations of type 2 and 3; empty: everybody may.
    pub start_conversations: Vec<String>,
    /// Groups whose members may use Talk at all; empty: everybody may.
    pub allowed_groups: Vec<String>,
    /// Who may start a call.
    pub start_calls: StartCalls,
    /// The notification level in groups for accounts that have not chosen one.
    pub default_group_notification: NotificationLevel,
    /// The account that makes conversations about the passwords of shares; `None`: there is no share service.
    pub share_service: Option<String>,
    /// Whether there are circles.
    pub circles: bool,
    /// Tells apart any two sets of settings.
    fingerprint: String,
}

/// Why a setting cannot be changed so.
#[derive(Debug, Error)]
pub enum SettingError {
    /// There is no such setting.
    #[error("There is no setting called {0}")]
    Unknown(String),
    /// The setting cannot have this value.
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

/// The names of all settings, with what they can be.
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
            // A name or value that this program does not know was set by a newer one.
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

    /// A word that changes with the settings or with `version`, and with nothing else: SHA-1 in hex (header
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

    /// Whether an account may make conversations of type 2 and 3.
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

/// What a setting was changed to; empty: it is what it is by itself.
pub fn get(tx: &mut Transaction<'_>, name: &str) -> Result<String, SettingError> {
    known(name)?;
    let all = settings::list(tx)?;
    Ok(all.into_iter().find(|(key, _)| key == name).map(|(_, value)| value).unwrap_or_default())
}

/// Returns a setting to what it is by itself.
pub fn reset(tx: &mut Transaction<'_>, name: &str) -> Result<(), SettingError> {
    known(name)?;
    Ok(settings::delete(tx, name)?)
}

/// What a setting can be.
fn known(name: &str) -> Result<&'static str, SettingError> {
    let setting = NAMES.iter().find(|(known, _)| *known == name);
    setting.map(|(_, wanted)| *wanted).ok_or_else(|| SettingError::Unknown(name.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::App;

    #[test]
    fn only_known_settings_with_possible_values() {
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
    fn whom_the_groups_let_in() {
        let app = App::new();
        let (alice, bob) = (app.user("alice"), app.user("bob"));
        app.group("crew", &["alice"]);
        app.write(|tx| set(tx, "allowed_groups", r#"["crew","ghosts"]"#));
        let admitted = move |account: Account| app.write(move |tx| Settings::load(tx)?.admits(tx, &account));
        assert!(admitted(alice));
        assert!(!admitted(bob));
    }
}
