//! Headers that no fence holds: lines of a key and a value, as Jina's reader, Pelican, Nikola and people write them.

use serde_json::{Map, Value};

use super::keys::usual;

/// Keys of such headers, as [`usual`] has them: a line with another begins the text.
const KEYS: &[&str] = &[
    "author",
    "authors",
    "by",
    "canonical_url",
    "categories",
    "category",
    "created",
    "date",
    "date_published",
    "description",
    "from",
    "keywords",
    "lang",
    "language",
    "link",
    "markdown content",
    "modified",
    "number of pages",
    "original_url",
    "published",
    "slug",
    "source",
    "source_url",
    "status",
    "summary",
    "tags",
    "title",
    "updated",
    "updated_at",
    "url",
    "warning",
];

/// What the header at the beginning of a text says, and what follows it. It begins with a title, and has another key.
pub(super) fn header(text: &str) -> Option<(Map<String, Value>, &str)> {
    let text = text.trim_start();
    if let Some(comment) = text.strip_prefix("<!--\n.. ") {
        // Nikola's, in a comment.
        let (inner, body) = comment.split_once("-->")?;
        let lines = inner.lines().map(|line| line.strip_prefix(".. ").unwrap_or(line));
        return Some((all(lines)?, body));
    }
    let mut values = Map::new();
    let mut rest = text;
    loop {
        let (line, behind) = rest.split_once('\n').unwrap_or((rest, ""));
        let Some((key, value)) = keyed(line) else { break };
        let key = usual(key);
        if values.is_empty() && key != "title" {
            return None;
        }
        if key == "markdown content" {
            // Jina's last key: the text is its value.
            rest = rest[rest.find(':').map_or(0, |colon| colon + 1)..].trim_start();
            break;
        }
        if values.contains_key(&*key) || !fits(&key, value, &values) {
            break;
        }
        values.insert(key.into_owned(), Value::String(value.to_owned()));
        rest = behind;
        // Jina parts its lines.
        if let Some(next) = rest.strip_prefix('\n').filter(|next| is_jinas(next)) {
            rest = next;
        }
    }
    (values.len() > 1).then_some((values, rest))
}

/// Whether a value is what its key is for: else the line is text that only looks like it.
fn fits(key: &str, value: &str, before: &Map<String, Value>) -> bool {
    match key {
        "url" | "link" | "source_url" | "original_url" | "canonical_url" | "from" => value.contains("://"),
        "date" | "date_published" | "created" | "published" | "updated" | "updated_at" | "modified" => {
            value.chars().count() <= LONGEST_DATE && value.contains(|c: char| c.is_ascii_digit())
        }
        // Jina's.
        "warning" | "number of pages" => before.contains_key("source_url"),
        "status" => !value.contains(' '),
        _ => true,
    }
}

/// A longer value is a sentence about a day, in characters.
const LONGEST_DATE: usize = 40;

/// What lines say that stand where front matter does, each with a key, of which one is a title's.
pub(super) fn all<'text>(lines: impl Iterator<Item = &'text str>) -> Option<Map<String, Value>> {
    let value = |line: &str| {
        let (key, value) = line.split_once([':', '：'])?;
        Some((usual(key.trim()).into_owned(), Value::String(value.trim().to_owned())))
    };
    let values: Option<Map<String, Value>> = lines.filter(|line| !line.trim().is_empty()).map(value).collect();
    values.filter(|values| values.contains_key("title"))
}

/// No key is longer, in bytes: a body may be one line.
const LONGEST_KEY: usize = 40;

/// A key that is known, and its value behind a colon.
fn keyed(line: &str) -> Option<(&str, &str)> {
    let (key, _) = line[..line.floor_char_boundary(LONGEST_KEY)].split_once([':', '：'])?;
    let value = line[key.len()..].trim_start_matches([':', '：']).trim();
    KEYS.contains(&&*usual(key)).then_some((key, value))
}

fn is_jinas(text: &str) -> bool {
    ["URL Source:", "Published Time:", "Number of Pages:", "Warning:", "Markdown Content:"]
        .iter()
        .any(|key| text.starts_with(key))
}
