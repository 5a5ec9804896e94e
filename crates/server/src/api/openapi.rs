//! OpenAPI 3.1 documents, made from the list of operations. One document holds one version of the conversation API and
//! every family that has one version only.

mod operation;
mod responses;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;
use std::sync::{Arc, OnceLock};

use axum::Router;
use axum::body::Bytes;
use axum::http::header::CONTENT_TYPE;
use axum::routing::get;
use schemars::SchemaGenerator;
use schemars::generate::SchemaSettings;
use serde_json::{Map, Value, json};

use super::operations::{Mounted, operations};
use super::platform::status::Status;
use crate::App;

/// Where the operations are served with the statuses of HTTP. Below `/ocs/v1.php` the same operations answer 200.
const ENTRY: &str = "/ocs/v2.php";

/// The versions of the conversation API, each of which has a document.
#[must_use]
pub fn versions() -> BTreeSet<u8> {
    operations().iter().filter_map(Mounted::version).collect()
}

/// The document of one version of the conversation API.
#[must_use]
pub fn document(version: u8) -> Value {
    let mut generator = generator();
    let (mut paths, mut tags, mut codes) = (Map::new(), Vec::new(), BTreeSet::new());
    for operation in operations() {
        if operation.version.is_some_and(|other| other != version) {
            continue;
        }
        let tag = json!({ "name": operation.family });
        if !tags.contains(&tag) {
            tags.push(tag);
        }
        let method = operation.method().as_str().to_ascii_lowercase();
        let described = operation::describe(&operation, &mut generator, &mut codes);
        let path = paths.entry(format!("{ENTRY}{}", operation.path)).or_insert_with(|| json!({}));
        path[method] = described;
    }
    paths.insert("/status.php".to_owned(), json!({ "get": status(&mut generator) }));
    let mut schemas = generator.take_definitions(true);
    schemas.values_mut().for_each(optional_is_not_null);
    schemas.extend(responses::components(&codes));
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": format!("Plauder, conversation API v{version}"),
            "version": env!("CARGO_PKG_VERSION"),
            "license": { "name": "MIT", "identifier": "MIT" },
            "description": "Parameters are read from the path, the body (a form or JSON) and the query, whatever the \
                method; a name in the path precedes one in the body, and that one in the query. Parameters that an \
                operation does not know are ignored. The same operations are served below `/ocs/v1.php`, with the \
                status 200 for every answer but 401 and the code 100 for success. Clients send the header \
                `OCS-APIRequest: true`, and `Accept: application/json` for JSON in place of XML.",
        },
        "servers": [{ "url": "/" }],
        "tags": tags,
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {
                "basic": {
                    "type": "http",
                    "scheme": "basic",
                    "description": "The id of the account, and its password or an app password.",
                },
                "bearer": { "type": "http", "scheme": "bearer", "description": "An app password." },
                "session": {
                    "type": "apiKey",
                    "in": "cookie",
                    "name": crate::auth::SESSION_COOKIE,
                    "description": "The session of an account that signed in, or of a guest.",
                },
            },
        },
    })
}

/// The same as it is served and kept in docs/openapi/.
#[must_use]
pub fn text(version: u8) -> String {
    format!("{:#}\n", document(version))
}

/// Serves the documents.
pub(crate) fn router() -> Router<App> {
    versions().into_iter().fold(Router::new(), |router, version| {
        let rendered = Arc::<OnceLock<Bytes>>::default();
        let serve = move || {
            let body = rendered.get_or_init(|| text(version).into()).clone();
            std::future::ready(([(CONTENT_TYPE, "application/json; charset=utf-8")], body))
        };
        router.route(&format!("/openapi/v{version}.json"), get(serve))
    })
}

/// Makes schemas of what is serialized, as components of a document.
fn generator() -> SchemaGenerator {
    let settings = SchemaSettings::draft2020_12().for_serialize().with(|settings| {
        settings.definitions_path = "/components/schemas".into();
        settings.meta_schema = None;
    });
    settings.into_generator()
}

/// A member that is left out where it means nothing is never `null`: its schema is made from an `Option`, which says both.
fn optional_is_not_null(schema: &mut Value) {
    match schema {
        Value::Array(items) => items.iter_mut().for_each(optional_is_not_null),
        Value::Object(members) => {
            let required = members.get("required").and_then(Value::as_array).cloned().unwrap_or_default();
            let properties = members.get_mut("properties").and_then(Value::as_object_mut);
            for (name, property) in properties.into_iter().flatten() {
                if !required.iter().any(|one| one == name) {
                    remove_null(property);
                }
            }
            members.values_mut().for_each(optional_is_not_null);
        }
        _ => {}
    }
}

/// Takes `null` from the alternatives of a schema.
fn remove_null(schema: &mut Value) {
    if let Some(kinds) = schema.get_mut("type").and_then(Value::as_array_mut) {
        kinds.retain(|kind| kind != "null");
        if let [kind] = kinds.as_slice() {
            schema["type"] = kind.clone();
        }
    }
    if let Some(alternatives) = schema.get_mut("anyOf").and_then(Value::as_array_mut) {
        alternatives.retain(|alternative| *alternative != json!({ "type": "null" }));
        if let [alternative] = alternatives.as_slice() {
            *schema = alternative.clone();
        }
    }
}

/// `GET /status.php`, which has no envelope.
fn status(generator: &mut SchemaGenerator) -> Value {
    json!({
        "operationId": "getStatus",
        "summary": "Get the status of the server",
        "security": [],
        "responses": { "200": responses::json("The status.", &generator.subschema_for::<Status>().to_value()) },
    })
}
