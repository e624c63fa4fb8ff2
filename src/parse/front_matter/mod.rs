//! Front matter in YAML, TOML and JSON: [`split`] tells it from the body, [`FrontMatter`] reads it.
//!
//! All three become one JSON object, in which a key is looked up under the names that Jekyll, Hugo, Zola and the
//! scrapers have for it. YAML that scrapers break (quotes within quotes, `\'`) is repaired line by line; the repair
//! is reported, never silent. In YAML the last of two values of one key counts, as for Jekyll, and a number or a truth is kept as it was
//! written, for `8.10` may be a title.

mod keys;
mod lines;
mod repair;
mod values;

use chrono::NaiveDateTime;
use serde_json::{Map, Value};

use self::keys::usual;
pub(crate) use self::repair::without_comment;
use self::repair::{has_key, json_piece_by_piece, line_by_line, repaired, requoted};
pub use self::values::{CHANGES, DATES, FrontMatter};
use super::yaml;
use crate::config::YamlDates;
use crate::diagnostics::{Code, Diagnostic};

/// Which fence a front matter has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fence {
    /// `---`
    Yaml,
    /// `+++`
    Toml,
    /// `{ … }`
    Json,
}

/// A source cut in two.
pub struct Split<'text> {
    /// The front matter's kind, if there is one.
    pub fence: Option<Fence>,
    /// What it says.
    pub front_matter: FrontMatter,
    /// The rest.
    pub body: &'text str,
    /// Faults that were mended or passed over.
    pub diagnostics: Vec<Diagnostic>,
}

/// Cuts a source into front matter and body.
pub fn split(text: &str, dates: YamlDates) -> Split<'_> {
    let none = |diagnostics| Split { fence: None, front_matter: FrontMatter::default(), body: text, diagnostics };
    let of_unclosed = |(inner, body)| {
        let mut split = of_yaml(inner, body, dates).unwrap_or_else(|| none(Vec::new()));
        let message = "the front matter has no closing `---`; it is taken to end at the first blank line";
        split.diagnostics.push(Diagnostic::warning(Code::FrontMatter, message));
        split
    };
    if let Some(split) = named_fence(text, dates) {
        return split;
    }
    if let Some((inner, body)) = fenced(text, "---") {
        if let Some(parts) = unclosed(text, inner) {
            return of_unclosed(parts);
        }
        // Text between two rules is text.
        return of_yaml(inner, body, dates).unwrap_or_else(|| none(Vec::new()));
    }
    if let Some(split) = unopened(text).and_then(|(inner, body)| of_yaml(inner, body, dates)) {
        return split;
    }
    if let Some((inner, body)) = fenced(text, "+++") {
        return toml(inner, body);
    }
    if text.starts_with("{\n") || text.starts_with("{\r\n") || text.starts_with("{\"") || text.starts_with("{ \"") {
        return json(text);
    }
    let Some(rest) = text.strip_prefix("---\n").filter(|_| text.contains("\ntitle:")) else {
        return displaced(text, dates).or_else(|| of_lines(text)).unwrap_or_else(|| none(Vec::new()));
    };
    let message = "the front matter has no closing `---`; all is taken as text";
    let head = rest.split("\n\n").next().unwrap_or(rest);
    let as_text = || Split {
        front_matter: held_back(line_by_line(head, ':')),
        ..none(vec![Diagnostic::warning(Code::FrontMatter, message)])
    };
    unclosed(text, rest).map_or_else(as_text, of_unclosed)
}

/// `---json`: Eleventy's front matter says what it is written in.
fn named_fence(text: &str, dates: YamlDates) -> Option<Split<'_>> {
    const LANGUAGES: &[&str] = &["json", "toml", "yaml", "yml", "js", "javascript"];
    let (language, _) = text.strip_prefix("---")?.split_once('\n')?;
    let language = language.trim();
    if !LANGUAGES.contains(&language) {
        return None;
    }
    let (inner, body) = up_to_fence(&text[text.find('\n')? + 1..], "---")?;
    Some(match language {
        "toml" => toml(inner, body),
        "json" => Split { body, ..json(inner) },
        "yaml" | "yml" => of_yaml(inner, body, dates)?,
        script => {
            let message = format!("front matter in `{script}` is a program, and is not read");
            let fault = Diagnostic::warning(Code::FrontMatter, message);
            let diagnostics = vec![fault.hint("write it in YAML, TOML or JSON")];
            Split { fence: Some(Fence::Json), front_matter: FrontMatter::default(), body, diagnostics }
        }
    })
}

/// The text between two fences and what follows them.
fn fenced<'text>(text: &'text str, fence: &str) -> Option<(&'text str, &'text str)> {
    let rest = text.strip_prefix(fence)?;
    up_to_fence(rest.trim_start_matches([' ', '\t', '\r']).strip_prefix('\n')?, fence)
}

fn up_to_fence<'text>(rest: &'text str, fence: &str) -> Option<(&'text str, &'text str)> {
    let mut offset = 0;
    for line in rest.split_inclusive('\n') {
        let bare = line.trim_end();
        if bare == fence || (fence == "---" && bare == "...") {
            return Some((&rest[..offset], &rest[offset + line.len()..]));
        }
        offset += line.len();
    }
    None
}

/// Front matter that only ends with a fence, as Hexo has it.
fn unopened(text: &str) -> Option<(&str, &str)> {
    text.split_once('\n').filter(|(first, _)| has_key(first))?;
    let (inner, body) = text.split_once("\n---\n")?;
    let is_part = |line: &str| has_key(line) || line.starts_with([' ', '\t', '-']);
    let has_title = inner.lines().any(|line| line.starts_with("title:"));
    (has_title && inner.lines().all(is_part)).then_some((inner, body))
}

/// Front matter behind blanks or a comment: what wrote it meant it to begin the file.
fn displaced(text: &str, dates: YamlDates) -> Option<Split<'_>> {
    let bare = text.trim_start();
    let behind_comment = || bare.strip_prefix("<!--")?.split_once("-->").map(|(_, rest)| rest.trim_start());
    let (inner, body) = [Some(bare).filter(|bare| bare.len() < text.len()), behind_comment()]
        .into_iter()
        .find_map(|text| fenced(text?, "---"))?;
    let is_part = |line: &str| line.trim().is_empty() || line.starts_with([' ', '\t', '-', '#']) || has_key(line);
    if !inner.lines().any(|line| line.starts_with("title:")) || !inner.lines().all(is_part) {
        return None;
    }
    let mut split = of_yaml(inner, body, dates)?;
    // (The places of other faults are counted from its fence.)
    let message = "the front matter does not begin the file; it is read all the same";
    split.diagnostics.insert(0, Diagnostic::warning(Code::FrontMatter, message));
    Some(split)
}

/// A header of lines, without a fence.
fn of_lines(text: &str) -> Option<Split<'_>> {
    let (values, body) = lines::header(text)?;
    Some(Split { fence: Some(Fence::Yaml), front_matter: values.into(), body, diagnostics: Vec::new() })
}

/// Front matter that nobody closed seems to end at the first rule in the text: where it is whole before a blank line, and what follows
/// that is neither keys nor parts of a value, it ends there, before text that would be lost.
fn unclosed<'text>(text: &'text str, inner: &str) -> Option<(&'text str, &'text str)> {
    let mut end = 0;
    let is_blank = |line: &&str| line.trim().is_empty();
    let before =
        inner.split_inclusive('\n').take_while(|line| !is_blank(line)).inspect(|line| end += line.len()).last()?;
    let is_text = |line: &str| !line.trim().is_empty() && !line.starts_with([' ', '\t', '-', '#', ']', '}']);
    let is_keyed = |line: &str| has_key(line) && !line.contains("://");
    let behind = || inner[end..].lines();
    let is_open = before.trim_end().ends_with(['|', '>']);
    if is_open || !behind().any(is_text) || behind().any(is_keyed) || yaml::values(inner).is_ok() {
        return None;
    }
    yaml::values(&inner[..end]).ok()?;
    let start = text.find('\n')? + 1;
    Some((&text[start..start + end], &text[start + end..]))
}

/// None if there is no value at all, though there is text.
fn of_yaml<'text>(inner: &str, body: &'text str, dates: YamlDates) -> Option<Split<'text>> {
    let mut diagnostics = Vec::new();
    let mut values = match yaml::values(inner) {
        Ok(values) => values,
        // Keys with the colon of Chinese text.
        Err(_)
            if !inner.lines().any(has_key)
                && let Some(values) = lines::all(inner.lines()) =>
        {
            values
        }
        Err(fault) => {
            let (line, column) = (fault.line, fault.column);
            let repaired = repaired(inner, line).or_else(|| yaml::values(&requoted(inner, |_| true)).ok());
            let (values, how) = match repaired {
                Some(values) => (values, "its values were quoted anew"),
                // An address in a text between two rules is no key.
                None if !inner.lines().any(|line| has_key(line) && !line.contains("://")) => return None,
                None => (line_by_line(inner, ':'), "it was read line by line"),
            };
            if values.is_empty() {
                return None;
            }
            let message = format!("invalid YAML ({}); {how}", fault.message);
            let snippet = inner.lines().nth(line.saturating_sub(1)).unwrap_or_default().to_owned();
            diagnostics.push(
                // The fence is a line of its own.
                Diagnostic::warning(Code::FrontMatter, message)
                    .in_file("")
                    .at(line + 1, column)
                    .with_snippet(snippet)
                    .hint("write quotes inside quotes as \\\" or put the value in single quotes"),
            );
            values
        }
    };
    if dates == YamlDates::Utc {
        say_utc(&mut values, inner);
    }
    Some(Split { fence: Some(Fence::Yaml), front_matter: values.into(), body, diagnostics })
}

/// What the last line that begins with a key has behind it.
fn written<'text>(key: &str, text: &'text str) -> Option<&'text str> {
    let of_key = |line: &&str| line.strip_prefix(key).is_some_and(|rest| rest.starts_with(':'));
    text.lines().rfind(of_key).map(|line| without_comment(&line[key.len() + 1..]))
}

/// Writes the zone behind moments that have none; what stands in quotes is text.
fn say_utc(values: &mut Map<String, Value>, text: &str) {
    let is_moment = |key: &str| DATES.iter().chain(CHANGES).any(|name| *name == usual(key));
    for (key, value) in values.iter_mut().filter(|(key, _)| is_moment(key)) {
        let Value::String(moment) = value else { continue };
        if is_zoneless(moment) && written(key, text) == Some(moment) {
            moment.push('Z');
        }
    }
}

/// Whether YAML takes a plain value for a moment of UTC because no zone stands in it.
pub(crate) fn is_zoneless(value: &str) -> bool {
    let value = value.trim();
    ["%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%dT%H:%M:%S%.f"]
        .iter()
        .any(|form| NaiveDateTime::parse_from_str(value, form).is_ok())
}

fn first_line(text: &str) -> &str {
    text.lines().next().unwrap_or(text)
}

fn toml<'text>(inner: &str, body: &'text str) -> Split<'text> {
    let mut diagnostics = Vec::new();
    let values = match inner.parse::<toml::Table>() {
        Ok(table) => table.into_iter().map(|(key, value)| (key, of_toml(value))).collect(),
        Err(fault) => {
            let (line, column) = crate::config::line_and_column(inner, fault.span().map_or(0, |span| span.start));
            let message = format!("invalid TOML ({}); it was read line by line", first_line(fault.message()));
            diagnostics.push(
                Diagnostic::warning(Code::FrontMatter, message)
                    .in_file("")
                    .at(line + 1, column)
                    .with_snippet(inner.lines().nth(line - 1).unwrap_or_default()),
            );
            line_by_line(inner, '=')
        }
    };
    Split { fence: Some(Fence::Toml), front_matter: values.into(), body, diagnostics }
}

fn of_toml(value: toml::Value) -> Value {
    match value {
        toml::Value::String(text) => Value::String(text),
        toml::Value::Integer(number) => Value::from(number),
        toml::Value::Float(number) => Value::from(number),
        toml::Value::Boolean(truth) => Value::Bool(truth),
        toml::Value::Datetime(at) => Value::String(at.to_string()),
        toml::Value::Array(items) => Value::Array(items.into_iter().map(of_toml).collect()),
        toml::Value::Table(table) => {
            Value::Object(table.into_iter().map(|(key, value)| (key, of_toml(value))).collect())
        }
    }
}

fn json(text: &str) -> Split<'_> {
    let mut stream = serde_json::Deserializer::from_str(text).into_iter::<Map<String, Value>>();
    match stream.next() {
        Some(Ok(values)) => {
            let body = &text[stream.byte_offset()..];
            Split { fence: Some(Fence::Json), front_matter: values.into(), body, diagnostics: Vec::new() }
        }
        fault => {
            let diagnostics = fault.and_then(Result::err).map(|fault| {
                Diagnostic::warning(Code::FrontMatter, format!("invalid JSON ({fault}); all is taken as text"))
                    .in_file("")
                    .at(fault.line(), fault.column())
            });
            Split {
                fence: None,
                front_matter: held_back(json_piece_by_piece(text)),
                body: text,
                diagnostics: diagnostics.into_iter().collect(),
            }
        }
    }
}

/// What holds an article back, in front matter that is taken as text: a draft stays one.
fn held_back(values: impl IntoIterator<Item = (String, Value)>) -> FrontMatter {
    let holds = |key: &str| matches!(&*key.to_ascii_lowercase(), "draft" | "published" | "private" | "status");
    values.into_iter().filter(|(key, _)| holds(key)).collect::<Map<_, _>>().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split_text(text: &str) -> Split<'_> {
        split(text, YamlDates::Timezone)
    }

    #[test]
    fn the_three_kinds_say_the_same() {
        for text in [
            "---\ntitle: A\ntags: [x, 2019]\n---\nbody",
            "+++\ntitle = \"A\"\n[taxonomies]\ntags = [\"x\", \"2019\"]\n+++\nbody",
            "{\n\"title\": \"A\", \"tags\": [\"x\", 2019]\n}\nbody",
            "---json\n{ \"title\": \"A\", \"tags\": [\"x\", 2019] }\n---\nbody",
            "---toml\ntitle = \"A\"\ntags = [\"x\", \"2019\"]\n---\nbody",
            "---yaml\ntitle: A\ntags: [{label: x, permalink: /x}, 2019]\n---\nbody",
        ] {
            let split = split_text(text);
            assert_eq!(split.front_matter.text(&["title"]).as_deref(), Some("A"));
            assert_eq!(split.front_matter.list(&["tags"]), ["x", "2019"]);
            assert_eq!(split.body.trim(), "body");
            assert!(split.diagnostics.is_empty());
        }
    }

    #[test]
    fn broken_quotes_are_repaired_and_said() {
        let cases = [
            ("---\ntitle: \"say \\'yes\\'\"\ntags: [ a ]\n---\n", "say 'yes'"),
            ("---\ntitle: \"他说\"你好\"了\"\ntags: [ a ]\n---\n", "他说\"你好\"了"),
            ("---\ntitle: [早报] 今日: 晴\ntags: [ a ]\n---\n", "[早报] 今日: 晴"),
        ];
        for (text, title) in cases {
            let split = split_text(text);
            assert_eq!(split.front_matter.text(&["title"]).as_deref(), Some(title));
            assert_eq!(split.front_matter.list(&["tags"]), ["a"]);
            assert_eq!(split.diagnostics.len(), 1, "{text}");
        }
    }

    #[test]
    fn a_program_is_no_text_and_that_is_said() {
        assert_eq!(split_text("---json\n{\"title\": \"A\"}\n---").front_matter.text(&["title"]).as_deref(), Some("A"));
        let split = split_text("---js\n{ title: \"A\",\n---x }\n---\nbody");
        assert_eq!(split.body, "body");
        assert!(split.diagnostics[0].to_string().contains("front matter in `js`"));
        assert_eq!(split_text("---json\n{}").body, "---json\n{}");
    }

    #[test]
    fn keys_in_other_words_are_as_good_and_go_before_none() {
        let utc = |text: &str| split(text, YamlDates::Utc).front_matter.text(DATES);
        assert_eq!(utc("---\npublished_at: 2024-01-05 20:00:00\n---\n").as_deref(), Some("2024-01-05 20:00:00Z"));
        assert_eq!(utc("---\ndate_published:\npublished_at: 2024-01-05\n---\n").as_deref(), Some("2024-01-05"));
        let title = |text: &str| split_text(text).front_matter.text(&["title"]);
        assert_eq!(title("---\ntitle:\nheadline: X\n---\n").as_deref(), Some("X"));
        assert_eq!(title("---\n标题：甲\n栏目：国际\n---\n").as_deref(), Some("甲"));
        assert_eq!(split_text("\n---\ntitle: \"a \"b\" c\"\n---\n").diagnostics.len(), 2);
    }

    #[test]
    fn an_unclosed_fence_is_text() {
        assert_eq!(split_text("---\ntitle: x\ntext").body, "---\ntitle: x\ntext");
    }
}
