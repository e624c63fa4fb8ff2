//! Character references that were escaped twice: `&amp;nbsp;`, which a browser would show as `&nbsp;`.

use std::borrow::Cow;

use memchr::memchr;

/// References of characters that text holds. (Not those of `<` and `>`: who shows them may mean them.)
const NAMED: &[(&str, char)] = &[
    ("nbsp;", '\u{a0}'),
    ("quot;", '"'),
    ("apos;", '\''),
    ("ldquo;", '“'),
    ("rdquo;", '”'),
    ("lsquo;", '‘'),
    ("rsquo;", '’'),
    ("hellip;", '…'),
    ("mdash;", '—'),
    ("ndash;", '–'),
    ("middot;", '·'),
    ("ensp;", '\u{2002}'),
    ("emsp;", '\u{2003}'),
];

/// The ampersand's own, which stands before others that were escaped more often.
const AMPERSAND: &str = "amp;";

/// A text with the characters that are meant. Done twice it changes nothing more: no character that it gives is part of another reference.
pub(super) fn resolved(text: &str) -> Cow<'_, str> {
    let (mut out, mut rest) = (String::new(), text);
    while let Some(at) = memchr(b'&', rest.as_bytes()) {
        let after = rest[at + 1..].trim_start_matches(AMPERSAND);
        out.push_str(&rest[..at]);
        match named(after).or_else(|| numbered(after)) {
            Some((character, length)) => {
                out.push(character);
                rest = &after[length..];
            }
            None => {
                out.push('&');
                rest = after;
            }
        }
    }
    out.push_str(rest);
    if out.len() < text.len() { out.into() } else { text.into() }
}

fn named(after: &str) -> Option<(char, usize)> {
    NAMED.iter().find(|(name, _)| after.starts_with(name)).map(|(name, character)| (*character, name.len()))
}

/// `#8220;`, `#x201c;`
fn numbered(after: &str) -> Option<(char, usize)> {
    const LONGEST: usize = "#x10ffff;".len();
    let end = after.bytes().take(LONGEST).position(|byte| byte == b';')?;
    let digits = after[..end].strip_prefix('#')?;
    let code = match digits.strip_prefix(['x', 'X']) {
        Some(digits) => u32::from_str_radix(digits, 16).ok()?,
        None => digits.parse().ok()?,
    };
    let is_of_reference = |c: char| c.is_ascii_alphanumeric() || matches!(c, '&' | '#' | ';');
    let character = char::from_u32(code)?;
    let is_meant = !(character.is_control() || is_of_reference(character) || matches!(character, '<' | '>'));
    is_meant.then_some((character, end + 1))
}

#[cfg(test)]
mod tests {
    use super::resolved;

    #[test]
    fn references_that_were_escaped_twice_are_characters() {
        assert_eq!(resolved("&#8220;引&#8221;，&nbsp;&amp;nbsp;缩&hellip;AT&amp;T"), "“引”，\u{a0}\u{a0}缩…AT&T");
        assert_eq!(resolved(&format!("&{}nbsp;", "amp;".repeat(1 << 20))), "\u{a0}");
        for text in ["a & b", "R&D", "?a=1&amp", "&lt;p&gt;", "&#60;p", "&#1;", "&#x110000;", "&&#97;mp;", "&#38;nbsp;"]
        {
            assert_eq!(resolved(text), text);
        }
    }
}
