//! Parameters in bodies: URL-encoded and multipart forms, and JSON.

use std::error::Error;
use std::io;

use axum::body::{Body, to_bytes};
use axum::http::HeaderMap;
use axum::http::header::CONTENT_TYPE;
use bytes::Bytes;
use futures_util::{FutureExt as _, stream};
use http_body_util::LengthLimitError;
use multer::Multipart;
use serde_json::Value;

use super::{BODY_LIMIT, File, Parameters, not_utf8};
use crate::answer::Failure;

/// Reads the whole body.
pub(super) async fn read(body: Body) -> Result<Bytes, Failure> {
    to_bytes(body, BODY_LIMIT).await.map_err(|error| refuse_body(&error))
}

/// The refusal of a body that could not be read: 413 if it is too large, 408 if it took too long (an error of the kind
/// [`io::ErrorKind::TimedOut`]), otherwise 400.
#[must_use]
pub fn refuse_body(error: &axum::Error) -> Failure {
    if has_cause(error, <dyn Error>::is::<LengthLimitError>) {
        Failure::new(413).because("The body must not have more than 1 MiB")
    } else if has_cause(error, is_timeout) {
        Failure::late_body()
    } else {
        Failure::bad_request("The body ended too early")
    }
}

fn has_cause(error: &(dyn Error + 'static), predicate: impl Fn(&(dyn Error + 'static)) -> bool) -> bool {
    std::iter::successors(Some(error), |&error| error.source()).any(predicate)
}

fn is_timeout(error: &(dyn Error + 'static)) -> bool {
    error.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == io::ErrorKind::TimedOut)
}

impl Parameters {
    /// Parses a body by the media type in `headers`.
    pub(super) fn add_body(&mut self, headers: &HeaderMap, body: &Bytes) -> Result<(), Failure> {
        // Clients send these for "no parameters", with any media type.
        if matches!(body.trim_ascii(), b"" | b"[]" | b"null") {
            return Ok(());
        }
        let content_type = headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        let media_type = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        match media_type.as_str() {
            "application/x-www-form-urlencoded" => self.add_pairs(body),
            "multipart/form-data" => self.add_multipart(content_type, body),
            "application/json" => self.add_json(body),
            _ => Err(Failure::new(415).because(
                "The body has to be a form (application/x-www-form-urlencoded or multipart/form-data) or JSON \
                 (application/json)",
            )),
        }
    }

    fn add_json(&mut self, body: &[u8]) -> Result<(), Failure> {
        let Ok(text) = std::str::from_utf8(body) else { return Err(json_not_utf8(body)) };
        // Some programs begin a text with a byte order mark.
        match serde_json::from_str(text.strip_prefix('\u{feff}').unwrap_or(text)) {
            Ok(Value::Object(members)) => {
                for (name, value) in members {
                    self.add_to_count(1 + value.as_array().map_or(0, Vec::len))?;
                    self.named.push((name, numbers_as_text(value)));
                }
                Ok(())
            }
            Ok(_) => Err(Failure::bad_request("The body has to be a JSON object")),
            Err(error) => Err(Failure::bad_request(format!("The body is not JSON: {error}"))),
        }
    }

    /// Parses the parts of a `multipart/form-data` body. A part with a file name is a file.
    fn add_multipart(&mut self, content_type: &str, body: &Bytes) -> Result<(), Failure> {
        let start = self.named.len();
        let refused = |error: multer::Error| {
            Failure::bad_request(format!("The body is not multipart/form-data: {error}"))
        };
        let boundary = multer::parse_boundary(content_type).map_err(refused)?;
        let body = body.clone();
        let mut parts = Multipart::new(stream::once(async { Ok::<_, io::Error>(body) }), boundary);
        while let Some(part) = poll_once(parts.next_field())?.map_err(refused)? {
            let Some(name) = part.name().map(str::to_owned) else {
                return Err(Failure::bad_request("A part of the body has no name in UTF-8"));
            };
            let file_name = part.file_name().map(str::to_owned);
            let content_type = part.content_type().map(ToString::to_string);
            let bytes = poll_once(part.bytes())?.map_err(refused)?;
            match file_name {
                // A browser sends this if no file was chosen.
                Some(file_name) if file_name.is_empty() && bytes.is_empty() => self.add_to_count(1)?,
                Some(file_name) => {
                    self.add_to_count(1)?;
                    self.files.push(File { name, file_name, content_type, bytes });
                }
                None => {
                    let text = String::from_utf8(bytes.into()).map_err(|_| not_utf8(&name))?;
                    self.add_text(start, &name, text)?;
                }
            }
        }
        Ok(())
    }
}

/// The output of `part`, which is ready because the whole body was read. A part that is not ready is incomplete.
fn poll_once<T>(part: impl Future<Output = T>) -> Result<T, Failure> {
    part.now_or_never()
        .ok_or_else(|| Failure::bad_request("The body is not multipart/form-data: it is incomplete"))
}

/// Converts numbers to their text, so that they can be read as either.
fn numbers_as_text(value: Value) -> Value {
    match value {
        Value::Number(number) => Value::String(number.to_string()),
        Value::Array(items) => Value::Array(items.into_iter().map(numbers_as_text).collect()),
        other => other,
    }
}

/// The failure that names the member that is not UTF-8.
fn json_not_utf8(body: &[u8]) -> Failure {
    let Ok(Value::Object(members)) = serde_json::from_slice(String::from_utf8_lossy(body).as_bytes()) else {
        return Failure::bad_request("The body has to be JSON in UTF-8");
    };
    let replaced = |value: &Value| value.to_string().contains(char::REPLACEMENT_CHARACTER);
    let broken = members.iter().find(|(_, value)| replaced(value));
    broken.map_or_else(
        || Failure::bad_request("The name of a parameter has to be text in UTF-8"),
        |(name, _)| not_utf8(name),
    )
}
