//! The documents are sound: what they name is there, and what they describe is described whole.

use super::*;

/// Members that are not in every object, because they mean nothing there.
const OPTIONAL: [&str; 5] = ["call-type", "icon-url", "parent", "settings", "spreed"];

fn documents() -> Vec<Value> {
    versions().into_iter().map(document).collect()
}

/// Calls `visit` with every operation: its path, its method and what it says.
fn operations_of(document: &Value, mut visit: impl FnMut(&str, &str, &Value)) {
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            visit(path, method, operation);
        }
    }
}

/// Calls `visit` with every value in a document.
fn walk(value: &Value, visit: &mut impl FnMut(&Value)) {
    visit(value);
    match value {
        Value::Array(items) => items.iter().for_each(|item| walk(item, visit)),
        Value::Object(members) => members.values().for_each(|member| walk(member, visit)),
        _ => {}
    }
}

#[test]
fn every_version_has_a_document_with_all_operations() {
    assert!(versions().is_superset(&BTreeSet::from([1, 2])));
    for version in versions() {
        let document = document(version);
        let mut described = 0;
        operations_of(&document, |_, _, _| described += 1);
        let mounted =
            operations().iter().filter(|one| one.version().is_none_or(|its| its == version)).count();
        assert_eq!(described, mounted + 1, "the operations, and the status");
    }
}

#[test]
fn every_reference_resolves() {
    for document in documents() {
        let mut references = 0;
        walk(&document, &mut |value| {
            if let Some(reference) = value.get("$ref").and_then(Value::as_str) {
                let pointer = reference.strip_prefix('#').expect("references stay in the document");
                assert!(document.pointer(pointer).is_some(), "{reference} leads nowhere");
                references += 1;
            }
        });
        assert!(references > 100, "{references}");
    }
}

#[test]
fn every_segment_of_a_path_is_a_parameter() {
    for document in documents() {
        operations_of(&document, |path, method, operation| {
            let segments = path.split('/').filter_map(|segment| segment.strip_prefix('{'));
            let expected: BTreeSet<_> = segments.map(|segment| segment.trim_end_matches('}')).collect();
            let parameters = operation["parameters"].as_array().map(Vec::as_slice).unwrap_or_default();
            let in_path = parameters.iter().filter(|parameter| parameter["in"] == "path");
            let declared: BTreeSet<_> = in_path.clone().map(|one| one["name"].as_str().unwrap()).collect();
            assert_eq!(declared, expected, "{method} {path}");
            assert!(in_path.clone().all(|parameter| parameter["required"] == true), "{method} {path}");
        });
    }
}

#[test]
fn operation_ids_are_unique() {
    for document in documents() {
        let mut ids = BTreeSet::new();
        operations_of(&document, |path, method, operation| {
            let id = operation["operationId"].as_str().unwrap();
            assert!(id.chars().all(char::is_alphanumeric), "{id} of {method} {path}");
            assert!(ids.insert(id.to_owned()), "{id} of {method} {path} is there already");
        });
    }
}

#[test]
fn every_response_has_a_status_and_says_what_it_means() {
    for document in documents() {
        operations_of(&document, |path, method, operation| {
            let responses = operation["responses"].as_object().unwrap();
            let statuses: Vec<u16> = responses.keys().map(|status| status.parse().unwrap()).collect();
            assert!(
                statuses.iter().all(|status| (200..600).contains(status)),
                "{method} {path}: {statuses:?}"
            );
            assert!(statuses.iter().any(|status| *status < 300), "{method} {path} never succeeds");
            for response in responses.values() {
                assert_ne!(response["description"], "", "{method} {path}");
            }
        });
    }
}

#[test]
fn objects_are_closed_and_their_members_required_but_for_maps() {
    for document in documents() {
        let mut described = document["components"]["schemas"].clone();
        operations_of(&document, |path, method, operation| {
            described[format!("{method} {path}")] = operation["responses"].clone();
        });
        let (mut objects, mut maps) = (0, 0);
        walk(&described, &mut |value| {
            if value.get("type").is_none_or(|kind| kind != "object") {
                return;
            }
            let Some(properties) = value.get("properties") else {
                let title = value.get("title").and_then(Value::as_str).unwrap_or_default();
                assert!(title.starts_with("Map of "), "a map says what it is a map of: {value}");
                assert!(value["additionalProperties"].is_object(), "{value}");
                maps += 1;
                return;
            };
            let is_closed =
                ["additionalProperties", "unevaluatedProperties"].iter().any(|name| value[name] == false);
            assert!(is_closed, "other members are not excluded: {value}");
            let required = value["required"].as_array().map(Vec::as_slice).unwrap_or_default();
            for name in properties.as_object().unwrap().keys() {
                let is_required = required.iter().any(|one| one == name);
                assert!(
                    is_required || OPTIONAL.contains(&name.as_str()),
                    "{name} is not required in {value}"
                );
            }
            objects += 1;
        });
        assert!(objects > 50 && maps > 2, "{objects} objects, {maps} maps");
    }
}

#[test]
fn versions_differ_in_their_conversations() {
    let [v1, v2] =
        [1, 2].map(|version| document(version)["components"]["schemas"]["Room"]["properties"].clone());
    assert!(v1["participants"].is_object() && v1["canLeaveConversation"].is_null());
    assert!(v2["participants"].is_null() && v2["canLeaveConversation"].is_object());
}
