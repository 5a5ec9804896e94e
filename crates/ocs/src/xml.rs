//! Conversion of JSON to the XML of OCS: a member becomes an element of its name, an item of a list `<element>`, `true`
//! is `1`, `false` and `null` are empty.
//!
//! Text of users becomes text nodes and, as the key of a map, the name of an element. Text is escaped, and characters
//! that XML 1.0 does not allow are dropped. Characters that a name does not allow are written as `_xHHHH_`, and so is a
//! `_` that would otherwise begin such a sequence.

use std::fmt::{self, Write as _};

use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};

/// Appends the JSON document `json` to `out` as the element `name`.
///
/// # Errors
/// If `json` is not a JSON document.
pub fn write_element(out: &mut String, name: &str, json: &[u8]) -> Result<(), serde_json::Error> {
    let mut document = serde_json::Deserializer::from_slice(json);
    Element { out, name, depth: 0 }.deserialize(&mut document)?;
    document.end()
}

/// Writes the next JSON value as one element, indented by `depth` spaces. It writes while it parses, so that members
/// keep their order and no tree is built.
struct Element<'a> {
    out: &'a mut String,
    name: &'a str,
    depth: usize,
}

impl<'de> DeserializeSeed<'de> for Element<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, value: D) -> Result<(), D::Error> {
        value.deserialize_any(self)
    }
}

impl Element<'_> {
    fn leaf(mut self, text: &str) {
        self.tag("<", ">");
        escape_into(self.out, text);
        let _ = writeln!(self.out, "</{}>", self.name);
    }

    /// Writes the indentation and the name between `before` and `after`.
    fn tag(&mut self, before: &str, after: &str) {
        let Self { name, depth, .. } = self;
        let _ = write!(self.out, "{:depth$}{before}{name}{after}", "", depth = *depth);
    }

    fn close(mut self, has_children: bool) {
        let (before, after) = if has_children { ("</", ">\n") } else { ("<", "/>\n") };
        self.tag(before, after);
    }
}

impl<'de> Visitor<'de> for Element<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        self.leaf("");
        Ok(())
    }

    fn visit_bool<E>(self, value: bool) -> Result<(), E> {
        self.leaf(if value { "1" } else { "" });
        Ok(())
    }

    fn visit_i64<E>(self, value: i64) -> Result<(), E> {
        self.leaf(&value.to_string());
        Ok(())
    }

    fn visit_u64<E>(self, value: u64) -> Result<(), E> {
        self.leaf(&value.to_string());
        Ok(())
    }

    fn visit_f64<E>(self, value: f64) -> Result<(), E> {
        self.leaf(&value.to_string());
        Ok(())
    }

    fn visit_str<E>(self, value: &str) -> Result<(), E> {
        self.leaf(value);
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut items: A) -> Result<(), A::Error> {
        let mut has_children = false;
        loop {
            let item = Child { parent: &mut self, has_children: &mut has_children, name: "element" };
            if items.next_element_seed(item)?.is_none() {
                break;
            }
        }
        self.close(has_children);
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut members: A) -> Result<(), A::Error> {
        let mut has_children = false;
        while let Some(name) = members.next_key::<String>()? {
            let name = encode_name(&name);
            members.next_value_seed(Child {
                parent: &mut self,
                has_children: &mut has_children,
                name: &name,
            })?;
        }
        self.close(has_children);
        Ok(())
    }
}

/// The next value inside `parent`. The first child writes the start tag of `parent`, because an empty element has none.
struct Child<'a, 'b> {
    parent: &'a mut Element<'b>,
    has_children: &'a mut bool,
    name: &'a str,
}

impl<'de> DeserializeSeed<'de> for Child<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, value: D) -> Result<(), D::Error> {
        let Self { parent, has_children, name } = self;
        if !std::mem::replace(has_children, true) {
            parent.tag("<", ">\n");
        }
        Element { out: parent.out, name, depth: parent.depth + 1 }.deserialize(value)
    }
}

/// Writes the text of an element.
fn escape_into(out: &mut String, text: &str) {
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            // A parser would convert it to a line feed.
            '\r' => out.push_str("&#13;"),
            character if in_xml(character) => out.push(character),
            _ => {}
        }
    }
}

/// Whether XML 1.0 allows this character.
fn in_xml(character: char) -> bool {
    matches!(character, '\t' | '\n' | '\r' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..)
}

/// Encodes `name` as the name of an element.
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;

    fn xml(value: &Value) -> String {
        let mut out = String::new();
        write_element(&mut out, "data", &serde_json::to_vec(value).unwrap()).unwrap();
        out
    }

    #[test]
    fn members_items_and_leaves_become_elements() {
        let written =
            xml(&json!({ "yes": true, "no": false, "none": null, "list": [1, "two"], "empty": [] }));
        let expected = "<data>\n <empty/>\n <list>\n  <element>1</element>\n  <element>two</element>\n </list>\n \
            <no></no>\n <none></none>\n <yes>1</yes>\n</data>\n";
        assert_eq!(written, expected);
        assert_eq!(xml(&json!([])), "<data/>\n");
    }

    #[test]
    fn text_of_users_is_escaped() {
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

    /// The value that a parser of the XML returns: each leaf is a text without the characters that XML does not allow.
    fn as_parsed(value: &Value) -> Value {
        match value {
            Value::Null | Value::Bool(false) => json!(""),
            Value::Bool(true) => json!("1"),
            Value::Number(number) => json!(number.to_string()),
            Value::String(text) => json!(text.chars().filter(|&c| in_xml(c)).collect::<String>()),
            Value::Array(items) if items.is_empty() => json!(""),
            Value::Array(items) => {
                Value::Array(items.iter().map(|item| json!(["element", as_parsed(item)])).collect())
            }
            Value::Object(members) if members.is_empty() => json!(""),
            Value::Object(members) => {
                Value::Array(members.iter().map(|(name, value)| json!([name, as_parsed(value)])).collect())
            }
        }
    }

    fn parse(node: roxmltree::Node<'_, '_>) -> Value {
        let children: Vec<_> = node.children().filter(roxmltree::Node::is_element).collect();
        if children.is_empty() {
            return json!(node.text().unwrap_or_default());
        }
        Value::Array(
            children.into_iter().map(|n| json!([decode_name(n.tag_name().name()), parse(n)])).collect(),
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
        fn any_value_is_written_as_well_formed_xml_and_parsed_back(value in any_value()) {
            let written = xml(&value);
            let document = roxmltree::Document::parse(&written).map_err(|e| TestCaseError::fail(format!("{e}\n{written}")))?;
            prop_assert_eq!(parse(document.root_element()), as_parsed(&value), "{}", written);
        }
    }
}
