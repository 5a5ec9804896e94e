//! What a request carries: in the query, in a form or in JSON, whichever was sent.

use axum::body::{Body, to_bytes};
use axum::extract::{FromRequest, Request};
use axum::http::HeaderMap;
use axum::http::header::CONTENT_TYPE;
use http_body_util::LengthLimitError;
use serde_json::Value;

use crate::answer::Failure;

/// How many bytes the body of a request may have.
pub const BODY_LIMIT: usize = 1 << 20;

/// How many parameters a request may have: looking one up goes through all of them.
pub const MOST_PARAMETERS: usize = 1000;

/// The parameters of a request by name. Where a name comes several times, the last one counts; unknown names do no
/// harm. A parameter that is missing or of the wrong kind is a [`Failure`] that names it.
#[derive(Debug, Default)]
pub struct Parameters {
    named: Vec<(String, Value)>,
    /// How many came, items of lists and repeated names among them.
    count: usize,
}

impl Parameters {
    /// The text called `name`; an error if it was not sent.
    ///
    /// # Errors
    /// 400 if it is missing or no text.
    pub fn text(&self, name: &str) -> Result<&str, Failure> {
        self.optional_text(name)?.ok_or_else(|| missing(name))
    }

    /// The text called `name`, or an empty one if it was not sent.
    ///
    /// # Errors
    /// 400 if it is no text.
    pub fn text_or_empty(&self, name: &str) -> Result<&str, Failure> {
        Ok(self.optional_text(name)?.unwrap_or_default())
    }

    /// The text called `name`, if it was sent.
    ///
    /// # Errors
    /// 400 if it is no text.
    pub fn optional_text(&self, name: &str) -> Result<Option<&str>, Failure> {
        match self.get(name) {
            None => Ok(None),
            // U+0000 is nothing that anybody types, and PostgreSQL cannot hold it.
            Some(Value::String(text)) if text.contains('\0') => {
                Err(Failure::bad_request(format!("{name} must not contain the character U+0000")))
            }
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(Failure::bad_request(format!("{name} has to be a text"))),
        }
    }

    /// The whole number called `name`; an error if it was not sent.
    ///
    /// # Errors
    /// 400 if it is missing or no whole number.
    pub fn integer(&self, name: &str) -> Result<i64, Failure> {
        self.optional_integer(name)?.ok_or_else(|| missing(name))
    }

    /// The whole number called `name`, if it was sent.
    ///
    /// # Errors
    /// 400 if it is no whole number.
    pub fn optional_integer(&self, name: &str) -> Result<Option<i64>, Failure> {
        let Some(value) = self.get(name) else { return Ok(None) };
        let number = match value {
            Value::String(text) => text.parse().ok(),
            other => other.as_i64(),
        };
        number.map(Some).ok_or_else(|| Failure::bad_request(format!("{name} has to be a whole number")))
    }

    /// The yes or no called `name` (`true`, `false`, `1` or `0`), or `default` if it was not sent.
    ///
    /// # Errors
    /// 400 if it is neither.
    pub fn yes_or(&self, name: &str, default: bool) -> Result<bool, Failure> {
        let Some(value) = self.get(name) else { return Ok(default) };
        let yes = match value {
            Value::Bool(yes) => Some(*yes),
            Value::String(text) => match text.as_str() {
                "1" | "true" => Some(true),
                "0" | "false" => Some(false),
                _ => None,
            },
            other => match other.as_i64() {
                Some(1) => Some(true),
                Some(0) => Some(false),
                _ => None,
            },
        };
        yes.ok_or_else(|| Failure::bad_request(format!("{name} has to be true or false")))
    }

    /// The list of texts called `name` (sent as `name[]=a&name[]=b` or as a JSON list); empty if it was not sent.
    ///
    /// # Errors
    /// 400 if it is no list of texts.
    pub fn texts(&self, name: &str) -> Result<Vec<&str>, Failure> {
        let refused = || Failure::bad_request(format!("{name} has to be a list of texts"));
        match self.get(name) {
            None => Ok(Vec::new()),
            Some(Value::Array(items)) => {
                let texts = items.iter().map(|item| item.as_str().filter(|text| !text.contains('\0')));
                texts.collect::<Option<_>>().ok_or_else(refused)
            }
            Some(_) => Err(refused()),
        }
    }

    /// The list of whole numbers called `name` (sent as `name[]=1&name[]=2` or as a JSON list); empty if it was not sent.
    ///
    /// # Errors
    /// 400 if it is no list of whole numbers.
    pub fn integers(&self, name: &str) -> Result<Vec<i64>, Failure> {
        let refused = || Failure::bad_request(format!("{name} has to be a list of whole numbers"));
        match self.get(name) {
            None => Ok(Vec::new()),
            Some(Value::Array(items)) => {
                let numbers = items.iter().map(|item| match item {
                    Value::String(text) => text.parse().ok(),
                    other => other.as_i64(),
                });
                numbers.collect::<Option<_>>().ok_or_else(refused)
            }
            Some(_) => Err(refused()),
        }
    }

    fn get(&self, name: &str) -> Option<&Value> {
        self.named
            .iter()
            .rev()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value)
            .filter(|value| !value.is_null())
    }

    fn count_more(&mut self, more: usize) -> Result<(), Failure> {
        self.count += more;
        if self.count > MOST_PARAMETERS {
            return Err(Failure::bad_request(format!("More than {MOST_PARAMETERS} parameters")));
        }
        Ok(())
    }

    fn add_pairs(&mut self, encoded: &[u8]) -> Result<(), Failure> {
        for (name, value) in form_urlencoded::parse(encoded) {
            self.count_more(1)?;
            let value = Value::from(value.into_owned());
            match name.strip_suffix("[]") {
                Some(list) => {
                    match self.named.iter_mut().find(|(known, value)| known == list && value.is_array()) {
                        Some((_, Value::Array(items))) => items.push(value),
                        _ => self.named.push((list.to_owned(), Value::Array(vec![value]))),
                    }
                }
                None => self.named.push((name.into_owned(), value)),
            }
        }
        Ok(())
    }

    /// Reads a body of the kind that `headers` tell.
    fn add_body(&mut self, headers: &HeaderMap, body: &[u8]) -> Result<(), Failure> {
        if body.is_empty() {
            return Ok(());
        }
        let kind = headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        let kind = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        match kind.as_str() {
            "application/x-www-form-urlencoded" => self.add_pairs(body)?,
            "application/json" => match serde_json::from_slice(body) {
                Ok(Value::Object(members)) => {
                    self.count_more(members.len())?;
                    self.named.extend(members);
                }
                Ok(_) => return Err(Failure::bad_request("The body has to be a JSON object")),
                Err(error) => return Err(Failure::bad_request(format!("The body is not JSON: {error}"))),
            },
            _ => {
                return Err(Failure::new(415).because(
                    "The body has to be a form (application/x-www-form-urlencoded) or JSON (application/json)",
                ));
            }
        }
        Ok(())
    }
}

fn missing(name: &str) -> Failure {
    Failure::bad_request(format!("{name} is missing"))
}

impl<S: Sync> FromRequest<S> for Parameters {
    type Rejection = Failure;

    async fn from_request(request: Request, _: &S) -> Result<Self, Failure> {
        let mut parameters = Self::default();
        let (parts, body) = request.into_parts();
        if let Some(query) = parts.uri.query() {
            parameters.add_pairs(query.as_bytes())?;
        }
        let body = read(body).await?;
        parameters.add_body(&parts.headers, &body)?;
        Ok(parameters)
    }
}

async fn read(body: Body) -> Result<bytes::Bytes, Failure> {
    to_bytes(body, BODY_LIMIT).await.map_err(|error| {
        let too_large =
            std::error::Error::source(&error).is_some_and(<dyn std::error::Error>::is::<LengthLimitError>);
        if too_large {
            Failure::new(413).because("The body must not have more than 1 MiB")
        } else {
            Failure::bad_request("The body ended too early")
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn parameters(uri: &str, kind: &str, body: impl Into<Body>) -> Result<Parameters, Failure> {
        let request = Request::builder().uri(uri).header(CONTENT_TYPE, kind).body(body.into()).unwrap();
        Parameters::from_request(request, &()).await
    }

    const FORM: &str = "application/x-www-form-urlencoded; charset=utf-8";

    fn code<T: std::fmt::Debug>(result: Result<T, Failure>) -> u16 {
        result.unwrap_err().code()
    }

    #[tokio::test]
    async fn from_query_form_and_json() {
        let from_query =
            parameters("/?roomName=T%C3%A9a+%26&roomType=3&a[]=1&a[]=2", FORM, "").await.unwrap();
        assert_eq!(from_query.text("roomName").unwrap(), "Téa &");
        assert_eq!(from_query.integer("roomType").unwrap(), 3);
        assert_eq!(from_query.texts("a").unwrap(), ["1", "2"]);
        assert_eq!(from_query.texts("b").unwrap(), Vec::<&str>::new());
        assert_eq!(from_query.integers("a").unwrap(), [1, 2]);
        assert_eq!(from_query.integers("b").unwrap(), Vec::<i64>::new());
        let from_form = parameters("/?roomName=query", FORM, "roomName=first&roomName=form").await.unwrap();
        assert_eq!(from_form.text("roomName").unwrap(), "form");
        let json = r#"{"roomName":"json","roomType":2,"level":"1","groups":["x"],"none":null,"ids":[3,"4"]}"#;
        let from_json = parameters("/?roomName=query", "application/json", json).await.unwrap();
        assert_eq!(from_json.text("roomName").unwrap(), "json");
        assert_eq!(from_json.integer("roomType").unwrap(), 2);
        assert_eq!(from_json.integer("level").unwrap(), 1);
        assert_eq!(from_json.texts("groups").unwrap(), ["x"]);
        assert_eq!(from_json.integers("ids").unwrap(), [3, 4]);
        assert_eq!(["groups", "level"].map(|name| code(from_json.integers(name))), [400, 400]);
        assert_eq!(from_json.optional_text("none").unwrap(), None);
    }

    #[tokio::test]
    async fn yes_and_no() {
        let json = r#"{"a":true,"b":0,"c":"false","d":"1","e":"yes","f":2}"#;
        let sent = parameters("/", "application/json", json).await.unwrap();
        assert_eq!(
            ["a", "b", "c", "d"].map(|name| sent.yes_or(name, true).unwrap()),
            [true, false, false, true]
        );
        assert!(!sent.yes_or("absent", false).unwrap());
        assert_eq!(["e", "f"].map(|name| code(sent.yes_or(name, true))), [400, 400]);
    }

    #[tokio::test]
    async fn what_is_missing_or_of_the_wrong_kind_is_named() {
        let sent = parameters("/?roomType=abc&level=1.5&name=a%00b&list=x", FORM, "").await.unwrap();
        for (name, failure) in [
            ("roomName", sent.text("roomName").unwrap_err()),
            ("roomType", sent.integer("roomType").unwrap_err()),
            ("level", sent.integer("level").unwrap_err()),
            ("state", sent.integer("state").unwrap_err()),
            ("name", sent.text("name").unwrap_err()),
            ("list", sent.texts("list").unwrap_err()),
        ] {
            assert_eq!(failure.code(), 400);
            let said = failure.message().unwrap_or_default();
            assert!(said.starts_with(&format!("{name} ")), "{said}");
        }
        assert_eq!(sent.text_or_empty("roomName").unwrap(), "");
    }

    #[tokio::test]
    async fn bodies_that_are_refused() {
        assert_eq!(code(parameters("/", "application/json", "{").await), 400);
        assert_eq!(code(parameters("/", "application/json", "[1]").await), 400);
        assert_eq!(code(parameters("/", "text/plain", "roomName=x").await), 415);
        assert_eq!(code(parameters("/", FORM, "x".repeat(BODY_LIMIT + 1)).await), 413);
        let many: Vec<String> = (0..=MOST_PARAMETERS).map(|number| format!("p{number}[]=")).collect();
        assert_eq!(code(parameters("/", FORM, many.join("&")).await), 400);
        assert_eq!(code(parameters("/", FORM, "a[]=&".repeat(MOST_PARAMETERS + 1)).await), 400);
        let query = "a=&".repeat(MOST_PARAMETERS);
        assert_eq!(code(parameters(&format!("/?{query}"), "application/json", r#"{"b":1}"#).await), 400);
        assert!(parameters("/", FORM, "x".repeat(BODY_LIMIT)).await.is_ok());
    }
}
