//! URL-encoded parameters: `name=value&name=value`, in queries and forms.

use std::borrow::Cow;

use percent_encoding::percent_decode;
use serde_json::Value;

use super::{Parameters, not_utf8};
use crate::answer::Failure;

impl Parameters {
    /// Parses a query or a form. A list in the query is not continued by the form.
    pub(super) fn add_pairs(&mut self, encoded: &[u8]) -> Result<(), Failure> {
        let start = self.named.len();
        for pair in encoded.split(|byte| *byte == b'&').filter(|pair| !pair.is_empty()) {
            let (name, value) = match pair.iter().position(|byte| *byte == b'=') {
                Some(equals) => (&pair[..equals], &pair[equals + 1..]),
                None => (pair, &[][..]),
            };
            let name = decode(name)
                .map_err(|_| Failure::bad_request("The name of a parameter has to be text in UTF-8"))?;
            let value = decode(value).map_err(|_| not_utf8(&name))?;
            self.add_text(start, &name, value)?;
        }
        Ok(())
    }

    /// Adds a text. A name such as `name[]` makes it an item of a list; only lists from index `start` on are continued.
    pub(super) fn add_text(&mut self, start: usize, name: &str, text: String) -> Result<(), Failure> {
        self.add_to_count(1)?;
        let value = Value::String(text);
        let Some(list) = list_name(name) else {
            self.named.push((name.to_owned(), value));
            return Ok(());
        };
        match self.named[start..].iter_mut().find(|(name, value)| name == list && value.is_array()) {
            Some((_, Value::Array(items))) => items.push(value),
            _ => self.named.push((list.to_owned(), Value::Array(vec![value]))),
        }
        Ok(())
    }
}

/// The name of the list of which `name[]` or `name[0]` is an item. Items keep the order of the request; the index is
/// ignored.
fn list_name(name: &str) -> Option<&str> {
    let (list, index) = name.strip_suffix(']')?.rsplit_once('[')?;
    index.bytes().all(|byte| byte.is_ascii_digit()).then_some(list)
}

/// Decodes a name or a value.
fn decode(encoded: &[u8]) -> Result<String, std::string::FromUtf8Error> {
    let spaced: Cow<'_, [u8]> = if encoded.contains(&b'+') {
        encoded.iter().map(|byte| if *byte == b'+' { b' ' } else { *byte }).collect()
    } else {
        encoded.into()
    };
    String::from_utf8(percent_decode(&spaced).collect())
}
