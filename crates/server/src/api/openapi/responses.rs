//! What an operation answers, as a document describes it: its successes, and every refusal that follows from its policy,
//! its parameters and its reasons.

use std::collections::{BTreeMap, BTreeSet};

use plauder_model::Reason;
use plauder_ocs::Failure;
use schemars::SchemaGenerator;
use serde_json::{Map, Value, json};

use crate::api::operations::Mounted;

/// The answers of an operation by their status.
pub(super) struct Answers(BTreeMap<u16, Answer>);

/// The answers of one status.
#[derive(Default)]
struct Answer {
    docs: Vec<String>,
    /// The codes of refusals without data.
    codes: BTreeSet<u16>,
    /// The schemas of other bodies.
    bodies: Vec<Value>,
}

impl Answer {
    fn explain(&mut self, docs: impl Into<String>) -> &mut Self {
        let docs = docs.into();
        if !self.docs.contains(&docs) {
            self.docs.push(docs);
        }
        self
    }
}

impl Answers {
    pub(super) fn new(operation: &Mounted, generator: &mut SchemaGenerator) -> Self {
        let mut answers = Self(BTreeMap::new());
        let listed = (operation.responses)();
        for response in listed.iter() {
            let answer = answers.at(response.status).explain(response.docs);
            if let Some(data) = response.data {
                answer.bodies.push(envelope(response.status, &data(generator).to_value()));
            }
        }
        let has_own_data = |status| listed.iter().any(|response| response.status == status);

        answers.refuse(
            &Failure::not_signed_in(),
            "The credentials are wrong, or missing where an account is needed.",
        );
        answers
            .at(412)
            .explain("The request may have been sent by a foreign site.")
            .bodies
            .push(cross_site());
        for status in operation.denies {
            answers.refuse(&Failure::new(*status), "The policy of the operation does not admit the caller.");
        }
        answers.refuse(&Failure::new(400), "A parameter or the body cannot be read.");
        answers.refuse(&Failure::new(408), "The body took too long.");
        answers.refuse(&Failure::new(413), "The body is too large.");
        answers.refuse(&Failure::new(415), "The body is neither a form nor JSON.");
        for code in (operation.fields)().iter().filter_map(|field| field.code_of_no_object) {
            answers.refuse(&Failure::new(code), "The path names no object.");
        }
        for reason in operation.meta.refusals {
            let failure = (operation.refuse)(*reason, String::new());
            let status = failure.status().as_u16();
            let docs = sentence(*reason);
            if has_own_data(status) {
                answers.at(status).explain(docs);
            } else {
                answers.refuse(&failure, docs);
            }
        }
        answers.refuse(
            &Failure::new(429),
            "There were too many failed logins, or too many guests, from this address.",
        );
        answers.refuse(&Failure::internal(), "The server failed.");
        answers
    }

    fn at(&mut self, status: u16) -> &mut Answer {
        self.0.entry(status).or_default()
    }

    fn refuse(&mut self, failure: &Failure, docs: impl Into<String>) {
        self.at(failure.status().as_u16()).explain(docs).codes.insert(failure.code());
    }

    /// The `responses` of the operation. The codes of its refusals are added to `codes`.
    pub(super) fn render(self, codes: &mut BTreeSet<u16>) -> Value {
        let mut rendered = Map::new();
        for (status, answer) in self.0 {
            let docs = answer.docs.join(" ");
            let mut bodies = answer.bodies;
            codes.extend(&answer.codes);
            bodies.extend(
                answer
                    .codes
                    .iter()
                    .map(|code| json!({ "$ref": format!("#/components/schemas/{}", component_name(*code)) })),
            );
            let response = match bodies.len() {
                0 => json!({ "description": docs }),
                1 => json(&docs, &bodies[0]),
                _ => json(&docs, &json!({ "anyOf": bodies })),
            };
            rendered.insert(status.to_string(), response);
        }
        rendered.into()
    }
}

/// A response with a body of JSON.
pub(super) fn json(docs: &str, schema: &Value) -> Value {
    json!({ "description": docs, "content": { "application/json": { "schema": schema } } })
}

/// The schemas that all operations share: the refusals of these codes.
pub(super) fn components(codes: &BTreeSet<u16>) -> Map<String, Value> {
    let nothing = json!({ "type": "array", "maxItems": 0 });
    codes.iter().map(|code| (component_name(*code), envelope(*code, &nothing))).collect()
}

fn component_name(code: u16) -> String {
    format!("Refusal{code}")
}

/// The envelope around `data`.
fn envelope(code: u16, data: &Value) -> Value {
    let (status, message) = match code {
        200..300 => ("ok", json!({ "const": "OK" })),
        _ => ("failure", json!({ "type": ["string", "null"], "description": "A sentence for people." })),
    };
    let meta = json!({ "status": { "const": status }, "statuscode": { "const": code }, "message": message });
    closed(&json!({ "ocs": closed(&json!({ "meta": closed(&meta), "data": data })) }))
}

/// An object that has these members and no others.
fn closed(properties: &Value) -> Value {
    let required: Vec<&String> = properties.as_object().into_iter().flat_map(Map::keys).collect();
    let required = json!(required);
    json!({ "type": "object", "properties": properties, "required": required, "additionalProperties": false })
}

/// The body of a request that is refused because a foreign site may have sent it; it has no envelope.
fn cross_site() -> Value {
    closed(&json!({ "message": { "type": "string" } }))
}

/// `NotModerator` becomes "Not moderator.".
fn sentence(reason: Reason) -> String {
    let mut sentence = String::new();
    for letter in format!("{reason:?}").chars() {
        if letter.is_uppercase() && !sentence.is_empty() {
            sentence.push(' ');
            sentence.extend(letter.to_lowercase());
        } else {
            sentence.push(letter);
        }
    }
    sentence + "."
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reasons_are_described_in_words() {
        assert_eq!(sentence(Reason::NotModerator), "Not moderator.");
        assert_eq!(sentence(Reason::Lobby), "Lobby.");
    }
}
