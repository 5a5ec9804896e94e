//! One operation as a document describes it.

use std::collections::BTreeSet;

use schemars::SchemaGenerator;
use serde_json::{Map, Value, json};

use super::responses::Answers;
use crate::api::operation::Method;
use crate::api::operations::Mounted;
use crate::api::params::Field;

/// Describes an operation. The codes of its refusals are added to `codes`.
pub(super) fn describe(
    operation: &Mounted,
    generator: &mut SchemaGenerator,
    codes: &mut BTreeSet<u16>,
) -> Value {
    let fields = (operation.fields)();
    let (in_path, in_request): (Vec<&Field>, Vec<&Field>) = fields.iter().partition(|field| field.is_in_path);
    let takes_body = matches!(operation.method(), Method::Post | Method::Put);
    let mut parameters: Vec<Value> =
        in_path.iter().map(|field| parameter(field, "path", field.name)).collect();
    if !takes_body {
        parameters.extend(in_request.iter().map(|field| parameter(field, "query", &name_in_form(field))));
    }
    let mut described = json!({
        "operationId": operation_id(operation.title()),
        "summary": operation.title(),
        "tags": [operation.family],
        "security": security(operation.needs_account),
        "responses": Answers::new(operation, generator).render(codes),
        "x-policy": operation.policy,
    });
    if !parameters.is_empty() {
        described["parameters"] = parameters.into();
    }
    if takes_body && !in_request.is_empty() {
        described["requestBody"] = body(&in_request);
    }
    if !operation.features().is_empty() {
        described["x-features"] = json!(operation.features());
    }
    described
}

/// "Get user's conversations" becomes `getUsersConversations`.
fn operation_id(title: &str) -> String {
    let title = title.replace('\'', "");
    let mut words = title.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty());
    let mut id = words.next().unwrap_or_default().to_lowercase();
    for word in words {
        let mut letters = word.chars();
        id.extend(letters.next().into_iter().flat_map(char::to_uppercase));
        id.extend(letters);
    }
    id
}

/// The credentials that an operation takes: any of these.
fn security(needs_account: bool) -> Value {
    let mut accepted = vec![json!({ "basic": [] }), json!({ "bearer": [] }), json!({ "session": [] })];
    if !needs_account {
        accepted.insert(0, json!({}));
    }
    accepted.into()
}

fn parameter(field: &Field, place: &str, name: &str) -> Value {
    json!({
        "name": name,
        "in": place,
        "required": field.is_required,
        "description": field.docs,
        "schema": field.schema,
    })
}

/// A list bears its brackets in a form and in the query.
fn name_in_form(field: &Field) -> String {
    let brackets = if field.schema["type"] == "array" { "[]" } else { "" };
    format!("{}{brackets}", field.name)
}

fn body(fields: &[&Field]) -> Value {
    json!({
        "required": fields.iter().any(|field| field.is_required),
        "content": {
            "application/x-www-form-urlencoded": { "schema": object(fields, name_in_form) },
            "multipart/form-data": { "schema": object(fields, name_in_form) },
            "application/json": { "schema": object(fields, |field| field.name.to_owned()) },
        },
    })
}

/// The object whose members are the parameters. It is open: other members are ignored.
fn object(fields: &[&Field], name: fn(&Field) -> String) -> Value {
    let mut properties = Map::new();
    for field in fields {
        let mut schema = field.schema.clone();
        schema["description"] = field.docs.into();
        properties.insert(name(field), schema);
    }
    let required: Vec<_> = fields.iter().filter(|field| field.is_required).map(|field| name(field)).collect();
    let mut object = json!({ "type": "object", "properties": properties });
    if !required.is_empty() {
        object["required"] = required.into();
    }
    object
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn operation_ids_are_titles_in_camel_case() {
        assert_eq!(operation_id("Get user's conversations"), "getUsersConversations");
        assert_eq!(operation_id("Leave a conversation (go offline)"), "leaveAConversationGoOffline");
    }
}
