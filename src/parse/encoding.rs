//! Bytes → text. Sources are UTF-8; pages that were saved years ago may be GBK, Big5 or UTF-16.

use std::borrow::Cow;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, UTF_8};

/// A text, and how it was read.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Decoded<'bytes> {
    /// Without a byte order mark; what cannot be read is U+FFFD.
    pub(super) text: Cow<'bytes, str>,
    /// The name of the encoding (<https://encoding.spec.whatwg.org>).
    pub(super) encoding: &'static str,
    /// Whether that is only what it looks like: nothing in the bytes says so.
    pub(super) is_guess: bool,
    /// Whether there is anything that cannot be read.
    pub(super) is_broken: bool,
}

/// Reads bytes as what their byte order mark says, else as UTF-8; if most of what is not ASCII is not that either, as what
/// the page itself says, else as what they look like.
pub(super) fn decode(bytes: &[u8]) -> Decoded<'_> {
    let mark = Encoding::for_bom(bytes);
    let bytes = &bytes[mark.map_or(0, |(_, length)| length)..];
    if let Some((encoding, _)) = mark.filter(|(encoding, _)| *encoding != UTF_8) {
        return decoded(bytes, encoding);
    }
    if let Ok(text) = simdutf8::basic::from_utf8(bytes) {
        return Decoded { text: text.into(), encoding: UTF_8.name(), is_guess: false, is_broken: false };
    }
    let lossy = decoded(bytes, UTF_8);
    let (unread, read) = lossy.text.chars().filter(|c| !c.is_ascii()).fold((0, 0), |(unread, read), c| {
        if c == char::REPLACEMENT_CHARACTER { (unread + 1, read) } else { (unread, read + 1) }
    });
    if unread <= read {
        return lossy;
    }
    let other = match declared(bytes) {
        Some(encoding) => decoded(bytes, encoding),
        None if unread < ENOUGH => return lossy,
        None => Decoded { is_guess: true, ..decoded(bytes, guessed(bytes)) },
    };
    if other.is_broken && count_unread(&other.text) * 2 > unread { lossy } else { other }
}

/// Fewer bytes look like anything.
const ENOUGH: usize = 12;

fn decoded<'bytes>(bytes: &'bytes [u8], encoding: &'static Encoding) -> Decoded<'bytes> {
    let (text, is_broken) = encoding.decode_without_bom_handling(bytes);
    Decoded { text, encoding: encoding.name(), is_guess: false, is_broken }
}

fn count_unread(text: &str) -> usize {
    text.chars().filter(|c| *c == char::REPLACEMENT_CHARACTER).count()
}

/// A page says its encoding near its beginning (the standard looks at 1,024 bytes); a scraper may have put a header before that.
const BEGINNING: usize = 4096;

/// What `<meta charset=…>` or `content="text/html; charset=…"` says; who says UTF-8 or UTF-16 here is wrong.
fn declared(bytes: &[u8]) -> Option<&'static Encoding> {
    let beginning = bytes[..bytes.len().min(BEGINNING)].to_ascii_lowercase();
    let start = memchr::memmem::find_iter(&beginning, b"charset=").find(|at| {
        let tag = memchr::memrchr(b'<', &beginning[..*at]);
        tag.is_some_and(|tag| beginning[tag..].starts_with(b"<meta") && !beginning[tag..*at].contains(&b'>'))
    })? + "charset=".len();
    let value = beginning[start..].trim_ascii_start();
    let value = value.strip_prefix(b"\"").or_else(|| value.strip_prefix(b"'")).unwrap_or(value);
    let is_label = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    let end = value.iter().position(|byte| !is_label(byte)).unwrap_or(value.len());
    // Nor is it one of those that no browser reads any more.
    Encoding::for_label(&value[..end]).filter(|encoding| *encoding != UTF_8 && encoding.is_ascii_compatible())
}

/// What bytes look like. A broken character makes them look like no encoding of several bytes: then a part tells.
fn guessed(bytes: &[u8]) -> &'static Encoding {
    let middle = bytes.len() / 2;
    // The second half may begin within a character.
    let parts = [bytes, &bytes[..middle], &bytes[middle..], &bytes[middle + 1..]];
    let is_nearly = |encoding: &&'static Encoding| {
        let text = decoded(bytes, encoding).text;
        count_unread(&text) * 20 < text.chars().filter(|c| !c.is_ascii()).count()
    };
    parts
        .into_iter()
        .map(looks_like)
        .filter(|encoding| !encoding.is_single_byte())
        .find(is_nearly)
        .unwrap_or_else(|| looks_like(bytes))
}

fn looks_like(bytes: &[u8]) -> &'static Encoding {
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    // More may follow: a character that is cut at the end says nothing.
    detector.feed(bytes, false);
    detector.guess(None, Utf8Detection::Deny)
}

#[cfg(test)]
mod tests {
    use encoding_rs::{BIG5, GBK};

    use super::*;

    const HANS: &str = "渡轮在清晨六点离开港口，终于到了对岸。";
    const HANT: &str = "渡輪在清晨六點離開港口，終於到了對岸。";

    #[test]
    fn what_is_not_utf_8_is_read_as_what_it_looks_like() {
        for (text, encoding) in [(HANS, GBK), (HANT, BIG5)] {
            let (bytes, _, _) = encoding.encode(text);
            let read = decode(&bytes);
            assert_eq!((&*read.text, read.encoding), (text, encoding.name()));
            assert!(read.is_guess && !read.is_broken);
        }
    }

    #[test]
    fn what_a_page_says_of_itself_is_believed_if_it_is_not_utf_8() {
        for head in ["<meta charset=\"gb2312\">", "<META content='text/html; Charset=GBK'>"] {
            let page = format!("{head}<p>港口</p>");
            let (bytes, _, _) = GBK.encode(&page);
            let read = decode(&bytes);
            assert_eq!(read.text, page);
            assert!(!read.is_guess);
            assert_eq!(decode(page.as_bytes()).text, page, "it was converted since");
        }
        for said in ["to say charset=big5 in a page", "<meta charset=hz-gb-2312>"] {
            let page = format!("{said}<p>{HANS}</p>");
            let (bytes, _, _) = GBK.encode(&page);
            assert_eq!(decode(&bytes).text, page);
        }
    }

    #[test]
    fn byte_order_marks_are_believed() {
        let utf_16: Vec<u8> = "\u{feff}港口 a".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(decode(&utf_16).text, "港口 a");
        assert_eq!(decode("\u{feff}港口".as_bytes()).text, "港口");
    }

    #[test]
    fn a_few_broken_bytes_say_nothing() {
        let cut = [HANS.as_bytes(), b"\xe6\xb8", HANS.as_bytes()].concat();
        let read = decode(&cut);
        assert_eq!(read.text, format!("{HANS}\u{fffd}{HANS}"));
        assert!(read.is_broken && read.encoding == "UTF-8");
        let long = HANS.repeat(30);
        let (gbk, _, _) = GBK.encode(&long);
        for cut in [[&*gbk, b"\xb8"].concat(), [&*gbk, b"\xb8</p>"].concat(), [b"<p>\xff", &*gbk].concat()] {
            let read = decode(&cut);
            assert!(read.text.contains(&long) && read.is_guess && read.is_broken);
        }
        assert_eq!(decode(b"abc \xb8\xdb end").text, "abc \u{fffd}\u{fffd} end");
    }
}
