//! Data that is rendered once for many answers.

use std::sync::Arc;

use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use crate::answer::{Contents, Render};

/// A value and its JSON. XML, which few clients ask for, is converted from the JSON for each answer.
#[derive(Debug)]
pub struct Prerendered<T> {
    value: T,
    json: Box<[u8]>,
}

impl<T: Serialize> Prerendered<T> {
    /// Renders `value` as JSON.
    ///
    /// # Errors
    /// Fails for a map whose keys are no texts.
    pub fn new(value: T) -> Result<Self, serde_json::Error> {
        let json = serde_json::to_vec(&value)?.into_boxed_slice();
        Ok(Self { value, json })
    }
}

impl<T> Prerendered<T> {
    /// The size of the JSON, in bytes.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.json.len()
    }

    /// The value.
    #[must_use]
    pub fn value(&self) -> &T {
        &self.value
    }
}

/// 200 with a list of rendered items, and further headers.
#[derive(Debug)]
pub struct PrerenderedList<T> {
    items: Vec<Arc<Prerendered<T>>>,
    headers: HeaderMap,
}

impl<T> PrerenderedList<T> {
    /// An answer with these items.
    #[must_use]
    pub fn new(items: Vec<Arc<Prerendered<T>>>) -> Self {
        Self { items, headers: HeaderMap::new() }
    }

    /// The same with a further header.
    #[must_use]
    pub fn with_header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.append(name, value);
        self
    }
}

impl<T: Serialize + Send + Sync + 'static> IntoResponse for PrerenderedList<T> {
    fn into_response(self) -> Response {
        let mut response = StatusCode::OK.into_response();
        *response.headers_mut() = self.headers;
        let data = Arc::new(Items(self.items));
        response.extensions_mut().insert(Contents { code: 200, message: None, data });
        response
    }
}

struct Items<T>(Vec<Arc<Prerendered<T>>>);

impl<T: Serialize + Send + Sync> Render for Items<T> {
    fn json_bytes(&self) -> usize {
        self.0.iter().map(|item| item.bytes() + 1).sum()
    }

    fn json(&self, out: &mut Vec<u8>) -> Result<(), serde_json::Error> {
        out.push(b'[');
        for (index, item) in self.0.iter().enumerate() {
            if index > 0 {
                out.push(b',');
            }
            out.extend_from_slice(&item.json);
        }
        out.push(b']');
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rendered_items_are_written_like_other_values() {
        let values = [serde_json::json!({ "id": 1, "text": "a<b" }), serde_json::json!({ "id": 2 })];
        let items = values.clone().map(|value| Arc::new(Prerendered::new(value).unwrap()));
        let mut json = Vec::new();
        Items(items.to_vec()).json(&mut json).unwrap();
        assert_eq!(json, serde_json::to_vec(&values).unwrap());
        let mut none = Vec::new();
        Items::<serde_json::Value>(Vec::new()).json(&mut none).unwrap();
        assert_eq!(none, b"[]");
    }
}
