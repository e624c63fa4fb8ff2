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
            rest =
                line.split_once(':').map_or(behind, |(_, first)| if first.trim().is_empty() { behind } else { rest });
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

/// What lines say of which each has a key that is known.
pub(super) fn all<'text>(lines: impl Iterator<Item = &'text str>) -> Option<Map<String, Value>> {
    let lines = lines.filter(|line| !line.trim().is_empty());
    let values: Option<Map<String, Value>> = lines
        .map(|line| keyed(line).map(|(key, value)| (usual(key).into_owned(), Value::String(value.to_owned()))))
        .collect();
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
