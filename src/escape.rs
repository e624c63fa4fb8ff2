//! Text and values of HTML, as its own serialiser writes them.

use crate::bytes::any;

/// Whether a character stands in no title or name: what turns the direction of all that follows in the line, and what is none.
pub fn is_unfit(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{fdd0}'..='\u{fdef}')
        || u32::from(c) & 0xfffe == 0xfffe
}

/// A text, escaped.
pub fn text(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    escape_text(text, &mut out);
    out
}

/// An attribute's value, escaped.
pub fn attribute(value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    escape_attribute(value, &mut out);
    out
}

/// Escapes text as HTML's serialiser does.
pub fn escape_text(text: &str, out: &mut String) {
    escape(text, out, |special| match special {
        Special::And => "&amp;",
        Special::Less => "&lt;",
        Special::Greater => "&gt;",
        Special::Quote => "\"",
        Special::NoBreakSpace => "&nbsp;",
    });
}

/// Escapes an attribute's value. Serialisers disagree on angle brackets in values (the standard changed in 2025), so
/// that one that held them would be no fixed point: they are shown as single guillemets.
pub fn escape_attribute(value: &str, out: &mut String) {
    escape(value, out, |special| match special {
        Special::And => "&amp;",
        Special::Less => "‹",
        Special::Greater => "›",
        Special::Quote => "&quot;",
        Special::NoBreakSpace => "&nbsp;",
    });
}

#[derive(Clone, Copy)]
enum Special {
    And,
    Less,
    Greater,
    Quote,
    NoBreakSpace,
}

/// Most text needs no escape; so this first looks whether there is anything to do.
fn escape(text: &str, out: &mut String, reference: impl Fn(Special) -> &'static str) {
    let bytes = text.as_bytes();
    // (A `match` would be a table, which no processor asks for many bytes at once.)
    let is_special = |byte: u8| (byte == b'&') | (byte == b'<') | (byte == b'>') | (byte == b'"') | (byte == 0xc2);
    if !any(bytes, is_special) {
        return out.push_str(text);
    }
    let mut done = 0;
    for at in 0..bytes.len() {
        let (special, length) = match bytes[at] {
            b'&' => (Special::And, 1),
            b'<' => (Special::Less, 1),
            b'>' => (Special::Greater, 1),
            b'"' => (Special::Quote, 1),
            0xc2 if bytes.get(at + 1) == Some(&0xa0) => (Special::NoBreakSpace, 2),
            _ => continue,
        };
        out.push_str(&text[done..at]);
        out.push_str(reference(special));
        done = at + length;
    }
    out.push_str(&text[done..]);
}
