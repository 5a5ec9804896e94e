//! Empty values as PHP writes them. PHP has one type for lists and maps, so an empty map or object is `[]` in JSON, and
//! clients expect that.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::ser::{Serialize, SerializeMap, SerializeSeq, Serializer};

/// No data: `[]` in JSON, an empty element in XML.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct EmptyArray;

impl Serialize for EmptyArray {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_seq(Some(0))?.end()
    }
}

/// A map in the given order. Without entries it is `[]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PhpMap<K, V>(pub Vec<(K, V)>);

impl<K: Serialize, V: Serialize> Serialize for PhpMap<K, V> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.0.is_empty() {
            return EmptyArray.serialize(serializer);
        }
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (key, value) in &self.0 {
            map.serialize_entry(key, value)?;
        }
        map.end()
    }
}

/// An object, or `[]` if there is none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PhpObject<T>(pub Option<T>);

impl<T: Serialize> Serialize for PhpObject<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.0 {
            Some(object) => object.serialize(serializer),
            None => EmptyArray.serialize(serializer),
        }
    }
}

/// The schema of `[]`.
impl JsonSchema for EmptyArray {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "EmptyArray".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "array", "maxItems": 0 })
    }
}

impl<K, V: JsonSchema> JsonSchema for PhpMap<K, V> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        format!("MapOf{}", V::schema_name()).into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let title = format!("Map of {}", V::schema_name());
        let (value, empty) = (generator.subschema_for::<V>(), generator.subschema_for::<EmptyArray>());
        json_schema!({ "oneOf": [
            { "title": title, "type": "object", "minProperties": 1, "additionalProperties": value },
            empty,
        ] })
    }
}

impl<T: JsonSchema> JsonSchema for PhpObject<T> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        format!("{}OrEmptyArray", T::schema_name()).into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let (object, empty) = (generator.subschema_for::<T>(), generator.subschema_for::<EmptyArray>());
        json_schema!({ "oneOf": [object, empty] })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn empty_values_are_empty_lists() {
        let json = |value: &dyn Fn() -> serde_json::Value| value().to_string();
        assert_eq!(json(&|| serde_json::to_value(EmptyArray).unwrap()), "[]");
        assert_eq!(json(&|| serde_json::to_value(PhpMap::<&str, i64>(vec![])).unwrap()), "[]");
        assert_eq!(serde_json::to_string(&PhpMap(vec![("b", 1), ("a", 2)])).unwrap(), r#"{"b":1,"a":2}"#);
        assert_eq!(serde_json::to_string(&PhpObject::<i64>(None)).unwrap(), "[]");
        assert_eq!(serde_json::to_string(&PhpObject(Some(3))).unwrap(), "3");
    }
}
