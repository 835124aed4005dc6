//! From bytes to a JSON value whose depth, lists and texts are bounded while it is being parsed.

use std::cell::RefCell;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

use super::error::{ReadError, shortened};

/// Levels of objects and lists within one another.
pub const MAX_DEPTH: usize = 64;
/// Entries of one list, members of one object.
pub const MAX_ENTRIES: usize = 1_000;
/// Bytes of one text.
pub const MAX_STRING: usize = 1 << 20;

/// Parses a document of unknown origin. Refuses nesting beyond [`MAX_DEPTH`], lists beyond
/// [`MAX_ENTRIES`], texts beyond [`MAX_STRING`], duplicate keys, and what is not JSON (NaN, lone
/// surrogates, a second value behind the first). NUL characters, which PostgreSQL cannot store, are
/// left out. The caller bounds the size of the whole.
pub fn parse_json(bytes: &[u8]) -> Result<Value, ReadError> {
    let refusal = RefCell::new(None);
    let root = Bounded {
        depth: 0,
        field: "the document",
        refusal: &refusal,
    };
    let mut parser = serde_json::Deserializer::from_slice(bytes);
    let parsed = root
        .deserialize(&mut parser)
        .and_then(|value| parser.end().map(|()| value));
    parsed.map_err(|e| {
        refusal
            .take()
            .unwrap_or_else(|| ReadError::NotJson(shortened(&e.to_string())))
    })
}

/// One value at one place. A refusal of ours travels beside serde's error, which can only carry text.
#[derive(Clone, Copy)]
struct Bounded<'a> {
    depth: usize,
    field: &'a str,
    refusal: &'a RefCell<Option<ReadError>>,
}

impl<'a> Bounded<'a> {
    fn refuse<E: Error>(&self, why: ReadError) -> E {
        let error = E::custom(&why);
        self.refusal.replace(Some(why));
        error
    }

    fn too_large<E: Error>(&self, limit: usize) -> E {
        self.refuse(ReadError::TooLarge {
            field: shortened(self.field),
            limit,
        })
    }

    fn inside<E: Error>(&self) -> Result<Self, E> {
        if self.depth >= MAX_DEPTH {
            return Err(self.refuse(ReadError::TooDeep));
        }
        Ok(Bounded {
            depth: self.depth + 1,
            ..*self
        })
    }

    fn text<E: Error>(&self, mut text: String) -> Result<String, E> {
        if text.len() > MAX_STRING {
            return Err(self.too_large(MAX_STRING));
        }
        text.retain(|c| c != '\0');
        Ok(text)
    }
}

impl<'de> DeserializeSeed<'de> for Bounded<'_> {
    type Value = Value;
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Bounded<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Value, E> {
        Ok(Number::from_f64(value).map_or(Value::Null, Value::Number))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Value, E> {
        self.text(value.to_owned()).map(Value::String)
    }

    fn visit_string<E: Error>(self, value: String) -> Result<Value, E> {
        self.text(value).map(Value::String)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let inside = self.inside()?;
        let mut list = Vec::new();
        while let Some(entry) = entries.next_element_seed(inside)? {
            if list.len() >= MAX_ENTRIES {
                return Err(self.too_large(MAX_ENTRIES));
            }
            list.push(entry);
        }
        Ok(Value::Array(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let inside = self.inside()?;
        let mut object = Map::new();
        while let Some(key) = members.next_key::<String>()? {
            let key = self.text(key)?;
            if object.len() >= MAX_ENTRIES {
                return Err(self.too_large(MAX_ENTRIES));
            }
            if object.contains_key(&key) {
                let key = shortened(&key);
                return Err(self.refuse(ReadError::DuplicateKey { key }));
            }
            let value = members.next_value_seed(Bounded {
                field: &key,
                ..inside
            })?;
            object.insert(key, value);
        }
        Ok(Value::Object(object))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(json: impl AsRef<[u8]>) -> ReadError {
        parse_json(json.as_ref()).unwrap_err()
    }

    fn nested(levels: usize) -> String {
        "[".repeat(levels) + &"]".repeat(levels)
    }

    #[test]
    fn attack_48_deep_wide_long_and_doubled_documents_are_refused() {
        assert!(parse_json(nested(MAX_DEPTH).as_bytes()).is_ok());
        assert_eq!(refusal(nested(MAX_DEPTH + 1)), ReadError::TooDeep);
        assert_eq!(refusal(nested(10_000)), ReadError::TooDeep);

        let list = |n| format!(r#"{{"tag":[{}1]}}"#, "1,".repeat(n - 1));
        assert!(parse_json(list(MAX_ENTRIES).as_bytes()).is_ok());
        let too_large = |field: &str, limit| ReadError::TooLarge {
            field: field.into(),
            limit,
        };
        assert_eq!(
            refusal(list(MAX_ENTRIES + 1)),
            too_large("tag", MAX_ENTRIES)
        );

        let text = |n| format!(r#"{{"content":"{}"}}"#, "a".repeat(n));
        assert!(parse_json(text(MAX_STRING).as_bytes()).is_ok());
        assert_eq!(
            refusal(text(MAX_STRING + 1)),
            too_large("content", MAX_STRING)
        );

        let key = "id".into();
        assert_eq!(
            refusal(r#"{"id":"a","id":"b"}"#),
            ReadError::DuplicateKey { key }
        );
    }

    #[test]
    fn attack_48_what_is_not_json_is_refused_and_nul_is_left_out() {
        for bad in [
            "",
            "{",
            "NaN",
            r#"{"a":1}x"#,
            r#""\ud800""#,
            "1e999",
            "<html>",
        ] {
            assert!(matches!(refusal(bad), ReadError::NotJson(_)), "{bad}");
        }
        assert!(matches!(refusal(b"\"\xff\""), ReadError::NotJson(_)));
        assert_eq!(
            parse_json(br#"{"na\u0000me":"a\u0000b"}"#).unwrap(),
            serde_json::json!({"name": "ab"})
        );
        let numbers = serde_json::json!([1, -2, 2.5, null, true, u64::MAX]);
        assert_eq!(parse_json(numbers.to_string().as_bytes()).unwrap(), numbers);
    }
}
