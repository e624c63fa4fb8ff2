//! Links that CommonMark does not know as such: around blocks, with addresses that are cut or have blanks in them.

use std::borrow::Cow;

use super::{end_of, near};
use crate::parse::fences::Fences;

/// So many lines may be between a link's two brackets.
const LINES: usize = 12;

/// Turndown writes a link around a block as `[`, a blank line, the block, a blank line, `](address)`; CommonMark knows no such link: each
/// line in it gets its own. An address that a line break cuts is one.
pub(super) fn with_joined_links(text: &str) -> Cow<'_, str> {
    let may_be = text.contains("](") && (text.contains("\n\n") || text.contains("\r\n") || text.contains("-\n"));
    if !may_be {
        return Cow::Borrowed(text);
    }
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let mut out = String::with_capacity(text.len() + 64);
    let (mut code, mut at) = (Fences::default(), 0);
    while let Some(line) = lines.get(at) {
        at += 1;
        if code.takes(line) {
            out.push_str(line);
        } else if let Some((inner, after)) = link_over_lines(line, &lines[at..]) {
            at += inner.len() - 1;
            let (address, behind) = after.split_at(end_of(after, b"()").unwrap_or(after.len()));
            for part in inner.iter().filter(|part| !part.is_empty()) {
                push_linked(part, address, &mut out);
            }
            out.push_str(behind.strip_prefix(')').unwrap_or(behind));
        } else {
            let goes_on = |next: &&&str| {
                let word = next.split(char::is_whitespace).next().unwrap_or_default();
                word.contains(')')
                    && word.starts_with(|c: char| c.is_ascii_alphanumeric() || matches!(c, '/' | '%' | '?'))
            };
            let is_cut = line.trim_end().ends_with('-')
                && line.rsplit_once("](http").is_some_and(|(_, address)| !address.contains([')', ' ']))
                && lines.get(at).as_ref().is_some_and(goes_on);
            out.push_str(if is_cut { line.trim_end() } else { line });
        }
    }
    Cow::Owned(out)
}

/// What stands between the brackets of a link that goes over blank lines, line by line, and what follows `](`.
fn link_over_lines<'text>(first: &'text str, rest: &[&'text str]) -> Option<(Vec<&'text str>, &'text str)> {
    let open = |line: &str| line.matches('[').count() as isize - line.matches(']').count() as isize;
    let begun = first.trim().strip_prefix('[')?;
    if open(begun) != 0 || rest.first().is_none_or(|line| !line.trim().is_empty()) {
        return None;
    }
    let end = rest.iter().take(LINES).position(|line| open(line) != 0)?;
    let (last, after) = rest[end].rsplit_once("](").filter(|_| open(rest[end]) == -1)?;
    let inner = std::iter::once(begun).chain(rest[..end].iter().copied()).chain([last]).map(str::trim);
    Some((inner.collect(), after))
}

/// A line of such a link, as a paragraph of its own. What holds links itself is left as it is.
fn push_linked(line: &str, address: &str, out: &mut String) {
    let rest = line.trim_start_matches('#');
    let (hashes, words) = if rest.starts_with(' ') { line.split_at(line.len() - rest.len() + 1) } else { ("", line) };
    let is_picture = words.starts_with("![") && words.ends_with(')');
    if words.contains("](") && !is_picture {
        out.extend([line, "\n\n"]);
    } else {
        out.extend([hashes, "[", words, "](", address, ")\n\n"]);
    }
}

/// Addresses with blanks in them, which kramdown takes as they are, and pictures' sizes (`a.png =300x200`).
pub(super) fn with_whole_addresses(line: &str) -> Cow<'_, str> {
    if !line.contains("](") {
        return line.into();
    }
    let (mut out, mut rest) = (String::with_capacity(line.len()), line);
    while let Some((before, after)) = rest.split_once("](") {
        out.extend([before, "]("]);
        rest = after;
        let address = near(after).split_once(')').map(|(address, _)| address);
        let Some(address) = address.filter(|address| address.contains(' ')) else { continue };
        let bare = address.rsplit_once(" =").filter(|(_, size)| is_size(size)).map_or(address, |(bare, _)| bare);
        let is_whole = !bare.trim().contains(' ');
        if bare.contains(['"', '\'', '<', '(', '，', '。']) || !(is_whole || is_file(bare)) {
            continue;
        }
        out.extend(if is_whole { ["", bare.trim(), ""] } else { ["<", bare.trim(), ">"] });
        rest = &after[address.len()..];
    }
    (out + rest).into()
}

fn is_size(text: &str) -> bool {
    text.split_once('x').is_some_and(|(width, height)| {
        [width, height].iter().all(|number| number.bytes().all(|byte| byte.is_ascii_digit() || byte == b'%'))
    })
}

/// Whether an address ends as a file's name does.
pub(in crate::parse) fn is_file(address: &str) -> bool {
    let ending = address.trim().rsplit_once('.').map_or("", |(_, ending)| ending);
    (2..=5).contains(&ending.len())
        && ending.bytes().all(|byte| byte.is_ascii_alphanumeric())
        && ending.bytes().any(|byte| byte.is_ascii_alphabetic())
}

#[cfg(test)]
mod tests {
    use super::super::in_common_marks;

    #[test]
    fn a_link_around_blocks_is_a_link_in_each() {
        let cases = [
            (
                "[\n\n![清晨](1.jpg)\n\n](https://e.example.org/1)\n后\n",
                "[![清晨](1.jpg)](https://e.example.org/1)\n\n\n后\n",
            ),
            ("[\n\n### 标题\n\n摘要\n\n](/1 \"t\")\n", "### [标题](/1 \"t\")\n\n[摘要](/1 \"t\")\n\n\n"),
            (
                "[\n\n![](1.jpg)\n\n图注](/1)\n\n[\n\n二\n\n](/2)\n",
                "[![](1.jpg)](/1)\n\n[图注](/1)\n\n\n\n[二](/2)\n\n\n",
            ),
            ("[![](1.jpg)\n\n图注\n\n](/1)", "[![](1.jpg)](/1)\n\n[图注](/1)\n\n"),
            (
                "[\n\n![](1.jpg)\n\n图注](https://e.example.org/甲_(乙))\n\n后",
                "[![](1.jpg)](https://e.example.org/甲_(乙))\n\n[图注](https://e.example.org/甲_(乙))\n\n\n\n后",
            ),
            ("[甲](https://e.example.org/a-\n- 乙", "[甲](https://e.example.org/a-\n- 乙"),
            ("[甲](/a-\nb.html)乙\n", "[甲](/a-\nb.html)乙\n"),
            ("[甲](https://e.example.org/a-\nb.html)乙\n", "[甲](https://e.example.org/a-b.html)乙\n"),
            ("[甲]\n\n乙\n\n](/1)\n", "[甲]\n\n乙\n\n](/1)\n"),
        ];
        for (text, wanted) in cases {
            assert_eq!(in_common_marks(text), wanted);
        }
    }
}
