//! What becomes of an error at the edge: a code and a sentence for the caller; its inner causes go to the log, once.

use axum::response::{IntoResponse, Response};
use plauder_ocs::Failure;
use plauder_store::StoreError;
use plauder_talk::AccessError;
use plauder_talk::account::AccountAccessError;
use plauder_talk::account::change::ChangeError;
use plauder_talk::account::edit::EditError;
use plauder_talk::app_password::AppPasswordError;
use plauder_talk::call::join::JoinCallError;
use plauder_talk::call::leave::LeaveCallError;
use plauder_talk::caller::IdentifyError;
use plauder_talk::chat::post::PostError;
use plauder_talk::chat::read_marker::ReadMarkerError;
use plauder_talk::circle::add_member::AddMemberError;
use plauder_talk::circle::remove_member::RemoveMemberError;
use plauder_talk::circle::{self, CircleAccessError};
use plauder_talk::conversation::create::CreateError;
use plauder_talk::conversation::delete::DeleteError;
use plauder_talk::conversation::lobby::LobbyError;
use plauder_talk::conversation::notification_level::NotificationLevelError;
use plauder_talk::conversation::password::SetPasswordError;
use plauder_talk::conversation::password_request::PasswordRequestError;
use plauder_talk::conversation::public::PublicError;
use plauder_talk::conversation::read_only::ReadOnlyError;
use plauder_talk::conversation::rename::RenameError;
use plauder_talk::group::GroupError;
use plauder_talk::group::add_member::GroupMemberError;
use plauder_talk::participant::add::AddError;
use plauder_talk::participant::guest_name::GuestNameError;
use plauder_talk::participant::join::JoinError;
use plauder_talk::participant::leave::LeaveError;
use plauder_talk::participant::promote::PromoteError;
use plauder_talk::participant::remove::RemoveError;
use plauder_talk::participant::remove_guest::RemoveGuestError;
use plauder_talk::password::PasswordError;
use plauder_talk::search::SearchError;
use plauder_talk::settings::SettingError;

use crate::representation::participant::OtherSession;

/// An error as the caller gets to see it.
#[derive(Debug)]
pub(crate) struct ApiError(Failure);

impl ApiError {
    /// The store failed: that is for the log.
    pub(crate) fn store(error: &StoreError) -> Self {
        tracing::error!(%error, "the store failed");
        Self(Failure::internal())
    }

    fn new(code: u16, error: &impl std::error::Error) -> Self {
        Self(Failure::new(code).because(error.to_string()))
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        self.0.into_response()
    }
}

impl From<Failure> for ApiError {
    fn from(failure: Failure) -> Self {
        Self(failure)
    }
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        Self::store(&error)
    }
}

impl From<IdentifyError> for ApiError {
    fn from(error: IdentifyError) -> Self {
        match error {
            IdentifyError::Wrong => Failure::not_signed_in().into(),
            IdentifyError::Store(error) => Self::store(&error),
        }
    }
}

impl From<AccessError> for ApiError {
    fn from(error: AccessError) -> Self {
        match error {
            AccessError::NotFound => Self::new(404, &error),
            AccessError::NotModerator | AccessError::ReadOnly | AccessError::StartCall => {
                Self::new(403, &error)
            }
            AccessError::Lobby => Self::new(412, &error),
            AccessError::Store(error) => Self::store(&error),
        }
    }
}

impl From<CreateError> for ApiError {
    fn from(error: CreateError) -> Self {
        match error {
            CreateError::Type | CreateError::Name(_) | CreateError::Source | CreateError::CirclesOff => {
                Self::new(400, &error)
            }
            CreateError::Oneself | CreateError::NotAllowed => Self::new(403, &error),
            CreateError::UnknownInvitee => Self::new(404, &error),
            CreateError::Store(error) => Self::store(&error),
        }
    }
}

impl From<RenameError> for ApiError {
    fn from(error: RenameError) -> Self {
        match error {
            RenameError::Access(error) => error.into(),
            RenameError::OneToOne | RenameError::Name(_) => Self::new(400, &error),
            RenameError::Store(error) => Self::store(&error),
        }
    }
}

impl From<DeleteError> for ApiError {
    fn from(error: DeleteError) -> Self {
        match error {
            DeleteError::Access(error) => error.into(),
            DeleteError::OneToOne => Self::new(400, &error),
            DeleteError::Store(error) => Self::store(&error),
        }
    }
}

impl From<PublicError> for ApiError {
    fn from(error: PublicError) -> Self {
        match error {
            PublicError::Access(error) => error.into(),
            PublicError::NotGroup | PublicError::NotPublic => Self::new(400, &error),
            PublicError::Store(error) => Self::store(&error),
        }
    }
}

impl From<ReadOnlyError> for ApiError {
    fn from(error: ReadOnlyError) -> Self {
        match error {
            ReadOnlyError::Access(error) => error.into(),
            ReadOnlyError::Type | ReadOnlyError::State => Self::new(400, &error),
            ReadOnlyError::Store(error) => Self::store(&error),
        }
    }
}

impl From<SetPasswordError> for ApiError {
    fn from(error: SetPasswordError) -> Self {
        match error {
            SetPasswordError::Access(error) => error.into(),
            SetPasswordError::NotPublic => Self::new(403, &error),
            SetPasswordError::Password(_) => Self::new(400, &error),
            SetPasswordError::Store(error) => Self::store(&error),
        }
    }
}

impl From<NotificationLevelError> for ApiError {
    fn from(error: NotificationLevelError) -> Self {
        match error {
            NotificationLevelError::Access(error) => error.into(),
            NotificationLevelError::Level => Self::new(400, &error),
            NotificationLevelError::Store(error) => Self::store(&error),
        }
    }
}

impl From<AddError> for ApiError {
    fn from(error: AddError) -> Self {
        match error {
            AddError::Access(error) => error.into(),
            AddError::Type | AddError::Source | AddError::Address | AddError::CirclesOff => {
                Self::new(400, &error)
            }
            AddError::Unknown => Self::new(404, &error),
            AddError::Store(error) => Self::store(&error),
        }
    }
}

impl From<LeaveError> for ApiError {
    fn from(error: LeaveError) -> Self {
        match error {
            LeaveError::Access(error) => error.into(),
            LeaveError::LastModerator => Self::new(400, &error),
            LeaveError::Store(error) => Self::store(&error),
        }
    }
}

impl From<LobbyError> for ApiError {
    fn from(error: LobbyError) -> Self {
        match error {
            LobbyError::Access(error) => error.into(),
            LobbyError::Type | LobbyError::State | LobbyError::Timer => Self::new(400, &error),
            LobbyError::Store(error) => Self::store(&error),
        }
    }
}

impl From<PasswordRequestError> for ApiError {
    fn from(error: PasswordRequestError) -> Self {
        match error {
            PasswordRequestError::ShareToken | PasswordRequestError::Name(_) => Self::new(400, &error),
            PasswordRequestError::NotService => Self::new(403, &error),
            PasswordRequestError::NoService | PasswordRequestError::UnknownOwner => Self::new(404, &error),
            PasswordRequestError::Store(error) => Self::store(&error),
        }
    }
}

impl From<JoinError> for ApiError {
    fn from(error: JoinError) -> Self {
        match &error {
            JoinError::NotFound => Self::new(404, &error),
            JoinError::Password(_) => Self::new(403, &error),
            JoinError::Occupied(session) => {
                let data = OtherSession::from(session);
                Self(Failure::new(409).because(error.to_string()).with_data(data))
            }
            JoinError::Store(error) => Self::store(error),
        }
    }
}

impl From<GuestNameError> for ApiError {
    fn from(error: GuestNameError) -> Self {
        match error {
            GuestNameError::Access(error) => error.into(),
            GuestNameError::NotGuest => Self::new(403, &error),
            GuestNameError::Store(error) => Self::store(&error),
        }
    }
}

impl From<RemoveGuestError> for ApiError {
    fn from(error: RemoveGuestError) -> Self {
        match error {
            RemoveGuestError::Access(error) => error.into(),
            RemoveGuestError::NotGuest => Self::new(400, &error),
            RemoveGuestError::Oneself => Self::new(403, &error),
            RemoveGuestError::Unknown => Self::new(404, &error),
            RemoveGuestError::Store(error) => Self::store(&error),
        }
    }
}

impl From<JoinCallError> for ApiError {
    fn from(error: JoinCallError) -> Self {
        match error {
            JoinCallError::Access(error) => error.into(),
            JoinCallError::Flags => Self::new(400, &error),
            JoinCallError::NoSession => Self::new(404, &error),
            JoinCallError::Store(error) => Self::store(&error),
        }
    }
}

impl From<LeaveCallError> for ApiError {
    fn from(error: LeaveCallError) -> Self {
        match error {
            LeaveCallError::Access(error) => error.into(),
            LeaveCallError::NoSession => Self::new(404, &error),
            LeaveCallError::Store(error) => Self::store(&error),
        }
    }
}

impl From<PostError> for ApiError {
    fn from(error: PostError) -> Self {
        match error {
            PostError::Access(error) => error.into(),
            PostError::Empty | PostError::ReplyTo => Self::new(400, &error),
            PostError::TooLong => Self::new(413, &error),
            PostError::Store(error) => Self::store(&error),
        }
    }
}

impl From<ReadMarkerError> for ApiError {
    fn from(error: ReadMarkerError) -> Self {
        match error {
            ReadMarkerError::Access(error) => error.into(),
            ReadMarkerError::Message => Self::new(400, &error),
            ReadMarkerError::Store(error) => Self::store(&error),
        }
    }
}

impl From<PromoteError> for ApiError {
    fn from(error: PromoteError) -> Self {
        match error {
            PromoteError::Access(error) => error.into(),
            PromoteError::Unknown => Self::new(404, &error),
            PromoteError::Oneself => Self::new(403, &error),
            PromoteError::Rank => Self::new(400, &error),
            PromoteError::Store(error) => Self::store(&error),
        }
    }
}

impl From<RemoveError> for ApiError {
    fn from(error: RemoveError) -> Self {
        match error {
            RemoveError::Access(error) => error.into(),
            RemoveError::Type => Self::new(400, &error),
            RemoveError::Owner => Self::new(403, &error),
            RemoveError::Unknown => Self::new(404, &error),
            RemoveError::Leave(error) => error.into(),
            RemoveError::Store(error) => Self::store(&error),
        }
    }
}

impl From<SettingError> for ApiError {
    fn from(error: SettingError) -> Self {
        match error {
            SettingError::Unknown(_) | SettingError::Value(_) => Self::new(400, &error),
            SettingError::Store(error) => Self::store(&error),
        }
    }
}

impl From<plauder_talk::account::create::CreateError> for ApiError {
    fn from(error: plauder_talk::account::create::CreateError) -> Self {
        use plauder_talk::account::create::CreateError;
        match error {
            CreateError::UserId(_) | CreateError::DisplayName | CreateError::Email => Self::new(101, &error),
            CreateError::Exists => Self::new(102, &error),
            CreateError::Group(_) => Self::new(104, &error),
            CreateError::Store(error) => Self::store(&error),
        }
    }
}

impl From<ChangeError> for ApiError {
    fn from(error: ChangeError) -> Self {
        match error {
            ChangeError::DisplayName | ChangeError::Email => Self::new(101, &error),
            ChangeError::Store(error) => Self::store(&error),
        }
    }
}

impl From<GroupError> for ApiError {
    fn from(error: GroupError) -> Self {
        match error {
            GroupError::Id | GroupError::DisplayName => Self::new(101, &error),
            GroupError::Exists | GroupError::Admin => Self::new(102, &error),
            GroupError::Unknown => Self::new(404, &error),
            GroupError::Store(error) => Self::store(&error),
        }
    }
}

impl From<CircleAccessError> for ApiError {
    fn from(error: CircleAccessError) -> Self {
        match error {
            CircleAccessError::NotFound => Self::new(404, &error),
            CircleAccessError::Level => Self::new(400, &error),
            CircleAccessError::Store(error) => Self::store(&error),
        }
    }
}

impl From<circle::create::CreateError> for ApiError {
    fn from(error: circle::create::CreateError) -> Self {
        match error {
            circle::create::CreateError::Name => Self::new(400, &error),
            circle::create::CreateError::Store(error) => Self::store(&error),
        }
    }
}

impl From<circle::rename::RenameError> for ApiError {
    fn from(error: circle::rename::RenameError) -> Self {
        match error {
            circle::rename::RenameError::Access(error) => error.into(),
            circle::rename::RenameError::Name => Self::new(400, &error),
            circle::rename::RenameError::Store(error) => Self::store(&error),
        }
    }
}

impl From<AddMemberError> for ApiError {
    fn from(error: AddMemberError) -> Self {
        match error {
            AddMemberError::Access(error) => error.into(),
            AddMemberError::Type => Self::new(400, &error),
            AddMemberError::Unknown => Self::new(404, &error),
            AddMemberError::Store(error) => Self::store(&error),
        }
    }
}

impl From<RemoveMemberError> for ApiError {
    fn from(error: RemoveMemberError) -> Self {
        match error {
            RemoveMemberError::Access(error) => error.into(),
            RemoveMemberError::Unknown => Self::new(404, &error),
            RemoveMemberError::Owner => Self::new(400, &error),
            RemoveMemberError::Store(error) => Self::store(&error),
        }
    }
}

impl From<PasswordError> for ApiError {
    fn from(error: PasswordError) -> Self {
        let code = if error == PasswordError::Missing { 108 } else { 101 };
        Self::new(code, &error)
    }
}

impl From<AccountAccessError> for ApiError {
    fn from(error: AccountAccessError) -> Self {
        match error {
            AccountAccessError::NotFound => Failure::new(998).into(),
            AccountAccessError::Unknown => Self::new(404, &error),
            AccountAccessError::Oneself => Self::new(101, &error),
            AccountAccessError::Store(error) => Self::store(&error),
        }
    }
}

impl From<EditError> for ApiError {
    fn from(error: EditError) -> Self {
        match error {
            EditError::Access(error) => error.into(),
            EditError::PasswordRequired => Self::new(403, &error),
            EditError::UnknownProperty => Self::new(113, &error),
            EditError::Change(error) => error.into(),
            EditError::Identify(error) => error.into(),
            EditError::Store(error) => Self::store(&error),
        }
    }
}

impl From<SearchError> for ApiError {
    fn from(error: SearchError) -> Self {
        match error {
            SearchError::TooLong => Self::new(400, &error),
            SearchError::Store(error) => Self::store(&error),
        }
    }
}

impl From<GroupMemberError> for ApiError {
    fn from(error: GroupMemberError) -> Self {
        match error {
            GroupMemberError::UnknownGroup => Self::new(102, &error),
            GroupMemberError::UnknownAccount => Self::new(103, &error),
            GroupMemberError::OwnAdministration => Self::new(105, &error),
            GroupMemberError::Store(error) => Self::store(&error),
        }
    }
}

impl From<AppPasswordError> for ApiError {
    fn from(error: AppPasswordError) -> Self {
        match error {
            AppPasswordError::PasswordRequired | AppPasswordError::NotInUse => Self::new(403, &error),
            AppPasswordError::Identify(error) => error.into(),
            AppPasswordError::Store(error) => Self::store(&error),
        }
    }
}
