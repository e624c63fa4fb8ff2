//! Pictures that stand in an article itself, as `data:` addresses (RFC 2397): an entry names them by the digest of their bytes, which
//! may be megabytes, and whoever wants these finds them in the source again.

use std::borrow::Cow;
use std::ops::ControlFlow;

use super::encoding;
use super::html::build::build;
use super::html::tree::text_of;
use crate::digest::Digest;
use crate::read::Source;

/// A shorter address holds a placeholder: a pixel, a blur. In characters.
const PLACEHOLDER: usize = 1000;

/// A longer one is no picture of an article. In characters.
const LONGEST: usize = 2 << 20;

/// Whether an address holds a picture that is worth showing.
pub(super) fn is_picture(address: &str) -> bool {
    const TYPES: &[&str] =
        &["data:image/jpeg;", "data:image/jpg;", "data:image/png;", "data:image/webp;", "data:image/gif;"];
    (PLACEHOLDER..LONGEST).contains(&address.len()) && TYPES.iter().any(|kind| address.starts_with(kind))
}

/// What names the picture of an address: the digest of its bytes, or, where it holds none, of itself.
pub(super) fn digest_of(address: &str) -> Digest {
    bytes_of(address).map_or_else(|| Digest::of(address.as_bytes()), |bytes| Digest::of(&bytes))
}

/// Shows each picture in a source and what names it to somebody, who says when to stop.
pub fn pictures_in(source: &Source, mut show: impl FnMut(Digest, Vec<u8>) -> ControlFlow<()>) {
    let text = encoding::decode(&source.bytes).text;
    let starts = text.match_indices(START).map(|(at, _)| at);
    let ends = starts.clone().skip(1).chain([text.len()]);
    for (start, end) in starts.zip(ends) {
        let rest = &text[start..text.floor_char_boundary(end.min(start + LONGEST))];
        // In quotes it may hold blanks, elsewhere it ends with one.
        let whole = rest.split(['"', '\'', '>', '<', ')']).next().unwrap_or(rest);
        let word = whole.split_ascii_whitespace().next().filter(|word| word.len() < whole.len());
        for address in std::iter::once(whole).chain(word).map(without_references) {
            let bytes = if is_picture(&address) { bytes_of(&address) } else { None };
            if bytes.is_some_and(|bytes| show(Digest::of(&bytes), bytes).is_break()) {
                return;
            }
        }
    }
}

const START: &str = "data:image/";

/// Some templates write `+` as `&#43;`.
pub(super) fn without_references(address: &str) -> Cow<'_, str> {
    if address.contains('&') { text_of(&build(address, &[])).into() } else { address.into() }
}

/// The bytes of an address in base 64.
fn bytes_of(address: &str) -> Option<Vec<u8>> {
    let (_, data) = address.split_once(";base64,")?;
    let data: Vec<u8> = percent_encoding::percent_decode_str(data).filter(|byte| !byte.is_ascii_whitespace()).collect();
    data_encoding::BASE64.decode(&data).or_else(|_| data_encoding::BASE64_NOPAD.decode(&data)).ok()
}

/// The bytes of a `data:` address of a type, in base 64 or not.
pub(super) fn bytes_of_data(address: &str, kind: &str) -> Option<Vec<u8>> {
    let rest = address.trim().strip_prefix("data:")?.strip_prefix(kind)?;
    let (parameters, data) = rest.split_once(',')?;
    let is_encoded = parameters.trim_end().ends_with(";base64");
    if is_encoded { bytes_of(address) } else { Some(percent_encoding::percent_decode_str(data).collect()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_is_found_by_what_names_it() {
        let data = "A".repeat(1200);
        let address = format!("data:image/png;base64,{data}");
        let wrapped = format!("data:image/png;base64,{}\n {}", &data[..600], &data[600..]);
        for text in [
            format!("<img src=\"{address}\">"),
            format!("<img src={address} alt=x>"),
            format!("![x]({address} \"t\")"),
            format!("<img srcset=\"data:image/gif;base64,R0 1x, {address} 2x\">"),
            format!("<img src='{wrapped}'>"),
            format!("<img src=\"{}\">", address.replacen('A', "&#65;", 4)),
        ] {
            let source = Source { path: "a.md".into(), below_content: String::new(), bytes: text.clone().into_bytes() };
            let mut found = Vec::new();
            pictures_in(&source, |digest, bytes| {
                found.extend((digest == digest_of(&address)).then_some(bytes.len()));
                ControlFlow::Continue(())
            });
            assert_eq!(found.first(), Some(&900), "{text}");
        }
        assert_eq!(digest_of(&wrapped), digest_of(&address));
    }
}
