//! JSON as it was written: a key that stands twice in an object is a fault, not a silent choice of one of them.
//!
//! The work is linear in the body, and what a body can make of memory is bounded, whoever sent it: places are put into words
//! only for the few faults that are told.

use std::fmt;

use serde::de::{Deserialize, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

/// Levels of a body at most. A relationship of a row of many is at the seventh.
pub(crate) const DEPTH: usize = 32;

/// Values of a body at most, those within others counted too. The largest that anyone needs, five hundred rows with their
/// grants, has some tens of thousands.
pub(crate) const VALUES: usize = 300_000;

/// Bytes of a member's name at most. The longest that is declared anywhere has some thirty.
pub(crate) const NAME: usize = 256;

/// Duplicate keys whose place is kept; of the others there is only a count.
const PLACES: usize = 51;

/// What came out of reading a body.
pub(crate) struct Parsed {
    pub(crate) value: Value,
    /// JSON pointers of the keys that stand twice, the first ones.
    pub(crate) duplicates: Vec<String>,
    /// How many more there are.
    pub(crate) more_duplicates: usize,
    /// What reading cost, in values looked at and steps of places put into words.
    #[cfg(test)]
    pub(crate) work: usize,
}

/// Why a body is not read.
#[derive(Debug)]
pub(crate) enum Unreadable {
    /// It stops being JSON there.
    NotJson(serde_json::Error),
    /// It is more than anyone needs: what of it, and how much may be.
    TooMuch(&'static str, usize),
}

/// Reads a body.
pub(crate) fn parse(text: &[u8]) -> Result<Parsed, Unreadable> {
    let mut reading = Reading::default();
    let mut deserializer = serde_json::Deserializer::from_slice(text);
    let read = Strict(&mut reading).deserialize(&mut deserializer);
    let value = read.and_then(|value| deserializer.end().map(|()| value));
    match (value, reading.too_much) {
        (_, Some((what, limit))) => Err(Unreadable::TooMuch(what, limit)),
        (Err(error), None) => Err(Unreadable::NotJson(error)),
        (Ok(value), None) => Ok(Parsed {
            value,
            duplicates: reading.duplicates,
            more_duplicates: reading.more_duplicates,
            #[cfg(test)]
            work: reading.work,
        }),
    }
}

/// One step of a JSON pointer, escaped as RFC 6901, 3 says.
pub(crate) fn step(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

/// Where the reader is.
enum Step {
    Name(String),
    Row(usize),
}

/// What the reader knows of the body as a whole.
#[derive(Default)]
struct Reading {
    place: Vec<Step>,
    values: usize,
    duplicates: Vec<String>,
    more_duplicates: usize,
    too_much: Option<(&'static str, usize)>,
    work: usize,
}

impl Reading {
    /// Counts one more value, and refuses the one too many.
    fn enter<E: serde::de::Error>(&mut self) -> Result<(), E> {
        self.values += 1;
        self.work += 1;
        if self.values > VALUES {
            return Err(self.refuse("values", VALUES));
        }
        if self.place.len() > DEPTH {
            return Err(self.refuse("levels", DEPTH));
        }
        Ok(())
    }

    fn refuse<E: serde::de::Error>(&mut self, what: &'static str, limit: usize) -> E {
        self.too_much = Some((what, limit));
        E::custom("more than anyone needs")
    }

    fn stands_twice(&mut self) {
        if self.duplicates.len() >= PLACES {
            self.more_duplicates += 1;
            return;
        }
        self.work += self.place.len();
        let steps = self.place.iter().map(|place| match place {
            Step::Name(name) => format!("/{}", step(name)),
            Step::Row(row) => format!("/{row}"),
        });
        self.duplicates.push(steps.collect());
    }
}

struct Strict<'a>(&'a mut Reading);

impl<'de> DeserializeSeed<'de> for Strict<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        self.0.enter()?;
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict<'_> {
    type Value = Value;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("JSON")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(Number::from_f64(value).map_or(Value::Null, Value::Number))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.to_owned()))
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_none<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        Deserialize::deserialize(deserializer)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut values = Vec::new();
        loop {
            self.0.place.push(Step::Row(values.len()));
            let value = items.next_element_seed(Strict(self.0))?;
            self.0.place.pop();
            match value {
                Some(value) => values.push(value),
                None => return Ok(Value::Array(values)),
            }
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let mut object = Map::new();
        while let Some(key) = entries.next_key::<String>()? {
            if key.len() > NAME {
                return Err(self.0.refuse("bytes in a name", NAME));
            }
            let is_twice = object.contains_key(&key);
            self.0.place.push(Step::Name(key.clone()));
            if is_twice {
                self.0.stands_twice();
            }
            let value = entries.next_value_seed(Strict(self.0))?;
            self.0.place.pop();
            object.insert(key, value);
        }
        Ok(Value::Object(object))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn parsed(text: &[u8]) -> Parsed {
        parse(text).unwrap_or_else(|error| panic!("{error:?}"))
    }

    #[test]
    fn a_key_that_stands_twice_is_found_wherever_it_is() {
        let parsed = parsed(br#"{"data":[{"a":1},{"a":1,"b/c":{"x":1,"x":2}}],"data":3}"#);
        assert_eq!(parsed.duplicates, ["/data/1/b~1c/x", "/data"]);
    }

    #[test]
    fn what_is_not_json_is_refused() {
        for text in ["", "{", "{}{}", "nul", "[1,]", "{\"a\":NaN}", "\u{feff}{}"] {
            assert!(matches!(parse(text.as_bytes()), Err(Unreadable::NotJson(_))), "{text:?}");
        }
    }

    /// Bodies that are meant to cost much, each of up to four megabytes.
    fn hostile() -> Vec<(&'static str, Vec<u8>, Option<&'static str>)> {
        let key = "k".repeat(1_000_000);
        let zeros = vec!["0"; 250_000].join(",");
        let short = "k".repeat(NAME);
        vec![
            (
                "a name of a megabyte over many values",
                format!("{{\"{key}\":[{zeros}]}}").into(),
                Some("bytes in a name"),
            ),
            ("a name as long as may be over many values", format!("{{\"{short}\":[{zeros}]}}").into(), None),
            ("many values", format!("[{}]", vec!["0"; 2_000_000].join(",")).into(), Some("values")),
            ("one key many times", format!("{{{}}}", vec!["\"k\":0"; 60_000].join(",")).into(), None),
            ("deep", "[".repeat(100_000).into(), Some("levels")),
            ("deep in objects", "{\"a\":".repeat(100_000).into(), Some("levels")),
            (
                "many keys",
                format!(
                    "{{{}}}",
                    (0..200_000).map(|key| format!("\"{key}\":0")).collect::<Vec<_>>().join(",")
                )
                .into(),
                None,
            ),
            ("one long text", format!("[\"{}\"]", "x".repeat(4_000_000)).into(), None),
        ]
    }

    #[test]
    fn what_is_more_than_anyone_needs_is_refused_and_costs_no_more_than_its_length() {
        for (name, body, refused) in hostile() {
            match (parse(&body), refused) {
                (Err(Unreadable::TooMuch(what, _)), Some(expected)) => assert_eq!(what, expected, "{name}"),
                (Ok(parsed), None) => {
                    assert!(parsed.work <= body.len(), "{name}: {} for {} bytes", parsed.work, body.len());
                    assert!(parsed.duplicates.len() <= PLACES, "{name}");
                }
                (other, _) => panic!("{name}: {:?}", other.map(|_| "read")),
            }
        }
        let twice = parsed(format!("{{{}}}", vec!["\"k\":0"; 60_000].join(",")).as_bytes());
        assert_eq!(twice.duplicates.len() + twice.more_duplicates, 59_999);
    }

    /// Pieces of which bodies are made that look like JSON more often than not.
    fn pieces() -> impl Strategy<Value = Vec<u8>> {
        let piece = prop_oneof![
            Just("{".to_owned()),
            Just("}".to_owned()),
            Just("[".to_owned()),
            Just("]".to_owned()),
            Just("\"a\":".to_owned()),
            Just("\"a\"".to_owned()),
            Just(",".to_owned()),
            Just("0".to_owned()),
            Just("null".to_owned()),
            Just("\"\\u0000\"".to_owned()),
            "[a-z\"\\\\:,0-9]{0,12}",
        ];
        prop::collection::vec(piece, 0..400).prop_map(|pieces| pieces.concat().into_bytes())
    }

    proptest! {
        #[test]
        fn whatever_comes_is_read_in_linear_work(body in pieces(), raw in prop::collection::vec(any::<u8>(), 0..2_000)) {
            for body in [body, raw] {
                if let Ok(parsed) = parse(&body) {
                    prop_assert!(parsed.work <= body.len() * 2 + 2);
                }
            }
        }
    }
}
