//! White space in text, as CSS would collapse it, and the characters that no text may hold.

use crate::bytes::any_pair;

/// White space in a line of text becomes one space; between two Han characters a line break becomes nothing (as
/// CSS Text asks of browsers, which do not do it). Control characters go: the serialiser uses them as marks.
pub(super) fn collapse(text: &str) -> String {
    // The two that are most frequent: the ends of a scraper's lines, and text that needs no change.
    if text.bytes().all(is_white) {
        return if text.is_empty() { String::new() } else { " ".to_owned() };
    }
    if is_collapsed(text.as_bytes()) {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len());
    // What begins at `rest` is not copied yet.
    let (mut space, mut rest) = (Space::None, 0);
    let special = text.bytes().enumerate().filter(|(_, byte)| IS_SPECIAL[usize::from(*byte)]);
    for (at, c) in special.filter_map(|(at, _)| Some((at, text[at..].chars().next()?))) {
        if c != ' ' && !is_control(c) {
            continue;
        }
        space = push_behind(space, &text[rest..at], &mut out);
        rest = at + c.len_utf8();
        space = match c {
            ' ' | '\t' if space == Space::None => Space::Blank,
            '\n' | '\r' | '\u{c}' => Space::LineBreak,
            _ => space,
        };
    }
    if push_behind(space, &text[rest..], &mut out) != Space::None {
        out.push(' ');
    }
    out
}

/// Adds a text and the space before it. Gives the space that is still to be added.
fn push_behind(space: Space, text: &str, out: &mut String) -> Space {
    let Some(first) = text.chars().next() else { return space };
    let joined = space == Space::LineBreak && is_wide(first) && out.chars().next_back().is_some_and(is_wide);
    if space != Space::None && !joined {
        out.push(' ');
    }
    out.push_str(text);
    Space::None
}

/// Whether a byte begins white space, or may begin a control character.
const IS_SPECIAL: [bool; 256] = {
    let (mut table, mut byte) = ([false; 256], 0);
    while byte < table.len() {
        table[byte] = byte <= 0x20 || matches!(byte, 0x7f | 0xc2 | 0xef);
        byte += 1;
    }
    table
};

fn is_white(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | 0x0c)
}

/// Whether a text needs no change, as most do not; of what is rare it may say that it does.
fn is_collapsed(bytes: &[u8]) -> bool {
    !any_pair(bytes, |first, second| is_of_control(first, second) | ((first == b' ') & (second == b' ')))
}

/// Whether a control character begins here; of what is rare, such as an Arabic letter's form, it may say so, too.
fn is_of_control(first: u8, second: u8) -> bool {
    let c1_control = (first == 0xc2) & (second < 0xa0);
    // U+FEC0 and up: the byte order mark, and what is no character.
    let mark = (first == 0xef) & ((second == 0xbb) | (second == 0xbf));
    (first < b' ') | (first == 0x7f) | c1_control | mark
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Space {
    None,
    Blank,
    LineBreak,
}

/// Preformatted text without controls.
pub(super) fn verbatim(text: &str) -> String {
    text.chars().filter(|c| !is_control(*c) || matches!(c, '\n' | '\t')).collect()
}

/// The value of an attribute without controls.
pub(super) fn without_controls(value: &str) -> String {
    if any_pair(value.as_bytes(), is_of_control) { verbatim(value) } else { value.to_owned() }
}

/// C0 and C1 controls and the byte order mark: they show nothing, and XML forbids most of them.
pub(super) fn is_control(c: char) -> bool {
    c.is_control() || c == '\u{feff}' || c == '\u{fffe}' || c == '\u{ffff}'
}

/// Han, kana and their punctuation: text that is written without spaces.
fn is_wide(c: char) -> bool {
    matches!(c, '\u{2e80}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{ff00}'..='\u{ffef}' | '\u{20000}'..='\u{3ffff}' | '“' | '”' | '‘' | '’' | '…' | '—')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn white_space_is_one_space_or_none_between_han() {
        assert_eq!(collapse("渡轮\n  离开了，\r\n港口"), "渡轮离开了，港口");
        assert_eq!(collapse("a\n\tb  c \n"), "a b c ");
        assert_eq!(collapse(" \n "), " ");
        assert_eq!(collapse("渡轮  离开 \u{85} 了\u{feff}\n\u{7f}港"), "渡轮 离开 了港");
        assert_eq!(collapse("不\u{a0}\u{a0}变 ￥5\n6"), "不\u{a0}\u{a0}变 ￥5 6");
        assert_eq!(without_controls("a\u{1}b\u{feff} c  d"), "ab c  d");
    }
}
