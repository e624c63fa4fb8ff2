//! What a front matter says, whatever it was written in: [`FrontMatter`].

use serde_json::{Map, Value};

use super::keys::usual;
use crate::escape::is_unfit;
use crate::parse::html::media_ref::is_picture_address;

/// The names of an article's date, in the order of trust.
pub const DATES: &[&str] = &[
    "date",
    "pubdate",
    "publishdate",
    "publish_date",
    "date_published",
    "post_date",
    "published",
    "created",
    "created_at",
    "createdat",
];

/// The names of the moment when it was changed.
pub const CHANGES: &[&str] =
    &["updated", "lastmod", "last_modified_at", "modified", "updated_at", "date_modified", "last_modified"];

/// What a front matter says; empty where there is none.
#[derive(Debug, Default)]
pub struct FrontMatter {
    values: Map<String, Value>,
}

impl From<Map<String, Value>> for FrontMatter {
    /// What stands in Zola's and Hugo's tables, and in the dates of MkDocs, is looked up beside the rest, which goes before it; each
    /// key is the [`usual`] one.
    fn from(mut values: Map<String, Value>) -> Self {
        for table in ["taxonomies", "extra", "params", "date"] {
            match values.remove(table) {
                Some(Value::Object(inner)) => inner.into_iter().for_each(|(key, value)| {
                    values.entry(key).or_insert(value);
                }),
                Some(other) if table == "date" => {
                    values.insert(table.to_owned(), other);
                }
                _ => {}
            }
        }
        let odd: Vec<String> = values.keys().filter(|key| usual(key) != key.as_str()).cloned().collect();
        for key in odd {
            if let Some(value) = values.remove(&key)
                && values.get(&*usual(&key)).is_none_or(is_empty)
            {
                values.insert(usual(&key).into_owned(), value);
            }
        }
        Self { values }
    }
}

impl FrontMatter {
    /// The first value that any of the names has, as text.
    pub fn text(&self, names: &[&str]) -> Option<String> {
        self.find(names).and_then(as_text).filter(|text| !text.is_empty())
    }

    /// The values that the names have, as texts, in the order of the names.
    pub fn texts(&self, names: &[&str]) -> Vec<String> {
        names.iter().filter_map(|name| self.text(&[name])).collect()
    }

    /// The first value that any of the names has, as a list; a text is a list of one.
    pub fn list(&self, names: &[&str]) -> Vec<String> {
        match self.find(names) {
            Some(Value::Array(items)) => {
                // Hexo has lists of categories in lists.
                let flat =
                    items.iter().flat_map(|item| item.as_array().map_or(std::slice::from_ref(item), Vec::as_slice));
                flat.filter_map(as_text).filter(|text| !text.is_empty()).collect()
            }
            Some(value) => as_text(value).filter(|text| !text.is_empty()).into_iter().collect(),
            None => Vec::new(),
        }
    }

    /// The first value that any of the names has, as a truth.
    pub fn truth(&self, names: &[&str]) -> Option<bool> {
        match self.find(names)? {
            Value::Bool(truth) => Some(*truth),
            Value::String(text) => match text.to_ascii_lowercase().as_str() {
                "true" | "yes" | "on" => Some(true),
                "false" | "no" | "off" => Some(false),
                _ => None,
            },
            _ => None,
        }
    }

    /// Whether a table, Hugo's `build`, says that a page is not rendered or not listed.
    pub fn says_never(&self, table: &str) -> bool {
        let is_never =
            |value: &Value| *value == Value::Bool(false) || matches!(value.as_str(), Some("never" | "false"));
        let table = self.values.get(table).and_then(Value::as_object);
        table.is_some_and(|table| ["render", "list"].iter().filter_map(|key| table.get(*key)).any(is_never))
    }

    /// The address of the picture that stands for the article, under the names and in the forms of Jekyll's, Hugo's and Ghost's
    /// themes.
    pub fn picture(&self) -> Option<&str> {
        const NAMES: &[&str] = &[
            "image",
            "cover",
            "feature_image",
            "featured_image",
            "featuredimage",
            "cover_image",
            "images",
            "thumbnail",
            "banner",
        ];
        // `cover: false` and `image: A. Smith` are no addresses.
        let of =
            |name: &&str| self.values.get(*name).and_then(address_in).filter(|address| is_picture_address(address));
        NAMES.iter().find_map(of)
    }

    /// The first address in the values that the names have, of each name.
    pub fn addresses<'a>(&'a self, names: &'a [&str]) -> impl Iterator<Item = &'a str> {
        names.iter().filter_map(|name| self.values.get(*name).and_then(address_in))
    }

    fn find(&self, names: &[&str]) -> Option<&Value> {
        names.iter().find_map(|name| self.values.get(*name).filter(|value| !is_empty(value)))
    }
}

/// A key without a value says nothing; another may.
fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.trim().is_empty(),
        Value::Array(items) => items.is_empty(),
        _ => false,
    }
}

fn address_in(value: &Value) -> Option<&str> {
    match value {
        Value::String(address) => Some(address.trim()).filter(|address| !address.is_empty()),
        Value::Array(list) => list.iter().find_map(address_in),
        Value::Object(table) => {
            ["path", "url", "src", "image"].iter().find_map(|key| table.get(*key).and_then(address_in))
        }
        _ => None,
    }
}

fn as_text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(shown(text.trim())),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(truth) => Some(truth.to_string()),
        // Authors have a name, Docusaurus's tags a label.
        Value::Object(table) => ["name", "label"].iter().find_map(|key| table.get(*key)).and_then(as_text),
        _ => None,
    }
}

/// Controls show nothing, and feeds may not hold them.
fn shown(text: &str) -> String {
    let is_plain = |byte: u8| matches!(byte, b' '..=b'~' | 0x80..=0xbf | 0xe3..=0xee);
    // Most texts are of letters and Han characters, whatever they say.
    if text.bytes().all(is_plain) {
        return text.to_owned();
    }
    text.replace(|c: char| is_unfit(c) || (c.is_control() && !c.is_whitespace()), "")
}
