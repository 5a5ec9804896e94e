//! Changed answers are refused.

use super::*;

/// Members that a message or a conversation has in some answers only.
const OPTIONAL: [&str; 1] = ["parent"];

/// Members whose value is a map, whose entries may be any number.
const MAPS: [&str; 2] = ["messageParameters", "participants"];

fn message() -> Value {
    json!({
        "id": 7, "token": "abcd2345", "actorType": "users", "actorId": "bob", "actorDisplayName": "Bob",
        "timestamp": 1_600_000_000, "message": "Hello {mention-user1}",
        "messageParameters": { "mention-user1": { "type": "user", "id": "alice", "name": "Alice" } },
        "systemMessage": "", "messageType": "comment", "isReplyable": true, "referenceId": "",
    })
}

fn reply() -> Value {
    let mut reply = message();
    reply["parent"] = message();
    reply
}

fn room() -> Value {
    json!({
        "id": 1, "token": "abcd2345", "type": 2, "name": "Tea", "displayName": "Tea", "objectType": "", "objectId": "",
        "participantType": 1, "participantFlags": 0, "readOnly": 0, "hasPassword": false, "hasCall": false,
        "canStartCall": true, "lastActivity": 1_600_000_000, "lastReadMessage": 0, "unreadMessages": 0,
        "unreadMention": false, "isFavorite": false, "canLeaveConversation": true, "canDeleteConversation": true,
        "notificationLevel": 2, "lastPing": 0, "sessionId": "0", "guestList": "", "lastMessage": message(),
        "lobbyState": 0, "lobbyTimer": 0,
    })
}

fn old_room() -> Value {
    let mut room = room();
    let members = room.as_object_mut().unwrap();
    members.remove("canLeaveConversation");
    members.remove("canDeleteConversation");
    members.insert("participantInCall".into(), false.into());
    members.insert("count".into(), 0.into());
    members.insert("numGuests".into(), 0.into());
    let alice = json!({ "name": "Alice", "type": 1, "call": 0, "sessionId": "0" });
    members.insert("participants".into(), json!({ "alice": alice }));
    room
}

fn envelope(status: u16, data: &Value) -> Value {
    let (word, message) = if status < 300 { ("ok", "OK") } else { ("failure", "No.") };
    json!({ "ocs": { "meta": { "status": word, "statuscode": status, "message": message }, "data": data } })
}

/// What the documents say of a body.
fn verdict(method: &str, path: &str, status: u16, body: &Value) -> Result<(), String> {
    let body = body.to_string();
    check(&Answer { method, path, status, content_type: "application/json; charset=utf-8", body: &body })
}

/// Every object in a body, by its path.
fn objects(value: &Value, path: &str, found: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            let is_map = MAPS.iter().any(|map| path.ends_with(map));
            if !is_map {
                found.push(path.to_owned());
            }
            for (name, member) in members {
                objects(member, &format!("{path}/{name}"), found);
            }
        }
        Value::Array(items) => {
            for (number, item) in items.iter().enumerate() {
                objects(item, &format!("{path}/{number}"), found);
            }
        }
        _ => {}
    }
}

/// Changes each member of each object in a body, one at a time; says which change was not refused.
fn unnoticed_changes(method: &str, path: &str, status: u16, body: &Value) -> Vec<String> {
    let mut paths = Vec::new();
    objects(body, "", &mut paths);
    let (mut unnoticed, mut tried) = (Vec::new(), 0);
    let mut attempt = |what: String, changed: &Value| {
        tried += 1;
        if verdict(method, path, status, changed).is_ok() {
            unnoticed.push(what);
        }
    };
    for place in &paths {
        let members = body.pointer(place).and_then(Value::as_object).unwrap();
        let change = |edit: &dyn Fn(&mut serde_json::Map<String, Value>)| {
            let mut changed = body.clone();
            edit(changed.pointer_mut(place).and_then(Value::as_object_mut).unwrap());
            changed
        };
        attempt(format!("{place} +extra"), &change(&|object| drop(object.insert("extra".into(), 1.into()))));
        for (name, value) in members {
            let is_sentence = status >= 400 && name == "message";
            if !OPTIONAL.contains(&name.as_str()) {
                attempt(format!("{place} -{name}"), &change(&|object| drop(object.remove(name))));
            }
            let renamed = change(&|object| {
                let value = object.remove(name).unwrap();
                object.insert(format!("{name}2"), value);
            });
            attempt(format!("{place} {name}->{name}2"), &renamed);
            if !is_sentence {
                let nulled = change(&|object| drop(object.insert(name.clone(), Value::Null)));
                attempt(format!("{place} {name}=null"), &nulled);
            }
            let kind = if value.is_string() { json!(1) } else { json!("x") };
            let other = change(&|object| drop(object.insert(name.clone(), kind.clone())));
            attempt(format!("{place} {name} of another type"), &other);
        }
    }
    assert!(tried > 10, "{tried} changes");
    unnoticed
}

const ROOM: &str = "/ocs/v2.php/apps/spreed/api/v2/room/abcd2345";
const OLD_ROOM: &str = "/ocs/v2.php/apps/spreed/api/v1/room/abcd2345";
const CHAT: &str = "/ocs/v2.php/apps/spreed/api/v1/chat/abcd2345?lookIntoFuture=0";

#[test]
fn every_change_of_an_answer_is_refused() {
    for (path, status, body) in [
        (ROOM, 200, envelope(200, &room())),
        (OLD_ROOM, 200, envelope(200, &old_room())),
        (CHAT, 200, envelope(200, &json!([message(), reply()]))),
        (ROOM, 404, envelope(404, &json!([]))),
    ] {
        assert_eq!(verdict("GET", path, status, &body), Ok(()));
        assert_eq!(unnoticed_changes("GET", path, status, &body), Vec::<String>::new(), "{path}");
    }
}

#[test]
fn statuses_that_the_document_does_not_name_are_refused() {
    assert!(verdict("GET", ROOM, 201, &envelope(201, &room())).unwrap_err().contains("does not name"));
    assert!(verdict("GET", ROOM, 409, &envelope(409, &json!([]))).unwrap_err().contains("does not name"));
    assert!(verdict("GET", ROOM, 200, &envelope(201, &room())).is_err(), "the code is not the status");
    assert!(verdict("GET", "/ocs/v2.php/cloud/cake", 200, &envelope(200, &json!([]))).is_err());
    assert_eq!(verdict("GET", "/ocs/v2.php/cloud/cake", 404, &envelope(404, &json!([]))), Ok(()));
    assert_eq!(verdict("POST", ROOM, 405, &envelope(405, &json!([]))), Ok(()));
    assert!(verdict("POST", ROOM, 404, &envelope(404, &json!([]))).is_err());
}

#[test]
fn version_1_of_the_entry_is_the_same_in_another_envelope() {
    let path = ROOM.replace("v2.php", "v1.php");
    let meta = |status: &str, code: u16, message: &Value| json!({ "status": status, "statuscode": code, "message": message, "totalitems": "", "itemsperpage": "" });
    let body = |meta: &Value, data: &Value| json!({ "ocs": { "meta": meta, "data": data } });
    let ok = meta("ok", 100, &json!("OK"));
    assert_eq!(verdict("GET", &path, 200, &body(&ok, &room())), Ok(()));
    assert!(verdict("GET", &path, 200, &body(&ok, &json!([]))).is_err());
    let refused = body(&meta("failure", 404, &json!("No.")), &json!([]));
    assert_eq!(verdict("GET", &path, 200, &refused), Ok(()));
    assert!(verdict("GET", &path, 404, &refused).is_err());
    let teapot = body(&meta("failure", 418, &json!("No.")), &json!([]));
    assert!(verdict("GET", &path, 200, &teapot).is_err());
}

#[test]
fn paths_are_found_as_the_server_routes_them() {
    let body = envelope(200, &room());
    for path in [
        "//ocs/v2.php//apps/spreed/api/v2/room/abcd2345",
        "/index.php/ocs/v2.php/apps/spreed/api/v2/room/abcd2345?a=/",
    ] {
        assert_eq!(verdict("GET", path, 200, &body), Ok(()), "{path}");
    }
    assert_eq!(matches("/a/{b}/c", "/a/x/c"), Some(1));
    assert_eq!(matches("/a/{b}", "/a/x/c"), None);
}
