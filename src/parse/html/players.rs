//! Players and frames: what they play, and what they say to those who cannot be shown it.

use url::Url;

use super::build::build;
use super::candidates::is_usable;
use super::tree::{Attr, Element, Node, Tag, is_blank, text_of};
use crate::address::parse_web;

/// The address of what an iframe shows, by its attributes; what it holds itself has none.
pub(super) fn address_of_frame<'value>(value: impl Fn(Attr) -> Option<&'value str>) -> Option<&'value str> {
    // `about:blank`, `javascript:void(0)`: another scheme than the web's is none.
    let is_one = |text: &&str| !text.is_empty() && (parse_web(text).is_some() || Url::parse(text).is_err());
    let address = |attr| value(attr).map(str::trim).filter(is_one);
    address(Attr::LazySrc).or_else(|| address(Attr::Src))
}

/// The film of a YouTube address, or of an attribute that holds nothing but its name.
pub(super) fn youtube_film(written: &str) -> Option<String> {
    // Lists and channels are called by words of that length.
    let is_name = |text: &str| {
        text.len() == 11
            && !matches!(text, "videoseries" | "live_stream")
            && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
    };
    if is_name(written) {
        return Some(written.to_owned());
    }
    let url = parse_web(written)?;
    let host = url.host().trim_start_matches("www.").trim_start_matches("m.");
    let name = match host {
        "youtube.com" | "youtube-nocookie.com" => match url.path().strip_prefix("/embed/") {
            Some(name) => name.to_owned(),
            None => url.query_pairs().find(|(name, _)| name == "v")?.1.into_owned(),
        },
        "youtu.be" => url.path().trim_start_matches('/').to_owned(),
        _ => return None,
    };
    is_name(&name).then_some(name)
}

/// The `source` elements of a player or picture.
pub(super) fn sources_of(element: &Element) -> impl Iterator<Item = &Element> {
    element.children.iter().filter_map(|node| match node {
        Node::Element(source) if source.tag == Tag::Source => Some(source),
        _ => None,
    })
}

/// The address that an element itself gives.
pub(super) fn source_of(element: &Element) -> Option<&str> {
    [Attr::Src, Attr::LazySrc].into_iter().find_map(|attr| element.attr(attr).filter(|src| is_usable(src)))
}

/// A longer text is no word to those whose browser plays nothing, in characters.
const MAX_FALLBACK: usize = 120;

/// Whether a player holds nothing but a word to those whose browser plays nothing, or its own address.
pub(super) fn is_fallback(player: &Element) -> bool {
    let text = text_of(&player.children);
    let says_address =
        || source_of(player).into_iter().chain(sources_of(player).filter_map(source_of)).any(|src| src == text.trim());
    is_blank(&text) || says_address() || is_short_word(&text)
}

/// Whether a text is a word to those whose browser plays nothing.
pub(super) fn is_short_word(text: &str) -> bool {
    const WORDS: &[&str] = &["浏览器", "瀏覽器", "browser", "HTML5", "ブラウザ"];
    text.chars().count() <= MAX_FALLBACK && WORDS.iter().any(|word| text.contains(word))
}

/// What a frame says to those who cannot be shown what it frames.
pub(super) fn fallback_of(frame: &Element) -> Option<String> {
    let text = text_of(&build(frame.attr(Attr::Value)?, &[]));
    Some(text.split_whitespace().collect::<Vec<_>>().join(" ")).filter(|text| !text.is_empty())
}

/// The first address of the web in a text.
pub(super) fn first_address(text: &str) -> Option<&str> {
    let start = text.find("http")?;
    let rest = &text[start..];
    rest.split(['"', '\'', '<', '>', ' ', '\n']).next()
}
