//! Pandoc's attributes, which also Hugo and kramdown read: they go, and what they say of a lazy picture is done.

use std::borrow::Cow;

use super::{NEAR, near};

/// `{.class width="3"}` of a block above it, such as Hugo reads.
pub(super) fn is_attribute_line(line: &str) -> bool {
    let inner = line.strip_prefix('{').and_then(|rest| rest.strip_suffix('}'));
    inner.is_some_and(|inner| inner.starts_with(['.', '#']) && is_attributes(inner))
}

/// Pandoc's attributes behind pictures, links and spans: `![](a.jpg){width="3"}`, `[words]{.small}`, `[]{#place}`.
pub(super) fn without_attributes(line: &str) -> Cow<'_, str> {
    if !line.contains("]{") && !line.contains("){") {
        return line.into();
    }
    let (mut out, mut rest) = (String::with_capacity(line.len()), line);
    while let Some(at) = rest.match_indices('{').map(|(at, _)| at).find(|at| rest[..*at].ends_with([']', ')'])) {
        let (before, after) = rest.split_at(at);
        let attributes = near(&after[1..]).split_once('}').map(|(attributes, _)| attributes);
        let is_of_link = ends_with_address(before);
        let are_known = |attributes: &&str| {
            (is_of_link && is_size(attributes)) || ((is_of_link || before.ends_with(']')) && is_attributes(attributes))
        };
        let Some(attributes) = attributes.filter(are_known) else {
            out.extend([before, "{"]);
            rest = &after[1..];
            continue;
        };
        out.push_str(before);
        if before.ends_with(']') {
            if !unwrap_span(&mut out) {
                out.extend(["{", attributes, "}"]);
            }
        } else if let Some(source) = attributes.split_once("data-src=\"").and_then(|(_, source)| source.split_once('"'))
        {
            show_lazy_picture(&mut out, source.0);
        }
        rest = &after[attributes.len() + 2..];
    }
    (out + rest).into()
}

/// Whether the address of a link or picture ends a text: `… ](a.png)`.
fn ends_with_address(text: &str) -> bool {
    let end = &text[text.floor_char_boundary(text.len().saturating_sub(NEAR))..];
    end.rsplit_once("](").is_some_and(|(_, address)| address.find(')') == Some(address.len() - 1))
}

/// `.class #id key="value"`.
pub(in crate::parse) fn is_attributes(text: &str) -> bool {
    let is_named = |name: &str| name.starts_with(|c: char| c.is_alphabetic());
    let is_one = |word: &str| word.strip_prefix(['.', '#']).is_some_and(is_named) || word.contains("=\"");
    text.split_whitespace().next().is_some_and(is_one)
}

/// `width=50%`, as MkDocs and Quarto read it, too.
fn is_size(text: &str) -> bool {
    let is_one = |word: &str| ["width=", "height="].iter().any(|name| word.starts_with(name));
    let text = text.trim_start_matches(':');
    text.split_whitespace().next().is_some() && text.split_whitespace().all(is_one)
}

/// `… [words]` → `… words`; not if a picture's or a program's words are in the brackets.
fn unwrap_span(text: &mut String) -> bool {
    text.pop();
    let mut depth = 0_usize;
    let open = text.char_indices().rev().take(NEAR).find(|(_, c)| {
        depth += usize::from(*c == ']');
        let is_open = *c == '[' && depth == 0;
        depth = depth.saturating_sub(usize::from(*c == '['));
        is_open
    });
    let is_of_span = |at: usize| !text[..at].ends_with(|c: char| c == '!' || c.is_ascii_alphanumeric());
    let span = open.map(|(at, _)| at).filter(|at| is_of_span(*at));
    match span {
        Some(at) => drop(text.remove(at)),
        None => text.push(']'),
    }
    span.is_some()
}

/// No placeholder is longer, in bytes.
const LAZY: usize = 4096;

/// A picture behind a placeholder is that which a script would show.
fn show_lazy_picture(text: &mut String, source: &str) {
    // Its placeholder may be long.
    let end = text.floor_char_boundary(text.len().saturating_sub(LAZY));
    let address = text[end..].rfind("](").map(|at| end + at + 2);
    let address = address.filter(|at| text[*at..].starts_with("data:") || &text[*at..] == ")");
    if let Some(at) = address.filter(|_| source.starts_with("http") && !source.contains([' ', ')'])) {
        text.truncate(at);
        text.extend([source, ")"]);
    }
}
