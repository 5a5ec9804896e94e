//! Accounts, groups, teams and what else is not a conversation.

use std::collections::BTreeMap;

use super::fixture::{Base, Fixture};
use super::rules::Facts;
use crate::people::Person;
use crate::server::Server;

/// The callers by their names in the rules, with their accounts.
const CALLERS: [(&str, &str); 3] =
    [("administrator", "admin"), ("account", "olga"), ("another account", "stella")];

const SETTINGS: &str = "/apps/provisioning_api/api/v1/config/apps/spreed";
const TEAMS: &str = "/apps/circles/circles";

pub(super) fn base(app: &Server) -> Base<'_> {
    Base::new(app, &["olga", "stella", "nina"], &[("crew", &["olga", "nina"])])
}

/// Creates the teams, the notification, the guest and the app password, and changes the settings of a world.
pub(super) fn fixture<'a, 'b>(base: &'b Base<'a>, world: &Facts) -> Fixture<'a, 'b> {
    let app = base.app;
    let admin = &base.accounts["admin"];
    let mut values = BTreeMap::new();
    admin.post(&format!("{SETTINGS}/circles"), &[("value", "1")]).is_ok();
    for (name, owner, member) in [("rowers", "olga", "nina"), ("paddlers", "nina", "olga")] {
        let created = base.accounts[owner].post(TEAMS, &[("name", name)]).is_ok();
        let team = created["id"].as_str().unwrap().to_owned();
        let members = format!("{TEAMS}/{team}/members");
        base.accounts[owner].post(&members, &[("userId", member), ("type", "1")]).is_ok();
        for member in base.accounts[owner].get(&members).is_ok().as_array().unwrap() {
            let (user, id) = (member["userId"].as_str().unwrap(), member["id"].as_str().unwrap());
            values.insert(format!("member({user}@{name})"), id.to_owned());
        }
        values.insert(format!("team({name})"), team);
    }
    let room = base.accounts["nina"].creates_public("Plans");
    base.accounts["nina"].adds(&room, "olga").is_ok();
    let notifications = base.accounts["olga"].get("/apps/notifications/api/v2/notifications").is_ok();
    let notification = notifications[0]["notification_id"].as_i64().unwrap();
    values.insert("notification(olga)".to_owned(), notification.to_string());
    let joined = app.nobody().post(&room.path("participants/active"), &[]);
    let cookie = joined.header("set-cookie").split(';').next().unwrap().to_owned();
    let secret = base.accounts["olga"].get("/core/getapppassword").is_ok()["apppassword"].clone();
    let with_app_password = Person::new(app, "olga", secret.as_str().unwrap());
    with_app_password.get("/v2/room").is_ok();
    let mut people = BTreeMap::from([
        ("guest".to_owned(), app.nobody().showing("cookie", cookie)),
        ("nobody".to_owned(), app.nobody()),
        ("app password".to_owned(), with_app_password),
    ]);
    for (caller, id) in CALLERS {
        people.insert(caller.to_owned(), base.accounts[id].clone());
    }
    if world.contains("teams off") {
        admin.post(&format!("{SETTINGS}/circles"), &[("value", "0")]).is_ok();
    }
    if world.contains("Talk restricted") {
        admin.post(&format!("{SETTINGS}/allowed_groups"), &[("value", "[\"crew\"]")]).is_ok();
    }
    base.database.runs("UPDATE sessions SET last_ping = last_ping + 100000");
    let contents = base.database.sees();
    Fixture { base, people, values, ids: BTreeMap::new(), contents, has_notifications: true, bring_about }
}

fn bring_about<'a>(_: &Fixture<'a, '_>, situation: &str, _: &Person<'a>) {
    panic!("tests/access_matrix.txt: how is this brought about: {situation}?");
}
