//! Character references that were escaped twice: `&amp;nbsp;`, which a browser would show as `&nbsp;`.

use std::borrow::Cow;

use memchr::memchr;

/// References of characters that text holds. (Not those of `<` and `>`: who shows them may mean them.)
const NAMED: &[(&str, &str)] = &[
    ("amp;", "&"),
    ("nbsp;", "\u{a0}"),
    ("quot;", "\""),
    ("apos;", "'"),
    ("ldquo;", "“"),
    ("rdquo;", "”"),
    ("lsquo;", "‘"),
    ("rsquo;", "’"),
    ("hellip;", "…"),
    ("mdash;", "—"),
    ("ndash;", "–"),
    ("middot;", "·"),
    ("ensp;", "\u{2002}"),
    ("emsp;", "\u{2003}"),
];

/// A text with the characters that are meant.
pub(super) fn resolved(text: &str) -> Cow<'_, str> {
    let mut text = Cow::Borrowed(text);
    // What was escaped more often is a reference once more.
    while let Some(less) = resolved_once(&text) {
        text = Cow::Owned(less);
    }
    text
}

fn resolved_once(text: &str) -> Option<String> {
    let (mut out, mut rest) = (String::new(), text);
    while let Some(at) = memchr(b'&', rest.as_bytes()) {
        let (before, after) = (&rest[..at], &rest[at + 1..]);
        let Some((character, length)) = named(after).or_else(|| numbered(after)) else {
            out.extend([before, "&"]);
            rest = after;
            continue;
        };
        out.extend([before, &*character]);
        rest = &after[length..];
    }
    out.push_str(rest);
    (out.len() < text.len()).then_some(out)
}

fn named(after: &str) -> Option<(Cow<'static, str>, usize)> {
    let (name, character) = NAMED.iter().find(|(name, _)| after.starts_with(name))?;
    Some((Cow::Borrowed(character), name.len()))
}

/// `#8220;`, `#x201c;`
fn numbered(after: &str) -> Option<(Cow<'static, str>, usize)> {
    const LONGEST: usize = "#x10ffff;".len();
    let end = after.bytes().take(LONGEST).position(|byte| byte == b';')?;
    let digits = after[..end].strip_prefix('#')?;
    let code = match digits.strip_prefix(['x', 'X']) {
        Some(digits) => u32::from_str_radix(digits, 16).ok()?,
        None => digits.parse().ok()?,
    };
    let character = char::from_u32(code).filter(|c| !c.is_control() && !matches!(c, '<' | '>'))?;
    Some((character.to_string().into(), end + 1))
}

#[cfg(test)]
mod tests {
    use super::resolved;

    #[test]
    fn references_that_were_escaped_twice_are_characters() {
        assert_eq!(resolved("&#8220;引&#8221;，&nbsp;&amp;nbsp;缩&hellip;AT&amp;T"), "“引”，\u{a0}\u{a0}缩…AT&T");
        for text in ["a & b", "R&D", "?a=1&amp", "&lt;p&gt;", "&#60;p", "&#1;", "&#x110000;"] {
            assert_eq!(resolved(text), text);
        }
    }
}
