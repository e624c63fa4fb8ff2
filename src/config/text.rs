//! From the text of a `site.toml` to what it says, or to what is wrong with it: of unknown keys all are told at once.

use super::typed::SiteFile;
use super::{FILE_NAME, line_and_column};
use crate::diagnostics::{Code, Diagnostic, most_like};

/// So many unknown keys are told of one file.
const MOST: usize = 20;

/// Parses the text of a `site.toml`. Where only keys are unknown, it says what the others mean besides the faults.
pub(super) fn parse(text: &str) -> (Option<SiteFile>, Vec<Diagnostic>) {
    let mut faults: Vec<((usize, usize), Diagnostic)> = Vec::new();
    let mut mended = text.to_owned();
    let typed = loop {
        let fault = match toml::from_str(&mended) {
            Ok(typed) => break Some(typed),
            Err(fault) => fault,
        };
        // The parser stops at its first fault: an unknown key is mended, so that it finds the next. What else it then
        // has to say may come of that.
        let without = without_unknown_key(&fault, &mended);
        if faults.is_empty() || without.is_some() {
            faults.push(told(&fault, &mended, text));
        }
        match without {
            Some(without) if faults.len() < MOST => mended = without,
            _ => break None,
        }
    };
    faults.sort_by_key(|(place, _)| *place);
    (typed, faults.into_iter().map(|(_, fault)| fault).collect())
}

/// A text in which the unknown key of a fault has the name that it most likely means, or else stands in a comment.
fn without_unknown_key(fault: &toml::de::Error, text: &str) -> Option<String> {
    let span = fault.span().filter(|_| fault.message().starts_with(UNKNOWN))?;
    let renamed = meant(fault.message()).map(|name| [&text[..span.start], name, &text[span.end..]].concat());
    // Its right name may stand there, too.
    if let Some(renamed) = renamed.filter(|text| toml::from_str::<toml::Table>(text).is_ok()) {
        return Some(renamed);
    }
    let start = text[..span.start].rfind('\n').map_or(0, |end| end + 1);
    let line = text[start..].lines().next().unwrap_or_default();
    let is_whole = !line.trim_start().starts_with('[') && toml::from_str::<toml::Table>(line).is_ok();
    is_whole.then(|| [&text[..start], "#", &text[start..]].concat())
}

const UNKNOWN: &str = "unknown field";

/// A fault of a text, shown as it stands in the one that was written; lines are the same in both.
fn told(fault: &toml::de::Error, text: &str, written: &str) -> ((usize, usize), Diagnostic) {
    let span = fault.span().unwrap_or_default();
    let (line, column) = line_and_column(text, span.start);
    let value = text.get(span).unwrap_or_default();
    let snippet = written.lines().nth(line - 1).unwrap_or_default().to_owned();
    let diagnostic = Diagnostic::error(Code::Config, in_words(fault.message(), value))
        .in_file(FILE_NAME)
        .at(line, column)
        .with_snippet(snippet)
        .hint(hint(fault.message(), value));
    ((line, column), diagnostic)
}

/// Whether a value is a date of TOML's own, which the parser calls a map.
fn is_date(value: &str) -> bool {
    value.starts_with(|c: char| c.is_ascii_digit()) && value.contains(['-', ':'])
}

/// What the parser says, without the names that Rust has for it; of an unknown key it lists every one that it would have
/// taken, which the hint says better.
fn in_words(message: &str, value: &str) -> String {
    let is_of_key = message.starts_with(UNKNOWN);
    let message = message.split(", expected").next().filter(|_| is_of_key).unwrap_or(message);
    let message = if is_date(value) { message.replace("type: map", "type: date") } else { message.to_owned() };
    match message.rsplit_once("expected ") {
        Some((before, "u8")) => format!("{before}expected a whole number from 0 to 255"),
        Some((before, "u16" | "u32" | "u64" | "usize")) => format!("{before}expected a whole number from 0"),
        Some((before, "a sequence")) => format!("{before}expected a list"),
        _ => message,
    }
}

fn hint(message: &str, value: &str) -> String {
    if let Some(name) = meant(message) {
        return format!("did you mean `{name}`?");
    }
    let key = message.strip_prefix(UNKNOWN).and_then(|rest| rest.split('`').nth(1));
    match key {
        Some(key) if is_of_whole_file(key) => {
            format!("`{key}` is a key of the whole file: write it above the first line in brackets")
        }
        None if is_date(value) && message.ends_with("a string") => format!("write it in quotes: \"{value}\""),
        None if value.starts_with('"') && message.ends_with("a sequence") => format!("write a list: [{value}]"),
        _ => "`heliostat schema` prints every key and what it takes".to_owned(),
    }
}

fn is_of_whole_file(key: &str) -> bool {
    let schema = schemars::schema_for!(SiteFile);
    schema.get("properties").and_then(|keys| keys.as_object()).is_some_and(|keys| keys.contains_key(key))
}

/// The known key that is most like the unknown one, from the parser's "unknown field `x`, expected one of `a`, `b`".
fn meant(message: &str) -> Option<&str> {
    let mut quoted = message.strip_prefix("unknown ")?.split('`').skip(1).step_by(2);
    most_like(quoted.next()?, quoted)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str) -> Vec<String> {
        parse(text).1.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn all_unknown_keys_are_told_in_their_order_and_the_right_ones_named() {
        let text = "titel = \"x\"\nzzz = [1]\ncontnet = [\"a\"]\n[medai]\nwidhts = [480]\n";
        let unknown = [
            "1:1: unknown field `titel`",
            "2:1: unknown field `zzz`",
            "3:1: unknown field `contnet`",
            "4:2: unknown field `medai`",
            "5:1: unknown field `widhts`",
        ];
        assert_eq!(told(text), unknown.map(|fault| format!("site.toml:{fault}")));
        assert!(parse(text).0.is_some(), "what the others say is looked at, too");
        let message = "unknown field `base_ulr`, expected one of `title`, `base_url`";
        assert_eq!(hint(message, "base_ulr"), "did you mean `base_url`?");
        let beside_its_right_name = told("title = \"x\"\ntitel = \"y\"\nzzz = 1\n");
        assert_eq!(
            beside_its_right_name,
            [unknown[0].replace("1:1", "2:1"), unknown[1].replace("2:1", "3:1")]
                .map(|fault| format!("site.toml:{fault}"))
        );
    }

    #[test]
    fn a_key_at_a_wrong_place_and_a_value_of_a_wrong_type_are_told_with_what_to_write() {
        let key = "unknown field `theme`, expected one of `url`, `outlet`";
        assert!(hint(key, "theme").starts_with("`theme` is a key of the whole file"));
        assert!(told("[[include]]\nuntil = 2024-05-01\n")[0].contains("invalid type: date, expected a string"));
        assert_eq!(hint("invalid type: map, expected a string", "2024-05-01"), "write it in quotes: \"2024-05-01\"");
        assert!(told("[media]\nquality = 300\n")[0].ends_with("expected a whole number from 0 to 255"));
        assert!(told("content = \"articles\"\n")[0].contains("expected a list"));
        assert_eq!(hint("invalid type: string \"a\", expected a sequence", "\"a\""), "write a list: [\"a\"]");
    }
}
