//! Front matter that cannot be read as it stands: what scrapers break is quoted anew, the rest read line by line.

use serde_json::{Map, Value};

use crate::parse::yaml;

/// So many lines are mended one by one.
const REPAIRS: usize = 8;

/// What the text says when the line of each fault is quoted anew, or the one that it continues.
pub(super) fn repaired(text: &str, mut faulty: usize) -> Option<Map<String, Value>> {
    let mut text = text.to_owned();
    for _ in 0..REPAIRS {
        let keyed = text.lines().take(faulty).enumerate().filter(|(_, line)| has_key(line));
        let (wanted, _) = keyed.last()?;
        let mended = requoted(&text, |line| line == wanted);
        if mended == text {
            return None;
        }
        text = mended;
        match yaml::values(&text) {
            Ok(values) => return Some(values),
            Err(fault) => faulty = fault.line,
        }
    }
    None
}

pub(super) fn has_key(line: &str) -> bool {
    line.split_once(':').is_some_and(|(key, _)| is_key(key))
}

/// Writes every `key: value` of the chosen lines with its value quoted as YAML demands; of blocks (`|`, `>`) only what they are.
pub(super) fn requoted(text: &str, is_chosen: impl Fn(usize) -> bool) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    let is_whole =
        |value: &str| value.is_empty() || is_list(value) || matches!(value, "|" | ">" | "|-" | ">-" | "|+" | ">+");
    for (number, line) in text.lines().enumerate() {
        match line.split_once(':') {
            Some((key, value)) if is_chosen(number) && is_key(key) && !is_whole(value.trim()) => {
                out.push_str(key);
                out.push_str(": ");
                out.push_str(&Value::String(unquoted(value.trim())).to_string());
            }
            _ => out.push_str(line),
        }
        out.push('\n');
    }
    out
}

fn is_key(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-')
}

fn is_list(value: &str) -> bool {
    value.starts_with('[') && value.ends_with(']')
}

/// A value without the quotes around it and the backslashes before those inside.
fn unquoted(value: &str) -> String {
    let inner = ['"', '\''].iter().find_map(|quote| value.strip_prefix(*quote)?.strip_suffix(*quote)).unwrap_or(value);
    inner.replace("\\\"", "\"").replace("\\'", "'")
}

/// The last resort: `key: value`, `key: [a, b]`, in TOML with `=` for `:`, and what follows a key in lines that are indented or begin
/// with a dash.
pub(super) fn line_by_line(text: &str, sign: char) -> Map<String, Value> {
    let mut values = Map::new();
    let mut last: Option<String> = None;
    for line in text.lines() {
        // A key that is indented by mistake is one all the same.
        let Some((key, value)) = line.trim_start().split_once(sign).filter(|(key, _)| is_key(key.trim_end())) else {
            if let Some(value) = last.as_ref().and_then(|key| values.get_mut(key)) {
                go_on(value, line);
            }
            continue;
        };
        let value = without_comment(value);
        let key = key.trim_end();
        last = Some(key.to_owned());
        let value = match value.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            Some(list) => Value::Array(list.split(',').map(|item| Value::String(unquoted(item.trim()))).collect()),
            None => Value::String(unquoted(value)),
        };
        if sign == ':' {
            values.insert(key.to_owned(), value);
        } else {
            // What stands in a table of TOML, behind the rest, goes behind it.
            values.entry(key).or_insert(value);
        }
    }
    values
}

/// Adds a line to the value above it.
fn go_on(value: &mut Value, line: &str) {
    let text = line.trim();
    let is_opened = matches!(value, Value::String(text) if matches!(text.as_str(), "" | "|" | ">" | "|-" | ">-"));
    match (&mut *value, text.strip_prefix("- ")) {
        (Value::Array(items), Some(item)) => items.push(Value::String(unquoted(without_comment(item)))),
        (_, Some(item)) if is_opened => *value = Value::Array(vec![Value::String(unquoted(without_comment(item)))]),
        (_, None) if is_opened && !text.is_empty() => *value = Value::String(text.to_owned()),
        (Value::String(before), None) if line.starts_with([' ', '\t']) && !text.is_empty() => {
            before.push(' ');
            before.push_str(text);
        }
        _ => {}
    }
}

/// A plain value without what follows ` #`; in quotes that is text.
pub(crate) fn without_comment(value: &str) -> &str {
    let value = value.trim();
    if value.starts_with(['"', '\'']) { value } else { value.split(" #").next().unwrap_or(value).trim() }
}

/// The short values of JSON that cannot be read.
pub(super) fn json_piece_by_piece(text: &str) -> impl Iterator<Item = (String, Value)> {
    let head = text.split("\n}").next().unwrap_or(text);
    let pairs = head.split(['{', '}', ',', '\n']).filter_map(|pair| pair.split_once(':'));
    pairs.map(|(key, value)| (unquoted(key.trim()), Value::String(unquoted(value.trim()))))
}
