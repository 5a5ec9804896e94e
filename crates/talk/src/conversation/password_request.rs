//! Conversations in which the password of a share is asked for. A service that keeps shares creates them, with the
//! account that the setting `share_service` names.

use plauder_model::conversation::NameError;
use plauder_model::{
    ActorRef, ConversationName, ConversationType, ParticipantType, Reason, SystemMessage, Token, UserId, text,
};
use plauder_store::accounts::Account;
use plauder_store::{StoreError, Transaction, accounts, attendees, conversations, messages};
use thiserror::Error;

use super::create::insert;
use crate::Settings;
use crate::refusal::{Refusal, UseCaseError};

/// The kind of object that such a conversation belongs to (member `objectType`).
pub const PASSWORD_REQUEST: &str = "share:password";

/// The share service's request.
#[derive(Debug, Clone, Default)]
pub struct RequestPassword {
    /// `shareToken`: the share whose password is asked for, 1 to 64 characters.
    pub share_token: String,
    /// `owner`: the account that knows the password.
    pub owner: String,
    /// `name`: what is shared, or who it is shared with.
    pub name: String,
}

/// The new conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PasswordRequest {
    /// The token.
    pub token: Token,
    /// The name.
    pub name: String,
    /// The name to show.
    pub display_name: String,
}

/// Why no conversation is created.
#[derive(Debug, Error)]
pub enum PasswordRequestError {
    /// No share service is set.
    #[error("There is no share service on this server")]
    NoService,
    /// The caller is not the share service.
    #[error("Only the share service may do this")]
    NotService,
    /// The share token is not acceptable.
    #[error("shareToken has to have 1 to 64 characters, none of them a control character")]
    ShareToken,
    /// The name is not acceptable.
    #[error("name: {0}")]
    Name(#[from] NameError),
    /// The owner does not exist.
    #[error("owner names nobody on this server")]
    UnknownOwner,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl UseCaseError for PasswordRequestError {
    fn refusal(&self) -> Refusal<'_> {
        match self {
            Self::NoService => Reason::NoShareService.into(),
            Self::NotService => Reason::NotShareService.into(),
            Self::ShareToken => Reason::ShareToken.into(),
            Self::Name(_) => Reason::Name.into(),
            Self::UnknownOwner => Reason::UnknownAccount.into(),
            Self::Store(error) => Refusal::Store(error),
        }
    }
}

/// Creates a public conversation for the owner of the share and the person who asks. `account` has to be the share
/// service.
pub fn create(
    tx: &mut Transaction<'_>,
    account: Option<&Account>,
    settings: &Settings,
    request: &RequestPassword,
) -> Result<PasswordRequest, PasswordRequestError> {
    let service = settings.share_service.as_ref().ok_or(PasswordRequestError::NoService)?;
    let is_service = |account: &Account| UserId::key_of(&account.user_id) == UserId::key_of(service);
    if !account.is_some_and(is_service) {
        return Err(PasswordRequestError::NotService);
    }
    let share_token = &request.share_token;
    if !(1..=64).contains(&share_token.chars().count()) || share_token.chars().any(text::is_control) {
        return Err(PasswordRequestError::ShareToken);
    }
    let name = ConversationName::parse(&request.name, ConversationName::MAX_AT_CREATION)?;
    let owner =
        accounts::find(tx, &UserId::key_of(&request.owner))?.ok_or(PasswordRequestError::UnknownOwner)?;
    if !settings.admits(tx, &owner)? {
        return Err(PasswordRequestError::UnknownOwner);
    }
    let conversation = insert(tx, ConversationType::Public, name.as_str(), None)?;
    let conversation = conversation.ok_or_else(|| StoreError::Impossible("no free token".to_owned()))?;
    conversations::link_object(tx, conversation.id, PASSWORD_REQUEST, &request.share_token)?;
    attendees::insert(tx, &conversation, owner.id, ParticipantType::Owner)?;
    let system_message = SystemMessage::ConversationCreated;
    messages::insert_system_message(tx, &conversation, ActorRef::Account(owner.id), &system_message, None)?;
    let display_name = display_name(name.as_str());
    Ok(PasswordRequest { token: conversation.token, name: name.as_str().to_owned(), display_name })
}

/// The name to show of a conversation about the share `name`.
pub(crate) fn display_name(name: &str) -> String {
    format!("Password request: {name}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::conversation::lobby::{self, LobbyError};
    use crate::participant::add::{self, AddParticipantError};
    use crate::settings;
    use crate::testing::App;

    #[test]
    fn the_share_service_creates_conversations_for_the_owner() {
        let app = App::new();
        let (alice, files) = (app.user("alice"), app.user("files"));
        let try_create = |by: &Account, request: RequestPassword| {
            let by = by.clone();
            app.try_write(move |tx| {
                let settings = Settings::load(tx)?;
                create(tx, Some(&by), &settings, &request)
            })
        };
        let request =
            RequestPassword { share_token: "s3cr3t".into(), owner: "ALICE".into(), name: "Plans.odt".into() };
        assert!(matches!(try_create(&files, request.clone()), Err(PasswordRequestError::NoService)));
        app.write(|tx| settings::set(tx, "share_service", "Files"));
        assert!(matches!(try_create(&alice, request.clone()), Err(PasswordRequestError::NotService)));
        let refused = |request| try_create(&files, request).unwrap_err();
        assert!(matches!(
            refused(RequestPassword { owner: "nobody".into(), ..request.clone() }),
            PasswordRequestError::UnknownOwner
        ));
        assert!(matches!(
            refused(RequestPassword { share_token: String::new(), ..request.clone() }),
            PasswordRequestError::ShareToken
        ));
        assert!(matches!(
            refused(RequestPassword { name: " ".into(), ..request.clone() }),
            PasswordRequestError::Name(NameError::Empty)
        ));
        app.group("staff", &["files"]);
        app.write(|tx| settings::set(tx, "allowed_groups", r#"["staff"]"#));
        let refusal = refused(request.clone());
        assert!(matches!(refusal, PasswordRequestError::UnknownOwner), "she may not use Talk");
        app.write(|tx| settings::reset(tx, "allowed_groups"));
        let created = try_create(&files, request).unwrap();
        assert_eq!(created.display_name, "Password request: Plans.odt");
        let seen = app.lists(&alice).remove(0);
        assert_eq!(
            (seen.settings().object_type.as_str(), seen.settings().object_id.as_str()),
            (PASSWORD_REQUEST, "s3cr3t")
        );
        assert_eq!(
            (seen.settings().name.as_str(), seen.settings().display_name.as_str()),
            ("Plans.odt", "Password request: Plans.odt")
        );

        let (owner, token) = (alice.clone(), created.token.clone());
        let lobby = app.try_write(move |tx| lobby::set(tx, &owner, &token, 1, 0));
        assert!(matches!(lobby, Err(LobbyError::Type)));
        let invited = app.try_write(move |tx| {
            let settings = Settings::load(tx)?;
            let request = add::AddParticipant { new_participant: "files".into(), ..Default::default() };
            add::add(tx, &alice, &settings, &created.token, &request)
        });
        assert!(matches!(invited, Err(AddParticipantError::Type)));
    }
}
