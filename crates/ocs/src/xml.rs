//! Any serde value as OCS writes it in XML: a member is an element of its name, an item of a list is `<element>`,
//! `true` is `1`, `false` and `null` are empty.
//!
//! What was typed by people stands in texts and, where a map is keyed by it, in the names of elements. Texts are
//! escaped, and characters that XML 1.0 cannot hold are left out. Characters that a name cannot hold are written
//! `_xHHHH_`, and so is a `_` that would otherwise be read as the beginning of one.

use std::fmt::{self, Display, Write};

use serde::ser::{self, Serialize};

/// A value that has no form in XML.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Error(String);

impl ser::Error for Error {
    fn custom<T: Display>(message: T) -> Self {
        Self(message.to_string())
    }
}

impl From<fmt::Error> for Error {
    fn from(error: fmt::Error) -> Self {
        Self(error.to_string())
    }
}

/// Writes `value` as the element `name`, indented by `depth` spaces.
///
/// # Errors
/// If the value has no form in XML, such as a map with maps for keys.
pub fn write_element(
    out: &mut String,
    name: &str,
    depth: usize,
    value: &(impl Serialize + ?Sized),
) -> Result<(), Error> {
    value.serialize(Element { out, name: &encode_name(name), depth })
}

/// A text between tags.
fn escape_into(out: &mut String, text: &str) {
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            // A parser would make a line feed of it.
            '\r' => out.push_str("&#13;"),
            character if in_xml(character) => out.push(character),
            _ => {}
        }
    }
}

/// Whether XML 1.0 has this character.
fn in_xml(character: char) -> bool {
    matches!(character, '\t' | '\n' | '\r' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..)
}

/// `name` as the name of an element.
fn encode_name(name: &str) -> String {
    let mut encoded = String::with_capacity(name.len());
    for (position, character) in name.char_indices() {
        let looks_encoded = name[position..].starts_with("_x");
        let fits = if position == 0 { starts_name(character) } else { continues_name(character) };
        if fits && !looks_encoded {
            encoded.push(character);
        } else {
            let _ = write!(encoded, "_x{:04X}_", u32::from(character));
        }
    }
    if encoded.is_empty() { "_".to_owned() } else { encoded }
}

/// XML 1.0, production 4, without the colon.
fn starts_name(character: char) -> bool {
    matches!(character,
        'A'..='Z' | '_' | 'a'..='z' | '\u{c0}'..='\u{d6}' | '\u{d8}'..='\u{f6}' | '\u{f8}'..='\u{2ff}'
        | '\u{370}'..='\u{37d}' | '\u{37f}'..='\u{1fff}' | '\u{200c}'..='\u{200d}' | '\u{2070}'..='\u{218f}'
        | '\u{2c00}'..='\u{2fef}' | '\u{3001}'..='\u{d7ff}' | '\u{f900}'..='\u{fdcf}' | '\u{fdf0}'..='\u{fffd}'
        | '\u{10000}'..='\u{effff}')
}

/// XML 1.0, production 4a, without the colon.
fn continues_name(character: char) -> bool {
    starts_name(character)
        || matches!(character, '-' | '.' | '0'..='9' | '\u{b7}' | '\u{300}'..='\u{36f}' | '\u{203f}'..='\u{2040}')
}

/// Writes one value as one element.
struct Element<'a> {
    out: &'a mut String,
    name: &'a str,
    depth: usize,
}

impl<'a> Element<'a> {
    fn text(self, text: &str) -> Result<(), Error> {
        let Self { out, name, depth } = self;
        write!(out, "{:depth$}<{name}>", "")?;
        escape_into(out, text);
        writeln!(out, "</{name}>")?;
        Ok(())
    }

    fn plain(self, text: impl Display) -> Result<(), Error> {
        let Self { out, name, depth } = self;
        writeln!(out, "{:depth$}<{name}>{text}</{name}>", "")?;
        Ok(())
    }

    fn children(self) -> Children<'a> {
        Children { out: self.out, name: self.name, depth: self.depth, any: false, key: String::new() }
    }
}

/// Writes the items or members of one value within its element.
struct Children<'a> {
    out: &'a mut String,
    name: &'a str,
    depth: usize,
    any: bool,
    /// The name of the member whose value comes next.
    key: String,
}

impl Children<'_> {
    fn child(&mut self, name: &str, value: &(impl Serialize + ?Sized)) -> Result<(), Error> {
        if !self.any {
            let Self { out, name, depth, .. } = self;
            writeln!(out, "{:depth$}<{name}>", "", depth = *depth)?;
            self.any = true;
        }
        value.serialize(Element { out: self.out, name, depth: self.depth + 1 })
    }

    fn close(self) -> Result<(), Error> {
        let Self { out, name, depth, any, .. } = self;
        let slash = if any { ("</", ">") } else { ("<", "/>") };
        writeln!(out, "{:depth$}{}{name}{}", "", slash.0, slash.1)?;
        Ok(())
    }
}

impl<'a> ser::Serializer for Element<'a> {
    type Ok = ();
    type Error = Error;
    type SerializeSeq = Children<'a>;
    type SerializeTuple = Children<'a>;
    type SerializeTupleStruct = Children<'a>;
    type SerializeTupleVariant = Children<'a>;
    type SerializeMap = Children<'a>;
    type SerializeStruct = Children<'a>;
    type SerializeStructVariant = Children<'a>;

    fn serialize_bool(self, value: bool) -> Result<(), Error> {
        self.plain(if value { "1" } else { "" })
    }

    fn serialize_i8(self, value: i8) -> Result<(), Error> {
        self.plain(value)
    }

    fn serialize_i16(self, value: i16) -> Result<(), Error> {
        self.plain(value)
    }

    fn serialize_i32(self, value: i32) -> Result<(), Error> {
        self.plain(value)
    }

    fn serialize_i64(self, value: i64) -> Result<(), Error> {
        self.plain(value)
    }

    fn serialize_u8(self, value: u8) -> Result<(), Error> {
        self.plain(value)
    }

    fn serialize_u16(self, value: u16) -> Result<(), Error> {
        self.plain(value)
    }

    fn serialize_u32(self, value: u32) -> Result<(), Error> {
        self.plain(value)
    }

    fn serialize_u64(self, value: u64) -> Result<(), Error> {
        self.plain(value)
    }

    fn serialize_f32(self, value: f32) -> Result<(), Error> {
        self.plain(value)
    }

    fn serialize_f64(self, value: f64) -> Result<(), Error> {
        self.plain(value)
    }

    fn serialize_char(self, value: char) -> Result<(), Error> {
        self.text(value.encode_utf8(&mut [0; 4]))
    }

    fn serialize_str(self, value: &str) -> Result<(), Error> {
        self.text(value)
    }

    fn serialize_bytes(self, value: &[u8]) -> Result<(), Error> {
        self.collect_seq(value)
    }

    fn serialize_none(self) -> Result<(), Error> {
        self.plain("")
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), Error> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<(), Error> {
        self.plain("")
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<(), Error> {
        self.plain("")
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, variant: &'static str) -> Result<(), Error> {
        self.text(variant)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        value: &T,
    ) -> Result<(), Error> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<(), Error> {
        let mut children = self.children();
        children.child(&encode_name(variant), value)?;
        children.close()
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Children<'a>, Error> {
        Ok(self.children())
    }

    fn serialize_tuple(self, _: usize) -> Result<Children<'a>, Error> {
        Ok(self.children())
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Children<'a>, Error> {
        Ok(self.children())
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Children<'a>, Error> {
        Ok(self.children())
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Children<'a>, Error> {
        Ok(self.children())
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Children<'a>, Error> {
        Ok(self.children())
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Children<'a>, Error> {
        Ok(self.children())
    }
}

/// The ways in which serde hands over items without names.
macro_rules! items {
    ($($trait:ident :: $method:ident),+) => {$(
        impl ser::$trait for Children<'_> {
            type Ok = ();
            type Error = Error;

            fn $method<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
                self.child("element", value)
            }

            fn end(self) -> Result<(), Error> {
                self.close()
            }
        }
    )+};
}
items!(
    SerializeSeq::serialize_element,
    SerializeTuple::serialize_element,
    SerializeTupleStruct::serialize_field,
    SerializeTupleVariant::serialize_field
);

/// The ways in which serde hands over members with names.
macro_rules! members {
    ($($trait:ident),+) => {$(
        impl ser::$trait for Children<'_> {
            type Ok = ();
            type Error = Error;

            fn serialize_field<T: Serialize + ?Sized>(&mut self, name: &'static str, value: &T) -> Result<(), Error> {
                // Members of structs have plain names, but for ours: see `encode_name`.
                if name.bytes().all(|b| b.is_ascii_alphabetic()) {
                    self.child(name, value)
                } else {
                    self.child(&encode_name(name), value)
                }
            }

            fn end(self) -> Result<(), Error> {
                self.close()
            }
        }
    )+};
}
members!(SerializeStruct, SerializeStructVariant);

impl ser::SerializeMap for Children<'_> {
    type Ok = ();
    type Error = Error;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), Error> {
        self.key = match serde_json::to_value(key) {
            Ok(serde_json::Value::String(text)) => text,
            Ok(value @ (serde_json::Value::Number(_) | serde_json::Value::Bool(_))) => value.to_string(),
            _ => return Err(Error("the key of a map has to be a text or a number".to_owned())),
        };
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        let name = encode_name(&std::mem::take(&mut self.key));
        self.child(&name, value)
    }

    fn end(self) -> Result<(), Error> {
        self.close()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;

    fn xml(value: &Value) -> String {
        let mut out = String::new();
        write_element(&mut out, "data", 0, value).unwrap();
        out
    }

    #[test]
    fn members_items_and_leaves() {
        let written =
            xml(&json!({ "yes": true, "no": false, "none": null, "list": [1, "two"], "empty": [] }));
        let expected = "<data>\n <empty/>\n <list>\n  <element>1</element>\n  <element>two</element>\n </list>\n \
            <no></no>\n <none></none>\n <yes>1</yes>\n</data>\n";
        assert_eq!(written, expected);
        assert_eq!(xml(&json!([])), "<data/>\n");
    }

    #[test]
    fn what_people_typed_stays_text() {
        assert_eq!(xml(&json!("<b>&amp;\u{0}\u{ffff}]]>")), "<data>&lt;b&gt;&amp;amp;]]&gt;</data>\n");
        assert_eq!(
            xml(&json!({ "1 <a/>": 1 })),
            "<data>\n <_x0031__x0020__x003C_a_x002F__x003E_>1</_x0031__x0020__x003C_a_x002F__x003E_>\n</data>\n"
        );
    }

    /// Undoes `encode_name`.
    fn decode_name(mut name: &str) -> String {
        let mut decoded = String::new();
        while let Some((before, code_and_rest)) = name.split_once("_x") {
            let (code, rest) = code_and_rest.split_once('_').unwrap();
            decoded.push_str(before);
            decoded.push(u32::from_str_radix(code, 16).ok().and_then(char::from_u32).unwrap());
            name = rest;
        }
        decoded + name
    }

    /// What a reader of the XML gets: every leaf a text without the characters that XML has not.
    fn as_read(value: &Value) -> Value {
        match value {
            Value::Null | Value::Bool(false) => json!(""),
            Value::Bool(true) => json!("1"),
            Value::Number(number) => json!(number.to_string()),
            Value::String(text) => json!(text.chars().filter(|&c| in_xml(c)).collect::<String>()),
            Value::Array(items) if items.is_empty() => json!(""),
            Value::Array(items) => {
                Value::Array(items.iter().map(|item| json!(["element", as_read(item)])).collect())
            }
            Value::Object(members) if members.is_empty() => json!(""),
            Value::Object(members) => {
                Value::Array(members.iter().map(|(name, value)| json!([name, as_read(value)])).collect())
            }
        }
    }

    fn read(node: roxmltree::Node<'_, '_>) -> Value {
        let children: Vec<_> = node.children().filter(roxmltree::Node::is_element).collect();
        if children.is_empty() {
            return json!(node.text().unwrap_or_default());
        }
        Value::Array(
            children.into_iter().map(|n| json!([decode_name(n.tag_name().name()), read(n)])).collect(),
        )
    }

    fn any_text() -> impl Strategy<Value = String> {
        prop_oneof![
            any::<String>(),
            "\\PC{0,8}",
            "[ \t\n\r\u{0}-\u{1f}<>&'\"]{0,6}",
            "(_x?[0-9A-F]{0,5}_?){1,3}",
        ]
    }

    fn any_value() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any_text().prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 40, 6, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..6).prop_map(Value::Array),
                prop::collection::vec((any_text().prop_filter("a name", |n| !n.is_empty()), inner), 0..6)
                    .prop_map(|members| Value::Object(members.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1000))]
        #[test]
        fn any_value_goes_out_well_formed_and_comes_back(value in any_value()) {
            let written = xml(&value);
            let document = roxmltree::Document::parse(&written).map_err(|e| TestCaseError::fail(format!("{e}\n{written}")))?;
            prop_assert_eq!(read(document.root_element()), as_read(&value), "{}", written);
        }
    }
}
