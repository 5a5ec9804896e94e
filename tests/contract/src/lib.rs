//! Validates answers against the server's own OpenAPI documents: the status has to be one that the document names, and the
//! body has to be as its schema says.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use jsonschema::Validator;
use plauder_server::api::openapi;
use serde_json::{Value, json};

/// An answer of the server.
#[derive(Debug, Clone, Copy)]
pub struct Answer<'a> {
    /// The method of its request.
    pub method: &'a str,
    /// The path of its request, with or without the query.
    pub path: &'a str,
    /// Its status.
    pub status: u16,
    /// Its `Content-Type`.
    pub content_type: &'a str,
    /// Its body.
    pub body: &'a str,
}

/// The documents.
static DOCUMENTS: LazyLock<Vec<Value>> =
    LazyLock::new(|| openapi::versions().into_iter().map(openapi::document).collect());

/// The schemas that were compiled, by document, path, method and status.
static COMPILED: LazyLock<Mutex<HashMap<Key, Arc<Validator>>>> = LazyLock::new(Mutex::default);

type Key = (usize, String, String, u16);

/// Says what is wrong with an answer.
///
/// # Errors
/// If the document does not name its status, or its body is not as the schema says.
pub fn check(answer: &Answer<'_>) -> Result<(), String> {
    let path = normalized(answer.path);
    let (entry, path) = match path.strip_prefix("/ocs/v1.php/") {
        Some(rest) => (1, format!("/ocs/v2.php/{rest}")),
        None => (2, path),
    };
    let is_json = answer.content_type.starts_with("application/json");
    if answer.method == "HEAD" || (entry == 1 && !is_json) {
        // Nothing but the status of `v2.php` says what became of it.
        return Ok(());
    }
    let body = if is_json {
        Some(serde_json::from_str(answer.body).map_err(|error| format!("no JSON: {error}"))?)
    } else {
        None
    };
    let (status, body) = match (entry, body) {
        (1, Some(body)) => as_in_v2(answer.status, body)?,
        (_, body) => (answer.status, body),
    };
    match find(&path, answer.method) {
        Found::Operation { document, template, operation } => {
            let key = (document, template.to_owned(), answer.method.to_owned(), status);
            check_response(key, operation, answer, body.as_ref())
        }
        Found::NoOperation { is_path } => check_unknown(status, is_path, body.as_ref()),
    }
    .map_err(|problem| format!("{} {path} answers {status}: {problem}\n{}", answer.method, answer.body))
}

/// The path as the server routes it.
fn normalized(path: &str) -> String {
    let path = path.split('?').next().unwrap_or_default();
    let segments: Vec<_> = path.split('/').filter(|segment| !segment.is_empty()).collect();
    let segments = segments.strip_prefix(&["index.php"]).unwrap_or(&segments);
    format!("/{}", segments.join("/"))
}

/// An answer of `/ocs/v1.php` as `/ocs/v2.php` gives it.
fn as_in_v2(status: u16, mut body: Value) -> Result<(u16, Option<Value>), String> {
    let Some(meta) = body.pointer_mut("/ocs/meta").and_then(Value::as_object_mut) else {
        return Ok((status, Some(body)));
    };
    for name in ["totalitems", "itemsperpage"] {
        if meta.remove(name) != Some(json!("")) {
            return Err(format!("{name} is not an empty text"));
        }
    }
    let code = match meta["statuscode"].as_u64() {
        Some(100) => 200,
        Some(code) => u16::try_from(code).unwrap_or_default(),
        None => return Err("the code is not a number".to_owned()),
    };
    if status != if code == 997 { 401 } else { 200 } {
        return Err(format!("the status of code {code} is {status}"));
    }
    meta.insert("statuscode".to_owned(), code.into());
    if (201..300).contains(&code) && meta["status"] == "failure" && meta["message"].is_null() {
        // `v1.php` knows one success only.
        meta.insert("status".to_owned(), "ok".into());
        meta.insert("message".to_owned(), "OK".into());
    }
    let status = match code {
        997 => 401,
        998 => 404,
        200..600 => code,
        _ => 400,
    };
    Ok((status, Some(body)))
}

enum Found<'a> {
    Operation { document: usize, template: &'a str, operation: &'a Value },
    NoOperation { is_path: bool },
}

/// The operation of a request. Literal segments go before parameters.
fn find<'a>(path: &str, method: &str) -> Found<'a> {
    let method = method.to_ascii_lowercase();
    let mut is_path = false;
    let mut best: Option<(usize, usize, &str, &Value)> = None;
    for (number, document) in DOCUMENTS.iter().enumerate() {
        for (template, operations) in document["paths"].as_object().into_iter().flatten() {
            let Some(parameters) = matches(template, path) else { continue };
            is_path = true;
            if let Some(operation) = operations.get(&method)
                && best.is_none_or(|(fewest, ..)| parameters < fewest)
            {
                best = Some((parameters, number, template, operation));
            }
        }
    }
    match best {
        Some((_, document, template, operation)) => Found::Operation { document, template, operation },
        None => Found::NoOperation { is_path },
    }
}

/// How many parameters a path has if it is one of this template.
fn matches(template: &str, path: &str) -> Option<usize> {
    let (mut template, mut path) = (template.split('/'), path.split('/'));
    let mut parameters = 0;
    loop {
        match (template.next(), path.next()) {
            (None, None) => return Some(parameters),
            (Some(name), Some(_)) if name.starts_with('{') => parameters += 1,
            (Some(literal), Some(segment)) if literal == segment => {}
            _ => return None,
        }
    }
}

fn check_response(
    key: Key,
    operation: &Value,
    answer: &Answer<'_>,
    body: Option<&Value>,
) -> Result<(), String> {
    let Some(response) = operation["responses"].get(key.3.to_string()) else {
        return Err("the document does not name this status".to_owned());
    };
    let Some(schema) = response.pointer("/content/application~1json/schema") else {
        return if answer.body.is_empty() { Ok(()) } else { Err("the document says no body".to_owned()) };
    };
    let Some(body) = body else {
        // XML is a different form of the same data.
        let is_xml = answer.content_type.starts_with("application/xml");
        return if is_xml { Ok(()) } else { Err(format!("the body is {:?}", answer.content_type)) };
    };
    let mut compiled = COMPILED.lock().unwrap_or_else(PoisonError::into_inner);
    let document = key.0;
    let validator = compiled.entry(key).or_insert_with(|| Arc::new(compile(document, schema)));
    let validator = Arc::clone(validator);
    drop(compiled);
    let problems: Vec<_> = validator.iter_errors(body).map(|error| describe(&error)).collect();
    if problems.is_empty() { Ok(()) } else { Err(problems.join("\n")) }
}

/// Compiles a schema beside the components that it names.
fn compile(document: usize, schema: &Value) -> Validator {
    let mut schema = schema.clone();
    schema["components"] = DOCUMENTS[document]["components"].clone();
    jsonschema::draft202012::new(&schema).unwrap_or_else(|error| panic!("{error} in {schema}"))
}

fn describe(error: &jsonschema::ValidationError<'_>) -> String {
    let mut text = error.to_string();
    if text.len() > 400 {
        text = text.chars().take(400).collect();
    }
    format!("  {}: {text}", error.instance_path())
}

/// An answer to a request that no operation takes: 404 or 405 in the envelope, or a page.
fn check_unknown(status: u16, is_path: bool, body: Option<&Value>) -> Result<(), String> {
    let Some(body) = body else { return Ok(()) };
    // A body or a path that cannot be read is refused before there is an operation.
    let expected = if is_path { 405 } else { 404 };
    if status != expected && ![400, 408, 413].contains(&status) {
        return Err(format!("no operation takes this: {expected}"));
    }
    let message = &body["ocs"]["meta"]["message"];
    let refusal = json!({ "status": "failure", "statuscode": status, "message": message });
    let refusal = json!({ "ocs": { "meta": refusal, "data": [] } });
    if *body == refusal && message.is_string() { Ok(()) } else { Err(format!("not {refusal}")) }
}

#[cfg(test)]
mod tests;
