//! Elements without a meaning of their own whose style makes a phrase of them: bold, italic, struck, raised or lowered.

use super::policy::{Meaning, SLANT_OF, WEIGHT_OF, meaning_of};
use super::tree::{Attr, Tag};

/// Those that are open, the innermost last, since the first that has such a style. A block ends all of them.
#[derive(Default)]
pub(super) struct Styled(Vec<Option<Tag>>);

impl Styled {
    /// One begins, of which its style makes this.
    pub(super) fn start(&mut self, phrase: Option<Tag>) {
        if phrase.is_some() || !self.0.is_empty() {
            self.0.push(phrase);
        }
    }

    /// The innermost ends.
    pub(super) fn end(&mut self) -> Option<Tag> {
        self.0.pop().flatten()
    }

    /// All end.
    pub(super) fn end_all(&mut self) -> impl Iterator<Item = Tag> {
        self.0.drain(..).rev().flatten()
    }
}

/// Whether an element is one of those.
pub(super) fn is_bare(name: &[u8]) -> bool {
    matches!(name, b"span" | b"font")
}

/// Whether a style takes from an element what it means.
pub(super) fn is_plain(tag: Tag, attrs: &[(Attr, String)]) -> bool {
    let property = match tag {
        Tag::B | Tag::Strong => WEIGHT_OF,
        Tag::I | Tag::Em => SLANT_OF,
        _ => return false,
    };
    attrs.iter().any(|(attr, taken)| *attr == Attr::Plain && taken == property)
}

/// What its style makes of an element.
pub(super) fn phrase_of(attrs: &[(Attr, String)]) -> Option<Tag> {
    let (_, name) = attrs.iter().find(|(attr, _)| *attr == Attr::Phrase)?;
    match meaning_of(name.as_bytes()) {
        Meaning::Is(tag) => Some(tag),
        _ => None,
    }
}
