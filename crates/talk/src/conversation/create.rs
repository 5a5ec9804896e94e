//! "Creating a new conversation".

use plauder_model::conversation::NameError;
use plauder_model::{
    ActorKind, ActorRef, ConversationName, ConversationType, ParticipantType, Reason, SystemMessage, Token,
    UserId,
};
use plauder_store::accounts::Account;
use plauder_store::attendees::Members;
use plauder_store::conversations::Conversation;
use plauder_store::{
    StoreError, Transaction, accounts, attendees, conversations, groups, memberships, messages, notifications,
};
use thiserror::Error;

use super::show::from_membership;
use super::view::{Detail, RoomView};
use crate::refusal::{Refusal, UseCaseError};
use crate::{Settings, circle, participant};

/// A request to create a conversation.
#[derive(Debug, Clone, Default)]
pub struct CreateRoom {
    /// `roomType`: 1, 2 or 3.
    pub room_type: i64,
    /// `invite`: an account's id (type 1), a group's or a circle's (type 2); empty: nobody.
    pub invite: String,
    /// `source`: whether `invite` names a group or a circle (type 2); empty: a group.
    pub source: String,
    /// `roomName` (type 3, and type 2 without an invited group or circle).
    pub room_name: String,
}

/// The result of [`create`].
#[derive(Debug)]
pub struct Created {
    /// The conversation as its creator sees it.
    pub conversation: RoomView,
    /// Whether it was created now; two accounts have only one one-to-one conversation.
    pub is_new: bool,
}

/// Why a conversation is not created.
#[derive(Debug, Error)]
pub enum CreateRoomError {
    /// "400 When an invalid conversation type was given".
    #[error("roomType has to be 1 (one-to-one), 2 (group) or 3 (public)")]
    Type,
    /// "400 When the conversation name is empty for type = 3".
    #[error(transparent)]
    Name(#[from] NameError),
    /// The source is not known.
    #[error("source has to be groups or circles")]
    Source,
    /// Circles are switched off.
    #[error("Teams are switched off on this server")]
    CirclesOff,
    /// "404 When the target to invite does not exist".
    #[error("invite names nobody on this server")]
    UnknownInvitee,
    /// A one-to-one conversation needs two different accounts.
    #[error("invite has to name somebody else")]
    Oneself,
    /// The setting `start_conversations` excludes the caller.
    #[error("Making conversations is limited to some groups on this server")]
    NotAllowed,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl UseCaseError for CreateRoomError {
    fn refusal(&self) -> Refusal<'_> {
        match self {
            Self::Type => Reason::RoomType.into(),
            Self::Name(_) => Reason::Name.into(),
            Self::Source => Reason::Source.into(),
            Self::CirclesOff => Reason::TeamsDisabled.into(),
            Self::UnknownInvitee => Reason::UnknownInvitee.into(),
            Self::Oneself => Reason::Oneself.into(),
            Self::NotAllowed => Reason::CreationRestricted.into(),
            Self::Store(error) => Refusal::Store(error),
        }
    }
}

/// Creates a conversation whose owner is `account`, or finds the one-to-one conversation of the two accounts.
pub fn create(
    tx: &mut Transaction<'_>,
    account: &Account,
    settings: &Settings,
    request: &CreateRoom,
    detail: Detail,
) -> Result<Created, CreateRoomError> {
    let (token, is_new) = match ConversationType::from_number(request.room_type) {
        Some(ConversationType::OneToOne) => one_to_one(tx, account, settings, request)?,
        Some(kind @ (ConversationType::Group | ConversationType::Public)) => {
            if !settings.may_start_conversations(tx, account)? {
                return Err(CreateRoomError::NotAllowed);
            }
            let invited = find_invited(tx, account, settings, kind, request)?;
            let name = match &invited {
                Some((name, _)) => name,
                None => &request.room_name,
            };
            let name = ConversationName::parse(name, ConversationName::MAX_AT_CREATION)?;
            (group_or_public(tx, account, settings, kind, &name, invited.map(|(_, members)| members))?, true)
        }
        Some(ConversationType::Changelog) | None => return Err(CreateRoomError::Type),
    };
    let membership = memberships::find(tx, account.id, &token)?;
    let membership =
        membership.ok_or_else(|| StoreError::Impossible("a creator who is no attendee".to_owned()))?;
    let mut conversation = from_membership(tx, membership, settings, detail)?;
    if is_new {
        // Clients expect a conversation without messages in the answer to this request.
        if let Some(content) = &mut conversation.content {
            content.last_message = None;
        }
    }
    Ok(Created { conversation, is_new })
}

/// The accounts that a request invites, and the name of the conversation.
fn find_invited(
    tx: &mut Transaction<'_>,
    account: &Account,
    settings: &Settings,
    kind: ConversationType,
    request: &CreateRoom,
) -> Result<Option<(String, Members)>, CreateRoomError> {
    if kind != ConversationType::Group || request.invite.is_empty() {
        return Ok(None);
    }
    let source = match request.source.as_str() {
        "" => Some(ActorKind::Group),
        name => ActorKind::from_name(name),
    };
    match source {
        Some(ActorKind::Group) => {
            let group = groups::find(tx, &request.invite)?.ok_or(CreateRoomError::UnknownInvitee)?;
            Ok(Some((group.display_name, Members::Group(group.key))))
        }
        Some(ActorKind::Circle) if !settings.circles => Err(CreateRoomError::CirclesOff),
        Some(ActorKind::Circle) => {
            let circle =
                circle::visible(tx, account, &request.invite)?.ok_or(CreateRoomError::UnknownInvitee)?;
            Ok(Some((circle.name, Members::Circle(circle.key))))
        }
        _ => Err(CreateRoomError::Source),
    }
}

/// Creates a conversation of type 2 or 3 with the attendees `invited`.
fn group_or_public(
    tx: &mut Transaction<'_>,
    account: &Account,
    settings: &Settings,
    kind: ConversationType,
    name: &ConversationName,
    invited: Option<Members>,
) -> Result<Token, StoreError> {
    let conversation = insert(tx, kind, name.as_str(), None)?;
    let conversation = conversation.ok_or_else(|| StoreError::Impossible("no free token".to_owned()))?;
    attendees::insert(tx, &conversation, account.id, ParticipantType::Owner)?;
    let system_message = SystemMessage::ConversationCreated;
    messages::insert_system_message(tx, &conversation, ActorRef::Account(account.id), &system_message, None)?;
    if let Some(invited) = invited {
        participant::add::add_members(tx, &conversation, account, settings, invited)?;
    }
    Ok(conversation.token)
}

/// Finds or creates the conversation of two accounts. An account that had left it becomes an attendee again.
fn one_to_one(
    tx: &mut Transaction<'_>,
    account: &Account,
    settings: &Settings,
    request: &CreateRoom,
) -> Result<(Token, bool), CreateRoomError> {
    let other =
        accounts::find(tx, &UserId::key_of(&request.invite))?.ok_or(CreateRoomError::UnknownInvitee)?;
    if other.id == account.id {
        return Err(CreateRoomError::Oneself);
    }
    if !settings.admits(tx, &other)? {
        return Err(CreateRoomError::UnknownInvitee);
    }
    let both = [account.id, other.id];
    // If another node creates it after the first look, the second look finds it.
    for _ in 0..3 {
        if let Some(conversation) = conversations::lock_one_to_one(tx, account.id, other.id)? {
            for id in both {
                if attendees::find(tx, conversation.id, id)?.is_none() {
                    attendees::insert(tx, &conversation, id, ParticipantType::Owner)?;
                }
            }
            return Ok((conversation.token, false));
        }
        if let Some(conversation) = insert(tx, ConversationType::OneToOne, "", Some((account.id, other.id)))?
        {
            for id in both {
                attendees::insert(tx, &conversation, id, ParticipantType::Owner)?;
            }
            let system_message = SystemMessage::ConversationCreated;
            messages::insert_system_message(
                tx,
                &conversation,
                ActorRef::Account(account.id),
                &system_message,
                None,
            )?;
            notifications::invite(tx, conversation.id, account.id, other.id)?;
            return Ok((conversation.token, true));
        }
    }
    Err(StoreError::Impossible("a one-to-one conversation that both exists and does not".to_owned()).into())
}

/// Creates a conversation without attendees under a free token. `None` if the two accounts have one.
pub(crate) fn insert(
    tx: &mut Transaction<'_>,
    kind: ConversationType,
    name: &str,
    accounts: Option<(plauder_model::AccountId, plauder_model::AccountId)>,
) -> Result<Option<Conversation>, StoreError> {
    /// How many tokens of one length are tried before a longer one is.
    const TRIES: usize = 5;
    for attempt in 0..TRIES * 3 {
        let token = Token::random(tx.rng(), Token::LENGTH + attempt / TRIES);
        if conversations::insert(tx, &token, kind, name, accounts)?.is_some() {
            return conversations::find(tx, &token);
        }
        if accounts.is_some() && conversations::find(tx, &token)?.is_none() {
            return Ok(None);
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings;
    use crate::testing::App;

    fn try_create(app: &App, account: &Account, request: CreateRoom) -> Result<Created, CreateRoomError> {
        let account = account.clone();
        app.try_write(move |tx| {
            let settings = Settings::load(tx)?;
            create(tx, &account, &settings, &request, Detail::Plain)
        })
    }

    fn named(room_type: i64, name: &str) -> CreateRoom {
        CreateRoom { room_type, room_name: name.to_owned(), ..CreateRoom::default() }
    }

    fn inviting(room_type: i64, invite: &str) -> CreateRoom {
        CreateRoom { room_type, invite: invite.to_owned(), ..CreateRoom::default() }
    }

    #[test]
    fn conversations_are_created_by_type_with_their_names() {
        let app = App::new();
        let alice = app.user("alice");
        for room_type in [0, 4, 5, -1, 7] {
            assert!(
                matches!(try_create(&app, &alice, named(room_type, "x")), Err(CreateRoomError::Type)),
                "{room_type}"
            );
        }
        for room_type in [2, 3] {
            for name in ["", "  ", &"n".repeat(256)] {
                assert!(matches!(
                    try_create(&app, &alice, named(room_type, name)),
                    Err(CreateRoomError::Name(_))
                ));
            }
        }
        let created = try_create(&app, &alice, named(3, "  Trimmed  ")).unwrap();
        assert_eq!(created.conversation.settings().name, "Trimmed");
        assert_eq!(created.conversation.content().last_message, None);
        assert!(created.is_new);
        assert_eq!(app.lists(&alice)[0].last_message().message, "You created the conversation");
    }

    #[test]
    fn a_group_comes_with_its_members_in_order() {
        let app = App::new();
        let (carla, bob) = (app.user("carla"), app.user("bob"));
        app.user("alice");
        app.group("team", &["bob", "carla", "alice"]);
        let created = try_create(&app, &carla, inviting(2, "team")).unwrap();
        assert_eq!(created.conversation.settings().name, "team");
        assert!(matches!(
            try_create(&app, &carla, inviting(2, "ghosts")),
            Err(CreateRoomError::UnknownInvitee)
        ));
        let from_moon = CreateRoom { source: "moon".into(), ..inviting(2, "team") };
        assert!(matches!(try_create(&app, &carla, from_moon), Err(CreateRoomError::Source)));

        let token = created.conversation.token;
        let stored = app.write(move |tx| conversations::find(tx, &token)).unwrap();
        assert_eq!((stored.accounts, stored.moderators), (3, 1));
        let last = app.lists(&bob)[0].last_message();
        assert_eq!(last.message, "{actor} added you", "bob is the last of alice, bob");
    }

    #[test]
    fn two_accounts_have_one_one_to_one_conversation() {
        let app = App::new();
        let (alice, bob) = (app.user("alice"), app.user("bob"));
        let first = try_create(&app, &alice, inviting(1, "bob")).unwrap();
        let again = try_create(&app, &bob, inviting(1, "ALICE")).unwrap();
        assert!(first.is_new && !again.is_new);
        assert_eq!(first.conversation.token, again.conversation.token);
        assert_eq!(first.conversation.settings().display_name, "Bob");
        assert!(matches!(try_create(&app, &alice, inviting(1, "alice")), Err(CreateRoomError::Oneself)));
        for nobody in ["", "nobody"] {
            assert!(matches!(
                try_create(&app, &alice, inviting(1, nobody)),
                Err(CreateRoomError::UnknownInvitee)
            ));
        }
    }

    #[test]
    fn creating_conversations_can_be_limited_to_groups() {
        let app = App::new();
        let (alice, bob) = (app.user("alice"), app.user("bob"));
        app.group("makers", &["alice"]);
        app.write(|tx| settings::set(tx, "start_conversations", r#"["makers"]"#));
        assert!(try_create(&app, &alice, named(2, "x")).is_ok());
        assert!(matches!(try_create(&app, &bob, named(2, "x")), Err(CreateRoomError::NotAllowed)));
        assert!(matches!(try_create(&app, &bob, named(3, "x")), Err(CreateRoomError::NotAllowed)));
        assert!(try_create(&app, &bob, inviting(1, "alice")).is_ok(), "one-to-one is not limited");
        app.write(|tx| settings::set(tx, "allowed_groups", r#"["makers"]"#));
        assert!(matches!(try_create(&app, &alice, inviting(1, "bob")), Err(CreateRoomError::UnknownInvitee)));
    }

    #[test]
    fn a_circle_is_invited_with_its_members_by_a_member() {
        let app = App::new();
        let (alice, bob, carla) = (app.user("alice"), app.user("bob"), app.user("carla"));
        let dora = app.user("dora");
        app.administrator(&dora);
        let id = app.makes_circle(&alice, "Rowers", &["bob"]);
        for circle in [id.as_str(), "nosuchcircle"] {
            assert!(matches!(app.tries_group_of_circle(&alice, circle), Err(CreateRoomError::CirclesOff)));
        }
        app.enables_circles();
        let token = app.makes_group_of_circle(&bob, &id);
        assert_eq!(app.lists(&alice)[0].settings().name, "Rowers");
        assert_eq!(app.lists(&alice)[0].last_message().message, "{actor} added you");
        let stored = app.write(move |tx| conversations::find(tx, &token)).unwrap();
        assert_eq!((stored.accounts, stored.moderators), (2, 1));
        for (who, circle) in [(&carla, id.as_str()), (&carla, "nosuchcircle"), (&dora, "nosuchcircle")] {
            let refused = app.tries_group_of_circle(who, circle);
            assert!(matches!(refused, Err(CreateRoomError::UnknownInvitee)), "{circle}");
        }
        let token = app.makes_group_of_circle(&dora, &id);
        let stored = app.write(move |tx| conversations::find(tx, &token)).unwrap();
        assert_eq!(stored.accounts, 3, "the circle and who administers it");
    }
}
