//! Circles in the tests of use cases.

use plauder_model::{CircleLevel, GroupId, Token};
use plauder_store::accounts::Account;
use plauder_store::{StoreError, circles, groups};

use super::add_member::{ACCOUNT, AddMemberError, add_member};
use super::create::{CreateCircleError, create};
use super::{CircleAccessError, CircleActor, access};
use crate::conversation::create as conversation;
use crate::conversation::view::Detail;
use crate::testing::App;
use crate::{Settings, settings};

impl App {
    pub(crate) fn enables_circles(&self) {
        self.write(|tx| settings::set(tx, "circles", "1"));
    }

    pub(crate) fn administrator(&self, account: &Account) {
        let id = account.id;
        self.write(move |tx| {
            let group = groups::find(tx, GroupId::ADMIN)?.unwrap();
            groups::add_member(tx, group.key, id)
        });
    }

    /// Creates a circle with these accounts as members, and returns its id.
    pub(crate) fn makes_circle(&self, owner: &Account, name: &str, members: &[&str]) -> String {
        let (account, name) = (owner.clone(), name.to_owned());
        let id = self.write(move |tx| Ok::<_, CreateCircleError>(create(tx, &account, &name)?.circle.id));
        for &member in members {
            let (owner, id, member) = (owner.clone(), id.clone(), member.to_owned());
            self.write(move |tx| {
                add_member(tx, CircleActor::Account(&owner), &id, &member, ACCOUNT)?;
                Ok::<_, AddMemberError>(())
            });
        }
        id
    }

    /// Adds an account to a circle with a level; no operation does that.
    pub(crate) fn joins_circle(&self, id: &str, account: &Account, level: CircleLevel) {
        let (id, account) = (id.to_owned(), account.id);
        self.write(move |tx| {
            let circle = access::load(tx, CircleActor::CommandLine, &id)?.circle;
            Ok::<_, CircleAccessError>(circles::add_member(tx, circle.key, account, level)?)
        });
    }

    /// The members of a circle with their levels, in the order in which they joined.
    pub(crate) fn lists_circle(&self, id: &str) -> Vec<(String, i64)> {
        let id = id.to_owned();
        self.write(move |tx| match circles::find(tx, &id, None)? {
            None => Ok::<_, StoreError>(Vec::new()),
            Some(circle) => {
                let members = circles::list_members(tx, circle.key)?.into_iter();
                Ok(members.map(|one| (one.user_id, one.level.number())).collect())
            }
        })
    }

    pub(crate) fn makes_group_of_circle(&self, account: &Account, id: &str) -> Token {
        self.tries_group_of_circle(account, id).unwrap()
    }

    pub(crate) fn tries_group_of_circle(
        &self,
        account: &Account,
        id: &str,
    ) -> Result<Token, conversation::CreateRoomError> {
        let account = account.clone();
        let request = conversation::CreateRoom {
            room_type: 2,
            invite: id.to_owned(),
            source: "circles".to_owned(),
            room_name: "Not called so".to_owned(),
        };
        self.try_write(move |tx| {
            let settings = Settings::load(tx)?;
            Ok(conversation::create(tx, &account, &settings, &request, Detail::Plain)?.conversation.token)
        })
    }
}
