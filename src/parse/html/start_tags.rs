//! What the name and the attributes of a start tag say of its element.

use super::tree::{Attr, Element, Tag};
use crate::config::StripWhat;

/// A box whose class says that it is a picture's caption.
pub(super) fn is_caption(tag: Tag, attrs: &[(Attr, String)]) -> bool {
    matches!(tag, Tag::Div | Tag::P | Tag::Blockquote) && has_caption_class(attrs)
}

/// Whether a class says so.
pub(super) fn has_caption_class(attrs: &[(Attr, String)]) -> bool {
    /// Of Weibo, of Phoenix, of the People's Daily, of Sina, of The Paper, of Tencent, of the Liberty Times.
    const NAMES: &[&str] =
        &["picinfo", "picintro", "pictext", "img_descr", "image_desc", "qnt-img-desc", "ph_d", "photo_alt"];
    let says_so = |class: &str| {
        let class = class.as_bytes();
        let begins =
            |word: &str| class.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word.as_bytes()));
        let ends = |word: &str| {
            class.len().checked_sub(word.len()).is_some_and(|at| class[at..].eq_ignore_ascii_case(word.as_bytes()))
        };
        (ends("caption") && !["no", "cta", "closed"].into_iter().any(begins))
            || ["caption-text", "photo-credit"].into_iter().any(ends)
            // Of China Central Television.
            || begins("photo_alt_")
            || NAMES.iter().any(|name| class.eq_ignore_ascii_case(name.as_bytes()))
    };
    attrs.iter().any(|(attr, value)| *attr == Attr::Class && value.split_ascii_whitespace().any(says_so))
}

/// Whether a slash at the end of a start tag is believed, as writers of XML mean it: a browser takes what follows for the element's, all
/// of the article. (A box or a paragraph with a slash is as often meant to end one, and a link that leads somewhere has words.)
pub(super) fn is_closed_by_slash(tag: Tag, attrs: &[(Attr, String)]) -> bool {
    let leads = tag == Tag::A && attrs.iter().any(|(attr, _)| *attr == Attr::Href);
    (tag.is_phrase() && !tag.is_void() && !leads) || tag.is_heading() || tag == Tag::Pre
}

pub(super) fn rule_fits(rule: &StripWhat, name: &[u8], attrs: &[(Attr, String)]) -> bool {
    let StripWhat::Element { tag, class, id } = rule else { return false };
    let value = |wanted: Attr| attrs.iter().find(|(attr, _)| *attr == wanted).map(|(_, value)| value.as_str());
    tag.as_deref().is_none_or(|tag| tag.as_bytes() == name)
        && class
            .as_deref()
            .is_none_or(|class| value(Attr::Class).is_some_and(|v| v.split_ascii_whitespace().any(|c| c == class)))
        && id.as_deref().is_none_or(|id| value(Attr::Id) == Some(id))
}

/// The picture behind a drawing, as large as that.
pub(super) fn picture_behind(attrs: Vec<(Attr, String)>) -> Element {
    let attrs = attrs.into_iter().filter_map(|(attr, value)| match attr {
        Attr::Background => Some((Attr::Src, value)),
        Attr::Width | Attr::Height => Some((attr, value)),
        _ => None,
    });
    Element { tag: Tag::Img, attrs: attrs.collect(), children: Vec::new() }
}
