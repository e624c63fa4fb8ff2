//! YAML → values, by the parser's events: numbers and truths stay the words in which they are written, for `8.10` may be a title.

use std::collections::HashMap;
use std::fmt;

use granit_parser::{Event, Marker, Parser, ScalarStyle, ScanError};
use serde_json::{Map, Value};

/// Why a text is no YAML, or none of keys and values.
#[derive(Debug)]
pub(crate) struct Fault {
    pub(crate) message: String,
    /// From one.
    pub(crate) line: usize,
    /// From one, in characters.
    pub(crate) column: usize,
}

impl fmt::Display for Fault {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} at line {}, column {}", self.message, self.line, self.column)
    }
}

impl Fault {
    fn at(place: &Marker, message: impl Into<String>) -> Self {
        Self { message: message.into(), line: place.line(), column: place.col() + 1 }
    }
}

impl From<ScanError> for Fault {
    fn from(fault: ScanError) -> Self {
        Self::at(fault.marker(), fault.info())
    }
}

/// The values of a mapping; of two with one key the last counts. A text without any has none.
pub(crate) fn values(text: &str) -> Result<Map<String, Value>, Fault> {
    let mut tree = Tree::default();
    let mut documents = 0;
    for next in Parser::new_from_str(text) {
        let (event, span) = next?;
        let fault = |message: &str| Fault::at(&span.start, message);
        match event {
            Event::Scalar(text, style, anchor, _) => {
                let is_null = style == ScalarStyle::Plain && matches!(&*text, "" | "~" | "null" | "Null" | "NULL");
                tree.put(if is_null { Value::Null } else { text.into() }, anchor).map_err(fault)?;
            }
            Event::SequenceStart(_, anchor, _) => tree.open(Value::Array(Vec::new()), anchor),
            Event::MappingStart(_, anchor, _) => tree.open(Value::Object(Map::new()), anchor),
            Event::SequenceEnd | Event::MappingEnd => tree.close().map_err(fault)?,
            Event::Alias(anchor) => tree.repeat(anchor).map_err(fault)?,
            Event::DocumentStart(..) if documents > 0 => return Err(fault("there is a second document")),
            Event::DocumentStart(..) => documents += 1,
            _ => {}
        }
    }
    match tree.root {
        Value::Null => Ok(Map::new()),
        Value::Object(values) => Ok(values),
        _ => Err(Fault { message: "there are no keys".to_owned(), line: 1, column: 1 }),
    }
}

/// Values, as their events come.
#[derive(Default)]
struct Tree {
    root: Value,
    open: Vec<Open>,
    anchors: HashMap<usize, Value>,
    repeated: usize,
}

/// A list or a mapping that is not closed.
struct Open {
    value: Value,
    anchor: usize,
    /// Whose value comes next.
    key: Option<String>,
    /// Mappings whose values count where there is none of their key (<https://yaml.org/type/merge.html>).
    merged: Vec<Value>,
}

/// So many values at most may have names or stand for others: names of names, and names within names, grow beyond any memory.
const MOST_REPEATED: usize = 1000;

impl Tree {
    fn open(&mut self, value: Value, anchor: usize) {
        self.open.push(Open { value, anchor, key: None, merged: Vec::new() });
    }

    fn close(&mut self) -> Result<(), &'static str> {
        let Some(Open { mut value, anchor, merged, .. }) = self.open.pop() else { return Ok(()) };
        if let Value::Object(values) = &mut value {
            for (key, value) in merged.into_iter().flat_map(mappings).flatten() {
                values.entry(key).or_insert(value);
            }
        }
        self.put(value, anchor)
    }

    fn repeat(&mut self, anchor: usize) -> Result<(), &'static str> {
        let value = self.anchors.get(&anchor).cloned().unwrap_or_default();
        self.count(&value)?;
        self.put(value, 0)
    }

    fn count(&mut self, value: &Value) -> Result<(), &'static str> {
        self.repeated += size(value);
        if self.repeated > MOST_REPEATED { Err("its aliases stand for too much") } else { Ok(()) }
    }

    fn put(&mut self, value: Value, anchor: usize) -> Result<(), &'static str> {
        if anchor > 0 {
            self.count(&value)?;
            self.anchors.insert(anchor, value.clone());
        }
        let Some(Open { value: into, key, merged, .. }) = self.open.last_mut() else {
            self.root = value;
            return Ok(());
        };
        match (into, key.take()) {
            (Value::Array(list), _) => list.push(value),
            (_, Some(name)) if name == "<<" && !value.is_string() => merged.push(value),
            (Value::Object(values), Some(name)) => _ = values.insert(name, value),
            (_, None) => {
                *key = Some(match value {
                    Value::String(name) => name,
                    Value::Null => String::new(),
                    _ => return Err("a list or a mapping is no key"),
                });
            }
            _ => {}
        }
        Ok(())
    }
}

fn mappings(value: Value) -> Vec<Map<String, Value>> {
    match value {
        Value::Object(values) => vec![values],
        Value::Array(list) => list.into_iter().flat_map(mappings).collect(),
        _ => Vec::new(),
    }
}

fn size(value: &Value) -> usize {
    1 + match value {
        Value::Array(list) => list.iter().map(size).sum(),
        Value::Object(values) => values.values().map(size).sum(),
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Value {
        values(text).map_or_else(|fault| fault.message.into(), Value::Object)
    }

    #[test]
    fn values_are_the_words_in_which_they_are_written() {
        let json = |text: &str| serde_json::from_str::<Value>(text).unwrap();
        let cases = [
            ("a: 8.10\nb: [007, 'x: y', \"\\u6e2f\"]\nc: yes", r#"{"a":"8.10","b":["007","x: y","港"],"c":"yes"}"#),
            ("a:\nb: ~\nc: ''\nd: null # e", r#"{"a":null,"b":null,"c":"","d":null}"#),
            ("a: |\n  x\n  y\nb: >-\n  x\n  y\nc: x\n  y", r#"{"a":"x\ny\n","b":"x y","c":"x y"}"#),
            ("a: 1\na: 2", r#"{"a":"2"}"#),
            (
                "a: &a {x: 1, y: [2]}\nb: *a\nc:\n  <<: *a\n  x: 3",
                r#"{"a":{"x":"1","y":["2"]},"b":{"x":"1","y":["2"]},"c":{"x":"3","y":["2"]}}"#,
            ),
            ("a: !!str 1\nb: !x {}\n2021: c", r#"{"a":"1","b":{},"2021":"c"}"#),
            ("# nothing", "{}"),
        ];
        for (text, wanted) in cases {
            assert_eq!(read(text), json(wanted), "{text}");
        }
    }

    #[test]
    fn what_is_no_mapping_and_what_grows_beyond_memory_is_a_fault() {
        for text in ["- a", "a", "a: 1\n--- b", "{[a]: b}", "a: *b", "a: [", "a: b: c"] {
            assert!(values(text).is_err(), "{text}");
        }
        let mut bomb = "a0: &a0 [x, x]\n".to_owned();
        for at in 1..60 {
            bomb += &format!("a{at}: &a{at} [*a{}, *a{}]\n", at - 1, at - 1);
        }
        assert_eq!(read(&bomb), "its aliases stand for too much");
        let nested: String = (0..200).map(|at| format!("&a{at} [")).collect();
        let bomb = format!("a: {nested}{}{}", "x, ".repeat(1000), "]".repeat(200));
        assert_eq!(read(&bomb), "its aliases stand for too much");
        assert!(values(&format!("a: {}", "[".repeat(100_000))).is_err());
        let fault = values("title: x\ntext: \"a\" b").unwrap_err();
        assert_eq!((fault.line, fault.column), (2, 11));
    }
}
