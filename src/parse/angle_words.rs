//! What only looks like a tag in Markdown: `List<String>`, `<your name>`.

use std::cell::OnceCell;
use std::collections::HashSet;

use super::html::policy::{Meaning, meaning_of};
use super::markdown::tags;

/// Tells words in angle brackets from tags: they are no element of HTML, have no attributes, and nothing ends them.
pub(super) struct Words<'text> {
    text: &'text str,
    /// The names that end tags have, once somebody has asked.
    ended: OnceCell<HashSet<&'text str>>,
}

impl<'text> Words<'text> {
    /// Those of a text.
    pub(super) fn of(text: &'text str) -> Self {
        Self { text, ended: OnceCell::new() }
    }

    /// Whether what the parser takes for a tag is none.
    pub(super) fn has(&self, tag: &str) -> bool {
        let Some(inner) = tag.trim().strip_prefix('<').and_then(|rest| rest.strip_suffix('>')) else { return false };
        let name = name_of(inner);
        let is_word = !name.is_empty() && !inner.contains(['=', '/', ':', '!', '?', '<']) && !is_element(name);
        is_word && !self.ended.get_or_init(|| self.end_tags()).contains(name)
    }

    fn end_tags(&self) -> HashSet<&'text str> {
        tags(self.text).filter_map(|rest| rest.strip_prefix('/')).map(name_of).collect()
    }
}

fn name_of(rest: &str) -> &str {
    &rest[..rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '-')).unwrap_or(rest.len())]
}

/// Whether HTML has an element of a name, or had one.
fn is_element(name: &str) -> bool {
    /// Those that mean nothing to us.
    const OTHERS: &[&str] = &[
        "applet", "area", "base", "basefont", "bgsound", "big", "blink", "button", "canvas", "col", "colgroup", "data",
        "font", "frame", "frameset", "head", "input", "label", "link", "map", "math", "meta", "meter", "nobr",
        "object", "optgroup", "output", "param", "progress", "rb", "rtc", "slot", "span", "time", "track",
    ];
    let name = name.to_ascii_lowercase();
    name.starts_with("amp-") || OTHERS.contains(&&*name) || meaning_of(name.as_bytes()) != Meaning::Unwrapped
}
