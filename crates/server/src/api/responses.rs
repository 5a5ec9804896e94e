//! What an operation answers, as the OpenAPI document describes it.

use schemars::{JsonSchema, Schema, SchemaGenerator};

use super::manners::Manners;

/// The successes of an operation. Its refusals follow from its policy, its parameters and its
/// [`super::operation::Meta::refusals`].
#[derive(Default)]
pub(crate) struct Responses(Vec<ResponseDocs>);

/// One success.
pub(crate) struct ResponseDocs {
    /// The status of HTTP.
    pub(crate) status: u16,
    /// What it means.
    pub(crate) docs: &'static str,
    /// What stands in `ocs.data`. `None`: the answer has no body.
    pub(crate) data: Option<fn(&mut SchemaGenerator) -> Schema>,
}

impl Responses {
    /// 200 with data.
    pub(crate) fn ok<T: JsonSchema>(docs: &'static str) -> Self {
        Self::default().and::<T>(200, docs)
    }

    /// A success that has nothing to say, in the manners `M`.
    pub(crate) fn empty<M: Manners>() -> Self {
        Self::ok::<M::Empty>("Done.")
    }

    /// 201 with data.
    pub(crate) fn created<T: JsonSchema>(docs: &'static str) -> Self {
        Self::default().and::<T>(201, docs)
    }

    /// Another status with data.
    pub(crate) fn and<T: JsonSchema>(mut self, status: u16, docs: &'static str) -> Self {
        self.0.push(ResponseDocs { status, docs, data: Some(SchemaGenerator::subschema_for::<T>) });
        self
    }

    /// Another status without a body.
    pub(crate) fn and_empty(mut self, status: u16, docs: &'static str) -> Self {
        self.0.push(ResponseDocs { status, docs, data: None });
        self
    }

    /// Each of them.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &ResponseDocs> {
        self.0.iter()
    }
}
