//! The parameters of an operation as a type: read from the path, the query and the body, and described for the OpenAPI
//! document. Structs get this by `#[derive(Params)]`.

use std::fmt::Display;

use axum::extract::{FromRequest as _, FromRequestParts as _, Request};
use plauder_model::{MessageId, NotificationId, Token};
use plauder_ocs::parameters::{MAX_SEARCH_CHARACTERS, PathParameters};
use plauder_ocs::{Failure, Parameters};
use serde_json::{Value, json};

/// The parameters of an operation.
pub(crate) trait Params: Sized + Send + Sync + 'static {
    /// Reads them. What the query and the body hold is read before the path, so that a parameter that cannot be read is
    /// refused before an object that does not exist.
    ///
    /// # Errors
    /// 400 with a message that names the parameter; 404 if a segment of the path can name no object.
    fn read(source: &Source) -> Result<Self, Failure>;

    /// Describes each of them.
    fn fields() -> Vec<Field>;
}

/// An operation without parameters.
impl Params for () {
    fn read(_: &Source) -> Result<Self, Failure> {
        Ok(())
    }

    fn fields() -> Vec<Field> {
        Vec::new()
    }
}

/// What a request carries.
pub(crate) struct Source {
    segments: PathParameters,
    parameters: Parameters,
}

impl Source {
    /// Reads a request to its end.
    ///
    /// # Errors
    /// 400 if its path is not UTF-8; 400, 408, 413 or 415 if its body cannot be read.
    pub(crate) async fn from_request(request: Request) -> Result<Self, Failure> {
        let (mut parts, body) = request.into_parts();
        let segments = PathParameters::from_request_parts(&mut parts, &()).await?;
        let parameters = Parameters::from_request(Request::from_parts(parts, body), &()).await?;
        Ok(Self { segments, parameters })
    }

    /// A segment of the path. `None`: the route has none of this name.
    pub(crate) fn segment(&self, name: &str) -> Option<&str> {
        self.segments.get(name)
    }

    /// What stands in the query and in the body.
    pub(crate) fn parameters(&self) -> &Parameters {
        &self.parameters
    }
}

/// A parameter as the OpenAPI document describes it.
pub(crate) struct Field {
    /// Its name on the wire.
    pub(crate) name: &'static str,
    /// What it means.
    pub(crate) docs: &'static str,
    /// Whether it is a segment of the path.
    pub(crate) is_in_path: bool,
    /// For a segment of the path: the code of the refusal of one that can name no object.
    pub(crate) code_of_no_object: Option<u16>,
    /// Whether the request is refused without it.
    pub(crate) is_required: bool,
    /// Its JSON schema.
    pub(crate) schema: Value,
}

impl Field {
    /// A segment of the path.
    pub(crate) fn in_path<T: PathParam>(name: &'static str, docs: &'static str) -> Self {
        let code_of_no_object = T::read(None).err().map(|failure| failure.code());
        Self { name, docs, is_in_path: true, code_of_no_object, is_required: true, schema: T::schema() }
    }

    /// A parameter in the query or in the body.
    pub(crate) fn in_request(
        name: &'static str,
        docs: &'static str,
        is_required: bool,
        schema: fn() -> Value,
    ) -> Self {
        Self { name, docs, is_in_path: false, code_of_no_object: None, is_required, schema: schema() }
    }

    /// The same with the value that it has if it is absent.
    pub(crate) fn or(mut self, default: Value) -> Self {
        self.schema["default"] = default;
        self
    }

    /// The same with bounds.
    pub(crate) fn within(mut self, min: Option<i64>, max: Option<i64>) -> Self {
        for (name, bound) in [("minimum", min), ("maximum", max)] {
            if let Some(bound) = bound {
                self.schema[name] = bound.into();
            }
        }
        self
    }
}

/// A value in the query or in the body.
pub(crate) trait Param: Sized {
    /// Whether the request is refused without it.
    const IS_REQUIRED: bool = true;

    /// Reads it.
    ///
    /// # Errors
    /// 400 with a message that names it, if it is missing or of another type.
    fn read(parameters: &Parameters, name: &str) -> Result<Self, Failure>;

    /// Its JSON schema.
    fn schema() -> Value;
}

/// A type whose absence can be told from every value.
trait Optional: Sized {
    fn read(parameters: &Parameters, name: &str) -> Result<Option<Self>, Failure>;
    fn schema() -> Value;
}

impl Optional for String {
    fn read(parameters: &Parameters, name: &str) -> Result<Option<Self>, Failure> {
        Ok(parameters.optional_text(name)?.map(str::to_owned))
    }

    fn schema() -> Value {
        json!({ "type": "string" })
    }
}

impl Optional for i64 {
    fn read(parameters: &Parameters, name: &str) -> Result<Option<Self>, Failure> {
        parameters.optional_integer(name)
    }

    fn schema() -> Value {
        json!({ "type": "integer", "format": "int64" })
    }
}

impl Optional for bool {
    fn read(parameters: &Parameters, name: &str) -> Result<Option<Self>, Failure> {
        let (yes, no) = (parameters.bool_or(name, true)?, parameters.bool_or(name, false)?);
        Ok((yes == no).then_some(yes))
    }

    fn schema() -> Value {
        json!({ "type": "boolean" })
    }
}

/// The id of a message. Clients send a negative one, such as -1, for none.
impl Optional for MessageId {
    fn read(parameters: &Parameters, name: &str) -> Result<Option<Self>, Failure> {
        Ok(parameters.optional_id(name)?.map(Self))
    }

    fn schema() -> Value {
        <i64 as Optional>::schema()
    }
}

/// A text to search for. No search looks for a longer one than [`plauder_ocs::parameters::MAX_SEARCH_CHARACTERS`].
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct SearchTerm(pub(crate) String);

impl Optional for SearchTerm {
    fn read(parameters: &Parameters, name: &str) -> Result<Option<Self>, Failure> {
        let is_there = parameters.optional_text(name)?.is_some();
        let term = parameters.search_term(name)?;
        Ok(is_there.then(|| Self(term.to_owned())))
    }

    fn schema() -> Value {
        json!({ "type": "string", "maxLength": MAX_SEARCH_CHARACTERS })
    }
}

impl<T: Optional> Param for Option<T> {
    const IS_REQUIRED: bool = false;

    fn read(parameters: &Parameters, name: &str) -> Result<Self, Failure> {
        T::read(parameters, name)
    }

    fn schema() -> Value {
        T::schema()
    }
}

impl<T: Optional> Param for T {
    fn read(parameters: &Parameters, name: &str) -> Result<Self, Failure> {
        let missing = || Failure::bad_request(format!("{name} is missing"));
        <T as Optional>::read(parameters, name)?.ok_or_else(missing)
    }

    fn schema() -> Value {
        <T as Optional>::schema()
    }
}

/// A list of texts: `name[]=a&name[]=b`, or a JSON list; empty if it is absent.
impl Param for Vec<String> {
    const IS_REQUIRED: bool = false;

    fn read(parameters: &Parameters, name: &str) -> Result<Self, Failure> {
        Ok(parameters.texts(name)?.into_iter().map(str::to_owned).collect())
    }

    fn schema() -> Value {
        json!({ "type": "array", "items": { "type": "string" } })
    }
}

/// A list of whole numbers; empty if it is absent.
impl Param for Vec<i64> {
    const IS_REQUIRED: bool = false;

    fn read(parameters: &Parameters, name: &str) -> Result<Self, Failure> {
        parameters.integers(name)
    }

    fn schema() -> Value {
        json!({ "type": "array", "items": { "type": "integer" } })
    }
}

/// Refuses a number outside of its bounds.
///
/// # Errors
/// 400 with a message that names the parameter and its bounds.
pub(crate) fn check_bounds(
    name: &str,
    value: i64,
    min: Option<i64>,
    max: Option<i64>,
) -> Result<(), Failure> {
    let is_within = min.is_none_or(|min| value >= min) && max.is_none_or(|max| value <= max);
    if is_within {
        return Ok(());
    }
    let bounds: &dyn Display = &match (min, max) {
        (Some(min), Some(max)) if max == min + 1 => format!("{min} or {max}"),
        (Some(min), Some(max)) => format!("{min} to {max}"),
        (Some(min), None) => format!("{min} or more"),
        (None, Some(max)) => format!("{max} or less"),
        (None, None) => return Ok(()),
    };
    Err(Failure::bad_request(format!("{name} has to be {bounds}")))
}

/// A segment of the path.
pub(crate) trait PathParam: Sized {
    /// Reads it. `None`: the route has no such segment.
    ///
    /// # Errors
    /// 404 if it can name no object.
    fn read(segment: Option<&str>) -> Result<Self, Failure>;

    /// Its JSON schema.
    fn schema() -> Value {
        json!({ "type": "string" })
    }
}

/// The token of a conversation.
impl PathParam for Token {
    fn read(segment: Option<&str>) -> Result<Self, Failure> {
        let token = segment.and_then(Token::parse);
        token.ok_or_else(|| Failure::new(404).because("The conversation could not be found"))
    }

    fn schema() -> Value {
        json!({ "type": "string", "pattern": format!("^[a-z0-9]{{{},{}}}$", Self::MIN_LENGTH, Self::MAX_LENGTH) })
    }
}

/// The id of an account, a group, a team or a setting. One with U+0000, which PostgreSQL cannot hold, names nothing.
impl PathParam for String {
    fn read(segment: Option<&str>) -> Result<Self, Failure> {
        let id = segment.filter(|id| !id.contains('\0'));
        id.map(str::to_owned).ok_or_else(|| Failure::new(998))
    }
}

/// Implements [`PathParam`] for ids that are whole numbers.
macro_rules! numbered {
    ($($id:ident: $what:literal),* $(,)?) => {
        $(impl PathParam for $id {
            fn read(segment: Option<&str>) -> Result<Self, Failure> {
                let number = segment.and_then(|text| text.parse().ok()).map(Self);
                number.ok_or_else(|| Failure::new(404).because(concat!("There is no such ", $what)))
            }

            fn schema() -> Value {
                json!({ "type": "integer", "format": "int64" })
            }
        })*
    };
}

numbered!(MessageId: "message", NotificationId: "notification");

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use plauder_derive::Params;

    use super::*;

    #[derive(Debug, PartialEq, Params)]
    struct Everything {
        /// The text.
        text_here: String,
        /// The text that may be absent.
        other_text: Option<String>,
        /// The number.
        #[param(default = 20, min = 1, max = 200)]
        limit: i64,
        /// The yes or no.
        #[param(default, name = "includeAll")]
        all: bool,
        /// The list.
        groups: Vec<String>,
    }

    async fn read<P: Params>(uri: &str) -> Result<P, Failure> {
        let request = Request::builder().uri(uri).body(Body::empty()).unwrap();
        P::read(&Source::from_request(request).await.unwrap())
    }

    #[tokio::test]
    async fn parameters_are_read_by_their_names_and_types() {
        let read_all = read::<Everything>("/?textHere=a&limit=3&includeAll=1&groups[]=x&groups[]=y").await;
        let groups = vec!["x".to_owned(), "y".to_owned()];
        let expected = Everything { text_here: "a".into(), other_text: None, limit: 3, all: true, groups };
        assert_eq!(read_all.unwrap(), expected);
        let defaults = read::<Everything>("/?textHere=&otherText=b").await.unwrap();
        assert_eq!((defaults.limit, defaults.all, defaults.other_text.as_deref()), (20, false, Some("b")));
    }

    #[tokio::test]
    async fn a_parameter_that_cannot_be_read_is_named() {
        let refused = async |query: &str| {
            let failure = read::<Everything>(&format!("/?{query}")).await.unwrap_err();
            (failure.code(), failure.message().unwrap_or_default().to_owned())
        };
        assert_eq!(refused("limit=1").await, (400, "textHere is missing".into()));
        assert_eq!(refused("textHere=&limit=0").await, (400, "limit has to be 1 to 200".into()));
        assert_eq!(refused("textHere=&limit=x").await, (400, "limit has to be a whole number".into()));
        assert_eq!(
            refused("textHere=&includeAll=perhaps").await,
            (400, "includeAll has to be true or false".into())
        );
    }

    #[test]
    fn what_is_required_is_described() {
        let fields = Everything::fields();
        let required: Vec<_> = fields.iter().map(|field| (field.name, field.is_required)).collect();
        assert_eq!(
            required,
            [
                ("textHere", true),
                ("otherText", false),
                ("limit", false),
                ("includeAll", false),
                ("groups", false)
            ]
        );
        assert_eq!(fields[2].schema["maximum"], 200);
        assert_eq!(fields[2].schema["default"], 20);
    }
}
