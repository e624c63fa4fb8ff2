//! Pictures that stand for a character or a formula in their line.

use super::tree::{Attr, Element};

/// Classes of pictures that stand for a character or a formula in their line.
const SIGNS: &[&str] =
    &["emoji", "wx_emoji", "wp-smiley", "smiley", "emoticon", "latex", "mwe-math-fallback-image-inline"];

/// What the addresses of such pictures hold: WordPress's emoji and formulas, Zhihu's formulas, Twemoji, Weibo's mark of a link,
/// Discuz's and WeChat's smileys.
const SIGNS_FROM: &[&str] = &[
    "/images/core/emoji/",
    "/latex.php?",
    "/equation?tex=",
    "/twemoji",
    "/emoticons/",
    "/timeline_card_small",
    "/smiley/",
    "/we-emoji/",
];

/// Whether a picture stands for a character or a formula: by its class, its address, or what is shown in its place, an emoji or
/// `[笑]`.
pub(super) fn is_sign(image: &Element, address: &str) -> bool {
    let sides = [Attr::Width, Attr::Height].into_iter().filter_map(|attr| image.pixels(attr));
    if image.attr(Attr::Srcset).is_some() || sides.max().is_some_and(|side| side > LARGE) {
        return false;
    }
    let has_class = |class: &str| {
        class.split_ascii_whitespace().any(|word| SIGNS.iter().any(|sign| word.eq_ignore_ascii_case(sign)))
    };
    let stands_for = |alt: &str| {
        let name = alt.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
        let is_named = name.is_some_and(|name| !PICTURE_WORDS.iter().any(|word| name.contains(word)));
        (1..=MAX_SIGN).contains(&alt.chars().count()) && (is_named || alt.chars().all(is_emoji))
    };
    image.attr(Attr::Class).is_some_and(has_class)
        || image.attr(Attr::Alt).is_some_and(stands_for)
        || SIGNS_FROM.iter().any(|part| address.contains(part))
}

/// The blocks of symbols and emoji, and what joins and varies them.
fn is_emoji(c: char) -> bool {
    matches!(c, '\u{1f000}'..='\u{1faff}' | '\u{2600}'..='\u{27bf}' | '\u{2b50}' | '\u{2b55}' | '\u{fe0f}' | '\u{200d}')
}

/// Longer words stand for no sign, in characters.
const MAX_SIGN: usize = 8;

/// What says in brackets no more than that there is a picture.
const PICTURE_WORDS: &[&str] = &["图", "圖", "照", "片", "mage", "img", "hoto", "pic", "Pic"];

/// A picture of which a side is longer stands for no character, in pixels.
const LARGE: u32 = 100;
