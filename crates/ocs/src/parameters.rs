//! The parameters of a request, from its query and from a form or JSON in its body, for every method.
//!
//! The body takes precedence over the query. The path ([`PathParameters`]) takes precedence over both, which the caller
//! ensures.

mod body;
mod pairs;
mod path;

use axum::extract::{FromRequest, Request};
use bytes::Bytes;
use serde_json::Value;

pub use self::body::refuse_body;
pub use self::path::PathParameters;
use crate::answer::Failure;

/// The largest body of a request, in bytes.
pub const BODY_LIMIT: usize = 1 << 20;

/// The largest number of parameters of a request. A lookup is a linear search.
pub const MAX_PARAMETERS: usize = 1000;

/// The longest search term, in characters.
pub const MAX_SEARCH_CHARACTERS: usize = 255;

/// The parameters of a request by name. If a name occurs several times, the last one counts; unknown names are ignored.
/// A missing parameter or one of the wrong type is a [`Failure`] that names it.
#[derive(Debug, Default)]
pub struct Parameters {
    /// The parameters of the query, then those of the body. Numbers are stored as text.
    named: Vec<(String, Value)>,
    files: Vec<File>,
    /// The number of parameters, including items of lists and repeated names.
    count: usize,
}

/// A file in a `multipart/form-data` body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// The name of the parameter.
    pub name: String,
    /// The client's name of the file. It may be empty.
    pub file_name: String,
    /// The media type that the client names.
    pub content_type: Option<String>,
    /// The contents.
    pub bytes: Bytes,
}

impl Parameters {
    /// The text called `name`.
    ///
    /// # Errors
    /// 400 if it is missing or no text.
    pub fn text(&self, name: &str) -> Result<&str, Failure> {
        self.optional_text(name)?.ok_or_else(|| missing(name))
    }

    /// The text called `name`, or an empty text if it is missing.
    ///
    /// # Errors
    /// 400 if it is no text.
    pub fn text_or_empty(&self, name: &str) -> Result<&str, Failure> {
        Ok(self.optional_text(name)?.unwrap_or_default())
    }

    /// The text called `name`, if there is one. A number in JSON counts as its text, `true` as `1` and `false` as an
    /// empty text, as in XML.
    ///
    /// # Errors
    /// 400 if it is no text.
    pub fn optional_text(&self, name: &str) -> Result<Option<&str>, Failure> {
        let Some(value) = self.get(name) else { return Ok(None) };
        let text = as_text(value).ok_or_else(|| Failure::bad_request(format!("{name} has to be a text")))?;
        check_text(name, text)?;
        Ok(Some(text))
    }

    /// The search term called `name`, or an empty one if it is missing.
    ///
    /// # Errors
    /// 400 if it is no text or has more than [`MAX_SEARCH_CHARACTERS`].
    pub fn search_term(&self, name: &str) -> Result<&str, Failure> {
        let term = self.text_or_empty(name)?;
        if term.chars().nth(MAX_SEARCH_CHARACTERS).is_some() {
            let message = format!("{name} must not have more than {MAX_SEARCH_CHARACTERS} characters");
            return Err(Failure::bad_request(message));
        }
        Ok(term)
    }

    /// The whole number called `name`.
    ///
    /// # Errors
    /// 400 if it is missing or no whole number.
    pub fn integer(&self, name: &str) -> Result<i64, Failure> {
        self.optional_integer(name)?.ok_or_else(|| missing(name))
    }

    /// The whole number called `name`, if there is one. `true` and `false` in JSON count as 1 and 0.
    ///
    /// # Errors
    /// 400 if it is no whole number.
    pub fn optional_integer(&self, name: &str) -> Result<Option<i64>, Failure> {
        let Some(value) = self.get(name) else { return Ok(None) };
        let number = as_integer(value);
        number.map(Some).ok_or_else(|| Failure::bad_request(format!("{name} has to be a whole number")))
    }

    /// The id called `name`, if there is one. Clients send a negative id for none.
    ///
    /// # Errors
    /// 400 if it is no whole number.
    pub fn optional_id(&self, name: &str) -> Result<Option<i64>, Failure> {
        Ok(self.optional_integer(name)?.filter(|id| *id >= 0))
    }

    /// The boolean called `name` (`true`, `false`, `1` or `0`, in any case), or `default` if it is missing.
    ///
    /// # Errors
    /// 400 if it is no boolean.
    pub fn bool_or(&self, name: &str, default: bool) -> Result<bool, Failure> {
        let Some(value) = self.get(name) else { return Ok(default) };
        let boolean = match value {
            Value::Bool(boolean) => Some(*boolean),
            Value::String(text) if text == "1" || text.eq_ignore_ascii_case("true") => Some(true),
            Value::String(text) if text == "0" || text.eq_ignore_ascii_case("false") => Some(false),
            _ => None,
        };
        boolean.ok_or_else(|| Failure::bad_request(format!("{name} has to be true or false")))
    }

    /// The list of texts called `name` (sent as `name[]=a&name[]=b`, as `name[0]=a&name[1]=b` or as a JSON list), or an
    /// empty list if it is missing.
    ///
    /// # Errors
    /// 400 if it is no list of texts.
    pub fn texts(&self, name: &str) -> Result<Vec<&str>, Failure> {
        let refused = || Failure::bad_request(format!("{name} has to be a list of texts"));
        let texts = self.list(name)?.unwrap_or_default().iter().map(|item| {
            let text = as_text(item).ok_or_else(refused)?;
            check_text(name, text)?;
            Ok(text)
        });
        texts.collect()
    }

    /// The list of whole numbers called `name` (sent as for [`Self::texts`]), or an empty list if it is missing.
    ///
    /// # Errors
    /// 400 if it is no list of whole numbers.
    pub fn integers(&self, name: &str) -> Result<Vec<i64>, Failure> {
        let refused = || Failure::bad_request(format!("{name} has to be a list of whole numbers"));
        self.list(name)?.unwrap_or_default().iter().map(|item| as_integer(item).ok_or_else(refused)).collect()
    }

    /// The file called `name`, if there is one.
    #[must_use]
    pub fn file(&self, name: &str) -> Option<&File> {
        self.files.iter().rev().find(|file| file.name == name)
    }

    fn list(&self, name: &str) -> Result<Option<&[Value]>, Failure> {
        match self.get(name) {
            None => Ok(None),
            Some(Value::Array(items)) => Ok(Some(items)),
            Some(_) => Err(Failure::bad_request(format!("{name} has to be a list"))),
        }
    }

    fn get(&self, name: &str) -> Option<&Value> {
        self.named
            .iter()
            .rev()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value)
            .filter(|value| !value.is_null())
    }

    fn add_to_count(&mut self, more: usize) -> Result<(), Failure> {
        self.count += more;
        if self.count > MAX_PARAMETERS {
            return Err(Failure::bad_request(format!("More than {MAX_PARAMETERS} parameters")));
        }
        Ok(())
    }
}

fn as_text(value: &Value) -> Option<&str> {
    match value {
        Value::String(text) => Some(text),
        Value::Bool(true) => Some("1"),
        Value::Bool(false) => Some(""),
        _ => None,
    }
}

fn as_integer(value: &Value) -> Option<i64> {
    match value {
        Value::String(text) => text.parse().ok(),
        Value::Bool(boolean) => Some(i64::from(*boolean)),
        _ => None,
    }
}

/// Refuses U+0000, which PostgreSQL cannot store.
fn check_text(name: &str, text: &str) -> Result<(), Failure> {
    if text.contains('\0') {
        return Err(Failure::bad_request(format!("{name} must not contain the character U+0000")));
    }
    Ok(())
}

fn missing(name: &str) -> Failure {
    Failure::bad_request(format!("{name} is missing"))
}

fn not_utf8(name: &str) -> Failure {
    Failure::bad_request(format!("{name} has to be text in UTF-8"))
}

impl<S: Sync> FromRequest<S> for Parameters {
    type Rejection = Failure;

    async fn from_request(request: Request, _: &S) -> Result<Self, Failure> {
        let mut parameters = Self::default();
        let (parts, body) = request.into_parts();
        if let Some(query) = parts.uri.query() {
            parameters.add_pairs(query.as_bytes())?;
        }
        let body = body::read(body).await?;
        parameters.add_body(&parts.headers, &body)?;
        Ok(parameters)
    }
}

#[cfg(test)]
mod tests;
