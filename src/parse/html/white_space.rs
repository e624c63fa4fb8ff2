//! White space in text, as CSS would collapse it, and the characters that no text may hold.

/// White space in a line of text becomes one space; between two Han characters a line break becomes nothing (as
/// CSS Text asks of browsers, which do not do it). Control characters go: the serialiser uses them as marks.
pub(super) fn collapse(text: &str) -> String {
    if is_collapsed(text.as_bytes()) {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len());
    let mut space = Space::None;
    for c in text.chars() {
        match c {
            ' ' | '\t' if space == Space::None => space = Space::Blank,
            ' ' | '\t' => {}
            '\n' | '\r' | '\u{c}' => space = Space::LineBreak,
            _ if is_control(c) => {}
            _ => {
                let joined = space == Space::LineBreak && out.chars().next_back().is_some_and(is_wide) && is_wide(c);
                if space != Space::None && !joined {
                    out.push(' ');
                }
                space = Space::None;
                out.push(c);
            }
        }
    }
    if space != Space::None {
        out.push(' ');
    }
    out
}

/// Whether a text needs no change, as most do not; of what is rare, such as an Arabic letter's form, it may say that it
/// does. Without branches, so that many bytes are looked at in one step.
fn is_collapsed(bytes: &[u8]) -> bool {
    let is_control = |byte: u8| (byte < 0x20) | (byte == 0x7f);
    let pairs = bytes.iter().zip(bytes.iter().skip(1));
    let doubtful = pairs.fold(false, |doubtful, (&first, &second)| {
        let two_spaces = (first == b' ') & (second == b' ');
        let c1_control = (first == 0xc2) & (second < 0xa0);
        // U+FEC0 and up: the byte order mark, and what is no character.
        let mark = (first == 0xef) & ((second == 0xbb) | (second == 0xbf));
        doubtful | is_control(first) | two_spaces | c1_control | mark
    });
    !doubtful && !bytes.last().copied().is_some_and(is_control)
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
    if value.bytes().all(|byte| matches!(byte, b' '..=b'~')) { value.to_owned() } else { verbatim(value) }
}

/// C0 and C1 controls and the byte order mark: they show nothing, and XML forbids most of them.
fn is_control(c: char) -> bool {
    c.is_control() || c == '\u{feff}' || c == '\u{fffe}' || c == '\u{ffff}'
}

/// Han, kana and their punctuation: text that is written without spaces.
fn is_wide(c: char) -> bool {
    matches!(c, '\u{2e80}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{ff00}'..='\u{ffef}' | '\u{20000}'..='\u{3ffff}' | '“' | '”' | '‘' | '’' | '…' | '—')
}
