//! Adding accounts, groups, circles and addresses to a conversation.

use plauder_model::{
    ActorKind, ActorRef, ConversationType, EmailAddress, ParticipantType, Reason, SystemMessage, Token,
    UserId,
};
use plauder_store::accounts::Account;
use plauder_store::attendees::Members;
use plauder_store::conversations::Conversation;
use plauder_store::{StoreError, Transaction, accounts, attendees, groups, messages, notifications};
use thiserror::Error;

use crate::Settings;
use crate::access::{Access, AccessError, Capability};
use crate::circle;
use crate::conversation::password_request::PASSWORD_REQUEST;
use crate::conversation::public::open_unchecked;
use crate::mail::{invitation, outbox};
use crate::refusal::{Refusal, UseCaseError};

/// Why no participant is added.
#[derive(Debug, Error)]
pub enum AddParticipantError {
    /// Access is refused.
    #[error(transparent)]
    Access(#[from] AccessError),
    /// A one-to-one conversation takes no further participants.
    #[error("Nobody can be added to a conversation of this type")]
    Type,
    /// The source is not known.
    #[error("source has to be users, groups, circles or emails")]
    Source,
    /// The text is no e-mail address.
    #[error("newParticipant has to be an e-mail address")]
    Address,
    /// Circles are switched off.
    #[error("Teams are switched off on this server")]
    CirclesOff,
    /// The account, group or circle does not exist.
    #[error("newParticipant names nobody on this server")]
    Unknown,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl UseCaseError for AddParticipantError {
    fn refusal(&self) -> Refusal<'_> {
        match self {
            Self::Access(error) => error.refusal(),
            Self::Type => Reason::RoomType.into(),
            Self::Source => Reason::Source.into(),
            Self::Address => Reason::EmailAddress.into(),
            Self::CirclesOff => Reason::TeamsDisabled.into(),
            Self::Unknown => Reason::UnknownInvitee.into(),
            Self::Store(error) => Refusal::Store(error),
        }
    }
}

/// The result of [`add`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Added {
    /// Accounts are attendees.
    Accounts,
    /// An address is an attendee, and the conversation is open to guests.
    Address,
}

/// A request to add a participant.
#[derive(Debug, Clone, Default)]
pub struct AddParticipant {
    /// `newParticipant`: the id of an account, a group or a circle, or an address.
    pub new_participant: String,
    /// `source`: `users` (also if empty), `groups`, `circles` or `emails`.
    pub source: String,
    /// The server's address for links in invitations. `None`: no mail is sent.
    pub public_url: Option<String>,
}

/// Adds an account, the members of a group or circle, or an address, which gets an invitation. Existing attendees stay
/// unchanged. For owners and moderators.
pub fn add(
    tx: &mut Transaction<'_>,
    account: &Account,
    settings: &Settings,
    token: &Token,
    request: &AddParticipant,
) -> Result<Added, AddParticipantError> {
    let access = Access::load_locked(tx, account, token)?;
    access.require(Capability::ModerateSignedIn)?;
    let conversation = &access.conversation;
    let is_shared = matches!(conversation.kind, ConversationType::Group | ConversationType::Public);
    if !is_shared || conversation.object_type == PASSWORD_REQUEST {
        return Err(AddParticipantError::Type);
    }
    let new_participant = request.new_participant.as_str();
    let source = match request.source.as_str() {
        "" => Some(ActorKind::User),
        name => ActorKind::from_name(name),
    };
    match source {
        Some(ActorKind::User) => {
            let new_participant =
                accounts::find(tx, &UserId::key_of(new_participant))?.ok_or(AddParticipantError::Unknown)?;
            if !settings.admits(tx, &new_participant)? {
                return Err(AddParticipantError::Unknown);
            }
            add_account(tx, &access, &new_participant)?;
        }
        Some(ActorKind::Group) => {
            let group = groups::find(tx, new_participant)?.ok_or(AddParticipantError::Unknown)?;
            add_members(tx, conversation, account, settings, Members::Group(group.key))?;
        }
        Some(ActorKind::Circle) if !settings.circles => return Err(AddParticipantError::CirclesOff),
        Some(ActorKind::Circle) => {
            let circle =
                circle::visible(tx, account, new_participant)?.ok_or(AddParticipantError::Unknown)?;
            add_members(tx, conversation, account, settings, Members::Circle(circle.key))?;
        }
        Some(ActorKind::Email) => {
            let address = EmailAddress::parse(new_participant).ok_or(AddParticipantError::Address)?;
            invite(tx, account, &access, &address, request.public_url.as_deref())?;
            return Ok(Added::Address);
        }
        Some(ActorKind::Guest | ActorKind::Bot | ActorKind::DeletedUser) | None => {
            return Err(AddParticipantError::Source);
        }
    }
    Ok(Added::Accounts)
}

/// Makes an account an attendee. A self-joined account becomes a user.
fn add_account(
    tx: &mut Transaction<'_>,
    access: &Access,
    new_participant: &Account,
) -> Result<(), StoreError> {
    let Access { conversation, .. } = access;
    let there = attendees::find(tx, conversation.id, new_participant.id)?;
    if there.as_ref().is_some_and(|there| there.participant_type != ParticipantType::SelfJoined) {
        return Ok(());
    }
    let (system_message, added) = (SystemMessage::UserAdded, Some(ActorRef::Account(new_participant.id)));
    messages::insert_system_message(tx, conversation, access.actor(), &system_message, added)?;
    if let Some(there) = there {
        return attendees::set_participant_type(tx, conversation.id, &there, ParticipantType::User);
    }
    attendees::insert(tx, conversation, new_participant.id, ParticipantType::User)?;
    match access.attendee.account {
        Some(by) => notifications::invite(tx, conversation.id, by, new_participant.id),
        None => Ok(()),
    }
}

/// Makes an address an attendee and opens the conversation to guests: the reader of the mail joins through its link.
fn invite(
    tx: &mut Transaction<'_>,
    by: &Account,
    access: &Access,
    address: &EmailAddress,
    public_url: Option<&str>,
) -> Result<(), StoreError> {
    let Access { conversation, .. } = access;
    if conversation.kind != ConversationType::Public {
        open_unchecked(tx, access)?;
    }
    if attendees::find_address(tx, conversation.id, address)?.is_some() {
        return Ok(());
    }
    attendees::insert_address(tx, conversation.id, address)?;
    let Some(public_url) = public_url else { return Ok(()) };
    let link = format!("{public_url}/call/{}", conversation.token);
    let (subject, body) = invitation::write(&by.display_name, &conversation.name, &link);
    outbox::enqueue(tx, address, &subject, &body)
}

/// Adds those of `members` that may use Talk and are no attendees, with a system message for each.
pub(crate) fn add_members(
    tx: &mut Transaction<'_>,
    conversation: &Conversation,
    by: &Account,
    settings: &Settings,
    members: Members,
) -> Result<(), StoreError> {
    let mut first = None;
    if settings.allowed_groups.is_empty() {
        first = attendees::insert_members(tx, conversation, members, None)?;
    }
    for allowed in &settings.allowed_groups {
        if let Some(allowed) = groups::find(tx, allowed)? {
            let added = attendees::insert_members(tx, conversation, members, Some(allowed.key))?;
            first = first.or(added);
        }
    }
    match first {
        Some(first) => {
            messages::insert_members_added(tx, conversation, by.id, first)?;
            notifications::invite_members(tx, conversation.id, by.id, first)
        }
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use plauder_store::conversations;

    use super::*;
    use crate::settings;
    use crate::testing::{App, caller_of};

    fn add_to(
        tx: &mut Transaction<'_>,
        by: &Account,
        token: &Token,
        who: &str,
        source: &str,
    ) -> Result<Added, AddParticipantError> {
        let settings = Settings::load(tx)?;
        let request =
            AddParticipant { new_participant: who.to_owned(), source: source.to_owned(), public_url: None };
        add(tx, by, &settings, token, &request)
    }

    #[test]
    fn accounts_and_members_of_groups_are_added() {
        let app = App::new();
        let (alice, bob, carla) = (app.user("alice"), app.user("bob"), app.user("carla"));
        app.user("dora");
        app.group("team", &["bob", "carla"]);
        let room = app.makes_group(&alice, "Members");
        let try_add = |account: &Account, who: &'static str, source: &'static str| {
            let (account, room) = (account.clone(), room.clone());
            app.try_write(move |tx| add_to(tx, &account, &room, who, source))
        };
        let created = app.lists(&alice)[0].last_message().id;
        try_add(&alice, "BOB", "users").unwrap();
        let of_bob = app.lists(&bob).remove(0);
        assert_eq!(of_bob.content().last_read_message, created, "they have read what was there before them");
        let system_message = of_bob.last_message();
        assert_eq!(system_message.message, "{actor} added you");
        try_add(&alice, "bob", "").unwrap();
        assert_eq!(app.lists(&bob)[0].last_message().id, system_message.id, "who is in is not added again");
        try_add(&alice, "team", "groups").unwrap();
        assert_eq!(app.lists(&carla)[0].last_message().message, "{actor} added you");
        assert_eq!(app.lists(&carla)[0].content().last_read_message, system_message.id);
        let last = app.lists(&alice)[0].content().last_message.clone();
        try_add(&alice, "team", "groups").unwrap();
        assert_eq!(
            app.lists(&alice)[0].content().last_message,
            last,
            "a group whose members are all in adds nobody"
        );
        let stored = app.write({
            let room = room.clone();
            move |tx| conversations::find(tx, &room)
        });
        assert_eq!(stored.map(|c| (c.accounts, c.moderators)), Some((3, 1)));

        app.group("staff", &["carla", "erik"]);
        app.group("guests", &["erik", "frida"]);
        app.write(|tx| settings::set(tx, "allowed_groups", r#"["staff","ghosts"]"#));
        try_add(&alice, "guests", "groups").unwrap();
        assert!(
            matches!(try_add(&alice, "frida", "users"), Err(AddParticipantError::Unknown)),
            "she may not use Talk"
        );
        let caller = caller_of(&alice);
        let token = room.clone();
        let listed = app.write(move |tx| crate::participant::list::list(tx, &caller, &token));
        let listed: Vec<_> = listed.iter().map(|one| one.actor.user_id()).collect();
        assert_eq!(listed, ["alice", "bob", "carla", "erik"]);
        app.write(|tx| settings::reset(tx, "allowed_groups"));

        assert!(matches!(try_add(&alice, "nobody", "users"), Err(AddParticipantError::Unknown)));
        assert!(matches!(try_add(&alice, "ghosts", "groups"), Err(AddParticipantError::Unknown)));
        assert!(matches!(try_add(&alice, "dora", "moon"), Err(AddParticipantError::Source)));
        assert!(matches!(
            try_add(&bob, "dora", "users"),
            Err(AddParticipantError::Access(AccessError::NotModerator))
        ));
        let pair = app.makes_one_to_one(&alice, "bob");
        assert!(matches!(
            app.try_write(move |tx| add_to(tx, &alice, &pair, "dora", "")),
            Err(AddParticipantError::Type)
        ));
    }

    #[test]
    fn members_of_circles_are_added() {
        let app = App::new();
        let (alice, bob, carla) = (app.user("alice"), app.user("bob"), app.user("carla"));
        let (dora, erik) = (app.user("dora"), app.user("erik"));
        let id = app.makes_circle(&alice, "Rowers", &["bob", "dora"]);
        let hidden = app.makes_circle(&erik, "Cooks", &["carla"]);
        let room = app.makes_group(&alice, "Room");
        let try_add = |id: &str| {
            let (alice, room, id) = (alice.clone(), room.clone(), id.to_owned());
            app.try_write(move |tx| add_to(tx, &alice, &room, &id, "circles"))
        };
        assert!(matches!(try_add(&id), Err(AddParticipantError::CirclesOff)));
        assert!(matches!(try_add("nosuchcircle"), Err(AddParticipantError::CirclesOff)));
        app.enables_circles();
        for unknown in ["nosuchcircle", &hidden] {
            assert!(matches!(try_add(unknown), Err(AddParticipantError::Unknown)), "{unknown}");
        }
        app.group("staff", &["alice", "bob"]);
        app.write(|tx| settings::set(tx, "allowed_groups", r#"["staff"]"#));
        try_add(&id).unwrap();
        assert_eq!((app.lists(&bob).len(), app.lists(&dora).len()), (1, 0), "she may not use Talk");
        app.write(|tx| settings::reset(tx, "allowed_groups"));
        try_add(&id).unwrap();
        assert_eq!(app.lists(&dora)[0].last_message().message, "{actor} added you");
        app.administrator(&alice);
        try_add(&hidden).unwrap();
        assert_eq!(app.lists(&carla).len(), 1);
        let stored = app.write(move |tx| conversations::find(tx, &room));
        assert_eq!(stored.map(|c| (c.accounts, c.moderators)), Some((5, 1)));
    }

    #[test]
    fn an_address_opens_the_conversation_and_gets_one_mail() {
        let app = App::new();
        let alice = app.user("alice");
        let room = app.makes_group(&alice, "Mail");
        let invites = |address: &str| {
            let (alice, room) = (alice.clone(), room.clone());
            let request = AddParticipant {
                new_participant: address.to_owned(),
                source: "emails".to_owned(),
                public_url: Some("https://talk.example.org".to_owned()),
            };
            app.try_write(move |tx| {
                let settings = Settings::load(tx)?;
                add(tx, &alice, &settings, &room, &request)
            })
        };
        assert!(matches!(invites("nowhere"), Err(AddParticipantError::Address)));
        assert_eq!(invites("Someone@Example.org").unwrap(), Added::Address);
        assert_eq!(invites("someone@example.org").unwrap(), Added::Address);
        let mail = app.write(outbox::take).unwrap();
        assert_eq!(mail.recipient, "someone@example.org");
        assert!(mail.body.contains(&format!("https://talk.example.org/call/{room}")), "{}", mail.body);
        assert_eq!(app.write(outbox::take), None, "one invitation is enough");
        let seen = app.sees(&caller_of(&alice), &room);
        assert_eq!((seen.kind, seen.content().guests), (ConversationType::Public, 0));
        assert_eq!(seen.last_message().system_message, "guests_allowed");
        let listed = |caller: crate::Caller| {
            let room = room.clone();
            let listed = app.write(move |tx| crate::participant::list::list(tx, &caller, &room));
            listed.into_iter().map(|one| one.display_name).collect::<Vec<_>>()
        };
        assert_eq!(listed(caller_of(&alice)), ["Alice", "someone@example.org"]);
        let bob = app.user("bob");
        app.adds(&alice, &room, "bob");
        assert_eq!(listed(caller_of(&bob)), ["Alice", "Bob"], "addresses are for moderators to see");
        let (caller, token) = (caller_of(&alice), room.clone());
        app.write(move |tx| crate::participant::remove::remove(tx, &caller, &token, "SOMEONE@example.org"));
        assert_eq!(listed(caller_of(&alice)), ["Alice", "Bob"]);
    }
}
