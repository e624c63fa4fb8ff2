//! Titles and descriptions as plain text.

use std::borrow::Cow;

use super::html;
use super::text::is_han;
use crate::escape::is_unfit;

/// No title or name is longer, in bytes, with all its tags and references.
const MOST: usize = 4 << 10;

/// A title is text; scrapers leave references, tags and line breaks in it.
pub(super) fn plain_title(written: &str) -> String {
    let written = written.trim();
    let written = &written[..written.floor_char_boundary(MOST)];
    if written.chars().all(|c| is_han(c) || (c.is_ascii_graphic() && !matches!(c, '&' | '<'))) {
        return written.to_owned();
    }
    // Twice: some scrapers escape twice.
    shown(&shown(written))
        .chars()
        .filter(|c| !is_unfit(*c))
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect::<String>()
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
}

/// A title without references and without tags that are closed and of those that stand in titles: an article may be about `<title>`
/// or `<b>`.
fn shown(title: &str) -> Cow<'_, str> {
    const TAGS: &[&str] =
        &["a", "b", "big", "br", "em", "font", "i", "mark", "small", "span", "strong", "sub", "sup", "u"];
    if !title.contains(['&', '<']) {
        return title.into();
    }
    let folded = title.to_ascii_lowercase();
    let is_closed = |name: &str| folded.contains(&format!("<{name}")) && folded.contains(&format!("</{name}>"));
    let mut markup = String::with_capacity(title.len());
    for (at, part) in title.split('<').enumerate() {
        if at > 0 {
            let name = part.trim_start_matches('/').split(|c: char| !c.is_ascii_alphanumeric()).next();
            let name = name.unwrap_or_default().to_ascii_lowercase();
            let is_tag = part.contains('>') && TAGS.contains(&name.as_str()) && (name == "br" || is_closed(&name));
            markup.push_str(if is_tag { "<" } else { "&lt;" });
        }
        markup.push_str(part);
    }
    html::tree::text_of(&html::build::build(&markup, &[])).into()
}

/// A description may be markup.
pub(super) fn plain_text(written: &str) -> String {
    if !written.contains(['<', '&']) {
        return plain_title(written);
    }
    let text = html::tree::text_of(&html::build::build(written, &[]));
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
